//! Mail: what it says, how it travels, and the job that sends it.

mod files;
mod hostile;
mod outage;
mod outbox;
mod rendering;
mod sink;
mod smtp;
mod tls;

use vestibule_core::invitation::{Invitation, Inviter, Promise};
use vestibule_core::key::Principal;
use vestibule_core::organization::{Dialect, Lifetimes, Organization};
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::team::Team;
use vestibule_core::user::AuthType;
use vestibule_core::{EmailAddress, Id, Lifetime};
use vestibule_server::mail::{Mailer, Memory, Sender, Shown, Smtp, SmtpConfig, Stored, Transport};
use vestibule_server::ops::acceptance::Invited;
use vestibule_store::Delivery;
use vestibule_testkit::app::{START, TestApp};
use vestibule_testkit::store::Engine;

/// The application on every engine that is there.
pub(crate) async fn apps() -> Vec<TestApp> {
    let mut apps = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        apps.extend(TestApp::on(engine).await);
    }
    apps
}

/// A mailer with this transport that writes as the application's settings say.
pub(crate) fn mailer(test: &TestApp, transport: Transport) -> Mailer {
    let sender = Sender::from_settings(test.app.settings()).expect("a sender");
    Mailer::new(transport, sender)
}

/// A mailer into memory, and that memory.
pub(crate) fn memory_mailer(test: &TestApp) -> (Mailer, Memory) {
    let memory = Memory::default();
    (mailer(test, Transport::Memory(memory.clone())), memory)
}

/// A mailer to a mail server on this machine.
pub(crate) fn smtp_mailer(test: &TestApp, config: SmtpConfig) -> Mailer {
    mailer(test, Transport::Smtp(Smtp::new(config).expect("a server")))
}

/// What a person sees of a stored mail.
pub(crate) fn shown(mail: &Stored) -> Shown {
    mail.shown().expect("a mail")
}

/// How the mail of an invitation's generation fares.
pub(crate) async fn delivery(test: &TestApp, invitation: &Invitation) -> Delivery {
    let invitation = invitation.clone();
    let found = test.run(test.owner_ctx(), move |tx, _| {
        Ok(tx.find_delivery(&invitation)?)
    });
    found.await.expect("the store").expect("a delivery")
}

/// The address of the page in a mail's text.
pub(crate) fn link_in(text: &str) -> &str {
    let mut links = text.lines().filter(|line| line.contains("/invitations/"));
    let link = links.next().expect("a link");
    assert_eq!(links.next(), None, "one link only");
    link
}

/// An invitation as a mail shows it, of `address`, with these teams and this message.
pub(crate) fn invited(address: EmailAddress, teams: &[&str], message: &str) -> Invited {
    let organization = Organization {
        id: Id::from_bytes([1; 12]),
        name: "Acme".to_owned(),
        sso_enabled: false,
        lifetimes: Lifetimes::default(),
        created_at: START,
        updated_at: START,
        version: 1,
    };
    let team = |name: &&str| Team {
        id: Id::from_bytes([2; 12]),
        organization: organization.id,
        name: (*name).to_owned(),
        created_at: START,
        deleted_at: None,
    };
    let promise = Promise {
        id: Id::from_bytes([3; 12]),
        organization: organization.id,
        email: address,
        user: Id::from_bytes([4; 12]),
        inviter: Inviter {
            principal: Principal::User(Id::from_bytes([5; 12])),
            name: "owner@acme.example".to_owned(),
        },
        dialect: Dialect::Native,
        auth_type: AuthType::Local,
        roles: RoleSet::of(&[Role::BillingAdmin, Role::Member]),
        teams: Vec::new(),
        project: None,
        project_roles: Vec::new(),
        message: message.to_owned(),
        nonce: "k1.00".to_owned(),
        lifetime: Lifetime::days(7),
    };
    Invited {
        invitation: Invitation::issue(promise, START),
        teams: teams.iter().map(team).collect(),
        projects: Vec::new(),
        inviter: "Ann Lee".to_owned(),
        organization,
    }
}

//! What the server has seen and done (`/testing/requests`, `/testing/mail`), what it began with
//! (`/testing/seed`), and the way back there (`/testing/reset`).

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::Timestamp;
use vestibule_core::key::Principal;
use vestibule_core::role::{Role, Vocabulary};
use vestibule_wire::Secret;
use vestibule_wire::native::{
    TestJournal, TestKey, TestMail, TestMails, TestMember, TestOrganization, TestProject, TestSeed,
    TestTeam,
};

use super::control::Control;
use super::{Failure, answer};
use crate::app::App;
use crate::http::native::convert;
use crate::mail::Stored;
use crate::testing::reset;
use crate::testing::seed::SeedOrganization;

/// Shows the requests since the journal was cleared, and counts them by route. The controls' own
/// are left out.
#[utoipa::path(
    get, path = "/requests", operation_id = "listTestRequests", tag = "testing",
    responses((status = 200, description = "The journal", body = TestJournal)),
)]
pub(super) async fn journal(control: Control) -> Response {
    answer::ok(&control.testing.journal.read())
}

/// Clears the journal.
#[utoipa::path(
    delete, path = "/requests", operation_id = "clearTestRequests", tag = "testing",
    responses((status = 204, description = "It is empty")),
)]
pub(super) async fn clear_journal(control: Control) -> Response {
    control.testing.journal.clear();
    answer::nothing()
}

/// Shows the mails that were sent, once those that are due have left.
#[utoipa::path(
    get, path = "/mail", operation_id = "listTestMail", tag = "testing",
    responses(
        (status = 200, description = "The mails", body = TestMails),
        (status = 409, description = "Mail leaves the server, and is not kept: `mail_not_kept`"),
    ),
)]
pub(super) async fn mail(control: Control) -> Result<Response, Failure> {
    let left = reset::mail_has_left(&control.app).await;
    left.map_err(|error| control.failure(&error))?;
    let Ok(Some(stored)) = control.app.mailer().stored().await else {
        let detail = "the server does not keep its mails";
        let failure = Failure::new(StatusCode::CONFLICT, "mail_not_kept", detail);
        return Err(failure.hint("start it with --mail memory or --mail file"));
    };
    let prefix = format!("{}/invitations/", control.app.settings().public_url);
    let data = stored.iter().filter_map(|mail| shown_mail(mail, &prefix));
    Ok(answer::ok(&TestMails {
        data: data.collect(),
    }))
}

fn shown_mail(stored: &Stored, prefix: &str) -> Option<TestMail> {
    let shown = stored.shown()?;
    let mut lines = shown.text.lines().map(str::trim);
    let link = lines
        .find(|line| line.starts_with(prefix))
        .map(str::to_owned);
    let token = link.as_deref().and_then(|link| link.strip_prefix(prefix));
    Some(TestMail {
        token: token.map(Secret::new),
        link,
        to: shown.to,
        subject: shown.subject,
        date: shown.date,
        text: shown.text,
    })
}

/// Back to the beginning: the database as the seed makes it, the clock as the machine's, no faults,
/// no journal, no mails.
#[utoipa::path(
    post, path = "/reset", operation_id = "resetTest", tag = "testing",
    responses((status = 204, description = "As at the first start")),
)]
pub(super) async fn reset(control: Control) -> Result<Response, Failure> {
    let done = reset::reset(&control.app, &control.request_id).await;
    done.map_err(|error| control.failure(&error))?;
    Ok(answer::nothing())
}

/// Shows what the server began with, secrets included: they are the same on every machine.
#[utoipa::path(
    get, path = "/seed", operation_id = "getTestSeed", tag = "testing",
    responses((status = 200, description = "The seed", body = TestSeed)),
)]
pub(super) async fn seed(control: Control) -> Response {
    let organizations = &control.testing.seed.organizations;
    let shown = organizations
        .iter()
        .map(|one| shown_organization(&control.app, one));
    answer::ok(&TestSeed {
        url: control.app.settings().public_url.clone(),
        organizations: shown.collect(),
    })
}

fn shown_organization(app: &App, from: &SeedOrganization) -> TestOrganization {
    let member = |member: &crate::testing::seed::SeedMember| TestMember {
        id: member.id.to_native(),
        email: member.email.display().to_owned(),
        roles: member
            .roles
            .iter()
            .map(Role::name)
            .map(str::to_owned)
            .collect(),
    };
    let team = |team: &crate::testing::seed::SeedTeam| TestTeam {
        id: team.id.to_native(),
        atlas_id: team.id.to_hex(),
        name: team.name.clone(),
    };
    let project = |project: &crate::testing::seed::SeedProject| TestProject {
        id: project.id.to_native(),
        atlas_id: project.id.to_hex(),
        name: project.name.clone(),
    };
    let key = |key: &crate::testing::seed::SeedKey| {
        let row = key.row(from.id, Timestamp::from_seconds(0));
        TestKey {
            kind: convert::key(&row).kind,
            name: row.name.clone(),
            public_id: row.public_id.clone(),
            secret: Secret::new(app.keys().api_secret(&row).unwrap_or_default()),
            holder: holder(from, row.principal),
        }
    };
    TestOrganization {
        id: from.id.to_native(),
        atlas_id: from.id.to_hex(),
        confluent_id: from.id.to_uuid(),
        name: from.name.clone(),
        members: from.members.iter().map(member).collect(),
        teams: from.teams.iter().map(team).collect(),
        projects: from.projects.iter().map(project).collect(),
        keys: from.keys.iter().map(key).collect(),
    }
}

fn holder(organization: &SeedOrganization, principal: Principal) -> String {
    let found = match principal {
        Principal::User(id) => {
            let member = organization.members.iter().find(|member| member.id == id);
            member.map(|member| member.email.display().to_owned())
        }
        Principal::ServiceAccount(id) => {
            let accounts = &organization.service_accounts;
            let account = accounts.iter().find(|account| account.id == id);
            account.map(|account| account.name.clone())
        }
    };
    found.unwrap_or_default()
}

//! What an invitation says of projects, on its page and in its mail.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use vestibule_core::Id;
use vestibule_core::invitation::Invitation;
use vestibule_core::secret::AcceptToken;
use vestibule_server::mail::{Mail, Mailer, Sender, Transport};
use vestibule_server::ops::acceptance;
use vestibule_server::{Actor, Ctx};
use vestibule_testkit::app::{START, TestApp};

use super::{answer, get, path, words};

/// Makes something below the first organization.
async fn make(test: &TestApp, below: &str, body: &Value) -> Value {
    let path = format!("/v1/organizations/{}{below}", test.organization);
    let made = test.call(Method::POST, &path, &body.to_string()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    serde_json::from_str(&made.body).expect("JSON")
}

async fn project(test: &TestApp, name: &str) -> Value {
    make(test, "/projects", &json!({ "name": name })).await["id"].clone()
}

async fn invite(test: &TestApp, body: &Value) -> Invitation {
    let made = make(test, "/invitations", body).await;
    let id = Id::from_native(made["id"].as_str().expect("a text")).expect("an id");
    let found = test.run(test.owner_ctx(), move |tx, ctx| {
        Ok(tx.find_invitation(ctx.organization, id)?)
    });
    found.await.expect("a read").expect("an invitation")
}

/// An invitation to a project, with a message.
pub(super) async fn to_project(test: &TestApp, email: &str) -> Invitation {
    let apollo = project(test, "Apollo (EU)").await;
    let body = json!({
        "email": email,
        "project": apollo,
        "project_roles": [{"project": apollo, "roles": ["data_admin", "read_only"]}],
        "message": "Hello Bob,\nsee you on Monday.",
    });
    invite(test, &body).await
}

/// An invitation to the organization, with roles in two projects.
async fn with_projects(test: &TestApp) -> Invitation {
    let apollo = project(test, "Apollo").await;
    let gemini = project(test, "Gemini").await;
    let body = json!({
        "email": "bob@x.org",
        "roles": ["billing_viewer"],
        "project_roles": [
            {"project": gemini, "roles": ["owner"]},
            {"project": apollo, "roles": ["data_reader", "search_editor"]},
        ],
    });
    invite(test, &body).await
}

/// The mail of an invitation.
async fn mail(test: &TestApp, invitation: &Invitation) -> Mail {
    let token = test.token(invitation);
    let parsed = AcceptToken::parse(&token).expect("a token");
    let ctx = Ctx {
        actor: Actor::Invitee,
        ..test.owner_ctx()
    };
    let invited = test.run(ctx, move |tx, ctx| acceptance::preview(tx, ctx, &parsed));
    let invited = invited.await.expect("it is open");
    let sender = Sender::from_settings(test.app.settings()).expect("a sender");
    Mailer::new(Transport::Off, sender)
        .render(&invited, "TOKEN", START)
        .expect("a mail")
}

#[tokio::test]
async fn an_invitation_to_a_project_says_so_on_its_page() {
    let test = TestApp::new().await;
    let invitation = to_project(&test, "bob@x.org").await;
    let page = get(&test, &path(&test, &invitation)).await;
    insta::assert_snapshot!(words(&page.body), @"Invitation Join Apollo (EU) owner@acme.example invites you to this project of Acme . Hello Bob, see you on Monday. owner@acme.example Invited address bob@x.org Roles data admin read only Open until 8 March 2026, 09:00 UTC for another 7 days Accept and join Decline");
    let joined = answer(&test, &path(&test, &invitation), "accept").await;
    insta::assert_snapshot!(words(&joined.body), @"✓ Welcome to Apollo (EU) You accepted the invitation. You are in this project of Acme now. Roles data admin read only There is nothing left to do here: you can close this page. The link has done its work and opens nothing any more.");
}

#[tokio::test]
async fn an_invitation_to_a_project_that_is_declined_says_of_what() {
    let test = TestApp::new().await;
    let invitation = to_project(&test, "bob@x.org").await;
    let declined = answer(&test, &path(&test, &invitation), "decline").await;
    insta::assert_snapshot!(words(&declined.body), @"✕ You declined You did not join Apollo (EU) , a project of Acme , and the link opens nothing any more. That was not what you wanted? Ask whoever invited you for a new invitation.");
}

#[tokio::test]
async fn an_invitation_with_roles_in_projects_names_them_on_its_page() {
    let test = TestApp::new().await;
    let invitation = with_projects(&test).await;
    let page = get(&test, &path(&test, &invitation)).await;
    insta::assert_snapshot!(words(&page.body), @"Invitation Join Acme owner@acme.example invites you to become a member. Invited address bob@x.org Role billing viewer Projects Gemini: owner Apollo: data reader, search editor Open until 8 March 2026, 09:00 UTC for another 7 days Accept and join Decline");
    let joined = answer(&test, &path(&test, &invitation), "accept").await;
    insta::assert_snapshot!(words(&joined.body), @"✓ Welcome to Acme You accepted the invitation. You are a member now. Role billing viewer Projects Gemini: owner Apollo: data reader, search editor There is nothing left to do here: you can close this page. The link has done its work and opens nothing any more.");
}

#[tokio::test]
async fn the_mail_of_an_invitation_to_a_project_says_so() {
    let test = TestApp::new().await;
    let invitation = to_project(&test, "bob@x.org").await;
    let mail = mail(&test, &invitation).await;
    insta::assert_snapshot!(mail.subject, @"owner@acme.example invites you to join Apollo (EU) in Acme");
    insta::assert_snapshot!(mail.text, @"
    owner@acme.example invites you to join Apollo (EU), a project of Acme.

    owner@acme.example writes:

    > Hello Bob,
    > see you on Monday.

    Your roles: data admin, read only

    Look at the invitation, then accept or decline it:
    https://vestibule.example/invitations/TOKEN

    The link is for you alone.
    It works until 8 March 2026, 09:00 UTC, for another 7 days.

    You did not expect this? Then do nothing: nobody becomes a member
    without accepting. If you would rather not be asked again, open the
    link and decline.

    -- 
    Sent to bob@x.org by Vestibule (vestibule.example),
    because somebody at Acme entered this address.
    ");
    for said in [
        "Apollo (EU)",
        "Acme",
        "data admin, read only",
        "see you on Monday.",
    ] {
        assert!(mail.html.contains(said), "{said}: {}", mail.html);
    }
}

#[tokio::test]
async fn the_mail_of_an_invitation_with_roles_in_projects_names_them() {
    let test = TestApp::new().await;
    let invitation = with_projects(&test).await;
    let mail = mail(&test, &invitation).await;
    insta::assert_snapshot!(mail.subject, @"owner@acme.example invites you to join Acme");
    insta::assert_snapshot!(mail.text, @"
    owner@acme.example invites you to join Acme.

    Your roles: billing viewer
    Your projects: Gemini (owner); Apollo (data reader, search editor)

    Look at the invitation, then accept or decline it:
    https://vestibule.example/invitations/TOKEN

    The link is for you alone.
    It works until 8 March 2026, 09:00 UTC, for another 7 days.

    You did not expect this? Then do nothing: nobody becomes a member
    without accepting. If you would rather not be asked again, open the
    link and decline.

    -- 
    Sent to bob@x.org by Vestibule (vestibule.example),
    because somebody at Acme entered this address.
    ");
    for said in [
        "Apollo",
        "data reader, search editor",
        "Gemini",
        "billing viewer",
    ] {
        assert!(mail.html.contains(said), "{said}: {}", mail.html);
    }
}

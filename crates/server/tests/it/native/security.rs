//! What an attacker, or a failure at the worst moment, must not bring about.

use axum::http::{Method, StatusCode};
use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::KeyKind;
use vestibule_core::secret::AcceptToken;
use vestibule_core::user::UserState;
use vestibule_core::{Clock, EmailAddress};
use vestibule_server::ops::invitations::{self, NewInvitation};
use vestibule_server::ops::{acceptance, teams};
use vestibule_server::{Actor, AppError, Ctx};
use vestibule_store::Sql;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::{Secret, TestApp};
use vestibule_testkit::store::Engine;

use super::{Api, access_token, basic, code};
use crate::pages::{get, is_member, nonce_in, path, post, stored};

/// Makes a statement fail, and heals it: for SQLite, then for PostgreSQL.
struct Injection {
    at: &'static str,
    sqlite: [Sql; 2],
    postgres: [Sql; 2],
}

/// One for each statement with which an acceptance changes something.
macro_rules! injection {
    ($event:literal, $table:literal) => {
        Injection {
            at: concat!($event, " ", $table),
            sqlite: [
                Sql::new(concat!(
                    "create trigger injected before ",
                    $event,
                    " on ",
                    $table,
                    " begin select raise(abort, 'injected'); end"
                )),
                Sql::new("drop trigger injected"),
            ],
            postgres: [
                Sql::new(concat!(
                    "create trigger injected before ",
                    $event,
                    " on ",
                    $table,
                    " for each row execute function injected()"
                )),
                Sql::new(concat!("drop trigger injected on ", $table)),
            ],
        }
    };
}

const INJECTIONS: [Injection; 5] = [
    injection!("update", "invitations"),
    injection!("insert", "audit_events"),
    injection!("update", "users"),
    injection!("insert", "memberships"),
    injection!("insert", "team_members"),
];

/// What the triggers of PostgreSQL call.
const FUNCTION: Sql = Sql::new(
    "create function injected() returns trigger language plpgsql
     as 'begin raise exception ''injected''; end'",
);
/// Fails when everything is done, at the commit.
const AT_COMMIT: Injection = Injection {
    at: "commit",
    sqlite: [Sql::new("select 1"), Sql::new("select 1")],
    postgres: [
        Sql::new(
            "create constraint trigger injected after insert on memberships
             deferrable initially deferred for each row execute function injected()",
        ),
        Sql::new("drop trigger injected on memberships"),
    ],
};

async fn execute(test: &TestApp, sql: Sql) {
    let done = test.run(test.owner_ctx(), move |tx, _| Ok(tx.execute(sql, &[])?));
    done.await.expect("the statement is right");
}

async fn invite_into_a_team(test: &TestApp, email: &str) -> Invitation {
    let email = email.to_owned();
    let made = test.run(test.owner_ctx(), move |tx, ctx| {
        let team = teams::create(tx, ctx, &format!("Team of {email}"), &[])?;
        let new = NewInvitation {
            teams: vec![team.id],
            ..NewInvitation::of(EmailAddress::parse(&email)?)
        };
        invitations::create(tx, ctx, &new)
    });
    made.await.expect("an invitation")
}

/// Nothing of an acceptance has happened.
async fn assert_untouched(test: &TestApp, invitation: &Invitation, at: &str) {
    assert_eq!(stored(test, invitation).await, *invitation, "{at}");
    assert!(!is_member(test, invitation).await, "{at}");
    let (organization, id, user) = (invitation.organization, invitation.id, invitation.user);
    let read = test.run(test.owner_ctx(), move |tx, _| {
        let events = tx.list_audit_events(organization)?;
        let user = tx.find_user(user)?.expect("the invitee's user");
        let teams = tx.list_team_ids_of(organization, user.id)?;
        let of_it = events
            .iter()
            .filter(|event| event.subject_id == id.to_hex());
        let actions: Vec<_> = of_it.map(|event| event.action.clone()).collect();
        Ok((actions, user.state, teams))
    });
    let (actions, state, teams) = read.await.expect("the store");
    assert_eq!(actions, ["invitation.sent"], "{at}");
    assert_eq!(state, UserState::Placeholder, "{at}");
    assert!(teams.is_empty(), "{at}");
}

async fn accept_by_link(test: &TestApp, invitation: &Invitation) -> Answer {
    let body = format!(r#"{{"token":"{}"}}"#, test.token(invitation));
    test.send(request(Method::POST, "/v1/invitations/accept", "", &body))
        .await
}

/// The same link that failed works when the failure is over.
async fn assert_the_link_works(test: &TestApp, invitation: &Invitation, at: &str) {
    let accepted = accept_by_link(test, invitation).await;
    assert_eq!(accepted.status, StatusCode::OK, "{at}: {}", accepted.body);
    assert_eq!(stored(test, invitation).await.state, State::Accepted);
    assert!(is_member(test, invitation).await, "{at}");
}

#[tokio::test]
async fn sec_s14_an_acceptance_that_fails_at_any_statement_has_not_happened() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestApp::on(engine).await else {
            continue;
        };
        let mut injections = Vec::from(INJECTIONS);
        if engine == Engine::Postgres {
            execute(&test, FUNCTION).await;
            injections.push(AT_COMMIT);
        }
        for (n, injection) in injections.into_iter().enumerate() {
            let at = format!("{engine}, {}", injection.at);
            let invitation = invite_into_a_team(&test, &format!("p{n}@x.example")).await;
            let [break_it, heal_it] = match engine {
                Engine::Sqlite => injection.sqlite,
                Engine::Postgres => injection.postgres,
            };
            execute(&test, break_it).await;
            let failed = accept_by_link(&test, &invitation).await;
            assert!(failed.status.is_server_error(), "{at}: {}", failed.body);
            assert!(!failed.body.contains("injected"), "{at}: {}", failed.body);
            execute(&test, heal_it).await;
            assert_untouched(&test, &invitation, &at).await;
            assert_the_link_works(&test, &invitation, &at).await;
        }
    }
}

#[tokio::test]
async fn sec_s14_a_use_case_that_fails_after_its_acceptance_takes_it_back() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let Some(test) = TestApp::on(engine).await else {
            continue;
        };
        let invitation = invite_into_a_team(&test, "ann@x.example").await;
        let token = AcceptToken::parse(&test.token(&invitation)).expect("a token");
        let ctx = Ctx {
            actor: Actor::Invitee,
            ..test.owner_ctx()
        };
        let failed = test.run(ctx, move |tx, ctx| {
            let accepted = acceptance::accept(tx, ctx, &token)?;
            let membership = tx.find_membership(ctx.organization, accepted.user)?;
            assert!(membership.is_some(), "inside it has happened");
            Err::<(), _>(AppError::Inconsistent { what: "injected" })
        });
        let failed = failed.await.expect_err("it fails");
        assert!(matches!(failed, AppError::Inconsistent { .. }), "{failed}");
        assert_untouched(&test, &invitation, &engine.to_string()).await;
        assert_the_link_works(&test, &invitation, &engine.to_string()).await;
    }
}

#[tokio::test]
async fn sec_s32_a_page_answers_for_the_invitation_that_it_showed() {
    let test = TestApp::new().await;
    let ann = test.invite("ann@x.example").await;
    let bea = test.invite("bea@x.example").await;
    let shown_to_bea = get(&test, &path(&test, &bea)).await;
    for button in ["accept", "decline"] {
        let at = format!("{}/{button}", path(&test, &ann));
        let answer = post(&test, &at, nonce_in(&shown_to_bea.body)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{button}");
    }
    for invitation in [&ann, &bea] {
        assert_eq!(stored(&test, invitation).await, *invitation);
        assert!(!is_member(&test, invitation).await);
    }
    let at = format!("{}/accept", path(&test, &bea));
    let joined = post(&test, &at, nonce_in(&shown_to_bea.body)).await;
    assert_eq!(joined.status, StatusCode::OK);
    assert!(is_member(&test, &bea).await);
    assert!(!is_member(&test, &ann).await);
}

#[tokio::test]
async fn sec_s32_the_link_is_looked_at_again_when_the_page_is_answered() {
    let test = TestApp::new().await;
    let first = test.invite("ann@x.example").await;
    let at = path(&test, &first);
    let page = get(&test, &at).await;
    test.clock.advance_seconds(3600);
    let id = first.id;
    let resent = test.run(test.owner_ctx(), move |tx, ctx| {
        invitations::resend(tx, ctx, id)
    });
    let resent = resent.await.expect("a second mail");
    let late = post(&test, &format!("{at}/accept"), nonce_in(&page.body)).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
    assert_eq!(stored(&test, &first).await, resent);
    assert!(!is_member(&test, &first).await);
}

#[tokio::test]
async fn sec_s32_a_secret_of_one_kind_opens_nothing_of_another() {
    let api = Api::new().await;
    let test = &api.test;
    let invitation = test.invite("ann@x.example").await;
    let link = test.token(&invitation);
    let account = test.key(KeyKind::AtlasServiceAccount).await;
    let access = access_token(&api, &account.key, test.clock.now().plus_seconds(3600));
    let confluent = test.key(KeyKind::Confluent).await;

    // As the link of an invitation.
    let unknown = get(test, "/invitations/nonsense").await;
    for secret in [&access, &test.owner_key.secret, &confluent.secret] {
        let body = format!(r#"{{"token":"{secret}"}}"#);
        for verb in ["preview", "accept", "decline", "leave"] {
            let path = format!("/v1/invitations/{verb}");
            let refused = api.anonymous(Method::POST, &path, &body).await;
            assert_eq!(code(&refused), "404 not_acceptable", "{verb}");
        }
        let page = get(test, &format!("/invitations/{secret}")).await;
        assert_eq!((page.status, &page.body), (unknown.status, &unknown.body));
    }

    // As the credential of a request.
    let below = format!("/api/atlas/v2/orgs/{}/invites", test.organization.to_hex());
    for secret in [&link, &confluent.secret] {
        for path in ["/v1/me", &below] {
            let bearer = format!("Bearer {secret}");
            let refused = test.send(request(Method::GET, path, &bearer, "")).await;
            assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
    let other = test.key(KeyKind::Confluent).await;
    for secret in [&link, &access, &test.owner_key.secret, &other.secret] {
        let mixed = Secret {
            key: confluent.key.clone(),
            secret: secret.clone(),
        };
        let path = "/iam/v2/invitations";
        let refused = test.send(request(Method::GET, path, &basic(&mixed), ""));
        assert_eq!(refused.await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(stored(test, &invitation).await, invitation);
}

#[tokio::test]
async fn sec_s32_a_link_makes_its_own_invitee_a_member_and_nobody_else() {
    let test = TestApp::new().await;
    let ann = test.invite("ann@x.example").await;
    let bea = test.invite("bea@x.example").await;
    // What a request says about somebody else is not asked.
    let body = format!(
        r#"{{"token":"{}","invitation":"{}","email":"bea@x.example"}}"#,
        test.token(&ann),
        bea.id
    );
    let path = "/v1/invitations/accept";
    let answer = test.send(request(Method::POST, path, "", &body)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!is_member(&test, &ann).await);
    test.accept(&ann).await;
    assert!(is_member(&test, &ann).await);
    assert_eq!(stored(&test, &bea).await, bea);
    assert!(!is_member(&test, &bea).await);
}

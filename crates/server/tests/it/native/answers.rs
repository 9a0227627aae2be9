//! `/v1/invitations`: the invited side.

use axum::http::{Method, StatusCode};
use vestibule_core::role::Role;
use vestibule_testkit::answer::Answer;

use super::{Api, Table, advance, code, count, shown, text};

async fn answer(api: &Api, verb: &str, token: &str) -> Answer {
    let path = format!("/v1/invitations/{verb}");
    let body = format!(r#"{{"token":"{token}"}}"#);
    api.anonymous(Method::POST, &path, &body).await
}

#[tokio::test]
async fn a_link_is_previewed_accepted_and_accepted_again() {
    let api = Api::new().await;
    let team = text(&api.post("/teams", r#"{"name":"Blue"}"#).await, "/id");
    let body = format!(
        r#"{{"email":"Ann@x.example","roles":["member","read_only"],"teams":["{team}"],"message":"Hi"}}"#
    );
    let made = api.post("/invitations", &body).await;
    let token = token_of(&api, &text(&made, "/id")).await;
    for _ in 0..2 {
        let preview = answer(&api, "preview", &token).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown(&preview), @r#"
            200 OK
            {"organization":{"id":"org_1","name":"Acme"},"email":"Ann@x.example","auth_type":"local","inviter":"owner@acme.example","roles":["read_only","member"],"teams":[{"id":"team_1","name":"Blue"}],"project":null,"project_roles":[],"message":"Hi","expires_at":"2026-03-08T09:00:00.000000Z"}
            "#);
        }
    }
    let accepted = answer(&api, "accept", &token).await;
    insta::assert_snapshot!(shown(&accepted), @r#"
    200 OK
    {"organization":{"id":"org_1","name":"Acme"},"user":{"id":"usr_1","email":"Ann@x.example"},"roles":["read_only","member"],"teams":["team_1"],"pruned_teams":[],"project_roles":[],"pruned_projects":[]}
    "#);
    let again = answer(&api, "accept", &token).await;
    assert_eq!((again.status, again.body), (StatusCode::OK, accepted.body));
    assert_eq!(count(&api.test, Table::Members).await, 2);
    assert_eq!(
        code(&answer(&api, "preview", &token).await),
        "404 not_acceptable"
    );
    let read = api
        .get(&format!("/invitations/{}", text(&made, "/id")))
        .await;
    assert_eq!(text(&read, "/state"), "accepted");
}

async fn token_of(api: &Api, id: &str) -> String {
    let id = vestibule_core::Id::from_native(id).expect("an id");
    let found = api.test.run(api.test.owner_ctx(), move |tx, ctx| {
        Ok(tx.find_invitation(ctx.organization, id)?)
    });
    let invitation = found.await.expect("a read").expect("an invitation");
    api.test.token(&invitation)
}

#[tokio::test]
async fn a_declined_invitation_is_over() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let token = api.test.token(&invitation);
    insta::assert_snapshot!(shown(&answer(&api, "decline", &token).await), @r#"
    200 OK
    {"organization":{"id":"org_1","name":"Acme"}}
    "#);
    let read = api.get(&format!("/invitations/{}", invitation.id)).await;
    assert_eq!(text(&read, "/reason"), "declined");
    for verb in ["preview", "accept", "decline"] {
        let over = answer(&api, verb, &token).await;
        assert_eq!(code(&over), "404 not_acceptable", "{verb}");
    }
}

#[tokio::test]
async fn whoever_joined_by_a_link_may_leave_by_it_and_be_invited_again() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let token = api.test.token(&invitation);
    let before = answer(&api, "leave", &token).await;
    assert_eq!(code(&before), "404 not_acceptable", "nobody has joined");
    api.test.accept(&invitation).await;
    insta::assert_snapshot!(shown(&answer(&api, "leave", &token).await), @r#"
    200 OK
    {"organization":{"id":"org_1","name":"Acme"}}
    "#);
    let read = api.get(&format!("/invitations/{}", invitation.id)).await;
    assert_eq!(text(&read, "/reason"), "user_left");
    for verb in ["preview", "accept", "decline", "leave"] {
        let over = answer(&api, verb, &token).await;
        assert_eq!(code(&over), "404 not_acceptable", "{verb}");
    }
    api.test.invite("ann@x.example").await;
}

#[tokio::test]
async fn sec_s30_every_dead_link_gets_one_answer() {
    let api = Api::new().await;
    let dead = dead_tokens(&api).await;
    let expected = answer(&api, "accept", "nonsense").await;
    insta::assert_snapshot!(shown(&expected), @r#"
    404 Not Found
    {"type":"about:blank","title":"Not Found","status":404,"detail":"this invitation link is not valid, or not valid any more","code":"not_acceptable"}
    "#);
    for verb in ["preview", "accept", "decline"] {
        for (name, token) in &dead {
            let got = answer(&api, verb, token).await;
            // Of the headers, the request's id alone may differ.
            let mut headers = (got.headers.clone(), expected.headers.clone());
            headers.0.remove("x-request-id");
            headers.1.remove("x-request-id");
            assert_eq!(headers.0, headers.1, "{verb} {name}");
            assert_eq!(got.status, expected.status, "{verb} {name}");
            assert_eq!(got.body, expected.body, "{verb} {name}");
        }
    }
}

async fn dead_tokens(api: &Api) -> Vec<(&'static str, String)> {
    let token = |invitation: &_| api.test.token(invitation);
    let mut dead = vec![("empty", String::new())];

    let expired = api.test.invite("expired@x.example").await;
    dead.push(("expired", token(&expired)));
    advance(api, 7 * 86_400);

    let revoked = api.test.invite("revoked@x.example").await;
    dead.push(("revoked", token(&revoked)));
    api.post(&format!("/invitations/{}/revoke", revoked.id), "")
        .await;

    let declined = api.test.invite("declined@x.example").await;
    dead.push(("declined", token(&declined)));
    answer(api, "decline", &token(&declined)).await;

    let used = api.test.invite("used@x.example").await;
    dead.push(("used by one who left", token(&used)));
    api.test.accept(&used).await;
    api.delete(&format!("/members/{}", used.user)).await;

    let superseded = api.test.invite("superseded@x.example").await;
    dead.push(("superseded", token(&superseded)));
    advance(api, 60);
    api.post(&format!("/invitations/{}/resend", superseded.id), "")
        .await;

    let mut unknown = api.test.invite("unknown@x.example").await;
    unknown.id = vestibule_core::Id::from_bytes([1; 12]);
    dead.push(("unknown", token(&unknown)));

    let live = token(&api.test.invite("live@x.example").await);
    let middle = live.len() / 2;
    let other = if &live[middle..=middle] == "a" {
        "b"
    } else {
        "a"
    };
    let flipped = format!("{}{other}{}", &live[..middle], &live[middle + 1..]);
    dead.push(("with a flipped symbol", flipped));
    dead
}

#[tokio::test]
async fn sec_s01_nothing_but_the_token_is_read() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let token = api.test.token(&invitation);
    let body = format!(r#"{{"token":"{token}","email":"eve@x.example","roles":["owner"]}}"#);
    let accepted = api
        .anonymous(Method::POST, "/v1/invitations/accept", &body)
        .await;
    insta::assert_snapshot!(shown(&accepted), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/email","detail":"unknown field `email`, expected `token`"}]}
    "#);
    assert_eq!(count(&api.test, Table::Members).await, 1);
}

#[tokio::test]
async fn sec_s02_at_the_very_end_of_its_life_a_link_is_dead() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let token = api.test.token(&invitation);
    advance(&api, 7 * 86_400 - 1);
    assert_eq!(answer(&api, "preview", &token).await.status, StatusCode::OK);
    advance(&api, 1);
    assert_eq!(
        code(&answer(&api, "accept", &token).await),
        "404 not_acceptable"
    );
}

#[tokio::test]
async fn sec_s12_an_inviter_without_rights_promises_nothing() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let invitation = api
        .test
        .invite_with(
            &admin,
            vestibule_core::organization::Dialect::Native,
            "ann@x.example",
        )
        .await;
    let vestibule_core::key::Principal::User(user) = admin.key.principal else {
        panic!("an admin is a person")
    };
    api.delete(&format!("/members/{user}")).await;
    let accepted = answer(&api, "accept", &api.test.token(&invitation)).await;
    insta::assert_snapshot!(shown(&accepted), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"whoever sent this invitation may no longer grant its roles; ask for a new one","code":"inviter_lost_rights"}
    "#);
    assert_eq!(count(&api.test, Table::Members).await, 1);
}

#[tokio::test]
async fn sec_s07_an_invitee_has_no_credential_but_the_link() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@x.example").await;
    let body = format!(
        r#"{{"kind":"native","name":"x","user":"{}"}}"#,
        invitation.user
    );
    let made = api.post("/keys", &body).await;
    assert_eq!(code(&made), "422 invalid_body", "a key is its maker's own");
    for (body, refused) in [
        (r#"{"token":""}"#, "404 not_acceptable"),
        (r#"{"token":null}"#, "422 invalid_body"),
        ("{}", "422 invalid_body"),
    ] {
        for verb in ["preview", "accept", "decline"] {
            let path = format!("/v1/invitations/{verb}");
            let answer = api.anonymous(Method::POST, &path, body).await;
            assert_eq!(code(&answer), refused, "{verb} {body}");
        }
    }
    assert_eq!(count(&api.test, Table::Members).await, 1);
}

#[tokio::test]
async fn sec_s33_an_address_that_is_invited_again_gets_a_new_secret() {
    let api = Api::new().await;
    let first = api.test.invite("ann@x.example").await;
    api.post(&format!("/invitations/{}/revoke", first.id), "")
        .await;
    let second = api.test.invite("ann@x.example").await;
    let (old, new) = (api.test.token(&first), api.test.token(&second));
    assert_ne!(old, new);
    let refused = answer(&api, "accept", &old).await;
    assert_eq!(code(&refused), "404 not_acceptable");
    let accepted = answer(&api, "accept", &new).await;
    assert_eq!(accepted.status, StatusCode::OK);
}

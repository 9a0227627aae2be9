//! Members, users and teams.

use axum::http::{Method, StatusCode};
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;

use super::{Api, Table, code, count, json, shown, text};

#[tokio::test]
async fn members_are_listed_with_roles_teams_and_source() {
    let api = Api::new().await;
    let team = api.post("/teams", r#"{"name":"Blue"}"#).await;
    let body = format!(
        r#"{{"email":"Ann@acme.example","roles":["read_only","member"],"teams":["{}"]}}"#,
        text(&team, "/id")
    );
    let invited = api.post("/invitations", &body).await;
    let id = text(&invited, "/id");
    let found = api.test.run(api.test.owner_ctx(), move |tx, ctx| {
        let id = vestibule_core::Id::from_native(&id).expect("an id");
        Ok(tx.find_invitation(ctx.organization, id)?)
    });
    let invitation = found.await.expect("a read").expect("an invitation");
    api.test.accept(&invitation).await;
    insta::assert_snapshot!(shown(&api.get("/members").await), @"");
    let one = api.get("/members?email=ANN%40acme.example").await;
    assert_eq!(text(&one, "/data/0/email"), "Ann@acme.example");
    let none = api.get("/members?email=nobody%40acme.example").await;
    assert_eq!(none.body, r#"{"data":[],"next":null}"#);
}

#[tokio::test]
async fn a_removed_member_is_gone_and_the_invitation_says_so() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@acme.example").await;
    api.test.accept(&invitation).await;
    let path = format!("/members/{}", invitation.user);
    let removed = api.delete(&path).await;
    assert_eq!((removed.status, removed.body.as_str()), (StatusCode::NO_CONTENT, ""));
    assert_eq!(count(&api.test, Table::Members).await, 1);
    let left = api.get(&format!("/invitations/{}", invitation.id)).await;
    assert_eq!(text(&left, "/state"), "deactivated");
    assert_eq!(text(&left, "/reason"), "user_removed");
    insta::assert_snapshot!(shown(&api.delete(&path).await), @"");
}

#[tokio::test]
async fn the_last_owner_stays() {
    let api = Api::new().await;
    let path = format!("/members/{}", api.test.owner);
    insta::assert_snapshot!(shown(&api.delete(&path).await), @"");
    assert_eq!(code(&api.post("/members:leave", "").await), "409 last_owner");
    assert_eq!(count(&api.test, Table::Members).await, 1);
}

#[tokio::test]
async fn a_service_account_cannot_leave() {
    let api = Api::new().await;
    let robot = api
        .test
        .service_account_key(KeyKind::Native, Role::Owner)
        .await;
    let left = api
        .send_as(&robot, Method::POST, "/members:leave", "")
        .await;
    insta::assert_snapshot!(shown(&left), @"");
}

#[tokio::test]
async fn members_and_invitees_are_users() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@acme.example").await;
    insta::assert_snapshot!(shown(&api.get("/users").await), @"");
    let one = api.get(&format!("/users/{}", invitation.user)).await;
    insta::assert_snapshot!(shown(&one), @"");
    let none = api.get("/users/usr_00000000000000000000").await;
    assert_eq!(code(&none), "404 not_found");
}

#[tokio::test]
async fn a_team_is_made_listed_and_shown() {
    let api = Api::new().await;
    let body = r#"{"name":"Blue","members":["OWNER@acme.example"]}"#;
    let made = api.post("/teams", body).await;
    insta::assert_snapshot!(shown(&made), @"");
    let path = format!("/teams/{}", text(&made, "/id"));
    assert_eq!(api.get(&path).await.body, made.body);
    let listed = api.get("/teams").await;
    assert_eq!(json(&listed)["data"][0], json(&made));
    let members = api.get("/members").await;
    assert_eq!(text(&members, "/data/0/teams/0"), text(&made, "/id"));
}

#[tokio::test]
async fn a_team_with_wrong_settings_is_not_made() {
    let api = Api::new().await;
    api.post("/teams", r#"{"name":"Blue"}"#).await;
    let make = async |body: &str| shown(&api.post("/teams", body).await);
    insta::assert_snapshot!(make(r#"{"name":"Blue"}"#).await, @"");
    insta::assert_snapshot!(make(r#"{"name":"Red","members":["owner@acme.example","nobody"]}"#).await, @"");
    insta::assert_snapshot!(make(r#"{"name":"Red","members":["stranger@acme.example"]}"#).await, @"");
    insta::assert_snapshot!(make(r#"{"name":"a\r\nBcc: x"}"#).await, @"");
    let many = format!(r#"{{"name":"Red","members":{:?}}}"#, vec!["a@x.example"; 101]);
    insta::assert_snapshot!(make(&many).await, @"");
    assert_eq!(count(&api.test, Table::Teams).await, 1);
    assert_eq!(
        code(&api.get("/teams/team_00000000000000000000").await),
        "404 not_found"
    );
}

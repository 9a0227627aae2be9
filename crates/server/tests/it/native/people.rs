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
    insta::assert_snapshot!(shown(&api.get("/members").await), @r#"
    200 OK
    {"data":[{"user":"usr_1","email":"owner@acme.example","roles":["owner"],"teams":[],"project_roles":[],"state":"active","joined_at":"2026-03-01T09:00:00.000000Z","ended_at":null,"source":"direct"},{"user":"usr_2","email":"Ann@acme.example","roles":["read_only","member"],"teams":["team_1"],"project_roles":[],"state":"active","joined_at":"2026-03-01T09:00:00.000000Z","ended_at":null,"source":"invitation"}],"next":null}
    "#);
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
    assert_eq!(
        (removed.status, removed.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(count(&api.test, Table::Members).await, 1);
    let left = api.get(&format!("/invitations/{}", invitation.id)).await;
    assert_eq!(text(&left, "/state"), "deactivated");
    assert_eq!(text(&left, "/reason"), "user_removed");
    insta::assert_snapshot!(shown(&api.delete(&path).await), @r#"
    404 Not Found
    {"type":"about:blank","title":"Not Found","status":404,"detail":"there is no user with the id usr_1","code":"not_found"}
    "#);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let api = Api::new().await;
    let path = format!("/members/{}", api.test.owner);
    insta::assert_snapshot!(shown(&api.delete(&path).await), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"the organization would have no owner left","code":"last_owner","hint":"invite another owner first"}
    "#);
    assert_eq!(
        code(&api.post("/members:leave", "").await),
        "409 last_owner"
    );
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
    insta::assert_snapshot!(shown(&left), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"a service account cannot do this: it needs a person","code":"needs_person","hint":"use the native key of a person"}
    "#);
}

#[tokio::test]
async fn members_and_invitees_are_users() {
    let api = Api::new().await;
    let invitation = api.test.invite("ann@acme.example").await;
    insta::assert_snapshot!(shown(&api.get("/users").await), @r#"
    200 OK
    {"data":[{"id":"usr_1","email":"ann@acme.example","name":null,"state":"placeholder","auth_type":"local","created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z"},{"id":"usr_2","email":"owner@acme.example","name":null,"state":"active","auth_type":"local","created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z"}],"next":null}
    "#);
    let one = api.get(&format!("/users/{}", invitation.user)).await;
    insta::assert_snapshot!(shown(&one), @r#"
    200 OK
    {"id":"usr_1","email":"ann@acme.example","name":null,"state":"placeholder","auth_type":"local","created_at":"2026-03-01T09:00:00.000000Z","updated_at":"2026-03-01T09:00:00.000000Z"}
    "#);
    let none = api.get("/users/usr_00000000000000000000").await;
    assert_eq!(code(&none), "404 not_found");
}

#[tokio::test]
async fn a_team_is_made_listed_and_shown() {
    let api = Api::new().await;
    let body = r#"{"name":"Blue","members":["OWNER@acme.example"]}"#;
    let made = api.post("/teams", body).await;
    insta::assert_snapshot!(shown(&made), @r#"
    201 Created
    location: /v1/organizations/org_1/teams/team_1
    {"id":"team_1","organization":"org_1","name":"Blue","created_at":"2026-03-01T09:00:00.000000Z"}
    "#);
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
    insta::assert_snapshot!(make(r#"{"name":"Blue"}"#).await, @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"a team with this name exists already","code":"team_name_taken","errors":[{"pointer":"/name","detail":"a team with this name exists already"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"name":"Red","members":["owner@acme.example","nobody"]}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/members/1","detail":"this is not an e-mail address: it has no @"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"name":"Red","members":["stranger@acme.example"]}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/members","detail":"somebody whom it names is not a member of this organization"}]}
    "#);
    insta::assert_snapshot!(make(r#"{"name":"a\r\nBcc: x"}"#).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the name of the team is not usable: it holds control or invisible characters","code":"invalid_body","errors":[{"pointer":"/name","detail":"the name of the team is not usable: it holds control or invisible characters"}]}
    "#);
    let many = format!(
        r#"{{"name":"Red","members":{:?}}}"#,
        vec!["a@x.example"; 101]
    );
    insta::assert_snapshot!(make(&many).await, @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/members","detail":"it names more than 100 members"}]}
    "#);
    assert_eq!(count(&api.test, Table::Teams).await, 1);
    assert_eq!(
        code(&api.get("/teams/team_00000000000000000000").await),
        "404 not_found"
    );
}

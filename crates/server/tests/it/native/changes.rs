//! Changing members, teams and open invitations.

use axum::http::Method;
use vestibule_core::role::Role;

use super::projects::{accept, member, project};
use super::{Api, code, json, shown, text};

async fn team(api: &Api, name: &str) -> String {
    let made = api.post("/teams", &format!(r#"{{"name":"{name}"}}"#)).await;
    text(&made, "/id")
}

#[tokio::test]
async fn a_team_is_renamed_and_deleted() {
    let api = Api::new().await;
    let (blue, _green) = (team(&api, "Blue").await, team(&api, "Green").await);
    let path = format!("/teams/{blue}");
    let renamed = api.patch(&path, r#"{"name":"Red"}"#).await;
    insta::assert_snapshot!(shown(&renamed), @r#"
    200 OK
    {"id":"team_1","organization":"org_1","name":"Red","created_at":"2026-03-01T09:00:00.000000Z"}
    "#);
    let taken = api.patch(&path, r#"{"name":"Green"}"#).await;
    assert_eq!(code(&taken), "409 team_name_taken");
    let same = api.patch(&path, "{}").await;
    assert_eq!(text(&same, "/name"), "Red");
    assert_eq!(api.delete(&path).await.status, 204);
    assert_eq!(code(&api.get(&path).await), "404 not_found");
    assert_eq!(code(&api.delete(&path).await), "404 not_found");
}

#[tokio::test]
async fn a_member_is_given_roles_and_teams() {
    let api = Api::new().await;
    let user = api.test.member("ann@x.example", Role::Member).await;
    let path = format!("/members/{user}");
    let blue = team(&api, "Blue").await;
    let body = format!(r#"{{"roles":["user_admin","member"],"teams":["{blue}"]}}"#);
    let changed = api.patch(&path, &body).await;
    assert_eq!(json(&changed)["teams"][0], *blue);
    assert_eq!(json(&changed)["roles"][0], "user_admin");
    let roles = api.patch(&path, r#"{"roles":["read_only"]}"#).await;
    assert_eq!(json(&roles)["roles"][0], "read_only");
    assert_eq!(json(&roles)["teams"][0], *blue);
    let none = api.patch(&path, r#"{"teams":[]}"#).await;
    assert_eq!(json(&none)["teams"].as_array().unwrap().len(), 0);

    let bad = api
        .patch(&path, r#"{"roles":["king"],"teams":["blue"]}"#)
        .await;
    insta::assert_snapshot!(shown(&bad), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/roles/0","detail":"there is no such role; there are owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member"},{"pointer":"/teams/0","detail":"it is not an id of the form team_…"}]}
    "#);
    let missing = api
        .patch(&path, r#"{"teams":["team_00000000000000000000"]}"#)
        .await;
    assert_eq!(code(&missing), "422 invalid_body");
}

#[tokio::test]
async fn the_last_owner_stays_one_and_nobody_gives_more_than_they_may() {
    let api = Api::new().await;
    let owner = format!("/members/{}", api.test.owner);
    let refused = api.patch(&owner, r#"{"roles":["member"]}"#).await;
    assert_eq!(code(&refused), "409 last_owner");
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let user = api.test.member("ann@x.example", Role::Member).await;
    for (path, body) in [
        (format!("/members/{user}"), r#"{"roles":["owner"]}"#),
        (owner, r#"{"roles":["owner"]}"#),
    ] {
        let refused = api.send_as(&admin, Method::PATCH, &path, body).await;
        assert_eq!(code(&refused), "403 role_above_ceiling", "{path}");
    }
}

#[tokio::test]
async fn sec_s10_an_edit_repeats_what_others_have_promised_and_changes_nothing_of_it() {
    let api = Api::new().await;
    let payments = project(&api, "Payments").await;
    let promise =
        |role: &str| format!(r#""project_roles":[{{"project":"{payments}","roles":["{role}"]}}]"#);
    let body = format!(r#"{{"email":"ann@x.example",{}}}"#, promise("data_admin"));
    let made = api.post("/invitations", &body).await;
    let path = format!("/invitations/{}", text(&made, "/id"));
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let edit = async |role: &str| {
        let body = format!(r#"{{"message":"as {role}",{}}}"#, promise(role));
        api.send_as(&admin, Method::PATCH, &path, &body).await
    };
    for more in ["owner", "read_only"] {
        assert_eq!(code(&edit(more).await), "403 not_project_owner", "{more}");
    }
    let edited = edit("data_admin").await;
    assert_eq!(edited.status, 200, "{}", edited.body);
    assert_eq!(text(&edited, "/message"), "as data_admin");
    let accepted = accept(&api, &made).await;
    assert_eq!(accepted.status, 200, "{}", accepted.body);
    insta::assert_snapshot!(member(&api, "ann@x.example").await, @r#"["member"] [{"project":"prj_1","roles":["data_admin"]}]"#);
}

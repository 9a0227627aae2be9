//! Who may do what: roles that are not enough, and roles that may not grant.

use axum::http::Method;
use vestibule_core::role::{Role, RoleSet, Vocabulary};

use super::sweep::{ROUTES, Things};
use super::{Api, code, shown};

/// What a plain member may do: look, and look after one's own.
const OPEN_TO_MEMBERS: [&str; 16] = [
    "POST /v1/organizations",
    "GET /v1/organizations",
    "GET /v1/organizations/{organization}",
    "POST /v1/organizations/{organization}/keys",
    "GET /v1/organizations/{organization}/keys",
    "GET /v1/organizations/{organization}/members",
    "POST /v1/organizations/{organization}/members:leave",
    "GET /v1/organizations/{organization}/users",
    "GET /v1/organizations/{organization}/users/{user}",
    "GET /v1/organizations/{organization}/teams",
    "GET /v1/organizations/{organization}/teams/{team}",
    "GET /v1/organizations/{organization}/projects",
    "GET /v1/organizations/{organization}/projects/{project}",
    "GET /v1/organizations/{organization}/invitations",
    "GET /v1/organizations/{organization}/invitations/{invitation}",
    "GET /v1/me",
];

#[tokio::test]
async fn a_plain_member_may_look_and_nothing_more() {
    let api = Api::new().await;
    let things = Things::of(&api.test).await;
    for route in ROUTES.iter().filter(|route| route.needs_credential()) {
        // Anew for each, because one of them is to leave.
        let email = format!("{}@acme.example", route.operation());
        let member = api.member_key(&email, Role::Member).await;
        let answer = route.call(&api.test, &member.bearer(), &things).await;
        let name = route.name();
        if OPEN_TO_MEMBERS.contains(&name.as_str()) {
            assert!(answer.status.is_success(), "{name}: {}", answer.shown());
        } else if name.ends_with("/{project}") {
            assert_eq!(code(&answer), "403 not_project_owner", "{name}");
        } else if name.ends_with("/keys/{key}") {
            assert_eq!(code(&answer), "404 not_found", "{name}");
        } else {
            assert_eq!(code(&answer), "403 not_permitted", "{name}");
        }
    }
}

#[tokio::test]
async fn sec_s10_nobody_invites_above_what_they_may_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let body = r#"{"email":"a@x.example","roles":["member","owner","billing_admin"]}"#;
    let answer = api
        .send_as(&admin, Method::POST, "/invitations", body)
        .await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"you may not grant: owner, billing_admin","code":"role_above_ceiling","errors":[{"pointer":"/roles","detail":"you may not grant: owner, billing_admin"}]}
    "#);
}

#[tokio::test]
async fn sec_s11_nobody_changes_an_invitation_to_more_than_they_may_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let invitation = api.test.invite("ann@x.example").await;
    let path = format!("/invitations/{}", invitation.id);
    for role in RoleSet::<Role>::every().iter() {
        let body = format!(r#"{{"roles":["{role}"]}}"#);
        let answer = api.send_as(&admin, Method::PATCH, &path, &body).await;
        if Role::UserAdmin.grantable().contains(role) {
            assert!(answer.status.is_success(), "{role}: {}", answer.shown());
        } else {
            assert_eq!(code(&answer), "403 role_above_ceiling", "{role}");
        }
    }
}

#[tokio::test]
async fn sec_s11_nobody_touches_an_invitation_that_promises_more_than_they_may_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let body = r#"{"email":"boss@x.example","roles":["owner"]}"#;
    let made = api.post("/invitations", body).await;
    let path = format!("/invitations/{}", super::text(&made, "/id"));
    super::advance(&api, 60);
    let resent = api
        .send_as(&admin, Method::POST, &format!("{path}/resend"), "")
        .await;
    assert_eq!(code(&resent), "403 role_above_ceiling");
    for body in [r#"{"message":"x"}"#, r#"{"roles":["member"]}"#] {
        let changed = api.send_as(&admin, Method::PATCH, &path, body).await;
        assert_eq!(code(&changed), "403 role_above_ceiling", "{body}");
    }
    let revoked = api
        .send_as(&admin, Method::POST, &format!("{path}/revoke"), "")
        .await;
    assert_eq!(code(&revoked), "403 role_above_ceiling");
}

#[tokio::test]
async fn sec_s11_nobody_removes_a_member_above_what_they_may_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let path = format!("/members/{}", api.test.owner);
    let answer = api.send_as(&admin, Method::DELETE, &path, "").await;
    insta::assert_snapshot!(shown(&answer), @r#"
    403 Forbidden
    {"type":"about:blank","title":"Forbidden","status":403,"detail":"you may not grant: owner","code":"role_above_ceiling","errors":[{"pointer":"/roles","detail":"you may not grant: owner"}]}
    "#);
}

//! The link of an open invitation, shown to the inviting side.

use axum::http::Method;
use vestibule_core::Id;
use vestibule_core::project::ProjectRole;
use vestibule_core::role::{Role, RoleSet};
use vestibule_server::ops::project_teams;

use super::{Api, advance, code, text};

async fn invited(api: &Api, roles: &str) -> String {
    let body = format!(r#"{{"email":"ann@x.example","roles":[{roles}]}}"#);
    let made = api.post("/invitations", &body).await;
    format!("/invitations/{}", text(&made, "/id"))
}

#[tokio::test]
async fn the_link_is_the_one_in_the_mail_and_asking_leaves_a_trace() {
    let api = Api::new().await;
    let path = invited(&api, "").await;
    let shown = api.post(&format!("{path}/link"), "").await;
    let token = text(&shown, "/token");
    let invitation = api.test.open_invitation("ann@x.example").await;
    assert_eq!(token, api.test.token(&invitation));
    assert_eq!(
        text(&shown, "/url"),
        format!("https://vestibule.example/invitations/{token}")
    );
    assert_eq!(
        text(&shown, "/expires_at"),
        invitation.expires_at.to_rfc3339()
    );
    let trace = api
        .test
        .run(api.test.owner_ctx(), |tx, ctx| {
            Ok(tx.list_audit_events(ctx.organization)?)
        })
        .await
        .unwrap();
    assert!(
        trace
            .iter()
            .any(|event| event.action == "invitation.link_shown"
                && event.subject_id == invitation.id.to_hex())
    );

    let body = format!(r#"{{"token":"{token}"}}"#);
    let accepted = api
        .anonymous(Method::POST, "/v1/invitations/accept", &body)
        .await;
    assert!(accepted.status.is_success(), "{}", accepted.shown());
}

#[tokio::test]
async fn only_an_open_invitation_has_a_link() {
    let api = Api::new().await;
    let path = invited(&api, "").await;
    advance(&api, 400 * 86_400);
    let expired = api.post(&format!("{path}/link"), "").await;
    assert_eq!(code(&expired), "409 not_open");
    let path = invited(&api, "").await;
    api.post(&format!("{path}/revoke"), "").await;
    let revoked = api.post(&format!("{path}/link"), "").await;
    assert_eq!(code(&revoked), "409 not_open");
}

#[tokio::test]
async fn sec_s11_nobody_sees_a_link_to_more_than_they_may_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let path = format!("{}/link", invited(&api, r#""owner""#).await);
    let refused = api.send_as(&admin, Method::POST, &path, "").await;
    assert_eq!(code(&refused), "403 role_above_ceiling");
}

#[tokio::test]
async fn sec_s11_nobody_sees_a_link_to_more_in_projects_than_they_may_grant() {
    let api = Api::new().await;
    let admin = api.member_key("admin@acme.example", Role::UserAdmin).await;
    let project = text(&api.post("/projects", r#"{"name":"Apollo"}"#).await, "/id");
    let grants = format!(r#"[{{"project":"{project}","roles":["read_only"]}}]"#);
    let team = text(&api.post("/teams", r#"{"name":"Crew"}"#).await, "/id");
    let mut links = Vec::new();
    for (email, promised) in [
        ("ann@x.example", format!(r#""project_roles":{grants}"#)),
        (
            "bob@x.example",
            format!(r#""project":"{project}","project_roles":{grants}"#),
        ),
        ("cyd@x.example", format!(r#""teams":["{team}"]"#)),
    ] {
        let body = format!(r#"{{"email":"{email}",{promised}}}"#);
        let made = api.post("/invitations", &body).await;
        links.push(format!("/invitations/{}/link", text(&made, "/id")));
    }
    put_on(&api, &team, &project).await;
    for link in &links {
        let refused = api.send_as(&admin, Method::POST, link, "").await;
        assert_eq!(code(&refused), "403 not_project_owner", "{link}");
        let shown = api.post(link, "").await;
        assert!(shown.status.is_success(), "{}", shown.shown());
    }

    // A promise in a project that is gone opens nothing, and stands in nobody's way.
    api.delete(&format!("/projects/{project}")).await;
    let shown = api.send_as(&admin, Method::POST, &links[0], "").await;
    assert!(shown.status.is_success(), "{}", shown.shown());
}

/// Puts a team on a project, which the native API does not do.
async fn put_on(api: &Api, team: &str, project: &str) {
    let team = Id::from_native(team).expect("an id");
    let project = Id::from_native(project).expect("an id");
    let places = [(team, RoleSet::of(&[ProjectRole::ReadOnly]))];
    let put = api.test.run(api.test.owner_ctx(), move |tx, ctx| {
        project_teams::add(tx, ctx, project, &places)
    });
    put.await.expect("the team is put on the project");
}

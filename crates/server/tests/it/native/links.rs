//! The link of an open invitation, shown to the inviting side.

use axum::http::Method;
use vestibule_core::role::Role;

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

//! `/testing/invitations/{id}/state`.

use vestibule_core::project::ProjectRole;
use vestibule_core::role::RoleSet;
use vestibule_server::ops::invitations::{self, NewInvitation};

use super::*;

const STATES: [&str; 6] = [
    "accepted", "declined", "expired", "revoked", "left", "removed",
];

async fn force(lab: &Lab, id: &str, state: &str) -> Answer {
    let body = format!("{{\"state\":\"{state}\"}}");
    lab.control(Method::POST, &format!("invitations/{id}/state"), &body)
        .await
}

/// An invitation that was forced through these states.
async fn invitation_in(lab: &Lab, email: &str, road: &[&str]) -> String {
    let made = lab.invite(email).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    for state in road {
        let forced = force(lab, &id, state).await;
        assert_eq!(forced.status, 200, "{road:?}: {}", forced.shown());
    }
    id
}

/// The state and the reason of an invitation.
fn told(answer: &Answer) -> String {
    let shown: Value = serde_json::from_str(&answer.body).expect("JSON");
    if answer.status == 200 {
        format!("200 {} {}", shown["state"], shown["reason"]).replace('"', "")
    } else {
        format!("{} {}", answer.status.as_u16(), shown["code"]).replace('"', "")
    }
}

#[tokio::test]
async fn every_state_leads_where_the_rulebook_leads_and_nowhere_else() {
    let lab = Lab::new().await;
    let mut table = Vec::new();
    for (n, road) in [
        &[][..],
        &["expired"],
        &["accepted"],
        &["declined"],
        &["revoked"],
        &["expired", "revoked"],
        &["accepted", "left"],
        &["accepted", "removed"],
    ]
    .iter()
    .enumerate()
    {
        for state in STATES {
            let id = invitation_in(&lab, &format!("p{n}-{state}@acme.example"), road).await;
            let forced = force(&lab, &id, state).await;
            let from = road.last().copied().unwrap_or("sent");
            table.push(format!("{from} -> {state}: {}", told(&forced)));
        }
    }
    insta::assert_snapshot!(table.join("\n"), @"
    sent -> accepted: 200 accepted null
    sent -> declined: 200 deactivated declined
    sent -> expired: 200 expired null
    sent -> revoked: 200 deactivated revoked
    sent -> left: 409 not_open
    sent -> removed: 409 not_open
    expired -> accepted: 409 not_open
    expired -> declined: 409 not_open
    expired -> expired: 200 expired null
    expired -> revoked: 200 deactivated revoked
    expired -> left: 409 not_open
    expired -> removed: 409 not_open
    accepted -> accepted: 200 accepted null
    accepted -> declined: 409 not_open
    accepted -> expired: 409 not_open
    accepted -> revoked: 409 already_accepted
    accepted -> left: 200 deactivated user_left
    accepted -> removed: 200 deactivated user_removed
    declined -> accepted: 409 not_open
    declined -> declined: 200 deactivated declined
    declined -> expired: 409 not_open
    declined -> revoked: 409 not_open
    declined -> left: 409 not_open
    declined -> removed: 409 not_open
    revoked -> accepted: 409 not_open
    revoked -> declined: 409 not_open
    revoked -> expired: 409 not_open
    revoked -> revoked: 200 deactivated revoked
    revoked -> left: 409 not_open
    revoked -> removed: 409 not_open
    revoked -> accepted: 409 not_open
    revoked -> declined: 409 not_open
    revoked -> expired: 409 not_open
    revoked -> revoked: 200 deactivated revoked
    revoked -> left: 409 not_open
    revoked -> removed: 409 not_open
    left -> accepted: 409 not_open
    left -> declined: 409 not_open
    left -> expired: 409 not_open
    left -> revoked: 409 not_open
    left -> left: 200 deactivated user_left
    left -> removed: 409 not_open
    removed -> accepted: 409 not_open
    removed -> declined: 409 not_open
    removed -> expired: 409 not_open
    removed -> revoked: 409 not_open
    removed -> left: 409 not_open
    removed -> removed: 200 deactivated user_removed
    ");
}

#[tokio::test]
async fn any_spelling_of_the_id_names_the_invitation() {
    let lab = Lab::new().await;
    let made = lab.invite("ann@acme.example").await;
    let id = made["id"].as_str().expect("an id");
    let id: Id<vestibule_core::invitation::Invitation> = Id::from_confluent(id).expect("an id");
    for spelling in [id.to_native(), id.to_confluent(), id.to_hex()] {
        let forced = force(&lab, &spelling, "accepted").await;
        assert_eq!(told(&forced), "200 accepted null", "{spelling}");
    }
    for unknown in [
        "inv_00000000000000000000",
        "i-1",
        "x",
        "659200800000000000000001",
    ] {
        let forced = force(&lab, unknown, "accepted").await;
        assert_eq!(told(&forced), "404 not_found", "{unknown}");
    }
}

#[tokio::test]
async fn a_state_that_is_none_is_refused() {
    let lab = Lab::new().await;
    let id = invitation_in(&lab, "ann@acme.example", &[]).await;
    let refused = force(&lab, &id, "lost").await;
    insta::assert_snapshot!(refused.shown(), @r#"
    422 Unprocessable Entity
    {"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"the body is not what this operation takes","code":"invalid_body","errors":[{"pointer":"/state","detail":"unknown variant `lost`, expected one of `accepted`, `declined`, `expired`, `revoked`, `left`, `removed`"}]}
    "#);
    let unreachable = force(&lab, &id, "left").await;
    insta::assert_snapshot!(unreachable.shown(), @r#"
    409 Conflict
    {"type":"about:blank","title":"Conflict","status":409,"detail":"the invitation is sent, so it cannot be ended as a membership","code":"not_open","hint":"from sent it can become accepted, declined, expired or revoked; from expired revoked; from accepted left or removed"}
    "#);
}

#[tokio::test]
async fn a_forced_life_leaves_the_traces_of_a_real_one() {
    let lab = Lab::new().await;
    let made = lab.invite("ann@acme.example").await;
    let id = made["id"].as_str().expect("an id");
    let user = made["user"]["id"].as_str().expect("an id");
    lab.send_mail().await;
    let user_path = format!("/iam/v2/users/{user}");
    let members = format!("/v1/organizations/{}/members", lab.id());
    let is_member = async || {
        let page = lab.call(KeyKind::Native, Method::GET, &members, "").await;
        page.body.contains("ann@acme.example")
    };
    assert!(!is_member().await);
    force(&lab, id, "accepted").await;
    assert!(is_member().await);
    let path = format!("/iam/v2/invitations/{id}");
    let shown = lab.call(KeyKind::Confluent, Method::GET, &path, "").await;
    assert!(
        shown.body.contains("INVITE_STATUS_ACCEPTED"),
        "{}",
        shown.body
    );
    let shown = lab
        .call(KeyKind::Confluent, Method::GET, &user_path, "")
        .await;
    assert_eq!(shown.status, 200);
    force(&lab, id, "removed").await;
    assert!(!is_member().await);
    let dump = lab.fresh.dump();
    for action in [
        "invitation.sent",
        "invitation.accepted",
        "member.removed",
        "invitation.ended",
    ] {
        assert!(dump.contains(action), "{action}");
    }
    // Whoever was removed can be invited again.
    lab.advance("1h").await;
    lab.invite("ann@acme.example").await;
}

#[tokio::test]
async fn mail_that_has_not_left_does_not_leave_after_a_forced_end() {
    let lab = Lab::new().await;
    for (n, state) in ["declined", "expired", "revoked"].iter().enumerate() {
        let id = invitation_in(&lab, &format!("p{n}@acme.example"), &[state]).await;
        assert!(!id.is_empty());
    }
    lab.send_mail().await;
    let mails = lab.control_json(Method::GET, "mail", "").await;
    assert_eq!(mails["data"].as_array().map(Vec::len), Some(0), "{mails}");
}

#[tokio::test]
async fn an_early_expiry_leaves_the_life_of_a_renewal() {
    let lab = Lab::new().await;
    let id = invitation_in(&lab, "ann@acme.example", &["expired"]).await;
    let id: Id<vestibule_core::invitation::Invitation> = Id::from_confluent(&id).expect("an id");
    let path = format!("/v1/organizations/{}/invitations/{id}/resend", lab.id());
    let resent = lab.call(KeyKind::Native, Method::POST, &path, "").await;
    let resent: Value = serde_json::from_str(&resent.body).expect("JSON");
    assert_eq!(resent["state"], "sent");
    assert_eq!(resent["expires_at"], "2026-03-08T09:00:00.000000Z");
}

#[tokio::test]
async fn whoever_was_invited_to_a_project_only_goes_from_there_only() {
    let lab = Lab::new().await;
    let project = lab.organization().projects[0].id;
    let key = &lab.organization().keys[0];
    let actor = Actor::Key(Arc::new(key.row(lab.id(), START)));
    let members = format!("/v1/organizations/{}/members", lab.id());
    for (state, told_state) in [
        ("left", "200 deactivated user_left"),
        ("removed", "200 deactivated user_removed"),
    ] {
        let email = EmailAddress::parse("other@acme.example").expect("an address");
        let roles = RoleSet::of(&[ProjectRole::ReadOnly]);
        let new = NewInvitation::to_project(email, project, roles);
        let ctx = lab
            .app
            .ctx(actor.clone(), lab.id(), Dialect::Native, "test".to_owned());
        let made = lab
            .app
            .write(ctx, move |tx, ctx| invitations::create(tx, ctx, &new))
            .await
            .expect("an invitation");
        let id = made.id.to_native();
        assert_eq!(
            told(&force(&lab, &id, "accepted").await),
            "200 accepted null"
        );
        assert_eq!(told(&force(&lab, &id, state).await), told_state);
        let page = lab.call(KeyKind::Native, Method::GET, &members, "").await;
        assert!(page.body.contains("other@acme.example"), "{}", page.body);
    }
}

//! `mongodbatlas_project_invitation`.

use axum::http::Method;
use serde_json::json;
use tfplugin::{Object, Value};

use crate::fake_people::{FakePeople, PROJECT};
use crate::terraform::{Terraform, summaries};

const TYPE: &str = "mongodbatlas_project_invitation";
const INVITES: &str = "/api/atlas/v2/groups/5f0000000000000000000009/invites";

pub(crate) fn invite(username: &str, roles: &[&str]) -> Object {
    Object::new()
        .with("project_id", PROJECT)
        .with("username", username)
        .with("roles", Value::set(roles.iter().copied()))
}

fn ann() -> Object {
    invite("Ann@Example.org", &["GROUP_READ_ONLY"])
}

async fn with_ann(fake: &FakePeople) -> Terraform {
    let mut terraform = fake.terraform(TYPE).await;
    terraform.apply(&ann()).await.unwrap();
    terraform
}

#[tokio::test]
async fn inviting_leaves_no_difference() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "roles": ["GROUP_READ_ONLY"], "username": "Ann@Example.org" })
    );
    let lines = terraform
        .state()
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    created_at: "2026-11-22T05:59:56Z"
    expires_at: "2026-12-22T05:59:56Z"
    id: "aW52aXRhdGlvbl9pZA==:NmEwMDAwMDAwMDAwMDAwMDAwMDAwMDAx-cHJvamVjdF9pZA==:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDA5-dXNlcm5hbWU=:QW5uQEV4YW1wbGUub3Jn"
    invitation_id: "6a0000000000000000000001"
    inviter_username: "abcdefgh"
    project_id: "5f0000000000000000000009"
    roles: ["GROUP_READ_ONLY"]
    username: "Ann@Example.org"
    "#);
    fake.server.take_lines();
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(
        fake.server.take_lines(),
        [format!("GET {INVITES}/6a0000000000000000000001")]
    );
    let other_case = invite("ann@example.org", &["GROUP_READ_ONLY"]);
    assert!(terraform.is_up_to_date(&other_case).await);
}

#[tokio::test]
async fn roles_change_in_place() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let owner = invite("Ann@Example.org", &["GROUP_OWNER"]);
    terraform.apply(&owner).await.unwrap();
    assert_eq!(
        fake.server.last_body(&Method::PATCH),
        json!({ "roles": ["GROUP_OWNER"] })
    );
    assert!(terraform.is_up_to_date(&owner).await);
}

#[tokio::test]
async fn an_accepted_project_invitation_is_not_sent_again_with_every_apply() {
    for is_old in [false, true] {
        let fake = FakePeople::start().await;
        let mut terraform = with_ann(&fake).await;
        fake.world().accept_all();
        if is_old {
            fake.refuse(
                "GET /api/atlas/v2/groups/5f0000000000000000000009/users",
                405,
                "X",
            );
            let roles = json!([{ "groupId": PROJECT, "roleName": "GROUP_READ_ONLY" }]);
            let user = json!({ "id": "5e1", "roles": roles, "username": "ann@example.org" });
            fake.world().refusals.push_back(("byName", (200, user)));
        }
        let warnings = terraform.refresh().await.unwrap();
        assert_eq!(
            summaries(&warnings),
            "warning: The project invitation was accepted"
        );
        assert_eq!(terraform.state, None);
        let warnings = terraform.apply(&ann()).await.unwrap();
        assert_eq!(
            summaries(&warnings),
            "warning: The user is in the project already"
        );
        assert!(fake.world().project_invitations.is_empty());
        assert!(terraform.is_up_to_date(&ann()).await);
        let owner = invite("Ann@Example.org", &["GROUP_OWNER"]);
        assert_eq!(
            summaries(&terraform.plan(&owner).diagnostics),
            "error: The user is in the project already at roles"
        );
        let warnings = terraform.destroy().await.unwrap();
        assert_eq!(
            summaries(&warnings),
            "warning: The user remains in the project"
        );
    }
}

#[tokio::test]
async fn a_placeholder_of_somebody_who_left_the_project_is_replaced_by_an_invitation() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().accept_all();
    terraform.refresh().await.unwrap();
    terraform.apply(&ann()).await.unwrap();
    fake.world().users.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(fake.world().project_invitations.len(), 1);
}

#[tokio::test]
async fn what_came_to_nothing_is_sent_again_and_a_newer_one_is_adopted() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().project_invitations[0]["id"] = json!("6a0000000000000000000077");
    fake.world().project_invitations[0]["username"] = json!("ann@example.org");
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("invitation_id"), "6a0000000000000000000077");
    assert_eq!(terraform.text("username"), "Ann@Example.org");
    fake.world().project_invitations.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_failing_request_never_drops_the_state() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.refuse("GET", 403, "FORBIDDEN_404");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot read the project invitation"
    );
    fake.world().project_invitations.clear();
    fake.refuse("/users", 401, "NOT_IN_GROUP");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot tell whether the user is in the project"
    );
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn destroying_withdraws_and_not_found_is_done() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let state = terraform.state.clone();
    fake.refuse("DELETE", 401, "NOT_GROUP_USER_ADMIN");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot delete the project invitation"
    );
    terraform.destroy().await.unwrap();
    assert!(fake.world().project_invitations.is_empty());
    terraform.state = state;
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn open_invitations_are_imported_by_project_and_address() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let id = terraform.text("id");
    terraform
        .import(&format!("{PROJECT}-ann@example.org"))
        .await
        .unwrap();
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("id"), id);
    for (id, problem) in [
        ("ann@example.org".to_owned(), "The import id is malformed"),
        (
            format!("{PROJECT}-bob@example.org"),
            "There is no such invitation",
        ),
    ] {
        let errors = terraform.import(&id).await.unwrap_err();
        assert_eq!(summaries(&errors), format!("error: {problem}"));
    }
}

#[tokio::test]
async fn after_the_sunset_invitations_to_projects_go_on_by_the_newer_api() {
    let fake = FakePeople::start().await;
    fake.world().is_after_the_sunset = true;
    let mut terraform = with_ann(&fake).await;
    assert_eq!(terraform.text("invitation_id"), "5e0000000000000000000001");
    assert!(terraform.is_up_to_date(&ann()).await);
    let owner = invite("Ann@Example.org", &["GROUP_OWNER"]);
    terraform.apply(&owner).await.unwrap();
    assert!(terraform.is_up_to_date(&owner).await);
    terraform.destroy().await.unwrap();
    assert!(!fake.world().user("ann@example.org").in_project);
}

//! `mongodbatlas_cloud_user_project_assignment`: somebody's roles in a project.

use axum::http::Method;
use serde_json::json;
use tfplugin::{Object, Value};

use crate::fake_people::{FakePeople, PROJECT};
use crate::terraform::{Terraform, details, summaries};

const TYPE: &str = "mongodbatlas_cloud_user_project_assignment";
const USERS: &str = "/api/atlas/v2/groups/5f0000000000000000000009/users";

fn place(username: &str, roles: &[&str]) -> Object {
    Object::new()
        .with("project_id", PROJECT)
        .with("username", username)
        .with("roles", Value::set(roles.iter().copied()))
}

fn ann() -> Object {
    place("Ann@Example.org", &["GROUP_READ_ONLY"])
}

async fn with_ann(fake: &FakePeople) -> Terraform {
    let mut terraform = fake.terraform(TYPE).await;
    terraform.apply(&ann()).await.unwrap();
    terraform
}

#[tokio::test]
async fn adding_somebody_takes_one_request_and_leaves_no_difference() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "roles": ["GROUP_READ_ONLY"], "username": "Ann@Example.org" })
    );
    assert_eq!(fake.server.take_lines(), [format!("POST {USERS}")]);
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(
        fake.server.take_lines(),
        [format!("GET {USERS}/5e0000000000000000000001")]
    );
    fake.world().accept_all();
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("org_membership_status"), "ACTIVE");
    let other_case = place("ann@example.org", &["GROUP_READ_ONLY"]);
    assert!(terraform.is_up_to_date(&other_case).await);
}

#[tokio::test]
async fn roles_are_added_before_others_are_taken_away() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.server.take_lines();
    let owner = place("Ann@Example.org", &["GROUP_OWNER"]);
    assert_eq!(terraform.plan(&owner).replaces, []);
    terraform.apply(&owner).await.unwrap();
    let user = format!("{USERS}/5e0000000000000000000001");
    assert_eq!(
        fake.server.take_lines(),
        [
            format!("POST {user}:addRole"),
            format!("POST {user}:removeRole"),
            format!("GET {user}")
        ]
    );
    assert!(terraform.is_up_to_date(&owner).await);
}

#[tokio::test]
async fn partial_state_is_returned_when_a_role_is_refused() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.refuse("removeRole", 403, "CANNOT_DEMOTE_LAST_OWNER");
    let owner = place("Ann@Example.org", &["GROUP_OWNER"]);
    let errors = terraform.apply(&owner).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot change the user's roles in the project"
    );
    assert!(details(&errors).contains("refused by the test"));
    assert_eq!(
        terraform.state().get("roles"),
        &Value::set(["GROUP_OWNER", "GROUP_READ_ONLY"])
    );
}

#[tokio::test]
async fn identity_attributes_replace_where_the_vendors_provider_forgets_it() {
    let fake = FakePeople::start().await;
    let terraform = with_ann(&fake).await;
    let bob = place("bob@example.org", &["GROUP_READ_ONLY"]);
    assert_eq!(terraform.plan(&bob).replaces, ["username".into()]);
    let elsewhere = ann().with("project_id", "5f0000000000000000000008");
    assert_eq!(terraform.plan(&elsewhere).replaces, ["project_id".into()]);
}

#[tokio::test]
async fn who_left_the_project_leaves_the_state_and_a_refusal_does_not() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.refuse("GET", 403, "FORBIDDEN_404");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot read the user of the project"
    );
    assert!(terraform.state.is_some());
    fake.world().user("ann@example.org").in_project = false;
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn destroying_removes_from_the_project_only() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let state = terraform.state.clone();
    fake.refuse("DELETE", 401, "NOT_GROUP_USER_ADMIN");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot remove the user from the project"
    );
    terraform.destroy().await.unwrap();
    assert_eq!(fake.world().users.len(), 1);
    terraform.state = state;
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn places_in_projects_are_imported_by_id_or_address() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    for who in ["ann@example.org", "5e0000000000000000000001"] {
        terraform.import(&format!("{PROJECT}/{who}")).await.unwrap();
        let config = place(&terraform.text("username"), &["GROUP_READ_ONLY"]);
        assert!(terraform.is_up_to_date(&config).await, "{who}");
    }
    let nobody = format!("{PROJECT}/bob@example.org");
    let errors = terraform.import(&nobody).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: There is nothing to import");
}

#[tokio::test]
async fn who_is_in_the_project_comes_with_the_command_to_import_them() {
    let fake = FakePeople::start().await;
    let terraform = with_ann(&fake).await;
    let mut second = Terraform {
        resource: terraform.resource,
        state: None,
    };
    let errors = second.apply(&ann()).await.unwrap_err();
    assert!(details(&errors).contains(&format!("'{PROJECT}/Ann@Example.org'")));
}

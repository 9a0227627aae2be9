//! `mongodbatlas_cloud_user_org_assignment`: somebody's place in an organization.

use axum::http::Method;
use serde_json::json;
use tfplugin::harness::move_from;
use tfplugin::{Object, Value};

use crate::fake_atlas::ORG;
use crate::fake_people::FakePeople;
use crate::terraform::{Terraform, details, summaries};

const TYPE: &str = "mongodbatlas_cloud_user_org_assignment";
const USERS: &str = "/api/atlas/v2/orgs/5f0000000000000000000001/users";

pub(crate) fn place(username: &str, roles: &[&str]) -> Object {
    let roles = Object::new().with("org_roles", Value::set(roles.iter().copied()));
    Object::new()
        .with("org_id", ORG)
        .with("username", username)
        .with("roles", roles)
}

fn ann() -> Object {
    place("Ann.Lee@Example.org", &["ORG_MEMBER"])
}

async fn with_ann(fake: &FakePeople) -> Terraform {
    let mut terraform = fake.terraform(TYPE).await;
    terraform.apply(&ann()).await.unwrap();
    terraform
}

fn shown(terraform: &Terraform) -> String {
    let lines = terraform.state().iter();
    let lines: Vec<String> = lines
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    lines.join("\n")
}

#[tokio::test]
async fn inviting_takes_one_request_and_leaves_no_difference() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "roles": { "orgRoles": ["ORG_MEMBER"] }, "username": "Ann.Lee@Example.org" })
    );
    assert_eq!(fake.server.take_lines(), [format!("POST {USERS}")]);
    insta::assert_snapshot!(shown(&terraform), @r#"
    country: null
    created_at: null
    first_name: null
    invitation_created_at: "2026-11-22T05:59:56Z"
    invitation_expires_at: "2026-12-22T05:59:56Z"
    inviter_username: "abcdefgh"
    last_auth: null
    last_name: null
    mobile_number: null
    org_id: "5f0000000000000000000001"
    org_membership_status: "PENDING"
    roles: { org_roles = ["ORG_MEMBER"], project_role_assignments = null }
    team_ids: null
    user_id: "5e0000000000000000000001"
    username: "Ann.Lee@Example.org"
    "#);
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(
        fake.server.take_lines(),
        [format!("GET {USERS}/5e0000000000000000000001")]
    );
}

#[tokio::test]
async fn acceptance_keeps_the_user_in_the_state_without_a_difference() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().accept_all();
    assert!(terraform.is_up_to_date(&ann()).await);
    insta::assert_snapshot!(shown(&terraform), @r#"
    country: "US"
    created_at: "2026-01-02T03:04:05Z"
    first_name: "Ann"
    invitation_created_at: null
    invitation_expires_at: null
    inviter_username: null
    last_auth: "2026-11-20T05:59:56Z"
    last_name: "Lee"
    mobile_number: null
    org_id: "5f0000000000000000000001"
    org_membership_status: "ACTIVE"
    roles: { org_roles = ["ORG_MEMBER"], project_role_assignments = null }
    team_ids: null
    user_id: "5e0000000000000000000001"
    username: "Ann.Lee@Example.org"
    "#);
}

#[tokio::test]
async fn only_the_organizations_roles_are_sent_on_update() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let owner = place("Ann.Lee@Example.org", &["ORG_OWNER", "ORG_MEMBER"]);
    assert_eq!(terraform.plan(&owner).replaces, []);
    terraform.apply(&owner).await.unwrap();
    assert_eq!(
        fake.server.last_body(&Method::PATCH),
        json!({ "roles": { "orgRoles": ["ORG_MEMBER", "ORG_OWNER"] } })
    );
    assert!(terraform.is_up_to_date(&owner).await);
}

#[tokio::test]
async fn acceptance_between_plan_and_apply_is_no_inconsistent_result() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().accept_all();
    let owner = place("Ann.Lee@Example.org", &["ORG_OWNER"]);
    terraform.apply(&owner).await.unwrap();
    assert_eq!(terraform.text("org_membership_status"), "ACTIVE");
    assert_eq!(terraform.text("first_name"), "Ann");
    assert_eq!(terraform.text("user_id"), "5e0000000000000000000001");
}

#[tokio::test]
async fn an_expired_or_declined_invitation_is_sent_again() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().user("ann.lee@example.org").status = "INVITATION_EXPIRED";
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
    terraform.apply(&ann()).await.unwrap();
    assert_eq!(terraform.text("user_id"), "5e0000000000000000000002");
}

#[tokio::test]
async fn an_expired_invitation_that_the_service_shows_is_none() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let expired = json!({
        "id": "5e0000000000000000000001", "username": "Ann.Lee@Example.org",
        "orgMembershipStatus": "INVITATION_EXPIRED", "roles": {}, "teamIds": [],
    });
    let list = json!({ "results": [expired.clone()], "totalCount": 1 });
    for answer in [(200, expired), (200, list)] {
        fake.world().refusals.push_back(("GET", answer));
    }
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_pending_invitation_under_another_id_is_adopted() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().users.clear();
    let id = fake.world().add("ann.lee@example.org", "PENDING");
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(terraform.text("user_id"), id);
    assert_eq!(terraform.text("username"), "Ann.Lee@Example.org");
}

#[tokio::test]
async fn somebody_else_in_a_filtered_list_is_not_adopted() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.world().users.clear();
    let other =
        json!({ "id": "x", "username": "bob@example.org", "orgMembershipStatus": "ACTIVE" });
    let answer = (200, json!({ "results": [other], "totalCount": 1 }));
    fake.refuse("GET", 404, "USER_NOT_FOUND");
    fake.world().refusals.push_back(("GET", answer));
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_403_or_a_404_inside_of_a_text_never_drops_state() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    for (status, code) in [(403, "IP_ADDRESS_404"), (401, "USER_404"), (400, "404")] {
        fake.refuse("GET", status, code);
        let errors = terraform.refresh().await.unwrap_err();
        assert_eq!(
            summaries(&errors),
            "error: Cannot read the user of the organization"
        );
        assert!(terraform.state.is_some());
    }
}

#[tokio::test]
async fn somebody_who_is_there_comes_with_the_command_to_import_them() {
    let fake = FakePeople::start().await;
    fake.world().add("ann.lee@example.org", "ACTIVE");
    let mut terraform = fake.terraform(TYPE).await;
    let errors = terraform.apply(&ann()).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot invite the user");
    insta::assert_snapshot!(details(&errors), @"
    POST /api/atlas/v2/orgs/5f0000000000000000000001/users: 409 Conflict: The user is there already.

    If it exists, import it:

        terraform import mongodbatlas_cloud_user_org_assignment.NAME '5f0000000000000000000001/Ann.Lee@Example.org'
    ");
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn identity_attributes_replace_and_letter_case_does_not() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let bob = place("bob@example.org", &["ORG_MEMBER"]);
    assert_eq!(terraform.plan(&bob).replaces, ["username".into()]);
    let elsewhere = ann().with("org_id", "5f0000000000000000000002");
    assert_eq!(terraform.plan(&elsewhere).replaces, ["org_id".into()]);
    let other_case = place("ann.lee@example.org", &["ORG_MEMBER"]);
    assert!(terraform.is_up_to_date(&other_case).await);
    assert_eq!(terraform.text("username"), "Ann.Lee@Example.org");
}

#[tokio::test]
async fn destroying_removes_the_member_and_who_is_gone_is_done() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    let state = terraform.state.clone();
    fake.server.take_lines();
    terraform.destroy().await.unwrap();
    assert_eq!(
        fake.server.take_lines(),
        [format!("DELETE {USERS}/5e0000000000000000000001")]
    );
    assert!(fake.world().users.is_empty());
    terraform.state = state;
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn a_refused_destruction_is_not_swallowed() {
    let fake = FakePeople::start().await;
    let mut terraform = with_ann(&fake).await;
    fake.refuse("DELETE", 403, "CANNOT_DELETE_LAST_ADMIN");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot remove the user from the organization"
    );
    assert!(details(&errors).contains("refused by the test"));
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn users_are_imported_by_address_or_by_id() {
    let fake = FakePeople::start().await;
    let id = fake.world().add("me@localhost", "ACTIVE");
    let mut terraform = fake.terraform(TYPE).await;
    for who in ["me@localhost", "ME@LOCALHOST", &id] {
        terraform.import(&format!("{ORG}/{who}")).await.unwrap();
        assert_eq!(terraform.text("user_id"), id);
        let config = place("me@localhost", &["ORG_MEMBER"]);
        assert!(terraform.is_up_to_date(&config).await, "{who}");
    }
    for (id, problem) in [
        (
            format!("{ORG}/bob@example.org"),
            "There is nothing to import",
        ),
        (ORG.to_owned(), "The import id is malformed"),
    ] {
        let errors = terraform.import(&id).await.unwrap_err();
        assert_eq!(summaries(&errors), format!("error: {problem}"));
    }
}

#[tokio::test]
async fn a_moved_block_takes_over_an_org_invitation_without_inviting_again() {
    let fake = FakePeople::start().await;
    fake.world().add("Ann.Lee@Example.org", "PENDING");
    let mut terraform = fake.terraform(TYPE).await;
    let state = json!({
        "id": "aW52aXRhdGlvbl9pZA==:NmE=-b3JnX2lk:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAx-\
               dXNlcm5hbWU=:QW5uLkxlZUBFeGFtcGxlLm9yZw==",
        "org_id": ORG, "username": "Ann.Lee@Example.org", "roles": ["ORG_MEMBER"],
    });
    let json = state.to_string();
    let moved = |provider: &str, type_name: &str| {
        move_from(&*terraform.resource, provider, type_name, json.as_bytes()).unwrap()
    };
    let legacy = "mongodbatlas_org_invitation";
    let vendors = moved("registry.terraform.io/mongodb/mongodbatlas", legacy);
    for ours in ["vestibule/mongodbatlas", "vestibule/vestibule"] {
        let address = format!("registry.terraform.io/{ours}");
        assert_eq!(moved(&address, legacy), vendors);
    }
    assert_eq!(moved("registry.terraform.io/acme/other", legacy), None);
    let project = moved(
        "registry.terraform.io/mongodb/mongodbatlas",
        "mongodbatlas_project_invitation",
    );
    assert_eq!(project, None);
    terraform.state = vendors;
    assert!(terraform.is_up_to_date(&ann()).await);
    assert_eq!(fake.world().users.len(), 1);
}

#[tokio::test]
async fn known_bad_values_are_refused_before_anything_is_sent() {
    let fake = FakePeople::start().await;
    let terraform = fake.terraform(TYPE).await;
    let problems = |config: Object| summaries(&terraform.validate(&config));
    assert_eq!(problems(ann()), "");
    assert_eq!(
        problems(ann().with("roles", Object::new().with("org_roles", Value::Null))),
        "error: The roles are missing at roles"
    );
    assert_eq!(
        problems(place("a@b.c", &[])),
        "error: Invalid value for roles.org_roles at roles.org_roles"
    );
    assert_eq!(problems(ann().with("roles", Value::UNKNOWN)), "");
    assert_eq!(fake.server.take_lines(), [""; 0]);
}

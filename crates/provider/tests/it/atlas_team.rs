//! `mongodbatlas_team`.

use axum::http::Method;
use serde_json::json;
use tfplugin::{Object, Value};

use crate::fake_atlas::ORG;
use crate::fake_people::FakePeople;
use crate::terraform::{Terraform, details, summaries};

const TYPE: &str = "mongodbatlas_team";

fn team(name: &str) -> Object {
    Object::new().with("org_id", ORG).with("name", name)
}

fn with_members(name: &str, usernames: &[&str]) -> Object {
    team(name).with("usernames", Value::set(usernames.iter().copied()))
}

/// An organization with three members and one who is invited.
async fn organization() -> FakePeople {
    let fake = FakePeople::start().await;
    for username in ["ann@example.org", "bob@example.org", "cy@example.org"] {
        fake.world().add(username, "ACTIVE");
    }
    fake.world().add("dora@example.org", "PENDING");
    fake
}

async fn with_team(fake: &FakePeople, config: &Object) -> Terraform {
    let mut terraform = fake.terraform(TYPE).await;
    terraform.apply(config).await.unwrap();
    terraform
}

#[tokio::test]
async fn creating_a_team_takes_one_request_and_leaves_no_difference() {
    let fake = organization().await;
    let config = with_members("ops", &["Ann@Example.org", "bob@example.org"]);
    let mut terraform = with_team(&fake, &config).await;
    assert_eq!(
        fake.server.last_body(&Method::POST),
        json!({ "name": "ops", "usernames": ["Ann@Example.org", "bob@example.org"] })
    );
    let lines = terraform
        .state()
        .iter()
        .map(|(name, value)| format!("{name}: {value}"));
    insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    id: "aWQ=:NWQwMDAwMDAwMDAwMDAwMDAwMDAwMDA1-b3JnX2lk:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAx"
    name: "ops"
    org_id: "5f0000000000000000000001"
    team_id: "5d0000000000000000000005"
    usernames: ["Ann@Example.org", "bob@example.org"]
    "#);
    fake.server.take_lines();
    assert!(terraform.is_up_to_date(&config).await);
    let path = format!("/api/atlas/v2/orgs/{ORG}/teams/5d0000000000000000000005");
    assert_eq!(
        fake.server.take_lines(),
        [format!("GET {path}"), format!("GET {path}/users")]
    );
    assert!(
        terraform
            .is_up_to_date(&with_members(
                "ops",
                &["ann@example.org", "BOB@example.org"]
            ))
            .await
    );
}

#[tokio::test]
async fn members_that_are_not_configured_stay_as_they_are() {
    let fake = organization().await;
    let mut terraform = with_team(&fake, &team("ops")).await;
    assert_eq!(terraform.state().get("usernames"), &Value::Set(Vec::new()));
    let id = terraform.text("team_id");
    fake.world().user("ann@example.org").teams.push(id.clone());
    fake.world().user("dora@example.org").teams.push(id.clone());
    assert!(terraform.is_up_to_date(&team("ops")).await);
    // The vendor's provider sees members only.
    assert_eq!(
        terraform.state().get("usernames"),
        &Value::set(["ann@example.org"])
    );
    terraform.apply(&team("operations")).await.unwrap();
    assert!(terraform.is_up_to_date(&team("operations")).await);
    assert_eq!(fake.world().in_team(&id).len(), 2);
}

#[tokio::test]
async fn a_team_update_adds_before_it_takes_out_and_never_wipes_members() {
    let fake = organization().await;
    let mut terraform = with_team(
        &fake,
        &with_members("ops", &["ann@example.org", "bob@example.org"]),
    )
    .await;
    let id = terraform.text("team_id");
    // Added by somebody else, after the refresh: no part of this plan.
    fake.world().user("dora@example.org").teams.push(id.clone());
    let next = with_members("ops", &["bob@example.org", "cy@example.org"]);
    fake.server.take_lines();
    terraform.apply(&next).await.unwrap();
    let lines = fake.server.take_lines();
    let position = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap();
    assert!(position(":addUser") < position(":removeUser"), "{lines:?}");
    let mut members = fake.world().in_team(&id);
    members.sort();
    assert_eq!(
        members,
        ["bob@example.org", "cy@example.org", "dora@example.org"]
    );
    assert!(terraform.is_up_to_date(&next).await);
}

#[tokio::test]
async fn somebody_unknown_stops_an_update_before_anybody_is_taken_out() {
    let fake = organization().await;
    let mut terraform = with_team(&fake, &with_members("ops", &["ann@example.org"])).await;
    let id = terraform.text("team_id");
    let next = with_members("ops", &["eve@example.org", "cy@example.org"]);
    let errors = terraform.apply(&next).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Somebody is not in the organization at usernames"
    );
    assert!(details(&errors).contains("eve@example.org"));
    assert_eq!(fake.world().in_team(&id), ["ann@example.org"]);
}

#[tokio::test]
async fn somebody_who_is_only_invited_can_be_in_a_team_from_the_start() {
    for is_strict in [false, true] {
        let fake = organization().await;
        fake.world().is_strict = is_strict;
        let config = with_members("ops", &["ann@example.org", "dora@example.org"]);
        let mut terraform = with_team(&fake, &config).await;
        let id = terraform.text("team_id");
        assert_eq!(fake.world().in_team(&id).len(), 2);
        assert!(terraform.is_up_to_date(&config).await, "{is_strict}");
    }
}

#[tokio::test]
async fn a_team_with_somebody_unknown_is_not_created() {
    let fake = organization().await;
    let mut terraform = fake.terraform(TYPE).await;
    let config = with_members("ops", &["ann@example.org", "eve@example.org"]);
    let errors = terraform.apply(&config).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Somebody is not in the organization at usernames"
    );
    assert!(fake.world().teams.is_empty());
}

#[tokio::test]
async fn partial_state_says_who_was_added_before_a_refusal() {
    let fake = organization().await;
    let mut terraform = with_team(&fake, &with_members("ops", &["ann@example.org"])).await;
    fake.refuse(":removeUser", 401, "NOT_ORG_OWNER");
    let next = with_members("operations", &["cy@example.org"]);
    let errors = terraform.apply(&next).await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot take a member out of the team"
    );
    assert_eq!(terraform.text("name"), "operations");
    assert_eq!(
        terraform.state().get("usernames"),
        &Value::set(["ann@example.org", "cy@example.org"])
    );
}

#[tokio::test]
async fn a_service_with_the_older_api_only_shows_its_members() {
    let fake = organization().await;
    fake.world().is_old = true;
    let config = with_members("ops", &["ann@example.org"]);
    let mut terraform = with_team(&fake, &config).await;
    assert!(terraform.is_up_to_date(&config).await);
}

#[tokio::test]
async fn a_team_that_is_on_a_project_is_taken_off_it_and_deleted() {
    let fake = organization().await;
    let mut terraform = with_team(&fake, &team("ops")).await;
    let id = terraform.text("team_id");
    fake.world().on_project.push(id);
    let warnings = terraform.destroy().await.unwrap();
    assert_eq!(
        summaries(&warnings),
        "warning: The team was taken off projects"
    );
    assert!(details(&warnings).contains("Apollo"));
    assert!(fake.world().teams.is_empty());
}

#[tokio::test]
async fn delete_errors_are_not_swallowed() {
    let fake = organization().await;
    let mut terraform = with_team(&fake, &team("ops")).await;
    for (status, code) in [(403, "FORBIDDEN"), (400, "NO")] {
        fake.refuse("DELETE", status, code);
        let errors = terraform.destroy().await.unwrap_err();
        assert_eq!(summaries(&errors), "error: Cannot delete the team");
        assert!(terraform.state.is_some());
    }
    // Still on a project, although it was taken off all that there are: a 404 that is no success.
    let stuck = "CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT";
    fake.refuse("DELETE", 404, stuck);
    fake.refuse("DELETE", 404, stuck);
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot delete the team");
    assert!(terraform.state.is_some());
    fake.world().teams.clear();
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn a_deleted_team_leaves_the_state_and_a_refusal_keeps_it() {
    let fake = organization().await;
    let mut terraform = with_team(&fake, &team("ops")).await;
    fake.refuse("GET", 403, "FORBIDDEN_404");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot read the team");
    assert!(terraform.state.is_some());
    fake.world().teams.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_name_that_is_taken_says_so_with_the_services_words() {
    let fake = organization().await;
    fake.world().add_team("ops");
    let mut terraform = fake.terraform(TYPE).await;
    let errors = terraform.apply(&team("ops")).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: Cannot create the team");
    assert!(details(&errors).contains("409 Conflict: The name is taken."));
}

#[tokio::test]
async fn teams_are_imported_by_organization_and_id() {
    let fake = organization().await;
    let config = with_members("ops", &["ann@example.org"]);
    let mut terraform = with_team(&fake, &config).await;
    let (id, state) = (terraform.text("team_id"), terraform.state().clone());
    terraform.import(&format!("{ORG}-{id}")).await.unwrap();
    assert_eq!(terraform.state(), &state);
    for (id, problem) in [
        (ORG.to_owned(), "The import id is malformed"),
        (format!("{ORG}-nothing"), "There is no such team"),
    ] {
        let errors = terraform.import(&id).await.unwrap_err();
        assert_eq!(summaries(&errors), format!("error: {problem}"));
    }
}

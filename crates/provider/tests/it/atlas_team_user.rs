//! `mongodbatlas_cloud_user_team_assignment`: somebody's place in a team.

use axum::http::Method;
use serde_json::json;
use tfplugin::Object;

use crate::fake_atlas::ORG;
use crate::fake_people::FakePeople;
use crate::terraform::{Terraform, details, summaries};

const TYPE: &str = "mongodbatlas_cloud_user_team_assignment";

fn place(team: &str, user: &str) -> Object {
    Object::new()
        .with("org_id", ORG)
        .with("team_id", team)
        .with("user_id", user)
}

/// A team, an invited person in it, and the resource.
async fn scene(fake: &FakePeople) -> (Terraform, String, String) {
    let team = fake.world().add_team("ops");
    let user = fake.world().add("Ann@Example.org", "PENDING");
    let mut terraform = fake.terraform(TYPE).await;
    terraform.apply(&place(&team, &user)).await.unwrap();
    (terraform, team, user)
}

#[tokio::test]
async fn adding_an_invited_person_takes_one_request_and_leaves_no_difference() {
    let fake = FakePeople::start().await;
    let (mut terraform, team, user) = scene(&fake).await;
    assert_eq!(fake.server.last_body(&Method::POST), json!({ "id": user }));
    let path = format!("/api/atlas/v2/orgs/{ORG}/teams/{team}");
    assert_eq!(fake.server.take_lines(), [format!("POST {path}:addUser")]);
    assert!(terraform.is_up_to_date(&place(&team, &user)).await);
    assert_eq!(fake.server.take_lines(), [format!("GET {path}/users")]);
    assert_eq!(terraform.text("username"), "Ann@Example.org");
    assert_eq!(terraform.text("org_membership_status"), "PENDING");
    fake.world().accept_all();
    assert!(terraform.is_up_to_date(&place(&team, &user)).await);
    assert_eq!(terraform.text("org_membership_status"), "ACTIVE");
}

#[tokio::test]
async fn every_argument_replaces_where_the_vendors_provider_fails_to_update() {
    let fake = FakePeople::start().await;
    let (mut terraform, team, user) = scene(&fake).await;
    for name in ["org_id", "team_id", "user_id"] {
        let other = place(&team, &user).with(name, "5c0000000000000000000001");
        assert_eq!(terraform.plan(&other).replaces, [name.into()]);
    }
    let other = fake.world().add("bob@example.org", "ACTIVE");
    terraform.apply(&place(&team, &other)).await.unwrap();
    assert_eq!(fake.world().in_team(&team), ["bob@example.org"]);
}

#[tokio::test]
async fn who_left_the_team_or_lost_it_leaves_the_state() {
    let fake = FakePeople::start().await;
    let (mut terraform, team, user) = scene(&fake).await;
    let state = terraform.state.clone();
    fake.world().user("ann@example.org").teams.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
    terraform.apply(&place(&team, &user)).await.unwrap();
    terraform.state = state;
    fake.world().teams.clear();
    terraform.refresh().await.unwrap();
    assert_eq!(terraform.state, None);
}

#[tokio::test]
async fn a_failing_read_keeps_the_state_and_a_failing_destruction_too() {
    let fake = FakePeople::start().await;
    let (mut terraform, ..) = scene(&fake).await;
    // The list, and the single look-up that follows.
    fake.refuse("GET", 403, "FORBIDDEN_404");
    fake.refuse("GET", 403, "FORBIDDEN_404");
    let errors = terraform.refresh().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot read the user of the team"
    );
    fake.refuse("removeUser", 401, "NOT_ORG_OWNER");
    let errors = terraform.destroy().await.unwrap_err();
    assert_eq!(
        summaries(&errors),
        "error: Cannot take the user out of the team"
    );
    assert!(terraform.state.is_some());
}

#[tokio::test]
async fn destroying_takes_the_user_out_and_who_is_out_is_done() {
    let fake = FakePeople::start().await;
    let (mut terraform, team, _) = scene(&fake).await;
    let state = terraform.state.clone();
    terraform.destroy().await.unwrap();
    assert!(fake.world().in_team(&team).is_empty());
    terraform.state = state;
    terraform.destroy().await.unwrap();
}

#[tokio::test]
async fn who_is_in_the_team_comes_with_the_command_to_import_them() {
    let fake = FakePeople::start().await;
    let (terraform, team, user) = scene(&fake).await;
    let mut second = Terraform {
        resource: terraform.resource,
        state: None,
    };
    let errors = second.apply(&place(&team, &user)).await.unwrap_err();
    let command = format!("import {TYPE}.NAME '{ORG}/{team}/{user}'");
    assert!(details(&errors).contains(&command), "{}", details(&errors));
}

#[tokio::test]
async fn places_in_teams_are_imported_by_id_or_address() {
    let fake = FakePeople::start().await;
    let (mut terraform, team, user) = scene(&fake).await;
    for who in ["ann@example.org", &user] {
        let id = format!("{ORG}/{team}/{who}");
        terraform.import(&id).await.unwrap();
        assert!(terraform.is_up_to_date(&place(&team, &user)).await, "{who}");
    }
    let errors = terraform
        .import(&format!("{ORG}/{team}"))
        .await
        .unwrap_err();
    assert_eq!(summaries(&errors), "error: The import id is malformed");
    let nobody = format!("{ORG}/{team}/bob@example.org");
    let errors = terraform.import(&nobody).await.unwrap_err();
    assert_eq!(summaries(&errors), "error: There is nothing to import");
}

#[tokio::test]
async fn an_address_in_place_of_a_user_id_is_refused_with_what_to_give() {
    let fake = FakePeople::start().await;
    let terraform = fake.terraform(TYPE).await;
    let problems = terraform.validate(&place("t", "ann@example.org"));
    assert_eq!(
        summaries(&problems),
        "error: Invalid value for user_id at user_id"
    );
    assert!(details(&problems).contains("mongodbatlas_cloud_user_org_assignment"));
}

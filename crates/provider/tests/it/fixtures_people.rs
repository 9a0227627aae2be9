//! States of the newer types as the vendor's provider writes them, and variants that it has written
//! over the years: all plan to "No changes". Written from the vendor's schemas and encodings.

use serde_json::{Value as Json, json};
use tfplugin::Object;
use tfplugin::harness::upgrade;

use crate::fake_atlas::{FakeAtlas, ORG};
use crate::fake_people::{FakePeople, PROJECT};
use crate::terraform::Terraform;

fn stored(terraform: &Terraform, attributes: &Json) -> Object {
    upgrade(&*terraform.resource, 0, attributes.to_string().as_bytes()).unwrap()
}

/// Refreshes each state and plans the same arguments.
async fn assert_no_changes(terraform: &mut Terraform, states: &[Json], arguments: &[&str]) {
    for attributes in states {
        let state = stored(terraform, attributes);
        let config: Object = arguments
            .iter()
            .map(|name| (*name, state.get(name).clone()))
            .collect();
        terraform.state = Some(state);
        assert!(terraform.is_up_to_date(&config).await, "{attributes}");
    }
}

/// The state with some attributes changed.
fn changed(state: &Json, changes: &Json) -> Json {
    let mut state = state.clone();
    for (name, value) in changes.as_object().unwrap() {
        state[name] = value.clone();
    }
    state
}

#[tokio::test]
async fn states_of_places_in_an_organization_plan_to_no_changes() {
    let fake = FakePeople::start().await;
    let id = fake.world().add("Ann@Example.org", "ACTIVE");
    let mut terraform = fake
        .terraform("mongodbatlas_cloud_user_org_assignment")
        .await;
    let state = json!({
        "country": "US", "created_at": "2026-01-02T03:04:05Z", "first_name": "Ann",
        "invitation_created_at": null, "invitation_expires_at": null, "inviter_username": null,
        "last_auth": "2026-11-20T05:59:56Z", "last_name": "Lee", "mobile_number": null,
        "org_id": ORG, "org_membership_status": "ACTIVE",
        "roles": { "org_roles": ["ORG_MEMBER"], "project_role_assignments": null },
        "team_ids": null, "user_id": id, "username": "Ann@Example.org",
    });
    let variants = [
        state.clone(),
        // Invited then, a member now.
        changed(
            &state,
            &json!({ "org_membership_status": "PENDING", "first_name": null,
                "invitation_created_at": "2026-11-22T05:59:56Z" }),
        ),
        // Empty collections and years 1.
        changed(
            &state,
            &json!({ "team_ids": [], "invitation_created_at": "0001-01-01T00:00:00Z",
                "roles": { "org_roles": ["ORG_MEMBER"], "project_role_assignments": [] } }),
        ),
        changed(&state, &json!({ "username": "ANN@example.org" })),
    ];
    assert_no_changes(
        &mut terraform,
        &variants[..3],
        &["org_id", "username", "roles"],
    )
    .await;
    let roles = Object::new().with("org_roles", tfplugin::Value::set(["ORG_MEMBER"]));
    let config = Object::new()
        .with("org_id", ORG)
        .with("username", "Ann@Example.org")
        .with("roles", roles);
    for variant in &variants {
        terraform.state = Some(stored(&terraform, variant));
        assert!(terraform.is_up_to_date(&config).await, "{variant}");
    }
}

#[tokio::test]
async fn states_of_places_in_teams_and_projects_plan_to_no_changes() {
    let fake = FakePeople::start().await;
    let team = fake.world().add_team("ops");
    let id = fake.world().add("Ann@Example.org", "PENDING");
    {
        let mut world = fake.world();
        let user = world.user("ann@example.org");
        user.teams = vec![team.clone()];
        user.in_project = true;
        user.project_roles = vec!["GROUP_OWNER".to_owned()];
    }
    let facts = json!({
        "country": null, "created_at": null, "first_name": null,
        "invitation_created_at": "2026-11-22T05:59:56Z",
        "invitation_expires_at": "2026-12-22T05:59:56Z", "inviter_username": "abcdefgh",
        "last_auth": null, "last_name": null, "mobile_number": null,
        "org_membership_status": "PENDING", "user_id": id, "username": "Ann@Example.org",
    });
    let in_team = changed(
        &facts,
        &json!({
            "org_id": ORG, "team_id": team, "team_ids": [team],
            "roles": { "org_roles": ["ORG_MEMBER"], "project_role_assignments":
                [{ "project_id": PROJECT, "project_roles": ["GROUP_OWNER"] }] },
        }),
    );
    let mut terraform = fake
        .terraform("mongodbatlas_cloud_user_team_assignment")
        .await;
    assert_no_changes(
        &mut terraform,
        &[in_team],
        &["org_id", "team_id", "user_id"],
    )
    .await;
    let in_project = changed(
        &facts,
        &json!({ "project_id": PROJECT, "roles": ["GROUP_OWNER"] }),
    );
    let mut terraform = fake
        .terraform("mongodbatlas_cloud_user_project_assignment")
        .await;
    let arguments = ["project_id", "username", "roles"];
    assert_no_changes(&mut terraform, &[in_project], &arguments).await;
}

#[tokio::test]
async fn states_of_teams_plan_to_no_changes_whatever_the_order_in_their_ids() {
    let fake = FakePeople::start().await;
    let team = fake.world().add_team("ops");
    for (username, status) in [
        ("ann@example.org", "ACTIVE"),
        ("bob@example.org", "PENDING"),
    ] {
        fake.world().add(username, status);
        fake.world().user(username).teams.push(team.clone());
    }
    let mut terraform = fake.terraform("mongodbatlas_team").await;
    let (id, org) = (
        "aWQ=:NWQwMDAwMDAwMDAwMDAwMDAwMDAwMDAx",
        "b3JnX2lk:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDAx",
    );
    let state = json!({
        "id": format!("{id}-{org}"), "name": "ops", "org_id": ORG, "team_id": team,
        "usernames": ["ann@example.org"],
    });
    let variants = [
        state.clone(),
        changed(&state, &json!({ "id": format!("{org}-{id}") })),
        changed(&state, &json!({ "usernames": ["Ann@Example.org"] })),
    ];
    assert_no_changes(&mut terraform, &variants, &["org_id", "name", "usernames"]).await;
    assert_no_changes(&mut terraform, &variants, &["org_id", "name"]).await;
    assert_eq!(terraform.text("id"), format!("{id}-{org}"));
}

#[tokio::test]
async fn states_of_project_invitations_plan_to_no_changes_whatever_the_order_in_their_ids() {
    let fake = FakePeople::start().await;
    fake.world().project_invitations.push(json!({
        "createdAt": "2026-11-22T05:59:56Z", "expiresAt": "2026-12-22T05:59:56Z",
        "groupId": PROJECT, "groupName": "Apollo", "id": "6a", "inviterUsername": "abcdefgh",
        "roles": ["GROUP_OWNER"], "username": "a@b.c",
    }));
    let mut terraform = fake.terraform("mongodbatlas_project_invitation").await;
    let (invitation, project, username) = (
        "aW52aXRhdGlvbl9pZA==:NmE=",
        "cHJvamVjdF9pZA==:NWYwMDAwMDAwMDAwMDAwMDAwMDAwMDA5",
        "dXNlcm5hbWU=:YUBiLmM=",
    );
    let state = json!({
        "id": format!("{invitation}-{project}-{username}"), "project_id": PROJECT,
        "username": "a@b.c", "roles": ["GROUP_OWNER"], "invitation_id": "6a",
        "created_at": "2026-11-22T05:59:56Z", "expires_at": "2026-12-22T05:59:56Z",
        "inviter_username": "abcdefgh",
    });
    let variants = [
        state.clone(),
        changed(
            &state,
            &json!({ "id": format!("{username}-{project}-{invitation}") }),
        ),
        changed(&state, &json!({ "created_at": "0001-01-01T00:00:00Z" })),
    ];
    let arguments = ["project_id", "username", "roles"];
    assert_no_changes(&mut terraform, &variants, &arguments).await;
}

#[tokio::test]
async fn year_one_times_in_a_state_and_in_an_answer_are_null_without_a_difference() {
    let fake = FakeAtlas::start().await;
    let mut terraform = crate::atlas::terraform(&fake).await;
    terraform.apply(&crate::atlas::ann()).await.unwrap();
    let id = fake.invitation_ids()[0].clone();
    fake.organization().invitations.get_mut(&id).unwrap()["expiresAt"] =
        json!("0001-01-01T00:00:00Z");
    let state = terraform.state().clone();
    terraform.state = Some(
        state
            .with("expires_at", "0001-01-01T00:00:00Z")
            .with("created_at", "0001-01-01T00:00:00Z"),
    );
    assert!(terraform.is_up_to_date(&crate::atlas::ann()).await);
    assert_eq!(terraform.text("expires_at"), "null");
    assert_eq!(terraform.text("created_at"), "2026-11-22T05:59:56Z");
}

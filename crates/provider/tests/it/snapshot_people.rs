//! Refreshing many people, teams and project invitations of Atlas: how many requests it takes.

use std::sync::Arc;

use serde_json::json;
use tfplugin::{Context, Object, Private, ReadOutcome, Resource, Value};

use crate::fake_atlas::ORG;
use crate::fake_people::FakePeople;
use crate::snapshot::{Read, create_all, posts_and_gets, refresh, sum_up};
use crate::terraform::Terraform;
use crate::{atlas_org_user, atlas_project_invitation};

const TEAM_PLACE: &str = "mongodbatlas_cloud_user_team_assignment";
const TEAM: &str = "mongodbatlas_team";
const PROJECT_INVITATION: &str = "mongodbatlas_project_invitation";

fn username(number: usize) -> String {
    format!("person{number}@example.org")
}

/// Creates what these configurations say; the states.
async fn made(resource: &Arc<dyn Resource>, configs: Vec<Object>) -> Vec<Object> {
    let mut states = Vec::new();
    for config in configs {
        let mut terraform = Terraform {
            resource: Arc::clone(resource),
            state: None,
        };
        terraform.apply(&config).await.unwrap();
        states.extend(terraform.state);
    }
    states
}

fn kept(read: &Read) -> &Object {
    let kept = match read {
        Ok((ReadOutcome::Keep(state), _)) => Some(state),
        _ => None,
    };
    kept.expect("kept")
}

/// What differs from the states before, by attribute.
fn assert_unchanged(read: &[Read], states: &[Object], names: &[&str]) {
    for (one, before) in read.iter().zip(states) {
        for name in names {
            assert_eq!(kept(one).get(name), before.get(name), "{name}");
        }
    }
}

#[tokio::test]
async fn people_and_project_invitations_are_read_out_of_lists() {
    type Config = fn(&str) -> Object;
    let kinds: [(&str, Config); 3] = [
        ("mongodbatlas_cloud_user_org_assignment", |username| {
            atlas_org_user::place(username, &["ORG_MEMBER"])
        }),
        ("mongodbatlas_cloud_user_project_assignment", |username| {
            atlas_project_invitation::invite(username, &["GROUP_READ_ONLY"])
        }),
        (PROJECT_INVITATION, |username| {
            atlas_project_invitation::invite(username, &["GROUP_READ_ONLY"])
        }),
    ];
    for (kind, config) in kinds {
        let fake = FakePeople::start().await;
        let resource = fake.terraform(kind).await.resource;
        let configs = (0..20).map(|number| config(&username(number)));
        let states = made(&resource, configs.collect()).await;
        fake.server.take_lines();
        let read = refresh(&resource, states.clone()).await;
        assert_eq!(sum_up(&read), (20, 0, Vec::new()), "{kind}");
        assert_unchanged(&read, &states, &["username", "roles"]);
        assert_eq!(fake.server.take_lines().len(), 3, "{kind}");
    }
}

/// A team of so many; the states of their places in it.
fn team_places(fake: &FakePeople, team: &str, count: usize) -> Vec<Object> {
    let place = |number| {
        let id = fake.world().add(&username(number), "ACTIVE");
        let teams = &mut fake.world().user(&username(number)).teams.clone();
        teams.push(team.to_owned());
        fake.world().user(&username(number)).teams.clone_from(teams);
        Object::new()
            .with("org_id", ORG)
            .with("team_id", team)
            .with("user_id", id)
    };
    (0..count).map(place).collect()
}

#[tokio::test]
async fn the_places_in_a_team_take_its_pages_and_nothing_else() {
    for (count, requests) in [(1, 1), (2, 1), (500, 1), (501, 2)] {
        let fake = FakePeople::start().await;
        let team = fake.world().add_team("ops");
        let states = team_places(&fake, &team, count);
        let resource = fake.terraform(TEAM_PLACE).await.resource;
        let read = refresh(&resource, states).await;
        assert_eq!(sum_up(&read), (count, 0, Vec::new()));
        for (number, one) in read.iter().enumerate() {
            let name = kept(one).get("username").as_str();
            assert_eq!(name, Some(&*username(number)));
        }
        assert_eq!(fake.server.take_lines().len(), requests, "{count}");
    }
}

#[tokio::test]
async fn whom_a_teams_list_lacks_is_looked_up_before_the_place_leaves_the_state() {
    let fake = FakePeople::start().await;
    let team = fake.world().add_team("ops");
    let states = team_places(&fake, &team, 5);
    fake.world().user(&username(3)).teams.clear();
    let resource = fake.terraform(TEAM_PLACE).await.resource;
    let read = refresh(&resource, states).await;
    assert_eq!(sum_up(&read), (4, 1, Vec::new()));
    assert!(matches!(read[3], Ok((ReadOutcome::Gone, _))));
    let seen = fake.server.seen();
    let asked: Vec<_> = seen
        .iter()
        .filter_map(|one| one.parameter("userId"))
        .collect();
    assert_eq!((seen.len(), asked.len()), (2, 1));
}

#[tokio::test]
async fn own_writes_to_a_team_are_seen_at_once() {
    let fake = FakePeople::start().await;
    let team = fake.world().add_team("ops");
    let states = team_places(&fake, &team, 5);
    let resource = fake.terraform(TEAM_PLACE).await.resource;
    refresh(&resource, states[..1].to_vec()).await;
    let cx = Context::new(Object::new(), Private::new());
    resource.delete(&cx, states[3].clone()).await.unwrap();
    let read = refresh(&resource, states[1..].to_vec()).await;
    assert_eq!(sum_up(&read), (3, 1, Vec::new()));
    assert!(matches!(read[2], Ok((ReadOutcome::Gone, _))));
}

/// So many teams with a member each, and one without.
async fn teams(fake: &FakePeople, resource: &Arc<dyn Resource>, count: usize) -> Vec<Object> {
    let mut configs = Vec::new();
    for number in 0..count {
        fake.world().add(&username(number), "ACTIVE");
        configs.push(team(number, &[&username(number)]));
    }
    configs.push(team(count, &[]));
    let states = made(resource, configs).await;
    fake.server.take_lines();
    states
}

fn team(number: usize, usernames: &[&str]) -> Object {
    Object::new()
        .with("org_id", ORG)
        .with("name", format!("team{number}"))
        .with("usernames", Value::set(usernames.iter().copied()))
}

#[tokio::test]
async fn teams_and_their_people_are_read_out_of_two_lists() {
    let fake = FakePeople::start().await;
    let resource = fake.terraform(TEAM).await.resource;
    let states = teams(&fake, &resource, 30).await;
    let read = refresh(&resource, states.clone()).await;
    assert_eq!(sum_up(&read), (31, 0, Vec::new()));
    assert_unchanged(&read, &states, &["name", "usernames"]);
    // Two singly, two requests each; then the teams and everybody in the organization.
    assert_eq!(fake.server.take_lines().len(), 6);
}

#[tokio::test]
async fn a_team_that_looks_changed_in_the_lists_is_looked_at_by_itself() {
    let fake = FakePeople::start().await;
    let resource = fake.terraform(TEAM).await.resource;
    let states = teams(&fake, &resource, 10).await;
    // One loses its only member, one gets another, and one is deleted.
    fake.world().user(&username(4)).teams.clear();
    let joined = states[6].str("team_id").unwrap().to_owned();
    fake.world().user(&username(5)).teams.push(joined);
    let deleted = states[8].str("team_id").unwrap().to_owned();
    fake.world().teams.retain(|(id, _)| *id != deleted);
    let read = refresh(&resource, states.clone()).await;
    assert_eq!(sum_up(&read), (10, 1, Vec::new()));
    assert!(matches!(read[8], Ok((ReadOutcome::Gone, _))));
    assert_eq!(kept(&read[4]).get("usernames"), &Value::Set(Vec::new()));
    let both = kept(&read[6]).get("usernames").as_slice().unwrap();
    assert_eq!(both.len(), 2);
    let mut lines = fake.server.take_lines();
    lines.sort();
    let single = |number: usize, rest: &str| {
        let id = states[number].str("team_id").unwrap();
        format!("GET /api/atlas/v2/orgs/{ORG}/teams/{id}{rest}")
    };
    for line in [single(4, "/users"), single(6, "/users"), single(8, "")] {
        assert!(lines.contains(&line), "{line}: {lines:#?}");
    }
    assert_eq!(lines.len(), 9, "{lines:#?}");
}

#[tokio::test]
async fn a_service_without_the_newer_users_is_asked_team_by_team() {
    let fake = FakePeople::start().await;
    let resource = fake.terraform(TEAM).await.resource;
    let states = teams(&fake, &resource, 5).await;
    fake.world().is_old = true;
    fake.refuse(
        "GET /api/atlas/v2/orgs/5f0000000000000000000001/users",
        406,
        "NO",
    );
    let read = refresh(&resource, states.clone()).await;
    assert_eq!(sum_up(&read), (6, 0, Vec::new()));
    assert_unchanged(&read, &states, &["name", "usernames"]);
}

#[tokio::test]
async fn what_became_of_many_project_invitations_is_in_the_list_of_users() {
    let fake = FakePeople::start().await;
    let resource = fake.terraform(PROJECT_INVITATION).await.resource;
    let configs = (0..50)
        .map(|number| atlas_project_invitation::invite(&username(number), &["GROUP_READ_ONLY"]));
    let states = made(&resource, configs.collect()).await;
    fake.world().project_invitations.clear();
    for number in 0..50 {
        fake.world().add(&username(number), "ACTIVE");
        fake.world().user(&username(number)).in_project = true;
    }
    // Another provider process.
    let resource = fake.terraform(PROJECT_INVITATION).await.resource;
    fake.server.take_lines();
    let read = refresh(&resource, states).await;
    let accepted = "warning: The project invitation was accepted".to_owned();
    assert_eq!(sum_up(&read), (0, 50, vec![accepted]));
    // Invitations: two singly, one list. Users: two singly, one page.
    assert_eq!(fake.server.take_lines().len(), 6);
}

#[tokio::test]
async fn inviting_many_to_a_project_asks_for_its_users_once_or_not_at_all() {
    for (is_vestibule, questions) in [(false, 3), (true, 1)] {
        let fake = FakePeople::start().await;
        if is_vestibule {
            fake.server.pretend_to_be_vestibule();
        }
        let resource = fake.terraform(PROJECT_INVITATION).await.resource;
        fake.world().add(&username(7), "ACTIVE");
        fake.world().user(&username(7)).in_project = true;
        let already = (
            "POST",
            (400, json!({ "errorCode": "USER_ALREADY_IN_GROUP" })),
        );
        let mut numbers: Vec<usize> = (0..50).collect();
        if is_vestibule {
            // Its first answer tells what it is, and the member is the first one.
            let config = atlas_project_invitation::invite(&username(50), &["GROUP_READ_ONLY"]);
            made(&resource, vec![config]).await;
            numbers.retain(|number| *number != 7);
            fake.world().refusals.push_back(already);
            numbers.insert(0, 7);
            fake.server.take_lines();
        }
        let planned = numbers.into_iter().map(|number| {
            atlas_project_invitation::invite(&username(number), &["GROUP_READ_ONLY"])
        });
        let warnings = create_all(&resource, planned).await;
        assert_eq!(warnings, ["warning: The user is in the project already"]);
        let invited = if is_vestibule { 50 } else { 49 };
        assert_eq!(posts_and_gets(&fake.server), (invited, questions));
    }
}

//! Refreshing many resources: how many requests it takes, and what a list may not decide.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Method;
use serde_json::json;
use tfplugin::{Context, Diagnostics, Object, Private, ReadOutcome, Resource, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::fake_atlas::{FakeAtlas, ORG};
use crate::fake_confluent::FakeConfluent;
use crate::server::Server;
use crate::terraform::summaries;
use crate::{atlas, confluent};

pub(crate) type Read = Result<(ReadOutcome, Diagnostics), Diagnostics>;

/// Refreshes all states as Terraform does, ten at once; in the order of the states.
pub(crate) async fn refresh(resource: &Arc<dyn Resource>, states: Vec<Object>) -> Vec<Read> {
    let ten = Arc::new(Semaphore::new(10));
    let mut reads = JoinSet::new();
    for (number, state) in states.into_iter().enumerate() {
        let (resource, ten) = (Arc::clone(resource), Arc::clone(&ten));
        reads.spawn(async move {
            let _turn = ten.acquire_owned().await.unwrap();
            let cx = Context::new(Object::new(), Private::new());
            let outcome = resource.read(&cx, state).await;
            (number, outcome.map(|outcome| (outcome, cx.diagnostics())))
        });
    }
    let mut read = BTreeMap::new();
    while let Some(one) = reads.join_next().await {
        let (number, outcome) = one.unwrap();
        read.insert(number, outcome);
    }
    read.into_values().collect()
}

/// How many stay, how many are gone, and what is said about them, without repetitions.
pub(crate) fn sum_up(read: &[Read]) -> (usize, usize, Vec<String>) {
    let (mut kept, mut gone) = (0, 0);
    let mut said: Vec<String> = Vec::new();
    for one in read {
        match one {
            Ok((ReadOutcome::Keep(_), _)) => kept += 1,
            Ok((ReadOutcome::Gone, _)) => gone += 1,
            Err(_) => {}
        }
        let (Ok((_, words)) | Err(words)) = one;
        said.push(summaries(words));
    }
    said.retain(|words| !words.is_empty());
    said.sort();
    said.dedup();
    (kept, gone, said)
}

/// Invites so many, and gives the states they have in a configuration.
fn confluent_states(fake: &FakeConfluent, count: usize) -> Vec<Object> {
    confluent_states_from(fake, 0, count)
}

fn confluent_states_from(fake: &FakeConfluent, from: usize, to: usize) -> Vec<Object> {
    let state = |number| {
        let email = format!("person{number}@example.org");
        let (_, made) = fake.organization().create(&json!({ "email": email }));
        Object::new()
            .with("id", made["id"].as_str().unwrap())
            .with("email", email)
    };
    (from..to).map(state).collect()
}

fn atlas_states(fake: &FakeAtlas, count: usize) -> Vec<Object> {
    let state = |number| {
        let username = format!("person{number}@example.org");
        let body = json!({ "username": username, "roles": ["ORG_MEMBER"], "teamIds": [] });
        let (_, made) = fake.organization().invite(&body);
        Object::new()
            .with("invitation_id", made["id"].as_str().unwrap())
            .with("org_id", ORG)
            .with("username", username)
    };
    (0..count).map(state).collect()
}

#[tokio::test]
async fn a_thousand_confluent_invitations_take_ten_pages_and_two_single_reads() {
    for (count, requests) in [(1, 1), (2, 2), (3, 3), (100, 3), (101, 4), (1000, 12)] {
        let fake = FakeConfluent::start().await;
        let resource = confluent::terraform(&fake).await.resource;
        let states = confluent_states(&fake, count);
        let read = refresh(&resource, states).await;
        assert_eq!(sum_up(&read), (count, 0, Vec::new()));
        for (number, one) in read.iter().enumerate() {
            let Ok((ReadOutcome::Keep(state), _)) = one else {
                panic!("kept");
            };
            let user = format!("u-{:06}", number + 1);
            assert_eq!(
                state.get("user"),
                &vec![Object::new().with("id", user)].into()
            );
        }
        assert_eq!(fake.server.take_lines().len(), requests, "{count}");
    }
}

#[tokio::test]
async fn a_thousand_open_atlas_invitations_take_one_list_and_two_single_reads() {
    for (count, requests) in [(1, 1), (2, 2), (3, 3), (1000, 3)] {
        let fake = FakeAtlas::start().await;
        let resource = atlas::terraform(&fake).await.resource;
        let states = atlas_states(&fake, count);
        let read = refresh(&resource, states).await;
        assert_eq!(sum_up(&read), (count, 0, Vec::new()));
        assert_eq!(fake.server.take_lines().len(), requests, "{count}");
    }
}

#[tokio::test]
async fn what_became_of_a_thousand_atlas_invitations_is_in_the_list_of_users() {
    let fake = FakeAtlas::start().await;
    let resource = atlas::terraform(&fake).await.resource;
    let states = atlas_states(&fake, 1000);
    fake.accept_all();
    let read = refresh(&resource, states).await;
    let accepted = "warning: The invitation was accepted".to_owned();
    assert_eq!(sum_up(&read), (0, 1000, vec![accepted]));
    // Invitations: two singly, one list. Users: two singly, two pages.
    assert_eq!(fake.server.take_lines().len(), 7);
}

#[tokio::test]
async fn nothing_leaves_the_state_because_a_list_does_not_have_it() {
    let fake = FakeConfluent::start().await;
    let resource = confluent::terraform(&fake).await.resource;
    let states = confluent_states(&fake, 20);
    fake.organization().invitations.remove("i-000015");
    fake.organization().hidden = vec!["i-000016".to_owned()];
    let read = refresh(&resource, states).await;
    assert_eq!(sum_up(&read), (19, 1, Vec::new()));
    assert!(matches!(read[14], Ok((ReadOutcome::Gone, _))));
    let mut lines = fake.server.take_lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "GET /iam/v2/invitations",
            "GET /iam/v2/invitations/i-000001",
            "GET /iam/v2/invitations/i-000002",
            "GET /iam/v2/invitations/i-000015",
            "GET /iam/v2/invitations/i-000016",
        ]
    );
}

#[tokio::test]
async fn an_atlas_invitation_that_no_list_has_is_asked_for_before_it_is_dropped() {
    let fake = FakeAtlas::start().await;
    let resource = atlas::terraform(&fake).await.resource;
    let states = atlas_states(&fake, 5);
    let last = fake.invitation_ids()[4].clone();
    fake.organization().invitations.remove(&last);
    let read = refresh(&resource, states).await;
    assert_eq!(sum_up(&read), (4, 1, Vec::new()));
    let lines = fake.server.take_lines();
    let invites = format!("GET /api/atlas/v2/orgs/{ORG}/invites");
    assert!(lines.contains(&format!("{invites}/{last}")), "{lines:?}");
    assert_eq!(lines.len(), 5, "{lines:?}");
}

#[tokio::test]
async fn a_list_that_fails_is_asked_once_and_answers_everybody() {
    let fake = FakeConfluent::start().await;
    let resource = confluent::terraform(&fake).await.resource;
    let states = confluent_states(&fake, 50);
    fake.organization().list_refusal = Some((503, "down for maintenance"));
    let read = refresh(&resource, states).await;
    let (kept, gone, said) = sum_up(&read);
    assert_eq!((kept, gone), (2, 0));
    assert_eq!(said, ["error: Cannot read the invitation"]);
    for one in read.iter().filter_map(|one| one.as_ref().err()) {
        let detail = &one.iter().next().unwrap().detail;
        assert!(detail.contains("GET /iam/v2/invitations: 503"), "{detail}");
        assert!(detail.contains("down for maintenance"), "{detail}");
    }
    assert_eq!(fake.server.take_lines().len(), 3);
}

#[tokio::test]
async fn who_may_not_list_still_reads_singly() {
    for status in [403, 404, 400, 410] {
        let fake = FakeConfluent::start().await;
        let resource = confluent::terraform(&fake).await.resource;
        let states = confluent_states(&fake, 20);
        fake.organization().list_refusal = Some((status, "not for you"));
        let read = refresh(&resource, states).await;
        assert_eq!(sum_up(&read), (20, 0, Vec::new()), "{status}");
        assert_eq!(fake.server.take_lines().len(), 21, "{status}");
    }
}

#[tokio::test]
async fn a_few_of_very_many_are_not_worth_the_whole_list() {
    let fake = FakeConfluent::start().await;
    let resource = confluent::terraform(&fake).await.resource;
    let mut states = confluent_states(&fake, 1500);
    let read = refresh(&resource, states.split_off(1497)).await;
    assert_eq!(sum_up(&read), (3, 0, Vec::new()));
    // Two singly; ten pages for the third, which is not on them.
    assert_eq!(fake.server.take_lines().len(), 13);
}

#[tokio::test]
async fn all_of_very_many_cost_hardly_more_than_their_list() {
    let fake = FakeConfluent::start().await;
    let resource = confluent::terraform(&fake).await.resource;
    let mut states = confluent_states(&fake, 1500);
    // The ones that the list has last come first.
    states.reverse();
    let read = refresh(&resource, states).await;
    assert_eq!(sum_up(&read), (1500, 0, Vec::new()));
    assert_eq!(fake.server.take_lines().len(), 17);
}

#[tokio::test]
async fn what_was_read_or_written_before_is_asked_for_anew() {
    let fake = FakeConfluent::start().await;
    let resource = confluent::terraform(&fake).await.resource;
    let states = confluent_states(&fake, 20);
    refresh(&resource, states.clone()).await;
    fake.server.take_lines();
    fake.set("i-000010", "status", "INVITE_STATUS_EXPIRED");
    let read = refresh(&resource, vec![states[9].clone()]).await;
    let Ok((ReadOutcome::Keep(state), _)) = &read[0] else {
        panic!("kept");
    };
    assert_eq!(state.get("status").as_str(), Some("INVITE_STATUS_EXPIRED"));

    let more = confluent_states_from(&fake, 20, 30);
    let cx = Context::new(Object::new(), Private::new());
    resource.delete(&cx, states[3].clone()).await.unwrap();
    let read = refresh(&resource, vec![states[3].clone(), more[0].clone()]).await;
    assert_eq!(sum_up(&read), (1, 1, Vec::new()));
    assert_eq!(
        fake.server.take_lines(),
        [
            "GET /iam/v2/invitations/i-000010",
            "DELETE /iam/v2/invitations/i-000004",
            "GET /iam/v2/invitations/i-000004",
            "GET /iam/v2/invitations/i-000021",
        ]
    );
}

#[tokio::test]
async fn a_reader_that_gives_up_leaves_the_list_to_the_others() {
    let fake = FakeConfluent::start().await;
    let resource = confluent::terraform(&fake).await.resource;
    let states = confluent_states(&fake, 300);
    let read = |number: usize| {
        let (resource, state) = (Arc::clone(&resource), states[number].clone());
        async move {
            let cx = Context::new(Object::new(), Private::new());
            resource.read(&cx, state).await
        }
    };
    read(0).await.unwrap();
    read(1).await.unwrap();
    // The third begins to read the list, and is dropped before its first page is there.
    let mut third = Box::pin(read(299));
    tokio::select! {
        biased;
        _ = &mut third => panic!("too fast"),
        () = std::future::ready(()) => {}
    }
    drop(third);
    let late = refresh(&resource, vec![states[298].clone(), states[297].clone()]).await;
    assert_eq!(sum_up(&late), (2, 0, Vec::new()));
    let pages = fake.server.take_lines();
    let pages = pages.iter().filter(|line| line.ends_with("/invitations"));
    assert!(pages.count() <= 4);
}

#[tokio::test]
async fn inviting_many_asks_for_the_members_once() {
    let fake = FakeAtlas::start().await;
    let resource = atlas::terraform(&fake).await.resource;
    fake.organization().members = vec!["person7@example.org".to_owned()];
    let planned = (0..50).map(|number| {
        atlas::invite(&format!("Person{number}@example.org"), &["ORG_MEMBER"])
            .with("teams_ids", Value::UNKNOWN)
    });
    let warnings = create_all(&resource, planned).await;
    assert_eq!(warnings, ["warning: The user is a member already"]);
    assert_eq!(posts_and_gets(&fake.server), (49, 3));
}

/// Creates all of these at once; the warnings.
pub(crate) async fn create_all(
    resource: &Arc<dyn Resource>,
    planned: impl IntoIterator<Item = Object>,
) -> Vec<String> {
    let mut creates = JoinSet::new();
    for planned in planned {
        let resource = Arc::clone(resource);
        creates.spawn(async move {
            let cx = Context::new(Object::new(), Private::new());
            resource.create(&cx, planned).await.unwrap();
            summaries(&cx.diagnostics())
        });
    }
    let mut warnings = creates.join_all().await;
    warnings.retain(|words| !words.is_empty());
    warnings
}

/// How many requests changed something, and how many asked.
pub(crate) fn posts_and_gets(server: &Server) -> (usize, usize) {
    let seen = server.seen();
    let count = |method: Method| seen.iter().filter(|one| one.method == method).count();
    (count(Method::POST), count(Method::GET))
}

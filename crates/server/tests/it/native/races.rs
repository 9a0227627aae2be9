//! Many at once, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::http::Method;
use tokio::task::JoinSet;
use vestibule_testkit::answer::{Answer, request};
use vestibule_testkit::app::TestApp;
use vestibule_testkit::store::Engine;

use super::{Table, count};

const RACERS: usize = 64;

/// Sends the same request many times at once, and counts the answers by status and body.
async fn race(
    test: &Arc<TestApp>,
    path: &str,
    authorization: &str,
    body: impl Fn(usize) -> String,
) -> BTreeMap<u16, Vec<Answer>> {
    let mut racers = JoinSet::new();
    for n in 0..RACERS {
        let request = request(Method::POST, path, authorization, &body(n));
        let test = Arc::clone(test);
        racers.spawn(async move { test.send(request).await });
    }
    let mut answers: BTreeMap<u16, Vec<Answer>> = BTreeMap::new();
    while let Some(answer) = racers.join_next().await {
        let answer = answer.expect("no racer panics");
        let status = answer.status.as_u16();
        answers.entry(status).or_default().push(answer);
    }
    answers
}

async fn engines() -> Vec<Arc<TestApp>> {
    let mut all = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        all.extend(TestApp::on(engine).await.map(Arc::new));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_s13_many_accepts_of_one_invitation_make_one_member() {
    for test in engines().await {
        let engine = test.fresh.engine;
        let invitation = test.invite("ann@x.example").await;
        let body = format!(r#"{{"token":"{}"}}"#, test.token(&invitation));
        let answers = race(&test, "/v1/invitations/accept", "", |_| body.clone()).await;
        let statuses: Vec<u16> = answers.keys().copied().collect();
        assert_eq!(statuses, [200], "{engine}: {answers:?}");
        let first = &answers[&200][0].body;
        assert!(answers[&200].iter().all(|answer| answer.body == *first));
        assert_eq!(count(&test, Table::Members).await, 2, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_s13_many_invitations_of_one_address_leave_one_open() {
    for test in engines().await {
        let engine = test.fresh.engine;
        let path = format!("/v1/organizations/{}/invitations", test.organization);
        let spelling = |n: usize| {
            let address = if n.is_multiple_of(2) {
                "ann@x.example"
            } else {
                "ANN@X.example"
            };
            format!(r#"{{"email":"{address}"}}"#)
        };
        let answers = race(&test, &path, &test.owner_key.bearer(), spelling).await;
        let made = answers.get(&201).map_or(0, Vec::len);
        let refused = answers.get(&409).map_or(0, Vec::len);
        assert_eq!((made, refused), (1, RACERS - 1), "{engine}: {answers:?}");
        let location = answers[&201][0].header("location");
        let same = |answer: &Answer| answer.header("location") == location;
        assert!(answers[&409].iter().all(same), "{engine}");
        assert_eq!(count(&test, Table::Invitations).await, 1, "{engine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_s25_two_owners_who_leave_at_once_leave_one_owner() {
    use vestibule_core::key::KeyKind;
    use vestibule_core::role::Role;
    for test in engines().await {
        let engine = test.fresh.engine;
        let other = test
            .member_key("other@acme.example", Role::Owner, KeyKind::Native)
            .await;
        let path = format!("/v1/organizations/{}/members:leave", test.organization);
        let leave = |bearer: String| {
            let request = request(Method::POST, &path, &bearer, "");
            let test = Arc::clone(&test);
            async move { test.send(request).await.status.as_u16() }
        };
        let (one, two) = tokio::join!(leave(test.owner_key.bearer()), leave(other.bearer()));
        let mut statuses = [one, two];
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 409], "{engine}");
        assert_eq!(count(&test, Table::Members).await, 1, "{engine}");
    }
}

/// Things that have a name of their own in the organization.
struct Named {
    /// Where they are made; one of them is below it, by its id.
    path: String,
    /// What it takes to make one beside its name.
    more: String,
}

/// Lets several things be made with the same name, and others be given it, all at once; the
/// statuses of the answers.
async fn race_for_name(
    test: &Arc<TestApp>,
    named: &Named,
    name: &str,
    (makers, renamers): (usize, usize),
) -> Vec<u16> {
    let owner = test.owner_key.bearer();
    let wanted = format!(r#"{{"name":"{name}"}}"#);
    let made_with = |name: &str| format!(r#"{{"name":"{name}"{}}}"#, named.more);
    let mut requests = Vec::new();
    for n in 0..renamers {
        let body = made_with(&format!("{name} {n}"));
        let made = request(Method::POST, &named.path, &owner, &body);
        let made = test.send(made).await;
        let made: serde_json::Value = serde_json::from_str(&made.body).expect("it is JSON");
        let id = made["id"].as_str().expect("it has an id");
        let path = format!("{}/{id}", named.path);
        requests.push(request(Method::PATCH, &path, &owner, &wanted));
    }
    for _ in 0..makers {
        requests.push(request(Method::POST, &named.path, &owner, &made_with(name)));
    }
    let mut racers = JoinSet::new();
    for request in requests {
        let test = Arc::clone(test);
        racers.spawn(async move { test.send(request).await.status.as_u16() });
    }
    let mut statuses = racers.join_all().await;
    statuses.sort_unstable();
    statuses
}

/// Whoever comes first has the name, and everybody else is told that it is taken.
async fn first_come_first_served(named: impl Fn(&TestApp) -> Named) {
    for test in engines().await {
        let engine = test.fresh.engine;
        let named = named(&test);
        for round in 0..6 {
            for (makers, renamers) in [(0, 8), (8, 0), (4, 4)] {
                let name = format!("Wanted {round} {makers}");
                let statuses = race_for_name(&test, &named, &name, (makers, renamers)).await;
                let (first, rest) = statuses.split_first().expect("eight statuses");
                assert!(matches!(first, 200 | 201), "{engine} {name}: {statuses:?}");
                assert_eq!(rest, [409; 7], "{engine} {name}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_many_teams_want_at_once_goes_to_one() {
    first_come_first_served(|test| Named {
        path: format!("/v1/organizations/{}/teams", test.organization),
        more: String::new(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_many_projects_want_at_once_goes_to_one() {
    first_come_first_served(|test| Named {
        path: "/api/atlas/v2/groups".to_owned(),
        more: format!(r#","orgId":"{}""#, test.organization.to_hex()),
    })
    .await;
}

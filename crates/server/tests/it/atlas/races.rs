//! Many at once, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::JoinSet;
use vestibule_testkit::store::Engine;

use super::groups::code;
use super::*;

const RACERS: usize = 24;

async fn clouds() -> Vec<Arc<Cloud>> {
    let mut all = Vec::new();
    for engine in [Engine::Sqlite, Engine::Postgres] {
        if let Some(test) = TestApp::on(engine).await {
            all.push(Arc::new(Cloud::over(test).await));
        }
    }
    all
}

/// Sends requests at once, as the first owner, and counts the answers by status and code.
async fn race(
    cloud: &Arc<Cloud>,
    requests: impl IntoIterator<Item = (Method, String, String)>,
) -> BTreeMap<String, usize> {
    let mut racers = JoinSet::new();
    for (method, path, body) in requests {
        let cloud = Arc::clone(cloud);
        racers.spawn(async move { code(&cloud.old(method, &path, &body).await) });
    }
    let mut answers = BTreeMap::new();
    while let Some(answer) = racers.join_next().await {
        *answers.entry(answer.expect("no racer panics")).or_default() += 1;
    }
    answers
}

fn one_of(answers: &BTreeMap<String, usize>, done: &str, refused: &str) {
    let expected = [(done.to_owned(), 1), (refused.to_owned(), RACERS - 1)];
    assert_eq!(*answers, BTreeMap::from(expected));
}

#[tokio::test(flavor = "multi_thread")]
async fn sec_s13_many_atlas_invitations_of_one_address_leave_one_open() {
    for cloud in clouds().await {
        let invites = (0..RACERS).map(|n| {
            let name = if n.is_multiple_of(2) { "ann" } else { "ANN" };
            let body = format!(r#"{{"roles":["ORG_MEMBER"],"username":"{name}@x.example"}}"#);
            (Method::POST, "/orgs/ORG/invites".to_owned(), body)
        });
        let answers = race(&cloud, invites).await;
        one_of(&answers, "200", "400 USER_ALREADY_INVITED");
        let open = json(&cloud.get("/orgs/ORG/invites").await);
        assert_eq!(open.as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_put_on_a_project_once_however_many_do_it() {
    for cloud in clouds().await {
        let group = cloud.group("Payments").await;
        let team = cloud.team("ops").await;
        let body = format!(r#"[{{"teamId":"{team}","roleNames":["GROUP_OWNER"]}}]"#);
        let path = format!("{group}/teams");
        let added = (0..RACERS).map(|_| (Method::POST, path.clone(), body.clone()));
        one_of(
            &race(&cloud, added).await,
            "200",
            "409 TEAM_EXISTS_IN_GROUP",
        );
        assert_eq!(json(&cloud.get(&path).await)["totalCount"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_deleted_or_put_on_a_project_but_not_both() {
    for cloud in clouds().await {
        let group = cloud.group("Payments").await;
        for n in 0..8 {
            let team = cloud.team(&format!("team {n}")).await;
            let body = format!(r#"[{{"teamId":"{team}","roleNames":["GROUP_OWNER"]}}]"#);
            let delete = (
                Method::DELETE,
                format!("/orgs/ORG/teams/{team}"),
                String::new(),
            );
            let add = (Method::POST, format!("{group}/teams"), body);
            let answers = race(&cloud, [delete, add]).await;
            let answers: Vec<_> = answers.into_keys().collect();
            let was_deleted = ["204", "404 TEAM_NOT_FOUND"];
            let was_added = ["200", "404 CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT"];
            assert!(
                answers == was_deleted || answers == was_added,
                "{answers:?}"
            );
        }
    }
}

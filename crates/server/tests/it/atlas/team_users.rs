//! Who is in a team.

use vestibule_core::role::Role;

use super::*;

/// A server with the team `ops`, the member `mia` and the invitee `ann`: the team's path, and their
/// ids.
async fn team() -> (Cloud, String, String, String) {
    let cloud = Cloud::new().await;
    let team = format!("/orgs/ORG/teams/{}", cloud.team("ops").await);
    cloud.test.member("mia@example.org", Role::Member).await;
    cloud.invite("ann@example.org").await;
    let mia = cloud.user_id("mia@example.org").await;
    let ann = cloud.user_id("ann@example.org").await;
    (cloud, team, mia, ann)
}

fn id_of(user: &str) -> String {
    format!(r#"{{"id":"{user}"}}"#)
}

#[tokio::test]
async fn a_member_and_an_invitee_are_put_into_a_team_and_taken_out() {
    let (cloud, team, mia, ann) = team().await;
    for user in [&mia, &ann] {
        let added = cloud.post(&format!("{team}:addUser"), &id_of(user)).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.body);
        let shown = cloud.get(&format!("/orgs/ORG/users/{user}")).await;
        assert_eq!(json(&added), json(&shown));
    }
    insta::assert_snapshot!(cloud.people(&format!("{team}/users")).await, @r#"
    2 of 2
    mia@example.org ACTIVE ["ORG_MEMBER"] in 1
    ann@example.org PENDING ["ORG_MEMBER"] in 1
    "#);
    insta::assert_snapshot!(cloud.shown(&cloud.get(&format!("{team}/users")).await), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/teams/id2/users?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"createdAt":"2026-03-01T09:00:00Z","firstName":"","id":"id3","lastName":"","mobileNumber":null,"orgMembershipStatus":"ACTIVE","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":["id2"],"username":"mia@example.org"},{"id":"id4","invitationCreatedAt":"2026-03-01T09:00:00Z","invitationExpiresAt":"2026-03-31T09:00:00Z","inviterUsername":"PUBLIC_KEY","orgMembershipStatus":"PENDING","roles":{"groupRoleAssignments":[],"orgRoles":["ORG_MEMBER"]},"teamIds":["id2"],"username":"ann@example.org"}],"totalCount":2}
    "#);
    let invites = json(&cloud.get("/orgs/ORG/invites").await);
    cloud.accept(&invites[0]).await;
    insta::assert_snapshot!(cloud.people(&format!("{team}/users")).await, @r#"
    2 of 2
    ann@example.org ACTIVE ["ORG_MEMBER"] in 1
    mia@example.org ACTIVE ["ORG_MEMBER"] in 1
    "#);
    for user in [&mia, &ann] {
        let removed = cloud
            .post(&format!("{team}:removeUser"), &id_of(user))
            .await;
        assert_eq!(removed.status, StatusCode::OK, "{}", removed.body);
        assert_eq!(json(&removed)["teamIds"], serde_json::json!([]));
    }
    insta::assert_snapshot!(cloud.people(&format!("{team}/users")).await, @"0 of 0");
}

#[tokio::test]
async fn an_invitee_is_taken_out_of_what_they_are_promised() {
    let (cloud, team, _, ann) = team().await;
    cloud.post(&format!("{team}:addUser"), &id_of(&ann)).await;
    cloud
        .post(&format!("{team}:removeUser"), &id_of(&ann))
        .await;
    let invites = json(&cloud.get("/orgs/ORG/invites").await);
    assert_eq!(invites[0]["teamIds"], serde_json::json!([]));
}

#[tokio::test]
async fn a_list_of_a_team_is_filtered() {
    let (cloud, team, mia, ann) = team().await;
    for user in [&mia, &ann] {
        cloud.post(&format!("{team}:addUser"), &id_of(user)).await;
    }
    let other = format!("/orgs/ORG/teams/{}", cloud.team("dev").await);
    for (list, query, expected) in [
        (&team, format!("userId={mia}"), vec![&mia]),
        (
            &team,
            format!("userId={ann}&username=ann@example.org"),
            vec![&ann],
        ),
        (
            &team,
            format!("userId={ann}&username=mia@example.org"),
            vec![],
        ),
        (&team, "username=ann@example.org".to_owned(), vec![&ann]),
        (&team, "username=nn@example.org".to_owned(), vec![]),
        (&team, "orgMembershipStatus=ACTIVE".to_owned(), vec![&mia]),
        (
            &team,
            "orgMembershipStatuses=PENDING".to_owned(),
            vec![&ann],
        ),
        (&team, "userId=5a0000000000000000000001".to_owned(), vec![]),
        (&team, "itemsPerPage=1&pageNum=2".to_owned(), vec![&ann]),
        (&other, String::new(), vec![]),
        (&other, format!("userId={mia}"), vec![]),
    ] {
        let page = json(&cloud.get(&format!("{list}/users?{query}")).await);
        let results = page["results"].as_array().expect("a page");
        let ids: Vec<&str> = results.iter().map(|user| text(user, "/id")).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let wrong = cloud.get(&format!("{team}/users?userId=x")).await;
    assert_eq!(wrong.header("x-error-code"), "VALIDATION_ERROR");
    let wrong = cloud
        .get(&format!("{team}/users?orgMembershipStatus=x"))
        .await;
    assert_eq!(wrong.header("x-error-code"), "INVALID_ENUM_VALUE");
}

#[tokio::test]
async fn the_old_version_shows_and_takes_members_only() {
    let (cloud, team, mia, ann) = team().await;
    cloud.post(&format!("{team}:addUser"), &id_of(&ann)).await;
    let path = format!("{team}/users");
    let owner = cloud.test.owner.to_hex();
    let body = format!("[{},{}]", id_of(&mia), id_of(&owner));
    let added = cloud.old(Method::POST, &path, &body).await;
    insta::assert_snapshot!(cloud.shown(&added), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/teams/id2/users?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"createdAt":"2026-03-01T09:00:00Z","emailAddress":"owner@acme.example","firstName":"","id":"id3","lastName":"","links":[],"roles":[{"orgId":"id1","roleName":"ORG_OWNER"}],"teamIds":["id2"],"username":"owner@acme.example"},{"createdAt":"2026-03-01T09:00:00Z","emailAddress":"mia@example.org","firstName":"","id":"id4","lastName":"","links":[],"roles":[{"orgId":"id1","roleName":"ORG_MEMBER"}],"teamIds":["id2"],"username":"mia@example.org"}],"totalCount":2}
    "#);
    assert_eq!(
        added.header("content-type"),
        "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    );
    let listed = cloud.old(Method::GET, &path, "").await;
    assert_eq!(json(&listed)["results"], json(&added)["results"]);
    for (body, status, code) in [
        (format!("[{}]", id_of(&ann)), 404, "USER_NOT_IN_ORG"),
        (format!("[{}]", id_of(&mia)), 409, "USER_ALREADY_IN_TEAM"),
        ("[{}]".to_owned(), 400, "MISSING_ATTRIBUTE"),
        (r#"[{"id":"x"}]"#.to_owned(), 404, "INVALID_USER_ID"),
        (r#"[{"id":7}]"#.to_owned(), 400, "INVALID_JSON_ATTRIBUTE"),
        (r#"["x"]"#.to_owned(), 400, "INVALID_JSON_ATTRIBUTE"),
        (id_of(&mia), 400, "INVALID_JSON"),
        ("[".to_owned(), 400, "MALFORMED_JSON"),
        (String::new(), 400, "INVALID_JSON"),
    ] {
        let answer = cloud.old(Method::POST, &path, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{body}");
        assert_eq!(answer.header("x-error-code"), code, "{body}");
    }
    let removed = cloud
        .old(Method::DELETE, &format!("{path}/{mia}"), "")
        .await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(removed.body, "");
    for (user, code) in [
        (&mia, "USER_NOT_IN_TEAM"),
        (&ann, "USER_NOT_IN_ORG"),
        (&"x".to_owned(), "INVALID_USER_ID"),
    ] {
        let answer = cloud
            .old(Method::DELETE, &format!("{path}/{user}"), "")
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{user}");
        assert_eq!(answer.header("x-error-code"), code, "{user}");
    }
}

#[tokio::test]
async fn either_all_are_put_into_a_team_or_none() {
    let (cloud, team, mia, ann) = team().await;
    let body = format!("[{},{}]", id_of(&mia), id_of(&ann));
    let answer = cloud
        .old(Method::POST, &format!("{team}/users"), &body)
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    insta::assert_snapshot!(cloud.people(&format!("{team}/users")).await, @"0 of 0");
}

#[tokio::test]
async fn an_action_on_a_team_that_cannot_be_is_told_why() {
    let (cloud, team, mia, ann) = team().await;
    cloud.post(&format!("{team}:addUser"), &id_of(&mia)).await;
    let add = |body: String| {
        let path = format!("{team}:addUser");
        let cloud = &cloud;
        async move { cloud.post(&path, &body).await }
    };
    insta::assert_snapshot!(cloud.shown(&add(id_of(&mia)).await), @r#"
    409
    {"detail":"This person is in the team already.","error":409,"errorCode":"USER_ALREADY_IN_TEAM","parameters":[],"reason":"Conflict"}
    "#);
    let out = cloud
        .post(&format!("{team}:removeUser"), &id_of(&ann))
        .await;
    insta::assert_snapshot!(cloud.shown(&out), @r#"
    404
    {"detail":"This person is not in the team.","error":404,"errorCode":"USER_NOT_IN_TEAM","parameters":[],"reason":"Not Found"}
    "#);
    for (body, code) in [
        ("{}", "MISSING_ATTRIBUTE"),
        (r#"{"id":"x"}"#, "INVALID_USER_ID"),
        (r#"{"id":"5a0000000000000000000001"}"#, "USER_NOT_IN_ORG"),
        (r#"{"id":7}"#, "INVALID_JSON_ATTRIBUTE"),
        ("[]", "INVALID_JSON"),
        ("", "INVALID_JSON"),
    ] {
        let answer = add(body.to_owned()).await;
        assert_eq!(answer.header("x-error-code"), code, "{body}");
    }
    for (path, code) in [
        ("/orgs/ORG/teams/x:addUser", "INVALID_TEAM_ID"),
        (
            "/orgs/ORG/teams/5d0000000000000000000001:addUser",
            "TEAM_NOT_FOUND",
        ),
        (
            "/orgs/ORG/teams/5d0000000000000000000001:removeUser",
            "TEAM_NOT_FOUND",
        ),
        (
            "/orgs/ORG/teams/5d0000000000000000000001:burn",
            "RESOURCE_NOT_FOUND",
        ),
        (
            "/orgs/ORG/teams/5d0000000000000000000001",
            "METHOD_NOT_ALLOWED",
        ),
    ] {
        let answer = cloud.post(path, &id_of(&ann)).await;
        assert_eq!(answer.header("x-error-code"), code, "{path}");
    }
    let alone = cloud.post("/orgs/ORG/teams/x", "{}").await;
    assert_eq!(alone.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(alone.header("allow"), "GET,HEAD,PATCH,DELETE");
}

#[tokio::test]
async fn who_is_no_longer_invited_is_not_put_into_a_team() {
    let (cloud, team, _, ann) = team().await;
    cloud.test.clock.advance_seconds(30 * 86_400);
    let expired = cloud.post(&format!("{team}:addUser"), &id_of(&ann)).await;
    insta::assert_snapshot!(cloud.shown(&expired), @r#"
    404
    {"detail":"The user with ID id1 is not in the organization.","error":404,"errorCode":"USER_NOT_IN_ORG","parameters":["id1"],"reason":"Not Found"}
    "#);
    let again = cloud.invite("ann@example.org").await;
    cloud.decline(&again).await;
    let declined = cloud.post(&format!("{team}:addUser"), &id_of(&ann)).await;
    assert_eq!(declined.header("x-error-code"), "USER_NOT_IN_ORG");
}

#[tokio::test]
async fn a_deleted_team_is_no_part_of_a_promise_that_is_changed() {
    let (cloud, team, _, ann) = team().await;
    cloud.post(&format!("{team}:addUser"), &id_of(&ann)).await;
    assert_eq!(cloud.delete(&team).await.status, StatusCode::NO_CONTENT);
    let other = cloud.team("dev").await;
    let added = cloud
        .post(&format!("/orgs/ORG/teams/{other}:addUser"), &id_of(&ann))
        .await;
    assert_eq!(
        json(&added)["teamIds"],
        serde_json::json!([other]),
        "{}",
        added.body
    );
}

#[tokio::test]
async fn limits_of_teams_are_the_operators() {
    let cloud = Cloud::with_settings(|settings| {
        settings.team_size_limit = Some(1);
        settings.teams_per_user_limit = Some(1);
    })
    .await;
    let ops = cloud.team("ops").await;
    let dev = cloud.team("dev").await;
    cloud.test.member("mia@example.org", Role::Member).await;
    let mia = cloud.user_id("mia@example.org").await;
    let owner = cloud.test.owner.to_hex();
    let add = |team: &str, user: &str| {
        let (path, body) = (format!("/orgs/ORG/teams/{team}:addUser"), id_of(user));
        let cloud = &cloud;
        async move { cloud.post(&path, &body).await }
    };
    assert_eq!(add(&ops, &mia).await.status, StatusCode::OK);
    insta::assert_snapshot!(cloud.shown(&add(&ops, &owner).await), @r#"
    400
    {"detail":"The number of people in a team is currently limited to 1.","error":400,"errorCode":"MAX_USERS_PER_TEAM_EXCEEDED","parameters":[],"reason":"Bad Request"}
    "#);
    insta::assert_snapshot!(cloud.shown(&add(&dev, &mia).await), @r#"
    400
    {"detail":"The number of teams of one person is currently limited to 1.","error":400,"errorCode":"MAX_TEAMS_PER_USER_EXCEEDED","parameters":[],"reason":"Bad Request"}
    "#);
    let both = format!(r#"{{"teamIds":["{ops}","{dev}"]}}"#);
    let both = cloud.patch(&format!("/orgs/ORG/users/{mia}"), &both).await;
    assert_eq!(both.header("x-error-code"), "MAX_TEAMS_PER_USER_EXCEEDED");
    let body = r#"{"name":"two","usernames":["mia@example.org","owner@acme.example"]}"#;
    let two = cloud.post("/orgs/ORG/teams", body).await;
    assert_eq!(two.status, StatusCode::BAD_REQUEST, "{}", two.body);
    let teams = json(&cloud.get("/orgs/ORG/teams").await);
    assert_eq!(teams["totalCount"], 2, "nothing was written");
}

#[tokio::test]
async fn who_may_not_manage_teams_leaves_them_alone() {
    let (cloud, team, mia, _) = team().await;
    let reader = cloud
        .test
        .member_key("reader@example.org", Role::ReadOnly, KeyKind::Atlas)
        .await;
    let users = format!("{team}/users");
    let one = format!("{users}/{mia}");
    for (method, path, body) in [
        (Method::POST, format!("{team}:addUser"), id_of(&mia)),
        (Method::POST, format!("{team}:removeUser"), id_of(&mia)),
        (Method::POST, users.clone(), format!("[{}]", id_of(&mia))),
        (Method::DELETE, one, String::new()),
        (Method::PATCH, team.clone(), r#"{"name":"x"}"#.to_owned()),
        (Method::DELETE, team.clone(), String::new()),
        (
            Method::POST,
            "/orgs/ORG/teams".to_owned(),
            r#"{"name":"x"}"#.to_owned(),
        ),
    ] {
        let answer = cloud.call_as(&reader, method.clone(), &path, &body).await;
        assert_eq!(
            answer.header("x-error-code"),
            "NOT_ORG_OWNER",
            "{method} {path}"
        );
    }
    let seen = cloud.call_as(&reader, Method::GET, &users, "").await;
    assert_eq!(seen.status, StatusCode::OK);
}

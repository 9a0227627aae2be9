//! What the vendor's cloud does is not known, or not always wanted: the operator's choices.

use super::*;

const INVITE: &str = r#"{"roles":["ORG_MEMBER"],"username":"NAME@example.org"}"#;

async fn invite(cloud: &Cloud, name: &str) -> Answer {
    let body = INVITE.replace("NAME", name);
    cloud.post("/orgs/ORG/invites", &body).await
}

#[tokio::test]
async fn a_caller_invites_as_many_people_a_minute_as_the_operator_allows() {
    let cloud = Cloud::with_settings(|settings| settings.atlas_invites_per_minute = Some(2)).await;
    for name in ["a", "b"] {
        assert_eq!(invite(&cloud, name).await.status, StatusCode::OK);
        cloud.test.clock.advance_seconds(10);
    }
    let third = invite(&cloud, "c").await;
    insta::assert_snapshot!(cloud.shown(&third), @r#"
    400
    {"detail":"Rate limit of 2 invitations per 1 minutes exceeded.","error":400,"errorCode":"INVITATIONS_RATE_LIMITED_IP","parameters":["2"],"reason":"Bad Request"}
    "#);
    let body = r#"{"roles":{"orgRoles":["ORG_MEMBER"]},"username":"c@example.org"}"#;
    let new_api = cloud.post("/orgs/ORG/users", body).await;
    assert_eq!(
        new_api.header("x-error-code"),
        "INVITATIONS_RATE_LIMITED_IP"
    );
    // Another caller has a pace of their own, and a minute later there is room for one more.
    let robot = cloud
        .test
        .service_account_key(KeyKind::Atlas, vestibule_core::role::Role::Owner)
        .await;
    let body = INVITE.replace("NAME", "c");
    let other = cloud
        .call_as(&robot, Method::POST, "/orgs/ORG/invites", &body)
        .await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.body);
    cloud.test.clock.advance_seconds(39);
    assert_eq!(invite(&cloud, "d").await.status, StatusCode::BAD_REQUEST);
    cloud.test.clock.advance_seconds(1);
    assert_eq!(invite(&cloud, "d").await.status, StatusCode::OK);
    assert_eq!(invite(&cloud, "e").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn disputed_errors_follow_the_vendors_page_where_the_operator_says_so() {
    let cloud = Cloud::with_settings(|settings| {
        settings.atlas_documented_errors = true;
        settings.atlas_invites_per_minute = Some(1);
    })
    .await;
    let unknown = cloud.get("/orgs/ORG/invites/x").await;
    insta::assert_snapshot!(cloud.shown(&unknown), @r#"
    400
    {"detail":"An invalid invitation ID x was specified.","error":400,"errorCode":"INVALID_INVITATION_ID","parameters":["x"],"reason":"Bad Request"}
    "#);
    assert_eq!(unknown.header("x-error-code"), "INVALID_INVITATION_ID");
    invite(&cloud, "a").await;
    let second = invite(&cloud, "b").await;
    insta::assert_snapshot!(cloud.shown(&second), @r#"
    400
    {"detail":"Rate limit of 1 invitations per 1 minutes exceeded.","error":400,"errorCode":"RATE_LIMITED_IP","parameters":["1"],"reason":"Bad Request"}
    "#);
    assert_eq!(second.header("x-error-code"), "RATE_LIMITED_IP");
    let other = cloud.get("/orgs/x").await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn usernames_are_in_lower_case_where_the_operator_says_so() {
    for (lowercase, expected) in [
        (false, "Ann.Lee@Example.org"),
        (true, "ann.lee@example.org"),
    ] {
        let cloud =
            Cloud::with_settings(|settings| settings.atlas_lowercase_usernames = lowercase).await;
        let made = cloud.invite("Ann.Lee@Example.org").await;
        assert_eq!(text(&made, "/username"), expected);
        let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
        assert_eq!(json(&cloud.get(&path).await), made);
        let list = json(&cloud.get("/orgs/ORG/invites").await);
        assert_eq!(list[0], made);
        let user = cloud.user_id("ann.lee@example.org").await;
        let path = format!("/orgs/ORG/users/{user}");
        assert_eq!(text(&json(&cloud.get(&path).await), "/username"), expected);
        cloud.accept(&made).await;
        assert_eq!(text(&json(&cloud.get(&path).await), "/username"), expected);
        let by_name = json(&cloud.get("/users/byName/ann.lee@example.org").await);
        assert_eq!(text(&by_name, "/username"), expected);
    }
}

#[tokio::test]
async fn endpoints_end_on_the_day_that_they_announce() {
    // 2027-06-30T23:59:59Z
    const LAST: i64 = 1_814_399_999;
    for goes_on in [false, true] {
        let cloud = Cloud::with_settings(|settings| settings.atlas_sunset = !goes_on).await;
        let made = cloud.invite("ann@example.org").await;
        let id = text(&made, "/id");
        let now = cloud.test.clock.now().as_seconds();
        cloud.test.clock.advance_seconds(LAST - now);
        let ending = [
            (Method::GET, "/orgs/ORG/invites".to_owned(), ""),
            (Method::POST, "/orgs/ORG/invites".to_owned(), "{"),
            (Method::PATCH, "/orgs/ORG/invites".to_owned(), "{"),
            (Method::GET, format!("/orgs/ORG/invites/{id}"), ""),
            (Method::PATCH, format!("/orgs/ORG/invites/{id}"), "{"),
            (Method::DELETE, format!("/orgs/ORG/invites/{id}"), ""),
            (
                Method::GET,
                "/users/byName/owner@acme.example".to_owned(),
                "",
            ),
        ];
        for (method, path, body) in &ending {
            let answer = cloud.call(method.clone(), path, body).await;
            assert_ne!(answer.status, StatusCode::GONE, "{method} {path}");
            assert_eq!(answer.header("sunset"), "Thu, 1 Jul 2027 00:00:00 GMT");
            assert_eq!(
                answer.header("deprecation"),
                "Wed, 19 Feb 2025 00:00:00 GMT"
            );
        }
        cloud.test.clock.advance_seconds(1);
        // Whatever a body is, it is not looked at.
        for (method, path, body) in &ending {
            let answer = cloud.call(method.clone(), path, body).await;
            let is_gone = answer.status == StatusCode::GONE;
            assert_eq!(is_gone, !goes_on, "{method} {path}");
        }
        let old = cloud
            .send(
                Method::GET,
                &format!("/api/atlas/v1.0/orgs/{}/invites", cloud.org),
                &cloud.test.owner_key.bearer(),
                "",
            )
            .await;
        assert_eq!(old.status == StatusCode::GONE, !goes_on);
        for path in ["/orgs/ORG/users", "/orgs/ORG/teams", "/orgs/ORG", ""] {
            assert_eq!(cloud.get(path).await.status, StatusCode::OK, "{path}");
        }
        if !goes_on {
            let gone = cloud.get("/orgs/ORG/invites").await;
            insta::assert_snapshot!(cloud.shown(&gone), @r#"
    410
    {"detail":"The version 2023-01-01 of this resource is gone.","error":410,"errorCode":"VERSION_GONE","parameters":["2023-01-01"],"reason":"Gone"}
    "#);
        }
    }
}

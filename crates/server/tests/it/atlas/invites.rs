//! The six operations on invitations.

use super::*;

#[tokio::test]
async fn creating_answers_200_with_the_whole_invitation() {
    let cloud = Cloud::new().await;
    let team = cloud.team("ops").await;
    let body = format!(
        "{{\"roles\":[\"ORG_MEMBER\",\"ORG_BILLING_ADMIN\"],\"teamIds\":[\"{team}\"],\"username\":\"Ann.Lee@Example.org\"}}\n"
    );
    let made = cloud.post("/orgs/ORG/invites", &body).await;
    insta::assert_snapshot!(cloud.shown(&made), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupRoleAssignments":[],"id":"id1","inviterUsername":"PUBLIC_KEY","orgId":"id2","orgName":"Acme","roles":["ORG_BILLING_ADMIN","ORG_MEMBER"],"teamIds":["id3"],"username":"Ann.Lee@Example.org"}
    "#);
    assert_eq!(
        made.header("content-type"),
        "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    );
    assert_eq!(made.header("deprecation"), "Wed, 19 Feb 2025 00:00:00 GMT");
    assert_eq!(made.header("sunset"), "Thu, 1 Jul 2027 00:00:00 GMT");
    assert_eq!(made.header("ratelimit-limit"), "500");
    assert_eq!(made.header("x-error-code"), "");

    let shown = json(&made);
    let seconds = u32::from_str_radix(&text(&shown, "/id")[..8], 16).expect("seconds");
    assert_eq!(i64::from(seconds), cloud.test.clock.now().as_seconds());
    let read = cloud
        .get(&format!("/orgs/ORG/invites/{}", text(&shown, "/id")))
        .await;
    assert_eq!(read.body, made.body);
    let spelled = format!(
        "/orgs/ORG/invites/{}",
        text(&shown, "/id").to_ascii_uppercase()
    );
    assert_eq!(cloud.get(&spelled).await.body, made.body);
}

#[tokio::test]
async fn the_shortest_request_and_one_with_nulls_are_enough() {
    let cloud = Cloud::new().await;
    for body in [
        r#"{"username":"a@example.org","roles":["ORG_READ_ONLY"]}"#,
        r#"{"username":"b@example.org","roles":["ORG_READ_ONLY"],"teamIds":null,"groupRoleAssignments":null}"#,
        r#"{"username":" c@example.org ","roles":["ORG_READ_ONLY","ORG_READ_ONLY"],"groupRoleAssignments":[],"unknown":1}"#,
    ] {
        let made = cloud.post("/orgs/ORG/invites", body).await;
        assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        let shown = json(&made);
        assert_eq!(shown["roles"], serde_json::json!(["ORG_READ_ONLY"]));
        assert_eq!(shown["teamIds"], serde_json::json!([]));
        assert_eq!(shown["groupRoleAssignments"], serde_json::json!([]));
    }
}

#[tokio::test]
async fn each_role_is_accepted_and_shown() {
    let cloud = Cloud::new().await;
    let names = [
        "ORG_OWNER",
        "ORG_USER_ADMIN",
        "ORG_GROUP_CREATOR",
        "ORG_BILLING_ADMIN",
        "ORG_BILLING_READ_ONLY",
        "ORG_STREAM_PROCESSING_ADMIN",
        "ORG_READ_ONLY",
        "ORG_MEMBER",
    ];
    for name in names {
        let body = format!(r#"{{"username":"{name}@example.org","roles":["{name}"]}}"#);
        let made = json(&cloud.post("/orgs/ORG/invites", &body).await);
        assert_eq!(made["roles"], serde_json::json!([name]));
    }
    let body = serde_json::json!({"username": "all@example.org", "roles": names}).to_string();
    let made = json(&cloud.post("/orgs/ORG/invites", &body).await);
    assert_eq!(made["roles"], serde_json::json!(names));
}

#[tokio::test]
async fn the_list_is_a_bare_array_in_order_of_creation() {
    let cloud = Cloud::new().await;
    let empty = cloud.get("/orgs/ORG/invites").await;
    insta::assert_snapshot!(cloud.shown(&empty), @r"
    200
    []
    ");
    for name in ["zoe", "ann", "Bob"] {
        cloud.invite(&format!("{name}@example.org")).await;
        cloud.test.clock.advance_seconds(1);
    }
    let all = cloud.get("/orgs/ORG/invites").await;
    insta::assert_snapshot!(cloud.shown(&all), @r#"
    200
    [{"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupRoleAssignments":[],"id":"id1","inviterUsername":"PUBLIC_KEY","orgId":"id2","orgName":"Acme","roles":["ORG_MEMBER"],"teamIds":[],"username":"zoe@example.org"},{"createdAt":"2026-03-01T09:00:01Z","expiresAt":"2026-03-31T09:00:01Z","groupRoleAssignments":[],"id":"id3","inviterUsername":"PUBLIC_KEY","orgId":"id2","orgName":"Acme","roles":["ORG_MEMBER"],"teamIds":[],"username":"ann@example.org"},{"createdAt":"2026-03-01T09:00:02Z","expiresAt":"2026-03-31T09:00:02Z","groupRoleAssignments":[],"id":"id4","inviterUsername":"PUBLIC_KEY","orgId":"id2","orgName":"Acme","roles":["ORG_MEMBER"],"teamIds":[],"username":"Bob@example.org"}]
    "#);
    // The vendor's CLI always sends the parameter.
    assert_eq!(
        cloud.get("/orgs/ORG/invites?username=").await.body,
        all.body
    );
    for (username, found) in [
        ("bob%40EXAMPLE.org", 1),
        ("bob@example.org", 1),
        ("b@example.org", 0),
        ("ann+x@example.org", 0),
        ("no-address", 0),
        ("%00%ff", 0),
    ] {
        let some = cloud
            .get(&format!("/orgs/ORG/invites?username={username}"))
            .await;
        assert_eq!(some.status, StatusCode::OK, "{username}");
        assert_eq!(
            json(&some).as_array().map(Vec::len),
            Some(found),
            "{username}"
        );
    }
}

#[tokio::test]
async fn updating_replaces_what_is_given_and_moves_nothing_else() {
    let cloud = Cloud::new().await;
    let (ops, dev) = (cloud.team("ops").await, cloud.team("dev").await);
    let body =
        format!(r#"{{"roles":["ORG_MEMBER"],"teamIds":["{ops}"],"username":"ann@example.org"}}"#);
    let made = json(&cloud.post("/orgs/ORG/invites", &body).await);
    cloud.test.clock.advance_seconds(86_400);
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));

    let changed = cloud
        .patch(&path, "{\"roles\":[\"ORG_OWNER\",\"ORG_READ_ONLY\"]}\n")
        .await;
    insta::assert_snapshot!(cloud.shown(&changed), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupRoleAssignments":[],"id":"id1","inviterUsername":"PUBLIC_KEY","orgId":"id2","orgName":"Acme","roles":["ORG_OWNER","ORG_READ_ONLY"],"teamIds":["id3"],"username":"ann@example.org"}
    "#);
    let mut expected = made.clone();
    expected["roles"] = serde_json::json!(["ORG_OWNER", "ORG_READ_ONLY"]);
    assert_eq!(json(&changed), expected, "absent teams stay");

    let body = format!(r#"{{"teamIds":["{dev}","{ops}","{dev}"]}}"#);
    let changed = json(&cloud.patch(&path, &body).await);
    assert_eq!(changed["teamIds"], serde_json::json!([dev, ops]));
    assert_eq!(changed["roles"], expected["roles"], "absent roles stay");

    let changed = json(&cloud.patch(&path, r#"{"teamIds":[]}"#).await);
    assert_eq!(changed["teamIds"], serde_json::json!([]));
    let unchanged = cloud.patch(&path, "{}").await;
    assert_eq!(json(&unchanged), changed);
    assert_eq!(cloud.get(&path).await.body, unchanged.body);
}

#[tokio::test]
async fn an_invitation_is_updated_by_its_address_too() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("Ann@Example.org").await;
    let changed = cloud
        .patch(
            "/orgs/ORG/invites",
            r#"{"username":"ann@example.ORG","roles":["ORG_OWNER"]}"#,
        )
        .await;
    insta::assert_snapshot!(cloud.shown(&changed), @r#"
    200
    {"createdAt":"2026-03-01T09:00:00Z","expiresAt":"2026-03-31T09:00:00Z","groupRoleAssignments":[],"id":"id1","inviterUsername":"PUBLIC_KEY","orgId":"id2","orgName":"Acme","roles":["ORG_OWNER"],"teamIds":[],"username":"Ann@Example.org"}
    "#);
    assert_eq!(json(&changed)["id"], made["id"]);
}

#[tokio::test]
async fn deleting_answers_204_with_a_media_type_and_without_a_body() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("ann@example.org").await;
    let path = format!("/orgs/ORG/invites/{}", text(&made, "/id"));
    let deleted = cloud.delete(&path).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert_eq!(deleted.body, "");
    assert_eq!(
        deleted.header("content-type"),
        "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    );
    insta::assert_snapshot!(cloud.shown(&cloud.get(&path).await), @r#"
    404
    {"detail":"An invalid invitation ID id1 was specified.","error":404,"errorCode":"INVALID_INVITATION_ID","parameters":["id1"],"reason":"Not Found"}
    "#);
    assert_eq!(cloud.delete(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(cloud.get("/orgs/ORG/invites").await.body, "[]");
    let again = cloud.invite("ann@example.org").await;
    assert_ne!(again["id"], made["id"]);
}

#[tokio::test]
async fn who_invites_is_shown_by_address_or_by_public_key() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("a@example.org").await;
    assert_eq!(text(&made, "/inviterUsername"), cloud.key.key.public_id);

    let path = format!("/api/atlas/v2/orgs/{}/invites", cloud.org);
    let person = cloud.test.owner_key.bearer();
    let body = r#"{"roles":["ORG_MEMBER"],"username":"b@example.org"}"#;
    let made = cloud.send(Method::POST, &path, &person, body).await;
    assert_eq!(text(&json(&made), "/inviterUsername"), "owner@acme.example");

    let account = cloud.test.key(KeyKind::AtlasServiceAccount).await;
    let token = oauth::token(&cloud, &account).await;
    let body = r#"{"roles":["ORG_MEMBER"],"username":"c@example.org"}"#;
    let made = cloud
        .send(Method::POST, &path, &format!("Bearer {token}"), body)
        .await;
    let inviter = json(&made);
    let inviter = text(&inviter, "/inviterUsername");
    assert_eq!(inviter, account.key.public_id);
    assert!(inviter.starts_with("mdb_sa_id_"), "{inviter}");
}

#[tokio::test]
async fn no_id_ever_holds_what_the_vendors_provider_takes_for_not_found() {
    let cloud = Cloud::new().await;
    for n in 0..100 {
        let made = cloud.invite(&format!("u{n}@example.org")).await;
        assert!(!text(&made, "/id").contains("404"));
        cloud.test.clock.advance_seconds(41);
    }
}

//! Organizations, who the caller is, keys and service accounts.

use vestibule_core::role::Role;

use super::*;

#[tokio::test]
async fn an_organization_is_shown_alone_in_a_list_and_with_its_settings() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(cloud.shown(&cloud.get("/orgs/ORG").await), @r#"
    200
    {"id":"id1","isDeleted":false,"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1","rel":"self"}],"name":"Acme","skipDefaultAlertsSettings":false}
    "#);
    insta::assert_snapshot!(cloud.shown(&cloud.get("/orgs").await), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"id":"id1","isDeleted":false,"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1","rel":"self"}],"name":"Acme","skipDefaultAlertsSettings":false}],"totalCount":1}
    "#);
    insta::assert_snapshot!(cloud.shown(&cloud.get("/orgs/ORG/settings").await), @r#"
    200
    {"apiAccessListRequired":false,"genAIFeaturesEnabled":false,"maxServiceAccountSecretValidityInHours":null,"multiFactorAuthRequired":false,"restrictEmployeeAccess":false,"securityContact":null,"streamsCrossGroupEnabled":false}
    "#);
    for (query, found) in [
        ("name=ac", 1),
        ("name=cme", 0),
        ("name=", 1),
        ("pageNum=2", 0),
    ] {
        let page = json(&cloud.get(&format!("/orgs?{query}")).await);
        assert_eq!(
            page["results"].as_array().map(Vec::len),
            Some(found),
            "{query}"
        );
    }
    let wrong = cloud.get("/orgs?pageNum=x").await;
    assert_eq!(wrong.header("x-error-code"), "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_key_sees_its_own_organization_and_a_person_all_of_theirs() {
    let cloud = Cloud::new().await;
    cloud.test.other_organization("Globex").await;
    let made = cloud
        .test
        .run(cloud.test.owner_ctx(), |tx, ctx| {
            let new = vestibule_server::ops::organizations::NewOrganization {
                name: "Initech".to_owned(),
                sso_enabled: false,
                lifetimes: vestibule_core::organization::Lifetimes::default(),
            };
            vestibule_server::ops::organizations::create(tx, ctx, &new)
        })
        .await
        .expect("an organization");
    let names = |page: &Value| -> Vec<String> {
        let results = page["results"].as_array().expect("a page");
        let mut names: Vec<String> = results
            .iter()
            .map(|o| text(o, "/name").to_owned())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names(&json(&cloud.get("/orgs").await)), ["Acme"]);
    let all = cloud.old(Method::GET, "/orgs", "").await;
    assert_eq!(names(&json(&all)), ["Acme", "Initech"]);
    let other = cloud.get(&format!("/orgs/{}", made.id.to_hex())).await;
    assert_eq!(other.header("x-error-code"), "ORG_NOT_FOUND");
}

#[tokio::test]
async fn the_root_tells_a_key_its_organization() {
    let cloud = Cloud::new().await;
    let root = cloud.get("").await;
    let shown = cloud
        .shown(&root)
        .replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(shown, @r#"
    200
    {"apiKey":{"accessList":[],"id":"id1","publicKey":"PUBLIC_KEY","roles":[{"orgId":"id2","roleName":"ORG_OWNER"}]},"appName":"Vestibule","build":"VERSION","links":[{"href":"https://vestibule.example/api/atlas/v2","rel":"self"}],"throttling":false}
    "#);
    let person = json(&cloud.old(Method::GET, "", "").await);
    assert!(person.get("apiKey").is_none(), "{person}");
    let slash = cloud.get("/").await;
    assert_eq!(slash.body, root.body, "one slash at the end is none");
}

#[tokio::test]
async fn a_person_is_shown_by_id() {
    let cloud = Cloud::new().await;
    let owner = cloud.test.owner.to_hex();
    let by_id = cloud.get(&format!("/users/{owner}")).await;
    let by_name = cloud.get("/users/byName/owner@acme.example").await;
    assert_eq!(by_id.status, StatusCode::OK);
    assert_eq!(by_id.body, by_name.body);
    assert!(!by_id.headers.contains_key("sunset"));
    cloud.invite("ann@example.org").await;
    let ann = cloud.user_id("ann@example.org").await;
    for (id, code) in [
        (ann.as_str(), "USER_NOT_FOUND"),
        ("5a0000000000000000000001", "USER_NOT_FOUND"),
        ("x", "INVALID_USER_ID"),
    ] {
        let answer = cloud.get(&format!("/users/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answer.header("x-error-code"), code, "{id}");
    }
    let stranger = cloud.test.other_organization("Globex").await;
    let path = format!("/api/atlas/v2/users/{owner}");
    let answer = cloud.send(Method::GET, &path, &stranger.bearer(), "").await;
    assert_eq!(answer.header("x-error-code"), "USER_NOT_FOUND");
}

#[tokio::test]
async fn keys_and_service_accounts_are_listed_without_their_secrets() {
    let cloud = Cloud::new().await;
    let robot = cloud
        .test
        .service_account_key(KeyKind::AtlasServiceAccount, Role::ReadOnly)
        .await;
    let keys = cloud.get("/orgs/ORG/apiKeys").await;
    insta::assert_snapshot!(cloud.shown(&keys), @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/apiKeys?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"desc":"test","id":"id2","links":[],"publicKey":"PUBLIC_KEY","roles":[{"orgId":"id1","roleName":"ORG_OWNER"}]}],"totalCount":1}
    "#);
    let accounts = cloud.get("/orgs/ORG/serviceAccounts").await;
    assert_eq!(
        accounts.status,
        StatusCode::NOT_ACCEPTABLE,
        "a later version"
    );
    let path = format!("/api/atlas/v2/orgs/{}/serviceAccounts", cloud.org);
    let media = "application/vnd.atlas.2024-08-05+json";
    let bearer = cloud.test.owner_key.bearer();
    let request = versioned(media, Method::GET, &path, &bearer, "");
    let accounts = cloud.test.send(request).await;
    let shown = cloud
        .shown(&accounts)
        .replace(&robot.key.public_id, "CLIENT");
    insta::assert_snapshot!(shown, @r#"
    200
    {"links":[{"href":"https://vestibule.example/api/atlas/v2/orgs/id1/serviceAccounts?includeCount=true&pageNum=1&itemsPerPage=100","rel":"self"}],"results":[{"clientId":"mdb_sa_id_id2","createdAt":"2026-03-01T09:00:00Z","description":"","name":"robot","roles":["ORG_READ_ONLY"]}],"totalCount":1}
    "#);
    for answer in [&keys, &accounts] {
        assert!(!answer.body.contains(&cloud.key.secret));
        assert!(!answer.body.contains(&robot.secret));
    }
    // Who may not manage keys sees their own.
    let reader = cloud
        .test
        .member_key("reader@example.org", Role::ReadOnly, KeyKind::Atlas)
        .await;
    let own = cloud
        .call_as(&reader, Method::GET, "/orgs/ORG/apiKeys", "")
        .await;
    let own = json(&own);
    assert_eq!(own["totalCount"], 1);
    assert_eq!(text(&own, "/results/0/publicKey"), reader.key.public_id);
}

#[tokio::test]
async fn telemetry_is_taken_from_whoever_has_a_key_and_forgotten() {
    let cloud = Cloud::new().await;
    let path = "/api/private/v1.0/telemetry/events";
    let body = r#"[{"timestamp":"2026-03-01T09:00:00Z","source":"cli","properties":{}}]"#;
    let first = cloud.send(Method::POST, path, "", body).await;
    assert_eq!(first.status, StatusCode::UNAUTHORIZED);
    let signed = Signing::of(&cloud.key, &nonce_of(&first)).header(&Method::POST, path);
    let second = cloud.send(Method::POST, path, &signed, body).await;
    assert_eq!(second.status, StatusCode::NO_CONTENT);
    assert_eq!(second.body, "");
    let bearer = cloud.test.owner_key.bearer();
    let other = cloud.send(Method::GET, "/api/private/x", &bearer, "").await;
    assert_eq!(other.header("x-error-code"), "RESOURCE_NOT_FOUND");
}

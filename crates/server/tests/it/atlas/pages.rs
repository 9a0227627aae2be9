//! Numbered pages: every list is the same, whatever the size of its pages, and what is gone is not
//! counted.

use axum::http::{Method, StatusCode};
use serde_json::Value;
use vestibule_core::key::KeyKind;
use vestibule_core::role::{Role, RoleSet};
use vestibule_server::ops::keys::{self, NewKey};
use vestibule_testkit::answer::request;

use super::{Cloud, json, text};

/// Five of each, of which one is gone.
const MADE: usize = 5;

/// Makes teams or projects through the native API, and deletes the second one.
async fn make(cloud: &Cloud, what: &str) {
    let path = format!("/v1/organizations/{}/{what}", cloud.test.organization);
    for n in 0..MADE {
        let body = format!(r#"{{"name":"Number {n}"}}"#);
        let made = cloud.test.call(Method::POST, &path, &body).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        if n == 1 {
            let path = format!("{path}/{}", text(&json(&made), "/id"));
            let gone = cloud.test.call(Method::DELETE, &path, "").await;
            assert_eq!(gone.status, StatusCode::NO_CONTENT);
        }
    }
}

/// Makes keys of a kind, one of which is revoked, and one more that is over at once.
async fn make_keys(cloud: &Cloud, kind: KeyKind) {
    let made = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        for n in 0..=MADE {
            let new = NewKey {
                kind,
                name: format!("Number {n}"),
                service_account_roles: Some(RoleSet::of(&[Role::ReadOnly])),
                expires_at: (n == MADE).then(|| ctx.now.plus_seconds(1)),
            };
            let made = keys::create(tx, ctx, &new)?;
            if n == 1 {
                keys::revoke(tx, ctx, made.id)?;
            }
        }
        Ok(())
    });
    made.await.expect("the keys are made");
}

/// Reads a list page by page, and compares it with the list on one page.
async fn compare(cloud: &Cloud, path: &str, bearer: &str, expected: usize) {
    let get = async |query: String| {
        let path = format!("/api/atlas/v2{path}?{query}").replace("ORG", &cloud.org);
        let answer = cloud
            .test
            .send(request(Method::GET, &path, bearer, ""))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        json(&answer)
    };
    let whole = get(String::new()).await["results"].clone();
    let whole = whole.as_array().expect("a list");
    assert_eq!(whole.len(), expected, "{path}");
    for size in 1..=expected + 1 {
        let mut read: Vec<Value> = Vec::new();
        for number in 1.. {
            let page = get(format!("itemsPerPage={size}&pageNum={number}")).await;
            assert_eq!(page["totalCount"], expected, "{path} {size} {number}");
            let links = page["links"].as_array().expect("links");
            let has = |rel: &str| links.iter().any(|link| link["rel"] == rel);
            assert_eq!(has("previous"), number > 1, "{path} {size} {number}");
            read.extend(page["results"].as_array().expect("a list").clone());
            if !has("next") {
                break;
            }
        }
        assert_eq!(&read, whole, "{path} by {size}");
    }
    let beyond = get("itemsPerPage=500&pageNum=99999999999".to_owned()).await;
    assert_eq!(beyond["results"], Value::Array(Vec::new()), "{path}");
    assert_eq!(beyond["totalCount"], expected, "{path}");
}

#[tokio::test]
async fn a_list_is_the_same_by_pages_of_every_size() {
    let cloud = Cloud::new().await;
    let owner = cloud.test.owner_key.bearer();
    for what in ["teams", "projects"] {
        make(&cloud, what).await;
    }
    for kind in [KeyKind::Atlas, KeyKind::AtlasServiceAccount] {
        make_keys(&cloud, kind).await;
    }
    cloud.test.clock.advance_seconds(1);
    compare(&cloud, "/orgs/ORG/teams", &owner, MADE - 1).await;
    compare(&cloud, "/orgs/ORG/groups", &owner, MADE - 1).await;
    // And the key that the requests of these tests are signed with.
    compare(&cloud, "/orgs/ORG/apiKeys", &owner, MADE).await;
    compare(&cloud, "/orgs/ORG/serviceAccounts", &owner, MADE - 1).await;

    // Whoever may not manage keys sees their own.
    let reader = cloud
        .test
        .member_key("reader@acme.example", Role::ReadOnly, KeyKind::Native)
        .await;
    compare(&cloud, "/orgs/ORG/apiKeys", &reader.bearer(), 0).await;
}

#[tokio::test]
async fn a_list_of_several_organizations_goes_on_from_one_to_the_next() {
    let cloud = Cloud::new().await;
    make(&cloud, "projects").await;
    let body = r#"{"name":"Second"}"#;
    let second = cloud
        .test
        .call(Method::POST, "/v1/organizations", body)
        .await;
    let second = text(&json(&second), "/id").to_owned();
    for n in 0..3 {
        let path = format!("/v1/organizations/{second}/projects");
        let body = format!(r#"{{"name":"Number {n}"}}"#);
        cloud.test.call(Method::POST, &path, &body).await;
    }
    let owner = cloud.test.owner_key.bearer();
    compare(&cloud, "/groups", &owner, MADE - 1 + 3).await;
}

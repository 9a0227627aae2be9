//! What one organization must not learn of, or do to, another one; and what a request must not make
//! us say about ourselves.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::role::Role;

use super::*;

/// The id of the service account that a key acts for.
fn account_of(robot: &Secret) -> String {
    let Principal::ServiceAccount(id) = robot.key.principal else {
        panic!("a service account's key")
    };
    id.to_confluent()
}

/// The Cloud API key of another organization's owner.
async fn strangers_key(cloud: &Cloud) -> String {
    let native = cloud.test.other_organization("Globex").await;
    let key = ApiKey {
        kind: KeyKind::Confluent,
        public_id: "STRANGERSTRANGER".to_owned(),
        ..native.key.clone()
    };
    let ctx = cloud.test.owner_ctx();
    let made = cloud.test.run(ctx, move |tx, ctx| {
        let key = ApiKey {
            id: ctx.new_id(),
            nonce: ctx.new_nonce(),
            ..key.clone()
        };
        tx.insert_api_key(&key)?;
        Ok(key)
    });
    basic(&cloud.test.secret(made.await.expect("a key")))
}

#[tokio::test]
async fn sec_s25_confluent_another_organizations_ids_do_not_exist() {
    let cloud = Cloud::new().await;
    let stranger = strangers_key(&cloud).await;
    let ours = cloud.invite("ann@example.org").await;
    let id = text(&ours, "/id");
    let user = text(&ours, "/user/id");
    let owner = cloud.test.owner.to_confluent();
    let robot = cloud
        .test
        .service_account_key(KeyKind::Confluent, Role::Member)
        .await;
    let robot = account_of(&robot);
    let bindings = format!("/role-bindings?crn_pattern=crn&principal=User:{owner}");
    let binding = json(&cloud.get(&bindings).await);
    let binding = text(&binding, "/data/0/id");
    let theirs = cloud.call_as(&stranger, Method::GET, &bindings, "").await;
    assert_eq!(json(&theirs)["data"], Value::Array(Vec::new()));
    for (method, path, body) in [
        (Method::GET, format!("/invitations/{id}"), ""),
        (Method::DELETE, format!("/invitations/{id}"), ""),
        (Method::GET, format!("/users/{user}"), ""),
        (Method::GET, format!("/users/{owner}"), ""),
        (
            Method::PATCH,
            format!("/users/{owner}"),
            r#"{"full_name":"X"}"#,
        ),
        (Method::DELETE, format!("/users/{user}"), ""),
        (Method::DELETE, format!("/users/{owner}"), ""),
        (Method::GET, format!("/service-accounts/{robot}"), ""),
        (Method::GET, format!("/role-bindings/{binding}"), ""),
        (Method::DELETE, format!("/role-bindings/{binding}"), ""),
    ] {
        let answer = cloud.call_as(&stranger, method.clone(), &path, body).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
        let unknown = path.replace(id, "i-00000000000000000000");
        if unknown != path {
            let unknown = cloud.call_as(&stranger, method, &unknown, body).await;
            let alike = detail(&unknown).replace("i-00000000000000000000", id);
            assert_eq!(
                detail(&answer),
                alike,
                "nothing tells it from an id that is nobody's"
            );
        }
    }
    assert_eq!(cloud.read(id).await, ours, "it is untouched");
}

#[tokio::test]
async fn sec_s25_confluent_another_organizations_invitations_are_in_no_list() {
    let cloud = Cloud::new().await;
    let stranger = strangers_key(&cloud).await;
    let ours = cloud.invite("ann@example.org").await;
    cloud.invite("bob@example.org").await;
    let token = {
        let page = json(&cloud.get("/invitations?page_size=1").await);
        let (_, token) = text(&page, "/metadata/next")
            .rsplit_once('=')
            .expect("a token");
        token.to_owned()
    };
    for query in [
        String::new(),
        "?email=ann%40example.org".to_owned(),
        format!("?user={}", text(&ours, "/user/id")),
        format!("?creator={}", text(&ours, "/creator/id")),
        format!("?page_token={token}"),
    ] {
        let path = format!("/invitations{query}");
        let answer = cloud.call_as(&stranger, Method::GET, &path, "").await;
        assert_eq!(json(&answer)["data"], Value::Array(Vec::new()), "{query}");
    }
    let users = cloud.call_as(&stranger, Method::GET, "/users", "").await;
    assert_eq!(text(&json(&users), "/data/0/email"), "owner@globex.example");
    assert!(!users.body.contains("acme"), "{}", users.body);
}

#[tokio::test]
async fn sec_s25_confluent_an_address_can_be_invited_to_two_organizations() {
    let cloud = Cloud::new().await;
    let stranger = strangers_key(&cloud).await;
    let ours = cloud.invite("ann@example.org").await;
    let body = r#"{"email":"ann@example.org"}"#;
    let theirs = cloud
        .call_as(&stranger, Method::POST, "/invitations", body)
        .await;
    assert_eq!(
        theirs.status,
        StatusCode::CREATED,
        "ours is none of their business"
    );
    let theirs = json(&theirs);
    assert_ne!(theirs["id"], ours["id"]);
    cloud.delete(text(&ours, "/id")).await;
    let path = format!("/invitations/{}", text(&theirs, "/id"));
    let still = cloud.call_as(&stranger, Method::GET, &path, "").await;
    assert_eq!(json(&still), theirs, "withdrawing ours leaves theirs");
}

#[tokio::test]
async fn sec_s22_confluent_no_link_follows_a_forged_host() {
    let cloud = Cloud::new().await;
    cloud.invite("bob@example.org").await;
    let forged = |method: Method, path: &str, body: &str| {
        Request::builder()
            .method(method)
            .uri(format!("/iam/v2{path}"))
            .header(header::HOST, "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "gopher")
            .header("forwarded", "host=evil.example;proto=gopher")
            .header("x-original-url", "/evil.example")
            .header(header::ORIGIN, "https://evil.example")
            .header(header::AUTHORIZATION, &cloud.authorization)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_owned()))
            .expect("a request")
    };
    let post = forged(
        Method::POST,
        "/invitations",
        r#"{"email":"ann@example.org"}"#,
    );
    let created = cloud.test.send(post).await;
    assert_eq!(created.status, StatusCode::CREATED);
    let list = forged(Method::GET, "/invitations?page_size=1", "");
    let list = cloud.test.send(list).await;
    let other = r#"{"email":"ann@example.org","auth_type":"AUTH_TYPE_SSO"}"#;
    let conflict = cloud
        .test
        .send(forged(Method::POST, "/invitations", other))
        .await;
    assert_eq!(conflict.status, StatusCode::CONFLICT);
    for answer in [&created, &list, &conflict] {
        let all = format!("{} {:?}", answer.body, answer.headers);
        assert!(!all.contains("evil") && !all.contains("gopher"), "{all}");
    }
    let start = "https://vestibule.example/iam/v2/invitations";
    assert!(created.header("location").starts_with(start));
    assert!(text(&json(&list), "/metadata/next").starts_with(start));
}

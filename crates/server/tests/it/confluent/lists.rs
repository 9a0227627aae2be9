//! `GET /iam/v2/invitations`: filters and pages.

use axum::http::StatusCode;
use futures::future::join_all;
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;
use vestibule_core::{Id, Timestamp};
use vestibule_server::ops::invitations;

use super::*;

/// The ids on all pages, followed as the vendor's clients do: only the token is taken from `next`.
async fn all_ids(cloud: &Cloud, path: &str, size: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut token = String::new();
    loop {
        let page = format!("{path}?page_size={size}{token}");
        let answer = cloud.get(&page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
        let page = json(&answer);
        let data = page["data"].as_array().expect("a list");
        assert!(data.len() <= size);
        ids.extend(data.iter().map(|item| text(item, "/id").to_owned()));
        let metadata = page["metadata"].as_object().expect("metadata");
        assert!(
            metadata.values().all(|link| !link.is_null()),
            "a null crashes clients"
        );
        let Some(next) = metadata.get("next") else {
            return ids;
        };
        assert_eq!(data.len(), size, "only the last page is short");
        let next = next.as_str().expect("a link");
        let (_, found) = next.rsplit_once("&page_token=").expect("a token");
        assert!(!found.is_empty() && found.len() <= 255 && !found.contains('&'));
        token = format!("&page_token={found}");
    }
}

#[tokio::test]
async fn our_own_clients_may_ask_for_a_thousand_at_once() {
    let cloud = Cloud::new().await;
    invite_many(&cloud, 0..103).await;
    let ask = async |size: u32| {
        let path = format!("/iam/v2/invitations?page_size={size}");
        let mut asked = request(Method::GET, &path, &cloud.authorization, "");
        let own = axum::http::HeaderValue::from_static("1");
        asked.headers_mut().insert("x-vestibule", own);
        cloud.test.send(asked).await
    };
    let page = json(&ask(1000).await);
    assert_eq!(page["data"].as_array().map(Vec::len), Some(103));
    assert!(page["metadata"].get("next").is_none());
    assert_eq!(ask(1001).await.status, StatusCode::BAD_REQUEST);
}

async fn invite_many(cloud: &Cloud, range: std::ops::Range<usize>) {
    let emails: Vec<_> = range.map(|n| format!("p{n}@example.org")).collect();
    join_all(emails.iter().map(|email| cloud.invite(email))).await;
}

#[tokio::test]
async fn pages_of_none_one_a_hundred_and_more() {
    let cloud = Cloud::new().await;
    let mut made = 0;
    for total in [0, 1, 100, 101, 250] {
        invite_many(&cloud, made..total).await;
        made = total;
        for path in ["/invitations", "/users"] {
            // The owner is a user, too.
            let expected = total + usize::from(path == "/users");
            for size in [100, 99] {
                let mut ids = all_ids(&cloud, path, size).await;
                assert_eq!(ids.len(), expected, "{path} by {size}");
                ids.sort();
                ids.dedup();
                assert_eq!(ids.len(), expected, "{path} by {size}: none twice");
            }
        }
    }
}

#[tokio::test]
async fn a_page_links_to_the_first_and_the_next_one() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.get("/invitations").await), @r#"
    200
    {
      "api_version":"iam/v2",
      "kind":"InvitationList",
      "metadata":{
        "first":"https://vestibule.example/iam/v2/invitations?page_size=10"
      },
      "data":[]
    }
    "#);
    invite_many(&cloud, 0..11).await;
    let first = json(&cloud.get("/invitations?status=INVITE_STATUS_SENT").await);
    assert_eq!(
        first["data"].as_array().map(Vec::len),
        Some(10),
        "ten by default"
    );
    let next = text(&first, "/metadata/next");
    let (start, token) = next.rsplit_once('=').expect("a token");
    assert_eq!(
        start,
        "https://vestibule.example/iam/v2/invitations?status=INVITE_STATUS_SENT&page_size=10&page_token"
    );
    assert!(token.len() <= 255);
    let path = next.strip_prefix("https://vestibule.example/iam/v2");
    let last = json(&cloud.get(path.expect("our own address")).await);
    assert_eq!(last["data"].as_array().map(Vec::len), Some(1));
    assert_eq!(last["metadata"].get("next"), None);
    assert_eq!(last["metadata"]["first"], first["metadata"]["first"]);
}

#[tokio::test]
async fn a_page_token_goes_on_where_the_page_ended_whatever_happens_meanwhile() {
    let cloud = Cloud::new().await;
    for second in 0..5 {
        cloud
            .test
            .clock
            .set(Timestamp::from_seconds(1_772_355_600 + second));
        cloud.invite(&format!("p{second}@example.org")).await;
    }
    let first = json(&cloud.get("/invitations?page_size=3").await);
    let last = text(&first, "/data/2/id");
    assert_eq!(cloud.delete(last).await.status, StatusCode::NO_CONTENT);
    let next = text(&first, "/metadata/next");
    let (_, token) = next.rsplit_once('=').expect("a token");
    let rest = json(&cloud.get(&format!("/invitations?page_token={token}")).await);
    let emails: Vec<_> = rest["data"].as_array().expect("a list").iter().collect();
    assert_eq!(emails.len(), 2);
    assert_eq!(text(emails[0], "/email"), "p3@example.org");
}

#[tokio::test]
async fn filters_are_exact_and_narrow_together() {
    let cloud = Cloud::new().await;
    let robot = cloud
        .test
        .service_account_key(KeyKind::Confluent, Role::Owner)
        .await;
    let ann = cloud.invite("Ann@example.org").await;
    let bob = cloud.invite("bob+x@example.org").await;
    let body = r#"{"email":"carol@example.org"}"#;
    let carol = cloud
        .call_as(&basic(&robot), Method::POST, "/invitations", body)
        .await;
    let carol = json(&carol);
    let id = Id::from_confluent(text(&bob, "/id")).expect("an id");
    let stored = cloud.test.run(cloud.test.owner_ctx(), move |tx, ctx| {
        invitations::load(tx, ctx, id)
    });
    cloud.test.accept(&stored.await.expect("bob's")).await;
    let bob = cloud.read(text(&bob, "/id")).await;

    let owner = cloud.test.owner.to_confluent();
    let robot = text(&carol, "/creator/id");
    let bobs = text(&bob, "/user/id");
    let sent = "status=INVITE_STATUS_SENT";
    for (query, expected) in [
        ("".to_owned(), vec![&ann, &bob, &carol]),
        ("email=Ann%40example.org".to_owned(), vec![&ann]),
        ("email=ann%40EXAMPLE.org".to_owned(), vec![&ann]),
        ("email=bob%2Bx%40example.org".to_owned(), vec![&bob]),
        ("email=bob%40example.org".to_owned(), vec![]),
        (sent.to_owned(), vec![&ann, &carol]),
        ("status=INVITE_STATUS_ACCEPTED".to_owned(), vec![&bob]),
        ("status=INVITE_STATUS_STAGED".to_owned(), vec![]),
        (format!("user={bobs}"), vec![&bob]),
        (format!("user={owner}"), vec![]),
        (format!("creator={owner}"), vec![&ann, &bob]),
        (format!("creator={robot}"), vec![&carol]),
        (format!("creator={owner}&{sent}"), vec![&ann]),
        (format!("email=Ann%40example.org&user={bobs}"), vec![]),
        (format!("{sent}&user={bobs}"), vec![]),
        (
            format!("email=carol%40example.org&creator={robot}&{sent}"),
            vec![&carol],
        ),
    ] {
        let answer = cloud.get(&format!("/invitations?{query}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.body);
        let mut found = json(&answer)["data"].as_array().expect("a list").clone();
        let mut expected: Vec<_> = expected.into_iter().cloned().collect();
        let by_email = |item: &Value| text(item, "/email").to_owned();
        found.sort_by_key(by_email);
        expected.sort_by_key(by_email);
        assert_eq!(found, expected, "{query}");
    }
}

#[tokio::test]
async fn the_status_filter_knows_what_expired_a_moment_ago() {
    let cloud = Cloud::new().await;
    cloud.invite("ann@example.org").await;
    cloud.test.clock.advance_seconds(7 * 86_400);
    let sent = json(&cloud.get("/invitations?status=INVITE_STATUS_SENT").await);
    assert_eq!(sent["data"], Value::Array(Vec::new()));
    let expired = json(&cloud.get("/invitations?status=INVITE_STATUS_EXPIRED").await);
    assert_eq!(text(&expired, "/data/0/email"), "ann@example.org");
    let by_email = json(
        &cloud
            .get("/invitations?email=ann%40example.org&status=INVITE_STATUS_EXPIRED")
            .await,
    );
    assert_eq!(by_email["data"], expired["data"]);
}

#[tokio::test]
async fn a_parameter_that_makes_no_sense_is_named() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.get("/invitations?colour=red").await), @r#"
    400
    {
      "errors":[
        {
          "id":"request#1",
          "status":"400",
          "code":"invalid_filter",
          "title":"Bad Request",
          "detail":"the query parameter colour is not usable: it is not known here",
          "source":{
            "parameter":"colour"
          }
        }
      ]
    }
    "#);
    let users_token = {
        invite_many(&cloud, 0..2).await;
        let users = json(&cloud.get("/users?page_size=1").await);
        let (_, token) = text(&users, "/metadata/next")
            .rsplit_once('=')
            .expect("a token");
        format!("page_token={token}")
    };
    for (query, parameter) in [
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=ten", "page_size"),
        ("page_size=", "page_size"),
        ("page_size=99999999999999999999", "page_size"),
        ("page_token=x", "page_token"),
        ("page_token=%00", "page_token"),
        (users_token.as_str(), "page_token"),
        ("status=SENT", "status"),
        ("status=", "status"),
        ("email=nobody", "email"),
        ("user=usr_1", "user"),
        ("creator=i-00000000000000000000", "creator"),
        ("email=a%40b.c&email=d%40e.f", "email"),
        ("Email=a%40b.c", "Email"),
    ] {
        let answer = cloud.get(&format!("/invitations?{query}")).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{query}: {}",
            answer.body
        );
        let body = json(&answer);
        assert_eq!(text(&body, "/errors/0/code"), "invalid_filter");
        assert_eq!(text(&body, "/errors/0/source/parameter"), parameter);
    }
    let answer = cloud.get("/users?email=ann%40example.org").await;
    assert_eq!(
        answer.status,
        StatusCode::BAD_REQUEST,
        "users have no filters"
    );
    let empty = cloud.get("/invitations?page_token=").await;
    assert_eq!(
        empty.status,
        StatusCode::OK,
        "an empty token is the first page"
    );
}

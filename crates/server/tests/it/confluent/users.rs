//! `GET /iam/v2/users` and `/iam/v2/users/{id}`.

use axum::http::StatusCode;
use vestibule_core::role::Role;

use super::*;

#[tokio::test]
async fn an_invitee_is_a_user_from_the_first_moment_on() {
    let cloud = Cloud::new().await;
    let made = cloud.invite("Ann@example.org").await;
    let id = text(&made, "/user/id");
    let answer = cloud.get(&format!("/users/{id}")).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    200
    {
      "api_version":"iam/v2",
      "kind":"User",
      "id":"u-#1",
      "metadata":{
        "self":"https://vestibule.example/iam/v2/users/u-#1",
        "resource_name":"crn://confluent.cloud/user=u-#1",
        "created_at":"2026-03-01T09:00:00.000000Z",
        "updated_at":"2026-03-01T09:00:00.000000Z"
      },
      "email":"Ann@example.org",
      "full_name":"",
      "auth_type":"AUTH_TYPE_LOCAL"
    }
    "#);
    assert_eq!(made["user"]["related"], json(&answer)["metadata"]["self"]);
}

#[tokio::test]
async fn the_list_holds_members_and_invitees() {
    let cloud = Cloud::new().await;
    cloud.test.member("bob@acme.example", Role::Member).await;
    let withdrawn = cloud.invite("carol@example.org").await;
    cloud.invite("ann@example.org").await;
    cloud.delete(text(&withdrawn, "/id")).await;
    let answer = cloud.get("/users").await;
    let page = json(&answer);
    let mut emails: Vec<_> = page["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|user| text(user, "/email"))
        .collect();
    emails.sort_unstable();
    assert_eq!(
        emails,
        ["ann@example.org", "bob@acme.example", "owner@acme.example"]
    );
    assert_eq!(text(&page, "/kind"), "UserList");
    assert_eq!(text(&page, "/api_version"), "iam/v2");
}

#[tokio::test]
async fn a_list_of_one_user_is_whole() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.get("/users?page_size=100").await), @r#"
    200
    {
      "api_version":"iam/v2",
      "kind":"UserList",
      "metadata":{
        "first":"https://vestibule.example/iam/v2/users?page_size=100"
      },
      "data":[
        {
          "api_version":"iam/v2",
          "kind":"User",
          "id":"u-#1",
          "metadata":{
            "self":"https://vestibule.example/iam/v2/users/u-#1",
            "resource_name":"crn://confluent.cloud/user=u-#1",
            "created_at":"2026-03-01T09:00:00.000000Z",
            "updated_at":"2026-03-01T09:00:00.000000Z"
          },
          "email":"owner@acme.example",
          "full_name":"",
          "auth_type":"AUTH_TYPE_LOCAL"
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn an_unknown_user_is_404() {
    let cloud = Cloud::new().await;
    insta::assert_snapshot!(shown(&cloud.get("/users/u-00000000000000000000").await), @r#"
    404
    {
      "errors":[
        {
          "id":"request#1",
          "status":"404",
          "code":"resource_not_found",
          "title":"Not Found",
          "detail":"there is no user with the id u-#2"
        }
      ]
    }
    "#);
    for id in ["u-5m00y8", "sa-00000000000000000000", "me"] {
        let answer = cloud.get(&format!("/users/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
}

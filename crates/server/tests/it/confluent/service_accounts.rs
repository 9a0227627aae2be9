//! `GET /iam/v2/service-accounts` and `/iam/v2/service-accounts/{id}`.

use axum::http::StatusCode;
use vestibule_core::key::KeyKind;
use vestibule_core::role::Role;

use super::*;

async fn robot(cloud: &Cloud) -> String {
    let robot = cloud
        .test
        .service_account_key(KeyKind::Confluent, Role::UserAdmin)
        .await;
    let body = r#"{"email":"ann@example.org"}"#;
    let made = cloud
        .call_as(&basic(&robot), Method::POST, "/invitations", body)
        .await;
    text(&json(&made), "/creator/related").to_owned()
}

#[tokio::test]
async fn what_an_invitation_names_as_its_creator_can_be_looked_up() {
    let cloud = Cloud::new().await;
    let related = robot(&cloud).await;
    let path = related.strip_prefix("https://vestibule.example/iam/v2");
    let answer = cloud.get(path.expect("our own address")).await;
    insta::assert_snapshot!(shown(&answer), @r#"
    200
    {
      "api_version":"iam/v2",
      "kind":"ServiceAccount",
      "id":"sa-#1",
      "metadata":{
        "self":"https://vestibule.example/iam/v2/service-accounts/sa-#1",
        "resource_name":"crn://confluent.cloud/organization=uuid#2/service-account=sa-#1",
        "created_at":"2026-03-01T09:00:00.000000Z",
        "updated_at":"2026-03-01T09:00:00.000000Z"
      },
      "display_name":"robot",
      "description":""
    }
    "#);
    assert_eq!(text(&json(&answer), "/metadata/self"), related);
}

#[tokio::test]
async fn the_list_has_pages_and_an_order() {
    for newest_first in [false, true] {
        let cloud = Cloud::with_settings(|settings| {
            settings.confluent.newest_first = newest_first;
        })
        .await;
        let empty = json(&cloud.get("/service-accounts").await);
        assert_eq!(text(&empty, "/kind"), "ServiceAccountList");
        assert_eq!(empty["data"], Value::Array(Vec::new()));
        let mut ids = Vec::new();
        for _ in 0..3 {
            cloud.test.clock.advance_seconds(1);
            let made = cloud
                .test
                .service_account_key(KeyKind::Confluent, Role::Member)
                .await;
            let account = made.key.principal.id_hex();
            let id = Id::<vestibule_core::user::ServiceAccount>::from_hex(&account);
            ids.push(id.expect("an id").to_confluent());
        }
        if newest_first {
            ids.reverse();
        }
        let page = json(&cloud.get("/service-accounts?page_size=2").await);
        let next = text(&page, "/metadata/next");
        let next = next.strip_prefix("https://vestibule.example/iam/v2");
        let rest = json(&cloud.get(next.expect("our own address")).await);
        let found: Vec<_> = [&page, &rest]
            .into_iter()
            .flat_map(|page| page["data"].as_array().expect("a list"))
            .map(|account| text(account, "/id").to_owned())
            .collect();
        assert_eq!(found, ids);
        assert_eq!(rest["metadata"].get("next"), None);
    }
}

#[tokio::test]
async fn an_unknown_service_account_is_404() {
    let cloud = Cloud::new().await;
    let answer = cloud.get("/service-accounts/sa-00000000000000000000").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(
        detail(&answer),
        "there is no service account with the id sa-00000000000000000000"
    );
    for id in ["sa-5m00y8", "u-00000000000000000000", "%00"] {
        let answer = cloud.get(&format!("/service-accounts/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
    let delete = cloud
        .call(Method::DELETE, "/service-accounts/sa-1", "")
        .await;
    assert_eq!(delete.status, StatusCode::METHOD_NOT_ALLOWED);
    let filtered = cloud.get("/service-accounts?colour=red").await;
    assert_eq!(filtered.status, StatusCode::BAD_REQUEST);
}

//! The description of the native API.

use axum::http::Method;
use serde_json::Value;
use vestibule_server::http;

use super::{Api, json};

/// Where the committed copy is.
const COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// Run with `VESTIBULE_UPDATE_OPENAPI=1` to write the copy anew.
#[test]
fn the_committed_description_is_current() {
    let current = http::openapi_document();
    if std::env::var_os("VESTIBULE_UPDATE_OPENAPI").is_some() {
        std::fs::write(COPY, &current).expect("the copy is written");
    }
    let committed = std::fs::read_to_string(COPY).expect("the copy is there");
    assert!(
        committed == current,
        "openapi.json is out of date: run this test with VESTIBULE_UPDATE_OPENAPI=1"
    );
}

#[test]
fn every_operation_has_an_id_a_tag_and_words() {
    let api: Value = serde_json::from_str(&http::openapi_document()).expect("JSON");
    assert_eq!(api["openapi"], "3.1.0");
    let mut ids = Vec::new();
    for (path, item) in api["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("a path") {
            let id = operation["operationId"].as_str().expect("an id");
            assert!(!ids.contains(&id), "{id} is there twice");
            ids.push(id);
            for member in ["summary", "tags", "responses"] {
                assert!(!operation[member].is_null(), "{method} {path}: {member}");
            }
            let default = &operation["responses"]["default"]["content"];
            assert!(default["application/problem+json"].is_object(), "{id}");
        }
    }
    assert_eq!(ids.len(), super::sweep::ROUTES.len());
}

#[test]
fn every_reference_leads_somewhere() {
    let api: Value = serde_json::from_str(&http::openapi_document()).expect("JSON");
    let mut todo = vec![&api];
    let mut seen = 0;
    while let Some(value) = todo.pop() {
        match value {
            Value::Array(items) => todo.extend(items),
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let pointer = reference.trim_start_matches('#');
                    assert!(api.pointer(pointer).is_some(), "{reference}");
                    seen += 1;
                }
                todo.extend(members.values());
            }
            _ => {}
        }
    }
    assert!(seen > 50);
}

#[tokio::test]
async fn the_description_and_its_page_need_no_network() {
    let api = Api::new().await;
    let served = api.anonymous(Method::GET, "/openapi.json", "").await;
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(json(&served)["info"]["title"], "Vestibule");
    for path in ["/docs", "/docs/page.js", "/docs/page.css"] {
        let answer = api.anonymous(Method::GET, path, "").await;
        assert_eq!(answer.status, 200, "{path}");
        assert!(!answer.body.contains("://"), "{path} leads elsewhere");
        assert!(answer.header("content-security-policy").contains("'none'"));
    }
}

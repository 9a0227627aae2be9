//! Pages and filters.

use axum::http::Method;
use serde_json::Value;
use vestibule_core::key::KeyKind;
use vestibule_core::organization::Dialect;
use vestibule_core::role::Role;

use super::{Api, advance, code, json, shown, text};

fn emails(answer: &vestibule_testkit::answer::Answer) -> Vec<String> {
    let json = json(answer);
    let data = json["data"].as_array().unwrap_or_else(|| panic!("{json}"));
    let email = |invitation: &Value| invitation["email"].as_str().map(str::to_owned);
    data.iter().filter_map(email).collect()
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let api = Api::new().await;
    for n in 0..7 {
        api.test.invite(&format!("p{n}@x.example")).await;
        advance(&api, 1);
    }
    let mut seen = Vec::new();
    let mut path = "/invitations?limit=3".to_owned();
    let mut pages = 0;
    loop {
        let page = api.get(&path).await;
        pages += 1;
        seen.extend(emails(&page));
        let Some(next) = json(&page)["next"].as_str().map(str::to_owned) else {
            break;
        };
        path = format!("/invitations?limit=3&cursor={next}");
    }
    let all: Vec<String> = (0..7).map(|n| format!("p{n}@x.example")).collect();
    assert_eq!((pages, seen), (3, all));
}

#[tokio::test]
async fn every_list_has_pages() {
    let api = Api::new().await;
    api.member_key("ann@acme.example", Role::Member).await;
    for name in ["Blue", "Red"] {
        api.post("/teams", &format!(r#"{{"name":"{name}"}}"#)).await;
    }
    api.test.key(KeyKind::Confluent).await;
    api.test
        .call(Method::POST, "/v1/organizations", r#"{"name":"Globex"}"#)
        .await;
    for list in [
        "/v1/organizations",
        &api.path("/members"),
        &api.path("/users"),
        &api.path("/teams"),
        &api.path("/keys"),
    ] {
        let all = api.test.call(Method::GET, list, "").await;
        let all = json(&all)["data"].as_array().expect("a list").clone();
        assert!(all.len() > 1, "{list}");
        let first = api
            .test
            .call(Method::GET, &format!("{list}?limit=1"), "")
            .await;
        assert_eq!(json(&first)["data"][0], all[0], "{list}");
        let next = text(&first, "/next");
        let rest = format!("{list}?cursor={next}");
        let rest = json(&api.test.call(Method::GET, &rest, "").await);
        assert_eq!(
            rest["data"].as_array().expect("a list"),
            &all[1..],
            "{list}"
        );
        assert!(rest["next"].is_null(), "{list}");
    }
}

#[tokio::test]
async fn filters_narrow_together() {
    let api = Api::new().await;
    let team = text(&api.post("/teams", r#"{"name":"Blue"}"#).await, "/id");
    let blue = format!(r#"{{"email":"blue@x.example","roles":["read_only"],"teams":["{team}"]}}"#);
    api.post("/invitations", &blue).await;
    let short = r#"{"email":"short@x.example","expires_in":60}"#;
    api.post("/invitations", short).await;
    let robot = api
        .test
        .service_account_key(KeyKind::Native, Role::Owner)
        .await;
    api.test
        .invite_with(&robot, Dialect::Native, "robot@x.example")
        .await;
    advance(&api, 60);
    let listed = async |query: &str| emails(&api.get(&format!("/invitations?{query}")).await);
    let vestibule_core::key::Principal::ServiceAccount(robot) = robot.key.principal else {
        panic!("a robot is no person")
    };
    let owner = api.test.owner;

    assert_eq!(listed("").await.len(), 3);
    assert_eq!(listed("state=expired").await, ["short@x.example"]);
    assert_eq!(listed("email=BLUE%40x.example").await, ["blue@x.example"]);
    assert_eq!(listed("role=read_only").await, ["blue@x.example"]);
    assert_eq!(listed(&format!("team={team}")).await, ["blue@x.example"]);
    assert_eq!(
        listed(&format!("inviter={robot}")).await,
        ["robot@x.example"]
    );
    assert_eq!(
        listed(&format!("inviter={owner}&state=sent")).await,
        ["blue@x.example"]
    );
    assert_eq!(
        listed("email=blue%40x.example&state=expired").await,
        [""; 0]
    );
    assert_eq!(listed("email=nobody%40x.example").await, [""; 0]);
}

#[tokio::test]
async fn a_list_shows_how_mail_fares_when_asked_to() {
    let api = Api::new().await;
    for email in ["ann@x.example", "bea@x.example"] {
        api.test.invite(email).await;
    }
    let states = async |query: &str| -> Vec<Value> {
        let page = json(&api.get(&format!("/invitations{query}")).await);
        let items = page["data"].as_array().expect("a page").clone();
        items
            .iter()
            .map(|item| item["delivery"]["state"].clone())
            .collect()
    };
    assert_eq!(states("").await, [Value::Null, Value::Null]);
    assert_eq!(states("?include=delivery").await, ["queued", "queued"]);
}

#[tokio::test]
async fn wrong_parameters_are_refused_by_name() {
    let api = Api::new().await;
    let list = async |query: &str| shown(&api.get(&format!("/invitations?{query}")).await);
    insta::assert_snapshot!(list("page=2").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"page","detail":"unknown; this list knows limit, cursor, state, email, inviter, role, team, project, include"}]}
    "#);
    insta::assert_snapshot!(list("include=secrets").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"include","detail":"the only one is `delivery`"}]}
    "#);
    insta::assert_snapshot!(list("state=open").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"state","detail":"there is no such state; there are staged, sent, accepted, expired, deactivated"}]}
    "#);
    insta::assert_snapshot!(list("email=nobody").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"email","detail":"this is not an e-mail address: it has no @"}]}
    "#);
    insta::assert_snapshot!(list("inviter=ann").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"inviter","detail":"it is not an id of the form usr_… or sva_…"}]}
    "#);
    insta::assert_snapshot!(list("role=king").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"role","detail":"there is no such role; there are owner, user_admin, project_creator, billing_admin, billing_viewer, stream_admin, read_only, member"}]}
    "#);
    insta::assert_snapshot!(list("team=blue").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"team","detail":"it is not an id of the form team_…"}]}
    "#);
    insta::assert_snapshot!(list("limit=201").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"limit","detail":"it is not a number from 1 to 200"}]}
    "#);
    insta::assert_snapshot!(list("cursor=abc").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"cursor","detail":"it is not a cursor that this list gave as `next`"}]}
    "#);
    insta::assert_snapshot!(list("limit=1&limit=2").await, @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"limit","detail":"it is there twice"}]}
    "#);
    for limit in ["0", "-1", "1e2", "", "99999999999999999999"] {
        let answer = api.get(&format!("/invitations?limit={limit}")).await;
        assert_eq!(code(&answer), "400 invalid_parameter", "{limit:?}");
    }
    insta::assert_snapshot!(shown(&api.get("?verbose=1").await), @r#"
    400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"a parameter is not what this operation takes","code":"invalid_parameter","errors":[{"pointer":"verbose","detail":"this operation takes no parameters"}]}
    "#);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let api = Api::new().await;
    for name in ["Blue", "Red"] {
        api.post("/teams", &format!(r#"{{"name":"{name}"}}"#)).await;
    }
    let cursor = text(&api.get("/teams?limit=1").await, "/next");
    let answer = api.get(&format!("/users?cursor={cursor}")).await;
    assert_eq!(code(&answer), "400 invalid_parameter");
}

/// The list as it is kept to be shown again, after making sure that it is what a fresh one would
/// be: with mail in them, lists are always fresh.
async fn kept_list(api: &Api) -> Value {
    let kept = json(&api.get("/invitations").await);
    let mut fresh = json(&api.get("/invitations?include=delivery").await);
    for invitation in fresh["data"].as_array_mut().expect("a list") {
        invitation["delivery"] = Value::Null;
    }
    assert_eq!(kept, fresh);
    kept
}

#[tokio::test]
async fn a_page_that_was_shown_before_tells_every_change() {
    let api = Api::new().await;
    let ann = api.test.invite("ann@x.example").await;
    let bob = api.test.invite("bob@x.example").await;
    api.test.invite("eve@x.example").await;
    let mut before = kept_list(&api).await;
    for step in 0..5 {
        assert_eq!(kept_list(&api).await, before, "before step {step}");
        match step {
            0 => drop(api.test.invite("joe@x.example").await),
            1 => {
                let path = format!("/invitations/{}", ann.id);
                api.patch(&path, r#"{"message":"Hello"}"#).await;
            }
            2 => drop(api.test.accept(&bob).await),
            3 => drop(
                api.post(&format!("/invitations/{}/revoke", ann.id), "")
                    .await,
            ),
            // Nobody writes down that the rest has expired.
            _ => advance(&api, 366 * 86_400),
        }
        let after = kept_list(&api).await;
        assert_ne!(after, before, "after step {step}");
        before = after;
    }
}

#[tokio::test]
async fn a_page_that_was_shown_before_is_not_for_everybody() {
    let api = Api::new().await;
    api.test.invite("ann@x.example").await;
    kept_list(&api).await;
    let (dan, secret) = {
        let secret = api.member_key("dan@acme.example", Role::UserAdmin).await;
        let members = json(&api.get("/members?email=dan%40acme.example").await);
        (members["data"][0]["user"].clone(), secret)
    };
    let list = api.send_as(&secret, Method::GET, "/invitations", "").await;
    assert_eq!(json(&list), kept_list(&api).await);
    api.delete(&format!("/members/{}", dan.as_str().expect("an id")))
        .await;
    let list = api.send_as(&secret, Method::GET, "/invitations", "").await;
    assert_eq!(code(&list), "404 not_found");
    let stranger = api.test.other_organization("Globex").await;
    let list = api
        .send_as(&stranger, Method::GET, "/invitations", "")
        .await;
    assert_eq!(code(&list), "404 not_found");
}

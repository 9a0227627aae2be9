//! What holds for every route of the table. A route that is not in it fails a test.

mod oauth;
mod routes;

use std::collections::BTreeSet;

use vestibule_core::role::Role;

use super::*;
use routes::{ROUTES, Route, SOURCES, Things, declared_in, old};

#[test]
fn the_table_has_every_route() {
    let declared: BTreeSet<String> = SOURCES.iter().flat_map(|text| declared_in(text)).collect();
    let swept: BTreeSet<String> = ROUTES.iter().map(Route::declared).collect();
    assert_eq!(swept, declared);
}

#[test]
fn no_other_file_of_the_dialect_declares_a_route() {
    let dialect = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/atlas");
    let files = std::fs::read_dir(dialect).expect("the dialect is there");
    let mut with_routes: Vec<_> = files
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let text = std::fs::read_to_string(path).expect("a source");
            !declared_in(&text).is_empty() || text.contains("route_service")
        })
        .filter_map(|path| path.file_name()?.to_str().map(str::to_owned))
        .collect();
    with_routes.sort();
    assert_eq!(with_routes, ["oauth.rs", "routes.rs"]);
}

#[tokio::test]
async fn every_route_answers_whoever_may_ask() {
    for route in ROUTES {
        let cloud = Cloud::new().await;
        let things = Things::of(&cloud).await;
        let bearer = cloud.test.owner_key.bearer();
        // What is to be taken away has to be there.
        for (taken, given) in [("removeUser", "addUser"), ("removeRole", "addRole")] {
            if route.path.ends_with(taken) {
                let path = route.filled(&things).replace(taken, given);
                let body = route.body(&things);
                let made = route.call_with(&cloud, &bearer, &path, &body).await;
                assert_eq!(made.status, StatusCode::OK, "{}", made.body);
            }
        }
        if route.declared() == "DELETE /orgs/{org_id}/teams/{team_id}/users/{user_id}" {
            let path = format!("/orgs/ORG/teams/{}/users", things.team);
            let body = format!(r#"[{{"id":"{}"}}]"#, things.user);
            let made = cloud.old(Method::POST, &path, &body).await;
            assert_eq!(made.status, StatusCode::OK, "{}", made.body);
        }
        let answer = route.call(&cloud, &bearer, &things).await;
        assert!(
            answer.status.is_success(),
            "{}: {}",
            route.name(),
            answer.body
        );
        if route.is_telemetry() {
            continue;
        }
        let version = format!("{};charset=utf-8", route.version);
        assert_eq!(answer.header("content-type"), version, "{}", route.name());
        assert_ne!(answer.header("ratelimit-limit"), "", "{}", route.name());
    }
}

#[tokio::test]
async fn every_list_is_paged_and_counted_in_the_same_way() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    let bearer = cloud.test.owner_key.bearer();
    let mut lists = Vec::new();
    for route in ROUTES.iter().filter(|route| route.method == "GET") {
        let path = route.filled(&things);
        let page = json(&route.call_with(&cloud, &bearer, &path, "").await);
        let Some(results) = page["results"].as_array() else {
            // Bare arrays know no pages.
            continue;
        };
        let name = route.name();
        assert_eq!(page["totalCount"], results.len(), "{name}");
        assert_eq!(page["links"][0]["rel"], "self", "{name}");
        let query = "?includeCount=false&pageNum=2&itemsPerPage=1";
        let second = json(
            &route
                .call_with(&cloud, &bearer, &(path.clone() + query), "")
                .await,
        );
        assert_eq!(second.get("totalCount"), None, "{name}");
        let links = second["links"].as_array().expect("links").iter();
        let links: Vec<_> = links
            .map(|link| (text(link, "/rel"), text(link, "/href")))
            .collect();
        let url = |page| {
            format!(
                "https://vestibule.example{path}?includeCount=false&pageNum={page}&itemsPerPage=1"
            )
        };
        let (own, before, after) = (url(2), url(1), url(3));
        let mut expected = vec![("self", own.as_str()), ("previous", before.as_str())];
        if results.len() > 2 {
            expected.push(("next", after.as_str()));
        }
        assert_eq!(links, expected, "{name}");
        let shown = second["results"].as_array().map(Vec::as_slice);
        assert_eq!(shown, Some(results.get(1..2).unwrap_or_default()), "{name}");
        for query in ["?itemsPerPage=501", "?pageNum=0", "?includeCount=x"] {
            let answer = route
                .call_with(&cloud, &bearer, &(path.clone() + query), "")
                .await;
            assert_eq!(answer.header("x-error-code"), "VALIDATION_ERROR", "{name}");
        }
        lists.push(route.path);
    }
    assert_eq!(
        lists,
        [
            "/orgs",
            "/orgs/{org_id}/apiKeys",
            "/orgs/{org_id}/serviceAccounts",
            "/orgs/{org_id}/users",
            "/orgs/{org_id}/teams",
            "/orgs/{org_id}/teams/{team_id}/users",
            "/groups",
            "/orgs/{org_id}/groups",
            "/groups/{group_id}/teams",
            "/groups/{group_id}/users",
        ]
    );
}

#[tokio::test]
async fn every_answer_takes_an_envelope_and_several_lines() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    let bearer = cloud.test.owner_key.bearer();
    for route in ROUTES.iter().filter(|route| route.method == "GET") {
        let path = route.filled(&things);
        let plain = route.call_with(&cloud, &bearer, &path, "").await;
        let asked = format!("{path}?envelope=true&pretty=true");
        let answer = route.call_with(&cloud, &bearer, &asked, "").await;
        assert_eq!(json(&answer)["status"], 200, "{}", route.name());
        assert!(answer.body.lines().count() > 2, "{}", route.name());
        assert_eq!(
            answer.header("content-type"),
            plain.header("content-type"),
            "{}",
            route.name()
        );
    }
}

#[tokio::test]
async fn no_route_opens_without_a_credential_or_with_a_wrong_one() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    for route in ROUTES {
        let path = route.filled(&things);
        let method: Method = route.method.parse().expect("a method");
        let first = route.call(&cloud, "", &things).await;
        let nonce = nonce_of(&first);
        let mut wrong_secret = Signing::of(&cloud.key, &nonce);
        wrong_secret.secret.push('x');
        let mut unknown_key = Signing::of(&cloud.key, &nonce);
        unknown_key.username = "abcdefgh".to_owned();
        let other_path = Signing::of(&cloud.key, &nonce).header(&method, "/api/atlas/v2/else");
        for authorization in [
            "",
            "Bearer nonsense",
            "Basic YWJjOmRlZg==",
            "Digest",
            &wrong_secret.header(&method, &path),
            &unknown_key.header(&method, &path),
            &other_path,
        ] {
            let answer = route.call(&cloud, authorization, &things).await;
            assert_eq!(
                answer.status,
                StatusCode::UNAUTHORIZED,
                "{} {authorization}",
                route.name()
            );
            assert_eq!(answer.header("x-error-code"), "UNEXPECTED_ERROR");
            assert!(answer.header("www-authenticate").starts_with("Digest "));
        }
    }
    assert_eq!(
        json(&cloud.get("/orgs/ORG/users").await)["totalCount"],
        3,
        "nothing was written"
    );
}

#[tokio::test]
async fn who_may_only_look_changes_nothing() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    let reader = cloud
        .test
        .member_key("reader@x.example", Role::ReadOnly, KeyKind::Native)
        .await
        .bearer();
    for route in ROUTES {
        let answer = route.call(&cloud, &reader, &things).await;
        if route.is_write() {
            let expected = if route.is_below_a_project() {
                "NOT_GROUP_USER_ADMIN"
            } else {
                "NOT_ORG_OWNER"
            };
            assert_eq!(
                answer.header("x-error-code"),
                expected,
                "{}: {}",
                route.name(),
                answer.body
            );
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert_eq!(
                answer.header("www-authenticate"),
                "",
                "no signature mends it"
            );
        } else {
            assert!(
                answer.status.is_success(),
                "{}: {}",
                route.name(),
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn sec_s25_atlas_every_route_of_another_organization_is_not_there() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    let stranger = cloud.test.other_organization("Globex").await;
    let theirs = stranger.key.organization.to_hex();
    let bearer = stranger.bearer();
    for route in ROUTES
        .iter()
        .filter(|route| route.is_below_an_organization())
    {
        let answer = route.call(&cloud, &bearer, &things).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", route.name());
        assert_eq!(
            answer.header("x-error-code"),
            "ORG_NOT_FOUND",
            "{}",
            route.name()
        );
        // Our things, under their organization: as if they had never been.
        if !route.names_a_thing() {
            continue;
        }
        let ours = Things {
            org: theirs.clone(),
            ..things.clone()
        };
        let never = Things {
            user_name: "nobody@x.example".to_owned(),
            ..Things::all(&theirs, "5d0000000000000000000001")
        };
        let answer = route.call(&cloud, &bearer, &ours).await;
        let unknown = route.call(&cloud, &bearer, &never).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", route.name());
        assert_eq!(
            answer.header("x-error-code"),
            unknown.header("x-error-code"),
            "{}",
            route.name()
        );
    }
    for route in ROUTES.iter().filter(|route| route.is_below_a_project()) {
        let answer = route.call(&cloud, &bearer, &things).await;
        let code = answer.header("x-error-code");
        assert_eq!(code, "GROUP_NOT_FOUND", "{}", route.name());
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", route.name());
    }
    for path in [
        "/users/{user_id}",
        "/users/byName/{user_name}",
        "/groups/byName/{group_name}",
    ] {
        let route = old("GET", path, "");
        let answer = route.call(&cloud, &bearer, &things).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn every_body_is_checked_the_same_way() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    let bearer = cloud.test.owner_key.bearer();
    let with_bodies = ROUTES
        .iter()
        .filter(|route| !route.body.is_empty() && !route.is_telemetry());
    for route in with_bodies {
        let path = route.filled(&things);
        let whole = route.body(&things);
        let other = if whole.starts_with('[') { "{}" } else { "[]" };
        let cut = whole[..whole.len() - 1].to_owned();
        let large = " ".repeat(2 << 20);
        for (body, expected) in [
            ("", "INVALID_JSON"),
            ("{", "MALFORMED_JSON"),
            ("nope", "MALFORMED_JSON"),
            (cut.as_str(), "MALFORMED_JSON"),
            (other, "INVALID_JSON"),
            ("7", "INVALID_JSON"),
            ("null", "INVALID_JSON"),
            (large.as_str(), "REQUEST_TOO_LARGE"),
        ] {
            let answer = route.call_with(&cloud, &bearer, &path, body).await;
            let shown = &body[..body.len().min(40)];
            assert_eq!(
                answer.header("x-error-code"),
                expected,
                "{} {shown:?}: {}",
                route.name(),
                answer.body
            );
        }
        let mut form = versioned(
            route.version,
            route.method.parse().expect("a method"),
            &path,
            &bearer,
            &whole,
        );
        form.headers_mut().insert(
            header::CONTENT_TYPE,
            header::HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let answer = cloud.test.send(form).await;
        assert_eq!(
            answer.header("x-error-code"),
            "UNSUPPORTED_MEDIA_TYPE",
            "{}",
            route.name()
        );
    }
}

#[tokio::test]
async fn every_path_refuses_the_methods_and_versions_it_does_not_have() {
    let cloud = Cloud::new().await;
    let things = Things::of(&cloud).await;
    let bearer = cloud.test.owner_key.bearer();
    for route in ROUTES {
        let path = route.filled(&things);
        for method in [Method::PUT, Method::OPTIONS, Method::TRACE] {
            let request = versioned(route.version, method, &path, &bearer, "");
            let answer = cloud.test.send(request).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
            assert_eq!(answer.header("x-error-code"), "METHOD_NOT_ALLOWED");
            assert!(answer.header("allow").contains(route.method), "{path}");
        }
        if route.is_telemetry() {
            continue;
        }
        for media in ["text/html", "application/vnd.atlas.2022-12-31+json"] {
            let method: Method = route.method.parse().expect("a method");
            let mut request = versioned(media, method, &path, &bearer, &route.body(&things));
            let json_type = header::HeaderValue::from_static("application/json");
            request
                .headers_mut()
                .insert(header::CONTENT_TYPE, json_type);
            let answer = cloud.test.send(request).await;
            assert_eq!(
                answer.header("x-error-code"),
                "INVALID_VERSION_DATE",
                "{path}"
            );
            assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE, "{path}");
        }
    }
}

#[tokio::test]
async fn hostile_texts_in_paths_and_queries_are_no_defect_of_ours() {
    let cloud = Cloud::new().await;
    let bearer = cloud.test.owner_key.bearer();
    for text in [
        "%00",
        "%ff%fe",
        "%2e%2e%2f",
        "%F0%9F%98%80",
        "'%20or%20'1'='1",
        "%25s%25n",
        "5a000000000000000000000",
        "5A000000000000000000000G",
        &"a".repeat(5000),
    ] {
        let things = Things::all(&cloud.org, text);
        for route in ROUTES.iter().filter(|route| route.names_a_thing()) {
            let answer = route.call(&cloud, &bearer, &things).await;
            assert_eq!(
                answer.status,
                StatusCode::NOT_FOUND,
                "{} {text}: {}",
                route.name(),
                answer.body
            );
        }
        let of_nobody = Things::all(text, text);
        for route in ROUTES
            .iter()
            .filter(|route| route.is_below_an_organization())
        {
            let answer = route.call(&cloud, &bearer, &of_nobody).await;
            assert_eq!(
                answer.header("x-error-code"),
                "INVALID_ORG_ID",
                "{}",
                route.name()
            );
        }
        for route in ROUTES.iter().filter(|route| route.method == "GET") {
            let path = route.filled(&Things::all(&cloud.org, "5d0000000000000000000001"));
            for name in ["username", "name", "orgMembershipStatuses", "pageNum", "x"] {
                let path = format!("{path}?{name}={text}");
                let answer = route.call_with(&cloud, &bearer, &path, "").await;
                assert!(!answer.status.is_server_error(), "{path}");
            }
        }
    }
}

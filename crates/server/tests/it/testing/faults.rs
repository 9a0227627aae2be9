//! `/testing/faults`: what goes wrong, and what it leaves.

use super::*;

async fn add(lab: &Lab, fault: &str) -> Answer {
    lab.control(Method::POST, "faults", fault).await
}

#[tokio::test]
async fn a_fault_is_listed_with_what_is_left_of_it() {
    let lab = Lab::new().await;
    let added = add(
        &lab,
        r#"{"method":"GET","path":"/v1/*","times":2,"status":500}"#,
    )
    .await;
    insta::assert_snapshot!(added.shown(), @r#"
    201 Created
    {"number":1,"fault":{"method":"GET","path":"/v1/*","times":2,"status":500},"left":2,"met":0}
    "#);
    lab.call(KeyKind::Native, Method::GET, "/v1/me", "").await;
    let listed = lab.control_json(Method::GET, "faults", "").await;
    assert_eq!(listed["data"][0]["left"], 1);
    assert_eq!(listed["data"][0]["met"], 1);
    assert_eq!(lab.control(Method::DELETE, "faults", "").await.status, 204);
    let listed = lab.control_json(Method::GET, "faults", "").await;
    assert_eq!(listed["data"], serde_json::json!([]));
}

#[tokio::test]
async fn a_fault_that_cannot_be_is_refused_by_its_member() {
    let lab = Lab::new().await;
    let mut said = Vec::new();
    for fault in [
        "{}",
        r#"{"method":"GET"}"#,
        r#"{"status":503,"drop":"after"}"#,
        r#"{"status":200}"#,
        r#"{"status":600}"#,
        r#"{"drop":"later"}"#,
        r#"{"status":503,"times":0}"#,
        r#"{"delay_ms":120001}"#,
        r#"{"drop":"before","retry_after":1}"#,
        r#"{"drop":"before","method":"NO WAY"}"#,
        r#"{"drop":"before","path":"iam"}"#,
        r#"{"status":400,"code":"ü"}"#,
        r#"{"status":503,"retry":1}"#,
    ] {
        let answer = add(&lab, fault).await;
        assert_eq!(answer.status, 422, "{fault}");
        let problem: Value = serde_json::from_str(&answer.body).expect("a problem");
        for error in problem["errors"].as_array().expect("errors") {
            said.push(format!(
                "{fault}  {}: {}",
                error["pointer"], error["detail"]
            ));
        }
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    {}  "": "it needs one of `delay_ms`, `status` and `drop`"
    {"method":"GET"}  "": "it needs one of `delay_ms`, `status` and `drop`"
    {"status":503,"drop":"after"}  "/drop": "a request is answered or dropped, not both"
    {"status":200}  "/status": "it is not from 400 to 599"
    {"status":600}  "/status": "it is not from 400 to 599"
    {"drop":"later"}  "/drop": "unknown variant `later`, expected `before` or `after`"
    {"status":503,"times":0}  "/times": "it is not above 0"
    {"delay_ms":120001}  "/delay_ms": "it is more than 120000"
    {"drop":"before","retry_after":1}  "/retry_after": "it belongs to an answer: give a `status`"
    {"drop":"before","method":"NO WAY"}  "/method": "it is no HTTP method"
    {"drop":"before","path":"iam"}  "/path": "it does not begin with / or *, or is longer than 500 characters"
    {"status":400,"code":"ü"}  "/code": "it is not 1 to 64 letters, digits, dots, hyphens and underscores"
    {"status":503,"retry":1}  "/retry": "unknown field `retry`, expected one of `method`, `path`, `times`, `delay_ms`, `status`, `retry_after`, `code`, `detail`, `drop`"
    "#);
}

#[tokio::test]
async fn a_status_is_answered_in_the_shape_of_the_api_that_was_called() {
    let lab = Lab::new().await;
    let mut said = Vec::new();
    for path in [
        "/v1/me",
        "/iam/v2/users",
        "/api/atlas/v2/orgs",
        "/api/oauth/token",
        "/",
    ] {
        for fault in [
            r#"{"status":429,"retry_after":7}"#,
            r#"{"status":400,"code":"INVITATIONS_RATE_LIMITED_IP","detail":"too many"}"#,
        ] {
            assert_eq!(add(&lab, fault).await.status, 201);
            let mut request = request(Method::GET, path, "", "");
            let headers = request.headers_mut();
            headers.insert("x-request-id", "REQUEST".parse().expect("a header value"));
            let answer = lab.send(request).await;
            assert_eq!(answer.header("x-request-id"), "REQUEST");
            said.push(format!(
                "{path} retry-after={} {}",
                answer.header("retry-after"),
                answer.shown()
            ));
        }
    }
    insta::assert_snapshot!(said.join("\n"), @r#"
    /v1/me retry-after=7 429 Too Many Requests
    {"type":"about:blank","title":"Too Many Requests","status":429,"detail":"a fault that was asked for under /testing/faults","code":"injected_fault"}
    /v1/me retry-after= 400 Bad Request
    {"type":"about:blank","title":"Bad Request","status":400,"detail":"too many","code":"INVITATIONS_RATE_LIMITED_IP"}
    /iam/v2/users retry-after=7 429 Too Many Requests
    {"errors":[{"id":"REQUEST","status":"429","code":"rate_limited","title":"Too Many Requests","detail":"a fault that was asked for under /testing/faults"}]}
    /iam/v2/users retry-after= 400 Bad Request
    {"errors":[{"id":"REQUEST","status":"400","code":"INVITATIONS_RATE_LIMITED_IP","title":"Bad Request","detail":"too many"}]}
    /api/atlas/v2/orgs retry-after=7 429 Too Many Requests
    {"detail":"a fault that was asked for under /testing/faults","error":429,"errorCode":"RATE_LIMITED","parameters":[],"reason":"Too Many Requests"}
    /api/atlas/v2/orgs retry-after= 400 Bad Request
    {"detail":"too many","error":400,"errorCode":"INVITATIONS_RATE_LIMITED_IP","parameters":[],"reason":"Bad Request"}
    /api/oauth/token retry-after=7 429 Too Many Requests
    {"detail":"a fault that was asked for under /testing/faults","error":429,"errorCode":"RATE_LIMITED","parameters":[],"reason":"Too Many Requests"}
    /api/oauth/token retry-after= 400 Bad Request
    {"error":"INVITATIONS_RATE_LIMITED_IP","error_description":"too many"}
    / retry-after=7 429 Too Many Requests
    a fault that was asked for under /testing/faults

    / retry-after= 400 Bad Request
    too many
    "#);
}

#[tokio::test]
async fn a_fault_waits_for_a_request_that_matches() {
    let lab = Lab::new().await;
    let fault = r#"{"method":"post","path":"/iam/v2/invitations","status":503}"#;
    assert_eq!(add(&lab, fault).await.status, 201);
    let get = lab
        .call(KeyKind::Confluent, Method::GET, "/iam/v2/invitations", "")
        .await;
    assert_eq!(get.status, 200);
    let body = r#"{"email":"ann@acme.example"}"#;
    // The vendor's provider appends its path to an endpoint that may end in a slash.
    let post = lab
        .call(
            KeyKind::Confluent,
            Method::POST,
            "//iam/v2/invitations",
            body,
        )
        .await;
    assert_eq!(post.status, 503);
    lab.invite("ann@acme.example").await;
}

#[tokio::test]
async fn a_connection_is_dropped_before_the_request_is_handled() {
    let lab = Lab::new().await;
    let served = lab.serve().await;
    let credential = lab.credential(KeyKind::Confluent);
    let body = r#"{"email":"ann@acme.example"}"#;
    add(&lab, r#"{"method":"POST","drop":"before"}"#).await;
    let post = async || {
        served
            .send("POST", "/iam/v2/invitations", &credential, body)
            .await
    };
    assert_eq!(post().await, None, "not a byte");
    let list = lab
        .call(KeyKind::Confluent, Method::GET, "/iam/v2/invitations", "")
        .await;
    assert!(!list.body.contains("ann@"), "{}", list.body);
    let (status, _) = post().await.expect("an answer");
    assert_eq!(status, 201);
}

/// What a client gets that repeats a POST until there is an answer.
async fn repeated(served: &Served, path: &str, credential: &str, json: &str) -> (u16, String, u32) {
    for attempt in 1..10 {
        if let Some((status, body)) = served.send("POST", path, credential, json).await
            && status != 503
            && status != 429
        {
            return (status, body, attempt);
        }
    }
    panic!("no answer");
}

#[tokio::test]
async fn a_confluent_create_that_is_repeated_makes_one_invitation_and_one_mail() {
    for fault in [
        r#"{"method":"POST","drop":"after"}"#,
        r#"{"method":"POST","drop":"before"}"#,
        r#"{"method":"POST","status":503}"#,
        r#"{"method":"POST","status":429,"retry_after":0}"#,
        r#"{"method":"POST","drop":"after","times":3}"#,
    ] {
        let lab = Lab::new().await;
        let served = lab.serve().await;
        let credential = lab.credential(KeyKind::Confluent);
        assert_eq!(add(&lab, fault).await.status, 201);
        let body = r#"{"email":"ann@acme.example"}"#;
        let (status, made, attempts) =
            repeated(&served, "/iam/v2/invitations", &credential, body).await;
        assert_eq!(status, 201, "{fault}: {made}");
        assert!(attempts > 1, "{fault}");
        assert_one(&lab, fault).await;
    }
}

#[tokio::test]
async fn an_atlas_create_that_is_repeated_makes_one_invitation_and_one_mail() {
    const ORG_INVITE: &str = r#"{"username":"ann@acme.example","roles":["ORG_MEMBER"]}"#;
    const ORG_USER: &str = r#"{"username":"ann@acme.example","roles":{"orgRoles":["ORG_MEMBER"]}}"#;
    const IN_PROJECT: &str = r#"{"username":"ann@acme.example","roles":["GROUP_OWNER"]}"#;
    let project = Id::<vestibule_core::project::Project>::derived("research").to_hex();
    let organization = Id::<Organization>::derived("acme").to_hex();
    // The vendor documents no idempotence: who repeats what was done is told that somebody is
    // invited.
    for (path, body, made, again) in [
        (format!("orgs/{organization}/invites"), ORG_INVITE, 200, 400),
        (format!("orgs/{organization}/users"), ORG_USER, 201, 409),
        (format!("groups/{project}/invites"), IN_PROJECT, 200, 400),
        (format!("groups/{project}/users"), IN_PROJECT, 201, 409),
    ] {
        for (fault, answered) in [
            (r#"{"method":"POST","drop":"after"}"#, again),
            (r#"{"method":"POST","drop":"before"}"#, made),
            (r#"{"method":"POST","status":503}"#, made),
            (r#"{"method":"POST","status":429,"retry_after":0}"#, made),
        ] {
            let lab = Lab::new().await;
            let served = lab.serve().await;
            let credential = lab.credential(KeyKind::Native);
            assert_eq!(add(&lab, fault).await.status, 201);
            let path = format!("/api/atlas/v2/{path}");
            let (status, made, _) = repeated(&served, &path, &credential, body).await;
            assert_eq!(status, answered, "{path} {fault}: {made}");
            assert_one(&lab, fault).await;
        }
    }
}

/// The native API knows a repetition by the key of the request; without one it is a conflict that
/// names the first.
#[tokio::test]
async fn a_native_create_that_is_repeated_makes_one_invitation_and_one_mail() {
    for (fault, keyless) in [
        (r#"{"method":"POST","drop":"after"}"#, 409),
        (r#"{"method":"POST","drop":"before"}"#, 201),
        (r#"{"method":"POST","status":503}"#, 201),
        (r#"{"method":"POST","status":429,"retry_after":0}"#, 201),
    ] {
        for (key, expected) in [("\r\nidempotency-key: k", 201), ("", keyless)] {
            let lab = Lab::new().await;
            let served = lab.serve().await;
            // The test's client writes the credential's header, and so whatever follows it.
            let credential = format!("{}{key}", lab.credential(KeyKind::Native));
            assert_eq!(add(&lab, fault).await.status, 201);
            let body = r#"{"email":"ann@acme.example"}"#;
            let path = format!("/v1/organizations/{}/invitations", lab.id());
            let (status, made, attempts) = repeated(&served, &path, &credential, body).await;
            assert_eq!(status, expected, "{fault} {key}: {made}");
            assert!(attempts > 1, "{fault}");
            assert_one(&lab, fault).await;
        }
    }
}

async fn assert_one(lab: &Lab, fault: &str) {
    let path = format!("/v1/organizations/{}/invitations", lab.id());
    let page = lab.call(KeyKind::Native, Method::GET, &path, "").await;
    let page: Value = serde_json::from_str(&page.body).expect("JSON");
    assert_eq!(
        page["data"].as_array().map(Vec::len),
        Some(1),
        "{fault}: {page}"
    );
    let mails = lab.control_json(Method::GET, "mail", "").await;
    assert_eq!(
        mails["data"].as_array().map(Vec::len),
        Some(1),
        "{fault}: {mails}"
    );
    assert_eq!(mails["data"][0]["to"], "ann@acme.example");
}

#[tokio::test]
async fn a_drop_after_the_commit_waits_for_a_commit() {
    let lab = Lab::new().await;
    let served = lab.serve().await;
    add(&lab, r#"{"method":"POST","drop":"after"}"#).await;
    let body = r#"{"email":"ann@acme.example"}"#;
    let path = "/iam/v2/invitations";
    let (status, _) = served
        .send("POST", path, "", body)
        .await
        .expect("a challenge");
    assert_eq!(status, 401, "nothing was done yet");
    let credential = lab.credential(KeyKind::Confluent);
    assert_eq!(served.send("POST", path, &credential, body).await, None);
}

#[tokio::test]
async fn a_delay_comes_before_the_answer() {
    let lab = Lab::new().await;
    add(&lab, r#"{"delay_ms":90000}"#).await;
    tokio::time::pause();
    let began = tokio::time::Instant::now();
    // Longer than a request may take: that is the client's wait, not the server's work. The path
    // needs no database, whose threads do not stand still with the clock.
    let answer = lab.send(request(Method::GET, "/v1/nothing", "", "")).await;
    assert_eq!(answer.status, 404);
    assert!(began.elapsed().as_secs() >= 90);
}

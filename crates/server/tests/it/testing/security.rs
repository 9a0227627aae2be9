//! Who may use the controls, and where they are.

use vestibule_testkit::app::TestApp;

use super::*;

const CONTROLS: [(Method, &str); 10] = [
    (Method::GET, "clock"),
    (Method::POST, "clock"),
    (Method::POST, "invitations/i-1/state"),
    (Method::POST, "faults"),
    (Method::GET, "faults"),
    (Method::DELETE, "faults"),
    (Method::POST, "reset"),
    (Method::GET, "requests"),
    (Method::GET, "mail"),
    (Method::GET, "seed"),
];

#[tokio::test]
async fn sec_without_the_flag_the_controls_are_as_absent_as_any_path() {
    let test = TestApp::new().await;
    for (method, control) in CONTROLS {
        let mut answers = Vec::new();
        for place in ["testing", "nothing"] {
            let mut request = request(method.clone(), &format!("/{place}/{control}"), "", "");
            let headers = request.headers_mut();
            headers.insert("x-request-id", "REQUEST".parse().expect("a header value"));
            let answer = test.send(local(request)).await;
            assert_eq!(answer.status, 404, "{method} {control}");
            answers.push((answer.shown(), answer.headers));
        }
        assert_eq!(answers[0], answers[1], "{method} {control}");
    }
    let description = http::openapi_document();
    assert!(!description.contains("/testing"));
}

#[tokio::test]
async fn sec_the_controls_answer_this_machine_only() {
    let lab = Lab::new().await;
    let with = |name: &'static str, value: &'static str| {
        let mut request = local(request(Method::POST, "/testing/reset", "", ""));
        request
            .headers_mut()
            .insert(name, value.parse().expect("a header value"));
        request
    };
    let mut far = request(Method::POST, "/testing/reset", "", "");
    let peer: SocketAddr = "10.1.2.3:50000".parse().expect("an address");
    far.extensions_mut().insert(ConnectInfo(peer));
    for (why, request) in [
        (
            "unknown peer",
            request(Method::POST, "/testing/reset", "", ""),
        ),
        ("another machine", far),
        ("a proxy", with("x-forwarded-for", "10.1.2.3")),
        ("a rebound name", with("host", "evil.example")),
        (
            "a page of another site",
            with("origin", "https://evil.example"),
        ),
        ("a page of no site", with("origin", "null")),
    ] {
        let answer = lab.send(request).await;
        assert_eq!(answer.status, 403, "{why}");
        let problem: Value = serde_json::from_str(&answer.body).expect("a problem");
        assert_eq!(problem["code"], "not_from_here", "{why}");
    }
}

#[tokio::test]
async fn sec_where_everybody_may_use_them_pages_of_other_sites_still_may_not() {
    let lab = Lab::with(Reach::Anywhere).await;
    let mut far = request(Method::GET, "/testing/clock", "", "");
    let peer: SocketAddr = "10.1.2.3:50000".parse().expect("an address");
    far.extensions_mut().insert(ConnectInfo(peer));
    far.headers_mut()
        .insert("host", "vestibule.example".parse().expect("a value"));
    assert_eq!(lab.send(far).await.status, 200);
    let mut page = request(Method::GET, "/testing/clock", "", "");
    page.headers_mut()
        .insert("origin", "https://evil.example".parse().expect("a value"));
    assert_eq!(lab.send(page).await.status, 403);
}

#[tokio::test]
async fn a_server_that_has_lost_its_claim_of_the_database_changes_nothing_any_more() {
    let Some(fresh) = Fresh::postgres().await else {
        return;
    };
    let lab = Lab::over(fresh, Reach::ThisMachine).await;
    lab.fresh.cut();
    let refused = loop {
        let answer = lab.control(Method::DELETE, "faults", "").await;
        if !answer.status.is_success() {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    insta::assert_snapshot!(refused.shown(), @r#"
    503 Service Unavailable
    {"type":"about:blank","title":"Service Unavailable","status":503,"detail":"another server for testing may have this one's database by now","code":"claim_lost","hint":"the connection that kept others away broke: start this server again"}
    "#);
    let changes = CONTROLS.iter().filter(|(method, _)| *method != Method::GET);
    for (method, control) in changes {
        let answer = lab.control(method.clone(), control, "").await;
        assert_eq!(answer.status, 503, "{method} {control}");
    }
    let shown = lab.control(Method::GET, "clock", "").await;
    assert_eq!(shown.status, 200, "{}", shown.body);
}

#[tokio::test]
async fn sec_another_server_knows_none_of_the_fixed_secrets() {
    let lab = Lab::new().await;
    let ring = KeyRing::parse(&KeyRing::new_text(&Random::seeded(7))).expect("a key ring");
    for key in &lab.organization().keys {
        assert_eq!(ring.api_secret(&key.row(lab.id(), START)), None);
    }
}

#[tokio::test]
async fn sec_a_database_that_no_seed_has_made_is_not_taken() {
    let test = TestApp::new().await;
    let begun = test
        .run(test.owner_ctx(), |tx, ctx| acme().begin(tx, ctx))
        .await;
    assert!(!begun.expect("a look"), "somebody's organization is in it");

    let lab = Lab::new().await;
    let again = lab
        .app
        .write(system(&lab), |tx, ctx| acme().begin(tx, ctx))
        .await;
    assert!(again.expect("a look"), "the seed's own");
}

#[tokio::test]
async fn unknown_controls_and_methods_are_problems() {
    let lab = Lab::new().await;
    for (method, control, status) in [
        (Method::GET, "nothing", 404),
        (Method::GET, "", 404),
        (Method::DELETE, "clock", 405),
        (Method::GET, "reset", 405),
        (Method::GET, "clock?x=1", 400),
    ] {
        let answer = lab.control(method.clone(), control, "").await;
        assert_eq!(answer.status, status, "{method} {control}");
        assert_eq!(
            answer.header("content-type"),
            "application/problem+json",
            "{control}"
        );
    }
}

#[tokio::test]
async fn the_controls_have_a_description_of_their_own() {
    let lab = Lab::new().await;
    let described = lab.control_json(Method::GET, "openapi.json", "").await;
    let text = serde_json::to_string(&described).expect("JSON");
    let document: Value = serde_json::from_str(&http::testing_openapi_document()).expect("JSON");
    assert_eq!(described, document);
    for (method, control) in CONTROLS {
        let path = format!("/testing/{}", control.replace("i-1", "{id}"));
        let method = method.as_str().to_lowercase();
        assert!(
            described["paths"][&path][&method].is_object(),
            "{method} {path}"
        );
    }
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().expect("an end");
        assert!(described.pointer(pointer).is_some(), "{pointer}");
    }
}

//! The mails during development.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use axum::{Router, response::Response};
use tower::ServiceExt;
use vestibule_core::Clock;
use vestibule_server::mail::{Directory, Mailer, Memory, Sender, Transport};
use vestibule_server::{http, jobs};
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::TestApp;

use super::{request, words};

const HERE: &str = "127.0.0.1:50000";

async fn developer() -> TestApp {
    TestApp::with_settings(|settings| settings.dev_mail = true).await
}

fn with_mailer(test: &TestApp, transport: Transport) -> (Router, Mailer) {
    let sender = Sender::from_settings(test.app.settings()).expect("a sender");
    let mailer = Mailer::new(transport, sender);
    let app = test.app.clone().with_mailer(mailer.clone());
    (http::router(app), mailer)
}

fn from(peer: &str, path: &str) -> Request<Body> {
    let mut request = request(Method::GET, path);
    let peer: SocketAddr = peer.parse().expect("an address");
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response: Result<Response, _> = router.clone().oneshot(request).await;
    let Ok(response) = response;
    Answer::read(response).await
}

#[tokio::test]
async fn a_developer_reads_the_mails_on_this_machine() {
    let test = developer().await;
    let place = tempfile::tempdir().expect("a directory");
    for transport in [
        Transport::Memory(Memory::default()),
        Transport::File(Directory::new(place.path().to_owned())),
    ] {
        let (router, mailer) = with_mailer(&test, transport);
        let empty = send(&router, from(HERE, "/dev/mail")).await;
        assert!(
            words(&empty.body).contains("No mail has been sent yet."),
            "{}",
            empty.body
        );

        let name = format!("bob{}", test.clock.now().as_seconds());
        let invitation = test.invite(&format!("{name}@x.org")).await;
        jobs::run_once(&test.app, &mailer).await.expect("the store");

        let before = test.app.store().stats().commits;
        let list = send(&router, from(HERE, "/dev/mail")).await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(
            words(&list.body).contains(
                "One mail, the newest first. owner@acme.example invites you to join Acme"
            )
        );
        let (_, rest) = list.body.split_once("href=\"/dev/mail/").expect("a link");
        let mail = format!("/dev/mail/{}", rest.split('"').next().expect("a path"));

        let page = send(&router, from("[::1]:50000", &mail)).await;
        assert_eq!(page.status, StatusCode::OK);
        let link = format!(
            "https://vestibule.example/invitations/{}",
            test.token(&invitation)
        );
        assert!(
            page.body.contains(&format!("href=\"{link}\"")),
            "{}",
            page.body
        );
        assert!(
            page.body.contains("sandbox=\"allow-popups"),
            "{}",
            page.body
        );

        let html = send(&router, from(HERE, &format!("{mail}/html"))).await;
        assert!(
            html.header("content-security-policy")
                .contains("sandbox allow-popups")
        );
        assert!(
            html.header("content-security-policy")
                .starts_with("default-src 'none';")
        );
        assert!(html.body.contains("See the invitation"));

        let missing = send(&router, from(HERE, "/dev/mail/..%2f..%2fetc%2fpasswd")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert_eq!(
            test.app.store().stats().commits,
            before,
            "reading writes nothing"
        );
        test.clock.advance_seconds(1);
    }
}

#[tokio::test]
async fn nobody_reads_the_mails_from_elsewhere() {
    let test = developer().await;
    let (router, mailer) = with_mailer(&test, Transport::Memory(Memory::default()));
    test.invite("bob@x.org").await;
    jobs::run_once(&test.app, &mailer).await.expect("the store");
    let paths = ["/dev/mail", "/dev/mail/1", "/dev/mail/1/html"];
    for path in paths {
        assert_eq!(send(&router, from(HERE, path)).await.status, StatusCode::OK);
        for peer in [
            "10.0.0.7:1",
            "[2001:db8::1]:1",
            "[::ffff:10.0.0.7]:1",
            "0.0.0.0:1",
        ] {
            let refused = send(&router, from(peer, path)).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{peer}");
            assert!(!refused.body.contains("bob"), "{}", refused.body);
        }
        let unknown = send(&router, request(Method::GET, path)).await;
        assert_eq!(unknown.status, StatusCode::FORBIDDEN);
        for (name, value) in [
            ("x-forwarded-for", "10.0.0.7"),
            ("forwarded", "for=10.0.0.7"),
            ("via", "1.1 proxy"),
            ("host", "evil.example:8080"),
        ] {
            let mut proxied = from(HERE, path);
            proxied
                .headers_mut()
                .insert(name, value.parse().expect("a value"));
            assert_eq!(
                send(&router, proxied).await.status,
                StatusCode::FORBIDDEN,
                "{name}"
            );
        }
    }
}

#[tokio::test]
async fn sec_s35_without_the_setting_there_are_no_such_pages() {
    let test = TestApp::new().await;
    let (router, _) = with_mailer(&test, Transport::Memory(Memory::default()));
    for path in ["/dev/mail", "/dev/mail/1"] {
        let page = send(&router, from(HERE, path)).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(words(&page.body).starts_with("There is no such page"));
    }
}

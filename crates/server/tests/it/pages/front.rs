//! The front door, assets, and addresses where nothing is.

use axum::http::{Method, StatusCode};
use vestibule_testkit::app::TestApp;

use super::{get, request, words};

#[tokio::test]
async fn the_front_door_says_what_this_is() {
    let test =
        TestApp::with_settings(|settings| settings.product_name = "Acme People".to_owned()).await;
    let page = get(&test, "/").await;
    assert_eq!(page.status, StatusCode::OK);
    insta::assert_snapshot!(words(&page.body), @"Invitation service An invitation is a promise that waits for an answer Acme People keeps that promise: somebody is invited by address, gets a mail, answers, and is a member with the roles and teams that were promised. You were invited? Open the link in your mail. It is for you alone, so there is nothing to search for here. Documentation of the API Invite people, follow what becomes of it, manage members, teams and keys.");
    assert!(page.body.contains("href=\"/docs\"") && !page.body.contains("/dev/mail"));
}

#[tokio::test]
async fn the_stylesheet_may_be_kept_for_ever_because_its_path_changes_with_it() {
    let test = TestApp::new().await;
    let page = get(&test, "/").await;
    let (_, rest) = page
        .body
        .split_once("<link rel=\"stylesheet\" href=\"")
        .expect("a stylesheet");
    let style = rest.split('"').next().expect("a path");
    let style = get(&test, style).await;
    assert_eq!(style.status, StatusCode::OK);
    assert_eq!(style.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(
        style.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(
        !page.body.contains("://"),
        "nothing from anywhere else: {}",
        page.body
    );
}

#[tokio::test]
async fn an_address_where_nothing_is_gets_a_page_in_a_browser_and_a_line_elsewhere() {
    let test = TestApp::new().await;
    let page = get(&test, "/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    insta::assert_snapshot!(words(&page.body), @"There is no such page The address may be mistyped. If you came by a link in a mail, check that it is whole.");
    let mut plain = request(Method::GET, "/nowhere");
    plain.headers_mut().clear();
    let line = test.send(plain).await;
    insta::assert_snapshot!(line.shown(), @"
    404 Not Found
    there is nothing at this address
    ");
    let method = test.send(request(Method::DELETE, "/")).await;
    assert_eq!(method.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn sec_s21_no_page_writes_when_it_is_looked_at() {
    let test = TestApp::with_settings(|settings| settings.dev_mail = true).await;
    let token = test.token(&test.invite("bob@x.org").await);
    let before = test.app.store().stats().commits;
    for path in [
        "/".to_owned(),
        "/nowhere".to_owned(),
        "/dev/mail".to_owned(),
        "/dev/mail/1".to_owned(),
        "/dev/mail/1/html".to_owned(),
        format!("/invitations/{token}"),
        format!("/invitations/{token}/accept"),
        format!("/invitations/{token}/decline"),
        format!("/invitations/{token}x"),
    ] {
        for method in [Method::GET, Method::HEAD] {
            test.send(request(method, &path)).await;
        }
    }
    assert_eq!(test.app.store().stats().commits, before);
}

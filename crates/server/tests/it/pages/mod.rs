//! Pages: the answer to an invitation, and the mails during development.

mod acceptance;
mod browser;
mod dead_links;
mod dev_mail;
mod front;
mod projects;
mod secrets;
mod webdriver;

use axum::body::Body;
use axum::http::{Method, Request, header};
use vestibule_core::invitation::Invitation;
use vestibule_testkit::answer::Answer;
use vestibule_testkit::app::TestApp;

/// The path of an invitation's page.
pub(crate) fn path(test: &TestApp, invitation: &Invitation) -> String {
    format!("/invitations/{}", test.token(invitation))
}

/// What a browser asks for a page with.
pub(crate) fn request(method: Method, path: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .body(Body::empty())
        .expect("a request")
}

pub(crate) async fn get(test: &TestApp, path: &str) -> Answer {
    test.send(request(Method::GET, path)).await
}

/// What a browser sends when a form with this nonce is submitted.
pub(crate) fn submission(path: &str, nonce: &str) -> Request<Body> {
    Request::builder()
        .method(Method::POST)
        .uri(path)
        .header(header::ACCEPT, "text/html")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("nonce={nonce}")))
        .expect("a request")
}

pub(crate) async fn post(test: &TestApp, path: &str, nonce: &str) -> Answer {
    test.send(submission(path, nonce)).await
}

/// The nonce in a page's form.
pub(crate) fn nonce_in(page: &str) -> &str {
    let (_, rest) = page.split_once("name=\"nonce\" value=\"").expect("a form");
    rest.split_once('"').expect("a value").0
}

/// Opens the page and presses the button with this name.
pub(crate) async fn answer(test: &TestApp, path: &str, button: &str) -> Answer {
    let page = get(test, path).await;
    post(test, &format!("{path}/{button}"), nonce_in(&page.body)).await
}

/// The words of a page, without its markup.
pub(crate) fn words(page: &str) -> String {
    let (_, main) = page.split_once("<main").expect("a main part");
    let (_, main) = main.split_once('>').expect("a tag");
    let (main, _) = main.split_once("</main>").expect("its end");
    let mut words = String::new();
    let mut is_tag = false;
    for c in main.chars() {
        match c {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                words.push(' ');
            }
            _ if !is_tag => words.push(c),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The invitation as it stands in the database.
pub(crate) async fn stored(test: &TestApp, invitation: &Invitation) -> Invitation {
    let (organization, id) = (invitation.organization, invitation.id);
    let found = test.run(test.owner_ctx(), move |tx, _| {
        Ok(tx.find_invitation(organization, id)?)
    });
    found.await.expect("the store").expect("an invitation")
}

/// Whether the invitee is a member.
pub(crate) async fn is_member(test: &TestApp, invitation: &Invitation) -> bool {
    let (organization, user) = (invitation.organization, invitation.user);
    let found = test.run(test.owner_ctx(), move |tx, _| {
        Ok(tx.find_membership(organization, user)?)
    });
    found.await.expect("the store").is_some()
}

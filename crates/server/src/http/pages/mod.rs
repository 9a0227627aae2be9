//! Pages for people: the answer to an invitation, a front door, and the mails during development.
//!
//! Plain HTML and forms, rendered here, that need no script at all; one stylesheet, nothing from
//! anywhere else. A GET never changes anything. Must not decide: pages call the use cases that the
//! APIs call.

mod acceptance;
mod assets;
mod dev_mail;
mod frame;
mod notice;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use super::fault::Fault;
use super::injected::Injected;
use crate::app::App;
use crate::settings::Settings;
use frame::{Frame, Page, page};
use notice::Notice;

/// The pages. Those for reading mails exist only where the settings ask for them.
pub(crate) fn routes(settings: &Settings) -> Router<App> {
    let routes = Router::new()
        .route("/", get(landing))
        .route("/invitations/{token}", get(acceptance::show))
        .route(
            "/invitations/{token}/accept",
            post(acceptance::accept).get(acceptance::back_to_the_form),
        )
        .route(
            "/invitations/{token}/decline",
            post(acceptance::decline).get(acceptance::back_to_the_form),
        )
        .merge(assets::routes())
        .method_not_allowed_fallback(wrong_method);
    if settings.dev_mail {
        routes.merge(dev_mail::routes())
    } else {
        routes
    }
}

/// An error answer that a tester has asked for.
pub(crate) fn injected(asked: &Injected) -> Response {
    let body = format!("{}\n", asked.detail);
    asked.answer("text/plain; charset=utf-8", body.into_bytes())
}

/// The answer to a request that the server could not deal with.
pub(crate) fn fault(fault: Fault, request_id: &str) -> Response {
    let (status, title, advice) = match fault {
        Fault::Internal => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side",
            "Nothing that you did is the reason. Try again, or come back later.",
        ),
        Fault::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "We cannot answer at this moment",
            "Try again in a minute: this usually passes by itself.",
        ),
        Fault::TimedOut => (
            StatusCode::GATEWAY_TIMEOUT,
            "This took too long",
            "We do not know whether it was done. Load the page again to see.",
        ),
    };
    let notice = Notice {
        frame: Frame::without_settings(),
        title,
        paragraphs: vec![advice.to_owned()],
        request_id: Some(request_id.to_owned()),
    };
    let mut response = page(status, &notice, Page::Normal);
    if fault == Fault::Unavailable {
        let seconds = header::HeaderValue::from_static("10");
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

#[derive(askama::Template)]
#[template(path = "pages/landing.html")]
struct Landing {
    frame: Frame,
    dev_mail: bool,
}

async fn landing(State(app): State<App>) -> Response {
    let landing = Landing {
        frame: Frame::of(app.settings()),
        dev_mail: app.settings().dev_mail,
    };
    page(StatusCode::OK, &landing, Page::Normal)
}

/// The answer where there is no page.
pub(crate) async fn nothing_here(State(app): State<App>, headers: HeaderMap) -> Response {
    if !wants_html(&headers) {
        return (StatusCode::NOT_FOUND, "there is nothing at this address\n").into_response();
    }
    let notice = Notice::new(
        app.settings(),
        "There is no such page",
        &["The address may be mistyped. If you came by a link in a mail, check that it is whole."],
    );
    page(StatusCode::NOT_FOUND, &notice, Page::Normal)
}

/// The answer where there is a page, but not for the method.
pub(crate) async fn wrong_method(
    State(app): State<App>,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if !wants_html(&headers) {
        return (status, format!("{method} is not possible here\n")).into_response();
    }
    let notice = Notice::new(
        app.settings(),
        "This is not possible here",
        &["The page exists, but nothing can be sent to it in this way."],
    );
    page(status, &notice, Page::Normal)
}

/// Whether the client is likely to be a person with a browser.
fn wants_html(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"))
}

//! The mails that this server sent, for whoever sits at the machine and tries things out.
//!
//! Mails hold live links, so these pages exist only where the settings ask for them, and then
//! answer nobody but this machine.

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::frame::{Frame, Page, html_page, page};
use super::notice::Notice;
use crate::app::App;
use crate::http::local;
use crate::http::params::PathParams;
use crate::mail::{Shown, Stored};

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{name}", get(show))
        .route("/dev/mail/{name}/html", get(html))
        .route_layer(from_fn(this_machine_only))
}

#[derive(askama::Template)]
#[template(path = "pages/dev_list.html")]
struct List {
    frame: Frame,
    mails: Vec<Line>,
}

struct Line {
    name: String,
    subject: String,
    to: String,
    date: String,
}

#[derive(askama::Template)]
#[template(path = "pages/dev_mail.html")]
struct One {
    frame: Frame,
    name: String,
    mail: Shown,
    link: Option<String>,
}

async fn this_machine_only(request: Request, next: Next) -> Response {
    if local::is_of_this_machine(&request) {
        return next.run(request).await;
    }
    let words = "mails can be read on the machine of the server only\n";
    (StatusCode::FORBIDDEN, words).into_response()
}

async fn list(State(app): State<App>) -> Response {
    let mails = match stored(&app).await {
        Ok(mails) => mails,
        Err(refused) => return refused,
    };
    let line = |stored: Stored| {
        let shown = stored.shown()?;
        Some(Line {
            name: stored.name,
            subject: shown.subject,
            to: shown.to,
            date: shown.date,
        })
    };
    let list = List {
        frame: Frame::of(app.settings()),
        mails: mails.into_iter().rev().filter_map(line).collect(),
    };
    page(StatusCode::OK, &list, Page::Normal)
}

async fn show(State(app): State<App>, path: PathParams) -> Response {
    let name = path.get("name").to_owned();
    let mail = match find(&app, &name).await {
        Ok(mail) => mail,
        Err(refused) => return refused,
    };
    let prefix = format!("{}/invitations/", app.settings().public_url);
    let link = mail.text.lines().map(str::trim);
    let one = One {
        frame: Frame::of(app.settings()),
        name,
        link: link
            .filter(|line| line.starts_with(&prefix))
            .map(str::to_owned)
            .next(),
        mail,
    };
    page(StatusCode::OK, &one, Page::Framing)
}

async fn html(State(app): State<App>, path: PathParams) -> Response {
    match find(&app, path.get("name")).await {
        Ok(mail) => html_page(StatusCode::OK, mail.html, Page::Mail),
        Err(refused) => refused,
    }
}

async fn stored(app: &App) -> Result<Vec<Stored>, Response> {
    let notice = |status, words: &str| {
        let notice = Notice::new(app.settings(), "There are no mails to show", &[words]);
        page(status, &notice, Page::Normal)
    };
    match app.mailer().stored().await {
        Ok(Some(mails)) => Ok(mails),
        Ok(None) => Err(notice(
            StatusCode::NOT_FOUND,
            "Mail goes to a mail server, or is switched off: nothing of it is kept here.",
        )),
        Err(error) => {
            let kind = format!("{:?}", error.kind());
            tracing::error!(kind, "the directory of mails cannot be read");
            Err(notice(
                StatusCode::INTERNAL_SERVER_ERROR,
                "The directory of mails cannot be read.",
            ))
        }
    }
}

async fn find(app: &App, name: &str) -> Result<Shown, Response> {
    let mails = stored(app).await?;
    let found = mails.iter().find(|mail| mail.name == name);
    found.and_then(Stored::shown).ok_or_else(|| {
        let notice = Notice::new(
            app.settings(),
            "There is no such mail",
            &["It may have been forgotten when the server was started anew."],
        );
        page(StatusCode::NOT_FOUND, &notice, Page::Normal)
    })
}

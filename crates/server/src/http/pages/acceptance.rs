//! The page on which an invitee answers.
//!
//! Holding the mailed link is the proof of the address. Mail scanners follow links and even submit
//! forms of pages they were given, so looking changes nothing, and an answer needs the nonce of a
//! page that this server has shown. Every link that opens nothing gets the same page, byte for byte.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use url::{Url, form_urlencoded};
use vestibule_core::organization::Dialect;
use vestibule_core::project::{Project, ProjectRole};
use vestibule_core::role::{RoleSet, Vocabulary};
use vestibule_core::secret::AcceptToken;
use vestibule_core::{Id, Refusal};

use super::frame::{Frame, Page, page};
use super::notice::Notice;
use crate::app::App;
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;
use crate::http::params::PathParams;
use crate::http::request_id::RequestId;
use crate::http::{body, fault};
use crate::mail::remaining;
use crate::ops::acceptance::{self, Invited};

/// For how many seconds a page that was shown can be answered.
const NONCE_SECONDS: i64 = 24 * 60 * 60;

const STALE: &str = "Nothing was changed yet: this page had been open for too long, or was not \
                     opened from your mail. If you still want to, answer now.";
const FOREIGN: &str = "Nothing was changed: the answer came from another site. If you want to \
                       answer, do it here.";

#[derive(askama::Template)]
#[template(path = "pages/invitation.html")]
struct Form {
    frame: Frame,
    organization: String,
    project: Option<String>,
    inviter: String,
    address: String,
    roles: Vec<String>,
    teams: Vec<String>,
    projects: Vec<String>,
    message: Vec<String>,
    expires_at: String,
    expires_at_machine: String,
    remaining: String,
    token: String,
    nonce: String,
    note: Option<&'static str>,
}

#[derive(askama::Template)]
#[template(path = "pages/joined.html")]
struct Joined {
    frame: Frame,
    organization: String,
    project: Option<String>,
    roles: Vec<String>,
    teams: Vec<String>,
    projects: Vec<String>,
    pruned: usize,
    pruned_projects: usize,
}

#[derive(askama::Template)]
#[template(path = "pages/declined.html")]
struct Declined {
    frame: Frame,
    organization: String,
    project: Option<String>,
}

/// Shows the invitation, with a button for each answer. Changes nothing.
pub(super) async fn show(State(app): State<App>, id: RequestId, path: PathParams) -> Response {
    let Some((text, token)) = read(&path) else {
        return dead_link(&app);
    };
    form(&app, &id, text, token, None).await
}

/// Accepts.
pub(super) async fn accept(
    State(app): State<App>,
    id: RequestId,
    path: PathParams,
    request: Request,
) -> Response {
    let (token, ctx) = match admit(&app, &id, &path, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    let accepted = app
        .write(ctx, move |tx, ctx| {
            let accepted = acceptance::accept(tx, ctx, &token)?;
            let mut teams = Vec::new();
            for team in &accepted.teams {
                let found = tx.find_team(accepted.organization.id, *team)?;
                teams.extend(found.map(|team| team.name));
            }
            teams.sort();
            let mut projects = Vec::new();
            for grant in &accepted.projects {
                let found = tx.find_project(accepted.organization.id, grant.project)?;
                projects.extend(found.map(|project| (project, grant.roles)));
            }
            Ok((accepted, teams, projects))
        })
        .await;
    match accepted {
        Ok((accepted, teams, projects)) => {
            let (pruned, pruned_projects) =
                (accepted.pruned_teams.len(), accepted.pruned_projects.len());
            let named = Named::of(accepted.project, accepted.roles, &projects);
            let joined = Joined {
                frame: Frame::of(app.settings()),
                organization: accepted.organization.name,
                project: named.project,
                roles: named.roles,
                teams,
                projects: named.projects,
                pruned,
                pruned_projects,
            };
            page(StatusCode::OK, &joined, Page::Normal)
        }
        Err(error) => refused(&app, &id, &error),
    }
}

/// Declines.
pub(super) async fn decline(
    State(app): State<App>,
    id: RequestId,
    path: PathParams,
    request: Request,
) -> Response {
    let (token, ctx) = match admit(&app, &id, &path, request).await {
        Ok(admitted) => admitted,
        Err(refused) => return refused,
    };
    let declined = app.write(ctx, move |tx, ctx| {
        let invited = acceptance::preview(tx, ctx, &token)?;
        acceptance::decline(tx, ctx, &token)?;
        Ok(invited)
    });
    match declined.await {
        Ok(invited) => {
            let declined = Declined {
                frame: Frame::of(app.settings()),
                project: invited.project().map(|project| project.name.clone()),
                organization: invited.organization.name,
            };
            page(StatusCode::OK, &declined, Page::Normal)
        }
        Err(error) => refused(&app, &id, &error),
    }
}

/// A browser that comes back to an answer's address without an answer, after a restart for one, is
/// shown the invitation.
pub(super) async fn back_to_the_form(State(app): State<App>, path: PathParams) -> Response {
    let Some((text, _)) = read(&path) else {
        return dead_link(&app);
    };
    let base = Frame::of(app.settings()).base;
    Redirect::to(&format!("{base}/invitations/{text}")).into_response()
}

/// The token of a path, as it is written and taken apart.
fn read(path: &PathParams) -> Option<(&str, AcceptToken)> {
    let text = path.get("token");
    Some((text, AcceptToken::parse(text)?))
}

/// Lets an answer in if it was given on a page of ours; otherwise shows that page again.
async fn admit(
    app: &App,
    id: &RequestId,
    path: &PathParams,
    request: Request,
) -> Result<(AcceptToken, Ctx), Response> {
    let Some((text, token)) = read(path) else {
        return Err(dead_link(app));
    };
    let is_foreign = is_foreign(request.headers(), &app.settings().public_url);
    let nonce = nonce(request).await;
    let age = nonce.and_then(|nonce| app.keys().page_nonce_age(&nonce, text, app.clock().now()));
    if is_foreign {
        return Err(form(app, id, text, token, Some(FOREIGN)).await);
    }
    if age.is_none_or(|age| age > NONCE_SECONDS) {
        return Err(form(app, id, text, token, Some(STALE)).await);
    }
    Ok((token, ctx(app, id, token)))
}

async fn nonce(request: Request) -> Option<String> {
    let bytes = body::read_bytes(request.into_body()).await.ok()?;
    form_urlencoded::parse(&bytes)
        .find(|(name, _)| name == "nonce")
        .map(|(_, value)| value.into_owned())
}

/// Whether a browser says that another site's page sent this. `Sec-Fetch-Site` tells it plainly;
/// browsers without it, and all of them where there is no TLS, may send `Origin`, which our own
/// pages blank out with their referrer policy. What tells nothing passes: the nonce is the lock.
fn is_foreign(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN.as_str()) {
        None | Some("null") => false,
        Some(origin) => Url::parse(public_url)
            .map_or(true, |ours| ours.origin().ascii_serialization() != origin),
    }
}

/// The invitation and its two buttons: 200, or 403 with a note if an answer was turned away.
async fn form(
    app: &App,
    id: &RequestId,
    text: &str,
    token: AcceptToken,
    note: Option<&'static str>,
) -> Response {
    let found = app
        .read(ctx(app, id, token), move |tx, ctx| {
            acceptance::preview(tx, ctx, &token)
        })
        .await;
    let invited = match found {
        Ok(invited) => invited,
        Err(error) => return refused(app, id, &error),
    };
    let status = if note.is_some() {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::OK
    };
    page(status, &filled(app, invited, text, note), Page::Normal)
}

fn filled(app: &App, invited: Invited, text: &str, note: Option<&'static str>) -> Form {
    let now = app.clock().now();
    let invitation = invited.invitation;
    let named = Named::of(invitation.project, invitation.roles, &invited.projects);
    Form {
        frame: Frame::of(app.settings()),
        organization: invited.organization.name,
        project: named.project,
        inviter: invited.inviter,
        address: invitation.email.display().to_owned(),
        roles: named.roles,
        teams: invited.teams.into_iter().map(|team| team.name).collect(),
        projects: named.projects,
        message: invitation.message.lines().map(str::to_owned).collect(),
        expires_at: invitation.expires_at.to_human(),
        expires_at_machine: invitation.expires_at.to_rfc3339_seconds(),
        remaining: remaining(invitation.expires_at.seconds_since(now)),
        nonce: app.keys().page_nonce(text, now),
        token: text.to_owned(),
        note,
    }
}

/// What an invitation gives, in words: of one to a project only what it gives there, because that
/// is what it is about.
struct Named {
    project: Option<String>,
    roles: Vec<String>,
    projects: Vec<String>,
}

impl Named {
    fn of(
        scope: Option<Id<Project>>,
        roles: RoleSet,
        projects: &[(Project, RoleSet<ProjectRole>)],
    ) -> Self {
        let labels = |roles: RoleSet<ProjectRole>| roles.iter().map(|role| role.label());
        let here = projects
            .iter()
            .find(|(project, _)| Some(project.id) == scope);
        if let Some((project, roles)) = here {
            return Self {
                project: Some(project.name.clone()),
                roles: labels(*roles).collect(),
                projects: Vec::new(),
            };
        }
        let one = |(project, roles): &(Project, RoleSet<ProjectRole>)| {
            let roles: Vec<_> = labels(*roles).collect();
            format!("{}: {}", project.name, roles.join(", "))
        };
        Self {
            project: None,
            roles: roles.iter().map(|role| role.label()).collect(),
            projects: projects.iter().map(one).collect(),
        }
    }
}

fn ctx(app: &App, id: &RequestId, token: AcceptToken) -> Ctx {
    app.ctx(
        Actor::Invitee,
        token.organization,
        Dialect::Native,
        id.0.clone(),
    )
}

/// The one page for every link that opens nothing: unknown, expired, withdrawn, used, replaced or
/// mistyped. Whoever tries links learns nothing from it.
fn dead_link(app: &App) -> Response {
    let notice = Notice::new(
        app.settings(),
        "This link opens nothing",
        &[
            "It may be too old, used already, withdrawn, or replaced by the one in a newer mail. \
             Or it is not whole: check that nothing is missing at its end.",
            "If you have accepted before, there is nothing left to do. Otherwise ask whoever \
             invited you to send the invitation again.",
        ],
    );
    page(StatusCode::NOT_FOUND, &notice, Page::Normal)
}

fn refused(app: &App, id: &RequestId, error: &AppError) -> Response {
    let refusal = match error {
        AppError::Refused(refusal) => refusal,
        AppError::Store(_) | AppError::Inconsistent { .. } | AppError::Unauthenticated(_) => {
            return super::fault(fault::of_error(error, &id.0), &id.0);
        }
    };
    if *refusal == Refusal::LinkNotValid {
        return dead_link(app);
    }
    let (title, advice): (_, &[&str]) = if *refusal == Refusal::InviterLostRights {
        (
            "This invitation cannot be accepted",
            &["Whoever sent it may no longer promise what it promises. Ask for a new one."],
        )
    } else {
        (
            "This did not work",
            &[
                "Somebody changed the invitation at the same moment. Go back and load the page again.",
            ],
        )
    };
    page(
        StatusCode::CONFLICT,
        &Notice::new(app.settings(), title, advice),
        Page::Normal,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_from_another_site_is_foreign() {
        let is_foreign = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, value.parse().expect("a header value"));
            is_foreign(&headers, "https://invite.example/base")
        };
        for (site, foreign) in [
            ("same-origin", false),
            ("none", false),
            ("same-site", true),
            ("cross-site", true),
            ("", true),
        ] {
            assert_eq!(is_foreign("sec-fetch-site", site), foreign, "{site:?}");
        }
        for (origin, foreign) in [
            ("https://invite.example", false),
            ("null", false),
            ("https://invite.example.evil.example", true),
            ("http://invite.example", true),
            ("https://invite.example:8443", true),
        ] {
            assert_eq!(is_foreign("origin", origin), foreign, "{origin:?}");
        }
    }
}

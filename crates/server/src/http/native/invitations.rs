//! `/v1/organizations/{organization}/invitations`: the inviting side.

use axum::response::Response;
use bytes::Bytes;
use vestibule_core::Timestamp;
use vestibule_core::invitation::Invitation as CoreInvitation;
use vestibule_store::{Delivery, Tx};
use vestibule_wire::native::{
    AcceptLink, Invitation, InvitationCreate, InvitationPatch, InvitationQuery, Page,
};

use super::answer::{self, with_version};
use super::call::{Body, Call, ListCall};
use super::error::Failure;
use super::page::Wanted;
use super::shown::Shown;
use super::{convert, read};
use crate::ctx::Ctx;
use crate::error::AppError;
use crate::ops::invitations::{self, Listing};
use crate::ops::marks::{self, Mark};
use crate::ops::once;
use crate::shown;

/// Invites somebody. The mail is sent soon after the answer.
#[utoipa::path(
    post, path = "/organizations/{organization}/invitations", operation_id = "createInvitation",
    tag = "invitations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("Idempotency-Key" = Option<String>, Header, description = "The caller's key for this request: within a day, the same request with the same key makes nothing more"),
    ),
    request_body = InvitationCreate,
    responses(
        (status = 201, description = "Invited; Location names the invitation", body = Invitation),
        (status = 403, description = "`not_permitted`, `role_above_ceiling`, `not_project_owner`, `local_into_sso`"),
        (status = 409, description = "`already_member`, `already_in_project`, `pending_limit`, or `live_invitation_exists`: Location names the open one"),
        (status = 422, description = "The key was given to another request: `idempotency_mismatch`"),
    ),
)]
pub(super) async fn create(
    call: Call,
    Body(new): Body<InvitationCreate>,
) -> Result<Response, Failure> {
    let once = call.once("createInvitation", &new)?;
    let new = read::new_invitation(new)?;
    let making = call.write(move |tx, ctx| {
        let make = |tx: &mut Tx<'_>, ctx: &Ctx| {
            let made = invitations::create(tx, ctx, &new)?;
            let mail = convert::queued(made.sent_at);
            Ok((made, Some(mail)))
        };
        let find = invitations::load_with_delivery;
        once::make(tx, ctx, once.as_ref(), make, |(made, _)| made.id, find)
    });
    let (made, mail) = making.await.map_err(Failure::promised)?;
    call.app.mail_is_due();
    let path = answer::invitation_path(made.organization, made.id);
    let body = Shown::of(&made, mail.as_ref(), call.ctx.now);
    Ok(with_version(answer::created(&path, &body), made.version))
}

/// Lists invitations in the order they were made. Filters narrow together.
#[utoipa::path(
    get, path = "/organizations/{organization}/invitations", operation_id = "listInvitations",
    tag = "invitations",
    params(("organization" = String, Path, description = "`org_…`"), InvitationQuery),
    responses((status = 200, description = "A page", body = Page<Invitation>)),
)]
pub(super) async fn list(ListCall { call, query }: ListCall) -> Result<Response, Failure> {
    let page = Wanted::of(&query, &read::INVITATION_FILTERS)?;
    let listing = Listing {
        filter: read::invitation_filter(&query)?,
        email: read::email_filter(&query)?,
        user: None,
        after: page.after,
        limit: page.fetch(),
    };
    let with_mail = read::includes_delivery(&query)?;
    // How mail fares changes without the invitation, and is not in these pages.
    let key = (!with_mail && listing.is_plain()).then_some((
        call.ctx.organization,
        listing.after,
        listing.limit,
    ));
    let known = key.and_then(|key| call.app.pages().find(&key));
    let found = call
        .read(move |tx, ctx| match &known {
            Some(known) if marks::are(tx, ctx, &listing, &known.marks)? => {
                Ok(Found::Same(known.body.clone()))
            }
            _ => fetch(tx, ctx, &listing, with_mail).map(Found::Rows),
        })
        .await?;
    let rows = match found {
        Found::Same(body) => return Ok(answer::ready(Some(body))),
        Found::Rows(rows) => rows,
    };
    let marks = rows
        .iter()
        .map(|(i, _)| Mark::of(i, call.ctx.now))
        .collect();
    let body = shown_page(&page, rows, call.ctx.now);
    if let (Some(key), Some(body)) = (key, body.clone()) {
        call.app.pages().keep(key, shown::Page { marks, body });
    }
    Ok(answer::ready(body))
}

/// An invitation, and how its mail fares if that was asked for.
type Row = (CoreInvitation, Option<Delivery>);

/// What the database has for a list.
enum Found {
    /// The same as when this page was shown.
    Same(Bytes),
    /// These.
    Rows(Vec<Row>),
}

fn fetch(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    listing: &Listing,
    with_mail: bool,
) -> Result<Vec<Row>, AppError> {
    let found = invitations::list(tx, ctx, listing)?;
    let mail = if with_mail {
        invitations::deliveries(tx, ctx, &found)?
    } else {
        vec![None; found.len()]
    };
    Ok(found.into_iter().zip(mail).collect())
}

fn shown_page(page: &Wanted<CoreInvitation>, mut rows: Vec<Row>, now: Timestamp) -> Option<Bytes> {
    let next = page.next(&mut rows, |(invitation, _)| invitation.id);
    let shown = rows
        .iter()
        .map(|(invitation, mail)| Shown::of(invitation, mail.as_ref(), now));
    answer::page(shown, next)
}

/// Shows an invitation and how its mail fares.
#[utoipa::path(
    get, path = "/organizations/{organization}/invitations/{invitation}",
    operation_id = "getInvitation", tag = "invitations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("invitation" = String, Path, description = "`inv_…`"),
    ),
    responses((status = 200, description = "The invitation; ETag is its version", body = Invitation)),
)]
pub(super) async fn get(call: Call) -> Result<Response, Failure> {
    let id = call.id("invitation")?;
    let found = call
        .read(move |tx, ctx| invitations::load_with_delivery(tx, ctx, id))
        .await?;
    Ok(shown(&call, &found))
}

/// Changes what an open invitation promises.
///
/// With `If-Match`, only if the invitation still has that version.
#[utoipa::path(
    patch, path = "/organizations/{organization}/invitations/{invitation}",
    operation_id = "updateInvitation", tag = "invitations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("invitation" = String, Path, description = "`inv_…`"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read before"),
    ),
    request_body = InvitationPatch,
    responses(
        (status = 200, description = "Changed", body = Invitation),
        (status = 409, description = "It is not open any more: `not_open`"),
        (status = 412, description = "It has another version by now: `version_conflict`"),
    ),
)]
pub(super) async fn update(
    call: Call,
    Body(patch): Body<InvitationPatch>,
) -> Result<Response, Failure> {
    let id = call.id("invitation")?;
    let if_version = call.if_version()?;
    let change = read::invitation_edit(patch, if_version)?;
    let changed = call
        .write(move |tx, ctx| {
            invitations::edit(tx, ctx, id, &change)?;
            invitations::load_with_delivery(tx, ctx, id)
        })
        .await;
    let changed = changed.map_err(|failure| failure.conditional(if_version).promised())?;
    Ok(shown(&call, &changed))
}

/// Sends an invitation again, or renews an expired one: a new link, a new life. Older links die.
#[utoipa::path(
    post, path = "/organizations/{organization}/invitations/{invitation}/resend",
    operation_id = "resendInvitation", tag = "invitations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("invitation" = String, Path, description = "`inv_…`"),
    ),
    responses(
        (status = 200, description = "The mail is queued", body = Invitation),
        (status = 409, description = "`not_open`, `already_member`, `live_invitation_exists`"),
        (status = 429, description = "It was sent a moment ago: `rate_limited`, with Retry-After"),
    ),
)]
pub(super) async fn resend(call: Call) -> Result<Response, Failure> {
    let id = call.id("invitation")?;
    let sent = call
        .write(move |tx, ctx| invitations::resend(tx, ctx, id))
        .await?;
    call.app.mail_is_due();
    let mail = convert::queued(sent.sent_at);
    Ok(shown(&call, &(sent, Some(mail))))
}

/// Shows the link that an open invitation's mail has, for handing it over by another road.
///
/// Whoever has the link can answer for the invited person: the audit trail says who asked for it.
#[utoipa::path(
    post, path = "/organizations/{organization}/invitations/{invitation}/link",
    operation_id = "showInvitationLink", tag = "invitations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("invitation" = String, Path, description = "`inv_…`"),
    ),
    responses(
        (status = 200, description = "The link", body = AcceptLink),
        (status = 409, description = "It is not open: `not_open`"),
    ),
)]
pub(super) async fn link(call: Call) -> Result<Response, Failure> {
    let id = call.id("invitation")?;
    let shown = call
        .write(move |tx, ctx| invitations::link(tx, ctx, id))
        .await?;
    let public_url = &call.app.settings().public_url;
    Ok(answer::ok(&convert::link(&shown, public_url)))
}

/// Withdraws an invitation. Its link dies at once.
#[utoipa::path(
    post, path = "/organizations/{organization}/invitations/{invitation}/revoke",
    operation_id = "revokeInvitation", tag = "invitations",
    params(
        ("organization" = String, Path, description = "`org_…`"),
        ("invitation" = String, Path, description = "`inv_…`"),
    ),
    responses(
        (status = 200, description = "Withdrawn", body = Invitation),
        (status = 409, description = "`already_accepted`, or `not_open`"),
    ),
)]
pub(super) async fn revoke(call: Call) -> Result<Response, Failure> {
    let id = call.id("invitation")?;
    let revoked = call
        .write(move |tx, ctx| {
            invitations::revoke(tx, ctx, id)?;
            invitations::load_with_delivery(tx, ctx, id)
        })
        .await?;
    Ok(shown(&call, &revoked))
}

fn shown(call: &Call, (found, mail): &(CoreInvitation, Option<Delivery>)) -> Response {
    let body = Shown::of(found, mail.as_ref(), call.ctx.now);
    with_version(answer::ok(&body), found.version)
}

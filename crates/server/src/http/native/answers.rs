//! `/v1/invitations`: the invited side. The token of the mail is the only credential, and it
//! travels in the body: addresses of requests end in logs.

use axum::response::Response;
use vestibule_wire::native::{
    AcceptRequest, AcceptResult, DeclineRequest, DeclineResult, InvitationPreview, LeaveRequest,
    LeaveResult, PreviewRequest,
};

use super::answer;
use super::call::{Body, Invitee};
use super::convert;
use super::error::Failure;
use crate::error::AppError;
use crate::ops::acceptance;

/// Shows the invitation that a link opens. Changes nothing.
#[utoipa::path(
    post, path = "/invitations/preview", operation_id = "previewInvitation", tag = "answers",
    request_body = PreviewRequest, security(()),
    responses(
        (status = 200, description = "What is promised", body = InvitationPreview),
        (status = 404, description = "The link opens nothing: `not_acceptable`"),
    ),
)]
pub(super) async fn preview(
    invitee: Invitee,
    Body(asked): Body<PreviewRequest>,
) -> Result<Response, Failure> {
    let found = invitee
        .holding(&asked.token)?
        .read(acceptance::preview)
        .await?;
    Ok(answer::ok(&convert::preview(&found)))
}

/// Accepts: the invited person becomes a member. Accepting again is the same success.
#[utoipa::path(
    post, path = "/invitations/accept", operation_id = "acceptInvitation", tag = "answers",
    request_body = AcceptRequest, security(()),
    responses(
        (status = 200, description = "A member now", body = AcceptResult),
        (status = 404, description = "The link opens nothing: `not_acceptable`"),
        (status = 409, description = "Whoever invited may no longer: `inviter_lost_rights`"),
    ),
)]
pub(super) async fn accept(
    invitee: Invitee,
    Body(asked): Body<AcceptRequest>,
) -> Result<Response, Failure> {
    let accepting = invitee.holding(&asked.token)?.write(|tx, ctx, token| {
        let accepted = acceptance::accept(tx, ctx, token)?;
        let user = tx.find_user(accepted.user)?;
        let user = user.ok_or(AppError::Inconsistent {
            what: "a new member's user is not there",
        })?;
        Ok((accepted, user))
    });
    let (accepted, user) = accepting.await?;
    Ok(answer::ok(&convert::accepted(&accepted, &user)))
}

/// Declines. The link dies.
#[utoipa::path(
    post, path = "/invitations/decline", operation_id = "declineInvitation", tag = "answers",
    request_body = DeclineRequest, security(()),
    responses(
        (status = 200, description = "Declined", body = DeclineResult),
        (status = 404, description = "The link opens nothing: `not_acceptable`"),
    ),
)]
pub(super) async fn decline(
    invitee: Invitee,
    Body(asked): Body<DeclineRequest>,
) -> Result<Response, Failure> {
    let declined = invitee
        .holding(&asked.token)?
        .write(acceptance::decline)
        .await?;
    Ok(answer::ok(&convert::declined(&declined)))
}

/// Leaves the organization that the link led into: whoever joined by it needs no key to go.
#[utoipa::path(
    post, path = "/invitations/leave", operation_id = "leaveByInvitation", tag = "answers",
    request_body = LeaveRequest, security(()),
    responses(
        (status = 200, description = "No member any more", body = LeaveResult),
        (status = 404, description = "Nobody is a member by this link: `not_acceptable`"),
        (status = 409, description = "The organization would have no owner: `last_owner`"),
    ),
)]
pub(super) async fn leave(
    invitee: Invitee,
    Body(asked): Body<LeaveRequest>,
) -> Result<Response, Failure> {
    let left = invitee
        .holding(&asked.token)?
        .write(acceptance::leave)
        .await?;
    Ok(answer::ok(&convert::left(&left)))
}

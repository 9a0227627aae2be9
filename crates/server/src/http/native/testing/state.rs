//! `/testing/invitations/{id}/state`.

use axum::http::StatusCode;
use axum::response::Response;
use vestibule_core::invitation::Invitation as CoreInvitation;
use vestibule_core::{Id, Refusal};
use vestibule_wire::native::{Invitation, TestStateChange};

use super::control::Control;
use super::{Failure, answer};
use crate::error::AppError;
use crate::http::native::call::Body;
use crate::http::native::shown::Shown;
use crate::testing::reset::nowhere;
use crate::testing::state;

/// Forces an invitation into a state, as the invitee, whoever may withdraw, or time would: with the
/// same mails, the same trace, the same memberships. Nothing happens if it is there already.
#[utoipa::path(
    post, path = "/invitations/{id}/state", operation_id = "forceInvitationState",
    tag = "testing",
    params(("id" = String, Path, description = "`inv_…`, `i-…`, or 24 hexadecimal digits")),
    request_body = TestStateChange,
    responses(
        (status = 200, description = "The invitation, in that state", body = Invitation),
        (status = 404, description = "There is no such invitation: `not_found`"),
        (status = 409, description = "No transition leads there: `not_open`, `already_accepted`"),
    ),
)]
pub(super) async fn force(
    control: Control,
    Body(change): Body<TestStateChange>,
) -> Result<Response, Failure> {
    let id = invitation_id(control.params.get("id"))?;
    let ctx = nowhere(&control.app, &control.request_id);
    let now = ctx.now;
    let forced = control
        .app
        .write(ctx, move |tx, ctx| state::force(tx, ctx, id, change.state))
        .await
        .map_err(|error| unreachable(&control, &error))?;
    control.app.mail_is_due();
    Ok(answer::ok(&Shown::of(&forced, None, now)))
}

fn unreachable(control: &Control, error: &AppError) -> Failure {
    let failure = control.failure(error);
    let is_transition = matches!(
        error,
        AppError::Refused(Refusal::NotOpen { .. } | Refusal::AlreadyAccepted)
    );
    if !is_transition {
        return failure;
    }
    failure.hint(
        "from sent it can become accepted, declined, expired or revoked; from expired revoked; from \
         accepted left or removed",
    )
}

/// An id in any of its spellings.
fn invitation_id(text: &str) -> Result<Id<CoreInvitation>, Failure> {
    Id::from_native(text)
        .or_else(|| Id::from_confluent(text))
        .or_else(|| Id::from_hex(text))
        .ok_or_else(|| {
            let shown: String = text.chars().take(64).collect();
            let detail = format!("{shown:?} is no id of an invitation");
            Failure::new(StatusCode::NOT_FOUND, "not_found", detail)
                .hint("an id is inv_…, i-…, or 24 hexadecimal digits")
        })
}

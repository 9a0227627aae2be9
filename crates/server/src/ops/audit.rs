//! The trace that every change leaves. Must hold ids and states only: no address, no secret.

use vestibule_core::Id;
use vestibule_core::id::Kind;
use vestibule_core::invitation::Invitation;
use vestibule_core::project::Project;
use vestibule_store::{AuditEvent, Tx};

use crate::ctx::{Actor, Ctx};
use crate::error::AppError;

/// Records that `action` happened to the thing `subject`.
pub(crate) fn record<K: Kind>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    action: &str,
    subject: Id<K>,
) -> Result<(), AppError> {
    let detail = format!("{{\"dialect\":\"{}\"}}", ctx.dialect.name());
    append(tx, ctx, action, subject, detail)
}

/// Records that `action` happened to the thing `subject` as far as a project is concerned.
pub(crate) fn record_in_project<K: Kind>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    action: &str,
    subject: Id<K>,
    project: Id<Project>,
) -> Result<(), AppError> {
    let (dialect, project) = (ctx.dialect.name(), project.to_hex());
    let detail = format!("{{\"dialect\":\"{dialect}\",\"project\":\"{project}\"}}");
    append(tx, ctx, action, subject, detail)
}

fn append<K: Kind>(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    action: &str,
    subject: Id<K>,
    detail: String,
) -> Result<(), AppError> {
    let (actor_kind, actor_id) = match &ctx.actor {
        Actor::Key(key) => (key.principal.kind_name(), key.principal.id_hex()),
        Actor::Invitee => ("invitee", String::new()),
        Actor::System => ("system", String::new()),
    };
    let event = AuditEvent {
        organization: ctx.organization,
        id: ctx.new_id::<AuditEntry>().to_hex(),
        at: ctx.now,
        actor_kind: actor_kind.to_owned(),
        actor_id,
        action: action.to_owned(),
        subject_kind: K::NOUN.to_owned(),
        subject_id: subject.to_hex(),
        detail,
        request_id: ctx.request_id.clone(),
    };
    tx.insert_audit_event(&event)?;
    Ok(())
}

/// Records that `action` happened to an invitation, and saves what the transition made of it.
pub(crate) fn save_invitation(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    invitation: &Invitation,
    read_version: i64,
    action: &str,
) -> Result<(), AppError> {
    if !tx.update_invitation(invitation, read_version)? {
        return Err(vestibule_core::Refusal::VersionConflict.into());
    }
    record(tx, ctx, action, invitation.id)
}

/// Marks the ids of audit events.
struct AuditEntry;

//! What happens at the server when a `vestibule_invitation` is created, read, changed and deleted.
//!
//! Owns which endings take an invitation out of the state: only being gone, and being withdrawn by
//! somebody else. Whatever the invited person decided stays, and is said.

use tfplugin::{Context, Diagnostic, Diagnostics, Object, ReadOutcome, Value};
use vestibule_client::Error;
use vestibule_client::native::Native;
use vestibule_wire::native::{
    Invitation as Found, InvitationCreate, InvitationPatch, InvitationState,
};

use super::in_the_way::Addressee;
use super::invitation::PROMISED;
use super::listed::{Invitations, is_open, newest_invitation};
use super::project_roles;
use super::service::{Service, complete};
use super::values::{self, auth_type, changed_texts, texts};
use crate::address;
use crate::failure::{change, not_interrupted, stop, stop_reading};

const CANNOT_CREATE: &str = "Cannot create the invitation";
const CANNOT_READ: &str = "Cannot read the invitation";
const CANNOT_CHANGE: &str = "Cannot change the invitation";
pub(super) const CANNOT_RESEND: &str = "Cannot send the invitation again";
const CANNOT_DELETE: &str = "Cannot withdraw the invitation";
const CANNOT_IMPORT: &str = "Cannot import the invitation";

pub(super) async fn create(
    service: &Service,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, &planned).await?;
    let found = invite(service, cx, &client, &organization, &planned).await;
    let found = found.map_err(|why| {
        let addressee = Addressee {
            organization: &organization,
            email: planned.get("email").as_str().unwrap_or_default(),
        };
        why.worded(|error| addressee.not_invited(CANNOT_CREATE, error))
    })?;
    let state = complete(planned, &values::invitation(&found));
    cx.checkpoint(&state);
    Ok(state)
}

/// Sends the invitation that an object describes.
///
/// If no answer comes, a look tells whether it has invited.
pub(super) async fn invite(
    service: &Service,
    cx: &Context,
    client: &Native,
    organization: &str,
    planned: &Object,
) -> Result<Found, Diagnosed> {
    let email = planned.str("email")?;
    let create = InvitationCreate {
        email: email.to_owned(),
        roles: texts(planned, "roles")?,
        teams: texts(planned, "teams")?,
        // A `vestibule_member` has none: it is about the organization.
        project: planned.get("project").as_str().map(str::to_owned),
        project_roles: project_roles::wanted(planned)?.unwrap_or_default(),
        auth_type: auth_type(planned)?,
        message: planned.opt_str("message")?.map(str::to_owned),
        expires_in: planned.integer("expires_in")?.known(),
    };
    not_interrupted(cx)?;
    let answer = client.create_invitation(organization, &create).await;
    let id = answer.as_ref().ok().map(|found| found.id.as_str());
    service.snapshots().changed(organization, id, email);
    let error = match answer {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    if error.maybe_done()
        && let project = create.project.as_deref()
        && let Ok(Some(found)) = newest_invitation(client, organization, email, project).await
        && is_open(&found)
        && is_as_asked(&found, &create)
    {
        return Ok(found);
    }
    Err(Diagnosed::Refused(error))
}

/// Whether an open invitation is what a request asked for whose answer was lost.
fn is_as_asked(found: &Found, create: &InvitationCreate) -> bool {
    let same = |one: &[String], other: &[String]| {
        let sorted = |texts: &[String]| {
            let mut texts = texts.to_vec();
            texts.sort();
            texts
        };
        sorted(one) == sorted(other)
    };
    address::is_same(&found.email, &create.email)
        && same(&found.roles, &create.roles)
        && same(&found.teams, &create.teams)
        && project_roles::values(&found.project_roles)
            == project_roles::values(&create.project_roles)
        && found.message == create.message
        && found.resend_count == 0
}

/// Why nobody was invited.
pub(super) enum Diagnosed {
    /// The server said no.
    Refused(Error),
    /// It was not asked.
    Before(Diagnostics),
}

impl Diagnosed {
    /// As the error of a handler, which has words for a refusal.
    pub(super) fn worded(self, refused: impl FnOnce(&Error) -> Diagnostic) -> Diagnostics {
        match self {
            Self::Refused(error) => refused(&error).into(),
            Self::Before(diagnostics) => diagnostics,
        }
    }
}

impl<D: Into<Diagnostics>> From<D> for Diagnosed {
    fn from(diagnostics: D) -> Self {
        Self::Before(diagnostics.into())
    }
}

pub(super) async fn read(
    service: &Service,
    cx: &Context,
    state: Object,
) -> Result<ReadOutcome, Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, &state).await?;
    let source = Invitations {
        client: &client,
        organization: &organization,
    };
    let snapshot = service.snapshots().invitations.of(&organization);
    let found = snapshot.find(state.str("id")?, &source).await;
    let Some(found) = found.map_err(stop_reading(CANNOT_READ))? else {
        return service.gone(&client, &organization).await;
    };
    if is_withdrawn(&found) {
        return Ok(ReadOutcome::Gone);
    }
    if let Some(reason) = found.reason.as_deref()
        && found.state == InvitationState::Deactivated
        && state.get("status").as_str() != Some("deactivated")
    {
        cx.warning("The invitation has ended", ended(&found.id, reason));
    }
    Ok(ReadOutcome::Keep(merged(&state, &found)))
}

/// Whether somebody else withdrew it: then it is to be created again, like anything deleted.
pub(super) fn is_withdrawn(found: &Found) -> bool {
    found.state == InvitationState::Deactivated && found.reason.as_deref() == Some("revoked")
}

fn ended(id: &str, reason: &str) -> String {
    let what = match reason {
        "declined" => "was declined",
        "user_left" => "was accepted, and the member has left since",
        "user_removed" => "was accepted, and the member was removed since",
        "joined_otherwise" => "is closed, because the person joined by another road",
        _ => "is closed",
    };
    format!(
        "The invitation {id} {what}. It stays in the state, because that was somebody's decision. \
         To invite the person again, replace the resource with -replace."
    )
}

/// What was read, with the configuration's own spelling of what means the same.
fn merged(state: &Object, found: &Found) -> Object {
    let email_kept = state
        .get("email")
        .as_str()
        .is_some_and(|kept| address::is_same(kept, &found.email));
    let mut merged = values::invitation(found);
    if email_kept {
        merged.set("email", state.get("email").clone());
    }
    for ours in ["expires_in", "on_expiry"] {
        merged.set(ours, state.get(ours).clone());
    }
    if merged.get("on_expiry").is_null() {
        merged.set("on_expiry", "renew");
    }
    if is_same_text(state.get("message"), merged.get("message")) {
        merged.set("message", state.get("message").clone());
    }
    for name in settled(found.state) {
        if !state.get("status").is_null() {
            merged.set(*name, state.get(name).clone());
        }
    }
    merged
}

/// What nobody will read any more, so that the configuration may say what it likes without a
/// difference that no apply could end.
fn settled(state: InvitationState) -> &'static [&'static str] {
    match state {
        InvitationState::Staged | InvitationState::Sent | InvitationState::Expired => &[],
        InvitationState::Accepted => &["message"],
        InvitationState::Deactivated => &["roles", "teams", project_roles::NAME, "message"],
    }
}

/// The server writes one kind of line break.
fn is_same_text(kept: &Value, read: &Value) -> bool {
    match (kept.as_str(), read.as_str()) {
        (Some(kept), Some(read)) => kept.replace("\r\n", "\n") == read,
        _ => false,
    }
}

pub(super) async fn update(
    service: &Service,
    cx: &Context,
    prior: &Object,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, prior).await?;
    let (id, email) = (prior.str("id")?, prior.str("email")?);
    let mut found = None;
    if planned.get("status").is_unknown() {
        not_interrupted(cx)?;
        let sent = client.resend_invitation(&organization, id).await;
        found = Some(sent.map_err(|error| {
            let addressee = Addressee {
                organization: &organization,
                email,
            };
            let in_the_way = addressee.not_renewed(id, &error);
            in_the_way.unwrap_or_else(|| change(CANNOT_RESEND, &error))
        })?);
        service.snapshots().changed(&organization, Some(id), email);
        let renewed = found.as_ref().map(values::invitation).unwrap_or_default();
        let reached = complete(planned.clone(), &renewed);
        cx.checkpoint(&unchanged_promise(reached, prior));
    }
    let was_open = matches!(prior.get("status").as_str(), Some("staged" | "sent"));
    if (found.is_some() || was_open)
        && let Some(patch) = promise_change(prior, &planned)?
    {
        let changed = client.update_invitation(&organization, id, &patch).await;
        service.snapshots().changed(&organization, Some(id), email);
        found = Some(changed.map_err(|error| change(CANNOT_CHANGE, &error))?);
    }
    let known = found.as_ref().map(values::invitation).unwrap_or_default();
    Ok(complete(planned, &known))
}

/// What the state says after a sending that was not yet followed by other changes.
fn unchanged_promise(mut reached: Object, prior: &Object) -> Object {
    for name in PROMISED {
        reached.set(name, prior.get(name).clone());
    }
    reached
}

/// What to change of an open invitation; `None` if nothing of it differs.
pub(super) fn promise_change(
    prior: &Object,
    planned: &Object,
) -> Result<Option<InvitationPatch>, Diagnostics> {
    let differs = |name: &str| prior.get(name) != planned.get(name);
    let patch = InvitationPatch {
        roles: changed_texts(prior, planned, "roles")?,
        teams: changed_texts(prior, planned, "teams")?,
        project_roles: project_roles::changed(prior, planned)?,
        message: differs("message")
            .then(|| planned.opt_str("message"))
            .transpose()?
            .map(|message| message.map(str::to_owned)),
        expires_in: if differs("expires_in") {
            planned.integer("expires_in")?.known()
        } else {
            None
        },
    };
    Ok((patch != InvitationPatch::default()).then_some(patch))
}

pub(super) async fn delete(
    service: &Service,
    cx: &Context,
    state: &Object,
) -> Result<(), Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, state).await?;
    let (id, email) = (state.str("id")?, state.str("email")?);
    let answer = withdraw(service, &client, &organization, id).await;
    service.snapshots().changed(&organization, Some(id), email);
    if answer? == Withdrawal::TooLate {
        cx.warning(
            "The person stays in the organization",
            "The invitation was accepted, so there was nothing to withdraw but the entry in the \
             state. Use vestibule_member to remove people.",
        );
    }
    Ok(())
}

/// How withdrawing an invitation ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Withdrawal {
    /// It is not open any more.
    Done,
    /// It was accepted.
    TooLate,
}

/// Withdraws an invitation, however it stands.
pub(super) async fn withdraw(
    service: &Service,
    client: &Native,
    organization: &str,
    id: &str,
) -> Result<Withdrawal, Diagnostics> {
    let Err(error) = client.revoke_invitation(organization, id).await else {
        return Ok(Withdrawal::Done);
    };
    match error.code() {
        Some("not_open") => Ok(Withdrawal::Done),
        Some("already_accepted") => Ok(Withdrawal::TooLate),
        _ => {
            let gone = service.deleted(client, organization, CANNOT_DELETE, Err(error));
            gone.await.map(|()| Withdrawal::Done)
        }
    }
}

/// Takes an id, or an address, whose newest invitation is meant.
pub(super) async fn import(
    service: &Service,
    cx: &Context,
    id: &str,
) -> Result<Object, Diagnostics> {
    let client = service.client(cx)?;
    let (organization, rest) = service.split_import_id(&client, id).await?;
    let id = if rest.contains('@') {
        let found = newest_invitation(&client, &organization, &rest, None).await;
        let found = found.map_err(stop(CANNOT_IMPORT))?;
        let Some(found) = found else {
            return Err(Diagnostic::error("There is no invitation to import")
                .detail(format!(
                    "The organization {organization} has no invitation for {rest}."
                ))
                .into());
        };
        found.id
    } else {
        rest
    };
    Ok(Object::new()
        .with("organization", organization)
        .with("id", id)
        .with("on_expiry", "renew"))
}

//! What happens at the server when a `vestibule_member` is created, read, changed and deleted.
//!
//! Owns how a person stands to the organization, put together from its members and its invitations.
//! A person never leaves the state by themselves: what is gone is said there, and the plan decides.

use tfplugin::{Context, Diagnostic, Diagnostics, Object, Value};
use vestibule_client::Error;
use vestibule_client::native::Native;
use vestibule_wire::native::{Invitation, InvitationState, Member as Found, MemberPatch};

use super::in_the_way::{Addressee, member_moved_on};
use super::invitation_life::{CANNOT_RESEND, Withdrawal, invite, promise_change, withdraw};
use super::listed::{Addressees, Members, is_open};
use super::member::RENEWED;
use super::project_roles;
use super::service::{Service, complete};
use super::values::{self, changed_texts};
use crate::address;
use crate::failure::{change, not_interrupted, outdated, stop, stop_reading};
use crate::snapshot::Sought;

const CANNOT_INVITE: &str = "Cannot invite the person";
const CANNOT_READ: &str = "Cannot read how the person stands";
const CANNOT_CHANGE: &str = "Cannot change the member";
const CANNOT_REMOVE: &str = "Cannot remove the member";

/// What a change meets that was planned with `-refresh=false` after a `moved` block.
const UNREAD: &str = "The resource was moved and has not been refreshed since, so that it is not known \
                      how the person stands.";

/// How a person stands to an organization.
enum Standing {
    /// A member.
    Active(Box<Found>),
    /// No member; the last invitation, if there ever was one.
    Invitee(Option<Box<Invitation>>),
}

pub(super) async fn create(
    service: &Service,
    cx: &Context,
    planned: Object,
) -> Result<Object, Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, &planned).await?;
    let known = invited(service, cx, &client, &organization, &planned).await?;
    let state = complete(planned, &known);
    cx.checkpoint(&state);
    Ok(state)
}

/// Invites whom an object describes; whoever is in the way can be imported.
async fn invited(
    service: &Service,
    cx: &Context,
    client: &Native,
    organization: &str,
    planned: &Object,
) -> Result<Object, Diagnostics> {
    let answer = invite(service, cx, client, organization, planned).await;
    let invitation = answer.map_err(|why| {
        let addressee = Addressee {
            organization,
            email: planned.get("email").as_str().unwrap_or_default(),
        };
        why.worded(|error| addressee.not_a_member(CANNOT_INVITE, error))
    })?;
    Ok(of_invitation(organization, &invitation))
}

pub(super) async fn read(
    service: &Service,
    cx: &Context,
    state: Object,
) -> Result<Object, Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, &state).await?;
    let email = state.str("email")?;
    let standing = standing(service, &client, &organization, email)
        .await
        .map_err(stop_reading(CANNOT_READ))?;
    Ok(merged(state, &organization, &standing))
}

/// Looks among the members, then among the invitations; by lists if many are looked for.
async fn standing(
    service: &Service,
    client: &Native,
    organization: &str,
    email: &str,
) -> Result<Standing, Error> {
    let snapshots = service.snapshots();
    let key = address::key(email);
    let members = Members {
        client,
        organization,
        email,
    };
    let listed = snapshots.members.of(organization);
    let is_certain = match listed.seek(&key, &members).await? {
        Sought::Found(member) => return Ok(Standing::Active(Box::new(member))),
        Sought::Missing => true,
        Sought::NotListed => false,
    };
    let addressees = Addressees {
        client,
        organization,
        email,
    };
    let invitation = snapshots
        .addressees
        .of(organization)
        .find(&key, &addressees)
        .await?;
    let waits = invitation.as_ref().is_some_and(is_open);
    // Nobody is called gone because of a list.
    if !waits
        && !is_certain
        && let Some(member) = members.only().await?
    {
        return Ok(Standing::Active(Box::new(member)));
    }
    Ok(Standing::Invitee(invitation.map(Box::new)))
}

/// What is known of somebody who was invited, by attribute.
fn of_invitation(organization: &str, found: &Invitation) -> Object {
    let all = values::invitation(found);
    let (status, reason) = match found.state {
        InvitationState::Staged | InvitationState::Sent => ("invited", None),
        InvitationState::Expired => ("expired", None),
        // Accepted by somebody who is no member: they have gone since.
        InvitationState::Accepted | InvitationState::Deactivated => {
            ("gone", found.reason.as_deref())
        }
    };
    let mut known = Object::new()
        .with("id", &found.user)
        .with("organization", organization)
        .with("status", status)
        .with("reason", reason)
        .with("invitation", &found.id)
        .with("joined_at", Value::Null);
    for name in [
        "email",
        "roles",
        "teams",
        project_roles::NAME,
        "auth_type",
        "message",
    ] {
        known.set(name, all.get(name).clone());
    }
    for name in ["delivery", "expires_at"] {
        let value = if status == "gone" {
            Value::Null
        } else {
            all.get(name).clone()
        };
        known.set(name, value);
    }
    known
}

/// What is known of a member, by attribute. How they signed in first is not.
fn of_member(organization: &str, found: &Found) -> Object {
    let all = values::member(found);
    let mut known = Object::new()
        .with("id", &found.user)
        .with("organization", organization)
        .with("status", "active")
        .with("reason", Value::Null)
        .with("delivery", Value::Null)
        .with("expires_at", Value::Null);
    for name in ["email", "roles", "teams", project_roles::NAME, "joined_at"] {
        known.set(name, all.get(name).clone());
    }
    known
}

/// A member as a state that nobody configured.
pub(super) fn as_state(organization: &str, found: &Found) -> Object {
    of_member(organization, found)
        .with("on_expiry", "renew")
        .with("on_leave", "reinvite")
}

/// What was read, over what the state has of its own.
fn merged(mut state: Object, organization: &str, standing: &Standing) -> Object {
    let known = match standing {
        Standing::Active(member) => of_member(organization, member),
        Standing::Invitee(Some(invitation)) => of_invitation(organization, invitation),
        Standing::Invitee(None) => Object::new()
            .with("organization", organization)
            .with("status", "gone"),
    };
    let is_gone = known.get("status").as_str() == Some("gone");
    let is_import = state.get("status").is_null();
    for (name, value) in known.iter() {
        let is_kept = match name.as_str() {
            "email" => same_address(&state, value),
            // What a member was once promised says nothing about one who has gone, and an
            // invitation by somebody else may have said other words.
            "roles" | "teams" | project_roles::NAME => is_gone && !is_import,
            "message" => !is_import,
            _ => false,
        };
        if !is_kept {
            state.set(name.as_str(), value.clone());
        }
    }
    state
}

/// Whether a state was moved here and not refreshed since: it does not say how the person stands.
fn is_unread(state: &Object) -> bool {
    state.get("status").is_null()
}

fn same_address(state: &Object, read: &Value) -> bool {
    match (state.get("email").as_str(), read.as_str()) {
        (Some(kept), Some(read)) => address::is_same(kept, read),
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
    let target = Target {
        service,
        client: &client,
        organization: &organization,
    };
    let is_renewal = planned.get("status").is_unknown();
    if is_unread(prior) {
        return Err(outdated(Diagnostic::error(CANNOT_CHANGE), UNREAD).into());
    }
    let known = match prior.get("status").as_str() {
        Some("gone") if is_renewal => {
            invited(service, cx, &client, &organization, &planned).await?
        }
        Some("expired") if is_renewal => target.renew(cx, prior, &planned).await?,
        Some("invited") => target.change_invited(prior, &planned).await?,
        Some("active") => target.change_member(prior, &planned).await?,
        _ => Object::new(),
    };
    Ok(complete(planned, &known))
}

/// Where a person is changed.
struct Target<'a> {
    service: &'a Service,
    client: &'a Native,
    organization: &'a str,
}

impl Target<'_> {
    fn changed(&self, prior: &Object) {
        let invitation = prior.get("invitation").as_str();
        let email = prior.get("email").as_str().unwrap_or_default();
        let snapshots = self.service.snapshots();
        snapshots.changed(self.organization, invitation, email);
    }

    /// Sends an expired invitation again, then brings it to what is planned.
    async fn renew(
        &self,
        cx: &Context,
        prior: &Object,
        planned: &Object,
    ) -> Result<Object, Diagnostics> {
        not_interrupted(cx)?;
        let id = prior.str("invitation")?;
        let answer = self.client.resend_invitation(self.organization, id).await;
        self.changed(prior);
        let sent = answer.map_err(|error| {
            member_moved_on(&error).unwrap_or_else(|| change(CANNOT_RESEND, &error))
        })?;
        let mut reached = prior.clone();
        let known = of_invitation(self.organization, &sent);
        for name in RENEWED {
            reached.set(name, known.get(name).clone());
        }
        cx.checkpoint(&reached);
        let changed = self.change_invited(prior, planned).await?;
        Ok(if changed.is_empty() { known } else { changed })
    }

    /// Changes what the open invitation promises; empty if nothing of it differs.
    async fn change_invited(
        &self,
        prior: &Object,
        planned: &Object,
    ) -> Result<Object, Diagnostics> {
        let Some(patch) = promise_change(prior, planned)? else {
            return Ok(Object::new());
        };
        let id = prior.str("invitation")?;
        let answer = self
            .client
            .update_invitation(self.organization, id, &patch)
            .await;
        self.changed(prior);
        match answer {
            Ok(found) => Ok(of_invitation(self.organization, &found)),
            Err(error) if error.code() == Some("not_open") => {
                let Some(joined) = self.joined(prior).await? else {
                    return Err(change(CANNOT_CHANGE, &error).into());
                };
                // Accepted since the last refresh: what was to be promised is to be given now.
                self.change_member(prior, planned).await?;
                Ok(of_member(self.organization, &joined))
            }
            Err(error) => Err(change(CANNOT_CHANGE, &error).into()),
        }
    }

    /// The member that an invited person has become, if so.
    async fn joined(&self, prior: &Object) -> Result<Option<Found>, Diagnostics> {
        let members = Members {
            client: self.client,
            organization: self.organization,
            email: prior.str("email")?,
        };
        members.only().await.map_err(stop(CANNOT_READ))
    }

    async fn change_member(&self, prior: &Object, planned: &Object) -> Result<Object, Diagnostics> {
        let patch = MemberPatch {
            roles: changed_texts(prior, planned, "roles")?,
            teams: changed_texts(prior, planned, "teams")?,
            project_roles: project_roles::changed(prior, planned)?,
        };
        if patch == MemberPatch::default() {
            return Ok(Object::new());
        }
        let answer = self
            .client
            .update_member(self.organization, prior.str("id")?, &patch)
            .await;
        self.changed(prior);
        answer
            .map(|found| of_member(self.organization, &found))
            .map_err(|error| change(CANNOT_CHANGE, &error).into())
    }

    async fn remove(&self, user: &str) -> Result<(), Diagnostics> {
        let (client, organization) = (self.client, self.organization);
        let answer = client.remove_member(organization, user).await;
        self.service
            .deleted(client, organization, CANNOT_REMOVE, answer)
            .await
    }
}

pub(super) async fn delete(
    service: &Service,
    cx: &Context,
    state: &Object,
) -> Result<(), Diagnostics> {
    let (client, organization) = service.client_and_organization(cx, state).await?;
    let target = Target {
        service,
        client: &client,
        organization: &organization,
    };
    let mut state = state.clone();
    if is_unread(&state) {
        state = read(service, cx, state).await?;
    }
    let user = state.opt_str("id")?;
    let invitation = state.opt_str("invitation")?;
    let ended = match (state.get("status").as_str(), user, invitation) {
        (Some("active"), Some(user), _) => target.remove(user).await,
        (Some("invited" | "expired"), Some(user), Some(invitation)) => {
            match withdraw(service, &client, &organization, invitation).await? {
                Withdrawal::Done => Ok(()),
                Withdrawal::TooLate => target.remove(user).await,
            }
        }
        _ => Ok(()),
    };
    target.changed(&state);
    ended
}

/// Takes an address, however the person stands.
pub(super) async fn import(
    service: &Service,
    cx: &Context,
    id: &str,
) -> Result<Object, Diagnostics> {
    let client = service.client(cx)?;
    let (organization, email) = service.split_import_id(&client, id).await?;
    address::check(&email).map_err(|why| {
        Diagnostic::error("The import id is no address")
            .detail(format!("{why} Import a person by their address."))
    })?;
    let found = standing(service, &client, &organization, &email)
        .await
        .map_err(stop(CANNOT_READ))?;
    if matches!(found, Standing::Invitee(None)) {
        return Err(Diagnostic::error("There is nobody to import")
            .detail(format!(
                "The organization {organization} has no member with the address {email}, and has \
                 never invited it."
            ))
            .into());
    }
    Ok(Object::new()
        .with("organization", organization)
        .with("email", email)
        .with("on_expiry", "renew")
        .with("on_leave", "reinvite"))
}

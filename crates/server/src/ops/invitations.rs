//! The life of an invitation as far as the inviting side decides it.

use std::collections::HashMap;

use vestibule_core::invitation::{Edit, Invitation, Inviter, Promise};
use vestibule_core::key::Principal;
use vestibule_core::organization::{Dialect, Organization};
use vestibule_core::role::{Permission, RoleSet};
use vestibule_core::team::Team;
use vestibule_core::user::{AuthType, User, UserState};
use vestibule_core::{EmailAddress, Id, Lifetime, Refusal, policy, text};
use vestibule_store::{Delivery, InvitationFilter, Tx};

use super::audit::{record, save_invitation};
use super::authority;
use crate::ctx::{Actor, Ctx};
use crate::error::AppError;

/// What an inviter asks for.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Whom to invite.
    pub email: EmailAddress,
    /// With which roles.
    pub roles: RoleSet,
    /// Into which teams.
    pub teams: Vec<Id<Team>>,
    /// How the invitee will sign in; the organization's default if `None`.
    pub auth_type: Option<AuthType>,
    /// Words to the invitee; empty for none.
    pub message: String,
    /// How long it stays open; the organization's setting for the dialect if `None`.
    pub lifetime: Option<Lifetime>,
}

/// Invites somebody: reserves a user for the address, makes the invitation, queues the mail.
///
/// # Errors
/// What the policy says; [`Refusal::AlreadyMember`]; [`Refusal::LiveInvitation`];
/// [`Refusal::PendingLimit`]; [`Refusal::NotFound`] for a team.
pub fn create(tx: &mut Tx<'_>, ctx: &Ctx, new: &NewInvitation) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let organization = authority::organization(tx, ctx)?;
    let auth_type = new
        .auth_type
        .unwrap_or_else(|| policy::default_auth_type(&organization));
    policy::may_invite(roles, &organization, new.roles, auth_type)?;
    let message = text::checked_message(&new.message)?;
    require_teams(tx, ctx, &new.teams)?;

    let promise = Promise {
        id: ctx.new_id(),
        organization: ctx.organization,
        email: new.email.clone(),
        user: reserve_user(tx, ctx, &new.email, auth_type)?,
        inviter: inviter(tx, ctx)?,
        dialect: ctx.dialect,
        auth_type,
        roles: new.roles,
        teams: new.teams.clone(),
        message,
        nonce: ctx.new_nonce(),
        lifetime: new
            .lifetime
            .unwrap_or_else(|| organization.lifetimes.of(ctx.dialect)),
    };
    let invitation = Invitation::issue(promise, ctx.now);
    if !tx.insert_invitation(&invitation)?
        && let Some(earlier) = make_way(tx, ctx, &invitation)?
    {
        return Ok(earlier);
    }
    require_room(tx, ctx)?;
    record(tx, ctx, "invitation.sent", invitation.id)?;
    tx.enqueue_invitation_mail(&invitation)?;
    Ok(invitation)
}

/// The address has an invitation that is stored as live: closes it if its time has come, and
/// inserts the new one after all; or finds that the very same was asked for a moment ago, and
/// answers with that.
fn make_way(tx: &mut Tx<'_>, ctx: &Ctx, new: &Invitation) -> Result<Option<Invitation>, AppError> {
    let live = tx
        .find_live_invitation(ctx.organization, &new.email)?
        .ok_or(AppError::Inconsistent {
            what: "an insert met a live invitation that is not there",
        })?;
    if let Some(live) = still_open(tx, ctx, live)? {
        if is_repetition(ctx, new, &live) {
            return Ok(Some(live));
        }
        if ctx.dialect == Dialect::Confluent && ctx.settings.confluent_reinvite_resends {
            return resend(tx, ctx, live.id).map(Some);
        }
        return Err(standing_in_the_way(&live));
    }
    if tx.insert_invitation(new)? {
        Ok(None)
    } else {
        Err(Refusal::VersionConflict.into())
    }
}

fn standing_in_the_way(live: &Invitation) -> AppError {
    Refusal::LiveInvitation { id: live.id }.into()
}

/// An invitation that is stored as live, if it is; otherwise it is written down that it expired,
/// so that it blocks nobody.
fn still_open(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    mut live: Invitation,
) -> Result<Option<Invitation>, AppError> {
    let read_version = live.version;
    if !live.expire(ctx.now) {
        return Ok(Some(live));
    }
    save_invitation(tx, ctx, &live, read_version, "invitation.expired")?;
    Ok(None)
}

/// Whether a create through the Confluent dialect repeats an earlier one: its provider repeats a
/// POST whose answer was lost, and must not get a conflict with itself.
fn is_repetition(ctx: &Ctx, new: &Invitation, earlier: &Invitation) -> bool {
    ctx.dialect == Dialect::Confluent
        && earlier.dialect == Dialect::Confluent
        && earlier.inviter == new.inviter
        && earlier.auth_type == new.auth_type
        && earlier.email.display() == new.email.display()
        && ctx.now.seconds_since(earlier.created_at) < ctx.settings.confluent_repeat_seconds
}

/// The user that stands for the invitee: a new placeholder, or whoever has the address.
fn reserve_user(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
    auth_type: AuthType,
) -> Result<Id<User>, AppError> {
    let placeholder = User {
        id: ctx.new_id(),
        email: email.clone(),
        full_name: String::new(),
        state: UserState::Placeholder,
        auth_type,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    if tx.insert_user(&placeholder)? {
        return Ok(placeholder.id);
    }
    let mut known = tx
        .find_user_by_email(email)?
        .ok_or(AppError::Inconsistent {
            what: "an insert met a user that is not there",
        })?;
    match known.state {
        UserState::Active => {
            if tx.find_membership(ctx.organization, known.id)?.is_some() {
                return Err(Refusal::AlreadyMember.into());
            }
        }
        UserState::Placeholder => {}
        UserState::Deactivated => {
            known.state = UserState::Placeholder;
            known.updated_at = ctx.now;
            tx.update_user(&known)?;
        }
    }
    Ok(known.id)
}

/// Who invites, under the name that the APIs show: the address of a person, the public half of a
/// program's key.
fn inviter(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<Inviter, AppError> {
    let Actor::Key(key) = &ctx.actor else {
        return Err(Refusal::NotPermitted(Permission::Invite).into());
    };
    let name = match key.principal {
        Principal::User(user) if ctx.actor.is_person() => tx
            .find_user(user)?
            .map(|user| user.email.display().to_owned())
            .ok_or(AppError::Inconsistent {
                what: "a key acts for a user that is not there",
            })?,
        Principal::User(_) | Principal::ServiceAccount(_) => key.public_id.clone(),
    };
    Ok(Inviter {
        principal: key.principal,
        name,
    })
}

fn require_teams(tx: &mut Tx<'_>, ctx: &Ctx, teams: &[Id<Team>]) -> Result<(), AppError> {
    for team in teams {
        if tx.find_team(ctx.organization, *team)?.is_none() {
            return Err(Refusal::not_found::<Team>(team.to_hex()).into());
        }
    }
    Ok(())
}

/// Counts after the insert, so that repeating a create that filled the quota is no refusal; a
/// refusal undoes the insert.
fn require_room(tx: &mut Tx<'_>, ctx: &Ctx) -> Result<(), AppError> {
    let Some(limit) = ctx.settings.pending_limit else {
        return Ok(());
    };
    if tx.count_live_invitations(ctx.organization, ctx.now)? > limit {
        return Err(Refusal::PendingLimit { limit }.into());
    }
    Ok(())
}

/// The invitation with this id.
///
/// # Errors
/// [`Refusal::NotFound`], also for another organization's id.
pub fn load(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    find(tx, ctx, id)
}

fn find(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let found = tx.find_invitation(ctx.organization, id)?;
    found.ok_or_else(|| Refusal::not_found::<Invitation>(id.to_native()).into())
}

/// The invitation with this id, and how its mail fares.
///
/// # Errors
/// As [`load`].
pub fn load_with_delivery(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
) -> Result<(Invitation, Option<Delivery>), AppError> {
    let invitation = load(tx, ctx, id)?;
    let delivery = tx.find_delivery(&invitation)?;
    Ok((invitation, delivery))
}

/// What to list, and from where on.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which ones.
    pub filter: InvitationFilter,
    /// Only those to this address.
    pub email: Option<EmailAddress>,
    /// Only those for this user.
    pub user: Option<Id<User>>,
    /// Only those after this one.
    pub after: Option<Id<Invitation>>,
    /// At most so many.
    pub limit: u32,
}

impl Listing {
    /// Whether no invitation is left out but for the page's bounds.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.filter.is_empty() && self.email.is_none() && self.user.is_none()
    }
}

/// What it takes to see a list of invitations, whether it is read or kept ([`super::marks`]).
pub(super) const TO_LIST: Permission = Permission::View;

/// Invitations of the organization by id, that is by the second they were made in.
///
/// # Errors
/// [`Refusal::NotFound`] or [`Refusal::NotPermitted`] for the organization.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, listing: &Listing) -> Result<Vec<Invitation>, AppError> {
    authority::require(tx, ctx, TO_LIST)?;
    let filter = &listing.filter;
    let mut wanted = listing.user;
    if let Some(email) = &listing.email {
        let Some(user) = tx.find_user_by_email(email)? else {
            return Ok(Vec::new());
        };
        if wanted.is_some_and(|id| id != user.id) {
            return Ok(Vec::new());
        }
        wanted = Some(user.id);
    }
    let Some(user) = wanted else {
        return Ok(tx.list_invitations(
            ctx.organization,
            filter,
            listing.after,
            listing.limit,
            ctx.now,
        )?);
    };
    // The invitations of one person are few: they are filtered here.
    let mut found = tx.list_invitations_of(ctx.organization, user)?;
    found.retain(|invitation| passes(invitation, listing, ctx));
    found.truncate(usize::try_from(listing.limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// How the mails of these invitations' current generations fare; in their order.
///
/// # Errors
/// The store's failure.
pub fn deliveries(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    listed: &[Invitation],
) -> Result<Vec<Option<Delivery>>, AppError> {
    let ids = listed.iter().map(|invitation| invitation.id);
    let (Some(first), Some(last)) = (ids.clone().min(), ids.max()) else {
        return Ok(Vec::new());
    };
    let mut known: HashMap<_, _> = tx
        .list_deliveries(ctx.organization, first, last)?
        .into_iter()
        .map(|(id, generation, delivery)| ((id, generation), delivery))
        .collect();
    Ok(listed
        .iter()
        .map(|i| known.remove(&(i.id, i.generation)))
        .collect())
}

fn passes(invitation: &Invitation, listing: &Listing, ctx: &Ctx) -> bool {
    use vestibule_core::invitation::Reason;
    let filter = &listing.filter;
    listing.after.is_none_or(|after| invitation.id > after)
        && filter
            .state
            .is_none_or(|state| invitation.state_at(ctx.now) == state)
        && filter
            .inviter
            .is_none_or(|inviter| invitation.inviter.principal == inviter)
        && filter
            .role
            .is_none_or(|role| invitation.roles.contains(role))
        && filter
            .team
            .is_none_or(|team| invitation.teams.contains(&team))
        && !(filter.hide_revoked && invitation.reason == Some(Reason::Revoked))
}

/// What to change of an open invitation. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct InvitationEdit {
    /// See [`Edit`].
    pub edit: Edit,
    /// Only if it still has this version.
    pub if_version: Option<i64>,
}

/// Changes what an open invitation promises; within what the editor may promise.
///
/// # Errors
/// [`Refusal::RoleAboveCeiling`], [`Refusal::NotOpen`], [`Refusal::NotFound`],
/// [`Refusal::VersionConflict`].
pub fn edit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<Invitation>,
    change: &InvitationEdit,
) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let mut invitation = find(tx, ctx, id)?;
    let read_version = invitation.version;
    if change
        .if_version
        .is_some_and(|version| version != read_version)
    {
        return Err(Refusal::VersionConflict.into());
    }
    let mut edit = change.edit.clone();
    // Neither the old promise nor the new one may be above the editor.
    policy::may_promise(roles, invitation.roles)?;
    policy::may_promise(roles, edit.roles.unwrap_or(invitation.roles))?;
    require_teams(tx, ctx, edit.teams.as_deref().unwrap_or_default())?;
    if let Some(message) = &edit.message {
        edit.message = Some(text::checked_message(message)?);
    }
    invitation.edit(edit, ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.changed")?;
    Ok(invitation)
}

/// The open invitation of an address, for the dialect that names invitations by address.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn load_open_by_email(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    email: &EmailAddress,
) -> Result<Invitation, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    let found = tx.find_live_invitation(ctx.organization, email)?;
    found
        .filter(|invitation| invitation.state_at(ctx.now).is_live())
        .ok_or_else(|| Refusal::not_found::<Invitation>(email.display()).into())
}

/// Sends an invitation again, or renews an expired one: a new link, a new life.
///
/// # Errors
/// [`Refusal::ResendTooSoon`], [`Refusal::NotOpen`], [`Refusal::RoleAboveCeiling`],
/// [`Refusal::NotFound`]; [`Refusal::LiveInvitation`] if the address was invited anew meanwhile.
pub fn resend(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let organization = authority::organization(tx, ctx)?;
    let mut invitation = find(tx, ctx, id)?;
    let read_version = invitation.version;
    policy::may_invite(roles, &organization, invitation.roles, invitation.auth_type)?;
    if let Some(other) = tx.find_live_invitation(ctx.organization, &invitation.email)?
        && other.id != invitation.id
        && let Some(live) = still_open(tx, ctx, other)?
    {
        return Err(standing_in_the_way(&live));
    }
    // A renewal is a new promise to the same person, and takes up room again.
    reserve_user(tx, ctx, &invitation.email, invitation.auth_type)?;
    invitation.resend(ctx.new_nonce(), ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.resent")?;
    require_room(tx, ctx)?;
    tx.enqueue_invitation_mail(&invitation)?;
    Ok(invitation)
}

/// Withdraws an invitation: its link dies, and a placeholder without any other tie is deactivated.
///
/// # Errors
/// [`Refusal::AlreadyAccepted`], [`Refusal::NotOpen`], [`Refusal::RoleAboveCeiling`],
/// [`Refusal::NotFound`].
pub fn revoke(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<Invitation>) -> Result<Invitation, AppError> {
    let roles = authority::require(tx, ctx, Permission::Invite)?;
    let mut invitation = find(tx, ctx, id)?;
    let read_version = invitation.version;
    policy::may_promise(roles, invitation.roles)?;
    invitation.revoke(ctx.now)?;
    save_invitation(tx, ctx, &invitation, read_version, "invitation.revoked")?;
    release_user(tx, ctx, invitation.user)?;
    Ok(invitation)
}

/// Deactivates a placeholder that nothing holds any more.
pub(crate) fn release_user(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<(), AppError> {
    let Some(mut user) = tx.find_user(id)? else {
        return Ok(());
    };
    if user.state == UserState::Placeholder && tx.count_live_ties(id)? == 0 {
        user.state = UserState::Deactivated;
        user.updated_at = ctx.now;
        tx.update_user(&user)?;
    }
    Ok(())
}

/// The organization an invitation belongs to, for whoever shows it to people.
pub(crate) fn organization_of(
    tx: &mut Tx<'_>,
    invitation: &Invitation,
) -> Result<Organization, AppError> {
    let found = tx.find_organization(invitation.organization)?;
    found.ok_or(AppError::Inconsistent {
        what: "an invitation's organization is not there",
    })
}

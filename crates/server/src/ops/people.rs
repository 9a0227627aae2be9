//! People however they stand: listed page by page, changed and removed.
//!
//! What happens to a person depends on how they stand: a membership is changed, or the promise of
//! one. Must not say how a standing is called.

use vestibule_core::invitation::{Edit, Invitation};
use vestibule_core::project::Project;
use vestibule_core::role::{Permission, Role, RoleSet};
use vestibule_core::team::Team;
use vestibule_core::user::User;
use vestibule_core::{Id, Refusal};
use vestibule_store::{Circle, Ended, Slice, Tx};

use super::directory::{self, Person, Standing};
use super::invitations::{self, InvitationEdit};
use super::members::{self, MemberEdit};
use super::{Counted, authority, projects, teams};
use crate::ctx::Ctx;
use crate::error::AppError;

/// Whom to list, and which part of the list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Those who stand like this.
    pub standings: Vec<Standing>,
    /// Only members of this team, and those who are promised it.
    pub team: Option<Id<Team>>,
    /// Only those with roles in this project, and those who are promised some.
    pub project: Option<Id<Project>>,
    /// Which part of the list.
    pub slice: Slice,
}

/// People of the organization, or of one of its teams.
///
/// Members come first, in the order they joined; then those whose invitation is open, by address;
/// then those whose last invitation came to nothing, in the order they were invited.
///
/// # Errors
/// [`Refusal::NotFound`] for strangers, and for a team that there is not.
pub fn list(tx: &mut Tx<'_>, ctx: &Ctx, listing: &Listing) -> Result<Counted<Person>, AppError> {
    authority::require(tx, ctx, Permission::View)?;
    if let Some(team) = listing.team {
        teams::load(tx, ctx, team)?;
    }
    if let Some(project) = listing.project {
        projects::load(tx, ctx, project)?;
    }
    let circle = Circle {
        organization: ctx.organization,
        team: listing.team,
        project: listing.project,
    };
    let wants = |standing| listing.standings.contains(&standing);
    let mut part = Part::new(listing);
    if wants(Standing::Active) {
        let count = tx.count_circle_members(circle)?;
        if let Some(slice) = part.next(count) {
            let members = tx.list_circle_members(circle, slice)?;
            part.people.extend(members.into_iter().map(|found| {
                let places = (found.teams, found.projects);
                directory::member(found.user, found.membership, found.invited_as, places)
            }));
        }
    }
    if wants(Standing::Pending) {
        let count = tx.count_circle_pending(circle, ctx.now)?;
        if let Some(slice) = part.next(count) {
            let found = tx.list_circle_pending(circle, ctx.now, slice)?;
            part.invitees(found, ctx);
        }
    }
    let ended = Ended {
        expired: wants(Standing::InvitationExpired),
        declined: wants(Standing::InvitationRejected),
    };
    if ended != Ended::default() {
        let count = tx.count_circle_ended(circle, ended, ctx.now)?;
        if let Some(slice) = part.next(count) {
            let found = tx.list_circle_ended(circle, ended, ctx.now, slice)?;
            part.invitees(found, ctx);
        }
    }
    Ok(Counted {
        total: part.total,
        items: part.people,
    })
}

/// What a page has so far, and where in the next list it goes on.
struct Part {
    total: i64,
    people: Vec<Person>,
    wanted: Slice,
}

impl Part {
    const fn new(listing: &Listing) -> Self {
        Self {
            total: 0,
            people: Vec::new(),
            wanted: listing.slice,
        }
    }

    /// The slice of the next list, which has `count` people, that belongs to the page; `None` if
    /// none of it does.
    fn next(&mut self, count: i64) -> Option<Slice> {
        let slice = self.wanted.rest(self.total, self.people.len());
        self.total = self.total.saturating_add(count);
        (slice.offset < count && slice.limit > 0).then_some(slice)
    }

    fn invitees(&mut self, found: Vec<Invitation>, ctx: &Ctx) {
        self.people
            .extend(found.into_iter().filter_map(|invitation| {
                directory::standing_of(&invitation, ctx)
                    .map(|standing| directory::invitee(standing, invitation, ctx))
            }));
    }
}

/// Changes a member, or what an open invitation promises.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever is neither; [`Refusal::NotPermitted`],
/// [`Refusal::RoleAboveCeiling`], [`Refusal::NoRoles`], [`Refusal::LastOwner`];
/// [`Refusal::TooManyTeams`], [`Refusal::TeamFull`].
pub fn edit(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<User>,
    change: &MemberEdit,
) -> Result<Person, AppError> {
    let person = load_present(tx, ctx, id)?;
    if let Some(invitation) = &person.invitation {
        let change = InvitationEdit {
            edit: Edit {
                roles: change.roles,
                teams: change.teams.clone(),
                ..Edit::default()
            },
            project_roles: change.project_roles.clone(),
            if_version: None,
        };
        invitations::edit(tx, ctx, invitation.id, &change)?;
    } else {
        members::edit(tx, ctx, id, change)?;
    }
    directory::load_person(tx, ctx, id)
}

/// Gives a member one role more, or promises it.
///
/// # Errors
/// [`Refusal::RoleHeld`]; as [`edit`].
pub fn add_role(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>, role: Role) -> Result<Person, AppError> {
    let roles = roles_of(&load_present(tx, ctx, id)?);
    if roles.contains(role) {
        authority::require(tx, ctx, Permission::ManageMembers)?;
        return Err(Refusal::RoleHeld.into());
    }
    set_roles(tx, ctx, id, roles.union(RoleSet::of(&[role])))
}

/// Takes a role from a member, or from what they are promised.
///
/// # Errors
/// [`Refusal::RoleNotHeld`]; [`Refusal::NoRoles`] if it is the only one; as [`edit`].
pub fn remove_role(
    tx: &mut Tx<'_>,
    ctx: &Ctx,
    id: Id<User>,
    role: Role,
) -> Result<Person, AppError> {
    let roles = roles_of(&load_present(tx, ctx, id)?);
    if !roles.contains(role) {
        authority::require(tx, ctx, Permission::ManageMembers)?;
        return Err(Refusal::RoleNotHeld.into());
    }
    set_roles(tx, ctx, id, roles.minus(RoleSet::of(&[role])))
}

fn set_roles(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>, roles: RoleSet) -> Result<Person, AppError> {
    let change = MemberEdit {
        roles: Some(roles),
        ..MemberEdit::default()
    };
    edit(tx, ctx, id, &change)
}

/// Ends a membership, or withdraws an open invitation.
///
/// # Errors
/// [`Refusal::NotFound`] for whoever is neither; as [`members::remove`] and
/// [`invitations::revoke`].
pub fn remove(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<(), AppError> {
    match load_present(tx, ctx, id)?.invitation {
        Some(invitation) => {
            invitations::revoke(tx, ctx, invitation.id)?;
        }
        None => {
            members::remove(tx, ctx, id)?;
        }
    }
    Ok(())
}

/// A member, or somebody whose invitation is open.
///
/// # Errors
/// [`Refusal::NotFound`], also for somebody whose invitation came to nothing.
pub(super) fn load_present(tx: &mut Tx<'_>, ctx: &Ctx, id: Id<User>) -> Result<Person, AppError> {
    let person = directory::load_person(tx, ctx, id)?;
    match person.standing {
        Standing::Active | Standing::Pending => Ok(person),
        Standing::InvitationExpired | Standing::InvitationRejected => {
            Err(Refusal::not_found::<User>(id.to_native()).into())
        }
    }
}

fn roles_of(person: &Person) -> RoleSet {
    let promised = person
        .invitation
        .as_ref()
        .map(|invitation| invitation.roles);
    let held = person
        .membership
        .as_ref()
        .map(|membership| membership.roles);
    held.or(promised).unwrap_or(RoleSet::NONE)
}

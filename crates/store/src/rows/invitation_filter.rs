//! Which invitations a list is of. Must not know how the database finds them.

use vestibule_core::invitation::{Invitation, State};
use vestibule_core::key::Principal;
use vestibule_core::project::Project;
use vestibule_core::role::Role;
use vestibule_core::team::Team;
use vestibule_core::{Id, Timestamp};

/// What an invitation is to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The organization itself.
    Organization,
    /// One of its projects.
    Project(Id<Project>),
}

impl Scope {
    /// What this invitation is to.
    #[must_use]
    pub fn of(invitation: &Invitation) -> Self {
        invitation.project.map_or(Self::Organization, Self::Project)
    }

    pub(super) fn column(self) -> String {
        match self {
            Self::Organization => String::new(),
            Self::Project(id) => id.to_hex(),
        }
    }
}

/// Which invitations of an organization to list; all of them by default.
#[derive(Clone, Debug, Default)]
pub struct InvitationFilter {
    /// In this state at the instant of the listing.
    pub state: Option<State>,
    /// Invited by this person or service account.
    pub inviter: Option<Principal>,
    /// Promising this role, among others.
    pub role: Option<Role>,
    /// Promising this team, among others.
    pub team: Option<Id<Team>>,
    /// Without those that were withdrawn.
    pub hide_revoked: bool,
    /// Those whose membership has ended count as accepted, which they were, not as deactivated.
    pub ended_count_as_accepted: bool,
    /// From the newest to the oldest, instead of the other way round.
    pub newest_first: bool,
    /// To this only.
    pub scope: Option<Scope>,
}

impl InvitationFilter {
    /// Whether every invitation passes, in the order of ids.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        let Self {
            state,
            inviter,
            role,
            team,
            hide_revoked,
            // Alone, it leaves out nothing.
            ended_count_as_accepted: _,
            newest_first,
            scope,
        } = self;
        state.is_none()
            && inviter.is_none()
            && role.is_none()
            && team.is_none()
            && !*hide_revoked
            && !*newest_first
            && scope.is_none()
    }

    /// The state by which this filter judges an invitation at `now`.
    #[must_use]
    pub fn state_of(&self, invitation: &Invitation, now: Timestamp) -> State {
        match invitation.state_at(now) {
            State::Deactivated
                if self.ended_count_as_accepted && invitation.accepted_at.is_some() =>
            {
                State::Accepted
            }
            state => state,
        }
    }
}

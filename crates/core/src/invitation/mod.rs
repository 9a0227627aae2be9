//! The invitation: a promise of membership that waits for an answer, as a state machine.
//!
//! Owns every transition, one method each, and the one decision whether an invitation has expired.
//! Must not know who may ask for a transition ([`crate::policy`]) nor how it is stored.
//!
//! | | from | to | method |
//! |--|--|--|--|
//! | T0 | – | sent | [`Invitation::issue`] |
//! | T2 | sent | sent | [`Invitation::resend`] |
//! | T3 | expired | sent | [`Invitation::resend`] |
//! | T4 | sent | accepted | [`Invitation::accept`] |
//! | T5 | sent | deactivated (declined) | [`Invitation::decline`] |
//! | T6 | staged, sent, expired | deactivated (revoked) | [`Invitation::revoke`] |
//! | T6 | staged, sent, expired | deactivated (removed) | [`Invitation::remove_invitee`] |
//! | T7 | staged, sent | expired | [`Invitation::expire`] |
//! | T8 | staged, sent | accepted (joined by another road) | [`Invitation::close_joined`] |
//! | T9 | accepted | deactivated (left, removed) | [`Invitation::end_membership`] |
//! | T11 | staged, sent | unchanged | [`Invitation::edit`] |

mod life;
mod state;

pub use life::RESEND_INTERVAL_SECONDS;
pub use state::{Reason, State};

use crate::email::EmailAddress;
use crate::id::{Id, Kind};
use crate::key::Principal;
use crate::organization::{Dialect, Organization};
use crate::project::{Project, ProjectPromise};
use crate::role::RoleSet;
use crate::team::Team;
use crate::time::{Lifetime, Timestamp};
use crate::user::{AuthType, User};

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: Id<Self>,
    /// To which organization.
    pub organization: Id<Organization>,
    /// Whom, as the inviter spelled it.
    pub email: EmailAddress,
    /// The user that stands for the invitee: a placeholder until acceptance, or the known person.
    pub user: Id<User>,
    /// Who invited.
    pub inviter: Inviter,
    /// Through which API it was made.
    pub dialect: Dialect,
    /// How the invitee will sign in.
    pub auth_type: AuthType,
    /// To which project of it, if it is an invitation to one: then it promises roles there, and
    /// membership of the organization only because nobody is in a project without it.
    pub project: Option<Id<Project>>,
    /// The promised roles.
    pub roles: RoleSet,
    /// The promised teams.
    pub teams: Vec<Id<Team>>,
    /// The promised roles in projects, each project once.
    pub project_roles: Vec<ProjectPromise>,
    /// The inviter's words; empty for none.
    pub message: String,
    /// The state as it was written last. Read it through [`Invitation::state_at`].
    pub state: State,
    /// Why it is in that state.
    pub reason: Option<Reason>,
    /// Raised by each resend: older links open nothing.
    pub generation: i64,
    /// Random, stored; without it and the key ring nobody can derive the link.
    pub nonce: String,
    /// The length of its life, in effect at its last sending.
    pub lifetime: Lifetime,
    /// When it was sent last.
    pub sent_at: Timestamp,
    /// From when on it cannot be accepted.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Option<Timestamp>,
    /// When it came to an end other than acceptance.
    pub ended_at: Option<Timestamp>,
    /// How often it was sent again.
    pub resend_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
    /// Counts the changes; the condition of every write.
    pub version: i64,
}

impl Kind for Invitation {
    const NATIVE: &'static str = "inv";
    const CONFLUENT: &'static str = "i";
    const NOUN: &'static str = "invitation";
}

/// Who invited, and under which name the invitee and the APIs see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inviter {
    /// The person or the service account.
    pub principal: Principal,
    /// The address of a person; the public half of the key that a program used.
    pub name: String,
}

/// What an inviter asks for, checked and completed.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The new invitation's id.
    pub id: Id<Invitation>,
    /// See [`Invitation::organization`].
    pub organization: Id<Organization>,
    /// See [`Invitation::email`].
    pub email: EmailAddress,
    /// See [`Invitation::user`].
    pub user: Id<User>,
    /// See [`Invitation::inviter`].
    pub inviter: Inviter,
    /// See [`Invitation::dialect`].
    pub dialect: Dialect,
    /// See [`Invitation::auth_type`].
    pub auth_type: AuthType,
    /// See [`Invitation::project`].
    pub project: Option<Id<Project>>,
    /// See [`Invitation::roles`].
    pub roles: RoleSet,
    /// See [`Invitation::teams`].
    pub teams: Vec<Id<Team>>,
    /// See [`Invitation::project_roles`].
    pub project_roles: Vec<ProjectPromise>,
    /// See [`Invitation::message`].
    pub message: String,
    /// See [`Invitation::nonce`].
    pub nonce: String,
    /// How long it stays open.
    pub lifetime: Lifetime,
}

/// What may be changed while an invitation is open. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// New roles.
    pub roles: Option<RoleSet>,
    /// New teams; an empty list takes all away.
    pub teams: Option<Vec<Id<Team>>>,
    /// New roles in projects; an empty list takes all away.
    pub project_roles: Option<Vec<ProjectPromise>>,
    /// A new message.
    pub message: Option<String>,
    /// A new lifetime, counted from the last sending.
    pub lifetime: Option<Lifetime>,
}

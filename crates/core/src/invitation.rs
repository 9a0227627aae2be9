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
//! | T7 | staged, sent | expired | [`Invitation::expire`] |
//! | T8 | staged, sent | accepted (joined by another road) | [`Invitation::close_joined`] |
//! | T9 | accepted | deactivated (left, removed) | [`Invitation::end_membership`] |
//! | T11 | staged, sent | unchanged | [`Invitation::edit`] |

use crate::email::EmailAddress;
use crate::error::Refusal;
use crate::id::{Id, Kind};
use crate::key::Principal;
use crate::organization::{Dialect, Organization};
use crate::role::RoleSet;
use crate::team::Team;
use crate::time::{Lifetime, Timestamp};
use crate::user::{AuthType, User};

/// How long a sent invitation must wait before it is sent again, in seconds.
pub const RESEND_INTERVAL_SECONDS: i64 = 60;

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
    /// The promised roles.
    pub roles: RoleSet,
    /// The promised teams.
    pub teams: Vec<Id<Team>>,
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

/// What becomes of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It exists and is not released.
    Staged,
    /// It is released and waits for an answer.
    Sent,
    /// The invitee is, or was, a member by it.
    Accepted,
    /// Nobody answered in time.
    Expired,
    /// Somebody ended it.
    Deactivated,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Staged,
        Self::Sent,
        Self::Accepted,
        Self::Expired,
        Self::Deactivated,
    ];

    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Deactivated => "deactivated",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// What this stored state is at `now` for an invitation that expires then: see
    /// [`Invitation::state_at`].
    #[must_use]
    pub fn at(self, expires_at: Timestamp, now: Timestamp) -> Self {
        if self.is_live() && now >= expires_at {
            Self::Expired
        } else {
            self
        }
    }

    /// Whether it still waits for an answer. At most one invitation of an address in an
    /// organization does.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Staged | Self::Sent)
    }
}

/// Why an invitation is in its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Withdrawn by somebody who may.
    Revoked,
    /// Declined by the invitee.
    Declined,
    /// The member left.
    UserLeft,
    /// The member was removed.
    UserRemoved,
    /// The person joined by another road.
    JoinedOtherwise,
}

impl Reason {
    const ALL: [Self; 5] = [
        Self::Revoked,
        Self::Declined,
        Self::UserLeft,
        Self::UserRemoved,
        Self::JoinedOtherwise,
    ];

    /// The name in the database and in the native API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Declined => "declined",
            Self::UserLeft => "user_left",
            Self::UserRemoved => "user_removed",
            Self::JoinedOtherwise => "joined_otherwise",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
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
    /// See [`Invitation::roles`].
    pub roles: RoleSet,
    /// See [`Invitation::teams`].
    pub teams: Vec<Id<Team>>,
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
    /// A new message.
    pub message: Option<String>,
    /// A new lifetime, counted from the last sending.
    pub lifetime: Option<Lifetime>,
}

impl Invitation {
    /// T0: makes an invitation and releases it; its life is counted from now.
    #[must_use]
    pub fn issue(promise: Promise, now: Timestamp) -> Self {
        Self {
            id: promise.id,
            organization: promise.organization,
            email: promise.email,
            user: promise.user,
            inviter: promise.inviter,
            dialect: promise.dialect,
            auth_type: promise.auth_type,
            roles: promise.roles,
            teams: promise.teams,
            message: promise.message,
            state: State::Sent,
            reason: None,
            generation: 1,
            nonce: promise.nonce,
            lifetime: promise.lifetime,
            sent_at: now,
            expires_at: now.plus(promise.lifetime),
            accepted_at: None,
            ended_at: None,
            resend_count: 0,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// The state that counts at `now`: an open invitation whose time has come is expired, whether or
    /// not anybody has written that down. The interval is half-open: at `expires_at` it is over.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> State {
        self.state.at(self.expires_at, now)
    }

    /// T2 and T3: sends it again, or renews it after it expired. Its life starts anew, the old link
    /// dies with the old generation, `nonce` is fresh.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] after an answer or a withdrawal; [`Refusal::ResendTooSoon`].
    pub fn resend(&mut self, nonce: String, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state_at(now);
        match state {
            State::Staged | State::Accepted | State::Deactivated => {
                return Err(Refusal::NotOpen {
                    state,
                    wanted: "resent",
                });
            }
            State::Sent => {
                let wait = RESEND_INTERVAL_SECONDS.saturating_sub(now.seconds_since(self.sent_at));
                if wait > 0 {
                    return Err(Refusal::ResendTooSoon { seconds: wait });
                }
            }
            State::Expired => {}
        }
        self.state = State::Sent;
        self.reason = None;
        self.generation += 1;
        self.nonce = nonce;
        self.sent_at = now;
        self.expires_at = now.plus(self.lifetime);
        self.ended_at = None;
        self.resend_count += 1;
        self.touch(now);
        Ok(())
    }

    /// T4: the invitee accepts. Whether the one who asks is the invitee, the caller has found out.
    ///
    /// # Errors
    /// [`Refusal::LinkNotValid`] unless it is open at `now`: who holds a dead link learns no more.
    pub fn accept(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.must_be_answerable(now)?;
        self.state = State::Accepted;
        self.accepted_at = Some(now);
        self.touch(now);
        Ok(())
    }

    /// T5: the invitee declines.
    ///
    /// # Errors
    /// [`Refusal::LinkNotValid`] unless it is open at `now`.
    pub fn decline(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.must_be_answerable(now)?;
        self.deactivate(Reason::Declined, now);
        Ok(())
    }

    /// T6: somebody who may withdraws it, open or expired.
    ///
    /// # Errors
    /// [`Refusal::AlreadyAccepted`]; [`Refusal::NotOpen`] if it was ended before.
    pub fn revoke(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state_at(now);
        match state {
            State::Accepted => Err(Refusal::AlreadyAccepted),
            State::Deactivated => Err(Refusal::NotOpen {
                state,
                wanted: "revoked",
            }),
            State::Staged | State::Sent | State::Expired => {
                self.deactivate(Reason::Revoked, now);
                Ok(())
            }
        }
    }

    /// T7: writes down that it expired. `true` the first time only, so that whoever tells the
    /// world about it tells it once.
    pub fn expire(&mut self, now: Timestamp) -> bool {
        let due = self.state.is_live() && self.state_at(now) == State::Expired;
        if due {
            self.state = State::Expired;
            self.ended_at = Some(self.expires_at);
            self.touch(now);
        }
        due
    }

    /// T8: the person joined by another road; the invitation closes with it.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] unless it is open at `now`.
    pub fn close_joined(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state_at(now);
        if !state.is_live() {
            return Err(Refusal::NotOpen {
                state,
                wanted: "closed",
            });
        }
        self.state = State::Accepted;
        self.reason = Some(Reason::JoinedOtherwise);
        self.accepted_at = Some(now);
        self.touch(now);
        Ok(())
    }

    /// T9: the membership that came of it ended; `accepted_at` stays.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] unless it was accepted.
    pub fn end_membership(&mut self, left: bool, now: Timestamp) -> Result<(), Refusal> {
        if self.state != State::Accepted {
            return Err(Refusal::NotOpen {
                state: self.state_at(now),
                wanted: "ended",
            });
        }
        self.deactivate(
            if left {
                Reason::UserLeft
            } else {
                Reason::UserRemoved
            },
            now,
        );
        Ok(())
    }

    /// T11: changes what is promised, while it is open.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] unless it is open at `now`; [`Refusal::NoRoles`];
    /// [`Refusal::InvalidLifetime`] if the new life would be over already.
    pub fn edit(&mut self, edit: Edit, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state_at(now);
        if !state.is_live() {
            return Err(Refusal::NotOpen {
                state,
                wanted: "changed",
            });
        }
        let ends_already = |lifetime| self.sent_at.plus(lifetime) <= now;
        if edit.lifetime.is_some_and(ends_already) {
            return Err(Refusal::InvalidLifetime);
        }
        if let Some(roles) = edit.roles {
            if roles.is_empty() {
                return Err(Refusal::NoRoles);
            }
            self.roles = roles;
        }
        if let Some(teams) = edit.teams {
            self.teams = teams;
        }
        if let Some(message) = edit.message {
            self.message = message;
        }
        if let Some(lifetime) = edit.lifetime {
            self.lifetime = lifetime;
            self.expires_at = self.sent_at.plus(lifetime);
        }
        self.touch(now);
        Ok(())
    }

    fn must_be_answerable(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.state_at(now) == State::Sent {
            Ok(())
        } else {
            Err(Refusal::LinkNotValid)
        }
    }

    fn deactivate(&mut self, reason: Reason, now: Timestamp) {
        self.state = State::Deactivated;
        self.reason = Some(reason);
        self.ended_at = Some(now);
        self.touch(now);
    }

    const fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
        self.version += 1;
    }
}

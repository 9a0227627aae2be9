//! The transitions of an invitation. Each takes `now`, and leaves the invitation as it was when it
//! refuses. Must not know who may ask for one.

use super::{Edit, Invitation, Promise, Reason, State};
use crate::error::Refusal;
use crate::id::Id;
use crate::project::{Project, ProjectRole};
use crate::role::RoleSet;
use crate::time::Timestamp;

/// How long a sent invitation must wait before it is sent again, in seconds.
pub const RESEND_INTERVAL_SECONDS: i64 = 60;

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
            project: promise.project,
            roles: promise.roles,
            teams: promise.teams,
            project_roles: promise.project_roles,
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
        self.withdraw(Reason::Revoked, now)
    }

    /// T6: it goes with its invitee, who is removed before they have answered.
    ///
    /// # Errors
    /// As [`Invitation::revoke`].
    pub fn remove_invitee(&mut self, now: Timestamp) -> Result<(), Refusal> {
        self.withdraw(Reason::UserRemoved, now)
    }

    fn withdraw(&mut self, reason: Reason, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state_at(now);
        match state {
            State::Accepted => Err(Refusal::AlreadyAccepted),
            State::Deactivated => Err(Refusal::NotOpen {
                state,
                wanted: "revoked",
            }),
            State::Staged | State::Sent | State::Expired => {
                self.deactivate(reason, now);
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

    /// T7 before its time, for testing: an open invitation is over at `now`, and expires. Its
    /// lifetime stays, and counts when it is sent again.
    ///
    /// # Errors
    /// [`Refusal::NotOpen`] unless it is open at `now`.
    pub fn expire_early(&mut self, now: Timestamp) -> Result<(), Refusal> {
        let state = self.state_at(now);
        if !state.is_live() {
            return Err(Refusal::NotOpen {
                state,
                wanted: "expired",
            });
        }
        self.expires_at = now;
        self.expire(now);
        Ok(())
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
    /// [`Refusal::OutOfScope`]; [`Refusal::InvalidLifetime`] if the new life would be over already.
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
        if let Some(project) = self.project {
            stays_in(project, &edit)?;
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
        if let Some(project_roles) = edit.project_roles {
            self.project_roles = project_roles;
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

    /// What it promises in this project.
    #[must_use]
    pub fn roles_in(&self, project: Id<Project>) -> RoleSet<ProjectRole> {
        let promised = self.project_roles.iter().map(|promise| promise.grant);
        promised
            .filter(|grant| grant.project == project)
            .fold(RoleSet::NONE, |sum, grant| sum.union(grant.roles))
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

/// Checks that an invitation to `project` promises roles there, and nothing else, after `edit`.
fn stays_in(project: Id<Project>, edit: &Edit) -> Result<(), Refusal> {
    if edit.roles.is_some() || edit.teams.is_some() {
        return Err(Refusal::OutOfScope);
    }
    match edit.project_roles.as_deref() {
        None => Ok(()),
        Some([]) => Err(Refusal::NoRoles),
        Some([only]) if only.grant.project == project => Ok(()),
        Some(_) => Err(Refusal::OutOfScope),
    }
}

//! An invitation as this dialect shows it, written from the core's type without a copy.
//!
//! Owns nothing but speed: a page of 100 invitations would otherwise be two thousand small texts.
//! The shape is [`wire::Invitation`]'s; a test holds the two together.

use serde::{Serialize, Serializer};
use vestibule_core::invitation::Invitation;
use vestibule_core::key::Principal;
use vestibule_core::project::ProjectPromise;
use vestibule_core::role::{Role, RoleSet, Vocabulary};
use vestibule_core::team::Team;
use vestibule_core::text::Short;
use vestibule_core::{Id, Timestamp};
use vestibule_store::Delivery;
use vestibule_wire::native as wire;

use super::convert;

/// See [`wire::Invitation`].
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: Short,
    organization: Short,
    email: &'a str,
    auth_type: wire::AuthType,
    state: wire::InvitationState,
    reason: Option<&'static str>,
    delivery: Option<wire::Delivery>,
    roles: Roles,
    teams: Teams<'a>,
    project: Option<Short>,
    project_roles: Promised<'a>,
    message: Option<&'a str>,
    user: Short,
    inviter: Inviter<'a>,
    generation: i64,
    resend_count: i64,
    sent_at: Option<Short>,
    expires_at: Short,
    accepted_at: Option<Short>,
    ended_at: Option<Short>,
    created_at: Short,
    updated_at: Short,
    version: i64,
}

#[derive(Serialize)]
struct Inviter<'a> {
    kind: wire::InviterKind,
    id: Short,
    name: &'a str,
}

/// A list of the names of roles.
struct Roles(RoleSet);

impl Serialize for Roles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Role::name))
    }
}

/// A list of ids.
struct Teams<'a>(&'a [Id<Team>]);

impl Serialize for Teams<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|id| id.native()))
    }
}

/// A list of roles in projects.
struct Promised<'a>(&'a [ProjectPromise]);

impl Serialize for Promised<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let grants = self.0.iter().map(|promise| &promise.grant);
        serializer.collect_seq(grants.map(convert::project_roles))
    }
}

impl<'a> Shown<'a> {
    /// An invitation as it stands at `now`.
    pub(super) fn of(from: &'a Invitation, mail: Option<&Delivery>, now: Timestamp) -> Self {
        Self {
            id: from.id.native(),
            organization: from.organization.native(),
            email: from.email.display(),
            auth_type: convert::auth_type(from.auth_type),
            state: convert::state(from.state_at(now)),
            reason: from.reason.map(|reason| reason.name()),
            delivery: mail.map(convert::delivery),
            roles: Roles(from.roles),
            teams: Teams(&from.teams),
            project: from.project.map(Id::native),
            project_roles: Promised(&from.project_roles),
            message: Some(from.message.as_str()).filter(|words| !words.is_empty()),
            user: from.user.native(),
            inviter: inviter(from),
            generation: from.generation,
            resend_count: from.resend_count,
            sent_at: Some(from.sent_at.rfc3339()),
            expires_at: from.expires_at.rfc3339(),
            accepted_at: from.accepted_at.map(Timestamp::rfc3339),
            ended_at: from.ended_at.map(Timestamp::rfc3339),
            created_at: from.created_at.rfc3339(),
            updated_at: from.updated_at.rfc3339(),
            version: from.version,
        }
    }
}

fn inviter(from: &Invitation) -> Inviter<'_> {
    let (kind, id) = match from.inviter.principal {
        Principal::User(id) => (wire::InviterKind::User, id.native()),
        Principal::ServiceAccount(id) => (wire::InviterKind::ServiceAccount, id.native()),
    };
    Inviter {
        kind,
        id,
        name: &from.inviter.name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use vestibule_core::invitation::{Inviter, Promise};
    use vestibule_core::organization::Dialect;
    use vestibule_core::project::{ProjectGrant, ProjectRole};
    use vestibule_core::user::AuthType;
    use vestibule_core::{EmailAddress, Lifetime, Random};

    use super::*;

    #[test]
    fn what_is_shown_has_the_shape_that_is_described() {
        let random = Random::seeded(1);
        let now = Timestamp::from_micros(1_772_355_600_100_000);
        let promise = Promise {
            id: Id::generate(now, &random),
            organization: Id::generate(now, &random),
            email: EmailAddress::parse("Ann@example.org").expect("an address"),
            user: Id::generate(now, &random),
            inviter: Inviter {
                principal: Principal::ServiceAccount(Id::generate(now, &random)),
                name: "KEY \"1\"".to_owned(),
            },
            dialect: Dialect::Native,
            auth_type: AuthType::Sso,
            roles: RoleSet::of(&[Role::Owner, Role::Member]),
            teams: vec![Id::generate(now, &random), Id::generate(now, &random)],
            project: Some(Id::generate(now, &random)),
            project_roles: vec![ProjectPromise {
                grant: ProjectGrant {
                    project: Id::generate(now, &random),
                    roles: RoleSet::of(&[ProjectRole::Owner, ProjectRole::ReadOnly]),
                },
                by: Principal::User(Id::generate(now, &random)),
            }],
            message: "Hello\n\u{1f44b}".to_owned(),
            nonce: "k1.0".to_owned(),
            lifetime: Lifetime::days(7),
        };
        let mut invitation = Invitation::issue(promise, now);
        for step in 0..3 {
            match step {
                0 => {}
                1 => invitation.accept(now).expect("it is open"),
                _ => invitation
                    .end_membership(true, now)
                    .expect("it was accepted"),
            }
            let mail = (step == 0).then(|| convert::queued(now));
            let shown = serde_json::to_string(&Shown::of(&invitation, mail.as_ref(), now));
            let shown = shown.expect("it is JSON");
            let read: wire::Invitation = serde_json::from_str(&shown).expect("it is an invitation");
            // Same members, same order, same values.
            assert_eq!(shown, serde_json::to_string(&read).expect("it is JSON"));
            let value: Value = serde_json::from_str(&shown).expect("it is JSON");
            assert_eq!(value["id"], invitation.id.to_native());
            assert_eq!(value["expires_at"], "2026-03-08T09:00:00.100000Z");
        }
    }
}

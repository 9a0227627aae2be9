//! Builders for the tests of the rules.
#![allow(
    clippy::allow_attributes,
    dead_code,
    unreachable_pub,
    reason = "compiled into several test binaries, each of which uses what it needs"
)]

use vestibule_core::invitation::{Invitation, Inviter, Promise};
use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::organization::Dialect;
use vestibule_core::role::{Role, RoleSet};
use vestibule_core::secret::KeyRing;
use vestibule_core::user::AuthType;
use vestibule_core::{EmailAddress, Id, Lifetime, Random, Timestamp};

/// 2026-03-01T09:00:00Z.
pub const NOW: Timestamp = Timestamp::from_seconds(1_772_355_600);

/// A sent invitation of seven days; `n` tells invitations apart.
pub fn invitation(ring: &KeyRing, n: u8) -> Invitation {
    Invitation::issue(
        Promise {
            id: Id::from_bytes([n; 12]),
            organization: Id::from_bytes([100; 12]),
            email: EmailAddress::from_stored("Ann@x.org".into(), "ann@x.org".into()),
            user: Id::from_bytes([101; 12]),
            inviter: Inviter {
                principal: Principal::User(Id::from_bytes([102; 12])),
                name: "owner@x.org".into(),
            },
            dialect: Dialect::Native,
            auth_type: AuthType::Local,
            roles: RoleSet::of(&[Role::Member]),
            project: None,
            teams: Vec::new(),
            project_roles: Vec::new(),
            message: String::new(),
            nonce: ring.nonce(&Random::seeded(n.into())),
            lifetime: Lifetime::days(7),
        },
        NOW,
    )
}

/// A usable key of this kind.
pub fn key(ring: &KeyRing, kind: KeyKind) -> ApiKey {
    let id = Id::from_bytes([50; 12]);
    ApiKey {
        id,
        organization: Id::from_bytes([100; 12]),
        principal: Principal::User(Id::from_bytes([102; 12])),
        kind,
        public_id: vestibule_core::secret::public_id(kind, id, &Random::seeded(1)),
        name: "test".into(),
        generation: 1,
        nonce: ring.nonce(&Random::seeded(50)),
        created_at: NOW,
        expires_at: None,
        revoked_at: None,
    }
}

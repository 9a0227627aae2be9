//! Between this dialect's shapes and the product's: outwards.
//!
//! Owns the spelling of ids, instants and names in answers. Must not decide anything.

use vestibule_core::invitation::State;
use vestibule_core::key::{ApiKey, KeyKind, Principal};
use vestibule_core::membership::Membership;
use vestibule_core::organization::Organization;
use vestibule_core::project::{Project, ProjectGrant};
use vestibule_core::role::{RoleSet, Vocabulary};
use vestibule_core::team::Team;
use vestibule_core::user::{AuthType, User};
use vestibule_core::{Id, Timestamp};
use vestibule_store::{Delivery, DeliveryState};
use vestibule_wire::Secret;
use vestibule_wire::native as wire;

use crate::mail::answer_page;
use crate::ops::acceptance::{Accepted, Invited};
use crate::ops::invitations::Link;
use crate::ops::me::Me;

pub(super) fn organization(from: &Organization) -> wire::Organization {
    wire::Organization {
        id: from.id.to_native(),
        name: from.name.clone(),
        sso_enabled: from.sso_enabled,
        invitation_lifetimes: wire::InvitationLifetimes {
            native: from.lifetimes.native.as_seconds(),
            confluent: from.lifetimes.confluent.as_seconds(),
            atlas: from.lifetimes.atlas.as_seconds(),
        },
        created_at: from.created_at.to_rfc3339(),
        updated_at: from.updated_at.to_rfc3339(),
        version: from.version,
    }
}

fn organization_reference(from: &Organization) -> wire::OrganizationReference {
    wire::OrganizationReference {
        id: from.id.to_native(),
        name: from.name.clone(),
    }
}

pub(super) fn key(from: &ApiKey) -> wire::ApiKey {
    wire::ApiKey {
        id: from.id.to_native(),
        kind: key_kind(from.kind),
        public_id: from.public_id.clone(),
        name: from.name.clone(),
        owner: owner(from.principal),
        created_at: from.created_at.to_rfc3339(),
        expires_at: from.expires_at.map(Timestamp::to_rfc3339),
        revoked_at: from.revoked_at.map(Timestamp::to_rfc3339),
    }
}

const fn key_kind(from: KeyKind) -> wire::KeyKind {
    match from {
        KeyKind::Native => wire::KeyKind::Native,
        KeyKind::Confluent => wire::KeyKind::Confluent,
        KeyKind::Atlas => wire::KeyKind::Atlas,
        KeyKind::AtlasServiceAccount => wire::KeyKind::AtlasServiceAccount,
    }
}

fn owner(from: Principal) -> wire::KeyOwner {
    let (kind, id) = match from {
        Principal::User(id) => (wire::OwnerKind::User, id.to_native()),
        Principal::ServiceAccount(id) => (wire::OwnerKind::ServiceAccount, id.to_native()),
    };
    wire::KeyOwner { kind, id }
}

pub(super) fn me(from: &Me) -> wire::Me {
    wire::Me {
        principal: owner(from.key.principal),
        name: from.name.clone(),
        organization: Some(organization_reference(&from.organization)),
        roles: roles(from.roles),
        key: Some(key(&from.key)),
    }
}

pub(super) fn roles<R: Vocabulary>(from: RoleSet<R>) -> Vec<String> {
    from.iter().map(|role| role.name().to_owned()).collect()
}

fn team_ids(from: &[Id<Team>]) -> Vec<String> {
    from.iter().map(|id| id.to_native()).collect()
}

pub(super) const fn auth_type(from: AuthType) -> wire::AuthType {
    match from {
        AuthType::Local => wire::AuthType::Local,
        AuthType::Sso => wire::AuthType::Sso,
    }
}

pub(super) fn user(from: &User) -> wire::User {
    wire::User {
        id: from.id.to_native(),
        email: from.email.display().to_owned(),
        name: (!from.full_name.is_empty()).then(|| from.full_name.clone()),
        state: from.state.name().to_owned(),
        auth_type: Some(auth_type(from.auth_type)),
        created_at: from.created_at.to_rfc3339(),
        updated_at: from.updated_at.to_rfc3339(),
    }
}

pub(super) fn member(
    user: &User,
    from: &Membership,
    teams: &[Id<Team>],
    projects: &[ProjectGrant],
) -> wire::Member {
    let invited = from.invitation.is_some();
    wire::Member {
        user: from.user.to_native(),
        email: user.email.display().to_owned(),
        roles: roles(from.roles),
        teams: team_ids(teams),
        project_roles: projects.iter().map(project_roles).collect(),
        state: from.state.name().to_owned(),
        joined_at: from.joined_at.to_rfc3339(),
        ended_at: from.ended_at.map(Timestamp::to_rfc3339),
        source: if invited { "invitation" } else { "direct" }.to_owned(),
    }
}

pub(super) fn team(from: &Team) -> wire::Team {
    wire::Team {
        id: from.id.to_native(),
        organization: from.organization.to_native(),
        name: from.name.clone(),
        created_at: from.created_at.to_rfc3339(),
    }
}

pub(super) fn project(from: &Project) -> wire::Project {
    wire::Project {
        id: from.id.to_native(),
        organization: from.organization.to_native(),
        name: from.name.clone(),
        created_at: from.created_at.to_rfc3339(),
        version: from.version,
    }
}

pub(super) fn project_roles(from: &ProjectGrant) -> wire::ProjectRoles {
    wire::ProjectRoles {
        project: from.project.to_native(),
        roles: roles(from.roles),
    }
}

fn project_reference(from: &Project) -> wire::ProjectReference {
    wire::ProjectReference {
        id: from.id.to_native(),
        name: from.name.clone(),
    }
}

/// How the mail stands right after it was queued in the same transaction.
pub(super) const fn queued(at: Timestamp) -> Delivery {
    Delivery {
        state: DeliveryState::Queued,
        attempts: 0,
        last_error: None,
        run_at: at,
        ended_at: None,
    }
}

pub(super) fn delivery(from: &Delivery) -> wire::Delivery {
    let handed_off = from.state == DeliveryState::HandedOff;
    wire::Delivery {
        state: from.state.name().to_owned(),
        attempts: from.attempts,
        last_error: from.last_error.clone(),
        handed_off_at: from
            .ended_at
            .filter(|_| handed_off)
            .map(Timestamp::to_rfc3339),
    }
}

pub(super) const fn state(from: State) -> wire::InvitationState {
    match from {
        State::Staged => wire::InvitationState::Staged,
        State::Sent => wire::InvitationState::Sent,
        State::Accepted => wire::InvitationState::Accepted,
        State::Expired => wire::InvitationState::Expired,
        State::Deactivated => wire::InvitationState::Deactivated,
    }
}

fn message(from: &str) -> Option<String> {
    (!from.is_empty()).then(|| from.to_owned())
}

pub(super) fn preview(from: &Invited) -> wire::InvitationPreview {
    wire::InvitationPreview {
        organization: organization_reference(&from.organization),
        email: from.invitation.email.display().to_owned(),
        auth_type: auth_type(from.invitation.auth_type),
        inviter: from.inviter.clone(),
        roles: roles(from.invitation.roles),
        teams: from
            .teams
            .iter()
            .map(|team| wire::TeamReference {
                id: team.id.to_native(),
                name: team.name.clone(),
            })
            .collect(),
        project: from.project().map(project_reference),
        project_roles: from
            .projects
            .iter()
            .map(|(project, held)| wire::NamedProjectRoles {
                project: project_reference(project),
                roles: roles(*held),
            })
            .collect(),
        message: message(&from.invitation.message),
        expires_at: from.invitation.expires_at.to_rfc3339(),
    }
}

pub(super) fn link(from: &Link, public_url: &str) -> wire::AcceptLink {
    wire::AcceptLink {
        url: Secret::new(answer_page(public_url, &from.token)),
        token: Secret::new(&*from.token),
        expires_at: from.invitation.expires_at.to_rfc3339(),
    }
}

pub(super) fn accepted(from: &Accepted, user: &User) -> wire::AcceptResult {
    wire::AcceptResult {
        organization: organization_reference(&from.organization),
        user: wire::UserReference {
            id: user.id.to_native(),
            email: user.email.display().to_owned(),
        },
        roles: roles(from.roles),
        teams: team_ids(&from.teams),
        pruned_teams: team_ids(&from.pruned_teams),
        project_roles: from.projects.iter().map(project_roles).collect(),
        pruned_projects: from
            .pruned_projects
            .iter()
            .map(|id| id.to_native())
            .collect(),
    }
}

pub(super) fn left(from: &Organization) -> wire::LeaveResult {
    wire::LeaveResult {
        organization: organization_reference(from),
    }
}

pub(super) fn declined(from: &Organization) -> wire::DeclineResult {
    wire::DeclineResult {
        organization: organization_reference(from),
    }
}

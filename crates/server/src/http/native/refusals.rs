//! What each refusal is in this dialect: status, stable code, the member it speaks of, a hint.
//!
//! Every match names every variant, so that a new refusal cannot be forgotten here.
#![deny(clippy::wildcard_enum_match_arm)]

use axum::http::StatusCode;
use vestibule_core::Refusal;

/// The one code whose status depends on whether the caller set a condition.
pub(super) const VERSION_CONFLICT: &str = "version_conflict";

/// The status and the stable code of a refusal.
pub(super) fn status_and_code(refusal: &Refusal) -> (StatusCode, &'static str) {
    match refusal {
        Refusal::InvalidEmail { .. }
        | Refusal::InvalidName { .. }
        | Refusal::InvalidMessage { .. }
        | Refusal::InvalidLifetime
        | Refusal::NoRoles
        | Refusal::OutOfScope => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body"),
        Refusal::NotPermitted(_) => (StatusCode::FORBIDDEN, "not_permitted"),
        Refusal::RoleAboveCeiling { .. } => (StatusCode::FORBIDDEN, "role_above_ceiling"),
        Refusal::NotProjectOwner | Refusal::NotYourProject { .. } => {
            (StatusCode::FORBIDDEN, "not_project_owner")
        }
        Refusal::ProjectRoleAboveCeiling { .. } => (StatusCode::FORBIDDEN, "role_above_ceiling"),
        Refusal::LocalIntoSso => (StatusCode::FORBIDDEN, "local_into_sso"),
        Refusal::NeedsPerson => (StatusCode::FORBIDDEN, "needs_person"),
        Refusal::NotFound { .. } | Refusal::NotInProject { .. } => {
            (StatusCode::NOT_FOUND, "not_found")
        }
        Refusal::LinkNotValid => (StatusCode::NOT_FOUND, "not_acceptable"),
        Refusal::AlreadyMember => (StatusCode::CONFLICT, "already_member"),
        Refusal::NotMemberYet => (StatusCode::CONFLICT, "not_member_yet"),
        Refusal::NameNotYours => (StatusCode::FORBIDDEN, "name_not_yours"),
        Refusal::AlreadyInProject => (StatusCode::CONFLICT, "already_in_project"),
        Refusal::LiveInvitation { .. } => (StatusCode::CONFLICT, "live_invitation_exists"),
        Refusal::PendingLimit { .. } => (StatusCode::CONFLICT, "pending_limit"),
        Refusal::UserLimit { .. } => (StatusCode::CONFLICT, "user_limit"),
        Refusal::NotOpen { .. } => (StatusCode::CONFLICT, "not_open"),
        Refusal::AlreadyAccepted => (StatusCode::CONFLICT, "already_accepted"),
        Refusal::InviterLostRights => (StatusCode::CONFLICT, "inviter_lost_rights"),
        Refusal::LastOwner => (StatusCode::CONFLICT, "last_owner"),
        Refusal::TeamNameTaken => (StatusCode::CONFLICT, "team_name_taken"),
        Refusal::ProjectNameTaken => (StatusCode::CONFLICT, "project_name_taken"),
        Refusal::VersionConflict => (StatusCode::CONFLICT, VERSION_CONFLICT),
        Refusal::OtherRequest => (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_mismatch"),
        Refusal::AlreadyInTeam => (StatusCode::CONFLICT, "already_in_team"),
        Refusal::NotInTeam => (StatusCode::NOT_FOUND, "not_in_team"),
        Refusal::TeamInUse => (StatusCode::CONFLICT, "team_in_use"),
        Refusal::TeamInProject => (StatusCode::CONFLICT, "team_in_project"),
        Refusal::TeamNotInProject => (StatusCode::NOT_FOUND, "team_not_in_project"),
        Refusal::TeamFull { .. } => (StatusCode::CONFLICT, "team_full"),
        Refusal::TooManyTeams { .. } => (StatusCode::CONFLICT, "too_many_teams"),
        Refusal::RoleHeld => (StatusCode::CONFLICT, "role_held"),
        Refusal::RoleNotHeld => (StatusCode::CONFLICT, "role_not_held"),
        Refusal::ResendTooSoon { .. } | Refusal::TooManyInvitations { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, "rate_limited")
        }
    }
}

/// The member of the body that a rule speaks of.
pub(super) fn member_of(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::InvalidEmail { .. } => Some("/email"),
        Refusal::InvalidName { .. } | Refusal::TeamNameTaken | Refusal::ProjectNameTaken => {
            Some("/name")
        }
        Refusal::InvalidMessage { .. } => Some("/message"),
        Refusal::InvalidLifetime => Some("/expires_in"),
        Refusal::NoRoles | Refusal::RoleAboveCeiling { .. } => Some("/roles"),
        Refusal::ProjectRoleAboveCeiling { .. } | Refusal::NotYourProject { .. } => {
            Some("/project_roles")
        }
        Refusal::OutOfScope => Some("/project"),
        Refusal::LocalIntoSso => Some("/auth_type"),
        Refusal::NotPermitted(_)
        | Refusal::NotProjectOwner
        | Refusal::NotInProject { .. }
        | Refusal::AlreadyInProject
        | Refusal::NeedsPerson
        | Refusal::NotFound { .. }
        | Refusal::LinkNotValid
        | Refusal::AlreadyMember
        | Refusal::NotMemberYet
        | Refusal::NameNotYours
        | Refusal::LiveInvitation { .. }
        | Refusal::PendingLimit { .. }
        | Refusal::UserLimit { .. }
        | Refusal::NotOpen { .. }
        | Refusal::AlreadyAccepted
        | Refusal::InviterLostRights
        | Refusal::LastOwner
        | Refusal::VersionConflict
        | Refusal::OtherRequest
        | Refusal::AlreadyInTeam
        | Refusal::NotInTeam
        | Refusal::TeamInUse
        | Refusal::TeamInProject
        | Refusal::TeamNotInProject
        | Refusal::TeamFull { .. }
        | Refusal::TooManyTeams { .. }
        | Refusal::RoleHeld
        | Refusal::RoleNotHeld
        | Refusal::TooManyInvitations { .. }
        | Refusal::ResendTooSoon { .. } => None,
    }
}

/// What to do about it, where that is not plain.
pub(super) fn hint_for(refusal: &Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::LiveInvitation { .. } => {
            Some("Location names the open invitation: send it again, change it or revoke it")
        }
        Refusal::PendingLimit { .. } | Refusal::UserLimit { .. } => {
            Some("revoke invitations that nobody will answer, or wait until they expire")
        }
        Refusal::LocalIntoSso => Some("leave auth_type out to invite with single sign-on"),
        Refusal::AlreadyAccepted => Some("the person is a member now: remove the member instead"),
        Refusal::OutOfScope => {
            Some("name the roles in project_roles, and leave roles and teams out")
        }
        Refusal::LastOwner => Some("invite another owner first"),
        Refusal::TeamInUse => Some(
            "take it off its projects through the Atlas API: DELETE /groups/{groupId}/teams/{teamId}",
        ),
        Refusal::NotYourProject { .. } => {
            Some("name what is there for this project as it is, or leave project_roles out")
        }
        Refusal::NeedsPerson => Some("use the native key of a person"),
        Refusal::OtherRequest => Some("give each request a key of its own"),
        Refusal::InvalidEmail { .. }
        | Refusal::InvalidName { .. }
        | Refusal::InvalidMessage { .. }
        | Refusal::InvalidLifetime
        | Refusal::NoRoles
        | Refusal::NotPermitted(_)
        | Refusal::NotProjectOwner
        | Refusal::RoleAboveCeiling { .. }
        | Refusal::ProjectRoleAboveCeiling { .. }
        | Refusal::NotInProject { .. }
        | Refusal::AlreadyInProject
        | Refusal::ProjectNameTaken
        | Refusal::NotFound { .. }
        | Refusal::LinkNotValid
        | Refusal::AlreadyMember
        | Refusal::NotMemberYet
        | Refusal::NameNotYours
        | Refusal::NotOpen { .. }
        | Refusal::InviterLostRights
        | Refusal::TeamNameTaken
        | Refusal::VersionConflict
        | Refusal::AlreadyInTeam
        | Refusal::NotInTeam
        | Refusal::TeamInProject
        | Refusal::TeamNotInProject
        | Refusal::TeamFull { .. }
        | Refusal::TooManyTeams { .. }
        | Refusal::RoleHeld
        | Refusal::RoleNotHeld
        | Refusal::TooManyInvitations { .. }
        | Refusal::ResendTooSoon { .. } => None,
    }
}

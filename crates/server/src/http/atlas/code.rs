//! The table of error codes and their statuses.
//!
//! Owns nothing else. Sources: the vendor's page of error codes, recorded traffic, and bug reports of
//! its clients; codes that are ours say so.

use axum::http::StatusCode;

/// What is wrong, as machines read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    Unauthenticated,
    NotOrgOwner,
    NotGroupUserAdmin,
    UserUnauthorized,
    LastOwner,
    InvalidInvitationId,
    InvalidOrgId,
    OrgNotFound,
    InvalidGroupId,
    GroupNotFound,
    InvalidTeamId,
    TeamNotFound,
    InvalidUserId,
    UserNotInOrg,
    UserNotInGroup,
    UsernameNotFound,
    ResourceNotFound,
    MethodNotAllowed,
    InvalidVersionDate,
    UnsupportedMediaType,
    RequestTooLarge,
    InvalidJson,
    MalformedJson,
    InvalidJsonAttribute,
    MissingAttribute,
    InvalidAttribute,
    InvalidEnumValue,
    ValidationError,
    InvalidRoleForOrg,
    CannotAddGroupRole,
    InvalidRoleForGroup,
    CannotDeleteGroupInvitation,
    CannotDeleteOrgInvitation,
    InvalidEmailAddress,
    UserAlreadyInOrg,
    UserAlreadyInvited,
    UserAlreadyInGroup,
    UserAlreadyInOrgConflict,
    UserAlreadyInGroupConflict,
    UserAlreadyInvitedConflict,
    MaxUsersPerOrg,
    MaxUsersPerTeam,
    MaxTeamsPerUser,
    TeamNameTaken,
    TeamNameNotFound,
    UserAlreadyInTeam,
    UserNotInTeam,
    TeamOnProject,
    TeamExistsInGroup,
    TeamNotInGroup,
    NoRolesInAssignment,
    GroupNameNotFound,
    MultipleGroups,
    RoleAlreadyGranted,
    RoleNotGranted,
    UserNotFound,
    CannotDeleteLastOwner,
    InvitationsRateLimited,
    VersionGone,
    GroupNameTaken,
    Conflict,
    RateLimited,
    Unexpected,
    Unavailable,
    TimedOut,
}

impl Code {
    /// The table: status and code. Where the vendor's page and its traffic differ, the traffic
    /// counts.
    pub(super) const fn row(self) -> (StatusCode, &'static str) {
        use StatusCode as S;
        match self {
            // Recorded: the code of a request without a valid credential.
            Self::Unauthenticated => (S::UNAUTHORIZED, "UNEXPECTED_ERROR"),
            // On the vendor's page a missing role is 401, too.
            Self::NotOrgOwner => (S::UNAUTHORIZED, "NOT_ORG_OWNER"),
            Self::NotGroupUserAdmin => (S::UNAUTHORIZED, "NOT_GROUP_USER_ADMIN"),
            Self::UserUnauthorized => (S::UNAUTHORIZED, "USER_UNAUTHORIZED"),
            Self::LastOwner => (S::FORBIDDEN, "CANNOT_DEMOTE_LAST_ORG_OWNER"),
            // 400 on the vendor's page, 404 in what its users report; its provider looks for 404.
            Self::InvalidInvitationId => (S::NOT_FOUND, "INVALID_INVITATION_ID"),
            Self::InvalidOrgId => (S::NOT_FOUND, "INVALID_ORG_ID"),
            Self::OrgNotFound => (S::NOT_FOUND, "ORG_NOT_FOUND"),
            Self::InvalidGroupId => (S::NOT_FOUND, "INVALID_GROUP_ID"),
            Self::GroupNotFound => (S::NOT_FOUND, "GROUP_NOT_FOUND"),
            Self::InvalidTeamId => (S::NOT_FOUND, "INVALID_TEAM_ID"),
            Self::TeamNotFound => (S::NOT_FOUND, "TEAM_NOT_FOUND"),
            Self::InvalidUserId => (S::NOT_FOUND, "INVALID_USER_ID"),
            Self::UserNotInOrg => (S::NOT_FOUND, "USER_NOT_IN_ORG"),
            Self::UserNotInGroup => (S::NOT_FOUND, "USER_NOT_IN_GROUP"),
            Self::UsernameNotFound => (S::NOT_FOUND, "USERNAME_NOT_FOUND"),
            Self::ResourceNotFound => (S::NOT_FOUND, "RESOURCE_NOT_FOUND"),
            // Ours, like the next but two: the vendor documents no code.
            Self::MethodNotAllowed => (S::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
            // Reported by the vendor's users, with the words of the detail.
            Self::InvalidVersionDate => (S::NOT_ACCEPTABLE, "INVALID_VERSION_DATE"),
            Self::UnsupportedMediaType => (S::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"),
            Self::RequestTooLarge => (S::PAYLOAD_TOO_LARGE, "REQUEST_TOO_LARGE"),
            Self::InvalidJson => (S::BAD_REQUEST, "INVALID_JSON"),
            Self::MalformedJson => (S::BAD_REQUEST, "MALFORMED_JSON"),
            Self::InvalidJsonAttribute => (S::BAD_REQUEST, "INVALID_JSON_ATTRIBUTE"),
            Self::MissingAttribute => (S::BAD_REQUEST, "MISSING_ATTRIBUTE"),
            Self::InvalidAttribute => (S::BAD_REQUEST, "INVALID_ATTRIBUTE"),
            Self::InvalidEnumValue => (S::BAD_REQUEST, "INVALID_ENUM_VALUE"),
            Self::ValidationError => (S::BAD_REQUEST, "VALIDATION_ERROR"),
            Self::InvalidRoleForOrg => (S::BAD_REQUEST, "INVALID_ROLE_FOR_ORG"),
            Self::CannotAddGroupRole => (S::BAD_REQUEST, "CANNOT_ADD_GROUP_ROLE"),
            Self::InvalidRoleForGroup => (S::BAD_REQUEST, "INVALID_ROLE_FOR_GROUP"),
            Self::CannotDeleteGroupInvitation => (S::BAD_REQUEST, "CANNOT_DELETE_GROUP_INVITATION"),
            Self::CannotDeleteOrgInvitation => (S::BAD_REQUEST, "CANNOT_DELETE_ORG_INVITATION"),
            Self::InvalidEmailAddress => (S::BAD_REQUEST, "INVALID_EMAIL_ADDRESS"),
            // The legacy endpoints document no 409.
            Self::UserAlreadyInOrg => (S::BAD_REQUEST, "USER_ALREADY_IN_ORG"),
            Self::UserAlreadyInvited => (S::BAD_REQUEST, "USER_ALREADY_INVITED"),
            Self::UserAlreadyInGroup => (S::BAD_REQUEST, "USER_ALREADY_IN_GROUP"),
            Self::UserAlreadyInGroupConflict => (S::CONFLICT, "USER_ALREADY_IN_GROUP"),
            Self::UserAlreadyInOrgConflict => (S::CONFLICT, "USER_ALREADY_IN_ORG"),
            Self::UserAlreadyInvitedConflict => (S::CONFLICT, "USER_ALREADY_INVITED"),
            Self::MaxUsersPerOrg => (S::BAD_REQUEST, "MAX_USERS_PER_ORG_EXCEEDED"),
            Self::MaxUsersPerTeam => (S::BAD_REQUEST, "MAX_USERS_PER_TEAM_EXCEEDED"),
            Self::MaxTeamsPerUser => (S::BAD_REQUEST, "MAX_TEAMS_PER_USER_EXCEEDED"),
            Self::TeamNameTaken => (S::CONFLICT, "TEAM_NAME_NOT_AVAILABLE"),
            Self::TeamNameNotFound => (S::NOT_FOUND, "TEAM_NAME_NOT_FOUND"),
            Self::UserAlreadyInTeam => (S::CONFLICT, "USER_ALREADY_IN_TEAM"),
            // Ours: the vendor documents no code for taking away what is not there.
            Self::UserNotInTeam => (S::NOT_FOUND, "USER_NOT_IN_TEAM"),
            // All of these as on the vendor's page; its provider looks for the first by its code.
            Self::TeamOnProject => (S::NOT_FOUND, "CANNOT_DELETE_TEAM_ASSIGNED_TO_PROJECT"),
            Self::TeamExistsInGroup => (S::CONFLICT, "TEAM_EXISTS_IN_GROUP"),
            Self::TeamNotInGroup => (S::NOT_FOUND, "TEAM_NOT_IN_GROUP"),
            Self::NoRolesInAssignment => (S::FORBIDDEN, "NO_ROLES_IN_ASSIGNMENT"),
            Self::GroupNameNotFound => (S::NOT_FOUND, "GROUP_NAME_NOT_FOUND"),
            Self::MultipleGroups => (S::CONFLICT, "MULTIPLE_GROUPS"),
            // Documented are the statuses; the codes are ours.
            Self::RoleAlreadyGranted => (S::CONFLICT, "ROLE_ALREADY_GRANTED"),
            Self::RoleNotGranted => (S::CONFLICT, "ROLE_NOT_GRANTED"),
            Self::UserNotFound => (S::NOT_FOUND, "USER_NOT_FOUND"),
            Self::CannotDeleteLastOwner => (S::FORBIDDEN, "CANNOT_DELETE_LAST_ADMIN"),
            // Reported by the vendor's users; its page has another name for it.
            Self::InvitationsRateLimited => (S::BAD_REQUEST, "INVITATIONS_RATE_LIMITED_IP"),
            Self::VersionGone => (S::GONE, "VERSION_GONE"),
            Self::GroupNameTaken => (S::CONFLICT, "GROUP_ALREADY_EXISTS"),
            // Ours.
            Self::Conflict => (S::CONFLICT, "CONFLICT"),
            Self::RateLimited => (S::TOO_MANY_REQUESTS, "RATE_LIMITED"),
            Self::Unexpected => (S::INTERNAL_SERVER_ERROR, "UNEXPECTED_ERROR"),
            // Ours, both.
            Self::Unavailable => (S::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE"),
            Self::TimedOut => (S::GATEWAY_TIMEOUT, "REQUEST_TIMED_OUT"),
        }
    }

    /// Status and code as the vendor's page has them, where its traffic differs.
    pub(super) const fn documented(self) -> Option<(StatusCode, &'static str)> {
        match self {
            Self::InvalidInvitationId => Some((StatusCode::BAD_REQUEST, "INVALID_INVITATION_ID")),
            Self::InvitationsRateLimited => Some((StatusCode::BAD_REQUEST, "RATE_LIMITED_IP")),
            _ => None,
        }
    }
}

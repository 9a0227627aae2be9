//! MongoDB Atlas Administration API v2: invitations, users, teams, pages, errors, tokens.
//!
//! Owns the shapes of `/api/atlas/v2` that invitations touch. Sources: the vendor's Go SDK and
//! OpenAPI document, and the HTTP traffic its CLI repository keeps as recordings (August 2026).
//! Objects are written with their keys in alphabetical order, as recorded, which here means that
//! fields are declared in the order of their wire names. Instants are RFC 3339 UTC in whole
//! seconds, ids 24 lower-case hexadecimal digits; both are plain strings here.

mod error;
mod invitation;
mod organization;
mod project;
mod team;
mod user;

use serde::{Deserialize, Serialize};

pub use error::{ApiError, BadRequestDetail, BadRequestField};
pub use invitation::{
    GroupRoleAssignment, GroupRolesRequest, OrgInvitation, OrgInvitationRequest,
    OrgInvitationUpdate,
};
pub use organization::{
    ApiKeyDetails, CallerKey, OrgServiceAccount, Organization, OrganizationSettings, SystemStatus,
};
pub use project::{
    Group, GroupCreate, GroupInvitation, GroupInvitationRequest, GroupInvitationUpdate,
    GroupRoleRequest, GroupUpdate, GroupUser, GroupUserCreate, TeamRoles, TeamRolesRequest,
};
pub use team::{Team, TeamCreate, TeamUpdate, TeamUserRequest};
pub use user::{
    CloudAppUser, CloudAppUserRole, CloudUser, GroupRoles, OrgRoleRequest, OrgUser, OrgUserCreate,
    OrgUserRoles, OrgUserRolesRequest, OrgUserUpdate,
};

use crate::Secret;

/// Version date of the legacy endpoints: invites, `users/byName`, teams.
pub const VERSION_2023_01_01: &str = "2023-01-01";
/// Version date of the service accounts' endpoints.
pub const VERSION_2024_08_05: &str = "2024-08-05";
/// Version date of the "cloud user" endpoints.
pub const VERSION_2025_02_19: &str = "2025-02-19";
/// Media type of requests to, and `Accept` for, the legacy endpoints.
pub const MEDIA_TYPE_2023_01_01: &str = "application/vnd.atlas.2023-01-01+json";
/// Media type of requests to, and `Accept` for, the "cloud user" endpoints.
pub const MEDIA_TYPE_2025_02_19: &str = "application/vnd.atlas.2025-02-19+json";

/// Invited, not answered yet.
pub const STATUS_PENDING: &str = "PENDING";
/// A member.
pub const STATUS_ACTIVE: &str = "ACTIVE";
/// The invitation ran out; listed only when asked for (since May 2026).
pub const STATUS_INVITATION_EXPIRED: &str = "INVITATION_EXPIRED";
/// The invitation was declined; listed only when asked for (since May 2026).
pub const STATUS_INVITATION_REJECTED: &str = "INVITATION_REJECTED";

/// The envelope of paged lists. Legacy invitation lists are bare arrays instead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// `self`, and `next` or `previous` where there is such a page.
    #[serde(default, deserialize_with = "crate::tolerant::null_as_default")]
    pub links: Vec<Link>,
    /// The objects of this page.
    #[serde(default = "Vec::new")]
    pub results: Vec<T>,
    /// How many objects all pages hold together; absent with `includeCount=false`.
    ///
    /// The vendor's provider reads only one page when it is missing.
    #[serde(
        rename = "totalCount",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub total_count: Option<u64>,
}

/// A link of a page or an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The absolute URL.
    pub href: String,
    /// What the URL is, for example `self` or `next`.
    pub rel: String,
}

/// The answer of `POST /api/oauth/token` (OAuth 2.0 client credentials).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The bearer token.
    pub access_token: Secret,
    /// Remaining life in seconds; the vendor grants 3600.
    ///
    /// Its provider fetches a token per request when fewer than ten minutes remain.
    #[serde(default)]
    pub expires_in: u64,
    /// `Bearer`.
    #[serde(default)]
    pub token_type: String,
}

/// The answer of the token endpoint when it refuses (RFC 6749 section 5.2).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenError {
    /// A code such as `invalid_client`.
    pub error: String,
    /// The reason, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
}

#[cfg(test)]
mod tests;

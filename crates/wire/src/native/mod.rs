//! The native API under `/v1`: `snake_case`, RFC 3339 UTC instants with microseconds and `Z`.
//!
//! Owns the shapes and the closed vocabularies of our own API, and their OpenAPI schemas. Ids are
//! strings with a prefix (`inv_…`, `usr_…`, `org_…`). Requests refuse unknown members, so that a
//! misspelt one is an error and not silently without effect.

mod invitation;
mod key;
mod membership;
mod organization;
mod problem;
mod project;
mod testing;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use invitation::{
    AcceptLink, AcceptRequest, AcceptResult, DeclineRequest, DeclineResult, Delivery, Include,
    Invitation, InvitationCreate, InvitationPatch, InvitationPreview, InvitationQuery,
    InvitationState, Inviter, InviterKind, LeaveRequest, LeaveResult, PreviewRequest,
};
pub use key::{ApiKey, ApiKeyCreate, ApiKeyCreated, KeyKind, KeyOwner, Me, OwnerKind};
pub use membership::{
    Member, MemberPatch, MemberQuery, Team, TeamCreate, TeamPatch, TeamReference, User,
    UserReference,
};
pub use organization::{
    InvitationLifetimes, InvitationLifetimesPatch, Organization, OrganizationCreate,
    OrganizationPatch, OrganizationReference,
};
pub use problem::{MEDIA_TYPE as PROBLEM_MEDIA_TYPE, Problem, ProblemError};
pub use project::{
    NamedProjectRoles, Project, ProjectCreate, ProjectPatch, ProjectReference, ProjectRoles,
};
pub use testing::{
    DropMoment, ForcedState, TestClock, TestClockChange, TestFault, TestFaultCreate, TestFaults,
    TestJournal, TestKey, TestMail, TestMails, TestMember, TestOrganization, TestProject,
    TestRequest, TestRouteCount, TestSeed, TestStateChange, TestTeam,
};

/// How the invited person must sign in: `local`, with an account of this service, or `sso`, through
/// the organization's identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthType {
    /// With an account of this service.
    Local,
    /// Through the organization's identity provider.
    Sso,
}

impl AuthType {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Sso => "sso",
        }
    }
}

/// One page of a list. Follow `next` until it is `null`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The objects of this page.
    pub data: Vec<T>,
    /// Opaque cursor of the next page, to be sent as `cursor`; `null` on the last page.
    #[serde(default)]
    pub next: Option<String>,
}

/// Query of lists that know no filters.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, utoipa::IntoParams,
)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Objects per page, 1 to 200; 50 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

#[cfg(test)]
mod tests;

//! Invitations of the native API and the invited person's answer.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    AuthType, NamedProjectRoles, OrganizationReference, ProjectReference, ProjectRoles,
    TeamReference, UserReference,
};
use crate::Secret;

/// Where an invitation stands. The clock is taken into account: one past its end reads `expired`.
///
/// - `staged`: it exists and is not released; it cannot be accepted.
/// - `sent`: it is released and waits for an answer.
/// - `accepted`: it was accepted, and the membership lasts.
/// - `expired`: its lifetime passed without an answer.
/// - `deactivated`: it was ended by will; `reason` says how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Exists, not released; cannot be accepted.
    Staged,
    /// Released, waiting for an answer.
    Sent,
    /// Accepted, and the membership lasts.
    Accepted,
    /// Its lifetime passed without an answer.
    Expired,
    /// Ended by will: revoked, declined, the member left or was removed, the person joined otherwise.
    Deactivated,
}

impl InvitationState {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staged => "staged",
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Deactivated => "deactivated",
        }
    }
}

/// What invited: `user`, a person, or `service_account`, a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviterKind {
    /// A person, signed in or through an API key of theirs.
    User,
    /// A program.
    ServiceAccount,
}

/// Who invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Inviter {
    /// Person or program.
    pub kind: InviterKind,
    /// `usr_…` or `sva_…`.
    pub id: String,
    /// Name or address, as shown in the mail.
    pub name: String,
}

/// What became of the mail. A sent invitation is not proof of a delivered mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    /// `queued`: waits for its first try. `claimed`: is being sent. `handed_off`: the mail system has
    /// taken it. `deferred`: could not be sent and will be tried again. `dropped`: was not sent,
    /// because the invitation was answered, withdrawn or sent anew before. `dead`: could not be sent
    /// and will not be tried again.
    pub state: String,
    /// How often sending was tried.
    pub attempts: i64,
    /// What the last failed try said; `null` if none has failed.
    #[serde(default)]
    pub last_error: Option<String>,
    /// When the mail system took it; `null` until then.
    #[serde(default)]
    pub handed_off_at: Option<String>,
}

/// An invitation: a promise of membership that waits for an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// `inv_…`.
    pub id: String,
    /// `org_…`.
    pub organization: String,
    /// The address exactly as it was given.
    pub email: String,
    /// How the invited person must sign in.
    pub auth_type: AuthType,
    /// Where it stands now.
    pub state: InvitationState,
    /// Why it was ended: `revoked`, `declined`, `user_left`, `user_removed` (the member, or the
    /// invited person before the answer) or `joined_otherwise`; `null` when the state says all.
    #[serde(default)]
    pub reason: Option<String>,
    /// What became of the mail; `null` in lists that were not asked to `include` it.
    #[serde(default)]
    pub delivery: Option<Delivery>,
    /// Roles the person will have.
    pub roles: Vec<String>,
    /// Teams the person will be in, as `team_…` ids.
    pub teams: Vec<String>,
    /// The project it is to, as a `prj_…` id; `null` for an invitation to the organization itself.
    #[serde(default)]
    pub project: Option<String>,
    /// Roles the person will have in projects.
    #[serde(default)]
    pub project_roles: Vec<ProjectRoles>,
    /// The inviter's words in the mail; `null` without any.
    #[serde(default)]
    pub message: Option<String>,
    /// `usr_…` of the invited person.
    pub user: String,
    /// Who invited.
    pub inviter: Inviter,
    /// Which link is valid: rises with every resend, which kills the older ones.
    pub generation: i64,
    /// How often it was sent again.
    pub resend_count: i64,
    /// When it was released; `null` while staged.
    #[serde(default)]
    pub sent_at: Option<String>,
    /// When it ends or ended; from this instant on it cannot be accepted.
    pub expires_at: String,
    /// When it was accepted; `null` if it was not.
    #[serde(default)]
    pub accepted_at: Option<String>,
    /// When it was ended by will; `null` if it was not.
    #[serde(default)]
    pub ended_at: Option<String>,
    /// When it was created.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// Rises by one with every change.
    pub version: i64,
}

/// Body of `POST /v1/organizations/{organization}/invitations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationCreate {
    /// The address to invite, kept exactly as given.
    pub email: String,
    /// Roles to promise: `owner`, `user_admin`, `project_creator`, `billing_admin`,
    /// `billing_viewer`, `stream_admin`, `read_only` or `member`; `member` when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Teams to promise, as `team_…` ids, at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<String>,
    /// Invites to this project, a `prj_…` id, instead of to the organization itself: then the roles
    /// are in `project_roles`, in this project only, and `roles` and `teams` are left out. People
    /// who are members already can be invited, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Roles in projects to promise, in at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub project_roles: Vec<ProjectRoles>,
    /// How the person must sign in; the organization's default unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_type: Option<AuthType>,
    /// Words of the inviter for the mail, plain text of at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Life in seconds, counted from sending, from a minute (60) to a year of 365 days (31536000);
    /// the organization's default unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

/// Body of `PATCH …/invitations/{invitation}`; absent members stay, an empty list clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "absent, null and present are three different things on the wire"
)]
pub struct InvitationPatch {
    /// The new roles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The new teams, as `team_…` ids, at most 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Vec<String>>,
    /// The new roles in projects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_roles: Option<Vec<ProjectRoles>>,
    /// The new words, plain text of at most 500 characters; `null` removes them.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "crate::tolerant::present"
    )]
    #[schema(value_type = Option<String>)]
    pub message: Option<Option<String>>,
    /// The new life in seconds, counted from the last sending, which must not have passed already:
    /// from a minute (60) to a year of 365 days (31536000).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<i64>,
}

/// Query of `GET …/invitations`. Filters narrow together.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, utoipa::IntoParams,
)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InvitationQuery {
    /// Only invitations that stand so now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<InvitationState>,
    /// Only this address, compared the way addresses are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Only by this inviter, `usr_…` or `sva_…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inviter: Option<String>,
    /// Only with this role among others, for example `read_only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Only with this team among others, a `team_…` id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Only to this project, a `prj_…` id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// What to show beside the invitations: `delivery`, how their mail fares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Include>,
    /// Objects per page, 1 to 200; 50 unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// What a list of invitations may show beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Include {
    /// How their mail fares.
    Delivery,
}

impl Include {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
        }
    }
}

/// Body of `POST /v1/invitations/preview`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewRequest {
    /// The token of the link in the mail.
    #[schema(value_type = String)]
    pub token: Secret,
}

/// What the holder of a link sees before answering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationPreview {
    /// The organization to join.
    pub organization: OrganizationReference,
    /// The address that was invited.
    pub email: String,
    /// How the person will sign in.
    pub auth_type: AuthType,
    /// Who invites, as people see it.
    pub inviter: String,
    /// Roles the person will have.
    pub roles: Vec<String>,
    /// Teams the person will be in.
    pub teams: Vec<TeamReference>,
    /// The project that the invitation is to, if it is to one.
    #[serde(default)]
    pub project: Option<ProjectReference>,
    /// Roles the person will have in projects.
    #[serde(default)]
    pub project_roles: Vec<NamedProjectRoles>,
    /// The inviter's words; `null` without any.
    #[serde(default)]
    pub message: Option<String>,
    /// From this instant on it cannot be accepted.
    pub expires_at: String,
}

/// Body of `POST /v1/invitations/accept`. The token travels in the body, never in an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    /// The token of the link in the mail.
    #[schema(value_type = String)]
    pub token: Secret,
}

/// The link of an open invitation, for handing it over by another road than its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptLink {
    /// The page where the invited person answers. Whoever has it can accept.
    #[schema(value_type = String)]
    pub url: Secret,
    /// The token in it, for `POST /v1/invitations/accept`.
    #[schema(value_type = String)]
    pub token: Secret,
    /// From this instant on it opens nothing.
    pub expires_at: String,
}

/// Body of `POST /v1/invitations/decline`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineRequest {
    /// The token of the link in the mail.
    #[schema(value_type = String)]
    pub token: Secret,
}

/// What was declined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeclineResult {
    /// The organization not joined.
    pub organization: OrganizationReference,
}

/// Body of `POST /v1/invitations/leave`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeaveRequest {
    /// The token of the link that was accepted.
    #[schema(value_type = String)]
    pub token: Secret,
}

/// What was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeaveResult {
    /// The organization left.
    pub organization: OrganizationReference,
}

/// What an accepted invitation gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptResult {
    /// The organization joined.
    pub organization: OrganizationReference,
    /// The person who joined.
    pub user: UserReference,
    /// Roles the person has now.
    pub roles: Vec<String>,
    /// Teams the person is in now, as `team_…` ids.
    pub teams: Vec<String>,
    /// Teams that were promised and no longer exist.
    pub pruned_teams: Vec<String>,
    /// Roles the person has in projects by this invitation.
    #[serde(default)]
    pub project_roles: Vec<ProjectRoles>,
    /// Projects that were promised and no longer exist, or in which nobody who may do so promises
    /// roles any more, as `prj_…` ids.
    #[serde(default)]
    pub pruned_projects: Vec<String>,
}

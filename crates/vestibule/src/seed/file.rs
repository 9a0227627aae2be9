//! A seed as it stands in its file. Owns the names of the tables and keys; each value knows where
//! it stands, so that an error can say so.

use serde::Deserialize;
use toml::Spanned;

/// A text and its place.
pub(super) type Text = Spanned<String>;

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SeedFile {
    pub(super) organizations: Vec<OrganizationTable>,
}

/// `[[organizations]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OrganizationTable {
    pub(super) name: Text,
    pub(super) id: Option<Text>,
    #[serde(default)]
    pub(super) sso: bool,
    #[serde(default)]
    pub(super) invitation_days: DaysTable,
    #[serde(default)]
    pub(super) members: Vec<MemberTable>,
    #[serde(default)]
    pub(super) teams: Vec<TeamTable>,
    #[serde(default)]
    pub(super) projects: Vec<ProjectTable>,
    #[serde(default)]
    pub(super) service_accounts: Vec<ServiceAccountTable>,
    #[serde(default)]
    pub(super) keys: Vec<KeyTable>,
}

/// `invitation_days`: how long invitations stay open, by the API they are made through.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DaysTable {
    pub(super) native: Option<Spanned<i64>>,
    pub(super) confluent: Option<Spanned<i64>>,
    pub(super) atlas: Option<Spanned<i64>>,
}

/// `[[organizations.members]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberTable {
    pub(super) email: Text,
    pub(super) id: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) roles: Spanned<Vec<Text>>,
}

/// `[[organizations.teams]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamTable {
    pub(super) name: Text,
    pub(super) id: Option<Text>,
    #[serde(default)]
    pub(super) members: Vec<Text>,
}

/// `[[organizations.projects]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectTable {
    pub(super) name: Text,
    pub(super) id: Option<Text>,
    #[serde(default)]
    pub(super) members: Vec<ProjectMemberTable>,
}

/// `[[organizations.projects.members]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectMemberTable {
    pub(super) email: Text,
    pub(super) roles: Spanned<Vec<Text>>,
}

/// `[[organizations.service_accounts]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceAccountTable {
    pub(super) name: Text,
    pub(super) id: Option<Text>,
    pub(super) roles: Spanned<Vec<Text>>,
}

/// `[[organizations.keys]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyTable {
    pub(super) kind: Text,
    pub(super) name: Text,
    pub(super) id: Option<Text>,
    pub(super) public_id: Option<Text>,
    pub(super) holder: Text,
}

//! Projects of the native API, and roles in them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A project: a part of an organization that people have roles of their own in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Project {
    /// `prj_…`.
    pub id: String,
    /// `org_…`.
    pub organization: String,
    /// The project's name, unique within the organization.
    pub name: String,
    /// When it was created.
    pub created_at: String,
    /// Rises by one with every change.
    pub version: i64,
}

/// Body of `POST /v1/organizations/{organization}/projects`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectCreate {
    /// The project's name, unique within the organization: letters, digits, spaces and
    /// `-_.(),:&@+'`, at most 64.
    pub name: String,
}

/// Body of `PATCH /v1/organizations/{organization}/projects/{project}`; absent members stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectPatch {
    /// The new name, of the same form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A short form of a project inside other objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProjectReference {
    /// `prj_…`.
    pub id: String,
    /// The project's name.
    pub name: String,
}

/// Roles in one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectRoles {
    /// `prj_…`.
    pub project: String,
    /// The roles in it: `owner`, `cluster_manager`, `stream_owner`, `data_admin`, `data_writer`,
    /// `data_reader`, `database_access_admin`, `search_editor`, `backup_manager`,
    /// `observability_viewer` or `read_only`.
    pub roles: Vec<String>,
}

/// Roles in one project, with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NamedProjectRoles {
    /// The project.
    pub project: ProjectReference,
    /// The roles in it.
    pub roles: Vec<String>,
}

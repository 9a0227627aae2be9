//! The types `mongodbatlas_cloud_user_org_assignment`, `…_project_assignment` and
//! `…_team_assignment`, resources and data sources.
//!
//! Owns what they have in common: an invited person and the member they become are one user. Who
//! was only invited to begin with stays in the state when they accept. An invitation that expired
//! or was declined is no user any more: it leaves the state, and the next plan invites again.

mod data_org;
mod data_project;
mod data_team;
mod listed;
mod org;
mod person;
mod project;
mod roles;
mod team;
mod who;

pub(crate) use data_org::OrgAssignmentData;
pub(crate) use data_project::ProjectAssignmentData;
pub(crate) use data_team::TeamAssignmentData;
pub(crate) use listed::{listed, user_type};
pub(crate) use org::OrgAssignment;
pub(crate) use project::{ProjectAssignment, project_user};
pub(crate) use team::{TeamAssignment, team_user};
pub(crate) use who::{Who, is_current, org_user};

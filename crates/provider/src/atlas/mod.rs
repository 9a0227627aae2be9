//! The types of MongoDB Atlas: invitations to organizations and projects, teams, and the places of
//! people in all three.
//!
//! Owns the vendor's schemas, state and behaviour, and what is better here. It must not know the
//! other API. Vendor facts are those of the vendor's provider in August 2026.

mod attributes;
mod aws;
mod base_url;
mod cloud_user;
mod credentials;
mod data_org_invitation;
mod data_organization;
mod failures;
mod lifecycle;
mod listed;
mod membership;
mod org_invitation;
mod project_invitation;
mod provider;
mod secret_text;
mod state_id;
mod team;
mod values;

use std::sync::Arc;

use tfplugin::{DataSource, Resource};
use vestibule_client::atlas::Atlas;

use crate::connection::Connection;
use cloud_user::{
    OrgAssignment, OrgAssignmentData, ProjectAssignment, ProjectAssignmentData, TeamAssignment,
    TeamAssignmentData,
};
use data_org_invitation::OrgInvitationData;
use data_organization::OrganizationData;
use org_invitation::OrgInvitation;
use project_invitation::{ProjectInvitation, ProjectInvitationData};
use team::{Team, TeamData};

pub(crate) use aws::{ASSUME_ROLE, ROLE_ARN, secret_arguments};
pub(crate) use base_url::BaseUrl;
pub(crate) use credentials::{SignIn, sign_in};
pub(crate) use provider::{configure, meta_schema, schema, validate};

/// The resource types.
pub(crate) fn resources(connection: &Arc<Connection<Atlas>>) -> Vec<Arc<dyn Resource>> {
    let connection = || Arc::clone(connection);
    vec![
        Arc::new(OrgInvitation::new(connection())),
        Arc::new(ProjectInvitation::new(connection())),
        Arc::new(Team::new(connection())),
        Arc::new(OrgAssignment::new(connection())),
        Arc::new(ProjectAssignment::new(connection())),
        Arc::new(TeamAssignment::new(connection())),
    ]
}

/// The data source types.
pub(crate) fn data_sources(connection: &Arc<Connection<Atlas>>) -> Vec<Arc<dyn DataSource>> {
    let connection = || Arc::clone(connection);
    vec![
        Arc::new(OrgInvitationData::new(connection())),
        Arc::new(OrganizationData::new(connection())),
        Arc::new(ProjectInvitationData::new(connection())),
        Arc::new(TeamData::new(connection())),
        Arc::new(OrgAssignmentData::new(connection())),
        Arc::new(ProjectAssignmentData::new(connection())),
        Arc::new(TeamAssignmentData::new(connection())),
    ]
}

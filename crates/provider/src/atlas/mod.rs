//! The types of MongoDB Atlas: `mongodbatlas_org_invitation`, resource and data source.
//!
//! Owns the vendor's schemas, state and behaviour, and what is better here. It must not know the
//! other API. Vendor facts are those of the vendor's provider in August 2026.

mod attributes;
mod credentials;
mod data_org_invitation;
mod lifecycle;
mod listed;
mod membership;
mod org_invitation;
mod provider;
mod state_id;

pub(crate) use credentials::credentials;
pub(crate) use data_org_invitation::OrgInvitationData;
pub(crate) use org_invitation::OrgInvitation;
pub(crate) use provider::{configure, meta_schema, schema};

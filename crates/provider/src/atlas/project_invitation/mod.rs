//! `mongodbatlas_project_invitation`, resource and data source.
//!
//! Owns what the vendor's provider lacks for it: an accepted invitation is not sent again with
//! every apply.

mod attributes;
mod data;
mod lifecycle;
mod resource;

pub(crate) use data::ProjectInvitationData;
pub(crate) use resource::ProjectInvitation;

//! `mongodbatlas_project_invitation`, resource and data source.
//!
//! Owns what the vendor's provider lacks for it: an accepted invitation is not sent again with
//! every apply.

mod attributes;
mod data;
mod lifecycle;
mod membership;
mod resource;

pub(crate) use data::ProjectInvitationData;
pub(crate) use membership::{find_invitation, is_in_project};
pub(crate) use resource::ProjectInvitation;

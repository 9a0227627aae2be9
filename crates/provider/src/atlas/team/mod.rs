//! `mongodbatlas_team`, resource and data source.
//!
//! Owns a promise that the vendor's provider breaks: a change of a team takes out only those whom
//! the plan says, after everybody who is to be in it was found and added.

mod data;
mod lifecycle;
pub(crate) mod members;
mod resource;

pub(crate) use data::TeamData;
pub(crate) use resource::Team;

//! The types of Confluent Cloud: `confluent_invitation`, resource and data source.
//!
//! Owns the vendor's schemas, state and behaviour, and what is better here. It must not know the
//! other API. Vendor facts are those of the vendor's provider in August 2026.

mod attributes;
mod data_invitation;
mod invitation;
mod lifecycle;
mod listed;
mod provider;
mod time;

pub(crate) use data_invitation::InvitationData;
pub(crate) use invitation::Invitation;
pub(crate) use provider::{DEFAULT_BASE_URL, configure, credentials, schema};

//! The types of Confluent Cloud: `confluent_invitation`, resource and data source, and the data
//! sources `confluent_user` and `confluent_users`.
//!
//! Owns the vendor's schemas, state and behaviour, and what is better here. It must not know the
//! other API. Vendor facts are those of the vendor's provider in August 2026.

mod attributes;
mod data_invitation;
mod data_user;
mod data_users;
mod invitation;
mod lifecycle;
mod listed;
mod oauth;
mod provider;
mod rules;
mod time;

pub(crate) use data_invitation::InvitationData;
pub(crate) use data_user::UserData;
pub(crate) use data_users::UsersData;
pub(crate) use invitation::Invitation;
pub(crate) use provider::{DEFAULT_BASE_URL, configure, credential_arguments, credentials, schema};
pub(crate) use rules::Rules;

//! The MongoDB Atlas administration API, as far as invitations touch it, and its OAuth endpoints.
//!
//! Owns this dialect's routes, authentication, versions, shapes and errors; the vendor's own
//! provider, SDK and CLI must work against it unmodified. Must not decide anything: every rule is
//! in `ops` or in the core.

mod auth;
mod code;
mod convert;
mod digest;
mod error;
mod extract;
mod group_invites;
mod group_users;
mod groups;
mod injected;
mod invites;
mod keys;
mod oauth;
mod org_users;
mod orgs;
mod page;
mod people;
mod project_roles;
mod project_teams;
mod rate;
mod roles;
mod root;
mod routes;
mod shape;
mod team_users;
mod teams;
mod users;
mod version;

pub(crate) use error::fault;
pub(crate) use injected::{injected, oauth_injected};
pub(crate) use oauth::{
    fault as oauth_fault, nothing_here as nothing_here_for_oauth, oauth_routes,
};
pub(crate) use routes::{nothing_here, private_routes, routes};
pub(crate) use shape::shaped;

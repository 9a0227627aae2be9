//! The Terraform provider personas of Vestibule.
//!
//! Owns what Terraform sees: provider blocks, resource types, state, diagnostics. It must not know
//! HTTP (that is `vestibule-client`), the plugin protocol (`tfplugin`) or any rule of the server:
//! it works against the vendors' clouds as well.

mod address;
mod argument;
mod atlas;
mod confluent;
mod connection;
mod environment;
mod failure;
mod persona;
mod plan;
mod provider;
mod serve;
mod snapshot;
mod user_agent;
mod vestibule;

pub use environment::Environment;
pub use persona::Persona;
pub use provider::Provider;
pub use serve::serve;

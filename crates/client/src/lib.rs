//! HTTP clients for the native, Confluent and MongoDB Atlas APIs, and for a secret at AWS.
//!
//! Owns: transport with retries, authentication, paging, and the translation of each API's error
//! body into one [`Error`]. It must not know Terraform, keep state on disk, read environment
//! variables (but for the proxy variables `reqwest` reads) or decide what an outcome means for a
//! caller: "not found" is reported as such and nothing more.
//!
//! Nothing secret appears in `Debug` output or in errors.

pub mod atlas;
mod auth;
pub mod aws;
pub mod confluent;
mod error;
mod listed;
pub mod native;
pub mod testing;
mod transport;

pub use error::{Error, ErrorKind};
pub use listed::{Listed, PageMark};
pub use tokio_util::sync::CancellationToken;
pub use transport::Settings;
pub use vestibule_wire::Secret;

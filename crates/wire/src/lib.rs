//! JSON shapes of the three HTTP APIs, shared by the server and the clients.
//!
//! Owns: field names, field order, what is omitted and what is `null`. It must not decide
//! anything, know a rule of the product, or import another crate of this workspace: server and
//! clients convert at their edge. Types derive both `Serialize` and `Deserialize`.
//!
//! A shape shared by both sides can be wrong on both sides in the same way, so every test here
//! compares with text written down from the vendors' documents, sources or recorded traffic.

pub mod atlas;
pub mod confluent;
pub mod native;
mod object;
mod secret;
mod tolerant;

pub use object::Object;
pub use secret::Secret;

/// The header by which every answer of Vestibule says whose it is, in the vendors' dialects as
/// well. Clients may then rely on what the vendor leaves open.
pub const SERVICE_HEADER: &str = "x-vestibule";

//! The rules of Vestibule: what an invitation is, who may invite whom, what may happen next.
//!
//! Owns the domain types, the invitation state machine and the policy. Must not do I/O of any
//! kind: no database, no HTTP, no clock of its own (every rule takes `now`), no randomness of its
//! own (ids and nonces are handed in).

pub mod email;
pub mod error;
pub mod id;
pub mod invitation;
pub mod key;
pub mod membership;
pub mod organization;
pub mod policy;
pub mod project;
pub mod random;
pub mod role;
pub mod secret;
pub mod team;
pub mod text;
pub mod time;
pub mod user;

pub use email::EmailAddress;
pub use error::Refusal;
pub use id::Id;
pub use random::Random;
pub use time::{Clock, Lifetime, Timestamp};

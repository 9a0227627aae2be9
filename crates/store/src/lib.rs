//! All SQL of Vestibule, on SQLite and PostgreSQL.
//!
//! Owns the database engines, the migrations and every statement. Must not decide anything: a use
//! case runs as one closure in [`Store::write`] or [`Store::read`] and gets row primitives from
//! [`Tx`]; what to do with the rows is the caller's business.
//!
//! A closure is synchronous, runs on a thread that owns a connection, and may be run again when
//! the database asks for it. It must therefore do no I/O, read no clock and draw no randomness of
//! its own. One SQL text means the same on both engines; see [`Sql`] for the rules.

mod claim;
mod config;
mod engine;
mod error;
mod migrate;
mod rows;
mod sql;
mod store;
mod tx;

pub use claim::Claim;
pub use config::{StoreConfig, Synchronous};
pub use engine::Stats;
pub use error::{Cause, Error};
pub use rows::{
    AuditEvent, Circle, Creation, Delivery, DeliveryState, Ended, InvitationFilter, InvitationHead,
    ListedMember, Member, Message, RequestKey, Scope, Slice, UsableKeys,
};
pub use sql::{Param, Sql};
pub use store::Store;
pub use tx::{Row, Tx};

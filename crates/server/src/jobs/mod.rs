//! What the server does on its own, beside answering requests. One file per job.
//!
//! A job decides nothing about the product: it calls use cases ([`crate::ops`]) and does the input
//! and output that these must not do.

pub mod forgetting;
pub mod outbox;

pub use outbox::{run, run_once};

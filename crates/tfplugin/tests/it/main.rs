//! The example providers under real Terraform, and as bare processes.
//!
//! Needs `terraform` on the path.

#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "test code: a panic is the failure"
)]

mod kitchen;
mod lifecycle;
mod newer;
mod process;
mod support;
mod transport;
mod wire;

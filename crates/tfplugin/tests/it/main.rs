//! The example providers under real Terraform, and as bare processes.
//!
//! Needs `terraform` on the path.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code: a panic is the failure"
)]

mod lifecycle;
mod process;
mod support;
mod transport;

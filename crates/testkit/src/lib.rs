//! Test support: databases, clocks, mail sinks, Terraform, AWS.
//!
//! Owns what tests share. Must not be a normal dependency of anything, and must not contain rules
//! of the product: a test that needs one calls the product.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "test support: a panic is the failure, and what it prints is shown with it"
)]

#[cfg(feature = "app")]
pub mod answer;
#[cfg(feature = "app")]
pub mod app;
pub mod aws;
pub mod postgres;
pub mod store;

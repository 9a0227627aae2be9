//! Test support: databases, clocks, mail sinks, Terraform.
//!
//! Owns what tests share. Must not be a normal dependency of anything, and must not contain rules
//! of the product: a test that needs one calls the product.

pub mod postgres;
pub mod store;

//! Temporary root while the other test modules are being written.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: a panic is the failure"
)]
#[path = "it/mail/mod.rs"]
mod mail;
//#[path = "it/pages/mod.rs"]
//mod pages;

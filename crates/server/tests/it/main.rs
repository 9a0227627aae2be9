//! The server from outside: requests through the router, with a real database behind it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "test code: a panic is the failure"
)]

mod atlas;
mod confluent;
mod conformance;
mod dialects;
mod forgetting;
mod histories;
mod leftovers;
mod lifetimes;
mod log;
mod mail;
mod native;
mod pages;
mod surfaces;
mod testing;

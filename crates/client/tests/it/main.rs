//! The clients against a small HTTP server written from the vendors' contracts.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: a panic is the failure"
)]

mod atlas;
mod atlas_people;
mod aws;
mod confluent;
mod digest;
mod exchange;
mod fixtures;
mod native;
mod oauth;
mod redirects;
mod retries;
mod server;
mod tls;

//! The executable as its users meet it: server, command line, Terraform, in processes of their own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout,
    reason = "test code: a panic is the failure"
)]

mod cli;
mod cloud;
mod crash;
mod distribution;
mod examples;
mod guides;
mod import;
mod lifecycle;
mod many;
mod newer;
mod own;
mod people;
mod personas;
mod quickstart;
mod secrets;
mod serve;
mod server;
mod service_account;
mod terraform;
mod testing;
mod their_bugs;
mod user_agent;
mod vendor_state;

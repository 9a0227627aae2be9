//! The executable: server, command line and Terraform provider in one.
//!
//! Owns the decision which of them it is, by the name it was called with, before anything else is
//! initialised: Terraform starts a provider three times per plan.

mod commands;
mod config;
mod output;
mod plugins;
mod process;
mod quickstart;
mod seed;
mod start;

use std::process::ExitCode;

use vestibule_provider::Persona;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().map(|text| text.to_string_lossy().into_owned());
    let name = arguments.next().unwrap_or_default();
    match Persona::from_program_name(&name) {
        Some(persona) => vestibule_provider::serve(persona, arguments),
        None => commands::run(),
    }
}

//! Being a Terraform provider process.

use std::process::ExitCode;

use tfplugin::ServeOptions;

use crate::environment::Environment;
use crate::persona::Persona;
use crate::provider::Provider;

/// Serves Terraform as one of the personas, until Terraform says to end.
///
/// For the executable's `main`, which must not have done anything yet: standard output is
/// Terraform's, and Terraform starts providers often. It makes its own small runtime. With `-debug`
/// or `--debug` among the program's `arguments` it serves many runs of Terraform instead, and
/// prints what to put into `TF_REATTACH_PROVIDERS`; other arguments are ignored.
///
/// It returns only when it cannot serve, after saying why on standard error.
pub fn serve(persona: Persona, arguments: impl IntoIterator<Item = String>) -> ExitCode {
    let debug = arguments
        .into_iter()
        .any(|argument| argument == "-debug" || argument == "--debug");
    let provider = Provider::new(persona, Environment::of_process());
    tfplugin::serve(provider, ServeOptions::new(persona.address()).debug(debug))
}

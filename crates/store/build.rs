//! Makes a new migration file known to the compiler, which reads the directory through a macro.

#[expect(
    clippy::print_stdout,
    reason = "this is how a build script talks to Cargo"
)]
fn main() {
    println!("cargo::rerun-if-changed=migrations");
}

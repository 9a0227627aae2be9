//! Makes a new migration file known to the compiler, which reads the directory through a macro.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}

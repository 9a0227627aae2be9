//! The executable: server, CLI and Terraform provider.

fn main() {}

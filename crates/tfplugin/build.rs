//! Compiles the protocol's .proto files into Rust, without `protoc`: see `src/proto.rs`.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    // Set by scripts/fuzz and by cargo-fuzz.
    println!("cargo::rustc-check-cfg=cfg(fuzzing)");
    let files = protox::compile(["plugin.proto", "tfplugin6.proto"], ["proto"])?;
    let mut messages = tonic_prost_build::configure()
        .build_transport(false)
        .bytes(".");
    for package in ["plugin", "tfplugin6"] {
        messages = messages.client_mod_attribute(package, "#[cfg(test)]");
    }
    messages.compile_fds(files)?;
    Ok(())
}

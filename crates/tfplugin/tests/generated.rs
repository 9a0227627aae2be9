//! The committed protocol code is what the .proto files generate.
//!
//! After a change of a .proto file: `UPDATE_PROTO=1 cargo test -p tfplugin --test generated`.

use std::path::Path;

const HEADER: &str = "// Generated from proto/ by tests/generated.rs. Do not edit.\n";

#[test]
fn committed_code_is_what_the_proto_files_generate() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let out = tempfile::tempdir().unwrap();
    for package in ["tfplugin6", "plugin"] {
        let descriptors =
            protox::compile([format!("{package}.proto")], [root.join("proto")]).unwrap();
        tonic_prost_build::configure()
            .build_transport(false)
            .client_mod_attribute(package, "#[cfg(test)]")
            .bytes(".")
            .out_dir(out.path())
            .compile_fds(descriptors)
            .unwrap();
        let generated = HEADER.to_owned()
            + &std::fs::read_to_string(out.path().join(format!("{package}.rs"))).unwrap();
        let committed = root.join(format!("src/proto/{package}.rs"));
        if std::env::var_os("UPDATE_PROTO").is_some() {
            std::fs::write(&committed, &generated).unwrap();
        }
        let committed = std::fs::read_to_string(&committed).unwrap_or_default();
        assert!(
            committed == generated,
            "run with UPDATE_PROTO=1 to regenerate {package}.rs"
        );
    }
}

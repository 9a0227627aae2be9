//! The examples of the registry's pages under real Terraform. Each is a module of its own, so that
//! one run validates all of a persona: Terraform's start is most of what a run costs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::terraform::{Loading, Workspace, available};

/// All `.tf` files below a directory, in order. Those of actions and imports by identity (and lists,
/// which end otherwise) are for later versions than all that these tests run under; the provider's
/// own tests hold them against the schemas.
fn examples(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("actions") {
            found.extend(examples(&path));
        } else if path.ends_with("import-by-identity.tf") {
            continue;
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The arguments of a module for the variables that an example declares.
fn arguments(example: &str) -> String {
    let mut arguments = String::new();
    for line in example.lines() {
        let Some(rest) = line.strip_prefix("variable \"") else {
            continue;
        };
        let (name, _) = rest.split_once('"').unwrap();
        writeln!(arguments, "  {name} = \"example\"").unwrap();
    }
    arguments
}

fn assert_examples_are_valid(persona: &str) {
    if !available() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../provider/registry");
    let root = root.join(persona).join("examples");
    let workspace = Workspace::with_variables(Loading::DevOverrides, []);
    workspace.remove("providers.tf");
    let requirement = format!(
        "terraform {{\n  required_providers {{\n    {persona} = {{ source = \"vestibule/{persona}\" }}\n  }}\n}}\n"
    );
    let mut modules = requirement.clone();
    let mut imports = 0;
    for path in examples(&root) {
        let example = fs::read_to_string(&path).unwrap();
        if path.ends_with("import.tf") {
            // No module may import. What is imported into need not be there to be valid, but later
            // versions take the provider from it.
            let provider = format!("import {{\n  provider = {persona}\n");
            let example = match example.contains("provider =") {
                true => example,
                false => example.replace("import {\n", &provider),
            };
            modules.push_str(&example);
            imports += 1;
            continue;
        }
        let relative = path.strip_prefix(&root).unwrap().with_extension("");
        let name = relative.to_str().unwrap().replace('/', "_");
        writeln!(
            modules,
            "module \"{name}\" {{\n  source = \"./{name}\"\n{}}}",
            arguments(&example)
        )
        .unwrap();
        if !example.contains("required_providers") {
            workspace.write(&format!("{name}/providers.tf"), &requirement);
        }
        workspace.write(&format!("{name}/main.tf"), &example);
    }
    assert!(modules.contains("module \"provider_provider\"") && imports > 0);
    workspace.write("main.tf", &modules);
    workspace.must("get", &[]);
    workspace.must("validate", &[]);
    let unformatted = workspace.must(
        "fmt",
        &["-check", "-diff", "-recursive", root.to_str().unwrap()],
    );
    assert_eq!(unformatted, "");
}

#[test]
fn the_examples_for_confluent_are_valid() {
    assert_examples_are_valid("confluent");
}

#[test]
fn the_examples_for_atlas_are_valid() {
    assert_examples_are_valid("mongodbatlas");
}

#[test]
fn the_examples_for_our_own_provider_are_valid() {
    assert_examples_are_valid("vestibule");
}

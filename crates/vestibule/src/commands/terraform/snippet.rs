//! Pieces of Terraform code. Owns their spelling: quoting, names and indentation.

use crate::plugins::{NAMESPACE, VERSION};

/// The block that requires these providers in this version.
pub(super) fn required_providers(names: &[&str]) -> String {
    let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
    let lines: String = names
        .iter()
        .map(|name| {
            format!(
                "    {name:width$} = {{ source = \"{NAMESPACE}/{name}\", version = \"{VERSION}\" }}\n"
            )
        })
        .collect();
    format!("terraform {{\n  required_providers {{\n{lines}  }}\n}}\n")
}

/// A text as a quoted template that means just this text.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    let mut symbols = text.chars().peekable();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            // `${` and `%{` begin an expression; doubled, they are themselves.
            '$' | '%' if symbols.peek() == Some(&'{') => quoted.extend([symbol, symbol]),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// A list of texts.
pub(super) fn list(texts: &std::collections::BTreeSet<&str>) -> String {
    let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", items.join(", "))
}

/// A resource's name made of an address: letters, digits and underscores, none twice.
pub(super) fn name(address: &str, taken: &mut std::collections::BTreeSet<String>) -> String {
    let mut base: String = address
        .chars()
        .map(|symbol| {
            if symbol.is_ascii_alphanumeric() {
                symbol.to_ascii_lowercase()
            } else {
                '_'
            }
        })
        .collect();
    if !base.starts_with(|first: char| first.is_ascii_alphabetic()) {
        base.insert_str(0, "i_");
    }
    let mut name = base.clone();
    let mut number = 2_u32;
    while !taken.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_quoted_text_means_itself() {
        assert_eq!(
            quoted("a\"b\\c${d}%{e}$f%\n"),
            r#""a\"b\\c$${d}%%{e}$f%\n""#
        );
    }

    #[test]
    fn names_are_identifiers_and_differ() {
        let mut taken = BTreeSet::new();
        let made = ["Ann@example.org", "ann@example-org", "7@x", "é@x"]
            .map(|address| name(address, &mut taken));
        insta::assert_debug_snapshot!(made, @r#"
        [
            "ann_example_org",
            "ann_example_org_2",
            "i_7_x",
            "i___x",
        ]
        "#);
    }

    #[test]
    fn the_block_requires_what_was_installed() {
        insta::assert_snapshot!(
            required_providers(&["confluent", "mongodbatlas"]).replace(VERSION, "VERSION"), @r#"
        terraform {
          required_providers {
            confluent    = { source = "vestibule/confluent", version = "VERSION" }
            mongodbatlas = { source = "vestibule/mongodbatlas", version = "VERSION" }
          }
        }
        "#);
    }
}

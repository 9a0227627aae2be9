//! Pieces of Terraform code. Owns their spelling: quoting, names and indentation.

use std::collections::BTreeSet;

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

/// A list of texts, sorted as a set is.
pub(super) fn list(texts: &[String]) -> String {
    let sorted: BTreeSet<&str> = texts.iter().map(String::as_str).collect();
    listed(sorted.into_iter().map(quoted))
}

/// A list of expressions.
pub(super) fn listed(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// Names of resources of one type, all different.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A name made of what people call a thing: letters, digits and single underscores. If a thing
    /// before has this name, the id is added, so that a later run that meets more things gives the
    /// same ones the same names.
    pub(super) fn of(&mut self, called: &str, id: &str) -> String {
        let mut name = identifier(called);
        while !self.taken.insert(name.clone()) {
            name = format!("{name}_{}", identifier(id));
        }
        name
    }
}

fn identifier(text: &str) -> String {
    let mut name = String::new();
    for symbol in text.chars() {
        if symbol.is_ascii_alphanumeric() {
            name.push(symbol.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        name.to_owned()
    } else {
        format!("i_{name}")
    }
}

/// An `import` block and the resource that it fills.
pub(super) struct Resource {
    head: String,
    arguments: Vec<(&'static str, String)>,
    objects: String,
}

impl Resource {
    pub(super) fn new(kind: &str, name: &str, id: &str) -> Self {
        let id = quoted(id);
        Self {
            head: format!(
                "import {{\n  to = {kind}.{name}\n  id = {id}\n}}\n\nresource \"{kind}\" \"{name}\" {{\n"
            ),
            arguments: Vec::new(),
            objects: String::new(),
        }
    }

    /// Adds an argument with this expression, which is on one line.
    pub(super) fn argument(&mut self, name: &'static str, expression: String) {
        self.arguments.push((name, expression));
    }

    /// Adds an argument with an object of these arguments.
    pub(super) fn object(&mut self, name: &str, arguments: &[(&str, String)]) {
        let inner = aligned("    ", arguments);
        self.objects
            .push_str(&format!("\n  {name} = {{\n{inner}  }}\n"));
    }

    /// Adds an argument with a list of objects of these arguments.
    pub(super) fn objects(&mut self, name: &str, all: &[Vec<(&str, String)>]) {
        let each = all
            .iter()
            .map(|one| format!("    {{\n{}    }},\n", aligned("      ", one)));
        let inner: String = each.collect();
        self.objects
            .push_str(&format!("\n  {name} = [\n{inner}  ]\n"));
    }

    pub(super) fn text(&self) -> String {
        let arguments = aligned("  ", &self.arguments);
        format!("{}{arguments}{}}}\n", self.head, self.objects)
    }
}

/// Arguments with the equals signs below each other, as `terraform fmt` wants them.
fn aligned(indentation: &str, arguments: &[(&str, String)]) -> String {
    let width = arguments.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or(0);
    let lines = arguments.iter();
    lines
        .map(|(name, value)| format!("{indentation}{name:width$} = {value}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
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
        let mut names = Names::default();
        let made = [
            ("Ann@example.org", "usr_1"),
            ("ann@example-org", "usr_2"),
            ("7@x", "usr_3"),
            ("é@x", "usr_4"),
            ("(Größe) 7", "usr_5"),
            ("", "usr_6"),
            ("--", "usr_7"),
            ("x usr 8", "usr_9"),
            ("x", "usr_8"),
        ]
        .map(|(called, id)| names.of(called, id));
        insta::assert_debug_snapshot!(made, @r#"
        [
            "ann_example_org",
            "ann_example_org_usr_2",
            "i_7_x",
            "x",
            "gr_e_7",
            "i_",
            "i__usr_7",
            "x_usr_8",
            "x_usr_8_usr_8",
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

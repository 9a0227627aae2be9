//! The rules a schema must obey by itself.
//!
//! Facts: Terraform's internal schema validation (required excludes optional and computed, names,
//! write-only attributes, nested attributes inside sets) and the plan rules of contracts for
//! defaults.

use super::{Attribute, Block, BlockNesting, Body, Kind, Nesting, Schema};
use crate::codec::conform;
use crate::value::Path;

/// A schema breaks Terraform's rules: a bug in the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("schema is not valid: {}", violations.join("; "))]
pub struct SchemaError {
    violations: Vec<String>,
}

impl SchemaError {
    /// Every violation, as `path: rule`.
    #[must_use]
    pub fn violations(&self) -> &[String] {
        &self.violations
    }
}

/// Names with a meaning of their own in every resource block.
const RESERVED: [&str; 7] = [
    "connection",
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "provider",
    "provisioner",
];

/// What a schema describes: not every flag makes sense everywhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Use {
    /// A managed resource.
    #[default]
    Resource,
    /// A data source, an ephemeral resource or a provider block: nothing is write-only.
    Source,
    /// A list: configuration only, so nothing is computed either.
    List,
    /// An action: configuration only, which may be write-only.
    Action,
}

pub(super) fn check(schema: &Schema, used_as: Use) -> Result<(), SchemaError> {
    let mut checker = Checker {
        used_as,
        ..Checker::default()
    };
    if schema.version < 0 {
        checker.violation(&Path::default(), "version is negative");
    }
    for (name, _) in &schema.body.attributes {
        if RESERVED.contains(&name.as_str()) {
            checker.violation(&Path::root(name), "name is reserved by Terraform");
        }
    }
    checker.body(&schema.body, &Path::default());
    checker.finish()
}

/// Checks the names of a function's parameters.
pub(crate) fn check_signature(names: &[&str]) -> Result<(), SchemaError> {
    let mut checker = Checker::default();
    for (position, name) in names.iter().enumerate() {
        let path = Path::root(*name);
        checker.name(name, &path);
        if names.iter().take(position).any(|other| other == name) {
            checker.violation(&path, "name is used twice");
        }
    }
    checker.finish()
}

/// Collects violations on the way through a schema.
#[derive(Default)]
pub(super) struct Checker {
    violations: Vec<String>,
    inside_set: bool,
    used_as: Use,
}

impl Checker {
    pub(super) fn violation(&mut self, path: &Path, rule: &str) {
        self.violations.push(format!("{path}: {rule}"));
    }

    pub(super) fn finish(self) -> Result<(), SchemaError> {
        if self.violations.is_empty() {
            return Ok(());
        }
        Err(SchemaError {
            violations: self.violations,
        })
    }

    fn body(&mut self, body: &Body, path: &Path) {
        self.attributes(&body.attributes, path);
        for (name, block) in &body.blocks {
            let path = path.clone().attribute(name);
            if body.attributes.iter().any(|(other, _)| other == name)
                || body
                    .blocks
                    .iter()
                    .filter(|(other, _)| other == name)
                    .count()
                    > 1
            {
                self.violation(&path, "name is used twice");
            }
            self.name(name, &path);
            self.block(block, &path);
        }
    }

    fn block(&mut self, block: &Block, path: &Path) {
        let (min, max) = (block.min_items, block.max_items);
        match block.nesting {
            BlockNesting::Single if min > 1 || max > 1 => {
                self.violation(path, "a single block has at most one item");
            }
            BlockNesting::Group | BlockNesting::Map if min != 0 || max != 0 => {
                self.violation(path, "map and group blocks take no item counts");
            }
            _ if min < 0 || max < 0 || (max != 0 && min > max) => {
                self.violation(path, "item counts are not a range");
            }
            _ => {}
        }
        let outside = self.inside_set;
        self.inside_set |= block.nesting == BlockNesting::Set;
        self.body(&block.body, path);
        self.inside_set = outside;
    }

    fn attributes(&mut self, attributes: &[(String, Attribute)], path: &Path) {
        for (position, (name, attribute)) in attributes.iter().enumerate() {
            let path = path.clone().attribute(name);
            if attributes
                .iter()
                .take(position)
                .any(|(other, _)| other == name)
            {
                self.violation(&path, "name is used twice");
            }
            self.name(name, &path);
            self.attribute(attribute, &path);
        }
    }

    fn attribute(&mut self, attribute: &Attribute, path: &Path) {
        let flags = attribute.flags;
        if !(flags.required || flags.optional || flags.computed) {
            self.violation(path, "needs one of required, optional and computed");
        }
        if flags.required && (flags.optional || flags.computed) {
            self.violation(path, "required excludes optional and computed");
        }
        if flags.computed && matches!(self.used_as, Use::List | Use::Action) {
            self.violation(path, "nothing is computed in a configuration without state");
        }
        if flags.write_only && matches!(self.used_as, Use::List | Use::Source) {
            self.violation(path, "write-only is for resources and actions");
        }
        if flags.write_only && flags.computed {
            self.violation(path, "write-only excludes computed and defaults");
        }
        if flags.write_only && self.inside_set {
            self.violation(path, "write-only is not possible inside a set");
        }
        if let Some(default) = &attribute.default {
            let conformed = conform(default.clone(), &attribute.ty(), &Path::default());
            if default.is_null() || !default.is_wholly_known() || conformed.is_err() {
                self.violation(path, "default is not a known value of the attribute's type");
            }
        }
        if let Kind::Nested(nested) = &attribute.kind {
            if flags.write_only {
                self.write_only_children(&nested.attributes, path);
            }
            let outside = self.inside_set;
            self.inside_set |= nested.nesting == Nesting::Set;
            self.attributes(&nested.attributes, path);
            self.inside_set = outside;
        }
    }

    fn write_only_children(&mut self, attributes: &[(String, Attribute)], path: &Path) {
        for (name, attribute) in attributes {
            if !attribute.flags.write_only {
                let path = path.clone().attribute(name);
                self.violation(
                    &path,
                    "is inside a write-only attribute and must be write-only",
                );
            }
        }
    }

    pub(super) fn name(&mut self, name: &str, path: &Path) {
        let mut letters = name.bytes();
        let first = letters
            .next()
            .is_some_and(|c| c.is_ascii_lowercase() || c == b'_');
        let rest = letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_');
        if !(first && rest) {
            self.violation(
                path,
                "name must be lowercase letters, digits and underscores",
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn every_broken_rule_is_reported() {
        let schema = Schema::new()
            .version(-1)
            .attribute("count", Attribute::number().optional())
            .attribute("Bad-Name", Attribute::string().optional())
            .attribute("nothing", Attribute::string())
            .attribute("both", Attribute::string().required().computed())
            .attribute("twice", Attribute::string().optional())
            .attribute("twice", Attribute::string().optional())
            .attribute("wrong_default", Attribute::bool().default_value("no"))
            .attribute("secret", Attribute::string().computed().write_only())
            .attribute(
                "people",
                Attribute::nested(
                    Nesting::Set,
                    [("password", Attribute::string().optional().write_only())],
                )
                .optional(),
            )
            .block("single", Block::new(BlockNesting::Single).max_items(2))
            .block(
                "range",
                Block::new(BlockNesting::List).min_items(2).max_items(1),
            );
        let error = schema.check().unwrap_err();
        insta::assert_snapshot!(error.violations().join("\n"), @r"
        : version is negative
        count: name is reserved by Terraform
        Bad-Name: name must be lowercase letters, digits and underscores
        nothing: needs one of required, optional and computed
        both: required excludes optional and computed
        twice: name is used twice
        wrong_default: default is not a known value of the attribute's type
        secret: write-only excludes computed and defaults
        people.password: write-only is not possible inside a set
        single: a single block has at most one item
        range: item counts are not a range
        ");
    }

    #[test]
    fn a_default_makes_an_attribute_optional_and_computed() {
        let schema = Schema::new().attribute("allow", Attribute::bool().default_value(false));
        assert_eq!(schema.check(), Ok(()));
        let (_, attribute) = &schema.body.attributes[0];
        assert!(attribute.flags.optional && attribute.flags.computed);
    }

    #[test]
    fn types_follow_attributes_and_blocks() {
        let schema = Schema::new()
            .attribute("id", Attribute::string().computed())
            .attribute(
                "nested",
                Attribute::nested(Nesting::List, [("a", Attribute::bool().optional())]).optional(),
            )
            .block(
                "timeouts",
                Block::new(BlockNesting::Single).attribute("read", Attribute::string().optional()),
            );
        assert_eq!(
            schema.ty(),
            Type::object([
                ("id", Type::String),
                ("nested", Type::list(Type::object([("a", Type::Bool)]))),
                ("timeouts", Type::object([("read", Type::String)])),
            ])
        );
    }
}

//! The "Schema" section of a page: which arguments and values there are.
//!
//! Facts: the shape (headings, anchors, order by name) is the one that the registry's own pages have.

use std::fmt::Write as _;

use crate::schema::{
    Attribute, Block, BlockNesting, Body, IdentitySchema, Kind, Nesting, PlanModifier, Schema,
};
use crate::value::Type;

/// The section, beginning with its heading.
pub(super) fn markdown(schema: &Schema) -> String {
    let mut out = String::from("## Schema\n");
    let headings = Headings {
        before: "### ",
        behind: "",
    };
    let mut level = section(body(&schema.body, ""), &headings, &mut out);
    let headings = Headings {
        before: "",
        behind: ":",
    };
    while !level.is_empty() {
        let mut deeper = Vec::new();
        for inner in level {
            let (anchor, path) = (&inner.anchor, &inner.path);
            _ = writeln!(
                out,
                "\n<a id=\"{anchor}\"></a>\n### Nested Schema for `{path}`"
            );
            deeper.extend(section(inner.entries, &headings, &mut out));
        }
        level = deeper;
    }
    out.trim_end().to_owned()
}

/// What an import by identity takes, beginning with its heading.
pub(super) fn identity(schema: &IdentitySchema) -> String {
    let entries = schema.attributes.iter().map(|attribute| Entry {
        name: attribute.name.clone(),
        group: if attribute.required {
            Group::Required
        } else {
            Group::Optional
        },
        kind: type_name(&attribute.ty),
        text: attribute.description.clone(),
        is_described: !attribute.description.is_empty(),
        inner: None,
    });
    let headings = Headings {
        before: "#### ",
        behind: "",
    };
    let mut out = String::from("### Identity Schema\n");
    section(entries.collect(), &headings, &mut out);
    out.trim_end().to_owned()
}

/// How people call a type: `List of String`.
pub(super) fn type_name(ty: &Type) -> String {
    match ty {
        Type::Bool => "Boolean".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::String => "String".to_owned(),
        Type::Dynamic => "Dynamic".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Set(element) => format!("Set of {}", type_name(element)),
        Type::Map(element) => format!("Map of {}", type_name(element)),
        Type::Object(_) => "Object".to_owned(),
        Type::Tuple(_) => "Tuple".to_owned(),
    }
}

/// The top-level attributes and blocks that say nothing about themselves.
pub(super) fn undescribed(schema: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    let mut level = body(&schema.body, "");
    while !level.is_empty() {
        let mut deeper = Vec::new();
        for entry in level {
            if let Some(inner) = entry.inner {
                deeper.extend(inner.entries.into_iter().map(|nested| Entry {
                    name: format!("{}.{}", entry.name, nested.name),
                    ..nested
                }));
            }
            if !entry.is_described {
                found.push(entry.name);
            }
        }
        level = deeper;
    }
    found
}

/// One line of a section.
struct Entry {
    name: String,
    group: Group,
    kind: String,
    text: String,
    /// Whether the text is more than what the schema itself knows, or there is no place for more.
    is_described: bool,
    inner: Option<Inner>,
}

/// The attributes of something nested, for a section of their own.
struct Inner {
    anchor: String,
    path: String,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Group {
    Required,
    Optional,
    ReadOnly,
    /// An attribute of a plain object.
    Inside,
}

struct Headings {
    before: &'static str,
    behind: &'static str,
}

/// Writes the lines of a section, and returns what has to come in sections of its own.
fn section(entries: Vec<Entry>, headings: &Headings, out: &mut String) -> Vec<Inner> {
    let mut entries = entries;
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    entries.sort_by(|a, b| {
        a.group
            .partial_cmp(&b.group)
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut nested = Vec::new();
    let mut current = None;
    for entry in entries {
        if current != Some(entry.group) {
            current = Some(entry.group);
            let title = match entry.group {
                Group::Required => "Required",
                Group::Optional => "Optional",
                Group::ReadOnly => "Read-Only",
                Group::Inside => "Attributes",
            };
            let Headings { before, behind } = headings;
            _ = writeln!(out, "\n{before}{title}{behind}\n");
        }
        _ = write!(out, "- `{}` ({})", entry.name, entry.kind);
        if !entry.text.is_empty() {
            _ = write!(out, " {}", entry.text);
        }
        if let Some(inner) = entry.inner {
            _ = write!(out, " (see [its attributes](#{}))", inner.anchor);
            nested.push(inner);
        }
        out.push('\n');
    }
    nested
}

fn body(body: &Body, path: &str) -> Vec<Entry> {
    let attributes = attributes(&body.attributes, path);
    let blocks = body
        .blocks
        .iter()
        .map(|(name, inner)| block(name, inner, path));
    attributes.into_iter().chain(blocks).collect()
}

fn attributes(attributes: &[(String, Attribute)], path: &str) -> Vec<Entry> {
    attributes
        .iter()
        .map(|(name, inner)| attribute(name, inner, path))
        .collect()
}

fn attribute(name: &str, attribute: &Attribute, path: &str) -> Entry {
    let flags = attribute.flags;
    let here = join(path, name);
    let (mut kind, inner) = match &attribute.kind {
        Kind::Plain(ty) => (type_name(ty), object_inside(ty, &here)),
        Kind::Nested(nested) => {
            let kind = match nested.nesting {
                Nesting::Single => "Attributes",
                Nesting::List => "Attributes List",
                Nesting::Set => "Attributes Set",
                Nesting::Map => "Attributes Map",
            };
            let entries = attributes(&nested.attributes, &here);
            (kind.to_owned(), Some(inner("nestedatt", here, entries)))
        }
    };
    for (is_set, mark) in [
        (flags.sensitive, ", Sensitive"),
        (flags.write_only, ", Write-only"),
        (attribute.deprecated.is_some(), ", Deprecated"),
    ] {
        if is_set {
            kind.push_str(mark);
        }
    }
    let group = match (flags.required, flags.optional) {
        (true, _) => Group::Required,
        (false, true) => Group::Optional,
        (false, false) => Group::ReadOnly,
    };
    Entry {
        name: name.to_owned(),
        group,
        kind,
        text: attribute_text(attribute),
        is_described: !attribute.description.text.is_empty(),
        inner,
    }
}

/// The description, and what the schema itself knows beyond it.
fn attribute_text(attribute: &Attribute) -> String {
    let mut text = one_line(&attribute.description.text);
    let lower = text.to_lowercase();
    if let (Some(default), false) = (&attribute.default, lower.contains("default")) {
        sentence(&mut text, &format!("Defaults to `{default}`."));
    }
    let replaces = attribute.modifiers.iter().any(|modifier| {
        matches!(
            modifier,
            PlanModifier::RequiresReplace | PlanModifier::RequiresReplaceIfConfigured
        )
    });
    if replaces && !lower.contains("replace") {
        sentence(&mut text, "Changing it replaces the resource.");
    }
    if let Some(message) = &attribute.deprecated {
        sentence(&mut text, &one_line(message));
    }
    text
}

fn sentence(text: &mut String, more: &str) {
    if !text.is_empty() {
        if !text.ends_with(['.', '!', '?', ':']) {
            text.push('.');
        }
        text.push(' ');
    }
    text.push_str(more);
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn block(name: &str, block: &Block, path: &str) -> Entry {
    let kind = match block.nesting {
        BlockNesting::Single | BlockNesting::Group => "Block",
        BlockNesting::List => "Block List",
        BlockNesting::Set => "Block Set",
        BlockNesting::Map => "Block Map",
    };
    let mut kind = kind.to_owned();
    if block.min_items > 0 && block.nesting != BlockNesting::Single {
        kind.push_str(&format!(", Min: {}", block.min_items));
    }
    if block.max_items > 0 && block.nesting != BlockNesting::Single {
        kind.push_str(&format!(", Max: {}", block.max_items));
    }
    if block.body.deprecated.is_some() {
        kind.push_str(", Deprecated");
    }
    let here = join(path, name);
    let entries = body(&block.body, &here);
    Entry {
        name: name.to_owned(),
        group: if block.min_items > 0 {
            Group::Required
        } else {
            Group::Optional
        },
        kind,
        text: one_line(&block.body.description.text),
        is_described: !block.body.description.text.is_empty(),
        inner: Some(inner("nestedblock", here, entries)),
    }
}

/// The attributes of objects inside a plain type.
fn object_inside(ty: &Type, path: &str) -> Option<Inner> {
    match ty {
        Type::List(element) | Type::Set(element) | Type::Map(element) => {
            object_inside(element, path)
        }
        Type::Object(fields) => {
            let entries = fields.iter().map(|(name, ty)| Entry {
                name: name.clone(),
                group: Group::Inside,
                kind: type_name(ty),
                text: String::new(),
                is_described: true,
                inner: object_inside(ty, &join(path, name)),
            });
            Some(inner("nestedobjatt", path.to_owned(), entries.collect()))
        }
        _ => None,
    }
}

fn inner(kind: &str, path: String, entries: Vec<Entry>) -> Inner {
    Inner {
        anchor: format!("{kind}--{}", path.replace('.', "--")),
        path,
        entries,
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        return name.to_owned();
    }
    format!("{path}.{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_and_block_is_listed_in_its_group() {
        let schema = Schema::new()
            .attribute("id", Attribute::string().computed().description("The id"))
            .attribute(
                "email",
                Attribute::string()
                    .required()
                    .requires_replace()
                    .description("Who is\ninvited"),
            )
            .attribute(
                "force",
                Attribute::bool()
                    .default_value(false)
                    .description("Force it."),
            )
            .attribute(
                "password",
                Attribute::string()
                    .optional()
                    .sensitive()
                    .write_only()
                    .description("A secret."),
            )
            .attribute(
                "user",
                Attribute::list(Type::object([("id", Type::String)])).computed(),
            )
            .attribute(
                "auth",
                Attribute::nested(
                    Nesting::Map,
                    [
                        ("key", Attribute::string().required().description("A key.")),
                        (
                            "more",
                            Attribute::nested(
                                Nesting::Single,
                                [(
                                    "old",
                                    Attribute::set(Type::Number)
                                        .optional()
                                        .deprecated("Use key."),
                                )],
                            )
                            .optional()
                            .description("More."),
                        ),
                    ],
                )
                .optional()
                .description("How."),
            )
            .block(
                "rule",
                Block::new(BlockNesting::List)
                    .min_items(1)
                    .max_items(3)
                    .description("Rules.")
                    .attribute("name", Attribute::string().required().description("Name.")),
            );
        insta::assert_snapshot!(markdown(&schema));
        assert_eq!(undescribed(&schema), ["user", "auth.more.old"]);
    }

    #[test]
    fn an_identity_has_its_own_section() {
        let schema = IdentitySchema::new()
            .required("id", Type::String, "The id.")
            .optional("regions", Type::list(Type::String), "Where.");
        insta::assert_snapshot!(identity(&schema), @"
        ### Identity Schema

        #### Required

        - `id` (String) The id.

        #### Optional

        - `regions` (List of String) Where.
        ");
    }
}

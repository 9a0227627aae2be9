//! One page: of the provider, of a resource, of a function.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::DocsError;
use super::examples::Sources;
use super::schema::{identity, markdown, type_name, undescribed};
use super::template::Variable;
use super::text::{fenced, front_matter};
use crate::provider::{Parameter, Provider, Signature};
use crate::schema::{IdentitySchema, Schema};

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Provider,
    Resource,
    DataSource,
    EphemeralResource,
    ListResource,
    Action,
    Function,
}

pub(super) const KINDS: [Kind; 7] = [
    Kind::Provider,
    Kind::Resource,
    Kind::DataSource,
    Kind::EphemeralResource,
    Kind::ListResource,
    Kind::Action,
    Kind::Function,
];

impl Kind {
    /// The folder of its pages, examples and templates; the provider has none.
    pub(super) fn folder(self) -> Option<&'static str> {
        match self {
            Self::Provider => None,
            Self::Resource => Some("resources"),
            Self::DataSource => Some("data-sources"),
            Self::EphemeralResource => Some("ephemeral-resources"),
            Self::ListResource => Some("list-resources"),
            Self::Action => Some("actions"),
            Self::Function => Some("functions"),
        }
    }

    /// What its examples are called, and how their names end.
    pub(super) fn example(self) -> (&'static str, &'static str) {
        match self {
            Self::Provider => ("provider", ".tf"),
            Self::Resource => ("resource", ".tf"),
            Self::DataSource => ("data-source", ".tf"),
            Self::EphemeralResource => ("ephemeral-resource", ".tf"),
            Self::ListResource => ("list-resource", ".tfquery.hcl"),
            Self::Action => ("action", ".tf"),
            Self::Function => ("function", ".tf"),
        }
    }

    /// Which Terraform has such things, where not every one does that speaks this protocol.
    fn since(self) -> Option<&'static str> {
        match self {
            Self::Provider | Self::Resource | Self::DataSource => None,
            Self::Function => Some("1.8"),
            Self::EphemeralResource => Some("1.10"),
            Self::ListResource | Self::Action => Some("1.14"),
        }
    }

    /// What titles call it.
    fn noun(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Resource => "Resource",
            Self::DataSource => "Data Source",
            Self::EphemeralResource => "Ephemeral Resource",
            Self::ListResource => "List Resource",
            Self::Action => "Action",
            Self::Function => "function",
        }
    }
}

/// One thing of a provider that has a page.
pub(super) struct Subject {
    pub(super) kind: Kind,
    /// The full name: `acme_note`.
    pub(super) name: String,
    /// Without the provider's prefix, if it has it: `note`.
    pub(super) short: String,
    pub(super) subcategory: String,
    description: String,
    content: Content,
}

enum Content {
    Schema {
        schema: Box<Schema>,
        identity: Option<IdentitySchema>,
    },
    Function(Box<Signature>),
}

impl Subject {
    /// Everything that a provider has.
    pub(super) fn all(provider: &dyn Provider) -> Vec<Self> {
        let prefix = format!("{}_", provider.name());
        let named =
            |kind, name: &str, schema, identity| Self::new(kind, name, &prefix, schema, identity);
        let mut all = vec![named(
            Kind::Provider,
            provider.name(),
            provider.schema(),
            None,
        )];
        all.extend(provider.resources().iter().map(|one| {
            let (schema, identity) = (one.schema(), one.identity_schema());
            named(Kind::Resource, one.type_name(), schema, identity)
        }));
        all.extend(
            provider
                .data_sources()
                .iter()
                .map(|one| named(Kind::DataSource, one.type_name(), one.schema(), None)),
        );
        all.extend(
            provider
                .ephemeral_resources()
                .iter()
                .map(|one| named(Kind::EphemeralResource, one.type_name(), one.schema(), None)),
        );
        all.extend(
            provider
                .list_resources()
                .iter()
                .map(|one| named(Kind::ListResource, one.type_name(), one.schema(), None)),
        );
        all.extend(
            provider
                .actions()
                .iter()
                .map(|one| named(Kind::Action, one.type_name(), one.schema(), None)),
        );
        all.extend(provider.functions().iter().map(|one| {
            let signature = one.signature();
            let description = if signature.description.text.is_empty() {
                &signature.summary
            } else {
                &signature.description.text
            };
            Self {
                kind: Kind::Function,
                name: one.name().to_owned(),
                short: one.name().to_owned(),
                subcategory: String::new(),
                description: description.clone(),
                content: Content::Function(Box::new(signature)),
            }
        }));
        all
    }

    fn new(
        kind: Kind,
        name: &str,
        prefix: &str,
        schema: Schema,
        identity: Option<IdentitySchema>,
    ) -> Self {
        Self {
            kind,
            name: name.to_owned(),
            short: name.strip_prefix(prefix).unwrap_or(name).to_owned(),
            subcategory: String::new(),
            description: schema.body.description.text.clone(),
            content: Content::Schema {
                schema: Box::new(schema),
                identity,
            },
        }
    }

    /// The path of its page.
    pub(super) fn file(&self) -> String {
        match self.kind.folder() {
            None => "index.md".to_owned(),
            Some(folder) => format!("{folder}/{}.md", self.short),
        }
    }

    /// What of it has no description.
    pub(super) fn undescribed(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.description.is_empty() {
            found.push(String::new());
        }
        match &self.content {
            Content::Schema { schema, identity } => {
                found.extend(undescribed(schema));
                let attributes = identity.iter().flat_map(|identity| &identity.attributes);
                let silent = attributes.filter(|attribute| attribute.description.is_empty());
                found.extend(silent.map(|attribute| format!("identity.{}", attribute.name)));
            }
            Content::Function(signature) => {
                let parameters = signature.parameters.iter().chain(&signature.variadic);
                let silent = parameters.filter(|one| one.description.text.is_empty());
                found.extend(silent.map(|parameter| parameter.name.clone()));
            }
        }
        let noun = self.kind.noun().to_lowercase();
        let tell = |what: String| format!("{noun} {}: {what}", self.name);
        found.into_iter().map(tell).collect()
    }

    fn title(&self, provider: &str) -> String {
        match self.kind {
            Kind::Provider => format!("{provider} Provider"),
            kind => format!("{} {} - {provider}", self.name, kind.noun()),
        }
    }

    /// The description, and the deprecation if there is one.
    fn introduction(&self) -> String {
        let deprecated = match &self.content {
            Content::Schema { schema, .. } => &schema.body.deprecated,
            Content::Function(signature) => &signature.deprecated,
        };
        match deprecated {
            Some(message) => format!("~> **Deprecated:** {message}\n\n{}", self.description),
            None => self.description.clone(),
        }
    }
}

/// The page of a subject: from its template, or as it is by default.
pub(super) fn page(
    subject: &Subject,
    provider: &str,
    sources: &Sources,
) -> Result<String, DocsError> {
    let parts = Parts::of(subject, sources)?;
    let text = match sources.template(subject)? {
        Some((path, template)) => {
            let variables = parts.variables(subject, provider);
            sources.render(path, &template, variables)?
        }
        None => parts.assemble(subject, provider),
    };
    Ok(format!("{}\n", text.trim_end()))
}

/// The parts of a page; empty ones are left out.
struct Parts {
    examples: String,
    reference: String,
    imports: String,
}

impl Parts {
    fn of(subject: &Subject, sources: &Sources) -> Result<Self, DocsError> {
        let examples = sources.examples(subject)?;
        let examples = examples.iter().map(|example| fenced("terraform", example));
        let reference = match &subject.content {
            Content::Schema { schema, .. } => markdown(schema),
            Content::Function(signature) => function(&subject.name, signature),
        };
        Ok(Self {
            examples: examples.collect::<Vec<_>>().join("\n\n"),
            reference,
            imports: imports(subject, sources)?,
        })
    }

    fn assemble(&self, subject: &Subject, provider: &str) -> String {
        let mut out = front_matter(
            &subject.title(provider),
            &subject.subcategory,
            &subject.description,
        );
        let heading = match subject.kind {
            Kind::Provider => format!("{provider} Provider"),
            Kind::Function => format!("function: {}", subject.name),
            kind => format!("{} ({})", subject.name, kind.noun()),
        };
        _ = write!(out, "\n# {heading}\n");
        let introduction = subject.introduction();
        if !introduction.is_empty() {
            _ = write!(out, "\n{}\n", introduction.trim());
        }
        if let Some(version) = subject.kind.since() {
            _ = write!(out, "\nFrom Terraform {version} on.\n");
        }
        if !self.examples.is_empty() {
            _ = write!(out, "\n## Example Usage\n\n{}\n", self.examples);
        }
        _ = write!(out, "\n{}\n", self.reference);
        if !self.imports.is_empty() {
            _ = write!(out, "\n## Import\n\n{}\n", self.imports);
        }
        out
    }

    fn variables(self, subject: &Subject, provider: &str) -> BTreeMap<&'static str, Variable> {
        let flag = |text: &String| Variable::Flag(!text.is_empty());
        BTreeMap::from([
            ("Name", Variable::Text(subject.name.clone())),
            ("ShortName", Variable::Text(subject.short.clone())),
            ("Type", Variable::Text(subject.kind.noun().to_owned())),
            ("Title", Variable::Text(subject.title(provider))),
            ("Subcategory", Variable::Text(subject.subcategory.clone())),
            ("Description", Variable::Text(subject.description.clone())),
            ("ProviderName", Variable::Text(provider.to_owned())),
            ("HasExample", flag(&self.examples)),
            ("Example", Variable::Text(self.examples)),
            ("HasImport", flag(&self.imports)),
            ("Import", Variable::Text(self.imports)),
            ("SchemaMarkdown", Variable::Text(self.reference)),
        ])
    }
}

/// The ways to import a resource for which there are examples.
fn imports(subject: &Subject, sources: &Sources) -> Result<String, DocsError> {
    let Content::Schema {
        identity: wanted, ..
    } = &subject.content
    else {
        return Ok(String::new());
    };
    let mut parts = Vec::new();
    if subject.kind == Kind::Resource {
        if let Some(block) = sources.beside(subject, "import-by-identity.tf")? {
            parts.push(
                "In Terraform 1.12 and later, an `import` block may name the identity:".to_owned(),
            );
            parts.push(fenced("terraform", &block));
        }
        parts.extend(wanted.iter().map(identity));
        if let Some(block) = sources.beside(subject, "import.tf")? {
            parts.push("In Terraform 1.5 and later, an `import` block may name the id:".to_owned());
            parts.push(fenced("terraform", &block));
        }
        if let Some(command) = sources.beside(subject, "import.sh")? {
            parts.push("On the command line:".to_owned());
            parts.push(fenced("shell", &command));
        }
    }
    Ok(parts.join("\n\n"))
}

/// Signature, arguments and result of a function.
fn function(name: &str, signature: &Signature) -> String {
    let mut call: Vec<_> = signature
        .parameters
        .iter()
        .map(|one| format!("{} {}", one.name, type_name(&one.ty).to_lowercase()))
        .collect();
    if let Some(rest) = &signature.variadic {
        call.push(format!(
            "{} {}...",
            rest.name,
            type_name(&rest.ty).to_lowercase()
        ));
    }
    let returns = type_name(&signature.returns);
    let call = format!("{name}({}) {}", call.join(", "), returns.to_lowercase());
    let mut out = format!("## Signature\n\n{}\n", fenced("text", &call));
    if !(signature.parameters.is_empty() && signature.variadic.is_none()) {
        out.push_str("\n## Arguments\n\n");
        let parameters = signature.parameters.iter().map(|one| (one, ""));
        let all = parameters.chain(signature.variadic.iter().map(|one| (one, "Variadic, ")));
        for (position, (parameter, mark)) in all.enumerate() {
            let line = argument(parameter, mark);
            _ = writeln!(out, "{}. {line}", position.saturating_add(1));
        }
    }
    _ = write!(out, "\n## Return Type\n\n{returns}");
    out
}

fn argument(parameter: &Parameter, mark: &str) -> String {
    let nullable = if parameter.allow_null {
        ", Nullable"
    } else {
        ""
    };
    let kind = type_name(&parameter.ty);
    let line = format!("`{}` ({mark}{kind}{nullable})", parameter.name);
    let text = parameter.description.text.split_whitespace();
    let words: Vec<_> = std::iter::once(line.as_str()).chain(text).collect();
    words.join(" ")
}

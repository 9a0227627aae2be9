//! Whole pages of a small provider.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::{DocsError, Generator};
use crate::{
    Action, Arguments, Attribute, Context, Diagnostics, Found, Function, FunctionError,
    IdentitySchema, ListQuery, ListResource, Object, Parameter, Progress, Provider, ReadOutcome,
    Resource, Schema, Signature, Type, Value, async_trait,
};

struct Acme;

#[async_trait]
impl Provider for Acme {
    fn name(&self) -> &str {
        "acme"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .markdown("Keeps `notes`.")
            .attribute("token", Attribute::string().optional().sensitive())
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Note)]
    }

    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![Arc::new(Join)]
    }

    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        vec![Arc::new(Notes)]
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Print)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Note;

#[async_trait]
impl Resource for Note {
    fn type_name(&self) -> &str {
        "acme_note"
    }

    fn schema(&self) -> Schema {
        let id = Attribute::string().required().requires_replace();
        Schema::new()
            .markdown("A **note** in [a book](books.md).")
            .attribute("id", id.description("Its id."))
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new().required("id", Type::String, "Its id."))
    }

    async fn create(&self, _cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        Ok(planned)
    }

    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        Ok(ReadOutcome::Keep(state))
    }

    async fn delete(&self, _cx: &Context, _state: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Notes;

#[async_trait]
impl ListResource for Notes {
    fn type_name(&self) -> &str {
        "acme_note"
    }

    fn schema(&self) -> Schema {
        let book = Attribute::string().optional().description("In which book.");
        Schema::new()
            .markdown("Finds notes.")
            .attribute("book", book)
    }

    async fn list(
        &self,
        _cx: &Context,
        _query: &ListQuery,
        _found: &mut Found,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Print;

#[async_trait]
impl Action for Print {
    fn type_name(&self) -> &str {
        "other_print"
    }

    fn schema(&self) -> Schema {
        let copies = Attribute::number().required().description("How many.");
        Schema::new()
            .markdown("Prints a note.")
            .attribute("copies", copies)
    }

    async fn invoke(
        &self,
        _cx: &Context,
        _config: Object,
        _progress: &Progress,
    ) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Join;

impl Function for Join {
    fn name(&self) -> &str {
        "join"
    }

    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("Joins texts.")
            .deprecated("Use the built-in one.")
            .parameter(
                Parameter::new("by", Type::String)
                    .allow_null()
                    .description("Between."),
            )
            .variadic(Parameter::new("texts", Type::list(Type::String)))
    }

    fn call(&self, _arguments: &Arguments) -> Result<Value, FunctionError> {
        Ok(Value::Null)
    }
}

fn put(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[test]
fn pages_are_made_of_schemas_and_examples() {
    let root = tempfile::tempdir().unwrap();
    put(
        root.path(),
        "examples/resources/acme_note/resource.tf",
        "resource \"acme_note\" \"a\" {}\n",
    );
    put(
        root.path(),
        "examples/resources/acme_note/resource_second.tf",
        "# second\n",
    );
    put(
        root.path(),
        "examples/resources/acme_note/import.sh",
        "terraform import acme_note.a a\n",
    );
    put(
        root.path(),
        "examples/resources/acme_note/import-by-identity.tf",
        "import {}\n",
    );
    put(
        root.path(),
        "examples/list-resources/acme_note/list-resource.tfquery.hcl",
        "list \"acme_note\" \"all\" {}\n",
    );
    let generator = Generator::new(&Acme, root.path()).title("Acme");
    let generator = generator.subcategory(|name| name.replace("acme_note", "Paper"));
    let pages = generator.pages().unwrap();
    let paths: Vec<_> = pages.iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "actions/other_print.md",
            "functions/join.md",
            "index.md",
            "list-resources/note.md",
            "resources/note.md"
        ]
    );
    insta::assert_snapshot!(pages.get("resources/note.md").unwrap());
    insta::assert_snapshot!(pages.get("functions/join.md").unwrap());
    insta::assert_snapshot!(pages.get("index.md").unwrap());
    insta::assert_snapshot!(pages.get("list-resources/note.md").unwrap());
    insta::assert_snapshot!(pages.get("actions/other_print.md").unwrap());
    assert_eq!(generator.pages().unwrap(), pages);
    assert_eq!(
        generator.undescribed(),
        ["provider acme: token", "function join: texts"]
    );
}

#[test]
fn templates_replace_pages_and_guides_are_copied() {
    let root = tempfile::tempdir().unwrap();
    put(
        root.path(),
        "examples/provider/provider.tf",
        "provider \"acme\" {}\n",
    );
    put(
        root.path(),
        "templates/index.md.tmpl",
        "# {{ .ProviderName }}\n{{ .Example }}\n{{ tffile \"examples/provider/provider.tf\" }}",
    );
    put(
        root.path(),
        "templates/resources/note.md.tmpl",
        "{{ .Title }}: {{ .SchemaMarkdown }}",
    );
    put(
        root.path(),
        "templates/functions.md.tmpl",
        "{{ .Type }} {{ .Name }}",
    );
    put(
        root.path(),
        "templates/guides/moving.md.tmpl",
        "To {{ .ProviderName }}\n",
    );
    put(
        root.path(),
        "templates/guides/testing.md",
        "{{ untouched }}\n",
    );
    let pages = Generator::new(&Acme, root.path())
        .title("Acme")
        .pages()
        .unwrap();
    let joined: Vec<_> = pages
        .iter()
        .map(|(path, text)| format!("{path}\n{text}"))
        .collect();
    insta::assert_snapshot!(joined.join("---\n"));
}

#[test]
fn what_belongs_to_nothing_or_is_not_valid_is_refused() {
    let root = tempfile::tempdir().unwrap();
    put(root.path(), "examples/resources/acme_noet/resource.tf", "");
    let error = Generator::new(&Acme, root.path()).pages().unwrap_err();
    assert!(matches!(error, DocsError::Stray { .. }), "{error}");

    let root = tempfile::tempdir().unwrap();
    put(
        root.path(),
        "templates/resources/note.md.tmpl",
        "{{ .Nome }}",
    );
    let error = Generator::new(&Acme, root.path()).pages().unwrap_err();
    assert!(
        error.to_string().ends_with("there is no variable .Nome"),
        "{error}"
    );
}

#[test]
fn a_directory_is_compared_and_brought_up_to_date() {
    let root = tempfile::tempdir().unwrap();
    let docs = root.path().join("docs");
    let pages = Generator::new(&Acme, root.path()).pages().unwrap();
    assert_eq!(pages.differences(&docs).unwrap().len(), 5);
    put(&docs, "resources/gone.md", "of old");
    put(&docs, "README.txt", "not ours");
    pages.write(&docs).unwrap();
    assert_eq!(pages.differences(&docs).unwrap(), [""; 0]);
    assert!(!docs.join("resources/gone.md").exists() && docs.join("README.txt").exists());
    put(&docs, "functions/join.md", "edited");
    put(&docs, "guides/more.md", "too many");
    assert_eq!(
        pages.differences(&docs).unwrap(),
        ["functions/join.md", "guides/more.md"]
    );
}

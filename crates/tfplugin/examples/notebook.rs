//! A whole provider: notes are files in a directory.
//!
//! ```hcl
//! provider "notebook" { directory = "/tmp/notes" }
//! resource "notebook_note" "hello" {
//!   title = "hello"
//!   text  = "Hello, world"
//! }
//! ```

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::{fs, io};

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, Object, Provider, ReadOutcome, Resource, Schema,
    ServeOptions, Validator, async_trait,
};

/// The directory, once the provider is configured; shared with the resources.
type Directory = Arc<OnceLock<PathBuf>>;

#[derive(Default)]
struct Notebook(Directory);

#[async_trait]
impl Provider for Notebook {
    fn name(&self) -> &str {
        "notebook"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute("directory", Attribute::string().required())
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Note(Arc::clone(&self.0)))]
    }

    async fn configure(&self, _cx: &Context, config: Object) -> Result<(), Diagnostics> {
        // During plan the directory may be unknown; the handlers complain if they need it.
        if let Some(directory) = config.string("directory")?.known() {
            self.0.get_or_init(|| directory.into());
        }
        Ok(())
    }
}

struct Note(Directory);

impl Note {
    fn file(&self, title: &str) -> Result<PathBuf, Diagnostics> {
        let unknown = || Diagnostic::error("The directory is not known yet").into();
        self.0
            .get()
            .map(|directory| directory.join(title))
            .ok_or_else(unknown)
    }
}

fn failed(error: &io::Error) -> Diagnostics {
    Diagnostic::error("The file system refused")
        .detail(error.to_string())
        .into()
}

#[async_trait]
impl Resource for Note {
    fn type_name(&self) -> &str {
        "notebook_note"
    }

    fn schema(&self) -> Schema {
        let title = Validator::not_empty();
        Schema::new()
            .attribute("id", Attribute::string().computed().use_state_for_unknown())
            .attribute(
                "title",
                Attribute::string()
                    .required()
                    .requires_replace()
                    .validator(title),
            )
            .attribute("text", Attribute::string().default_value("(empty)"))
            .attribute("bytes", Attribute::number().computed())
    }

    async fn create(&self, _cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let (title, text) = (
            planned.str("title")?.to_owned(),
            planned.str("text")?.to_owned(),
        );
        fs::write(self.file(&title)?, &text).map_err(|error| failed(&error))?;
        Ok(planned
            .with("id", title)
            .with("bytes", i64::try_from(text.len()).ok()))
    }

    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let title = state.str("id")?.to_owned();
        match fs::read_to_string(self.file(&title)?) {
            Ok(text) => {
                let bytes = i64::try_from(text.len()).ok();
                let state = state
                    .with("title", title)
                    .with("text", text)
                    .with("bytes", bytes);
                Ok(ReadOutcome::Keep(state))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(ReadOutcome::Gone),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn update(
        &self,
        cx: &Context,
        _prior: Object,
        planned: Object,
    ) -> Result<Object, Diagnostics> {
        self.create(cx, planned).await
    }

    async fn delete(&self, _cx: &Context, state: Object) -> Result<(), Diagnostics> {
        match fs::remove_file(self.file(state.str("id")?)?) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(&error)),
            _ => Ok(()),
        }
    }

    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("id", id))
    }
}

fn main() -> ExitCode {
    let debug = std::env::args().any(|argument| argument == "--debug");
    let options = ServeOptions::new("example.com/acme/notebook").debug(debug);
    tfplugin::serve(Notebook::default(), options)
}

//! A whole provider: notes are files in a directory.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, fs, io};

use tfplugin::{
    Attribute, Context, Diagnostic, Diagnostics, Object, Provider, ReadOutcome, Resource, Schema,
    ServeOptions, Validator, async_trait,
};
use tokio::sync::RwLock;

#[derive(Default, Clone)]
struct Notebook(Arc<RwLock<Option<PathBuf>>>);

impl Notebook {
    async fn file(&self, title: &str) -> Result<PathBuf, Diagnostics> {
        match &*self.0.read().await {
            Some(directory) => Ok(directory.join(title)),
            None => Err(Diagnostic::error("The directory is not known yet").into()),
        }
    }
}

#[async_trait]
impl Provider for Notebook {
    fn name(&self) -> &str {
        "notebook"
    }
    fn schema(&self) -> Schema {
        Schema::new().attribute("directory", Attribute::string().required())
    }
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Note(self.clone()))]
    }
    async fn configure(&self, _cx: &Context, config: Object) -> Result<(), Diagnostics> {
        // During plan the directory may be unknown; the handlers complain if they need it.
        *self.0.write().await = config.string("directory")?.known().map(PathBuf::from);
        Ok(())
    }
}

struct Note(Notebook);

#[async_trait]
impl Resource for Note {
    fn type_name(&self) -> &str {
        "notebook_note"
    }
    fn schema(&self) -> Schema {
        let title = Attribute::string().required().requires_replace();
        Schema::new()
            .attribute("id", Attribute::string().computed().use_state_for_unknown())
            .attribute("title", title.validator(Validator::not_empty()))
            .attribute("text", Attribute::string().default_value("(empty)"))
            .attribute("bytes", Attribute::number().computed())
    }
    async fn create(&self, _cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        let title = planned.str("title")?.to_owned();
        let text = planned.str("text")?.to_owned();
        fs::write(self.0.file(&title).await?, &text).map_err(refused)?;
        Ok(planned.with("id", title).with("bytes", text.len()))
    }
    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let title = state.str("id")?.to_owned();
        let Ok(text) = fs::read_to_string(self.0.file(&title).await?) else {
            return Ok(ReadOutcome::Gone);
        };
        let state = state.with("bytes", text.len()).with("title", title);
        Ok(ReadOutcome::Keep(state.with("text", text)))
    }
    async fn update(&self, cx: &Context, _: Object, new: Object) -> Result<Object, Diagnostics> {
        self.create(cx, new).await
    }
    async fn delete(&self, _cx: &Context, state: Object) -> Result<(), Diagnostics> {
        fs::remove_file(self.0.file(state.str("id")?).await?).map_err(refused)
    }
    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("id", id))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is made for map_err")]
fn refused(error: io::Error) -> Diagnostics {
    Diagnostic::from_error("The file system refused", &error).into()
}

fn main() -> ExitCode {
    let debug = env::args().any(|argument| argument == "--debug");
    let options = ServeOptions::new("example.com/acme/notebook").debug(debug);
    tfplugin::serve(Notebook::default(), options)
}

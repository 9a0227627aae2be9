//! The newer parts of the protocol: a resource with identity and a write-only argument, its list
//! resource, an ephemeral resource, an action, and functions. Keys are files in a directory.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::{env, fs};

use tfplugin::{
    Action, Arguments, Attribute, Context, Diagnostic, Diagnostics, EphemeralResource, Found,
    Function, FunctionError, IdentitySchema, ListQuery, ListResource, Listed, Object, Opened,
    Parameter, Progress, Provider, ReadOutcome, Resource, Schema, ServeOptions, Signature, Type,
    Validator, Value, async_trait,
};

#[derive(Default, Clone)]
struct Keyring(Arc<OnceLock<PathBuf>>);

impl Keyring {
    fn file(&self, name: &str) -> Result<PathBuf, Diagnostics> {
        let directory = self.0.get();
        let directory = directory.ok_or_else(|| Diagnostic::error("No directory is known yet"))?;
        Ok(directory.join(name))
    }
}

#[async_trait]
impl Provider for Keyring {
    fn name(&self) -> &str {
        "keyring"
    }
    fn schema(&self) -> Schema {
        let directory = Attribute::string().required();
        Schema::new()
            .markdown("Keeps keys as files.")
            .attribute("directory", directory.description("Where the keys are."))
    }
    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Key(self.clone()))]
    }
    fn ephemeral_resources(&self) -> Vec<Arc<dyn EphemeralResource>> {
        vec![Arc::new(Lease(self.clone()))]
    }
    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        vec![Arc::new(Keys(self.clone()))]
    }
    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Wipe(self.clone()))]
    }
    fn functions(&self) -> Vec<Arc<dyn Function>> {
        vec![Arc::new(Slug), Arc::new(Path)]
    }
    async fn configure(&self, _cx: &Context, config: Object) -> Result<(), Diagnostics> {
        if let Some(directory) = config.string("directory")?.known() {
            self.0.get_or_init(|| PathBuf::from(directory));
        }
        Ok(())
    }
}

/// A key: its name is public, what it opens with is never in the state.
struct Key(Keyring);

#[async_trait]
impl Resource for Key {
    fn type_name(&self) -> &str {
        "keyring_key"
    }
    fn schema(&self) -> Schema {
        let name = Attribute::string().required().requires_replace();
        Schema::new()
            .markdown("A key in the keyring.")
            .attribute(
                "name",
                name.validator(Validator::not_empty())
                    .description("How the key is called."),
            )
            .attribute(
                "secret",
                Attribute::string()
                    .optional()
                    .write_only()
                    .description("What is kept."),
            )
            .attribute(
                "bytes",
                Attribute::number()
                    .computed()
                    .use_state_for_unknown()
                    .description("How long the secret is."),
            )
    }
    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new().required("name", Type::String, "How the key is called."))
    }
    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        // A write-only value is in the configuration only.
        let secret = cx.config().opt_str("secret")?.unwrap_or_default();
        fs::write(self.0.file(planned.str("name")?)?, secret)
            .map_err(|error| Diagnostic::from_error("The key cannot be kept", &error))?;
        Ok(planned.with("bytes", secret.len()))
    }
    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        match fs::metadata(self.0.file(state.str("name")?)?) {
            Ok(file) => Ok(ReadOutcome::Keep(state.with("bytes", file.len()))),
            Err(_) => Ok(ReadOutcome::Gone),
        }
    }
    async fn delete(&self, _cx: &Context, state: Object) -> Result<(), Diagnostics> {
        fs::remove_file(self.0.file(state.str("name")?)?)
            .map_err(|error| Diagnostic::from_error("The key cannot be removed", &error).into())
    }
    // `import { identity = { name = "…" } }` works as well: the identity is one string.
    async fn import(&self, _cx: &Context, id: &str) -> Result<Object, Diagnostics> {
        Ok(Object::new().with("name", id))
    }
}

/// A token that exists while Terraform runs: a file `<name>.lease`, removed at the end.
struct Lease(Keyring);

#[async_trait]
impl EphemeralResource for Lease {
    fn type_name(&self) -> &str {
        "keyring_lease"
    }
    fn schema(&self) -> Schema {
        let token = Attribute::string().computed().sensitive();
        Schema::new()
            .markdown("A token that lasts as long as Terraform runs.")
            .attribute(
                "name",
                Attribute::string().required().description("For whom."),
            )
            .attribute("token", token.description("The token."))
    }
    async fn open(&self, cx: &Context, config: Object) -> Result<Opened, Diagnostics> {
        let name = format!("{}.lease", config.str("name")?);
        let token = format!("token-{}", std::process::id());
        fs::write(self.0.file(&name)?, &token)
            .map_err(|error| Diagnostic::from_error("No lease", &error))?;
        cx.set_private("file", name);
        Ok(Opened::new(config.with("token", token)))
    }
    async fn close(&self, cx: &Context) -> Result<(), Diagnostics> {
        let file = cx.private("file").unwrap_or_default();
        fs::remove_file(self.0.file(file.as_str().unwrap_or_default())?)
            .map_err(|error| Diagnostic::from_error("The lease cannot be ended", &error).into())
    }
}

/// `terraform query`: the keys that exist, managed or not.
struct Keys(Keyring);

#[async_trait]
impl ListResource for Keys {
    fn type_name(&self) -> &str {
        "keyring_key"
    }
    fn schema(&self) -> Schema {
        let prefix = Attribute::string().optional();
        Schema::new()
            .markdown("Finds keys.")
            .attribute("prefix", prefix.description("How their names begin."))
    }
    async fn list(
        &self,
        _cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let failed = |error| Diagnostic::from_error("The keys cannot be listed", &error);
        let prefix = query.config.opt_str("prefix")?.unwrap_or_default();
        let entries = fs::read_dir(self.0.file("")?).map_err(failed)?;
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with(prefix))
            .collect();
        names.sort();
        for name in names {
            let bytes = fs::metadata(self.0.file(&name)?).map_err(failed)?.len();
            let identity = Object::new().with("name", name.clone());
            let key = identity.clone().with("bytes", bytes);
            if found
                .push(Listed::new(identity, name).resource(key))
                .await
                .is_break()
            {
                break;
            }
        }
        Ok(())
    }
}

/// `terraform apply -invoke`: makes a key empty.
struct Wipe(Keyring);

#[async_trait]
impl Action for Wipe {
    fn type_name(&self) -> &str {
        "keyring_wipe"
    }
    fn schema(&self) -> Schema {
        let name = Attribute::string().required().description("Which key.");
        Schema::new()
            .markdown("Makes a key empty.")
            .attribute("name", name)
    }
    async fn invoke(
        &self,
        _cx: &Context,
        config: Object,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        let name = config.str("name")?;
        progress.tell(format!("Wiping {name}"));
        fs::write(self.0.file(name)?, "")
            .map_err(|error| Diagnostic::from_error("The key cannot be wiped", &error).into())
    }
}

/// `provider::keyring::slug("A Name")` is `a-name`.
struct Slug;

impl Function for Slug {
    fn name(&self) -> &str {
        "slug"
    }
    fn signature(&self) -> Signature {
        let text = Parameter::new("text", Type::String).description("Any text.");
        Signature::returning(Type::String)
            .summary("A name for a text")
            .markdown("Lowers letters and turns everything else into `-`.")
            .parameter(text)
    }
    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let text = arguments.str(0)?.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric());
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        if words.is_empty() {
            return Err(FunctionError::new("there is no letter or digit in it").argument(0));
        }
        Ok(words.join("-").into())
    }
}

/// `provider::keyring::path("a", "b", …)` is `a/b/…`.
struct Path;

impl Function for Path {
    fn name(&self) -> &str {
        "path"
    }
    fn signature(&self) -> Signature {
        Signature::returning(Type::String)
            .summary("The path of a key")
            .parameter(Parameter::new("first", Type::String).description("The first part."))
            .variadic(Parameter::new("more", Type::String).description("Further parts."))
    }
    fn call(&self, arguments: &Arguments) -> Result<Value, FunctionError> {
        let more = arguments.variadic().iter().filter_map(Value::as_str);
        let parts: Vec<_> = std::iter::once(arguments.str(0)?).chain(more).collect();
        Ok(parts.join("/").into())
    }
}

fn main() -> ExitCode {
    let debug = env::args().any(|argument| argument == "--debug");
    let options = ServeOptions::new("example.com/acme/keyring").debug(debug);
    tfplugin::serve(Keyring::default(), options)
}

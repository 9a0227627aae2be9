//! Every type and every nesting, under real Terraform, from inside the test's process.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tfplugin::{
    Attribute, Block, BlockNesting, Context, Diagnostics, MoveSource, Nesting, Object, Provider,
    ReadOutcome, Reattach, Resource, Schema, Type, Value, async_trait,
};
use tokio::runtime::Runtime;

use crate::support::Workspace;

/// The remote objects by id, and the passwords that were seen.
#[derive(Default)]
struct Remote {
    objects: Mutex<BTreeMap<String, Object>>,
    passwords: Mutex<Vec<String>>,
}

struct Kitchen(Arc<Remote>);

#[async_trait]
impl Provider for Kitchen {
    fn name(&self) -> &str {
        "kitchen"
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Sink(Arc::clone(&self.0))), Arc::new(OldSink)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

struct Sink(Arc<Remote>);

fn item() -> [(&'static str, Attribute); 3] {
    [
        ("name", Attribute::string().required()),
        ("size", Attribute::number().default_value(1)),
        ("id", Attribute::string().computed().use_state_for_unknown()),
    ]
}

/// Every attribute may be the provider's, so the whole may be.
fn computed_item() -> [(&'static str, Attribute); 3] {
    let [_, size, id] = item();
    [
        (
            "name",
            Attribute::string()
                .optional()
                .computed()
                .use_state_for_unknown(),
        ),
        size,
        id,
    ]
}

fn block(nesting: BlockNesting) -> Block {
    let add = |block: Block, (name, attribute)| block.attribute(name, attribute);
    item().into_iter().fold(Block::new(nesting), add)
}

impl Sink {
    /// Gives everything that is still unknown a value.
    fn settle(&self, planned: Object) -> Object {
        fn known(value: Value, path: &str) -> Value {
            match value {
                Value::Unknown(_) => Value::from(format!("made {path}")),
                Value::List(items) => Value::List(
                    items
                        .into_iter()
                        .enumerate()
                        .map(|(i, v)| known(v, &format!("{path}/{i}")))
                        .collect(),
                ),
                Value::Set(items) => Value::set(
                    items
                        .into_iter()
                        .enumerate()
                        .map(|(i, v)| known(v, &format!("{path}/{i}"))),
                ),
                Value::Map(entries) => Value::Map(
                    entries
                        .into_iter()
                        .map(|(k, v)| {
                            let v = known(v, &format!("{path}/{k}"));
                            (k, v)
                        })
                        .collect(),
                ),
                Value::Object(object) => Value::Object(object_known(object, path)),
                other => other,
            }
        }
        fn object_known(object: Object, path: &str) -> Object {
            let entries = object.into_iter();
            entries
                .map(|(k, v)| {
                    let v = known(v, &format!("{path}/{k}"));
                    (k, v)
                })
                .collect()
        }
        let number = self.0.objects.lock().unwrap().len();
        let settled = object_known(planned, &format!("sink {number}"));
        let id = settled.str("id").unwrap().to_owned();
        self.0.objects.lock().unwrap().insert(id, settled.clone());
        settled
    }
}

#[async_trait]
impl Resource for Sink {
    fn type_name(&self) -> &str {
        "kitchen_sink"
    }

    fn schema(&self) -> Schema {
        Schema::new()
            .version(1)
            .attribute("id", Attribute::string().computed().use_state_for_unknown())
            .attribute("text", Attribute::string().optional())
            .attribute("number", Attribute::number().optional())
            .attribute("flag", Attribute::bool().optional())
            .attribute("list", Attribute::list(Type::String).optional())
            .attribute("set", Attribute::set(Type::Number).optional())
            .attribute("map", Attribute::map(Type::list(Type::Bool)).optional())
            .attribute("any", Attribute::new(Type::Dynamic).optional())
            .attribute(
                "objects",
                Attribute::list(Type::object([("a", Type::String), ("b", Type::Number)]))
                    .optional(),
            )
            .attribute("password", Attribute::string().optional().write_only())
            .attribute("changes", Attribute::string().computed())
            .attribute("one", Attribute::nested(Nesting::Single, item()).optional())
            .attribute("many", Attribute::nested(Nesting::List, item()).optional())
            .attribute("some", Attribute::nested(Nesting::Set, item()).optional())
            .attribute(
                "named",
                Attribute::nested(Nesting::Map, computed_item())
                    .optional()
                    .computed(),
            )
            .block("list_block", block(BlockNesting::List))
            .block("set_block", block(BlockNesting::Set))
            .block("single_block", block(BlockNesting::Single))
    }

    async fn create(&self, cx: &Context, planned: Object) -> Result<Object, Diagnostics> {
        if let Some(password) = cx.config().opt_str("password")? {
            self.0.passwords.lock().unwrap().push(password.to_owned());
        }
        let named = if planned.get("named").is_unknown() {
            Value::map([(
                "auto",
                Object::new()
                    .with("name", "n")
                    .with("size", 1)
                    .with("id", "i"),
            )])
        } else {
            planned.get("named").clone()
        };
        Ok(self.settle(planned.with("named", named)))
    }

    async fn read(&self, _cx: &Context, state: Object) -> Result<ReadOutcome, Diagnostics> {
        let objects = self.0.objects.lock().unwrap();
        Ok(objects
            .get(state.str("id")?)
            .cloned()
            .map_or(ReadOutcome::Gone, ReadOutcome::Keep))
    }

    async fn update(&self, cx: &Context, _: Object, new: Object) -> Result<Object, Diagnostics> {
        self.create(cx, new).await
    }

    async fn delete(&self, _cx: &Context, state: Object) -> Result<(), Diagnostics> {
        self.0.objects.lock().unwrap().remove(state.str("id")?);
        Ok(())
    }

    fn upgrade(&self, version: i64, mut state: Object) -> Result<Object, Diagnostics> {
        if version == 0 {
            let text = state.remove("old_text");
            state.set("text", text);
        }
        Ok(state)
    }

    fn move_from(&self, source: &MoveSource) -> Result<Option<Object>, Diagnostics> {
        if source.type_name != "kitchen_old_sink" {
            return Ok(None);
        }
        let state = Object::new()
            .with("id", "/moved")
            .with("text", source.state.str("label")?);
        self.0
            .objects
            .lock()
            .unwrap()
            .insert("/moved".into(), state.clone());
        Ok(Some(state))
    }
}

struct OldSink;

#[async_trait]
impl Resource for OldSink {
    fn type_name(&self) -> &str {
        "kitchen_old_sink"
    }

    fn schema(&self) -> Schema {
        Schema::new().attribute("label", Attribute::string().required())
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

/// A served kitchen and a workspace attached to it.
struct Served {
    workspace: Workspace,
    remote: Arc<Remote>,
    _session: Reattach,
    _runtime: Runtime,
}

fn serve() -> Served {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let remote = Arc::new(Remote::default());
    let provider = Kitchen(Arc::clone(&remote));
    let session = runtime
        .block_on(Reattach::start(provider, "example.com/acme/kitchen"))
        .unwrap();
    let workspace =
        Workspace::reattached("kitchen").env("TF_REATTACH_PROVIDERS", session.env_value());
    Served {
        workspace,
        remote,
        _session: session,
        _runtime: runtime,
    }
}

const EVERYTHING: &str = r#"
resource "terraform_data" "later" { input = "x" }
resource "kitchen_sink" "all" {
  text     = "prefix-${terraform_data.later.id}"
  number   = 0.1
  flag     = true
  list     = ["b", "a"]
  set      = [3, 1, 123456789012345678901234567890]
  map      = { k = [true, false], empty = [] }
  any      = { x = [1, "two"], y = null }
  objects  = [{ a = "x", b = 1.5 }, { a = null, b = -7 }]
  password = "secret"
  one      = { name = "one" }
  many     = [{ name = "m1" }, { name = "m2", size = 5 }]
  some     = [{ name = "s2" }, { name = "s1", size = 2 }, { name = "s1" }]
  list_block { name = "l1" }
  list_block { name = "l2" }
  set_block  { name = "b2" }
  set_block  { name = "b1" }
  single_block { name = "single" }
}
"#;

#[test]
fn every_type_and_nesting_lives_through_create_plan_update_and_destroy() {
    let Served {
        workspace, remote, ..
    } = &serve();
    workspace.configure(EVERYTHING);
    workspace.apply();
    assert_eq!(*remote.passwords.lock().unwrap(), ["secret"]);
    assert_eq!(workspace.planned(), "");
    let (values, _) = workspace.state("kitchen_sink.all").unwrap();
    assert_eq!(values["password"], serde_json::Value::Null);
    assert_eq!(values["number"].to_string(), "0.1");
    assert_eq!(values["one"]["size"], 1);
    assert_eq!(values["some"].as_array().map(Vec::len), Some(3));
    assert_eq!(values["set_block"].as_array().map(Vec::len), Some(2));
    assert_eq!(values["named"]["auto"]["id"], "i");

    // Other orders of sets and another spelling of a number are no change.
    let reordered = EVERYTHING
        .replace(
            "[3, 1, 123456789012345678901234567890]",
            "[1, 123456789012345678901234567890, 3]",
        )
        .replace(
            r#"{ name = "s2" }, { name = "s1", size = 2 }"#,
            r#"{ name = "s1", size = 2 }, { name = "s2" }"#,
        )
        .replace("b = 1.5", "b = 15e-1");
    workspace.configure(&reordered);
    assert_eq!(workspace.planned(), "");

    let changed = EVERYTHING
        .replace(r#"{ name = "m1" }, "#, "")
        .replace(r#", { name = "s1" }]"#, "]")
        .replace(
            r#"  set_block  { name = "b1" }"#,
            r#"  set_block  { name = "b3" }"#,
        )
        .replace(r#"  single_block { name = "single" }"#, "")
        .replace(
            r#"one      = { name = "one" }"#,
            r#"named = { a = { name = "n" } }"#,
        );
    workspace.configure(&changed);
    assert_eq!(workspace.planned(), r#"kitchen_sink.all: ["update"]"#);
    workspace.apply();
    assert_eq!(workspace.planned(), "");
    workspace.configure(EVERYTHING);
    workspace.apply();
    assert_eq!(workspace.planned(), "");
    workspace.run(&["destroy", "-auto-approve"]);
    assert!(remote.objects.lock().unwrap().is_empty());
}

#[test]
fn nulls_and_empty_collections_stay_apart() {
    let Served { workspace, .. } = &serve();
    workspace.configure(
        r#"
resource "kitchen_sink" "empty" {
  list = []
  set  = []
  map  = {}
  many = []
}
resource "kitchen_sink" "nothing" {
}
"#,
    );
    workspace.apply();
    assert_eq!(workspace.planned(), "");
    let (values, _) = workspace.state("kitchen_sink.empty").unwrap();
    assert_eq!(
        (values["list"].is_null(), values["some"].is_null()),
        (false, true)
    );
}

#[test]
fn a_state_of_an_older_version_is_upgraded() {
    let Served { workspace, .. } = &serve();
    workspace.configure(r#"resource "kitchen_sink" "a" { text = "t" }"#);
    workspace.apply();
    workspace.edit_state(|resource| {
        let instance = &mut resource["instances"][0];
        instance["schema_version"] = 0.into();
        instance["private"] = "bnVsbA==".into();
        let attributes = instance["attributes"].as_object_mut().unwrap();
        let text = attributes.remove("text").unwrap();
        attributes.insert("old_text".into(), text);
        attributes.remove("flag");
    });
    assert_eq!(workspace.planned(), "");
}

#[test]
fn a_moved_block_takes_over_the_state_of_another_type() {
    let Served { workspace, .. } = &serve();
    workspace.configure(r#"resource "kitchen_old_sink" "a" { label = "t" }"#);
    workspace.apply();
    workspace.configure(
        r#"
resource "kitchen_sink" "a" { text = "t" }
moved {
  from = kitchen_old_sink.a
  to   = kitchen_sink.a
}
"#,
    );
    assert_eq!(workspace.planned(), "");
    workspace.apply();
    let (values, _) = workspace.state("kitchen_sink.a").unwrap();
    assert_eq!(values["id"], "/moved");
}

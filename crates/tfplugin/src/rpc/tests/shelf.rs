//! A provider with a resource that can be listed, and an action.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{
    Action, Attribute, Block, BlockNesting, Context, Diagnostic, Diagnostics, Found,
    IdentitySchema, ListQuery, ListResource, Listed, Nesting, Object, Progress, Provider,
    ReadOutcome, Resource, Schema, Type, Validator, async_trait,
};

/// Counts how many objects were looked at.
#[derive(Default, Clone)]
pub(super) struct Shelf(pub(super) Arc<AtomicU64>);

#[async_trait]
impl Provider for Shelf {
    fn name(&self) -> &str {
        "shelf"
    }

    fn resources(&self) -> Vec<Arc<dyn Resource>> {
        vec![Arc::new(Book)]
    }

    fn list_resources(&self) -> Vec<Arc<dyn ListResource>> {
        vec![Arc::new(Books(self.clone()))]
    }

    fn actions(&self) -> Vec<Arc<dyn Action>> {
        vec![Arc::new(Lend)]
    }

    async fn configure(&self, _cx: &Context, _config: Object) -> Result<(), Diagnostics> {
        Ok(())
    }
}

pub(super) struct Book;

pub(super) fn book_schema() -> Schema {
    let author = [
        ("name", Attribute::string().required()),
        ("id", Attribute::string().computed()),
    ];
    Schema::new()
        .attribute("id", Attribute::string().computed())
        .attribute("title", Attribute::string().required())
        .attribute("copies", Attribute::number().default_value(1))
        .attribute("slug", Attribute::string().optional().computed())
        .attribute("old", Attribute::string().optional().deprecated("Unused."))
        .attribute("password", Attribute::string().optional().write_only())
        .attribute(
            "authors",
            Attribute::nested(Nesting::List, author).optional(),
        )
        .block(
            "shelf",
            Block::new(BlockNesting::List)
                .attribute("row", Attribute::number().required())
                .attribute("seen", Attribute::bool().computed()),
        )
}

pub(super) fn identity_type() -> Type {
    Type::object([("id", Type::String)])
}

#[async_trait]
impl Resource for Book {
    fn type_name(&self) -> &str {
        "shelf_book"
    }

    fn schema(&self) -> Schema {
        book_schema()
    }

    fn identity_schema(&self) -> Option<IdentitySchema> {
        Some(IdentitySchema::new().required("id", Type::String, ""))
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

/// Finds `count` books; `mode` decides what else happens.
pub(super) struct Books(pub(super) Shelf);

pub(super) fn list_schema() -> Schema {
    Schema::new()
        .attribute("count_", Attribute::number().required())
        .attribute(
            "mode",
            Attribute::string()
                .optional()
                .validator(Validator::not_empty()),
        )
}

#[async_trait]
impl ListResource for Books {
    fn type_name(&self) -> &str {
        "shelf_book"
    }

    fn schema(&self) -> Schema {
        list_schema()
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        if config.get("count_").is_unknown() {
            diagnostics.warning("The count is unknown", "");
        }
    }

    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics> {
        let mode = query.config.opt_str("mode")?.unwrap_or_default();
        let count = query.config.integer("count_")?.known_or(0);
        for number in 0..count {
            self.0.0.fetch_add(1, Ordering::SeqCst);
            let id = format!("b-{number}");
            let identity = match mode {
                "no identity" => Object::new(),
                _ => Object::new().with("id", id.clone()),
            };
            let book = Object::new().with("id", id.clone()).with("title", "T");
            let book = match mode {
                "invalid" => book.with("copies", "many"),
                _ => book.with("password", "leaked"),
            };
            let listed = Listed::new(identity, format!("Book {number}")).resource(book);
            if found.push(listed).await == ControlFlow::Break(()) {
                return Ok(());
            }
        }
        match mode {
            "panic" => panic!("as asked"),
            "fail" => Err(Diagnostic::error("No more").into()),
            "warn" => {
                cx.warning("That was all", "");
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

pub(super) struct Lend;

pub(super) fn lend_schema() -> Schema {
    Schema::new()
        .attribute("to", Attribute::string().required())
        .attribute("pin", Attribute::string().optional().write_only())
}

#[async_trait]
impl Action for Lend {
    fn type_name(&self) -> &str {
        "shelf_lend"
    }

    fn schema(&self) -> Schema {
        lend_schema()
    }

    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        if config.get("to").as_str() == Some("") {
            diagnostics.push(Diagnostic::error("To whom?").at("to"));
        }
    }

    async fn plan(&self, cx: &Context, config: &Object) -> Result<(), Diagnostics> {
        match config.string("to")? {
            crate::Attr::Unknown => cx.warning("Not known yet", ""),
            crate::Attr::Known("nobody") => return Err(Diagnostic::error("Unknown person").into()),
            crate::Attr::Known("panic") => panic!("as asked"),
            _ => {}
        }
        Ok(())
    }

    async fn invoke(
        &self,
        cx: &Context,
        config: Object,
        progress: &Progress,
    ) -> Result<(), Diagnostics> {
        let to = config.str("to")?;
        progress.tell(format!("Looking for {to}"));
        let pin = config.opt_str("pin")?.unwrap_or("none");
        progress.tell(format!("With pin {pin}"));
        match to {
            "nobody" => Err(Diagnostic::error("Unknown person").into()),
            "panic" => panic!("as asked"),
            _ => {
                cx.warning("Bring it back", "");
                Ok(())
            }
        }
    }
}

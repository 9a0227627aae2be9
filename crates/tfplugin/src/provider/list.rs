//! The list resource trait: finding objects that exist, managed or not.

use std::ops::ControlFlow;

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::Context;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::schema::Schema;
use crate::value::Object;

/// A list resource (`terraform query`, Terraform 1.14 and later): finds the remote objects of a
/// resource type.
///
/// The resource of the same name must have an identity schema.
#[async_trait]
pub trait ListResource: Send + Sync + 'static {
    /// The full name: that of the resource whose objects it finds.
    fn type_name(&self) -> &str;

    /// The arguments of the `config` block inside `list "<type name>" "x"`. They cannot be
    /// computed.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond the schema. Values may be unknown; no network access.
    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let _unused = (config, diagnostics);
    }

    /// Finds objects and gives each to [`Found::push`], which says when it is enough.
    ///
    /// # Errors
    /// Diagnostics; what was found before stays found.
    async fn list(
        &self,
        cx: &Context,
        query: &ListQuery,
        found: &mut Found,
    ) -> Result<(), Diagnostics>;
}

/// What is asked of a [`ListResource`].
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct ListQuery {
    /// The `config` block, wholly known.
    pub config: Object,
    /// Whether the whole objects are wanted, not only their identities.
    pub include_resource: bool,
    /// How many are wanted at most; `None` is all.
    pub limit: Option<u64>,
}

impl ListQuery {
    /// A query for everything, for calling a handler from a test.
    #[must_use]
    pub fn new(config: Object) -> Self {
        Self {
            config,
            ..Self::default()
        }
    }

    /// The query with a limit.
    #[must_use]
    pub fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The query for whole objects.
    #[must_use]
    pub fn include_resource(mut self) -> Self {
        self.include_resource = true;
        self
    }
}

/// One object that was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Listed {
    /// The object's identity: whole.
    pub identity: Object,
    /// How people recognise it.
    pub display_name: String,
    /// The object as the resource's state would be.
    pub resource: Option<Object>,
    /// Warnings about it.
    pub diagnostics: Diagnostics,
}

impl Listed {
    /// An object by its identity.
    #[must_use]
    pub fn new(identity: Object, display_name: impl Into<String>) -> Self {
        Self {
            identity,
            display_name: display_name.into(),
            resource: None,
            diagnostics: Diagnostics::new(),
        }
    }

    /// The object as the resource's state would be; sent only if it was asked for.
    #[must_use]
    pub fn resource(mut self, resource: Object) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Adds a warning about the object.
    #[must_use]
    pub fn diagnostic(mut self, diagnostic: Diagnostic) -> Self {
        self.diagnostics.push(diagnostic);
        self
    }
}

/// Where a [`ListResource`] puts what it finds.
#[derive(Debug)]
pub struct Found {
    sender: mpsc::Sender<Listed>,
    left: Option<u64>,
}

impl Found {
    pub(crate) fn new(sender: mpsc::Sender<Listed>, limit: Option<u64>) -> Self {
        let left = limit;
        Self { sender, left }
    }

    /// Hands an object on, waiting until there is room for it. `Break` says that no more are
    /// wanted: fetch no further pages.
    pub async fn push(&mut self, listed: Listed) -> ControlFlow<()> {
        if self.left == Some(0) || self.sender.send(listed).await.is_err() {
            return ControlFlow::Break(());
        }
        self.left = self.left.map(|left| left.saturating_sub(1));
        if self.left == Some(0) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

//! The ephemeral resource trait: values that exist while Terraform runs, and nowhere else.

use std::time::SystemTime;

use async_trait::async_trait;

use super::Context;
use crate::diagnostics::Diagnostics;
use crate::schema::Schema;
use crate::value::Object;

/// An ephemeral resource (Terraform 1.10 and later): opened when it is needed, closed at the end,
/// never in a plan or state.
///
/// What renewing and closing need to know goes through the private state:
/// [`Context::set_private`] in [`open`](Self::open) is [`Context::private`] later.
#[async_trait]
pub trait EphemeralResource: Send + Sync + 'static {
    /// The full name, as in `ephemeral "<type name>" "x"`.
    fn type_name(&self) -> &str;

    /// The arguments and exported values. There are no write-only attributes here: every value is
    /// ephemeral.
    fn schema(&self) -> Schema;

    /// Checks the configuration beyond the schema. Values may be unknown; no network access.
    fn validate(&self, config: &Object, diagnostics: &mut Diagnostics) {
        let _unused = (config, diagnostics);
    }

    /// Makes the value. The configuration is wholly known; the result is the configuration
    /// completed by the computed attributes.
    ///
    /// # Errors
    /// Diagnostics that stop the Terraform command. Nothing is closed then; a result that breaks
    /// the schema or holds unknowns is closed at once.
    async fn open(&self, cx: &Context, config: Object) -> Result<Opened, Diagnostics>;

    /// Keeps the value alive, at the time that [`Opened::renew_at`] named. Returns the next such
    /// time, if there is one.
    ///
    /// # Errors
    /// Diagnostics that stop the Terraform command.
    async fn renew(&self, cx: &Context) -> Result<Option<SystemTime>, Diagnostics> {
        let _unused = cx;
        Ok(None)
    }

    /// Gives the value up, at the end of the Terraform command.
    ///
    /// # Errors
    /// Diagnostics.
    async fn close(&self, cx: &Context) -> Result<(), Diagnostics> {
        let _unused = cx;
        Ok(())
    }
}

/// What opening an ephemeral resource returns.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Opened {
    /// The configuration completed by the computed attributes.
    pub result: Object,
    /// When to renew, if the value would be over before Terraform is.
    pub renew_at: Option<SystemTime>,
}

impl Opened {
    /// A value that lasts.
    #[must_use]
    pub fn new(result: Object) -> Self {
        Self {
            result,
            renew_at: None,
        }
    }

    /// A value that must be renewed by then.
    #[must_use]
    pub fn renew_at(mut self, time: SystemTime) -> Self {
        self.renew_at = Some(time);
        self
    }
}

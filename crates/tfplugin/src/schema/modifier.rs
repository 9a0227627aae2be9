//! Plan modifiers: how one attribute's planned value is adjusted.
//!
//! Owns the single step; `plan` owns the order in which steps run.

use std::fmt;
use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::value::{Path, Value};

/// An adjustment of one attribute's planned value.
#[derive(Clone)]
#[non_exhaustive]
pub enum PlanModifier {
    /// An unknown planned value becomes the stored value, null included.
    UseStateForUnknown,
    /// An unknown planned value becomes the stored value, unless that is null.
    UseNonNullStateForUnknown,
    /// A change of the value replaces the resource.
    RequiresReplace,
    /// A change of the value replaces the resource, if the configuration sets the attribute.
    RequiresReplaceIfConfigured,
    /// Something else.
    Custom(Arc<dyn Fn(&mut AttributePlan<'_>) + Send + Sync>),
}

/// What a plan modifier sees of one attribute, and may change.
#[derive(Debug)]
#[non_exhaustive]
pub struct AttributePlan<'a> {
    /// Where the attribute is.
    pub path: &'a Path,
    /// The configured value.
    pub config: &'a Value,
    /// The stored value; `None` if the resource or the surrounding object is new.
    pub prior: Option<&'a Value>,
    /// The planned value, for change.
    pub planned: &'a mut Value,
    /// Errors and warnings about the plan.
    pub diagnostics: &'a mut Diagnostics,
    pub(crate) updating: bool,
    pub(crate) replace: bool,
}

impl AttributePlan<'_> {
    /// Whether the resource exists already (the plan is an update or a replacement).
    #[must_use]
    pub fn is_update(&self) -> bool {
        self.updating
    }

    /// Whether the planned value differs from the stored one.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.prior != Some(&*self.planned)
    }

    /// Plans a replacement of the resource because of this attribute.
    pub fn require_replace(&mut self) {
        self.replace = true;
    }

    /// Adds an error at the attribute.
    pub fn error(&mut self, summary: impl Into<String>, detail: impl Into<String>) {
        self.diagnostics.push(
            Diagnostic::error(summary)
                .detail(detail)
                .at(self.path.clone()),
        );
    }
}

impl PlanModifier {
    /// A modifier of one's own.
    #[must_use]
    pub fn custom(change: impl Fn(&mut AttributePlan<'_>) + Send + Sync + 'static) -> Self {
        Self::Custom(Arc::new(change))
    }

    pub(crate) fn apply(&self, plan: &mut AttributePlan<'_>) {
        match self {
            Self::UseStateForUnknown => use_state(plan, true),
            Self::UseNonNullStateForUnknown => use_state(plan, false),
            Self::RequiresReplace => {
                if plan.updating && plan.is_changed() {
                    plan.require_replace();
                }
            }
            Self::RequiresReplaceIfConfigured => {
                if plan.updating && plan.is_changed() && !plan.config.is_null() {
                    plan.require_replace();
                }
            }
            Self::Custom(change) => change(plan),
        }
    }
}

fn use_state(plan: &mut AttributePlan<'_>, null_too: bool) {
    let Some(prior) = plan.prior else { return };
    // An unknown in the configuration will become something; only the provider's own unknowns may
    // be answered from the state.
    let ours = plan.planned.is_unknown() && !plan.config.is_unknown();
    if ours && (null_too || !prior.is_null()) {
        *plan.planned = prior.clone();
    }
}

impl fmt::Debug for PlanModifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UseStateForUnknown => "UseStateForUnknown",
            Self::UseNonNullStateForUnknown => "UseNonNullStateForUnknown",
            Self::RequiresReplace => "RequiresReplace",
            Self::RequiresReplaceIfConfigured => "RequiresReplaceIfConfigured",
            Self::Custom(_) => "Custom",
        })
    }
}

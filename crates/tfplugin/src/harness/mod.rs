//! Terraform's side of a resource's life, for tests without Terraform.
//!
//! Owns what Terraform itself does around a plan: validating, proposing a new state, upgrading a
//! stored one, printing schemas. A test that calls handlers directly gets from here what it cannot
//! do itself. Nothing of it runs when a provider is served.

mod newer;
mod print;
mod propose;

pub use newer::{identity, invoke, list};
pub use print::schema_json;
pub(crate) use propose::proposed_new;

use crate::check::{Fault, plan_valid};
use crate::codec::{conform, conform_dropping_surplus, read_json};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::plan::{Proposal, plan as plan_resource};
use crate::provider::{MoveSource, Private, Resource};
use crate::rpc::run_validators;
use crate::schema::Schema;
use crate::value::{Object, Path, Value};

/// A plan as Terraform would receive it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Plan {
    /// The planned state.
    pub state: Object,
    /// Why the resource would be replaced; empty if it would not.
    pub replaces: Vec<Path>,
    /// Errors and warnings of the provider.
    pub diagnostics: Diagnostics,
    /// What Terraform would object to; a provider without bugs has none.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// Whether the plan says "No changes" about a resource in this state.
    #[must_use]
    pub fn changes_nothing(&self, prior: &Object) -> bool {
        self.replaces.is_empty() && &self.state == prior
    }
}

/// Plans the creation (`prior` is `None`) or the change of a resource.
///
/// Arguments that `config` leaves out are null.
///
/// # Errors
/// If a value does not fit the schema.
pub fn plan(
    resource: &dyn Resource,
    prior: Option<&Object>,
    config: &Object,
) -> Result<Plan, Diagnostics> {
    let schema = resource.schema();
    let config = complete(&schema, config.clone())?;
    let prior = prior
        .map(|prior| complete(&schema, prior.clone()))
        .transpose()?;
    let proposed = proposed_new(&schema, prior.as_ref(), &config);
    let proposal = Proposal {
        schema: &schema,
        prior: prior.as_ref(),
        config: &config,
        proposed: &proposed,
    };
    let planned = plan_resource(proposal, Private::new(), |plan| resource.modify_plan(plan));
    let state = complete(&schema, planned.state)?;
    let mut replaces = planned.requires_replace;
    replaces.retain(|path| is_changed(prior.as_ref(), &state, path));
    Ok(Plan {
        faults: plan_valid(&schema, prior.as_ref(), &config, &state),
        state,
        replaces,
        diagnostics: planned.diagnostics,
    })
}

/// Runs the attributes' own validators, then the resource's.
///
/// # Errors
/// If a value does not fit the schema.
pub fn validate(resource: &dyn Resource, config: &Object) -> Result<Diagnostics, Diagnostics> {
    let schema = resource.schema();
    let config = complete(&schema, config.clone())?;
    let mut diagnostics = Diagnostics::new();
    run_validators(&schema, &config, &mut diagnostics);
    resource.validate(&config, &mut diagnostics);
    Ok(diagnostics)
}

/// Upgrades the attributes of a stored state, as JSON, to the present schema.
///
/// # Errors
/// If it is no JSON object, or the resource does not understand it.
pub fn upgrade(resource: &dyn Resource, version: i64, json: &[u8]) -> Result<Object, Diagnostics> {
    fit(
        &resource.schema(),
        resource.upgrade(version, stored(json)?)?,
    )
}

/// Moves the attributes of a stored state of another type or provider, as JSON, to this resource;
/// `None` if the resource does not support that source.
///
/// # Errors
/// If it is no JSON object, or the resource does not understand it.
pub fn move_from(
    resource: &dyn Resource,
    provider_address: &str,
    type_name: &str,
    json: &[u8],
) -> Result<Option<Object>, Diagnostics> {
    let source = MoveSource {
        provider_address: provider_address.to_owned(),
        type_name: type_name.to_owned(),
        schema_version: 0,
        state: stored(json)?,
        private: Private::new(),
        identity: None,
        identity_schema_version: 0,
    };
    let moved = resource.move_from(&source)?;
    moved
        .map(|state| fit(&resource.schema(), state))
        .transpose()
}

/// Gives an object exactly the attributes of a schema: those that are missing become null.
///
/// # Errors
/// If a value does not fit the schema.
pub fn complete(schema: &Schema, object: Object) -> Result<Object, Diagnostics> {
    match conform(Value::Object(object), &schema.ty(), &Path::default()) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(unfit("the value is no object")),
        Err(error) => Err(unfit(&format!("{}: {}", error.path, error.problem))),
    }
}

fn stored(json: &[u8]) -> Result<Object, Diagnostics> {
    match read_json(json) {
        Ok(Value::Object(stored)) => Ok(stored),
        Ok(_) => Err(unfit("the state is no object")),
        Err(error) => Err(unfit(&error.problem)),
    }
}

fn fit(schema: &Schema, state: Object) -> Result<Object, Diagnostics> {
    match conform_dropping_surplus(Value::Object(state), &schema.ty()) {
        Ok(Value::Object(state)) => complete(schema, state),
        Ok(_) => Err(unfit("the state is no object")),
        Err(error) => Err(unfit(&error.problem)),
    }
}

/// Terraform ignores a wish for replacement where nothing changes.
fn is_changed(prior: Option<&Object>, planned: &Object, path: &Path) -> bool {
    let Some(crate::value::Step::Attribute(name)) = path.steps().first() else {
        return true;
    };
    prior.is_some_and(|prior| prior.get(name) != planned.get(name))
}

fn unfit(problem: &str) -> Diagnostics {
    Diagnostic::error("A value does not fit the schema")
        .detail(problem)
        .into()
}

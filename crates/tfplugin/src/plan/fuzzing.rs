//! What has to be true of the plans of any schema. See [`crate::fuzzing`].

use super::{Proposal, plan};
use crate::check::{apply_compatible, plan_valid};
use crate::codec::{conform, encode};
use crate::fuzzing::{Source, Unknowns, any_config, any_known, any_schema, applied};
use crate::harness::{complete, proposed_new};
use crate::provider::Private;
use crate::schema::Schema;
use crate::value::{Object, Path, Type, Value};

/// A resource of any schema is created, left alone and changed.
///
/// Terraform accepts each plan and what becomes of it, and the same configuration plans nothing.
/// Then Terraform proposes anything at all: there is a plan that fits the schema.
pub fn plans(bytes: &[u8]) -> bool {
    let mut source = Source::new(bytes);
    let schema = any_schema(&mut source);
    assert_eq!(schema.check(), Ok(()));

    let first = fit(&schema, any_config(&mut source, &schema));
    let created = accepted(&schema, None, &first);
    let state = fit(&schema, applied(&mut source, &schema, &created));
    assert_eq!(apply_compatible(&created, &state), []);

    if Value::from(first.clone()).is_wholly_known() && !pairs_objects(&schema.ty()) {
        assert_eq!(accepted(&schema, Some(&state), &first), state);
    }

    let second = fit(&schema, any_config(&mut source, &schema));
    let changed = accepted(&schema, Some(&state), &second);
    let end = fit(&schema, applied(&mut source, &schema, &changed));
    assert_eq!(apply_compatible(&changed, &end), []);

    let mut anything = || {
        let object = any_known(&mut source, &schema.ty(), Unknowns::Refined);
        fit(&schema, object.as_object().cloned().unwrap_or_default())
    };
    let (prior, config, proposed) = (anything(), anything(), anything());
    for prior in [None, Some(&prior)] {
        let planned = planned(&schema, prior, &config, &proposed);
        let value = conform(planned.into(), &schema.ty(), &Path::default());
        assert!(value.and_then(|value| encode(&value, &schema.ty())).is_ok());
    }
    true
}

/// Whether objects are paired by what is the same in them: then, which belongs to which can be open.
fn pairs_objects(ty: &Type) -> bool {
    match ty {
        Type::Set(element) => matches!(**element, Type::Object(_)),
        Type::List(element) | Type::Map(element) => pairs_objects(element),
        Type::Object(types) => types.values().any(pairs_objects),
        Type::Bool | Type::Number | Type::String | Type::Dynamic | Type::Tuple(_) => false,
    }
}

/// The plan as Terraform receives it, to which it has no objection.
fn accepted(schema: &Schema, prior: Option<&Object>, config: &Object) -> Object {
    let proposed = proposed_new(schema, prior, config);
    let state = planned(schema, prior, config, &proposed);
    let state = fit(schema, state);
    assert_eq!(
        plan_valid(schema, prior, config, &state),
        [],
        "of {schema:?}: {config:?} over {prior:?} is planned as {state:?}"
    );
    state
}

fn planned(schema: &Schema, prior: Option<&Object>, config: &Object, proposed: &Object) -> Object {
    let proposal = Proposal {
        schema,
        prior,
        config,
        proposed,
    };
    plan(proposal, Private::new(), |_plan| {}).state
}

fn fit(schema: &Schema, object: Object) -> Object {
    let fitted = complete(schema, object);
    assert!(fitted.is_ok(), "{fitted:?}");
    fitted.unwrap_or_default()
}

//! Terraform's proposal: the configuration, completed by what is stored.

use crate::schema::Schema;
use crate::value::Object;

/// The new state that Terraform proposes: what is configured, and for computed attributes that are
/// not configured what is stored.
pub(super) fn propose(schema: &Schema, prior: Option<&Object>, config: &Object) -> Object {
    let mut proposed = config.clone();
    for (name, attribute) in &schema.body.attributes {
        if let (true, true, Some(prior)) =
            (attribute.flags.computed, config.get(name).is_null(), prior)
        {
            proposed.set(name, prior.get(name).clone());
        }
    }
    proposed
}

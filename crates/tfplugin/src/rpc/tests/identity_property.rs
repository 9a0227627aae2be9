//! Properties of identities: what is sent is complete, comes back as it was, and lasts.

use proptest::prelude::*;

use super::super::identity::IdentityShape;
use crate::{Diagnostics, IdentitySchema, Object, Type, Value};

fn shape() -> IdentityShape {
    IdentityShape::new(
        IdentitySchema::new()
            .required("id", Type::String, "")
            .required("number", Type::Number, "")
            .optional("regions", Type::list(Type::String), ""),
    )
}

fn any_identity() -> impl Strategy<Value = Object> {
    let absent = || prop_oneof![Just(Value::Null), Just(Value::UNKNOWN)];
    let id = prop_oneof![3 => "[a-z]{1,3}".prop_map(Value::from), 1 => absent()];
    let number = prop_oneof![3 => any::<i64>().prop_map(Value::from), 1 => absent()];
    let regions = prop::collection::vec("[a-z]{0,2}", 0..3);
    let regions = prop_oneof![3 => regions.prop_map(Value::from), 1 => absent()];
    (id, number, regions).prop_map(|(id, number, regions)| {
        Object::new()
            .with("id", id)
            .with("number", number)
            .with("regions", regions)
    })
}

proptest! {
    #[test]
    fn complete_identities_come_back_and_others_are_not_sent(identity in any_identity()) {
        let shape = shape();
        let mut diagnostics = Diagnostics::new();
        let sent = shape.encode(identity.clone(), &mut diagnostics);
        prop_assert!(diagnostics.is_empty());
        prop_assert_eq!(sent.is_some(), shape.schema.is_complete(&identity));
        if sent.is_some() {
            prop_assert_eq!(shape.decode(sent.as_ref()).unwrap(), Some(identity));
        }
    }

    #[test]
    fn a_complete_identity_that_is_stored_never_changes(
        stored in any_identity(),
        found in any_identity(),
    ) {
        let shape = shape();
        let mut diagnostics = Diagnostics::new();
        let sent = shape.encode_lasting(found.clone(), Some(stored.clone()), &mut diagnostics);
        let sent = shape.decode(sent.as_ref()).unwrap();
        let complete = |identity: &Object| shape.schema.is_complete(identity);
        if complete(&stored) {
            let sent = sent.unwrap();
            let kept = stored.iter().all(|(name, value)| value.is_null() || sent.get(name) == value);
            prop_assert!(kept);
            prop_assert_eq!(sent == stored || sent == found, true);
            prop_assert_eq!(diagnostics.is_empty(), !complete(&found) || sent == found);
        } else {
            prop_assert_eq!(sent.is_some(), complete(&found));
        }
    }
}

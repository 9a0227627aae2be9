//! "Provider produced inconsistent result after apply", before Terraform says it.

use super::Fault;
use crate::value::{Object, Path, Value};

/// Compares the result of an apply with the plan: whatever the plan knew must have come true, and
/// nothing may be unknown any more.
#[must_use]
pub fn apply_compatible(planned: &Object, actual: &Object) -> Vec<Fault> {
    let mut faults = Vec::new();
    attributes(planned, actual, &Path::default(), &mut faults);
    faults
}

fn attributes(planned: &Object, actual: &Object, path: &Path, faults: &mut Vec<Fault>) {
    for (name, value) in planned.iter() {
        compare(
            value,
            actual.get(name),
            &path.clone().attribute(name),
            faults,
        );
    }
    for (name, _) in actual.iter().filter(|(name, _)| !planned.contains(name)) {
        faults.push(Fault::new(
            &path.clone().attribute(name),
            "it was not planned at all",
        ));
    }
}

fn compare(planned: &Value, actual: &Value, path: &Path, faults: &mut Vec<Fault>) {
    match (planned, actual) {
        (_, Value::Unknown(_)) => faults.push(Fault::new(path, "it is unknown after apply")),
        (Value::Unknown(refinement), actual) => {
            let null = refinement.as_ref().and_then(|refinement| refinement.null);
            if !actual.is_wholly_known() {
                faults.push(Fault::new(path, "it is not wholly known after apply"));
            } else if null.is_some_and(|null| null != actual.is_null()) {
                faults.push(Fault::new(
                    path,
                    "it breaks the refinement that was planned",
                ));
            }
        }
        (Value::Object(planned), Value::Object(actual)) => {
            attributes(planned, actual, path, faults);
        }
        (Value::List(planned), Value::List(actual))
        | (Value::Tuple(planned), Value::Tuple(actual)) => {
            if planned.len() != actual.len() {
                let problem = format!(
                    "{} elements were planned, but there are {}",
                    planned.len(),
                    actual.len()
                );
                faults.push(Fault::new(path, problem));
                return;
            }
            for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                compare(planned, actual, &path.clone().index(index), faults);
            }
        }
        (Value::Map(planned), Value::Map(actual)) => {
            for (key, value) in planned {
                let path = path.clone().key(key);
                match actual.get(key) {
                    Some(actual) => compare(value, actual, &path, faults),
                    None => faults.push(Fault::new(&path, "the element has vanished")),
                }
            }
            for key in actual.keys().filter(|key| !planned.contains_key(*key)) {
                faults.push(Fault::new(
                    &path.clone().key(key),
                    "the element was not planned",
                ));
            }
        }
        (Value::Set(planned), Value::Set(actual)) => sets(planned, actual, path, faults),
        (Value::Dynamic(planned), Value::Dynamic(actual)) => {
            compare(&planned.1, &actual.1, path, faults);
        }
        (planned, actual) if planned == actual => {}
        (planned, actual) => {
            faults.push(Fault::new(
                path,
                format!("it was {planned}, but now {actual}"),
            ));
        }
    }
}

/// Every planned element must have become some actual one, and nothing may be new. Planned unknown
/// elements may coincide with others, so the count may shrink.
fn sets(planned: &[Value], actual: &[Value], path: &Path, faults: &mut Vec<Fault>) {
    let matches = |planned: &Value, actual: &Value| {
        let mut inner = Vec::new();
        compare(planned, actual, path, &mut inner);
        inner.is_empty()
    };
    for element in planned {
        if !actual.iter().any(|actual| matches(element, actual)) {
            faults.push(Fault::new(
                path,
                format!("the planned element {element} has vanished"),
            ));
        }
    }
    for element in actual {
        if !planned.iter().any(|planned| matches(planned, element)) {
            faults.push(Fault::new(
                path,
                format!("the element {element} was not planned"),
            ));
        }
    }
}

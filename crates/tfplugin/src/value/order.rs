//! One order for the elements of sets, so that equal sets are equal.

use std::cmp::Ordering;

use super::Value;

/// Sorts the elements of a set and drops repetitions. Unknown elements are all kept: two of them
/// may turn out to be different.
pub(crate) fn sorted(mut items: Vec<Value>) -> Vec<Value> {
    sort(&mut items);
    items.dedup_by(|right, left| right.is_wholly_known() && right == left);
    items
}

/// Brings the elements of a set into the one order that makes equal sets equal.
pub(crate) fn sort(items: &mut [Value]) {
    items.sort_by(order);
}

/// A total order that agrees with equality; only good for keeping sets in one order.
fn order(left: &Value, right: &Value) -> Ordering {
    match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::List(a) | Value::Set(a) | Value::Tuple(a), _) => right
            .as_slice()
            .map_or_else(|| rank(left).cmp(&rank(right)), |b| order_all(a, b)),
        (Value::Map(a), Value::Map(b)) => order_entries(a.iter(), b.iter()),
        (Value::Object(a), Value::Object(b)) => order_entries(a.iter(), b.iter()),
        (Value::Dynamic(a), Value::Dynamic(b)) => a.0.cmp(&b.0).then_with(|| order(&a.1, &b.1)),
        (Value::Unknown(a), Value::Unknown(b)) => {
            if a == b {
                Ordering::Equal
            } else {
                format!("{a:?}").cmp(&format!("{b:?}"))
            }
        }
        _ => rank(left).cmp(&rank(right)),
    }
}

fn order_all(left: &[Value], right: &[Value]) -> Ordering {
    left.iter()
        .zip(right)
        .map(|(a, b)| order(a, b))
        .find(|ordering| ordering.is_ne())
        .unwrap_or_else(|| left.len().cmp(&right.len()))
}

fn order_entries<'a>(
    mut left: impl Iterator<Item = (&'a String, &'a Value)>,
    mut right: impl Iterator<Item = (&'a String, &'a Value)>,
) -> Ordering {
    loop {
        let ordering = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some((a, x)), Some((b, y))) => a.cmp(b).then_with(|| order(x, y)),
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::List(_) | Value::Set(_) | Value::Tuple(_) => 4,
        Value::Map(_) => 5,
        Value::Object(_) => 6,
        Value::Dynamic(_) => 7,
        Value::Unknown(_) => 8,
    }
}

//! Which element of a set in the configuration belongs to which element elsewhere.

use crate::value::Value;

/// Whether `other` may be what became of the configured element: wherever the configuration sets
/// something, `other` has the same.
pub(crate) fn correlate(config: &Value, other: &Value) -> bool {
    match (config, other) {
        (Value::Null, _) => true,
        (Value::Object(config), Value::Object(other)) => config
            .iter()
            .all(|(name, value)| correlate(value, other.get(name))),
        (Value::List(configs), Value::List(others)) => {
            configs.len() == others.len()
                && configs
                    .iter()
                    .zip(others)
                    .all(|(config, other)| correlate(config, other))
        }
        (Value::Map(configs), Value::Map(others)) => {
            configs.len() == others.len()
                && configs.iter().all(|(key, config)| {
                    others
                        .get(key)
                        .is_some_and(|other| correlate(config, other))
                })
        }
        (Value::Set(configs), Value::Set(others)) => {
            configs.len() == others.len()
                && configs
                    .iter()
                    .all(|config| others.iter().any(|other| correlate(config, other)))
        }
        _ => config == other,
    }
}

/// Pairs each configured element of a set with at most one of `others`: its index there.
///
/// The elements that configure most choose first, or one that leaves almost everything open would
/// take the place of another.
pub(crate) fn pair(configs: &[Value], others: &[Value]) -> Vec<Option<usize>> {
    let mut order: Vec<usize> = (0..configs.len()).collect();
    order.sort_by_key(|index| {
        std::cmp::Reverse(
            configs
                .get(*index)
                .map(configured_leaves)
                .unwrap_or_default(),
        )
    });
    let mut pairs = vec![None; configs.len()];
    let mut taken = vec![false; others.len()];
    for index in order {
        let Some(config) = configs.get(index) else {
            continue;
        };
        let free = others.iter().zip(&taken).enumerate();
        let mut fitting = free.filter(|(_, (other, taken))| !**taken && correlate(config, other));
        let found = fitting.next().map(|(position, _)| position);
        if let Some(taken) = found.and_then(|position| taken.get_mut(position)) {
            *taken = true;
        }
        if let Some(pair) = pairs.get_mut(index) {
            *pair = found;
        }
    }
    pairs
}

fn configured_leaves(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        // An object that sets nothing is still more than none.
        Value::Object(object) => {
            let inside = object.iter().map(|(_, value)| configured_leaves(value));
            inside.sum::<usize>() + 1
        }
        Value::List(items) | Value::Set(items) | Value::Tuple(items) => {
            items.iter().map(configured_leaves).sum::<usize>() + 1
        }
        Value::Map(entries) => entries.values().map(configured_leaves).sum::<usize>() + 1,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Object;

    #[test]
    fn an_element_with_an_empty_object_chooses_before_one_without_it() {
        let element = |inner: Value| Value::from(Object::new().with("inner", inner));
        let empty = || element(Object::new().with("a", Value::Null).into());
        let configs = [element(Value::Null), empty()];
        assert_eq!(pair(&configs, &[empty()]), [None, Some(0)]);
    }
}

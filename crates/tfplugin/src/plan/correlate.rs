//! Which element of a set in the configuration belongs to which element elsewhere.

use crate::schema::{Attribute, Body, Kind};
use crate::value::{Object, Value};

/// What an element of a set is made of.
#[derive(Clone, Copy)]
pub(crate) enum Element<'s> {
    Attributes(&'s [(String, Attribute)]),
    Block(&'s Body),
}

impl<'s> Element<'s> {
    /// Whether a stored element is the configured one, as it was left behind by an apply: they
    /// differ at most in what the configuration leaves to the provider.
    pub(crate) fn is_kept(self, config: &Value, stored: &Value) -> bool {
        match (config, stored) {
            (Value::Object(config), Value::Object(stored)) => match self {
                Self::Attributes(attributes) => are_kept(attributes, config, stored),
                Self::Block(body) => {
                    let kept = |(name, inner): (&String, &'s Body)| {
                        Element::Block(inner).is_kept(config.get(name), stored.get(name))
                    };
                    let mut blocks = body.blocks.iter().map(|(name, block)| (name, &block.body));
                    are_kept(&body.attributes, config, stored) && blocks.all(kept)
                }
            },
            (Value::List(configs), Value::List(all)) => {
                let mut pairs = configs.iter().zip(all);
                configs.len() == all.len() && pairs.all(|(config, one)| self.is_kept(config, one))
            }
            (Value::Map(configs), Value::Map(all)) => {
                let mut values = configs.values().zip(all.values());
                configs.keys().eq(all.keys())
                    && values.all(|(config, one)| self.is_kept(config, one))
            }
            (Value::Set(configs), Value::Set(all)) => {
                let pairs = pair_stored(self, configs, all);
                configs.len() == all.len() && pairs.iter().all(Option::is_some)
            }
            _ => config == stored,
        }
    }
}

fn are_kept(attributes: &[(String, Attribute)], config: &Object, stored: &Object) -> bool {
    attributes.iter().all(|(name, attribute)| {
        let (config, stored) = (config.get(name), stored.get(name));
        let is_left_open = attribute.flags.computed || attribute.flags.write_only;
        match &attribute.kind {
            _ if config == stored || (is_left_open && config.is_null()) => true,
            // A write-only value is never stored.
            _ if attribute.flags.write_only => stored.is_null(),
            Kind::Nested(nested) => Element::Attributes(&nested.attributes).is_kept(config, stored),
            Kind::Plain(_) => false,
        }
    })
}

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
            configs.len() == others.len() && pair(configs, others).iter().all(Option::is_some)
        }
        _ => config == other,
    }
}

/// Pairs each configured element of a set with at most one stored one: its index there.
pub(crate) fn pair_stored(
    element: Element<'_>,
    configs: &[Value],
    stored: &[Value],
) -> Vec<Option<usize>> {
    pair_by(configs, stored, &|config, stored| {
        element.is_kept(config, stored)
    })
}

/// Pairs each configured element of a set with at most one planned one: its index there.
pub(crate) fn pair(configs: &[Value], planned: &[Value]) -> Vec<Option<usize>> {
    pair_by(configs, planned, &correlate)
}

/// Whether a configured element may have become another one.
type Fits<'f> = &'f dyn Fn(&Value, &Value) -> bool;

/// Pairs each configured element of a set with at most one of `others`: its index there.
///
/// As many as possible find a partner, and so all of them where each has become one of `others`. The
/// elements that configure most choose first: one that leaves almost everything open fits anything.
pub(crate) fn pair_by(configs: &[Value], others: &[Value], fits: Fits<'_>) -> Vec<Option<usize>> {
    let mut order: Vec<(usize, &Value)> = configs.iter().enumerate().collect();
    order.sort_by_key(|(_, config)| std::cmp::Reverse(configured_leaves(config)));
    let mut pairing = Pairing {
        configs,
        others,
        fits,
        taken: vec![None; others.len()],
    };
    for (index, config) in order {
        let mut asked = vec![false; others.len()];
        pairing.place(index, config, &mut asked);
    }
    let mut pairs = vec![None; configs.len()];
    for (position, index) in pairing.taken.into_iter().enumerate() {
        if let Some(pair) = index.and_then(|index| pairs.get_mut(index)) {
            *pair = Some(position);
        }
    }
    pairs
}

/// A pairing in the making.
struct Pairing<'a> {
    configs: &'a [Value],
    others: &'a [Value],
    fits: Fits<'a>,
    /// Which configured element has each of the others.
    taken: Vec<Option<usize>>,
}

impl Pairing<'_> {
    /// Finds a partner for an element: a free one, or one whose holder finds another.
    fn place(&mut self, index: usize, config: &Value, asked: &mut [bool]) -> bool {
        let (others, fits) = (self.others, self.fits);
        let fitting = |(_, other): &(usize, &Value)| fits(config, other);
        let mut free = others.iter().enumerate().filter(|(position, _)| {
            let holder = self.taken.get(*position);
            holder.is_some_and(Option::is_none)
        });
        if let Some((position, _)) = free.find(fitting) {
            self.take(position, index);
            return true;
        }
        for (position, _) in others.iter().enumerate().filter(fitting) {
            let was_asked = asked.get_mut(position);
            if was_asked.is_none_or(|was_asked| std::mem::replace(was_asked, true)) {
                continue;
            }
            let holder = self.taken.get(position).copied().flatten();
            let held = holder.and_then(|holder| Some((holder, self.configs.get(holder)?)));
            if held.is_some_and(|(holder, config)| self.place(holder, config, asked)) {
                self.take(position, index);
                return true;
            }
        }
        false
    }

    fn take(&mut self, position: usize, index: usize) {
        if let Some(taken) = self.taken.get_mut(position) {
            *taken = Some(index);
        }
    }
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

    fn element(a: i64, b: Option<i64>, c: Option<i64>) -> Value {
        Object::new().with("a", a).with("b", b).with("c", c).into()
    }

    #[test]
    fn whoever_fits_several_leaves_to_others_what_only_fits_them() {
        let configs = [element(1, None, Some(2)), element(1, Some(1), None)];
        let others = [element(1, Some(1), Some(2)), element(1, Some(7), Some(2))];
        assert_eq!(pair(&configs, &others), [Some(1), Some(0)]);
    }

    #[test]
    fn what_the_provider_may_not_decide_tells_a_stored_element_from_another() {
        let attributes = [
            ("a".to_owned(), Attribute::number().required()),
            ("b".to_owned(), Attribute::number().optional()),
            ("c".to_owned(), Attribute::number().optional().computed()),
        ];
        let configs = [element(1, None, None), element(1, None, Some(2))];
        let stored = [element(1, Some(3), Some(2)), element(1, None, Some(2))];
        let pairs = pair_stored(Element::Attributes(&attributes), &configs, &stored);
        assert_eq!(pairs, [None, Some(1)]);
    }

    #[test]
    fn a_set_has_not_become_one_that_lacks_an_element_of_its_own() {
        let configs = Value::Set(vec![element(1, Some(2), None), element(1, None, None)]);
        let become_of = |second| Value::Set(vec![element(1, Some(2), None), second]);
        assert!(correlate(&configs, &become_of(element(1, Some(9), None))));
        assert!(!correlate(&configs, &become_of(element(9, Some(9), None))));
    }

    #[test]
    fn an_element_with_an_empty_object_chooses_before_one_without_it() {
        let element = |inner: Value| Value::from(Object::new().with("inner", inner));
        let empty = || element(Object::new().with("a", Value::Null).into());
        let configs = [element(Value::Null), empty()];
        assert_eq!(pair(&configs, &[empty()]), [None, Some(0)]);
    }
}

//! Visiting every attribute of a schema, with its configured, stored and planned value together.

use super::correlate::{Element, pair, pair_stored};
use crate::schema::{Attribute, Block, BlockNesting, Body, Kind, Nesting};
use crate::value::{Object, Path, Value, sort};

/// One attribute on the way.
pub(crate) struct Walk<'a> {
    pub(crate) attribute: &'a Attribute,
    /// Where it is; for attributes inside a set, where the set is.
    pub(crate) path: &'a Path,
    pub(crate) config: &'a Value,
    /// `None` if the resource or the surrounding object is new.
    pub(crate) prior: Option<&'a Value>,
    pub(crate) planned: &'a mut Value,
}

/// Visits every attribute, parents before children, in the order of declaration.
///
/// Attributes inside nested objects and blocks are visited where the configuration has such an
/// object; the insides of plain object types are not.
pub(crate) fn walk(
    body: &Body,
    config: &Object,
    prior: Option<&Object>,
    planned: &mut Object,
    visit: &mut dyn FnMut(&mut Walk<'_>),
) {
    let mut walker = Walker {
        visit,
        path: Path::default(),
        inside_set: false,
    };
    walker.body(body, config, prior, planned);
}

struct Walker<'v> {
    visit: &'v mut dyn FnMut(&mut Walk<'_>),
    path: Path,
    inside_set: bool,
}

/// How the objects of a nested attribute or block are addressed.
#[derive(Clone, Copy)]
enum Shape {
    Single,
    List,
    Set,
    Map,
}

impl Walker<'_> {
    fn body(&mut self, body: &Body, config: &Object, prior: Option<&Object>, planned: &mut Object) {
        self.attributes(&body.attributes, config, prior, planned);
        for (name, block) in &body.blocks {
            self.block(name, block, config, prior, planned);
        }
    }

    fn block(
        &mut self,
        name: &str,
        block: &Block,
        config: &Object,
        prior: Option<&Object>,
        planned: &mut Object,
    ) {
        let Some(value) = planned.get_mut(name) else {
            return;
        };
        let shape = match block.nesting {
            BlockNesting::Single | BlockNesting::Group => Shape::Single,
            BlockNesting::List => Shape::List,
            BlockNesting::Set => Shape::Set,
            BlockNesting::Map => Shape::Map,
        };
        let (config, prior) = (config.get(name), prior.map(|prior| prior.get(name)));
        let element = Element::Block(&block.body);
        self.within(name, |walker| {
            walker.objects(shape, element, config, prior, value);
        });
    }

    fn attributes(
        &mut self,
        attributes: &[(String, Attribute)],
        config: &Object,
        prior: Option<&Object>,
        planned: &mut Object,
    ) {
        for (name, attribute) in attributes {
            let Some(value) = planned.get_mut(name) else {
                continue;
            };
            let (config, prior) = (config.get(name), prior.map(|prior| prior.get(name)));
            self.within(name, |walker| {
                walker.attribute(attribute, config, prior, value);
            });
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        config: &Value,
        prior: Option<&Value>,
        planned: &mut Value,
    ) {
        let mut step = Walk {
            attribute,
            path: &self.path,
            config,
            prior,
            planned,
        };
        (self.visit)(&mut step);
        let Kind::Nested(nested) = &attribute.kind else {
            return;
        };
        let shape = match nested.nesting {
            Nesting::Single => Shape::Single,
            Nesting::List => Shape::List,
            Nesting::Set => Shape::Set,
            Nesting::Map => Shape::Map,
        };
        let element = Element::Attributes(&nested.attributes);
        self.objects(shape, element, config, prior, planned);
    }

    fn element(
        &mut self,
        element: Element<'_>,
        config: &Object,
        prior: Option<&Object>,
        planned: &mut Object,
    ) {
        match element {
            Element::Block(body) => self.body(body, config, prior, planned),
            Element::Attributes(attributes) => self.attributes(attributes, config, prior, planned),
        }
    }

    fn objects(
        &mut self,
        shape: Shape,
        element: Element<'_>,
        config: &Value,
        prior: Option<&Value>,
        planned: &mut Value,
    ) {
        let prior = prior.filter(|prior| !prior.is_null() && !prior.is_unknown());
        match (shape, config, planned) {
            (Shape::Single, Value::Object(config), Value::Object(planned)) => {
                self.element(element, config, prior.and_then(Value::as_object), planned);
            }
            (Shape::List, Value::List(configs), Value::List(items)) => {
                let priors = prior.and_then(Value::as_slice).unwrap_or_default();
                for (index, (config, item)) in configs.iter().zip(items).enumerate() {
                    let prior = priors.get(index).and_then(Value::as_object);
                    if let (Value::Object(config), Value::Object(item)) = (config, item) {
                        let outer = self.path.clone();
                        self.path = self.step(|path| path.index(index));
                        self.element(element, config, prior, item);
                        self.path = outer;
                    }
                }
            }
            (Shape::Map, Value::Map(configs), Value::Map(items)) => {
                let priors = prior.and_then(Value::as_map);
                for (key, item) in items {
                    let prior = priors.and_then(|priors| priors.get(key)?.as_object());
                    if let (Some(Value::Object(config)), Value::Object(item)) =
                        (configs.get(key), item)
                    {
                        let outer = self.path.clone();
                        self.path = self.step(|path| path.key(key));
                        self.element(element, config, prior, item);
                        self.path = outer;
                    }
                }
            }
            (Shape::Set, Value::Set(configs), Value::Set(items)) => {
                self.set(element, configs, prior.and_then(Value::as_slice), items);
            }
            _ => {}
        }
    }

    fn set(
        &mut self,
        element: Element<'_>,
        configs: &[Value],
        priors: Option<&[Value]>,
        items: &mut [Value],
    ) {
        let outside = self.inside_set;
        self.inside_set = true;
        let priors = priors.unwrap_or_default();
        let planned = pair(configs, items);
        let stored = pair_stored(element, configs, priors);
        for ((config, planned), stored) in configs.iter().zip(planned).zip(stored) {
            let item = planned.and_then(|index| items.get_mut(index));
            let prior = stored.and_then(|index| priors.get(index)?.as_object());
            if let (Value::Object(config), Some(Value::Object(item))) = (config, item) {
                self.element(element, config, prior, item);
            }
        }
        self.inside_set = outside;
        // Equal elements stay apart here: their unknown parts may still turn out different.
        sort(items);
    }

    fn within(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let outer = self.path.clone();
        self.path = self.step(|path| path.attribute(name));
        inside(self);
        self.path = outer;
    }

    /// The path one step further. Elements of sets have no address: there the path stays.
    fn step(&self, further: impl FnOnce(Path) -> Path) -> Path {
        if self.inside_set {
            self.path.clone()
        } else {
            further(self.path.clone())
        }
    }
}

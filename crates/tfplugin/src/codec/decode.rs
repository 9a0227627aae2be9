//! Reading values from MessagePack.
//!
//! Facts: the protocol's object wire format. Every extension code means "unknown"; code 12 carries
//! refinements; numbers may come as integers, floats or decimal text.

use rmp::Marker;
use rmp::decode;

use super::{CodecError, MAX_DEPTH};
use crate::value::{Number, NumberBound, Object, Path, Refinement, Type, Value, sorted};

/// Extension code of unknown values with refinements.
pub(super) const REFINED_UNKNOWN: i8 = 12;

/// Reads one value of the given type; the bytes must end with it.
pub(crate) fn decode(bytes: &[u8], ty: &Type) -> Result<Value, CodecError> {
    let mut reader = Reader {
        rest: bytes,
        path: Path::default(),
    };
    let value = reader.value(ty, MAX_DEPTH)?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(reader.error("bytes follow the value"))
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    path: Path,
}

impl<'a> Reader<'a> {
    fn value(&mut self, ty: &Type, depth: usize) -> Result<Value, CodecError> {
        let depth = depth
            .checked_sub(1)
            .ok_or_else(|| self.error("the value nests too deeply"))?;
        match self.peek()? {
            Marker::Null => {
                self.marker()?;
                return Ok(Value::Null);
            }
            Marker::FixExt1
            | Marker::FixExt2
            | Marker::FixExt4
            | Marker::FixExt8
            | Marker::FixExt16
            | Marker::Ext8
            | Marker::Ext16
            | Marker::Ext32 => return self.unknown(),
            _ => {}
        }
        match ty {
            Type::Bool => match self.marker()? {
                Marker::True => Ok(Value::Bool(true)),
                Marker::False => Ok(Value::Bool(false)),
                _ => Err(self.error("a bool is needed")),
            },
            Type::String => Ok(Value::String(self.text()?.to_owned())),
            Type::Number => self.number().map(Value::Number),
            Type::Dynamic => self.dynamic(depth),
            Type::List(element) => self.elements(element, depth).map(Value::List),
            Type::Set(element) => self
                .elements(element, depth)
                .map(|items| Value::Set(sorted(items))),
            Type::Tuple(types) => {
                let count = self.array()?;
                if count != types.len() {
                    return Err(self.error(format!("a tuple of {} is needed", types.len())));
                }
                let items = types.iter().map(|ty| self.value(ty, depth));
                items.collect::<Result<_, _>>().map(Value::Tuple)
            }
            Type::Map(element) => {
                let count = self.map()?;
                (0..count)
                    .map(|_| Ok((self.text()?.to_owned(), self.value(element, depth)?)))
                    .collect::<Result<_, _>>()
                    .map(Value::Map)
            }
            Type::Object(types) => {
                let count = self.map()?;
                let mut object = Object::new();
                for _ in 0..count {
                    let name = self.text()?;
                    let ty = types
                        .get(name)
                        .ok_or_else(|| self.error(format!("there is no attribute {name:?}")))?;
                    let value = self.inside(name, |reader| reader.value(ty, depth))?;
                    object.set(name, value);
                }
                match types.keys().find(|name| !object.contains(name)) {
                    Some(missing) => Err(self.error(format!("attribute {missing:?} is missing"))),
                    None => Ok(Value::Object(object)),
                }
            }
        }
    }

    fn inside<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<T, CodecError>,
    ) -> Result<T, CodecError> {
        let outer = self.path.clone();
        self.path = outer.clone().attribute(name);
        let result = read(self)?;
        self.path = outer;
        Ok(result)
    }

    fn elements(&mut self, ty: &Type, depth: usize) -> Result<Vec<Value>, CodecError> {
        let count = self.array()?;
        (0..count).map(|_| self.value(ty, depth)).collect()
    }

    fn dynamic(&mut self, depth: usize) -> Result<Value, CodecError> {
        if self.array()? != 2 {
            return Err(self.error("a pair of type and value is needed"));
        }
        let length = decode::read_bin_len(&mut self.rest).map_err(|_error| self.truncated())?;
        let ty = Type::from_json(self.take(length)?).map_err(|e| self.error(e.to_string()))?;
        let value = self.value(&ty, depth)?;
        Ok(Value::Dynamic(Box::new((ty, value))))
    }

    fn number(&mut self) -> Result<Number, CodecError> {
        let float = |value: f64| Number::try_from(value).ok();
        let number = match self.peek()? {
            Marker::F32 => {
                let value = decode::read_f32(&mut self.rest).map_err(|_error| self.truncated())?;
                float(f64::from(value))
            }
            Marker::F64 => {
                let value = decode::read_f64(&mut self.rest).map_err(|_error| self.truncated())?;
                float(value)
            }
            Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32 => {
                Number::parse(self.text()?).ok()
            }
            Marker::U64 => {
                let value: u64 =
                    decode::read_int(&mut self.rest).map_err(|_error| self.truncated())?;
                Some(Number::from(value))
            }
            _ => decode::read_int::<i64, _>(&mut self.rest)
                .ok()
                .map(Number::from),
        };
        number.ok_or_else(|| self.error("a finite number is needed"))
    }

    fn unknown(&mut self) -> Result<Value, CodecError> {
        let meta = decode::read_ext_meta(&mut self.rest).map_err(|_error| self.truncated())?;
        let payload = self.take(meta.size)?;
        let refinement = if meta.typeid == REFINED_UNKNOWN {
            refinement(payload)
        } else {
            None
        };
        Ok(Value::Unknown(refinement.map(Box::new)))
    }

    fn text(&mut self) -> Result<&'a str, CodecError> {
        let length = decode::read_str_len(&mut self.rest)
            .map_err(|_error| self.error("a string is needed"))?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_error| self.error("the string is not UTF-8"))
    }

    fn array(&mut self) -> Result<usize, CodecError> {
        let count = decode::read_array_len(&mut self.rest)
            .map_err(|_error| self.error("a sequence is needed"))?;
        self.count(count)
    }

    fn map(&mut self) -> Result<usize, CodecError> {
        let count = decode::read_map_len(&mut self.rest)
            .map_err(|_error| self.error("an object or map is needed"))?;
        self.count(count)
    }

    /// A count that the remaining bytes can hold at all: an element takes at least one.
    fn count(&self, count: u32) -> Result<usize, CodecError> {
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= self.rest.len())
            .ok_or_else(|| self.truncated())
    }

    fn take(&mut self, length: u32) -> Result<&'a [u8], CodecError> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or_else(|| self.truncated())?;
        self.rest = rest;
        Ok(taken)
    }

    fn peek(&self) -> Result<Marker, CodecError> {
        self.rest
            .first()
            .map(|byte| Marker::from_u8(*byte))
            .ok_or_else(|| self.truncated())
    }

    fn marker(&mut self) -> Result<Marker, CodecError> {
        let marker = self.peek()?;
        self.take(1)?;
        Ok(marker)
    }

    fn truncated(&self) -> CodecError {
        self.error("the bytes end too early")
    }

    fn error(&self, problem: impl Into<String>) -> CodecError {
        CodecError::new(&self.path, problem)
    }
}

/// Reads the payload of a refined unknown. What is not understood is left out: refinements may be
/// ignored, and later Terraform versions may add kinds.
fn refinement(payload: &[u8]) -> Option<Refinement> {
    let mut reader = Reader {
        rest: payload,
        path: Path::default(),
    };
    let mut refinement = Refinement::default();
    for _ in 0..reader.map().ok()? {
        let key: i64 = decode::read_int(&mut reader.rest).ok()?;
        match key {
            1 => refinement.null = Some(reader.marker().ok()? == Marker::True),
            2 => refinement.prefix = Some(reader.text().ok()?.to_owned()),
            3 => refinement.min = Some(reader.bound()?),
            4 => refinement.max = Some(reader.bound()?),
            5 => refinement.min_length = Some(decode::read_int(&mut reader.rest).ok()?),
            6 => refinement.max_length = Some(decode::read_int(&mut reader.rest).ok()?),
            _ => break,
        }
    }
    // One that says nothing is none, or equal values would differ.
    (refinement != Refinement::default()).then_some(refinement)
}

impl Reader<'_> {
    fn bound(&mut self) -> Option<NumberBound> {
        if self.array().ok()? != 2 {
            return None;
        }
        let value = self.number().ok()?;
        Some(NumberBound::new(value, self.marker().ok()? == Marker::True))
    }
}

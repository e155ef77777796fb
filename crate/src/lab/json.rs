//! Objects for JavaScript, in little code.

use serde_json::{Map, Value};

/// `object! { "name": value, … }`: as serde's `json!`, but each field is an entry of a list and no code of its own. For
/// catalogues of hundreds of fields that is some ten kilobytes of wasm.
macro_rules! object {
    ($($name:literal: $value:expr),* $(,)?) => {
        $crate::lab::json::from_fields(vec![$(($name, $crate::lab::json::value($value))),*])
    };
}
pub(crate) use object;

/// Out of line: inlined, each text of a catalogue has an allocation and a copy of its own.
#[inline(never)]
pub(crate) fn value(from: impl Into<Value>) -> Value {
    from.into()
}

#[inline(never)]
pub(crate) fn from_fields(fields: Vec<(&'static str, Value)>) -> Value {
    let mut object = Map::new();
    for (name, value) in fields {
        object.insert(name.to_owned(), value);
    }
    object.into()
}

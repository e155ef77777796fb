//! How far a search may go, as it is asked.

use serde_json::{Map, Value};

use super::given::{error, object};
use crate::explore::Bounds;
use crate::lab::config::ConfigError;

/// The longest search, unless more is asked for: milliseconds.
const PATIENCE: f64 = 60_000.0;

/// Reads bounds from an object.
///
/// # Errors
/// The first field that is unknown, or whose value is out of range.
pub fn parse_bounds(given: Option<&Value>) -> Result<Bounds, ConfigError> {
    let nothing = Value::Object(Map::new());
    let known = ["steps", "preemptions", "count", "bytes", "milliseconds"];
    let given = object("bounds", given.unwrap_or(&nothing), &known)?;
    // Null is no bound, and so is a field that is left out; but a search that nobody stops must end some time.
    let number = |name: &str, max: f64| match given.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let found = value.as_f64().filter(|found| *found >= 0.0 && *found <= max && found.fract() == 0.0);
            found.map(Some).ok_or_else(|| error(format!("bounds.{name}"), value, format!("0 to {max}, or null")))
        }
    };
    let small = |name: &str| Ok(number(name, f64::from(u32::MAX))?.map(|value| value as u32));
    let large = |name: &str| Ok(number(name, 2_f64.powi(53))?.map(|value| value as u64));
    let milliseconds = number("milliseconds", 1e9)?;
    Ok(Bounds {
        steps: small("steps")?,
        preemptions: small("preemptions")?,
        count: large("count")?,
        bytes: large("bytes")?,
        milliseconds: if given.contains_key("milliseconds") { milliseconds } else { Some(PATIENCE) },
    })
}

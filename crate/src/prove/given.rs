//! What was given as JSON, checked: each error names the field, what it was, and what it can be.

use serde_json::{Map, Value};

use crate::lab::config::ConfigError;

/// That `field` cannot be `value`.
pub fn error(field: impl Into<String>, value: &Value, range: impl Into<String>) -> ConfigError {
    ConfigError { field: field.into(), value: value.to_string(), range: range.into() }
}

/// A whole number in a range.
pub fn integer(field: &str, value: &Value, min: u32, max: u32) -> Result<u32, ConfigError> {
    let found = value.as_u64().and_then(|value| u32::try_from(value).ok()).filter(|value| (min..=max).contains(value));
    found.ok_or_else(|| error(field, value, format!("{min} to {max}")))
}

/// One of these, by name.
pub fn one_of<T>(field: &str, value: &Value, all: &[(T, &str)]) -> Result<T, ConfigError>
where
    T: Copy,
{
    let found = all.iter().find(|(_, name)| value.as_str() == Some(name)).map(|(one, _)| *one);
    let names = || all.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| error(field, value, format!("one of {}", names())))
}

/// An object whose names are known.
pub fn object<'v>(field: &str, value: &'v Value, known: &[&str]) -> Result<&'v Map<String, Value>, ConfigError> {
    let Some(object) = value.as_object() else { return Err(error(field, value, "an object")) };
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => {
            let path = if field == "config" { unknown.clone() } else { format!("{field}.{unknown}") };
            Err(error(path, &object[unknown], format!("only {}", known.join(", "))))
        }
        None => Ok(object),
    }
}

/// The object that `json` is; its names are known.
pub fn parse_object(json: &str, known: &[&str]) -> Result<Map<String, Value>, ConfigError> {
    let given: Value = serde_json::from_str(json)
        .map_err(|failure| error("config", &Value::from(failure.to_string()), "an object"))?;
    object("config", &given, known).cloned()
}

/// True or false; false, if nothing is said.
pub fn flag(field: &str, value: Option<&Value>) -> Result<bool, ConfigError> {
    value.map_or(Ok(false), |value| value.as_bool().ok_or_else(|| error(field, value, "true or false")))
}

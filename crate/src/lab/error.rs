//! What is said about a bad value, whatever was to be configured with it.

use core::fmt;

use serde::Serialize;

/// A value that a field cannot have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigError {
    /// The field.
    pub field: String,
    /// What was given.
    pub value: String,
    /// What could be.
    pub range: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be {}; it can be {}", self.field, self.value, self.range)
    }
}

impl core::error::Error for ConfigError {}

//! What is asked about: a scenario under a protocol, or the miniature under one of its own.

use serde_json::Value;

use super::given::{error, one_of};
use super::sizes::{self, MINIATURE, SizeInfo};
use crate::aio::presets;
use crate::explore::miniature::MiniatureProtocol;
use crate::lab::config::{Choice, ConfigError, parse_protocol};
use crate::scenario::SCENARIOS;
use crate::scenario::catalog::{self, Scenario};

/// The miniature's name among the scenarios.
pub const MINIATURE_NAME: &str = "miniature";

/// What is asked about, and under which rules.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// A scenario under a protocol.
    Scenario(&'static Scenario, Choice),
    /// The miniature under one of its own.
    Miniature(MiniatureProtocol),
}

impl Question {
    /// The sizes that it has.
    #[must_use]
    pub fn sizes(&self) -> Vec<SizeInfo> {
        match self {
            Self::Miniature(_) => MINIATURE.to_vec(),
            Self::Scenario(scenario, _) => sizes::of(scenario),
        }
    }

    /// The protocol's name.
    #[must_use]
    pub fn protocol_name(&self) -> &'static str {
        match self {
            Self::Miniature(protocol) => protocol.name(),
            Self::Scenario(_, choice) => choice.name(),
        }
    }

    /// Whether a migration in it can be refused for ever.
    #[must_use]
    pub fn can_starve(&self) -> bool {
        matches!(self, Self::Scenario(scenario, _) if sizes::can_be_endless(scenario))
    }

    /// Reads it from the fields `scenario` and `protocol`.
    ///
    /// # Errors
    /// When there is no such scenario, or it has no such protocol.
    pub fn parse(scenario: Option<&Value>, protocol: Option<&Value>) -> Result<Self, ConfigError> {
        let given = scenario.unwrap_or(&Value::Null);
        if given.as_str() == Some(MINIATURE_NAME) {
            let protocol = protocol
                .map_or(Ok(MiniatureProtocol::Racy), |value| one_of("protocol", value, &MiniatureProtocol::ALL))?;
            return Ok(Self::Miniature(protocol));
        }
        let Some(scenario) = given.as_str().and_then(catalog::find) else {
            let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            return Err(error("scenario", given, format!("one of {}, {MINIATURE_NAME}", names.join(", "))));
        };
        let choice = protocol.map_or(Ok(Choice::Preset(presets::LINUX_3_12)), parse_protocol)?;
        Ok(Self::Scenario(scenario, choice))
    }
}

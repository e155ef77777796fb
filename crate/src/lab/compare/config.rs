//! What is to be compared: read and checked.

use serde_json::{Map, Value};

use super::fields::{COMPARE_FIELDS, MOST_MS, MOST_PROTOCOLS, MOST_TRIALS, MOST_VALUES, SWEEPS};
use super::lead::OVERHEAD_MS;
use super::plan::Shape;
use crate::aio::presets::{LINUX_3_12, PRESETS, TANG_GU, V4};
use crate::lab::catalog::parts_of;
use crate::lab::config::{Choice, parse_protocol};
use crate::lab::{ConfigError, RunConfig};

/// One field takes these values, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// The field's name.
    pub field: &'static str,
    /// The values, each once.
    pub values: Vec<u32>,
}

/// What is to be compared. Made by [`CompareConfig::parse`], which checks every field against [`COMPARE_FIELDS`].
#[derive(Clone, Debug)]
pub struct CompareConfig {
    /// What is compared; all others with the first one.
    pub protocols: Vec<Choice>,
    /// The field that is swept over.
    pub sweep: Option<Sweep>,
    /// All fields, complete.
    pub fields: Map<String, Value>,
}

/// A protocol that is tried, with or without a stopwatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Index of the protocol.
    pub protocol: usize,
    /// Whether its read calls are timed; if not, it is the control.
    pub timed: bool,
}

impl CompareConfig {
    /// Reads a configuration from JSON: an object with any of [`COMPARE_FIELDS`], `protocols`, a list of presets' names and
    /// objects of parts, and `sweep`, `{ field, values }`.
    ///
    /// # Errors
    /// The first field that is unknown, or whose value is out of range; `rounds`, if all in all it would take too long.
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let given: Value = serde_json::from_str(json).unwrap_or_default();
        let Value::Object(given) = given else { return Err(error("config", &given, "an object")) };
        let mut fields = Map::new();
        for field in COMPARE_FIELDS {
            let value = given.get(field.name).cloned().unwrap_or_else(|| field.default_value());
            fields.insert(field.name.to_owned(), field.check(value)?);
        }
        if let Some((name, value)) = given.iter().find(|(name, _)| !is_known(name)) {
            let known: Vec<&str> = COMPARE_FIELDS.iter().map(|field| field.name).collect();
            return Err(error(
                name,
                value,
                &format!("left out; the fields are protocols, sweep, {}", known.join(", ")),
            ));
        }
        let protocols = match given.get("protocols") {
            None => [LINUX_3_12, TANG_GU, V4].map(Choice::Preset).to_vec(),
            Some(list) => parse_protocols(list)?,
        };
        let sweep = match given.get("sweep") {
            None | Some(Value::Null) => None,
            Some(sweep) => Some(parse_sweep(sweep)?),
        };
        let config = Self { protocols, sweep, fields };
        config.check_length()?;
        Ok(config)
    }

    /// Too long, or too many trials?
    fn check_length(&self) -> Result<(), ConfigError> {
        let Shape { rounds, points, subjects } = self.shape();
        let block = points * subjects;
        let by_count = MOST_TRIALS / block;
        let by_time = (MOST_MS / (f64::from(block) * self.trial_ms())) as u32;
        let most = by_count.min(by_time);
        if rounds <= most {
            return Ok(());
        }
        let reason = if by_time < by_count { "all trials together take too long" } else { "there are too many trials" };
        let range =
            format!("at most {most} with these protocols, values and length of a trial, for otherwise {reason}");
        Err(error("rounds", &rounds.into(), &range))
    }

    /// Milliseconds of one trial, with all that belongs to it; an estimate.
    #[must_use]
    pub fn trial_ms(&self) -> f64 {
        f64::from(self.number("trialMs")) + OVERHEAD_MS
    }

    /// Milliseconds of the warm-up of one subject, with all that belongs to it; an estimate.
    #[must_use]
    pub fn warm_up_ms(&self) -> f64 {
        match self.number("warmupMs") {
            0 => 0.0,
            ms => f64::from(ms) + f64::from(self.shape().points) * OVERHEAD_MS,
        }
    }

    /// The value of an integer field, without regard to the sweep.
    #[must_use]
    pub fn number(&self, field: &str) -> u32 {
        self.fields.get(field).and_then(Value::as_u64).unwrap_or_default() as u32
    }

    /// What is tried in a block, in the order of the protocols; the control last.
    #[must_use]
    pub fn subjects(&self) -> Vec<Subject> {
        let protocols = (0..self.protocols.len()).map(|protocol| Subject { protocol, timed: true });
        let control = self.has_control().then_some(Subject { protocol: 0, timed: false });
        protocols.chain(control).collect()
    }

    /// Whether the first protocol is tried without a stopwatch, too.
    #[must_use]
    pub fn has_control(&self) -> bool {
        self.fields.get("control").and_then(Value::as_str) == Some("untimed")
    }

    /// How many trials of what.
    #[must_use]
    pub fn shape(&self) -> Shape {
        Shape {
            rounds: self.number("rounds"),
            points: self.sweep.as_ref().map_or(1, |sweep| sweep.values.len() as u32),
            subjects: self.subjects().len() as u32,
        }
    }

    /// The value of the swept field at a point.
    #[must_use]
    pub fn value(&self, point: usize) -> Option<u32> {
        self.sweep.as_ref().map(|sweep| sweep.values[point])
    }

    /// All fields, as used at a point.
    #[must_use]
    pub fn settings(&self, point: usize) -> Map<String, Value> {
        let mut settings = self.fields.clone();
        if let Some(sweep) = &self.sweep {
            settings.insert(sweep.field.to_owned(), sweep.values[point].into());
        }
        settings
    }

    /// The run that a trial at this point is a short piece of.
    ///
    /// # Panics
    /// Never: what a comparison's fields take, a run's fields take.
    #[must_use]
    pub fn run(&self, point: usize) -> RunConfig {
        const OF_A_RUN: [&str; 8] =
            ["readers", "migrators", "completers", "ringEvents", "batch", "pace", "page", "seed"];
        let mut settings = self.settings(point);
        settings.retain(|name, _| OF_A_RUN.contains(&name.as_str()));
        RunConfig::parse(&Value::Object(settings).to_string()).expect("the fields have been checked")
    }

    /// As it is given in a configuration: a preset's name, or all parts.
    #[must_use]
    pub fn protocol_json(&self, protocol: usize) -> Value {
        match &self.protocols[protocol] {
            Choice::Preset(index) => PRESETS[*index].name.into(),
            Choice::Custom(parts) => parts_of(parts),
        }
    }
}

fn error(field: &str, value: &Value, range: &str) -> ConfigError {
    ConfigError { field: field.to_owned(), value: value.to_string(), range: range.to_owned() }
}

fn is_known(name: &str) -> bool {
    ["protocols", "sweep"].contains(&name) || COMPARE_FIELDS.iter().any(|field| field.name == name)
}

fn parse_protocols(list: &Value) -> Result<Vec<Choice>, ConfigError> {
    let range = format!("a list of 2 to {MOST_PROTOCOLS} protocols");
    let list = list
        .as_array()
        .filter(|list| (2..=MOST_PROTOCOLS).contains(&list.len()))
        .ok_or_else(|| error("protocols", list, &range))?;
    let one = |(i, value): (usize, &Value)| {
        parse_protocol(value).map_err(|error| ConfigError {
            field: error.field.replacen("protocol", &format!("protocols[{i}]"), 1),
            ..error
        })
    };
    list.iter().enumerate().map(one).collect()
}

fn parse_sweep(sweep: &Value) -> Result<Sweep, ConfigError> {
    let Some(given) = sweep.as_object() else { return Err(error("sweep", sweep, "an object of field and values")) };
    if let Some((name, value)) = given.iter().find(|(name, _)| !["field", "values"].contains(&name.as_str())) {
        return Err(error(&format!("sweep.{name}"), value, "left out; a sweep has field and values"));
    }
    let field = given.get("field").unwrap_or(&Value::Null);
    let info = SWEEPS.iter().find(|(name, _)| field.as_str() == Some(name));
    let info = info.and_then(|(name, _)| COMPARE_FIELDS.iter().find(|field| field.name == *name)).ok_or_else(|| {
        let names: Vec<&str> = SWEEPS.iter().map(|(name, _)| *name).collect();
        error("sweep.field", field, &format!("one of {}", names.join(", ")))
    })?;
    let values = given.get("values").unwrap_or(&Value::Null);
    let range = format!("a list of 1 to {MOST_VALUES} values, each once");
    let list = values
        .as_array()
        .filter(|list| (1..=MOST_VALUES).contains(&list.len()))
        .ok_or_else(|| error("sweep.values", values, &range))?;
    let mut checked: Vec<u32> = Vec::new();
    for (i, value) in list.iter().enumerate() {
        let named = |error: ConfigError| ConfigError { field: format!("sweep.values[{i}]"), ..error };
        let number = info.check(value.clone()).map_err(named)?.as_u64().unwrap_or_default() as u32;
        if checked.contains(&number) {
            return Err(error(&format!("sweep.values[{i}]"), value, "a value that the sweep does not have yet"));
        }
        checked.push(number);
    }
    Ok(Sweep { field: info.name, values: checked })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::lab::fields::Values;

    fn field(json: &str) -> String {
        CompareConfig::parse(json).expect_err(json).field
    }

    #[test]
    fn nothing_said_is_the_default() {
        let config = CompareConfig::parse("{}").unwrap();
        let names: Vec<_> = (0..3).map(|protocol| config.protocol_json(protocol)).collect();
        assert_eq!(names, ["linux-3.12", "tang-gu", "v4"]);
        assert_eq!(config.shape(), Shape { rounds: 20, points: 1, subjects: 4 });
        assert_eq!(config.run(0).roles().len(), 2);
    }

    #[test]
    fn both_ends_of_each_range_fit_and_make_a_run() {
        for info in COMPARE_FIELDS {
            let Values::Integer { min, max, .. } = info.values else { continue };
            let json = |value: i64| {
                format!("{{\"protocols\": [\"v4\", \"v4\"], \"control\": \"none\", \"{}\": {value}}}", info.name)
            };
            for value in [min, max] {
                // The longest trials in the largest number are refused as a whole.
                match CompareConfig::parse(&json(i64::from(value))) {
                    Ok(config) => assert!(!config.run(0).roles().is_empty()),
                    Err(error) => panic!("{error}"),
                }
            }
            for value in [i64::from(min) - 1, i64::from(max) + 1] {
                assert_eq!(field(&json(value)), info.name);
            }
        }
    }

    #[test]
    fn a_bad_value_names_its_field() {
        for (json, name) in [
            ("[]", "config"),
            ("7", "config"),
            ("nonsense", "config"),
            (r#"{"protocol": "v4"}"#, "protocol"),
            (r#"{"protocols": "v4"}"#, "protocols"),
            (r#"{"protocols": ["v4"]}"#, "protocols"),
            (r#"{"protocols": ["v4", "v5"]}"#, "protocols[1]"),
            (r#"{"protocols": [{"speed": 1}, "v4"]}"#, "protocols[0].speed"),
            (r#"{"protocols": ["v4","v4","v4","v4","v4","v4","v4","v4","v4"]}"#, "protocols"),
            (r#"{"sweep": 7}"#, "sweep"),
            (r#"{"sweep": {}}"#, "sweep.field"),
            (r#"{"sweep": {"field": "page", "values": [1]}}"#, "sweep.field"),
            (r#"{"sweep": {"field": "batch"}}"#, "sweep.values"),
            (r#"{"sweep": {"field": "batch", "values": []}}"#, "sweep.values"),
            (r#"{"sweep": {"field": "batch", "values": [1, 0]}}"#, "sweep.values[1]"),
            (r#"{"sweep": {"field": "batch", "values": [1, 1]}}"#, "sweep.values[1]"),
            (r#"{"sweep": {"field": "batch", "values": [1], "and": 1}}"#, "sweep.and"),
            (r#"{"rounds": 200, "trialMs": 2000}"#, "rounds"),
            (r#"{"control": true}"#, "control"),
        ] {
            assert_eq!(field(json), name, "{json}");
        }
    }

    #[test]
    fn a_point_has_its_own_value() {
        let config =
            CompareConfig::parse(r#"{"sweep": {"field": "readers", "values": [4, 1]}, "readers": 9}"#).unwrap();
        assert_eq!([config.run(0).readers, config.run(1).readers], [4, 1]);
        assert_eq!(config.settings(1)["readers"], 1);
        assert_eq!(config.shape().points, 2);
    }
}

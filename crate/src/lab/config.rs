//! The knobs of a run: the one place where names, ranges and defaults are said.

use core::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::aio::presets;
use crate::aio::protocol::{PARTS, PartValue, Protocol};
use crate::machine::ThreadId;
use crate::ring::Geometry;
use crate::ring::size::PAGE_BYTES;
use crate::scenario::{PageChoice, Role, World, WorldConfig};

/// Which values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Whole numbers, both ends included.
    Integer {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
        /// When nothing is said.
        default: u32,
    },
    /// One of these: value, label, help.
    Choice {
        /// All of them; the first is the default.
        choices: &'static [(&'static str, &'static str, &'static str)],
    },
}

/// A field of [`RunConfig`], described.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// Of what it is a number.
    pub unit: Option<&'static str>,
    /// Its values.
    pub values: Values,
}

const fn integer(min: u32, max: u32, default: u32) -> Values {
    Values::Integer { min, max, default }
}

/// All fields but `protocol`.
pub const FIELDS: &[FieldInfo] = &[
    FieldInfo {
        name: "readers",
        label: "Readers",
        help: "Workers that read events from the ring; ring_lock lets one of them in at a time.",
        unit: None,
        values: integer(1, 64, 1),
    },
    FieldInfo {
        name: "migrators",
        label: "Migrators",
        help: "Workers that migrate the ring's pages to new frames.",
        unit: None,
        values: integer(0, 64, 1),
    },
    FieldInfo {
        name: "completers",
        label: "Completers",
        help: "Workers that submit and complete requests; with none, each reader completes its own, as inline I/O does.",
        unit: None,
        values: integer(0, 64, 0),
    },
    FieldInfo {
        name: "ringEvents",
        label: "Events asked for",
        help: "What io_setup() is asked for; the kernel's rule makes a ring of whole pages that holds at least that many.",
        unit: Some("events"),
        values: integer(1, 4096, 60),
    },
    FieldInfo {
        name: "batch",
        label: "Batch",
        help: "Events that a reader asks for in one call.",
        unit: Some("events"),
        values: integer(1, 1024, 8),
    },
    FieldInfo {
        name: "pace",
        label: "Migration pace",
        help: "Migrations a second for each migrator; 0 is as fast as it can.",
        unit: Some("migrations/s"),
        values: integer(0, 1_000_000, 0),
    },
    FieldInfo {
        name: "page",
        label: "Page to migrate",
        help: "Which ring page a migrator takes next; page 0 has the header with head and tail.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("round-robin", "round robin", "One page after the other."),
                ("zero", "page 0 only", "Always the page with the header."),
                ("random", "random", "Any page, by the seed."),
            ],
        },
    },
    FieldInfo {
        name: "durationMs",
        label: "Duration",
        help: "How long the run lasts unless it is stopped; 0 is until it is stopped.",
        unit: Some("ms"),
        values: integer(0, 3_600_000, 10_000),
    },
    FieldInfo {
        name: "seed",
        label: "Seed",
        help: "Of whatever is random: the pages that are chosen, and the mark that the events carry.",
        unit: None,
        values: integer(0, u32::MAX, 1),
    },
    FieldInfo {
        name: "widen",
        label: "Widen the race window",
        help: "Turns of idle spinning between copying a page and publishing it: makes the race easier to hit, which no \
               kernel does. 0 injects nothing.",
        unit: Some("turns"),
        values: integer(0, 1_000_000, 0),
    },
];

/// A value that a run cannot have.
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

/// Which protocol a run uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A preset: its index in [`PRESETS`](presets::PRESETS).
    Preset(usize),
    /// A set of parts.
    Custom(Protocol),
}

impl Choice {
    /// The protocol's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Preset(index) => presets::PRESETS[*index].name,
            Self::Custom(_) => "custom",
        }
    }
}

/// What a run is to be. Made by [`RunConfig::parse`], which checks every field against [`FIELDS`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunConfig {
    /// The protocol.
    #[serde(skip, default = "default_protocol")]
    pub protocol: Choice,
    /// Number of readers.
    pub readers: u32,
    /// Number of migrators.
    pub migrators: u32,
    /// Number of completers; 0: readers complete inline.
    pub completers: u32,
    /// Events asked of `io_setup`.
    pub ring_events: u32,
    /// Events that a reader asks for in one call.
    pub batch: u32,
    /// Migrations a second and migrator; 0: no limit.
    pub pace: u32,
    /// Which page migrates next.
    pub page: String,
    /// Length of the run, milliseconds; 0: until it is stopped.
    pub duration_ms: u32,
    /// The seed.
    pub seed: u32,
    /// Turns of spinning between copy and publication.
    pub widen: u32,
}

const fn default_protocol() -> Choice {
    Choice::Preset(presets::LINUX_3_12)
}

impl RunConfig {
    /// Reads a configuration from JSON: an object with any of [`FIELDS`] and `protocol`, a preset's name or an object with
    /// any of [`PARTS`]. What is missing gets its default; missing parts are those of `v4`.
    ///
    /// # Errors
    /// The first field that is unknown, or whose value is out of range.
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let given: Map<String, Value> = serde_json::from_str(json).map_err(|error| ConfigError {
            field: "config".to_owned(),
            value: error.to_string(),
            range: "an object".to_owned(),
        })?;
        let mut complete = Map::new();
        for field in FIELDS {
            let value = given.get(field.name).cloned().unwrap_or_else(|| field.default_value());
            complete.insert(field.name.to_owned(), field.check(value)?);
        }
        if let Some(unknown) = given.keys().find(|name| *name != "protocol" && !complete.contains_key(*name)) {
            return Err(ConfigError {
                field: unknown.clone(),
                value: "set".to_owned(),
                range: format!("protocol, {}", FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", ")),
            });
        }
        let protocol = given.get("protocol").map_or(Ok(default_protocol()), parse_protocol)?;
        let config: Self =
            serde_json::from_value(Value::Object(complete)).expect("every field has been checked against FIELDS");
        Ok(Self { protocol, ..config })
    }

    /// What each thread is.
    #[must_use]
    pub fn roles(&self) -> Vec<Role> {
        let page = match self.page.as_str() {
            "zero" => PageChoice::Zero,
            "random" => PageChoice::Random,
            _ => PageChoice::RoundRobin,
        };
        let reader = Role::Reader { batch: self.batch, inline: self.completers == 0 };
        let migrator = Role::Migrator { page, pace: self.pace, widen: self.widen };
        [(reader, self.readers), (migrator, self.migrators), (Role::Completer, self.completers)]
            .into_iter()
            .flat_map(|(role, count)| core::iter::repeat_n(role, count as usize))
            .collect()
    }

    /// The world that this run happens in.
    #[must_use]
    pub fn world(&self) -> World {
        let roles = self.roles();
        debug_assert!((roles.len() as u32) < ThreadId::MAX);
        let ring = Geometry::for_setup(self.ring_events, roles.len() as u32, PAGE_BYTES);
        World::new(WorldConfig { roles, ring, seed: self.seed, spare_frames: 4, recorded: true })
    }
}

impl FieldInfo {
    /// The value when nothing is said.
    #[must_use]
    pub fn default_value(&self) -> Value {
        match self.values {
            Values::Integer { default, .. } => default.into(),
            Values::Choice { choices } => choices[0].0.into(),
        }
    }

    fn check(&self, value: Value) -> Result<Value, ConfigError> {
        let (fits, range) = match self.values {
            Values::Integer { min, max, .. } => {
                // JavaScript has one kind of number: 3.0 is the integer 3.
                let number = value.as_f64().filter(|number| number.fract() == 0.0);
                let integer = number.filter(|&number| f64::from(min) <= number && number <= f64::from(max));
                (integer.map(|number| Value::from(number as u32)), format!("a whole number from {min} to {max}"))
            }
            Values::Choice { choices } => {
                let known = choices.iter().any(|choice| value.as_str() == Some(choice.0));
                let names: Vec<&str> = choices.iter().map(|choice| choice.0).collect();
                (known.then(|| value.clone()), format!("one of {}", names.join(", ")))
            }
        };
        fits.ok_or_else(|| ConfigError { field: self.name.to_owned(), value: value.to_string(), range })
    }
}

fn parse_protocol(value: &Value) -> Result<Choice, ConfigError> {
    let error = |field: String, value: &Value, range: String| ConfigError { field, value: value.to_string(), range };
    if let Some(name) = value.as_str() {
        let index = presets::PRESETS.iter().position(|preset| preset.name == name);
        let names = presets::PRESETS.map(|preset| preset.name).join(", ");
        return index.map(Choice::Preset).ok_or_else(|| error("protocol".to_owned(), value, format!("one of {names}")));
    }
    let Some(parts) = value.as_object() else {
        return Err(error("protocol".to_owned(), value, "a preset's name or an object of parts".to_owned()));
    };
    let mut protocol = presets::PRESETS[presets::V4].parts;
    for (name, value) in parts {
        let part = match value {
            Value::Bool(on) => PartValue::Switch(*on),
            other => PartValue::Choice(other.as_str().unwrap_or_default().to_owned()),
        };
        protocol.set(name, &part).map_err(|_| {
            let range = PARTS.iter().find(|part| part.name == name).map_or_else(
                || format!("one of the parts {}", PARTS.iter().map(|p| p.name).collect::<Vec<_>>().join(", ")),
                |part| part.range(),
            );
            error(format!("protocol.{name}"), value, range)
        })?;
    }
    Ok(Choice::Custom(protocol))
}

impl crate::aio::protocol::PartInfo {
    /// The values that the part takes, in words.
    #[must_use]
    pub fn range(&self) -> String {
        match self.kind {
            crate::aio::protocol::PartKind::Switch => "true or false".to_owned(),
            crate::aio::protocol::PartKind::Choice(choices) => {
                format!("one of {}", choices.iter().map(|(value, _)| *value).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_the_default() {
        let config = RunConfig::parse("{}").unwrap();
        assert_eq!(config.protocol.name(), "linux-3.12");
        assert_eq!((config.readers, config.migrators, config.completers), (1, 1, 0));
        assert_eq!(config.widen, 0, "no delay is injected by default");
        assert_eq!(config.roles().len(), 2);
        assert_eq!(config.world().ctx.ring.pages(), 1);
    }

    #[test]
    fn both_ends_of_each_range_fit_and_what_lies_beyond_names_the_field() {
        for field in FIELDS {
            let Values::Integer { min, max, .. } = field.values else { continue };
            for (value, fits) in [
                (i64::from(min), true),
                (i64::from(max), true),
                (i64::from(min) - 1, false),
                (i64::from(max) + 1, false),
            ] {
                let parsed = RunConfig::parse(&format!("{{\"{}\": {value}}}", field.name));
                assert_eq!(parsed.is_ok(), fits, "{} = {value}", field.name);
                if let Err(error) = parsed {
                    assert_eq!(error.field, field.name);
                    assert!(error.range.contains(&max.to_string()), "{}", error.range);
                }
            }
            for bad in ["1.5", "\"1\"", "null", "[]", "true"] {
                assert_eq!(RunConfig::parse(&format!("{{\"{}\": {bad}}}", field.name)).unwrap_err().field, field.name);
            }
        }
        assert_eq!(RunConfig::parse("{\"page\": \"all\"}").unwrap_err().field, "page");
    }

    #[test]
    fn a_protocol_is_a_name_or_parts() {
        let parts = |json: &str| match RunConfig::parse(json).unwrap().protocol {
            Choice::Custom(protocol) => protocol,
            Choice::Preset(index) => presets::PRESETS[index].parts,
        };
        let v4 = presets::PRESETS[presets::V4].parts;
        assert_eq!(parts("{\"protocol\": \"v4\"}"), v4);
        assert_eq!(parts("{\"protocol\": {}}"), v4);
        assert_eq!(parts("{\"protocol\": {\"ignoreRefused\": true}}"), Protocol { ignore_refused: true, ..v4 });
        for (json, field) in [
            ("{\"protocol\": \"v5\"}", "protocol"),
            ("{\"protocol\": 4}", "protocol"),
            ("{\"protocol\": {\"speed\": true}}", "protocol.speed"),
            ("{\"protocol\": {\"ringLock\": true}}", "protocol.ringLock"),
            ("{\"protcol\": \"v4\"}", "protcol"),
            ("[]", "config"),
        ] {
            assert_eq!(RunConfig::parse(json).unwrap_err().field, field, "{json}");
        }
    }

    #[test]
    fn the_largest_run_fits_into_64_mib_with_its_stacks() {
        let config = RunConfig::parse(
            "{\"readers\": 64, \"migrators\": 64, \"completers\": 64, \"ringEvents\": 4096, \"batch\": 1024}",
        )
        .unwrap();
        let arena = config.world().words() as usize * 4;
        let threads = config.roles().len();
        let buffers = 64 * 1024 * 32;
        assert!(arena + threads * (64 << 10) + buffers < 56 << 20, "{arena} bytes");
    }
}

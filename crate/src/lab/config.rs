//! What a run is to be: its fields, checked against [`FIELDS`].

use serde_json::{Map, Value};

pub use super::error::ConfigError;
use super::fields::FIELDS;
use super::settings::settings;
use crate::aio::parts::{PARTS, PartInfo, PartKind, PartValue};
use crate::aio::{Protocol, presets};
use crate::machine::ThreadId;
use crate::ring::Geometry;
use crate::ring::size::PAGE_BYTES;
use crate::scenario::catalog::{self, SCENARIOS, Scenario, Stage};
use crate::scenario::role::Core;
use crate::scenario::{PageChoice, Role, World, WorldConfig};

/// Which protocol a run uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// A preset: its index in [`PRESETS`](presets::PRESETS).
    Preset(usize),
    /// A set of parts.
    Custom(Protocol),
}

impl Choice {
    /// The parts.
    #[must_use]
    pub const fn protocol(&self) -> Protocol {
        match self {
            Self::Preset(index) => presets::PRESETS[*index].parts,
            Self::Custom(protocol) => *protocol,
        }
    }

    /// The protocol's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Preset(index) => presets::PRESETS[*index].name,
            Self::Custom(_) => "custom",
        }
    }
}

/// Frames to spare where contexts come and go. A broken protocol leaks a frame now and then, and once there is none left
/// nothing can be set up or migrated any more, so nothing else that is wrong with it can be seen.
const LEAKS: u32 = 256;

/// What a run is to be. Made by [`RunConfig::parse`], which checks every field against [`FIELDS`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunConfig {
    /// The scenario: its name.
    pub scenario: &'static str,
    /// The protocol.
    pub protocol: Choice,
    /// Number of readers.
    pub readers: u32,
    /// Number of migrators.
    pub migrators: u32,
    /// Number of completers; 0: readers complete inline.
    pub completers: u32,
    /// Number of threads that set contexts up.
    pub setups: u32,
    /// Number of threads that destroy them.
    pub teardowns: u32,
    /// Number of threads that change the address space.
    pub address_spaces: u32,
    /// Who calls migration.
    pub core: String,
    /// Whether readers' copies fault.
    pub faults: String,
    /// Whether setups fail.
    pub failures: String,
    /// How setups allocate pages.
    pub allocation: String,
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
    /// Reads a configuration from JSON: an object with any of [`FIELDS`], `scenario`, the name of one, and `protocol`, a
    /// preset's name or an object with any of [`PARTS`]. A field that is missing gets the scenario's setting, or its own
    /// default; missing parts are those of `v4`.
    ///
    /// # Errors
    /// The first field that is unknown, or whose value is out of range.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let given: Map<String, Value> = serde_json::from_str(json).map_err(|error| ConfigError {
            field: "config".to_owned(),
            value: error.to_string(),
            range: "an object".to_owned(),
        })?;
        let scenario = given.get("scenario").map_or(Ok(&SCENARIOS[0]), parse_scenario)?;
        let settings = settings(scenario);
        let mut complete = Map::new();
        for field in FIELDS {
            let value = given.get(field.name).or_else(|| settings.get(field.name)).cloned();
            complete.insert(field.name.to_owned(), field.check(value.unwrap_or_else(|| field.default_value()))?);
        }
        let known = |name: &str| ["scenario", "protocol"].contains(&name) || complete.contains_key(name);
        if let Some(unknown) = given.keys().find(|name| !known(name)) {
            let names = FIELDS.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
            return Err(ConfigError {
                field: unknown.clone(),
                value: "set".to_owned(),
                range: format!("scenario, protocol, {names}"),
            });
        }
        let protocol = given.get("protocol").map_or(Ok(default_protocol()), parse_protocol)?;
        // By hand: a derived reader of this one struct is ten kilobytes of the download. Every field has been checked against FIELDS.
        let number = |name: &str| complete[name].as_u64().expect("a whole number") as u32;
        let text = |name: &str| complete[name].as_str().expect("a choice").to_owned();
        let config = Self {
            scenario: scenario.name,
            protocol,
            readers: number("readers"),
            migrators: number("migrators"),
            completers: number("completers"),
            setups: number("setups"),
            teardowns: number("teardowns"),
            address_spaces: number("addressSpaces"),
            core: text("core"),
            faults: text("faults"),
            failures: text("failures"),
            allocation: text("allocation"),
            ring_events: number("ringEvents"),
            batch: number("batch"),
            pace: number("pace"),
            page: text("page"),
            duration_ms: number("durationMs"),
            seed: number("seed"),
            widen: number("widen"),
        };
        if config.roles().is_empty() {
            return Err(ConfigError {
                field: "readers".to_owned(),
                value: "0".to_owned(),
                range: "at least one thread of any role".to_owned(),
            });
        }
        Ok(config)
    }

    /// What each thread is.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn roles(&self) -> Vec<Role> {
        let page = match self.page.as_str() {
            "zero" => PageChoice::Zero,
            "random" => PageChoice::Random,
            _ => PageChoice::RoundRobin,
        };
        let core = if self.core == "move-pages" { Core::MovePages } else { Core::Compaction };
        let reader = Role::Reader { batch: self.batch, inline: self.completers == 0, faults: self.faults == "always" };
        let migrator = Role::Migrator { core, page, pace: self.pace, widen: self.widen };
        let setup = Role::Setup {
            failures: self.failures == "each-step",
            compacts: self.allocation == "compacts",
            destroys: self.teardowns == 0,
        };
        [
            (reader, self.readers),
            (migrator, self.migrators),
            (Role::Completer, self.completers),
            (setup, self.setups),
            (Role::Teardown, self.teardowns),
            (Role::AddressSpace, self.address_spaces),
        ]
        .into_iter()
        .flat_map(|(role, count)| core::iter::repeat_n(role, count as usize))
        .collect()
    }

    /// The world that this run happens in.
    #[must_use]
    pub fn world(&self) -> World {
        self.world_that(true)
    }

    /// The same without room for records of steps.
    #[must_use]
    pub fn unrecorded_world(&self) -> World {
        self.world_that(false)
    }

    fn world_that(&self, recorded: bool) -> World {
        let roles = self.roles();
        debug_assert!((roles.len() as u32) < ThreadId::MAX);
        let ring = Geometry::for_setup(self.ring_events, roles.len() as u32, PAGE_BYTES);
        let spare_frames = if self.setups > 0 { LEAKS } else { 4 };
        World::new(WorldConfig { roles, ring, seed: self.seed, spare_frames, recorded })
    }
}

fn parse_scenario(value: &Value) -> Result<&'static Scenario, ConfigError> {
    let on_threads = |scenario: &&Scenario| matches!(scenario.stage, Stage::Threads(_));
    let found = value.as_str().and_then(catalog::find).filter(on_threads);
    found.ok_or_else(|| {
        let names: Vec<&str> = SCENARIOS.iter().filter(on_threads).map(|scenario| scenario.name).collect();
        let range = format!("one of {}", names.join(", "));
        ConfigError { field: "scenario".to_owned(), value: value.to_string(), range }
    })
}

/// A preset's name, or an object of parts.
///
/// # Errors
/// When it is neither.
pub fn parse_protocol(value: &Value) -> Result<Choice, ConfigError> {
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

impl PartInfo {
    /// The values that the part takes, in words.
    #[must_use]
    pub fn range(&self) -> String {
        match self.kind {
            PartKind::Switch => "true or false".to_owned(),
            PartKind::Choice(choices) => {
                format!("one of {}", choices.iter().map(|(value, _)| *value).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::fields::Values;
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
            "{\"readers\": 64, \"migrators\": 64, \"completers\": 64, \"setups\": 16, \"teardowns\": 16,
              \"addressSpaces\": 16, \"ringEvents\": 4096, \"batch\": 1024}",
        )
        .unwrap();
        let arena = config.world().words() as usize * 4;
        let threads = config.roles().len();
        let buffers = 64 * 1024 * 32;
        assert!(arena + threads * (64 << 10) + buffers < 56 << 20, "{arena} bytes");
    }
}

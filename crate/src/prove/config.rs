//! What is asked of a search: its fields, checked.

use serde_json::{Map, Value, json};

use super::matrix;
use super::sizes::{self, MINIATURE, SizeInfo, Sizes};
use super::subject::Subject;
use crate::explore::Bounds;
use crate::explore::miniature::{Miniature, MiniatureProtocol};
use crate::explore::scripted::Scripted;
use crate::explore::starvation::Fairness;
use crate::lab::catalog::parts_of;
use crate::lab::config::{Choice, ConfigError, parse_protocol};
use crate::machine::ThreadId;
use crate::machine::model::Move;
use crate::scenario::Role;
use crate::scenario::catalog::{self, SCENARIOS, Scenario};

/// The miniature's name among the scenarios.
pub const MINIATURE_NAME: &str = "miniature";

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// All states; the shortest counterexample.
    States,
    /// One execution of each Mazurkiewicz class.
    Traces,
    /// Random walks.
    Random,
    /// Random priorities.
    Pct,
    /// A `try_lock` refused for ever.
    Starvation,
}

/// The engines, with their names in the API, a few words, and a sentence.
pub const ENGINES: [(Engine, &str, &str, &str); 5] = [
    (
        Engine::States,
        "states",
        "Every state",
        "Remembers each state and goes on from it once; finds a shortest counterexample.",
    ),
    (
        Engine::Traces,
        "traces",
        "Every trace class",
        "One execution of each Mazurkiewicz class, by optimal partial-order reduction.",
    ),
    (Engine::Random, "random", "Random walks", "Samples schedules; proves nothing, and promises nothing."),
    (
        Engine::Pct,
        "pct",
        "PCT",
        "Samples schedules by random priorities, with a known chance to find a violation of the given depth.",
    ),
    (
        Engine::Starvation,
        "starvation",
        "Starvation",
        "Looks for a loop in which a migration is refused for ever, although the schedule is fair.",
    ),
];

/// What is asked about, and under which rules.
#[derive(Clone, Debug, PartialEq)]
pub enum Question {
    /// A scenario under a protocol.
    Scenario(&'static Scenario, Choice),
    /// The miniature under one of its own.
    Miniature(MiniatureProtocol),
}

/// What is asked of a search. Made by [`ProveConfig::parse`], which checks every field.
#[derive(Clone, Debug, PartialEq)]
pub struct ProveConfig {
    /// What is asked about.
    pub question: Question,
    /// How large it is.
    pub sizes: Sizes,
    /// How to search.
    pub engine: Engine,
    /// How far.
    pub bounds: Bounds,
    /// Steps whose order matters, for [`Engine::Pct`].
    pub depth: u32,
    /// What is asked of the scheduler, for [`Engine::Starvation`].
    pub fairness: Fairness,
    /// On how many threads.
    pub threads: u32,
    /// The seed of whatever is random.
    pub seed: u32,
    /// Whether to search on when something is broken.
    pub whole: bool,
    /// A schedule, where one is asked about.
    pub schedule: Vec<Move>,
}

/// Moves of the longest schedule that is looked at.
pub const LONGEST_SCHEDULE: usize = 10_000;

/// The longest search, unless more is asked for: milliseconds.
const PATIENCE: f64 = 60_000.0;

/// The fields of a configuration.
const FIELDS: [&str; 11] =
    ["scenario", "protocol", "sizes", "engine", "bounds", "depth", "fairness", "threads", "seed", "whole", "schedule"];

fn error(field: impl Into<String>, value: &Value, range: impl Into<String>) -> ConfigError {
    ConfigError { field: field.into(), value: value.to_string(), range: range.into() }
}

/// A whole number in a range.
fn integer(field: &str, value: &Value, min: u32, max: u32) -> Result<u32, ConfigError> {
    let found = value.as_u64().and_then(|value| u32::try_from(value).ok()).filter(|value| (min..=max).contains(value));
    found.ok_or_else(|| error(field, value, format!("{min} to {max}")))
}

/// One of these, by name.
fn one_of<T>(field: &str, value: &Value, all: &[(T, &str)]) -> Result<T, ConfigError>
where
    T: Copy,
{
    let found = all.iter().find(|(_, name)| value.as_str() == Some(name)).map(|(one, _)| *one);
    let names = || all.iter().map(|(_, name)| *name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| error(field, value, format!("one of {}", names())))
}

/// An object whose names are known.
fn object<'v>(field: &str, value: &'v Value, known: &[&str]) -> Result<&'v Map<String, Value>, ConfigError> {
    let Some(object) = value.as_object() else { return Err(error(field, value, "an object")) };
    match object.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => {
            let path = if field == "config" { unknown.clone() } else { format!("{field}.{unknown}") };
            Err(error(path, &object[unknown], format!("only {}", known.join(", "))))
        }
        None => Ok(object),
    }
}

impl ProveConfig {
    /// Reads a configuration from JSON. `scenario` is required; everything else has a default.
    ///
    /// # Errors
    /// The first field that is unknown, or whose value is out of range.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let given: Value = serde_json::from_str(json)
            .map_err(|failure| error("config", &Value::from(failure.to_string()), "an object"))?;
        let given = object("config", &given, &FIELDS)?;
        let get = |name: &str| given.get(name);
        let question = parse_question(get("scenario"), get("protocol"))?;
        let sizes = parse_sizes(&question.sizes(), get("sizes"))?;
        let engines = ENGINES.map(|(engine, name, ..)| (engine, name));
        let engine = get("engine").map_or(Ok(Engine::States), |value| one_of("engine", value, &engines))?;
        if engine == Engine::Starvation && !question.can_starve() {
            let able: Vec<&str> =
                SCENARIOS.iter().filter(|one| sizes::can_be_endless(one)).map(|one| one.name).collect();
            let range = format!("starvation only where a reader meets a migrator and nobody else: {}", able.join(", "));
            return Err(error("engine", &"starvation".into(), range));
        }
        let sizes = if engine == Engine::Starvation { endlessly(sizes) } else { sizes };
        let fairness = [(Fairness::Weak, "weak"), (Fairness::Strong, "strong")];
        let number =
            |name: &str, min, max, default| get(name).map_or(Ok(default), |value| integer(name, value, min, max));
        let (depth, threads, seed) =
            (number("depth", 1, 16, 3)?, number("threads", 1, 64, 1)?, number("seed", 0, u32::MAX, 1)?);
        let flag = |name: &str| match get(name) {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| error(name, value, "true or false")),
        };
        let config = Self {
            question,
            sizes,
            engine,
            bounds: parse_bounds(get("bounds"))?,
            depth,
            fairness: get("fairness").map_or(Ok(Fairness::Weak), |value| one_of("fairness", value, &fairness))?,
            threads,
            seed,
            whole: flag("whole")?,
            schedule: parse_schedule(get("schedule"))?,
        };
        config.fits()?;
        Ok(config)
    }

    /// A search keeps the moves from a state in 32 bits.
    fn fits(&self) -> Result<(), ConfigError> {
        let Question::Scenario(scenario, _) = self.question else { return Ok(()) };
        let script = sizes::script(scenario, &self.sizes);
        let ways = |role: &Role| if matches!(role, Role::Setup { failures: true, .. }) { 7 } else { 1 };
        let most = script.threads.iter().map(|(role, _)| ways(role)).max().unwrap_or(1);
        let threads = script.threads.len() as u32;
        if threads * most > u32::BITS {
            let range = format!("at most {} threads in all", u32::BITS / most);
            return Err(error("sizes", &threads.into(), range));
        }
        Ok(())
    }

    /// What is to be explored.
    #[must_use]
    pub fn subject(&self) -> Subject {
        let size = |name: &str| self.sizes.iter().find(|(known, _)| *known == name).map_or(1, |(_, value)| *value);
        match &self.question {
            Question::Miniature(protocol) => {
                Subject::Miniature(Miniature::new(*protocol, size("reads"), size("migrations")))
            }
            Question::Scenario(scenario, choice) => Subject::Scripted(Box::new(Scripted::new(
                scenario,
                sizes::script(scenario, &self.sizes),
                choice.protocol(),
            ))),
        }
    }

    /// What a search of it covers, in a sentence.
    #[must_use]
    pub fn covers(&self) -> String {
        match &self.question {
            Question::Scenario(scenario, _) => sizes::covers(&sizes::script(scenario, &self.sizes)),
            Question::Miniature(_) => {
                let [reads, migrations] = ["reads", "migrations"]
                    .map(|name| self.sizes.iter().find(|(known, _)| *known == name).map_or(0, |(_, value)| *value));
                format!(
                    "every interleaving of one reader ({reads} read(s)) and one migrator ({migrations} migration(s))"
                )
            }
        }
    }

    /// The configuration as it is used.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn to_json(&self) -> Value {
        let Bounds { steps, preemptions, count, bytes, milliseconds } = self.bounds;
        let (engine, ..) = ENGINES.iter().find(|(engine, ..)| *engine == self.engine).map_or(("", ""), |e| (e.1, e.2));
        let mut config = self.subject_json();
        config["engine"] = engine.into();
        config["bounds"] = json!({
            "steps": steps, "preemptions": preemptions, "count": count, "bytes": bytes, "milliseconds": milliseconds,
        });
        config["threads"] = self.threads.into();
        config["seed"] = self.seed.into();
        config["whole"] = self.whole.into();
        config["depth"] = self.depth.into();
        config["fairness"] = if self.fairness == Fairness::Weak { "weak" } else { "strong" }.into();
        config
    }

    /// What is asked about: scenario, protocol and sizes.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn subject_json(&self) -> Value {
        let (scenario, protocol) = match &self.question {
            Question::Miniature(protocol) => (MINIATURE_NAME, protocol.name().into()),
            Question::Scenario(scenario, Choice::Preset(_)) => (scenario.name, self.question.protocol_name().into()),
            Question::Scenario(scenario, Choice::Custom(parts)) => (scenario.name, parts_of(parts)),
        };
        let sizes: Map<String, Value> =
            self.sizes.iter().map(|&(name, value)| (name.to_owned(), value.into())).collect();
        json!({ "scenario": scenario, "protocol": protocol, "sizes": sizes })
    }
}

/// Reads what is asked of the matrix from JSON: an object with any of `pairs`, `threads`, `bounds`.
///
/// # Errors
/// The first field that is unknown, or whose value is out of range.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn parse_matrix(json: &str) -> Result<matrix::Options, ConfigError> {
    let given: Value = serde_json::from_str(json)
        .map_err(|failure| error("config", &Value::from(failure.to_string()), "an object"))?;
    let given = object("config", &given, &["pairs", "threads", "bounds"])?;
    let pairs = match given.get("pairs") {
        None => false,
        Some(value) => value.as_bool().ok_or_else(|| error("pairs", value, "true or false"))?,
    };
    let threads = given.get("threads").map_or(Ok(1), |value| integer("threads", value, 1, 64))? as usize;
    Ok(matrix::Options { pairs, threads, bounds: parse_bounds(given.get("bounds"))? })
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

    fn protocol_name(&self) -> &'static str {
        match self {
            Self::Miniature(protocol) => protocol.name(),
            Self::Scenario(_, choice) => choice.name(),
        }
    }

    fn can_starve(&self) -> bool {
        matches!(self, Self::Scenario(scenario, _) if sizes::can_be_endless(scenario))
    }
}

fn parse_question(scenario: Option<&Value>, protocol: Option<&Value>) -> Result<Question, ConfigError> {
    let given = scenario.unwrap_or(&Value::Null);
    if given.as_str() == Some(MINIATURE_NAME) {
        let protocol =
            protocol.map_or(Ok(MiniatureProtocol::Racy), |value| one_of("protocol", value, &MiniatureProtocol::ALL))?;
        return Ok(Question::Miniature(protocol));
    }
    let Some(scenario) = given.as_str().and_then(catalog::find) else {
        let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
        return Err(error("scenario", given, format!("one of {}, {MINIATURE_NAME}", names.join(", "))));
    };
    let choice = protocol.map_or(Ok(Choice::Preset(crate::aio::presets::LINUX_3_12)), parse_protocol)?;
    Ok(Question::Scenario(scenario, choice))
}

fn parse_sizes(infos: &[SizeInfo], given: Option<&Value>) -> Result<Sizes, ConfigError> {
    let names: Vec<&str> = infos.iter().map(|info| info.name).collect();
    let nothing = Value::Object(Map::new());
    let given = object("sizes", given.unwrap_or(&nothing), &names)?;
    let of = |info: &SizeInfo| match given.get(info.name) {
        None => Ok((info.name, info.default)),
        Some(value) => Ok((info.name, integer(&format!("sizes.{}", info.name), value, info.min, info.max)?)),
    };
    infos.iter().map(of).collect()
}

fn parse_bounds(given: Option<&Value>) -> Result<Bounds, ConfigError> {
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

/// Nobody starves in a script that ends.
fn endlessly(mut sizes: Sizes) -> Sizes {
    sizes.iter_mut().filter(|(name, _)| *name == sizes::ENDLESSLY).for_each(|(_, value)| *value = 1);
    sizes
}

/// `[[thread, way], …]`. Whether the moves are possible shows when they are made.
fn parse_schedule(given: Option<&Value>) -> Result<Vec<Move>, ConfigError> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let list = given.as_array().ok_or_else(|| error("schedule", given, "a list of [thread, way]"))?;
    if list.len() > LONGEST_SCHEDULE {
        let range = format!("at most {LONGEST_SCHEDULE} moves");
        return Err(error("schedule", &Value::from(format!("{} moves", list.len())), range));
    }
    let number = |value: &Value| value.as_u64().and_then(|value| u32::try_from(value).ok());
    list.iter()
        .enumerate()
        .map(|(i, pair)| {
            let found = match pair.as_array().map(Vec::as_slice) {
                Some([thread, way]) => number(thread).zip(number(way)),
                _ => None,
            };
            let fits = found.filter(|(thread, way)| *thread < ThreadId::MAX && *way < u32::BITS);
            let (thread, way) = fits.ok_or_else(|| error(format!("schedule[{i}]"), pair, "[thread, way]"))?;
            Ok(Move { thread: ThreadId::new(thread), way })
        })
        .collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::explore::Program;

    fn field(json: &str) -> String {
        ProveConfig::parse(json).unwrap_err().field
    }

    #[test]
    fn a_scenario_is_enough() {
        for scenario in SCENARIOS {
            let config = ProveConfig::parse(&format!("{{\"scenario\": \"{}\"}}", scenario.name)).unwrap();
            assert_eq!(config.engine, Engine::States);
            assert_eq!(config.subject().threads() as usize, scenario.cast.len());
        }
        let miniature = ProveConfig::parse("{\"scenario\": \"miniature\", \"protocol\": \"trylock\"}").unwrap();
        assert_eq!(miniature.question, Question::Miniature(MiniatureProtocol::Trylock));
    }

    #[test]
    fn what_is_used_is_what_was_said() {
        let json = "{\"scenario\": \"miniature\", \"protocol\": \"racy\", \"sizes\": {\"reads\": 12, \"migrations\": 11},
            \"engine\": \"pct\", \"bounds\": {\"steps\": 5, \"milliseconds\": null}, \"depth\": 4, \"threads\": 2, \"seed\": 9}";
        let config = ProveConfig::parse(json).unwrap();
        let used = config.to_json();
        assert_eq!(used["sizes"], json!({ "reads": 12, "migrations": 11 }));
        assert_eq!((&used["engine"], &used["depth"], &used["seed"]), (&json!("pct"), &json!(4), &json!(9)));
        assert_eq!((config.bounds.steps, config.bounds.milliseconds), (Some(5), None));
        assert_eq!(ProveConfig::parse(&used.to_string()).unwrap(), config);
    }

    #[test]
    fn a_bad_field_is_named() {
        for (json, named) in [
            ("{}", "scenario"),
            ("[]", "config"),
            ("{", "config"),
            ("{\"scenario\": \"lost-tail\"}", "scenario"),
            ("{\"scenario\": \"lost-head\", \"protocol\": \"v5\"}", "protocol"),
            ("{\"scenario\": \"miniature\", \"protocol\": \"v4\"}", "protocol"),
            ("{\"scenario\": \"lost-head\", \"sizes\": {\"reads\": 0}}", "sizes.reads"),
            ("{\"scenario\": \"lost-head\", \"sizes\": {\"reads\": 1.5}}", "sizes.reads"),
            ("{\"scenario\": \"lost-head\", \"sizes\": {\"contexts\": 1}}", "sizes.contexts"),
            ("{\"scenario\": \"lost-head\", \"sizes\": 3}", "sizes"),
            ("{\"scenario\": \"lost-head\", \"engine\": \"magic\"}", "engine"),
            ("{\"scenario\": \"abba\", \"engine\": \"starvation\"}", "engine"),
            ("{\"scenario\": \"lost-head\", \"bounds\": {\"steps\": -1}}", "bounds.steps"),
            ("{\"scenario\": \"lost-head\", \"bounds\": {\"speed\": 1}}", "bounds.speed"),
            ("{\"scenario\": \"lost-head\", \"threads\": 0}", "threads"),
            ("{\"scenario\": \"lost-head\", \"whole\": 1}", "whole"),
            ("{\"scenario\": \"lost-head\", \"schedule\": [[0, 0], [1]]}", "schedule[1]"),
            ("{\"scenario\": \"lost-head\", \"schedule\": [[99999, 0]]}", "schedule[0]"),
            ("{\"scenario\": \"lost-head\", \"schedul\": []}", "schedul"),
        ] {
            assert_eq!(field(json), named, "{json}");
        }
        let long =
            format!("{{\"scenario\": \"lost-head\", \"schedule\": [{}[0,0]]}}", "[0,0],".repeat(LONGEST_SCHEDULE));
        assert_eq!(field(&long), "schedule");
    }
}

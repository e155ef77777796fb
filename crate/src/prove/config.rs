//! What is asked of a search: its fields, checked.

use serde_json::{Map, Value, json};

use super::bounds::parse_bounds;
use super::engine::{ENGINES, Engine};
use super::given::{error, flag, integer, one_of, parse_object};
use super::question::{MINIATURE_NAME, Question};
use super::schedule::parse_schedule;
use super::sizes::{self, Sizes, parse_sizes};
use super::subject::Subject;
use crate::explore::Bounds;
use crate::explore::miniature::Miniature;
use crate::explore::scripted::Scripted;
use crate::explore::starvation::Fairness;
use crate::lab::catalog::parts_of;
use crate::lab::config::{Choice, ConfigError};
use crate::machine::model::Move;
use crate::scenario::{Role, SCENARIOS};

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

/// The fields of a configuration.
const FIELDS: [&str; 11] =
    ["scenario", "protocol", "sizes", "engine", "bounds", "depth", "fairness", "threads", "seed", "whole", "schedule"];

impl ProveConfig {
    /// Reads a configuration from JSON. `scenario` is required; everything else has a default.
    ///
    /// # Errors
    /// The first field that is unknown, or whose value is out of range.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let given = parse_object(json, &FIELDS)?;
        let get = |name: &str| given.get(name);
        let question = Question::parse(get("scenario"), get("protocol"))?;
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
        let (bounds, whole) = (parse_bounds(get("bounds"))?, flag("whole", get("whole"))?);
        engine.can_do(bounds, whole)?;
        // The others search on one thread, however many they may have.
        let threads = if engine == Engine::States { threads } else { 1 };
        let config = Self {
            question,
            sizes,
            engine,
            bounds,
            depth,
            fairness: get("fairness").map_or(Ok(Fairness::Weak), |value| one_of("fairness", value, &fairness))?,
            threads,
            seed,
            whole,
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
                let (reads, migrations) = (sizes::plural(reads, "read"), sizes::plural(migrations, "migration"));
                format!("every interleaving of one reader ({reads}) and one migrator ({migrations})")
            }
        }
    }

    /// The configuration as it is used: what the engine has no use for is not in it.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn to_json(&self) -> Value {
        let Bounds { steps, preemptions, count, bytes, milliseconds } = self.bounds;
        let mut config = self.subject_json();
        config["engine"] = self.engine.name().into();
        config["bounds"] = json!({
            "steps": steps, "preemptions": preemptions, "count": count, "bytes": bytes, "milliseconds": milliseconds,
        });
        config["threads"] = self.threads.into();
        if self.engine.is_random() {
            config["seed"] = self.seed.into();
        }
        if self.engine.can_go_on() {
            config["whole"] = self.whole.into();
        }
        if self.engine == Engine::Pct {
            config["depth"] = self.depth.into();
        }
        if self.engine == Engine::Starvation {
            config["fairness"] = if self.fairness == Fairness::Weak { "weak" } else { "strong" }.into();
        }
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

/// Nobody starves in a script that ends.
fn endlessly(mut sizes: Sizes) -> Sizes {
    sizes.iter_mut().filter(|(name, _)| *name == sizes::ENDLESSLY).for_each(|(_, value)| *value = 1);
    sizes
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::schedule::LONGEST_SCHEDULE;
    use super::*;
    use crate::explore::Program;
    use crate::explore::miniature::MiniatureProtocol;

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
    fn what_an_engine_has_no_use_for_is_refused_where_it_would_be_claimed_and_never_said_to_be_used() {
        for (_, engine, ..) in ENGINES {
            let with = |more: Value| {
                let mut config = json!({ "scenario": "lost-head", "engine": engine });
                config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                ProveConfig::parse(&config.to_string())
            };
            let states = engine == "states";
            for (more, field, able) in [
                (json!({ "bounds": { "preemptions": 0 } }), "bounds.preemptions", states),
                (json!({ "bounds": { "steps": 5 } }), "bounds.steps", engine != "persistent"),
                (json!({ "whole": true }), "whole", states || engine == "traces"),
            ] {
                let refused = with(more).err().map(|error| (error.field, error.range.contains(engine)));
                assert_eq!(refused, (!able).then(|| (field.to_owned(), true)), "{engine}");
            }
            assert!(with(json!({ "bounds": { "preemptions": null }, "whole": false })).is_ok(), "{engine}");
            let given = json!({ "seed": 7, "depth": 5, "fairness": "strong", "threads": 2 });
            let used = with(given.clone()).unwrap().to_json();
            for (field, engines) in
                [("seed", &["random", "pct"][..]), ("depth", &["pct"]), ("fairness", &["starvation"])]
            {
                let expected = if engines.contains(&engine) { &given[field] } else { &Value::Null };
                assert_eq!(&used[field], expected, "{engine}: {field}");
            }
            assert_eq!(used["threads"], json!(if states { 2 } else { 1 }), "{engine}");
        }
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

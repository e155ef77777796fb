//! The ways to search, and what each can be asked.
//!
//! A bound that nobody watches would be claimed by the verdict all the same, so an engine refuses what it does not watch.
//! What only tells another engine how to go about it is left out of the configuration that the verdict says was used.

use serde_json::Value;

use super::given::error;
use crate::explore::Bounds;
use crate::lab::config::ConfigError;

/// How to search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// All states; the shortest counterexample.
    States,
    /// The states that it takes to come by everything that can go wrong.
    Persistent,
    /// One execution of each Mazurkiewicz class.
    Traces,
    /// Random walks.
    Random,
    /// Random priorities.
    Pct,
    /// A `try_lock` refused for ever.
    Starvation,
}

impl Engine {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        ENGINES.iter().find(|(engine, ..)| *engine == self).map_or("", |(_, name, ..)| name)
    }

    /// Whether it can search on when something is broken.
    #[must_use]
    pub const fn can_go_on(self) -> bool {
        matches!(self, Self::States | Self::Traces)
    }

    /// Whether it makes random choices.
    #[must_use]
    pub const fn is_random(self) -> bool {
        matches!(self, Self::Random | Self::Pct)
    }

    /// That it can keep to these bounds, and can go on if it is to search the `whole`.
    ///
    /// # Errors
    /// The first field that it would ignore.
    pub fn can_do(self, bounds: Bounds, whole: bool) -> Result<(), ConfigError> {
        let name = self.name();
        if let Some(preemptions) = bounds.preemptions.filter(|_| self != Self::States) {
            let range = format!("null or left out with the engine {name}: only states counts them");
            return Err(error("bounds.preemptions", &preemptions.into(), range));
        }
        if let Some(steps) = bounds.steps.filter(|_| self == Self::Persistent) {
            let range = format!("null or left out with the engine {name}: its ways are not the shortest");
            return Err(error("bounds.steps", &steps.into(), range));
        }
        if whole && !self.can_go_on() {
            let range = format!("false or left out with the engine {name}: it ends with the first violation");
            return Err(error("whole", &Value::from(whole), range));
        }
        Ok(())
    }
}

/// The engines, with their names in the API, a few words, and a sentence.
pub const ENGINES: [(Engine, &str, &str, &str); 6] = [
    (Engine::States, "states", "Every state", "All of them once; finds a shortest counterexample, on all cores."),
    (
        Engine::Persistent,
        "persistent",
        "Persistent sets",
        "As many states as it takes to find what can go wrong; proves larger sizes.",
    ),
    (
        Engine::Traces,
        "traces",
        "Every trace class",
        "One execution of each Mazurkiewicz class, by optimal partial-order reduction.",
    ),
    (Engine::Random, "random", "Random walks", "Samples schedules; proves and promises nothing."),
    (Engine::Pct, "pct", "PCT", "Samples by random priorities, with a known chance to find a violation of this depth."),
    (
        Engine::Starvation,
        "starvation",
        "Starvation",
        "A fair loop in which a migration is refused for ever. Readers and migrators only.",
    ),
];

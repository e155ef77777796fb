//! The ways to search.

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
        "Remembers each state and goes on from it once; finds a shortest counterexample, on all cores.",
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

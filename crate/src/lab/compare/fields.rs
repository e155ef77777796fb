//! What a comparison can be asked: its knobs, what it measures, and how much of it.

use serde_json::Value;

use super::lead::OVERHEAD_MS;
use crate::lab::fields::{FIELDS, FieldInfo, Values, integer};
use crate::lab::json::object;

/// Protocols in one comparison at the most.
pub const MOST_PROTOCOLS: usize = 8;
/// Values of a sweep at the most.
pub const MOST_VALUES: usize = 16;
/// Trials at the most, the controls included.
pub const MOST_TRIALS: u32 = 4_000;
/// Milliseconds that all trials together may take.
pub const MOST_MS: f64 = 900_000.0;

/// Fewer rounds than this are too few for an interval to mean anything.
pub const LEAST_ROUNDS: u32 = 5;

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// The run's own field of that name.
const fn of_a_run(name: &str) -> FieldInfo {
    let mut i = 0;
    while !same(FIELDS[i].name, name) {
        i += 1;
    }
    FIELDS[i]
}

/// The same, with another range or default.
const fn as_in_a_run(name: &str, values: Values) -> FieldInfo {
    FieldInfo { values, ..of_a_run(name) }
}

/// All fields but `protocols` and `sweep`.
pub const COMPARE_FIELDS: &[FieldInfo] = &[
    as_in_a_run("readers", integer(1, 64, 1)),
    as_in_a_run("migrators", integer(0, 64, 1)),
    as_in_a_run("completers", integer(0, 64, 0)),
    as_in_a_run("ringEvents", integer(1, 4096, 250)),
    of_a_run("batch"),
    as_in_a_run("pace", integer(0, 1_000_000, 1_000)),
    of_a_run("page"),
    FieldInfo {
        name: "rounds",
        label: "Rounds",
        help: "How often each protocol is tried at each point; more make narrower intervals.",
        unit: None,
        values: integer(LEAST_ROUNDS, 200, 20),
    },
    FieldInfo {
        name: "trialMs",
        label: "Length of a trial",
        help: "How long each trial counts, after a moment to settle.",
        unit: Some("ms"),
        values: integer(10, 2_000, 100),
    },
    FieldInfo {
        name: "warmupMs",
        label: "Warm-up",
        help: "How long each protocol runs before the first round, so that its code is optimised; shared out among the values of \
               a sweep.",
        unit: Some("ms"),
        values: integer(0, 10_000, 500),
    },
    FieldInfo {
        name: "control",
        label: "Control",
        help: "The first protocol is tried without the stopwatch as well, to see what that costs.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("untimed", "without the stopwatch", "One trial more in each block."),
                ("none", "none", "Trials of the protocols only."),
            ],
        },
    },
    FieldInfo { help: "Of the order of trials, the pages that are chosen, and the resampling.", ..of_a_run("seed") },
];

/// Fields that a sweep can go over, with values to begin with.
pub const SWEEPS: &[(&str, &[u32])] = &[
    ("readers", &[1, 2, 4, 8, 16]),
    ("migrators", &[0, 1, 2, 4, 8]),
    ("completers", &[1, 2, 4]),
    ("ringEvents", &[60, 250, 1_000, 4_000]),
    ("batch", &[1, 8, 32, 128]),
    ("pace", &[100, 1_000, 10_000, 100_000]),
];

/// Which way a metric is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// More of it.
    Higher,
    /// Less of it.
    Lower,
}

impl Better {
    const fn name(self) -> &'static str {
        match self {
            Self::Higher => "higher",
            Self::Lower => "lower",
        }
    }
}

/// What trials are measured by.
#[derive(Clone, Copy, Debug)]
pub struct MetricInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// Of what it is a number.
    pub unit: Option<&'static str>,
    /// Which way it is better.
    pub better: Better,
    /// What it is, in a sentence.
    pub help: &'static str,
}

/// All metrics.
pub const METRICS: &[MetricInfo] = &[
    MetricInfo {
        name: "eventsPerSecond",
        label: "Reader events",
        unit: Some("events/s"),
        better: Better::Higher,
        help: "Events that all readers together read in a second; completing their own takes time, too.",
    },
    MetricInfo {
        name: "nsPerCall",
        label: "Time per read call",
        unit: Some("ns"),
        better: Better::Lower,
        help: "Mean time of a call: the time to read the ring empty, divided by the calls.",
    },
    MetricInfo {
        name: "migrationsPerSecond",
        label: "Migrations",
        unit: Some("migrations/s"),
        better: Better::Higher,
        help: "Pages that all migrators together move in a second.",
    },
    MetricInfo {
        name: "refusedShare",
        label: "Refused",
        unit: None,
        better: Better::Lower,
        help: "The share of tries that gave up because a reader was inside.",
    },
    MetricInfo {
        name: "triesPerMigration",
        label: "Tries per migration",
        unit: None,
        better: Better::Lower,
        help: "How often a migration is tried until a page has moved.",
    },
    MetricInfo {
        name: "longestWaitMs",
        label: "Longest wait",
        unit: Some("ms"),
        better: Better::Lower,
        help: "The longest that any thread waited for one lock.",
    },
    MetricInfo {
        name: "longestRefusedMs",
        label: "Longest in vain",
        unit: Some("ms"),
        better: Better::Lower,
        help: "The longest that any migrator tried in vain: from a try that was refused until a page had moved.",
    },
];

/// Those that say nothing where nobody migrates.
pub(super) const OF_MIGRATORS: [&str; 4] =
    ["migrationsPerSecond", "refusedShare", "triesPerMigration", "longestRefusedMs"];

/// The whole catalogue: what embedders and the page choose from.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn catalog() -> Value {
    object! {
        "fields": COMPARE_FIELDS.iter().map(FieldInfo::describe).collect::<Vec<_>>(),
        "sweeps": SWEEPS.iter().map(|&(field, values)| object! { "field": field, "values": values }).collect::<Vec<_>>(),
        "metrics": METRICS.iter().map(|metric| object! {
            "name": metric.name, "label": metric.label, "unit": metric.unit, "better": metric.better.name(), "help": metric.help,
        }).collect::<Vec<_>>(),
        "most": object! {
            "protocols": MOST_PROTOCOLS, "values": MOST_VALUES, "trials": MOST_TRIALS, "seconds": MOST_MS / 1e3,
            "overheadMs": OVERHEAD_MS,
        },
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_sweep_is_of_a_field_within_its_range() {
        for (name, values) in SWEEPS {
            let field = COMPARE_FIELDS.iter().find(|field| field.name == *name).expect("a field");
            assert!(values.len() <= MOST_VALUES && values.is_sorted());
            for value in *values {
                assert!(field.check(Value::from(*value)).is_ok(), "{name} = {value}");
            }
        }
    }

    #[test]
    fn names_are_used_once() {
        let names: Vec<_> =
            COMPARE_FIELDS.iter().map(|field| field.name).chain(METRICS.iter().map(|m| m.name)).collect();
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }
}

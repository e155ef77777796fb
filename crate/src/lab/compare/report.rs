//! A comparison's result, as data.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde::Serialize;
use serde_json::{Map, Value};

use super::lead::Outcome;
use super::stats::{self, Estimate};
use super::stopwatch::Times;

/// One trial, as data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
    /// Its turn among all trials, of all points and with the controls, from 1: the order of blocks, and within them.
    pub turn: u32,
    /// How long it counted.
    pub seconds: f64,
    /// Events that readers have read.
    pub events: u32,
    /// Calls that they have made for it.
    pub calls: u32,
    /// Mean time of a call.
    pub ns_per_call: Option<f64>,
    /// Pages moved.
    pub migrations: u32,
    /// Tries that were refused.
    pub refused: u32,
    /// The longest that a thread waited for one lock; nobody looked in a control.
    pub longest_wait_ms: Option<f64>,
    /// The longest that a migrator tried in vain; nobody looked in a control.
    pub longest_refused_ms: Option<f64>,
    /// Whether nobody could go on.
    pub hung: bool,
}

impl Trial {
    pub(super) fn new(turn: u32, outcome: &Outcome, timed: bool) -> Self {
        let &Outcome { seconds, events, calls, migrations, refused, hung, ref told } = outcome;
        Self {
            turn,
            seconds,
            events,
            calls,
            ns_per_call: told.times.ns_per_call(),
            migrations,
            refused,
            longest_wait_ms: timed.then_some(told.longest_wait_ms),
            longest_refused_ms: timed.then_some(told.longest_refused_ms),
            hung,
        }
    }

    /// What it measured; `None` where it could not, or hung.
    pub(super) fn metric(&self, name: &str) -> Option<f64> {
        let tries = self.migrations + self.refused;
        let migrations = f64::from(self.migrations);
        match name {
            _ if self.hung => None,
            "eventsPerSecond" => Some(f64::from(self.events) / self.seconds),
            "nsPerCall" => self.ns_per_call,
            "migrationsPerSecond" => Some(migrations / self.seconds),
            "refusedShare" => (tries > 0).then(|| f64::from(self.refused) / f64::from(tries)),
            "triesPerMigration" => (self.migrations > 0).then(|| f64::from(tries) / migrations),
            "longestWaitMs" => self.longest_wait_ms,
            "longestRefusedMs" => self.longest_refused_ms,
            _ => None,
        }
    }
}

/// A median over trials.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figure {
    /// It.
    pub median: f64,
    /// Where its 95 % interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest one.
    pub max: f64,
}

impl Figure {
    pub(super) fn of(values: &[f64], rng: &mut Rng) -> Option<Self> {
        let Estimate { median, low, high } = stats::estimate(values, rng)?;
        let [min, max] = [f64::min, f64::max].map(|end| values.iter().copied().reduce(end).unwrap_or(median));
        Some(Self { median, low, high, min, max })
    }
}

/// Percentiles of single read calls, nanoseconds.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallTimes {
    /// How many were timed.
    pub count: u64,
    /// Half of them took no longer.
    pub p50: u64,
    /// And 90 %.
    pub p90: u64,
    /// And 99 %.
    pub p99: u64,
    /// And 99.9 %.
    pub p999: u64,
    /// None took longer.
    pub max: u64,
    /// The clock's step: what is below it is not told apart.
    pub step_ns: f64,
}

impl CallTimes {
    pub(super) fn of(times: &Times, step_ns: f64) -> Option<Self> {
        let single = &times.single;
        let [p50, p90, p99, p999] = [0.5, 0.9, 0.99, 0.999].map(|part| single.value_at_quantile(part));
        let count = single.len();
        (count > 0).then(|| Self { count, p50, p90, p99, p999, max: single.max(), step_ns })
    }
}

/// What an interval supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It lies above 1.
    Higher,
    /// It lies below 1.
    Lower,
    /// It holds 1, or there are too few rounds.
    NoDifference,
}

/// One protocol against the first.
#[derive(Clone, Debug, Serialize)]
pub struct Ratio {
    /// Index of the protocol.
    pub protocol: usize,
    /// The metric.
    pub metric: &'static str,
    /// The median over rounds of the ratio within a block.
    pub ratio: f64,
    /// Where its 95 % interval begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// How many rounds it rests on.
    pub rounds: usize,
    /// What that supports.
    pub verdict: Verdict,
}

/// One protocol at one point.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// A preset's name, or parts.
    pub protocol: Value,
    /// By name; `None` where it cannot be told.
    pub metrics: BTreeMap<&'static str, Option<Figure>>,
    /// Percentiles of read calls.
    pub call_times: Option<CallTimes>,
    /// In the order of the rounds.
    pub trials: Vec<Trial>,
}

/// One value of the sweep.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// All fields, as used here.
    pub settings: Map<String, Value>,
    /// Of the swept field.
    pub value: Option<u32>,
    /// By protocol.
    pub measured: Vec<Measured>,
    /// Of each protocol but the first, and each metric that both have.
    pub ratios: Vec<Ratio>,
    /// The first protocol with the stopwatch against the same without: what measuring costs.
    pub control: Option<Ratio>,
    /// The trials without it, in the order of the rounds; `None` without a control.
    pub control_trials: Option<Vec<Trial>>,
}

/// What a comparison came to.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// As used.
    pub config: Value,
    /// All of it, from the warm-up to the last trial.
    pub seconds: f64,
    /// By value of the sweep.
    pub points: Vec<Point>,
    /// The clock's step.
    pub clock_step_ns: f64,
}

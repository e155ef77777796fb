//! What the trials came to: figures of each protocol, and ratios between them.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde::Serialize;
use serde_json::{Map, Value};

use super::config::{CompareConfig, is_correct};
use super::fields::{LEAST_ROUNDS, METRICS, MetricInfo, OF_MIGRATORS};
use super::plan::Place;
use super::stats::{self, Estimate};
use super::stopwatch::Times;
use super::trial::Outcome;
use super::words;
use crate::lab::json::object;

/// One trial, as data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trial {
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
    fn new(outcome: &Outcome, timed: bool) -> Self {
        let &Outcome { seconds, events, calls, migrations, refused, hung, ref told } = outcome;
        Self {
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
    fn metric(&self, name: &str) -> Option<f64> {
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
    fn of(values: &[f64], rng: &mut Rng) -> Option<Self> {
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
    fn of(times: &Times, step_ns: f64) -> Option<Self> {
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
    /// The same in a sentence.
    pub text: String,
}

/// One protocol at one point.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Measured {
    /// A preset's name, or parts.
    pub protocol: Value,
    /// For people.
    pub name: String,
    /// Whether nothing is known to break it; `None` where nothing is known.
    pub correct: Option<bool>,
    /// By name; `None` where it cannot be told.
    pub metrics: BTreeMap<&'static str, Option<Figure>>,
    /// Percentiles of read calls.
    pub call_times: Option<CallTimes>,
    /// In the order of the rounds.
    pub trials: Vec<Trial>,
}

/// One value of the sweep.
#[derive(Clone, Debug, Serialize)]
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
    /// What the data support, and what they do not, in sentences.
    pub text: Vec<String>,
    /// The clock's step.
    pub clock_step_ns: f64,
}

/// All trials so far, by point and subject.
#[derive(Debug)]
pub struct Taken {
    trials: Vec<Vec<Series>>,
    clock_step_ns: f64,
}

/// The trials of one subject at one point.
#[derive(Debug, Default)]
struct Series {
    trials: Vec<Trial>,
    times: Times,
}

impl Series {
    /// What each trial measured, by round.
    fn metric(&self, name: &str) -> Vec<Option<f64>> {
        self.trials.iter().map(|trial| trial.metric(name)).collect()
    }
}

/// What there is to measure at a point.
fn metrics(settings: &Map<String, Value>) -> impl Iterator<Item = &'static MetricInfo> {
    let migrators = settings.get("migrators").and_then(Value::as_u64) != Some(0);
    METRICS.iter().filter(move |metric| migrators || !OF_MIGRATORS.contains(&metric.name))
}

impl Taken {
    /// None yet.
    #[must_use]
    pub fn new(config: &CompareConfig, clock_step_ns: f64) -> Self {
        let shape = config.shape();
        let trials = (0..shape.points).map(|_| (0..shape.subjects).map(|_| Series::default()).collect()).collect();
        Self { trials, clock_step_ns }
    }

    /// One more.
    pub fn add(&mut self, place: Place, timed: bool, outcome: &Outcome) {
        let series = &mut self.trials[place.point as usize][place.subject as usize];
        series.trials.push(Trial::new(outcome, timed));
        if !outcome.hung {
            series.times.add(&outcome.told.times);
        }
    }

    /// Whether there has been a whole round.
    #[must_use]
    pub fn has_a_round(&self) -> bool {
        self.trials.iter().flatten().all(|series| !series.trials.is_empty())
    }

    /// What all of it came to in `seconds`.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn report(&self, config: &CompareConfig, seconds: f64) -> Report {
        // The same trials give the same intervals.
        let rng = &mut Rng::with_seed(config.number("seed").into());
        let points: Vec<Point> = (0..self.trials.len()).map(|point| self.point(config, point, rng)).collect();
        let protocols: Vec<Value> =
            (0..config.protocols.len()).map(|protocol| config.protocol_json(protocol)).collect();
        let sweep =
            config.sweep.as_ref().map(|sweep| object! { "field": sweep.field, "values": sweep.values.as_slice() });
        let used = object! { "protocols": protocols, "sweep": sweep, "fields": config.fields.clone() };
        let text = words::summary(config, &points);
        Report { config: used, seconds, points, text, clock_step_ns: self.clock_step_ns }
    }

    fn point(&self, config: &CompareConfig, point: usize, rng: &mut Rng) -> Point {
        let (subjects, settings) = (config.subjects(), config.settings(point));
        let series = |i: usize| &self.trials[point][i];
        let timed = || (0..subjects.len()).filter(|&i| subjects[i].timed);
        let measured =
            timed().map(|i| self.measured(config, subjects[i].protocol, &settings, series(i), rng)).collect();
        let mut ratios = Vec::new();
        for i in timed().skip(1) {
            for metric in metrics(&settings) {
                let found = within_blocks(&series(i).metric(metric.name), &series(0).metric(metric.name), rng);
                ratios.extend(found.map(|(estimate, rounds)| {
                    let names = [subjects[i].protocol, 0].map(|protocol| config.name(protocol));
                    ratio(subjects[i].protocol, metric.name, estimate, rounds, |verdict| {
                        words::ratio(&names, metric, &estimate, rounds, verdict)
                    })
                }));
            }
        }
        let control = (0..subjects.len()).find(|&i| !subjects[i].timed).and_then(|i| {
            let metric = METRICS[0].name;
            let (estimate, rounds) = within_blocks(&series(0).metric(metric), &series(i).metric(metric), rng)?;
            Some(ratio(0, metric, estimate, rounds, |verdict| words::control(&estimate, rounds, verdict)))
        });
        Point { settings, value: config.value(point), measured, ratios, control }
    }

    fn measured(
        &self,
        config: &CompareConfig,
        protocol: usize,
        settings: &Map<String, Value>,
        series: &Series,
        rng: &mut Rng,
    ) -> Measured {
        let mut figures: BTreeMap<_, _> = METRICS.iter().map(|metric| (metric.name, None)).collect();
        for metric in metrics(settings) {
            let values: Vec<f64> = series.metric(metric.name).into_iter().flatten().collect();
            figures.insert(metric.name, Figure::of(&values, rng));
        }
        Measured {
            protocol: config.protocol_json(protocol),
            name: config.name(protocol),
            correct: is_correct(&config.protocols[protocol]),
            metrics: figures,
            call_times: CallTimes::of(&series.times, self.clock_step_ns),
            trials: series.trials.clone(),
        }
    }
}

/// The median of the ratio within a block, over the rounds in which both have a value; a ratio to 0 is none.
fn within_blocks(ours: &[Option<f64>], first: &[Option<f64>], rng: &mut Rng) -> Option<(Estimate, usize)> {
    let both = ours.iter().zip(first).filter_map(|(&ours, &first)| Some(ours? / first.filter(|&first| first > 0.0)?));
    let ratios: Vec<f64> = both.collect();
    Some((stats::estimate(&ratios, rng)?, ratios.len()))
}

fn ratio(
    protocol: usize,
    metric: &'static str,
    estimate: Estimate,
    rounds: usize,
    text: impl FnOnce(Verdict) -> String,
) -> Ratio {
    let Estimate { median: ratio, low, high } = estimate;
    let verdict = match () {
        () if (rounds as u32) < LEAST_ROUNDS => Verdict::NoDifference,
        () if low > 1.0 => Verdict::Higher,
        () if high < 1.0 => Verdict::Lower,
        () => Verdict::NoDifference,
    };
    Ratio { protocol, metric, ratio, low, high, rounds, verdict, text: text(verdict) }
}

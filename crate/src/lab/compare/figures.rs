//! What the trials came to: figures of each protocol, and ratios between them, out of the trials.

use std::collections::BTreeMap;

use fastrand::Rng;
use serde_json::{Map, Value};

use super::config::CompareConfig;
use super::fields::{LEAST_ROUNDS, METRICS, MetricInfo, OF_MIGRATORS};
use super::lead::Outcome;
use super::plan::Place;
use super::report::{CallTimes, Figure, Measured, Point, Ratio, Report, Trial, Verdict};
use super::stats::{self, Estimate};
use super::stopwatch::Times;
use crate::lab::json::object;

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
        let turn = self.trials.iter().flatten().map(|series| series.trials.len() as u32).sum::<u32>() + 1;
        let series = &mut self.trials[place.point as usize][place.subject as usize];
        series.trials.push(Trial::new(turn, outcome, timed));
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
        Report { config: used, seconds, points, clock_step_ns: self.clock_step_ns }
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
                ratios.extend(found.map(|found| ratio(subjects[i].protocol, metric.name, found)));
            }
        }
        let untimed = (0..subjects.len()).find(|&i| !subjects[i].timed).map(series);
        let control = untimed.and_then(|untimed| {
            let metric = METRICS[0].name;
            Some(ratio(0, metric, within_blocks(&series(0).metric(metric), &untimed.metric(metric), rng)?))
        });
        let control_trials = untimed.map(|untimed| untimed.trials.clone());
        Point { settings, value: config.value(point), measured, ratios, control, control_trials }
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

fn ratio(protocol: usize, metric: &'static str, (estimate, rounds): (Estimate, usize)) -> Ratio {
    let Estimate { median: ratio, low, high } = estimate;
    let verdict = match () {
        () if (rounds as u32) < LEAST_ROUNDS => Verdict::NoDifference,
        () if low > 1.0 => Verdict::Higher,
        () if high < 1.0 => Verdict::Lower,
        () => Verdict::NoDifference,
    };
    Ratio { protocol, metric, ratio, low, high, rounds, verdict }
}

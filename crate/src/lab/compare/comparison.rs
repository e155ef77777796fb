//! All of a comparison: warm-up, then one trial after the other.
//!
//! Whoever has threads (Workers in a browser, `std::thread` natively) calls [`Comparison::follow`] in as many as
//! [`Comparison::threads`] says, and [`Comparison::lead`] in one more, which may block, too.

use std::sync::Arc;

use serde::Serialize;

use super::clock;
use super::config::{CompareConfig, Subject};
use super::crew::Crew;
use super::figures::Taken;
use super::lead::{Ended, Outcome};
use super::plan::plan;
use super::report::Report;
use super::trial::Trial;
use crate::machine::threads::time::now;

/// How often it is told what can be said by now, milliseconds.
const TELL_MS: f64 = 1_000.0;

/// To say it may take this part of the time.
const TELLING: f64 = 0.05;

/// A comparison: everything that its threads share.
#[derive(Debug)]
pub struct Comparison {
    config: CompareConfig,
    crew: Crew,
}

/// How far it is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// Trials that are over.
    pub done: usize,
    /// Trials in all.
    pub trials: usize,
    /// About how long it still takes.
    pub left_ms: f64,
    /// In so many milliseconds there will be more to tell, unless something is wrong.
    pub next_ms: f64,
    /// What can be said by now: now and then, once there has been a round.
    pub so_far: Option<Report>,
}

impl Comparison {
    /// Gets ready. Nothing runs yet.
    #[must_use]
    pub fn new(config: CompareConfig) -> Self {
        Self { config, crew: Crew::default() }
    }

    /// What is compared.
    #[must_use]
    pub fn config(&self) -> &CompareConfig {
        &self.config
    }

    /// Who does it.
    #[must_use]
    pub fn crew(&self) -> &Crew {
        &self.crew
    }

    /// Followers that it needs: as many as the largest trial has threads.
    #[must_use]
    pub fn threads(&self) -> u32 {
        let points = 0..self.config.shape().points as usize;
        points.map(|point| self.config.run(point).roles().len() as u32).max().unwrap_or(0)
    }

    /// Works in each trial as thread `index`, if it has one, until all are over.
    pub fn follow(&self, index: u32) {
        self.crew.follow(index);
    }

    /// Leads all trials; `tell` hears of each.
    ///
    /// # Errors
    /// When it was cancelled, or when threads were late.
    pub fn lead(&self, tell: &mut dyn FnMut(&Progress)) -> Result<Report, Ended> {
        self.crew.led(|| self.lead_all(tell))
    }

    fn lead_all(&self, tell: &mut dyn FnMut(&Progress)) -> Result<Report, Ended> {
        let began = now();
        let config = &self.config;
        let subjects = config.subjects();
        let places = plan(config.shape(), config.number("seed").into());
        let trials = places.len();
        let warm_up_ms = config.warm_up_ms();
        let next_ms = warm_up_ms.max(config.trial_ms());
        let clock_step_ns = clock::step_ns();
        for (i, &subject) in subjects.iter().enumerate() {
            let left_ms = warm_up_ms * (subjects.len() - i) as f64 + config.trial_ms() * trials as f64;
            tell(&Progress { done: 0, trials, left_ms, next_ms, so_far: None });
            self.warm_up(subject)?;
        }
        let mut taken = Taken::new(config, clock_step_ns);
        let started = now();
        let (mut told, mut telling) = (started, 0.0);
        for (i, &place) in places.iter().enumerate() {
            let subject = subjects[place.subject as usize];
            let outcome = self.trial(subject, place.point as usize, f64::from(config.number("trialMs")))?;
            taken.add(place, subject.timed, &outcome);
            let done = i + 1;
            let left_ms = (now() - started) / done as f64 * (trials - done) as f64;
            // Intervals take a while; between trials nobody is disturbed by it.
            let due = taken.has_a_round() && done < trials && now() - told >= TELL_MS.max(telling / TELLING);
            let so_far = due.then(|| {
                let from = now();
                let report = taken.report(config, (from - began) / 1e3);
                told = now();
                telling = told - from;
                report
            });
            tell(&Progress { done, trials, left_ms, next_ms, so_far });
        }
        Ok(taken.report(config, (now() - began) / 1e3))
    }

    /// Runs it before it counts, so that its code is optimised: at every point, for whoever plays at one may not play at
    /// another. A sweep over migrators begins with none.
    fn warm_up(&self, subject: Subject) -> Result<Vec<Outcome>, Ended> {
        let points = self.config.shape().points as usize;
        let count_ms = f64::from(self.config.number("warmupMs")) / points as f64;
        (0..points).filter(|_| count_ms > 0.0).map(|point| self.trial(subject, point, count_ms)).collect()
    }

    fn trial(&self, subject: Subject, point: usize, count_ms: f64) -> Result<Outcome, Ended> {
        let world = self.config.run(point).unrecorded_world();
        let protocol = self.config.protocols[subject.protocol].protocol();
        Arc::new(Trial::new(world, protocol, subject.timed)).lead(&self.crew, count_ms)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

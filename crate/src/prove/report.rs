//! A search, from its configuration to its verdict as data.

use serde::Serialize;
use serde_json::{Value, json};

use super::config::ProveConfig;
use super::engine::Engine;
use super::examine::{Examined, FindingReport, examine};
use super::minimal::{Minimal, minimise, straighten};
use super::nearest::{Nearest, nearest};
use super::subject::Subject;
use crate::explore::estimate::estimate;
use crate::explore::sample::{self, Method};
use crate::explore::{Detection, Finding, Host, Outcome, Verdict, Violation, persistent, starvation, states, traces};
use crate::lab::report::WaitReport;
use crate::machine::model::Move;

/// What a search found, as data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerdictReport {
    /// "proved", "violated" or "bound-reached".
    pub outcome: &'static str,
    /// What ended the search before its time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bound: Option<&'static str>,
    /// Distinct states, where they were remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub states: Option<u64>,
    /// Steps from one state to another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transitions: Option<u64>,
    /// Trace classes, or executions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traces: Option<u64>,
    /// How many of them are broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken_traces: Option<u64>,
    /// Executions begun in vain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_traces: Option<u64>,
    /// Steps to the farthest state.
    pub depth: u32,
    /// How long it took.
    pub seconds: f64,
    /// Bytes that it took.
    pub bytes: u64,
    /// Probability that anything was overlooked because two states were taken for one; an upper bound.
    pub overlooked: f64,
    /// What sampling promises.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection: Option<Value>,
    /// What was searched, in a sentence.
    pub covers: String,
    /// The configuration as it was used.
    pub config: Value,
    /// What is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub violation: Option<ViolationReport>,
}

/// What is broken, as data.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViolationReport {
    /// The name of what does not hold.
    pub invariant: String,
    /// What was found, in a sentence.
    pub text: String,
    /// Who waits for whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadlock: Option<WaitReport>,
    /// Where the moves begin that can be repeated for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<usize>,
    /// The steps of a schedule that breaks it.
    pub trace: Value,
}

impl ProveConfig {
    /// Searches as it says.
    ///
    /// # Panics
    /// When the program is not deterministic: see [`states::search`].
    #[must_use]
    pub fn search(&self, subject: &Subject, host: &Host<'_>) -> Verdict {
        let (bounds, whole, seed) = (self.bounds, self.whole, u64::from(self.seed));
        match self.engine {
            Engine::States => {
                let options = states::Options { bounds, whole, threads: self.threads as usize, ..Default::default() };
                states::search(subject, &options, host)
            }
            Engine::Persistent => persistent::search(subject, bounds, host),
            Engine::Traces => traces::search(subject, &traces::Options { bounds, whole }, host),
            Engine::Random => sample::search(subject, &sample::Options { method: Method::Random, bounds, seed }, host),
            Engine::Pct => {
                let method = Method::Pct { depth: self.depth };
                sample::search(subject, &sample::Options { method, bounds, seed }, host)
            }
            Engine::Starvation => {
                starvation::search(subject, &starvation::Options { bounds, fairness: self.fairness }, host)
            }
        }
    }

    /// Searches, and tells.
    ///
    /// # Panics
    /// See [`search`](Self::search).
    #[must_use]
    pub fn report(&self, host: &Host<'_>) -> VerdictReport {
        let subject = self.subject();
        let verdict = self.search(&subject, host);
        self.tell(&subject, verdict)
    }

    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn tell(&self, subject: &Subject, verdict: Verdict) -> VerdictReport {
        VerdictReport {
            outcome: verdict.outcome.name(),
            bound: match verdict.outcome {
                Outcome::BoundReached(bound) => Some(bound.name()),
                Outcome::Proved | Outcome::Violated => None,
            },
            states: verdict.states,
            transitions: verdict.transitions,
            traces: verdict.traces,
            broken_traces: verdict.broken_traces,
            blocked_traces: verdict.blocked_traces,
            depth: verdict.depth,
            seconds: verdict.seconds,
            bytes: verdict.bytes,
            overlooked: verdict.overlooked,
            detection: verdict.detection.map(|Detection { runs, depth, per_run, in_all }| {
                json!({ "runs": runs, "depth": depth, "perRun": per_run, "inAll": in_all })
            }),
            covers: self.covers(),
            config: self.to_json(),
            violation: verdict.violation.map(|violation| {
                let cycle = violation.cycle;
                let (finding, schedule) = self.made_small(subject, violation);
                let FindingReport { invariant, text, deadlock } = FindingReport::new(subject, finding);
                let examined = self.examined(&examine(subject, &schedule));
                ViolationReport { invariant, text, deadlock, cycle, trace: examined["trace"].clone() }
            }),
        }
    }

    /// What is broken by a schedule of which no move can go, with few switches.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn made_small(&self, subject: &Subject, violation: Violation) -> (Finding, Vec<Move>) {
        let Violation { finding, schedule, cycle, .. } = violation;
        match self.engine {
            // A loop is where it is because of its order.
            _ if cycle.is_some() => (finding, schedule),
            Engine::States => (finding, straighten(subject, &schedule)),
            _ => {
                let Minimal { finding, schedule, .. } =
                    minimise(subject, &schedule).expect("what a search has found is found by following it");
                (finding, schedule)
            }
        }
    }

    /// Executes the configuration's schedule, and shows what comes of it.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn examine(&self) -> Value {
        self.examined(&examine(&self.subject(), &self.schedule))
    }

    /// What was shown, with the subject as the configuration says it.
    fn examined(&self, examined: &Examined) -> Value {
        let mut value = serde_json::to_value(examined).expect("reports are plain data");
        self.name_subject(&mut value["trace"]);
        value
    }

    /// A trace alone does not know its sizes, nor the parts of a custom protocol.
    fn name_subject(&self, trace: &mut Value) {
        let subject = self.subject_json();
        for field in ["protocol", "sizes"] {
            trace[field] = subject[field].clone();
        }
    }

    /// The good schedule that is nearest to the configuration's.
    ///
    /// # Panics
    /// See [`search`](Self::search).
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn nearest(&self, host: &Host<'_>) -> Value {
        let subject = self.subject();
        let found = nearest(&subject, &self.schedule, self.bounds, host);
        let mut report = json!({ "outcome": found.name(), "trace": null, "switches": null });
        if let Nearest::Found(good) = found {
            report["trace"] = self.examined(&examine(&subject, &good.schedule))["trace"].take();
            report["switches"] = good.departures.len().into();
            report["departures"] = json!(good.departures);
            report["outOfTurn"] = json!(good.out_of_turn);
        }
        report
    }

    /// How large the search will be, by so many probes.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn estimate(&self) -> Value {
        let estimate = estimate(&self.subject(), PROBES, LONGEST_PROBE, u64::from(self.seed));
        json!({
            "probes": estimate.probes,
            "schedulesLog10": estimate.schedules_log10,
            "spread": estimate.spread,
            "steps": { "mean": estimate.steps.0, "most": estimate.steps.1 },
            "statesSeen": estimate.states_seen,
            "states": estimate.states,
        })
    }
}

/// Probes of an estimate: some milliseconds.
const PROBES: u32 = 300;
/// Steps of a probe.
const LONGEST_PROBE: u32 = 2_000;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn parse(config: &Value) -> ProveConfig {
        ProveConfig::parse(&config.to_string()).unwrap()
    }

    #[test]
    fn a_violation_s_trace_is_all_that_it_takes_to_see_it_again() {
        for (scenario, protocol, engine) in
            [("lost-head", "linux-3.12", "states"), ("abba", "v1", "states"), ("trylock", "v4", "starvation")]
        {
            let config = parse(&json!({ "scenario": scenario, "protocol": protocol, "engine": engine }));
            let report = config.report(&Host::quiet());
            assert_eq!(report.outcome, "violated", "{scenario}");
            let trace = report.violation.unwrap().trace;
            let again = parse(&json!({
                "scenario": trace["scenario"], "protocol": trace["protocol"], "sizes": trace["sizes"],
                "schedule": trace["schedule"],
            }));
            let examined = again.examine();
            assert_eq!(examined["refused"], Value::Null, "{scenario}");
            assert_eq!(examined["trace"], trace, "{scenario}");
        }
    }
}

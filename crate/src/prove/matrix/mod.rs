//! The matrix: parts of the fix taken out of `v4`, alone and in pairs, against every scenario.
//!
//! | file | holds |
//! |---|---|
//! | [`change`] | what is changed in `v4` |
//! | this one | the cells, and the search of them all |
//! | [`mod@answer`] | what they say, in words |

pub mod answer;
pub mod change;

use core::sync::atomic::{AtomicUsize, Ordering};

use serde::Serialize;
use serde_json::{Value, json};

use super::bounds::parse_bounds;
use super::config::ProveConfig;
use super::given::{flag, integer, parse_object};
use super::question::Question;
use super::schedule::schedule_json;
use super::sizes;
use crate::aio::protocol::{Protocol, RingLock};
use crate::explore::states;
use crate::explore::{Bounds, Host, Outcome};
use crate::lab::config::{Choice, ConfigError};
use crate::scenario::SCENARIOS;
use crate::scenario::catalog::Scenario;
use crate::scenario::truth::{self, Expected};
pub use answer::{Answer, Needed, answer};
use change::whole;
pub use change::{Change, changes, columns};

/// Which cells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Whether parts are taken out in pairs, too.
    pub pairs: bool,
    /// On how many threads.
    pub threads: usize,
    /// How far each search may go.
    pub bounds: Bounds,
}

impl Options {
    /// Reads them from JSON: an object with any of `pairs`, `threads`, `bounds`.
    ///
    /// # Errors
    /// The first field that is unknown, or whose value is out of range.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn parse(json: &str) -> Result<Self, ConfigError> {
        let given = parse_object(json, &["pairs", "threads", "bounds"])?;
        let threads = given.get("threads").map_or(Ok(1), |value| integer("threads", value, 1, 64))? as usize;
        Ok(Self { pairs: flag("pairs", given.get("pairs"))?, threads, bounds: parse_bounds(given.get("bounds"))? })
    }
}

/// A cell, to be searched.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The row.
    pub scenario: &'static Scenario,
    /// What is changed: one or two.
    pub changes: Vec<Change>,
}

/// What a cell came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CellReport {
    /// Its place in the order of [`cells`].
    pub index: usize,
    /// The row.
    pub scenario: &'static str,
    /// The changes, by name.
    pub parts: Vec<String>,
    /// "proved", "broken", "deadlock", "bound-reached" or "not-applicable".
    pub outcome: &'static str,
    /// Distinct states.
    pub states: u64,
    /// Moves of the shortest trace, if something is broken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// How long it took.
    pub seconds: f64,
    /// What opens the cell's trace.
    pub config: Value,
}

impl CellReport {
    /// Whether something is broken.
    fn is_breach(&self) -> bool {
        ["broken", "deadlock"].contains(&self.outcome)
    }
}

/// All cells: row by row, each part alone, then the pairs. Two values of one part are no pair.
#[must_use]
pub fn cells(pairs: bool) -> Vec<Cell> {
    let changes = changes();
    let alone = changes.iter().map(|change| vec![change.clone()]);
    let mut columns: Vec<Vec<Change>> = alone.collect();
    if pairs {
        for (i, one) in changes.iter().enumerate() {
            let others = changes[i + 1..].iter().filter(|other| other.part.name != one.part.name);
            columns.extend(others.map(|other| vec![one.clone(), other.clone()]));
        }
    }
    SCENARIOS
        .iter()
        .flat_map(|scenario| columns.iter().map(move |changes| Cell { scenario, changes: changes.clone() }))
        .collect()
}

impl Cell {
    /// `v4` with the changes made.
    #[must_use]
    pub fn protocol(&self) -> Protocol {
        self.changes.iter().fold(whole(), |protocol, change| change.apply(protocol))
    }

    /// Where the table of truth has scenarios that do not apply, they are about a refused trylock, and say nothing of protocols
    /// that do not try.
    fn applies(&self) -> bool {
        let not_applicable = |expected: &Expected| expected.outcome == truth::Verdict::NotApplicable;
        self.protocol().ring_lock == RingLock::Try || !truth::row(self.scenario).presets.iter().any(not_applicable)
    }

    /// What opens it in a search.
    fn config(&self) -> ProveConfig {
        let json = json!({ "scenario": self.scenario.name }).to_string();
        let config = ProveConfig::parse(&json).expect("a scenario is enough");
        ProveConfig { question: Question::Scenario(self.scenario, Choice::Custom(self.protocol())), ..config }
    }

    fn search(&self, index: usize, bounds: Bounds, host: &Host<'_>) -> CellReport {
        let config = self.config();
        let mut report = CellReport {
            index,
            scenario: self.scenario.name,
            parts: self.changes.iter().map(Change::name).collect(),
            outcome: "not-applicable",
            states: 0,
            length: None,
            seconds: 0.0,
            config: config.subject_json(),
        };
        if !self.applies() {
            return report;
        }
        let verdict = states::search(&config.subject(), &states::Options { bounds, ..Default::default() }, host);
        report.outcome = match (verdict.outcome, &verdict.violation) {
            (_, Some(violation)) if violation.finding.invariant == "deadlock" => "deadlock",
            (_, Some(_)) => "broken",
            (Outcome::Proved, None) => "proved",
            (_, None) => "bound-reached",
        };
        (report.states, report.seconds) = (verdict.states.unwrap_or(0), verdict.seconds);
        if let Some(violation) = verdict.violation {
            report.length = Some(violation.schedule.len());
            report.config["schedule"] = json!(schedule_json(&violation.schedule));
        }
        report
    }
}

/// Searches all cells; each is told when it is finished, by the thread that called. Those that a cancelled search did not
/// come to are left out.
pub fn search(options: &Options, host: &Host<'_>, tell: &mut dyn FnMut(&CellReport)) -> Vec<CellReport> {
    let cells = cells(options.pairs);
    let next = AtomicUsize::new(0);
    let quiet = Host { progress: &|_| (), ..*host };
    let work = |found: &mut dyn FnMut(CellReport)| {
        while !host.cancel.load(Ordering::Relaxed) {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(cell) = cells.get(index) else { break };
            found(cell.search(index, options.bounds, &quiet));
        }
    };
    let mut reports = Vec::new();
    let mut keep = |report: CellReport| {
        tell(&report);
        reports.push(report);
    };
    match options.threads {
        #[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
        2.. => {
            let (sender, receiver) = std::sync::mpsc::channel();
            rayon::in_place_scope(|scope| {
                for _ in 0..options.threads {
                    let (work, sender) = (&work, sender.clone());
                    scope.spawn(move |_| {
                        work(&mut |report| {
                            // The receiver lives as long as this scope.
                            let _ = sender.send(report);
                        });
                    });
                }
                drop(sender);
                receiver.into_iter().for_each(&mut keep);
            });
        }
        _ => work(&mut keep),
    }
    reports.sort_by_key(|report| report.index);
    reports
}

/// What the cells of a search cover, in a sentence for each scenario.
#[must_use]
pub fn covers() -> Value {
    SCENARIOS
        .iter()
        .map(|scenario| (scenario.name.to_owned(), Value::from(sizes::covers(&scenario.smallest()))))
        .collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn searched(pairs: bool, threads: usize) -> Vec<CellReport> {
        let mut told = 0;
        let options = Options { pairs, threads, bounds: Bounds { count: Some(2_000_000), ..Bounds::default() } };
        let reports = search(&options, &Host::quiet(), &mut |_| told += 1);
        assert_eq!(told, cells(pairs).len());
        reports
    }

    #[test]
    fn parts_taken_out_alone() {
        let reports = searched(false, 2);
        let without_seconds = |reports: &[CellReport]| {
            reports.iter().map(|report| CellReport { seconds: 0.0, ..report.clone() }).collect::<Vec<_>>()
        };
        assert_eq!(without_seconds(&reports), without_seconds(&searched(false, 1)));
        let outcome = |scenario: &str, part: &str| {
            let cell = reports.iter().find(|cell| cell.scenario == scenario && cell.parts == [part]);
            cell.unwrap_or_else(|| panic!("{scenario} {part}")).outcome
        };
        assert_eq!(outcome("lost-head", "ringLock=none"), "broken");
        assert_eq!(outcome("abba", "ringLock=block"), "deadlock");
        assert_eq!(outcome("abba", "ringLock=none"), "proved");
        assert_eq!(outcome("trylock", "ringLock=none"), "not-applicable");
        assert_eq!(outcome("leaked-lock", "unlockOnFailure=false"), "broken");
        assert!(
            reports.iter().all(|cell| cell.outcome != "bound-reached"),
            "the smallest scripts are searched to the end"
        );
        for cell in reports.iter().filter(|cell| cell.is_breach()) {
            let config = ProveConfig::parse(&cell.config.to_string()).unwrap();
            assert_eq!(Some(config.schedule.len()), cell.length);
        }
        let answer = answer(&reports);
        let needed = |part: &str| answer.needed.iter().find(|needed| needed.parts == [part]).map(|one| &one.scenarios);
        assert!(needed("ringLock=none").unwrap().contains(&"lost-head".to_owned()));
        assert!(answer.redundant.iter().all(|part| needed(part).is_none()));
        assert_eq!(answer.text.len(), answer.needed.len() + answer.redundant.len());
    }

    #[test]
    fn a_cancelled_search_tells_what_it_has() {
        let cancel = core::sync::atomic::AtomicBool::new(true);
        let options = Options { pairs: false, threads: 1, bounds: Bounds::default() };
        let reports = search(&options, &Host { cancel: &cancel, ..Host::quiet() }, &mut |_| ());
        assert!(reports.is_empty());
        assert!(answer(&reports).redundant.is_empty(), "what was not searched is not redundant");
    }
}

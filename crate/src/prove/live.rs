//! From a live corruption to the model: the recorded steps as a schedule for the scenario's script, checked.
//!
//! A run on threads has a larger ring and longer batches than a script, so its steps cannot be taken over one by one. What
//! makes a race is *where* threads were when another one came in between. So the record is read as runs of one thread after
//! the other, each of which ends at some line of the protocol, and the model's threads are led the same way: this one up to
//! that line, then the other one up to that. A record may be read in several ways (a line is passed more than once where
//! there is a loop); each is tried. Whether the schedule really breaks something is the model's business:
//! [`minimise`] follows it, and takes out what it works without.

use serde_json::{Map, Value};

use super::minimal::{Minimal, minimise};
use super::{ProveConfig, Subject, sizes};
use crate::explore::Program;
use crate::lab::ConfigError;
use crate::machine::ThreadId;
use crate::machine::model::{Intent, Model, Move, Run};
use crate::scenario::Kind;
use crate::scenario::catalog::{self, SCENARIOS, Scenario, Sign};
use crate::scenario::kind::KINDS;

/// Operations that each thread may have, so that the record finds its place among them.
const OPERATIONS: u32 = 4;

/// Steps of one thread on the way to a line, and of the whole schedule.
const FAR: usize = 400;
const LONGEST: usize = 4_000;

/// Ways that a choice may have gone; records do not say which. Where nothing is chosen the schedule is the same for each.
const WAYS: u32 = 7;

/// Threads of a trace, and steps, that are looked at.
const MOST_LANES: usize = 16;
const MOST_STEPS: usize = 4_096;

/// A live corruption, found again in the model.
#[derive(Clone, Debug)]
pub struct Reproduced {
    /// What was asked about, with the sizes that were chosen.
    pub config: ProveConfig,
    /// A schedule that breaks it.
    pub minimal: Minimal,
}

/// A thread that comes to a line of the protocol.
type Target<'a> = (ThreadId, &'a str);

/// Reads a live trace from JSON: `scenario`, `protocol`, `threads` (names), `steps` (each with `thread`, `source` and `label`)
/// and `kind`, the corruption's; and looks for a schedule that does the same in the model, in the trace's own scenario or in
/// the one that is about this kind. `None`: it found none.
///
/// # Errors
/// The first field that is no such thing.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn reproduce(json: &str) -> Result<Option<Reproduced>, ConfigError> {
    let given: Map<String, Value> =
        serde_json::from_str(json).map_err(|failure| error("trace", &failure.to_string().into(), "an object"))?;
    let get = |name: &str| given.get(name).unwrap_or(&Value::Null);
    let list = |name: &str, most: usize| {
        let found = get(name).as_array().filter(|list| list.len() <= most);
        found.ok_or_else(|| error(name, get(name), &format!("a list of at most {most}")))
    };
    let names: Vec<&str> = list("threads", MOST_LANES)?.iter().filter_map(Value::as_str).collect();
    let steps = list("steps", MOST_STEPS)?.iter().filter_map(|step| {
        let (lane, source, label) = (step["thread"].as_u64()?, step["source"].as_str()?, step["label"].as_str()?);
        // Steps that were not told one by one.
        (!label.starts_with("...")).then_some((lane as usize, source))
    });
    let steps: Vec<(usize, &str)> = steps.collect();
    let kind = KINDS.iter().find(|info| get("kind").as_str() == Some(info.name)).map(|info| info.kind);

    for scenario in stages(get("scenario"), &names, kind)? {
        let mut request = Map::new();
        request.insert("scenario".to_owned(), scenario.name.into());
        request.insert("protocol".to_owned(), get("protocol").clone());
        request.insert("sizes".to_owned(), chosen_sizes(scenario, &names).into());
        let config = ProveConfig::parse(&Value::from(request).to_string())?;
        let subject = config.subject();
        let threads = lanes(&subject, &names);
        let targets = steps.iter().filter_map(|&(lane, source)| Some(((*threads.get(lane)?)?, source)));
        if let Some(minimal) = find(&subject, &targets.collect::<Vec<_>>()) {
            return Ok(Some(Reproduced { config, minimal }));
        }
    }
    Ok(None)
}

fn error(field: &str, value: &Value, range: &str) -> ConfigError {
    ConfigError { field: field.to_owned(), value: value.to_string(), range: range.to_owned() }
}

/// The scenarios to look in: those that are about this kind first, the trace's own before others.
fn stages(own: &Value, names: &[&str], kind: Option<Kind>) -> Result<Vec<&'static Scenario>, ConfigError> {
    let own =
        own.as_str().and_then(catalog::find).ok_or_else(|| error("scenario", own, "one that threads can show"))?;
    let shows = |scenario: &&Scenario| kind.is_some_and(|kind| scenario.signs.contains(&Sign::Seen(kind)));
    let plays = |scenario: &&Scenario| {
        names.iter().all(|name| scenario.cast.iter().any(|(role, _)| role.name() == role_of(name)))
    };
    let others = SCENARIOS.iter().filter(shows).filter(plays).filter(|other| other.name != own.name);
    let mut stages: Vec<&Scenario> = others.collect();
    let place = if shows(&own) { 0 } else { stages.len() };
    stages.insert(place, own);
    Ok(stages)
}

/// As many threads of each role as the trace has, with a few operations each.
fn chosen_sizes(scenario: &Scenario, names: &[&str]) -> Map<String, Value> {
    let size = |info: &sizes::SizeInfo| {
        let of_role = scenario.cast.iter().find_map(|(role, _)| {
            let [threads, operations] = sizes::names(role).map(|(name, ..)| name);
            let lanes = names.iter().filter(|name| role_of(name) == role.name()).count() as u32;
            match info.name {
                name if name == threads => Some(lanes.clamp(info.min, info.max)),
                name if name == operations => Some(info.default.max(OPERATIONS)),
                _ => None,
            }
        });
        of_role.unwrap_or(info.default)
    };
    sizes::of(scenario).iter().map(|info| (info.name.to_owned(), size(info).into())).collect()
}

/// "address-space 1": the role.
fn role_of(name: &str) -> &str {
    name.rsplit_once(' ').map_or(name, |(role, _)| role)
}

/// Each lane's thread in the script: the first one of its role that no other lane has.
fn lanes(subject: &Subject, names: &[&str]) -> Vec<Option<ThreadId>> {
    let mut free: Vec<ThreadId> = (0..subject.threads()).map(ThreadId::new).collect();
    let mut take = |name: &&str| {
        let of_role = |thread: &ThreadId| role_of(&subject.thread_name(*thread)) == role_of(name);
        free.iter().position(of_role).map(|i| free.remove(i))
    };
    names.iter().map(&mut take).collect()
}

/// Tries the ways in which the record can be read.
fn find(subject: &Subject, steps: &[Target<'_>]) -> Option<Minimal> {
    let runs: Vec<&[Target<'_>]> = steps.chunk_by(|(a, _), (b, _)| a == b).collect();
    // Of each run its end; each line once; each step.
    let ends = runs.iter().filter_map(|run| run.last().copied()).collect();
    let lines =
        runs.iter().flat_map(|run| (0..run.len()).filter(|&i| !run[..i].contains(&run[i])).map(|i| run[i])).collect();
    let readings: [Vec<Target<'_>>; 3] = [ends, lines, steps.to_vec()];
    let mut tried: Vec<Vec<Move>> = Vec::new();
    for way in 0..WAYS {
        for reading in &readings {
            let schedule = lead(subject, reading, way);
            if tried.contains(&schedule) {
                continue;
            }
            if let Some(minimal) = minimise(subject, &schedule) {
                return Some(minimal);
            }
            tried.push(schedule);
        }
    }
    None
}

/// Leads the model's threads along `targets`, and then to their ends; choices go `way`.
fn lead(subject: &Subject, targets: &[Target<'_>], way: u32) -> Vec<Move> {
    let mut schedule = Vec::new();
    subject.execute(&mut |model, bodies| {
        let mut leader = Leader { subject, model, run: Run::new(model, bodies), way, schedule: Vec::new() };
        targets.iter().for_each(|&target| leader.lead_to(target));
        // Whoever took the last recorded step is the one that noticed.
        let noticed = targets.last().map(|(thread, _)| *thread);
        while let Some(&any) = leader.run.enabled().first() {
            let next = noticed.filter(|&thread| model.is_enabled(thread)).unwrap_or(any);
            if !leader.step(next) {
                break;
            }
        }
        schedule = core::mem::take(&mut leader.schedule);
    });
    schedule
}

/// A model's run that is led.
struct Leader<'a> {
    subject: &'a Subject,
    model: &'a Model,
    run: Run<'a>,
    way: u32,
    schedule: Vec<Move>,
}

impl Leader<'_> {
    /// One step of `thread`; false: it cannot take any, or there is no reason to.
    fn step(&mut self, thread: ThreadId) -> bool {
        let over = self.schedule.len() >= LONGEST || self.subject.is_broken(self.model.memory());
        if over || !self.model.is_enabled(thread) {
            return false;
        }
        let way = match self.model.intent(thread) {
            Some(Intent::Choose(among)) => self.way.min(among - 1),
            _ => 0,
        };
        let next = Move { thread, way };
        self.run.step(next);
        self.schedule.push(next);
        true
    }

    /// Lets the thread go on until it has been at the line.
    fn lead_to(&mut self, (thread, source): Target<'_>) {
        for _ in 0..FAR {
            let before = self.model.traced();
            if !self.step(thread) || self.model.trace()[before..].iter().any(|step| step.source() == source) {
                return;
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::time::{Duration, Instant};

    use serde_json::json;

    use super::*;
    use crate::explore::replay;
    use crate::lab::{Race, Report, RunConfig};

    /// A live corruption on native threads, as the page has it; `None`: there was none in time.
    fn live(scenario: &str, protocol: &str) -> Option<(String, Value)> {
        let config = json!({ "scenario": scenario, "protocol": protocol }).to_string();
        let race = Race::new(RunConfig::parse(&config).unwrap());
        std::thread::scope(|scope| {
            for index in 0..race.world().control.threads() {
                let race = &race;
                scope.spawn(move || race.run_thread(index));
            }
            let started = Instant::now();
            while started.elapsed() < Duration::from_secs(10)
                && race.world().corruption_counts(&race.memory()).is_empty()
            {
                std::thread::sleep(Duration::from_millis(10));
            }
            race.stop();
        });
        let first = Report::new(&race, None).first_corruption?;
        let steps: Vec<Value> = first
            .trace
            .steps
            .iter()
            .map(|step| json!({ "thread": step.thread, "source": step.source, "label": step.label }))
            .collect();
        let threads: Vec<_> = first.trace.threads.iter().map(|lane| lane.name.clone()).collect();
        let trace = json!({
            "scenario": scenario, "protocol": protocol, "kind": first.kind, "threads": threads, "steps": steps,
        });
        Some((first.kind.to_owned(), trace))
    }

    /// A run may end with a corruption whose cause is not in the record; of a few one is told whole.
    #[test]
    fn a_corruption_on_threads_is_found_again_in_the_model_and_is_of_the_same_kind() {
        let tries = std::env::var("LIVES").map_or(10, |tries| tries.parse().expect("LIVES is a number"));
        let mut found = Vec::new();
        for _ in 0..tries {
            let Some((kind, trace)) = live("lost-head", "linux-3.12") else { continue };
            let Some(Reproduced { config, minimal }) = reproduce(&trace.to_string()).unwrap() else {
                println!("{kind} on threads, nothing in the model");
                continue;
            };
            let invariant = minimal.finding.invariant.clone();
            println!("{kind} on threads, {invariant} in the model, after {} moves", minimal.schedule.len());
            assert_eq!(replay(&config.subject(), &minimal.schedule).finding, Some(minimal.finding));
            found.push(kind == invariant);
        }
        println!("{} of {tries} found, {} of the same kind", found.len(), found.iter().filter(|same| **same).count());
        assert!(found.contains(&true));
    }

    /// Recorded in the model, where nothing is missing: the schedule is found again from its lines alone.
    #[test]
    fn a_trace_of_the_model_itself_leads_back_to_a_violation() {
        use crate::explore::states::{self, Options};
        use crate::explore::{Host, Violation};
        for (scenario, protocol) in [
            ("lost-head", "linux-3.12"),
            ("write-after-free", "linux-3.13"),
            ("lost-header", "tang-gu"),
            ("double-put", "v2"),
            ("leaked-lock", "v3"),
        ] {
            let config = json!({ "scenario": scenario, "protocol": protocol }).to_string();
            let subject = ProveConfig::parse(&config).unwrap().subject();
            let verdict = states::search(&subject, &Options::default(), &Host::quiet());
            let Violation { steps, finding, .. } = verdict.violation.unwrap();
            let names: Vec<_> = (0..subject.threads()).map(|i| subject.thread_name(ThreadId::new(i))).collect();
            let steps: Vec<Value> = steps
                .iter()
                .map(|(_, step)| json!({ "thread": step.thread.index(), "source": step.source(), "label": "" }))
                .collect();
            let trace = json!({ "scenario": scenario, "protocol": protocol, "threads": names, "steps": steps });
            let found = reproduce(&trace.to_string()).unwrap().unwrap_or_else(|| panic!("{scenario}: not found"));
            assert_eq!(found.minimal.finding.invariant, finding.invariant, "{scenario}");
        }
    }

    /// Under the fix nothing breaks, wherever threads come in between.
    #[test]
    fn what_does_not_break_is_not_made_up() {
        let (_, mut trace) = (0..10).find_map(|_| live("lost-head", "linux-3.12")).unwrap();
        trace["protocol"] = "v4".into();
        assert!(reproduce(&trace.to_string()).unwrap().is_none());
    }

    #[test]
    fn what_is_no_trace_names_the_field() {
        let field = |json: &str| reproduce(json).unwrap_err().field;
        assert_eq!(field("[]"), "trace");
        assert_eq!(field("{\"threads\": 4}"), "threads");
        assert_eq!(field("{\"threads\": [], \"steps\": \"all\"}"), "steps");
        assert_eq!(field("{\"threads\": [], \"steps\": [], \"scenario\": \"x\"}"), "scenario");
        assert_eq!(
            field("{\"threads\": [], \"steps\": [], \"scenario\": \"miniature\", \"protocol\": \"racy\"}"),
            "scenario"
        );
        let hostile = "{\"threads\": [\"reader 1\"], \"steps\": [{\"thread\": 7, \"source\": \"x\", \"label\": \"\"}, 4, null], \
                       \"scenario\": \"lost-head\", \"protocol\": \"v4\"}";
        assert!(reproduce(hostile).unwrap().is_none());
    }
}

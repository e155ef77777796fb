//! From a live corruption to the model: the recorded steps as a schedule for the scenario's script, checked.
//!
//! A run on threads has a larger ring and longer batches than a script, so its steps cannot be taken over one by one. What
//! makes a race is *where* threads were when another one came in between. So the record is read as runs of one thread after
//! the other, each of which ends at some line of the protocol, and the model's threads are led the same way: this one up to
//! that line, then the other one up to that. A record may be read in several ways (a line is passed more than once where
//! there is a loop); each is tried. Where none of them breaks anything, only each thread's own order is believed, and the
//! threads are led in turns. Whether the schedule really breaks something is the model's business:
//! [`minimise`] follows it, and takes out what it works without.

use serde_json::{Map, Value};

use super::minimal::{Minimal, minimise};
use super::schedule::schedule_json;
use super::{ProveConfig, Subject, sizes};
use crate::explore::{Moment, Program};
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

/// Lines that are left out of a reading at the most, for no thread comes there.
const LEFT_OUT: usize = 64;

/// Schedules that are tried in turns, and steps of a thread that the record does not have.
const TURNS: usize = 4_000;
const ALONE: usize = 64;

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

impl Reproduced {
    /// As data: `scenario`, `protocol`, `sizes` and `schedule`, and the `invariant` that it breaks.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn to_json(&self) -> Value {
        let mut found = self.config.subject_json();
        found["schedule"] = schedule_json(&self.minimal.schedule).into();
        found["invariant"] = self.minimal.finding.invariant.as_str().into();
        found
    }
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
    let names: Vec<&str> = list("threads", MOST_LANES)?.iter().map(|name| name.as_str().unwrap_or_default()).collect();
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
        let targets: Vec<Target<'_>> = targets.collect();
        let in_turns = || kind.and_then(|kind| find_in_turns(&subject, &targets, kind));
        if let Some(minimal) = find(&subject, &targets).or_else(in_turns) {
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
fn find<'s, 't>(subject: &Subject, steps: &'s [Target<'t>]) -> Option<Minimal> {
    let runs: Vec<&'s [Target<'t>]> = steps.chunk_by(|(a, _), (b, _)| a == b).collect();
    // Of each run its end; each line once; each step.
    let ends = runs.iter().filter_map(|run| run.last().copied()).collect();
    let once = |run: &&'s [Target<'t>]| {
        (0..run.len()).filter(|&i| !run[..i].contains(&run[i])).map(|i| run[i]).collect::<Vec<_>>()
    };
    let lines = runs.iter().flat_map(once).collect();
    let mut readings: Vec<Vec<Target<'t>>> = vec![ends, lines, steps.to_vec()];
    // A detector looks after the step that it belongs to, and on threads somebody may come in between. So one thread's runs
    // may have ended one step earlier.
    for early in (0..subject.threads()).map(ThreadId::new) {
        let earlier = |run: &&'s [Target<'t>]| match run {
            [.., before, (thread, _)] if *thread == early => Some(*before),
            [(thread, _)] if *thread == early => None,
            _ => run.last().copied(),
        };
        readings.push(runs.iter().filter_map(earlier).collect());
    }
    let mut tried: Vec<Vec<Move>> = Vec::new();
    for way in 0..WAYS {
        for reading in &readings {
            let led = lead_along(subject, reading.clone(), way);
            if tried.contains(&led.schedule) {
                continue;
            }
            if led.breaks
                && let Some(minimal) = minimise(subject, &led.schedule)
            {
                return Some(minimal);
            }
            tried.push(led.schedule);
        }
    }
    None
}

/// Takes of the record only what is certain, which is each thread's own order: one goes up to some line of its own, then
/// another one up to one of its, and then the first one goes on. A record may have the threads' steps in the wrong order
/// (clocks are read a moment late), and where nobody knows the cause it may have one thread only: then the other one is
/// each that the record does not have. What breaks must be of the record's own kind.
fn find_in_turns(subject: &Subject, steps: &[Target<'_>], kind: Kind) -> Option<Minimal> {
    let threads: Vec<ThreadId> = (0..subject.threads()).map(ThreadId::new).collect();
    let of = |thread: ThreadId| {
        let mut lane: Vec<Target<'_>> = steps.iter().copied().filter(|(other, _)| *other == thread).collect();
        lane.dedup();
        lane
    };
    let recorded: Vec<ThreadId> = threads.iter().copied().filter(|&thread| !of(thread).is_empty()).collect();
    let others = if recorded.len() > 1 { &recorded } else { &threads };
    let mut tries = 0;
    for &first in &recorded {
        let way_of_first = of(first);
        for &second in others.iter().filter(|&&second| second != first) {
            let way_of_second = of(second);
            let stops = if way_of_second.is_empty() { ALONE } else { way_of_second.len() };
            for until in 0..=way_of_first.len() {
                for stop in 1..=stops {
                    tries += 1;
                    if tries > TURNS {
                        return None;
                    }
                    let led = lead(subject, 0, Some(first), &mut |leader| {
                        way_of_first[..until].iter().for_each(|&target| _ = leader.lead_to(target));
                        if way_of_second.is_empty() {
                            (0..stop).for_each(|_| _ = leader.step(second));
                        } else {
                            way_of_second[..stop].iter().for_each(|&target| _ = leader.lead_to(target));
                        }
                    });
                    let found = led.breaks.then(|| minimise(subject, &led.schedule)).flatten();
                    if found.as_ref().is_some_and(|minimal| minimal.finding.invariant == kind.info().name) {
                        return found;
                    }
                }
            }
        }
    }
    None
}

/// Where the model's threads were led.
struct Led {
    schedule: Vec<Move>,
    /// Whether something is broken there.
    breaks: bool,
}

/// Leads the model's threads along `targets`, and then to their ends; choices go `way`. Lines that a thread does not come to
/// are left out, for it would be at its end before anybody else goes on: a thread of a script never waits for work, say.
fn lead_along(subject: &Subject, mut targets: Vec<Target<'_>>, way: u32) -> Led {
    // Whoever took the last recorded step is the one that noticed.
    let noticed = targets.last().map(|(thread, _)| *thread);
    for _ in 0..LEFT_OUT {
        let mut missed = None;
        let led = lead(subject, way, noticed, &mut |leader| {
            missed = targets.iter().position(|&target| !leader.lead_to(target));
        });
        let Some(missed) = missed.map(|i| targets[i]) else { return led };
        targets.retain(|target| *target != missed);
    }
    lead(subject, way, noticed, &mut |leader| targets.iter().for_each(|&target| _ = leader.lead_to(target)))
}

/// Leads the model's threads as `along` says, and then to their ends, `noticed` first; choices go `way`.
fn lead(
    subject: &Subject,
    way: u32,
    noticed: Option<ThreadId>,
    along: &mut dyn for<'a, 'b> FnMut(&'b mut Leader<'a>),
) -> Led {
    let mut led = Led { schedule: Vec::new(), breaks: false };
    subject.execute(&mut |model, bodies| {
        let mut leader = Leader { subject, model, run: Run::new(model, bodies), way, schedule: Vec::new() };
        along(&mut leader);
        while let Some(&any) = leader.run.enabled().first() {
            let next = noticed.filter(|&thread| model.is_enabled(thread)).unwrap_or(any);
            if !leader.step(next) {
                break;
            }
        }
        let memory = model.memory();
        let ended = leader.run.enabled().is_empty();
        let all_done = (0..subject.threads()).all(|i| model.intent(ThreadId::new(i)).is_none());
        // What threads wait for is told by an execution, which `minimise` makes.
        let at_end = || !all_done || subject.judge(memory, Moment::Finished).is_some();
        led.breaks = subject.is_broken(memory) || ended && at_end();
        led.schedule = core::mem::take(&mut leader.schedule);
    });
    led
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

    /// Lets the thread go on until it has been at the line, or has to wait; false: it will not come there.
    fn lead_to(&mut self, (thread, source): Target<'_>) -> bool {
        for _ in 0..FAR {
            let before = self.model.traced();
            if !self.step(thread) {
                // Somebody else must go first, or it is at its end.
                return self.subject.is_broken(self.model.memory()) || self.model.intent(thread).is_some();
            }
            if self.model.trace()[before..].iter().any(|step| step.source() == source) {
                return true;
            }
        }
        false
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

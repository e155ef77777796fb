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
        while started.elapsed() < Duration::from_secs(10) && race.world().corruption_counts(&race.memory()).is_empty() {
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

/// Scenarios that linux-3.12 breaks on threads.
const BROKEN: [&str; 6] = ["lost-head", "write-after-free", "read-after-free", "knock-on", "lost-header", "double-put"];

/// A run may end with a corruption that no scenario of its threads is about, or that many rounds have led to, and on a busy machine
/// some are not recorded in full. `LIVES=40` for so many runs of each scenario, which prints how many are found.
#[test]
fn a_corruption_on_threads_is_found_again_in_the_model_and_is_of_the_same_kind() {
    let lives = std::env::var("LIVES").ok().map(|lives| lives.parse().expect("LIVES is a number"));
    let scenarios = if lives.is_some() { &BROKEN[..] } else { &BROKEN[..1] };
    for scenario in scenarios {
        let (mut tried, mut found) = (0, Vec::new());
        for _ in 0..lives.unwrap_or(100) {
            if lives.is_none() && found.contains(&true) {
                break;
            }
            let Some((kind, trace)) = live(scenario, "linux-3.12") else { continue };
            tried += 1;
            let Some(Reproduced { config, minimal }) = reproduce(&trace.to_string()).unwrap() else {
                println!("{scenario}: {kind} on threads, nothing in the model");
                continue;
            };
            let invariant = minimal.finding.invariant.clone();
            println!("{scenario}: {kind} on threads, {invariant} in the model, after {} moves", minimal.schedule.len());
            assert_eq!(replay(&config.subject(), &minimal.schedule).finding, Some(minimal.finding));
            found.push(kind == invariant);
        }
        let same = found.iter().filter(|same| **same).count();
        println!("{scenario}: {} of {tried} found, {same} of the same kind", found.len());
        assert!(found.contains(&true), "{scenario}");
    }
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

/// What a search has found, as a record that says less, or says it in the wrong order.
fn spoiled(scenario: &str, spoil: fn(Vec<Value>) -> Vec<Value>) -> (String, Option<Reproduced>) {
    use crate::explore::Host;
    use crate::explore::states::{self, Options};
    let config = json!({ "scenario": scenario, "protocol": "linux-3.12" }).to_string();
    let subject = ProveConfig::parse(&config).unwrap().subject();
    let violation = states::search(&subject, &Options::default(), &Host::quiet()).violation.unwrap();
    let names: Vec<_> = (0..subject.threads()).map(|i| subject.thread_name(ThreadId::new(i))).collect();
    let steps = violation
        .steps
        .iter()
        .map(|(_, step)| json!({ "thread": step.thread.index(), "source": step.source(), "label": "" }));
    let kind = violation.finding.invariant;
    let trace = json!({
        "scenario": scenario, "protocol": "linux-3.12", "kind": kind, "threads": names, "steps": spoil(steps.collect()),
    });
    (kind, reproduce(&trace.to_string()).unwrap())
}

#[test]
fn threads_in_the_wrong_order_are_led_in_turns() {
    for scenario in ["lost-head", "write-after-free", "double-put"] {
        let (kind, found) = spoiled(scenario, |mut steps| {
            steps.sort_by_key(|step| core::cmp::Reverse(step["thread"].as_u64()));
            steps
        });
        assert_eq!(found.map(|found| found.minimal.finding.invariant), Some(kind), "{scenario}");
    }
}

/// As where a detector only knows that something is wrong, and the record has the last steps of whoever noticed.
#[test]
fn whoever_is_not_in_the_record_is_each_thread_that_there_is() {
    let (kind, found) = spoiled("double-put", |mut steps| {
        steps.retain(|step| step["thread"] == 0);
        steps.split_off(steps.len() - 12)
    });
    assert_eq!(found.map(|found| found.minimal.finding.invariant), Some(kind));
}

/// A thread that is led to a line where it never comes would be at its end.
#[test]
fn lines_that_a_script_does_not_have_are_left_out() {
    let (kind, found) = spoiled("lost-head", |steps| {
        let waits =
            |step: &Value| json!({ "thread": step["thread"], "source": "crate/src/scenario/roles.rs:1", "label": "" });
        steps.iter().flat_map(|step| [waits(step), step.clone()]).collect()
    });
    assert_eq!(found.map(|found| found.minimal.finding.invariant), Some(kind));
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

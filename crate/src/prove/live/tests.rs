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

/// A run may end with a corruption whose cause is not in the record; of ten one is told whole. `LIVES=40` for more, which
/// prints how many.
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

//! The search in a Worker: what it finds is what it finds natively.

#![cfg(target_arch = "wasm32")]

use aio_ring_lab::aio::{PRESETS, presets};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::{Host, Outcome, states, traces};
use aio_ring_lab::scenario::catalog::find;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
fn the_miniature_has_its_classes_and_its_states() {
    let racy = Miniature::new(MiniatureProtocol::Racy, 2, 2);
    let whole = traces::Options { whole: true, ..Default::default() };
    let classes = traces::search(&racy, &whole, &Host::quiet());
    assert_eq!((classes.traces, classes.broken_traces, classes.blocked_traces), (Some(23), Some(12), Some(0)));
    let all = states::Options { whole: true, ..Default::default() };
    assert_eq!(states::search(&racy, &all, &Host::quiet()).states, Some(184));
}

#[wasm_bindgen_test]
fn the_lost_head_is_found_and_its_fix_is_proved() {
    let scenario = find("lost-head").expect("a scenario");
    let search = |preset: usize| {
        let program = Scripted::new(scenario, scenario.smallest(), PRESETS[preset].parts);
        states::search(&program, &states::Options::default(), &Host::quiet())
    };
    let racy = search(presets::LINUX_3_12);
    assert_eq!(racy.outcome, Outcome::Violated);
    assert_eq!(racy.violation.map(|violation| violation.finding.invariant), Some("staleHead".to_owned()));
    assert_eq!(search(presets::V4).outcome, Outcome::Proved);
}

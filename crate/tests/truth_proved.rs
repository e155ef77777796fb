//! The table of truth, proved: every cell searched to its end, with the fewest operations in which whatever can break does.

#![cfg(not(target_arch = "wasm32"))]

mod all_cores;

use aio_ring_lab::aio::{PRESETS, presets};
use aio_ring_lab::explore::scripted::{Scripted, in_the_table};
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{self, Bounds, Finding, Host, Moment, Program, persistent};
use aio_ring_lab::machine::ThreadId;
use aio_ring_lab::machine::model::{Body, Cells, End, Model};
use aio_ring_lab::scenario::SCENARIOS;
use aio_ring_lab::scenario::catalog::Scenario;
use aio_ring_lab::scenario::script::{Ending, Extent, Script};
use aio_ring_lab::scenario::truth::{self, Cell};
use all_cores::check_each;

/// What searching a scenario comes to.
struct Size {
    scenario: &'static str,
    /// States that `v4` has, all of them.
    states_of_v4: u64,
    /// Steps of a shortest counterexample, for each cell that breaks, in the table's order.
    steps_to_break: &'static [usize],
}

/// A number that changes says that some step has come, has gone, or depends on something else: then it is for whoever
/// changed it to know which, and to write the new one down.
const SIZES: &[Size] = &[
    Size { scenario: "lost-head", states_of_v4: 4893, steps_to_break: &[54, 60, 54, 55] },
    Size { scenario: "knock-on", states_of_v4: 37_236, steps_to_break: &[60, 66, 60] },
    Size { scenario: "write-after-free", states_of_v4: 2284, steps_to_break: &[57, 64, 59] },
    Size { scenario: "read-after-free", states_of_v4: 2284, steps_to_break: &[51, 58, 64, 52] },
    Size { scenario: "lost-header", states_of_v4: 8159, steps_to_break: &[77, 72, 74, 68, 69] },
    Size { scenario: "lost-completion", states_of_v4: 353, steps_to_break: &[38, 40] },
    Size { scenario: "use-after-teardown", states_of_v4: 8159, steps_to_break: &[82, 82, 88] },
    Size { scenario: "double-put", states_of_v4: 8159, steps_to_break: &[75, 69, 69, 79, 79, 69, 107] },
    Size { scenario: "error-after-move", states_of_v4: 8159, steps_to_break: &[79, 81, 94, 94, 29, 85] },
    Size { scenario: "abba", states_of_v4: 8571, steps_to_break: &[26, 24] },
    Size { scenario: "queued-writer", states_of_v4: 8388, steps_to_break: &[39, 37] },
    Size { scenario: "page-lock", states_of_v4: 16_753, steps_to_break: &[28, 20] },
    Size { scenario: "own-compaction", states_of_v4: 160, steps_to_break: &[19, 17] },
    Size { scenario: "leaked-lock", states_of_v4: 288, steps_to_break: &[4, 4] },
    Size { scenario: "trylock", states_of_v4: 4893, steps_to_break: &[55] },
    Size { scenario: "starvation", states_of_v4: 1317, steps_to_break: &[] },
];

fn search(program: &dyn Program) -> explore::Verdict {
    states::search(program, &Options::default(), &Host::quiet())
}

/// What a search has found other than the table has it.
fn differs(cell: &Cell, found: &explore::Verdict) -> Option<String> {
    let (outcome, expected) = (in_the_table(found), cell.expected.outcome);
    let finding = found.violation.as_ref().map(|violation| &violation.finding);
    (outcome != Some(expected)).then(|| format!("{cell} should be {}, not {outcome:?}: {finding:?}", expected.name()))
}

/// What is wrong with a scenario's row, if anything is.
fn check(scenario: &'static Scenario, size: &Size) -> Vec<String> {
    let (mut wrong, mut steps_to_break, mut states_of_v4) = (Vec::new(), Vec::new(), None);
    for cell in truth::cells().filter(|cell| cell.scenario == scenario) {
        let found = search(&Scripted::new(scenario, scenario.smallest(), cell.protocol));
        wrong.extend(differs(&cell, &found));
        steps_to_break.extend(found.violation.map(|violation| violation.schedule.len()));
        if cell.label == PRESETS[presets::V4].name {
            states_of_v4 = found.states;
        }
    }
    if (states_of_v4, &steps_to_break[..]) != (Some(size.states_of_v4), size.steps_to_break) {
        wrong.push(format!("{}: v4 has {states_of_v4:?} states, the rest breaks in {steps_to_break:?}", scenario.name));
    }
    wrong
}

/// Does `work` with every scenario.
fn all_scenarios(work: fn(&'static Scenario, &Size) -> Vec<String>) {
    assert!(SIZES.iter().map(|size| size.scenario).eq(SCENARIOS.iter().map(|scenario| scenario.name)));
    let all: Vec<_> = SCENARIOS.iter().zip(SIZES).collect();
    check_each(&all, |(scenario, size)| work(scenario, size));
}

#[test]
fn every_cell_of_the_table_is_proved_or_has_its_shortest_counterexample() {
    all_scenarios(check);
}

/// A script of which not only the scenario's own signs count: nothing whatever may be wrong.
struct Strict(Scripted);

impl Program for Strict {
    fn threads(&self) -> u32 {
        self.0.threads()
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.0.thread_name(thread)
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        self.0.execute(visit);
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        let end = match moment {
            Moment::Broken => End::StepBound,
            Moment::Finished => End::Done,
            Moment::Stuck => End::Stuck,
        };
        let ending = Ending::of(memory, &self.0.world, end);
        let text = format!("{:?} {:?}", ending.corruptions, ending.broken);
        (!ending.holds()).then(|| Finding { invariant: "any".to_owned(), text, stuck: ending.stuck })
    }
}

/// No damage of any kind, every invariant at rest, nobody stuck.
#[test]
fn v4_ends_every_scenario_in_order() {
    all_scenarios(|scenario, size| {
        let v4 = PRESETS[presets::V4].parts;
        let found = search(&Strict(Scripted::new(scenario, scenario.smallest(), v4)));
        let proved = found.outcome == explore::Outcome::Proved && found.states == Some(size.states_of_v4);
        (!proved).then(|| format!("{}: {:?} {:?}", scenario.name, found.states, found.violation)).into_iter().collect()
    });
}

/// In one search of each: two readers, two migrations, two completions, and a ring that wraps; and in one, two migrations of the ring
/// that it is about.
#[test]
fn every_cell_of_the_table_is_so_at_larger_sizes_too() {
    for scenario in SCENARIOS {
        let (scripts, name) = (scenario.larger(), scenario.name);
        let Extent { readers, migrations, completions } = scripts[0].extent();
        assert!(readers >= 2 && migrations >= 2 && completions >= 2, "{name}: {:?}", scripts[0].extent());
        assert!(
            scripts.iter().all(|script| script.ring.pages() == 2 && script.start + 1 == script.ring.nr()),
            "{name}"
        );
        let of_one_ring = |script: &Script| script.world().contexts.len() == 1 && script.extent().migrations >= 2;
        assert!(scripts.iter().any(of_one_ring), "{name}");
    }
    let cells: Vec<Cell> = truth::cells().collect();
    check_each(&cells, |cell| {
        let search = |script| {
            let program = Scripted::new(cell.scenario, script, cell.protocol);
            differs(cell, &persistent::search(&program, Bounds::default(), &Host::quiet()))
        };
        cell.scenario.larger().into_iter().filter_map(search).collect()
    });
}

//! The table of truth, held against the model: what is broken breaks within 2,000 seeded schedules, what holds does so for
//! 100,000.

#![cfg(not(target_arch = "wasm32"))]

mod all_cores;

use aio_ring_lab::aio::{PRESETS, presets};
use aio_ring_lab::machine::model::{Bursts, Random};
use aio_ring_lab::scenario::catalog::{Scenario, Sign, find};
use aio_ring_lab::scenario::script::Outcome;
use aio_ring_lab::scenario::truth::{self, Cell, TABLE, Verdict, row};
use aio_ring_lab::scenario::{Counter, Role, SCENARIOS};
use all_cores::check_each;

/// Schedules within which what is broken has to break.
const BREAK_WITHIN: u64 = 2_000;
/// Schedules under which what holds has to hold.
const HOLD_FOR: u64 = 100_000;

/// The fix in the scenario, whether the table has that cell or not.
fn of_v4(scenario: &'static Scenario) -> Cell {
    let (preset, expected) = (PRESETS[presets::V4], row(scenario).presets[presets::V4]);
    Cell { scenario, label: preset.name, protocol: preset.parts, expected }
}

/// The run of seed `seed`: even ones walk at random, odd ones in bursts, which is a different kind of bad luck.
fn run(cell: &Cell, seed: u64) -> Outcome {
    let script = cell.scenario.script();
    match seed % 2 {
        0 => script.run(cell.protocol, &mut Random::new(seed / 2)),
        _ => script.run(cell.protocol, &mut Bursts::new(seed / 2)),
    }
}

/// What is wrong with a cell, if anything is.
fn check(cell: &Cell) -> Result<(), String> {
    let Cell { scenario, expected, .. } = cell;
    let is_deadlock = |sign: &Sign| *sign == Sign::Deadlock;
    match expected.outcome {
        Verdict::Holds => match (0..HOLD_FOR).find_map(|seed| Some((seed, scenario.breach(&run(cell, seed))?))) {
            None => Ok(()),
            Some((seed, sign)) => Err(format!("{cell} should hold, but seed {seed} shows {sign:?}")),
        },
        outcome => {
            let signs: Vec<Sign> = (0..BREAK_WITHIN).filter_map(|seed| scenario.breach(&run(cell, seed))).collect();
            match signs.first() {
                None => Err(format!("{cell} should be {}, but held for {BREAK_WITHIN}", outcome.name())),
                Some(sign) if is_deadlock(sign) != (outcome == Verdict::Deadlock) => {
                    Err(format!("{cell} should be {}, but shows {sign:?}", outcome.name()))
                }
                Some(_) => Ok(()),
            }
        }
    }
}

/// Checks the cells that are expected to hold, or those that are not, on all cores.
fn check_all(holding: bool) {
    let cells: Vec<Cell> = truth::cells().filter(|cell| (cell.expected.outcome == Verdict::Holds) == holding).collect();
    check_each(&cells, |cell| check(cell).err().into_iter().collect());
}

#[test]
fn what_is_broken_breaks() {
    check_all(false);
}

/// By far the longest of all tests; `./build.sh mutants` leaves it out.
#[test]
fn what_holds_holds() {
    check_all(true);
}

/// Under the fix nothing at all may be wrong, whichever scenario it belongs to.
#[test]
fn v4_shows_no_damage_of_any_kind_in_any_scenario() {
    for scenario in SCENARIOS {
        let cell = of_v4(scenario);
        for seed in 0..BREAK_WITHIN {
            let run = run(&cell, seed);
            assert!(run.holds(), "{} seed {seed}: {:?} {:?} {:?}", scenario.name, run.end, run.corruptions, run.broken);
        }
    }
}

#[test]
fn each_scenario_has_its_row_and_each_row_its_reasons() {
    let names: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
    assert_eq!(names, TABLE.iter().map(|row| row.scenario).collect::<Vec<_>>());
    for row in TABLE {
        let reasons = row.presets.iter().chain(row.taken_apart.iter().map(|apart| &apart.expected));
        assert!(reasons.map(|expected| expected.reason).all(|reason| reason.ends_with('.')), "{}", row.scenario);
    }
}

/// A claim that nothing breaks would be no claim: each scenario has something that shows its breach, and `v4` holds it.
#[test]
fn each_scenario_can_be_broken_and_v4_is_expected_to_hold() {
    for row in TABLE.iter().filter(|row| row.scenario != "starvation") {
        let all = row.presets.iter().chain(row.taken_apart.iter().map(|apart| &apart.expected));
        assert!(all.clone().any(|e| matches!(e.outcome, Verdict::Broken | Verdict::Deadlock)), "{}", row.scenario);
        assert_eq!(row.presets[presets::V4].outcome, Verdict::Holds, "{}", row.scenario);
    }
}

/// Damage that is not of the scenario's kind, and came first, makes no breach of it.
#[test]
fn what_follows_from_other_damage_is_not_counted() {
    let scenario = find("lost-header").unwrap();
    let cell = truth::cells().find(|cell| cell.to_string() == "lost-header under linux-3.12").unwrap();
    let runs: Vec<Outcome> = (0..BREAK_WITHIN).map(|seed| run(&cell, seed)).collect();
    let other_first = |run: &&Outcome| run.first.is_some_and(|seen| !scenario.signs.contains(&Sign::Seen(seen.kind)));
    assert!(runs.iter().filter(other_first).count() > 20);
    assert!(runs.iter().filter(other_first).all(|run| scenario.breach(run).is_none()));
}

/// The scripts do what they are for: contexts are made and destroyed, migrations succeed and are refused.
#[test]
fn the_casts_really_do_their_work() {
    for scenario in SCENARIOS {
        let script = scenario.script();
        let world = script.world();
        let cell = of_v4(scenario);
        let runs: Vec<Outcome> = (0..200).map(|seed| run(&cell, seed)).collect();
        let total = |counter: Counter| runs.iter().map(|run| run.total(counter)).sum::<u32>();
        let cast = |is: fn(&Role) -> bool| world.roles.iter().any(is);
        if cast(|role| matches!(role, Role::Migrator { .. })) {
            let tried = total(Counter::Migrations) + total(Counter::Refused);
            assert!(tried > 0, "{}: nothing migrates, and nothing is refused", scenario.name);
        }
        if cast(|role| matches!(role, Role::Setup { .. })) {
            assert!(total(Counter::Setups) > 0, "{}: nothing is set up", scenario.name);
            assert_eq!(total(Counter::Setups), total(Counter::Teardowns), "{}", scenario.name);
        }
        if cast(|role| matches!(role, Role::Setup { failures: true, .. })) {
            // Six ways of seven fail, each as likely as the others.
            let (failed, made) = (f64::from(total(Counter::FailedSetups)), f64::from(total(Counter::Setups)));
            assert!((5.0..7.0).contains(&(failed / made)), "{}: {failed} failed, {made} made", scenario.name);
        }
        if cast(|role| matches!(role, Role::Reader { .. })) {
            assert!(total(Counter::Events) > 0, "{}: nothing is read", scenario.name);
        }
    }
}

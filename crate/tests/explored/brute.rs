//! A brute force to explore little programs by.

use std::collections::{BTreeSet, HashMap, HashSet};

use aio_ring_lab::explore::learned::table::Outcome;
use aio_ring_lab::explore::{Moment, Pasts, Program, Standing, Walker};
use aio_ring_lab::machine::model::Move;
use aio_ring_lab::ring::Addr;

use crate::explored::Little;

/// A step as it stands in a class: who, which way, what came of it, and the length of the longest chain of dependent steps
/// that ends with it (Foata's normal form).
type Stand = (Move, Outcome, u32);

/// What a program does under all schedules, none left out and none taken for another one.
#[derive(Default)]
pub struct Brute {
    pub interleavings: u64,
    /// The classes, and whether each is broken.
    pub classes: HashMap<Vec<Stand>, bool>,
    pub memories: HashSet<Vec<u32>>,
    /// Steps of the shortest schedule that breaks something.
    pub shortest: Option<usize>,
    path: Vec<Stand>,
}

impl Brute {
    /// `None`: there are more than `reach` interleavings.
    pub fn count(program: &Little, reach: u64) -> Option<Self> {
        let mut brute = Self::default();
        brute.go(&mut Walker::new(program, Pasts::Kept), program, reach).then_some(brute)
    }

    pub fn broken(&self) -> u64 {
        self.classes.values().filter(|broken| **broken).count() as u64
    }

    fn go(&mut self, walker: &mut Walker<'_>, program: &Little, reach: u64) -> bool {
        self.memories.insert(program.snapshot(walker.memory()));
        let moment = match walker.standing() {
            Standing::Going => None,
            Standing::Finished => Some(Moment::Finished),
            Standing::Stuck => Some(Moment::Stuck),
        };
        if let Some(moment) = moment {
            self.interleavings += 1;
            let broken = program.judge(walker.memory(), moment).is_some();
            if broken {
                self.shortest = Some(self.shortest.map_or(self.path.len(), |shortest| shortest.min(self.path.len())));
            }
            let class: BTreeSet<_> =
                self.path.iter().map(|&(next, outcome, level)| (next.thread, level, next.way, outcome)).collect();
            let class =
                class.into_iter().map(|(thread, level, way, outcome)| (Move { thread, way }, outcome, level)).collect();
            assert_eq!(*self.classes.entry(class).or_insert(broken), broken, "a class has one end");
            return self.interleavings <= reach;
        }
        for next in walker.moves().collect::<Vec<_>>() {
            walker.step(next);
            let outcome = walker.last();
            let depends = |other: &Stand| depend(walker, (next, outcome), (other.0, other.1));
            let level = self.path.iter().filter(|other| depends(other)).map(|other| other.2).max().unwrap_or(0) + 1;
            self.path.push((next, outcome, level));
            let go_on = self.go(walker, program, reach);
            self.path.pop();
            walker.back();
            if !go_on {
                return false;
            }
        }
        true
    }
}

/// Whether the order of two steps matters.
fn depend(walker: &Walker<'_>, (a, a_did): (Move, Outcome), (b, b_did): (Move, Outcome)) -> bool {
    let table = walker.table();
    let common = |some: &[Addr], others: &[Addr]| some.iter().any(|at| others.contains(at));
    a.thread == b.thread
        || common(table.writes(a_did), table.writes(b_did))
        || common(table.writes(a_did), table.reads(b_did))
        || common(table.reads(a_did), table.writes(b_did))
}

//! What is left of a way to a loop, and of the loop, when no move can go.

use super::Fairness;
use super::graph::Tried;
use crate::explore::{Pasts, Program, Walker};
use crate::machine::ThreadId;
use crate::machine::model::Move;
use crate::ring::Addr;

/// A thread that is refused a lock for ever, and how fair the schedule must be to everybody.
#[derive(Clone, Copy, Debug)]
pub struct Starves {
    /// Who.
    pub thread: ThreadId,
    /// What.
    pub lock: Addr,
    /// To whom the loop must be fair, and how.
    pub fairness: Fairness,
}

impl Starves {
    /// Drops moves from `schedule`, whose loop begins at `cycle`, for as long as the thread starves; where the loop begins then.
    pub fn minimise(self, program: &dyn Program, schedule: &mut Vec<Move>, mut cycle: usize) -> usize {
        let mut walker = Walker::new(program, Pasts::Forgotten);
        let mut i = 0;
        while i < schedule.len() {
            let dropped = schedule.remove(i);
            let begins = cycle - usize::from(i < cycle);
            if self.is_so(&mut walker, schedule, begins) {
                // What could not go before may be able to now.
                (cycle, i) = (begins, 0);
            } else {
                schedule.insert(i, dropped);
                i += 1;
            }
        }
        cycle
    }

    /// Whether the moves are possible, lead back to where the loop begins, refuse the thread its lock there and never give it
    /// the lock, and are fair.
    fn is_so(self, walker: &mut Walker<'_>, schedule: &[Move], cycle: usize) -> bool {
        walker.reset();
        let threads = walker.threads() as usize;
        // Of each thread: whether it goes in the loop, whether it could at some moment of it, and whether at all.
        let (mut goes, mut could, mut always) = (vec![false; threads], vec![false; threads], vec![true; threads]);
        let (mut begin, mut refused) = (walker.fingerprint(), false);
        for (i, &next) in schedule.iter().enumerate() {
            if i == cycle {
                begin = walker.fingerprint();
            }
            if next.way >= walker.ways(next.thread) {
                return false;
            }
            walker.step(next);
            if i < cycle {
                continue;
            }
            if next.thread == self.thread {
                match Tried::last(walker) {
                    Tried::Refused(lock) if lock == self.lock => refused = true,
                    Tried::Taken(lock) if lock == self.lock => return false,
                    _ => {}
                }
            }
            goes[next.thread.index() as usize] = true;
            for thread in 0..threads {
                let can = walker.ways(ThreadId::new(thread as u32)) > 0;
                could[thread] |= can;
                always[thread] &= can;
            }
        }
        let passed_over = match self.fairness {
            Fairness::Weak => always,
            Fairness::Strong => could,
        };
        let is_fair = goes.iter().zip(passed_over).all(|(&goes, passed_over)| goes || !passed_over);
        refused && is_fair && walker.fingerprint() == begin
    }
}

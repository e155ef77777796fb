//! A level on several threads, with a walker each.
//!
//! The tree is cut into [branches](super::branch), which are handed out largest first; the set of fingerprints is
//! shared. Who finds a state first keeps it, so the shape of the tree differs from run to run, but the states of a level
//! do not: the next level begins when all threads have ended this one.

use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::Search;
use super::branch::Branch;
use super::expand::{Expand, Shelf, Stop, Totals};
use crate::explore::bounds::Watch;
use crate::explore::seen::Seen;
use crate::explore::{Program, Walker};
use crate::machine::model::Move;

/// Branches for each thread, so that none is left without one for long.
const BRANCHES: usize = 16;

/// A branch with fewer states in its frontier is not worth cutting.
const WORTH_CUTTING: usize = 64;

/// A level with fewer states in its frontier is not worth waking threads for.
const WORTH_SHARING: usize = 1 << 9;

/// What the threads of a level share.
struct Shared<'a> {
    seen: &'a Seen,
    watch: &'a Watch<'a>,
    /// States found on this level and before, as far as threads have told.
    states: AtomicU64,
    /// Bytes besides those of `seen`.
    bytes: usize,
    over: AtomicBool,
}

/// One of them.
struct Worker<'a> {
    shared: &'a Shared<'a>,
    told: u64,
}

impl Shelf for Worker<'_> {
    #[inline(always)]
    fn insert(&mut self, print: u64) -> bool {
        self.shared.seen.insert_shared(print)
    }

    fn go_on(&mut self, found: &Totals) -> Result<(), Stop> {
        if self.shared.over.load(Ordering::Relaxed) {
            return Err(Stop::Elsewhere);
        }
        let news = found.states - self.told;
        self.told = found.states;
        let states = self.shared.states.fetch_add(news, Ordering::Relaxed) + news;
        let bytes = (self.shared.seen.bytes() + self.shared.bytes) as u64;
        self.shared.watch.over(states, bytes).map_or(Ok(()), |bound| Err(Stop::Bound(bound)))
    }
}

impl Search<'_, '_> {
    /// Searches on several threads.
    pub(super) fn on_many(&mut self) -> Result<(), Stop> {
        let (program, options): (&dyn Program, _) = (self.program, self.options);
        let mut walkers: Vec<_> = (0..options.threads).map(|_| Walker::new(program, options.pasts)).collect();
        let seen = Seen::default();
        let mut branches = vec![Branch::root()];
        self.begin(&walkers[0], &seen)?;
        loop {
            branches.retain(|branch| branch.width() > 0);
            if branches.is_empty() {
                return Ok(());
            }
            self.may_go_deeper()?;
            self.cut(&mut branches, options.threads * BRANCHES);
            let bytes = |branches: &[Branch], walkers: &[Walker<'_>]| {
                branches.iter().map(Branch::bytes).sum::<usize>()
                    + walkers.iter().map(|walker| walker.table().bytes()).sum::<usize>()
            };
            let shared = Shared {
                seen: &seen,
                watch: &self.watch,
                states: AtomicU64::new(self.totals.states),
                bytes: bytes(&branches, &walkers),
                over: AtomicBool::new(false),
            };
            let (found, violation, stop) = self.level(&shared, &mut walkers, &mut branches);
            self.violation = self.violation.take().or(violation);
            self.end_level(found, seen.bytes() + bytes(&branches, &walkers));
            stop.map_or(Ok(()), Err)?;
        }
    }

    /// Cuts branches until none has much more than its share of the frontier, and puts the largest first.
    fn cut(&self, branches: &mut Vec<Branch>, shares: usize) {
        let frontier: usize = branches.iter().map(Branch::width).sum();
        let share = (2 * frontier / shares).max(WORTH_CUTTING);
        let mut whole = core::mem::take(branches);
        while let Some(branch) = whole.pop() {
            if branch.width() > share {
                whole.extend(branch.split(self.bits));
            } else {
                branches.push(branch);
            }
        }
        branches.sort_by_key(|branch| core::cmp::Reverse(branch.width()));
    }

    /// Walks all branches: what was found, a schedule that breaks something, and what ended the search.
    fn level(
        &self,
        shared: &Shared<'_>,
        walkers: &mut [Walker<'_>],
        branches: &mut Vec<Branch>,
    ) -> (Totals, Option<Vec<Move>>, Option<Stop>) {
        let queue: Vec<Mutex<Branch>> = branches.drain(..).map(Mutex::new).collect();
        let (next, room) = (AtomicUsize::new(0), self.room(queue.len()));
        let work = |walker: &mut Walker<'_>| {
            let worker = Worker { shared, told: 0 };
            let mut visit = Expand::new(self.bits, &self.options, worker);
            while let Some(branch) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut branch = branch.lock().unwrap_or_else(PoisonError::into_inner);
                if let Err(stop) = branch.walk(walker, self.bits, room, &mut visit) {
                    shared.over.store(true, Ordering::Relaxed);
                    return (visit.found, visit.violation, Some(stop));
                }
            }
            (visit.found, visit.violation, None)
        };
        let width: usize =
            queue.iter().map(|branch| branch.lock().unwrap_or_else(PoisonError::into_inner).width()).sum();
        let mut ends = Vec::new();
        if width < WORTH_SHARING {
            ends.extend(walkers.first_mut().map(work));
        } else {
            let results: Vec<Mutex<_>> = walkers.iter().map(|_| Mutex::new(None)).collect();
            rayon::scope(|scope| {
                for (walker, result) in walkers.iter_mut().zip(&results) {
                    let work = &work;
                    scope.spawn(move |_| *result.lock().unwrap_or_else(PoisonError::into_inner) = Some(work(walker)));
                }
            });
            ends.extend(results.into_iter().filter_map(|end| end.into_inner().unwrap_or_else(PoisonError::into_inner)));
        }
        branches.extend(queue.into_iter().map(|branch| branch.into_inner().unwrap_or_else(PoisonError::into_inner)));

        let mut sum = (Totals::default(), None, None);
        for (found, violation, stop) in ends {
            let worse = |stop: &Stop| matches!(stop, Stop::Elsewhere);
            let earlier = sum.2.filter(|earlier| stop.is_none() || !worse(earlier));
            sum = (sum.0.plus(found), sum.1.or(violation), earlier.or(stop));
        }
        sum
    }
}

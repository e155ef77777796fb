//! What the threads of a search have in common, and what each does in a round.

use std::sync::{Mutex, PoisonError, RwLock, RwLockWriteGuard};

use super::Options;
use super::expand::{Expand, Shelf, Stop, Totals};
use super::level::{Hand, Harvest, Level};
#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
use super::recent::Recent;
use super::snapshots::Room;
use crate::explore::Walker;
use crate::explore::bits::Bits;
use crate::explore::bounds::{Progress, Watch};
use crate::explore::program::Program;
use crate::explore::seen::{Growth, Seen};
use crate::machine::model::Move;

/// A level with fewer states is not worth sharing.
const WORTH_SHARING: usize = 1 << 8;

/// States between two reports of progress.
const PATIENCE: u64 = 1 << 10;

/// The number of the thread that leads.
pub const LEADER: usize = 0;

/// What is searched, how, and until when.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The program.
    pub program: &'a dyn Program,
    /// How.
    pub options: Options,
    /// Until when.
    pub watch: Watch<'a>,
    /// The program's moves.
    pub bits: Bits,
}

/// What is worked on.
pub struct Ground {
    /// The level.
    pub level: Level,
    seen: Seen,
    /// The set, while it grows; `seen` is empty then.
    growth: Option<Growth>,
    /// What each thread has found on this level.
    harvests: Vec<Mutex<Harvest>>,
    /// Steps from the start to what is found on the level.
    depth: u32,
}

/// What all threads have found on a level.
#[derive(Default)]
pub struct Found {
    /// What was counted.
    pub totals: Totals,
    /// A schedule that breaks something.
    pub violation: Option<Vec<Move>>,
    /// What ended the search.
    pub stop: Option<Stop>,
}

/// The ground, for oneself.
pub fn write(ground: &RwLock<Ground>) -> RwLockWriteGuard<'_, Ground> {
    ground.write().unwrap_or_else(PoisonError::into_inner)
}

/// The ground, with others.
#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
pub fn read(ground: &RwLock<Ground>) -> std::sync::RwLockReadGuard<'_, Ground> {
    ground.read().unwrap_or_else(PoisonError::into_inner)
}

impl Ground {
    /// For so many threads, with the fingerprint of the initial state.
    #[must_use]
    pub fn new(threads: usize, initial: u64) -> Self {
        let mut seen = Seen::default();
        seen.insert(initial);
        let harvests = (0..threads).map(|_| Mutex::default()).collect();
        Self { level: Level::default(), seen, growth: None, harvests, depth: 0 }
    }

    /// Gets ready for the next level.
    pub fn begin_level(&mut self, before: Totals, room: Room) {
        self.depth += 1;
        self.level.begin(before, room, self.harvests.len());
    }

    /// Whether the level is worth the attention of all threads.
    #[must_use]
    pub fn is_worth_sharing(&self) -> bool {
        self.level.width() >= WORTH_SHARING
    }

    /// Makes the set ready to grow, if it must.
    pub fn begin_growth(&mut self) -> bool {
        let is_crowded = self.seen.is_crowded(self.level.found().states);
        if is_crowded {
            self.growth = Some(Growth::of(core::mem::take(&mut self.seen)));
        }
        is_crowded
    }

    /// The set has grown.
    pub fn end_growth(&mut self) {
        if let Some(growth) = self.growth.take() {
            self.seen = growth.end();
        }
    }

    /// What was found on the level, and the bytes that everything takes. The next one is ready.
    pub fn end_level(&mut self) -> (Found, usize) {
        let mut all = Found::default();
        let mut bytes = self.seen.bytes();
        let mut harvests = Vec::with_capacity(self.harvests.len());
        for harvest in &mut self.harvests {
            let mut harvest = core::mem::take(harvest.get_mut().unwrap_or_else(PoisonError::into_inner));
            all.totals = all.totals.plus(harvest.found);
            all.violation = all.violation.or(harvest.violation.take());
            all.stop = all.stop.or(harvest.stop.take());
            bytes += harvest.bytes;
            harvests.push(harvest);
        }
        if all.stop.is_none() {
            self.level.end(harvests);
        }
        (all, bytes + self.level.bytes())
    }
}

/// The set, for one thread alone.
struct Alone<'a>(&'a mut Seen);

impl Shelf for Alone<'_> {
    #[inline(always)]
    fn insert(&mut self, print: u64) -> bool {
        self.0.insert(print)
    }

    fn seen(&self) -> &Seen {
        self.0
    }
}

/// The set, for one thread among others.
#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
struct Shared<'a> {
    seen: &'a Seen,
    recent: &'a mut Recent,
}

#[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
impl Shelf for Shared<'_> {
    #[inline(always)]
    fn insert(&mut self, print: u64) -> bool {
        !self.recent.note(print) && self.seen.insert_shared(print)
    }

    fn seen(&self) -> &Seen {
        self.seen
    }
}

impl<'a> Terms<'a> {
    /// A walker at the initial state.
    #[must_use]
    pub fn walker(&self) -> Walker<'a> {
        Walker::new(self.program, self.options.pasts)
    }

    /// A round of the only thread.
    pub fn alone(&self, ground: &mut Ground, hand: &mut Hand<'_>) {
        let Ground { level, seen, growth, harvests, depth } = ground;
        match growth {
            Some(growth) => growth.work(),
            None => {
                let harvest = harvests[LEADER].get_mut().unwrap_or_else(PoisonError::into_inner);
                self.expand(level, LEADER, Alone(seen), hand, harvest, *depth);
            }
        }
    }

    /// A round of one thread among others.
    #[cfg(any(feature = "rayon", not(target_arch = "wasm32")))]
    pub fn together(&self, ground: &Ground, me: usize, hand: &mut Hand<'_>) {
        let Ground { level, seen, growth, harvests, depth } = ground;
        match growth {
            Some(growth) => growth.work(),
            None => {
                let slot = &harvests[me];
                // Its own for the time being: what is written all the time must not lie next to what others write.
                let mut harvest = core::mem::take(&mut *slot.lock().unwrap_or_else(PoisonError::into_inner));
                let recent = &mut Recent::default();
                self.expand(level, me, Shared { seen, recent }, hand, &mut harvest, *depth);
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = harvest;
            }
        }
    }

    /// Expands states, as thread `me`, until none is left or the set is crowded. The leader also tells the host how far the
    /// search has come, and that it is so deep.
    fn expand<S: Shelf>(
        &self,
        level: &Level,
        me: usize,
        shelf: S,
        hand: &mut Hand<'_>,
        harvest: &mut Harvest,
        depth: u32,
    ) {
        let mut expand = Expand::new(self.bits, &self.options, shelf, harvest.found);
        let besides = level.bytes() + hand.walker.table().bytes();
        let mut told = level.found().states;
        level.work(me, hand, &mut expand, harvest, |shelf, Totals { states, transitions, .. }| {
            let bytes = (shelf.seen().bytes() + besides) as u64;
            if me == LEADER && states >= told + PATIENCE {
                told = states;
                self.watch.tell(Progress { states, transitions, depth, bytes, ..Progress::default() });
            }
            match self.watch.over(states, bytes) {
                Some(bound) => Err(Stop::Bound(bound)),
                None => Ok(!shelf.seen().is_crowded(states)),
            }
        });
        harvest.found = expand.found;
        harvest.violation = harvest.violation.take().or(expand.violation);
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::explore::Host;
    use crate::explore::miniature::{Miniature, MiniatureProtocol};

    /// States, transitions and levels, with so much room for snapshots, taken by turns by so many hands.
    fn counted(room: usize, hands: usize) -> (u64, u64, u32) {
        let program = Miniature::new(MiniatureProtocol::Racy, 5, 4);
        let options = Options { whole: true, ..Options::default() };
        let watch = Watch::new(options.bounds, Host::quiet());
        let terms = Terms { program: &program, options, watch, bits: Bits::new(2) };
        let mut hired: Vec<Hand<'_>> = (0..hands).map(|_| Hand::new(terms.walker())).collect();
        let mut ground = Ground::new(hands, hired[0].walker.fingerprint());
        let mut all = Totals { states: 1, ..Totals::default() };
        while ground.level.width() > 0 {
            ground.begin_level(all, Room(room));
            while !ground.level.is_done() {
                if ground.begin_growth() {
                    terms.alone(&mut ground, &mut hired[0]);
                    ground.end_growth();
                }
                // Each takes a run, and leaves the next one to somebody else.
                for (me, hand) in hired.iter_mut().enumerate() {
                    let harvest = &mut *ground.harvests[me].lock().unwrap();
                    let mut runs = 0;
                    let shelf = Shared { seen: &ground.seen, recent: &mut Recent::default() };
                    let mut expand = Expand::new(terms.bits, &options, shelf, harvest.found);
                    ground.level.work(me, hand, &mut expand, harvest, |shelf, found| {
                        runs += 1;
                        Ok(runs == 1 && !shelf.seen().is_crowded(found.states))
                    });
                    harvest.found = expand.found;
                }
            }
            all = all.plus(ground.end_level().0.totals);
        }
        (all.states, all.transitions, ground.depth)
    }

    #[test]
    fn states_are_the_same_whether_they_are_kept_or_walked_to_and_by_whom() {
        let all = counted(usize::MAX, 1);
        assert!(all.0 > 4_000, "{all:?}");
        for (room, hands) in [(0, 1), (3_000, 1), (0, 3), (3_000, 3), (20_000, 2), (usize::MAX, 3)] {
            assert_eq!(counted(room, hands), all, "{hands} hands, room for {room} bytes");
        }
    }
}

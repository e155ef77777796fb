//! A level of the search: the states of the frontier, taken run by run by whoever has time, and what they lead to.
//!
//! The states stand in one order, that of the [tree](super::tree). Who expands a run of them puts what was found into a
//! [`Harvest`] of its own; when all are expanded, the harvests are put together in that order again.
//!
//! What lost:
//! - a tree cut into branches, one or a few for each thread, each with masks and snapshots of its own. Cutting copied them, and
//!   even on one thread a quarter of the time went into walking the masks of all levels for each new one;
//! - runs of one length, taken from one counter: neighbours in the frontier, which lead to the same states, went to different
//!   threads, and each looked for what the other had just found;
//! - an allocator that gives every allocation cache lines of its own, in wasm, where all threads share one heap: no difference;
//! - masks and snapshots that stay with their thread and are filled again two levels later: no difference, and more memory;
//! - one share for two threads, each of which begins at an end of its own. Half as many states are then loaded from what the
//!   other one has kept, and yet it was slower by a twentieth;
//! - the fingerprints of a run remembered all at once, when it is over, so that the waits for memory overlap: a seventh faster
//!   on one thread, and no faster on two, whether each slot is taken by compare-and-exchange or each shard by a lock;
//! - a state judged and kept before it is remembered, its slot being asked for meanwhile: no faster on two threads;
//! - what all threads count in on cache lines of its own, longer runs, narrower levels shared: no difference.

use core::ops::{Range, RangeInclusive};
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use std::sync::{PoisonError, RwLock};

use super::expand::{Expand, Shelf, Stop, Totals, Whence, schedule};
use super::snapshots::{Room, Snapshots};
use super::tree::{Tree, Visit};
use crate::explore::Walker;
use crate::machine::model::Move;
use crate::ring::Addr;

/// States in a run: enough for the way to the first one, few enough that a bound is not overrun by many.
const RUN: RangeInclusive<usize> = 32..=1 << 10;

/// A run is so much of what is left of a share: the last ones are short, so that nobody has nothing to do for long while
/// others are at theirs.
const PART: usize = 3;

/// States next to each other in the frontier.
#[derive(Debug)]
struct Piece {
    first: usize,
    /// Where they are kept, if they are: by which thread, and in which place.
    kept: Option<(usize, usize)>,
}

/// States for one thread, which others help with when they are done with theirs.
///
/// A thread goes on where it went on a level before: there it finds states that it has kept itself, and whoever comes by the
/// same state in another way is mostly the same thread. On a cache line of its own: another one writes to each all the time.
#[derive(Debug)]
#[repr(align(128))]
struct Share {
    /// The first that nobody has begun with.
    next: AtomicUsize,
    end: usize,
}

impl Share {
    fn is_done(&self) -> bool {
        self.next.load(Ordering::Relaxed) >= self.end
    }

    /// Takes a run.
    fn claim(&self) -> Option<Range<usize>> {
        let after = |first: usize| {
            let left = self.end - first;
            first + (left / PART).clamp(*RUN.start(), *RUN.end()).min(left)
        };
        let claim = |first| (first < self.end).then(|| after(first));
        // ORDERING: the states were there before the threads came in.
        let first = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, claim).ok()?;
        Some(first..after(first))
    }
}

/// A level.
#[derive(Debug)]
pub struct Level {
    tree: RwLock<Tree>,
    /// States of the frontier.
    width: usize,
    /// Bytes that the tree took when the level began.
    tree_bytes: usize,
    /// Whether the tree is to be pruned, which is one more thing to do for whoever has time.
    overgrown: AtomicBool,
    pieces: Vec<Piece>,
    /// The states of the frontier, as far as they are kept.
    kept: Vec<Snapshots>,
    /// The states, shared out among the threads.
    shares: Vec<Share>,
    /// States and transitions found until now, all levels together.
    states: AtomicU64,
    transitions: AtomicU64,
    /// Bytes that the states of the next frontier may take, and do.
    room: usize,
    taken: AtomicUsize,
    /// Whether it has come to an end before its time.
    over: AtomicBool,
}

/// What one thread has found in a level.
#[derive(Default)]
pub struct Harvest {
    masks: Vec<u32>,
    kept: Snapshots,
    runs: Vec<Run>,
    /// What was counted.
    pub found: Totals,
    /// A schedule that breaks something.
    pub violation: Option<Vec<Move>>,
    /// Why the search ends here.
    pub stop: Option<Stop>,
    /// Bytes that the thread takes besides.
    pub bytes: usize,
}

/// What came of one run.
struct Run {
    /// Its first state.
    first: usize,
    /// Its states.
    masks: usize,
    /// States that they lead to.
    children: usize,
    /// Where the first of these is kept, if they are.
    kept: Option<usize>,
}

/// One who expands states.
pub struct Hand<'p> {
    /// Its walker.
    pub walker: Walker<'p>,
    /// The words for which the walker is open.
    open: Option<Vec<Addr>>,
}

impl<'p> Hand<'p> {
    /// With this walker.
    #[must_use]
    pub fn new(walker: Walker<'p>) -> Self {
        Self { walker, open: None }
    }

    fn open(&mut self, live: &[Addr]) {
        if self.open.as_deref() != Some(live) {
            self.walker.open(live);
            self.open = Some(live.to_vec());
        }
    }
}

impl Default for Level {
    /// The initial state.
    fn default() -> Self {
        Self {
            tree: RwLock::default(),
            width: Tree::default().width(),
            tree_bytes: 0,
            overgrown: AtomicBool::default(),
            pieces: Vec::new(),
            kept: Vec::new(),
            shares: Vec::new(),
            states: AtomicU64::default(),
            transitions: AtomicU64::default(),
            room: 0,
            taken: AtomicUsize::default(),
            over: AtomicBool::default(),
        }
    }
}

impl Level {
    /// States of the frontier.
    #[must_use]
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.tree_bytes
            + self.pieces.capacity() * size_of::<Piece>()
            + self.kept.iter().map(Snapshots::bytes).sum::<usize>()
    }

    /// What was found until now, all levels together.
    #[must_use]
    pub fn found(&self) -> Totals {
        // ORDERING: none of these numbers says anything of other memory, here and below.
        let [states, transitions] = [&self.states, &self.transitions].map(|count| count.load(Ordering::Relaxed));
        Totals { states, transitions, cut: false }
    }

    /// Gets ready to be worked on by so many threads; so much was found on earlier levels.
    pub fn begin(&mut self, before: Totals, room: Room, threads: usize) {
        (*self.states.get_mut(), *self.transitions.get_mut()) = (before.states, before.transitions);
        let first = |thread: usize| self.width() * thread / threads;
        self.shares = (0..threads).map(|i| Share { next: first(i).into(), end: first(i + 1) }).collect();
        (*self.taken.get_mut(), self.room) = (0, room.0);
    }

    /// Whether there is nothing left to begin with.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.over.load(Ordering::Relaxed) || self.shares.iter().all(Share::is_done)
    }

    /// A run for thread `me`.
    fn claim(&self, me: usize) -> Option<Range<usize>> {
        let (before, from_mine) = self.shares.split_at(me);
        from_mine.iter().chain(before).find_map(Share::claim)
    }

    /// Expands runs until there is none left, or `may_go_on` thinks otherwise; it is asked before each one, with what was
    /// [found](Self::found) until now.
    pub fn work<S: Shelf>(
        &self,
        me: usize,
        hand: &mut Hand<'_>,
        expand: &mut Expand<S>,
        harvest: &mut Harvest,
        mut may_go_on: impl FnMut(&S, Totals) -> Result<bool, Stop>,
    ) {
        if harvest.runs.is_empty() {
            harvest.kept = Snapshots::new(&hand.walker);
            // Most levels are about as wide as the last one.
            let share = self.width() / self.shares.len();
            harvest.kept.reserve(share * 9 / 8, Room(self.room / self.shares.len()));
            harvest.masks.reserve_exact(share);
        }
        // Who needs a schedule meanwhile waits for it; few do.
        if self.overgrown.swap(false, Ordering::Relaxed) {
            self.tree.write().unwrap_or_else(PoisonError::into_inner).prune();
        }
        let mut told = expand.found;
        let mut run = || {
            while !self.is_done() && may_go_on(&expand.shelf, self.found())? {
                let Some(states) = self.claim(me) else { break };
                self.expand(states, hand, expand, harvest)?;
                let found = expand.found;
                self.states.fetch_add(found.states - told.states, Ordering::Relaxed);
                self.transitions.fetch_add(found.transitions - told.transitions, Ordering::Relaxed);
                told = found;
            }
            Ok(())
        };
        if let Err(stop) = run() {
            self.over.store(true, Ordering::Relaxed);
            harvest.stop = Some(stop);
        }
        harvest.bytes = hand.walker.table().bytes();
    }

    /// Expands a run.
    fn expand<S: Shelf>(
        &self,
        states: Range<usize>,
        hand: &mut Hand<'_>,
        expand: &mut Expand<S>,
        harvest: &mut Harvest,
    ) -> Result<(), Stop> {
        let bits = expand.bits;
        let keeps = self.taken.load(Ordering::Relaxed) < self.room;
        let (masks, kept) = (harvest.masks.len(), harvest.kept.len());
        let mut at = self.pieces.partition_point(|piece| piece.first <= states.start).saturating_sub(1);
        let mut from = states.start;
        while from < states.end {
            let end = self.pieces.get(at + 1).map_or(states.end, |next| next.first.min(states.end));
            let mut into = keeps.then_some(&mut harvest.kept);
            match self.pieces.get(at).and_then(|piece| Some((piece.first, piece.kept?))) {
                Some((first, (of, place))) => {
                    let snapshots = &self.kept[of];
                    hand.open(snapshots.live());
                    for state in from..end {
                        let whence = Whence { tree: &self.tree, bits, state: Some(state) };
                        let origin = || schedule(&self.tree, state, bits);
                        snapshots.load(place + state - first, &mut hand.walker, origin);
                        harvest.masks.push(expand.expand(&mut hand.walker, &whence, into.as_deref_mut())?);
                    }
                }
                None => {
                    hand.open = None;
                    expand.set_out(&mut hand.walker);
                    let whence = Whence { tree: &self.tree, bits, state: None };
                    let walker = &mut hand.walker;
                    let mut walk = Walk { expand, walker, whence, masks: &mut harvest.masks, kept: into };
                    self.tree.read().unwrap_or_else(PoisonError::into_inner).walk(from..end, bits, &mut walk)?;
                }
            }
            (from, at) = (end, at + 1);
        }
        self.taken.fetch_add((harvest.kept.len() - kept) * harvest.kept.state_bytes(), Ordering::Relaxed);
        let masks = &harvest.masks[masks..];
        let children = masks.iter().map(|mask| mask.count_ones() as usize).sum();
        harvest.runs.push(Run { first: states.start, masks: masks.len(), children, kept: keeps.then_some(kept) });
        Ok(())
    }

    /// Puts together what was found in all of it: the next level.
    pub fn end(&mut self, harvests: Vec<Harvest>) {
        let mut runs: Vec<(usize, usize, &Run)> = Vec::new();
        for (of, harvest) in harvests.iter().enumerate() {
            let mut masks = 0;
            for run in &harvest.runs {
                runs.push((of, masks, run));
                masks += run.masks;
            }
        }
        runs.sort_unstable_by_key(|(_, _, run)| run.first);
        let mut masks = Vec::with_capacity(self.width());
        let mut first = 0;
        let mut pieces: Vec<Piece> = Vec::new();
        // Where the states would be that are kept right behind those of the last piece.
        let mut behind = None;
        for (of, from, run) in runs {
            masks.extend_from_slice(&harvests[of].masks[from..from + run.masks]);
            let kept = run.kept.map(|place| (of, place));
            if pieces.is_empty() || kept != behind {
                pieces.push(Piece { first, kept });
            }
            behind = kept.map(|(of, place)| (of, place + run.children));
            first += run.children;
        }
        let tree = self.tree.get_mut().unwrap_or_else(PoisonError::into_inner);
        tree.grow(masks);
        if pieces.iter().any(|piece| piece.kept.is_none()) {
            tree.prune();
        }
        *self.overgrown.get_mut() = tree.is_overgrown();
        self.width = tree.width();
        self.tree_bytes = tree.bytes();
        self.pieces = pieces;
        self.kept = harvests.into_iter().map(|harvest| harvest.kept).collect();
    }
}

/// A walk to states of the frontier that are not kept.
struct Walk<'a, 'p, S> {
    expand: &'a mut Expand<S>,
    walker: &'a mut Walker<'p>,
    whence: Whence<'a>,
    masks: &'a mut Vec<u32>,
    kept: Option<&'a mut Snapshots>,
}

impl<S: Shelf> Visit for Walk<'_, '_, S> {
    type Stop = Stop;

    #[inline(always)]
    fn step(&mut self, next: Move) {
        self.expand.step(self.walker, next);
    }

    #[inline(always)]
    fn back(&mut self) {
        self.expand.back(self.walker);
    }

    #[inline(always)]
    fn arrive(&mut self) -> Result<(), Stop> {
        let mask = self.expand.expand(self.walker, &self.whence, self.kept.as_deref_mut())?;
        self.masks.push(mask);
        Ok(())
    }
}

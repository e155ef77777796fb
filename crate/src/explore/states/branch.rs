//! A part of the search tree, and how one walks it level by level.
//!
//! Breadth first, a search remembers every state of a level until the next one is done. Here it remembers, for each
//! state, only which moves led from it to *new* states: one mask. The masks of a level stand in the order in which a
//! depth-first walk meets their states, so one such walk, with one cursor a level, comes by all states of the last level
//! (the *frontier*), each with its whole schedule at hand. A state from which no new ones are left is struck out on the
//! way. Where there is room, the states of the frontier are kept as [snapshots](super::snapshots) besides, in the same order; then the walk
//! is over the masks only, and takes no step.

use super::snapshots::{Room, Snapshots};
use crate::explore::Walker;
use crate::machine::ThreadId;
use crate::machine::model::Move;

/// Moves as bits of a mask: thread and way.
#[derive(Clone, Copy, Debug)]
pub struct Bits {
    threads: u32,
}

impl Bits {
    /// For so many threads.
    #[must_use]
    pub const fn new(threads: u32) -> Self {
        Self { threads }
    }

    /// The bit of a move.
    ///
    /// # Panics
    /// When there are too many threads, or ways, for a mask.
    #[inline(always)]
    #[must_use]
    pub fn of(self, next: Move) -> u32 {
        let bit = next.way * self.threads + next.thread.index();
        assert!(bit < u32::BITS, "more than 32 moves");
        1 << bit
    }

    /// The move of the lowest bit.
    #[inline(always)]
    #[must_use]
    pub fn first(self, mask: u32) -> Move {
        let bit = mask.trailing_zeros();
        if bit < self.threads {
            return Move { thread: ThreadId::new(bit), way: 0 };
        }
        Move { thread: ThreadId::new(bit % self.threads), way: bit / self.threads }
    }
}

/// What happens on the walk.
pub trait Visit {
    /// Why the walk may end early.
    type Stop;

    /// Takes a step.
    fn step(&mut self, walker: &mut Walker<'_>, next: Move);

    /// Takes it back.
    fn back(&mut self, walker: &mut Walker<'_>);

    /// Looks at a state of the frontier; the moves that lead to new ones, which go to `next` in the order of their bits.
    ///
    /// # Errors
    /// When the walk ends here.
    fn expand(&mut self, walker: &mut Walker<'_>, next: &mut Kept) -> Result<u32, Self::Stop>;
}

/// A part of the tree: all that lies below the end of `prefix`.
#[derive(Debug, Default)]
pub struct Branch {
    prefix: Vec<Move>,
    /// For each level, first to last, the masks of its states. Below the last one is the frontier.
    levels: Vec<Vec<u32>>,
    /// States of the frontier.
    width: usize,
    kept: Kept,
}

/// The states of a frontier, as far as they are kept.
#[derive(Debug, Default)]
pub enum Kept {
    /// They are not: one has to walk there.
    #[default]
    Not,
    /// All of them.
    All(Snapshots),
}

impl Kept {
    /// Keeps the state that the walker is at.
    #[inline(always)]
    pub fn push(&mut self, walker: &Walker<'_>) {
        if let Self::All(snapshots) = self {
            snapshots.push(walker);
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Not => 0,
            Self::All(snapshots) => snapshots.bytes(),
        }
    }
}

/// Where the walk is in a level.
#[derive(Clone, Copy, Default)]
struct Cursor {
    read: usize,
    written: usize,
}

/// A state on the walk's path.
#[derive(Clone, Copy)]
struct Node {
    /// Moves still to be walked.
    left: u32,
    /// Moves that still lead somewhere.
    alive: u32,
    /// The move being walked.
    bit: u32,
}

impl Branch {
    /// The whole tree, when nothing is known of it but the initial state.
    #[must_use]
    pub fn root() -> Self {
        Self { width: 1, ..Self::default() }
    }

    /// States of the frontier.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Bytes that the branch takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|level| level.capacity() * size_of::<u32>()).sum::<usize>()
            + self.prefix.capacity() * size_of::<Move>()
            + self.kept.bytes()
    }

    /// Goes to every state of the frontier; what `visit` finds there becomes the next level, whose states are kept if they
    /// take no more than `room`. The walk begins at the initial state, and leaves the walker anywhere.
    ///
    /// # Errors
    /// When `visit` ends it; the walker is left where that happened.
    pub fn walk<V: Visit>(
        &mut self,
        walker: &mut Walker<'_>,
        bits: Bits,
        room: Room,
        visit: &mut V,
    ) -> Result<(), V::Stop> {
        let kept = core::mem::take(&mut self.kept);
        walker.reset(&[]);
        if let Kept::All(snapshots) = &kept {
            snapshots.open(walker);
        }
        let mut way = Way { visit, kept: &kept, passed: 0, next: Kept::All(Snapshots::new(walker)), room };
        self.prefix.iter().for_each(|&next| way.step(walker, next));
        let frontier = self.levels.len();
        let mut found = Vec::new();
        let mut cursors = vec![Cursor::default(); frontier];
        let mut path: Vec<Node> = Vec::with_capacity(frontier);
        if frontier == 0 {
            found.push(way.expand(walker)?);
        } else {
            path.push(self.enter(0, &mut cursors));
        }
        while !path.is_empty() {
            let depth = path.len();
            let node = &mut path[depth - 1];
            if node.left == 0 {
                let alive = node.alive;
                path.pop();
                if alive != 0 {
                    let cursor = &mut cursors[path.len()];
                    self.levels[path.len()][cursor.written] = alive;
                    cursor.written += 1;
                }
                if let Some(parent) = path.last_mut() {
                    way.back(walker);
                    parent.alive |= if alive == 0 { 0 } else { parent.bit };
                }
                continue;
            }
            node.bit = node.left & node.left.wrapping_neg();
            node.left ^= node.bit;
            way.step(walker, bits.first(node.bit));
            if depth < frontier {
                path.push(self.enter(depth, &mut cursors));
                continue;
            }
            let mask = way.expand(walker)?;
            way.back(walker);
            if mask != 0 {
                found.push(mask);
                node.alive |= node.bit;
            }
        }
        self.kept = way.next;
        for (level, cursor) in self.levels.iter_mut().zip(cursors) {
            level.truncate(cursor.written);
            if level.capacity() > 2 * level.len() {
                level.shrink_to_fit();
            }
        }
        found.shrink_to_fit();
        self.width = found.iter().map(|mask| mask.count_ones() as usize).sum();
        self.levels.push(found);
        self.shorten(bits);
        Ok(())
    }

    /// Enters the next state of a level.
    fn enter(&self, level: usize, cursors: &mut [Cursor]) -> Node {
        let cursor = &mut cursors[level];
        let mask = self.levels[level][cursor.read];
        cursor.read += 1;
        Node { left: mask, alive: 0, bit: 0 }
    }

    /// While only one move leads on from the top, it belongs to the prefix.
    fn shorten(&mut self, bits: Bits) {
        let single = |level: &Vec<u32>| level.len() == 1 && level[0].is_power_of_two();
        let moves = self.levels.iter().take_while(|level| single(level)).count();
        self.prefix.extend(self.levels.drain(..moves).map(|level| bits.first(level[0])));
    }

    /// Cuts the branch at its top: one branch for each move from there.
    #[must_use]
    pub fn split(self, bits: Bits) -> Vec<Self> {
        let Some(&(mut top)) = self.levels.first().and_then(|level| level.first()) else { return vec![self] };
        let mut parts = Vec::new();
        // Where the next part begins in each level below the top.
        let mut begins = vec![0; self.levels.len()];
        let mut states = 0;
        while top != 0 {
            let mut part = Self { prefix: self.prefix.clone(), width: 1, ..Self::default() };
            part.prefix.push(bits.first(top));
            top &= top - 1;
            for (level, begin) in self.levels.iter().zip(&mut begins).skip(1) {
                let masks = level[*begin..*begin + part.width].to_vec();
                *begin += part.width;
                part.width = masks.iter().map(|mask| mask.count_ones() as usize).sum();
                part.levels.push(masks);
            }
            if let Kept::All(snapshots) = &self.kept {
                part.kept = Kept::All(snapshots.part(states, part.width));
                states += part.width;
            }
            part.shorten(bits);
            parts.push(part);
        }
        parts
    }
}

/// The way to the states of the frontier: step by step, or straight to them.
struct Way<'a, V> {
    visit: &'a mut V,
    kept: &'a Kept,
    /// States of the frontier that lie behind.
    passed: usize,
    next: Kept,
    room: Room,
}

impl<V: Visit> Way<'_, V> {
    #[inline(always)]
    fn step(&mut self, walker: &mut Walker<'_>, next: Move) {
        match self.kept {
            Kept::Not => self.visit.step(walker, next),
            Kept::All(_) => walker.origin.push(next),
        }
    }

    #[inline(always)]
    fn back(&mut self, walker: &mut Walker<'_>) {
        match self.kept {
            Kept::Not => self.visit.back(walker),
            Kept::All(_) => drop(walker.origin.pop()),
        }
    }

    #[inline(always)]
    fn expand(&mut self, walker: &mut Walker<'_>) -> Result<u32, V::Stop> {
        if let Kept::All(snapshots) = self.kept {
            snapshots.load(self.passed, walker);
            self.passed += 1;
        }
        let mask = self.visit.expand(walker, &mut self.next)?;
        if self.next.bytes() > self.room.0 {
            self.next = Kept::Not;
        }
        Ok(mask)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::explore::Pasts;
    use crate::explore::miniature::{Miniature, MiniatureProtocol};

    /// Expands every state in full, and writes down where it was.
    struct All {
        bits: Bits,
        frontier: Vec<Vec<Move>>,
    }

    impl Visit for All {
        type Stop = ();

        fn step(&mut self, walker: &mut Walker<'_>, next: Move) {
            walker.step(next);
        }

        fn back(&mut self, walker: &mut Walker<'_>) {
            walker.back();
        }

        fn expand(&mut self, walker: &mut Walker<'_>, kept: &mut Kept) -> Result<u32, ()> {
            self.frontier.push(walker.schedule());
            walker.audit();
            let mut mask = 0;
            for next in walker.moves().collect::<Vec<_>>() {
                walker.step(next);
                kept.push(walker);
                walker.back();
                mask |= self.bits.of(next);
            }
            Ok(mask)
        }
    }

    fn frontiers(split: bool, room: Room) -> Vec<Vec<Vec<Move>>> {
        let program = Miniature::new(MiniatureProtocol::Trylock, 1, 2);
        let walker = &mut Walker::new(&program, Pasts::Forgotten);
        let bits = Bits::new(2);
        let mut branches = vec![Branch::root()];
        let mut all = Vec::new();
        while branches.iter().any(|branch| branch.width() > 0) {
            let mut visit = All { bits, frontier: Vec::new() };
            for branch in &mut branches {
                if branch.width() > 0 {
                    let expected = visit.frontier.len() + branch.width();
                    branch.walk(walker, bits, room, &mut visit).unwrap();
                    assert_eq!(visit.frontier.len(), expected);
                }
            }
            all.push(visit.frontier);
            if split {
                branches = branches.into_iter().flat_map(|branch| branch.split(bits)).collect();
            }
        }
        all
    }

    #[test]
    fn every_schedule_is_walked_once_level_by_level() {
        fn schedules(walker: &mut Walker<'_>, all: &mut Vec<Vec<Vec<Move>>>) {
            all.resize_with(all.len().max(walker.depth() + 1), Vec::new);
            all[walker.depth()].push(walker.schedule());
            for next in walker.moves().collect::<Vec<_>>() {
                walker.step(next);
                schedules(walker, all);
                walker.back();
            }
        }
        let mut all = Vec::new();
        let program = Miniature::new(MiniatureProtocol::Trylock, 1, 2);
        schedules(&mut Walker::new(&program, Pasts::Forgotten), &mut all);
        assert_eq!(frontiers(false, Room(0)), all);
        assert_eq!(frontiers(false, Room(usize::MAX)), all);
    }

    #[test]
    fn a_tree_cut_into_branches_is_the_same_tree() {
        for room in [0, 2_000, usize::MAX].map(Room) {
            assert_eq!(frontiers(true, room), frontiers(false, Room(0)));
        }
    }
}

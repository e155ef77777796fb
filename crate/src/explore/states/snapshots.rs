//! States, kept as they are: fast to come back to, but each takes room for every word that any step has changed.
//!
//! A level's states are kept in this way while there is room ([`Room`]); otherwise one walks to them.

use crate::explore::Walker;
use crate::machine::model::Move;
use crate::ring::Addr;

/// How many bytes snapshots may take.
#[derive(Clone, Copy, Debug)]
pub struct Room(pub usize);

impl Room {
    /// However few states there are, so much is nothing.
    const ALWAYS: usize = 8 << 20;

    /// Next to `states` remembered states: one byte for each.
    #[must_use]
    pub const fn beside(states: u64) -> Self {
        Self(Self::ALWAYS + states as usize)
    }
}

/// States in a row.
#[derive(Clone, Debug, Default)]
pub struct Snapshots {
    /// The words that are kept of the memory; all others are as in the initial state.
    live: Vec<Addr>,
    /// The states, one after the other.
    words: Vec<u32>,
    threads: u32,
}

impl Snapshots {
    /// None yet, of a program that `walker` walks.
    #[must_use]
    pub fn new(walker: &Walker<'_>) -> Self {
        // In one order, so that those of several walkers have the same words at the same places.
        let mut live = walker.live().to_vec();
        live.sort_unstable();
        Self { threads: walker.threads(), live, ..Self::default() }
    }

    /// Gets ready to take so many, or as many of them as there is room for.
    pub fn reserve(&mut self, states: usize, room: Room) {
        self.words.reserve_exact(states.min(room.0 / self.state_bytes()) * self.stride());
    }

    /// Bytes that one takes.
    #[must_use]
    pub fn state_bytes(&self) -> usize {
        self.stride() * size_of::<u32>()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len() / self.stride()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The words of the memory that are kept.
    #[must_use]
    pub fn live(&self) -> &[Addr] {
        &self.live
    }

    /// Words of one state.
    fn stride(&self) -> usize {
        Walker::saved_words(self.threads, self.live.len())
    }

    /// Bytes that they take.
    #[must_use]
    pub fn bytes(&self) -> usize {
        (self.words.capacity() + self.live.capacity()) * size_of::<u32>()
    }

    /// Adds the state that the walker is at.
    pub fn push(&mut self, walker: &Walker<'_>) {
        if walker.live().len() > self.live.len() {
            self.relive(walker);
        }
        if self.words.capacity() - self.words.len() < self.stride() {
            // A vector would double its room, which is what memory is short of.
            self.words.reserve_exact(self.words.len() / 8 + 16 * self.stride());
        }
        walker.save(&self.live, &mut self.words);
    }

    /// More words have come to life since: in the states kept so far they are what they were in the beginning.
    #[cold]
    fn relive(&mut self, walker: &Walker<'_>) {
        let stride = self.stride();
        let more: Vec<Addr> = walker.live().iter().copied().filter(|at| !self.live.contains(at)).collect();
        let room = self.words.capacity() / stride * (stride + more.len());
        let old = core::mem::replace(&mut self.words, Vec::with_capacity(room));
        for state in old.chunks_exact(stride) {
            self.words.extend_from_slice(state);
            self.words.extend(more.iter().map(|&at| walker.initially(at)));
        }
        self.live.extend(more);
    }

    /// Puts the walker, which must be [open](Walker::open) for these words, to state `i`; `origin` tells what led there.
    #[inline(always)]
    pub fn load(&self, i: usize, walker: &mut Walker<'_>, origin: impl FnOnce() -> Vec<Move>) {
        let stride = self.stride();
        walker.load(&self.live, &self.words[i * stride..(i + 1) * stride], origin);
    }
}

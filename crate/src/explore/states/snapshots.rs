//! States, kept as they are: fast to come back to, but each takes room for every word that any step has changed.
//!
//! A level's states are kept in this way while there is room ([`Room`]); otherwise one walks to them.

use crate::explore::Walker;
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
        Self { threads: walker.threads(), live: walker.live().to_vec(), ..Self::default() }
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
        let more: Vec<Addr> = walker.live()[self.live.len()..].to_vec();
        let old = core::mem::take(&mut self.words);
        for state in old.chunks_exact(stride) {
            self.words.extend_from_slice(state);
            self.words.extend(more.iter().map(|&at| walker.initially(at)));
        }
        self.live.extend(more);
    }

    /// Makes the walker ready to [load](Self::load) these states.
    pub fn open(&self, walker: &mut Walker<'_>) {
        walker.reset(&self.live);
    }

    /// Puts the walker to state `i`; its [origin](Walker::origin) is for the caller to keep.
    #[inline(always)]
    pub fn load(&self, i: usize, walker: &mut Walker<'_>) {
        let stride = self.stride();
        walker.load(&self.live, &self.words[i * stride..(i + 1) * stride]);
    }

    /// Cuts states off: `states` of them, from `first` on.
    #[must_use]
    pub fn part(&self, first: usize, states: usize) -> Self {
        let stride = self.stride();
        let words = self.words[first * stride..(first + states) * stride].to_vec();
        Self { words, live: self.live.clone(), threads: self.threads }
    }
}

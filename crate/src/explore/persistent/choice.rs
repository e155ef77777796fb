//! Which moves from a state are followed.

use super::futures::Futures;
use super::graph::Node;
use super::words::{Accesses, Word};
use crate::explore::Walker;
use crate::explore::bits::Bits;
use crate::machine::ThreadId;
use crate::machine::model::{Cells, Intent, Move};

/// What one thread is about to do.
#[derive(Debug, Default)]
struct Next {
    /// Its moves, as bits: none, if it cannot go on.
    moves: u32,
    /// What they read, the word included that decides whether the thread can go on.
    reads: Vec<Word>,
    /// What they change.
    changes: Vec<Word>,
    /// The threads that it may meet, as bits, once that was asked.
    meets: Option<u32>,
}

/// Chooses, over and over.
#[derive(Debug)]
pub struct Chooser {
    bits: Bits,
    next: Vec<Next>,
    /// Whether a thread came to something that the futures did not know.
    pub is_surprised: bool,
}

impl Chooser {
    /// For a program of so many threads.
    #[must_use]
    pub fn new(threads: u32) -> Self {
        Self { bits: Bits::new(threads), next: (0..threads).map(|_| Next::default()).collect(), is_surprised: false }
    }

    /// A persistent set of moves from the state that the walker is at, as bits, where the threads stand at `nodes`. Those of
    /// thread `first` alone, if they are one.
    pub fn choose(&mut self, walker: &mut Walker<'_>, futures: &Futures, nodes: &[Node], first: usize) -> u32 {
        let known = walker.table().outcomes();
        self.look(walker, futures, nodes);
        let all = self.next.iter().fold(0, |all, next| all | next.moves);
        // Where something has just been learned, there is more to learn.
        if all.is_power_of_two() || walker.table().outcomes() != known {
            return all;
        }
        let threads = nodes.len();
        let mut best = all;
        for begin in (first..threads).chain(0..first) {
            if self.next[begin].moves == 0 {
                continue;
            }
            let moves = self.moves_with(begin, walker.memory(), futures, nodes);
            if moves.count_ones() < best.count_ones() {
                best = moves;
            }
            if moves == self.next[begin].moves {
                break;
            }
        }
        best
    }

    /// Looks at what each thread is about to do.
    fn look(&mut self, walker: &mut Walker<'_>, futures: &Futures, nodes: &[Node]) {
        for ((number, next), &node) in (0..).zip(&mut self.next).zip(nodes) {
            let thread = ThreadId::new(number);
            (next.moves, next.meets) = (0, None);
            next.reads.clear();
            next.changes.clear();
            for way in 0..walker.ways(thread) {
                let one = Move { thread, way };
                next.moves |= self.bits.of(one);
                let outcome = walker.peek(one);
                self.is_surprised |= futures.graph.after(node, outcome) == Node::UNKNOWN;
                let Accesses { reads, changes } = futures.words.accesses(outcome);
                next.reads.extend_from_slice(reads);
                next.changes.extend_from_slice(changes);
            }
            let intent = walker.table().place_info(walker.place(thread)).intent;
            let decided_by = intent.and_then(Intent::decided_by);
            next.reads.extend(decided_by.and_then(|at| futures.words.number(at)));
        }
    }

    /// The moves of the smallest set of threads that has this one, and whom any of them may meet.
    fn moves_with(&mut self, begin: usize, memory: &Cells, futures: &Futures, nodes: &[Node]) -> u32 {
        let (mut set, mut looked, mut moves) = (1_u32 << begin, 0_u32, 0);
        while set != looked {
            let thread = (set & !looked).trailing_zeros() as usize;
            looked |= 1 << thread;
            moves |= self.next[thread].moves;
            set |= self.met_by(thread, memory, futures, nodes);
        }
        moves
    }

    fn met_by(&mut self, thread: usize, memory: &Cells, futures: &Futures, nodes: &[Node]) -> u32 {
        let next = &mut self.next[thread];
        let accesses = Accesses { reads: &next.reads, changes: &next.changes };
        *next.meets.get_or_insert_with(|| {
            let others = (0..nodes.len()).filter(|&other| other != thread);
            let thread = ThreadId::new(thread as u32);
            let kept = futures.kept(thread, memory, others.clone().map(|other| nodes[other]));
            let met = others.filter(|&other| futures.may_meet(accesses, kept, nodes[other]));
            met.fold(0, |met, other| met | 1 << other)
        })
    }
}

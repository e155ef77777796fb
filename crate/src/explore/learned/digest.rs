//! From the log of one step to what it depended on and what it changed.

use std::collections::{HashMap, HashSet};

use crate::machine::model::Access;
use crate::ring::Addr;

/// A change of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// A word becomes a value.
    Set {
        /// The word.
        at: Addr,
        /// The value.
        value: u32,
    },
    /// Words become what other words are.
    Copy {
        /// The first one read.
        from: Addr,
        /// The first one written.
        to: Addr,
        /// How many.
        words: u32,
    },
}

impl Effect {
    /// The words that change.
    pub fn changes(&self) -> impl Iterator<Item = Addr> + use<> {
        let (at, words) = match *self {
            Self::Set { at, .. } => (at, 1),
            Self::Copy { to, words, .. } => (to, words),
        };
        (0..words).map(move |i| at.offset(i))
    }
}

/// One step, digested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// The words that were looked at, with what they held *before* the step; each once, in the order of the looks.
    pub decisions: Vec<(Addr, u32)>,
    /// The changes, in order.
    pub effects: Vec<Effect>,
    /// All words that the step depends on, ascending.
    pub reads: Vec<Addr>,
    /// All words that it changes, or would in another order of steps; ascending.
    pub writes: Vec<Addr>,
}

impl Digest {
    /// What the word held that the step has looked at.
    ///
    /// # Panics
    /// When it has not.
    #[must_use]
    pub fn decided_by(&self, at: Addr) -> u32 {
        let looked = self.decisions.iter().find(|(looked, _)| *looked == at);
        looked.expect("a thread has read the same words, and then looked at another one").1
    }
}

/// What a word holds in the middle of the step.
#[derive(Clone, Copy)]
enum Content {
    /// Something that the step knows.
    Known,
    /// What this word held before the step; nobody has looked.
    Of(Addr),
}

/// Digests a log.
#[must_use]
pub fn digest(log: &[Access]) -> Digest {
    let mut digest = Digest::default();
    let mut contents: HashMap<Addr, Content> = HashMap::new();
    let mut decided: HashSet<Addr> = HashSet::new();
    for &access in log {
        match access {
            Access::Read { at, value } => {
                let Content::Of(source) = contents.get(&at).copied().unwrap_or(Content::Of(at)) else { continue };
                digest.reads.push(source);
                if decided.insert(source) {
                    digest.decisions.push((source, value));
                }
                contents.insert(at, Content::Known);
            }
            Access::Write { at, value } => {
                digest.writes.push(at);
                digest.effects.push(Effect::Set { at, value });
                contents.insert(at, Content::Known);
            }
            Access::Copy { from, to, words } => {
                digest.effects.push(Effect::Copy { from, to, words });
                for i in 0..words {
                    let (from, to) = (from.offset(i), to.offset(i));
                    let content = contents.get(&from).copied().unwrap_or(Content::Of(from));
                    if let Content::Of(source) = content {
                        digest.reads.push(source);
                    }
                    digest.writes.push(to);
                    contents.insert(to, content);
                }
            }
            Access::Touch { at } => digest.writes.push(at),
        }
    }
    for words in [&mut digest.reads, &mut digest.writes] {
        words.sort_unstable();
        words.dedup();
    }
    digest
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::machine::model::Cells;
    use crate::ring::Memory;

    const A: Addr = Addr::from_word(0);
    const B: Addr = Addr::from_word(1);
    const C: Addr = Addr::from_word(2);

    fn of(words: [u32; 3], step: impl FnOnce(&Cells)) -> Digest {
        let memory = Cells::new(3);
        memory.write(A, &words);
        memory.start_log();
        step(&memory);
        digest(&memory.take_log())
    }

    #[test]
    fn a_word_is_decided_by_once_and_not_after_it_was_written() {
        let digest = of([7, 8, 9], |memory| {
            memory.load(A);
            memory.load(A);
            memory.store(B, 1);
            memory.load(B);
        });
        assert_eq!(digest.decisions, [(A, 7)]);
        assert_eq!((digest.reads, digest.writes), (vec![A], vec![B]));
        assert_eq!(digest.effects, [Effect::Set { at: B, value: 1 }]);
    }

    #[test]
    fn a_copy_decides_nothing_until_somebody_looks() {
        let copied = of([7, 8, 9], |memory| memory.copy(A, B, 1));
        assert!(copied.decisions.is_empty());
        assert_eq!((copied.reads, copied.writes), (vec![A], vec![B]));
        let looked = of([7, 8, 9], |memory| {
            memory.copy(A, B, 1);
            memory.load(B);
            memory.load(A);
        });
        assert_eq!(looked.decisions, [(A, 7)]);
    }

    #[test]
    fn a_look_at_a_copy_is_a_look_at_what_the_source_was() {
        let digest = of([7, 8, 9], |memory| {
            memory.copy(A, B, 1);
            memory.store(A, 5);
            memory.copy(B, C, 1);
            memory.load(C);
            memory.load(A);
        });
        assert_eq!(digest.decisions, [(A, 7)]);
    }

    #[test]
    fn what_failed_depends_on_the_word_as_a_write_does() {
        let digest = of([7, 8, 9], |memory| assert!(memory.compare_exchange(A, 1, 2).is_err()));
        assert_eq!((digest.reads, digest.writes), (vec![A], vec![A]));
        assert!(digest.effects.is_empty());
    }
}

//! The words that threads have in common, those that each has for itself, and what steps do to them.

use crate::explore::learned::digest::Effect;
use crate::explore::learned::table::{Outcome, Table};
use crate::machine::ThreadId;
use crate::machine::model::Intent;
use crate::ring::Addr;

/// Number of a word that several threads touch, and one of them changes at least. Only there can steps depend on one another.
pub type Word = u16;

/// The common words that one step reads and changes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Accesses<'a> {
    /// It depends on these.
    pub reads: &'a [Word],
    /// It changes these.
    pub changes: &'a [Word],
}

/// All words that steps touch, as far as steps are known.
#[derive(Debug)]
pub struct Words {
    /// The numbers of common words, by address.
    numbers: Vec<Option<Word>>,
    count: usize,
    /// Each thread's own words, ascending.
    own: Vec<Vec<Addr>>,
    /// Common words of the steps, and where those begin that each outcome reads, and those that it changes; behind them, the next
    /// one's.
    touched: Vec<Word>,
    begins: Vec<[u32; 2]>,
}

/// Who touches a word.
#[derive(Clone, Copy, Default)]
struct Touched {
    /// By bits.
    readers: u32,
    writers: u32,
    /// Whether a step writes there what it has not looked at.
    unseen: bool,
}

impl Words {
    /// The words, `of` them in all, that steps of so many threads touch.
    #[must_use]
    pub fn new(table: &Table, threads: u32, of: usize) -> Self {
        let mut touched = vec![Touched::default(); of];
        for (thread, outcome) in table.all_outcomes() {
            let bit = 1 << thread.index();
            table.reads(outcome).iter().for_each(|at| touched[at.index()].readers |= bit);
            for effect in table.effects(table.outcome_info(outcome)) {
                for at in effect.changes() {
                    let word = &mut touched[at.index()];
                    word.writers |= bit;
                    word.unseen |= matches!(effect, Effect::Copy { .. });
                }
            }
        }
        for place in table.all_places() {
            if let Some(at) = place.intent.and_then(Intent::decided_by) {
                touched[at.index()].readers |= 1 << place.thread.index();
            }
        }
        let mut words = Self {
            numbers: vec![None; of],
            count: 0,
            own: vec![Vec::new(); threads as usize],
            touched: Vec::new(),
            begins: Vec::new(),
        };
        for (at, Touched { readers, writers, unseen }) in (0..).map(Addr::from_word).zip(touched) {
            if writers != 0 && (readers | writers).count_ones() > 1 {
                words.numbers[at.index()] = Some(words.count as Word);
                words.count += 1;
            } else if writers != 0 && readers == writers && !unseen {
                words.own[writers.trailing_zeros() as usize].push(at);
            }
        }
        words.note(table);
        words
    }

    fn note(&mut self, table: &Table) {
        let numbers = &self.numbers;
        for (_, outcome) in table.all_outcomes() {
            let reads = self.touched.len() as u32;
            self.touched.extend(table.reads(outcome).iter().filter_map(|at| numbers[at.index()]));
            let changes = self.touched.len() as u32;
            let effects = table.effects(table.outcome_info(outcome)).iter();
            self.touched.extend(effects.flat_map(Effect::changes).filter_map(|at| numbers[at.index()]));
            self.begins.push([reads, changes]);
        }
        self.begins.push([self.touched.len() as u32; 2]);
    }

    /// How many are common.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The number of the word, if it is a common one.
    #[must_use]
    pub fn number(&self, at: Addr) -> Option<Word> {
        self.numbers[at.index()]
    }

    /// The thread's own words, ascending: no other one touches them, and all that is ever written there follows from where the
    /// thread stands.
    #[must_use]
    pub fn own(&self, thread: ThreadId) -> &[Addr] {
        &self.own[thread.index() as usize]
    }

    /// What the step does; nothing, if it was not known.
    #[inline]
    #[must_use]
    pub fn accesses(&self, outcome: Outcome) -> Accesses<'_> {
        match self.begins.get(outcome.index()..outcome.index() + 2) {
            Some(&[[reads, changes], [end, _]]) => Accesses {
                reads: &self.touched[reads as usize..changes as usize],
                changes: &self.touched[changes as usize..end as usize],
            },
            _ => Accesses::default(),
        }
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<Option<Word>>()
            + self.touched.capacity() * size_of::<Word>()
            + self.begins.capacity() * size_of::<[u32; 2]>()
    }
}

//! A state, and steps forward and back.

use super::digest::Effect;
use super::lesson::Seat;
use super::table::{Outcome, Place, Table};
use crate::explore::{Program, fingerprint};
use crate::machine::ThreadId;
use crate::machine::model::{Cells, Move, Run};
use crate::ring::Addr;

/// What threads remember of operations that are over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pasts {
    /// Nothing, as [`begin_operation`](crate::machine::Machine::begin_operation) says.
    Forgotten,
    /// Everything: fewer states are taken for one. A program that breaks the contract of `begin_operation` can be
    /// explored in this way only.
    Kept,
}

/// How a state looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Somebody can go on.
    Going,
    /// All threads have ended.
    Finished,
    /// Nobody can go on, but not all have ended.
    Stuck,
}

/// One step that was taken, and how to take it back.
#[derive(Clone, Copy)]
pub(super) struct Taken {
    next: Move,
    outcome: Outcome,
    from: Place,
    fingerprint: u64,
    undo: u32,
}

/// A state of a program, reached by a schedule.
pub struct Walker<'p> {
    program: &'p dyn Program,
    pasts: Pasts,
    pub(super) table: Table,
    pub(super) memory: Cells,
    pub(super) places: Vec<Place>,
    pub(super) fingerprint: u64,
    pub(super) path: Vec<Taken>,
    /// Words that steps of `path` have changed, with what they held before.
    pub(super) undo: Vec<(Addr, u32)>,
    /// Moves from the initial state to where `path` begins, if they [were told](Self::tell_origin).
    pub(super) origin: Vec<Move>,
    pub(super) initial: Initial,
    /// Words that any step has changed.
    pub(super) live: Vec<Addr>,
    /// Where it hears what other walkers of the program have learned, if there are others.
    pub(super) seat: Option<Seat>,
}

/// The initial state.
#[derive(Default)]
pub(super) struct Initial {
    pub(super) words: Box<[u32]>,
    pub(super) places: Vec<Place>,
    pub(super) fingerprint: u64,
}

impl<'p> Walker<'p> {
    /// At the initial state.
    #[must_use]
    pub fn new(program: &'p dyn Program, pasts: Pasts) -> Self {
        let mut walker = Self {
            program,
            pasts,
            table: Table::default(),
            memory: Cells::new(0),
            places: Vec::new(),
            fingerprint: 0,
            path: Vec::new(),
            undo: Vec::new(),
            origin: Vec::new(),
            initial: Initial::default(),
            live: Vec::new(),
            seat: None,
        };
        walker.execute(&mut |walker, run| {
            let model = run.model();
            walker.memory = model.memory().clone();
            for thread in model.control().all() {
                let place = walker.table.place(thread, model.past(thread), model.intent(thread));
                walker.places.push(place);
                walker.fingerprint ^= walker.table.place_info(place).mark;
            }
        });
        walker.initial = Initial {
            words: walker.memory.words().iter().map(core::cell::Cell::get).collect(),
            places: walker.places.clone(),
            fingerprint: walker.fingerprint,
        };
        walker
    }

    /// Executes the program for real, and hands it out before its first step.
    pub(super) fn execute(&mut self, visit: &mut dyn FnMut(&mut Self, &mut Run<'_>)) {
        let (program, pasts) = (self.program, self.pasts);
        program.execute(&mut |model, bodies| {
            if pasts == Pasts::Kept {
                model.keep_pasts();
            }
            model.set_tracing(false);
            visit(self, &mut Run::new(model, bodies));
        });
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &'p dyn Program {
        self.program
    }

    /// What has been learned so far.
    #[must_use]
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The shared memory.
    #[must_use]
    pub fn memory(&self) -> &Cells {
        &self.memory
    }

    /// Number of threads.
    #[inline(always)]
    #[must_use]
    pub fn threads(&self) -> u32 {
        self.places.len() as u32
    }

    /// The state's fingerprint.
    #[inline(always)]
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Steps that can be taken back.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.path.len()
    }

    /// The schedule that led here.
    pub fn moves_so_far(&self) -> impl Iterator<Item = Move> {
        self.origin.iter().copied().chain(self.path.iter().map(|taken| taken.next))
    }

    /// The schedule that led here.
    #[must_use]
    pub fn schedule(&self) -> Vec<Move> {
        self.moves_so_far().collect()
    }

    /// Whether the path has come by this state before.
    #[must_use]
    pub fn has_been_here(&self) -> bool {
        self.path.iter().any(|taken| taken.fingerprint == self.fingerprint)
    }

    /// What came of the last step.
    ///
    /// # Panics
    /// At the initial state.
    #[must_use]
    pub fn last(&self) -> Outcome {
        self.path.last().expect("a step was taken").outcome
    }

    /// Where a thread stands.
    #[inline(always)]
    #[must_use]
    pub fn place(&self, thread: ThreadId) -> Place {
        self.places[thread.index() as usize]
    }

    /// Whether the thread has ended.
    #[must_use]
    pub fn has_ended(&self, thread: ThreadId) -> bool {
        self.table.place_info(self.place(thread)).intent.is_none()
    }

    /// In how many ways the thread can go on: 0 when it waits or has ended, more than 1 when it chooses.
    #[inline(always)]
    #[must_use]
    pub fn ways(&self, thread: ThreadId) -> u32 {
        match self.table.place_info(self.place(thread)).intent {
            Some(intent) if intent.is_possible(|at| self.word(at)) => intent.ways(),
            _ => 0,
        }
    }

    /// All moves that are possible.
    pub fn moves(&self) -> impl Iterator<Item = Move> {
        let threads = (0..self.threads()).map(ThreadId::new);
        threads.flat_map(|thread| (0..self.ways(thread)).map(move |way| Move { thread, way }))
    }

    /// How the state looks from outside.
    #[inline(always)]
    #[must_use]
    pub fn standing(&self) -> Standing {
        let mut threads = (0..self.threads()).map(ThreadId::new);
        if threads.clone().any(|thread| self.ways(thread) > 0) {
            Standing::Going
        } else if threads.all(|thread| self.has_ended(thread)) {
            Standing::Finished
        } else {
            Standing::Stuck
        }
    }

    #[inline(always)]
    fn word(&self, at: Addr) -> u32 {
        self.memory.words()[at.index()].get()
    }

    /// What would come of `next`, which must be possible, if that is known.
    #[inline(always)]
    #[must_use]
    pub fn find(&self, next: Move) -> Option<Outcome> {
        self.table.find(self.place(next.thread), next.way, |at| self.word(at))
    }

    /// What would come of `next`, which must be possible.
    #[inline(always)]
    pub fn peek(&mut self, next: Move) -> Outcome {
        self.find(next).unwrap_or_else(|| self.find_out(next, |_| ()))
    }

    /// Takes a step, which must be possible.
    #[inline(always)]
    pub fn step(&mut self, next: Move) {
        let outcome = self.peek(next);
        self.take(next, outcome);
    }

    /// Takes a step of which it is known what comes of it here.
    #[inline(always)]
    pub fn take(&mut self, next: Move, outcome: Outcome) {
        let from = self.place(next.thread);
        self.path.push(Taken { next, outcome, from, fingerprint: self.fingerprint, undo: self.undo.len() as u32 });
        let info = self.table.outcome_info(outcome);
        let mut print = self.fingerprint ^ self.table.place_info(from).mark ^ self.table.place_info(info.to).mark;
        self.places[next.thread.index() as usize] = info.to;
        let words = self.memory.words();
        let undo = &mut self.undo;
        let mut set = |at: Addr, value: u32| {
            let before = words[at.index()].replace(value);
            if before != value {
                undo.push((at, before));
                print ^= fingerprint::of_word(at, before) ^ fingerprint::of_word(at, value);
            }
        };
        for &effect in self.table.effects(info) {
            match effect {
                Effect::Set { at, value } => set(at, value),
                Effect::Copy { from, to, words: count } => {
                    (0..count).for_each(|i| set(to.offset(i), words[from.offset(i).index()].get()));
                }
            }
        }
        self.fingerprint = print;
    }

    /// Takes the last step back.
    ///
    /// # Panics
    /// At the initial state.
    #[inline(always)]
    pub fn back(&mut self) {
        let taken = self.path.pop().expect("a step was taken");
        self.places[taken.next.thread.index() as usize] = taken.from;
        self.fingerprint = taken.fingerprint;
        while self.undo.len() > taken.undo as usize {
            if let Some((at, before)) = self.undo.pop() {
                self.memory.words()[at.index()].set(before);
            }
        }
    }

    /// Goes back until `depth` steps are left.
    pub fn back_to(&mut self, depth: usize) {
        while self.depth() > depth {
            self.back();
        }
    }

    /// Checks the state against a real execution of the schedule that led here.
    ///
    /// # Panics
    /// When they differ: a thread is not deterministic, or keeps something outside shared memory from one operation to
    /// the next.
    pub fn audit(&mut self) {
        self.execute(&mut |walker, run| {
            walker.moves_so_far().for_each(|so_far| run.step(so_far));
            walker.compare(run);
        });
    }
}

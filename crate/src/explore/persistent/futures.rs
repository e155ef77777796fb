//! What each thread may still do from where it stands, and which locks it must take on the way to that.

use super::graph::{Graph, Node};
use super::needs::{Needs, is_locking, lock_taken};
use super::words::{Accesses, Word, Words};
use crate::explore::Walker;
use crate::explore::learned::digest::Effect;
use crate::explore::learned::table::{OutcomeInfo, Table};
use crate::machine::ThreadId;
use crate::machine::lock::LockWord;
use crate::machine::model::{Cells, Intent};
use crate::ring::Addr;

/// All that is known of all threads.
#[derive(Debug)]
pub struct Futures {
    /// The words.
    pub words: Words,
    /// The graphs.
    pub graph: Graph,
    /// The locks' words.
    locks: Vec<Addr>,
    /// For each node, the locks that the thread holds there, whichever way it has come.
    holds: Vec<Needs>,
    /// For each node, what it takes to get to reading each common word, to changing it, and to changing each lock's word without
    /// locking.
    needs: Vec<Needs>,
}

impl Futures {
    /// What the walker, which must be at the initial state, knows.
    #[must_use]
    pub fn new(walker: &Walker<'_>) -> Self {
        let table = walker.table();
        let words = Words::new(table, walker.threads(), walker.memory().words().len());
        let graph = Graph::new(walker, &words);
        let mut locks: Vec<Addr> = Vec::new();
        for (_, outcome) in table.all_outcomes() {
            if let Some((lock, _)) = lock_taken(table.outcome_info(outcome))
                && !locks.contains(&lock)
                && locks.len() < Needs::LOCKS
            {
                locks.push(lock);
            }
        }
        let mut futures = Self { words, graph, locks, holds: Vec::new(), needs: Vec::new() };
        futures.find_held(table);
        futures.find_needs(table);
        futures
    }

    /// The lock that the step takes.
    fn taken(&self, step: &OutcomeInfo) -> Needs {
        lock_taken(step).and_then(|(at, alone)| Some(Needs::of(self.lock(at)?, alone))).unwrap_or_default()
    }

    fn lock(&self, at: Addr) -> Option<usize> {
        self.locks.iter().position(|lock| *lock == at)
    }

    /// The locks whose words the step changes.
    fn changed<'a>(&'a self, table: &'a Table, step: &OutcomeInfo) -> impl Iterator<Item = usize> + 'a {
        table.effects(step).iter().flat_map(Effect::changes).filter_map(|at| self.lock(at))
    }

    fn find_held(&mut self, table: &Table) {
        self.holds = vec![Needs::NEVER; self.graph.count()];
        self.graph.begin().iter().for_each(|begin| self.holds[begin.index()] = Needs::default());
        loop {
            let mut changed = false;
            for &node in self.graph.order().iter().rev() {
                let Some(info) = self.graph.info(node) else { continue };
                for &(outcome, to) in &info.steps {
                    let step = table.outcome_info(outcome);
                    let released = |holds: Needs, lock| holds.without(lock);
                    let then = self.changed(table, step).fold(self.holds[node.index()], released) | self.taken(step);
                    let before = self.holds[to.index()];
                    self.holds[to.index()] = before & then;
                    changed |= before & then != before;
                }
            }
            if !(changed && self.graph.loops()) {
                return;
            }
        }
    }

    fn find_needs(&mut self, table: &Table) {
        let row = self.row();
        let mut all = vec![Needs::NEVER; self.graph.count() * row];
        let mut needs = Vec::with_capacity(row);
        loop {
            let mut changed = false;
            for &node in self.graph.order() {
                needs.clear();
                needs.extend_from_slice(&all[node.index() * row..][..row]);
                self.find_needs_of(node, table, &all, &mut needs);
                let known = &mut all[node.index() * row..][..row];
                changed |= known != needs;
                known.copy_from_slice(&needs);
            }
            if !(changed && self.graph.loops()) {
                break;
            }
        }
        self.needs = all;
    }

    fn find_needs_of(&self, node: Node, table: &Table, all: &[Needs], needs: &mut [Needs]) {
        let (common, row) = (self.words.count(), self.row());
        let Some(info) = self.graph.info(node) else { return };
        for &(outcome, to) in &info.steps {
            let step = table.outcome_info(outcome);
            let taken = self.taken(step);
            for (here, &there) in needs.iter_mut().zip(&all[to.index() * row..][..row]) {
                *here = *here & (there | taken);
            }
            let Accesses { reads, changes } = self.words.accesses(outcome);
            reads.iter().for_each(|&word| needs[usize::from(word)] = Needs::default());
            changes.iter().for_each(|&word| needs[common + usize::from(word)] = Needs::default());
            for lock in self.changed(table, step) {
                if !is_locking(step, self.locks[lock], self.holds[node.index()].has(lock)) {
                    needs[2 * common + lock] = Needs::default();
                }
            }
        }
        let decided_by = table.place_info(info.place).intent.and_then(Intent::decided_by);
        if let Some(word) = decided_by.and_then(|at| self.words.number(at)) {
            needs[usize::from(word)] = Needs::default();
        }
    }

    /// Needs of one node.
    fn row(&self) -> usize {
        2 * self.words.count() + self.locks.len()
    }

    /// Needs of a thread at `node`, as far as they are known.
    #[inline(always)]
    fn needs_of(&self, node: Node) -> Option<&[Needs]> {
        let row = self.row();
        self.needs.get(node.index().checked_mul(row)?..)?.get(..row)
    }

    /// The locks that keep out the others, who stand at `others`, as long as `thread` takes no step: those that it has in `memory`,
    /// and whose words nobody can change without locking. For that somebody may need a lock that keeps him out himself: of such
    /// changes there would have to be a first one. Who takes the lock for its own, and has lost it, will give it back all the same.
    #[must_use]
    pub fn kept(&self, thread: ThreadId, memory: &Cells, others: impl Iterator<Item = Node> + Clone) -> Needs {
        let owner = |lock: usize| LockWord::from_word(memory.words()[self.locks[lock].index()].get()).owner();
        let has = (0..self.locks.len()).filter(|&lock| owner(lock) == Some(thread));
        let mut kept = has.fold(Needs::default(), |kept, lock| kept | Needs::of(lock, true));
        loop {
            let is_open = |lock: &usize| {
                let change = 2 * self.words.count() + lock;
                others.clone().any(|other| {
                    let believes = self.holds.get(other.index()).is_some_and(|holds| holds.has(*lock));
                    believes || self.needs_of(other).is_some_and(|needs| needs[change].are_met_beside(kept))
                })
            };
            match (0..self.locks.len()).filter(|&lock| kept.has(lock)).find(is_open) {
                Some(lock) => kept = kept.without(lock),
                None => return kept,
            }
        }
    }

    /// Whether a thread at `other` may come to a step that depends on these accesses, or they on it, while it is kept out of
    /// locks.
    #[inline]
    #[must_use]
    pub fn may_meet(&self, accesses: Accesses<'_>, kept: Needs, other: Node) -> bool {
        let Some(needs) = self.needs_of(other) else { return false };
        let (reads, changes) = needs.split_at(self.words.count());
        let may =
            |needs: &[Needs], words: &[Word]| words.iter().any(|&word| needs[usize::from(word)].are_met_beside(kept));
        may(changes, accesses.reads) || may(changes, accesses.changes) || may(reads, accesses.changes)
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let needs = (self.needs.capacity() + self.holds.capacity()) * size_of::<Needs>();
        self.words.bytes() + self.graph.bytes() + needs
    }
}

//! The graph of all states, kept whole.

use std::collections::HashMap;

use crate::explore::bounds::{Bound, Progress, Watch, map_bytes};
use crate::explore::{Program, Walker};
use crate::machine::model::Move;
use crate::machine::{Op, ThreadId};
use crate::ring::Addr;

/// Number of a state, in the order in which they were found.
pub type State = u32;

/// What became of a `try_lock`, if a step was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tried {
    /// It was none.
    No,
    /// Refused.
    Refused(Addr),
    /// The lock was free.
    Taken(Addr),
}

impl Tried {
    /// What the walker's last step was.
    #[must_use]
    pub fn last(walker: &Walker<'_>) -> Self {
        match walker.table().outcome_info(walker.last()).op {
            Some((Op::Refused, at)) => Self::Refused(at),
            Some((Op::TryLock, at)) => Self::Taken(at),
            _ => Self::No,
        }
    }
}

/// A step from one state to another.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// From where.
    pub from: State,
    /// To where.
    pub to: State,
    /// Who, and which way.
    pub next: Move,
    /// Whether it tried a lock.
    pub tried: Tried,
}

/// States and steps. Broken states have no steps.
#[derive(Debug, Default)]
pub struct Graph {
    /// All steps, by the state that they begin in.
    pub edges: Vec<Edge>,
    /// For each state, where its steps begin in `edges`; one more at the end.
    first: Vec<u32>,
    /// For each state, the threads that can go on there, as bits.
    pub enabled: Vec<u32>,
}

impl Graph {
    /// The graph of what the walker walks, depth first from the initial state; not all of it, if a bound was reached.
    pub fn explore(walker: &mut Walker<'_>, watch: &Watch<'_>) -> (Self, Option<Bound>) {
        let mut graph = Self::default();
        let bound = graph.grow(walker, watch).err();
        graph.sort();
        (graph, bound)
    }

    fn grow(&mut self, walker: &mut Walker<'_>, watch: &Watch<'_>) -> Result<(), Bound> {
        let mut numbers = HashMap::from([(walker.fingerprint(), 0)]);
        let mut path = vec![(0, self.enter(walker), 0)];
        let mut deepest = 0;
        while let Some((state, moves, done)) = path.last_mut() {
            let Some(&next) = moves.get(*done) else {
                path.pop();
                if !path.is_empty() {
                    walker.back();
                }
                continue;
            };
            *done += 1;
            let from = *state;
            walker.step(next);
            let count = numbers.len() as State;
            let to = *numbers.entry(walker.fingerprint()).or_insert(count);
            self.edges.push(Edge { from, to, next, tried: Tried::last(walker) });
            if to < count {
                walker.back();
                continue;
            }
            deepest = deepest.max(walker.depth());
            if watch.bounds.steps.is_some_and(|most| walker.depth() > most as usize) {
                return Err(Bound::Steps);
            }
            let moves = self.enter(walker);
            path.push((to, moves, 0));
            if self.states().is_multiple_of(1 << 10) || watch.is_counted_out(self.states().into()) {
                self.ask(walker, watch, &numbers, deepest as u32)?;
            }
        }
        // The last look was a while ago.
        self.ask(walker, watch, &numbers, deepest as u32)
    }

    /// Notes a new state; its moves, unless it is broken.
    fn enter(&mut self, walker: &Walker<'_>) -> Vec<Move> {
        let moves: Vec<Move> = walker.moves().collect();
        self.enabled.push(moves.iter().fold(0, |mask, next| mask | 1 << next.thread.index()));
        let program: &dyn Program = walker.program();
        if program.is_broken(walker.memory()) { Vec::new() } else { moves }
    }

    /// Whether to go on.
    fn ask(
        &self,
        walker: &Walker<'_>,
        watch: &Watch<'_>,
        numbers: &HashMap<u64, State>,
        depth: u32,
    ) -> Result<(), Bound> {
        let (states, transitions) = (u64::from(self.states()), self.edges.len() as u64);
        let bytes = (self.bytes() + map_bytes(numbers) + walker.table().bytes()) as u64;
        watch.tell(Progress { states, transitions, depth, bytes, ..Progress::default() });
        watch.over(states, bytes).map_or(Ok(()), Err)
    }

    fn sort(&mut self) {
        self.edges.sort_by_key(|edge| edge.from);
        self.first = (0..=self.enabled.len() as u32)
            .map(|state| self.edges.partition_point(|edge| edge.from < state) as u32)
            .collect();
    }

    /// Bytes that the graph takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.edges.capacity() * size_of::<Edge>() + (self.first.capacity() + self.enabled.capacity()) * size_of::<u32>()
    }

    /// Number of states.
    #[must_use]
    pub fn states(&self) -> u32 {
        self.enabled.len() as u32
    }

    /// The steps from a state.
    #[must_use]
    pub fn from(&self, state: State) -> &[Edge] {
        &self.edges[self.first[state as usize] as usize..self.first[state as usize + 1] as usize]
    }

    /// Whether the thread can go on in the state.
    #[must_use]
    pub fn is_enabled(&self, state: State, thread: ThreadId) -> bool {
        self.enabled[state as usize] >> thread.index() & 1 != 0
    }

    /// A shortest way from `from` by steps that are `allowed`, up to and with the first one that is `wanted`.
    pub fn way(
        &self,
        from: State,
        allowed: impl Fn(&Edge) -> bool,
        wanted: impl Fn(&Edge) -> bool,
    ) -> Option<Vec<Edge>> {
        let mut came_by: HashMap<State, Edge> = HashMap::new();
        let mut queue = std::collections::VecDeque::from([from]);
        while let Some(state) = queue.pop_front() {
            for &edge in self.from(state).iter().filter(|edge| allowed(edge)) {
                if wanted(&edge) {
                    let mut way = vec![edge];
                    while way[way.len() - 1].from != from {
                        way.push(came_by[&way[way.len() - 1].from]);
                    }
                    way.reverse();
                    return Some(way);
                }
                if edge.to != from && !came_by.contains_key(&edge.to) {
                    came_by.insert(edge.to, edge);
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }
}

//! Each thread as a graph: whatever the others do, it can only go where the [table](crate::explore::learned::table) says.
//!
//! A node is a place of the thread together with what its own words hold, such as the number of rounds that it has done. The steps
//! from it are all that is known of that place, but for those that its own words rule out.

use std::collections::HashMap;

use super::words::Words;
use crate::explore::Walker;
use crate::explore::learned::digest::Effect;
use crate::explore::learned::table::{Outcome, Place, Table};
use crate::machine::ThreadId;
use crate::ring::Addr;

/// Number of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node(u32);

impl Node {
    /// Where a thread stands that has come off the graph: nothing is known of what it does.
    pub const UNKNOWN: Self = Self(u32::MAX);

    /// Its number, from 0 on; beyond all others, if it is [unknown](Self::UNKNOWN).
    #[inline(always)]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A node, described.
#[derive(Debug)]
pub struct NodeInfo {
    /// Where the thread stands.
    pub place: Place,
    /// Where its steps lead.
    pub steps: Vec<(Outcome, Node)>,
    /// Whether it may come back.
    pub recurs: bool,
}

/// The graphs of all threads.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: Vec<NodeInfo>,
    begin: Vec<Node>,
    order: Vec<Node>,
    loops: bool,
}

/// One thread's graph, being unfolded.
struct Unfolding<'a> {
    graph: &'a mut Graph,
    table: &'a Table,
    own: &'a [Addr],
    numbers: HashMap<(Place, Box<[u32]>), Node>,
    /// Nodes from which everything has been followed.
    done: Vec<bool>,
}

/// A node on the way, what its own words hold, and the steps that have not been followed.
type OnTheWay = (Node, Box<[u32]>, Vec<Outcome>);

impl Unfolding<'_> {
    fn own(&self, at: Addr) -> Option<usize> {
        self.own.binary_search_by_key(&at.to_word(), |own| own.to_word()).ok()
    }

    /// The node; if it is new, what there is to follow.
    fn enter(&mut self, place: Place, held: Box<[u32]>) -> (Node, Option<OnTheWay>) {
        let new = Node(self.graph.nodes.len() as u32);
        let node = *self.numbers.entry((place, held.clone())).or_insert(new);
        if node != new {
            return (node, None);
        }
        self.graph.nodes.push(NodeInfo { place, steps: Vec::new(), recurs: false });
        self.done.resize(self.graph.nodes.len(), false);
        let mut steps = Vec::new();
        let may_hold = |at: Addr, value: u32| self.own(at).is_none_or(|own| held[own] == value);
        self.table.visit_outcomes(place, &may_hold, &mut |outcome| steps.push(outcome));
        (node, Some((node, held, steps)))
    }

    /// What the thread's own words hold after the step.
    fn after(&self, mut held: Box<[u32]>, outcome: Outcome) -> Box<[u32]> {
        for effect in self.table.effects(self.table.outcome_info(outcome)) {
            if let Effect::Set { at, value } = *effect
                && let Some(own) = self.own(at)
            {
                held[own] = value;
            }
        }
        held
    }

    /// Follows everything from here on, in depth.
    fn follow(&mut self, place: Place, held: Box<[u32]>) {
        let (begin, first) = self.enter(place, held);
        self.graph.begin.push(begin);
        let mut path: Vec<OnTheWay> = first.into_iter().collect();
        while let Some((node, held, steps)) = path.last_mut() {
            let node = *node;
            let Some(outcome) = steps.pop() else {
                path.pop();
                self.done[node.index()] = true;
                self.graph.order.push(node);
                continue;
            };
            let then = self.after(held.clone(), outcome);
            let (to, new) = self.enter(self.table.outcome_info(outcome).to, then);
            self.graph.nodes[node.index()].steps.push((outcome, to));
            self.graph.loops |= new.is_none() && !self.done[to.index()];
            path.extend(new);
        }
    }
}

impl Graph {
    /// All that the walker, which must be at the initial state, knows of its threads.
    #[must_use]
    pub fn new(walker: &Walker<'_>, words: &Words) -> Self {
        let mut graph = Self::default();
        for thread in (0..walker.threads()).map(ThreadId::new) {
            let own = words.own(thread);
            let (table, numbers, done) = (walker.table(), HashMap::new(), vec![false; graph.nodes.len()]);
            let mut unfolding = Unfolding { graph: &mut graph, table, own, numbers, done };
            unfolding.follow(walker.place(thread), own.iter().map(|&at| walker.initially(at)).collect());
        }
        if graph.loops {
            graph.find_recurring();
        }
        graph
    }

    /// Finds the nodes to which threads may come back: those that are left when all are taken away, one after the other, that lead
    /// nowhere, and then all to which nothing leads; so perhaps some on the way from one loop to another.
    fn find_recurring(&mut self) {
        let steps =
            |(from, node): (usize, &NodeInfo)| node.steps.iter().map(move |(_, to)| (from, to.index())).collect();
        let mut edges: Vec<(usize, usize)> =
            self.nodes.iter().enumerate().flat_map(|node| -> Vec<_> { steps(node) }).collect();
        let mut left = vec![true; self.nodes.len()];
        for _ in 0..2 {
            let (mut into, mut out) = (vec![Vec::new(); left.len()], vec![0_u32; left.len()]);
            for &(from, to) in edges.iter().filter(|(from, to)| left[*from] && left[*to]) {
                into[to].push(from);
                out[from] += 1;
            }
            let mut ends: Vec<usize> = (0..left.len()).filter(|&node| left[node] && out[node] == 0).collect();
            while let Some(node) = ends.pop() {
                left[node] = false;
                for &from in &into[node] {
                    out[from] -= 1;
                    if out[from] == 0 {
                        ends.push(from);
                    }
                }
            }
            edges.iter_mut().for_each(|edge| *edge = (edge.1, edge.0));
        }
        self.nodes.iter_mut().zip(left).for_each(|(node, left)| node.recurs = left);
    }

    /// Where each thread begins.
    #[must_use]
    pub fn begin(&self) -> &[Node] {
        &self.begin
    }

    /// The nodes in an order in which each comes after all that it leads to, unless it [recurs](NodeInfo::recurs).
    #[must_use]
    pub fn order(&self) -> &[Node] {
        &self.order
    }

    /// Whether any node recurs.
    #[must_use]
    pub const fn loops(&self) -> bool {
        self.loops
    }

    /// The node, described; `None`: it is unknown.
    #[inline(always)]
    #[must_use]
    pub fn info(&self, node: Node) -> Option<&NodeInfo> {
        self.nodes.get(node.index())
    }

    /// Whether the thread may come back to `node`.
    #[inline]
    #[must_use]
    pub fn recurs(&self, node: Node) -> bool {
        self.info(node).is_some_and(|info| info.recurs)
    }

    /// Where the thread stands after this step from `node`.
    #[inline]
    #[must_use]
    pub fn after(&self, node: Node, outcome: Outcome) -> Node {
        let step = self.info(node).and_then(|info| info.steps.iter().find(|(known, _)| *known == outcome));
        step.map_or(Node::UNKNOWN, |&(_, to)| to)
    }

    /// How many nodes there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.nodes.len()
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let steps: usize = self.nodes.iter().map(|node| node.steps.capacity()).sum();
        self.nodes.capacity() * size_of::<NodeInfo>() + steps * size_of::<(Outcome, Node)>()
    }
}

//! The nearest good schedule: the one that departs from a violating schedule in the fewest places, and breaks nothing.
//!
//! # What "nearest" means
//!
//! A violating schedule *bad* is a list of moves. While another schedule is executed, *bad* is used up thread by thread:
//! whenever a thread makes a move, its first move that remains in *bad* is taken out. The move that is **due** in a state
//! is the first one that remains in *bad* and is possible there; moves of threads that wait are passed over and stay, as do
//! those of threads that have ended. Where no move is due, because *bad* is used up or all that remains of it waits, any
//! move is as good as another.
//!
//! A **departure** begins where the schedule makes another move than the due one, and lasts for as long as the same thread
//! goes on with moves that are not due; all these are *out of turn*. So letting a reader finish what *bad* would have
//! interrupted is one departure. A schedule is as far from *bad* as it has departures; of those that are equally far, the
//! one with fewer moves out of turn is nearer. (Departures alone would not tell much: one that lasts for as long as a thread
//! lives runs the threads one after the other, which is good as a rule, and like nothing that *bad* did.)
//!
//! A schedule is **good** when all its threads end and nothing is broken then or on the way, nor anything that is beside the
//! point of the program.
//!
//! # How it is found
//!
//! All executions are searched in the order of their distance (Dijkstra's algorithm). Two executions that have led to the
//! same state, with the same moves of *bad* used up, by the same thread's last move and in the middle of its departure or of
//! none, have the same future, and only the nearer one is followed. So the first good schedule that is found is a nearest one, and if the search
//! comes to its end without one, there is none.
//!
//! Of those that are equally near, the one with the fewest **switches** from one thread to another is preferred: where *bad*
//! is used up nothing is due, and without this the threads would take turns there at every step, which is like nothing that
//! anybody wants to read. Who went last is therefore a part of what is known of an execution. Then comes the one that keeps
//! to *bad* for longest, then a short one.

use core::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::examine::MAX_MOVES;
use crate::explore::bounds::Watch;
use crate::explore::{Bound, Bounds, Host, Moment, Pasts, Program, Progress, Standing, Walker};
use crate::machine::ThreadId;
use crate::machine::model::Move;

/// What the search for the nearest good schedule came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// This is one.
    Found(Good),
    /// No schedule is good.
    None,
    /// None was found within the bound.
    BoundReached(Bound),
}

impl Nearest {
    /// Its name in the API.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Found(_) => "found",
            Self::None => "none",
            Self::BoundReached(_) => "bound-reached",
        }
    }
}

/// A nearest good schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Good {
    /// Who goes when, until all threads have ended.
    pub schedule: Vec<Move>,
    /// Where the departures begin: indexes into the schedule.
    pub departures: Vec<usize>,
    /// The moves out of turn: indexes into the schedule.
    pub out_of_turn: Vec<usize>,
}

/// States between two looks at the clock.
const PATIENCE: u64 = 1 << 10;

/// Bytes that a state takes, and its entry in the set of those known.
const STATE_BYTES: u64 = 96;

/// Searches for a good schedule that is nearest to `bad`. Of the bounds, `steps` is how long a schedule may be (and never
/// more than [`MAX_MOVES`]), and `count` is how many states may be looked at.
///
/// # Panics
/// When the program is not deterministic.
#[must_use]
pub fn nearest(program: &dyn Program, bad: &[Move], bounds: Bounds, host: &Host<'_>) -> Nearest {
    let steps = bounds.steps.map_or(MAX_MOVES, |steps| MAX_MOVES.min(steps as usize));
    let mut search = Search {
        walker: Walker::new(program, Pasts::Forgotten),
        bad: Bad::new(bad, program.threads()),
        nodes: Vec::new(),
        path: Vec::new(),
        seen: HashSet::new(),
        steps,
        cut: false,
        watch: Watch::new(bounds, *host),
    };
    search.run()
}

/// A violating schedule, and how to find in it what is due.
struct Bad {
    moves: Vec<Move>,
    /// By thread: where its moves are.
    lanes: Vec<Vec<usize>>,
}

impl Bad {
    fn new(bad: &[Move], threads: u32) -> Self {
        let lane = |thread| bad.iter().enumerate().filter(move |(_, next)| next.thread == thread).map(|(i, _)| i);
        let lanes = (0..threads).map(|thread| lane(ThreadId::new(thread)).collect()).collect();
        Self { moves: bad.to_vec(), lanes }
    }

    /// The due move, once so many moves of each thread have been made.
    fn due(&self, made: &[u32], walker: &Walker<'_>) -> Option<Move> {
        let first = |(lane, &made): (&Vec<usize>, &u32)| lane.get(made as usize).copied();
        let remaining = self.lanes.iter().zip(made).filter_map(first);
        let possible = |&i: &usize| self.moves[i].way < walker.ways(self.moves[i].thread);
        remaining.filter(possible).min().map(|i| self.moves[i])
    }
}

/// An execution, as its last move and the node that it continues.
struct Node {
    parent: u32,
    next: Move,
    /// Moves.
    depth: u32,
    distance: Distance,
    /// Turns from one thread to another.
    switches: u32,
    /// Moves before the first departure; the most that there can be where there is none.
    first: u32,
    /// Whether this is in the middle of a departure, of the thread that has made the last move.
    departing: bool,
    /// Moves of each thread, as far as the violating schedule has any.
    made: Box<[u32]>,
}

const ROOT: u32 = 0;

/// How far an execution is from the violating schedule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Distance {
    departures: u32,
    out_of_turn: u32,
}

/// What is looked at earlier: how far, how many switches, where the first departure is, how many moves.
type Priority = Reverse<(Distance, u32, Reverse<u32>, u32)>;

/// Nodes to be looked at; of those that are alike the one that was found last comes first.
type Queue = BinaryHeap<(Priority, u32)>;

/// Whether a state is known: its fingerprint, what is used up of the violating schedule, who went last, whether departing.
type Known = (u64, Box<[u32]>, ThreadId, bool);

struct Search<'p, 'a> {
    walker: Walker<'p>,
    bad: Bad,
    nodes: Vec<Node>,
    /// The nodes on the walker's path, first to last, without the root.
    path: Vec<u32>,
    seen: HashSet<Known>,
    steps: usize,
    /// Whether something was left out for its length.
    cut: bool,
    watch: Watch<'a>,
}

impl Search<'_, '_> {
    fn run(&mut self) -> Nearest {
        let nobody = Move { thread: ThreadId::new(0), way: 0 };
        let made = vec![0; self.bad.lanes.len()].into();
        let (distance, first) = (Distance::default(), u32::MAX);
        self.nodes.push(Node {
            parent: ROOT,
            next: nobody,
            depth: 0,
            distance,
            first,
            switches: 0,
            departing: false,
            made,
        });
        let mut queue = Queue::from([(Reverse((distance, 0, Reverse(first), 0)), ROOT)]);
        let mut looked_at = 0;
        while let Some((_, node)) = queue.pop() {
            looked_at += 1;
            if let Some(bound) = self.over(looked_at) {
                return Nearest::BoundReached(bound);
            }
            self.go_to(node);
            let Node { departing, ref made, depth, next: Move { thread: last, .. }, .. } = self.nodes[node as usize];
            if !self.seen.insert((self.walker.fingerprint(), made.clone(), last, departing)) {
                continue;
            }
            if self.is_good() {
                return Nearest::Found(self.good());
            }
            if self.is_lost() {
                continue;
            }
            if depth as usize >= self.steps {
                self.cut = true;
                continue;
            }
            self.expand(node, &mut queue);
        }
        if self.cut { Nearest::BoundReached(Bound::Steps) } else { Nearest::None }
    }

    fn over(&self, looked_at: u64) -> Option<Bound> {
        if self.watch.bounds.count.is_some_and(|most| looked_at > most) {
            return Some(Bound::Count);
        }
        if !looked_at.is_multiple_of(PATIENCE) {
            return None;
        }
        let bytes = STATE_BYTES * self.nodes.len() as u64 + self.walker.table().bytes() as u64;
        let depth = self.path.len() as u32;
        self.watch.tell(Progress {
            states: looked_at,
            transitions: self.nodes.len() as u64,
            depth,
            bytes,
            ..Progress::default()
        });
        self.watch.over(looked_at, bytes)
    }

    /// Brings the walker to the node.
    fn go_to(&mut self, node: u32) {
        let mut ahead = Vec::new();
        let mut at = node;
        while at != ROOT && self.path.get(self.nodes[at as usize].depth as usize - 1) != Some(&at) {
            ahead.push(at);
            at = self.nodes[at as usize].parent;
        }
        let common = self.nodes[at as usize].depth as usize;
        self.path.truncate(common);
        self.walker.back_to(common);
        while let Some(next) = ahead.pop() {
            self.walker.step(self.nodes[next as usize].next);
            self.path.push(next);
        }
    }

    /// Whether all threads have ended, and nothing is wrong.
    fn is_good(&self) -> bool {
        let (program, memory) = (self.walker.program(), self.walker.memory());
        self.walker.standing() == Standing::Finished
            && !self.is_lost()
            && program.judge(memory, Moment::Finished).is_none()
    }

    /// Whether nothing good can come any more.
    fn is_lost(&self) -> bool {
        let (program, memory) = (self.walker.program(), self.walker.memory());
        program.is_broken(memory) || program.is_beside_the_point(memory)
    }

    /// Queues what can come next.
    fn expand(&mut self, node: u32, queue: &mut Queue) {
        let Node { departing, ref made, distance, switches, first, depth, next: Move { thread: last, .. }, .. } =
            self.nodes[node as usize];
        let (made, due) = (made.clone(), self.bad.due(made, &self.walker));
        for next in self.walker.moves().collect::<Vec<_>>() {
            let goes_on = depth > 0 && next.thread == last;
            let departs = due.is_some_and(|due| due != next);
            let begins = departs && !(departing && goes_on);
            let mut made = made.clone();
            let lane = next.thread.index() as usize;
            made[lane] = (made[lane] + 1).min(self.bad.lanes[lane].len() as u32);
            let distance = Distance {
                departures: distance.departures + u32::from(begins),
                out_of_turn: distance.out_of_turn + u32::from(departs),
            };
            let switches = switches + u32::from(depth > 0 && !goes_on);
            let (depth, first) = (depth + 1, if departs { first.min(depth) } else { first });
            queue.push((Reverse((distance, switches, Reverse(first), depth)), self.nodes.len() as u32));
            self.nodes.push(Node { parent: node, next, depth, distance, switches, first, departing: departs, made });
        }
    }

    /// The schedule that has led to where the walker is.
    fn good(&self) -> Good {
        let mut good = Good { schedule: self.walker.schedule(), departures: Vec::new(), out_of_turn: Vec::new() };
        let mut before = Distance::default();
        for (i, &node) in self.path.iter().enumerate() {
            let distance = self.nodes[node as usize].distance;
            if distance.departures > before.departures {
                good.departures.push(i);
            }
            if distance.out_of_turn > before.out_of_turn {
                good.out_of_turn.push(i);
            }
            before = distance;
        }
        good
    }
}

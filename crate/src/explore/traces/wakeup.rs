//! Events, which of them depend on each other, and wakeup trees.

use crate::explore::learned::table::{Outcome, Table};
use crate::machine::model::Move;
use crate::ring::Addr;

/// A step, as it happens at one place of an execution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who, and which way.
    pub next: Move,
    /// What came of it, which says what it depends on.
    pub outcome: Outcome,
}

/// Whether two ascending lists have something in common.
fn meet(a: &[Addr], b: &[Addr]) -> bool {
    let (mut a, mut b) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            core::cmp::Ordering::Less => drop(a.next()),
            core::cmp::Ordering::Greater => drop(b.next()),
            core::cmp::Ordering::Equal => return true,
        }
    }
    false
}

impl Event {
    /// Whether the order of the two matters: they are of one thread, or one writes a word that the other reads or writes.
    #[must_use]
    pub fn depends_on(self, other: Self, table: &Table) -> bool {
        if self.next.thread == other.next.thread {
            return true;
        }
        let (a, b) = (self.outcome, other.outcome);
        let (writes_a, writes_b) = (table.writes(a), table.writes(b));
        meet(writes_a, writes_b) || meet(writes_a, table.reads(b)) || meet(table.reads(a), writes_b)
    }

    /// Whether this can be the first step of an execution that is equivalent to one that begins with `sequence`, and where
    /// it stands there, if it does: the *weak initials* of the sequence.
    ///
    /// # Errors
    /// When it cannot.
    fn initial_of(self, sequence: &[Self], table: &Table) -> Result<Option<usize>, Dependent> {
        for (i, &event) in sequence.iter().enumerate() {
            if event.next.thread == self.next.thread {
                // A thread that chooses can go only one way in one execution.
                let same = event.next == self.next;
                let first = sequence[..i].iter().all(|before| !before.depends_on(event, table));
                return if same && first { Ok(Some(i)) } else { Err(Dependent) };
            }
        }
        let independent = sequence.iter().all(|event| !event.depends_on(self, table));
        if independent { Ok(None) } else { Err(Dependent) }
    }

    /// Whether this is a weak initial of `sequence`.
    #[must_use]
    pub fn is_initial_of(self, sequence: &[Self], table: &Table) -> bool {
        self.initial_of(sequence, table).is_ok()
    }
}

/// Something before it, or beside it, must stay where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Dependent;

/// An ordered tree of sequences that are still to be explored from some state, none of them equivalent to what has been.
#[derive(Clone, Debug, Default)]
pub struct WakeupTree {
    branches: Vec<(Event, Self)>,
}

impl WakeupTree {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// Takes the first branch: its step, and what is to follow it.
    pub fn take_first(&mut self) -> Option<(Event, Self)> {
        if self.branches.is_empty() { None } else { Some(self.branches.remove(0)) }
    }

    /// Adds a branch of one step, after all others.
    pub fn push(&mut self, event: Event) {
        self.branches.push((event, Self::default()));
    }

    /// Makes sure that an execution equivalent to one that begins with `sequence` will be explored. A leaf stands for
    /// everything that may follow, so where the sequence fits one, there is nothing to do.
    pub fn insert(&mut self, mut sequence: Vec<Event>, table: &Table) {
        let mut tree = self;
        loop {
            let fitting = tree.branches.iter().position(|(event, _)| event.is_initial_of(&sequence, table));
            let Some(branch) = fitting else { break };
            let (event, below) = &mut tree.branches[branch];
            if let Ok(Some(i)) = event.initial_of(&sequence, table) {
                sequence.remove(i);
            }
            if below.is_empty() || sequence.is_empty() {
                return;
            }
            tree = below;
        }
        for event in sequence {
            tree.push(event);
            let Some((_, below)) = tree.branches.last_mut() else { return };
            tree = below;
        }
    }

    /// Bytes that it takes besides its own.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.branches.capacity() * size_of::<(Event, Self)>()
            + self.branches.iter().map(|(_, below)| below.bytes()).sum::<usize>()
    }

    /// Sequences that are left.
    #[must_use]
    pub fn leaves(&self) -> usize {
        self.branches.iter().map(|(_, below)| below.leaves().max(1)).sum()
    }
}

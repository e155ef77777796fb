//! The limits: what this machine takes for a page copy and for one uncontended atomic access, each by itself, and what
//! it takes for exactly those that a migration under `v4` demands, one after the other and nothing else.

use core::hint::black_box;

use aio_ring_lab::machine::threads::{Shared, Words};
#[cfg(test)]
use aio_ring_lab::machine::threads::{Threads, Watch};
use aio_ring_lab::ring::memory::LINE;
use aio_ring_lab::ring::size::PAGE_BYTES;
use aio_ring_lab::ring::{Addr, Memory, Placer};

/// An atomic access that other threads must see happen. Loads are not counted: on the machines at hand they cost no
/// more than plain ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Compare and exchange.
    CompareExchange,
    /// Store.
    Store,
}

use Access::{CompareExchange, Store};

/// What `aio_migratepage` and `migrate_page_move_mapping` of v4 demand, in their order. `moving` tests that it is
/// so.
pub const DEMANDED: [(&str, Access); 15] = [
    ("take private_lock", CompareExchange),
    ("try ring_lock", CompareExchange),
    ("get_page(new): the ring's", CompareExchange),
    ("take tree_lock", CompareExchange),
    ("freeze the old page's references", CompareExchange),
    ("get_page(new): the page cache's", CompareExchange),
    ("page cache slot = new", Store),
    ("unfreeze the old page's references", Store),
    ("release tree_lock", CompareExchange),
    ("take completion_lock", CompareExchange),
    ("ring_pages[idx] = new", Store),
    ("release completion_lock", CompareExchange),
    ("put_page(old): the ring's", CompareExchange),
    ("release ring_lock", CompareExchange),
    ("release private_lock", CompareExchange),
];

/// What `aio_read_events_ring` demands of a call that finds events, beside copying them. [`spinlock`](crate::spinlock) tests that it
/// is so.
pub const DEMANDED_BY_READ: [(&str, Access); 2] =
    [("take ring_lock", CompareExchange), ("release ring_lock", CompareExchange)];

/// What it demands besides where another spinlock guards page 0: it looks at that page twice.
pub const DEMANDED_BY_SPINLOCK: [(&str, Access); 4] = [
    ("take the spinlock, to read head and tail", CompareExchange),
    ("release it", CompareExchange),
    ("take the spinlock, to write the head", CompareExchange),
    ("release it", CompareExchange),
];

/// What completing a batch demands, beside copying it. [`ours`](crate::ours) tests that it is so.
pub const DEMANDED_BY_COMPLETING: [(&str, Access); 3] = [
    ("take completion_lock", CompareExchange),
    ("publish the tail", Store),
    ("release completion_lock", CompareExchange),
];

/// What is demanded `of` whom, by the names that the driver uses; `None`: there is nobody of that name.
#[must_use]
pub fn demanded(of: &str) -> Option<Vec<Access>> {
    let lists: &[&[(&str, Access)]] = match of {
        "read" => &[&DEMANDED_BY_READ],
        "read with the spinlock" => &[&DEMANDED_BY_READ, &DEMANDED_BY_SPINLOCK],
        "complete" => &[&DEMANDED_BY_COMPLETING],
        "pass" => &[&DEMANDED_BY_COMPLETING, &DEMANDED_BY_READ],
        "migration" => &[&DEMANDED],
        _ => return None,
    };
    Some(lists.iter().flat_map(|list| list.iter().map(|(_, access)| *access)).collect())
}

/// The page is copied after this many of [`DEMANDED`].
pub const COPY_AFTER: usize = 10;

/// Rounds between two looks at the clock.
const ROUNDS: u32 = 2048;

/// Lines that the accesses go to, in turn, as a migration's do.
const LINES: u32 = 8;

/// Memory of its own.
#[derive(Debug)]
pub struct Limits {
    arena: Shared,
    words: Addr,
    pages: [Addr; 2],
}

impl Limits {
    const PAGE: u32 = PAGE_BYTES / 4;

    /// Two pages and some words, each on a line of its own.
    #[must_use]
    pub fn new() -> Self {
        let mut placer = Placer::default();
        let words = placer.place(LINES * LINE, LINE);
        let pages = [placer.place(Self::PAGE, Self::PAGE), placer.place(Self::PAGE, Self::PAGE)];
        Self { arena: Shared::new(placer.words()), words, pages }
    }

    #[inline(always)]
    fn memory(&self) -> Words<'_> {
        self.arena.words()
    }

    /// Page copies, back and forth; how many.
    #[inline(never)]
    pub fn copies(&self) -> u32 {
        let [mut from, mut to] = self.pages;
        for _ in 0..ROUNDS {
            self.memory().copy(from, to, Self::PAGE);
            black_box(&self.arena);
            (from, to) = (to, from);
        }
        ROUNDS
    }

    /// Successful compare-and-exchanges; how many.
    #[inline(never)]
    pub fn compare_exchanges(&self) -> u32 {
        self.each_line(|at, round| {
            black_box(self.memory().compare_exchange(at, round, round + 1)).expect("nobody else is here");
        })
    }

    /// Stores; how many.
    #[inline(never)]
    pub fn stores(&self) -> u32 {
        self.each_line(|at, round| self.memory().store(at, round))
    }

    /// A page copy and what is [`DEMANDED`], straight on, nothing tested or loaded; how often.
    #[inline(never)]
    pub fn migrations(&self) -> u32 {
        for line in 0..LINES {
            self.memory().store(self.words.offset(line * LINE), 0);
        }
        let [mut from, mut to] = self.pages;
        for _ in 0..ROUNDS {
            for (i, (_, access)) in (0..).zip(DEMANDED) {
                if i == COPY_AFTER {
                    self.memory().copy(from, to, Self::PAGE);
                }
                let at = self.words.offset((i as u32 % LINES) * LINE);
                match access {
                    CompareExchange => {
                        black_box(self.memory().compare_exchange(at, 0, 0)).expect("nobody else is here");
                    }
                    Store => self.memory().store(at, 0),
                }
            }
            (from, to) = (to, from);
        }
        ROUNDS
    }

    /// `access` on every line, with what the line holds before: the number of the round.
    #[inline(always)]
    fn each_line(&self, access: impl Fn(Addr, u32)) -> u32 {
        let lines = || (0..LINES).map(|line| self.words.offset(line * LINE));
        lines().for_each(|at| self.memory().store(at, 0));
        for round in 0..ROUNDS {
            lines().for_each(|at| access(at, round));
        }
        ROUNDS * LINES
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// What the rig's thread has done on `machine` so far, as its record of steps has it. A word that only the holder of a lock writes is
/// stored plainly: `plain` are those.
#[cfg(test)]
pub(crate) fn accesses(rig: &crate::rig::Rig, machine: &Threads<'_, Watch>, plain: &[Addr]) -> Vec<Access> {
    use aio_ring_lab::machine::Op;

    machine.publish_record();
    let steps = rig.world.records.last_steps(&rig.memory(), &rig.world.control, crate::rig::ME);
    steps
        .iter()
        .filter(|recorded| !(recorded.step.op == Op::Store && plain.contains(&recorded.step.at)))
        .filter_map(|recorded| match recorded.step.op {
            Op::Lock | Op::TryLock | Op::Unlock | Op::Get | Op::Put | Op::Freeze => Some(CompareExchange),
            Op::Store | Op::Unfreeze => Some(Store),
            Op::Load | Op::CopyPage | Op::CopiedHead | Op::ReadEvents | Op::WriteEvent | Op::WakeUp => None,
            other => panic!("who is alone does no {other:?}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_demanded_is_known_by_name() {
        let counts = ["read", "read with the spinlock", "pass", "migration", "nonsense"]
            .map(|of| demanded(of).map(|accesses| accesses.len()));
        assert_eq!(counts, [Some(2), Some(6), Some(5), Some(15), None]);
    }

    #[test]
    fn limits_count_what_they_did() {
        let limits = Limits::new();
        assert_eq!(limits.copies(), ROUNDS);
        assert_eq!(limits.migrations(), ROUNDS);
        for count in [Limits::compare_exchanges, Limits::stores] {
            assert_eq!(count(&limits), ROUNDS * LINES);
        }
    }
}

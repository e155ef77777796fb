//! The table of truth: what every protocol is expected to do in every scenario, and why.
//!
//! Written down before it was run, from the facts about the kernel; a cell that came out otherwise says so in its reason
//! ("Finding:"). `crate/tests/truth.rs` holds the model to all of it.

use super::catalog::{SCENARIOS, Scenario};
use crate::aio::protocol::{Order, PrivateLock, Protocol, RingLock, SetupLock};
use crate::aio::{PRESETS, presets};

/// What is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None of the scenario's signs ever shows.
    Holds,
    /// Some schedule shows one.
    Broken,
    /// Some schedule ends in a deadlock.
    Deadlock,
    /// The protocol has nothing that the scenario is about.
    NotApplicable,
}

impl Verdict {
    /// Whether something breaks.
    #[must_use]
    pub const fn is_breach(self) -> bool {
        matches!(self, Self::Broken | Self::Deadlock)
    }

    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Deadlock => "deadlock",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A cell of the table.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// What is expected.
    pub outcome: Verdict,
    /// Why, in a sentence.
    pub reason: &'static str,
}

/// `v4` with something taken out of it.
#[derive(Clone, Copy, Debug)]
pub struct TakenApart {
    /// What is missing, in a few words.
    pub label: &'static str,
    /// Takes it out.
    pub take: fn(Protocol) -> Protocol,
    /// What is expected of what is left.
    pub expected: Expected,
}

/// A scenario's row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The scenario's name.
    pub scenario: &'static str,
    /// For each of [`PRESETS`], in their order.
    pub presets: [Expected; PRESETS.len()],
    /// Ways to break `v4`.
    pub taken_apart: &'static [TakenApart],
}

const fn holds(reason: &'static str) -> Expected {
    Expected { outcome: Verdict::Holds, reason }
}

const fn broken(reason: &'static str) -> Expected {
    Expected { outcome: Verdict::Broken, reason }
}

const fn deadlock(reason: &'static str) -> Expected {
    Expected { outcome: Verdict::Deadlock, reason }
}

const fn not_applicable(reason: &'static str) -> Expected {
    Expected { outcome: Verdict::NotApplicable, reason }
}

const KEPT_OUT: Expected = holds("Readers hold ring_lock, and so does migration: they never overlap.");
const TRIED: Expected = holds("Migration has ring_lock or does not run, so no reader is inside meanwhile.");
const NOTHING_BUT_COMPLETION_LOCK: Expected =
    holds("Completions and migration both hold completion_lock while they touch the ring.");
const NO_READER_LOCK: Expected = holds("Migration does not take ring_lock, so nobody can wait for it there.");
const ONLY_TRIED: Expected = holds("Migration only tries ring_lock; refused, it gives back what it holds.");
const NO_SETUP_LOCK: Expected = holds("Setup takes no lock that it could leave behind.");
const UNLOCKED_AT_ONCE: Expected =
    holds("Setup holds ring_lock only while the ring is made, and unlocks it whether that succeeded or not.");
const NO_TRYLOCK: Expected = not_applicable("There is no trylock to be refused.");

/// All rows, in the order of [`SCENARIOS`].
pub const TABLE: &[Row] = &[
    Row {
        scenario: "lost-head",
        presets: [
            broken("Readers are not kept out: a head stored between copy and swap goes to the old page."),
            broken("The checks are about other migrations; readers are not kept out."),
            holds("Head and tail are read, and the head is written, under the spinlock that migration holds as well."),
            KEPT_OUT,
            TRIED,
            TRIED,
            TRIED,
        ],
        taken_apart: &[
            TakenApart {
                label: "migration does not take ring_lock",
                take: |v4| Protocol { ring_lock: RingLock::None, ..v4 },
                expected: broken("Nothing keeps readers out."),
            },
            TakenApart {
                label: "the refused trylock is ignored",
                take: |v4| Protocol { ignore_refused: true, ..v4 },
                expected: broken("The page migrates under the reader that holds ring_lock."),
            },
        ],
    },
    Row {
        scenario: "knock-on",
        presets: [
            broken("A lost head gives slots back twice; then the tail laps the head."),
            broken("As in 3.12: the head is lost."),
            holds("No head is lost, so no slot comes back twice."),
            KEPT_OUT,
            TRIED,
            TRIED,
            TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "migration does not take ring_lock",
            take: |v4| Protocol { ring_lock: RingLock::None, ..v4 },
            expected: broken("The head is lost, and its damage follows."),
        }],
    },
    Row {
        scenario: "write-after-free",
        presets: [
            broken("Nobody holds a reference for the reader that has found the old page."),
            broken("The extra reference is migration's own, and is put when the page has been swapped."),
            holds("The reader looks page 0 up and writes to it under the spinlock, in which no page can be swapped."),
            KEPT_OUT,
            TRIED,
            TRIED,
            TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "the refused trylock is ignored",
            take: |v4| Protocol { ignore_refused: true, ..v4 },
            expected: broken("The old page dies under the reader."),
        }],
    },
    Row {
        scenario: "read-after-free",
        presets: [
            broken("Nobody holds a reference for the reader that copies events out."),
            broken("As in 3.12."),
            broken("The spinlock is not held while events are copied to the user, which may sleep."),
            KEPT_OUT,
            TRIED,
            TRIED,
            TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "migration does not take ring_lock",
            take: |v4| Protocol { ring_lock: RingLock::None, ..v4 },
            expected: broken("The page of events dies under the reader."),
        }],
    },
    Row {
        scenario: "lost-header",
        presets: [
            broken("Setup takes no lock at all."),
            broken("As in 3.12."),
            broken("The spinlock is the readers' and migration's; setup does not take it."),
            holds(
                "The header is written under ring_lock, and ring->id under completion_lock, in which no page is copied.",
            ),
            holds(
                "The header is written under ring_lock, and ring->id under completion_lock, in which no page is copied. Two \
                 locks for one page: no corruption, but what Torvalds called random.",
            ),
            holds("Setup holds ring_lock until ring->id is written."),
            holds("Setup holds ring_lock until ring->id is written."),
        ],
        taken_apart: &[
            TakenApart {
                label: "setup does not hold ring_lock",
                take: |v4| Protocol { setup_lock: SetupLock::None, ..v4 },
                expected: broken("Migration works on a context that is half made."),
            },
            TakenApart {
                label: "the refused trylock is ignored",
                take: |v4| Protocol { ignore_refused: true, ..v4 },
                expected: broken("Setup's ring_lock is of no avail."),
            },
        ],
    },
    Row {
        scenario: "lost-completion",
        presets: [NOTHING_BUT_COMPLETION_LOCK; PRESETS.len()],
        taken_apart: &[
            TakenApart {
                label: "no completion_lock around copy and swap",
                take: |v4| Protocol { completion_lock: false, ..v4 },
                expected: broken("An event or a tail written between copy and swap goes to the old page."),
            },
            TakenApart {
                label: "released before it is published",
                take: |v4| Protocol { order: Order::ReleaseFirst, ..v4 },
                expected: broken("A completion comes in after the copy and finds the old page still."),
            },
            TakenApart {
                label: "published before it is copied",
                take: |v4| Protocol { order: Order::PublishFirst, ..v4 },
                expected: holds(
                    "Finding: nobody can look at the page between publication and copy, because readers and completions are \
                     both kept out.",
                ),
            },
        ],
    },
    Row {
        scenario: "use-after-teardown",
        presets: [
            holds(
                "Finding: the context is used only under private_lock, under which teardown disconnects it; and truncation \
                 waits for the page locks that a migration holds.",
            ),
            holds("Finding: as in 3.12, in each of the two halves; the second one looks the context up again."),
            holds("Finding: as in 3.13."),
            broken(
                "The reference may be taken on a context that has none left, and putting it releases the context again.",
            ),
            broken(
                "The reference may be taken on a context that has none left, and putting it releases the context again.",
            ),
            holds("Migration holds private_lock from finding the context to its last use of it."),
            holds("Migration holds private_lock from finding the context to its last use of it."),
        ],
        taken_apart: &[
            TakenApart {
                label: "v2's shape, no reference, truncation does not wait",
                take: |v4| Protocol {
                    private_lock: PrivateLock::Split,
                    disconnect_first: false,
                    truncate_waits: false,
                    ..v4
                },
                expected: broken("Nothing keeps the context between finding it and locking its ring_lock."),
            },
            TakenApart {
                label: "v2's shape, no reference",
                take: |v4| Protocol { private_lock: PrivateLock::Split, disconnect_first: false, ..v4 },
                expected: holds(
                    "Finding: truncation waits for the page lock that migration holds, and the context is freed only after \
                     that: it needs no reference.",
                ),
            },
            TakenApart {
                label: "truncation does not wait for page locks",
                take: |v4| Protocol { truncate_waits: false, ..v4 },
                expected: holds("private_lock alone is enough."),
            },
        ],
    },
    Row {
        scenario: "double-put",
        presets: [
            broken("Teardown puts the ring's reference while migration puts it too, \"at once\"."),
            broken("Teardown reads ring_pages[] and puts what it read with no lock that migration holds."),
            broken("As in 3.13: the spinlock is no business of teardown's."),
            broken(
                "Finding: completion_lock at teardown excludes the swap, but not the move, which freezes the page's references: \
                 a put that comes then finds none.",
            ),
            broken(
                "Finding: completion_lock at teardown excludes the swap, but not the move, which freezes the page's references: \
                 a put that comes then finds none.",
            ),
            holds("Once the context is disconnected no migration can find the pages that teardown puts."),
            holds("Once the context is disconnected no migration can find the pages that teardown puts."),
        ],
        taken_apart: &[
            TakenApart {
                label: "pages are put before the context is disconnected",
                take: |v4| Protocol { disconnect_first: false, ..v4 },
                expected: broken("Teardown takes no lock: it puts pages that a migration is moving."),
            },
            TakenApart {
                label: "the ring's reference is put early",
                take: |v4| Protocol { extra_reference: false, ..v4 },
                expected: holds(
                    "Finding: with everything else in place the early put is only fragile: nobody looks at the count meanwhile.",
                ),
            },
            TakenApart {
                label: "the wrong page is put",
                take: |v4| Protocol { wrong_frame_put: true, ..v4 },
                expected: broken("The new page loses the reference that the old one keeps."),
            },
        ],
    },
    Row {
        scenario: "error-after-move",
        presets: [
            holds(
                "Finding: −EBUSY needs a context that is disconnected between the move and the swap, and truncation, which comes \
                 before, waits for the page lock that migration holds.",
            ),
            broken(
                "Teardown empties ring_pages[] between the checks and the swap: −EAGAIN, but the mapping has moved.",
            ),
            broken("As in 3.13."),
            broken("As in 3.13: teardown holds completion_lock, which is free between the checks and the swap."),
            broken("As in 3.13: teardown holds completion_lock, which is free between the checks and the swap."),
            holds("Every check comes before the move, and private_lock is held from the first one to the swap."),
            holds("Every check comes before the move, and private_lock is held from the first one to the swap."),
        ],
        taken_apart: &[
            TakenApart {
                label: "3.12's private_lock, truncation does not wait",
                take: |v4| Protocol {
                    ring_lock: RingLock::None,
                    private_lock: PrivateLock::Publish,
                    truncate_waits: false,
                    ..v4
                },
                expected: broken("The context is disconnected between the move and the swap: −EBUSY."),
            },
            TakenApart {
                label: "private_lock in two halves, pages put first",
                take: |v4| Protocol { private_lock: PrivateLock::Split, disconnect_first: false, ..v4 },
                expected: broken("Teardown comes between the halves."),
            },
        ],
    },
    Row {
        scenario: "abba",
        presets: [
            NO_READER_LOCK,
            NO_READER_LOCK,
            NO_READER_LOCK,
            deadlock("Setup holds ring_lock and wants mmap_sem; move_pages() holds mmap_sem and wants ring_lock."),
            ONLY_TRIED,
            ONLY_TRIED,
            ONLY_TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "migration waits for ring_lock",
            take: |v4| Protocol { ring_lock: RingLock::Block, ..v4 },
            expected: deadlock("As in v1; and it would sleep under private_lock, a spinlock."),
        }],
    },
    Row {
        scenario: "queued-writer",
        presets: [
            NO_READER_LOCK,
            NO_READER_LOCK,
            NO_READER_LOCK,
            deadlock(
                "The reader's fault waits behind the writer, the writer for move_pages(), and that for the reader.",
            ),
            ONLY_TRIED,
            ONLY_TRIED,
            ONLY_TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "migration waits for ring_lock",
            take: |v4| Protocol { ring_lock: RingLock::Block, ..v4 },
            expected: deadlock("As in v1."),
        }],
    },
    Row {
        scenario: "page-lock",
        presets: [
            NO_READER_LOCK,
            NO_READER_LOCK,
            NO_READER_LOCK,
            deadlock(
                "The failed setup holds ring_lock and wants the page lock; migration has them the other way round.",
            ),
            ONLY_TRIED,
            ONLY_TRIED,
            ONLY_TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "migration waits for ring_lock",
            take: |v4| Protocol { ring_lock: RingLock::Block, ..v4 },
            expected: deadlock("As in v1."),
        }],
    },
    Row {
        scenario: "own-compaction",
        presets: [
            NO_READER_LOCK,
            NO_READER_LOCK,
            NO_READER_LOCK,
            deadlock("Setup holds ring_lock, and the migration that its own allocation asks for waits for it."),
            ONLY_TRIED,
            ONLY_TRIED,
            ONLY_TRIED,
        ],
        taken_apart: &[TakenApart {
            label: "migration waits for ring_lock",
            take: |v4| Protocol { ring_lock: RingLock::Block, ..v4 },
            expected: deadlock("As in v1."),
        }],
    },
    Row {
        scenario: "leaked-lock",
        presets: [
            NO_SETUP_LOCK,
            NO_SETUP_LOCK,
            NO_SETUP_LOCK,
            UNLOCKED_AT_ONCE,
            UNLOCKED_AT_ONCE,
            broken("When the ring cannot be made, the context is freed with ring_lock held."),
            holds("Every way out of a failed setup unlocks ring_lock."),
        ],
        taken_apart: &[TakenApart {
            label: "a failed setup does not unlock",
            take: |v4| Protocol { unlock_on_failure: false, ..v4 },
            expected: broken("That is v3."),
        }],
    },
    Row {
        scenario: "trylock",
        presets: [NO_TRYLOCK, NO_TRYLOCK, NO_TRYLOCK, NO_TRYLOCK, REFUSED, REFUSED, REFUSED],
        taken_apart: &[TakenApart {
            label: "the refused trylock is ignored",
            take: |v4| Protocol { ignore_refused: true, ..v4 },
            expected: broken("The page migrates although a reader is inside."),
        }],
    },
    Row {
        scenario: "starvation",
        presets: [NO_TRYLOCK, NO_TRYLOCK, NO_TRYLOCK, NO_TRYLOCK, RETRIED, RETRIED, RETRIED],
        taken_apart: &[],
    },
];

const REFUSED: Expected = holds("Refused, it says −EAGAIN before anything has moved.");
const RETRIED: Expected = holds(
    "No try does harm, and a fair schedule lets one of them through; a schedule that brings a reader in before every try \
     refuses all ten, and the migration is given up.",
);

/// The scenario's row.
///
/// # Panics
/// When the table has none: a test says that it has all.
#[must_use]
pub fn row(scenario: &Scenario) -> &'static Row {
    TABLE.iter().find(|row| row.scenario == scenario.name).expect("the table has a row for each scenario")
}

/// A cell of the table, whole.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    /// Its row.
    pub scenario: &'static Scenario,
    /// The preset's name, or what is missing from `v4`.
    pub label: &'static str,
    /// Its column.
    pub protocol: Protocol,
    /// What is expected.
    pub expected: Expected,
}

impl core::fmt::Display for Cell {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} under {}", self.scenario.name, self.label)
    }
}

/// All cells but those in which the protocol has nothing that the scenario is about, row by row.
pub fn cells() -> impl Iterator<Item = Cell> {
    let v4 = PRESETS[presets::V4].parts;
    SCENARIOS.iter().flat_map(move |scenario| {
        let row = row(scenario);
        let presets = PRESETS.iter().zip(row.presets).map(|(preset, expected)| (preset.name, preset.parts, expected));
        let apart = row.taken_apart.iter().map(move |apart| (apart.label, (apart.take)(v4), apart.expected));
        let cells = presets.chain(apart);
        let cells = cells.map(move |(label, protocol, expected)| Cell { scenario, label, protocol, expected });
        cells.filter(|cell| cell.expected.outcome != Verdict::NotApplicable)
    })
}

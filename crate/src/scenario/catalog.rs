//! The scenarios: each claim of the commit as something that runs. One definition serves threads, model and search.
//!
//! A scenario is a cast of roles with the smallest number of operations that shows the claim, and the signs by which a
//! breach of it is known. Damage breeds damage: a frame that is put twice ends up in two hands, and then everything can
//! happen. So a sign counts only if nothing else went wrong before it; other damage belongs to another scenario.
//! What each protocol is expected to do is in [`truth`](super::truth).

use super::kind::Kind;
use super::role::{Core, PageChoice, Role};
use super::script::{Ending, Script};
use crate::aio::unmap_and_move::PASSES;
use crate::machine::model::{End, Grain};
use crate::ring::Geometry;

/// How a breach is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A detector saw it.
    Seen(Kind),
    /// It shows when everybody has come to rest: this invariant is broken.
    AtRest(&'static str),
    /// Threads wait for each other's locks in a circle.
    Deadlock,
    /// Threads wait for what nobody is left to do. Only on real threads: those of a script do not wait for work.
    Hang,
}

/// Where a scenario can be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// On real threads too; these fields are set besides those that the cast sets.
    Threads(&'static [(&'static str, u32)]),
    /// In the model only, for this reason.
    Model(&'static str),
}

/// A scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What it claims, in a sentence.
    pub summary: &'static str,
    /// The invariants that it is about, by number.
    pub invariants: &'static [&'static str],
    /// How a breach is known.
    pub signs: &'static [Sign],
    /// Damage that leads to it, and may be seen first.
    pub follows: &'static [Kind],
    /// What each thread is, and how many operations it does where schedules are sampled.
    pub cast: &'static [(Role, u32)],
    /// How many operations of each are enough for everything that is broken to break, in a search of all interleavings.
    pub smallest: &'static [u32],
    /// Pages of the ring, and bytes in a page, in the model.
    pub ring: (u32, u32),
    /// Where it runs.
    pub stage: Stage,
}

/// The invariants, by number.
pub const INVARIANTS: [(&str, &str); 11] = [
    ("I1", "Every completed request is delivered exactly once, in order for each completer."),
    ("I2", "Head and tail, seen through ring_pages[0], never go back."),
    ("I3", "Outside migration's critical section ring_pages[i] is the mapping's page i."),
    ("I4", "Nobody touches a frame without a reference, or a context that has been freed."),
    ("I5", "Reference counts end where they began."),
    ("I6", "Slots in flight, completed, cached and in the pool are nr − 1 together."),
    ("I7", "Nobody waits in a circle, and nobody sleeps under a spinlock."),
    ("I8", "Once it has been disconnected, no migration touches the context."),
    ("I9", "An error code means that nothing moved."),
    ("I10", "After setup the header is what setup wrote."),
    ("I11", "No lock is held when nobody is inside."),
];

const fn reader(batch: u32, inline: bool) -> Role {
    Role::Reader { batch, inline, faults: false }
}

const fn migrator(core: Core, page: PageChoice) -> Role {
    Role::Migrator { core, page, pace: 0, widen: 0 }
}

const ROUND_ROBIN: Role = migrator(Core::Compaction, PageChoice::RoundRobin);
const PAGE_0: Role = migrator(Core::Compaction, PageChoice::Zero);
const MOVE_PAGES: Role = migrator(Core::MovePages, PageChoice::RoundRobin);
const SETUP: Role = Role::Setup { failures: false, compacts: false, destroys: true };
const FAILING_SETUP: Role = Role::Setup { failures: true, compacts: false, destroys: true };

/// Two pages of two events each, of which the first is the header: three slots, of which two can be used.
const SMALL: (u32, u32) = (2, 64);

const ON_THREADS: Stage = Stage::Threads(&[]);

/// All scenarios; the first is the default.
pub const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "lost-head",
        title: "Lost head",
        summary: "While page 0 is being migrated a reader stores the new head into the old page: the next read delivers the \
                  same events again.",
        invariants: &["I1", "I2"],
        signs: &[Sign::Seen(Kind::StaleHead), Sign::Seen(Kind::Duplicate)],
        follows: &[],
        cast: &[(reader(1, true), 4), (ROUND_ROBIN, 4)],
        smallest: &[2, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "knock-on",
        title: "Knock-on damage",
        summary: "Events read twice give their slots back twice; more requests fly than there is room for, the tail laps the \
                  head, events are overwritten unread, and in the end a reader waits for ever.",
        invariants: &["I1", "I6"],
        signs: &[Sign::Seen(Kind::Slots), Sign::Seen(Kind::Lost), Sign::Hang],
        follows: &[Kind::StaleHead, Kind::Duplicate],
        cast: &[(reader(2, false), 10), (PAGE_0, 6), (Role::Completer, 16)],
        smallest: &[1, 1, 3],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "write-after-free",
        title: "Write after free",
        summary: "A reader has found the old page 0; migration swaps it and drops the last reference; the reader's head lands \
                  in somebody else's memory.",
        invariants: &["I4"],
        signs: &[Sign::Seen(Kind::WriteAfterFree)],
        follows: &[],
        cast: &[(reader(2, true), 4), (PAGE_0, 4)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "read-after-free",
        title: "Read after free",
        summary: "The same with a page of events: the reader copies foreign bytes to the user.",
        invariants: &["I1", "I4"],
        signs: &[Sign::Seen(Kind::ReadAfterFree)],
        follows: &[],
        cast: &[(reader(2, true), 4), (ROUND_ROBIN, 4)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "lost-header",
        title: "Lost header",
        summary: "Setup writes the header of a new ring into a page that has been copied already; io_submit() then does not \
                  know the context.",
        invariants: &["I10"],
        signs: &[Sign::Seen(Kind::LostHeader), Sign::AtRest("I10")],
        follows: &[],
        cast: &[(SETUP, 3), (PAGE_0, 6)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "lost-completion",
        title: "Lost completion",
        summary: "The negative control: completions and migration have shared completion_lock all along, so no event and no \
                  tail goes to the old page.",
        invariants: &["I1", "I2"],
        signs: &[
            Sign::Seen(Kind::Lost),
            Sign::Seen(Kind::Foreign),
            Sign::Seen(Kind::Duplicate),
            Sign::AtRest("I1"),
            Sign::AtRest("I2"),
            Sign::Hang,
        ],
        follows: &[],
        cast: &[(Role::Completer, 4), (ROUND_ROBIN, 4)],
        smallest: &[1, 1],
        ring: (2, 128),
        stage: Stage::Threads(&[("readers", 1)]),
    },
    Scenario {
        name: "use-after-teardown",
        title: "Context used after teardown",
        summary: "A migration has found the context; teardown puts the last reference and frees it; the migration locks a \
                  lock in freed memory, or puts a reference that is no longer there.",
        invariants: &["I4", "I8"],
        signs: &[Sign::Seen(Kind::UseAfterTeardown), Sign::AtRest("I8")],
        follows: &[],
        cast: &[(SETUP, 3), (ROUND_ROBIN, 6)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "double-put",
        title: "Early put and double put",
        summary: "Teardown puts the ring's pages while a migration can still find them: both put the ring's one reference.",
        invariants: &["I5"],
        signs: &[Sign::Seen(Kind::Reference), Sign::AtRest("I5")],
        follows: &[],
        cast: &[(SETUP, 3), (ROUND_ROBIN, 6)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "error-after-move",
        title: "Error after the move",
        summary: "The page cache has the new page by now, and yet the caller is told that nothing moved.",
        invariants: &["I9"],
        signs: &[Sign::Seen(Kind::ErrorAfterMove)],
        follows: &[],
        cast: &[(SETUP, 3), (ROUND_ROBIN, 6)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "abba",
        title: "Deadlock: mmap_sem and ring_lock",
        summary: "Setup holds ring_lock and asks for the address space; move_pages() holds the address space, and migration \
                  waits for ring_lock.",
        invariants: &["I7"],
        signs: &[Sign::Deadlock],
        follows: &[],
        cast: &[(SETUP, 3), (MOVE_PAGES, 4)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "queued-writer",
        title: "Deadlock of three, through a queued writer",
        summary: "A reader's page fault waits behind a writer of mmap_sem, the writer waits for move_pages(), and that waits \
                  for the reader's ring_lock.",
        invariants: &["I7"],
        signs: &[Sign::Deadlock],
        follows: &[],
        cast: &[(Role::Reader { batch: 2, inline: true, faults: true }, 3), (MOVE_PAGES, 3), (Role::AddressSpace, 3)],
        smallest: &[1, 1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "page-lock",
        title: "Deadlock: ring_lock and a page lock",
        summary: "A failed setup truncates the ring file with ring_lock held and waits for a page lock; migration holds the \
                  page lock and waits for ring_lock.",
        invariants: &["I7"],
        signs: &[Sign::Deadlock],
        follows: &[],
        cast: &[(FAILING_SETUP, 7), (ROUND_ROBIN, 8)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "own-compaction",
        title: "Deadlock with itself",
        summary: "Setup allocates a page with ring_lock held; the allocation compacts memory and migrates a page of that very \
                  ring.",
        invariants: &["I7"],
        signs: &[Sign::Deadlock],
        follows: &[],
        cast: &[(Role::Setup { failures: false, compacts: true, destroys: true }, 2)],
        smallest: &[1],
        ring: SMALL,
        // A ring of two pages: the first one is migrated when the second is made.
        stage: Stage::Threads(&[("ringEvents", 120)]),
    },
    Scenario {
        name: "leaked-lock",
        title: "Lock leaked by a failed setup",
        summary: "Setup fails half way and gives the context back with ring_lock held.",
        invariants: &["I11"],
        signs: &[Sign::Seen(Kind::LockLeaked), Sign::AtRest("I11")],
        follows: &[],
        cast: &[(FAILING_SETUP, 7)],
        smallest: &[1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "trylock",
        title: "Refused trylock",
        summary: "A reader is inside, so the migration's trylock is refused: it says −EAGAIN, and nothing has moved.",
        invariants: &["I2", "I9"],
        signs: &[Sign::Seen(Kind::StaleHead), Sign::Seen(Kind::Duplicate), Sign::Seen(Kind::ErrorAfterMove)],
        follows: &[],
        cast: &[(reader(1, true), 4), (PAGE_0, 3)],
        smallest: &[2, 1],
        ring: SMALL,
        stage: ON_THREADS,
    },
    Scenario {
        name: "starvation",
        title: "Retries, fair and unfair",
        summary: "A refused migration is tried again, ten times at the most: a fair schedule lets it through, and an unfair \
                  one can always bring a reader in first.",
        invariants: &["I9"],
        signs: &[Sign::Seen(Kind::StaleHead), Sign::Seen(Kind::Duplicate), Sign::Seen(Kind::ErrorAfterMove)],
        follows: &[],
        cast: &[(reader(1, true), 30), (PAGE_0, 1)],
        smallest: &[1, 1],
        ring: SMALL,
        stage: Stage::Model(
            "Whether it is starved is the schedule's doing, and real threads cannot be told who goes first.",
        ),
    },
];

/// The scenario of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Scenario> {
    SCENARIOS.iter().find(|scenario| scenario.name == name)
}

impl Scenario {
    /// The smallest script that shows it.
    #[must_use]
    pub fn script(&self) -> Script {
        let (pages, page_bytes) = self.ring;
        let ring = Geometry::of_pages(pages, page_bytes);
        Script { threads: self.cast.to_vec(), ring, grain: Grain::Whole, start: 0, passes: Some(PASSES) }
    }

    /// The smallest script: every operation once, or a few times, for a search of all interleavings.
    #[must_use]
    pub fn smallest(&self) -> Script {
        let mut script = self.script();
        for ((_, rounds), &smallest) in script.threads.iter_mut().zip(self.smallest) {
            *rounds = smallest;
        }
        script
    }

    /// The smallest script with two readers, two migrations and two completions at least, whatever the scenario has itself; and
    /// the ring begins at its last slot, so that head and tail wrap. Where the scenario is about rings that come and go, the
    /// readers' ring is there besides, and one of the migrations is of a page of that: then there is a second script, without them,
    /// in which both are of the other ring's.
    #[must_use]
    pub fn larger(&self) -> Vec<Script> {
        let mut own = self.smallest();
        own.start = own.ring.nr() - 1;
        let mut threads = Vec::new();
        for (role, rounds) in own.threads {
            match role {
                Role::Reader { .. } => threads.extend([(role, rounds), (role, 1)]),
                Role::Migrator { .. } | Role::Completer => threads.push((role, rounds.max(2))),
                _ => threads.push((role, rounds)),
            }
        }
        let has = |is: fn(&Role) -> bool| threads.iter().any(|(role, _)| is(role));
        let [reads, completes, migrates, has_ring] = [
            has(|role| matches!(role, Role::Reader { .. })),
            has(Role::completes),
            has(|role| matches!(role, Role::Migrator { .. })),
            has(Role::uses_ring),
        ];
        if !migrates {
            threads.push((ROUND_ROBIN, 2));
        }
        let own = Script { threads, ..own };
        let mut whole = own.clone();
        if !reads {
            whole.threads.extend([(reader(1, !completes), 1); 2]);
        }
        if has_ring { vec![whole] } else { vec![whole, own] }
    }

    /// The sign that a run of the script showed, if its first damage was this scenario's.
    #[must_use]
    pub fn breach(&self, run: &Ending) -> Option<Sign> {
        if let Some(first) = run.first
            && !self.signs.contains(&Sign::Seen(first.kind))
            && !self.follows.contains(&first.kind)
        {
            return None;
        }
        self.signs.iter().copied().find(|sign| match *sign {
            Sign::Seen(kind) => run.count(kind) > 0,
            // From a head that was lost on, events that were read wait once more.
            Sign::AtRest("I1") if run.lost_head => false,
            Sign::AtRest(invariant) => run.broken.iter().any(|broken| broken.invariant == invariant),
            Sign::Deadlock => run.end == End::Stuck && run.stuck.as_ref().is_some_and(|stuck| stuck.cycle),
            Sign::Hang => run.end == End::Stuck && run.stuck.as_ref().is_some_and(|stuck| !stuck.cycle),
        })
    }
}

//! The detectors' own shared words, and the counters of each thread.

use super::streak::Streak;
use super::tag::Tag;
use crate::machine::{Control, Machine, ThreadId};
use crate::ring::memory::LINE;
use crate::ring::{Addr, IoEvent, Memory, Placer};

/// A counter that each thread keeps in its block: one writer, 32 bits, wrapping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Counter {
    /// Events delivered to the user.
    Events,
    /// Events completed.
    Completed,
    /// Calls of `read_events`.
    Calls,
    /// Pages migrated.
    Migrations,
    /// Migrations whose trylock was refused, each try counted.
    Refused,
    /// Operations begun; the thread's own place in its work.
    Rounds,
    /// Contexts set up.
    Setups,
    /// Setups that failed.
    FailedSetups,
    /// Contexts torn down.
    Teardowns,
}

impl Counter {
    /// All counters, with their names in the API.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::Events, "events"),
        (Self::Completed, "completed"),
        (Self::Calls, "calls"),
        (Self::Migrations, "migrations"),
        (Self::Refused, "refused"),
        (Self::Rounds, "rounds"),
        (Self::Setups, "setups"),
        (Self::FailedSetups, "failedSetups"),
        (Self::Teardowns, "teardowns"),
    ];

    /// The counter's word.
    #[inline(always)]
    #[must_use]
    pub const fn of(self, control: &Control, thread: ThreadId) -> Addr {
        control.counters(thread).offset(self as u32)
    }

    /// Adds to the counter of the thread that runs on `machine`.
    #[inline(always)]
    pub fn add(self, machine: &impl Machine, control: &Control, by: u32) {
        let at = self.of(control, machine.me());
        machine.this_cpu_write(at, machine.this_cpu_read(at).wrapping_add(by));
    }

    /// The sum over all threads, wrapping.
    #[must_use]
    pub fn total(self, memory: &impl Memory, control: &Control) -> u32 {
        control.all().fold(0, |sum, thread| sum.wrapping_add(memory.load(self.of(control, thread))))
    }
}

/// What readers must agree on, guarded by `ring_lock` like the ring's head itself. What belongs to a [`Streak`] is entered when that
/// is over.
#[derive(Clone, Copy, Debug)]
pub struct Ledger {
    completers: u32,
    /// Slots of the ring.
    nr: u32,
    head: Addr,
    streak: Streak,
    expected: Addr,
    gaps: Addr,
    touched: Addr,
}

impl Ledger {
    /// Gaps remembered for each completer: enough to tell a late event from one that comes twice.
    pub const GAPS: u32 = 4;

    /// Room for `completers` completing threads and `frames` frames; the ring has `nr` slots.
    pub fn place(placer: &mut Placer, completers: u32, frames: u32, nr: u32) -> Self {
        let head = placer.line();
        Self {
            completers,
            nr,
            head,
            streak: Streak::at(head.offset(1)),
            expected: placer.place(completers, LINE),
            gaps: placer.place(completers * Self::GAPS * 2, LINE),
            touched: placer.place(frames, LINE),
        }
    }

    /// Sets it up in zeroed memory; the ring is empty, and begins at slot `head`.
    pub fn init(&self, memory: &impl Memory, head: u32) {
        memory.store(self.head, head);
        self.streak.init(memory);
    }

    /// Number of threads that may complete events.
    #[inline(always)]
    #[must_use]
    pub const fn completers(&self) -> u32 {
        self.completers
    }

    /// What readers at rest have read and not entered.
    #[inline(always)]
    #[must_use]
    pub const fn streak(&self) -> Streak {
        self.streak
    }

    /// Begins a streak with the events of a call. `false`: they are not those that are expected.
    #[must_use]
    pub fn begin_streak(&self, memory: &impl Memory, events: &[IoEvent]) -> bool {
        self.end_streak(memory);
        let [first, ..] = events else { return true };
        let Some(next) = self.next_like(memory, first) else { return false };
        self.streak.set(memory, next);
        self.streak.prolong(memory, events)
    }

    /// Enters the streak, if there is one: it is over.
    #[inline(always)]
    pub fn end_streak(&self, memory: &impl Memory) {
        if let Some(next) = self.streak.end(memory) {
            self.enter(memory, next);
        }
    }

    #[cold]
    #[inline(never)]
    fn enter(&self, memory: &impl Memory, next: Tag) {
        let expected = self.expected(next.completer);
        let read = next.sequence.wrapping_sub(memory.peek(expected));
        memory.poke(expected, next.sequence);
        // A streak may go round the ring many times.
        let head = (u64::from(memory.peek(self.head)) + u64::from(read)) % u64::from(self.nr);
        memory.poke(self.head, head as u32);
    }

    /// The head that the last reader stored, as far as it is entered.
    #[inline(always)]
    #[must_use]
    pub const fn head(&self) -> Addr {
        self.head
    }

    /// The sequence number that the completer's next event must have, as far as those before it are entered.
    #[inline(always)]
    #[must_use]
    pub const fn expected(&self, completer: u32) -> Addr {
        self.expected.offset(completer)
    }

    /// Whether the events of a call are those that are expected in the context with this cookie; if so, expects those that follow. As a
    /// rule they come from one completer, in sequence: then one look is enough, whether the tag that its next event must have
    /// leads them.
    #[inline(always)]
    #[must_use]
    pub fn follow(&self, memory: &impl Memory, events: &[IoEvent], cookie: u64) -> bool {
        let [first, ..] = events else { return true };
        let Some(next) = self.next_like(memory, first) else { return false };
        let follow = next.leads(events, cookie);
        if follow {
            memory.poke(self.expected(next.completer), next.sequence.wrapping_add(events.len() as u32));
        }
        follow
    }

    /// What is expected of the completer that the event names; `None`: it is none of ours.
    #[inline(always)]
    fn next_like(&self, memory: &impl Memory, event: &IoEvent) -> Option<Tag> {
        let completer = Tag::completer(event);
        let known = completer < self.completers;
        known.then(|| Tag { completer, sequence: memory.peek(self.expected(completer)) })
    }

    /// Gap `i` of the completer: first missing sequence number and length, in two words.
    #[must_use]
    pub const fn gap(&self, completer: u32, i: u32) -> Addr {
        self.gaps.offset((completer * Self::GAPS + i) * 2)
    }

    /// How often the frame was touched while it was free, or by a pointer from before.
    #[must_use]
    pub const fn touched(&self, frame: u32) -> Addr {
        self.touched.offset(frame)
    }
}

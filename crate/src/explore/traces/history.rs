//! An execution, and what happened before what.
//!
//! Happening-before is the smallest order that keeps the steps of a thread, and any two steps that
//! [depend](super::wakeup::Event::depends_on) on each other, as they were. It is kept as vector clocks (Mattern, 1989): for each event and each
//! thread, how many steps of that thread happened before it.

use super::wakeup::Event;
use crate::explore::learned::table::Table;
use crate::machine::ThreadId;
use crate::ring::Addr;

/// One event of the execution.
#[derive(Clone, Copy, Debug)]
struct Entry {
    event: Event,
    /// Its number among those of its thread, from 1.
    number: u32,
    /// The word that decided whether it could happen.
    decided_by: Option<Addr>,
    /// How many events stood in `races` before this one.
    races: u32,
}

/// A pair of events that could have come the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Race {
    /// The earlier one.
    pub first: u32,
    /// The later one, or the thread that waits at the end for a step that it never took.
    pub second: Second,
    /// The two are a release and a wait that it ended, or may be: where the later one cannot happen without the earlier
    /// one, an even earlier one is looked for.
    pub waits: bool,
}

/// The later part of a race.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Second {
    /// An event.
    Event(u32),
    /// A thread that is left waiting.
    Waiting(ThreadId),
}

/// The execution so far.
#[derive(Debug)]
pub struct History {
    threads: usize,
    entries: Vec<Entry>,
    /// For each event, for each thread: how many of its steps happened before, or are the event.
    clocks: Vec<u32>,
    /// For each thread, its events.
    own: Vec<Vec<u32>>,
    /// For each word, the events that used it, and whether they wrote it.
    uses: Vec<Vec<(u32, bool)>>,
    races: Vec<Race>,
    /// Events that a new one depends on directly; kept for their room only.
    direct: Vec<u32>,
}

impl History {
    /// Nothing yet, of so many threads over a memory of so many words.
    #[must_use]
    pub fn new(threads: u32, words: usize) -> Self {
        Self {
            threads: threads as usize,
            entries: Vec::new(),
            clocks: Vec::new(),
            own: vec![Vec::new(); threads as usize],
            uses: vec![Vec::new(); words],
            races: Vec::new(),
            direct: Vec::new(),
        }
    }

    /// How many events there are.
    #[must_use]
    pub fn events(&self) -> usize {
        self.entries.len()
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let uses = self.uses.iter().map(|uses| size_of_val(uses) + uses.capacity() * size_of::<(u32, bool)>());
        self.entries.capacity() * (size_of::<Entry>() + size_of::<u32>())
            + (self.clocks.capacity() + self.direct.capacity()) * size_of::<u32>()
            + self.races.capacity() * size_of::<Race>()
            + uses.sum::<usize>()
    }

    /// An event.
    #[must_use]
    pub fn event(&self, i: u32) -> Event {
        self.entries[i as usize].event
    }

    fn clock(&self, i: u32) -> &[u32] {
        &self.clocks[i as usize * self.threads..][..self.threads]
    }

    /// Whether event `a` happened before event `b`, or is it.
    #[must_use]
    pub fn before(&self, a: u32, b: u32) -> bool {
        let entry = &self.entries[a as usize];
        self.clock(b)[entry.event.next.thread.index() as usize] >= entry.number
    }

    /// The races of all events.
    #[must_use]
    pub fn races(&self) -> &[Race] {
        &self.races
    }

    /// Adds the event that happened next; `decided_by`: the word that decided whether it could.
    pub fn push(&mut self, event: Event, decided_by: Option<Addr>, table: &Table) {
        let (i, thread) = (self.entries.len() as u32, event.next.thread.index() as usize);
        let number = self.own[thread].len() as u32 + 1;
        self.find_direct(event, table);
        let previous = self.own[thread].last().copied();

        // The clock: everything before this thread's last event, and before what this one depends on.
        let from = self.clocks.len();
        self.clocks.resize(from + self.threads, 0);
        for before in previous.into_iter().chain(self.direct.iter().copied()) {
            for t in 0..self.threads {
                let known = self.clocks[before as usize * self.threads + t];
                let now = &mut self.clocks[from + t];
                *now = known.max(*now);
            }
        }
        self.clocks[from + thread] = number;

        self.entries.push(Entry { event, number, decided_by, races: self.races.len() as u32 });
        self.own[thread].push(i);
        self.find_races(i, previous, decided_by);
        for (words, writes) in [(table.reads(event.outcome), false), (table.writes(event.outcome), true)] {
            words.iter().for_each(|at| self.uses[at.index()].push((i, writes)));
        }
    }

    /// The last event is undone.
    pub fn pop(&mut self, table: &Table) {
        let Some(Entry { event, races, .. }) = self.entries.pop() else { return };
        self.races.truncate(races as usize);
        self.clocks.truncate(self.entries.len() * self.threads);
        self.own[event.next.thread.index() as usize].pop();
        for words in [table.reads(event.outcome), table.writes(event.outcome)] {
            for at in words {
                self.uses[at.index()].pop();
            }
        }
    }

    /// The events that `event` depends on, as far as no other one of these stands in between by the same word.
    fn find_direct(&mut self, event: Event, table: &Table) {
        self.direct.clear();
        for (words, writes) in [(table.reads(event.outcome), false), (table.writes(event.outcome), true)] {
            for at in words {
                for &(other, wrote) in self.uses[at.index()].iter().rev() {
                    if wrote || writes {
                        self.direct.push(other);
                    }
                    if wrote {
                        break;
                    }
                }
            }
        }
        self.direct.sort_unstable();
        self.direct.dedup();
    }

    /// Events that event `i` depends on and that could come right before it: nothing happened in between.
    fn find_races(&mut self, i: u32, previous: Option<u32>, decided_by: Option<Addr>) {
        let direct = core::mem::take(&mut self.direct);
        let waited_for = decided_by.map(|at| self.deciders(at, previous));
        let me = self.event(i).next.thread;
        for &first in &direct {
            if self.event(first).next.thread == me {
                continue;
            }
            let between =
                direct.iter().copied().chain(previous).any(|other| other != first && self.before(first, other));
            let by_waiting = waited_for.as_ref().is_some_and(|events| events.contains(&first));
            if !between && !by_waiting {
                self.races.push(Race { first, second: Second::Event(i), waits: false });
            }
        }
        for first in waited_for.into_iter().flatten() {
            self.races.push(Race { first, second: Second::Event(i), waits: true });
        }
        self.direct = direct;
    }

    /// Events, latest first, that wrote the word that a thread waits for, as far as they did not happen before the thread's
    /// own last step, `previous`.
    fn deciders(&self, at: Addr, previous: Option<u32>) -> Vec<u32> {
        let writes = self.uses[at.index()].iter().rev().filter(|(_, wrote)| *wrote).map(|&(event, _)| event);
        writes.take_while(|&event| previous.is_none_or(|previous| !self.before(event, previous))).collect()
    }

    /// The races of a thread that is left waiting for the word `at`.
    pub fn races_of_waiting(&self, thread: ThreadId, at: Addr) -> impl Iterator<Item = Race> {
        let previous = self.own[thread.index() as usize].last().copied();
        let second = Second::Waiting(thread);
        self.deciders(at, previous).into_iter().map(move |first| Race { first, second, waits: true })
    }

    /// The word that decided whether the event could happen.
    #[must_use]
    pub fn decided_by(&self, i: u32) -> Option<Addr> {
        self.entries[i as usize].decided_by
    }

    /// The events after event `i` that did not happen after it.
    pub fn independent_after(&self, i: u32) -> impl Iterator<Item = u32> {
        (i + 1..self.entries.len() as u32).filter(move |&later| !self.before(i, later))
    }
}

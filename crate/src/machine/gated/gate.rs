//! The schedule in shared memory, and the one word that says whose move it is.
//!
//! | turn | state | next |
//! |---|---|---|
//! | `i` below the number of turns | turn `i` is its thread's | `i + 1`, by that thread, when it has come to its next step; `OVER` |
//! | number of turns | the schedule has been followed to its end | 0, when all have met and go round again |
//! | `OVER` | refused, or aborted | 0, as above |
//!
//! The first turns bring each thread before its first step, one after the other; then come the moves of the schedule.

use core::panic::Location;
use core::time::Duration;

use super::refusal::{Reason, Refusal};
use crate::machine::model::Move;
use crate::machine::threads::record::{place_of, place_word};
use crate::machine::threads::{Shared, park, time};
use crate::machine::{Op, Step, ThreadId};
use crate::ring::memory::LINE;
use crate::ring::{Addr, Memory, Placer};

/// Words of a turn: thread, way, expected step; then what was done: step, value, place.
const ENTRY: u32 = 6;

/// The turn is nobody's any more.
const OVER: u32 = u32::MAX;

/// There is no further round.
const NO_MORE: u32 = u32::MAX;

/// Looks at the turn this often before parking: on a core of its own, a thread takes its step within a microsecond.
const SPINS: u32 = 200;

/// A parked thread looks up this often: whoever aborts from outside wakes nobody.
const NAP: Duration = Duration::from_millis(50);

/// A move of the schedule, and what it is expected to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The move.
    pub next: Move,
    /// Operation and address, where they are known.
    pub expected: Option<(Op, Addr)>,
}

/// What a thread that waits for its turn is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is the thread's turn, and this is its number.
    Mine(u32),
    /// The schedule has been followed to its end.
    Followed,
    /// The round is over before its time.
    Over,
}

/// A gate that so many threads go through, one step at a time.
#[derive(Debug)]
pub struct Gate {
    shared: Shared,
    threads: u32,
    turns: u32,
    /// Milliseconds that any one wait may take.
    patience: f64,
    turn: Addr,
    abort: Addr,
    refusal: Addr,
    round: Addr,
    arrived: Addr,
    entries: Addr,
}

impl Gate {
    /// A gate for `schedule`, whose threads are all below `threads`. Nobody waits longer than `patience` milliseconds for
    /// any one move.
    #[must_use]
    pub fn new(threads: u32, schedule: &[Planned], patience: f64) -> Self {
        let placer = &mut Placer::default();
        let (turn, abort, refusal) = (placer.line(), placer.line(), placer.place(3, LINE));
        let (round, arrived) = (placer.line(), placer.line());
        let turns = threads + schedule.len() as u32;
        let entries = placer.place(turns * ENTRY, LINE);
        let shared = Shared::new(placer.words());
        let gate = Self { shared, threads, turns, patience, turn, abort, refusal, round, arrived, entries };
        let way_in = (0..threads).map(|thread| (ThreadId::new(thread), 0, 0));
        let moves = schedule
            .iter()
            .map(|Planned { next, expected }| (next.thread, next.way, expected.map_or(0, |(op, at)| op.pack(at))));
        for (turn, (thread, way, expected)) in (0..).zip(way_in.chain(moves)) {
            for (word, value) in (0..).zip([thread.index(), way, expected]) {
                gate.shared.words().store(gate.entry(turn, word), value);
            }
        }
        gate
    }

    /// The move of the schedule that this turn is; `None`: it is the way to the thread's first step.
    #[must_use]
    pub const fn move_of(&self, turn: u32) -> Option<u32> {
        turn.checked_sub(self.threads)
    }

    /// The last turn.
    ///
    /// # Panics
    /// Where there are no threads.
    #[must_use]
    pub const fn last(&self) -> u32 {
        self.turns - 1
    }

    /// Whose turn it is; `None` after the last one.
    #[must_use]
    pub fn thread_at(&self, turn: u32) -> Option<ThreadId> {
        (turn < self.turns).then(|| ThreadId::new(self.load(self.entry(turn, 0))))
    }

    /// Which way the step of this turn goes.
    #[must_use]
    pub fn way_at(&self, turn: u32) -> u32 {
        self.load(self.entry(turn, 1))
    }

    /// Waits until it is `me`'s turn.
    #[must_use]
    pub fn wait(&self, me: ThreadId) -> Turn {
        let (mut last, mut patience) = (OVER, Patience::new(self.patience));
        loop {
            let turn = self.load(self.turn);
            match self.thread_at(turn) {
                _ if turn == OVER => return Turn::Over,
                None => return Turn::Followed,
                _ if self.is_aborted() => self.abort(),
                Some(thread) if thread == me => return Turn::Mine(turn),
                Some(thread) => {
                    if turn != last {
                        (last, patience) = (turn, Patience::new(self.patience));
                    }
                    if !patience.sleep(self, self.turn, turn) {
                        self.refuse(Refusal { turn, thread, reason: Reason::Late });
                    }
                }
            }
        }
    }

    /// Lets the turn after `turn` begin.
    pub fn hand_on(&self, turn: u32) {
        // Where it fails the round is over.
        let _ = self.shared.words().compare_exchange(self.turn, turn, turn + 1);
        park::wake(self.shared.words().atomic(self.turn), true);
    }

    /// Keeps what was done in this turn; false when it is not what was expected. What a step does after the first thing
    /// belongs to that.
    pub fn note(&self, turn: u32, op: Op, at: Addr, value: u32, place: &'static Location<'static>) -> bool {
        let [expected, done] = [2, 3].map(|word| self.load(self.entry(turn, word)));
        if done != 0 {
            return true;
        }
        for (word, value) in (3..).zip([op.pack(at), value, place_word(place)]) {
            self.shared.words().store(self.entry(turn, word), value);
        }
        expected == 0 || expected == op.pack(at)
    }

    /// What was done in this turn; `None`: nothing, or nothing that is recorded. To be asked between rounds.
    #[must_use]
    pub fn done(&self, turn: u32) -> Option<Step> {
        let [done, value, place] = [3, 4, 5].map(|word| self.load(self.entry(turn, word)));
        let (op, at) = if done == 0 { None } else { Op::unpack(done) }?;
        // SAFETY: only `note` writes this word, with a word of `place_word`.
        let place = unsafe { place_of(place) };
        Some(Step { thread: self.thread_at(turn)?, op, at, value, place })
    }

    /// Gives the schedule up, unless the turn has passed meanwhile.
    pub fn refuse(&self, Refusal { turn, thread, reason }: Refusal) {
        let words = self.shared.words();
        if words.compare_exchange(self.turn, turn, OVER).is_ok() {
            for (word, value) in (0..).zip([reason.to_word(), turn, thread.index()]) {
                words.store(self.refusal.offset(word), value);
            }
            park::wake(words.atomic(self.turn), true);
        }
    }

    /// Why the schedule was given up, if it was. To be asked between rounds.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let [reason, turn, thread] = [0, 1, 2].map(|word| self.load(self.refusal.offset(word)));
        Some(Refusal { turn, thread: ThreadId::new(thread), reason: Reason::from_word(reason)? })
    }

    /// Whether the schedule has been followed to its end. To be asked between rounds.
    #[must_use]
    pub fn is_followed(&self) -> bool {
        self.load(self.turn) == self.turns
    }

    /// Makes all threads leave.
    pub fn abort(&self) {
        let words = self.shared.words();
        words.store(self.abort, 1);
        words.store(self.turn, OVER);
        for at in [self.turn, self.round] {
            park::wake(words.atomic(at), true);
        }
    }

    /// Whether somebody has aborted.
    #[must_use]
    pub fn is_aborted(&self) -> bool {
        self.load(self.abort) != 0
    }

    /// Where the word lies that aborts once it is not 0, as a byte address in the process (in wasm: in linear memory).
    #[must_use]
    pub fn abort_at(&self) -> usize {
        self.shared.base() + self.abort.byte_offset()
    }

    /// Waits until all threads have come here, from a round that was followed or not. The last one does `between`, alone,
    /// which says whether there is to be another round. False: there is none, or somebody has not come.
    pub fn meet(&self, between: impl FnOnce() -> bool) -> bool {
        let words = self.shared.words();
        let round = words.load(self.round);
        if round != NO_MORE && words.fetch_add(self.arrived, 1) + 1 == self.threads {
            let again = between() && !self.is_aborted();
            if again {
                self.rewind();
            }
            let next = if again { round + 1 } else { NO_MORE };
            // Where it fails somebody has lost patience, and gone.
            let met = words.compare_exchange(self.round, round, next).is_ok();
            park::wake(words.atomic(self.round), true);
            return met && again;
        }
        let patience = Patience::new(self.patience);
        loop {
            match words.load(self.round) {
                NO_MORE => return false,
                now if now != round => return true,
                _ if !self.is_aborted() && patience.sleep(self, self.round, round) => {}
                _ => {
                    let _ = words.compare_exchange(self.round, round, NO_MORE);
                }
            }
        }
    }

    /// For the next round; nobody else is here.
    fn rewind(&self) {
        let words = self.shared.words();
        for turn in 0..self.turns {
            words.store(self.entry(turn, 3), 0);
        }
        words.store(self.refusal, 0);
        words.store(self.arrived, 0);
        words.store(self.turn, 0);
    }

    const fn entry(&self, turn: u32, word: u32) -> Addr {
        self.entries.offset(turn * ENTRY + word)
    }

    fn load(&self, at: Addr) -> u32 {
        self.shared.words().load(at)
    }
}

/// How long somebody still waits.
struct Patience {
    until: f64,
}

impl Patience {
    fn new(milliseconds: f64) -> Self {
        Self { until: time::now() + milliseconds }
    }

    /// Sleeps for a moment, unless the word is not `expected`; false: there is no patience left.
    fn sleep(&self, gate: &Gate, at: Addr, expected: u32) -> bool {
        for _ in 0..SPINS {
            if gate.load(at) != expected {
                return true;
            }
            core::hint::spin_loop();
        }
        park::wait(gate.shared.words().atomic(at), expected, NAP);
        gate.load(at) != expected || time::now() < self.until
    }
}

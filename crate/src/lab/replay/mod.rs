//! One schedule, forced on real threads, as often as one likes.
//!
//! Whoever starts threads (Workers in a browser, `std::thread` natively) calls [`Replay::run_thread`] in each of them, once.
//! They stay for all rounds: when a round is over they meet, the last one looks at what has come of it, as the model's judge
//! would ([`Scripted`] judges both), makes the world anew, and all go again.
//!
//! A round ends with the last move of the schedule, and its threads do not run on: what would follow is nobody's choice, and
//! a trace that breaks something ends where a detector has spoken.
//!
//! | file | holds |
//! |---|---|
//! | `plan` | what each move is expected to do |
//! | [`report`] | what became of it |

mod plan;
pub mod report;

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::error::ConfigError;
use crate::aio::{Aio, Protocol};
use crate::explore::scripted::Scripted;
use crate::explore::{Finding, Moment, Program};
use crate::machine::gated::{self, Gate, Gated, Planned, Reason};
use crate::machine::model::{Cells, Move};
use crate::machine::threads::{Shared, Words, time};
use crate::machine::{ThreadId, WaitFor};
use crate::ring::{Addr, Memory};
use crate::scenario::Detector;
use crate::scenario::roles::Actor;
use crate::scenario::script;
use plan::Plan;
use report::{Found, Refused, ReplayReport, Tally};

/// How long a thread may take to come to its turn, in milliseconds, before everything is given up. A turn takes
/// microseconds; this is for a machine that does something else meanwhile.
pub const PATIENCE: f64 = 10_000.0;

/// How often a schedule can be replayed in one go.
pub const MOST_TIMES: u32 = 1_000_000;

/// A schedule to be forced on threads: everything that they share.
#[derive(Debug)]
pub struct Replay {
    subject: Scripted,
    memory: Shared,
    gate: Gate,
    plan: Plan,
    times: u32,
    began: OnceLock<f64>,
    done: AtomicU32,
    followed: AtomicU32,
    broke: AtomicU32,
    tally: Mutex<Tally>,
}

/// What a round came to.
struct Round {
    followed: bool,
    finding: Option<Finding>,
    refused: Option<Refused>,
    /// Whether a thread is so late that another round makes no sense.
    hopeless: bool,
}

impl Replay {
    /// Gets ready to force `schedule`, which was made for `own`, on threads under the protocol `under`, its own or another
    /// one, `times` times.
    ///
    /// # Errors
    /// When the schedule is too long, or names a thread that is not there, or `times` is out of range.
    pub fn new(
        own: &Scripted,
        under: Protocol,
        schedule: &[Move],
        times: u32,
        patience: f64,
    ) -> Result<Self, ConfigError> {
        plan::check(own, schedule, times)?;
        let plan = plan::plan(own, schedule);
        let moves = schedule.iter().zip(&plan.steps);
        let planned: Vec<Planned> =
            moves.map(|(&next, step)| Planned { next, expected: step.map(|step| (step.op, step.at)) }).collect();
        let subject = Scripted::new(own.scenario, own.script.clone(), under);
        let replay = Self {
            memory: Shared::new(subject.world.words()),
            gate: Gate::new(subject.threads(), &planned, patience),
            subject,
            plan,
            times,
            began: OnceLock::new(),
            done: AtomicU32::new(0),
            followed: AtomicU32::new(0),
            broke: AtomicU32::new(0),
            tally: Mutex::default(),
        };
        replay.subject.world.init(&replay.memory());
        Ok(replay)
    }

    /// What is forced.
    #[must_use]
    pub fn subject(&self) -> &Scripted {
        &self.subject
    }

    /// Its arena. Between rounds it is as the last one left it; so is it when all threads have ended.
    #[must_use]
    pub fn memory(&self) -> Words<'_> {
        self.memory.words()
    }

    /// What the threads wait at.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Rounds that are over, that were followed to the end, and that broke something; each an address in the process (in
    /// wasm: in linear memory) of a word that moves while threads run.
    #[must_use]
    pub fn progress_at(&self) -> [usize; 3] {
        [&self.done, &self.followed, &self.broke].map(|word| word.as_ptr().addr())
    }

    /// Works as thread `index` for all rounds; blocks.
    ///
    /// # Panics
    /// When there is no such thread.
    pub fn run_thread(&self, index: u32) {
        self.began.get_or_init(time::now);
        loop {
            self.play(ThreadId::new(index));
            if !self.gate.meet(|| self.between()) {
                return;
            }
        }
    }

    /// One round of one thread.
    fn play(&self, me: ThreadId) {
        let (world, memory, script) = (&self.subject.world, self.memory(), &self.subject.script);
        let (role, rounds) = script.threads[me.index() as usize];
        let machine = Gated::new(&self.gate, memory, world.control, world.frames, me, script.grain);
        let detector = Detector::new(&memory, world, me, || 0.0);
        let aio = Aio { machine: &machine, rules: self.subject.protocol, trace: &detector };
        let actor = Actor { aio, world, work: script::work(rounds), passes: script.passes };
        gated::run(&machine, async { actor.play(role).await });
    }

    /// Between two rounds, and alone: says what the one came to, and makes the world anew for the other, if there is one.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn between(&self) -> bool {
        if self.gate.is_aborted() {
            return false;
        }
        let Round { followed, finding, refused, hopeless } = self.judge();
        self.followed.fetch_add(u32::from(followed), Ordering::SeqCst);
        self.broke.fetch_add(u32::from(finding.is_some()), Ordering::SeqCst);
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(finding) = finding {
            *tally.findings.entry(finding.invariant.clone()).or_default() += 1;
            tally.first.get_or_insert_with(|| Found::new(&self.subject.world, finding));
        }
        tally.refused = tally.refused.take().or(refused);
        tally.ended = time::now();
        let done = self.done.fetch_add(1, Ordering::SeqCst) + 1;
        let again = done < self.times && !hopeless;
        if again {
            let world = &self.subject.world;
            self.memory().fill(Addr::from_word(0), world.words(), 0);
            world.init(&self.memory());
        }
        again
    }

    /// What the round that is over came to.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn judge(&self) -> Round {
        let (world, memory) = (&self.subject.world, self.memory());
        let cells = Cells::new(world.words());
        for at in (0..world.words()).map(Addr::from_word) {
            cells.store(at, memory.load(at));
        }
        let ended = |thread: ThreadId| memory.load(world.control.ended(thread)) != 0;
        let waits = |thread: ThreadId| memory.load(world.control.waits_for(thread)) != WaitFor::NOTHING;
        let arrived = self.gate.is_followed();
        let moment = if self.subject.is_broken(&cells) {
            Some(Moment::Broken)
        } else if arrived && world.control.all().all(ended) {
            Some(Moment::Finished)
        } else if arrived && world.control.all().all(|thread| ended(thread) || waits(thread)) {
            Some(Moment::Stuck)
        } else {
            None
        };
        let finding = moment.and_then(|moment| self.subject.judge(&cells, moment));
        // What a schedule breaks is part of it: one move more, of which nothing is known but where it leads.
        let unlike = arrived && finding.is_none() && self.plan.breaks;
        let refusal = self.gate.refusal();
        Round {
            followed: arrived && !unlike,
            finding,
            refused: refusal.map(|refusal| self.refused(refusal)).or_else(|| unlike.then(|| self.unlike())),
            hopeless: refusal.is_some_and(|refusal| refusal.reason == Reason::Late),
        }
    }

    /// What has become of it so far. While threads run it is a snapshot.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn report(&self) -> ReplayReport {
        let Tally { findings, first, refused, ended } =
            self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let [done, followed, broke] = [&self.done, &self.followed, &self.broke].map(|word| word.load(Ordering::SeqCst));
        // Where somebody has not even come to the meeting, nobody has counted the round.
        let late = || self.gate.refusal().map(|refusal| self.refused(refusal));
        ReplayReport {
            times: done,
            broke,
            followed,
            refused: refused.or_else(late),
            findings,
            first,
            seconds: (ended - self.began.get().copied().unwrap_or(ended)).max(0.0) / 1e3,
            aborted: self.gate.is_aborted() && done < self.times,
        }
    }

    /// Makes all threads leave; they do within a moment.
    pub fn abort(&self) {
        self.gate.abort();
    }
}

//! A few threads that work on short tasks together: one leads, the others help.
//!
//! The leader opens a *round*, works at it itself, and closes it; whoever helps comes in meanwhile and does the same
//! work. The leader waits for those who are in, and never for one who has not come: a helper whose thread is busy, or
//! asleep, or not there at all, is not missed. A round takes a fraction of a millisecond, so both sides watch for each
//! other for a while before they go to sleep.
//!
//! | `round` | | a helper |
//! |---|---|---|
//! | odd | open | comes in, once |
//! | even | closed | waits for the next one |
//! | [`OVER`] | there will be no other | leaves |

use core::hint::spin_loop;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use core::time::Duration;

use crate::machine::threads::park;

/// No round comes after this one; it is even.
const OVER: u32 = u32::MAX - 1;

/// Looks before one goes to sleep: some hundreds of microseconds. In wasm nothing makes a processor pause between two of them.
const LOOKS: u32 = if cfg!(target_arch = "wasm32") { 1 << 18 } else { 1 << 14 };

/// How long one sleeps at the most before looking again by oneself.
const NAP: Duration = Duration::from_millis(20);

/// On a cache line of its own: others are written all the time.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Word(AtomicU32);

impl Word {
    /// Waits until the word is something else than `value`.
    fn wait_while(&self, sleepers: &Word, value: u32) -> u32 {
        // ORDERING: sequentially consistent here and below: who goes to sleep says so and looks at the word once more;
        // who changes the word looks afterwards whether anybody sleeps.
        for _ in 0..LOOKS {
            let now = self.0.load(Ordering::SeqCst);
            if now != value {
                return now;
            }
            spin_loop();
        }
        sleepers.0.fetch_add(1, Ordering::SeqCst);
        let mut now = self.0.load(Ordering::SeqCst);
        while now == value {
            park::wait(&self.0, value, NAP);
            now = self.0.load(Ordering::SeqCst);
        }
        sleepers.0.fetch_sub(1, Ordering::SeqCst);
        now
    }

    fn wake(&self, sleepers: &Word) {
        if sleepers.0.load(Ordering::SeqCst) > 0 {
            park::wake(&self.0, true);
        }
    }
}

/// Where leader and helpers meet.
#[derive(Debug, Default)]
pub struct Gate {
    round: Word,
    /// Helpers who are in.
    inside: Word,
    /// Those who sleep until the round changes, and whether the leader sleeps until all are out.
    asleep: Word,
    leader_asleep: Word,
    /// Whether a helper panicked.
    lost: AtomicBool,
}

/// A helper who is in; going out of scope, it goes out.
struct Inside<'a>(&'a Gate);

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.lost.store(true, Ordering::SeqCst);
        }
        self.0.inside.0.fetch_sub(1, Ordering::SeqCst);
        self.0.inside.wake(&self.0.leader_asleep);
    }
}

/// The leader; going out of scope, it sends the helpers home.
struct Leader<'a>(&'a Gate);

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.0.set(OVER);
    }
}

/// A helper has panicked; whoever waits for the crew will panic as well.
#[derive(Debug)]
pub struct Lost;

impl Gate {
    fn set(&self, round: u32) {
        self.round.0.store(round, Ordering::SeqCst);
        self.round.wake(&self.asleep);
    }

    /// Opens a round, does `work`, which the helpers do too, and closes it.
    ///
    /// # Errors
    /// When a helper has not done what it had begun with.
    pub fn round(&self, work: impl FnOnce()) -> Result<(), Lost> {
        let open = self.round.0.load(Ordering::SeqCst) + 1;
        debug_assert!(open % 2 == 1, "rounds are not nested");
        self.set(open);
        work();
        self.round.0.store(open + 1, Ordering::SeqCst);
        loop {
            match self.inside.0.load(Ordering::SeqCst) {
                0 => break,
                some => drop(self.inside.wait_while(&self.leader_asleep, some)),
            }
        }
        if self.lost.load(Ordering::SeqCst) { Err(Lost) } else { Ok(()) }
    }

    /// Does `work` once each round.
    fn help(&self, mut work: impl FnMut()) {
        let mut last = 0;
        loop {
            last = self.round.wait_while(&self.asleep, last);
            if last == OVER {
                return;
            }
            if last % 2 == 0 {
                continue;
            }
            self.inside.0.fetch_add(1, Ordering::SeqCst);
            let inside = Inside(self);
            // Either the leader sees us inside, or we see that it has closed the round.
            if self.round.0.load(Ordering::SeqCst) == last {
                work();
            }
            drop(inside);
        }
    }
}

/// Calls `lead` with a crew of so many helpers. Each of them calls `hire` once, on a thread of its own and with its number
/// (the leader is 0), for the function that is its work.
///
/// # Panics
/// When one of them did.
pub fn with<W: FnMut(), R>(helpers: usize, hire: impl Fn(usize) -> W + Sync, lead: impl FnOnce(&Gate) -> R) -> R {
    let gate = Gate::default();
    rayon::in_place_scope(|scope| {
        for number in 1..=helpers {
            let (gate, hire) = (&gate, &hire);
            scope.spawn(move |_| {
                let mut work = None;
                gate.help(|| work.get_or_insert_with(|| hire(number))());
            });
        }
        let leader = Leader(&gate);
        lead(leader.0)
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use core::sync::atomic::AtomicUsize;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    use super::*;

    /// Waits until it is so; a machine that is busy with other things may take its time.
    fn until(is_so: impl Fn() -> bool) {
        let began = Instant::now();
        while !is_so() {
            assert!(began.elapsed() < Duration::from_secs(60), "nobody came");
            std::thread::yield_now();
        }
    }

    #[test]
    fn in_each_round_everybody_works_once_at_the_most_and_not_in_between() {
        let (open, works) = (AtomicBool::new(false), Mutex::new(Vec::new()));
        let work = |me: usize| {
            assert!(open.load(Ordering::SeqCst), "{me} works between rounds");
            works.lock().unwrap().push(me);
        };
        with(
            2,
            |me| move || work(me),
            |gate| {
                for round in 0..2_000 {
                    open.store(true, Ordering::SeqCst);
                    gate.round(|| {
                        work(0);
                        if round % 500 == 0 {
                            // Long enough for those who sleep.
                            until(|| works.lock().unwrap().len() > 1);
                        }
                    })
                    .unwrap();
                    open.store(false, Ordering::SeqCst);
                    let mut who = core::mem::take(&mut *works.lock().unwrap());
                    let count = who.len();
                    who.sort_unstable();
                    who.dedup();
                    assert_eq!(who.len(), count, "somebody worked twice in round {round}");
                    if round % 400 == 0 {
                        // Long enough to fall asleep.
                        std::thread::sleep(Duration::from_millis(5));
                    }
                }
            },
        );
    }

    #[test]
    fn a_helper_that_panics_is_missed_and_the_panic_is_passed_on() {
        let rounds = AtomicUsize::new(0);
        let crew = || {
            with(
                1,
                |_| || panic!("a helper"),
                |gate| {
                    until(|| {
                        rounds.fetch_add(1, Ordering::SeqCst);
                        gate.round(std::thread::yield_now).is_err()
                    });
                },
            );
        };
        let panic = catch_unwind(AssertUnwindSafe(crew)).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"a helper"));
        assert!(rounds.load(Ordering::SeqCst) > 0);
    }

    #[test]
    fn helpers_of_a_leader_that_panics_go_home() {
        let helped = AtomicUsize::new(0);
        let help = |_| {
            || {
                helped.fetch_add(1, Ordering::SeqCst);
            }
        };
        let crew = || {
            with(1, help, |gate| {
                let _ = gate.round(|| {
                    until(|| helped.load(Ordering::SeqCst) > 0);
                    panic!("the leader");
                });
            });
        };
        let panic = catch_unwind(AssertUnwindSafe(crew)).unwrap_err();
        assert_eq!(panic.downcast_ref::<&str>(), Some(&"the leader"));
    }
}

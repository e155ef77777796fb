//! The longest that a migrator tried in vain.

use core::cell::Cell;
use core::panic::Location;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::machine::threads::time::now;
use crate::machine::threads::{Record, Words};
use crate::machine::{Control, Op, ThreadId};
use crate::ring::{Addr, Memory};

/// Looks whether anything has come of a migrator's operations, as every so-many-th of them begins.
///
/// A migrator that is refused does not wait: it goes on, and tries again. So this is apart from what threads wait for locks. A
/// *streak* is the time from the beginning of a try that was refused until a page had moved. Between two looks there are some
/// operations: a shorter streak is not seen, and one that is seen is too long or too short by those, some microseconds.
///
/// Every timed thread has one, and a reader's is of nothing: so the compiler makes a reader that is timed and one that is not,
/// each with a single caller of what it does. What has a second caller is not inlined.
#[derive(Debug)]
pub struct Refusals<'a> {
    /// Not 0: streaks count.
    counting: &'a AtomicU32,
    every: u32,
    /// For how long the thread pauses on purpose, milliseconds.
    pause: f64,
    /// A word that changes when something comes of an operation.
    result: Option<Addr>,
    until_look: Cell<u32>,
    /// As it was at the look before; there has been none at first.
    last_result: Cell<Option<u32>>,
    /// Nothing has come of any operation since `since`.
    in_vain: Cell<bool>,
    since: Cell<f64>,
    longest: Cell<f64>,
}

impl<'a> Refusals<'a> {
    /// Of a thread that begins now, and is looked at at every `every`th operation. `result`: a word that changes when something
    /// comes of an operation. `pause`: milliseconds that the thread is told to let go by between two operations.
    #[must_use]
    pub fn new(counting: &'a AtomicU32, every: u32, result: Addr, pause: f64) -> Self {
        Self { result: Some(result), every, pause, until_look: Cell::new(every), ..Self::of_nothing(counting) }
    }

    /// Of a thread that cannot be refused.
    #[must_use]
    pub fn of_nothing(counting: &'a AtomicU32) -> Self {
        Self {
            counting,
            every: u32::MAX,
            pause: 0.0,
            result: None,
            until_look: Cell::new(u32::MAX),
            last_result: Cell::new(None),
            in_vain: Cell::new(false),
            since: Cell::new(now()),
            longest: Cell::new(0.0),
        }
    }

    #[cold]
    #[inline(never)]
    fn look(&self, memory: Words<'_>) {
        self.until_look.set(self.every);
        let Some(result) = self.result else { return };
        let result = Some(memory.peek(result));
        if self.last_result.replace(result) == result {
            self.in_vain.set(true);
            return;
        }
        let now = now();
        let since = self.since.replace(now);
        if self.in_vain.replace(false) {
            self.take(now - since);
        }
    }

    fn take(&self, streak: f64) {
        // ORDERING: Relaxed; a streak that ends as counting begins may count or not.
        if self.counting.load(Ordering::Relaxed) != 0 {
            self.longest.set(self.longest.get().max(streak - self.pause));
        }
    }

    /// The longest streak, milliseconds; the one that was still going on at `end`, milliseconds of [`now`], included. 0 where
    /// nothing was refused.
    #[must_use]
    pub fn longest_ms(&self, end: f64) -> f64 {
        let going_on = if self.in_vain.get() { now().min(end) - self.since.get() - self.pause } else { 0.0 };
        self.longest.get().max(going_on)
    }
}

impl Record for Refusals<'_> {
    const ON: bool = false;

    #[inline(always)]
    fn begin(&self, memory: Words<'_>, _: &Control, _: ThreadId) {
        let left = self.until_look.get() - 1;
        self.until_look.set(left);
        if left == 0 {
            self.look(memory);
        }
    }

    fn publish(&self, _: Words<'_>, _: &Control, _: ThreadId) {}

    #[inline(always)]
    fn note(&self, _: Words<'_>, _: &Control, _: Op, _: Addr, _: u32, _: &'static Location<'static>) {}
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;
    use crate::machine::threads::Shared;
    use crate::ring::Placer;

    struct Scene {
        arena: Shared,
        control: Control,
        result: Addr,
        counting: AtomicU32,
    }

    impl Scene {
        fn new(counting: u32) -> Self {
            let placer = &mut Placer::default();
            let control = Control::place(placer, 1);
            let result = placer.line();
            Self { arena: Shared::new(placer.words()), control, result, counting: AtomicU32::new(counting) }
        }

        fn refusals(&self, every: u32, pause: f64) -> Refusals<'_> {
            Refusals::new(&self.counting, every, self.result, pause)
        }

        /// So many operations of `ms` milliseconds each, of which something comes, or not.
        fn operations(&self, refusals: &Refusals<'_>, count: u32, ms: u64, comes: bool) {
            for _ in 0..count {
                refusals.begin(self.arena.words(), &self.control, ThreadId::new(0));
                sleep(Duration::from_millis(ms));
                if comes {
                    let before = self.arena.words().peek(self.result);
                    self.arena.words().poke(self.result, before + 1);
                }
            }
        }
    }

    #[test]
    fn a_planted_streak_is_found_from_its_first_try_until_something_comes() {
        let scene = Scene::new(1);
        let refusals = scene.refusals(1, 0.0);
        scene.operations(&refusals, 3, 0, true);
        scene.operations(&refusals, 2, 20, false);
        scene.operations(&refusals, 2, 20, true);
        // No upper limit: the machine may be busy.
        assert!(refusals.longest_ms(f64::MAX) >= 60.0, "{}", refusals.longest_ms(f64::MAX));
    }

    #[test]
    fn a_long_operation_of_which_something_comes_is_none() {
        for every in [1, 3] {
            let scene = Scene::new(1);
            let refusals = scene.refusals(every, 0.0);
            scene.operations(&refusals, 7, 10, true);
            assert_eq!(refusals.longest_ms(f64::MAX), 0.0);
        }
    }

    #[test]
    fn a_streak_that_goes_on_counts_up_to_the_end() {
        let scene = Scene::new(1);
        let refusals = scene.refusals(1, 0.0);
        scene.operations(&refusals, 1, 0, true);
        scene.operations(&refusals, 3, 15, false);
        assert!(refusals.longest_ms(f64::MAX) >= 30.0);
        let end = refusals.since.get() + 5.0;
        assert!((refusals.longest_ms(end) - 5.0).abs() < 1e-6);
    }

    #[test]
    fn of_many_operations_only_some_are_looked_at_and_a_long_streak_is_found_all_the_same() {
        let scene = Scene::new(1);
        let refusals = scene.refusals(4, 0.0);
        scene.operations(&refusals, 8, 0, true);
        scene.operations(&refusals, 12, 5, false);
        scene.operations(&refusals, 5, 0, true);
        assert!(refusals.longest_ms(f64::MAX) >= 40.0, "{}", refusals.longest_ms(f64::MAX));
    }

    #[test]
    fn the_last_pause_is_none_of_it_and_what_is_before_does_not_count() {
        for (counting, pause) in [(1, 1e6), (0, 0.0)] {
            let scene = Scene::new(counting);
            let refusals = scene.refusals(1, pause);
            scene.operations(&refusals, 2, 1, false);
            scene.operations(&refusals, 2, 1, true);
            assert_eq!(refusals.longest_ms(f64::MAX), 0.0);
        }
    }

    #[test]
    fn of_nothing_there_is_none() {
        let scene = Scene::new(1);
        let refusals = Refusals::of_nothing(&scene.counting);
        scene.operations(&refusals, 9, 1, false);
        assert_eq!(refusals.longest_ms(f64::MAX), 0.0);
    }
}

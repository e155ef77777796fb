//! The longest that a thread took for one operation.

use core::cell::Cell;
use core::panic::Location;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::machine::threads::time::now;
use crate::machine::threads::{Record, Words};
use crate::machine::{Control, Op, ThreadId};
use crate::ring::{Addr, Memory};

/// Looks at the clock as every so-many-th operation begins.
///
/// From one look to the next no time is missed, so a wait is found wherever the thread has waited; what is found is too long by
/// the other operations between the two looks, some microseconds. Where an operation can end without result, a word says
/// whether anything came of it: then the wait goes on.
///
/// (Looking at the threads' counters from outside would cost them nothing. But with more threads than cores whoever looks is
/// itself kept waiting, and its own wait is then everybody's.)
#[derive(Debug)]
pub struct Pulse<'a> {
    /// Not 0: waits count.
    counting: &'a AtomicU32,
    every: u32,
    /// Of how long it pauses on purpose, milliseconds.
    pause: f64,
    result: Option<Addr>,
    until_look: Cell<u32>,
    last_result: Cell<u32>,
    since: Cell<f64>,
    longest: Cell<f64>,
}

impl<'a> Pulse<'a> {
    /// Of a thread that begins now; it looks at the clock at every `every`th operation. `result`: a word that changes when
    /// something comes of an operation; without it, something always does. `pause`: milliseconds that the thread is told
    /// to let go by between two operations.
    #[must_use]
    pub fn new(counting: &'a AtomicU32, every: u32, result: Option<Addr>, pause: f64) -> Self {
        Self {
            counting,
            every,
            pause,
            result,
            until_look: Cell::new(every),
            last_result: Cell::new(0),
            since: Cell::new(now()),
            longest: Cell::new(0.0),
        }
    }

    #[cold]
    #[inline(never)]
    fn look(&self, memory: Words<'_>) {
        self.until_look.set(self.every);
        if let Some(result) = self.result {
            let result = memory.peek(result);
            if self.last_result.replace(result) == result {
                return;
            }
        }
        self.take(now());
    }

    fn take(&self, now: f64) {
        let wait = now - self.since.replace(now) - self.pause;
        // ORDERING: Relaxed; a wait that ends as counting begins may count or not.
        if self.counting.load(Ordering::Relaxed) != 0 {
            self.longest.set(self.longest.get().max(wait));
        }
    }

    /// The longest wait, milliseconds; the one that was still going on at `end`, milliseconds of [`now`], included.
    #[must_use]
    pub fn longest_ms(&self, end: f64) -> f64 {
        self.longest.get().max(now().min(end) - self.since.get() - self.pause)
    }
}

impl Record for Pulse<'_> {
    const ON: bool = false;

    #[inline(always)]
    fn begin(&self, memory: Words<'_>, _: &Control, _: ThreadId) {
        let left = self.until_look.get() - 1;
        self.until_look.set(left);
        if left == 0 {
            self.look(memory);
        }
    }

    #[inline(always)]
    fn note(&self, _: Words<'_>, _: &Control, _: ThreadId, _: Op, _: Addr, _: u32, _: &'static Location<'static>) {}
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
    }

    impl Scene {
        fn new() -> Self {
            let placer = &mut Placer::default();
            let control = Control::place(placer, 1);
            let result = placer.line();
            Self { arena: Shared::new(placer.words()), control, result }
        }

        /// Three operations, of which the second takes 30 ms.
        fn beat(&self, pulse: &Pulse<'_>, result: bool) {
            for i in 0..3_u32 {
                if i == 2 {
                    sleep(Duration::from_millis(30));
                }
                if result {
                    self.arena.words().poke(self.result, i + 1);
                }
                pulse.begin(self.arena.words(), &self.control, ThreadId::new(0));
            }
        }
    }

    #[test]
    fn a_wait_is_found_wherever_it_is() {
        for every in [1, 2, 3, 7] {
            let scene = Scene::new();
            let counting = AtomicU32::new(1);
            let pulse = Pulse::new(&counting, every, None, 0.0);
            scene.beat(&pulse, false);
            assert!(pulse.longest_ms(f64::MAX) >= 30.0, "every {every}: {}", pulse.longest_ms(f64::MAX));
        }
    }

    #[test]
    fn a_wait_that_goes_on_counts_up_to_the_end() {
        let counting = AtomicU32::new(1);
        let end = now() + 5.0;
        let pulse = Pulse::new(&counting, 1, None, 0.0);
        sleep(Duration::from_millis(30));
        assert!(pulse.longest_ms(f64::MAX) >= 30.0);
        // No lower limit: between the two lines at the top the machine may have done something else.
        assert!(pulse.longest_ms(end) <= 5.0 + 1e-6);
    }

    #[test]
    fn pauses_are_none_and_what_is_before_does_not_count() {
        let scene = Scene::new();
        let counting = AtomicU32::new(1);
        let paced = Pulse::new(&counting, 1, None, 1e6);
        scene.beat(&paced, false);
        assert_eq!(paced.longest_ms(f64::MAX), 0.0);

        let counting = AtomicU32::new(0);
        let early = Pulse::new(&counting, 1, None, 0.0);
        scene.beat(&early, false);
        assert_eq!(early.longest.get(), 0.0);
    }

    #[test]
    fn a_thread_of_whose_operations_nothing_comes_waits_on() {
        let counting = AtomicU32::new(1);
        for comes in [true, false] {
            let scene = Scene::new();
            let pulse = Pulse::new(&counting, 1, Some(scene.result), 0.0);
            scene.beat(&pulse, comes);
            sleep(Duration::from_millis(20));
            scene.beat(&pulse, false);
            let (found, whole) = (pulse.longest_ms(f64::MAX), 30.0 + 20.0 + 30.0);
            assert!(found >= if comes { 50.0 } else { whole }, "{found}");
        }
    }
}

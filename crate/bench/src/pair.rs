//! Two threads at one piece of memory: the far one works until it is told to stop, the near one measures and tells it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aio_ring_lab::machine::threads::time;

/// Nothing has moved for this long: the other thread is not there.
const PATIENCE_MS: f64 = 5_000.0;

/// Turns of spinning between two looks at the clock.
const TURNS: u32 = 1 << 14;

/// The other thread did nothing for five seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alone;

/// The half that the other thread works at.
pub trait Far: Send {
    /// Works until the near half has measured.
    ///
    /// # Errors
    /// When the near half does nothing.
    fn work(&mut self) -> Result<(), Alone>;
}

/// The half that measures.
pub trait Near {
    /// Measures for `ms` milliseconds at the least, from when the far half is seen at work; nanoseconds a unit. Then, and
    /// also when it fails, the far half is told to stop.
    ///
    /// # Errors
    /// When the far half does nothing.
    fn sample(&mut self, ms: f64) -> Result<f64, Alone>;
}

/// Two halves, good for one sample.
#[allow(missing_debug_implementations)]
pub struct Pair {
    /// Measures.
    pub near: Box<dyn Near>,
    /// Works.
    pub far: Box<dyn Far>,
}

impl Pair {
    /// Both halves on threads of this process: this one measures.
    ///
    /// # Errors
    /// As [`Near::sample`].
    ///
    /// # Panics
    /// When the far half does.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn sample(self, ms: f64) -> Result<f64, Alone> {
        let Self { mut near, mut far } = self;
        let there = std::thread::spawn(move || far.work());
        let figure = near.sample(ms);
        there.join().expect("the far half panicked").and(figure)
    }
}

/// A word on a cache line of its own.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Line(AtomicBool);

/// What tells the far half to stop: read by it alone until it is set once.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<Line>);

impl Stop {
    /// Whether it is time.
    #[inline(always)]
    #[must_use]
    pub fn is_set(&self) -> bool {
        // ORDERING: Relaxed; nothing is read because of it.
        self.0.0.load(Ordering::Relaxed)
    }

    /// Sets it when dropped.
    #[must_use]
    pub fn at_the_end(&self) -> impl Drop + use<> {
        struct AtTheEnd(Stop);
        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                // ORDERING: as in `is_set`.
                self.0.0.0.store(true, Ordering::Relaxed);
            }
        }
        AtTheEnd(self.clone())
    }
}

/// Spinning that ends.
#[derive(Debug, Default)]
pub struct Patience {
    turns: u32,
    since: Option<f64>,
}

impl Patience {
    /// Something moved.
    #[inline(always)]
    pub fn renew(&mut self) {
        *self = Self::default();
    }

    /// Another turn in vain.
    ///
    /// # Errors
    /// When all turns since [`renew`](Self::renew) took five seconds.
    #[inline(always)]
    pub fn turn(&mut self) -> Result<(), Alone> {
        core::hint::spin_loop();
        self.turns += 1;
        if self.turns.is_multiple_of(TURNS) { self.look() } else { Ok(()) }
    }

    #[cold]
    fn look(&mut self) -> Result<(), Alone> {
        let now = time::now();
        if now - *self.since.get_or_insert(now) > PATIENCE_MS { Err(Alone) } else { Ok(()) }
    }
}

//! The limit of whatever two threads do to one word: a cache line goes to the other thread and comes back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aio_ring_lab::machine::threads::time;

use crate::pair::{Alone, Far, Near, Pair, Patience, Stop};

/// Round trips between two looks at the clock.
const ROUNDS: u32 = 256;

/// Even: the near half's turn; odd: the far half's.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Ball(AtomicU32);

impl Ball {
    fn is_even(&self, even: bool) -> Option<u32> {
        // ORDERING: SeqCst here and below, the only order that wasm has.
        Some(self.0.load(Ordering::SeqCst)).filter(|at| at.is_multiple_of(2) == even)
    }

    fn pass_on(&self, at: u32) {
        self.0.store(at.wrapping_add(1), Ordering::SeqCst);
    }
}

struct Half {
    ball: Arc<Ball>,
    stop: Stop,
}

/// A line that goes back and forth; the unit is a round trip, which is two hops.
#[must_use]
pub fn pair() -> Pair {
    let (ball, stop) = (Arc::new(Ball::default()), Stop::default());
    let near = Half { ball: Arc::clone(&ball), stop: stop.clone() };
    Pair { near: Box::new(near), far: Box::new(Half { ball, stop }) }
}

impl Half {
    /// One hop: waits for the ball and passes it on; `false`: it is time to stop.
    #[inline(always)]
    fn hop(&self, even: bool) -> Result<bool, Alone> {
        let mut patience = Patience::default();
        loop {
            if let Some(at) = self.ball.is_even(even) {
                self.ball.pass_on(at);
                return Ok(true);
            }
            if self.stop.is_set() {
                return Ok(false);
            }
            patience.turn()?;
        }
    }
}

impl Far for Half {
    fn work(&mut self) -> Result<(), Alone> {
        while self.hop(false)? {}
        Ok(())
    }
}

impl Near for Half {
    fn sample(&mut self, ms: f64) -> Result<f64, Alone> {
        let _stop = self.stop.at_the_end();
        // Once there and back: the other one is at work.
        self.hop(true)?;
        self.hop(true)?;
        let start = time::now();
        let mut trips = 0;
        loop {
            for _ in 0..ROUNDS {
                self.hop(true)?;
            }
            trips += u64::from(ROUNDS);
            let passed = time::now() - start;
            if passed >= ms {
                return Ok(passed * 1e6 / trips as f64);
            }
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_there_and_back_until_it_is_told_to_stop() {
        let nanoseconds = pair().sample(1.0).unwrap();
        assert!(nanoseconds > 0.0 && nanoseconds.is_finite());
    }

    #[test]
    fn turns_alternate() {
        let ball = Ball::default();
        let at = ball.is_even(true).unwrap();
        assert_eq!(ball.is_even(false), None);
        ball.pass_on(at);
        assert_eq!((ball.is_even(true), ball.is_even(false)), (None, Some(1)));
    }
}

//! Records through a ring: pushed and popped in turns by one thread, or pushed by one thread and popped by another.
//!
//! The same loops around every ring, compiled once for each. A batch is what one call may move at the most; whoever finds
//! the ring full or empty tries again, and nobody sleeps. The producer numbers its records, and the last one that came out
//! of a sample must be the one with that number.
//!
//! Tried and left out: a consumer that pauses, by the length of what was missing, when it got less than a batch. Between two
//! Workers ours gained a quarter at batch 32 (17 to 22 million records a second) and a tenth at batch 8 and nothing at batch 1, rtrb a tenth,
//! `ArrayQueue` up to a half: not what decides the order, and one more number to explain.

use core::hint::black_box;

use aio_ring_lab::machine::threads::time;
use aio_ring_lab::ring::{EventBuffer, IoEvent};

use crate::pair::{Alone, Far, Near, Pair, Patience, Stop};

/// Batches between two looks at the clock.
const ROUNDS: u32 = 64;

/// The end that records go in at.
pub trait Push: Send {
    /// Puts as many of the records in as there is room for; how many.
    fn push(&mut self, records: &[IoEvent]) -> usize;
}

/// The end that records come out of.
pub trait Pop {
    /// Takes as many records out as there are and `into` has room for; how many.
    fn pop(&mut self, into: &mut [IoEvent]) -> usize;
}

/// Both ends on two threads; the unit is a record.
#[must_use]
pub fn pair(push: impl Push + 'static, pop: impl Pop + 'static, batch: u32) -> Pair {
    let stop = Stop::default();
    let buffer = || EventBuffer::new(batch);
    Pair {
        near: Box::new(Popping { pop, into: buffer(), stop: stop.clone() }),
        far: Box::new(Pushing { push, records: buffer(), stop }),
    }
}

/// On cache lines of its own: some rings' ends keep what they know of the other in themselves.
#[repr(align(128))]
struct Pushing<P> {
    push: P,
    records: EventBuffer,
    stop: Stop,
}

impl<P: Push> Far for Pushing<P> {
    fn work(&mut self) -> Result<(), Alone> {
        let mut next = 0;
        let mut patience = Patience::default();
        while !self.stop.is_set() {
            next = number(&mut self.records, next);
            let mut left = &self.records[..];
            while !left.is_empty() {
                let pushed = self.push.push(left);
                left = &left[pushed..];
                if pushed > 0 {
                    patience.renew();
                } else if self.stop.is_set() {
                    return Ok(());
                } else {
                    patience.turn()?;
                }
            }
        }
        Ok(())
    }
}

/// As [`Pushing`].
#[repr(align(128))]
struct Popping<P> {
    pop: P,
    into: EventBuffer,
    stop: Stop,
}

impl<P: Pop> Popping<P> {
    /// Tries so often; how many records came out, and the last one's number.
    #[inline(always)]
    fn tries(&mut self, tries: u32, last: &mut u64, patience: &mut Patience) -> Result<u64, Alone> {
        let (mut popped, into) = (0, &mut *self.into);
        for _ in 0..tries {
            let count = self.pop.pop(into);
            black_box(&mut *into);
            if count > 0 {
                popped += count as u64;
                *last = into[count - 1].data;
                patience.renew();
            } else {
                patience.turn()?;
            }
        }
        Ok(popped)
    }
}

impl<P: Pop> Near for Popping<P> {
    fn sample(&mut self, ms: f64) -> Result<f64, Alone> {
        let _stop = self.stop.at_the_end();
        let (mut last, mut patience) = (0, Patience::default());
        let mut before = 0;
        while before == 0 {
            before = self.tries(1, &mut last, &mut patience)?;
        }
        let start = time::now();
        let mut popped = 0;
        loop {
            popped += self.tries(ROUNDS, &mut last, &mut patience)?;
            let passed = time::now() - start;
            // A thread that has to share its core may have seen nothing yet.
            if passed >= ms && popped > 0 {
                assert_eq!(last + 1, before + popped, "records were lost or came twice");
                return Ok(passed * 1e6 / popped as f64);
            }
        }
    }
}

/// Both ends on one thread, in turns.
#[derive(Debug)]
pub struct Passing<I, O> {
    push: I,
    pop: O,
    records: EventBuffer,
    into: EventBuffer,
    next: u64,
}

impl<I: Push, O: Pop> Passing<I, O> {
    /// Batch by batch in and out again.
    #[must_use]
    pub fn new(push: I, pop: O, batch: u32) -> Self {
        let buffer = || EventBuffer::new(batch);
        Self { push, pop, records: buffer(), into: buffer(), next: 0 }
    }

    /// Some microseconds of it; how many records went through.
    ///
    /// # Panics
    /// When not all that went in came out.
    #[inline(never)]
    pub fn some(&mut self) -> u32 {
        for _ in 0..ROUNDS {
            self.next = number(&mut self.records, self.next);
            black_box(&mut self.records);
            let pushed = self.push.push(&self.records);
            let popped = self.pop.pop(&mut self.into);
            black_box(&mut self.into);
            assert!(pushed == self.records.len() && popped == pushed, "{pushed} in, {popped} out");
        }
        let last = self.into.last().map(|record| record.data + 1);
        assert_eq!(last, Some(self.next), "other records came out than went in");
        ROUNDS * self.records.len() as u32
    }
}

/// Numbers the records from `next` on; the number after the last.
#[inline(always)]
fn number(records: &mut [IoEvent], next: u64) -> u64 {
    for (record, number) in records.iter_mut().zip(next..) {
        record.data = number;
    }
    next + records.len() as u64
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// The simplest ring, and one that loses a record now and then.
    #[derive(Clone, Default)]
    struct Queue {
        records: Arc<Mutex<VecDeque<IoEvent>>>,
        loses: Option<u64>,
    }

    impl Push for Queue {
        fn push(&mut self, records: &[IoEvent]) -> usize {
            let mut queue = self.records.lock().unwrap();
            let room = records.len().min(8 - queue.len().min(8));
            queue.extend(records[..room].iter().filter(|record| Some(record.data) != self.loses));
            room
        }
    }

    impl Pop for Queue {
        fn pop(&mut self, into: &mut [IoEvent]) -> usize {
            let mut queue = self.records.lock().unwrap();
            let count = into.len().min(queue.len());
            into.iter_mut().zip(queue.drain(..count)).for_each(|(to, from)| *to = from);
            count
        }
    }

    #[test]
    fn two_threads_move_every_record_at_any_batch() {
        for batch in [1, 3, 8, 32] {
            let queue = Queue::default();
            let nanoseconds = pair(queue.clone(), queue, batch).sample(2.0).unwrap();
            assert!(nanoseconds > 0.0 && nanoseconds.is_finite());
        }
    }

    #[test]
    fn one_thread_gets_out_what_it_put_in() {
        for batch in [1, 8] {
            let queue = Queue::default();
            assert_eq!(Passing::new(queue.clone(), queue, batch).some(), ROUNDS * batch);
        }
    }

    #[test]
    #[should_panic(expected = "lost or came twice")]
    fn a_lost_record_is_noticed_between_two_threads() {
        // The very first: however few come on a busy machine, they are not those that are due.
        let queue = Queue { loses: Some(0), ..Queue::default() };
        let _ = pair(queue.clone(), queue, 1).sample(20.0);
    }

    #[test]
    #[should_panic(expected = "1 in, 0 out")]
    fn a_lost_record_is_noticed_on_one_thread() {
        let queue = Queue { loses: Some(5), ..Queue::default() };
        Passing::new(queue.clone(), queue, 1).some();
    }
}

//! rtrb: a ring of one producer and one consumer, each with the other's index cached. Whole batches in and out, by its own
//! calls for that.

use aio_ring_bench::ours::CAPACITY;
use aio_ring_bench::pipe::{Pop, Push};
use aio_ring_lab::ring::IoEvent;
use rtrb::{Consumer, Producer, RingBuffer};

/// Goes in, batch by batch.
#[derive(Debug)]
pub struct In(Producer<IoEvent>);

/// Comes out, batch by batch.
#[derive(Debug)]
pub struct Out(Consumer<IoEvent>);

/// Goes in record by record, as completions do, and comes out batch by batch.
#[derive(Debug)]
pub struct OneByOne(Producer<IoEvent>);

/// Both ends of a new ring; records go in one by one.
#[must_use]
pub fn ends_one_by_one() -> (OneByOne, Out) {
    let (producer, consumer) = RingBuffer::new(CAPACITY);
    (OneByOne(producer), Out(consumer))
}

/// Both ends of a new ring.
#[must_use]
pub fn ends() -> (In, Out) {
    let (producer, consumer) = RingBuffer::new(CAPACITY);
    (In(producer), Out(consumer))
}

impl Push for In {
    #[inline(always)]
    fn push(&mut self, records: &[IoEvent]) -> usize {
        self.0.push_partial_slice(records).0.len()
    }
}

impl Pop for Out {
    #[inline(always)]
    fn pop(&mut self, into: &mut [IoEvent]) -> usize {
        self.0.pop_partial_slice(into).0.len()
    }
}

impl Push for OneByOne {
    #[inline(always)]
    fn push(&mut self, records: &[IoEvent]) -> usize {
        records.iter().take_while(|&&record| self.0.push(record).is_ok()).count()
    }
}

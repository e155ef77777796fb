//! crossbeam-queue's `ArrayQueue`: a ring of many producers and consumers. It has no batches, so records go one by one.

use std::sync::Arc;

use aio_ring_bench::ours::CAPACITY;
use aio_ring_bench::pipe::{Pop, Push};
use aio_ring_lab::ring::IoEvent;
use crossbeam_queue::ArrayQueue;

/// Either end.
#[derive(Clone, Debug)]
pub struct End(Arc<ArrayQueue<IoEvent>>);

/// Both ends of a new ring.
#[must_use]
pub fn ends() -> (End, End) {
    let end = End(Arc::new(ArrayQueue::new(CAPACITY)));
    (end.clone(), end)
}

impl Push for End {
    #[inline(always)]
    fn push(&mut self, records: &[IoEvent]) -> usize {
        records.iter().take_while(|&&record| self.0.push(record).is_ok()).count()
    }
}

impl Pop for End {
    #[inline(always)]
    fn pop(&mut self, into: &mut [IoEvent]) -> usize {
        let mut popped = 0;
        while popped < into.len()
            && let Some(record) = self.0.pop()
        {
            into[popped] = record;
            popped += 1;
        }
        popped
    }
}

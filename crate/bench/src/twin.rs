//! The read path as one would write it by hand: `aio_read_events_ring` as of 3.12 and after the fix, as plain functions
//! over the same memory, with the same atomic accesses and copies in the same order, and without a `Machine`, a future,
//! a protocol's parts or a tracepoint. Kept only to be measured against.

use aio_ring_lab::aio::Kioctx;
use aio_ring_lab::aio::kioctx::{head_of, tail_of};
use aio_ring_lab::machine::Aborted;
use aio_ring_lab::machine::lock::LockWord;
use aio_ring_lab::machine::threads::park;
use aio_ring_lab::ring::{Addr, IoEvent, Memory, Page};

use crate::rig::{ME, Rig};

/// A reader.
#[derive(Clone, Copy, Debug)]
pub struct Twin<'a> {
    rig: &'a Rig,
}

impl<'a> Twin<'a> {
    /// The reader of this ring.
    #[must_use]
    pub fn new(rig: &'a Rig) -> Self {
        Self { rig }
    }

    /// Moves events to the user; how many.
    ///
    /// # Errors
    /// When the run was aborted.
    #[inline(always)]
    pub fn read_events(&self, into: &mut [IoEvent]) -> Result<usize, Aborted> {
        let (memory, ctx) = (self.rig.memory(), &self.rig.world.ctx);
        let (free, mine) = (LockWord::UNLOCKED.to_word(), LockWord::held_by(ME).to_word());
        if memory.compare_exchange(ctx.ring_lock.at, free, mine).is_err() {
            self.lock_slow(ctx.ring_lock.at)?;
        }
        let read = self.read_locked(ctx, into);
        let pooled = read > 0 && self.put_slots(ctx, read as u32);
        if memory.compare_exchange(ctx.ring_lock.at, mine, free).is_err() {
            self.unlock_slow(ctx.ring_lock.at);
        }
        if pooled && memory.load(ctx.slots.waiters()) != 0 {
            memory.fetch_add(ctx.slots.at, 1);
            park::wake(memory.atomic(ctx.slots.at), true);
        }
        Ok(read)
    }

    #[inline(always)]
    fn read_locked(&self, ctx: &Kioctx, into: &mut [IoEvent]) -> usize {
        let (memory, world) = (self.rig.memory(), &self.rig.world);
        let frames = &world.frames;
        let ring = Page::from_word(memory.peek(ctx.ring_page(0)));
        let mut head = memory.peek(head_of(frames, ring));
        let tail = memory.load(tail_of(frames, ring));
        let nr = ctx.ring.nr();
        if head >= nr || tail >= nr {
            return 0;
        }
        let mut read = 0;
        while read < into.len() && head != tail {
            let place = ctx.ring.locate(head);
            let to_end = if head <= tail { tail } else { nr } - head;
            let count = to_end.min((into.len() - read) as u32).min(ctx.ring.events_per_page() - place.index);
            let page = Page::from_word(memory.peek(ctx.ring_page(place.page)));
            let events = &mut into[read..read + count as usize];
            memory.read(IoEvent::at(frames.data(page), place.index), IoEvent::words_mut(events));
            read += count as usize;
            head += count;
            if head >= nr {
                head = 0;
            }
        }
        if read > 0 {
            let ring = Page::from_word(memory.peek(ctx.ring_page(0)));
            memory.poke(head_of(frames, ring), head);
        }
        read
    }

    #[inline(always)]
    fn put_slots(&self, ctx: &Kioctx, count: u32) -> bool {
        let (memory, cache) = (self.rig.memory(), self.rig.cache());
        let mut cached = memory.peek(cache) + count;
        let pooled = cached >= ctx.req_batch() * 2;
        if pooled {
            let back = (cached / ctx.req_batch() - 1) * ctx.req_batch();
            memory.fetch_add(ctx.reqs_available(), back);
            cached -= back;
        }
        memory.poke(cache, cached);
        pooled
    }

    /// As `lock_slow`.
    #[cold]
    #[inline(never)]
    fn unlock_slow(&self, lock: Addr) {
        let memory = self.rig.memory();
        memory.store(lock, LockWord::UNLOCKED.to_word());
        park::wake(memory.atomic(lock), true);
    }

    /// Never needed where nobody else is; it is here so that the compiler must leave room for it, as in the machine.
    #[cold]
    #[inline(never)]
    fn lock_slow(&self, lock: Addr) -> Result<(), Aborted> {
        let (memory, world) = (self.rig.memory(), &self.rig.world);
        let (free, mine) = (LockWord::UNLOCKED.to_word(), LockWord::held_by(ME).to_word());
        while memory.compare_exchange(lock, free, mine).is_err() {
            if memory.load(world.control.abort()) != 0 {
                return Err(Aborted);
            }
            core::hint::spin_loop();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aio_ring_lab::aio::presets::V4;
    use aio_ring_lab::aio::{Aio, Compiled};
    use aio_ring_lab::machine::threads::run;
    use aio_ring_lab::ring::EventBuffer;

    use super::*;

    #[test]
    fn twin_and_machine_leave_the_same_memory_and_deliver_the_same_events() {
        for batch in [1, 3, 8, 32, 200, 1024] {
            let (left, right) = (Rig::new(), Rig::new());
            let (twin, machine) = (Twin::new(&left), right.machine());
            let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &() };
            let (mut ours, mut theirs) = (EventBuffer::new(batch), EventBuffer::new(batch));
            // Once more at the end: an empty ring.
            for _ in 0..=left.events().div_ceil(batch) {
                let read = twin.read_events(&mut ours);
                assert_eq!(read, run(aio.read_events(&right.world.ctx, right.cache(), &mut theirs, None)));
                assert_eq!(*ours, *theirs);
                let words = |rig: &Rig| -> Vec<u32> {
                    (0..rig.world.words()).map(|i| rig.memory().load(Addr::from_word(i))).collect()
                };
                assert_eq!(words(&left), words(&right));
            }
            assert_eq!(twin.read_events(&mut ours), Ok(0));
        }
    }
}

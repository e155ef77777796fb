//! What tests do to a trial from outside while it runs.

use std::thread::sleep;
use std::time::Duration;

use super::super::lead::STOP_MS;
use super::*;
use crate::aio::kioctx::{head_of, tail_of};
use crate::machine::lock::LockWord;
use crate::machine::threads::time;
use crate::machine::{Lock, Machine};
use crate::ring::Page;

impl Trial {
    /// Sets `ring->head` to `ring->tail`, as buggy user space could: the slots of the events between never come back.
    pub(in super::super) fn steal_events(&self) {
        let (world, memory) = (&self.world, self.memory());
        let ring = Page::from_word(memory.load(world.ctx.ring_page(0)));
        memory.store(head_of(&world.frames, ring), memory.load(tail_of(&world.frames, ring)));
    }

    /// Locks `ring_lock` for thread 0, which does not know, and so never unlocks it.
    pub(in super::super) fn lose_ring_lock(&self) {
        let lock = LockWord::held_by(ThreadId::new(0));
        self.memory().store(self.world.ctx.ring_lock.at, lock.to_word());
    }

    /// Holds a lock for `ms` milliseconds, as thread 0 with a body of its own: once others count what they wait.
    pub(in super::super) fn hold(&self, lock: impl FnOnce(&World) -> Lock, ms: u64) {
        self.wait_until_counting();
        let machine = Threads::new(self.memory(), &self.world.control, self.world.frames, ThreadId::new(0), NoRecord);
        let lock = lock(&self.world);
        let held = threads::run(async {
            machine.lock(lock).await?;
            sleep(Duration::from_millis(ms));
            machine.unlock(lock).await;
            Ok::<_, Aborted>(())
        });
        held.expect("nobody aborts the trial");
    }

    /// Keeps a reference to each of the ring's pages for `ms` milliseconds: none can be migrated, and nobody waits.
    pub(in super::super) fn pin_pages(&self, ms: u64) {
        self.wait_until_counting();
        let (world, memory) = (&self.world, self.memory());
        let pins: Vec<Page> = (0..world.ctx.ring.pages())
            .map(|idx| {
                loop {
                    let [page, still] = [(); 2].map(|()| Page::from_word(memory.load(world.ctx.file.page(idx))));
                    if page == still && world.frames.get(&memory, page) {
                        break page;
                    }
                }
            })
            .collect();
        sleep(Duration::from_millis(ms));
        for page in pins {
            world.frames.put(&memory, page);
        }
    }

    /// Nobody wakes those who wait for this; whoever looked up only then and when would find the trial nearly over.
    fn wait_until_counting(&self) {
        let began = time::now();
        while self.counting.load(Ordering::SeqCst) == 0 {
            assert!(time::now() - began < STOP_MS, "the trial begins");
            sleep(Duration::from_millis(1));
        }
    }
}

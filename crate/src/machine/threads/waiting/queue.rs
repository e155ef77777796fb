//! Waiting in a queue until somebody wakes it: a thread [lingers](LINGER), announces itself, looks for a while, then sleeps.
//!
//! Who wakes the queue calls the kernel only if somebody sleeps, and the next completion mostly comes while the reader looks. In Chromium
//! on two cores, batches of 8, `v4`, slept at once and with the look, interleaved: 1 reader and 1 completer 1.76 and 2.41 million events/s,
//! 2 and 1 1.33 and 3.42, 16 and 8 2.53 and 2.90. Another 20 or 40 looks at the ring itself before announcing oneself, in batches of 1 to
//! 32: 0.93 to 1.14 of that, not kept.

use super::{LOOKS, NAP, Waiter, look, park, relax};
use crate::machine::Aborted;
use crate::machine::lock::WaitQueue;
use crate::machine::waits::WaitFor;
use crate::ring::Memory;

/// Turns of [`relax`] that a thread lets pass, looking at nothing, before it announces itself in a queue: some 4 µs, in which the smallest
/// ring does not become full.
///
/// A reader that is told of each completion gets one event a call, for some eight cache lines that go from core to core and back; while
/// it lingers, a completer makes many, with its lines where they are. Million events/s, interleaved, Chromium on two cores (Intel
/// Xeon), `v4`, batches of 8 where nothing is said, the ring of 128 events, which a completer fills in some 12 µs:
///
/// | readers and completers | not at all | 2 µs | 4 µs, as now | 9 µs | 18 µs |
/// |---|---|---|---|---|---|
/// | 1 and 1, batch 1 | 2.1 | 4.1 | 4.5 | 4.8 | 4.1 |
/// | 1 and 1 | 1.6 | 6.8 | 9.3 | 6.6 | 4.5 |
/// | 1 and 1, batch 32 | 1.6 | 6.7 | 11.1 | 6.7 | 4.6 |
/// | 2 and 1 | 2.4 | 6.6 | 7.7 | 5.1 | 2.7 |
/// | 1 and 2 | 4.3 | 6.8 | 8.2 | 5.5 | 4.4 |
/// | 16 and 8 | 2.7 | 6.3 | 6.5 | 6.8 | 7.0 |
/// | 1 and 1, a migrator at 1,000/s | 2.1 | 4.9 | 7.9 | 6.4 | 4.4 |
/// | 4 and 1, a migrator at 1,000/s | 2.1 | 5.2 | 6.1 | 6.2 | 3.7 |
const LINGER: u32 = if cfg!(target_arch = "wasm32") { 8_000 } else { 400 };

/// Lets others go on [for a moment](LINGER).
#[cold]
#[inline(never)]
pub fn linger() {
    for _ in 0..LINGER {
        relax();
    }
}

impl Waiter<'_> {
    /// Waits until the queue is woken, which it was if its ticket has changed: looks for a while, then sleeps.
    #[inline(never)]
    pub fn sleep(self, queue: WaitQueue, ticket: u32) -> Result<(), Aborted> {
        let Self { memory, control, me, .. } = self;
        let woken = || (memory.load(queue.at) != ticket).then_some(());
        if look(0..LOOKS, woken).is_some() {
            return Ok(());
        }
        // Whoever wakes the queue moves its number before it looks for sleepers, and this thread counts itself among them before it looks
        // at the number for the last time: one of the two sees the other.
        memory.fetch_add(queue.sleepers(), 1);
        memory.store(control.waits_for(me), WaitFor::Queue(queue.at).to_word());
        let result = loop {
            if woken().is_some() {
                break Ok(());
            }
            if control.is_stopping(&memory) {
                break Err(Aborted);
            }
            park::wait(memory.atomic(queue.at), ticket, NAP);
        };
        memory.store(control.waits_for(me), WaitFor::NOTHING);
        memory.fetch_add(queue.sleepers(), 1_u32.wrapping_neg());
        result
    }

    /// Wakes whoever waits in the queue; how many of them slept.
    #[cold]
    #[inline(never)]
    pub fn wake(self, queue: WaitQueue) -> u32 {
        self.memory.fetch_add(queue.at, 1);
        if self.memory.load(queue.sleepers()) == 0 {
            return 0;
        }
        park::wake(self.memory.atomic(queue.at), true)
    }
}

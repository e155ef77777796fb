//! Slots, as in 3.12 and 3.13: a pool, and a small cache at each cpu.
//!
//! A request takes a slot before it is submitted, and a reader gives back as many as it has read. So a reader that reads
//! events twice gives their slots back twice, and more requests fly than the ring has room for: the knock-on damage of
//! a lost head.

use super::protocol::Rules;
use super::tracepoints::Tracepoints;
use super::{Aio, Kioctx};
use crate::machine::Machine;
use crate::ring::Addr;

impl<M: Machine, P: Rules, T: Tracepoints> Aio<'_, M, P, T> {
    /// `get_reqs_available`: takes a slot; `false`: there is none. `cache` is this cpu's `kcpu->reqs_available`.
    #[inline(always)]
    pub fn get_reqs_available(self, ctx: &Kioctx, cache: Addr) -> impl Future<Output = bool> {
        #[inline(always)]
        async move {
            self.get_reqs_available_upto(ctx, cache, 1).await > 0
        }
    }

    /// The same for `most` requests at once; how many, which is fewer if the pool does not hold enough. Not in Linux, where each takes
    /// its own.
    #[inline(always)]
    pub fn get_reqs_available_upto(self, ctx: &Kioctx, cache: Addr, most: u32) -> impl Future<Output = u32> {
        #[inline(always)]
        async move {
            let m = self.machine;
            let mut cached = m.this_cpu_read(cache);
            if cached < most {
                let mut avail = m.load(ctx.reqs_available()).await;
                let start = m.bookmark();
                loop {
                    m.forget_since(start, u64::from(avail));
                    // The kernel takes batch by batch; once is the same, and cheaper.
                    let batches = (most - cached).div_ceil(ctx.req_batch()).min(avail / ctx.req_batch());
                    if batches == 0 {
                        break;
                    }
                    let more = batches * ctx.req_batch();
                    match m.compare_exchange(ctx.reqs_available(), avail, avail - more).await {
                        Ok(_) => {
                            cached += more;
                            break;
                        }
                        Err(found) => avail = found,
                    }
                }
            }
            let taken = cached.min(most);
            m.this_cpu_write(cache, cached - taken);
            taken
        }
    }

    /// `put_reqs_available`: gives `nr` slots back; the cache keeps up to two batches. Whether some went to the pool, where others
    /// can take them.
    #[inline(always)]
    pub fn put_reqs_available(self, ctx: &Kioctx, cache: Addr, nr: u32) -> impl Future<Output = bool> {
        #[inline(always)]
        async move {
            let m = self.machine;
            let mut cached = m.this_cpu_read(cache) + nr;
            let pooled = cached >= ctx.req_batch() * 2;
            if pooled {
                // The kernel gives back batch by batch; once is the same, and cheaper.
                let back = (cached / ctx.req_batch() - 1) * ctx.req_batch();
                let before = m.fetch_add(ctx.reqs_available(), back).await;
                self.trace.slots_returned(ctx, before.wrapping_add(back));
                cached -= back;
            }
            m.this_cpu_write(cache, cached);
            pooled
        }
    }
}

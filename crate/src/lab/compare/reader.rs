//! What a measured reader does: it fills the ring, and reads it empty.
//!
//! A run's reader completes a batch and reads a batch, in turn. Here it completes some batches and then reads them all, so that
//! there is something to time: see [`stopwatch`](super::stopwatch). Where others complete, it reads whatever there is.

use super::stopwatch::Stopwatch;
use crate::aio::{Rules, Tracepoints};
use crate::machine::{Aborted, Machine};
use crate::ring::{EventBuffer, Geometry};
use crate::scenario::roles::{Actor, Queued};
use crate::scenario::{Counter, Role};

/// Events in a drain at the most. Enough that a timed drain is mostly reading, and few enough to be stopped soon.
const BURST: u32 = 1_024;

/// Events that one of so many readers completes before it reads.
///
/// All of them together fill half of the ring. A broken protocol hands slots out twice, and if they were all used the tail would
/// lap the head, events would be lost and with them their slots: the first lost head would end the trial, and nothing would be
/// known of its speed. And they do not come out even in batches, so that the last call of a drain finds less than it asked
/// for, and none has to find nothing (but with a batch of 1: there one call in some hundred does).
fn burst(ring: &Geometry, readers: u32, batch: u32) -> u32 {
    let events = (ring.usable() / (2 * readers)).clamp(1, BURST);
    if events > 1 && events.is_multiple_of(batch) { events - 1 } else { events }
}

/// Reads until the trial stops; `inline`: completes what it reads itself.
///
/// # Errors
/// When the trial was aborted.
#[inline(always)]
pub async fn read<M: Machine, P: Rules, T: Tracepoints>(
    actor: &Actor<'_, M, P, T>,
    batch: u32,
    inline: bool,
    watch: &mut impl Stopwatch,
) -> Result<(), Aborted> {
    let ctx = &actor.world.ctx;
    let cache = actor.world.control.reqs_available(actor.aio.machine.me());
    let mut into = EventBuffer::new(batch);
    let readers = actor.world.roles.iter().filter(|role| matches!(role, Role::Reader { .. })).count() as u32;
    let burst = burst(&ctx.ring, readers, batch);
    let mut queued = Queued::default();
    while actor.next_round() {
        let completed = if inline { actor.complete_some(burst).await? } else { 0 };
        let (mut calls, mut events) = (0, 0);
        watch.drain_begins();
        loop {
            watch.call_begins(calls);
            let read = actor.aio.read_events(ctx, cache, &mut into, None).await? as u32;
            watch.call_ends(calls);
            calls += 1;
            events += read;
            // Less than asked for: there is no more.
            if read < batch || events >= BURST {
                break;
            }
        }
        watch.drain_ends(calls, events);
        actor.count(Counter::Calls, calls);
        actor.count(Counter::Events, events);
        queued = actor.wait_if(events == 0 && completed == 0, ctx.wait, queued).await?;
    }
    actor.leave(ctx.wait, queued).await;
    Ok(())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::ring::size::PAGE_BYTES;

    #[test]
    fn all_readers_together_fill_half_of_the_ring_and_never_come_out_even() {
        for pages in [1, 4, 64] {
            let ring = Geometry::of_pages(pages, PAGE_BYTES);
            for readers in [1, 3, 16, 64] {
                for batch in [1, 2, 8, 32, 1_024] {
                    let events = burst(&ring, readers, batch);
                    assert!((1..=BURST).contains(&events));
                    assert!(events == 1 || events * readers <= ring.usable() / 2);
                    assert!(
                        events == 1 || batch == 1 || !events.is_multiple_of(batch),
                        "{pages} {readers} {batch}: {events}"
                    );
                }
            }
        }
    }
}

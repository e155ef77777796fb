//! What a measured reader does: it fills the ring, and reads it empty.
//!
//! A run's reader completes a batch and reads a batch, in turn. Here it completes as many as the ring holds (up to [`BURST`])
//! and then reads them all, batch by batch, so that there is something to time: see [`stopwatch`](super::stopwatch). Where
//! others complete, it reads whatever there is.

use super::stopwatch::Stopwatch;
use crate::aio::{Rules, Tracepoints};
use crate::machine::{Aborted, Machine};
use crate::ring::IoEvent;
use crate::scenario::Counter;
use crate::scenario::roles::Actor;

/// Events in a drain at the most. Enough that a timed drain is mostly reading, and few enough to be stopped soon.
pub const BURST: u32 = 1_024;

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
    let mut into = vec![IoEvent::default(); batch as usize];
    while actor.next_round() {
        let completed = if inline { actor.complete_some(BURST).await? } else { 0 };
        let most = if inline { completed } else { BURST };
        let (mut calls, mut events) = (0, 0);
        watch.drain_begins();
        loop {
            watch.call_begins();
            let read = actor.aio.read_events(ctx, cache, &mut into, None).await? as u32;
            watch.call_ends(read);
            calls += 1;
            events += read;
            if read == 0 || events >= most {
                break;
            }
        }
        watch.drain_ends(calls);
        actor.count(Counter::Calls, calls);
        actor.count(Counter::Events, events);
        if events == 0 && completed == 0 {
            actor.wait_for_events(&mut into, None).await?;
        }
    }
    Ok(())
}

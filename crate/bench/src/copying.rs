//! The limit of reading: the same bytes from the same places to the same buffer, batch by batch, and nothing else.

use core::hint::black_box;

use aio_ring_lab::ring::{IoEvent, Memory, Page};

use crate::rig::Rig;

/// How often the ring's events are copied between two looks at the clock; as often as a reader reads them.
const ROUNDS: u32 = 256;

/// Copies the rig's events; how many.
#[inline(never)]
pub fn records(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    let (ctx, frames, memory) = (&rig.world.ctx, &rig.world.frames, rig.memory());
    for _ in 0..ROUNDS {
        let mut slot = 0;
        while slot < rig.events() {
            let place = ctx.ring.locate(slot);
            let count = (rig.events() - slot).min(into.len() as u32).min(ctx.ring.events_per_page() - place.index);
            let page = Page::from_word(memory.peek(ctx.ring_page(place.page)));
            let from = IoEvent::at(frames.data(page), place.index);
            memory.read(from, IoEvent::words_mut(&mut into[..count as usize]));
            black_box(&mut *into);
            slot += count;
        }
    }
    ROUNDS * rig.events()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use aio_ring_lab::scenario::tag::Tag;

    use super::*;

    #[test]
    fn the_last_batch_holds_the_last_event() {
        let rig = Rig::new();
        let mut into = Rig::buffer(1);
        assert_eq!(records(&rig, &mut into), ROUNDS * rig.events());
        let last = Tag { completer: 0, sequence: rig.events() - 1 }.event(rig.world.cookie);
        assert_eq!(into, [last]);
    }
}

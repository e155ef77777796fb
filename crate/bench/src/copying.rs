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
            // In the pieces that a reader takes: a batch may go over the end of a page.
            let mut copied = 0;
            while copied < into.len() && slot < rig.events() {
                let place = ctx.ring.locate(slot);
                let left = (into.len() - copied) as u32;
                let count = left.min(rig.events() - slot).min(ctx.ring.events_per_page() - place.index);
                let page = Page::from_word(memory.peek(ctx.ring_page(place.page)));
                let piece = &mut into[copied..copied + count as usize];
                memory.read(IoEvent::at(frames.data(page), place.index), IoEvent::words_mut(piece));
                copied += count as usize;
                slot += count;
            }
            black_box(&mut *into);
        }
    }
    ROUNDS * rig.events()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use aio_ring_lab::ring::EventBuffer;
    use aio_ring_lab::scenario::tag::Tag;

    use super::*;

    #[test]
    fn the_last_batch_holds_the_last_event() {
        let rig = Rig::new();
        let mut into = EventBuffer::new(1);
        assert_eq!(records(&rig, &mut into), ROUNDS * rig.events());
        let last = Tag { completer: 0, sequence: rig.events() - 1 }.event(rig.world.cookie);
        assert_eq!(*into, [last]);
    }
}

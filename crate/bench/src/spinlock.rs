//! What another spinlock costs the reader: `aio_read_events_ring` under each version's rules, uncontended.

use aio_ring_lab::aio::{Aio, Compiled};
use aio_ring_lab::machine::threads::run;
use aio_ring_lab::ring::IoEvent;

use crate::reading::drain;
use crate::rig::Rig;

/// Reads under the rules of `PRESET`; how many events.
pub fn by_preset<const PRESET: usize>(rig: &Rig, into: &mut [IoEvent]) -> u32 {
    let machine = rig.machine();
    let aio = Aio { machine: &machine, rules: Compiled::<PRESET>, trace: &() };
    drain(rig, into, |into| run(aio.read_events(&rig.world.ctx, rig.cache(), into, None)).expect("nobody aborts"))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use aio_ring_lab::aio::presets::{LINUX_3_12, TANG_GU, V4};

    use aio_ring_lab::aio::kioctx::head_of;
    use aio_ring_lab::machine::threads::{Threads, Watch};
    use aio_ring_lab::ring::{EventBuffer, Memory, Page};

    use super::*;
    use crate::limits::{Access, accesses, demanded};
    use crate::rig::ME;

    /// What one call does that finds events.
    fn done_by<const PRESET: usize>() -> Vec<Access> {
        let rig = Rig::new();
        let watch = Watch::new(&rig.world.records, ME);
        let machine = Threads::new(rig.memory(), &rig.world.control, rig.world.frames, ME, watch);
        let aio = Aio { machine: &machine, rules: Compiled::<PRESET>, trace: &() };
        assert_eq!(run(aio.read_events(&rig.world.ctx, rig.cache(), &mut EventBuffer::new(8), None)), Ok(8));
        let page = Page::from_word(rig.memory().load(rig.world.ctx.ring_page(0)));
        accesses(&rig, &machine, &[head_of(&rig.world.frames, page)])
    }

    #[test]
    fn the_lists_of_demanded_accesses_are_what_a_read_call_does() {
        assert_eq!(Some(done_by::<V4>()), demanded("read"));
        assert_eq!(Some(done_by::<LINUX_3_12>()), demanded("read"));
        assert_eq!(Some(done_by::<TANG_GU>()), demanded("read with the spinlock"));
    }

    #[test]
    fn all_events_are_read_under_each() {
        let rig = Rig::new();
        let read: [fn(&Rig, &mut [IoEvent]) -> u32; 3] =
            [by_preset::<LINUX_3_12>, by_preset::<TANG_GU>, by_preset::<V4>];
        for read in read {
            assert_eq!(read(&rig, &mut EventBuffer::new(8)) % rig.events(), 0);
        }
    }
}

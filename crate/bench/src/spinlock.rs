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

    use super::*;

    #[test]
    fn all_events_are_read_under_each() {
        let rig = Rig::new();
        let read: [fn(&Rig, &mut [IoEvent]) -> u32; 3] =
            [by_preset::<LINUX_3_12>, by_preset::<TANG_GU>, by_preset::<V4>];
        for read in read {
            assert_eq!(read(&rig, &mut Rig::buffer(8)) % rig.events(), 0);
        }
    }
}

//! Migration, uncontended: page 0 of the ring goes to another frame and back again, and nothing else happens.
//!
//! What is timed is `aio_migratepage` alone. Its caller, the migration core, holds a reference on both pages and the page
//! lock meanwhile, as in [`Aio::migrate`]; isolating the old page, finding a free frame and checking its poison, and
//! poisoning the old frame when it dies are the core's business and the lab's, not the protocol's. Nothing has to be
//! undone between two migrations: after one the old page is left with the caller's reference alone, and the new one has
//! three (caller, page cache, ring), so the next migration goes the other way with the roles swapped.

use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::unmap_and_move::page_lock;
use aio_ring_lab::aio::{Aio, Compiled, Migration, Tracepoints};
use aio_ring_lab::machine::Machine;
use aio_ring_lab::machine::threads::run;
use aio_ring_lab::ring::{Memory, Page};

use crate::rig::Rig;

/// Migrations between two looks at the clock: some 200 µs.
const ROUNDS: u32 = 1024;

/// The ring page that moves: the one with the header.
const IDX: u32 = 0;

/// Migrates there and back; how many migrations.
pub fn by_machine(rig: &Rig) -> u32 {
    let machine = rig.machine();
    let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &() };
    isolated(rig, |here, there| back_and_forth(&aio, rig, here, there))
}

#[inline(never)]
fn back_and_forth<M: Machine, T: Tracepoints>(
    aio: &Aio<'_, M, Compiled<V4>, T>,
    rig: &Rig,
    here: Page,
    there: Page,
) -> u32 {
    let mut job = Migration { ctx: &rig.world.ctx, idx: IDX, old: here, new: there, widen: 0 };
    let mut migrated = 0;
    for _ in 0..ROUNDS {
        migrated += u32::from(run(aio.migrate_page(&job)) == Ok(Ok(())));
        (job.old, job.new) = (job.new, job.old);
    }
    migrated
}

/// What the migration core does around it: references and page lock, on the ring's page and a new one.
fn isolated(rig: &Rig, migrate: impl FnOnce(Page, Page) -> u32) -> u32 {
    let (world, memory) = (&rig.world, &rig.memory());
    let here = Page::from_word(memory.load(world.ctx.file.page(IDX)));
    assert!(world.frames.get(memory, here));
    let there = world.frames.alloc(memory, here.frame() + 1).expect("a frame is free").page;
    let lock = page_lock(&world.frames, here);
    let machine = rig.machine();
    assert!(run(machine.try_lock(lock)));
    let migrated = migrate(here, there);
    run(machine.unlock(lock));
    world.frames.put(memory, here);
    world.frames.put(memory, there);
    migrated
}

#[cfg(test)]
mod tests {
    use aio_ring_lab::machine::threads::{Threads, Watch};
    use aio_ring_lab::scenario::check::at_rest;

    use super::*;
    use crate::limits::{DEMANDED, accesses};
    use crate::rig::ME;

    #[test]
    fn pages_go_there_and_back_and_all_references_come_out_even() {
        let rig = Rig::new();
        for _ in 0..3 {
            assert_eq!(by_machine(&rig), ROUNDS);
        }
        // Of pages, references and locks; the rig keeps no count of completions and slots.
        let broken: Vec<_> = at_rest(&rig.memory(), &rig.world)
            .into_iter()
            .filter(|broken| ["I3", "I5", "I11"].contains(&broken.invariant))
            .collect();
        assert_eq!(broken, []);
    }

    #[test]
    fn the_list_of_demanded_accesses_is_what_a_migration_does() {
        let rig = Rig::new();
        let machine =
            Threads::new(rig.memory(), &rig.world.control, rig.world.frames, ME, Watch::new(&rig.world.records, ME));
        let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &() };
        isolated(&rig, |old, new| {
            let job = Migration { ctx: &rig.world.ctx, idx: IDX, old, new, widen: 0 };
            u32::from(run(aio.migrate_page(&job)) == Ok(Ok(())))
        });
        assert_eq!(accesses(&rig, &machine, &[]), DEMANDED.map(|(_, access)| access));
    }
}

//! Everything that a run shares, laid out in one arena: threads, contexts, the process, frames, detectors, records.

use super::kind::{KINDS, Kind};
use super::ledger::{Counter, Ledger};
use super::role::Role;
use crate::aio::{ContextRef, Kioctx, Mm};
use crate::machine::threads::Records;
use crate::machine::{Control, Lock, Stuck, ThreadId, WaitQueue};
use crate::ring::frames::Frames;
use crate::ring::header::Header;
use crate::ring::{Addr, Geometry, Memory, Page, Placer};

/// What decides a world's layout.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// What each thread is; their order gives the thread numbers.
    pub roles: Vec<Role>,
    /// The rings' shape.
    pub ring: Geometry,
    /// Seed of whatever is random, and of the context's cookie.
    pub seed: u32,
    /// Frames beyond those that rings and migrations need at once.
    pub spare_frames: u32,
    /// Whether threads record their last steps (the model keeps all steps by itself).
    pub recorded: bool,
}

/// The layout of a run's shared memory, and who is in it.
#[derive(Clone, Debug)]
pub struct World {
    /// Run words and thread blocks.
    pub control: Control,
    /// The process.
    pub mm: Mm,
    /// The slots that contexts live in. Where there are readers or completers, the first has a context from the beginning.
    pub contexts: Vec<Kioctx>,
    /// The first of `contexts`: the one that readers and completers use.
    pub ctx: Kioctx,
    /// Those who destroy contexts wait here for one.
    pub made: WaitQueue,
    /// Those who set contexts up wait here for a free slot.
    pub freed: WaitQueue,
    /// The frames.
    pub frames: Frames,
    /// The detectors' words.
    pub ledger: Ledger,
    /// The records of steps.
    pub records: Records,
    /// What each thread is.
    pub roles: Vec<Role>,
    /// What marks the events of the first context.
    pub cookie: u64,
    /// The seed.
    pub seed: u32,
    start: u32,
    words: u32,
    first_frames: Vec<u32>,
}

/// The first context's id in the table of contexts.
const CTX_ID: u32 = 0;

impl World {
    /// Lays a world out.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn new(config: WorldConfig) -> Self {
        let WorldConfig { roles, ring, seed, spare_frames, recorded } = config;
        let threads = roles.len() as u32;
        let count = |is: fn(&Role) -> bool| roles.iter().filter(|role| is(role)).count() as u32;
        let setups = count(|role| matches!(role, Role::Setup { .. }));
        // Whoever only sets up can have one more in the making while another waits to be destroyed.
        let waiting = if count(|role| *role == Role::Teardown) > 0 { setups } else { 0 };
        let permanent = u32::from(roles.iter().any(Role::uses_ring));
        let contexts = (permanent + setups + waiting).max(1);
        // A migration needs its new page, and holds the old one until it ends.
        let own = |role: &Role| match *role {
            Role::Setup { compacts, .. } => ring.pages() + 2 * u32::from(compacts),
            Role::Migrator { .. } => 2,
            _ => 0,
        };
        let mut next = permanent * ring.pages();
        let mut first_frames = Vec::new();
        for role in &roles {
            first_frames.push(next);
            next += own(role);
        }
        let frames = next + (contexts - permanent - setups) * ring.pages() + spare_frames;

        let placer = &mut Placer::default();
        let control = Control::place(placer, threads);
        let mm = Mm::place(placer, contexts);
        let contexts: Vec<Kioctx> = (0..contexts).map(|_| Kioctx::place(placer, ring, threads)).collect();
        let [made, freed] = [(); 2].map(|()| WaitQueue::place(placer));
        let ledger = Ledger::place(placer, threads, frames, ring.nr());
        let records = Records::place(placer, if recorded { threads } else { 0 });
        let frames = Frames::place(placer, frames, ring.page_words());
        let cookie = fastrand::Rng::with_seed(u64::from(seed)).u64(..);
        let (ctx, words, start) = (contexts[0], placer.words(), 0);
        Self {
            control,
            mm,
            contexts,
            ctx,
            made,
            freed,
            frames,
            ledger,
            records,
            roles,
            cookie,
            seed,
            start,
            words,
            first_frames,
        }
    }

    /// The same, but head and tail of the first ring begin at slot `start`, as if so many events had come and gone.
    #[must_use]
    pub fn starting_at(self, start: u32) -> Self {
        Self { start: start % self.ctx.ring.nr(), ..self }
    }

    /// The frame at which the thread looks for a free one first in round `round`. In the first one each has frames that nobody else
    /// begins at, so many as it needs at once, as with the kernel's `per_cpu_pages`: who allocates is then no concern of the others.
    /// Each round begins a frame further, so that all are handed out again some time, and their poison is looked at.
    #[must_use]
    pub fn first_frame(&self, thread: ThreadId, round: u32) -> u32 {
        self.first_frames[thread.index() as usize].wrapping_add(round)
    }

    /// Words of the arena.
    #[must_use]
    pub const fn words(&self) -> u32 {
        self.words
    }

    /// Whether the first context is there from the beginning to the end.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        self.roles.iter().any(Role::uses_ring)
    }

    /// The table entries that contexts come to and go from.
    #[must_use]
    pub fn changing_ids(&self) -> core::ops::Range<u32> {
        u32::from(self.is_permanent())..self.mm.nr()
    }

    /// Sets the world up in zeroed memory. Nobody else may be there yet.
    ///
    /// # Panics
    /// Never: a world has more frames than its rings have pages.
    pub fn init(&self, memory: &impl Memory) {
        self.frames.init(memory);
        self.ledger.init(memory, self.start);
        for (slot, ctx) in (0..).zip(&self.contexts) {
            ctx.init_free(memory, slot);
        }
        if self.is_permanent() {
            let pages: Vec<Page> = (0..self.ctx.ring.pages())
                .map(|i| {
                    let page = self.frames.alloc(memory, i).expect("a fresh world has frames").page;
                    // One reference is the page cache's, one is the ring's.
                    self.frames.get(memory, page);
                    page
                })
                .collect();
            let ctx: ContextRef = self.ctx.init(memory, &self.frames, &pages, CTX_ID);
            memory.store(self.mm.ioctx(CTX_ID), ctx.to_word());
            let header = Header { head: self.start, tail: self.start, ..Header::empty(CTX_ID, self.ctx.ring.nr()) };
            header.write(memory, self.frames.data(pages[0]));
            memory.store(self.ctx.tail(), self.start);
        }
    }

    /// The counter of `kind` in the thread's block.
    #[inline(always)]
    #[must_use]
    pub const fn corruptions(&self, thread: ThreadId, kind: Kind) -> Addr {
        self.control.counters(thread).offset(Counter::ALL.len() as u32 + kind as u32)
    }

    /// Corruptions of this kind, all threads together.
    #[must_use]
    pub fn total_corruptions(&self, memory: &impl Memory, kind: Kind) -> u32 {
        self.control.all().fold(0, |sum, thread| sum.wrapping_add(memory.load(self.corruptions(thread, kind))))
    }

    /// All corruptions: kind and number, where there is any.
    #[must_use]
    pub fn corruption_counts(&self, memory: &impl Memory) -> Vec<(Kind, u32)> {
        KINDS
            .iter()
            .map(|info| (info.kind, self.total_corruptions(memory, info.kind)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    /// "reader 1": the thread's role, and its number among those of the role.
    #[must_use]
    pub fn thread_name(&self, thread: ThreadId) -> String {
        let role = self.roles[thread.index() as usize].name();
        let number = self.roles[..=thread.index() as usize].iter().filter(|other| other.name() == role).count();
        format!("{role} {number}")
    }

    /// All locks that threads wait for, with the kernel's names; those of contexts other than the first say whose.
    #[must_use]
    pub fn locks(&self) -> Vec<(String, Lock)> {
        let process = self.mm.locks().into_iter().map(|(name, lock)| (name.to_owned(), lock));
        let contexts = (0..).zip(&self.contexts).flat_map(|(slot, ctx)| {
            ctx.locks().map(move |(name, lock)| match slot {
                0 => (name.to_owned(), lock),
                _ => (format!("{name} of context {slot}"), lock),
            })
        });
        let pages = (0..self.frames.count()).map(|frame| {
            let lock = crate::aio::unmap_and_move::page_lock(&self.frames, Page::new(frame, 0));
            (format!("page lock of frame {frame}"), lock)
        });
        process.chain(contexts).chain(pages).collect()
    }

    /// The queues that threads wait on, by what they wait for.
    #[must_use]
    pub fn queues(&self) -> Vec<(&'static str, WaitQueue)> {
        let process = [("a context to destroy", self.made), ("a free context", self.freed)];
        let contexts = self
            .contexts
            .iter()
            .flat_map(|ctx| [("events", ctx.wait), ("slots", ctx.slots), ("the last reference", ctx.dying)]);
        process.into_iter().chain(contexts).collect()
    }

    /// Who can wake the queue at `at`: completions wake readers, readers wake those who wait for slots, and so on.
    #[must_use]
    pub fn wakers(&self, at: Addr) -> Vec<ThreadId> {
        let wakes: fn(&Role) -> bool = match self.queues().into_iter().find(|(_, queue)| queue.at == at) {
            Some(("events", _)) => Role::completes,
            Some(("slots", _)) => |role| matches!(role, Role::Reader { .. }),
            Some(("a context to destroy", _)) => |role| matches!(role, Role::Setup { .. }),
            Some(("a free context", _)) => |role| matches!(role, Role::Teardown),
            _ => |role| matches!(role, Role::Migrator { .. } | Role::Setup { .. }),
        };
        self.control.all().filter(|thread| wakes(&self.roles[thread.index() as usize])).collect()
    }

    /// The threads that can never go on by themselves; see [`find_stuck`](crate::machine::waits::find_stuck).
    #[must_use]
    pub fn find_stuck(&self, memory: &impl Memory) -> Option<Stuck> {
        let locks: Vec<Lock> = self.locks().into_iter().map(|(_, lock)| lock).collect();
        crate::machine::waits::find_stuck(memory, &self.control, &locks, |at| self.wakers(at))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::machine::model::Cells;
    use crate::scenario::role::{Core, PageChoice};

    /// Whoever allocates what it needs at once gets frames that do not depend on who has allocated before.
    #[test]
    fn each_thread_has_frames_of_its_own_to_begin_with() {
        let reader = Role::Reader { batch: 1, inline: true, faults: false };
        let migrator = Role::Migrator { core: Core::Compaction, page: PageChoice::Zero, pace: 0, widen: 0 };
        let setup = |compacts| Role::Setup { failures: false, compacts, destroys: true };
        let cast = [(reader, 0), (setup(true), 4), (migrator, 2), (setup(false), 2), (migrator, 2)];
        let config = WorldConfig {
            roles: cast.iter().map(|(role, _)| *role).collect(),
            ring: Geometry::of_pages(2, 64),
            seed: 1,
            spare_frames: 0,
            recorded: false,
        };
        let world = World::new(config);
        let allocated = |order: &mut dyn Iterator<Item = usize>| {
            let memory = Cells::new(world.words());
            world.init(&memory);
            let mut frames = vec![Vec::new(); cast.len()];
            for thread in order {
                let hint = world.first_frame(ThreadId::new(thread as u32), 0);
                let alloc = |_| world.frames.alloc(&memory, hint).expect("enough for all").page.frame();
                frames[thread] = (0..cast[thread].1).map(alloc).collect();
            }
            assert!(world.frames.alloc(&memory, 0).is_none(), "and nothing is left over");
            frames
        };
        assert_eq!(allocated(&mut (0..cast.len())), allocated(&mut (0..cast.len()).rev()));
    }
}

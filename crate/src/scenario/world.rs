//! Everything that a run shares, laid out in one arena: threads, ring, mapping, frames, detectors, records.

use super::kind::{KINDS, Kind};
use super::ledger::{Counter, Ledger};
use super::role::Role;
use crate::aio::{Kioctx, Mapping};
use crate::machine::threads::Records;
use crate::machine::{Control, Lock, ThreadId, WaitFor};
use crate::ring::frames::Frames;
use crate::ring::{Addr, Geometry, Memory, Page, Placer};

/// What decides a world's layout.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// What each thread is; their order gives the thread numbers.
    pub roles: Vec<Role>,
    /// The ring's shape.
    pub ring: Geometry,
    /// Seed of whatever is random, and of the context's cookie.
    pub seed: u32,
    /// Frames beyond those that the ring and its migrations need at once.
    pub spare_frames: u32,
    /// Whether threads record their last steps (the model keeps all steps by itself).
    pub recorded: bool,
}

/// The layout of a run's shared memory, and who is in it.
#[derive(Clone, Debug)]
pub struct World {
    /// Run words and thread blocks.
    pub control: Control,
    /// The context.
    pub ctx: Kioctx,
    /// Its ring file's mapping.
    pub mapping: Mapping,
    /// The frames.
    pub frames: Frames,
    /// The detectors' words.
    pub ledger: Ledger,
    /// The records of steps.
    pub records: Records,
    /// What each thread is.
    pub roles: Vec<Role>,
    /// What marks the events of this context.
    pub cookie: u64,
    /// The seed.
    pub seed: u32,
    words: u32,
}

/// The context's id in the table of contexts.
const CTX_ID: u32 = 0;

impl World {
    /// Lays a world out.
    #[must_use]
    pub fn new(config: WorldConfig) -> Self {
        let WorldConfig { roles, ring, seed, spare_frames, recorded } = config;
        let threads = roles.len() as u32;
        // A migration needs its new page, and holds the old one until it ends.
        let migrators = roles.iter().filter(|role| matches!(role, Role::Migrator { .. })).count() as u32;
        let frames = ring.pages() + 2 * migrators + spare_frames;
        let placer = &mut Placer::default();
        let control = Control::place(placer, threads);
        let ctx = Kioctx::place(placer, ring, threads);
        let mapping = Mapping::place(placer, ring.pages());
        let ledger = Ledger::place(placer, threads, frames);
        let records = Records::place(placer, if recorded { threads } else { 0 });
        let frames = Frames::place(placer, frames, ring.page_words());
        let cookie = fastrand::Rng::with_seed(u64::from(seed)).u64(..);
        Self { control, ctx, mapping, frames, ledger, records, roles, cookie, seed, words: placer.words() }
    }

    /// Words of the arena.
    #[must_use]
    pub const fn words(&self) -> u32 {
        self.words
    }

    /// Sets an empty ring up in zeroed memory. Nobody else may be there yet.
    ///
    /// # Panics
    /// Never: a world has more frames than its ring has pages.
    pub fn init(&self, memory: &impl Memory) {
        self.frames.init(memory);
        let pages: Vec<Page> = (0..self.ctx.ring.pages())
            .map(|i| {
                let page = self.frames.alloc(memory, i).expect("a fresh world has frames").page;
                // One reference is the page cache's, one is the ring's.
                self.frames.get(memory, page);
                page
            })
            .collect();
        self.ctx.init(memory, &self.frames, &pages, CTX_ID);
        self.mapping.init(memory, &pages);
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

    /// All locks that threads wait for, with the kernel's names. Page locks are only ever tried.
    #[must_use]
    pub fn locks(&self) -> Vec<(&'static str, Lock)> {
        self.ctx.locks().into_iter().chain(self.mapping.locks()).collect()
    }

    /// What a thread waits for, in words.
    #[must_use]
    pub fn wait_name(&self, wait: WaitFor) -> &'static str {
        let at = wait.at();
        if at == self.ctx.wait.at {
            return "events";
        }
        if at == self.ctx.slots.at {
            return "slots";
        }
        self.locks().into_iter().find(|(_, lock)| lock.at == at).map_or("a page lock", |(name, _)| name)
    }

    /// Who can wake the queue at `at`: completions wake readers, readers wake those who wait for slots.
    #[must_use]
    pub fn wakers(&self, at: Addr) -> Vec<ThreadId> {
        let completes = |role: &Role| role.completes();
        let reads = |role: &Role| matches!(role, Role::Reader { .. });
        self.control
            .all()
            .filter(|thread| {
                let role = &self.roles[thread.index() as usize];
                if at == self.ctx.wait.at { completes(role) } else { reads(role) }
            })
            .collect()
    }

    /// The threads that can never go on by themselves; see [`find_stuck`](crate::machine::waits::find_stuck).
    #[must_use]
    pub fn find_stuck(&self, memory: &impl Memory) -> Option<crate::machine::Stuck> {
        let locks: Vec<Lock> = self.locks().into_iter().map(|(_, lock)| lock).collect();
        crate::machine::waits::find_stuck(memory, &self.control, &locks, |at| self.wakers(at))
    }
}

//! A ring full of events, and how to have it full again for next to nothing.

use aio_ring_lab::aio::kioctx::head_of;
use aio_ring_lab::aio::presets::V4;
use aio_ring_lab::aio::{Aio, Compiled};
use aio_ring_lab::lab::RunConfig;
use aio_ring_lab::machine::ThreadId;
use aio_ring_lab::machine::threads::{NoRecord, Shared, Threads, Words, run};
use aio_ring_lab::ring::{Addr, Memory, Page};
use aio_ring_lab::scenario::World;
use aio_ring_lab::scenario::tag::Tag;

/// The protocol that is measured. Its read path is that of `linux-3.12` too: the fix does not touch it.
pub type Rules = Compiled<V4>;

/// The world of a run with 1 reader and 1 migrator, of which only the reader's thread is used.
///
/// Invariant of a [`new`](Self::new) one: between passes the ring holds [`events`](Self::events) events of completer 0 with sequence numbers from
/// 0, and its head is wherever the last pass left it.
///
/// It begins with a page, as the arena does. Where the heap had put a field of [`World`] some multiple of 4,096 bytes from a lock word,
/// reading by 8 took 1.7 times as long: each load of it seems to have waited for the exchange of that word (x86-64 compares the low bits of
/// addresses first).
#[derive(Debug)]
#[repr(align(4096))]
pub struct Rig {
    /// The layout.
    pub world: World,
    arena: Shared,
}

/// The thread that does everything.
pub const ME: ThreadId = ThreadId::new(0);

impl Rig {
    /// A full ring of 4 pages: small enough for a first-level cache, large enough that reads cross pages.
    ///
    /// # Panics
    /// When the library refuses the ring, or slots and events do not come out even.
    #[must_use]
    pub fn new() -> Self {
        let rig = Self::empty();
        let machine = rig.machine();
        let aio = Aio { machine: &machine, rules: Compiled::<V4>, trace: &() };
        for sequence in 0..rig.events() {
            let event = Tag { completer: ME.index(), sequence }.event(rig.world.cookie);
            run(aio.complete(&rig.world.ctx, || event)).expect("nobody aborts");
        }
        rig
    }

    /// The same with nothing in it, for those who complete what they read.
    ///
    /// # Panics
    /// When the library refuses the ring.
    #[must_use]
    pub fn empty() -> Self {
        let config = RunConfig::parse(r#"{"ringEvents": 250}"#).expect("the configuration is valid");
        let world = config.world();
        assert_eq!(world.ctx.ring.pages(), 4);
        let arena = Shared::new(world.words());
        world.init(&arena.words());
        Self { world, arena }
    }

    /// The arena.
    #[inline(always)]
    #[must_use]
    pub fn memory(&self) -> Words<'_> {
        self.arena.words()
    }

    /// Events in the full ring: all slots but the one that always stays empty.
    #[must_use]
    pub fn events(&self) -> u32 {
        self.world.ctx.ring.usable()
    }

    /// The thread's slot cache.
    #[must_use]
    pub fn cache(&self) -> Addr {
        self.world.control.reqs_available(ME)
    }

    /// The machine without a record of steps.
    #[must_use]
    pub fn machine(&self) -> Threads<'_, NoRecord> {
        Threads::new(self.memory(), &self.world.control, self.world.frames, ME, NoRecord)
    }

    /// Makes the ring full again: five plain stores. The events are still there, since reading does not take them away;
    /// slots that were given back are taken again, and the detectors' ledger starts anew.
    #[inline(always)]
    pub fn rewind(&self) {
        let (world, memory) = (&self.world, self.memory());
        let ring = Page::from_word(memory.peek(world.ctx.ring_page(0)));
        memory.poke(head_of(&world.frames, ring), 0);
        memory.poke(world.ledger.head(), 0);
        memory.poke(world.ledger.expected(ME.index()), 0);
        memory.poke(world.ctx.reqs_available(), 0);
        memory.poke(self.cache(), 0);
    }
}

impl Default for Rig {
    fn default() -> Self {
        Self::new()
    }
}

//! What must hold when everybody has finished: the invariants I1, I3, I5, I6, I10 and I11 at rest.

use super::ledger::Counter;
use super::world::World;
use crate::aio::migrate::page_lock;
use crate::machine::lock::LockWord;
use crate::ring::frames::FrameWord;
use crate::ring::header::{Field, Header};
use crate::ring::{Memory, Page};

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number, "I6".
    pub invariant: &'static str,
    /// What was found.
    pub text: String,
}

/// All invariants that are broken, once no thread is inside an operation.
#[must_use]
pub fn at_rest(memory: &impl Memory, world: &World) -> Vec<Broken> {
    let mut broken = Vec::new();
    let mut claim = |holds: bool, invariant: &'static str, text: &dyn Fn() -> String| {
        if !holds {
            broken.push(Broken { invariant, text: text() });
        }
    };
    let World { ctx, mapping, frames, control, .. } = world;

    let mut ring_frames = Vec::new();
    for i in 0..ctx.ring.pages() {
        let page = Page::from_word(memory.load(ctx.ring_page(i)));
        let cached = Page::from_word(memory.load(mapping.page(i)));
        claim(page == cached, "I3", &|| {
            format!("ring_pages[{i}] is frame {}, the mapping has frame {}", page.frame(), cached.frame())
        });
        let refs = frames.refs(memory, page);
        claim(refs == 2, "I5", &|| format!("ring page {i} has {refs} references, not 2"));
        ring_frames.push(page.frame());
        let lock = LockWord::from_word(memory.load(page_lock(frames, page).at));
        claim(lock.owner().is_none(), "I11", &|| format!("the page lock of ring page {i} is held"));
    }
    for frame in (0..frames.count()).filter(|frame| !ring_frames.contains(frame)) {
        let word = FrameWord::from_word(memory.load(frames.word(frame)));
        claim(word.is_free(), "I5", &|| format!("frame {frame} is not free, with {} references", word.refs()));
    }
    for (name, lock) in world.locks() {
        let owner = LockWord::from_word(memory.load(lock.at)).owner();
        claim(owner.is_none(), "I11", &|| format!("{name} is held"));
    }

    let page0 = Page::from_word(memory.load(ctx.ring_page(0)));
    let header = Header::read(memory, frames.data(page0));
    let constant = Header { head: header.head, tail: header.tail, ..Header::empty(header.id, ctx.ring.nr()) };
    claim(header == constant, "I10", &|| format!("the header is {header:?}"));
    let in_range = header.head < ctx.ring.nr() && header.tail < ctx.ring.nr();
    claim(in_range, "I2", &|| format!("head {} and tail {} of {}", header.head, header.tail, ctx.ring.nr()));
    let tail = memory.load(ctx.tail());
    claim(tail == header.tail, "I2", &|| format!("{} is {}, ctx->tail is {tail}", Field::Tail.name(), header.tail));

    if in_range {
        let waiting = ctx.ring.used(header.head, header.tail);
        let delivered = Counter::Events.total(memory, control);
        let completed = Counter::Completed.total(memory, control);
        claim(delivered.wrapping_add(waiting) == completed, "I1", &|| {
            format!("{completed} completed, {delivered} delivered, {waiting} in the ring")
        });
        let pool = memory.load(ctx.reqs_available());
        let cached = control.all().fold(0_u32, |sum, t| sum.wrapping_add(memory.load(control.reqs_available(t))));
        claim(pool.wrapping_add(cached).wrapping_add(waiting) == ctx.ring.usable(), "I6", &|| {
            format!("{pool} slots in the pool, {cached} cached, {waiting} in the ring, of {}", ctx.ring.usable())
        });
    }
    broken
}

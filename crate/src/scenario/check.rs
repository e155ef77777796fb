//! What must hold when everybody has finished (I1, I2, I3, I5, I6, I10 and I11 at rest), and what a trace must not have in
//! it (I7).

use super::ledger::Counter;
use super::tag::{Tag, Verdict};
use super::world::World;
use crate::aio::context::SlotWord;
use crate::aio::kioctx::head_of;
use crate::aio::{ContextRef, Kioctx};
use crate::machine::lock::LockWord;
use crate::machine::{LockKind, Op, Step};
use crate::ring::frames::FrameWord;
use crate::ring::header::{Field, Header};
use crate::ring::{IoEvent, Memory, Page};

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number, "I6".
    pub invariant: &'static str,
    /// What was found.
    pub text: String,
}

/// Claims about one world, of which the broken ones are kept.
struct Claims<'a, M> {
    memory: &'a M,
    world: &'a World,
    broken: Vec<Broken>,
}

/// All invariants that are broken, once no thread is inside an operation.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn at_rest(memory: &impl Memory, world: &World) -> Vec<Broken> {
    let mut claims = Claims { memory, world, broken: Vec::new() };
    let mut ring_frames = Vec::new();
    for ctx in &world.contexts {
        match SlotWord::from_word(memory.load(ctx.state())).is_free() {
            true => claims.nothing_left(ctx),
            false => ring_frames.extend(claims.ring(ctx)),
        }
    }
    let frames = &world.frames;
    for frame in (0..frames.count()).filter(|frame| !ring_frames.contains(frame)) {
        let word = FrameWord::from_word(memory.load(frames.word(frame)));
        claims.claim(word.is_free(), "I5", || format!("frame {frame} is not free: references left: {}", word.refs()));
    }
    for (name, lock) in world.locks() {
        let owner = LockWord::from_word(memory.load(lock.at)).owner();
        claims.claim(owner.is_none(), "I11", || format!("{name} is held"));
    }
    if world.is_permanent() {
        claims.events();
    }
    claims.broken
}

/// Whether the first context's head is another than the last reader stored: what the next reader would
/// [see](super::Kind::StaleHead), had there been one.
#[must_use]
pub fn lost_head(memory: &impl Memory, world: &World) -> bool {
    let page0 = || Page::from_word(memory.load(world.ctx.ring_page(0)));
    let head = || memory.load(head_of(&world.frames, page0()));
    world.ledger.end_streak(memory);
    world.is_permanent() && head() != memory.load(world.ledger.head())
}

impl<M: Memory> Claims<'_, M> {
    fn claim(&mut self, holds: bool, invariant: &'static str, text: impl FnOnce() -> String) {
        if !holds {
            self.broken.push(Broken { invariant, text: text() });
        }
    }

    /// Of a free slot: no page in its file, no way from the file to a context.
    fn nothing_left(&mut self, ctx: &Kioctx) {
        let cached = (0..ctx.ring.pages()).filter(|&i| self.memory.load(ctx.file.page(i)) != Page::NULL.to_word());
        let cached = cached.count();
        self.claim(cached == 0, "I5", || format!("{cached} page(s) are left in the file of a freed context"));
        let connected = !ContextRef::from_word(self.memory.load(ctx.file.private_data())).is_null();
        self.claim(!connected, "I8", || "the file of a freed context leads to it".to_owned());
    }

    /// Of a context: its pages and its header; the frames that back it.
    fn ring(&mut self, ctx: &Kioctx) -> Vec<u32> {
        let (memory, frames) = (self.memory, &self.world.frames);
        let mut backing = Vec::new();
        for i in 0..ctx.ring.pages() {
            let page = Page::from_word(memory.load(ctx.ring_page(i)));
            let cached = Page::from_word(memory.load(ctx.file.page(i)));
            self.claim(page == cached, "I3", || {
                format!("ring_pages[{i}] is frame {}, the mapping has frame {}", page.frame(), cached.frame())
            });
            if page.is_null() {
                continue;
            }
            let refs = frames.refs(memory, page);
            self.claim(refs == 2, "I5", || format!("ring page {i} has {refs} reference(s), not 2"));
            backing.push(page.frame());
        }
        let page0 = Page::from_word(memory.load(ctx.ring_page(0)));
        if !page0.is_null() {
            let header = Header::read(memory, frames.data(page0));
            let constant = Header { head: header.head, tail: header.tail, ..Header::empty(header.id, ctx.ring.nr()) };
            if let Some((field, value)) = header.unlike(constant) {
                self.claim(false, "I10", || format!("ring->{} is {value:#x}", field.name()));
            }
        }
        backing
    }

    /// Of the first context: its events and slots.
    fn events(&mut self) {
        let (memory, World { ctx, frames, control, .. }) = (self.memory, self.world);
        let page0 = Page::from_word(memory.load(ctx.ring_page(0)));
        let header = Header::read(memory, frames.data(page0));
        let in_range = header.head < ctx.ring.nr() && header.tail < ctx.ring.nr();
        self.claim(in_range, "I2", || format!("head {} and tail {} of {}", header.head, header.tail, ctx.ring.nr()));
        let tail = memory.load(ctx.tail());
        self.claim(tail == header.tail, "I2", || {
            format!("{} is {}, ctx->tail is {tail}", Field::Tail.name(), header.tail)
        });
        if !in_range {
            return;
        }
        let waiting = ctx.ring.used(header.head, header.tail);
        let delivered = Counter::Events.total(memory, control);
        let completed = Counter::Completed.total(memory, control);
        self.claim(delivered.wrapping_add(waiting) == completed, "I1", || {
            format!("{completed} completed, {delivered} delivered, {waiting} in the ring")
        });
        self.waiting_events(header.head, waiting);
        let pool = memory.load(ctx.reqs_available());
        let cached = control.all().fold(0_u32, |sum, t| sum.wrapping_add(memory.load(control.reqs_available(t))));
        self.claim(pool.wrapping_add(cached).wrapping_add(waiting) == ctx.ring.usable(), "I6", || {
            format!("{pool} slots in the pool, {cached} cached, {waiting} in the ring, of {}", ctx.ring.usable())
        });
    }
}

impl<M: Memory> Claims<'_, M> {
    /// Of the `waiting` events in the ring, from the head on: each is the next one of its completer.
    fn waiting_events(&mut self, head: u32, waiting: u32) {
        let (memory, World { ctx, frames, control, ledger, cookie, .. }) = (self.memory, self.world);
        ledger.end_streak(memory);
        let mut next: Vec<u32> = control.all().map(|thread| memory.load(ledger.expected(thread.index()))).collect();
        let mut slot = head;
        for _ in 0..waiting {
            let place = ctx.ring.locate(slot);
            let page = Page::from_word(memory.load(ctx.ring_page(place.page)));
            let mut event = [IoEvent::default()];
            memory.read(IoEvent::at(frames.data(page), place.index), IoEvent::words_mut(&mut event));
            let ours = match Tag::read(&event[0], *cookie) {
                Verdict::Ours(tag) => next.get_mut(tag.completer as usize).is_some_and(|expected| {
                    let in_sequence = tag.sequence == *expected;
                    *expected = tag.sequence.wrapping_add(1);
                    in_sequence
                }),
                Verdict::Poison | Verdict::Foreign => false,
            };
            self.claim(ours, "I1", || {
                format!("slot {slot} holds data {:#x}, which is not the event that was completed", event[0].data)
            });
            slot = ctx.ring.next(slot);
        }
    }
}

/// The first time that a thread went for a lock that may sleep while it held a spinlock (I7). It need not have waited: to
/// ask is the mistake.
#[must_use]
pub fn sleep_under_spinlock(world: &World, steps: &[Step]) -> Option<Broken> {
    let locks = world.locks();
    let lock_at = |step: &Step| locks.iter().find(|(_, lock)| lock.at == step.at);
    let mut held: Vec<(crate::machine::ThreadId, &str, crate::ring::Addr)> = Vec::new();
    for step in steps {
        let Some((name, lock)) = lock_at(step) else { continue };
        let asks = matches!(step.op, Op::Lock | Op::DownRead);
        if asks && lock.kind != LockKind::Spin {
            if let Some((_, spinlock, _)) = held.iter().find(|(thread, ..)| *thread == step.thread) {
                let thread = world.thread_name(step.thread);
                let text = format!("{thread} went for {name}, which may sleep, with the spinlock {spinlock} held");
                return Some(Broken { invariant: "I7", text });
            }
        } else if lock.kind == LockKind::Spin {
            match step.op {
                Op::Lock | Op::TryLock => held.push((step.thread, name, lock.at)),
                Op::Unlock => held.retain(|(thread, _, at)| (*thread, *at) != (step.thread, step.at)),
                _ => {}
            }
        }
    }
    None
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

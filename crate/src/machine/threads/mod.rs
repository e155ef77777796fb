//! Real threads over real shared memory: every step happens at once, and its future is ready at its first poll.
//!
//! The compiler removes the futures completely, as long as none refers into another (see [`aio`](crate::aio)); what is left is the
//! code that one would write by hand.

pub mod park;
pub mod record;
pub mod shared;
pub mod time;
mod waiting;

use core::future::{Future, ready};
use core::panic::Location;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use super::lock::{Lock, LockWord, WaitQueue};
use super::{Aborted, Control, Machine, Op, ThreadId};
use crate::ring::frames::{Allocated, FrameWord};
use crate::ring::header::Field;
use crate::ring::{Addr, Frames, IoEvent, Memory, Page, Put};
pub use record::{NoRecord, Record, Records, Tick, Watch, WatchApart};
pub use shared::{Shared, Words};
use waiting::{NAP, Waiter};

/// One thread's view of shared memory; `R` says whether and how it records its steps.
#[derive(Debug)]
pub struct Threads<'a, R> {
    memory: Words<'a>,
    /// By reference: only those who wait look at it, and a copy is made every time.
    control: &'a Control,
    frames: Frames,
    me: ThreadId,
    record: R,
    /// Whether it [rests](waiting) where a lock is wanted by many.
    rests: bool,
}

impl<'a, R: Record> Threads<'a, R> {
    /// The view of thread `me`, which waits for locks while it holds no other.
    pub fn new(memory: Words<'a>, control: &'a Control, frames: Frames, me: ThreadId, record: R) -> Self {
        Self { memory, control, frames, me, record, rests: true }
    }

    /// The same of one that waits while it holds others, if `nests`: it never rests, or whoever wants those would wait for that. The
    /// other threads are told.
    #[must_use]
    pub fn nesting(self, nests: bool) -> Self {
        self.memory.store(self.control.nests(self.me), u32::from(nests));
        Self { rests: !nests, ..self }
    }

    /// How the thread records its steps.
    #[inline(always)]
    #[must_use]
    pub fn record(&self) -> &R {
        &self.record
    }

    /// The recorder, for another view of the same memory.
    #[inline(always)]
    #[must_use]
    pub fn into_record(self) -> R {
        self.record
    }

    /// The thread is done: what it recorded can be read.
    pub fn publish_record(&self) {
        self.record.publish(self.memory, self.control, self.me);
    }

    #[inline(always)]
    fn note(&self, op: Op, at: Addr, value: u32, place: &'static Location<'static>) {
        self.record.note(self.memory, self.control, op, at, value, place);
    }

    #[inline(always)]
    fn waiter(&self) -> Waiter<'a> {
        Waiter { memory: self.memory, control: self.control, me: self.me, rests: self.rests }
    }
}

impl<R: Record> Machine for Threads<'_, R> {
    #[inline(always)]
    fn me(&self) -> ThreadId {
        self.me
    }

    #[inline(always)]
    fn frames(&self) -> &Frames {
        &self.frames
    }

    #[inline(always)]
    fn keep_going(&self) -> bool {
        !self.control.is_stopping(&self.memory)
    }

    #[inline(always)]
    #[track_caller]
    fn load(&self, at: Addr) -> impl Future<Output = u32> {
        let value = self.memory.load(at);
        self.note(Op::Load, at, value, Location::caller());
        ready(value)
    }

    #[inline(always)]
    #[track_caller]
    fn store(&self, at: Addr, value: u32) -> impl Future<Output = ()> {
        self.memory.store(at, value);
        self.note(Op::Store, at, value, Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn load_locked(&self, at: Addr) -> impl Future<Output = u32> {
        // ORDERING: none of its own. Whoever held the lock before stored the word before its `unlock`, a sequentially
        // consistent exchange, and this thread took the lock by one that saw it. V8 looks whether the address of an atomic access is
        // aligned, five instructions each time: reading one event takes a tenth less without, reading eight 7 %.
        let value = self.memory.peek(at);
        self.note(Op::Load, at, value, Location::caller());
        ready(value)
    }

    #[inline(always)]
    #[track_caller]
    fn store_locked(&self, at: Addr, value: u32) -> impl Future<Output = ()> {
        // ORDERING: as in `load_locked`: the unlock publishes it.
        self.memory.poke(at, value);
        self.note(Op::Store, at, value, Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn fetch_add(&self, at: Addr, by: u32) -> impl Future<Output = u32> {
        let before = self.memory.fetch_add(at, by);
        self.note(Op::Add, at, before.wrapping_add(by), Location::caller());
        ready(before)
    }

    #[inline(always)]
    #[track_caller]
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> impl Future<Output = Result<u32, u32>> {
        let result = self.memory.compare_exchange(at, current, new);
        match result {
            Ok(_) => self.note(Op::Exchanged, at, new, Location::caller()),
            Err(found) => self.note(Op::NotExchanged, at, found, Location::caller()),
        }
        ready(result)
    }

    #[inline(always)]
    #[track_caller]
    fn copy_page(&self, from: Page, to: Page) -> impl Future<Output = ()> {
        let (source, target) = (self.frames.data(from), self.frames.data(to));
        self.memory.copy(source, target, self.frames.page_words());
        self.note(Op::CopyPage, source, to.to_word(), Location::caller());
        if R::ON {
            let head = Field::Head.at(target);
            self.note(Op::CopiedHead, head, self.memory.peek(head), Location::caller());
        }
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn clear_page(&self, page: Page) -> impl Future<Output = ()> {
        self.memory.fill(self.frames.data(page), self.frames.page_words(), 0);
        self.note(Op::ClearPage, self.frames.data(page), page.to_word(), Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn read_events(&self, page: Page, index: u32, into: &mut [IoEvent]) -> impl Future<Output = ()> {
        let from = IoEvent::at(self.frames.data(page), index);
        self.memory.read(from, IoEvent::words_mut(into));
        self.note(Op::ReadEvents, from, into.len() as u32, Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn write_event(&self, page: Page, index: u32, event: IoEvent) -> impl Future<Output = ()> {
        let to = IoEvent::at(self.frames.data(page), index);
        self.memory.write(to, IoEvent::words(core::slice::from_ref(&event)));
        self.note(Op::WriteEvent, to, event.data as u32, Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn write_events(&self, page: Page, index: u32, events: &[IoEvent]) -> impl Future<Output = ()> {
        let to = IoEvent::at(self.frames.data(page), index);
        self.memory.write(to, IoEvent::words(events));
        if R::ON {
            for (i, event) in (0..).zip(events) {
                self.note(Op::WriteEvent, IoEvent::at(to, i), event.data as u32, Location::caller());
            }
        }
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn alloc_page(&self, hint: u32) -> impl Future<Output = Option<Allocated>> {
        let allocated = self.frames.alloc(&self.memory, hint);
        let page = allocated.as_ref().map_or(Page::NULL, |new| new.page);
        let frame = if page.is_null() { 0 } else { page.frame() };
        self.note(Op::Alloc, self.frames.word(frame), page.to_word(), Location::caller());
        ready(allocated)
    }

    #[inline(always)]
    #[track_caller]
    fn get_page(&self, page: Page) -> impl Future<Output = bool> {
        let got = self.frames.get(&self.memory, page);
        self.note_refs(Op::Get, page, Location::caller());
        ready(got)
    }

    #[inline(always)]
    #[track_caller]
    fn get_page_speculative(&self, page: Page) -> impl Future<Output = Result<bool, Aborted>> {
        let got = self.waiter().get_page_speculative(self.frames, page);
        self.note_refs(Op::Get, page, Location::caller());
        ready(got)
    }

    #[inline(always)]
    #[track_caller]
    fn put_page(&self, page: Page) -> impl Future<Output = Put> {
        let put = self.frames.put(&self.memory, page);
        self.note_refs(Op::Put, page, Location::caller());
        ready(put)
    }

    #[inline(always)]
    #[track_caller]
    fn freeze_refs(&self, page: Page, expected: u32) -> impl Future<Output = bool> {
        let frozen = self.frames.freeze(&self.memory, page, expected);
        let place = Location::caller();
        if frozen {
            self.note(Op::Freeze, self.frames.word(page.frame()), expected, place);
        } else {
            self.note_refs(Op::NotFrozen, page, place);
        }
        ready(frozen)
    }

    #[inline(always)]
    #[track_caller]
    fn unfreeze_refs(&self, page: Page, refs: u32) -> impl Future<Output = ()> {
        self.frames.unfreeze(&self.memory, page, refs);
        self.note(Op::Unfreeze, self.frames.word(page.frame()), refs, Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn lock(&self, lock: Lock) -> impl Future<Output = Result<(), Aborted>> {
        let free = LockWord::UNLOCKED.to_word();
        let mine = LockWord::held_by(self.me).to_word();
        let result = match self.memory.compare_exchange(lock.at, free, mine) {
            Ok(_) => Ok(()),
            Err(_) => self.waiter().lock(lock),
        };
        self.note(Op::Lock, lock.at, 0, Location::caller());
        ready(result)
    }

    #[inline(always)]
    #[track_caller]
    fn try_lock(&self, lock: Lock) -> impl Future<Output = bool> {
        let free = LockWord::UNLOCKED.to_word();
        let mine = LockWord::held_by(self.me).to_word();
        // As the kernel's mutex_trylock(), first look and then try: a refused try leaves the holder's cache line alone.
        let result = match self.memory.load(lock.at) {
            word if word == free => self.memory.compare_exchange(lock.at, free, mine),
            taken => Err(taken),
        };
        match result {
            Ok(_) => self.note(Op::TryLock, lock.at, 0, Location::caller()),
            Err(found) => self.note(Op::Refused, lock.at, found & 0xffff, Location::caller()),
        }
        ready(result.is_ok())
    }

    #[inline(always)]
    #[track_caller]
    fn unlock(&self, lock: Lock) -> impl Future<Output = ()> {
        self.note(Op::Unlock, lock.at, 0, Location::caller());
        let free = LockWord::UNLOCKED.to_word();
        let mine = LockWord::held_by(self.me).to_word();
        if self.memory.compare_exchange(lock.at, mine, free).is_err() {
            self.waiter().unlock(lock);
        }
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn down_read(&self, semaphore: Lock) -> impl Future<Output = Result<(), Aborted>> {
        let result = self.waiter().down_read(semaphore);
        self.note(Op::DownRead, semaphore.at, 0, Location::caller());
        ready(result)
    }

    #[inline(always)]
    #[track_caller]
    fn up_read(&self, semaphore: Lock) -> impl Future<Output = ()> {
        self.note(Op::UpRead, semaphore.at, 0, Location::caller());
        self.waiter().up_read(semaphore);
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn prepare_to_wait(&self, queue: WaitQueue) -> impl Future<Output = u32> {
        waiting::linger();
        self.memory.fetch_add(queue.waiters(), 1);
        let ticket = self.memory.load(queue.at);
        self.note(Op::PrepareToWait, queue.at, ticket, Location::caller());
        ready(ticket)
    }

    #[inline(always)]
    #[track_caller]
    fn wait(&self, queue: WaitQueue, ticket: u32) -> impl Future<Output = Result<(), Aborted>> {
        let result = self.waiter().sleep(queue, ticket);
        self.note(Op::Wait, queue.at, ticket, Location::caller());
        ready(result)
    }

    #[inline(always)]
    #[track_caller]
    fn finish_wait(&self, queue: WaitQueue) -> impl Future<Output = ()> {
        self.memory.fetch_add(queue.waiters(), 1_u32.wrapping_neg());
        self.note(Op::FinishWait, queue.at, 0, Location::caller());
        ready(())
    }

    #[inline(always)]
    #[track_caller]
    fn wake_up(&self, queue: WaitQueue) -> impl Future<Output = ()> {
        // waitqueue_active(): the waiter announces itself before it looks at the ring, the waker looks for waiters
        // after it has changed the ring; sequentially consistent, so one of them sees the other.
        let waiters = self.memory.load(queue.waiters());
        if waiters != 0 {
            self.waiter().wake(queue);
        }
        self.note(Op::WakeUp, queue.at, waiters, Location::caller());
        ready(())
    }

    #[inline(always)]
    fn begin_operation(&self) {
        self.record.begin(self.memory, self.control, self.me);
    }

    #[inline(always)]
    fn this_cpu_read(&self, at: Addr) -> u32 {
        self.memory.peek(at)
    }

    #[inline(always)]
    fn this_cpu_write(&self, at: Addr, value: u32) {
        self.memory.poke(at, value);
    }

    #[inline(always)]
    fn widen(&self, turns: u32) {
        for _ in 0..turns {
            core::hint::black_box(turns);
            core::hint::spin_loop();
        }
    }

    fn now(&self) -> f64 {
        time::now()
    }

    fn pause_until(&self, due: f64) {
        if due > time::now() {
            self.record.rest(self.memory, self.control);
        }
        while self.keep_going() {
            let left = due - time::now();
            if left <= 0.0 {
                break;
            }
            park::wait(self.memory.atomic(self.control.stop()), 0, Duration::from_secs_f64(left / 1e3).min(NAP));
        }
    }
}

impl<R: Record> Threads<'_, R> {
    #[inline(always)]
    fn note_refs(&self, op: Op, page: Page, place: &'static Location<'static>) {
        if R::ON {
            let at = self.frames.word(page.frame());
            self.note(op, at, FrameWord::from_word(self.memory.peek(at)).refs(), place);
        }
    }
}

/// Runs a future whose steps all happen at once.
///
/// # Panics
/// When the future was not ready, which no step of this machine can cause.
#[inline(always)]
pub fn run<F: Future>(future: F) -> F::Output {
    let future = pin!(future);
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("a step on real threads is never pending"),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

//! A thread's view of the model.

use core::future::{Future, poll_fn};
use core::panic::Location;
use core::task::Poll;

use super::{Cells, Grain, Intent, Model};
use crate::machine::lock::{Lock, LockWord, WaitQueue};
use crate::machine::{Aborted, Machine, Op, Step, ThreadId};
use crate::ring::event::EVENT_WORDS;
use crate::ring::frames::{Allocated, FrameWord};
use crate::ring::header::Field;
use crate::ring::{Addr, Frames, IoEvent, Memory, Page, Put};

/// A thread of a [`Model`].
#[derive(Clone, Copy, Debug)]
pub struct ModelThread<'a> {
    model: &'a Model,
    me: ThreadId,
}

type Place = &'static Location<'static>;

impl<'a> ModelThread<'a> {
    pub(super) fn new(model: &'a Model, me: ThreadId) -> Self {
        Self { model, me }
    }

    /// Announces `intent`, and does `act` when the schedule picks this thread.
    fn step<T>(self, intent: Intent, mut act: impl FnMut(&Cells) -> T) -> impl Future<Output = T> {
        let mut announced = false;
        poll_fn(move |_| {
            if announced {
                return Poll::Ready(act(&self.model.memory));
            }
            announced = true;
            self.model.intents.borrow_mut()[self.me.index() as usize] = Some(intent);
            Poll::Pending
        })
    }

    /// A step that is always possible.
    fn act<T>(self, act: impl FnMut(&Cells) -> T) -> impl Future<Output = T> {
        self.step(Intent::Act, act)
    }

    fn note(self, op: Op, at: Addr, value: u32, place: Place) {
        self.model.trace.borrow_mut().push(Step { thread: self.me, op, at, value, place });
    }

    fn note_refs(self, op: Op, page: Page, place: Place) {
        let at = self.model.frames.word(page.frame());
        self.note(op, at, FrameWord::from_word(self.model.memory.load(at)).refs(), place);
    }

    /// A bulk copy of `words` words: in one step, or word by word.
    async fn bulk(self, words: u32, mut copy: impl FnMut(&Cells, u32), note: impl Fn()) {
        match self.model.grain {
            Grain::Whole => self.act(|memory| (0..words).for_each(|i| copy(memory, i))).await,
            Grain::Words => {
                for i in 0..words {
                    self.act(|memory| copy(memory, i)).await;
                }
            }
        }
        note();
    }
}

impl Machine for ModelThread<'_> {
    fn me(&self) -> ThreadId {
        self.me
    }

    fn frames(&self) -> &Frames {
        &self.model.frames
    }

    fn keep_going(&self) -> bool {
        !self.model.control.is_stopping(&self.model.memory)
    }

    #[track_caller]
    fn load(&self, at: Addr) -> impl Future<Output = u32> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let value = memory.load(at);
            this.note(Op::Load, at, value, place);
            value
        })
    }

    #[track_caller]
    fn store(&self, at: Addr, value: u32) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            memory.store(at, value);
            this.note(Op::Store, at, value, place);
        })
    }

    #[track_caller]
    fn fetch_add(&self, at: Addr, by: u32) -> impl Future<Output = u32> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let before = memory.fetch_add(at, by);
            this.note(Op::Add, at, before.wrapping_add(by), place);
            before
        })
    }

    #[track_caller]
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> impl Future<Output = Result<u32, u32>> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let result = memory.compare_exchange(at, current, new);
            match result {
                Ok(_) => this.note(Op::Exchanged, at, new, place),
                Err(found) => this.note(Op::NotExchanged, at, found, place),
            }
            result
        })
    }

    #[track_caller]
    fn copy_page(&self, from: Page, to: Page) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        let (source, target) = (self.frames().data(from), self.frames().data(to));
        this.bulk(
            self.frames().page_words(),
            move |memory, i| memory.store(target.offset(i), memory.load(source.offset(i))),
            move || {
                let head = Field::Head.at(target);
                this.note(Op::CopyPage, source, to.to_word(), place);
                this.note(Op::CopiedHead, head, this.model.memory.load(head), place);
            },
        )
    }

    #[track_caller]
    fn clear_page(&self, page: Page) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            memory.fill(this.frames().data(page), this.frames().page_words(), 0);
            this.note(Op::ClearPage, this.frames().data(page), page.to_word(), place);
        })
    }

    #[track_caller]
    fn read_events(&self, page: Page, index: u32, into: &mut [IoEvent]) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        let from = IoEvent::at(self.frames().data(page), index);
        let events = into.len() as u32;
        let words = IoEvent::words_mut(into);
        this.bulk(
            events * EVENT_WORDS,
            move |memory, i| words[i as usize] = memory.load(from.offset(i)),
            move || this.note(Op::ReadEvents, from, events, place),
        )
    }

    #[track_caller]
    fn write_event(&self, page: Page, index: u32, event: &IoEvent) -> impl Future<Output = ()> {
        let (this, place, event) = (*self, Location::caller(), *event);
        let to = IoEvent::at(self.frames().data(page), index);
        this.bulk(
            EVENT_WORDS,
            move |memory, i| {
                memory.store(to.offset(i), IoEvent::words(core::slice::from_ref(&event))[i as usize]);
            },
            move || this.note(Op::WriteEvent, to, event.data as u32, place),
        )
    }

    #[track_caller]
    fn alloc_page(&self, hint: u32) -> impl Future<Output = Option<Allocated>> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let allocated = this.model.frames.alloc(memory, hint);
            let page = allocated.as_ref().map_or(Page::NULL, |new| new.page);
            let frame = if page.is_null() { 0 } else { page.frame() };
            this.note(Op::Alloc, this.model.frames.word(frame), page.to_word(), place);
            allocated
        })
    }

    #[track_caller]
    fn get_page(&self, page: Page) -> impl Future<Output = bool> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let got = this.model.frames.get(memory, page);
            this.note_refs(Op::Get, page, place);
            got
        })
    }

    #[track_caller]
    fn put_page(&self, page: Page) -> impl Future<Output = Put> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let put = this.model.frames.put(memory, page);
            this.note_refs(Op::Put, page, place);
            put
        })
    }

    #[track_caller]
    fn freeze_refs(&self, page: Page, expected: u32) -> impl Future<Output = bool> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let frozen = this.model.frames.freeze(memory, page, expected);
            if frozen {
                this.note(Op::Freeze, this.model.frames.word(page.frame()), expected, place);
            } else {
                this.note_refs(Op::NotFrozen, page, place);
            }
            frozen
        })
    }

    #[track_caller]
    fn unfreeze_refs(&self, page: Page, refs: u32) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            this.model.frames.unfreeze(memory, page, refs);
            this.note(Op::Unfreeze, this.model.frames.word(page.frame()), refs, place);
        })
    }

    #[track_caller]
    fn lock(&self, lock: Lock) -> impl Future<Output = Result<(), Aborted>> {
        let (this, place) = (*self, Location::caller());
        this.step(Intent::Lock(lock), move |memory| {
            let word = LockWord::from_word(memory.load(lock.at));
            let taken = word.write(this.me).expect("the scheduler picks a lock step only when the lock is free");
            memory.store(lock.at, taken.to_word());
            this.note(Op::Lock, lock.at, 0, place);
            Ok(())
        })
    }

    #[track_caller]
    fn try_lock(&self, lock: Lock) -> impl Future<Output = bool> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let word = LockWord::from_word(memory.load(lock.at));
            match word.write(this.me) {
                Some(taken) => {
                    memory.store(lock.at, taken.to_word());
                    this.note(Op::TryLock, lock.at, 0, place);
                    true
                }
                None => {
                    this.note(Op::Refused, lock.at, word.owner().map_or(0, |owner| owner.index() + 1), place);
                    false
                }
            }
        })
    }

    #[track_caller]
    fn unlock(&self, lock: Lock) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            memory.store(lock.at, LockWord::UNLOCKED.to_word());
            this.note(Op::Unlock, lock.at, 0, place);
        })
    }

    #[track_caller]
    fn down_read(&self, semaphore: Lock) -> impl Future<Output = Result<(), Aborted>> {
        let (this, place) = (*self, Location::caller());
        this.step(Intent::Read(semaphore), move |memory| {
            let word = LockWord::from_word(memory.load(semaphore.at));
            let taken = word.read().expect("the scheduler picks a read step only when no writer is in");
            memory.store(semaphore.at, taken.to_word());
            memory.store(this.model.control.reads(this.me), semaphore.at.to_word() + 1);
            this.note(Op::DownRead, semaphore.at, 0, place);
            Ok(())
        })
    }

    #[track_caller]
    fn up_read(&self, semaphore: Lock) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let word = LockWord::from_word(memory.load(semaphore.at));
            memory.store(semaphore.at, word.unread().to_word());
            memory.store(this.model.control.reads(this.me), 0);
            this.note(Op::UpRead, semaphore.at, 0, place);
        })
    }

    #[track_caller]
    fn prepare_to_wait(&self, queue: WaitQueue) -> impl Future<Output = u32> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            memory.fetch_add(queue.waiters(), 1);
            let ticket = memory.load(queue.at);
            this.note(Op::PrepareToWait, queue.at, ticket, place);
            ticket
        })
    }

    #[track_caller]
    fn wait(&self, queue: WaitQueue, ticket: u32) -> impl Future<Output = Result<(), Aborted>> {
        let (this, place) = (*self, Location::caller());
        this.step(Intent::Wait(queue, ticket), move |memory| {
            this.note(Op::Wait, queue.at, memory.load(queue.at), place);
            Ok(())
        })
    }

    #[track_caller]
    fn finish_wait(&self, queue: WaitQueue) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            memory.fetch_add(queue.waiters(), 1_u32.wrapping_neg());
            this.note(Op::FinishWait, queue.at, 0, place);
        })
    }

    #[track_caller]
    fn wake_up(&self, queue: WaitQueue) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let waiters = memory.load(queue.waiters());
            if waiters != 0 {
                memory.fetch_add(queue.at, 1);
            }
            this.note(Op::WakeUp, queue.at, waiters, place);
        })
    }

    fn begin_operation(&self) {}

    fn this_cpu_read(&self, at: Addr) -> u32 {
        self.model.memory.load(at)
    }

    fn this_cpu_write(&self, at: Addr, value: u32) {
        self.model.memory.store(at, value);
    }

    fn widen(&self, _turns: u32) {}

    fn now(&self) -> f64 {
        0.0
    }

    fn pause_until(&self, _due: f64) {}
}

//! A thread's view of the model.

use core::future::{Future, poll_fn};
use core::ops::Range;
use core::panic::Location;
use core::task::Poll;

use super::{Cells, Grain, Intent, Model};
use crate::machine::lock::{Lock, WaitQueue};
use crate::machine::{Aborted, Bookmark, Machine, Op, Step, ThreadId};
use crate::ring::event::EVENT_WORDS;
use crate::ring::frames::{Allocated, FrameWord, Speculative};
use crate::ring::header::Field;
use crate::ring::{Addr, Frames, IoEvent, Memory, Page, Put};

/// A thread of a [`Model`].
#[derive(Clone, Copy, Debug)]
pub struct ModelThread<'a> {
    pub(super) model: &'a Model,
    pub(super) me: ThreadId,
}

pub(super) type Place = &'static Location<'static>;

impl<'a> ModelThread<'a> {
    pub(super) fn new(model: &'a Model, me: ThreadId) -> Self {
        Self { model, me }
    }

    /// Announces `intent`, and does `act` when the schedule picks this thread.
    pub(super) fn step<T>(self, intent: Intent, mut act: impl FnMut(&Cells) -> T) -> impl Future<Output = T> {
        let mut announced = false;
        poll_fn(move |_| {
            if announced {
                self.model.pasts[self.me.index() as usize].step();
                return Poll::Ready(act(&self.model.memory));
            }
            announced = true;
            self.model.intents.borrow_mut()[self.me.index() as usize] = Some(intent);
            Poll::Pending
        })
    }

    /// A step that is always possible.
    pub(super) fn act<T>(self, act: impl FnMut(&Cells) -> T) -> impl Future<Output = T> {
        self.step(Intent::Act, act)
    }

    /// The thread learns `value`: from now on what it does may depend on it.
    pub(super) fn observe(self, value: u32) {
        self.model.pasts[self.me.index() as usize].observe(value);
    }

    pub(super) fn note(self, op: Op, at: Addr, value: u32, place: Place) {
        if self.model.tracing.get() {
            self.model.trace.borrow_mut().push(Step { thread: self.me, op, at, value, place });
        }
    }

    /// The thread learns which page it was given, and what was wrong with it.
    fn observe_allocated(self, allocated: Option<&Allocated>) {
        let damage = allocated.and_then(|new| new.damage.clone()).unwrap_or(0..0);
        for word in [allocated.map_or(Page::NULL, |new| new.page).to_word(), damage.start, damage.end] {
            self.observe(word);
        }
    }

    fn note_refs(self, op: Op, page: Page, place: Place) {
        let at = self.model.frames.word(page.frame());
        self.note(op, at, FrameWord::from_word(self.model.memory.words()[at.index()].get()).refs(), place);
    }

    /// A bulk copy of `words` words: in one step, or word by word.
    async fn bulk(self, words: u32, mut copy: impl FnMut(&Cells, Range<u32>), note: impl Fn()) {
        match self.model.grain {
            Grain::Whole => self.act(|memory| copy(memory, 0..words)).await,
            Grain::Words => {
                for i in 0..words {
                    self.act(|memory| copy(memory, i..i + 1)).await;
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
        let go = !self.model.control.is_stopping(&self.model.memory);
        self.observe(u32::from(go));
        go
    }

    #[track_caller]
    fn load(&self, at: Addr) -> impl Future<Output = u32> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let value = memory.load(at);
            this.observe(value);
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
            this.observe(before);
            this.note(Op::Add, at, before.wrapping_add(by), place);
            before
        })
    }

    #[track_caller]
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> impl Future<Output = Result<u32, u32>> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let result = memory.compare_exchange(at, current, new);
            this.observe(result.unwrap_or_else(|found| found));
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
            move |memory, words| {
                memory.copy(source.offset(words.start), target.offset(words.start), words.end - words.start)
            },
            move || {
                let head = Field::Head.at(target);
                this.note(Op::CopyPage, source, to.to_word(), place);
                this.note(Op::CopiedHead, head, this.model.memory.words()[head.index()].get(), place);
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
            move |memory, range| {
                for i in range {
                    words[i as usize] = memory.load(from.offset(i));
                    this.observe(words[i as usize]);
                }
            },
            move || this.note(Op::ReadEvents, from, events, place),
        )
    }

    #[track_caller]
    fn write_event(&self, page: Page, index: u32, event: IoEvent) -> impl Future<Output = ()> {
        let (this, place) = (*self, Location::caller());
        let to = IoEvent::at(self.frames().data(page), index);
        this.bulk(
            EVENT_WORDS,
            move |memory, range| {
                let words = IoEvent::words(core::slice::from_ref(&event));
                range.for_each(|i| memory.store(to.offset(i), words[i as usize]));
            },
            move || this.note(Op::WriteEvent, to, event.data as u32, place),
        )
    }

    #[track_caller]
    fn alloc_page(&self, hint: u32) -> impl Future<Output = Option<Allocated>> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            // Which frame is the first free one depends on all of them.
            (0..this.model.frames.count()).for_each(|frame| memory.touch(this.model.frames.word(frame)));
            let allocated = this.model.frames.alloc(memory, hint);
            this.observe_allocated(allocated.as_ref());
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
            this.observe(u32::from(got));
            this.note_refs(Op::Get, page, place);
            got
        })
    }

    #[track_caller]
    fn get_page_speculative(&self, page: Page) -> impl Future<Output = Result<bool, Aborted>> {
        let (this, place) = (*self, Location::caller());
        let frozen = FrameWord::frozen(page.generation()).to_word();
        this.step(Intent::Thaw(this.frames().word(page.frame()), frozen), move |memory| {
            let got = this.model.frames.get_speculative(memory, page) == Speculative::Got;
            this.observe(u32::from(got));
            this.note_refs(Op::Get, page, place);
            Ok(got)
        })
    }

    #[track_caller]
    fn put_page(&self, page: Page) -> impl Future<Output = Put> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            let put = this.model.frames.put(memory, page);
            this.observe(put as u32);
            this.note_refs(Op::Put, page, place);
            put
        })
    }

    #[track_caller]
    fn freeze_refs(&self, page: Page, expected: u32) -> impl Future<Output = bool> {
        let (this, place) = (*self, Location::caller());
        this.act(move |memory| {
            memory.touch(this.model.frames.word(page.frame()));
            let frozen = this.model.frames.freeze(memory, page, expected);
            this.observe(u32::from(frozen));
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
        self.take(lock, Location::caller())
    }

    #[track_caller]
    fn try_lock(&self, lock: Lock) -> impl Future<Output = bool> {
        self.try_take(lock, Location::caller())
    }

    #[track_caller]
    fn unlock(&self, lock: Lock) -> impl Future<Output = ()> {
        self.release(lock, Location::caller())
    }

    #[track_caller]
    fn down_read(&self, semaphore: Lock) -> impl Future<Output = Result<(), Aborted>> {
        self.take_shared(semaphore, Location::caller())
    }

    #[track_caller]
    fn up_read(&self, semaphore: Lock) -> impl Future<Output = ()> {
        self.release_shared(semaphore, Location::caller())
    }

    #[track_caller]
    fn prepare_to_wait(&self, queue: WaitQueue) -> impl Future<Output = u32> {
        self.draw_ticket(queue, Location::caller())
    }

    #[track_caller]
    fn wait(&self, queue: WaitQueue, ticket: u32) -> impl Future<Output = Result<(), Aborted>> {
        self.sleep(queue, ticket, Location::caller())
    }

    #[track_caller]
    fn finish_wait(&self, queue: WaitQueue) -> impl Future<Output = ()> {
        self.leave_queue(queue, Location::caller())
    }

    #[track_caller]
    fn wake_up(&self, queue: WaitQueue) -> impl Future<Output = ()> {
        self.wake_all(queue, Location::caller())
    }

    #[track_caller]
    fn choose(&self, among: u32, _turn: u32) -> impl Future<Output = u32> {
        let (this, place) = (*self, Location::caller());
        this.step(Intent::Choose(among), move |_| {
            let choice = this.model.choice.get();
            assert!(choice < among, "choice {choice} of {among}");
            this.observe(choice);
            this.note(Op::Choose, Addr::from_word(0), choice, place);
            choice
        })
    }

    fn bookmark(&self) -> Bookmark {
        self.model.pasts[self.me.index() as usize].bookmark()
    }

    #[track_caller]
    fn forget_since(&self, bookmark: Bookmark, kept: u64) {
        self.model.pasts[self.me.index() as usize].forget_since(bookmark, Location::caller(), kept);
    }

    fn begin_operation(&self) {
        self.model.pasts[self.me.index() as usize].begin_operation();
    }

    fn this_cpu_read(&self, at: Addr) -> u32 {
        let value = self.model.memory.load(at);
        self.observe(value);
        value
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

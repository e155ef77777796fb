//! The steps: those of [`threads`](crate::machine::threads), each in its turn and with the words that the model would leave.

use core::future::Future;
use core::ops::Range;
use core::panic::Location;

use super::{Gated, Passed};
use crate::machine::lock::{Lock, WaitQueue};
use crate::machine::model::{Grain, Intent};
use crate::machine::{Aborted, Machine, Op, ThreadId};
use crate::ring::event::EVENT_WORDS;
use crate::ring::frames::{Allocated, FrameWord, Speculative};
use crate::ring::{Addr, Frames, IoEvent, Memory, Page, Put};

type Place = &'static Location<'static>;

impl Gated<'_> {
    /// A step that is always possible.
    pub(super) fn act<T>(&self, act: impl FnOnce() -> T) -> Passed<T> {
        self.step(Intent::Act, act)
    }

    fn note_refs(&self, op: Op, page: Page, place: Place) {
        let at = self.frames.word(page.frame());
        self.note(op, at, FrameWord::from_word(self.memory.peek(at)).refs(), place);
    }

    /// A bulk copy of `words` words: in one step, or word by word. The last one is noted.
    fn bulk(&self, words: u32, mut copy: impl FnMut(Range<u32>), note: impl FnOnce()) -> Passed<()> {
        let (pieces, piece) = match self.grain {
            Grain::Whole => (1, words),
            Grain::Words => (words, 1),
        };
        let copied = (0..pieces).try_for_each(|i| self.act(|| copy(i * piece..(i + 1) * piece)).0);
        // What is noted may cost the thread its turn.
        Passed(copied.and_then(|()| {
            note();
            self.turn.get().map(|_| ())
        }))
    }
}

impl Machine for Gated<'_> {
    fn me(&self) -> ThreadId {
        self.me
    }

    fn frames(&self) -> &Frames {
        &self.frames
    }

    fn keep_going(&self) -> bool {
        !self.control.is_stopping(&self.memory)
    }

    #[track_caller]
    fn load(&self, at: Addr) -> impl Future<Output = u32> {
        let place = Location::caller();
        self.act(|| {
            let value = self.memory.load(at);
            self.note(Op::Load, at, value, place);
            value
        })
    }

    #[track_caller]
    fn store(&self, at: Addr, value: u32) -> impl Future<Output = ()> {
        let place = Location::caller();
        self.act(|| {
            self.memory.store(at, value);
            self.note(Op::Store, at, value, place);
        })
    }

    #[track_caller]
    fn fetch_add(&self, at: Addr, by: u32) -> impl Future<Output = u32> {
        let place = Location::caller();
        self.act(|| {
            let before = self.memory.fetch_add(at, by);
            self.note(Op::Add, at, before.wrapping_add(by), place);
            before
        })
    }

    #[track_caller]
    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> impl Future<Output = Result<u32, u32>> {
        let place = Location::caller();
        self.act(|| {
            let result = self.memory.compare_exchange(at, current, new);
            match result {
                Ok(_) => self.note(Op::Exchanged, at, new, place),
                Err(found) => self.note(Op::NotExchanged, at, found, place),
            }
            result
        })
    }

    #[track_caller]
    fn copy_page(&self, from: Page, to: Page) -> impl Future<Output = ()> {
        let place = Location::caller();
        let (source, target) = (self.frames.data(from), self.frames.data(to));
        self.bulk(
            self.frames.page_words(),
            |words| self.memory.copy(source.offset(words.start), target.offset(words.start), words.end - words.start),
            || self.note(Op::CopyPage, source, to.to_word(), place),
        )
    }

    #[track_caller]
    fn clear_page(&self, page: Page) -> impl Future<Output = ()> {
        let place = Location::caller();
        self.act(|| {
            self.memory.fill(self.frames.data(page), self.frames.page_words(), 0);
            self.note(Op::ClearPage, self.frames.data(page), page.to_word(), place);
        })
    }

    #[track_caller]
    fn read_events(&self, page: Page, index: u32, into: &mut [IoEvent]) -> impl Future<Output = ()> {
        let place = Location::caller();
        let from = IoEvent::at(self.frames.data(page), index);
        let events = into.len() as u32;
        let into = IoEvent::words_mut(into);
        self.bulk(
            events * EVENT_WORDS,
            |words| self.memory.read(from.offset(words.start), &mut into[words.start as usize..words.end as usize]),
            || self.note(Op::ReadEvents, from, events, place),
        )
    }

    #[track_caller]
    fn write_event(&self, page: Page, index: u32, event: IoEvent) -> impl Future<Output = ()> {
        let place = Location::caller();
        let to = IoEvent::at(self.frames.data(page), index);
        let from = IoEvent::words(core::slice::from_ref(&event));
        self.bulk(
            EVENT_WORDS,
            |words| self.memory.write(to.offset(words.start), &from[words.start as usize..words.end as usize]),
            || self.note(Op::WriteEvent, to, event.data as u32, place),
        )
    }

    #[track_caller]
    fn alloc_page(&self, hint: u32) -> impl Future<Output = Option<Allocated>> {
        let place = Location::caller();
        self.act(|| {
            let allocated = self.frames.alloc(&self.memory, hint);
            let page = allocated.as_ref().map_or(Page::NULL, |new| new.page);
            let frame = if page.is_null() { 0 } else { page.frame() };
            self.note(Op::Alloc, self.frames.word(frame), page.to_word(), place);
            allocated
        })
    }

    #[track_caller]
    fn get_page(&self, page: Page) -> impl Future<Output = bool> {
        let place = Location::caller();
        self.act(|| {
            let got = self.frames.get(&self.memory, page);
            self.note_refs(Op::Get, page, place);
            got
        })
    }

    #[track_caller]
    fn get_page_speculative(&self, page: Page) -> impl Future<Output = Result<bool, Aborted>> {
        let place = Location::caller();
        let frozen = FrameWord::frozen(page.generation()).to_word();
        self.step(Intent::Thaw(self.frames.word(page.frame()), frozen), || {
            let got = self.frames.get_speculative(&self.memory, page) == Speculative::Got;
            self.note_refs(Op::Get, page, place);
            Ok(got)
        })
    }

    #[track_caller]
    fn put_page(&self, page: Page) -> impl Future<Output = Put> {
        let place = Location::caller();
        self.act(|| {
            let put = self.frames.put(&self.memory, page);
            self.note_refs(Op::Put, page, place);
            put
        })
    }

    #[track_caller]
    fn freeze_refs(&self, page: Page, expected: u32) -> impl Future<Output = bool> {
        let place = Location::caller();
        self.act(|| {
            let frozen = self.frames.freeze(&self.memory, page, expected);
            if frozen {
                self.note(Op::Freeze, self.frames.word(page.frame()), expected, place);
            } else {
                self.note_refs(Op::NotFrozen, page, place);
            }
            frozen
        })
    }

    #[track_caller]
    fn unfreeze_refs(&self, page: Page, refs: u32) -> impl Future<Output = ()> {
        let place = Location::caller();
        self.act(|| {
            self.frames.unfreeze(&self.memory, page, refs);
            self.note(Op::Unfreeze, self.frames.word(page.frame()), refs, place);
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
        let place = Location::caller();
        self.step(Intent::Choose(among), || {
            let way = self.turn.get().map_or(0, |turn| self.gate.way_at(turn));
            self.note(Op::Choose, Addr::from_word(0), way, place);
            way
        })
    }

    fn begin_operation(&self) {}

    fn this_cpu_read(&self, at: Addr) -> u32 {
        self.memory.peek(at)
    }

    fn this_cpu_write(&self, at: Addr, value: u32) {
        self.memory.poke(at, value);
    }

    fn widen(&self, _turns: u32) {}

    fn now(&self) -> f64 {
        0.0
    }

    fn pause_until(&self, _due: f64) {}
}

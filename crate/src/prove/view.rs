//! The state that an execution is in: what the real words of its memory say.

use serde::Serialize;

use super::Subject;
use super::waits::Waits;
use crate::aio::ContextRef;
use crate::aio::context::SlotWord;
use crate::aio::kioctx::{head_of, tail_of};
use crate::explore::Program;
use crate::explore::scripted::Scripted;
use crate::machine::lock::{Lock, LockWord};
use crate::machine::model::{Cells, Model};
use crate::machine::{LockKind, ThreadId, waits};
use crate::ring::frames::{FrameWord, POISON};
use crate::ring::{Memory, Page};
use crate::scenario::World;

/// A state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateView {
    /// The threads.
    pub threads: Vec<ThreadView>,
    /// The slots that contexts live in; of a scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contexts: Option<Vec<ContextView>>,
    /// The frames; of a scenario.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<Vec<FrameView>>,
    /// The shared words, of the miniature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<WordView>>,
    /// The locks.
    pub locks: Vec<LockView>,
}

/// Whether a thread can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ThreadStanding {
    /// It can.
    Ready,
    /// It waits.
    Waiting,
    /// It has ended.
    Ended,
}

/// A step that is still to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Next {
    /// What the thread intends.
    pub label: String,
    /// The line of the protocol.
    pub source: String,
}

/// A thread.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThreadView {
    /// Whether it can go on.
    pub standing: ThreadStanding,
    /// The step that it stands before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Next>,
    /// What it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// Who holds that, or stands in line for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// The locks that it holds, by name.
    pub holds: Vec<String>,
}

/// What backs a page of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RingPage {
    /// The frame.
    pub frame: u32,
    /// In which generation.
    pub generation: u32,
}

impl RingPage {
    fn of(word: u32) -> Option<Self> {
        let page = Page::from_word(word);
        (!page.is_null()).then(|| Self { frame: page.frame(), generation: page.generation() })
    }
}

/// A slot that contexts live in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContextView {
    /// Its number.
    pub slot: u32,
    /// Whether a context lives there.
    pub live: bool,
    /// References to it.
    pub users: u32,
    /// `ctx->ring_pages[]`.
    pub ring_pages: Vec<Option<RingPage>>,
    /// The pages of the ring file.
    pub file_pages: Vec<Option<RingPage>>,
    /// `ctx->tail`.
    pub tail: u32,
    /// `ctx->reqs_available`.
    pub reqs_available: u32,
    /// Whether the ring file leads to the context (`private_data`).
    pub connected: bool,
}

/// A frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FrameView {
    /// References to it.
    pub refs: u32,
    /// How often it has been freed.
    pub generation: u32,
    /// Whether it is free.
    pub free: bool,
    /// `ring->head`, if the frame is a ring's page 0, or was before it was freed; nothing while it is as freeing left it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<u32>,
    /// `ring->tail`, likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tail: Option<u32>,
    /// How often the detectors saw it touched while it was free, or by a pointer from before.
    pub touched: u32,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WordView {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub value: u32,
}

/// A lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LockView {
    /// Its name.
    pub name: String,
    /// Who holds it alone.
    pub owner: Option<String>,
    /// How many share it, if it can be shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readers: Option<u32>,
}

/// Looks at an execution, state after state.
pub(super) struct Viewer<'a> {
    subject: &'a Subject,
    names: Vec<String>,
    locks: Vec<(String, Lock)>,
    /// By frame: the page that was some ring's page 0 last.
    page_0: Vec<Option<Page>>,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(subject: &'a Subject) -> Self {
        let names = (0..subject.threads()).map(|thread| subject.thread_name(ThreadId::new(thread))).collect();
        let frames = match subject {
            Subject::Scripted(scripted) => scripted.world.frames.count() as usize,
            Subject::Miniature(_) => 0,
        };
        Self { subject, names, locks: subject.locks(), page_0: vec![None; frames] }
    }

    /// The state now. What threads do next is not told by memory, and left open.
    pub(super) fn view(&mut self, model: &Model) -> StateView {
        let memory = model.memory();
        let threads = model.control().all().map(|thread| self.thread(model, thread)).collect();
        let locks = self.locks.iter().map(|(name, lock)| self.lock(memory, name, *lock)).collect();
        let (contexts, frames, words) = match self.subject {
            Subject::Scripted(scripted) => {
                self.remember_page_0(memory, &scripted.world);
                (Some(contexts(memory, &scripted.world)), Some(self.frames(memory, scripted)), None)
            }
            Subject::Miniature(miniature) => {
                let word = |(name, at)| WordView { name, value: memory.load(at) };
                (None, None, Some(miniature.words().map(word).to_vec()))
            }
        };
        StateView { threads, contexts, frames, words, locks }
    }

    fn thread(&self, model: &Model, thread: ThreadId) -> ThreadView {
        let waits = Waits::of(self.subject, model, thread);
        let standing = match model.intent(thread) {
            None => ThreadStanding::Ended,
            Some(_) if waits.is_some() => ThreadStanding::Waiting,
            Some(_) => ThreadStanding::Ready,
        };
        let locks: Vec<Lock> = self.locks.iter().map(|(_, lock)| *lock).collect();
        let held = waits::held(model.memory(), model.control(), &locks, thread);
        let holds = self.locks.iter().filter(|(_, lock)| held.contains(lock)).map(|(name, _)| name.clone());
        ThreadView {
            standing,
            next: None,
            held_by: waits.as_ref().and_then(|waits| waits.held_by(self.subject)),
            waits_for: waits.map(|waits| waits.what),
            holds: holds.collect(),
        }
    }

    fn lock(&self, memory: &Cells, name: &str, lock: Lock) -> LockView {
        let word = LockWord::from_word(memory.load(lock.at));
        let owner = word.owner().and_then(|owner| self.names.get(owner.index() as usize).cloned());
        let readers = (lock.kind == LockKind::RwSemaphore).then(|| word.readers());
        LockView { name: name.to_owned(), owner, readers }
    }

    fn remember_page_0(&mut self, memory: &Cells, world: &World) {
        for at in world.contexts.iter().flat_map(|ctx| [ctx.ring_page(0), ctx.file.page(0)]) {
            let page = Page::from_word(memory.load(at));
            if !page.is_null() {
                self.page_0[page.frame() as usize] = Some(page);
            }
        }
    }

    fn frames(&self, memory: &Cells, scripted: &Scripted) -> Vec<FrameView> {
        let World { frames, ledger, .. } = &scripted.world;
        let view = |(frame, page_0): (u32, &Option<Page>)| {
            let word = FrameWord::from_word(memory.load(frames.word(frame)));
            let (generation, free) = (word.generation(), word.is_free());
            // Since then it has been freed once at the most, and not handed out again.
            let still = page_0.filter(|page| {
                let freed = Page::new(frame, page.generation() + 1).generation();
                generation == if free { freed } else { page.generation() }
            });
            let header = |at| Some(memory.load(at)).filter(|&value| !free || value != POISON);
            FrameView {
                refs: word.refs(),
                generation,
                free,
                head: still.and_then(|page| header(head_of(frames, page))),
                tail: still.and_then(|page| header(tail_of(frames, page))),
                touched: memory.load(ledger.touched(frame)),
            }
        };
        (0..).zip(&self.page_0).map(view).collect()
    }
}

fn contexts(memory: &Cells, world: &World) -> Vec<ContextView> {
    let view = |(slot, ctx): (u32, &crate::aio::Kioctx)| {
        let pages = 0..ctx.ring.pages();
        ContextView {
            slot,
            live: !SlotWord::from_word(memory.load(ctx.state())).is_free(),
            users: memory.load(ctx.users()),
            ring_pages: pages.clone().map(|i| RingPage::of(memory.load(ctx.ring_page(i)))).collect(),
            file_pages: pages.map(|i| RingPage::of(memory.load(ctx.file.page(i)))).collect(),
            tail: memory.load(ctx.tail()),
            reqs_available: memory.load(ctx.reqs_available()),
            connected: !ContextRef::from_word(memory.load(ctx.file.private_data())).is_null(),
        }
    };
    (0..).zip(&world.contexts).map(view).collect()
}

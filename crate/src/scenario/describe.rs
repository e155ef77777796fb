//! A step in the protocol's words: addresses become `ring_pages[0]`, `ring->head`, `ring_lock`.

use super::world::World;
use crate::aio::{ContextRef, Kioctx};
use crate::machine::{Op, Step, ThreadId};
use crate::ring::Addr;
use crate::ring::frames::Page;
use crate::ring::header::Field;
use crate::trace::TraceStep;

impl World {
    /// The step as data for a trace. `thread` is its lane there.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn describe(&self, step: &Step, lane: usize) -> TraceStep {
        let (label, reads, writes) = self.words_of(step);
        TraceStep {
            thread: lane,
            role: self.roles[step.thread.index() as usize].name().to_owned(),
            label,
            source: step.source(),
            reads,
            writes,
            note: None,
            lost: false,
        }
    }

    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn words_of(&self, step: &Step) -> (String, Option<String>, Option<String>) {
        let name = self.name(step.at);
        let value = self.value(step.at, step.value);
        let frame = self.frames.locate(step.at).map_or(0, |(frame, _)| frame);
        let table = self.frames.locate_entry(step.at).map_or(0, |(frame, _)| frame);
        let refs = |value: u32| Some(format!("{value} reference(s)"));
        match step.op {
            Op::Load => (format!("load {name}"), Some(value), None),
            Op::Store => (format!("store {name}"), None, Some(value)),
            Op::Add => (format!("add to {name}"), None, Some(value)),
            Op::Exchanged => (format!("exchange {name}"), None, Some(value)),
            Op::NotExchanged => (format!("exchange {name}: changed meanwhile"), Some(value), None),
            Op::CopyPage => {
                (format!("copy frame {frame} to frame {}", Page::from_word(step.value).frame()), None, None)
            }
            Op::CopiedHead => ("copied head".to_owned(), Some(value.clone()), Some(value)),
            Op::ClearPage => (format!("zero frame {frame}"), None, None),
            Op::ReadEvents => (format!("copy {} event(s) of frame {frame} to the user", step.value), None, None),
            Op::WriteEvent => (format!("write an event to frame {frame}"), None, Some(format!("#{}", step.value))),
            Op::Alloc => match Page::from_word(step.value) {
                page if page.is_null() => ("allocate a page: none is free".to_owned(), None, None),
                page => (format!("allocate frame {}", page.frame()), None, None),
            },
            Op::Get => (format!("get_page(frame {table})"), None, refs(step.value)),
            Op::Put => (format!("put_page(frame {table})"), None, refs(step.value)),
            Op::Freeze => (format!("freeze frame {table}"), refs(step.value), None),
            Op::NotFrozen => (format!("freeze frame {table}: in use"), refs(step.value), None),
            Op::Unfreeze => (format!("unfreeze frame {table}"), None, refs(step.value)),
            Op::Lock => (format!("lock({name})"), None, None),
            Op::TryLock => (format!("trylock({name}): taken"), None, None),
            Op::Refused => (format!("trylock({name}): refused"), Some(self.owner(step.value)), None),
            Op::Unlock => (format!("unlock({name})"), None, None),
            Op::DownRead => (format!("down_read({name})"), None, None),
            Op::UpRead => (format!("up_read({name})"), None, None),
            Op::PrepareToWait => (format!("prepare to wait for {name}"), None, None),
            Op::Wait => (format!("wait for {name}"), None, None),
            Op::FinishWait => (format!("finish waiting for {name}"), None, None),
            Op::WakeUp => match step.value {
                0 => (format!("nobody waits for {name}"), None, None),
                waiters => (format!("wake {waiters} that wait for {name}"), None, None),
            },
            Op::Choose => (format!("choose way {}", step.value), None, None),
        }
    }

    /// What a thread that is about to take the step intends, whatever will come of it.
    #[must_use]
    pub fn intention(&self, step: &Step) -> String {
        let name = self.name(step.at);
        match step.op {
            Op::Exchanged | Op::NotExchanged => format!("exchange {name}"),
            Op::Alloc => "allocate a page".to_owned(),
            Op::NotFrozen => self.words_of(&Step { op: Op::Freeze, ..*step }).0,
            Op::TryLock | Op::Refused => format!("trylock({name})"),
            // A writer's first step: it queues for the semaphore where it cannot have it.
            Op::PrepareToWait if self.locks().iter().any(|(_, lock)| lock.at == step.at) => format!("lock({name})"),
            Op::WakeUp => format!("wake who waits for {name}"),
            Op::Choose => "choose a way".to_owned(),
            _ => self.words_of(step).0,
        }
    }

    fn owner(&self, word: u32) -> String {
        match word.checked_sub(1) {
            Some(thread) if thread < self.control.threads() => {
                format!("{} holds it", self.thread_name(ThreadId::new(thread)))
            }
            None => "it is promised to a thread that has waited long".to_owned(),
            Some(_) => "it is held".to_owned(),
        }
    }

    /// The word at `at`, as the kernel would call it; words of contexts other than the first say whose they are.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn name(&self, at: Addr) -> String {
        if let Some((frame, word)) = self.frames.locate(at) {
            return match Field::ALL.get(word as usize) {
                Some(field) => format!("ring->{} in frame {frame}", field.name()),
                None => format!("word {word} of frame {frame}"),
            };
        }
        if let Some((frame, word)) = self.frames.locate_entry(at) {
            return if word == 1 { format!("page lock of frame {frame}") } else { format!("frame {frame}") };
        }
        if let Some((name, _)) = self.locks().into_iter().find(|(_, lock)| lock.at == at) {
            return name;
        }
        if let Some((name, _)) = self.queues().into_iter().find(|(_, queue)| queue.at == at) {
            return name.to_owned();
        }
        if let Some(id) = (0..self.mm.nr()).find(|&id| self.mm.ioctx(id) == at) {
            return format!("ioctx_table[{id}]");
        }
        (0..)
            .zip(&self.contexts)
            .find_map(|(slot, ctx)| {
                let name = word_of(ctx, at)?;
                Some(if slot == 0 { name } else { format!("{name} of context {slot}") })
            })
            .unwrap_or_else(|| format!("word {}", at.to_word()))
    }

    /// The value of the word at `at`, as a reader of the trace wants it.
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn value(&self, at: Addr, value: u32) -> String {
        let pages = 0..self.ctx.ring.pages();
        let holds_page = |ctx: &Kioctx| pages.clone().any(|i| ctx.ring_page(i) == at || ctx.file.page(i) == at);
        if self.contexts.iter().any(holds_page) {
            let page = Page::from_word(value);
            return if page.is_null() { "NULL".to_owned() } else { format!("frame {}", page.frame()) };
        }
        let mut pointers = self.contexts.iter().map(|ctx| ctx.file.private_data());
        if pointers.any(|pointer| pointer == at) || (0..self.mm.nr()).any(|id| self.mm.ioctx(id) == at) {
            return if ContextRef::from_word(value).is_null() { "NULL".to_owned() } else { "ctx".to_owned() };
        }
        if self.contexts.iter().any(|ctx| ctx.state() == at) {
            return if ContextRef::from_word(value).is_null() { "free".to_owned() } else { "live".to_owned() };
        }
        value.to_string()
    }
}

/// A word of a context, if `at` is one.
fn word_of(ctx: &Kioctx, at: Addr) -> Option<String> {
    if let Some(i) = (0..ctx.ring.pages()).find(|&i| ctx.ring_page(i) == at) {
        return Some(format!("ring_pages[{i}]"));
    }
    if let Some(i) = (0..ctx.ring.pages()).find(|&i| ctx.file.page(i) == at) {
        return Some(format!("mapping page {i}"));
    }
    let known = [
        (ctx.tail(), "ctx->tail"),
        (ctx.reqs_available(), "ctx->reqs_available"),
        (ctx.users(), "ctx->users"),
        (ctx.released(), "ctx->users: times put to 0"),
        (ctx.state(), "the context's memory"),
        (ctx.file.private_data(), "mapping->private_data"),
    ];
    known.iter().find(|(known, _)| *known == at).map(|(_, name)| (*name).to_owned())
}

//! What did the damage: the step that a corruption goes back to, found in recorded steps.

use core::iter::successors;

use super::detect::Seen;
use super::{Kind, World};
use crate::aio::Kioctx;
use crate::machine::{Op, Step};
use crate::ring::Page;
use crate::ring::event::EVENT_WORDS;
use crate::ring::header::Field;

/// The head that a page copy carried along, if it was page 0's.
pub(crate) fn copied_head(rest: &[Step], copy: &Step) -> Option<u32> {
    let copied = rest.iter().find(|step| step.thread == copy.thread)?;
    (copy.op == Op::CopyPage && copied.op == Op::CopiedHead).then_some(copied.value)
}

/// For each step the operation that it belongs to: from its thread's first lock until it holds none any more, with the
/// references and wake-ups that follow. Numbers below the number of threads are operations that were going on when the
/// records begin.
pub(crate) fn operations(steps: &[Step], threads: usize) -> Vec<usize> {
    let mut current: Vec<usize> = (0..threads).collect();
    let mut held = vec![0_u32; threads];
    let mut over = vec![false; threads];
    let mut next = threads;
    steps
        .iter()
        .map(|step| {
            let thread = step.thread.index() as usize;
            if over[thread] && !matches!(step.op, Op::Put | Op::Add | Op::WakeUp | Op::CopiedHead) {
                current[thread] = next;
                next += 1;
                over[thread] = false;
            }
            match step.op {
                Op::Lock | Op::TryLock => held[thread] += 1,
                Op::Unlock => {
                    held[thread] = held[thread].saturating_sub(1);
                    over[thread] = held[thread] == 0;
                }
                _ => {}
            }
            current[thread]
        })
        .collect()
}

/// What did the damage.
pub(crate) struct Cause {
    /// Index of the step that did it.
    pub(crate) damage: usize,
    /// Index of a step of the operation that made it damage.
    pub(crate) before: usize,
    /// What is to be said of the damaging step.
    pub(crate) note: &'static str,
    /// Whether what that step wrote was lost.
    pub(crate) lost: bool,
}

/// When a page was copied that somebody wrote to.
#[derive(Clone, Copy, PartialEq)]
enum Copied {
    /// Before the write.
    Before,
    /// During it: copying takes a while, and is recorded when it is over.
    Meanwhile,
}

/// What there is to find a cause in.
pub(crate) struct Evidence<'a> {
    pub(crate) world: &'a World,
    pub(crate) steps: &'a [Step],
    pub(crate) operations: &'a [usize],
    /// Index of the step in which the corruption was noticed.
    pub(crate) noticed: usize,
}

impl Evidence<'_> {
    /// What led to the corruption, if it is recognised.
    pub(crate) fn cause(&self, seen: Seen) -> Option<Cause> {
        match seen.kind {
            Kind::StaleHead => self.lost_head(Some(seen.numbers)),
            Kind::Slots => self.lost_head(None),
            Kind::Duplicate | Kind::Lost | Kind::Reordered | Kind::Foreign => self
                .lost_event(Copied::Before)
                .or_else(|| self.lost_head(None))
                .or_else(|| self.lost_event(Copied::Meanwhile)),
            Kind::LostHeader => self.lost_store(seen.numbers[0], |_, _| true),
            Kind::ReadAfterFree | Kind::WriteAfterFree => {
                let [frame, word] = seen.numbers;
                let freed = self.freed(frame)?;
                Some(self.late_write(frame, word, freed.damage).unwrap_or(freed))
            }
            Kind::Reference => self.freed(seen.numbers[0]),
            Kind::UseAfterTeardown | Kind::ErrorAfterMove | Kind::LockLeaked => self.of_context(seen),
        }
    }

    /// Index of the first step of the operation that step `i` belongs to.
    pub(crate) fn begin_of(&self, i: usize) -> usize {
        self.operations.iter().position(|operation| *operation == self.operations[i]).unwrap_or(i)
    }

    /// The frame that step `i` copies from, if it copies a page.
    fn copied_from(&self, i: usize) -> Option<u32> {
        let step = &self.steps[i];
        let (frame, _) = self.world.frames.locate(step.at)?;
        (step.op == Op::CopyPage).then_some(frame)
    }

    /// Index of the step by which the thread of step `i` publishes the page that it copies there.
    fn published(&self, i: usize) -> Option<usize> {
        let slots = |ctx: &Kioctx, at| (0..ctx.ring.pages()).any(|k| ctx.ring_page(k) == at);
        let is_slot = |step: &Step| self.world.contexts.iter().any(|ctx| slots(ctx, step.at));
        let same = |step: &Step| step.thread == self.steps[i].thread && step.op == Op::Store && is_slot(step);
        self.steps[i..].iter().position(same).map(|after| i + after)
    }

    /// The last head that a reader stored to a page which had been copied before. `heads`: the head that was found
    /// instead, and the head that was stored, where they are known.
    fn lost_head(&self, heads: Option<[u32; 2]>) -> Option<Cause> {
        self.lost_store(Field::Head as u32, |damage, copy| {
            let stale = copied_head(&self.steps[copy + 1..], &self.steps[copy]);
            heads.is_none_or(|[found, stored]| self.steps[damage].value == stored && stale == Some(found))
        })
    }

    /// The last store to word `word` of a page which had been copied before: the store and the copy, if they fit.
    fn lost_store(&self, word: u32, fits: impl Fn(usize, usize) -> bool) -> Option<Cause> {
        let is_store = |step: &Step, at| step.op == Op::Store && at == word;
        self.lost_writes(&is_store, Copied::Before).find(|cause| fits(cause.damage, cause.before))
    }

    /// The last event that somebody wrote to a page which had been copied, or was being copied, in a slot that was read when the
    /// corruption was noticed.
    fn lost_event(&self, copied: Copied) -> Option<Cause> {
        let operation = self.operations[self.noticed];
        let is_read = |slot| {
            self.steps.iter().zip(self.operations).any(|(step, of)| {
                let first = self.world.frames.locate(step.at).map(|(_, word)| word);
                let slots = |first| first..first + step.value * EVENT_WORDS;
                *of == operation && step.op == Op::ReadEvents && first.is_some_and(|first| slots(first).contains(&slot))
            })
        };
        self.lost_write(self.steps.len(), &|step, at| step.op == Op::WriteEvent && is_read(at), copied)
    }

    /// Events, and tails of the ring, that somebody wrote to a page which had been copied before.
    pub(crate) fn lost_completions(&self) -> Vec<Cause> {
        let is_tail = |step: &Step, at| step.op == Op::Store && at == Field::Tail as u32;
        self.lost_writes(&|step, at| step.op == Op::WriteEvent || is_tail(step, at), Copied::Before).collect()
    }

    /// Writes to a page which another thread had copied, or was copying, with the copies; the last one first. `is_write` is told a
    /// step, and which word of a frame it is about.
    fn lost_writes(&self, is_write: &dyn Fn(&Step, u32) -> bool, copied: Copied) -> impl Iterator<Item = Cause> {
        let last_before = move |end| self.lost_write(end, is_write, copied);
        successors(last_before(self.steps.len()), move |later| last_before(later.damage))
    }

    /// The last of them before step `end`. A function of its own, or it would be code three times.
    #[inline(never)]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn lost_write(&self, end: usize, is_write: &dyn Fn(&Step, u32) -> bool, copied: Copied) -> Option<Cause> {
        (0..end).rev().find_map(|damage| {
            let step = &self.steps[damage];
            let (frame, _) = self.world.frames.locate(step.at).filter(|&(_, word)| is_write(step, word))?;
            let begin = self.begin_of(damage);
            // The frame was in the ring when the operation began, so it is the first migration from it that was published
            // since. (A later one would be of another page in the same frame.)
            let before = (0..self.steps.len()).find(|&copy| {
                self.copied_from(copy) == Some(frame)
                    && self.steps[copy].thread != step.thread
                    && self.copied(copy, damage) == Some(copied)
                    && self.published(copy).is_none_or(|published| published > begin)
            })?;
            let note = match copied {
                Copied::Before => "lost: this page has been copied already",
                Copied::Meanwhile => "lost: this page is being copied",
            };
            Some(Cause { damage, before, note, lost: true })
        })
    }

    /// When step `copy` copied the page that step `write` wrote to, if it was not later.
    fn copied(&self, copy: usize, write: usize) -> Option<Copied> {
        if copy < write {
            return Some(Copied::Before);
        }
        let goes_on = self.steps[write..copy].iter().all(|step| step.thread != self.steps[copy].thread);
        goes_on.then_some(Copied::Meanwhile)
    }

    /// What was done to the context that a corruption names, by the last step of the right kind before it was noticed.
    fn of_context(&self, seen: Seen) -> Option<Cause> {
        let [slot, number] = seen.numbers;
        let ctx = self.world.contexts.get(slot as usize)?;
        let before = &self.steps[..=self.noticed];
        let last = |is: &dyn Fn(&Step) -> bool| before.iter().rposition(is);
        let is_null = |step: &Step| step.op == Op::Store && step.value == Page::NULL.to_word();
        let (damage, note) = match seen.kind {
            Kind::UseAfterTeardown if number > 1 => {
                let first = last(&|step| step.op == Op::Add && step.at == ctx.released() && step.value == 1)?;
                (first, "the last reference is put here, and teardown goes on")
            }
            Kind::UseAfterTeardown => {
                let freed = last(&|step| step.op == Op::Store && step.at == ctx.state())?;
                (freed, "freed here, while it was still in use")
            }
            Kind::ErrorAfterMove => {
                let emptied = last(&|step| is_null(step) && step.at == ctx.ring_page(number));
                let disconnected = || last(&|step| step.op == Op::Store && step.at == ctx.file.private_data());
                (emptied.or_else(disconnected)?, "between the checks and the swap")
            }
            _ => {
                let locked = last(&|step| step.op == Op::Lock && step.at == ctx.ring_lock.at)?;
                (locked, "taken here, and never released")
            }
        };
        Some(Cause { damage, before: damage, note, lost: false })
    }

    /// The write that broke a free frame's poison, which somebody else than the writer noticed: another thread's last
    /// store to that word. It may have been recorded only after that.
    fn late_write(&self, frame: u32, word: u32, freed: usize) -> Option<Cause> {
        let noticed_by = self.steps[self.noticed].thread;
        let damage = self.steps.iter().rposition(|step| {
            let wrote = matches!(step.op, Op::Store | Op::WriteEvent);
            wrote && step.thread != noticed_by && self.world.frames.locate(step.at) == Some((frame, word))
        })?;
        (damage > freed).then_some(Cause { damage, before: freed, note: "lost: this page has been freed", lost: true })
    }

    /// Where the frame lost its last reference: the first time since the operation began in which that was noticed.
    fn freed(&self, frame: u32) -> Option<Cause> {
        let word = self.world.frames.word(frame);
        let frees = |i: &usize| {
            let step = &self.steps[*i];
            step.op == Op::Put && step.at == word && step.value == 0
        };
        let begin = self.begin_of(self.noticed);
        let damage = (begin..self.steps.len()).find(frees).or_else(|| (0..begin).rev().find(frees))?;
        // The migration that took it out of the ring.
        let before = (0..damage).rev().find(|&copy| self.copied_from(copy) == Some(frame));
        Some(Cause {
            damage,
            before: before.unwrap_or(damage),
            note: "freed here, while it was still in use",
            lost: false,
        })
    }
}

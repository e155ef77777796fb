//! What did the damage: the step that a corruption goes back to, found in recorded steps.

use core::iter::successors;

use super::detect::Seen;
use super::{Kind, World};
use crate::aio::Kioctx;
use crate::machine::{Op, Step};
use crate::ring::event::EVENT_WORDS;
use crate::ring::header::Field;
use crate::ring::{Addr, Page};

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
    /// Index of the copy of the page, in the migration that made it damage; as `damage` where there is none.
    pub(crate) copy: usize,
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
    /// As far as the records tell, during it: copying takes a while, and is recorded when it is over.
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
            Kind::Reordered | Kind::Foreign => self.lost_event(),
            Kind::Duplicate | Kind::Lost => self.lost_event().or_else(|| self.lost_head(None)),
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
    #[inline(never)]
    pub(crate) fn begin_of(&self, i: usize) -> usize {
        self.operations.iter().position(|operation| *operation == self.operations[i]).unwrap_or(i)
    }

    /// The frame that step `i` copies from, if it copies a page.
    fn copied_from(&self, i: usize) -> Option<u32> {
        let step = &self.steps[i];
        if step.op != Op::CopyPage {
            return None;
        }
        self.world.frames.locate(step.at).map(|(frame, _)| frame)
    }

    /// Index of the step by which the thread of step `i` publishes the page that it copies there.
    fn published(&self, i: usize) -> Option<usize> {
        let same =
            |step: &Step| step.thread == self.steps[i].thread && step.op == Op::Store && self.is_ring_page(step.at);
        self.steps[i..].iter().position(same).map(|after| i + after)
    }

    /// Whether a word is one of a context's `ring_pages[]`.
    fn is_ring_page(&self, at: Addr) -> bool {
        let is_of = |ctx: &Kioctx| (0..ctx.ring.pages()).any(|k| ctx.ring_page(k) == at);
        self.world.contexts.iter().any(is_of)
    }

    /// The word of `ring_pages[]` by which the thread of step `i` has come to the page that it works on there.
    fn came_by(&self, i: usize) -> Option<Addr> {
        let thread = self.steps[i].thread;
        let is_it = |step: &&Step| step.thread == thread && step.op == Op::Load && self.is_ring_page(step.at);
        self.steps[..i].iter().rev().find(is_it).map(|step| step.at)
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
        let is_store = |step: usize, at| self.steps[step].op == Op::Store && at == word;
        self.lost_writes(&is_store).find(|cause| fits(cause.damage, cause.copy))
    }

    /// The last event that somebody wrote to a page which had been copied, or else was being copied, in a slot that was read when the
    /// corruption was noticed. (Of what a reader notices at rest the read is not recorded. The last operation that it did record read
    /// what it should, so nothing is found.)
    fn lost_event(&self) -> Option<Cause> {
        let reads = |&read: &usize| {
            self.steps[read].op == Op::ReadEvents && self.operations[read] == self.operations[self.noticed]
        };
        let first = self.begin_of(self.noticed);
        let is_read = |write: usize, at: u32| {
            let has = |read: usize| {
                let place = self.world.frames.locate(self.steps[read].at);
                place.is_some_and(|(_, word)| at.wrapping_sub(word) < self.steps[read].value * EVENT_WORDS)
                    && self.came_by(read) == self.came_by(write)
            };
            self.steps[write].op == Op::WriteEvent && (first..=self.noticed).filter(reads).any(has)
        };
        let last = |copied| self.last_lost_write(self.noticed, &is_read, copied);
        last(Copied::Before).or_else(|| last(Copied::Meanwhile))
    }

    /// Events, and tails of the ring, that somebody wrote to a page which had been copied before.
    pub(crate) fn lost_completions(&self) -> Vec<Cause> {
        let is_completion = |step: usize, at| match self.steps[step].op {
            Op::WriteEvent => true,
            Op::Store => at == Field::Tail as u32,
            _ => false,
        };
        self.lost_writes(&is_completion).collect()
    }

    /// Writes to a page which another thread had copied before, the last one first. `is_write` is told a step, and which word of a
    /// frame it is about.
    fn lost_writes(&self, is_write: &dyn Fn(usize, u32) -> bool) -> impl Iterator<Item = Cause> {
        let last_before = move |end| self.last_lost_write(end, is_write, Copied::Before);
        successors(last_before(self.steps.len()), move |later| last_before(later.damage))
    }

    /// The last of them, or of those to a page that was being copied, before step `end`. Not inlined: its callers would be three
    /// copies, half a kilobyte of the lab's wasm.
    #[inline(never)]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    fn last_lost_write(&self, end: usize, is_write: &dyn Fn(usize, u32) -> bool, copied: Copied) -> Option<Cause> {
        (0..end).rev().find_map(|damage| {
            let (frame, _) =
                self.world.frames.locate(self.steps[damage].at).filter(|place| is_write(damage, place.1))?;
            let begin = self.begin_of(damage);
            // The frame was in the ring when the operation began, so it is the first migration from it that was published
            // since. (A later one would be of another page in the same frame.)
            let copy = (0..self.steps.len()).find(|&copy| {
                self.copied_from(copy) == Some(frame)
                    && self.copied(copy, damage) == Some(copied)
                    && self.published(copy).is_none_or(|published| published > begin)
            })?;
            let note = match copied {
                Copied::Before => "lost: this page has been copied already",
                Copied::Meanwhile => "lost: this page is being copied",
            };
            Some(Cause { damage, copy, note, lost: true })
        })
    }

    /// When another thread copied the page in step `copy` that was written to in step `write`, if it was not later.
    fn copied(&self, copy: usize, write: usize) -> Option<Copied> {
        let is_copying = |step: &Step| step.thread == self.steps[copy].thread;
        if is_copying(&self.steps[write]) {
            None
        } else if copy < write {
            Some(Copied::Before)
        } else {
            let began_later = self.steps[write..copy].iter().any(is_copying);
            (!began_later).then_some(Copied::Meanwhile)
        }
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
        Some(Cause { damage, copy: damage, note, lost: false })
    }

    /// The write that broke a free frame's poison, which somebody else than the writer noticed: another thread's last
    /// store to that word. It may have been recorded only after that.
    fn late_write(&self, frame: u32, word: u32, freed: usize) -> Option<Cause> {
        let noticed_by = self.steps[self.noticed].thread;
        let damage = self.steps.iter().rposition(|step| {
            let wrote = matches!(step.op, Op::Store | Op::WriteEvent);
            wrote && step.thread != noticed_by && self.world.frames.locate(step.at) == Some((frame, word))
        })?;
        (damage > freed).then_some(Cause { damage, copy: freed, note: "lost: this page has been freed", lost: true })
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
        let copy = (0..damage).rev().find(|&copy| self.copied_from(copy) == Some(frame));
        Some(Cause { damage, copy: copy.unwrap_or(damage), note: "freed here, while it was still in use", lost: false })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use core::panic::Location;

    use super::*;
    use crate::machine::ThreadId;
    use crate::ring::{Geometry, IoEvent};
    use crate::scenario::role::{Core, PageChoice};
    use crate::scenario::{Role, WorldConfig};

    const MIGRATOR: Role = Role::Migrator { core: Core::MovePages, page: PageChoice::RoundRobin, pace: 0, widen: 0 };

    /// What threads 0 (reads), 1 (completes) and 2 (migrates) do to a ring of two pages.
    #[derive(Clone, Copy, Debug)]
    enum Do {
        /// Completes into a slot of the ring's page, which is in the frame.
        Complete { page: u32, frame: u32, slot: u32 },
        /// Begins to migrate.
        Begin,
        /// Copies the frame.
        Copy { frame: u32 },
        /// Publishes the copy as this page of the ring.
        Publish { page: u32 },
        /// Reads two slots.
        Read { page: u32, frame: u32, slot: u32 },
        /// Reads no slot, and stores the head to the frame.
        StoreHead { frame: u32 },
    }
    use Do::*;

    /// The cause of what the reader noticed in its last operation, as what it did: a number of `done` for the damage and for the
    /// copy; and the note.
    fn cause(kind: Kind, done: &[Do]) -> Option<(usize, usize, &'static str)> {
        let world = World::new(WorldConfig {
            roles: vec![Role::Reader { batch: 2, inline: false, faults: false }, Role::Completer, MIGRATOR],
            ring: Geometry::of_pages(2, 4096),
            seed: 1,
            spare_frames: 4,
            recorded: true,
        });
        let (ctx, frames) = (world.ctx, world.frames);
        let data = |frame| frames.data(Page::new(frame, 0));
        let mut steps: Vec<(usize, Step)> = Vec::new();
        for (i, &what) in done.iter().enumerate() {
            let mut step = |thread, op, at, value| {
                steps.push((i, Step { thread: ThreadId::new(thread), op, at, value, place: Location::caller() }));
            };
            match what {
                Complete { page, frame, slot } => {
                    step(1, Op::Lock, ctx.completion_lock.at, 0);
                    step(1, Op::Load, ctx.ring_page(page), 0);
                    step(1, Op::WriteEvent, IoEvent::at(data(frame), slot), 0);
                    step(1, Op::Unlock, ctx.completion_lock.at, 0);
                }
                Begin => step(2, Op::Lock, ctx.file.private_lock.at, 0),
                Copy { frame } => step(2, Op::CopyPage, data(frame), 0),
                Publish { page } => step(2, Op::Store, ctx.ring_page(page), 0),
                Read { page, frame, slot } => {
                    step(0, Op::Lock, ctx.ring_lock.at, 0);
                    step(0, Op::Load, ctx.ring_page(page), 0);
                    step(0, Op::ReadEvents, IoEvent::at(data(frame), slot), 2);
                    step(0, Op::Unlock, ctx.ring_lock.at, 0);
                }
                StoreHead { frame } => {
                    step(0, Op::Lock, ctx.ring_lock.at, 0);
                    step(0, Op::Store, Field::Head.at(data(frame)), 0);
                    step(0, Op::Unlock, ctx.ring_lock.at, 0);
                }
            }
        }
        let (of, steps): (Vec<usize>, Vec<Step>) = steps.into_iter().unzip();
        let thread = ThreadId::new(0);
        let noticed = steps.iter().rposition(|step| step.thread == thread).expect("somebody reads");
        let operations = operations(&steps, world.roles.len());
        let evidence = Evidence { world: &world, steps: &steps, operations: &operations, noticed };
        let found = evidence.cause(Seen { kind, thread, numbers: [0, 0] })?;
        assert!(found.lost);
        Some((of[found.damage], of[found.copy], found.note))
    }

    const COPIED: &str = "lost: this page has been copied already";
    const COPYING: &str = "lost: this page is being copied";
    /// A slot of page 0 when it is in frame 0; page 1 is in frame 1.
    const WRITE: Do = Complete { page: 0, frame: 0, slot: 5 };
    const READ: Do = Read { page: 0, frame: 3, slot: 4 };
    const COPY: Do = Copy { frame: 0 };
    const PUBLISH: Do = Publish { page: 0 };

    #[test]
    fn an_event_is_lost_that_is_written_to_a_page_after_its_copy_or_meanwhile() {
        for kind in [Kind::Duplicate, Kind::Lost, Kind::Reordered, Kind::Foreign] {
            assert_eq!(cause(kind, &[Begin, COPY, WRITE, PUBLISH, READ]), Some((2, 1, COPIED)), "{kind:?}");
            assert_eq!(cause(kind, &[Begin, WRITE, COPY, PUBLISH, READ]), Some((1, 2, COPYING)), "{kind:?}");
        }
        assert_eq!(cause(Kind::Foreign, &[WRITE, Begin, COPY, PUBLISH, READ]), None, "before the migration began");
        assert_eq!(cause(Kind::Foreign, &[Begin, COPY, PUBLISH, WRITE, READ]), None, "its page was not in the ring");
    }

    #[test]
    fn an_event_is_not_lost_unless_it_should_have_been_read() {
        let elsewhere = [
            Complete { page: 0, frame: 0, slot: 3 },
            Complete { page: 0, frame: 0, slot: 6 },
            Complete { page: 0, frame: 1, slot: 5 },
            Complete { page: 1, frame: 0, slot: 5 },
        ];
        for write in elsewhere {
            assert_eq!(cause(Kind::Foreign, &[Begin, COPY, write, PUBLISH, READ]), None, "{write:?}");
        }
        assert_eq!(cause(Kind::Foreign, &[Begin, COPY, READ, WRITE, PUBLISH]), None, "later");
        assert_eq!(cause(Kind::Foreign, &[Begin, COPY, WRITE, READ, PUBLISH, READ]), Some((2, 1, COPIED)));
        let twice = [Begin, COPY, WRITE, WRITE, PUBLISH, READ];
        assert_eq!(cause(Kind::Foreign, &twice), Some((3, 1, COPIED)), "the last one is what should have been there");
    }

    #[test]
    fn a_lost_head_has_events_delivered_twice_but_makes_none_up() {
        let lost = [Begin, COPY, StoreHead { frame: 0 }, PUBLISH, READ];
        assert_eq!(cause(Kind::Duplicate, &lost), Some((2, 1, COPIED)));
        assert_eq!(cause(Kind::Foreign, &lost), None);
    }
}

//! Executions for real: what a walker learns from them, and what it hears from others that have made them.

use std::collections::BTreeSet;

use super::digest::{Effect, digest};
use super::lesson::{Lesson, Seat};
use super::save::{HALVES, whole};
use super::table::Outcome;
use super::walker::Walker;
use crate::machine::ThreadId;
use crate::machine::model::{Move, Run};

/// Steps that are learned from one execution at the most.
///
/// The way to a state is long, and one step further is not. Where a thread does something new, so it will in the states
/// that follow.
const AHEAD: usize = 16;

impl Walker<'_> {
    /// Takes a place among walkers of the same program.
    pub fn sit(&mut self, seat: Seat) {
        self.seat = Some(seat);
    }

    /// What comes of `next`, of which this walker does not know it; `tell_origin` is called if what led here must be
    /// executed, and the walker may not know that.
    #[cold]
    #[inline(never)]
    pub fn find_out(&mut self, next: Move, tell_origin: impl FnOnce(&mut Self)) -> Outcome {
        if self.hear()
            && let Some(outcome) = self.find(next)
        {
            return outcome;
        }
        tell_origin(self);
        self.learn(next)
    }

    /// Executes the schedule so far and `next` for real, to learn what comes of it, and of what its thread does then.
    fn learn(&mut self, next: Move) -> Outcome {
        let mut learned = None;
        self.execute(&mut |walker, run| {
            walker.moves_so_far().for_each(|so_far| run.step(so_far));
            walker.compare(run);
            run.model().set_tracing(true);
            let (depth, mut next) = (walker.depth(), next);
            for _ in 0..AHEAD {
                let outcome = walker.watch(run, next);
                learned.get_or_insert(outcome);
                walker.take(next, outcome);
                let mut ways = (0..walker.ways(next.thread)).map(|way| Move { way, ..next });
                match ways.find(|&way| walker.find(way).is_none()) {
                    Some(unknown) if !walker.is_at_an_end() => next = unknown,
                    _ => break,
                }
            }
            walker.back_to(depth);
        });
        learned.expect("a program executes what it is asked to")
    }

    /// Whether nobody asks what follows.
    fn is_at_an_end(&self) -> bool {
        self.program().is_broken(self.memory()) || self.program().is_beside_the_point(self.memory())
    }

    /// Watches `next` happen, for real, in the state that the walker is at.
    fn watch(&mut self, run: &mut Run<'_>, next: Move) -> Outcome {
        let model = run.model();
        let thread = next.thread;
        let stand = |thread| (model.past(thread), model.intent(thread));
        let (from, before) = (stand(thread), model.traced());
        model.memory().start_log();
        run.step(next);
        let lesson = Lesson {
            thread,
            from,
            way: next.way,
            step: digest(&model.memory().take_log()),
            to: stand(thread),
            op: model.trace().get(before).map(|step| (step.op, step.at)),
        };
        let outcome = self.remember(&lesson);
        if let Some(seat) = &self.seat {
            seat.tell(lesson);
        }
        outcome
    }

    /// Takes a lesson into the table.
    fn remember(&mut self, lesson: &Lesson) -> Outcome {
        let Lesson { thread, from, way, step, to, op } = lesson;
        for at in step.effects.iter().flat_map(Effect::changes).collect::<BTreeSet<_>>() {
            if !self.live.contains(&at) {
                self.live.push(at);
            }
        }
        let from = self.table.place(*thread, from.0, from.1);
        let to = self.table.place(*thread, to.0, to.1);
        self.table.learn(from, *way, step, to, *op)
    }

    /// Takes in what other walkers have learned; whether there was anything.
    fn hear(&mut self) -> bool {
        let lessons = self.seat.as_ref().map_or_else(Vec::new, Seat::hear);
        for lesson in &lessons {
            let Lesson { thread, from, way, step, .. } = &**lesson;
            let from = self.table.place(*thread, from.0, from.1);
            // Two may have found it out at the same time.
            if self.table.find(from, *way, |at| step.decided_by(at)).is_none() {
                self.remember(lesson);
            }
        }
        !lessons.is_empty()
    }

    /// Finds the places of the threads that have these `pasts`, in a state that was loaded; `origin` says what led there.
    #[cold]
    #[inline(never)]
    pub(super) fn find_places(&mut self, pasts: &[u32], origin: impl FnOnce() -> Vec<Move>) {
        self.hear();
        let all: Option<Vec<_>> = (0..)
            .zip(pasts.chunks_exact(HALVES))
            .map(|(i, past)| self.table.find_place(ThreadId::new(i), whole(past)))
            .collect();
        match all {
            Some(places) => self.places = places,
            None => self.learn_places(origin()),
        }
    }

    /// Executes what led here for real, to learn where the threads stand.
    fn learn_places(&mut self, origin: Vec<Move>) {
        self.tell_origin(origin);
        self.execute(&mut |walker, run| {
            walker.moves_so_far().for_each(|so_far| run.step(so_far));
            let model = run.model();
            for thread in model.control().all() {
                let place = walker.table.place(thread, model.past(thread), model.intent(thread));
                walker.places[thread.index() as usize] = place;
            }
            walker.compare(run);
        });
    }

    /// Compares this state with the one that the same schedule has led to for real.
    pub(super) fn compare(&self, run: &Run<'_>) {
        let model = run.model();
        for thread in model.control().all() {
            let info = self.table.place_info(self.place(thread));
            let real = (model.past(thread), model.intent(thread));
            let name = self.program().thread_name(thread);
            assert_eq!(real, (info.past, info.intent), "{name} depends on something outside shared memory");
        }
        let differing = self.memory.words().iter().zip(model.memory().words()).position(|(here, real)| here != real);
        assert_eq!(differing, None, "a word depends on something outside shared memory");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use core::sync::atomic::{AtomicUsize, Ordering};
    use std::collections::HashSet;

    use super::*;
    use crate::explore::miniature::{Miniature, MiniatureProtocol};
    use crate::explore::{Finding, Moment, Pasts, Program};
    use crate::machine::model::{Body, Cells, Model};

    /// Counts how often it is executed.
    struct Counted(Miniature, AtomicUsize);

    impl Counted {
        fn new() -> Self {
            Self(Miniature::new(MiniatureProtocol::Trylock, 3, 3), AtomicUsize::new(0))
        }

        fn executions(&self) -> usize {
            self.1.swap(0, Ordering::Relaxed)
        }
    }

    impl Program for Counted {
        fn threads(&self) -> u32 {
            self.0.threads()
        }

        fn thread_name(&self, thread: ThreadId) -> String {
            self.0.thread_name(thread)
        }

        fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
            self.1.fetch_add(1, Ordering::Relaxed);
            self.0.execute(visit);
        }

        fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
            self.0.judge(memory, moment)
        }
    }

    /// Goes everywhere; the fingerprints.
    fn everywhere(walker: &mut Walker<'_>, seen: &mut HashSet<u64>) {
        if seen.insert(walker.fingerprint()) {
            for next in walker.moves().collect::<Vec<_>>() {
                walker.step(next);
                everywhere(walker, seen);
                walker.back();
            }
        }
    }

    #[test]
    fn one_execution_teaches_what_the_thread_does_then() {
        let program = Counted::new();
        let mut walker = Walker::new(&program, Pasts::Forgotten);
        program.executions();
        loop {
            let next = walker.moves().next();
            let Some(next) = next else { break };
            walker.step(next);
        }
        // What repeats itself is known, and so each execution ends early here.
        let (executions, learned) = (program.executions(), walker.table().outcomes());
        assert!(executions * 2 <= learned, "{executions} executions for {learned} steps");
        walker.audit();
    }

    #[test]
    fn who_has_heard_of_it_executes_nothing_and_sees_the_same() {
        let program = Counted::new();
        let mut walkers = Seat::among(2).into_iter().map(|seat| {
            let mut walker = Walker::new(&program, Pasts::Forgotten);
            walker.sit(seat);
            walker
        });
        let [mut first, mut second] = [walkers.next().unwrap(), walkers.next().unwrap()];
        program.executions();
        let mut seen = [HashSet::new(), HashSet::new()];
        everywhere(&mut first, &mut seen[0]);
        assert!(program.executions() > 0);
        everywhere(&mut second, &mut seen[1]);
        assert_eq!((program.executions(), &seen[0]), (0, &seen[1]));
        assert_eq!(first.table().outcomes(), second.table().outcomes());
    }
}

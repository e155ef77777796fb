//! A reader on threads that is watched: its steps are recorded and the detectors look at what it does, all of them while somebody
//! changes pages and a while after, few while pages are [`AtRest`](super::AtRest).
//!
//! Both ways are the same rounds, each compiled as a function of its own: in one function the way that is taken nearly always would
//! be slower by a twentieth, for the variables of the other.

use core::cell::Cell;

use super::ledger::Counter;
use super::roles::{Actor, Reading, Work};
use super::world::World;
use crate::aio::kioctx::{head_of, tail_of};
use crate::aio::{Aio, Rules, Tracepoints};
use crate::machine::threads::{NoRecord, Record, Threads, Watch, Words, run};
use crate::machine::{Aborted, ThreadId};
use crate::ring::{Memory, Page};

/// Where a thread works.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// The run's memory.
    pub memory: Words<'a>,
    /// What lies where.
    pub world: &'a World,
    /// Which thread it is.
    pub me: ThreadId,
    /// For how long it works.
    pub work: Work,
}

impl Post<'_> {
    /// Reads; `watch` records, and says when pages are at rest. What happens meanwhile is told to `trace`, or to `at_rest`.
    ///
    /// # Errors
    /// When the run was aborted while the thread waited.
    pub fn read<P: Rules>(
        self,
        rules: P,
        mut watch: Watch,
        trace: impl Tracepoints + Copy,
        at_rest: impl Tracepoints + Copy,
        mut reading: Reading,
    ) -> Result<(), Aborted> {
        let mut goes_on = Ok(self.actor(&self.machine(&watch), rules, &trace).next_round());
        while goes_on == Ok(true) {
            if watch.is_at_rest() {
                let stays_at_rest = || watch.stays_at_rest(self.memory, &self.world.control, self.me);
                goes_on = self.read_while(rules, at_rest, &mut reading, stays_at_rest);
            } else {
                (goes_on, watch) = self.read_until_rest(rules, watch, trace, &mut reading);
            }
        }
        if goes_on.is_ok() {
            run(self.actor(&self.machine(&watch), rules, &trace).leave_reading(reading));
        }
        self.machine(&watch).publish_record();
        goes_on.map(|_| ())
    }

    /// [`Actor::read_while`], with nothing recorded and `trace` in all rounds.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    #[inline(never)]
    pub fn read_while(
        self,
        rules: impl Rules,
        trace: impl Tracepoints,
        reading: &mut Reading,
        goes_on: impl Fn() -> bool,
    ) -> Result<bool, Aborted> {
        let machine = self.machine(NoRecord);
        run(self.actor(&machine, rules, &trace).read_while(reading, goes_on))
    }

    /// The same, recorded, while pages are not at rest. The watch comes by value and goes back: by reference, what it counts would
    /// live in memory, and each step would wait for the store of the one before.
    #[inline(never)]
    fn read_until_rest(
        self,
        rules: impl Rules,
        watch: Watch,
        trace: impl Tracepoints,
        reading: &mut Reading,
    ) -> (Result<bool, Aborted>, Watch) {
        let machine = self.machine(watch);
        let events = || self.memory.peek(Counter::Events.of(&self.world.control, self.me));
        let (turn, begun) = (self.world.ctx.ring.nr(), Cell::new(events()));
        let goes_on = || {
            let watch = machine.record();
            // What a change of pages leaves in the ring has been read when nothing is left in it, or when as many events have as it
            // has slots, which at a large batch is long before so many operations. Not before a whole operation after the change:
            // it had ring_lock, so whoever read during the change has stored a head, and if that was lost, this reader has found it.
            if watch.since_change() <= 1 {
                begun.set(events());
            } else if events().wrapping_sub(begun.get()) >= turn || self.is_drained() {
                watch.settle(self.memory, &self.world.control, self.me);
            }
            !watch.is_at_rest()
        };
        let goes_on = run(self.actor(&machine, rules, &trace).read_while(reading, goes_on));
        (goes_on, machine.into_record())
    }

    /// Whether nothing is left in the ring of what the last change of pages found there, or could have lost:
    /// - who owns a slot and has not taken `completion_lock` will find pages as they are;
    /// - who holds it may have written an event: not drained;
    /// - who reads, and has not stored a head, keeps the head from the tail: not drained;
    /// - a head that was lost is behind the tail, and a tail that was lost behind that of the context: not drained.
    #[inline(never)]
    fn is_drained(&self) -> bool {
        let Self { memory, world: World { ctx, frames, .. }, .. } = self;
        let ring = Page::from_word(memory.load(ctx.ring_page(0)));
        let [head, tail] = [head_of(frames, ring), tail_of(frames, ring)].map(|at| memory.load(at));
        // The context's words are the completers', and not to be taken from them while events are in the ring.
        // ORDERING: the lock before the context's tail. Whoever held it before it was found free has stored that tail, which differs
        // from the ring's if that was stored after it was loaded, or lost; whoever takes it later is the first of those above.
        head == tail && memory.load(ctx.completion_lock.at) == 0 && memory.load(ctx.tail()) == tail
    }

    #[inline(always)]
    fn machine<'a, R: Record>(&'a self, record: R) -> Threads<'a, R> {
        Threads::new(self.memory, &self.world.control, self.world.frames, self.me, record)
    }

    #[inline(always)]
    fn actor<'a, R: Record, P: Rules, T: Tracepoints>(
        &'a self,
        machine: &'a Threads<'a, R>,
        rules: P,
        trace: &'a T,
    ) -> Actor<'a, Threads<'a, R>, P, T> {
        Actor { aio: Aio { machine, rules, trace }, world: self.world, work: self.work, passes: None }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::aio::{Compiled, Kioctx, presets::V4};
    use crate::machine::Machine;
    use crate::machine::threads::Shared;
    use crate::ring::{Geometry, IoEvent};
    use crate::scenario::{Role, WorldConfig};

    /// Counts calls that deliver something, and tells which it was.
    struct Calls<F>(Cell<u32>, F);

    impl<F: Fn(u32)> Tracepoints for &Calls<F> {
        fn delivered(&self, _: &Kioctx, _: &[IoEvent]) {
            self.1(self.0.replace(self.0.get() + 1));
        }
    }

    /// Calls during which somebody changes pages: more than read the ring once.
    const CHANGING: u32 = 200;

    /// The world of one reader that completes what it reads.
    fn world(batch: u32) -> World {
        World::new(WorldConfig {
            roles: vec![Role::Reader { batch, inline: true, faults: false }],
            ring: Geometry::of_pages(1, 4096),
            seed: 1,
            spare_frames: 0,
            recorded: true,
        })
    }

    fn complete(post: &Post<'_>, count: u32) {
        let machine = post.machine(NoRecord);
        assert_eq!(run(post.actor(&machine, Compiled::<V4>, &()).complete_some(count)), Ok(count));
    }

    /// Of a reader's calls those that had all detectors, where it always leaves `left` events; and slots of its ring.
    fn watched_calls(batch: u32, left: u32) -> (u32, u32) {
        const ROUNDS: u32 = 1000;
        let world = world(batch);
        let arena = Shared::new(world.words());
        let (memory, me, changers) = (arena.words(), ThreadId::new(0), world.control.changers());
        world.init(&memory);
        let at_rest = Calls(Cell::new(0), |call| memory.store(changers, u32::from(call == 0)));
        let watched = Calls(Cell::new(0), |call| memory.store(changers, u32::from(call < CHANGING - 1)));
        let nr = world.ctx.ring.nr();
        let watch = Watch::of_changes(&world.records, me, nr);
        let post = Post { memory, world: &world, me, work: Work::Rounds(ROUNDS) };
        complete(&post, left);
        post.read(Compiled::<V4>, watch, &watched, &at_rest, Reading::new(batch, true, false)).unwrap();
        assert_eq!(watched.0.get() + at_rest.0.get(), ROUNDS);
        (watched.0.get(), nr)
    }

    #[test]
    fn pages_are_at_rest_when_as_many_events_have_been_read_as_the_ring_has_slots() {
        for batch in [1, 8, 60] {
            let (calls, nr) = watched_calls(batch, 3);
            // Fewer of those that read the ring once are recorded. The last one of as many operations is at rest already.
            assert_eq!(calls, CHANGING + nr.div_ceil(batch).min(nr - 1), "batch {batch}");
        }
    }

    #[test]
    fn pages_are_at_rest_when_nothing_is_left_in_the_ring() {
        for batch in [1, 8, 64] {
            assert_eq!(watched_calls(batch, 0).0, CHANGING + 1, "batch {batch}");
        }
    }

    #[test]
    fn the_ring_is_drained_when_nobody_writes_to_it_and_all_is_read() {
        let world = world(8);
        let arena = Shared::new(world.words());
        let (memory, lock) = (arena.words(), world.ctx.completion_lock);
        world.init(&memory);
        let post = Post { memory, world: &world, me: ThreadId::new(0), work: Work::Endless };
        let machine = post.machine(NoRecord);
        let actor = post.actor(&machine, Compiled::<V4>, &());
        let read = |count: usize| {
            let cache = world.control.reqs_available(post.me);
            run(actor.aio.read_events(&world.ctx, cache, &mut vec![IoEvent::default(); count], None)).unwrap()
        };
        assert!(post.is_drained());
        complete(&post, 3);
        assert!(!post.is_drained());
        assert_eq!(read(2), 2);
        assert!(!post.is_drained());
        assert_eq!(read(2), 1);
        assert!(post.is_drained());
        run(machine.lock(lock)).unwrap();
        assert!(!post.is_drained(), "its holder may have written an event");
        run(machine.unlock(lock));
        assert!(post.is_drained());
        let ring = Page::from_word(memory.load(world.ctx.ring_page(0)));
        let [head, tail] = [head_of, tail_of].map(|of| (of(&world.frames, ring), 3));
        for (at, now) in [head, tail, (world.ctx.tail(), 3)] {
            assert_eq!(memory.load(at), now);
            memory.store(at, 2);
            assert!(!post.is_drained(), "it was lost, and is back where it was");
            memory.store(at, now);
        }
    }
}

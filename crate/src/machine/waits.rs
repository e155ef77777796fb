//! Who waits for whom: the wait-for graph, read from lock words and the threads' own blocks at any time.

use super::lock::{Lock, LockKind, LockWord};
use super::{Control, ThreadId};
use crate::ring::{Addr, Memory};

/// What a thread waits for, kept in one word of its block ([`Control::waits_for`]).
///
/// | word | state |
/// |---|---|
/// | 0 | runs |
/// | address · 4 + 1 | waits for a lock (a semaphore: to write) |
/// | address · 4 + 2 | waits for a semaphore, to read |
/// | address · 4 + 3 | waits on a queue |
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitFor {
    /// A lock, to hold it alone.
    Lock(Addr),
    /// A semaphore, to read.
    Reading(Addr),
    /// A queue, to be woken.
    Queue(Addr),
}

impl WaitFor {
    /// The word of a thread that runs.
    pub const NOTHING: u32 = 0;

    /// As kept in memory.
    #[must_use]
    pub const fn to_word(self) -> u32 {
        match self {
            Self::Lock(at) => at.to_word() << 2 | 1,
            Self::Reading(at) => at.to_word() << 2 | 2,
            Self::Queue(at) => at.to_word() << 2 | 3,
        }
    }

    /// From the word in memory; `None`: the thread runs.
    #[must_use]
    pub const fn from_word(word: u32) -> Option<Self> {
        let at = Addr::from_word(word >> 2);
        match word & 3 {
            1 => Some(Self::Lock(at)),
            2 => Some(Self::Reading(at)),
            3 => Some(Self::Queue(at)),
            _ => None,
        }
    }

    /// The word that the thread waits on.
    #[must_use]
    pub const fn at(self) -> Addr {
        match self {
            Self::Lock(at) | Self::Reading(at) | Self::Queue(at) => at,
        }
    }
}

/// One waiting thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Who waits.
    pub thread: ThreadId,
    /// For what.
    pub wants: WaitFor,
    /// Who holds it; empty for a queue.
    pub held_by: Vec<ThreadId>,
    /// The locks that the waiting thread holds itself.
    pub holds: Vec<Lock>,
}

/// Threads that wait and that no running thread can wake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stuck {
    /// All of them.
    pub waits: Vec<Wait>,
    /// Whether some of them wait for each other's locks in a circle (a deadlock), rather than for something that
    /// nobody is left to do (a hang).
    pub cycle: bool,
}

impl Stuck {
    /// A circle of threads that wait for each other's locks, each for the next one's; empty where there is none.
    #[must_use]
    pub fn circle(&self) -> Vec<&Wait> {
        self.waits.iter().find_map(|wait| circle_from(&self.waits, wait)).unwrap_or_default()
    }
}

/// Finds the threads that can never go on by themselves.
///
/// `locks` are all locks of the run; `wakers` tells who may wake a queue. A snapshot of running threads is only a
/// suspicion: what is stuck stays stuck, so look twice.
#[must_use]
pub fn find_stuck(
    memory: &impl Memory,
    control: &Control,
    locks: &[Lock],
    wakers: impl Fn(Addr) -> Vec<ThreadId>,
) -> Option<Stuck> {
    let wants: Vec<Option<WaitFor>> =
        control.all().map(|thread| WaitFor::from_word(memory.load(control.waits_for(thread)))).collect();
    let ended = |thread: ThreadId| memory.load(control.ended(thread)) != 0;
    let enders = |want: WaitFor| match want {
        WaitFor::Queue(at) => wakers(at),
        WaitFor::Lock(at) => holders(memory, control, at),
        WaitFor::Reading(at) => match LockWord::from_word(memory.load(at)).owner() {
            Some(writer) => vec![writer],
            // Readers keep nobody from reading: it is the writers that wait for them who do.
            None => control.all().filter(|by| wants[by.index() as usize] == Some(WaitFor::Lock(at))).collect(),
        },
    };

    // A thread is alive when it runs, or when somebody alive can end its wait.
    let mut alive: Vec<bool> =
        control.all().map(|thread| wants[thread.index() as usize].is_none() && !ended(thread)).collect();
    loop {
        let revived = control.all().find(|&thread| {
            let want = wants[thread.index() as usize];
            let free = |want: WaitFor| !matches!(want, WaitFor::Queue(_)) && enders(want).is_empty();
            !alive[thread.index() as usize]
                && !ended(thread)
                && want.is_some_and(|want| free(want) || enders(want).iter().any(|&by| alive[by.index() as usize]))
        });
        let Some(thread) = revived else { break };
        alive[thread.index() as usize] = true;
    }

    let waits: Vec<Wait> = control
        .all()
        .filter(|&thread| !alive[thread.index() as usize] && !ended(thread))
        .filter_map(|thread| {
            let wants = wants[thread.index() as usize]?;
            let held_by = match wants {
                WaitFor::Queue(_) => Vec::new(),
                _ => enders(wants),
            };
            Some(Wait { thread, wants, held_by, holds: held(memory, control, locks, thread) })
        })
        .collect();
    let cycle = waits.iter().any(|wait| circle_from(&waits, wait).is_some());
    (!waits.is_empty()).then_some(Stuck { waits, cycle })
}

/// Who holds the lock at `at`, alone or among others.
#[must_use]
pub fn holders(memory: &impl Memory, control: &Control, at: Addr) -> Vec<ThreadId> {
    let owner = LockWord::from_word(memory.load(at)).owner();
    let reads = |thread: &ThreadId| memory.load(control.reads(*thread)) == at.to_word() + 1;
    owner.into_iter().chain(control.all().filter(reads)).collect()
}

/// The locks of `locks` that `thread` holds.
#[must_use]
pub fn held(memory: &impl Memory, control: &Control, locks: &[Lock], thread: ThreadId) -> Vec<Lock> {
    let reads = memory.load(control.reads(thread));
    let holds = |lock: &Lock| match LockWord::from_word(memory.load(lock.at)).owner() {
        Some(owner) => owner == thread,
        None => lock.kind == LockKind::RwSemaphore && reads == lock.at.to_word() + 1,
    };
    locks.iter().copied().filter(holds).collect()
}

/// The shortest way from `first` along "waits for the holder" back to it.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
fn circle_from<'a>(waits: &'a [Wait], first: &'a Wait) -> Option<Vec<&'a Wait>> {
    let mut ways = vec![vec![first]];
    let mut seen = Vec::new();
    // Breadth first: `ways` grows while it is gone through.
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        for &by in &way[way.len() - 1].held_by {
            if by == first.thread {
                return Some(way);
            }
            if let Some(wait) = waits.iter().find(|wait| wait.thread == by)
                && !seen.contains(&by)
            {
                seen.push(by);
                ways.push(way.iter().copied().chain([wait]).collect());
            }
        }
    }
    None
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::machine::model::Cells;
    use crate::ring::Placer;

    struct Scene {
        memory: Cells,
        control: Control,
        a: Lock,
        b: Lock,
        queue: Addr,
    }

    const T: [ThreadId; 3] = [ThreadId::new(0), ThreadId::new(1), ThreadId::new(2)];

    fn scene() -> Scene {
        let mut placer = Placer::default();
        // Address 0 must be no lock of a test that passes by luck.
        placer.line();
        let control = Control::place(&mut placer, 3);
        let a = Lock::place(&mut placer, LockKind::Mutex);
        let b = Lock::place(&mut placer, LockKind::RwSemaphore);
        let queue = placer.line();
        Scene { memory: Cells::new(placer.words()), control, a, b, queue }
    }

    impl Scene {
        fn hold(&self, thread: ThreadId, lock: Lock) {
            self.memory.store(lock.at, LockWord::held_by(thread).to_word());
        }
        fn wants(&self, thread: ThreadId, want: WaitFor) {
            self.memory.store(self.control.waits_for(thread), want.to_word());
        }
        fn find(&self) -> Option<Stuck> {
            find_stuck(&self.memory, &self.control, &[self.a, self.b], |_| vec![T[2]])
        }
    }

    #[test]
    fn words_survive() {
        let at = Addr::from_word((1 << 26) - 1);
        for want in [WaitFor::Lock(at), WaitFor::Reading(at), WaitFor::Queue(at)] {
            assert_eq!(WaitFor::from_word(want.to_word()), Some(want));
            assert_eq!(want.at(), at);
        }
        assert_eq!(WaitFor::from_word(WaitFor::NOTHING), None);
    }

    #[test]
    fn waiting_for_a_running_thread_is_not_stuck() {
        let scene = scene();
        scene.hold(T[0], scene.a);
        scene.wants(T[1], WaitFor::Lock(scene.a.at));
        scene.wants(T[0], WaitFor::Queue(scene.queue));
        assert_eq!(scene.find(), None);
    }

    #[test]
    fn a_circle_of_locks_is_a_deadlock_and_names_who_holds_what() {
        let scene = scene();
        // Thread 0 reads b and wants a; thread 1 holds a and wants b.
        scene.memory.store(scene.b.at, LockWord::UNLOCKED.read().unwrap().to_word());
        scene.memory.store(scene.control.reads(T[0]), scene.b.at.to_word() + 1);
        scene.wants(T[0], WaitFor::Lock(scene.a.at));
        scene.hold(T[1], scene.a);
        scene.wants(T[1], WaitFor::Lock(scene.b.at));
        let stuck = scene.find().unwrap();
        assert!(stuck.cycle);
        assert_eq!(
            stuck.waits,
            [
                Wait { thread: T[0], wants: WaitFor::Lock(scene.a.at), held_by: vec![T[1]], holds: vec![scene.b] },
                Wait { thread: T[1], wants: WaitFor::Lock(scene.b.at), held_by: vec![T[0]], holds: vec![scene.a] },
            ]
        );
    }

    #[test]
    fn a_reader_waits_for_the_writer_that_is_queued_before_it() {
        let scene = scene();
        // Thread 0 reads b and wants a; thread 1 holds a and wants to read b; thread 2 is queued to write b.
        scene.memory.store(scene.b.at, LockWord::UNLOCKED.read().unwrap().queued().to_word());
        scene.memory.store(scene.control.reads(T[0]), scene.b.at.to_word() + 1);
        scene.wants(T[0], WaitFor::Lock(scene.a.at));
        scene.hold(T[1], scene.a);
        scene.wants(T[1], WaitFor::Reading(scene.b.at));
        assert_eq!(scene.find(), None, "nobody is queued: thread 1 is about to read");
        scene.wants(T[2], WaitFor::Lock(scene.b.at));
        let stuck = scene.find().unwrap();
        assert!(stuck.cycle);
        assert_eq!(stuck.circle().iter().map(|wait| wait.thread).collect::<Vec<_>>(), [T[0], T[1], T[2]]);
    }

    #[test]
    fn a_circle_leaves_out_those_who_only_wait_for_it_and_may_be_one_thread() {
        let scene = scene();
        scene.hold(T[1], scene.a);
        scene.wants(T[0], WaitFor::Lock(scene.a.at));
        scene.wants(T[1], WaitFor::Lock(scene.a.at));
        let stuck = scene.find().unwrap();
        assert_eq!(stuck.waits.len(), 2);
        assert!(stuck.cycle);
        assert_eq!(stuck.circle().iter().map(|wait| wait.thread).collect::<Vec<_>>(), [T[1]]);
    }

    #[test]
    fn waiting_for_what_nobody_is_left_to_do_is_a_hang() {
        let scene = scene();
        scene.wants(T[0], WaitFor::Queue(scene.queue));
        scene.memory.store(scene.control.ended(T[2]), 1);
        let stuck = scene.find().unwrap();
        assert!(!stuck.cycle && stuck.circle().is_empty());
        assert_eq!(stuck.waits.len(), 1);
        assert_eq!(stuck.waits[0].held_by, [], "who could have woken it does not hold anything");
    }

    #[test]
    fn waiting_for_the_lock_of_a_thread_that_hangs_is_no_circle() {
        let scene = scene();
        scene.hold(T[1], scene.a);
        scene.wants(T[0], WaitFor::Lock(scene.a.at));
        scene.wants(T[1], WaitFor::Queue(scene.queue));
        scene.memory.store(scene.control.ended(T[2]), 1);
        let stuck = scene.find().unwrap();
        assert!(!stuck.cycle);
        assert_eq!(stuck.waits.len(), 2);
    }

    #[test]
    fn a_lock_that_its_dead_owner_kept_is_a_hang() {
        let scene = scene();
        scene.hold(T[1], scene.a);
        scene.memory.store(scene.control.ended(T[1]), 1);
        scene.wants(T[0], WaitFor::Lock(scene.a.at));
        let stuck = scene.find().unwrap();
        assert!(!stuck.cycle);
        assert_eq!(stuck.waits[0].held_by, [T[1]]);
    }

    #[test]
    fn a_lock_that_was_just_released_revives_its_waiter() {
        let scene = scene();
        scene.wants(T[0], WaitFor::Lock(scene.a.at));
        assert_eq!(scene.find(), None);
    }
}

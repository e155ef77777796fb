//! The race in its smallest form, small enough to count by hand: the ground truth of the search.
//!
//! Two pages, a pointer to the one in use, and a head on each. A read loads the pointer, loads the head of that page and
//! stores it back, one further on. A migration loads the pointer and the head, stores the head on the other page and
//! points there. A read in between is lost. In the end the head in use must have counted all reads.
//!
//! | protocol | |
//! |---|---|
//! | [`Racy`](MiniatureProtocol::Racy) | nobody locks |
//! | [`Spinlock`](MiniatureProtocol::Spinlock) | both take one lock around the operation |
//! | [`Trylock`](MiniatureProtocol::Trylock) | the reader locks; the migrator tries, and skips its operation when it is refused |
//! | [`TrylockIgnored`](MiniatureProtocol::TrylockIgnored) | a mutant: the migrator tries, and migrates all the same |

use super::{Finding, Moment, Program};
use crate::machine::model::{Body, Cells, Grain, Model};
use crate::machine::{Aborted, Control, Lock, LockKind, Machine, Stuck, ThreadId, waits};
use crate::ring::{Addr, Frames, Memory, Placer};

/// Who locks what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MiniatureProtocol {
    /// Nobody locks.
    Racy,
    /// Both lock.
    Spinlock,
    /// The reader locks, the migrator tries.
    Trylock,
    /// The migrator tries and does not listen.
    TrylockIgnored,
}

impl MiniatureProtocol {
    /// All, with their names in the API.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Racy, "racy"),
        (Self::Spinlock, "spinlock"),
        (Self::Trylock, "trylock"),
        (Self::TrylockIgnored, "trylock-ignored"),
    ];

    /// A few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Racy => "nobody locks",
            Self::Spinlock => "both take one lock",
            Self::Trylock => "the reader locks, the migrator tries",
            Self::TrylockIgnored => "the migrator tries, and does not listen",
        }
    }

    /// Whether no read is ever lost.
    #[must_use]
    pub const fn is_correct(self) -> bool {
        matches!(self, Self::Spinlock | Self::Trylock)
    }

    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// One reader, one migrator, two pages.
#[derive(Clone, Copy, Debug)]
pub struct Miniature {
    protocol: MiniatureProtocol,
    reads: u32,
    migrations: u32,
    layout: Layout,
}

#[derive(Clone, Copy, Debug)]
struct Layout {
    control: Control,
    ptr: Addr,
    head: Addr,
    lock: Lock,
    words: u32,
}

const READER: ThreadId = ThreadId::new(0);
const MIGRATOR: ThreadId = ThreadId::new(1);

impl Miniature {
    /// `reads` reads against `migrations` migrations.
    #[must_use]
    pub fn new(protocol: MiniatureProtocol, reads: u32, migrations: u32) -> Self {
        let placer = &mut Placer::default();
        let control = Control::place(placer, 2);
        let lock = Lock::place(placer, LockKind::Spin);
        let (ptr, head) = (placer.place(1, 1), placer.place(2, 1));
        Self { protocol, reads, migrations, layout: Layout { control, ptr, head, lock, words: placer.words() } }
    }

    /// Who locks what.
    #[must_use]
    pub const fn protocol(&self) -> MiniatureProtocol {
        self.protocol
    }

    /// The words that the threads share, by name: the pointer to the page in use, and the head on each page.
    #[must_use]
    pub const fn words(&self) -> [(&'static str, Addr); 3] {
        let Layout { ptr, head, .. } = self.layout;
        [("ptr", ptr), ("head[0]", head), ("head[1]", head.offset(1))]
    }

    /// The one lock.
    #[must_use]
    pub const fn lock(&self) -> Lock {
        self.layout.lock
    }

    /// What the thread is, and the function of its operation.
    #[must_use]
    pub fn role(&self, thread: ThreadId) -> (&'static str, &'static str) {
        if thread == READER { ("reader", "read()") } else { ("migrator", "migrate()") }
    }

    /// Whether there is another operation to do; begins it. How many were done is a word of the thread's own.
    fn next(&self, m: &impl Machine, operations: u32) -> bool {
        let done = self.layout.control.counters(m.me());
        let so_far = m.this_cpu_read(done);
        if so_far < operations {
            m.this_cpu_write(done, so_far + 1);
            m.begin_operation();
        }
        so_far < operations
    }

    async fn read(&self, m: &impl Machine) -> Result<(), Aborted> {
        let Layout { ptr, head, lock, .. } = self.layout;
        let locks = self.protocol != MiniatureProtocol::Racy;
        while self.next(m, self.reads) {
            if locks {
                m.lock(lock).await?;
            }
            let page = m.load(ptr).await;
            let h = m.load(head.offset(page)).await;
            m.store(head.offset(page), h + 1).await;
            if locks {
                m.unlock(lock).await;
            }
        }
        Ok(())
    }

    async fn migrate(&self, m: &impl Machine) -> Result<(), Aborted> {
        let Layout { ptr, head, lock, .. } = self.layout;
        while self.next(m, self.migrations) {
            let held = match self.protocol {
                MiniatureProtocol::Racy => false,
                MiniatureProtocol::Spinlock => {
                    m.lock(lock).await?;
                    true
                }
                MiniatureProtocol::Trylock | MiniatureProtocol::TrylockIgnored => m.try_lock(lock).await,
            };
            if !held && self.protocol == MiniatureProtocol::Trylock {
                continue;
            }
            let old = m.load(ptr).await;
            let h = m.load(head.offset(old)).await;
            m.store(head.offset(1 - old), h).await;
            m.store(ptr, 1 - old).await;
            if held {
                m.unlock(lock).await;
            }
        }
        Ok(())
    }
}

impl Program for Miniature {
    fn threads(&self) -> u32 {
        2
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        self.role(thread).0.to_owned()
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        let Layout { control, words, .. } = self.layout;
        let frames = Frames::place(&mut Placer::default(), 0, 1);
        let model = Model::new(words, control, frames, Grain::Whole);
        let machines = [READER, MIGRATOR].map(|thread| model.thread(thread));
        let [reader, migrator] = &machines;
        visit(&model, vec![Box::pin(self.read(reader)), Box::pin(self.migrate(migrator))]);
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        let Layout { control, ptr, head, lock, .. } = self.layout;
        if moment == Moment::Stuck {
            let stuck: Option<Stuck> = waits::find_stuck(memory, &control, &[lock], |_| Vec::new());
            let text = "nobody can go on".to_owned();
            return Some(Finding { invariant: "deadlock".to_owned(), text, stuck });
        }
        let page = memory.load(ptr);
        let counted = memory.load(head.offset(page));
        (counted != self.reads).then(|| Finding {
            invariant: "head".to_owned(),
            text: format!(
                "the head of page {page} is {counted} after {} read{}",
                self.reads,
                if self.reads == 1 { "" } else { "s" }
            ),
            stuck: None,
        })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::explore::{Pasts, Walker};

    fn states(program: &Miniature, pasts: Pasts) -> usize {
        fn visit(walker: &mut Walker<'_>, seen: &mut HashSet<u64>) {
            if seen.insert(walker.fingerprint()) {
                walker.audit();
                for next in walker.moves().collect::<Vec<_>>() {
                    walker.step(next);
                    visit(walker, seen);
                    walker.back();
                }
            }
        }
        let mut seen = HashSet::new();
        visit(&mut Walker::new(program, pasts), &mut seen);
        seen.len()
    }

    #[test]
    fn distinct_states() {
        let racy = |reads, migrations| Miniature::new(MiniatureProtocol::Racy, reads, migrations);
        assert_eq!(states(&racy(1, 1), Pasts::Kept), 26);
        for (n, count) in [(1, 26), (2, 184), (4, 2543)] {
            assert_eq!(states(&racy(n, n), Pasts::Forgotten), count, "{n}");
        }
    }
}

//! Who runs: thread numbers, and the words that each thread keeps where others can see them.

use crate::ring::memory::LINE;
use crate::ring::{Addr, Memory, Placer};

/// Number of a thread in its run, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(u16);

impl ThreadId {
    /// Threads in a run at the most: as many as a lock word can name.
    pub const MAX: u32 = 1 << 12;

    /// Thread number `index`.
    ///
    /// # Panics
    /// When a lock word could not name it.
    #[must_use]
    pub const fn new(index: u32) -> Self {
        assert!(index < Self::MAX, "too many threads");
        Self(index as u16)
    }

    /// The number.
    #[inline(always)]
    #[must_use]
    pub const fn index(self) -> u32 {
        self.0 as u32
    }
}

/// The words that steer a run, and a block of words for each thread.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    run: Addr,
    blocks: Addr,
    threads: u32,
}

impl Control {
    /// Words in a thread's block.
    pub const BLOCK: u32 = 4 * LINE;
    /// The bits of [`changers`](Self::changers) that say how many are at it; those above count beginnings, and wrap.
    pub const AT_IT: u32 = ThreadId::MAX - 1;
    /// First word of a block that the machine leaves to its users (counters).
    pub const FREE_FROM: u32 = LINE;

    /// Room for `threads` threads.
    pub fn place(placer: &mut Placer, threads: u32) -> Self {
        let run = placer.place(4 * LINE, LINE);
        let blocks = placer.place(threads * Self::BLOCK, LINE);
        Self { run, blocks, threads }
    }

    /// Number of threads.
    #[must_use]
    pub const fn threads(&self) -> u32 {
        self.threads
    }

    /// Not 0: threads finish their operation and end.
    #[inline(always)]
    #[must_use]
    pub const fn stop(&self) -> Addr {
        self.run
    }

    /// Not 0: threads leave even the waits that they are in.
    #[inline(always)]
    #[must_use]
    pub const fn abort(&self) -> Addr {
        self.run.offset(1)
    }

    /// Counts the steps of threads that change pages under others; orders recorded steps of different threads.
    #[inline(always)]
    #[must_use]
    pub const fn clock(&self) -> Addr {
        self.run.offset(LINE)
    }

    /// Not 0: the records of steps are frozen.
    #[inline(always)]
    #[must_use]
    pub const fn frozen(&self) -> Addr {
        self.run.offset(LINE + 1)
    }

    /// How many threads that change pages under others are at it, rather than resting until their next turn ([`AT_IT`](Self::AT_IT)),
    /// and how often one has begun.
    #[inline(always)]
    #[must_use]
    pub const fn changers(&self) -> Addr {
        self.run.offset(LINE + 2)
    }

    /// The clock at the last operation of a thread that only watches it; tells the others whether anybody is about.
    #[inline(always)]
    #[must_use]
    pub const fn watched(&self) -> Addr {
        self.run.offset(3 * LINE)
    }

    /// Six words for whoever froze the records: kind, thread, time.
    #[must_use]
    pub const fn first(&self) -> Addr {
        self.run.offset(2 * LINE)
    }

    /// The block of a thread.
    #[inline(always)]
    #[must_use]
    pub const fn block(&self, thread: ThreadId) -> Addr {
        self.blocks.offset(thread.index() * Self::BLOCK)
    }

    /// What the thread waits for, as a [`WaitFor`](super::WaitFor) word.
    #[must_use]
    pub const fn waits_for(&self, thread: ThreadId) -> Addr {
        self.block(thread)
    }

    /// The semaphore that the thread holds for reading, + 1.
    #[must_use]
    pub const fn reads(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(1)
    }

    /// Steps that the thread had recorded when it ended.
    #[must_use]
    pub const fn recorded(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(2)
    }

    /// The thread's own slots, the kernel's `kcpu->reqs_available`.
    #[must_use]
    pub const fn reqs_available(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(3)
    }

    /// Not 0: the thread has ended.
    #[must_use]
    pub const fn ended(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(4)
    }

    /// The longest time that the thread has been parked for a lock, microseconds.
    #[must_use]
    pub const fn longest_wait(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(5)
    }

    /// Not 0: the thread records its steps.
    #[inline(always)]
    #[must_use]
    pub const fn recording(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(6)
    }

    /// When the thread's last wait for a lock ended, microseconds; the high bits are lost.
    #[must_use]
    pub const fn waited(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(7)
    }

    /// Not 0: the thread waits for locks while it holds others.
    #[must_use]
    pub const fn nests(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(8)
    }

    /// Where the users' words of the thread's block start.
    #[must_use]
    pub const fn counters(&self, thread: ThreadId) -> Addr {
        self.block(thread).offset(Self::FREE_FROM)
    }

    /// All threads.
    pub fn all(&self) -> impl Iterator<Item = ThreadId> + use<> {
        (0..self.threads).map(ThreadId::new)
    }

    /// Whether the run should stop or has been aborted.
    #[must_use]
    pub fn is_stopping(&self, memory: &impl Memory) -> bool {
        memory.load(self.stop()) != 0 || memory.load(self.abort()) != 0
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn no_two_words_share_a_place() {
        let mut placer = Placer::default();
        let before = placer.line();
        let control = Control::place(&mut placer, 2);
        let after = placer.line();
        let mut words = vec![before, after, control.stop(), control.abort(), control.clock(), control.frozen()];
        words.extend([control.watched(), control.changers()]);
        words.extend((0..6).map(|i| control.first().offset(i)));
        for thread in control.all() {
            words.extend([control.waits_for(thread), control.reads(thread), control.recorded(thread)]);
            words.extend([control.reqs_available(thread), control.ended(thread), control.longest_wait(thread)]);
            words.extend([control.recording(thread), control.waited(thread), control.nests(thread)]);
            words.extend((0..Control::BLOCK - Control::FREE_FROM).map(|i| control.counters(thread).offset(i)));
        }
        let count = words.len();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), count);
        assert_eq!((words[0], words[count - 1]), (before, after));
    }

    /// Each step reads the clock and `frozen`; tickers write the clock, watchers `watched`, anybody the others.
    #[test]
    fn words_that_different_threads_write_lie_on_different_lines() {
        let control = Control::place(&mut Placer::default(), 1);
        let line = |at: Addr| at.index() / LINE as usize;
        assert_eq!([control.frozen(), control.changers()].map(line), [line(control.clock()); 2]);
        let mut lines = [control.stop(), control.clock(), control.watched(), control.first()].map(line);
        lines.sort();
        assert_eq!(lines, [0, 1, 2, 3]);
    }
}

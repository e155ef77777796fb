//! Random little programs with locks, semaphores, queues, choices and detectors.

use std::collections::HashSet;
use std::sync::Mutex;

use aio_ring_lab::explore::{Finding, Moment, Program};
use aio_ring_lab::machine::model::{Body, Cells, Grain, Model, ModelThread};
use aio_ring_lab::machine::{Aborted, Control, Lock, LockKind, Machine, ThreadId, WaitQueue};
use aio_ring_lab::ring::{Addr, Frames, Memory, Placer};

/// One or a few steps. Words, locks and so on by number.
#[derive(Clone, Debug)]
pub enum Act {
    Load(u32),
    /// Stores what was loaded last, plus this.
    Store(u32, u32),
    Add(u32),
    Exchange(u32, u32),
    /// Loads a word whose number another word holds.
    Follow(u32),
    /// As a detector: in the step that loads the first word, and unknown to the thread, looks for a word by what the second
    /// one holds, and marks it.
    Detect(u32, u32),
    Locked(u32, Vec<Act>),
    TryLocked(u32, Vec<Act>, Vec<Act>),
    Reading(Vec<Act>),
    Writing(Vec<Act>),
    Wake,
    Wait,
    Choose(Vec<Vec<Act>>),
}

pub const WORDS: u32 = 3;
const LOCKS: u32 = 2;

/// Threads, each with operations, each of a few acts.
pub struct Little {
    pub threads: Vec<Vec<Vec<Act>>>,
    /// In the end the first word must not be this.
    pub forbidden: u32,
    control: Control,
    words: Addr,
    marks: Addr,
    locks: Vec<Lock>,
    semaphore: Lock,
    queue: WaitQueue,
    size: u32,
    /// All memories that were asked about.
    pub memories: Mutex<HashSet<Vec<u32>>>,
}

fn act(rng: &mut fastrand::Rng, depth: u32) -> Act {
    let word = rng.u32(..WORDS);
    let acts = |rng: &mut fastrand::Rng| (0..rng.u32(1..=2)).map(|_| act(rng, depth + 1)).collect::<Vec<_>>();
    match rng.u32(..if depth < 2 { 16 } else { 8 }) {
        0 | 1 => Act::Load(word),
        2 | 3 => Act::Store(word, rng.u32(..3)),
        4 => Act::Add(word),
        5 => Act::Exchange(word, rng.u32(..2)),
        6 => Act::Follow(word),
        7 => Act::Detect(word, rng.u32(..WORDS)),
        8..=9 => Act::Locked(rng.u32(..LOCKS), acts(rng)),
        10 => Act::TryLocked(rng.u32(..LOCKS), acts(rng), acts(rng)),
        11 => Act::Reading(acts(rng)),
        12 => Act::Writing(acts(rng)),
        13 => Act::Wake,
        14 => Act::Wait,
        _ => Act::Choose((0..2).map(|_| acts(rng)).collect()),
    }
}

impl Little {
    pub fn random(seed: u64) -> Self {
        let rng = &mut fastrand::Rng::with_seed(seed);
        let threads = rng.usize(2..=3);
        let operations = |rng: &mut fastrand::Rng| {
            (0..rng.u32(1..=2)).map(|_| (0..rng.u32(1..=2)).map(|_| act(rng, 0)).collect()).collect()
        };
        let threads = (0..threads).map(|_| operations(rng)).collect();
        Self::new(threads, rng.u32(..4))
    }

    pub fn new(threads: Vec<Vec<Vec<Act>>>, forbidden: u32) -> Self {
        let placer = &mut Placer::default();
        let control = Control::place(placer, threads.len() as u32);
        let (words, marks) = (placer.place(WORDS, 1), placer.place(WORDS, 1));
        let locks = (0..LOCKS).map(|_| Lock::place(placer, LockKind::Mutex)).collect();
        let semaphore = Lock::place(placer, LockKind::RwSemaphore);
        let queue = WaitQueue::place(placer);
        let size = placer.words();
        Self { threads, forbidden, control, words, marks, locks, semaphore, queue, size, memories: Mutex::default() }
    }

    /// The acts of a thread's operations, one operation after the other; which comes next is a word of its own.
    async fn run(&self, m: &ModelThread<'_>, memory: &Cells) -> Result<(), Aborted> {
        let done = self.control.counters(m.me());
        loop {
            let number = m.this_cpu_read(done);
            let Some(operation) = self.threads[m.me().index() as usize].get(number as usize) else { return Ok(()) };
            m.this_cpu_write(done, number + 1);
            m.begin_operation();
            // A thread that remembered anything else from the operation before would be found out.
            let operation = if m.this_cpu_read(done) == number + 1 { operation } else { unreachable!() };
            let mut last = 0;
            self.acts(m, memory, operation, &mut last).await?;
        }
    }

    async fn acts(&self, m: &ModelThread<'_>, memory: &Cells, acts: &[Act], last: &mut u32) -> Result<(), Aborted> {
        for act in acts {
            Box::pin(self.act(m, memory, act, last)).await?;
        }
        Ok(())
    }

    async fn act(&self, m: &ModelThread<'_>, memory: &Cells, act: &Act, last: &mut u32) -> Result<(), Aborted> {
        let word = |number: u32| self.words.offset(number % WORDS);
        match act {
            Act::Load(at) => *last = m.load(word(*at)).await,
            Act::Store(at, more) => m.store(word(*at), (*last + more) % 4).await,
            Act::Add(at) => *last = m.fetch_add(word(*at), 1).await,
            Act::Exchange(at, expected) => {
                *last = m.compare_exchange(word(*at), *expected, expected + 1).await.unwrap_or_else(|found| found);
            }
            Act::Follow(at) => {
                let number = m.load(word(*at)).await;
                *last = m.load(word(number)).await;
            }
            Act::Detect(at, by) => {
                *last = m.load(word(*at)).await;
                let found = memory.peek(word(*by)) % WORDS;
                let mark = self.marks.offset(found);
                if memory.peek(word(found)) == 1 {
                    memory.poke(mark, (memory.peek(mark) + 1) % 3);
                }
            }
            Act::Locked(lock, acts) => {
                m.lock(self.locks[*lock as usize]).await?;
                self.acts(m, memory, acts, last).await?;
                m.unlock(self.locks[*lock as usize]).await;
            }
            Act::TryLocked(lock, acts, otherwise) => {
                if m.try_lock(self.locks[*lock as usize]).await {
                    self.acts(m, memory, acts, last).await?;
                    m.unlock(self.locks[*lock as usize]).await;
                } else {
                    self.acts(m, memory, otherwise, last).await?;
                }
            }
            Act::Reading(acts) => {
                m.down_read(self.semaphore).await?;
                self.acts(m, memory, acts, last).await?;
                m.up_read(self.semaphore).await;
            }
            Act::Writing(acts) => {
                m.lock(self.semaphore).await?;
                self.acts(m, memory, acts, last).await?;
                m.unlock(self.semaphore).await;
            }
            Act::Wake => m.wake_up(self.queue).await,
            Act::Wait => {
                let ticket = m.prepare_to_wait(self.queue).await;
                m.wait(self.queue, ticket).await?;
                m.finish_wait(self.queue).await;
            }
            Act::Choose(ways) => {
                let way = m.choose(ways.len() as u32, 0).await;
                self.acts(m, memory, &ways[way as usize], last).await?;
            }
        }
        Ok(())
    }

    pub fn snapshot(&self, memory: &Cells) -> Vec<u32> {
        memory.words().iter().map(core::cell::Cell::get).collect()
    }
}

impl Program for Little {
    fn threads(&self) -> u32 {
        self.threads.len() as u32
    }

    fn thread_name(&self, thread: ThreadId) -> String {
        format!("thread {}", thread.index())
    }

    fn execute(&self, visit: &mut dyn for<'a> FnMut(&'a Model, Vec<Body<'a>>)) {
        let frames = Frames::place(&mut Placer::default(), 0, 1);
        let model = Model::new(self.size, self.control, frames, Grain::Whole);
        let machines: Vec<_> = self.control.all().map(|thread| model.thread(thread)).collect();
        let bodies = machines.iter().map(|m| Box::pin(self.run(m, model.memory())) as Body<'_>).collect();
        visit(&model, bodies);
    }

    fn is_broken(&self, memory: &Cells) -> bool {
        self.memories.lock().unwrap().insert(self.snapshot(memory));
        false
    }

    fn judge(&self, memory: &Cells, moment: Moment) -> Option<Finding> {
        let invariant = match moment {
            Moment::Stuck => "deadlock",
            _ if memory.words()[self.words.index()].get() == self.forbidden => "forbidden",
            _ => return None,
        };
        Some(Finding { invariant: invariant.to_owned(), text: String::new(), stuck: None })
    }
}

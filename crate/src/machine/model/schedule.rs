//! Who goes next.

use crate::machine::ThreadId;

/// One entry of a schedule: who goes, and which way, where a step can go several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Move {
    /// Who.
    pub thread: ThreadId,
    /// What a [`choose`](crate::machine::Machine::choose) answers; 0 for all other steps.
    pub way: u32,
}

/// Decides which of the threads that can go on does.
pub trait Schedule {
    /// One of `enabled`, which is not empty and in ascending order.
    ///
    /// # Errors
    /// The thread that the schedule wants, when it is not among them.
    fn pick(&mut self, enabled: &[ThreadId]) -> Result<ThreadId, ThreadId>;

    /// Which of the `among` ways the step of the thread just picked goes.
    fn choose(&mut self, among: u32) -> u32 {
        let _ = among;
        0
    }
}

/// The same schedule each time: the threads in the order given, then whoever can go on, lowest number first.
#[derive(Clone, Debug)]
pub struct Given {
    order: std::vec::IntoIter<ThreadId>,
}

impl Given {
    /// Follows `order`.
    #[must_use]
    pub fn new(order: Vec<ThreadId>) -> Self {
        Self { order: order.into_iter() }
    }
}

impl Schedule for Given {
    fn pick(&mut self, enabled: &[ThreadId]) -> Result<ThreadId, ThreadId> {
        match self.order.next() {
            Some(thread) if enabled.contains(&thread) => Ok(thread),
            Some(thread) => Err(thread),
            None => Ok(enabled[0]),
        }
    }
}

/// A random walk: at each step every thread that can go on is equally likely. The seed says it all.
#[derive(Clone, Debug)]
pub struct Random(fastrand::Rng);

impl Random {
    /// The walk of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }
}

impl Schedule for Random {
    fn pick(&mut self, enabled: &[ThreadId]) -> Result<ThreadId, ThreadId> {
        Ok(enabled[self.0.usize(..enabled.len())])
    }

    fn choose(&mut self, among: u32) -> u32 {
        self.0.u32(..among)
    }
}

/// A random walk in bursts: as a rule the thread that went last goes on, now and then any thread that can does. Finds
/// what needs one thread to sleep through a whole operation of another, which [`Random`] all but never does.
#[derive(Clone, Debug)]
pub struct Bursts {
    rng: fastrand::Rng,
    last: Option<ThreadId>,
}

impl Bursts {
    /// Steps of a burst, on the average.
    const LENGTH: u32 = 8;

    /// The walk of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { rng: fastrand::Rng::with_seed(seed), last: None }
    }
}

impl Schedule for Bursts {
    fn pick(&mut self, enabled: &[ThreadId]) -> Result<ThreadId, ThreadId> {
        let go_on = self.last.filter(|last| enabled.contains(last) && self.rng.u32(..Self::LENGTH) > 0);
        let next = go_on.unwrap_or_else(|| enabled[self.rng.usize(..enabled.len())]);
        self.last = Some(next);
        Ok(next)
    }

    fn choose(&mut self, among: u32) -> u32 {
        self.rng.u32(..among)
    }
}

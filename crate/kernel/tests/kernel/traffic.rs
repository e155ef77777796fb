//! Traffic on a ring: one thread submits, this one reaps, and a ledger says what has arrived.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use aio_ring_kernel::{MappedRing, Reader, Requests};
use aio_ring_lab::ring::IoEvent;
use fastrand::Rng;

/// Without an event for this long, traffic has come to a standstill, which is a failure.
const STANDSTILL: Duration = Duration::from_secs(30);
/// Every single wait ends by then.
const NAP: Duration = Duration::from_millis(50);
/// Requests submitted, and events reaped, at a time.
const BATCH: usize = 32;

/// Who takes events out of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaping {
    /// The lab's reader alone.
    Ours,
    /// The lab's reader or `io_getevents`, as a coin falls.
    InTurns,
}

/// What has been reaped, all of it right.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reaped {
    /// Events that the lab's reader found.
    pub ours: u64,
    /// Events that `io_getevents` returned.
    pub kernels: u64,
    /// Times that the head has gone round.
    pub wraps: u64,
}

impl Reaped {
    /// All events.
    pub fn events(self) -> u64 {
        self.ours + self.kernels
    }
}

/// Submits requests as long as there are to be `more` after so many, and reaps all of them.
///
/// # Panics
/// When an event is wrong, missing or there twice, or the head is not where the last reader left it.
pub fn run<'m>(
    ring: &MappedRing<'m>,
    requests: &'m Requests,
    reaping: Reaping,
    seed: u64,
    more: impl Fn(u64) -> bool + Sync,
) -> Reaped {
    let accepted = AtomicU64::new(UNKNOWN);
    let (give_back, free) = channel();
    for slot in 0..requests.slots() {
        give_back.send(slot).expect("the other end is here");
    }
    thread::scope(|scope| {
        scope.spawn(|| submit(ring, requests, free, &more, Accepted { requests: 0, total: &accepted }));
        let mut reaper = Reaper {
            ring,
            reader: ring.reader(),
            requests,
            arrived: Vec::new(),
            head: ring.reader().head_and_tail().0,
            reaped: Reaped::default(),
        };
        // ORDERING: Acquire, for the Release in `Accepted`; only the number matters.
        let left = |reaper: &Reaper<'_, '_>| reaper.reaped.events() < accepted.load(Ordering::Acquire);
        let mut rng = Rng::with_seed(seed);
        let mut last = Instant::now();
        while left(&reaper) {
            let slots = reaper.reap(reaping, &mut rng);
            if !slots.is_empty() {
                last = Instant::now();
            }
            let so_far = reaper.reaped;
            assert!(
                last.elapsed() < STANDSTILL,
                "no event for {STANDSTILL:?}: {so_far:?}, {:?}",
                ring.context().header()
            );
            for slot in slots {
                // Nobody takes it when the submitter has ended.
                let _ = give_back.send(slot);
            }
        }
        // Dropped before the scope waits for the submitter, also when something above has panicked.
        drop(give_back);
        reaper.finish()
    })
}

/// The submitter is still at it.
const UNKNOWN: u64 = u64::MAX;

/// How many requests the kernel has taken; told when the submitter ends, however it does.
struct Accepted<'a> {
    requests: u64,
    total: &'a AtomicU64,
}

impl Drop for Accepted<'_> {
    fn drop(&mut self) {
        // ORDERING: Release, see where it is loaded.
        self.total.store(self.requests, Ordering::Release);
    }
}

/// Submits what has a free slot, until there are to be no more, or nobody reaps any longer.
fn submit<'m>(
    ring: &MappedRing<'m>,
    requests: &'m Requests,
    free: Receiver<usize>,
    more: &impl Fn(u64) -> bool,
    mut accepted: Accepted<'_>,
) {
    let mut prepared: Vec<usize> = Vec::new();
    let mut next = 0;
    loop {
        let wanted = more(accepted.requests);
        if wanted && prepared.is_empty() {
            match free.recv_timeout(NAP) {
                Ok(slot) => {
                    let slots = [slot].into_iter().chain(free.try_iter()).take(BATCH);
                    prepared.extend(slots.inspect(|&slot| {
                        requests.prepare(slot, next);
                        next += 1;
                    }));
                }
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        if !wanted {
            // What is prepared has not been submitted, and has no number that anybody expects.
            return;
        }
        match ring.context().submit(requests, &prepared) {
            Ok(taken) => {
                accepted.requests += taken as u64;
                prepared.drain(..taken);
            }
            // No slot in the ring just now. Slots there come free when ours do.
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) => match free.recv_timeout(NAP) {
                Ok(slot) => {
                    requests.prepare(slot, next);
                    next += 1;
                    prepared.push(slot);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            },
            Err(error) => panic!("io_submit: {error}"),
        }
    }
}

struct Reaper<'a, 'm> {
    ring: &'a MappedRing<'m>,
    reader: Reader<'a>,
    requests: &'m Requests,
    /// Whether the event of this number has arrived.
    arrived: Vec<bool>,
    /// Where the head must be.
    head: u32,
    reaped: Reaped,
}

impl Reaper<'_, '_> {
    /// Takes some events out of the ring and checks them; the slots of their requests.
    fn reap(&mut self, reaping: Reaping, rng: &mut Rng) -> Vec<usize> {
        let empty = self.check_head();
        let mut events = [IoEvent::default(); BATCH];
        let events = &mut events[..rng.usize(1..=BATCH)];
        let ours = match reaping {
            Reaping::Ours => true,
            // At an empty ring the kernel would wait, and have every first event; so it seldom may.
            Reaping::InTurns if empty => rng.u8(..) > 16,
            Reaping::InTurns => rng.bool(),
        };
        let found = if ours {
            self.reader.read(events)
        } else {
            self.ring.context().get_events(1, events, NAP).expect("io_getevents")
        };
        if ours && found == 0 {
            // Nobody wakes a reader that the kernel does not know of.
            thread::yield_now();
        }
        *if ours { &mut self.reaped.ours } else { &mut self.reaped.kernels } += found as u64;
        self.advance(found as u32);
        events[..found].iter().map(|event| self.enter(event)).collect()
    }

    /// Enters an event in the ledger; the slot of its request.
    fn enter(&mut self, event: &IoEvent) -> usize {
        let slot = self.requests.finished(event);
        let number = event.data as usize;
        if number >= self.arrived.len() {
            self.arrived.resize(number + 1, false);
        }
        assert!(!self.arrived[number], "{event:x?} has come twice");
        self.arrived[number] = true;
        slot
    }

    fn advance(&mut self, events: u32) {
        let head = self.head + events;
        let nr = self.ring.geometry().nr();
        self.reaped.wraps += u64::from(head / nr);
        self.head = head % nr;
    }

    /// I2: nobody but this thread moves the head, not even a migration. Whether the ring is empty.
    fn check_head(&self) -> bool {
        let (head, tail) = self.reader.head_and_tail();
        assert_eq!(head, self.head, "the head is not where it was left; the tail is {tail}");
        head == tail
    }

    /// Every event has arrived, and there is none left.
    fn finish(self) -> Reaped {
        self.check_head();
        let missing = self.arrived.iter().position(|arrived| !arrived);
        assert_eq!((missing, self.arrived.len() as u64), (None, self.reaped.events()), "a number is missing");
        let mut extra = [IoEvent::default()];
        let found = self.ring.context().get_events(0, &mut extra, Duration::ZERO).expect("io_getevents");
        assert_eq!(found, 0, "{extra:x?} is left over");
        assert_eq!(self.reader.read(&mut extra), 0, "{extra:x?} is left over");
        self.reaped
    }
}

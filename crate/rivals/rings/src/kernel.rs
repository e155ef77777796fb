//! The running kernel's own ring: `io_getevents` in batches, and the mapped ring reaped in user space by the lab's reader.
//!
//! Its completions are requests to a file in the page cache, so that `io_submit` returns with all of them complete. Reaping
//! is timed without them; `kernel/submit+getevents` is timed with them, and says more of files than of rings.

use std::env;
use std::time::{Duration, Instant};

use aio_ring_kernel::{Context, Lacks, MappedRing, Requests, host};
use aio_ring_lab::ring::{Geometry, IoEvent};

/// What `io_setup` is asked for: a ring of as many pages as the others, where there are few cpus.
const ASKED: u32 = 250;

/// What is not timed may take this many times as long as what is, and then a sample ends early.
const PATIENCE: f64 = 8.0;

/// Who takes events out of the ring, and what is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reaping {
    /// `io_getevents(2)`.
    GetEvents,
    /// The lab's `aio_read_events_ring` on the mapped ring.
    Mapped,
    /// `io_submit(2)` and `io_getevents(2)`, by batches.
    Whole,
}

/// Nanoseconds an event over about `ms` milliseconds of it, by the name that the driver uses; `None`: no such subject.
///
/// # Errors
/// What the host lacks.
///
/// # Panics
/// When an event is not what its request asked for.
pub fn sample(subject: &str, batch: u32, ms: f64) -> Option<Result<f64, Lacks>> {
    let reaping = match subject {
        "kernel/getevents" => Reaping::GetEvents,
        "kernel/mapped" => Reaping::Mapped,
        "kernel/submit+getevents" => Reaping::Whole,
        _ => return None,
    };
    Some(reap(reaping, batch, ms))
}

fn reap(reaping: Reaping, batch: u32, ms: f64) -> Result<f64, Lacks> {
    let cpus = host::possible_cpus()?;
    let geometry = Geometry::for_setup(ASKED, cpus, host::page_bytes());
    let at_once = if reaping == Reaping::Whole { batch } else { geometry.usable() };
    let requests = Requests::new(at_once as usize, &env::temp_dir()).cached();
    let ring = MappedRing::new(Context::setup(ASKED)?, geometry, cpus)?;
    let mut events = vec![IoEvent::default(); at_once as usize];
    let (mut passed, mut reaped) = (Duration::ZERO, 0);
    let began = Instant::now();
    while reaped == 0 || passed.as_secs_f64() * 1e3 < ms && began.elapsed().as_secs_f64() * 1e3 < ms * PATIENCE {
        let slots: Vec<usize> = (0..requests.slots()).collect();
        slots.iter().for_each(|&slot| requests.prepare(slot, slot as u64));
        let mut start = Instant::now();
        let submitted = submit(&ring, &requests, &slots);
        if reaping != Reaping::Whole {
            start = Instant::now();
        }
        take(&ring, reaping, batch as usize, &mut events[..submitted]);
        passed += start.elapsed();
        reaped += submitted;
        events[..submitted].iter().for_each(|event| {
            requests.finished(event);
        });
    }
    Ok(passed.as_secs_f64() * 1e9 / reaped as f64)
}

/// Submits as many as the ring takes.
fn submit<'m>(ring: &MappedRing<'m>, requests: &'m Requests, slots: &[usize]) -> usize {
    let mut submitted = 0;
    while submitted < slots.len() {
        match ring.context().submit(requests, &slots[submitted..]) {
            Ok(taken) => submitted += taken,
            Err(error) if error.raw_os_error() == Some(libc::EAGAIN) && submitted > 0 => break,
            Err(error) => panic!("io_submit: {error}"),
        }
    }
    submitted
}

/// Takes `into.len()` events, which are there, in batches.
fn take(ring: &MappedRing<'_>, reaping: Reaping, batch: usize, into: &mut [IoEvent]) {
    let reader = ring.reader();
    for batch in into.chunks_mut(batch) {
        let found = match reaping {
            Reaping::Mapped => reader.read(batch),
            _ => ring.context().get_events(batch.len(), batch, Duration::from_secs(1)).expect("io_getevents"),
        };
        assert_eq!(found, batch.len(), "what was submitted is complete");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_ring_is_reaped_in_every_way_where_the_host_has_one() {
        for subject in ["kernel/getevents", "kernel/mapped", "kernel/submit+getevents"] {
            for batch in [1, 32, 128] {
                match sample(subject, batch, 0.1).expect("a subject") {
                    Ok(figure) => assert!(figure > 0.0 && figure.is_finite(), "{subject}, {batch}: {figure}"),
                    Err(Lacks(what)) => println!("skipped: {what}"),
                }
            }
        }
        assert!(sample("kernel/none", 1, 0.1).is_none());
    }
}

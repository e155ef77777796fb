//! What a user would pick instead of the ring, moving the same 32-byte records through the same loops, in rings that hold as
//! many of them; and the running kernel's own ring.
//!
//! | file | ring | batches | what it does less |
//! |---|---|---|---|
//! | [`aio_ring_bench::ours`] | the lab's, under `v4` | in and out, or out only | |
//! | [`for_rtrb`] | rtrb's | in and out, or out only | no lock: one producer and one consumer, and the compiler sees to it |
//! | [`for_crossbeam`] | crossbeam-queue's `ArrayQueue` | none | no lock; many producers and consumers |
//! | `kernel` | the running Linux's own | in and out | its completions are real reads and writes of a file |
//!
//! `bin/native` runs them on this machine, `web` in Workers. No rival is a dependency of the library.

pub mod for_crossbeam;
pub mod for_rtrb;
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub mod kernel;
#[cfg(target_arch = "wasm32")]
pub mod web;

use aio_ring_bench::beside::Looks;
use aio_ring_bench::ours::{self, End, Ends, OneByOne};
use aio_ring_bench::pair::Pair;
use aio_ring_bench::pipe::{self, Passing, Pop, Push};
use aio_ring_bench::{beside, bounce, timed};

/// Nanoseconds a unit, over so many milliseconds at the least.
pub type Sampler = Box<dyn FnMut(f64) -> f64>;

/// What one thread does, by the name that the driver uses: `pass/RING`, per record.
#[must_use]
pub fn one_thread(subject: &str, batch: u32) -> Option<Sampler> {
    Some(match subject {
        "pass/ours" => passing(ours::ends(Ends::Together), batch),
        "pass/ours-one-by-one" => passing(one_by_one(Ends::Together), batch),
        "pass/rtrb" => passing(for_rtrb::ends(), batch),
        "pass/rtrb-one-by-one" => passing(for_rtrb::ends_one_by_one(), batch),
        "pass/crossbeam-queue" => passing(for_crossbeam::ends(), batch),
        _ => return None,
    })
}

/// What two threads do: `pair/RING`, per record; `bounce`, per round trip of a cache line; `beside/PACE/bare`, `…/detected` and
/// `…/watched`, per event that a reader reads beside a migrator with that pace (0: as fast as it can).
#[must_use]
pub fn two_threads(subject: &str, batch: u32) -> Option<Pair> {
    Some(match subject {
        "pair/ours" => pair(ours::ends(Ends::Apart), batch),
        "pair/ours-one-by-one" => pair(one_by_one(Ends::Apart), batch),
        "pair/rtrb" => pair(for_rtrb::ends(), batch),
        "pair/rtrb-one-by-one" => pair(for_rtrb::ends_one_by_one(), batch),
        "pair/crossbeam-queue" => pair(for_crossbeam::ends(), batch),
        "bounce" => bounce::pair(),
        _ => return reader_beside(subject.strip_prefix("beside/")?, batch),
    })
}

fn reader_beside(subject: &str, batch: u32) -> Option<Pair> {
    let (pace, looks) = subject.split_once('/')?;
    let looks = match looks {
        "bare" => Looks::Nobody,
        "detected" => Looks::AllButReadersRecord,
        "watched" => Looks::All,
        _ => return None,
    };
    Some(beside::pair(looks, pace.parse().ok()?, batch))
}

fn one_by_one(ends: Ends) -> (OneByOne, End) {
    let (push, pop) = ours::ends(ends);
    (OneByOne(push), pop)
}

fn passing<I: Push + 'static, O: Pop + 'static>((push, pop): (I, O), batch: u32) -> Sampler {
    let mut passing = Passing::new(push, pop, batch);
    Box::new(move |ms| timed(ms, || passing.some()))
}

fn pair<I: Push + 'static, O: Pop + 'static>((push, pop): (I, O), batch: u32) -> Pair {
    pipe::pair(push, pop, batch)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_ring_moves_every_record_on_one_thread_and_between_two() {
        for ring in ["ours", "ours-one-by-one", "rtrb", "rtrb-one-by-one", "crossbeam-queue"] {
            for batch in [1, 8, 32, 128] {
                let figure = one_thread(&format!("pass/{ring}"), batch).unwrap()(1.0);
                assert!(figure > 0.0 && figure.is_finite(), "{ring}, {batch}: {figure}");
                let figure = two_threads(&format!("pair/{ring}"), batch).unwrap().sample(1.0).unwrap();
                assert!(figure > 0.0 && figure.is_finite(), "{ring}, {batch}: {figure}");
            }
        }
        assert!(one_thread("pass/none", 1).is_none() && two_threads("pair/none", 1).is_none());
    }

    /// Rings of different sizes would not be compared, but caches.
    #[test]
    fn every_ring_holds_as_many_records() {
        let records = vec![Default::default(); ours::CAPACITY + 1];
        assert_eq!(ours::ends(Ends::Together).0.push(&records), ours::CAPACITY);
        assert_eq!(for_rtrb::ends().0.push(&records), ours::CAPACITY);
        assert_eq!(for_crossbeam::ends().0.push(&records), ours::CAPACITY);
    }
}

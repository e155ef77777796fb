//! Tests against a real Linux.
//!
//! | file | holds |
//! |---|---|
//! | `aio_ring_kernel` | contexts, requests, the mapped ring: what the bench uses too |
//! | [`traffic`] | a thread that submits, one that reaps, and the ledger of what has arrived |
//! | [`layout`] | trials: header, sizes, where events lie |
//! | [`reaping`] | trials: the lab's reader, alone and in turns with `io_getevents` |
//! | [`migration`] | trial: the same while the host moves the ring's pages |

mod layout;
mod migration;
mod reaping;
mod traffic;

use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use aio_ring_kernel::{Lacks, Requests};
use libtest_mimic::{Arguments, Completion, Trial};

/// What a trial saw, or what it could not do without. A trial fails by panicking.
type Seen = Result<String, Lacks>;

type Named = (&'static str, fn() -> Seen);

const TRIALS: [Named; 6] = [
    ("header_and_sizes_are_those_of_the_kernel", layout::header_and_sizes),
    ("an_empty_ring_is_byte_for_byte_what_setup_makes", layout::empty_ring),
    ("events_lie_where_the_geometry_says_in_every_slot", layout::every_slot),
    ("our_reader_alone_finds_every_event_once_across_the_wrap", reaping::ours),
    ("our_reader_and_io_getevents_together_find_every_event_once", reaping::in_turns),
    ("every_event_arrives_once_while_ring_pages_migrate", migration::while_pages_migrate),
];

/// Requests, with their file in cargo's own folder.
fn requests(slots: usize) -> Requests {
    Requests::new(slots, Path::new(env!("CARGO_TARGET_TMPDIR")))
}

/// Runs the trials, then prints what they saw.
pub fn run() -> ExitCode {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let trials = TRIALS.map(|(name, trial)| {
        let seen = Arc::clone(&seen);
        Trial::ignorable_test(name, move || {
            Ok(match trial() {
                Ok(saw) => {
                    seen.lock().unwrap_or_else(PoisonError::into_inner).push((name, saw));
                    Completion::Completed
                }
                Err(Lacks(what)) => Completion::ignored_with(what),
            })
        })
    });
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials.into());
    // The harness captures nothing, so what is printed earlier would land in the midst of its lines.
    for (name, saw) in seen.lock().unwrap_or_else(PoisonError::into_inner).iter() {
        println!("seen by {name}: {saw}");
    }
    conclusion.exit_code()
}

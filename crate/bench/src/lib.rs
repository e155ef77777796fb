//! What the lab costs: small measured functions, the same source for the browser and for this machine.
//!
//! | file | holds |
//! |---|---|
//! | [`rig`] | a ring full of events, and how to have it full again for next to nothing |
//! | [`twin`] | the read path as one would write it by hand, without a `Machine` |
//! | [`reading`] | the read path: the twin, the machine, with the record of steps, with the detectors |
//! | [`running`] | a run's reader at its work: bare, with the record of steps, with the detectors |
//! | [`beside`] | the same beside a migrator, on two threads, with nobody looking or as in a run |
//! | [`moving`] | an uncontended migration, there and back |
//! | [`limits`] | what the machine itself takes for a page copy and for an atomic access |
//! | [`spinlock`] | the read path of each version: what the spinlock costs that the fix avoids |
//! | [`copying`], [`bounce`] | the limits of reading and of two threads: a plain copy, a cache line there and back |
//! | [`pipe`], [`ours`] | records through a ring on one thread or two; the lab's ring as one of those |
//! | [`pair`] | two threads of which one measures |
//! | [`subject`] | all of them by name, timed |
//!
//! A [`Bench::sample`] is one figure, nanoseconds a unit. Which samples are taken, in what order, and what is made of
//! them is the driver's business (`tests/bench`): it interleaves subjects at random and compares within a round.

pub mod beside;
pub mod bounce;
pub mod copying;
pub mod limits;
pub mod moving;
pub mod ours;
pub mod pair;
pub mod pipe;
pub mod reading;
pub mod rig;
pub mod running;
pub mod spinlock;
pub mod subject;
pub mod twin;
#[cfg(target_arch = "wasm32")]
pub mod web;

pub use subject::{Bench, Subject, timed};

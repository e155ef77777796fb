//! Threads as tables: what a thread does next, learned once, looked up ever after.
//!
//! A thread is a future and cannot be cloned, so an explorer that comes back to a state has to execute everything again
//! from the start. But a thread is deterministic as well: standing where it stands, a step of it depends on the words
//! that it reads and on nothing else. So a step is executed for real only once for each combination of the words that
//! it reads. The model's log says what it read and what it changed; from then on a lookup does the same, and the change
//! can be undone.
//!
//! | file | holds |
//! |---|---|
//! | [`digest`] | from the log of a step to what it depended on and what it changed |
//! | [`table`] | the decision trees: for every place of a thread, and the words that it reads, what happens |
//! | [`walker`] | a state, and steps forward and back |
//! | `study` | executions for real, and what is learned from them |
//! | [`lesson`] | what walkers on several threads tell each other |
//! | [`save`] | states saved, and come back to |
//! | [`mod@replay`] | a schedule, executed for real |
//!
//! # What makes it true
//!
//! The table is filled by real executions only. Whenever one is needed, it follows the whole schedule so far, and memory
//! and pasts that come of it are compared with those that the table led to, word by word. A thread that is not
//! deterministic, or keeps something from one operation to the next outside shared memory, comes to light there or where
//! one place turns out to lead to two different steps; it is a mistake of the program, and ends the search by panic.

pub mod digest;
pub mod lesson;
pub mod replay;
pub mod save;
mod study;
pub mod table;
pub mod walker;

pub use replay::{Replayed, replay};
pub use walker::{Pasts, Standing, Walker};

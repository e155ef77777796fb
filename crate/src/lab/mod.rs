//! A run on threads: configure, start, watch, report.
//!
//! | file | holds |
//! |---|---|
//! | [`fields`] | the knobs, with their ranges and defaults |
//! | [`settings`] | what a scenario sets them to |
//! | [`config`] | a run's configuration, read and checked |
//! | [`error`] | what is said about a bad value |
//! | [`catalog`] | what there is to choose from, for embedders and the page |
//! | `json` | objects for JavaScript |
//! | [`race`] | a run: its arena, its threads' bodies, its watchdog |
//! | [`first`] | the first corruption as a trace |
//! | [`report`] | what a run came to |
//! | [`replay`] | one schedule, forced on threads |
//! | [`compare`] | what each protocol costs: many short runs, in random order |

pub mod catalog;
pub mod compare;
pub mod config;
pub mod error;
pub mod fields;
pub mod first;
pub(crate) mod json;
pub mod race;
pub mod replay;
pub mod report;
pub mod settings;

pub use config::RunConfig;
pub use error::ConfigError;
pub use race::{Race, Watchdog};
pub use replay::Replay;
pub use report::Report;

//! A run on threads: configure, start, watch, report.
//!
//! | file | holds |
//! |---|---|
//! | [`config`] | the knobs with their ranges, and the parts of a custom protocol |
//! | [`catalog`] | what there is to choose from, for embedders and the page |
//! | [`race`] | a run: its arena, its threads' bodies, its watchdog |
//! | [`first`] | the first corruption as a trace |
//! | [`report`] | what a run came to |

pub mod catalog;
pub mod config;
pub mod first;
pub mod race;
pub mod report;

pub use config::{ConfigError, RunConfig};
pub use race::{Race, Watchdog};
pub use report::Report;

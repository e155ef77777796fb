//! What each protocol costs: protocols against each other on real threads, in short trials.
//!
//! Never all of one and then all of the other: a machine that gets warm, or whose owner opens a mail, would decide. Trials go
//! in *blocks*: one trial of each protocol, one right after the other in random order; what is compared is compared within a
//! block. A round is one block at each point of the sweep, in random order.
//!
//! A trial runs the roles without a record of steps and without detectors, which cost a reader more than what is to be
//! measured. The leader lays it out, lets it settle, counts for a while, and stops it; threads stay from trial to trial.
//!
//! What it says in sentences, and what protocols are called, is the module's (`www/lib/comparison-words.js`): it says the same of
//! a comparison that is read from a file, where there may be no threads.
//!
//! | file | holds |
//! |---|---|
//! | [`fields`] | the knobs, the metrics, and the limits |
//! | [`config`] | what is to be compared, read and checked |
//! | [`plan`] | which trial comes when |
//! | [`crew`] | threads that stay from trial to trial |
//! | [`trial`] | one trial: its arena and its threads' bodies |
//! | [`lead`] | how it is started, counted and stopped |
//! | [`waiting`] | waiting for a word to change, for so long |
//! | [`reader`] | what a measured reader does |
//! | [`stopwatch`] | times of read calls |
//! | [`refusals`] | the longest that a migrator tried in vain |
//! | [`clock`] | the clock, and what it can tell apart |
//! | [`stats`] | medians, and bootstrap intervals of them |
//! | [`report`] | the result, as data |
//! | [`figures`] | what the trials came to |
//! | [`comparison`] | all of it, one trial after the other |

pub mod clock;
pub mod comparison;
pub mod config;
pub mod crew;
pub mod fields;
pub mod figures;
pub mod lead;
pub mod plan;
pub mod reader;
pub mod refusals;
pub mod report;
pub mod stats;
pub mod stopwatch;
pub mod trial;
pub mod waiting;

pub use comparison::Comparison;
pub use config::CompareConfig;
pub use crew::Crew;

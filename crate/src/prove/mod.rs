//! What a visitor asks the search: a subject, its schedules, and what became of them.
//!
//! | file | holds |
//! |---|---|
//! | [`config`] | what is asked, checked field by field |
//! | [`question`], [`sizes`], [`engine`], [`bounds`], [`schedule`] | its fields: about what, how large, how, how far, along which way |
//! | `given` | what was given as JSON, checked |
//! | [`catalog`] | what there is to choose from |
//! | [`subject`] | what is searched: a scenario's script, or the miniature |
//! | [`report`] | a search, and its verdict as data |
//! | [`matrix`] | parts of the fix taken out, alone and in pairs |
//! | [`replay`] | a schedule that is to be forced on threads |
//! | [`live`] | a corruption on threads, found again in the model |
//! | [`mod@examine`] | a schedule, executed for real and looked at step by step |
//! | [`view`] | the state that an execution is in |
//! | [`tell`] | its steps as a trace |
//! | [`minimal`] | violating schedules made small |
//! | [`nearest`] | the good schedule that departs from a violating one in the fewest places |
//! | `waits`, `words` | who waits for what; locks, queues and steps by name |

pub mod bounds;
pub mod catalog;
pub mod config;
pub mod engine;
pub mod examine;
mod given;
pub mod live;
pub mod matrix;
pub mod minimal;
pub mod nearest;
pub mod question;
pub mod replay;
pub mod report;
pub mod schedule;
pub mod sizes;
pub mod subject;
pub mod tell;
pub mod view;
mod waits;
mod words;

pub use config::ProveConfig;
pub use examine::{Examined, examine};
pub use subject::Subject;

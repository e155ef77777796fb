//! What a visitor asks the search: a subject, its schedules, and what became of them.
//!
//! | file | holds |
//! |---|---|
//! | [`config`] | what is asked, checked field by field |
//! | [`sizes`] | how large it is |
//! | [`subject`] | what is asked about: a scenario's script, or the miniature |
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

pub mod config;
pub mod examine;
pub mod live;
pub mod matrix;
pub mod minimal;
pub mod nearest;
pub mod replay;
pub mod report;
pub mod sizes;
pub mod subject;
pub mod tell;
pub mod view;
mod waits;
mod words;

pub use config::ProveConfig;
pub use examine::{Examined, examine};
pub use subject::Subject;

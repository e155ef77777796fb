//! What a visitor asks the search: a subject, its schedules, and what became of them.
//!
//! | file | holds |
//! |---|---|
//! | [`subject`] | what is asked about: a scenario's script, or the miniature |
//! | [`examine`] | a schedule, executed for real and looked at step by step |
//! | [`view`] | the state that an execution is in |
//! | [`tell`] | its steps as a trace |
//! | [`minimal`] | violating schedules made small |
//! | [`nearest`] | the good schedule that departs from a violating one in the fewest places |
//! | `waits`, `words` | who waits for what; locks, queues and steps by name |

pub mod examine;
pub mod minimal;
pub mod nearest;
pub mod subject;
pub mod tell;
pub mod view;
mod waits;
mod words;

pub use examine::{Examined, examine};
pub use subject::Subject;

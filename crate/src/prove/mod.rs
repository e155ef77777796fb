//! What a visitor asks the search: a subject, its schedules, and what became of them.
//!
//! | file | holds |
//! |---|---|
//! | [`subject`] | what is asked about: a scenario's script, or the miniature |

pub mod subject;

pub use subject::Subject;

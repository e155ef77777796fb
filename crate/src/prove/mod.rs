//! What a visitor asks the search: a subject, its schedules, and what became of them.
//!
//! | file | holds |
//! |---|---|
//! | [`config`] | what is asked, checked field by field |
//! | [`sizes`] | how large it is |
//! | [`subject`] | what is asked about: a scenario's script, or the miniature |
//! | [`report`] | a search, and its verdict as data |
//! | [`matrix`] | parts of the fix taken out, alone and in pairs |

pub mod config;
pub mod matrix;
pub mod report;
pub mod sizes;
pub mod subject;

pub use config::ProveConfig;
pub use subject::Subject;

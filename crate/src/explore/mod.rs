//! The search.

pub mod bits;
pub mod bounds;
pub mod estimate;
pub mod fingerprint;
pub mod judge;
pub mod learned;
pub mod miniature;
pub mod persistent;
pub mod program;
pub mod sample;
pub mod scripted;
pub mod seen;
pub mod starvation;
pub mod states;
pub mod traces;
pub mod verdict;

pub use bounds::{Bound, Bounds, Host, Progress};
pub use learned::{Pasts, Replayed, Standing, Walker, replay};
pub use program::{Finding, Moment, Program};
pub use verdict::{Detection, Outcome, Verdict, Violation};

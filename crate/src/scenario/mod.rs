//! Who does what to one ring, and what must hold: one definition for all machines.
//!
//! | file | holds |
//! |---|---|
//! | [`world`] | everything that a run shares, laid out in one arena |
//! | [`role`], [`roles`], `churn` | reader, completer, migrator, setup, teardown, address space; what each does |
//! | [`watched`] | a reader on threads, watched |
//! | [`tag`] | what each event carries, so that its fate can be told |
//! | [`kind`], [`detect`] | the kinds of corruption; the detectors, as tracepoints |
//! | [`ledger`], [`streak`] | the detectors' own shared words; what readers at rest have not entered in them |
//! | [`check`] | what must hold when everybody has finished |
//! | `cause` | the step that a corruption goes back to |
//! | [`describe`] | a step in the protocol's words |
//! | [`script`] | small scripts for the model |

pub mod catalog;
pub(crate) mod cause;
pub mod check;
mod churn;
pub mod describe;
pub mod detect;
pub mod kind;
pub mod ledger;
pub mod role;
pub mod roles;
pub mod script;
pub mod streak;
pub mod tag;
pub mod truth;
pub mod watched;
pub mod world;

pub use catalog::{SCENARIOS, Scenario};
pub use detect::{AtRest, Detector};
pub use kind::Kind;
pub use ledger::{Counter, Ledger};
pub use role::{PageChoice, Role};
pub use roles::Work;
pub use world::{World, WorldConfig};

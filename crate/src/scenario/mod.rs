//! Who does what to one ring, and what must hold: one definition for all machines.
//!
//! | file | holds |
//! |---|---|
//! | [`world`] | everything that a run shares, laid out in one arena |
//! | [`roles`] | reader, completer, migrator |
//! | [`tag`] | what each event carries, so that its fate can be told |
//! | [`detect`] | the detectors, as tracepoints; the kinds of corruption |
//! | [`ledger`] | the detectors' own shared words |
//! | [`check`] | what must hold when everybody has finished |
//! | [`describe`] | a step in the protocol's words |
//! | [`script`] | small scripts for the model |

pub mod check;
pub mod describe;
pub mod detect;
pub mod ledger;
pub mod roles;
pub mod script;
pub mod tag;
pub mod world;

pub use detect::{Detector, Kind};
pub use ledger::{Counter, Ledger};
pub use roles::{PageChoice, Role, Work};
pub use world::{World, WorldConfig};

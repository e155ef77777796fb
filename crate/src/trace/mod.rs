//! Steps as data: recorded, put in order, drawn.
//!
//! | file | holds |
//! |---|---|
//! | [`merge`] | the records of several threads as one interleaving |
//! | [`picture`] | a trace in columns of text, one for each thread, as in the commit message |

pub mod merge;
pub mod picture;

use serde::Serialize;

/// A thread of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lane {
    /// "reader 1".
    pub name: String,
    /// "reader".
    pub role: String,
    /// The kernel function that it is in.
    pub function: String,
}

/// One step of a trace, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceStep {
    /// Index into [`Trace::threads`].
    pub thread: usize,
    /// The thread's role.
    pub role: String,
    /// What it did: "store ring->head in frame 3".
    pub label: String,
    /// The line of the protocol: "crate/src/aio/read.rs:41".
    pub source: String,
    /// The value read, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads: Option<String>,
    /// The value written, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writes: Option<String>,
    /// What is to be said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether what it wrote was lost.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub lost: bool,
}

/// Steps that happened, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The scenario.
    pub scenario: String,
    /// The protocol.
    pub protocol: String,
    /// The threads, one lane each.
    pub threads: Vec<Lane>,
    /// The steps, first to last.
    pub steps: Vec<TraceStep>,
    /// Whether the records reach back to where it began.
    pub complete: bool,
}

//! Subjects in words: their locks and queues by name, their steps described.

use super::Subject;
use crate::explore::miniature::Miniature;
use crate::machine::{Lock, Op, Step};
use crate::ring::Addr;
use crate::trace::TraceStep;

impl Subject {
    /// The step as data for a trace.
    pub(super) fn describe(&self, step: &Step) -> TraceStep {
        let lane = step.thread.index() as usize;
        match self {
            Self::Scripted(scripted) => scripted.world.describe(step, lane),
            Self::Miniature(miniature) => {
                let (label, reads, writes) = words_of(miniature, step);
                let role = miniature.role(step.thread).0.to_owned();
                TraceStep { thread: lane, role, label, source: step.source(), reads, writes, note: None, lost: false }
            }
        }
    }

    /// What a thread that is about to take the step intends, whatever will come of it.
    pub(super) fn intention(&self, step: &Step) -> String {
        match self {
            Self::Scripted(scripted) => scripted.world.intention(step),
            Self::Miniature(_) if matches!(step.op, Op::TryLock | Op::Refused) => {
                format!("trylock({})", self.name(step.at))
            }
            Self::Miniature(miniature) => words_of(miniature, step).0,
        }
    }

    /// The word, as the kernel would call it.
    pub(super) fn name(&self, at: Addr) -> String {
        match self {
            Self::Scripted(scripted) => scripted.world.name(at),
            Self::Miniature(miniature) if at == miniature.lock().at => "lock".to_owned(),
            Self::Miniature(miniature) => {
                let words = miniature.words();
                let known = words.iter().find(|(_, word)| *word == at);
                known.map_or_else(|| format!("word {}", at.to_word()), |(name, _)| (*name).to_owned())
            }
        }
    }

    /// All locks that threads wait for, by name.
    pub(super) fn locks(&self) -> Vec<(String, Lock)> {
        match self {
            Self::Scripted(scripted) => scripted.world.locks(),
            Self::Miniature(miniature) => vec![("lock".to_owned(), miniature.lock())],
        }
    }
}

/// The step of the miniature: what it did, the value read, the value written.
fn words_of(miniature: &Miniature, step: &Step) -> (String, Option<String>, Option<String>) {
    let [(_, ptr), head @ ..] = miniature.words();
    let name = match head.iter().find(|(_, at)| *at == step.at) {
        Some((name, _)) => name,
        None if step.at == ptr => "ptr",
        None => "lock",
    };
    let value = if step.at == ptr { format!("page {}", step.value) } else { step.value.to_string() };
    match step.op {
        Op::Load => (format!("load {name}"), Some(value), None),
        Op::Store => (format!("store {name}"), None, Some(value)),
        Op::TryLock => (format!("trylock({name}): taken"), None, None),
        Op::Refused => (format!("trylock({name}): refused"), None, None),
        Op::Lock => (format!("lock({name})"), None, None),
        _ => (format!("unlock({name})"), None, None),
    }
}

//! Threads of an execution that wait, and why a move does not fit.

use super::Subject;
use crate::explore::Program;
use crate::machine::lock::LockWord;
use crate::machine::model::{Intent, Model, Move};
use crate::machine::{ThreadId, waits};

/// What a thread waits for.
pub(super) struct Waits {
    /// The lock or the queue, by name.
    pub(super) what: String,
    /// Who holds the lock, or stands in line for it before the thread.
    pub(super) by: Vec<ThreadId>,
    intent: Intent,
}

impl Waits {
    /// What `thread` waits for; `None`: it can go on, or has ended.
    pub(super) fn of(subject: &Subject, model: &Model, thread: ThreadId) -> Option<Self> {
        let intent = model.intent(thread).filter(|_| !model.is_enabled(thread))?;
        let at = intent.decided_by()?;
        let by = match intent {
            Intent::Lock(_) => waits::holders(model.memory(), model.control(), at),
            Intent::Read(_) => match LockWord::from_word(model.memory().words()[at.index()].get()).owner() {
                Some(writer) => vec![writer],
                // Readers keep nobody from reading: it is the writers in line for the semaphore who do.
                None => model.control().all().filter(|&by| is_in_line(model, by, intent)).collect(),
            },
            _ => Vec::new(),
        };
        Some(Self { what: subject.name(at), by, intent })
    }

    /// Who ends the wait, by name.
    pub(super) fn held_by(&self, subject: &Subject) -> Option<String> {
        let names: Vec<String> = self.by.iter().map(|&by| subject.thread_name(by)).collect();
        (!names.is_empty()).then(|| names.join(" and "))
    }

    /// "reader 1 waits for ring_lock, which migrator 1 holds".
    fn sentence(&self, subject: &Subject, model: &Model, thread: ThreadId) -> String {
        let (name, what) = (subject.thread_name(thread), &self.what);
        let reads = matches!(self.intent, Intent::Read(_));
        let in_line = reads && self.by.iter().all(|&by| is_in_line(model, by, self.intent));
        match self.held_by(subject) {
            Some(by) if in_line => format!("{name} waits to read {what}, for which {by} is in line"),
            Some(by) if reads => format!("{name} waits to read {what}, which {by} holds"),
            Some(by) => {
                let hold = if self.by.len() == 1 { "holds" } else { "hold" };
                format!("{name} waits for {what}, which {by} {hold}")
            }
            None if matches!(self.intent, Intent::Wait(..)) => {
                format!("{name} waits for {what}, and nobody has woken it")
            }
            None => format!("{name} waits for {what}"),
        }
    }
}

/// Whether `thread` waits to write the semaphore that `intent` is to read.
fn is_in_line(model: &Model, thread: ThreadId, intent: Intent) -> bool {
    matches!(model.intent(thread), Some(Intent::Lock(lock)) if Some(lock.at) == intent.decided_by())
}

/// Why the execution cannot go on with `next`; `None`: it can.
pub(super) fn misfit(subject: &Subject, model: &Model, next: Move) -> Option<String> {
    let Move { thread, way } = next;
    let threads = subject.threads();
    if thread.index() >= threads {
        return Some(format!("there are {threads} threads, numbered from 0, and none is number {}", thread.index()));
    }
    let name = subject.thread_name(thread);
    if let Some(waits) = Waits::of(subject, model, thread) {
        return Some(waits.sentence(subject, model, thread));
    }
    match model.intent(thread).map(Intent::ways) {
        None => Some(format!("{name} has ended")),
        Some(ways) if way < ways => None,
        Some(1) => Some(format!("{name} has no choice here, and so no way number {way}")),
        Some(ways) => Some(format!("{name} can go {ways} ways here, numbered from 0, and none is number {way}")),
    }
}

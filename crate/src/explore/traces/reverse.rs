//! What a race calls for: an execution in which the later event comes first.

use super::history::{History, Race, Second};
use super::wakeup::{Event, WakeupTree};
use crate::explore::Walker;
use crate::machine::ThreadId;
use crate::machine::model::Move;
use crate::ring::Addr;

/// Looks at all races of an execution that is complete, and tells `call` the place of the earlier event, and what is to be
/// explored from the state before it. `waiting` are the threads that are left waiting, and for which word. The walker is
/// at the end of the execution, and is there again afterwards.
///
/// What the later event does in its new place is found by walking there: everything that did not happen after the
/// earlier event happens as it did; whether the later one can happen at all, and what it depends on then, is seen.
pub fn reverse_races(
    walker: &mut Walker<'_>,
    history: &History,
    waiting: &[(ThreadId, Addr)],
    mut call: impl FnMut(&Walker<'_>, usize, Vec<Event>),
) {
    let mut races: Vec<Race> = history.races().to_vec();
    races.extend(waiting.iter().flat_map(|&(thread, at)| history.races_of_waiting(thread, at)));
    // Latest first: the walker only goes back, and a wait is tried at the latest place where it could have ended.
    races.sort_by_key(|race| core::cmp::Reverse(race.first));
    let end = walker.depth();
    let mut placed: Vec<Second> = Vec::new();
    let mut races = races.into_iter().peekable();
    while let Some(&Race { first, .. }) = races.peek() {
        walker.back_to(first as usize);
        let others: Vec<Event> = history.independent_after(first).map(|i| history.event(i)).collect();
        for event in &others {
            walker.step(event.next);
            debug_assert_eq!(walker.last(), event.outcome, "an independent step did something else");
        }
        while let Some(race) = races.next_if(|race| race.first == first) {
            if race.waits && placed.contains(&race.second) {
                continue;
            }
            let next = match race.second {
                Second::Event(i) => history.event(i).next,
                Second::Waiting(thread) => Move { thread, way: 0 },
            };
            if walker.ways(next.thread) == 0 {
                continue;
            }
            if race.waits {
                placed.push(race.second);
            }
            let outcome = walker.peek(next);
            let mut sequence = others.clone();
            sequence.push(Event { next, outcome });
            call(walker, first as usize, sequence);
        }
        walker.back_to(first as usize);
    }
    for i in walker.depth()..end {
        walker.step(history.event(i as u32).next);
    }
}

/// A state on the path of the search.
#[derive(Debug, Default)]
pub struct Node {
    /// Steps that have been explored from here, or from an equivalent place.
    pub sleep: Vec<Event>,
    /// What is still to be explored.
    pub tree: WakeupTree,
    /// Nothing has been chosen here yet.
    pub fresh: bool,
    /// The step being explored.
    pub running: Option<Event>,
    /// Something is broken by now.
    pub broken: bool,
}

impl Node {
    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.sleep.capacity() * size_of::<Event>() + self.tree.bytes()
    }

    /// Sees to it that `sequence` will be explored from here, unless it has been.
    pub fn call(&mut self, walker: &Walker<'_>, sequence: Vec<Event>) {
        let table = walker.table();
        if !self.sleep.iter().any(|event| event.is_initial_of(&sequence, table)) {
            self.tree.insert(sequence, table);
        }
    }
}

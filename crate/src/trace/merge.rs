//! One interleaving out of several threads' records.
//!
//! Each record is in order, and each of its entries carries the clock (see
//! [`record`](crate::machine::threads::record)): an entry of a thread that moves the clock has a time of its own, an entry
//! of a thread that only watches was over when the clock was read. That orders almost everything. What it leaves open
//! (an access between two ticks; ticks lost when two threads moved the clock at once) is decided by the values: a load
//! must find what was stored last, a lock must be free to be taken. So entries are taken greedily, the earliest clock
//! first, among those that agree with the memory and the locks as they stand.

use std::collections::HashMap;

use crate::machine::threads::record::{GAP, Recorded};
use crate::machine::{Op, Step};
use crate::ring::Addr;
use crate::ring::header::Field;

/// One thread's record, oldest first, and whether it moves the clock.
#[derive(Clone, Debug)]
pub struct Record {
    /// The entries.
    pub entries: Vec<Recorded>,
    /// Whether the thread's entries have a time of their own.
    pub ticks: bool,
}

/// Clock ticks within which values, rather than clocks, decide. Fewer than a [`GAP`].
const SLACK: u32 = GAP / 2;

/// Entries of another thread that may have happened before they show on the clock: a tick follows its step, and is seen
/// a moment later still.
const LOOK_AHEAD: usize = 6;

/// The steps of all records in one order that agrees with each record, and, as far as there is one, with the values.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn merge(records: &[Record]) -> Vec<Step> {
    let newest = records.iter().filter_map(|record| record.entries.last()).map(|last| last.clock).reduce(later);
    // Clocks wrap; what counts is how far back from the end they are.
    let age = |clock: u32| newest.unwrap_or(0).wrapping_add(SLACK).wrapping_sub(clock);
    let mut next = vec![0; records.len()];
    let mut seen = Seen::default();
    let mut now = None;
    let mut merged = Vec::new();
    loop {
        let heads: Vec<(u32, bool, usize)> = records
            .iter()
            .enumerate()
            .filter_map(|(i, record)| Some((age(record.entries.get(next[i])?.clock), record.ticks, i)))
            .collect();
        // Oldest first; at the same clock a watcher's step was before the ticker's.
        let order = |&(age, ticks, i): &(u32, bool, usize)| (core::cmp::Reverse(age), ticks, i);
        let Some((oldest, _, first)) = heads.iter().copied().min_by_key(order) else { return merged };
        let fits = |&(age, _, i): &(u32, bool, usize)| {
            let mut others = heads.iter().filter(|&&(.., other)| other != i);
            let entries = &records[i].entries[next[i]..];
            oldest.wrapping_sub(age) <= SLACK
                && seen.agrees(entries)
                && !others.any(|&(.., other)| seen.spoils(&entries[0].step, &records[other].entries[next[other]..]))
        };
        let (.., chosen) = heads.iter().copied().filter(fits).min_by_key(order).unwrap_or((oldest, false, first));
        let Recorded { clock, step } = records[chosen].entries[next[chosen]];
        if now.is_some_and(|now: u32| age(now).wrapping_sub(age(clock)).cast_signed() > SLACK.cast_signed()) {
            // Between two records lie steps that nobody recorded: what they left behind is unknown.
            seen = Seen::default();
        }
        now = Some(now.map_or(clock, |now| later(now, clock)));
        seen.apply(&step);
        merged.push(step);
        next[chosen] += 1;
    }
}

fn later(a: u32, b: u32) -> u32 {
    if b.wrapping_sub(a) < u32::MAX / 2 { b } else { a }
}

/// The word that the first of these entries read, and what it found there.
fn found(entries: &[Recorded]) -> Option<(Addr, u32)> {
    let step = &entries[0].step;
    match step.op {
        Op::Load => Some((step.at, step.value)),
        // What was copied is what the source held: the very fact that a lost head turns on.
        Op::CopyPage => {
            let copied = entries.get(1).map(|entry| entry.step).filter(|copied| copied.op == Op::CopiedHead)?;
            Some((Field::Head.at(step.at), copied.value))
        }
        _ => None,
    }
}

/// Memory and locks, as far as the steps so far tell. One map: a second one of another type would be two kilobytes of code.
#[derive(Default)]
struct Seen(HashMap<Addr, Known>);

/// What is known of a word.
#[derive(Clone, Copy, Default)]
struct Known {
    value: Option<u32>,
    /// Whether somebody has it, as a lock.
    taken: Option<bool>,
}

impl Seen {
    fn known(&self, at: Addr) -> Known {
        self.0.get(&at).copied().unwrap_or_default()
    }

    /// Whether the first of these entries of a thread could happen now with the result that it had.
    fn agrees(&self, entries: &[Recorded]) -> bool {
        let step = &entries[0].step;
        if let Some((at, value)) = found(entries) {
            return self.known(at).value.is_none_or(|known| known == value);
        }
        match step.op {
            Op::Lock | Op::TryLock => self.known(step.at).taken != Some(true),
            // Without an owner it was promised, which no record tells.
            Op::Refused => step.value == 0 || self.known(step.at).taken != Some(false),
            _ => true,
        }
    }

    /// Whether `step` would take away from a word the value that one of the next `entries` of another thread found there.
    fn spoils(&self, step: &Step, entries: &[Recorded]) -> bool {
        if !matches!(step.op, Op::Store | Op::Add | Op::Exchanged | Op::CopiedHead) {
            return false;
        }
        (0..entries.len().min(LOOK_AHEAD))
            .filter_map(|i| found(&entries[i..]))
            .any(|(at, value)| at == step.at && value != step.value && self.known(at).value == Some(value))
    }

    fn apply(&mut self, step: &Step) {
        let known = self.0.entry(step.at).or_default();
        match step.op {
            Op::Load | Op::Store | Op::Add | Op::Exchanged | Op::NotExchanged | Op::CopiedHead => {
                known.value = Some(step.value);
            }
            Op::Lock | Op::TryLock => known.taken = Some(true),
            Op::Unlock => known.taken = Some(false),
            _ => {}
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::machine::ThreadId;
    use core::panic::Location;

    fn entry(thread: u32, clock: u32, op: Op, at: u32, value: u32) -> Recorded {
        let step =
            Step { thread: ThreadId::new(thread), op, at: Addr::from_word(at), value, place: Location::caller() };
        Recorded { clock, step }
    }

    fn order(records: &[Record]) -> Vec<(u32, u32)> {
        merge(records).iter().map(|step| (step.thread.index(), step.value)).collect()
    }

    #[test]
    fn the_clock_orders_and_a_watcher_comes_before_the_tick_that_it_did_not_see() {
        let ticker = Record { entries: (10..14).map(|t| entry(0, t, Op::Store, 1, t)).collect(), ticks: true };
        let watcher =
            Record { entries: vec![entry(1, 11, Op::Store, 2, 100), entry(1, 13, Op::Store, 2, 101)], ticks: false };
        assert_eq!(order(&[ticker, watcher]), [(0, 10), (1, 100), (0, 11), (0, 12), (1, 101), (0, 13)]);
    }

    #[test]
    fn values_decide_what_the_clock_leaves_open() {
        // The watcher's load found what the ticker stored at 11, although its clock says "before 11".
        let ticker =
            Record { entries: vec![entry(0, 10, Op::Store, 1, 7), entry(0, 11, Op::Store, 1, 8)], ticks: true };
        let watcher = Record { entries: vec![entry(1, 11, Op::Load, 1, 8)], ticks: false };
        assert_eq!(order(&[ticker, watcher]), [(0, 7), (0, 8), (1, 8)]);
    }

    #[test]
    fn a_copy_was_before_the_store_that_it_did_not_carry() {
        let head = Field::Head.at(Addr::from_word(32)).to_word();
        let target = Field::Head.at(Addr::from_word(64)).to_word();
        let copy = [entry(0, 10, Op::CopyPage, 32, 1), entry(0, 11, Op::CopiedHead, target, 4)];
        let ticker = Record { entries: copy.to_vec(), ticks: true };
        let watcher =
            Record { entries: vec![entry(1, 9, Op::Load, head, 4), entry(1, 10, Op::Store, head, 8)], ticks: false };
        assert_eq!(order(&[ticker.clone(), watcher.clone()]), [(1, 4), (0, 1), (1, 8), (0, 4)]);
        // Even when the clock shows the copy only some steps later.
        let late = watcher.entries.into_iter().map(|entry| Recorded { clock: entry.clock - 4, ..entry }).collect();
        assert_eq!(order(&[ticker, Record { entries: late, ticks: false }]), [(1, 4), (0, 1), (1, 8), (0, 4)]);
    }

    #[test]
    fn a_lock_is_taken_only_when_it_is_free() {
        let a = Record { entries: vec![entry(0, 5, Op::Lock, 9, 1), entry(0, 5, Op::Unlock, 9, 2)], ticks: false };
        let b = Record { entries: vec![entry(1, 5, Op::Lock, 9, 3), entry(1, 5, Op::Unlock, 9, 4)], ticks: false };
        assert_eq!(order(&[a, b]), [(0, 1), (0, 2), (1, 3), (1, 4)]);
    }

    #[test]
    fn what_was_seen_before_a_gap_in_the_records_decides_nothing_after_it() {
        let ticks = [(10, 1, 7), (5000, 2, 0), (5001, 1, 9)];
        let ticker = Record { entries: ticks.map(|(t, at, v)| entry(0, t, Op::Store, at, v)).to_vec(), ticks: true };
        let watcher = Record { entries: vec![entry(1, 5001, Op::Load, 1, 8)], ticks: false };
        assert_eq!(order(&[ticker, watcher]), [(0, 7), (0, 0), (1, 8), (0, 9)]);
    }

    #[test]
    fn clocks_wrap() {
        let ticker = Record {
            entries: [u32::MAX - 1, u32::MAX, 0, 1].map(|t| entry(0, t, Op::Store, 1, t)).to_vec(),
            ticks: true,
        };
        let watcher = Record { entries: vec![entry(1, 0, Op::Store, 2, 100)], ticks: false };
        assert_eq!(order(&[ticker, watcher]), [(0, u32::MAX - 1), (0, u32::MAX), (1, 100), (0, 0), (0, 1)]);
    }

    #[test]
    fn every_step_is_there_even_when_nothing_agrees() {
        let a = Record { entries: vec![entry(0, 5, Op::Load, 1, 1), entry(0, 5, Op::Load, 1, 2)], ticks: false };
        assert_eq!(order(&[a]), [(0, 1), (0, 2)]);
    }
}

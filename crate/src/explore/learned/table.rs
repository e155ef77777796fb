//! The decision trees: for every place of a thread, and the words that it reads there, what happens.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

use super::digest::{Digest, Effect};
use crate::explore::fingerprint;
use crate::machine::model::Intent;
use crate::machine::{Op, ThreadId};
use crate::ring::Addr;

/// Where a thread stands: a number for each different past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place(u32);

/// What came of a step: a number for each different one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Outcome(u32);

/// A place, described.
#[derive(Clone, Copy, Debug)]
pub struct PlaceInfo {
    /// Who stands there.
    pub thread: ThreadId,
    /// What it has observed.
    pub past: u64,
    /// What it will do; `None`: it has ended.
    pub intent: Option<Intent>,
    /// Its part of a state's fingerprint.
    pub mark: u64,
    /// The roots of its trees, one for each way that the step can go.
    roots: u32,
}

/// A step's outcome, described.
#[derive(Clone, Copy, Debug)]
pub struct OutcomeInfo {
    /// Where the thread stands then.
    pub to: Place,
    /// What the step was, as it was recorded first.
    pub op: Option<(Op, Addr)>,
    effects: (u32, u32),
    reads: (u32, u32),
    writes: (u32, u32),
}

/// A link of a tree: to a node, to an outcome, or to what is not known yet.
#[derive(Clone, Copy)]
struct Link(u32);

impl Outcome {
    /// Its number, from 0 on.
    #[inline(always)]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

impl Link {
    const OUTCOME: u32 = 1 << 31;
    const UNKNOWN: Self = Self(u32::MAX);
}

/// A question about one word: a small hash table from what it may hold to what comes then, by linear probing. Half of it
/// is empty at least.
#[derive(Clone, Copy)]
struct Node {
    at: Addr,
    /// Its part of [`Table::answers`].
    first: u32,
    /// Answers that there is room for, less one; a power of two, less one.
    mask: u32,
    known: u32,
}

/// What a word may hold, and what comes then; nothing is known of an empty one.
#[derive(Clone, Copy)]
struct Answer {
    value: u32,
    link: Link,
}

impl Answer {
    const EMPTY: Self = Self { value: 0, link: Link::UNKNOWN };
}

impl Node {
    /// Where the answer for `value` is, or would be.
    #[inline(always)]
    fn slot(&self, answers: &[Answer], value: u32) -> usize {
        let mut i = value ^ (value >> 12);
        loop {
            let slot = (self.first + (i & self.mask)) as usize;
            let answer = answers[slot];
            if answer.value == value || answer.link.0 == Link::UNKNOWN.0 {
                return slot;
            }
            i += 1;
        }
    }
}

/// Hashes threads and pasts: a past is a good hash already.
#[derive(Default)]
struct PastHasher(u64);

impl Hasher for PastHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(u64::from(byte)));
    }

    fn write_u16(&mut self, value: u16) {
        self.write_u64(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = self.0.rotate_left(32) ^ value;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// All that has been learned.
#[derive(Default)]
pub struct Table {
    numbers: HashMap<(ThreadId, u64), Place, BuildHasherDefault<PastHasher>>,
    places: Vec<PlaceInfo>,
    roots: Vec<Link>,
    nodes: Vec<Node>,
    answers: Vec<Answer>,
    outcomes: Vec<OutcomeInfo>,
    effects: Vec<Effect>,
    words: Vec<Addr>,
}

impl Table {
    /// The place of a thread with this past.
    ///
    /// # Panics
    /// When the same past led to another step before.
    pub fn place(&mut self, thread: ThreadId, past: u64, intent: Option<Intent>) -> Place {
        if let Some(&known) = self.numbers.get(&(thread, past)) {
            assert_eq!(self.place_info(known).intent, intent, "thread {}: the same past, another step", thread.index());
            return known;
        }
        let place = Place(self.places.len() as u32);
        let mark = fingerprint::of_past(thread, past);
        self.places.push(PlaceInfo { thread, past, intent, mark, roots: self.roots.len() as u32 });
        let ways = intent.map_or(0, Intent::ways) as usize;
        self.roots.resize(self.roots.len() + ways, Link::UNKNOWN);
        self.numbers.insert((thread, past), place);
        place
    }

    /// The place of a thread with this past, if it is known.
    #[inline(always)]
    #[must_use]
    pub fn find_place(&self, thread: ThreadId, past: u64) -> Option<Place> {
        self.numbers.get(&(thread, past)).copied()
    }

    /// The place, described.
    #[inline(always)]
    #[must_use]
    pub fn place_info(&self, place: Place) -> &PlaceInfo {
        &self.places[place.0 as usize]
    }

    /// What comes of the step at `place` when it goes this `way`; `word` says what the words hold.
    #[inline(always)]
    #[must_use]
    pub fn find(&self, place: Place, way: u32, word: impl Fn(Addr) -> u32) -> Option<Outcome> {
        let mut link = self.roots[(self.place_info(place).roots + way) as usize];
        while link.0 & Link::OUTCOME == 0 {
            let node = &self.nodes[link.0 as usize];
            let value = word(node.at);
            let answer = self.answers[node.slot(&self.answers, value)];
            link = answer.link;
        }
        (link.0 != Link::UNKNOWN.0).then_some(Outcome(link.0 & !Link::OUTCOME))
    }

    /// The outcome, described.
    #[inline(always)]
    #[must_use]
    pub fn outcome_info(&self, outcome: Outcome) -> &OutcomeInfo {
        &self.outcomes[outcome.0 as usize]
    }

    /// What the outcome changes.
    #[inline(always)]
    #[must_use]
    pub fn effects(&self, outcome: &OutcomeInfo) -> &[Effect] {
        &self.effects[outcome.effects.0 as usize..outcome.effects.1 as usize]
    }

    /// The words that the step depends on, ascending.
    #[must_use]
    pub fn reads(&self, outcome: Outcome) -> &[Addr] {
        let (from, to) = self.outcome_info(outcome).reads;
        &self.words[from as usize..to as usize]
    }

    /// The words that the step changes, ascending.
    #[must_use]
    pub fn writes(&self, outcome: Outcome) -> &[Addr] {
        let (from, to) = self.outcome_info(outcome).writes;
        &self.words[from as usize..to as usize]
    }

    /// All places that are known, described.
    #[must_use]
    pub fn all_places(&self) -> &[PlaceInfo] {
        &self.places
    }

    /// All outcomes that are known, in the order in which they were learned, with whose step it was.
    pub fn all_outcomes(&self) -> impl Iterator<Item = (ThreadId, Outcome)> {
        let thread = |info: &OutcomeInfo| self.place_info(info.to).thread;
        (0..).zip(&self.outcomes).map(move |(number, info)| (thread(info), Outcome(number)))
    }

    /// Visits what is known to come of the step at `place`, whichever way it goes, as far as `may_hold` says that a word may
    /// hold what leads there.
    pub fn visit_outcomes(&self, place: Place, may_hold: &dyn Fn(Addr, u32) -> bool, visit: &mut dyn FnMut(Outcome)) {
        let info = self.place_info(place);
        let first = info.roots as usize;
        let mut links = self.roots[first..first + info.intent.map_or(0, Intent::ways) as usize].to_vec();
        while let Some(link) = links.pop() {
            if link.0 == Link::UNKNOWN.0 {
                continue;
            }
            if link.0 & Link::OUTCOME != 0 {
                visit(Outcome(link.0 & !Link::OUTCOME));
                continue;
            }
            let node = self.nodes[link.0 as usize];
            let answers = &self.answers[node.first as usize..=(node.first + node.mask) as usize];
            links.extend(answers.iter().filter(|answer| may_hold(node.at, answer.value)).map(|answer| answer.link));
        }
    }

    /// Learns what came of the step at `place`.
    ///
    /// # Panics
    /// When the thread, having read the same words, has looked at another one before.
    pub fn learn(&mut self, place: Place, way: u32, step: &Digest, to: Place, op: Option<(Op, Addr)>) -> Outcome {
        let outcome = Outcome(self.outcomes.len() as u32);
        let words = |all: &mut Vec<Addr>, of: &[Addr]| {
            let from = all.len() as u32;
            all.extend_from_slice(of);
            (from, all.len() as u32)
        };
        let reads = words(&mut self.words, &step.reads);
        let writes = words(&mut self.words, &step.writes);
        let first = self.effects.len() as u32;
        self.effects.extend_from_slice(&step.effects);
        let effects = (first, self.effects.len() as u32);
        self.outcomes.push(OutcomeInfo { to, op, effects, reads, writes });
        self.grow(self.place_info(place).roots + way, &step.decisions, Link(outcome.0 | Link::OUTCOME));
        outcome
    }

    /// Follows the tree as far as it knows these decisions, and adds the rest.
    fn grow(&mut self, root: u32, decisions: &[(Addr, u32)], outcome: Link) {
        let mut link = self.roots[root as usize];
        // The last question asked, and the answer to it.
        let mut asked: Option<(u32, u32)> = None;
        let mut decisions = decisions.iter().copied();
        while link.0 & Link::OUTCOME == 0 {
            let node = &self.nodes[link.0 as usize];
            let next = decisions.next().filter(|(at, _)| *at == node.at);
            let (_, value) = next.expect("a thread has read the same words, and then looked at another one");
            asked = Some((link.0, value));
            link = self.answers[node.slot(&self.answers, value)].link;
        }
        assert!(link.0 == Link::UNKNOWN.0, "a thread has read the same words, and then done something else");
        for (at, value) in decisions {
            let node = self.nodes.len() as u32;
            self.nodes.push(Node { at, first: self.answers.len() as u32, mask: 1, known: 0 });
            self.answers.extend([Answer::EMPTY; 2]);
            self.link(root, asked, Link(node));
            asked = Some((node, value));
        }
        self.link(root, asked, outcome);
    }

    /// Notes what comes of the answer to a question; without a question, what the tree begins with.
    fn link(&mut self, root: u32, asked: Option<(u32, u32)>, link: Link) {
        let Some((number, value)) = asked else {
            self.roots[root as usize] = link;
            return;
        };
        let node = self.nodes[number as usize];
        if (node.known + 1) * 2 > node.mask + 1 {
            self.widen(number);
        }
        let node = &mut self.nodes[number as usize];
        node.known += 1;
        let slot = node.slot(&self.answers, value);
        self.answers[slot] = Answer { value, link };
    }

    /// Gives a question room for twice as many answers, in another place.
    fn widen(&mut self, number: u32) {
        let old = self.nodes[number as usize];
        let wide = Node { first: self.answers.len() as u32, mask: old.mask * 2 + 1, ..old };
        self.nodes[number as usize] = wide;
        self.answers.resize(self.answers.len() + wide.mask as usize + 1, Answer::EMPTY);
        for i in old.first..=old.first + old.mask {
            let answer = self.answers[i as usize];
            if answer.link.0 != Link::UNKNOWN.0 {
                let slot = wide.slot(&self.answers, answer.value);
                self.answers[slot] = answer;
            }
        }
    }

    /// Number of different places.
    #[must_use]
    pub fn places(&self) -> usize {
        self.places.len()
    }

    /// Number of different outcomes: how often a step was executed for real.
    #[must_use]
    pub fn outcomes(&self) -> usize {
        self.outcomes.len()
    }

    /// Bytes that the table takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A hash map takes about one more entry in eight, and a byte for each.
        self.numbers.capacity() * (size_of::<((ThreadId, u64), Place)>() + 1) * 9 / 8
            + self.places.capacity() * size_of::<PlaceInfo>()
            + self.roots.capacity() * size_of::<Link>()
            + self.nodes.capacity() * size_of::<Node>()
            + self.answers.capacity() * size_of::<Answer>()
            + self.outcomes.capacity() * size_of::<OutcomeInfo>()
            + self.effects.capacity() * size_of::<Effect>()
            + self.words.capacity() * size_of::<Addr>()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const A: Addr = Addr::from_word(0);
    const B: Addr = Addr::from_word(1);
    const T: ThreadId = ThreadId::new(0);

    fn step(decisions: &[(Addr, u32)]) -> Digest {
        Digest { decisions: decisions.to_vec(), ..Digest::default() }
    }

    #[test]
    fn what_was_learned_is_found_and_nothing_else() {
        let mut table = Table::default();
        let here = table.place(T, 1, Some(Intent::Act));
        let there = table.place(T, 2, None);
        let mut learn = |decisions: &[(Addr, u32)]| table.learn(here, 0, &step(decisions), there, None);
        let learned = [[(A, 1), (B, 5)], [(A, 1), (B, 6)], [(A, 2), (B, 5)]].map(|decisions| learn(&decisions));
        let other = learn(&[(A, 3)]);
        let find = |a: u32, b: u32| table.find(here, 0, |at| if at == A { a } else { b });
        assert_eq!([find(1, 5), find(1, 6), find(2, 5)], learned.map(Some));
        assert_eq!(find(3, 77), Some(other));
        assert_eq!((find(1, 7), find(2, 6), find(4, 5)), (None, None, None));
    }

    #[test]
    fn a_question_may_have_many_answers() {
        let mut table = Table::default();
        let here = table.place(T, 1, Some(Intent::Act));
        let mut rng = fastrand::Rng::with_seed(3);
        let values: std::collections::BTreeSet<u32> = (0..200).chain((0..200).map(|_| rng.u32(..))).collect();
        let learned: Vec<_> =
            values.iter().map(|&value| (value, table.learn(here, 0, &step(&[(A, value)]), here, None))).collect();
        for (value, outcome) in learned {
            assert_eq!(table.find(here, 0, |_| value), Some(outcome));
        }
        assert_eq!(table.find(here, 0, |_| 1000), None);
    }

    #[test]
    fn ways_are_learned_apart() {
        let mut table = Table::default();
        let here = table.place(T, 1, Some(Intent::Choose(2)));
        let one = table.learn(here, 1, &step(&[]), here, None);
        assert_eq!(table.find(here, 0, |_| 0), None);
        assert_eq!(table.find(here, 1, |_| 0), Some(one));
    }

    #[test]
    #[should_panic(expected = "then looked at another one")]
    fn a_thread_that_looks_elsewhere_for_no_reason_is_caught() {
        let mut table = Table::default();
        let here = table.place(T, 1, Some(Intent::Act));
        table.learn(here, 0, &step(&[(A, 1)]), here, None);
        table.learn(here, 0, &step(&[(B, 1)]), here, None);
    }

    #[test]
    #[should_panic(expected = "the same past, another step")]
    fn a_thread_that_does_something_else_for_no_reason_is_caught() {
        let mut table = Table::default();
        table.place(T, 1, Some(Intent::Act));
        table.place(T, 1, None);
    }
}

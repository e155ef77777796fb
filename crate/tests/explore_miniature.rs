//! The miniature, counted by every engine, and by a brute force that shares no line with them.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::{HashMap, HashSet};

use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Bound, Bounds, Host, Outcome, Pasts, traces};
use aio_ring_lab::machine::model::Move;

use MiniatureProtocol::{Racy, Spinlock, Trylock, TrylockIgnored};

/// The miniature once more, by hand: where each thread stands, and four words.
#[derive(Clone, Copy)]
struct Hand {
    protocol: MiniatureProtocol,
    /// Operations left, place in the operation, what was loaded, whether the lock is held by it.
    reader: Hands,
    migrator: Hands,
    words: [u32; 4],
}

#[derive(Clone, Copy)]
struct Hands {
    left: u32,
    at: u32,
    page: u32,
    head: u32,
    holds: bool,
}

const PTR: usize = 0;
const HEAD: usize = 1;
const LOCK: usize = 3;

/// A step that was taken: its name, the word, and whether it counts as a write.
type Step = (u8, usize, bool);

impl Hand {
    fn new(protocol: MiniatureProtocol, reads: u32, migrations: u32) -> Self {
        let hands = |left| Hands { left, at: 0, page: 0, head: 0, holds: false };
        Self { protocol, reader: hands(reads), migrator: hands(migrations), words: [0; 4] }
    }

    fn read(&mut self) -> Option<Step> {
        let (me, words) = (&mut self.reader, &mut self.words);
        if me.left == 0 {
            return None;
        }
        let locks = self.protocol != Racy;
        if me.at == 0 && !locks {
            me.at = 1;
        }
        let step = match me.at {
            0 if words[LOCK] != 0 => return None,
            0 => {
                words[LOCK] = 1;
                (b'l', LOCK, true)
            }
            1 => {
                me.page = words[PTR];
                (b'r', PTR, false)
            }
            2 => {
                me.head = words[HEAD + me.page as usize];
                (b'r', HEAD + me.page as usize, false)
            }
            3 => {
                words[HEAD + me.page as usize] = me.head + 1;
                (b'w', HEAD + me.page as usize, true)
            }
            _ => {
                words[LOCK] = 0;
                (b'u', LOCK, true)
            }
        };
        me.at += 1;
        if me.at > 3 + u32::from(locks) {
            (me.at, me.left) = (0, me.left - 1);
        }
        Some(step)
    }

    fn migrate(&mut self) -> Option<Step> {
        let (me, words) = (&mut self.migrator, &mut self.words);
        if me.left == 0 {
            return None;
        }
        if me.at == 0 && self.protocol == Racy {
            me.at = 1;
        }
        let step = match me.at {
            0 if words[LOCK] == 0 => {
                words[LOCK] = 1;
                me.holds = true;
                (b'l', LOCK, true)
            }
            0 if self.protocol == Spinlock => return None,
            0 if self.protocol == Trylock => {
                me.left -= 1;
                return Some((b'f', LOCK, true));
            }
            0 => (b'f', LOCK, true),
            1 => {
                me.page = words[PTR];
                (b'r', PTR, false)
            }
            2 => {
                me.head = words[HEAD + me.page as usize];
                (b'r', HEAD + me.page as usize, false)
            }
            3 => {
                words[HEAD + 1 - me.page as usize] = me.head;
                (b'w', HEAD + 1 - me.page as usize, true)
            }
            4 => {
                words[PTR] = 1 - me.page;
                (b'w', PTR, true)
            }
            _ => {
                words[LOCK] = 0;
                me.holds = false;
                (b'u', LOCK, true)
            }
        };
        me.at += 1;
        if me.at > 4 + u32::from(me.holds) || (me.at == 6) {
            (me.at, me.left) = (0, me.left - 1);
        }
        Some(step)
    }
}

/// An execution in Foata's normal form: each step with the length of the longest chain of dependent steps that leads to
/// it. Two executions are of one class exactly when their forms are the same.
#[derive(Default)]
struct Form {
    steps: [Vec<u16>; 2],
    levels: Levels,
}

/// The longest chains so far: to the last step of each thread, and to any that read or wrote each word.
#[derive(Clone, Copy, Default)]
struct Levels {
    last: [u8; 2],
    read: [u8; 4],
    written: [u8; 4],
}

impl Form {
    fn add(&mut self, thread: usize, (name, word, writes): Step) {
        let Levels { last, read, written } = &mut self.levels;
        let others = if writes { read[word].max(written[word]) } else { written[word] };
        last[thread] = last[thread].max(others) + 1;
        let kept = if writes { written } else { read };
        kept[word] = kept[word].max(last[thread]);
        self.steps[thread].push(u16::from_be_bytes([name, last[thread]]));
    }
}

#[derive(Default)]
struct Brute {
    interleavings: u64,
    /// The classes, and whether each is broken.
    classes: HashMap<[Vec<u16>; 2], bool>,
}

impl Brute {
    fn count(protocol: MiniatureProtocol, reads: u32, migrations: u32) -> Self {
        let mut brute = Self::default();
        brute.go(&Hand::new(protocol, reads, migrations), &mut Form::default(), reads);
        brute
    }

    fn go(&mut self, hand: &Hand, form: &mut Form, reads: u32) {
        let mut ended = true;
        for (thread, step) in [Hand::read, Hand::migrate].into_iter().enumerate() {
            let mut next = *hand;
            if let Some(step) = step(&mut next) {
                ended = false;
                let levels = form.levels;
                form.add(thread, step);
                self.go(&next, form, reads);
                form.steps[thread].pop();
                form.levels = levels;
            }
        }
        if ended {
            assert_eq!((hand.reader.left, hand.migrator.left), (0, 0), "nobody gets stuck here");
            self.interleavings += 1;
            let broken = hand.words[HEAD + hand.words[PTR] as usize] != reads;
            if let Some(&known) = self.classes.get(&form.steps) {
                assert_eq!(known, broken, "a class has one end");
            } else {
                self.classes.insert(form.steps.clone(), broken);
            }
        }
    }

    fn broken(&self) -> u64 {
        self.classes.values().filter(|broken| **broken).count() as u64
    }
}

/// Where a thread stands, for whoever has forgotten what was before its operation; and the words.
type Place = ([(u32, u32, u32, u32, bool); 2], [u32; 4]);

impl Hand {
    fn place(&self) -> Place {
        let hands = [self.reader, self.migrator].map(|Hands { left, at, page, head, holds }| {
            (left, at, if at > 1 { page } else { 0 }, if at > 2 { head } else { 0 }, holds && at > 0)
        });
        (hands, self.words)
    }
}

/// All interleavings with so many turns at the most away from a thread that could have gone on.
#[derive(Default)]
struct Preempted {
    most: u32,
    /// Where they come through: who went last, and after how many turns, decides what may follow.
    places: HashSet<(Place, Option<usize>, u32)>,
    broken: bool,
    /// Whether there are others.
    cut: bool,
}

impl Preempted {
    fn go(&mut self, hand: &Hand, last: Option<usize>, turns: u32, reads: u32) {
        self.places.insert((hand.place(), last, turns));
        let next = [Hand::read, Hand::migrate].map(|step| {
            let mut next = *hand;
            step(&mut next).map(|_| next)
        });
        if next.iter().all(Option::is_none) {
            self.broken |= hand.words[HEAD + hand.words[PTR] as usize] != reads;
        }
        for (thread, after) in next.iter().enumerate() {
            let Some(after) = after else { continue };
            let turns = turns + u32::from(last.is_some_and(|last| last != thread && next[last].is_some()));
            if turns > self.most {
                self.cut = true;
            } else {
                self.go(after, Some(thread), turns, reads);
            }
        }
    }
}

/// Interleavings that brute force is asked to go through at the most.
const REACH: u64 = 100_000;

/// C(n, k): the interleavings of threads that never wait.
fn choose(n: u64, k: u64) -> u64 {
    (0..k).fold(1, |product, i| product * (n - i) / (i + 1))
}

#[test]
fn the_known_numbers() {
    let known = [
        (Racy, 1, 35, 3, 1),
        (Racy, 2, 3_003, 23, 12),
        (Spinlock, 1, 2, 2, 0),
        (Spinlock, 2, 6, 6, 0),
        (Trylock, 1, 6, 3, 0),
        (Trylock, 2, 66, 15, 0),
    ];
    for (protocol, n, interleavings, classes, broken) in known {
        let brute = Brute::count(protocol, n, n);
        assert_eq!((brute.interleavings, brute.classes.len() as u64, brute.broken()), (interleavings, classes, broken));
    }
    let racy = Miniature::new(Racy, 1, 1);
    let options = Options { pasts: Pasts::Kept, whole: true, ..Options::default() };
    let kept = states::search(&racy, &options, &Host::quiet());
    assert_eq!((kept.outcome, kept.states), (Outcome::Violated, Some(26)));
}

#[test]
fn every_size_in_reach_has_the_classes_that_brute_force_counts() {
    let mut sizes = 0;
    for (protocol, _) in MiniatureProtocol::ALL {
        for reads in 0..=12 {
            for migrations in 0..=12 {
                let (r, m) = (u64::from(reads), u64::from(migrations));
                if (r, m) != (3, 3) && (r + m > 14 || choose(3 * r + 4 * m, 3 * r) > REACH) {
                    continue;
                }
                sizes += 1;
                let brute = Brute::count(protocol, reads, migrations);
                let program = Miniature::new(protocol, reads, migrations);
                let verdict =
                    traces::search(&program, &traces::Options { whole: true, ..Default::default() }, &Host::quiet());
                let counts = (verdict.traces, verdict.broken_traces, verdict.blocked_traces);
                let expected = (Some(brute.classes.len() as u64), Some(brute.broken()), Some(0));
                assert_eq!(counts, expected, "{protocol:?} {reads}x{migrations}");

                let states = states::search(&program, &Options::default(), &Host::quiet());
                assert_eq!(states.outcome, verdict.outcome, "{protocol:?} {reads}x{migrations}");
            }
        }
    }
    assert!(sizes > 80, "{sizes} sizes");
}

#[test]
fn a_bound_on_preemptions_leaves_what_brute_force_counts() {
    let mut outcomes = HashSet::new();
    for (protocol, _) in MiniatureProtocol::ALL {
        for (reads, migrations) in [(1, 1), (1, 2), (2, 1), (2, 2), (3, 2), (2, 3), (3, 3)] {
            for most in 0..=4 {
                let mut brute = Preempted { most, ..Preempted::default() };
                brute.go(&Hand::new(protocol, reads, migrations), None, 0, reads);
                let expected = match (brute.broken, brute.cut) {
                    (true, _) => Outcome::Violated,
                    (false, true) => Outcome::BoundReached(Bound::Preemptions),
                    (false, false) => Outcome::Proved,
                };
                outcomes.insert(expected.name());
                for threads in [1, 2] {
                    let bounds = Bounds { preemptions: Some(most), ..Bounds::default() };
                    let options = Options { bounds, whole: true, threads, ..Options::default() };
                    let found = states::search(&Miniature::new(protocol, reads, migrations), &options, &Host::quiet());
                    let label = format!("{protocol:?} {reads}x{migrations}, {most} preemptions, {threads} threads");
                    assert_eq!(found.outcome, expected, "{label}");
                    assert_eq!(found.states, Some(brute.places.len() as u64), "{label}");
                }
            }
        }
    }
    assert_eq!(outcomes.len(), 3, "{outcomes:?}");
}

#[test]
fn verdicts_and_shortest_counterexamples() {
    for (protocol, broken) in [(Racy, true), (Spinlock, false), (Trylock, false), (TrylockIgnored, true)] {
        for (reads, migrations) in [(1, 1), (2, 2), (5, 4), (12, 12)] {
            let program = Miniature::new(protocol, reads, migrations);
            let one = states::search(&program, &Options::default(), &Host::quiet());
            let two = states::search(&program, &Options { threads: 2, ..Options::default() }, &Host::quiet());
            assert_eq!(one.outcome, if broken { Outcome::Violated } else { Outcome::Proved });
            assert_eq!((two.outcome, two.depth), (one.outcome, one.depth), "{protocol:?} {reads}x{migrations}");
            let lengths = [&one, &two].map(|verdict| verdict.violation.as_ref().map(|found| found.schedule.len()));
            assert_eq!(lengths[0], lengths[1]);
            if broken {
                // The end is judged, and all ends are as far away where nobody skips anything.
                let steps = one.violation.expect("it is broken").steps;
                let locking = u32::from(protocol == TrylockIgnored);
                assert!(steps.len() as u32 >= reads * (3 + 2 * locking) + migrations * (4 + locking));
            } else {
                assert_eq!((one.states, one.transitions), (two.states, two.transitions));
            }
        }
    }
}

#[test]
fn a_counterexample_repeats_itself() {
    use aio_ring_lab::explore::replay;
    let program = Miniature::new(Racy, 2, 2);
    let violation = states::search(&program, &Options::default(), &Host::quiet()).violation.expect("it is broken");
    let again = replay(&program, &violation.schedule);
    assert_eq!(again.finding.as_ref(), Some(&violation.finding));
    assert_eq!(again.steps, violation.steps);
    assert_eq!(violation.finding.invariant, "head");
    let schedule: Vec<Move> = violation.schedule[..3].to_vec();
    assert_eq!(replay(&program, &schedule).finding, None);
}

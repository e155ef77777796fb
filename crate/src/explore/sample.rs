//! Sampling, for what is too large to search: random walks, and PCT.
//!
//! A sample proves nothing: its outcome is `violated` or `bound-reached`. What it says for itself is a promise.
//! *Probabilistic concurrency testing* (Burckhardt, Kothari, Musuvathi and Nagarakatte, "A randomized scheduler with
//! probabilistic guarantees of finding bugs", ASPLOS 2010) gives each of *n* threads a random priority, lets the highest one
//! go, and at *d* − 1 random steps out of *k* puts the one that goes below all others. A violation that comes from *d*
//! steps being in the right order is found by one such run with probability 1 / (*n*·*k*^(*d*−1)) at least. The promise
//! holds for runs of at most *k* steps; *k* is the length of the longest run so far, and a run that turns out longer than
//! that is not counted in it. A random walk promises nothing of the kind.

use std::collections::HashMap;

use super::bounds::{Bound, Bounds, Host, Progress, Watch, map_bytes};
use super::program::{Moment, Program};
use super::verdict::{Detection, Outcome, Verdict, Violation};
use super::{Pasts, Standing, Walker};
use crate::machine::ThreadId;
use crate::machine::model::{Cells, Move};

/// How the next thread is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every thread that can go on is equally likely.
    Random,
    /// By priorities, which change `depth` − 1 times.
    Pct {
        /// Steps whose order matters; at least 1.
        depth: u32,
    },
}

/// How to sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// The method.
    pub method: Method,
    /// How far; [`count`](Bounds::count) is of runs. Without it, or a bound on time, sampling ends by being cancelled.
    pub bounds: Bounds,
    /// The seed, which says it all.
    pub seed: u64,
}

/// Samples executions of `program` until one of them is broken.
///
/// # Panics
/// See [`states::search`](super::states::search).
#[must_use]
pub fn search(program: &dyn Program, options: &Options, host: &Host<'_>) -> Verdict {
    let mut walker = Walker::new(program, Pasts::Forgotten);
    let watch = Watch::new(options.bounds, *host);
    let mut rng = fastrand::Rng::with_seed(options.seed);
    let mut sampled = Sampled::default();
    let bound = sampled.until_broken(&mut walker, options.method, &mut rng, &watch).err();
    sampled.verdict(&walker, &watch, options.method, bound)
}

/// Steps between two looks at the clock.
const PATIENCE: u64 = 1 << 10;

/// What the runs came to.
#[derive(Default)]
struct Sampled {
    runs: u64,
    /// Runs that were no longer than the longest one before them.
    promised: u64,
    longest: u32,
    steps: u64,
    /// Whether the states at the ends of runs are broken, by their fingerprints.
    judged: HashMap<u64, bool>,
}

impl Sampled {
    /// Runs until one is broken, which the walker is left at the end of.
    fn until_broken(
        &mut self,
        walker: &mut Walker<'_>,
        method: Method,
        rng: &mut fastrand::Rng,
        watch: &Watch<'_>,
    ) -> Result<(), Bound> {
        // How long a run is, is not known before there was one.
        self.longest = self.go(walker, &mut Chance(rng.fork()), watch)?;
        // That one is no sample.
        self.steps = 0;
        loop {
            walker.back_to(0);
            if self.runs.is_multiple_of(1 << 6) {
                self.tell(walker, watch);
            }
            self.may_go_on(walker, watch)?;
            let broken = match method {
                Method::Random => self.run(walker, &mut Chance(rng.fork()), watch)?,
                Method::Pct { depth } => {
                    let mut priorities = Priorities::new(rng.fork(), walker.threads(), self.longest, depth);
                    self.run(walker, &mut priorities, watch)?
                }
            };
            if broken {
                return Ok(());
            }
        }
    }

    fn tell(&self, walker: &Walker<'_>, watch: &Watch<'_>) {
        watch.tell(Progress {
            traces: self.runs,
            depth: self.longest,
            transitions: self.steps,
            bytes: self.bytes(walker),
            ..Progress::default()
        });
    }

    fn bytes(&self, walker: &Walker<'_>) -> u64 {
        (walker.table().bytes() + map_bytes(&self.judged)) as u64
    }

    fn may_go_on(&self, walker: &Walker<'_>, watch: &Watch<'_>) -> Result<(), Bound> {
        watch.over(self.runs, self.bytes(walker)).map_or(Ok(()), Err)
    }

    /// Runs to the end, to the bound on steps, or to where something is broken; how many steps that took.
    fn go(&mut self, walker: &mut Walker<'_>, choice: &mut impl Choice, watch: &Watch<'_>) -> Result<u32, Bound> {
        let most = watch.bounds.steps.map_or(usize::MAX, |most| most as usize);
        let program = walker.program();
        let is_over = |memory: &Cells| program.is_broken(memory) || program.is_beside_the_point(memory);
        while walker.depth() < most && !is_over(walker.memory()) {
            let Some(next) = choice.pick(walker) else { break };
            walker.step(next);
            self.steps += 1;
            if self.steps.is_multiple_of(PATIENCE) {
                self.tell(walker, watch);
                self.may_go_on(walker, watch)?;
            }
        }
        Ok(walker.depth() as u32)
    }

    /// One more run; whether it is broken. The walker is left at its end.
    fn run(&mut self, walker: &mut Walker<'_>, choice: &mut impl Choice, watch: &Watch<'_>) -> Result<bool, Bound> {
        let length = self.go(walker, choice, watch)?;
        self.runs += 1;
        self.promised += u64::from(length <= self.longest);
        self.longest = self.longest.max(length);
        let program = walker.program();
        let broken = program.is_broken(walker.memory())
            || *self.judged.entry(walker.fingerprint()).or_insert_with(|| match walker.standing() {
                Standing::Going => false,
                Standing::Finished => program.judge(walker.memory(), Moment::Finished).is_some(),
                Standing::Stuck => Violation::find(program, walker.schedule()).is_some(),
            });
        Ok(broken)
    }

    fn verdict(&self, walker: &Walker<'_>, watch: &Watch<'_>, method: Method, bound: Option<Bound>) -> Verdict {
        let violation = bound.is_none().then(|| {
            let violation = Violation::find(walker.program(), walker.schedule());
            violation.expect("what was sampled is found by executing it")
        });
        let detection = match method {
            Method::Random => None,
            Method::Pct { depth } => Some(promise(walker.threads(), self.longest, depth, self.promised)),
        };
        Verdict {
            traces: Some(self.runs),
            broken_traces: Some(u64::from(violation.is_some())),
            transitions: Some(self.steps),
            depth: self.longest,
            seconds: watch.milliseconds() / 1e3,
            bytes: self.bytes(walker),
            detection,
            violation,
            ..Verdict::of(bound.map_or(Outcome::Violated, Outcome::BoundReached))
        }
    }
}

/// The bound of Burckhardt et al.: `threads` threads, `steps` steps.
fn promise(threads: u32, steps: u32, depth: u32, runs: u64) -> Detection {
    let change_points = depth.saturating_sub(1).min(i32::MAX as u32) as i32;
    let per_run = 1.0 / (f64::from(threads) * f64::from(steps.max(1)).powi(change_points));
    // 1 − (1 − p)ⁿ, which for a small p is not to be computed in this way.
    let in_all = -f64::exp_m1(runs as f64 * f64::ln_1p(-per_run));
    Detection { runs, depth, per_run, in_all: if runs == 0 { 0.0 } else { in_all } }
}

/// Who goes next.
trait Choice {
    /// A possible move; `None`: there is none.
    fn pick(&mut self, walker: &Walker<'_>) -> Option<Move>;
}

/// Every thread that can go on is equally likely.
struct Chance(fastrand::Rng);

impl Choice for Chance {
    fn pick(&mut self, walker: &Walker<'_>) -> Option<Move> {
        let able = |&thread: &ThreadId| walker.ways(thread) > 0;
        let threads = || (0..walker.threads()).map(ThreadId::new).filter(able);
        let thread = match threads().count() {
            0 => return None,
            count => threads().nth(self.0.usize(..count))?,
        };
        Some(Move { thread, way: self.0.u32(..walker.ways(thread)) })
    }
}

/// The scheduler of PCT.
struct Priorities {
    rng: fastrand::Rng,
    /// Of each thread; the highest one goes.
    priorities: Vec<u32>,
    /// Steps after which the thread that took them falls, and how far; ascending.
    changes: Vec<(u32, u32)>,
    steps: u32,
}

impl Priorities {
    fn new(mut rng: fastrand::Rng, threads: u32, steps: u32, depth: u32) -> Self {
        // d … d + n − 1 in random order; the change points bring one thread each below, to 1 … d − 1.
        let mut priorities: Vec<u32> = (depth..depth + threads).collect();
        rng.shuffle(&mut priorities);
        let mut changes: Vec<(u32, u32)> = (1..depth).map(|i| (rng.u32(1..=steps.max(1)), i)).collect();
        changes.sort_unstable();
        Self { rng, priorities, changes, steps: 0 }
    }
}

impl Choice for Priorities {
    fn pick(&mut self, walker: &Walker<'_>) -> Option<Move> {
        let threads = (0..walker.threads()).map(ThreadId::new).filter(|&thread| walker.ways(thread) > 0);
        let thread = threads.max_by_key(|thread| self.priorities[thread.index() as usize])?;
        self.steps += 1;
        for &(_, priority) in self.changes.iter().filter(|(step, _)| *step == self.steps) {
            self.priorities[thread.index() as usize] = priority;
        }
        Some(Move { thread, way: self.rng.u32(..walker.ways(thread)) })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::explore::miniature::{Miniature, MiniatureProtocol};

    fn sample(protocol: MiniatureProtocol, method: Method, runs: u64, seed: u64) -> Verdict {
        let bounds = Bounds { count: Some(runs), ..Bounds::default() };
        search(&Miniature::new(protocol, 2, 2), &Options { method, bounds, seed }, &Host::quiet())
    }

    #[test]
    fn what_is_broken_is_sampled_and_what_holds_is_never_proved() {
        for method in [Method::Random, Method::Pct { depth: 2 }] {
            let broken = sample(MiniatureProtocol::Racy, method, 1_000, 1);
            assert_eq!(broken.outcome, Outcome::Violated);
            assert_eq!(broken.violation.unwrap().finding.invariant, "head");
            let holds = sample(MiniatureProtocol::Trylock, method, 1_000, 1);
            assert_eq!((holds.outcome, holds.traces), (Outcome::BoundReached(Bound::Count), Some(1_000)));
        }
    }

    #[test]
    fn a_seed_says_it_all() {
        let pct = Method::Pct { depth: 3 };
        let of = |seed| sample(MiniatureProtocol::Racy, pct, 1_000, seed).violation.unwrap().schedule;
        assert_eq!(of(5), of(5));
        assert!((0..20).any(|seed| of(seed) != of(5)));
    }

    #[test]
    fn pct_keeps_its_promise() {
        // A read between a migration's two halves needs two steps in order: depth 2; 2 threads, 7 steps.
        let program = Miniature::new(MiniatureProtocol::Racy, 1, 1);
        let bounds = Bounds { count: Some(1), ..Bounds::default() };
        let pct = |seed| Options { method: Method::Pct { depth: 2 }, bounds, seed };
        let runs = 4_000;
        let found =
            (0..runs).filter(|&seed| search(&program, &pct(seed), &Host::quiet()).outcome == Outcome::Violated).count();
        let promised = promise(2, 7, 2, 1).per_run;
        assert!((promised - 1.0 / 14.0).abs() < 1e-12);
        assert!(found as f64 >= promised * runs as f64, "{found} of {runs}");
    }

    #[test]
    fn the_promise_of_many_runs() {
        let promise = promise(4, 100, 3, 40_000);
        assert!((promise.per_run - 1.0 / 40_000.0).abs() < 1e-12);
        assert!((promise.in_all - 0.632).abs() < 1e-3, "{}", promise.in_all);
    }
}

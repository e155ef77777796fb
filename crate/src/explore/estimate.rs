//! How large a search will be, before it begins.
//!
//! The number of schedules by Knuth's probes ("Estimating the efficiency of backtrack programs", 1975): a random walk from
//! the root, where every move is equally likely, that multiplies the numbers of moves it had. The product is right on the
//! average, and its spread is told, since one lucky probe can weigh more than all others.
//!
//! The number of states as biologists count species: from how many states were met by one probe only, and how many by
//! two (Chao, "Estimating the population size for capture-recapture data with unequal catchability", 1987). It is a lower
//! bound on the average; states that hardly any walk comes by are not in it.

use std::collections::HashMap;

use super::program::Program;
use super::{Pasts, Walker};
use crate::machine::model::Move;

/// An estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Probes.
    pub probes: u32,
    /// Decimal logarithm of the number of schedules.
    pub schedules_log10: f64,
    /// How uncertain that number is: the standard error of the mean, divided by the mean.
    pub spread: f64,
    /// Steps of a schedule on the average, and at the most.
    pub steps: (f64, u32),
    /// Different states that the probes came by.
    pub states_seen: u64,
    /// States that there are, at least and on the average.
    pub states: f64,
}

/// Estimates by so many `probes`, of at most so many `steps`.
#[must_use]
pub fn estimate(program: &dyn Program, probes: u32, steps: u32, seed: u64) -> Estimate {
    let mut walker = Walker::new(program, Pasts::Forgotten);
    let mut rng = fastrand::Rng::with_seed(seed);
    // For each state, how many probes came by: one, two, more.
    let mut met: HashMap<u64, u8> = HashMap::new();
    let mut weights = Vec::new();
    let (mut total, mut longest) = (0_u64, 0);
    for _ in 0..probes.max(1) {
        let mut weight = 0.0;
        loop {
            // A schedule comes by no state twice, but for a loop; that one counts twice then.
            let times = met.entry(walker.fingerprint()).or_default();
            *times = (*times + 1).min(3);
            let moves: Vec<Move> = walker.moves().collect();
            if moves.is_empty() || walker.depth() as u32 >= steps {
                break;
            }
            weight += (moves.len() as f64).log10();
            walker.step(moves[rng.usize(..moves.len())]);
        }
        weights.push(weight);
        total += walker.depth() as u64;
        longest = longest.max(walker.depth() as u32);
        walker.back_to(0);
    }
    let (schedules_log10, spread) = mean(&weights);
    let met_by = |probes: u8| met.values().filter(|times| **times == probes).count() as f64;
    let (once, twice) = (met_by(1), met_by(2));
    let n = weights.len() as f64;
    Estimate {
        probes: weights.len() as u32,
        schedules_log10,
        spread,
        steps: (total as f64 / n, longest),
        states_seen: met.len() as u64,
        states: met.len() as f64 + (n - 1.0) / n * once * (once - 1.0) / (2.0 * (twice + 1.0)),
    }
}

/// The mean of numbers given by their decimal logarithms, as a logarithm; and its standard error, divided by it.
fn mean(logs: &[f64]) -> (f64, f64) {
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let n = logs.len() as f64;
    let scaled = || logs.iter().map(|log| 10_f64.powf(log - largest));
    let mean = scaled().sum::<f64>() / n;
    let variance = scaled().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1.0).max(1.0);
    (largest + mean.log10(), (variance / n).sqrt() / mean)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::explore::miniature::{Miniature, MiniatureProtocol};

    #[test]
    fn schedules_are_estimated_within_the_spread() {
        for (protocol, n, schedules) in [
            (MiniatureProtocol::Racy, 1, 35.0),
            (MiniatureProtocol::Racy, 2, 3_003.0),
            (MiniatureProtocol::Spinlock, 2, 6.0),
            (MiniatureProtocol::Trylock, 2, 66.0),
        ] {
            let estimate = estimate(&Miniature::new(protocol, n, n), 2_000, 1_000, 1);
            let ratio = 10_f64.powf(estimate.schedules_log10) / schedules;
            assert!((ratio - 1.0).abs() <= 4.0 * estimate.spread + 1e-9, "{protocol:?} {n}: {ratio}, {estimate:?}");
            assert!(estimate.spread < 0.1, "{estimate:?}");
        }
    }

    #[test]
    fn states_are_estimated_from_below() {
        let estimate = |n, probes| estimate(&Miniature::new(MiniatureProtocol::Racy, n, n), probes, 1_000, 1);
        let small = estimate(1, 2_000);
        assert_eq!((small.states_seen, small.states.round()), (26, 26.0));
        assert_eq!(small.steps, (7.0, 7));
        let large = estimate(12, 2_000);
        assert!(large.states > large.states_seen as f64 && large.states < 288_149.0, "{large:?}");
        assert!(large.states > 30_000.0, "{large:?}");
    }

    #[test]
    fn numbers_beyond_the_range_of_floats_have_a_mean() {
        let (log, spread) = mean(&[1_000.0, 1_000.0]);
        assert!((log - 1_000.0).abs() < 1e-9 && spread.abs() < 1e-9);
    }
}

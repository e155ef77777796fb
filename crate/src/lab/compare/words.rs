//! What the data support, and what they do not, in sentences.

use super::config::CompareConfig;
use super::fields::{LEAST_ROUNDS, METRICS, MetricInfo};
use super::report::{Point, Verdict};
use super::stats::{Estimate, quantile};

/// A spread of the first protocol's own trials above which the machine is called noisy: half of them differ by more than this
/// part of the median.
const NOISY: f64 = 0.1;

/// Intervals of which one is to be expected to miss, at 95 %.
const ONE_MISSES: usize = 20;

/// `v4 against linux-3.12, time per read call: 0.98 times (0.95 to 1.02 in 20 rounds): …`
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub(super) fn ratio(
    names: &[String; 2],
    metric: &MetricInfo,
    estimate: &Estimate,
    rounds: usize,
    verdict: Verdict,
) -> String {
    let [ours, first] = names;
    let label = metric.label.to_lowercase();
    format!("{ours} against {first}, {label}: {}", finding(estimate, rounds, verdict))
}

/// What the stopwatch costs.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub(super) fn control(estimate: &Estimate, rounds: usize, verdict: Verdict) -> String {
    format!("Reader events with the stopwatch against without: {}", finding(estimate, rounds, verdict))
}

fn finding(estimate: &Estimate, rounds: usize, verdict: Verdict) -> String {
    let Estimate { median, low, high } = estimate;
    let said = match verdict {
        _ if (rounds as u32) < LEAST_ROUNDS => format!("too few rounds to say anything (it takes {LEAST_ROUNDS})"),
        Verdict::Higher => "higher".to_owned(),
        Verdict::Lower => "lower".to_owned(),
        Verdict::NoDifference => format!("no difference seen{}", hidden(*low, *high)),
    };
    format!("{} times ({} to {} in {rounds} rounds): {said}.", digits(*median), digits(*low), digits(*high))
}

/// How large a difference an interval that holds 1 can hide.
fn hidden(low: f64, high: f64) -> String {
    let most = (high - 1.0).max(1.0 - low);
    if most < 5e-4 {
        // As where something is counted that came out the same each time.
        ", and hardly any could be hidden".to_owned()
    } else if low <= 0.0 {
        "; one of any size would not have shown".to_owned()
    } else if high > 2.0 || low < 0.5 {
        format!("; one by a factor of up to {} would not have shown", digits(high.max(1.0 / low)))
    } else {
        format!("; one of up to {} % would not have shown", digits(most * 100.0))
    }
}

/// Three digits, more before the point.
fn digits(value: f64) -> String {
    match value.abs() {
        small if small < 1.0 => format!("{value:.3}"),
        medium if medium < 10.0 => format!("{value:.2}"),
        medium if medium < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// All that is to be said.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn summary(config: &CompareConfig, points: &[Point]) -> Vec<String> {
    let mut text = Vec::new();
    text.extend(wrong(points));
    text.extend(
        (1..config.protocols.len())
            .flat_map(|protocol| METRICS.iter().filter_map(move |metric| across(config, points, protocol, metric))),
    );
    text.extend(hung(config, points));
    text.extend(noise(config, points));
    text.extend(measuring(config, points));
    text.extend(chance(points));
    text
}

/// Which protocols are wrong, or not known to be right.
fn wrong(points: &[Point]) -> Vec<String> {
    let Some(point) = points.first() else { return Vec::new() };
    let mut said: Vec<String> = point
        .measured
        .iter()
        .filter_map(|measured| match measured.correct {
            Some(true) => None,
            Some(false) => Some(format!("{} is wrong: its speed is a yardstick, nothing more.", measured.name)),
            None => Some(format!("Nobody has searched whether {} is right.", measured.name)),
        })
        .collect();
    said.dedup();
    said
}

/// One metric of one protocol at all points.
fn across(config: &CompareConfig, points: &[Point], protocol: usize, metric: &MetricInfo) -> Option<String> {
    let found = |point: &Point| {
        point.ratios.iter().find(|ratio| ratio.protocol == protocol && ratio.metric == metric.name).cloned()
    };
    let Some(sweep) = &config.sweep else { return found(points.first()?).map(|ratio| ratio.text) };
    let mut parts = Vec::new();
    for (verdict, word) in
        [(Verdict::Lower, "lower"), (Verdict::Higher, "higher"), (Verdict::NoDifference, "no difference seen")]
    {
        let values: Vec<String> = points
            .iter()
            .filter_map(|point| Some((point.value?, found(point).filter(|ratio| ratio.verdict == verdict)?)))
            .map(|(value, ratio)| format!("{value} ({} times)", digits(ratio.ratio)))
            .collect();
        if !values.is_empty() {
            parts.push(format!("{word} at {}", values.join(", ")));
        }
    }
    let [ours, first] = [protocol, 0].map(|protocol| config.name(protocol));
    let (label, field) = (metric.label.to_lowercase(), sweep.field);
    (!parts.is_empty()).then(|| format!("{ours} against {first}, {label} by {field}: {}.", parts.join("; ")))
}

/// Trials that were given up.
fn hung(config: &CompareConfig, points: &[Point]) -> Vec<String> {
    let count = |protocol: usize| {
        let trials = points.iter().flat_map(|point| &point.measured[protocol].trials);
        trials.fold((0, 0), |(hung, all), trial| (hung + u32::from(trial.hung), all + 1))
    };
    (0..config.protocols.len())
        .filter_map(|protocol| {
            let (hung, all) = count(protocol);
            let name = config.name(protocol);
            (hung > 0).then(|| format!("{hung} of {all} trials of {name} hung, and their figures are left out."))
        })
        .collect()
}

/// Whether the machine was too noisy.
fn noise(config: &CompareConfig, points: &[Point]) -> Option<String> {
    let spreads = points.iter().filter_map(|point| {
        let rates: Vec<f64> = point
            .measured
            .first()?
            .trials
            .iter()
            .filter(|trial| !trial.hung)
            .map(|trial| f64::from(trial.events) / trial.seconds)
            .collect();
        let [low, median, high] = [0.25, 0.5, 0.75].map(|part| quantile(&rates, part));
        Some((high? - low?) / median.filter(|&median| median > 0.0)?)
    });
    let most = spreads.reduce(f64::max).filter(|&most| most > NOISY)?;
    let name = config.name(0);
    Some(format!(
        "The machine was noisy: the middle half of the trials of {name} alone lie up to {} % apart. More rounds, longer trials \
         or a quieter machine give narrower intervals.",
        digits(most * 100.0)
    ))
}

/// What measuring costs.
fn measuring(config: &CompareConfig, points: &[Point]) -> Option<String> {
    let controls: Vec<_> = points.iter().filter_map(|point| point.control.as_ref()).collect();
    let first = controls.first()?;
    if config.sweep.is_none() {
        return Some(first.text.clone());
    }
    let [least, most] = [f64::min, f64::max].map(|end| controls.iter().map(|c| c.ratio).fold(first.ratio, end));
    Some(format!(
        "Reader events with the stopwatch against without: {} to {} times, by point.",
        digits(least),
        digits(most)
    ))
}

/// How many intervals miss by chance alone.
fn chance(points: &[Point]) -> Option<String> {
    let intervals: usize = points.iter().map(|point| point.ratios.len()).sum();
    let missing = intervals / ONE_MISSES;
    (missing > 0).then(|| {
        format!("Of {intervals} intervals at 95 %, about {missing} can be expected to miss the truth by chance alone.")
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn what_an_interval_can_hide_is_said_as_one_would_say_it() {
        for (low, high, said) in [
            (1.0, 1.0, ", and hardly any could be hidden"),
            (0.96, 1.02, "; one of up to 4.00 % would not have shown"),
            (0.9, 1.35, "; one of up to 35.0 % would not have shown"),
            (0.298, 59.2, "; one by a factor of up to 59.2 would not have shown"),
            (0.01, 1.1, "; one by a factor of up to 100 would not have shown"),
            (0.0, 1.1, "; one of any size would not have shown"),
        ] {
            assert_eq!(hidden(low, high), said);
        }
    }
}

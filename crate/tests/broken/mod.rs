//! Every cell of the table of truth that is broken, with a shortest schedule that breaks it.

use std::sync::LazyLock;

use aio_ring_lab::aio::{PRESETS, presets};
use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Host, Violation};
use aio_ring_lab::prove::Subject;
use aio_ring_lab::scenario::SCENARIOS;
use aio_ring_lab::scenario::truth::{Verdict, row};

/// A broken cell.
pub struct Cell {
    pub label: String,
    pub subject: Subject,
    pub violation: Violation,
}

fn cell(label: String, subject: Subject) -> Cell {
    let verdict = states::search(&subject, &Options::default(), &Host::quiet());
    let violation = verdict.violation.unwrap_or_else(|| panic!("{label} is broken, and yet {:?}", verdict.outcome));
    Cell { label, subject, violation }
}

/// The cells: every scenario under every preset and every protocol taken apart that breaks it, and the miniature.
pub static CELLS: LazyLock<Vec<Cell>> = LazyLock::new(|| {
    let is_broken = |outcome: Verdict| matches!(outcome, Verdict::Broken | Verdict::Deadlock);
    let mut cells = Vec::new();
    for scenario in SCENARIOS {
        let row = row(scenario);
        let v4 = PRESETS[presets::V4].parts;
        let of_presets =
            PRESETS.iter().zip(row.presets).map(|(preset, expected)| (preset.name, preset.parts, expected));
        let apart = row.taken_apart.iter().map(|apart| (apart.label, (apart.take)(v4), apart.expected));
        for (label, protocol, expected) in of_presets.chain(apart) {
            if is_broken(expected.outcome) {
                let scripted = Scripted::new(scenario, scenario.smallest(), protocol);
                cells.push(cell(format!("{} under {label}", scenario.name), Subject::Scripted(Box::new(scripted))));
            }
        }
    }
    for (protocol, name) in [(MiniatureProtocol::Racy, "racy"), (MiniatureProtocol::TrylockIgnored, "trylock-ignored")]
    {
        cells.push(cell(format!("miniature under {name}"), Subject::Miniature(Miniature::new(protocol, 2, 2))));
    }
    cells
});

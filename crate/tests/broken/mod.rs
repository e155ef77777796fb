//! Every cell of the table of truth that is broken, with a shortest schedule that breaks it.

use std::sync::LazyLock;

use aio_ring_lab::explore::miniature::{Miniature, MiniatureProtocol};
use aio_ring_lab::explore::scripted::Scripted;
use aio_ring_lab::explore::states::{self, Options};
use aio_ring_lab::explore::{Host, Violation};
use aio_ring_lab::prove::Subject;
use aio_ring_lab::scenario::truth;

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
    let broken = truth::cells().filter(|cell| cell.expected.outcome.is_breach());
    let scripted = |cell: &truth::Cell| Scripted::new(cell.scenario, cell.scenario.smallest(), cell.protocol);
    let of_table = |found: truth::Cell| cell(found.to_string(), Subject::Scripted(Box::new(scripted(&found))));
    let mut cells: Vec<Cell> = broken.map(of_table).collect();
    for (protocol, name) in [(MiniatureProtocol::Racy, "racy"), (MiniatureProtocol::TrylockIgnored, "trylock-ignored")]
    {
        cells.push(cell(format!("miniature under {name}"), Subject::Miniature(Miniature::new(protocol, 2, 2))));
    }
    cells
});

//! What there is to choose from in a search.

use serde_json::{Map, Value};

use super::engine::ENGINES;
use super::matrix;
use super::question::MINIATURE_NAME;
use super::sizes::{self, MINIATURE, SizeInfo};
use crate::explore::miniature::MiniatureProtocol;
use crate::lab::json::object;
use crate::scenario::SCENARIOS;

/// What there is to choose from besides the lab's own catalogue: sizes by scenario, engines, the miniature.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn catalog() -> Value {
    let size = |info: &SizeInfo| {
        object! {
            "name": info.name, "label": info.label, "help": info.help,
            "min": info.min, "max": info.max, "default": info.default,
        }
    };
    let of = |infos: &[SizeInfo]| infos.iter().map(size).collect::<Vec<_>>();
    let mut sizes: Map<String, Value> =
        SCENARIOS.iter().map(|scenario| (scenario.name.to_owned(), of(&sizes::of(scenario)).into())).collect();
    sizes.insert(MINIATURE_NAME.to_owned(), of(&MINIATURE).into());
    object! {
        "sizes": sizes,
        "engines": ENGINES
            .iter()
            .map(|&(_, name, label, help)| object! { "name": name, "label": label, "help": help })
            .collect::<Vec<_>>(),
        "columns": matrix::columns(),
        "covers": matrix::covers(),
        "miniature": miniature(),
    }
}

/// The miniature as a scenario among others.
#[cfg_attr(target_arch = "wasm32", optimize(size))]
fn miniature() -> Value {
    object! {
        "name": MINIATURE_NAME,
        "title": "The race in miniature",
        "summary": "Two pages, a pointer to the one in use, a head on each: a read that comes between a migration's copy and \
                    its publication is lost. Small enough to count its interleavings by hand.",
        "invariants": vec![object! { "name": "head", "text": "In the end the head in use has counted all reads." }],
        "shows": vec!["head"],
        "onThreads": false,
        "note": "It has its own protocols, and is there to check the search itself.",
        "settings": Map::new(),
        "expected": Map::new(),
        "brokenBy": Vec::<Value>::new(),
        "protocols": MiniatureProtocol::ALL.map(|(protocol, name)| object! {
            "name": name, "title": protocol.title(), "correct": protocol.is_correct(),
        }),
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn what_there_is_to_choose_from_has_every_scenario_and_the_miniature() {
        let catalog = catalog();
        let sizes = catalog["sizes"].as_object().unwrap();
        assert_eq!(sizes.len(), SCENARIOS.len() + 1);
        assert!(sizes.values().all(|sizes| !sizes.as_array().unwrap().is_empty()));
        assert_eq!(catalog["engines"].as_array().unwrap().len(), ENGINES.len());
    }
}

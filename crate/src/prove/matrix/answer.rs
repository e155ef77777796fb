//! What the cells of a matrix say: which parts are needed for what, and which are redundant.

use serde::Serialize;

use super::CellReport;
use super::change::{Change, changes};
use crate::scenario::SCENARIOS;

/// What the cells say, in words and as lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Changes that break something by themselves, with the scenarios that they break.
    pub needed: Vec<Needed>,
    /// Changes that break nothing by themselves, every scenario having been searched to the end.
    pub redundant: Vec<String>,
    /// Changes that break something only together.
    pub together: Vec<Needed>,
    /// All of it in sentences.
    pub text: Vec<String>,
}

/// Changes, and the scenarios that they break.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Needed {
    /// One or two changes, by name.
    pub parts: Vec<String>,
    /// Scenarios.
    pub scenarios: Vec<String>,
}

/// Reads the answer off the cells.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn answer(cells: &[CellReport]) -> Answer {
    let of = |parts: &[String]| cells.iter().filter(|cell| cell.parts == parts).collect::<Vec<_>>();
    let breaks = |parts: &[String]| -> Vec<String> {
        of(parts).into_iter().filter(|cell| cell.is_breach()).map(|cell| cell.scenario.to_owned()).collect()
    };
    let mut columns: Vec<&[String]> = Vec::new();
    for cell in cells {
        if !columns.contains(&cell.parts.as_slice()) {
            columns.push(&cell.parts);
        }
    }
    let changes = changes();
    let find = |name: &String| changes.iter().find(|change| change.name() == *name);
    let label = |name: &String| find(name).map_or_else(|| name.clone(), Change::label);
    let titles = |names: &[String]| {
        let title = |name| SCENARIOS.iter().find(|one| one.name == name).map_or(name, |one| one.title);
        names.iter().map(|name| title(name.as_str())).collect::<Vec<_>>().join(", ")
    };
    let mut answer = Answer { needed: Vec::new(), redundant: Vec::new(), together: Vec::new(), text: Vec::new() };
    for parts in columns {
        let scenarios = breaks(parts);
        match parts {
            [part] if scenarios.is_empty() => {
                let searched = |cell: &&CellReport| ["proved", "not-applicable"].contains(&cell.outcome);
                if of(parts).iter().all(searched) && of(parts).len() == SCENARIOS.len() {
                    answer.text.push(format!(
                        "“{}” breaks nothing within this bound: what it changes is redundant here.",
                        label(part)
                    ));
                    answer.redundant.push(part.clone());
                }
            }
            [part] => {
                let is_mistake = find(part).is_some_and(Change::is_mistake);
                let verb = if is_mistake { "A mistake" } else { "Needed" };
                answer.text.push(format!("{verb}: “{}” breaks {}.", label(part), titles(&scenarios)));
                answer.needed.push(Needed { parts: parts.to_vec(), scenarios });
            }
            [one, other] => {
                let alone = [breaks(core::slice::from_ref(one)), breaks(core::slice::from_ref(other))].concat();
                let new: Vec<String> = scenarios.into_iter().filter(|scenario| !alone.contains(scenario)).collect();
                if !new.is_empty() {
                    let text = format!(
                        "Either is enough: only “{}” together with “{}” breaks {}.",
                        label(one),
                        label(other),
                        titles(&new)
                    );
                    answer.text.push(text);
                    answer.together.push(Needed { parts: parts.to_vec(), scenarios: new });
                }
            }
            _ => {}
        }
    }
    answer
}

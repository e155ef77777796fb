//! What is changed in `v4`, one thing at a time.

use serde_json::Value;

use crate::aio::parts::{PARTS, PartInfo, PartKind, PartRole, PartValue};
use crate::aio::protocol::Protocol;
use crate::aio::{PRESETS, presets};
use crate::lab::json::object;

/// Something taken out of `v4`, or a mistake put in.
#[derive(Clone, Debug)]
pub struct Change {
    /// The part.
    pub part: &'static PartInfo,
    /// What it is now.
    pub value: PartValue,
}

impl Change {
    /// Its name in the API: "ringLock=none".
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}={}", self.part.name, self.value)
    }

    /// Whether it is a deliberate mistake, not something that is missing.
    #[must_use]
    pub fn is_mistake(&self) -> bool {
        self.part.role == PartRole::Mutant
    }

    /// In words: "Ring lock: not at all".
    #[must_use]
    pub fn label(&self) -> String {
        match (self.part.kind, &self.value) {
            (PartKind::Choice(choices), PartValue::Choice(value)) => {
                let label = choices.iter().find(|(name, _)| name == value).map_or(value.as_str(), |(_, label)| label);
                format!("{}: {label}", self.part.label)
            }
            (_, PartValue::Switch(false)) => format!("without: {}", self.part.label),
            _ => self.part.label.to_owned(),
        }
    }

    /// Makes it.
    ///
    /// # Panics
    /// Never: it was made of the part's own values.
    #[must_use]
    pub fn apply(&self, mut protocol: Protocol) -> Protocol {
        protocol.set(self.part.name, &self.value).expect("a change is one of the part's values");
        protocol
    }
}

/// The protocol that parts are taken out of.
pub(super) fn whole() -> Protocol {
    PRESETS[presets::V4].parts
}

/// All changes: each part that `v4` has, off; each choice of `v4`, chosen otherwise; each mistake, made.
#[must_use]
pub fn changes() -> Vec<Change> {
    let whole = whole();
    PARTS
        .iter()
        .flat_map(|part| {
            let is = part.value(&whole);
            let values: Vec<PartValue> = match part.kind {
                PartKind::Switch => vec![PartValue::Switch(part.role == PartRole::Mutant)],
                PartKind::Choice(choices) => {
                    choices.iter().map(|(value, _)| PartValue::Choice((*value).to_owned())).collect()
                }
            };
            values.into_iter().filter(move |value| *value != is).map(move |value| Change { part, value })
        })
        .collect()
}

/// The columns, described.
#[must_use]
pub fn columns() -> Value {
    changes()
        .iter()
        .map(|change| {
            object! {
                "name": change.name(), "part": change.part.name, "label": change.label(),
                "mistake": change.is_mistake(), "sentence": change.part.sentence,
            }
        })
        .collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn every_change_changes_one_part_of_v4() {
        for change in changes() {
            let differing = PARTS.iter().filter(|part| part.value(&change.apply(whole())) != part.value(&whole()));
            assert_eq!(differing.map(|part| part.name).collect::<Vec<_>>(), [change.part.name]);
        }
    }
}

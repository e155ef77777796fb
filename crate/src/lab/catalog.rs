//! What there is to choose from: protocols, parts, fields, kinds of corruption. For embedders and the page.

use serde_json::{Value, json};

use super::config::{FIELDS, Values};
use crate::aio::presets::PRESETS;
use crate::aio::protocol::{PARTS, PartKind, PartValue, Protocol};
use crate::scenario::kind::KINDS;

fn part_value(value: PartValue) -> Value {
    match value {
        PartValue::Switch(on) => on.into(),
        PartValue::Choice(choice) => choice.into(),
    }
}

/// The parts of a protocol, by name.
#[must_use]
pub fn parts_of(protocol: &Protocol) -> Value {
    PARTS.iter().map(|part| (part.name.to_owned(), protocol.get(part.name).map_or(Value::Null, part_value))).collect()
}

/// The whole catalogue.
#[must_use]
pub fn catalog() -> Value {
    let fixed = &PRESETS[crate::aio::presets::V4].parts;
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "protocols": PRESETS.iter().map(|preset| json!({
            "name": preset.name,
            "title": preset.title,
            "date": preset.date,
            "author": preset.author,
            "summary": preset.summary,
            "argument": preset.argument,
            "flaw": preset.flaw,
            "correct": preset.flaw.is_none(),
            "parts": parts_of(&preset.parts),
        })).collect::<Vec<_>>(),
        "scenarios": [{
            "name": SCENARIO,
            "title": "Race",
            "summary": "Readers, migrators and completers work on one ring until they are stopped.",
        }],
        "fields": FIELDS.iter().map(|field| {
            let mut info = json!({
                "name": field.name, "label": field.label, "help": field.help, "unit": field.unit,
                "default": field.default_value(),
            });
            match field.values {
                Values::Integer { min, max, .. } => {
                    info["type"] = "integer".into();
                    info["min"] = min.into();
                    info["max"] = max.into();
                }
                Values::Choice { choices } => {
                    info["type"] = "choice".into();
                    info["choices"] = choices
                        .iter()
                        .map(|(value, label, help)| json!({ "value": value, "label": label, "help": help }))
                        .collect();
                }
            }
            info
        }).collect::<Vec<_>>(),
        "parts": PARTS.iter().map(|part| {
            let mut info = json!({
                "name": part.name, "label": part.label, "sentence": part.sentence, "mutant": part.mutant,
                "default": fixed.get(part.name).map_or(Value::Null, part_value),
            });
            match part.kind {
                PartKind::Switch => info["type"] = "boolean".into(),
                PartKind::Choice(choices) => {
                    info["type"] = "choice".into();
                    info["choices"] =
                        choices.iter().map(|(value, label)| json!({ "value": value, "label": label })).collect();
                }
            }
            info
        }).collect::<Vec<_>>(),
        "kinds": KINDS.iter().map(|kind| json!({
            "name": kind.name, "label": kind.label, "help": kind.help,
        })).collect::<Vec<_>>(),
    })
}

/// Name of the scenario that runs on threads.
pub const SCENARIO: &str = "race";

//! What there is to choose from: protocols, parts, fields, kinds of corruption. For embedders and the page.

use serde_json::{Map, Value};

use super::fields::{FIELDS, FieldInfo};
use super::json::object;
use super::settings::settings;
use crate::aio::Protocol;
use crate::aio::parts::{PARTS, PartKind, PartRole, PartValue};
use crate::aio::presets::PRESETS;
use crate::scenario::catalog::{INVARIANTS, SCENARIOS, Scenario, Sign, Stage};
use crate::scenario::kind::KINDS;
use crate::scenario::truth::{self, Expected};

fn part_value(value: PartValue) -> Value {
    match value {
        PartValue::Switch(on) => on.into(),
        PartValue::Choice(choice) => choice.into(),
    }
}

/// The parts of a protocol, by name.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn parts_of(protocol: &Protocol) -> Value {
    PARTS.iter().map(|part| (part.name.to_owned(), part_value(part.value(protocol)))).collect()
}

/// The protocol that others are taken apart from.
fn fixed() -> &'static Protocol {
    &PRESETS[crate::aio::presets::V4].parts
}

/// The whole catalogue.
#[must_use]
#[cfg_attr(target_arch = "wasm32", optimize(size))]
pub fn catalog() -> Value {
    let fixed = fixed();
    object! {
        "version": env!("CARGO_PKG_VERSION"),
        "protocols": PRESETS.iter().map(|preset| object! {
            "name": preset.name,
            "title": preset.title,
            "date": preset.date,
            "author": preset.author,
            "summary": preset.summary,
            "argument": preset.argument,
            "flaw": preset.flaw,
            "correct": preset.flaw.is_none(),
            "parts": parts_of(&preset.parts),
        }).collect::<Vec<_>>(),
        "scenarios": SCENARIOS.iter().map(scenario).collect::<Vec<_>>(),
        "fields": FIELDS.iter().map(FieldInfo::describe).collect::<Vec<_>>(),
        "parts": PARTS.iter().map(|part| {
            let mut info = object! {
                "name": part.name, "label": part.label, "sentence": part.sentence, "role": part.role.name(),
                "mutant": part.role == PartRole::Mutant, "default": part_value(part.value(fixed)),
            };
            match part.kind {
                PartKind::Switch => info["type"] = "boolean".into(),
                PartKind::Choice(choices) => {
                    info["type"] = "choice".into();
                    info["choices"] =
                        choices.iter().map(|&(value, label)| object! { "value": value, "label": label }).collect();
                }
            }
            info
        }).collect::<Vec<_>>(),
        "kinds": KINDS.iter().map(|kind| object! {
            "name": kind.name, "label": kind.label, "help": kind.help,
        }).collect::<Vec<_>>(),
    }
}

#[cfg_attr(target_arch = "wasm32", optimize(size))]
fn scenario(scenario: &Scenario) -> Value {
    let cell = |expected: &Expected| object! { "outcome": expected.outcome.name(), "reason": expected.reason };
    let row = truth::row(scenario);
    object! {
        "name": scenario.name,
        "title": scenario.title,
        "summary": scenario.summary,
        "invariants": INVARIANTS
            .iter()
            .filter(|(name, _)| scenario.invariants.contains(name))
            .map(|&(name, text)| object! { "name": name, "text": text })
            .collect::<Vec<_>>(),
        "shows": scenario.signs.iter().filter_map(|sign| match sign {
            Sign::Seen(kind) => Some(kind.info().name),
            Sign::AtRest(_) => None,
            Sign::Deadlock => Some("deadlock"),
            Sign::Hang => Some("hang"),
        }).collect::<Vec<_>>(),
        "onThreads": matches!(scenario.stage, Stage::Threads(_)),
        "note": match scenario.stage {
            Stage::Threads(_) => Value::Null,
            Stage::Model(why) => why.into(),
        },
        "settings": settings(scenario),
        "expected": PRESETS
            .iter()
            .zip(&row.presets)
            .map(|(preset, expected)| (preset.name.to_owned(), cell(expected)))
            .collect::<Map<_, _>>(),
        "brokenBy": row.taken_apart.iter().map(|apart| {
            let mut info = cell(&apart.expected);
            info["label"] = apart.label.into();
            info["parts"] = parts_of(&(apart.take)(*fixed()));
            info
        }).collect::<Vec<_>>(),
    }
}

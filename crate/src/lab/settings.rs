//! A scenario's cast as the fields of a run.

use serde_json::{Map, Value};

use crate::scenario::Role;
use crate::scenario::catalog::{Scenario, Stage};
use crate::scenario::role::Core;

/// The fields that the scenario sets: as many threads of each role as its cast has, and what they are told to do. How many
/// events and how large a ring is the run's own affair, and no script's.
#[must_use]
pub fn settings(scenario: &Scenario) -> Map<String, Value> {
    let mut settings = Map::new();
    for (role, _) in scenario.cast {
        let (field, flag) = match *role {
            Role::Reader { faults, .. } => ("readers", faults.then_some(("faults", "always"))),
            Role::Migrator { core, .. } => ("migrators", (core == Core::MovePages).then_some(("core", "move-pages"))),
            Role::Completer => ("completers", None),
            Role::Setup { failures, compacts, .. } => {
                // One flag at the most: a scenario is the smallest that shows its claim.
                let compacts = compacts.then_some(("allocation", "compacts"));
                ("setups", failures.then_some(("failures", "each-step")).or(compacts))
            }
            Role::Teardown => ("teardowns", None),
            Role::AddressSpace => ("addressSpaces", None),
        };
        let count = settings.get(field).and_then(Value::as_u64).unwrap_or(0);
        settings.insert(field.to_owned(), (count + 1).into());
        if let Some((field, value)) = flag {
            settings.insert(field.to_owned(), value.into());
        }
    }
    if let Stage::Threads(more) = scenario.stage {
        settings.extend(more.iter().map(|&(field, value)| (field.to_owned(), value.into())));
    }
    settings
}

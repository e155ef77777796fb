//! How large a search is: threads of each role, operations of each thread, the ring's shape.

use serde_json::{Map, Value};

use super::given::{integer, object};
use crate::lab::config::ConfigError;
use crate::machine::model::Grain;
use crate::ring::Geometry;
use crate::scenario::Role;
use crate::scenario::catalog::Scenario;
use crate::scenario::script::{ENDLESS, Script};

/// A size, described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SizeInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// What it is, in a sentence.
    pub help: &'static str,
    /// The smallest value.
    pub min: u32,
    /// The largest.
    pub max: u32,
    /// When nothing is said: enough for everything that is broken to break.
    pub default: u32,
}

/// Sizes by name, in the order of their descriptions.
pub type Sizes = Vec<(&'static str, u32)>;

/// Reads sizes from an object; those left out have their defaults.
///
/// # Errors
/// The first one that is unknown or out of range.
pub fn parse_sizes(infos: &[SizeInfo], given: Option<&Value>) -> Result<Sizes, ConfigError> {
    let names: Vec<&str> = infos.iter().map(|info| info.name).collect();
    let nothing = Value::Object(Map::new());
    let given = object("sizes", given.unwrap_or(&nothing), &names)?;
    let of = |info: &SizeInfo| match given.get(info.name) {
        None => Ok((info.name, info.default)),
        Some(value) => Ok((info.name, integer(&format!("sizes.{}", info.name), value, info.min, info.max)?)),
    };
    infos.iter().map(of).collect()
}

/// Threads of one role that a search can have: more are hardly ever searched to the end.
const MOST_THREADS: u32 = 3;
/// Operations of one thread.
const MOST_OPERATIONS: u32 = 32;
/// Pages of a ring.
const MOST_PAGES: u32 = 4;
/// Events that a reader asks for.
const MOST_EVENTS: u32 = 4;

/// The names of a role's two sizes: how many threads, how many operations of each.
pub(super) const fn names(role: &Role) -> [(&'static str, &'static str, &'static str); 2] {
    match role {
        Role::Reader { .. } => [
            ("readers", "Readers", "Threads that read events."),
            ("reads", "Reads", "Calls of read_events() by each reader."),
        ],
        Role::Migrator { .. } => [
            ("migrators", "Migrators", "Threads that migrate pages."),
            ("migrations", "Migrations", "Migrations that each migrator goes for, each in up to ten passes."),
        ],
        Role::Completer => [
            ("completers", "Completers", "Threads that submit and complete requests."),
            ("completions", "Completions", "Requests of each completer."),
        ],
        Role::Setup { .. } => [
            ("setups", "Setups", "Threads that set contexts up."),
            ("contexts", "Contexts", "Contexts that each of them sets up."),
        ],
        Role::Teardown => [
            ("teardowns", "Teardowns", "Threads that destroy contexts."),
            ("destructions", "Destructions", "Contexts that each of them destroys."),
        ],
        Role::AddressSpace => [
            ("addressSpaces", "Address-space users", "Threads that take mmap_sem for writing."),
            ("mappings", "Mappings", "Times that each of them does."),
        ],
    }
}

/// The sizes of the miniature.
pub const MINIATURE: [SizeInfo; 2] = [
    SizeInfo { name: "reads", label: "Reads", help: "Operations of the one reader.", min: 1, max: 64, default: 2 },
    SizeInfo {
        name: "migrations",
        label: "Migrations",
        help: "Operations of the one migrator.",
        min: 1,
        max: 64,
        default: 2,
    },
];

/// The sizes of a scenario.
#[must_use]
pub fn of(scenario: &Scenario) -> Vec<SizeInfo> {
    let mut sizes = Vec::new();
    for ((role, _), &smallest) in scenario.cast.iter().zip(scenario.smallest) {
        let [threads, operations] = names(role);
        for ((name, label, help), max, default) in [(threads, MOST_THREADS, 1), (operations, MOST_OPERATIONS, smallest)]
        {
            sizes.push(SizeInfo { name, label, help, min: 1, max, default });
        }
    }
    if let Some(batch) = batch(scenario) {
        let help = "Events that a reader asks for in one call.";
        sizes.push(SizeInfo { name: "batch", label: "Batch", help, min: 1, max: MOST_EVENTS, default: batch });
    }
    let (pages, help) =
        (scenario.ring.0, "Pages of the ring, each with room for a few events; the first has the header.");
    sizes.push(SizeInfo { name: "pages", label: "Pages", help, min: 1, max: MOST_PAGES, default: pages });
    if scenario.cast.iter().any(|(role, _)| role.uses_ring()) {
        let max = Geometry::of_pages(MOST_PAGES, scenario.ring.1).nr() - 1;
        let help =
            "The slot at which head and tail begin, modulo the ring's number of slots: near the end they wrap soon.";
        sizes.push(SizeInfo { name: "start", label: "First slot", help, min: 0, max, default: 0 });
    }
    if can_be_endless(scenario) {
        let help =
            "1: readers read for ever, and a migration is tried until it is let in; nothing is completed meanwhile.";
        sizes.push(SizeInfo { name: ENDLESSLY, label: "Without end", help, min: 0, max: 1, default: 0 });
    }
    sizes
}

/// The size that makes a script go on for ever: where starvation is looked for.
pub const ENDLESSLY: &str = "endless";

/// Whether a script of the scenario can go on for ever in finitely many states: readers against migrators, and nobody else.
#[must_use]
pub fn can_be_endless(scenario: &Scenario) -> bool {
    let is = |wanted: fn(&Role) -> bool| scenario.cast.iter().any(|(role, _)| wanted(role));
    is(|role| matches!(role, Role::Reader { .. }))
        && is(|role| matches!(role, Role::Migrator { .. }))
        && !is(|role| !matches!(role, Role::Reader { .. } | Role::Migrator { .. }))
}

/// The readers' batch, where there are readers.
fn batch(scenario: &Scenario) -> Option<u32> {
    scenario.cast.iter().find_map(|(role, _)| match role {
        Role::Reader { batch, .. } => Some(*batch),
        _ => None,
    })
}

/// The script of these sizes, one for each of [`of`]'s.
#[must_use]
pub fn script(scenario: &Scenario, sizes: &Sizes) -> Script {
    let size = |name: &str| sizes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut threads = Vec::new();
    for ((role, _), &smallest) in scenario.cast.iter().zip(scenario.smallest) {
        let role = match (*role, size("batch")) {
            (Role::Reader { inline, faults, .. }, Some(batch)) => Role::Reader { batch, inline, faults },
            (other, _) => other,
        };
        let [count, operations] = names(&role).map(|(name, ..)| size(name));
        let each = (role, operations.unwrap_or(smallest));
        threads.extend(core::iter::repeat_n(each, count.unwrap_or(1) as usize));
    }
    let (pages, page_bytes) = scenario.ring;
    let mut script = Script {
        threads,
        ring: Geometry::of_pages(size("pages").unwrap_or(pages), page_bytes),
        grain: Grain::Whole,
        start: size("start").unwrap_or(0),
        ..scenario.smallest()
    };
    if size(ENDLESSLY) == Some(1) {
        script.passes = None;
        for (role, rounds) in &mut script.threads {
            if let Role::Reader { inline, .. } = role {
                // Events are numbered, and would make every state a new one.
                *inline = false;
                *rounds = ENDLESS;
            }
        }
    }
    script
}

/// What a search of this script covers, in a sentence.
#[must_use]
pub fn covers(script: &Script) -> String {
    let world = script.world();
    let threads: Vec<String> = world
        .control
        .all()
        .zip(&script.threads)
        .map(|(thread, (role, rounds))| {
            let [_, (_, operations, _)] = names(role);
            let of_what = match role {
                Role::Reader { batch, .. } => format!(" of up to {}", plural(*batch, "event")),
                Role::Migrator { .. } if world.contexts.len() > 1 => ", of one ring after the other".to_owned(),
                _ => String::new(),
            };
            let rounds = match *rounds {
                ENDLESS => "without end".to_owned(),
                rounds => rounds.to_string(),
            };
            format!("{} ({}: {rounds}{of_what})", world.thread_name(thread), operations.to_lowercase())
        })
        .collect();
    format!(
        "every interleaving of {}; a ring of {} and {}, beginning at slot {}; each thread looks \
         for free frames at its own first, a frame further each round; a copy of a page or of events is one step; memory is \
         sequentially consistent",
        threads.join(", "),
        plural(script.ring.pages(), "page"),
        plural(script.ring.nr(), "slot"),
        script.start % script.ring.nr(),
    )
}

/// So many of them: "1 page", "2 pages".
pub(super) fn plural(count: u32, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::scenario::SCENARIOS;

    #[test]
    fn the_default_sizes_are_the_smallest_script() {
        for scenario in SCENARIOS {
            let sizes = of(scenario).into_iter().map(|size| (size.name, size.default)).collect();
            let (script, smallest) = (script(scenario, &sizes), scenario.smallest());
            assert_eq!((script.threads, script.ring, script.start), (smallest.threads, smallest.ring, smallest.start));
        }
    }

    #[test]
    fn each_size_changes_the_script_and_has_a_name_of_its_own() {
        for scenario in SCENARIOS {
            let infos = of(scenario);
            for (i, info) in infos.iter().enumerate() {
                assert!(!infos[..i].iter().any(|other| other.name == info.name), "{}: {}", scenario.name, info.name);
                assert!((info.min..=info.max).contains(&info.default));
                let with = |value| {
                    let sizes =
                        infos.iter().map(|other| (other.name, if other == info { value } else { other.default }));
                    let script = script(scenario, &sizes.collect());
                    (script.threads, script.ring, script.start, script.passes)
                };
                assert_ne!(with(info.min), with(info.max), "{}: {}", scenario.name, info.name);
            }
        }
    }

    #[test]
    fn what_is_covered_names_every_thread_and_its_operations() {
        let scenario = crate::scenario::catalog::find("lost-head").unwrap();
        let text = covers(&scenario.smallest());
        assert!(text.contains("reader 1 (reads: 2 of up to 1 event), migrator 1 (migrations: 1)"), "{text}");
        assert!(text.contains("a ring of 2 pages and"), "{text}");
        let with_readers = &crate::scenario::catalog::find("double-put").unwrap().larger()[0];
        assert!(covers(with_readers).contains("migrator 1 (migrations: 2, of one ring after the other)"), "{text}");
    }
}

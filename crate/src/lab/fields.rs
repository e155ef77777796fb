//! The knobs of a run: the one place where names, ranges and defaults are said.

use serde_json::Value;

use super::error::ConfigError;
use super::json::object;

/// Which values a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// Whole numbers, both ends included.
    Integer {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
        /// When nothing is said.
        default: u32,
    },
    /// One of these: value, label, help.
    Choice {
        /// All of them; the first is the default.
        choices: &'static [(&'static str, &'static str, &'static str)],
    },
}

/// A field of [`RunConfig`](super::RunConfig), described.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// What it does, in a sentence.
    pub help: &'static str,
    /// Of what it is a number.
    pub unit: Option<&'static str>,
    /// Its values.
    pub values: Values,
}

pub(super) const fn integer(min: u32, max: u32, default: u32) -> Values {
    Values::Integer { min, max, default }
}

/// All fields but `protocol` and `scenario`.
pub const FIELDS: &[FieldInfo] = &[
    FieldInfo {
        name: "readers",
        label: "Readers",
        help: "Workers that read events from the ring; ring_lock lets one of them in at a time.",
        unit: None,
        values: integer(0, 64, 0),
    },
    FieldInfo {
        name: "migrators",
        label: "Migrators",
        help: "Workers that migrate the rings' pages to new frames.",
        unit: None,
        values: integer(0, 64, 0),
    },
    FieldInfo {
        name: "completers",
        label: "Completers",
        help: "Workers that submit and complete requests; with none, each reader completes its own, as inline I/O does.",
        unit: None,
        values: integer(0, 64, 0),
    },
    FieldInfo {
        name: "setups",
        label: "Setups",
        help: "Workers that set contexts up, over and over; with no teardowns, each destroys its own again.",
        unit: None,
        values: integer(0, 16, 0),
    },
    FieldInfo {
        name: "teardowns",
        label: "Teardowns",
        help: "Workers that destroy the contexts which setups have made.",
        unit: None,
        values: integer(0, 16, 0),
    },
    FieldInfo {
        name: "addressSpaces",
        label: "Address-space users",
        help: "Workers that take mmap_sem for writing, as mmap() and munmap() do.",
        unit: None,
        values: integer(0, 16, 0),
    },
    FieldInfo {
        name: "core",
        label: "Migration comes from",
        help: "Who calls the migration: compaction holds nothing, move_pages() holds mmap_sem for reading.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("compaction", "compaction", "Nothing is held."),
                ("move-pages", "move_pages()", "mmap_sem is held for reading."),
            ],
        },
    },
    FieldInfo {
        name: "faults",
        label: "Page faults of readers",
        help: "Whether copying events to the user faults, so that a reader takes mmap_sem with ring_lock held.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("never", "never", "The user's pages are there."),
                ("always", "at every copy", "mmap_sem is taken for reading."),
            ],
        },
    },
    FieldInfo {
        name: "failures",
        label: "Failures of setup",
        help: "Whether setup fails, as memory and quota make it, at one step after the other.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("never", "never", "Only when something has really run out."),
                ("each-step", "at each step in turn", "Six setups of seven fail, each at another step."),
            ],
        },
    },
    FieldInfo {
        name: "allocation",
        label: "Allocations of setup",
        help: "Whether allocating a ring page compacts memory first, and so migrates the page that was made before it.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("plain", "take a free frame", "There is free memory."),
                ("compacts", "compact first", "Setup migrates a page of its own ring."),
            ],
        },
    },
    FieldInfo {
        name: "ringEvents",
        label: "Events asked for",
        help: "What io_setup() is asked for; the kernel's rule makes a ring of whole pages that holds at least that many.",
        unit: Some("events"),
        values: integer(1, 4096, 60),
    },
    FieldInfo {
        name: "batch",
        label: "Batch",
        help: "Events that a reader asks for in one call.",
        unit: Some("events"),
        values: integer(1, 1024, 8),
    },
    FieldInfo {
        name: "pace",
        label: "Migration pace",
        help: "Migrations a second for each migrator; 0 is as fast as it can.",
        unit: Some("migrations/s"),
        values: integer(0, 1_000_000, 0),
    },
    FieldInfo {
        name: "page",
        label: "Page to migrate",
        help: "Which ring page a migrator takes next; page 0 has the header with head and tail.",
        unit: None,
        values: Values::Choice {
            choices: &[
                ("round-robin", "round robin", "One page after the other."),
                ("zero", "page 0 only", "Always the page with the header."),
                ("random", "random", "Any page, by the seed."),
            ],
        },
    },
    FieldInfo {
        name: "durationMs",
        label: "Duration",
        help: "How long the run lasts unless it is stopped; 0 is until it is stopped.",
        unit: Some("ms"),
        values: integer(0, 3_600_000, 10_000),
    },
    FieldInfo {
        name: "seed",
        label: "Seed",
        help: "Of whatever is random: the pages that are chosen, and the mark that the events carry.",
        unit: None,
        values: integer(0, u32::MAX, 1),
    },
    FieldInfo {
        name: "widen",
        label: "Widen the race window",
        help: "Turns of idle spinning between copying a page and publishing it: makes the race easier to hit, which no \
               kernel does. 0 injects nothing.",
        unit: Some("turns"),
        values: integer(0, 1_000_000, 0),
    },
];

impl FieldInfo {
    /// As embedders get it.
    #[must_use]
    #[cfg_attr(target_arch = "wasm32", optimize(size))]
    pub fn describe(&self) -> Value {
        let mut info = object! {
            "name": self.name, "label": self.label, "help": self.help, "unit": self.unit,
            "default": self.default_value(),
        };
        match self.values {
            Values::Integer { min, max, .. } => {
                info["type"] = "integer".into();
                info["min"] = min.into();
                info["max"] = max.into();
            }
            Values::Choice { choices } => {
                info["type"] = "choice".into();
                info["choices"] = choices
                    .iter()
                    .map(|&(value, label, help)| object! { "value": value, "label": label, "help": help })
                    .collect();
            }
        }
        info
    }

    /// The value when nothing is said.
    #[must_use]
    pub fn default_value(&self) -> Value {
        match self.values {
            Values::Integer { default, .. } => default.into(),
            Values::Choice { choices } => choices[0].0.into(),
        }
    }

    /// The value, if the field takes it.
    pub(super) fn check(&self, value: Value) -> Result<Value, ConfigError> {
        let (fits, range) = match self.values {
            Values::Integer { min, max, .. } => {
                // JavaScript has one kind of number: 3.0 is the integer 3.
                let number = value.as_f64().filter(|number| number.fract() == 0.0);
                let integer = number.filter(|&number| f64::from(min) <= number && number <= f64::from(max));
                (integer.map(|number| Value::from(number as u32)), format!("a whole number from {min} to {max}"))
            }
            Values::Choice { choices } => {
                let known = choices.iter().any(|choice| value.as_str() == Some(choice.0));
                let names: Vec<&str> = choices.iter().map(|choice| choice.0).collect();
                (known.then(|| value.clone()), format!("one of {}", names.join(", ")))
            }
        };
        fits.ok_or_else(|| ConfigError { field: self.name.to_owned(), value: value.to_string(), range })
    }
}

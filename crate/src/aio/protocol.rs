//! The fix, taken apart: a protocol is a set of named parts.

use core::fmt;

/// How migration takes `ring_lock`, the readers' mutex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RingLock {
    /// Not at all: nothing excludes readers.
    None,
    /// Tries; refused, it gives up with −EAGAIN.
    Try,
    /// Waits for it.
    Block,
}

/// How long migration holds the mapping's `private_lock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PrivateLock {
    /// Around finding the context, the copy and the swap, after the mapping has moved.
    Publish,
    /// Around the checks, and again around copy and swap; free in between.
    Split,
    /// Over the whole migration.
    Whole,
}

/// In which order migration copies the page and publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Copy, publish, release: right.
    CopyPublishRelease,
    /// A mutant: `ring_pages[]` points to the new page before it holds anything.
    PublishFirst,
    /// A mutant: the locks are released before the new page is published.
    ReleaseFirst,
}

/// The parts of the fix. Each is one line of it that can be taken out.
///
/// `Protocol` says what is done; which set Linux had when is in [`presets`](super::presets).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Protocol {
    /// How migration takes `ring_lock`.
    pub ring_lock: RingLock,
    /// How long migration holds `private_lock`.
    pub private_lock: PrivateLock,
    /// Migration holds `completion_lock` around copy and swap.
    pub completion_lock: bool,
    /// Migration checks that `ring_pages[idx]` is still the old page.
    pub identity_check: bool,
    /// Migration keeps the ring's reference on the old page to the end (rather than putting it first).
    pub extra_reference: bool,
    /// Readers, and migration, take another spinlock around page 0.
    pub reader_spinlock: bool,
    /// Mutant: a refused trylock is ignored, and the page migrates all the same.
    pub ignore_refused: bool,
    /// The order of copy, publication and release.
    pub order: Order,
    /// Mutant: migration puts the reference of the new page instead of the old one.
    pub wrong_frame_put: bool,
}

/// Where the code gets its parts from.
pub trait Rules: Copy {
    /// The parts.
    fn parts(self) -> Protocol;
}

/// Any set of parts, looked at while running.
impl Rules for Protocol {
    #[inline(always)]
    fn parts(self) -> Protocol {
        self
    }
}

/// A value of a part, as embedders give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartValue {
    /// A switch.
    Switch(bool),
    /// One of the part's choices.
    Choice(String),
}

impl fmt::Display for PartValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(on) => write!(f, "{on}"),
            Self::Choice(choice) => f.write_str(choice),
        }
    }
}

/// What kind of values a part takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// `true` or `false`.
    Switch,
    /// One of these: value and label.
    Choice(&'static [(&'static str, &'static str)]),
}

/// A part, described.
#[derive(Clone, Copy, Debug)]
pub struct PartInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// What the commit (or the thread around it) says for it, in a sentence.
    pub sentence: &'static str,
    /// Its values.
    pub kind: PartKind,
    /// Whether it only exists to break the protocol.
    pub mutant: bool,
}

/// All parts, in the order in which a migration meets them.
pub const PARTS: &[PartInfo] = &[
    PartInfo {
        name: "ringLock",
        label: "Migration takes ring_lock",
        sentence: "Migration must not run while a reader works on the ring; it may only try the readers' mutex, because \
                   readers and setup hold it while they wait for the address space.",
        kind: PartKind::Choice(&[
            ("none", "not at all"),
            ("try", "tries; refused: −EAGAIN"),
            ("block", "waits for it"),
        ]),
        mutant: false,
    },
    PartInfo {
        name: "privateLock",
        label: "private_lock is held",
        sentence: "Holding the mapping's private_lock over the whole migration keeps the context alive, because teardown \
                   disconnects the mapping under it.",
        kind: PartKind::Choice(&[
            ("publish", "around copy and swap"),
            ("split", "around the checks, and again around copy and swap"),
            ("whole", "over the whole migration"),
        ]),
        mutant: false,
    },
    PartInfo {
        name: "completionLock",
        label: "completion_lock around copy and swap",
        sentence: "No completion may write to the ring while its page is copied, or its event stays in the old page.",
        kind: PartKind::Switch,
        mutant: false,
    },
    PartInfo {
        name: "identityCheck",
        label: "Check that ring_pages[idx] is the old page",
        sentence: "The page may have been changed by another migration by the time the lock is held.",
        kind: PartKind::Switch,
        mutant: false,
    },
    PartInfo {
        name: "extraReference",
        label: "Keep the ring's reference on the old page",
        sentence: "The old page's reference is put when the page is no longer reachable, not before it has moved.",
        kind: PartKind::Switch,
        mutant: false,
    },
    PartInfo {
        name: "readerSpinlock",
        label: "Another spinlock around page 0",
        sentence: "The first proposal: readers and migration take one more spinlock around page 0; every read pays for it.",
        kind: PartKind::Switch,
        mutant: false,
    },
    PartInfo {
        name: "ignoreRefused",
        label: "Ignore the refused trylock",
        sentence: "A mutant: the trylock's answer is thrown away.",
        kind: PartKind::Switch,
        mutant: true,
    },
    PartInfo {
        name: "order",
        label: "Order of copy, publication and release",
        sentence: "The new page must hold the ring before anybody can find it, and be found before the locks are free.",
        kind: PartKind::Choice(&[
            ("copy-publish-release", "copy, publish, release"),
            ("publish-first", "publish, then copy (mutant)"),
            ("release-first", "copy, release, then publish (mutant)"),
        ]),
        mutant: true,
    },
    PartInfo {
        name: "wrongFramePut",
        label: "Put the wrong page",
        sentence: "A mutant: at the end of the migration the new page loses a reference instead of the old one.",
        kind: PartKind::Switch,
        mutant: true,
    },
];

/// Why a part could not be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartError {
    /// There is no such part.
    Unknown,
    /// The part does not take this value.
    Value,
}

impl Protocol {
    /// The value of a part of [`PARTS`].
    #[must_use]
    pub fn get(&self, name: &str) -> Option<PartValue> {
        let choice = |value: &str| PartValue::Choice(value.to_owned());
        Some(match name {
            "ringLock" => choice(match self.ring_lock {
                RingLock::None => "none",
                RingLock::Try => "try",
                RingLock::Block => "block",
            }),
            "privateLock" => choice(match self.private_lock {
                PrivateLock::Publish => "publish",
                PrivateLock::Split => "split",
                PrivateLock::Whole => "whole",
            }),
            "completionLock" => PartValue::Switch(self.completion_lock),
            "identityCheck" => PartValue::Switch(self.identity_check),
            "extraReference" => PartValue::Switch(self.extra_reference),
            "readerSpinlock" => PartValue::Switch(self.reader_spinlock),
            "ignoreRefused" => PartValue::Switch(self.ignore_refused),
            "order" => choice(match self.order {
                Order::CopyPublishRelease => "copy-publish-release",
                Order::PublishFirst => "publish-first",
                Order::ReleaseFirst => "release-first",
            }),
            "wrongFramePut" => PartValue::Switch(self.wrong_frame_put),
            _ => return None,
        })
    }

    /// Sets a part of [`PARTS`].
    ///
    /// # Errors
    /// When there is no such part, or it does not take the value.
    pub fn set(&mut self, name: &str, value: &PartValue) -> Result<(), PartError> {
        let switch = match value {
            PartValue::Switch(on) => Ok(*on),
            PartValue::Choice(_) => Err(PartError::Value),
        };
        let choice = match value {
            PartValue::Choice(choice) => choice.as_str(),
            PartValue::Switch(_) => "",
        };
        match name {
            "ringLock" => {
                self.ring_lock = match choice {
                    "none" => RingLock::None,
                    "try" => RingLock::Try,
                    "block" => RingLock::Block,
                    _ => return Err(PartError::Value),
                }
            }
            "privateLock" => {
                self.private_lock = match choice {
                    "publish" => PrivateLock::Publish,
                    "split" => PrivateLock::Split,
                    "whole" => PrivateLock::Whole,
                    _ => return Err(PartError::Value),
                }
            }
            "order" => {
                self.order = match choice {
                    "copy-publish-release" => Order::CopyPublishRelease,
                    "publish-first" => Order::PublishFirst,
                    "release-first" => Order::ReleaseFirst,
                    _ => return Err(PartError::Value),
                }
            }
            "completionLock" => self.completion_lock = switch?,
            "identityCheck" => self.identity_check = switch?,
            "extraReference" => self.extra_reference = switch?,
            "readerSpinlock" => self.reader_spinlock = switch?,
            "ignoreRefused" => self.ignore_refused = switch?,
            "wrongFramePut" => self.wrong_frame_put = switch?,
            _ => return Err(PartError::Unknown),
        }
        Ok(())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::presets::PRESETS;
    use super::*;

    #[test]
    fn every_part_can_be_read_and_set_to_each_of_its_values() {
        for part in PARTS {
            let values: Vec<PartValue> = match part.kind {
                PartKind::Switch => [false, true].map(PartValue::Switch).to_vec(),
                PartKind::Choice(choices) => {
                    choices.iter().map(|(value, _)| PartValue::Choice((*value).to_owned())).collect()
                }
            };
            for value in values {
                let mut protocol = PRESETS[0].parts;
                protocol.set(part.name, &value).unwrap();
                assert_eq!(protocol.get(part.name), Some(value));
            }
        }
    }

    #[test]
    fn an_unknown_part_or_value_is_refused() {
        let mut protocol = PRESETS[0].parts;
        let before = protocol;
        assert_eq!(protocol.set("ringlock", &PartValue::Switch(true)), Err(PartError::Unknown));
        assert_eq!(protocol.set("ringLock", &PartValue::Switch(true)), Err(PartError::Value));
        assert_eq!(protocol.set("ringLock", &PartValue::Choice("maybe".into())), Err(PartError::Value));
        assert_eq!(protocol.set("completionLock", &PartValue::Choice("true".into())), Err(PartError::Value));
        assert_eq!(protocol, before);
        assert_eq!(protocol.get("ringlock"), None);
    }
}

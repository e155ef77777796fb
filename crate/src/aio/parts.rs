//! The parts of a [`Protocol`] by name: for embedders, the page and links.

use core::fmt;

use super::protocol::{Order, PrivateLock, Protocol, RingLock, RingPages, SetupLock};

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

/// Whose line of code a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartRole {
    /// `aio_migratepage`.
    Migration,
    /// `ioctx_alloc`, `aio_setup_ring`.
    Setup,
    /// `aio_free_ring`, `put_aio_ring_file`.
    Teardown,
    /// `aio_read_events_ring`.
    Reader,
    /// Nobody's: a deliberate mistake.
    Mutant,
}

impl PartRole {
    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Migration => "migration",
            Self::Setup => "setup",
            Self::Teardown => "teardown",
            Self::Reader => "reader",
            Self::Mutant => "mutant",
        }
    }
}

/// A part, described.
#[derive(Clone, Copy, Debug)]
pub struct PartInfo {
    /// Its name in the API.
    pub name: &'static str,
    /// Whose it is.
    pub role: PartRole,
    /// A few words.
    pub label: &'static str,
    /// The sentence that it comes from.
    pub sentence: &'static str,
    /// Its values.
    pub kind: PartKind,
    get: fn(&Protocol) -> PartValue,
    set: fn(&mut Protocol, &PartValue) -> Option<()>,
}

/// Why a part could not be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartError {
    /// There is no such part.
    Unknown,
    /// The part does not take this value.
    Value,
}

/// A part that is a `bool` of [`Protocol`].
macro_rules! switch {
    ($field:ident, $name:literal, $role:ident, $label:literal, $sentence:literal) => {
        PartInfo {
            name: $name,
            role: PartRole::$role,
            label: $label,
            sentence: $sentence,
            kind: PartKind::Switch,
            get: |protocol| PartValue::Switch(protocol.$field),
            set: |protocol, value| match value {
                PartValue::Switch(on) => {
                    protocol.$field = *on;
                    Some(())
                }
                PartValue::Choice(_) => None,
            },
        }
    };
}

/// A part that is an `enum` of [`Protocol`]: its variants with their names and labels.
macro_rules! choice {
    ($field:ident: $type:ident, $name:literal, $role:ident, $label:literal, $sentence:literal,
     $($variant:ident $value:literal $text:literal),+) => {
        PartInfo {
            name: $name,
            role: PartRole::$role,
            label: $label,
            sentence: $sentence,
            kind: PartKind::Choice(&[$(($value, $text)),+]),
            get: |protocol| {
                let value = match protocol.$field {
                    $($type::$variant => $value),+
                };
                PartValue::Choice(value.to_owned())
            },
            set: |protocol, value| {
                protocol.$field = match value {
                    PartValue::Switch(_) => return None,
                    PartValue::Choice(choice) => match choice.as_str() {
                        $($value => $type::$variant,)+
                        _ => return None,
                    },
                };
                Some(())
            },
        }
    };
}

/// All parts, in the order in which each role meets them.
pub const PARTS: &[PartInfo] = &[
    choice!(
        ring_lock: RingLock, "ringLock", Migration, "Migration takes ring_lock",
        "Migration must not run while a reader works on the ring. It may only try the readers' mutex, because readers and \
         setup hold it while they wait for the address space; a migration that fails now and then is no harm.",
        None "none" "not at all",
        Try "try" "tries; refused: −EAGAIN",
        Block "block" "waits for it"
    ),
    choice!(
        private_lock: PrivateLock, "privateLock", Migration, "private_lock is held",
        "Migration is serialised by the mapping's private_lock as a whole, which also keeps the context alive: teardown \
         disconnects it under the same lock.",
        Publish "publish" "around copy and swap",
        Split "split" "around the checks, and again around copy and swap",
        Whole "whole" "over the whole migration"
    ),
    switch!(
        completion_lock,
        "completionLock",
        Migration,
        "completion_lock around copy and swap",
        "No completion may write to the ring while its page is copied, or its event stays in the old page."
    ),
    switch!(
        identity_check,
        "identityCheck",
        Migration,
        "Check that ring_pages[idx] is the old page",
        "The page may have been changed by another migration by the time the lock is held."
    ),
    switch!(
        extra_reference,
        "extraReference",
        Migration,
        "Keep the ring's reference on the old page",
        "The old page's reference is put when the page is no longer reachable, not before it has moved."
    ),
    switch!(
        ctx_reference,
        "ctxReference",
        Migration,
        "Take a reference on the context",
        "The second version's way to use the context outside private_lock: take a reference on it, without asking whether \
         there is still one to add to."
    ),
    choice!(
        setup_lock: SetupLock, "setupLock", Setup, "Setup holds ring_lock",
        "Holding ring_lock until setup is complete keeps migration from working on a context that is half made; the last \
         word to be written is ring->id.",
        None "none" "not at all",
        Ring "ring" "while the ring is made",
        Whole "whole" "until the context is complete"
    ),
    switch!(
        unlock_on_failure,
        "unlockOnFailure",
        Setup,
        "Unlock ring_lock when setup fails",
        "The fourth version's only news: every way out of a failed setup unlocks the mutex before it is freed."
    ),
    choice!(
        ring_pages: RingPages, "ringPages", Setup, "ring_pages[] is filled",
        "Not of this fix: 3.12 asked get_user_pages() for the pages once the file was mapped, 3.13 keeps them as it makes \
         them.",
        AfterMmap "after-mmap" "when the file has been mapped",
        AsCreated "as-created" "as the pages are made"
    ),
    switch!(
        disconnect_first,
        "disconnectFirst",
        Teardown,
        "Disconnect before the pages are put",
        "Teardown first disconnects the context from the ring file, so that no migration can reach it any more, and only \
         then touches ring_pages[]."
    ),
    switch!(
        teardown_lock,
        "teardownLock",
        Teardown,
        "completion_lock while the pages are put",
        "The second version's way: a lock at teardown. Whoever needs one there says that the object can still be reached."
    ),
    switch!(
        truncate_waits,
        "truncateWaits",
        Teardown,
        "Truncation waits for page locks",
        "Not of this fix: truncating the ring file takes the lock of each of its pages, which migration holds, and so waits \
         until a migration in flight is over."
    ),
    switch!(
        reader_spinlock,
        "readerSpinlock",
        Reader,
        "Another spinlock around page 0",
        "The first proposal: readers and migration take one more spinlock around page 0; every read pays for it."
    ),
    switch!(
        ignore_refused,
        "ignoreRefused",
        Mutant,
        "Ignore the refused trylock",
        "A mutant: the trylock's answer is thrown away."
    ),
    choice!(
        order: Order, "order", Mutant, "Order of copy, publication and release",
        "The new page must hold the ring before anybody can find it, and be found before the locks are free.",
        CopyPublishRelease "copy-publish-release" "copy, publish, release",
        PublishFirst "publish-first" "publish, then copy (mutant)",
        ReleaseFirst "release-first" "copy, release, then publish (mutant)"
    ),
    switch!(
        wrong_frame_put,
        "wrongFramePut",
        Mutant,
        "Put the wrong page",
        "A mutant: at the end of the migration the new page loses a reference instead of the old one."
    ),
];

impl PartInfo {
    /// The part's value in `protocol`.
    #[must_use]
    pub fn value(&self, protocol: &Protocol) -> PartValue {
        (self.get)(protocol)
    }
}

impl Protocol {
    /// Sets a part of [`PARTS`].
    ///
    /// # Errors
    /// When there is no such part, or it does not take the value.
    pub fn set(&mut self, name: &str, value: &PartValue) -> Result<(), PartError> {
        let part = PARTS.iter().find(|part| part.name == name).ok_or(PartError::Unknown)?;
        (part.set)(self, value).ok_or(PartError::Value)
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
                assert_eq!(part.value(&protocol), value);
            }
        }
    }

    #[test]
    fn a_value_is_shown_as_it_is_set() {
        let shown: Vec<String> = PARTS.iter().map(|part| part.value(&PRESETS[0].parts).to_string()).collect();
        for (part, shown) in PARTS.iter().zip(shown) {
            match part.kind {
                PartKind::Switch => assert!(shown.parse::<bool>().is_ok(), "{shown}"),
                PartKind::Choice(choices) => assert!(choices.iter().any(|(value, _)| *value == shown), "{shown}"),
            }
        }
    }

    #[test]
    fn every_role_has_parts_and_a_name_of_its_own() {
        let mut names: Vec<&str> = PARTS.iter().map(|part| part.role.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, ["migration", "mutant", "reader", "setup", "teardown"]);
    }

    #[test]
    fn parts_are_set_one_at_a_time() {
        for part in PARTS {
            let mut protocol = PRESETS[0].parts;
            let other = match part.kind {
                PartKind::Switch => PartValue::Switch(part.value(&protocol) == PartValue::Switch(false)),
                PartKind::Choice(choices) => {
                    let choices = choices.iter().map(|(value, _)| PartValue::Choice((*value).to_owned()));
                    choices.into_iter().find(|value| *value != part.value(&protocol)).unwrap()
                }
            };
            protocol.set(part.name, &other).unwrap();
            let changed: Vec<&str> = PARTS
                .iter()
                .filter(|part| part.value(&protocol) != part.value(&PRESETS[0].parts))
                .map(|part| part.name)
                .collect();
            assert_eq!(changed, [part.name]);
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
    }
}

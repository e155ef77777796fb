//! The kinds of corruption.

/// What kind of damage was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Kind {
    /// An event was delivered twice.
    Duplicate,
    /// Events were never delivered: the next one of the same completer came without them.
    Lost,
    /// An event came after later ones of the same completer.
    Reordered,
    /// Bytes were delivered that are no event of this context.
    Foreign,
    /// The head went back: a reader's store was lost.
    StaleHead,
    /// A page was freed before a reader was done with it.
    ReadAfterFree,
    /// A page was freed before a writer was done with it, or a freed frame's poison was found broken.
    WriteAfterFree,
    /// More slots are out than the ring has.
    Slots,
    /// A reference was put that nobody held.
    Reference,
    /// What setup wrote to the header of a new ring is not there.
    LostHeader,
    /// A context was used, or released, after its last reference had been put.
    UseAfterTeardown,
    /// A migration reported failure after the page had moved.
    ErrorAfterMove,
    /// A context was freed with its `ring_lock` held.
    LockLeaked,
}

/// A kind, described.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo {
    /// The kind.
    pub kind: Kind,
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub label: &'static str,
    /// How it is noticed, in a sentence.
    pub help: &'static str,
}

/// All kinds, in the order of [`Kind`].
pub const KINDS: [KindInfo; 13] = [
    KindInfo {
        kind: Kind::Duplicate,
        name: "duplicate",
        label: "event delivered twice",
        help: "An event came whose sequence number its completer had already had delivered.",
    },
    KindInfo {
        kind: Kind::Lost,
        name: "lost",
        label: "event lost",
        help: "The sequence numbers of a completer jumped: the events between were overwritten before anybody read them.",
    },
    KindInfo {
        kind: Kind::Reordered,
        name: "reordered",
        label: "event out of order",
        help: "An event that had been counted as lost came after later ones of its completer.",
    },
    KindInfo {
        kind: Kind::Foreign,
        name: "foreign",
        label: "foreign bytes",
        help: "What was read is no event of this context: its checksum or its context is wrong.",
    },
    KindInfo {
        kind: Kind::StaleHead,
        name: "staleHead",
        label: "head went back",
        help: "A reader found another head than the last reader had stored: the store was lost.",
    },
    KindInfo {
        kind: Kind::ReadAfterFree,
        name: "readAfterFree",
        label: "page freed under a read",
        help: "A page's frame was freed before a reader was done with it: by the end of the read its generation had moved on.",
    },
    KindInfo {
        kind: Kind::WriteAfterFree,
        name: "writeAfterFree",
        label: "page freed under a write",
        help: "A page's frame was freed before a writer was done with it, or a free frame's poison was found broken.",
    },
    KindInfo {
        kind: Kind::Slots,
        name: "slots",
        label: "slots over-committed",
        help: "More slots are out than the ring has: events read twice gave theirs back twice, and the tail may lap the head.",
    },
    KindInfo {
        kind: Kind::Reference,
        name: "reference",
        label: "reference missing",
        help: "A reference was put, or taken, on a page that had none.",
    },
    KindInfo {
        kind: Kind::LostHeader,
        name: "lostHeader",
        label: "header lost",
        help: "User code looked at the header of a new ring and did not find what setup had written: the store went to a page \
               that had been copied already.",
    },
    KindInfo {
        kind: Kind::UseAfterTeardown,
        name: "useAfterTeardown",
        label: "context used after teardown",
        help: "A migration used a context whose slot had been freed, or put a last reference that had been put before.",
    },
    KindInfo {
        kind: Kind::ErrorAfterMove,
        name: "errorAfterMove",
        label: "error after the move",
        help: "A migration reported failure, but the page cache had the new page by then.",
    },
    KindInfo {
        kind: Kind::LockLeaked,
        name: "lockLeaked",
        label: "locked mutex freed",
        help: "A failed setup gave the context's memory back with its ring_lock still held.",
    },
];

impl Kind {
    /// The kind in words.
    #[must_use]
    pub const fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }
}

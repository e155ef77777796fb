//! The versions that Linux had, or nearly had, as sets of parts.

use super::protocol::{Order, PrivateLock, Protocol, RingLock, RingPages, Rules, SetupLock};

/// A protocol with its place in history.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// Its name in the API.
    pub name: &'static str,
    /// A few words.
    pub title: &'static str,
    /// When.
    pub date: &'static str,
    /// Who.
    pub author: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Why its author thought it right.
    pub argument: &'static str,
    /// What is wrong with it, if anything is.
    pub flaw: Option<&'static str>,
    /// The parts.
    pub parts: Protocol,
}

/// Index of `linux-3.12` in [`PRESETS`].
pub const LINUX_3_12: usize = 0;
/// Index of `linux-3.13` in [`PRESETS`].
pub const LINUX_3_13: usize = 1;
/// Index of `tang-gu` in [`PRESETS`].
pub const TANG_GU: usize = 2;
/// Index of `v1` in [`PRESETS`].
pub const V1: usize = 3;
/// Index of `v2` in [`PRESETS`].
pub const V2: usize = 4;
/// Index of `v3` in [`PRESETS`].
pub const V3: usize = 5;
/// Index of `v4` in [`PRESETS`].
pub const V4: usize = 6;

const PARTS_3_12: Protocol = Protocol {
    ring_lock: RingLock::None,
    private_lock: PrivateLock::Publish,
    completion_lock: true,
    identity_check: false,
    extra_reference: false,
    ctx_reference: false,
    setup_lock: SetupLock::None,
    unlock_on_failure: true,
    ring_pages: RingPages::AfterMmap,
    disconnect_first: false,
    teardown_lock: false,
    truncate_waits: true,
    reader_spinlock: false,
    ignore_refused: false,
    order: Order::CopyPublishRelease,
    wrong_frame_put: false,
};

const PARTS_3_13: Protocol = Protocol {
    private_lock: PrivateLock::Split,
    identity_check: true,
    extra_reference: true,
    ring_pages: RingPages::AsCreated,
    ..PARTS_3_12
};

const PARTS_V2: Protocol = Protocol {
    ring_lock: RingLock::Try,
    ctx_reference: true,
    setup_lock: SetupLock::Ring,
    teardown_lock: true,
    ..PARTS_3_13
};

const PARTS_V4: Protocol = Protocol {
    ring_lock: RingLock::Try,
    private_lock: PrivateLock::Whole,
    setup_lock: SetupLock::Whole,
    disconnect_first: true,
    ..PARTS_3_13
};

/// All presets, oldest first.
pub const PRESETS: [Preset; 7] = [
    Preset {
        name: "linux-3.12",
        title: "Linux 3.12",
        date: "2013-11",
        author: "Gu Zheng, Benjamin LaHaise",
        summary: "Migration copies and swaps the page under completion_lock; readers take only ring_lock.",
        argument: "Completions are the ones that write to the ring, and they are kept out.",
        flaw: Some(
            "A reader writes to the ring too: its new head goes to the old page and is lost. The old page's reference is \
             put before the page has moved.",
        ),
        parts: PARTS_3_12,
    },
    Preset {
        name: "linux-3.13",
        title: "Linux 3.13",
        date: "2013-12-21",
        author: "Benjamin LaHaise",
        summary: "Migration checks first that the page is still the ring's, and holds a reference of its own on it.",
        argument: "The reference counts were suspicious: tell the migration core of the ring's reference, and check the \
                   page before and after it has moved.",
        flaw: Some(
            "The head is lost as before. Between the check and the swap nothing is held: teardown may come in between, and \
             then migration reports failure although the page cache has moved.",
        ),
        parts: PARTS_3_13,
    },
    Preset {
        name: "tang-gu",
        title: "Tang and Gu's spinlock",
        date: "2014-03-20",
        author: "Tang Chen and Gu Zheng",
        summary: "Readers take another spinlock around their accesses to page 0, and migration takes it too.",
        argument: "What migration must not overlap is the reader's access to page 0, so lock just that.",
        flaw: Some(
            "Right for the head, but every read pays for the lock, and it does not keep the page alive from which a reader \
             copies events.",
        ),
        parts: Protocol { reader_spinlock: true, ..PARTS_3_13 },
    },
    Preset {
        name: "v1",
        title: "v1: the readers' mutex",
        date: "2014-03-21",
        author: "Benjamin LaHaise",
        summary: "Migration waits for ring_lock, the mutex that readers hold anyway; setup holds it while it makes the ring.",
        argument: "Readers have a lock already: take that one during migration, and the read path pays nothing.",
        flaw: Some(
            "move_pages() holds mmap_sem when it migrates, and setup asks for mmap_sem with ring_lock held: a deadlock, which \
             Sasha Levin's lockdep reported.",
        ),
        parts: Protocol { ring_lock: RingLock::Block, ..PARTS_V2 },
    },
    Preset {
        name: "v2",
        title: "v2: only try it",
        date: "2014-03-27",
        author: "Benjamin LaHaise",
        summary: "Migration only tries ring_lock. It takes a reference on the context meanwhile, and teardown takes \
                  completion_lock.",
        argument: "A migration may fail now and then, so it need not wait; the reference keeps the context.",
        flaw: Some(
            "A lock at teardown means that the object can still be reached, said Linus Torvalds: the reference is taken on a \
             context that may have none left. And ring->id is written under another lock than the rest of setup.",
        ),
        parts: PARTS_V2,
    },
    Preset {
        name: "v3",
        title: "v3: private_lock over all",
        date: "2014-03-27",
        author: "Benjamin LaHaise",
        summary: "Migration is under private_lock as a whole, teardown disconnects first, setup holds ring_lock to its end.",
        argument: "Once the context is disconnected no migration can reach it, so nothing needs a reference or a lock there.",
        flaw: Some("When the ring cannot be made, setup frees a context whose ring_lock is still held."),
        parts: Protocol { unlock_on_failure: false, ..PARTS_V4 },
    },
    Preset {
        name: "v4",
        title: "v4: the fix",
        date: "2014-03-28",
        author: "Benjamin LaHaise",
        summary: "Migration tries the readers' own mutex and gives up when it is taken; readers are unchanged.",
        argument: "A busy reader makes one migration fail, which the core retries; the read path pays nothing.",
        flaw: None,
        parts: PARTS_V4,
    },
];

/// A preset that the compiler knows: `parts` is a constant, so that no part is tested at run time.
#[derive(Clone, Copy, Debug)]
pub struct Compiled<const PRESET: usize>;

impl<const PRESET: usize> Rules for Compiled<PRESET> {
    #[inline(always)]
    fn parts(self) -> Protocol {
        const { PRESETS[PRESET].parts }
    }
}

/// The preset of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.name == name)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn presets_stand_where_their_constants_say() {
        let names = [LINUX_3_12, LINUX_3_13, TANG_GU, V1, V2, V3, V4].map(|i| PRESETS[i].name);
        assert_eq!(names, ["linux-3.12", "linux-3.13", "tang-gu", "v1", "v2", "v3", "v4"]);
        assert_eq!(names, PRESETS.map(|preset| preset.name), "there are no others");
        assert_eq!(find("v4").unwrap().parts, PRESETS[V4].parts);
        assert!(find("v5").is_none());
    }

    #[test]
    fn history_runs_forward_and_no_two_presets_are_the_same() {
        for (i, preset) in PRESETS.iter().enumerate() {
            assert!(PRESETS[..i].iter().all(|earlier| earlier.parts != preset.parts), "{}", preset.name);
            assert!(PRESETS[..i].iter().all(|earlier| earlier.date <= preset.date), "{}", preset.name);
        }
    }
}

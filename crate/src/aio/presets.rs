//! The versions that Linux had, or nearly had, as sets of parts.

use super::protocol::{Order, PrivateLock, Protocol, RingLock, Rules};

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
/// Index of `tang-gu` in [`PRESETS`].
pub const TANG_GU: usize = 1;
/// Index of `v4` in [`PRESETS`].
pub const V4: usize = 2;

/// All presets, oldest first.
pub const PRESETS: [Preset; 3] = [
    Preset {
        name: "linux-3.12",
        title: "Linux 3.12",
        date: "2013-11",
        author: "Benjamin LaHaise and others",
        summary: "Migration copies and swaps the page under completion_lock; readers take only ring_lock.",
        argument: "Completions are the ones that write to the ring, and they are kept out.",
        flaw: Some(
            "A reader writes to the ring too: its new head goes to the old page and is lost. The old page's reference is \
             put before the page has moved.",
        ),
        parts: Protocol {
            ring_lock: RingLock::None,
            private_lock: PrivateLock::Publish,
            completion_lock: true,
            identity_check: false,
            extra_reference: false,
            reader_spinlock: false,
            ignore_refused: false,
            order: Order::CopyPublishRelease,
            wrong_frame_put: false,
        },
    },
    Preset {
        name: "tang-gu",
        title: "Tang and Gu's spinlock",
        date: "2014-02",
        author: "Tang Chen and Gu Zheng",
        summary: "Readers take another spinlock around their accesses to page 0, and migration takes it too.",
        argument: "What migration must not overlap is the reader's access to page 0, so lock just that.",
        flaw: Some(
            "Right for the head, but every read pays for the lock, and it does not keep the page alive from which a reader \
             copies events.",
        ),
        parts: Protocol {
            ring_lock: RingLock::None,
            private_lock: PrivateLock::Split,
            completion_lock: true,
            identity_check: true,
            extra_reference: true,
            reader_spinlock: true,
            ignore_refused: false,
            order: Order::CopyPublishRelease,
            wrong_frame_put: false,
        },
    },
    Preset {
        name: "v4",
        title: "v4: the fix",
        date: "2014-03",
        author: "Benjamin LaHaise",
        summary: "Migration tries the readers' own mutex and gives up when it is taken; readers are unchanged.",
        argument: "A busy reader makes one migration fail, which the core retries; the read path pays nothing.",
        flaw: None,
        parts: Protocol {
            ring_lock: RingLock::Try,
            private_lock: PrivateLock::Whole,
            completion_lock: true,
            identity_check: true,
            extra_reference: true,
            reader_spinlock: false,
            ignore_refused: false,
            order: Order::CopyPublishRelease,
            wrong_frame_put: false,
        },
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
        let names = [LINUX_3_12, TANG_GU, V4].map(|i| PRESETS[i].name);
        assert_eq!(names, ["linux-3.12", "tang-gu", "v4"]);
        assert_eq!(find("v4").unwrap().parts, PRESETS[V4].parts);
        assert!(find("v5").is_none());
    }
}

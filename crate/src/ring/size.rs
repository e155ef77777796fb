//! How big a ring is, and where its events lie.
//!
//! Event *i* has position *i* + 1, counted in events from the start of page 0, because the header takes the room of
//! exactly one event. Pages are a parameter: 4 KiB against Linux and on threads, two events in the model.

use super::event::EVENT_BYTES;
use super::header::HEADER_BYTES;
use super::memory::WORD;

/// `PAGE_SIZE` where the lab runs on threads, bytes.
pub const PAGE_BYTES: u32 = 4096;

/// `AIO_EVENTS_OFFSET`: positions taken by the header.
pub const EVENTS_OFFSET: u32 = HEADER_BYTES / EVENT_BYTES;

/// The shape of a ring.
///
/// Invariants: `event_shift >= 1` (a page holds the header and an event at least), `pages >= 1`,
/// `nr == pages * events_per_page - 1`, so `nr` is never a power of two and positions wrap by comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// log2(`events_per_page`).
    event_shift: u32,
    /// A power of two. Kept, for every way through the ring needs it more than once.
    events_per_page: u32,
    pages: u32,
    nr: u32,
}

impl Geometry {
    /// The ring that the kernel makes for `io_setup(asked)` on a machine with `possible_cpus`: `ioctx_alloc` and
    /// `aio_setup_ring`.
    ///
    /// # Panics
    /// When `page_bytes` is no power of two or smaller than 64, or the ring has no room for an event.
    #[must_use]
    pub fn for_setup(asked: u32, possible_cpus: u32, page_bytes: u32) -> Self {
        // ioctx_alloc: room for the per-cpu batches, doubled.
        let nr_events = asked.max(possible_cpus * 4) * 2;
        // aio_setup_ring: "Compensate for the ring buffer's head/tail overlap entry".
        let nr_events = nr_events + 2;
        let bytes = HEADER_BYTES + EVENT_BYTES * nr_events;
        Self::of_pages(bytes.div_ceil(page_bytes), page_bytes)
    }

    /// A ring of `pages` pages of `page_bytes` bytes.
    ///
    /// # Panics
    /// When `page_bytes` is no power of two or smaller than 64, or there is no page.
    #[must_use]
    pub fn of_pages(pages: u32, page_bytes: u32) -> Self {
        assert!(page_bytes.is_power_of_two() && page_bytes >= 64, "page size {page_bytes}");
        assert!(pages >= 1, "a ring has a page at least");
        let nr = (pages * page_bytes - HEADER_BYTES) / EVENT_BYTES;
        let events_per_page = page_bytes / EVENT_BYTES;
        Self { event_shift: events_per_page.trailing_zeros(), events_per_page, pages, nr }
    }

    /// Bytes in a page.
    #[must_use]
    pub const fn page_bytes(self) -> u32 {
        self.events_per_page * EVENT_BYTES
    }

    /// Words in a page.
    #[inline(always)]
    #[must_use]
    pub const fn page_words(self) -> u32 {
        self.page_bytes() / WORD
    }

    /// `nr_pages`: pages in the ring.
    #[inline(always)]
    #[must_use]
    pub const fn pages(self) -> u32 {
        self.pages
    }

    /// `nr_events`: event slots. One of them always stays empty, since head == tail means an empty ring.
    #[inline(always)]
    #[must_use]
    pub const fn nr(self) -> u32 {
        self.nr
    }

    /// Slots that can be in use at once.
    #[must_use]
    pub const fn usable(self) -> u32 {
        self.nr - 1
    }

    /// `AIO_EVENTS_PER_PAGE`.
    #[inline(always)]
    #[must_use]
    pub const fn events_per_page(self) -> u32 {
        self.events_per_page
    }

    /// Where slot `slot` lies: the ring page, and the event's index in it.
    #[inline(always)]
    #[must_use]
    pub const fn locate(self, slot: u32) -> Slot {
        let position = slot + EVENTS_OFFSET;
        Slot { page: position >> self.event_shift, index: position & (self.events_per_page() - 1) }
    }

    /// The slot after `slot`, by comparison as the kernel does it.
    #[inline(always)]
    #[must_use]
    pub const fn next(self, slot: u32) -> u32 {
        if slot + 1 >= self.nr { 0 } else { slot + 1 }
    }

    /// Events from `head` to `tail`.
    #[inline(always)]
    #[must_use]
    pub const fn used(self, head: u32, tail: u32) -> u32 {
        if head <= tail { tail - head } else { self.nr - head + tail }
    }
}

/// The place of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Index into `ring_pages[]`.
    pub page: u32,
    /// Index in the page, in events (0 is the header in page 0).
    pub index: u32,
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Asked, possible cpus → pages, `nr`; the first four as seen on Linux.
    #[test]
    fn sizes_are_those_of_linux() {
        for (asked, cpus, pages, nr) in
            [(1, 4, 1, 127), (63, 4, 2, 255), (128, 8, 3, 383), (1024, 8, 17, 2175), (62, 1, 1, 127), (1, 64, 5, 639)]
        {
            let ring = Geometry::for_setup(asked, cpus, PAGE_BYTES);
            assert_eq!((ring.pages(), ring.nr()), (pages, nr), "asked {asked} on {cpus} cpus");
            assert_eq!(ring.nr(), 128 * ring.pages() - 1);
            assert!(ring.usable() >= asked);
        }
    }

    #[test]
    fn a_page_is_so_many_bytes_words_and_events() {
        for bytes in [64, PAGE_BYTES] {
            let ring = Geometry::of_pages(2, bytes);
            assert_eq!((ring.page_bytes(), ring.page_words(), ring.events_per_page()), (bytes, bytes / 4, bytes / 32));
        }
    }

    #[test]
    fn page_0_has_127_events_and_the_others_128() {
        let ring = Geometry::of_pages(3, PAGE_BYTES);
        assert_eq!(ring.locate(0), Slot { page: 0, index: 1 });
        assert_eq!(ring.locate(126), Slot { page: 0, index: 127 });
        assert_eq!(ring.locate(127), Slot { page: 1, index: 0 });
        assert_eq!(ring.locate(254), Slot { page: 1, index: 127 });
        assert_eq!(ring.locate(255), Slot { page: 2, index: 0 });
        assert_eq!(ring.locate(ring.nr() - 1), Slot { page: 2, index: 127 });
    }

    #[test]
    fn slots_wrap_by_comparison() {
        let ring = Geometry::of_pages(2, 64);
        assert_eq!((ring.nr(), ring.usable(), ring.events_per_page()), (3, 2, 2));
        assert_eq!([0, 1, 2].map(|slot| ring.next(slot)), [1, 2, 0]);
        assert_eq!(ring.used(2, 1), 2);
        assert_eq!(ring.used(1, 1), 0);
        assert_eq!(ring.used(0, 2), 2);
        let ring = Geometry::of_pages(3, 128);
        assert_eq!((ring.nr(), ring.used(9, 3), ring.used(3, 9)), (11, 5, 6));
    }

    #[test]
    #[should_panic(expected = "page size 48")]
    fn a_page_is_a_power_of_two() {
        let _ = Geometry::of_pages(1, 48);
    }
}

//! Room for a batch of events, private to one thread.

use core::ops::{Deref, DerefMut};

use bytemuck::{Pod, Zeroable};

use super::event::IoEvent;

/// Events in [`Lines`].
const EVENTS: usize = 4;

/// Two cache lines of 64 bytes: x86-64 fetches them in pairs, and Apple's are as long.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C, align(128))]
struct Lines([IoEvent; EVENTS]);

// SAFETY: as long as its alignment and its four events of 32 bytes: no padding; events are `Zeroable`.
unsafe impl Zeroable for Lines {}
// SAFETY: as above; events are `Pod`.
unsafe impl Pod for Lines {}

/// Events that one thread copies to or from, on cache lines of their own.
///
/// All Workers allocate from one heap, where two threads' batches of 256 bytes lie side by side. With one line in common, which both
/// write at each call, a batch of 8 took 1.1 to 1.2 times as long from one Worker to another, and one of 32 1.2 times.
#[derive(Debug)]
pub struct EventBuffer {
    lines: Box<[Lines]>,
    events: usize,
}

impl EventBuffer {
    /// So many events, all zero.
    #[must_use]
    pub fn new(events: u32) -> Self {
        let events = events as usize;
        Self { lines: vec![Lines::default(); events.div_ceil(EVENTS)].into(), events }
    }
}

impl Deref for EventBuffer {
    type Target = [IoEvent];

    // Who calls it batch by batch would else get the slice by way of its stack.
    #[inline(always)]
    fn deref(&self) -> &[IoEvent] {
        &bytemuck::cast_slice(&self.lines)[..self.events]
    }
}

impl DerefMut for EventBuffer {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [IoEvent] {
        &mut bytemuck::cast_slice_mut(&mut self.lines)[..self.events]
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn no_two_buffers_have_a_line_in_common() {
        let lines = |buffer: &EventBuffer| {
            let bytes = buffer.as_ptr_range();
            bytes.start.addr() / size_of::<Lines>()..bytes.end.addr().div_ceil(size_of::<Lines>())
        };
        for events in [1, 3, 4, 5, 8, 1_024] {
            let [a, b] = [(); 2].map(|()| EventBuffer::new(events));
            assert_eq!((a.len(), b.len()), (events as usize, events as usize));
            assert!(lines(&a).end <= lines(&b).start || lines(&b).end <= lines(&a).start);
            // Nor with anything else on the heap: they begin with a line, and what they own ends with one.
            assert_eq!(a.as_ptr().addr() % size_of::<Lines>(), 0);
            assert_eq!(size_of_val(&*a.lines) % size_of::<Lines>(), 0);
        }
        assert!(EventBuffer::new(0).is_empty());
    }

    #[test]
    fn events_are_kept() {
        let mut buffer = EventBuffer::new(5);
        buffer[4].data = 7;
        let last = IoEvent { data: 7, ..IoEvent::default() };
        assert_eq!((&buffer[..4], buffer[4]), (&[IoEvent::default(); 4][..], last));
    }
}

//! What each event carries: context, completer, sequence number and checksums, so that duplicates, losses, foreign
//! bytes and order can be told apart by looking at one event.
//!
//! | field | holds |
//! |---|---|
//! | `data` | completer (high half), sequence number (low half, wrapping) |
//! | `obj` | the context's cookie |
//! | `res` | `data`, spread over the word |
//! | `res2` | `data`, spread in another way, and the cookie |
//!
//! From one event of a completer to the next each word moves by a constant: so readers, which look at every event, need
//! no multiplication for any but the first.

use crate::ring::IoEvent;
use crate::ring::frames::POISON;

/// Odd constants with well-mixed bits (2^64 divided by the golden ratio, and by π).
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: u64 = 0x517c_c1b7_2722_0a95;

/// A tag: who completed it, as which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Number of the completing thread.
    pub completer: u32,
    /// Its sequence number, wrapping.
    pub sequence: u32,
}

/// What an event turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An event of this context.
    Ours(Tag),
    /// The bytes of a freed frame.
    Poison,
    /// Anything else: another context's, torn, or no event at all.
    Foreign,
}

impl Tag {
    /// The event that carries this tag in the context with this cookie.
    #[inline(always)]
    #[must_use]
    pub fn event(self, cookie: u64) -> IoEvent {
        let data = u64::from(self.completer) << 32 | u64::from(self.sequence);
        let (res, res2) = (data.wrapping_mul(SPREAD), data.wrapping_mul(MIX).wrapping_add(cookie));
        IoEvent { data, obj: cookie, res: res as i64, res2: res2 as i64 }
    }

    /// The completer that the event names, if it is one of ours.
    #[inline(always)]
    #[must_use]
    pub fn completer(event: &IoEvent) -> u32 {
        (event.data >> 32) as u32
    }

    /// Whether `events` carry this tag and those that follow it in the completer's sequence, one after the other.
    #[inline(always)]
    #[must_use]
    pub fn leads(self, events: &[IoEvent], cookie: u64) -> bool {
        if self.sequence.checked_add(events.len() as u32).is_none() {
            return false;
        }
        // Without a branch in the loop.
        let first = self.event(cookie);
        let (mut data, mut res, mut res2, mut differing) = (first.data, first.res as u64, first.res2 as u64, 0);
        for event in events {
            differing |= event.data ^ data | event.obj ^ cookie | event.res as u64 ^ res | event.res2 as u64 ^ res2;
            data += 1;
            (res, res2) = (res.wrapping_add(SPREAD), res2.wrapping_add(MIX));
        }
        differing == 0
    }

    /// Whether the first and the last of `events` have the numbers that they have if this tag [leads](Self::leads) them.
    #[inline(always)]
    #[must_use]
    pub fn spans(self, events: &[IoEvent]) -> bool {
        // Where the sequence wraps the last number names another completer, and they do not.
        let first = u64::from(self.completer) << 32 | u64::from(self.sequence);
        match events {
            [] => true,
            [only] => only.data == first,
            [of, .., last] => (of.data ^ first | last.data ^ (first + events.len() as u64 - 1)) == 0,
        }
    }

    #[inline(always)]
    fn of(event: &IoEvent) -> Self {
        Self { completer: Self::completer(event), sequence: event.data as u32 }
    }

    #[inline(always)]
    fn is_whole(event: &IoEvent, cookie: u64) -> bool {
        *event == Self::of(event).event(cookie)
    }

    /// Reads the tag back.
    #[inline(always)]
    #[must_use]
    pub fn read(event: &IoEvent, cookie: u64) -> Verdict {
        if Self::is_whole(event, cookie) {
            return Verdict::Ours(Self::of(event));
        }
        let poison = u64::from(POISON) << 32 | u64::from(POISON);
        let poisoned = [event.data, event.obj, event.res as u64, event.res2 as u64].contains(&poison);
        if poisoned { Verdict::Poison } else { Verdict::Foreign }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COOKIE: u64 = 0x0123_4567_89ab_cdef;

    proptest! {
        #[test]
        fn a_tag_survives(completer: u32, sequence: u32) {
            let tag = Tag { completer, sequence };
            prop_assert_eq!(Tag::read(&tag.event(COOKIE), COOKIE), Verdict::Ours(tag));
        }

        #[test]
        fn tags_lead_those_that_follow_them_and_no_others(sequence: u32, count in 1..9_u32, odd: u32, bit in 0..256_u32) {
            let tag = |sequence| Tag { completer: 3, sequence };
            let mut events: Vec<_> = (0..count).map(|i| tag(sequence.wrapping_add(i)).event(COOKIE)).collect();
            prop_assert_eq!(tag(sequence).leads(&events, COOKIE), sequence <= u32::MAX - count);
            prop_assert!(!tag(sequence.wrapping_add(1)).leads(&events, COOKIE));
            prop_assert_eq!(tag(sequence).spans(&events), sequence <= u32::MAX - (count - 1));
            prop_assert!(!tag(sequence.wrapping_add(1)).spans(&events));
            let words = IoEvent::words_mut(&mut events);
            let at = (odd % count * 8 + bit / 32) as usize;
            words[at] ^= 1 << (bit % 32);
            prop_assert!(!tag(sequence).leads(&events, COOKIE));
            let looked_at = [0, count - 1].contains(&(odd % count)) && at % 8 < 2;
            prop_assert_eq!(tag(sequence).spans(&events), !looked_at && sequence <= u32::MAX - (count - 1));
        }

        #[test]
        fn any_flipped_bit_is_foreign(completer in 0..64_u32, sequence: u32, bit in 0..256_u32) {
            let mut event = Tag { completer, sequence }.event(COOKIE);
            crate::ring::IoEvent::words_mut(core::slice::from_mut(&mut event))[bit as usize / 32] ^= 1 << (bit % 32);
            prop_assert_eq!(Tag::read(&event, COOKIE), Verdict::Foreign);
        }

        #[test]
        fn an_event_torn_between_two_is_foreign(a: u32, b: u32, words in 1..8_usize) {
            prop_assume!(a != b);
            let mut event = Tag { completer: 0, sequence: a }.event(COOKIE);
            let other = Tag { completer: 0, sequence: b }.event(COOKIE);
            crate::ring::IoEvent::words_mut(core::slice::from_mut(&mut event))[..words]
                .copy_from_slice(&crate::ring::IoEvent::words(core::slice::from_ref(&other))[..words]);
            // Words that do not differ may leave the event whole.
            let whole = [Tag { completer: 0, sequence: a }, Tag { completer: 0, sequence: b }]
                .iter()
                .any(|tag| tag.event(COOKIE) == event);
            prop_assert_eq!(Tag::read(&event, COOKIE) == Verdict::Foreign, !whole);
        }
    }

    #[test]
    fn another_context_is_foreign_and_poison_is_poison() {
        let event = Tag { completer: 1, sequence: 2 }.event(COOKIE + 1);
        assert_eq!(Tag::read(&event, COOKIE), Verdict::Foreign);
        let mut poison = IoEvent::default();
        IoEvent::words_mut(core::slice::from_mut(&mut poison)).fill(POISON);
        assert_eq!(Tag::read(&poison, COOKIE), Verdict::Poison);
        assert_eq!(Tag::read(&IoEvent::default(), COOKIE), Verdict::Foreign);
    }
}

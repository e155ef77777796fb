//! States saved, and come back to.

use super::walker::Walker;
use crate::machine::ThreadId;
use crate::machine::model::Move;
use crate::ring::Addr;

/// Words that a 64-bit number takes.
pub(super) const HALVES: usize = 2;

fn halves(number: u64) -> [u32; HALVES] {
    [number as u32, (number >> 32) as u32]
}

pub(super) fn whole(halves: &[u32]) -> u64 {
    u64::from(halves[1]) << 32 | u64::from(halves[0])
}

impl Walker<'_> {
    /// Words that any step has changed so far. There will be more, at the end.
    #[must_use]
    pub fn live(&self) -> &[Addr] {
        &self.live
    }

    /// What the word holds in the initial state.
    #[must_use]
    pub fn initially(&self, at: Addr) -> u32 {
        self.initial.words[at.index()]
    }

    /// Words that a state takes.
    #[must_use]
    pub const fn saved_words(threads: u32, live: usize) -> usize {
        HALVES * (1 + threads as usize) + live
    }

    /// Saves the state: its fingerprint, the threads' pasts, and the words of `live`, which are all that
    /// [are](Self::live).
    pub fn save(&self, live: &[Addr], into: &mut Vec<u32>) {
        into.extend(halves(self.fingerprint));
        for &place in &self.places {
            into.extend(halves(self.table.place_info(place).past));
        }
        let words = self.memory.words();
        into.extend(live.iter().map(|at| words[at.index()].get()));
    }

    /// Goes to the initial state.
    pub fn reset(&mut self) {
        let words = self.memory.words();
        for &at in &self.live {
            words[at.index()].set(self.initial.words[at.index()]);
        }
        self.places.clone_from(&self.initial.places);
        self.fingerprint = self.initial.fingerprint;
        self.path.clear();
        self.undo.clear();
        self.origin.clear();
    }

    /// Goes to the initial state, and makes ready to [load](Self::load) states in which, perhaps, words of `live` have
    /// changed.
    pub fn open(&mut self, live: &[Addr]) {
        self.reset();
        for at in live {
            if !self.live.contains(at) {
                self.live.push(*at);
            }
        }
    }

    /// Goes to a state that this walker, or another one of the same program, has saved, with these words `live`, for
    /// which it is [open](Self::open). Before the walker can execute anything for real, it must be
    /// [told](Self::tell_origin) what led there; `origin` says so to it should it be necessary at once.
    #[inline(always)]
    pub fn load(&mut self, live: &[Addr], saved: &[u32], origin: impl FnOnce() -> Vec<Move>) {
        self.path.clear();
        self.undo.clear();
        self.origin.clear();
        let (print, rest) = saved.split_at(HALVES);
        self.fingerprint = whole(print);
        let (pasts, values) = rest.split_at(HALVES * self.places.len());
        let words = self.memory.words();
        for (at, &value) in live.iter().zip(values) {
            words[at.index()].set(value);
        }
        for (i, past) in (0..).zip(pasts.chunks_exact(HALVES)) {
            let thread = ThreadId::new(i);
            match self.table.find_place(thread, whole(past)) {
                Some(place) => self.places[i as usize] = place,
                None => return self.find_places(pasts, origin),
            }
        }
    }

    /// Says what led from the initial state to the one that was loaded.
    pub fn tell_origin(&mut self, origin: Vec<Move>) {
        self.origin = origin;
    }
}

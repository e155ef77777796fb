//! The model's memory: one thread of the host, so a word is a cell.

use core::cell::Cell;

use crate::ring::{Addr, Memory};

/// Words in private memory.
#[derive(Clone, Debug)]
pub struct Cells(Box<[Cell<u32>]>);

impl Cells {
    /// `words` zeroed words.
    #[must_use]
    pub fn new(words: u32) -> Self {
        Self((0..words).map(|_| Cell::new(0)).collect())
    }
}

impl Memory for Cells {
    fn load(&self, at: Addr) -> u32 {
        self.0[at.index()].get()
    }

    fn store(&self, at: Addr, value: u32) {
        self.0[at.index()].set(value);
    }

    fn swap(&self, at: Addr, value: u32) -> u32 {
        self.0[at.index()].replace(value)
    }

    fn fetch_add(&self, at: Addr, by: u32) -> u32 {
        let before = self.load(at);
        self.store(at, before.wrapping_add(by));
        before
    }

    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> Result<u32, u32> {
        let found = self.load(at);
        if found == current {
            self.store(at, new);
            Ok(found)
        } else {
            Err(found)
        }
    }

    fn peek(&self, at: Addr) -> u32 {
        self.load(at)
    }

    fn poke(&self, at: Addr, value: u32) {
        self.store(at, value);
    }

    fn copy(&self, from: Addr, to: Addr, words: u32) {
        for i in 0..words {
            self.store(to.offset(i), self.load(from.offset(i)));
        }
    }

    fn read(&self, from: Addr, into: &mut [u32]) {
        for (i, word) in (0..).zip(into) {
            *word = self.load(from.offset(i));
        }
    }

    fn write(&self, to: Addr, words: &[u32]) {
        for (i, &word) in (0..).zip(words) {
            self.store(to.offset(i), word);
        }
    }

    fn fill(&self, at: Addr, words: u32, value: u32) {
        for i in 0..words {
            self.store(at.offset(i), value);
        }
    }
}

//! The model's memory: one thread of the host, so a word is a cell.
//!
//! It can write a *log* of what is done to it. An explorer learns from the log what one step of one thread depends on
//! and what it changes.

use core::cell::{Cell, RefCell};

use crate::ring::{Addr, Memory};

/// One entry of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// A word was read.
    Read {
        /// Which.
        at: Addr,
        /// What it held.
        value: u32,
    },
    /// A word was written.
    Write {
        /// Which.
        at: Addr,
        /// What it holds now.
        value: u32,
    },
    /// Words were copied within the memory, without anybody looking at them.
    Copy {
        /// The first one read.
        from: Addr,
        /// The first one written.
        to: Addr,
        /// How many.
        words: u32,
    },
    /// The step depends on the word as if it wrote it, whatever it has done this time.
    Touch {
        /// Which.
        at: Addr,
    },
}

/// Words in private memory.
#[derive(Clone, Debug)]
pub struct Cells {
    words: Box<[Cell<u32>]>,
    ignored: Box<[bool]>,
    logging: Cell<bool>,
    log: RefCell<Vec<Access>>,
}

impl Cells {
    /// `words` zeroed words.
    #[must_use]
    pub fn new(words: u32) -> Self {
        Self {
            words: (0..words).map(|_| Cell::new(0)).collect(),
            ignored: Box::default(),
            logging: Cell::new(false),
            log: RefCell::default(),
        }
    }

    /// Makes `words` stay 0 whatever is written to them: statistics that nobody's next step depends on, and that would
    /// tell states apart that are the same.
    pub fn ignore(&mut self, words: impl IntoIterator<Item = Addr>) {
        if self.ignored.is_empty() {
            self.ignored = vec![false; self.words.len()].into();
        }
        for at in words {
            self.ignored[at.index()] = true;
            self.words[at.index()].set(0);
        }
    }

    /// All words.
    #[must_use]
    pub fn words(&self) -> &[Cell<u32>] {
        &self.words
    }

    /// Starts an empty log.
    pub fn start_log(&self) {
        self.log.borrow_mut().clear();
        self.logging.set(true);
    }

    /// Ends the log and hands it out.
    #[must_use]
    pub fn take_log(&self) -> Vec<Access> {
        self.logging.set(false);
        self.log.take()
    }

    /// Notes in the log, if there is one, that the step depends on the word as if it wrote it.
    pub fn touch(&self, at: Addr) {
        self.note(Access::Touch { at });
    }

    fn note(&self, access: Access) {
        if self.logging.get() {
            self.log.borrow_mut().push(access);
        }
    }

    fn is_ignored(&self, at: Addr) -> bool {
        !self.ignored.is_empty() && self.ignored[at.index()]
    }
}

impl Memory for Cells {
    fn load(&self, at: Addr) -> u32 {
        let value = self.words[at.index()].get();
        if !self.is_ignored(at) {
            self.note(Access::Read { at, value });
        }
        value
    }

    fn store(&self, at: Addr, value: u32) {
        if !self.is_ignored(at) {
            self.words[at.index()].set(value);
            self.note(Access::Write { at, value });
        }
    }

    fn fetch_add(&self, at: Addr, by: u32) -> u32 {
        let before = self.load(at);
        self.store(at, before.wrapping_add(by));
        before
    }

    fn compare_exchange(&self, at: Addr, current: u32, new: u32) -> Result<u32, u32> {
        // What fails today succeeds in another order: it depends on the word as a write does.
        self.touch(at);
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
            self.words[to.offset(i).index()].set(self.words[from.offset(i).index()].get());
        }
        self.note(Access::Copy { from, to, words });
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

//! Where an observer may look: the protocol's tracepoints.
//!
//! A tracepoint is called by the thread that is at it, at once (it is no step), under the locks that the protocol holds
//! there. The protocol does not know who listens.

use core::ops::Range;

use super::Kioctx;
use super::context::ContextRef;
use crate::ring::header::Header;
use crate::ring::{IoEvent, Page};

/// What was done to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read.
    Read,
    /// Written.
    Write,
}

/// An observer. Everything defaults to nothing.
pub trait Tracepoints {
    /// A page was accessed through a pointer from `ring_pages[]`; called right after the access.
    #[inline(always)]
    fn page_accessed(&self, page: Page, access: Access) {
        let _ = (page, access);
    }

    /// A reader has read head and tail from ring page 0; `ring_lock` is held.
    #[inline(always)]
    fn head_read(&self, ctx: &Kioctx, head: u32, tail: u32) {
        let _ = (ctx, head, tail);
    }

    /// A reader has stored the new head; `ring_lock` is held.
    #[inline(always)]
    fn head_stored(&self, ctx: &Kioctx, head: u32) {
        let _ = (ctx, head);
    }

    /// Events have reached the user, in the order of the ring; `ring_lock` is held.
    #[inline(always)]
    fn delivered(&self, ctx: &Kioctx, events: &[IoEvent]) {
        let _ = (ctx, events);
    }

    /// As many completions as `count` have been written, the first of them to `slot`, and are about to be published by moving
    /// the tail on; `completion_lock` is held.
    #[inline(always)]
    fn completing(&self, ctx: &Kioctx, slot: u32, count: u32) {
        let _ = (ctx, slot, count);
    }

    /// Slots have been given back, and the context's pool now holds `pool`.
    #[inline(always)]
    fn slots_returned(&self, ctx: &Kioctx, pool: u32) {
        let _ = (ctx, pool);
    }

    /// A reference was put, or taken, that did not exist.
    #[inline(always)]
    fn reference_missing(&self, page: Page) {
        let _ = page;
    }

    /// A context is used through a pointer; called right after the access, or before one that gives it up.
    #[inline(always)]
    fn context_used(&self, slot: &Kioctx, ctx: ContextRef) {
        let _ = (slot, ctx);
    }

    /// The last reference to a context was put, for the `times`th time.
    #[inline(always)]
    fn context_released(&self, slot: &Kioctx, times: u32) {
        let _ = (slot, times);
    }

    /// A context's memory is about to be given back.
    #[inline(always)]
    fn context_freed(&self, slot: &Kioctx) {
        let _ = slot;
    }

    /// User code has looked at the header of a new ring through its own mapping of the file.
    #[inline(always)]
    fn header_seen(&self, slot: &Kioctx, expected: Header, found: Header) {
        let _ = (slot, expected, found);
    }

    /// A migration reports failure although the page cache has the new page by now.
    #[inline(always)]
    fn failed_after_move(&self, slot: &Kioctx, idx: u32) {
        let _ = (slot, idx);
    }

    /// A frame was handed out whose poison somebody had written over: these words.
    #[inline(always)]
    fn poison_broken(&self, page: Page, words: Range<u32>) {
        let _ = (page, words);
    }
}

/// Nobody looks.
impl Tracepoints for () {}

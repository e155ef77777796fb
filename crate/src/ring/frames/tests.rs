//! The pool against a list that is obviously right.

use proptest::prelude::*;

use super::*;
use crate::machine::model::Cells;

const FRAMES: u32 = 4;
const WORDS: u32 = 16;

fn pool() -> (Frames, Cells) {
    let mut placer = Placer::default();
    let frames = Frames::place(&mut placer, FRAMES, WORDS);
    let memory = Cells::new(placer.words());
    frames.init(&memory);
    (frames, memory)
}

#[derive(Clone, Debug)]
enum Op {
    Alloc(u32),
    Get(usize),
    Put(usize),
    Freeze(usize, u32),
    Scribble(u32, u32),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        (0..FRAMES).prop_map(Op::Alloc),
        (0..8_usize).prop_map(Op::Get),
        (0..8_usize).prop_map(Op::Put),
        (0..8_usize, 0..4_u32).prop_map(|(page, refs)| Op::Freeze(page, refs)),
        (0..FRAMES, 0..WORDS).prop_map(|(frame, word)| Op::Scribble(frame, word)),
    ]
}

proptest! {
    #[test]
    fn references_generations_and_poison_are_kept(ops in prop::collection::vec(op(), 1..60)) {
        let (frames, memory) = pool();
        // What is known: for each page ever handed out, how many references it has; which free frames were written to.
        let mut pages: Vec<(Page, u32)> = Vec::new();
        let mut damaged = [false; FRAMES as usize];
        for op in ops {
            match op {
                Op::Alloc(hint) => {
                    let live = pages.iter().filter(|(_, refs)| *refs > 0).count() as u32;
                    match frames.alloc(&memory, hint) {
                        None => prop_assert_eq!(live, FRAMES),
                        Some(Allocated { page, damage }) => {
                            prop_assert!(live < FRAMES && pages.iter().all(|(other, _)| *other != page));
                            let frame = page.frame() as usize;
                            prop_assert_eq!(damage.is_some(), damaged[frame]);
                            memory.fill(frames.data(page), WORDS, 7);
                            damaged[frame] = false;
                            pages.push((page, 1));
                        }
                    }
                }
                Op::Get(i) => if let Some((page, refs)) = pages.get_mut(i) {
                    prop_assert_eq!(frames.get(&memory, *page), *refs > 0);
                    *refs += u32::from(*refs > 0);
                },
                Op::Put(i) => if let Some((page, refs)) = pages.get_mut(i) {
                    let expected = match *refs { 0 => Put::Underflow, 1 => Put::Freed, _ => Put::Kept };
                    prop_assert_eq!(frames.put(&memory, *page), expected);
                    *refs = refs.saturating_sub(1);
                },
                Op::Freeze(i, expected) => if let Some((page, refs)) = pages.get(i) {
                    let frozen = frames.freeze(&memory, *page, expected);
                    prop_assert_eq!(frozen, expected == *refs && *refs > 0);
                    if frozen {
                        prop_assert!(!frames.get(&memory, *page), "a frozen page takes no references");
                        frames.unfreeze(&memory, *page, *refs);
                    }
                },
                Op::Scribble(frame, word) => {
                    memory.store(frames.data(Page::new(frame, 0)).offset(word), 1);
                    let free = pages.iter().all(|(page, refs)| page.frame() != frame || *refs == 0);
                    damaged[frame as usize] |= free;
                }
            }
            for (page, refs) in &pages {
                prop_assert_eq!(frames.refs(&memory, *page), *refs);
                prop_assert_eq!(frames.is_live(&memory, *page), *refs > 0);
            }
        }
    }
}

#[test]
fn a_page_is_a_frame_in_a_generation() {
    let page = Page::new(5, 77);
    assert_eq!((page.frame(), page.generation()), (5, 77));
    assert_eq!(Page::from_word(page.to_word()), page);
    assert_ne!(page, Page::new(5, 78));
    assert!(Page::NULL.is_null() && !page.is_null());
}

#[test]
fn generations_wrap_without_touching_the_references() {
    let (frames, memory) = pool();
    memory.store(frames.word(0), FrameWord::free(GENERATION_MASK).0);
    let page = frames.alloc(&memory, 0).unwrap().page;
    assert_eq!(page.generation(), GENERATION_MASK);
    assert_eq!(frames.put(&memory, page), Put::Freed);
    let next = frames.alloc(&memory, 0).unwrap().page;
    assert_eq!((next.generation(), frames.refs(&memory, next)), (0, 1));
    assert!(!frames.is_live(&memory, page));
}

#[test]
fn damage_names_the_words() {
    let (frames, memory) = pool();
    memory.store(frames.data(Page::new(0, 0)).offset(3), 1);
    memory.store(frames.data(Page::new(0, 0)).offset(9), 1);
    assert_eq!(frames.alloc(&memory, 0).unwrap().damage, Some(3..10));
    assert_eq!(frames.locate(frames.data(Page::new(2, 0)).offset(5)), Some((2, 5)));
    assert_eq!(frames.locate_entry(frames.word(3)), Some((3, 0)));
}

#[test]
fn an_address_is_found_where_it_lies_and_behind_the_last_frame_is_nothing() {
    let (frames, _) = pool();
    let last = Page::new(frames.count() - 1, 0);
    assert_eq!(last.frame(), FRAMES - 1);
    assert_eq!(frames.locate(frames.data(last).offset(WORDS - 1)), Some((FRAMES - 1, WORDS - 1)));
    assert_eq!(frames.locate(frames.data(last).offset(WORDS)), None);
    assert_eq!(frames.locate_entry(frames.lock_word(last)), Some((FRAMES - 1, 1)));
    assert_eq!(frames.locate_entry(frames.word(FRAMES)), None);
}

/// A hint counts on and wraps; it says where the search begins, and no more.
#[test]
fn the_search_begins_at_the_hint_whatever_it_is() {
    for hint in [0, 2, FRAMES, FRAMES + 3, u32::MAX] {
        let (frames, memory) = pool();
        let allocated: Vec<u32> =
            (0..FRAMES).map(|_| frames.alloc(&memory, hint).expect("one is free").page.frame()).collect();
        let wanted: Vec<u32> = (0..FRAMES).map(|i| (hint % FRAMES + i) % FRAMES).collect();
        assert_eq!(allocated, wanted, "{hint}");
        assert!(frames.alloc(&memory, hint).is_none());
    }
}

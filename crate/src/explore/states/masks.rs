//! Masks of moves, in a row: a byte for each where that is enough, which it is for few threads.

use core::ops::Range;

/// A mask as it is kept.
trait Kept: Copy + Into<u32> {
    /// Keeps `mask`, of which it is known that it fits.
    fn keep(mask: u32) -> Self;
}

impl Kept for u8 {
    #[inline(always)]
    fn keep(mask: u32) -> Self {
        mask as Self
    }
}

impl Kept for u32 {
    #[inline(always)]
    fn keep(mask: u32) -> Self {
        mask
    }
}

/// Masks in a row.
#[derive(Debug)]
pub enum Masks {
    /// None has a bit beyond the eighth.
    Bytes(Vec<u8>),
    /// Some have.
    Words(Vec<u32>),
}

impl From<Vec<u32>> for Masks {
    fn from(masks: Vec<u32>) -> Self {
        if masks.iter().fold(0, |all, mask| all | mask) <= u32::from(u8::MAX) {
            Self::Bytes(masks.into_iter().map(Kept::keep).collect())
        } else {
            Self::Words(masks)
        }
    }
}

impl Masks {
    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match self {
            Self::Bytes(masks) => masks.len(),
            Self::Words(masks) => masks.len(),
        }
    }

    /// Bytes that they take.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        match self {
            Self::Bytes(masks) => masks.capacity(),
            Self::Words(masks) => masks.capacity() * size_of::<u32>(),
        }
    }

    /// Mask `i`.
    #[inline(always)]
    #[must_use]
    pub fn get(&self, i: usize) -> u32 {
        match self {
            Self::Bytes(masks) => masks[i].into(),
            Self::Words(masks) => masks[i],
        }
    }

    /// Bits in some of them.
    #[must_use]
    pub fn bits(&self, some: Range<usize>) -> u32 {
        fn bits<M: Kept>(masks: &[M]) -> u32 {
            masks.iter().map(|&mask| mask.into().count_ones()).sum()
        }
        match self {
            Self::Bytes(masks) => bits(&masks[some]),
            Self::Words(masks) => bits(&masks[some]),
        }
    }

    /// Strikes out the bits, in order, whose masks among `children` are empty; whether any mask here is empty then.
    pub fn strike(&mut self, children: &Self) -> bool {
        match (self, children) {
            (Self::Bytes(masks), Self::Bytes(children)) => strike(masks, children),
            (Self::Bytes(masks), Self::Words(children)) => strike(masks, children),
            (Self::Words(masks), Self::Bytes(children)) => strike(masks, children),
            (Self::Words(masks), Self::Words(children)) => strike(masks, children),
        }
    }

    /// Lets go of those that are empty.
    pub fn compact(&mut self) {
        match self {
            Self::Bytes(masks) => compact(masks),
            Self::Words(masks) => compact(masks),
        }
    }
}

fn strike<M: Kept, C: Kept>(masks: &mut [M], children: &[C]) -> bool {
    let mut children = children.iter();
    let mut empty = false;
    for kept in masks {
        let (mut mask, mut left): (u32, u32) = ((*kept).into(), (*kept).into());
        while left != 0 {
            let bit = left & left.wrapping_neg();
            left ^= bit;
            // Which children are dead cannot be guessed: no branch, here and below.
            let dead = children.next().is_none_or(|&child| child.into() == 0);
            mask ^= bit & u32::from(dead).wrapping_neg();
        }
        *kept = M::keep(mask);
        empty |= mask == 0;
    }
    empty
}

fn compact<M: Kept>(masks: &mut Vec<M>) {
    let mut end = 0;
    for i in 0..masks.len() {
        let mask = masks[i];
        masks[end] = mask;
        end += usize::from(mask.into() != 0);
    }
    masks.truncate(end);
    if masks.capacity() > end * 9 / 8 {
        masks.shrink_to_fit();
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Masks with and without bits beyond the eighth, some of them empty.
    fn random(rng: &mut fastrand::Rng, count: u32, wide: bool) -> Vec<u32> {
        let top = if wide { 1 << 30 } else { 1 };
        (0..count).map(|i| if i == 0 { top } else { rng.u32(..=255) & rng.u32(..=255) & rng.u32(..=255) }).collect()
    }

    fn all(masks: &Masks) -> Vec<u32> {
        (0..masks.len()).map(|i| masks.get(i)).collect()
    }

    #[test]
    fn however_they_are_kept_they_do_the_same() {
        let rng = &mut fastrand::Rng::with_seed(5);
        for (wide, wide_children) in [(false, false), (false, true), (true, false), (true, true)] {
            let plain = random(rng, 300, wide);
            let mut masks = Masks::from(plain.clone());
            assert_eq!(matches!(masks, Masks::Words(_)), wide);
            assert_eq!((all(&masks), masks.len()), (plain.clone(), 300));
            assert_eq!(masks.bits(40..90), plain[40..90].iter().map(|mask| mask.count_ones()).sum::<u32>());
            let children = random(rng, plain.iter().map(|mask| mask.count_ones()).sum(), wide_children);
            let mut child = children.iter();
            let struck: Vec<u32> = plain
                .iter()
                .map(|mask| {
                    let bits = (0..u32::BITS).map(|bit| 1 << bit).filter(|bit| mask & bit != 0);
                    bits.filter(|_| child.next().is_some_and(|&child| child != 0)).sum()
                })
                .collect();
            assert_eq!(masks.strike(&children.into()), struck.contains(&0));
            assert_eq!(all(&masks), struck);
            masks.compact();
            assert_eq!(all(&masks), struck.into_iter().filter(|&mask| mask != 0).collect::<Vec<_>>());
        }
    }
}

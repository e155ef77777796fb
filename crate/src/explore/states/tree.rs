//! The tree of the search: how each state of the last level was come to.
//!
//! Breadth first, a search needs every state of a level until the next one is done, and the schedule that led there.
//! What is remembered of a state is one mask: which moves led from it to *new* states. The masks of a level stand in
//! the order in which their states do, and the states of the next level in the order of their masks' bits. So the
//! schedule to a state is found by counting bits from the last level up, and a depth-first walk comes by any run of
//! states of the last level (the *frontier*), each with its whole schedule at hand.
//!
//! States from which no new ones are left stay, with an empty mask, until they are [pruned](Tree::prune).

use core::ops::Range;

use super::masks::Masks;
use crate::explore::bits::Bits;
use crate::machine::model::Move;

/// Masks between two notes of how many children there were before.
const BLOCK: usize = 32;

/// The states of one level.
#[derive(Debug)]
struct Level {
    masks: Masks,
    /// Children of the states before each block of masks; and at the end, of all.
    before: Vec<u32>,
}

impl Level {
    fn new(masks: Vec<u32>) -> Self {
        let mut level = Self { masks: masks.into(), before: Vec::new() };
        level.count();
        level
    }

    /// Counts children.
    fn count(&mut self) {
        let masks = self.masks.len();
        self.before.clear();
        self.before.reserve_exact(masks.div_ceil(BLOCK) + 1);
        let mut children = 0;
        for first in (0..masks).step_by(BLOCK) {
            self.before.push(children);
            children += self.masks.bits(first..masks.min(first + BLOCK));
        }
        self.before.push(children);
    }

    fn children(&self) -> usize {
        self.before.last().map_or(0, |&children| children as usize)
    }

    fn bytes(&self) -> usize {
        self.masks.bytes() + self.before.capacity() * size_of::<u32>()
    }

    /// Whose child number `child` is, and by which bit.
    fn parent(&self, child: usize) -> (usize, u32) {
        let block = self.before.partition_point(|&before| before as usize <= child) - 1;
        let mut left = child as u32 - self.before[block];
        let mut parent = block * BLOCK;
        let mut mask = self.masks.get(parent);
        while left >= mask.count_ones() {
            left -= mask.count_ones();
            parent += 1;
            mask = self.masks.get(parent);
        }
        let mask = (0..left).fold(mask, |mask, _| mask & (mask - 1));
        (parent, mask & mask.wrapping_neg())
    }

    /// Lets go of states with an empty mask.
    fn compact(&mut self) {
        self.masks.compact();
        self.count();
    }
}

/// All levels but the last one, which is the frontier.
#[derive(Debug, Default)]
pub struct Tree {
    levels: Vec<Level>,
    /// Masks of all levels: now, and when it was pruned last.
    masks: usize,
    left: usize,
    /// Levels that were there when it was pruned last: in them no mask is empty.
    pruned: usize,
}

/// What happens on the walk.
pub trait Visit {
    /// Why the walk may end early.
    type Stop;

    /// Takes a step.
    fn step(&mut self, next: Move);

    /// Takes it back.
    fn back(&mut self);

    /// Is at a state of the frontier.
    ///
    /// # Errors
    /// When the walk ends here.
    fn arrive(&mut self) -> Result<(), Self::Stop>;
}

impl Tree {
    /// States of the frontier. In the beginning that is the initial state.
    #[must_use]
    pub fn width(&self) -> usize {
        self.levels.last().map_or(1, Level::children)
    }

    /// Bytes that the tree takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(Level::bytes).sum()
    }

    /// The states of the frontier have these masks; what they lead to is the new frontier.
    pub fn grow(&mut self, masks: Vec<u32>) {
        debug_assert_eq!(masks.len(), self.width());
        self.masks += masks.len();
        self.levels.push(Level::new(masks));
    }

    /// Whether it has grown by so much since it was pruned that doing it again costs little for each state.
    #[must_use]
    pub const fn is_overgrown(&self) -> bool {
        self.masks > self.left * 2
    }

    /// Lets go of all states from which none of the frontier descends.
    pub fn prune(&mut self) {
        for k in (0..self.levels.len()).rev() {
            let (upper, lower) = self.levels.split_at_mut(k);
            let parents = upper.last_mut();
            let go_on = parents.is_some_and(|parents| parents.masks.strike(&lower[0].masks) || k > self.pruned);
            lower[0].compact();
            if !go_on {
                upper.iter_mut().last().into_iter().for_each(Level::count);
                break;
            }
        }
        self.pruned = self.levels.len();
        self.masks = self.levels.iter().map(|level| level.masks.len()).sum();
        self.left = self.masks;
    }

    /// The schedule that led to a state of the frontier.
    #[must_use]
    pub fn schedule(&self, state: usize, bits: Bits) -> Vec<Move> {
        let mut at = state;
        let mut moves: Vec<Move> = self
            .levels
            .iter()
            .rev()
            .map(|level| {
                let (parent, bit) = level.parent(at);
                at = parent;
                bits.first(bit)
            })
            .collect();
        moves.reverse();
        moves
    }

    /// Goes from the initial state to some states of the frontier, one after the other, and stops at the last one.
    ///
    /// # Errors
    /// When `visit` ends the walk.
    pub fn walk<V: Visit>(&self, states: Range<usize>, bits: Bits, visit: &mut V) -> Result<(), V::Stop> {
        // For each level: the moves still to be walked of the state on the path, and which state comes next.
        let mut path: Vec<(u32, usize)> = vec![(0, 0); self.levels.len()];
        let mut at = states.start;
        for (level, on_path) in self.levels.iter().zip(&mut path).rev() {
            let (parent, bit) = level.parent(at);
            *on_path = (level.masks.get(parent) & !(bit | (bit - 1)) | bit, parent + 1);
            at = parent;
        }
        let mut depth = 0;
        for _ in states {
            // Down: the lowest bit of each mask.
            loop {
                while depth < path.len() {
                    let left = path[depth].0;
                    if left == 0 {
                        break;
                    }
                    path[depth].0 = left & (left - 1);
                    visit.step(bits.first(left));
                    depth += 1;
                    if let Some((left, next)) = path.get_mut(depth)
                        && *left == 0
                    {
                        *left = self.levels[depth].masks.get(*next);
                        *next += 1;
                    }
                }
                if depth == path.len() {
                    break;
                }
                depth -= 1;
                visit.back();
            }
            visit.arrive()?;
            if depth > 0 {
                depth -= 1;
                visit.back();
            }
        }
        Ok(())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    const BITS: Bits = Bits::new(3);

    /// A schedule, as the bits of its moves.
    type Path = Vec<u32>;

    fn bits(schedule: &[Move]) -> Path {
        schedule.iter().map(|&next| BITS.of(next)).collect()
    }

    /// Writes down where it comes by.
    #[derive(Default)]
    struct Written {
        at: Vec<Move>,
        steps: usize,
        paths: Vec<Path>,
    }

    impl Visit for Written {
        type Stop = ();

        fn step(&mut self, next: Move) {
            self.at.push(next);
            self.steps += 1;
        }

        fn back(&mut self) {
            self.at.pop().expect("a step was taken");
        }

        fn arrive(&mut self) -> Result<(), ()> {
            self.paths.push(bits(&self.at));
            Ok(())
        }
    }

    fn walked(tree: &Tree, states: Range<usize>) -> Written {
        let mut written = Written::default();
        tree.walk(states, BITS, &mut written).unwrap();
        written
    }

    /// Grows a random level: `frontier` holds the path to each state, and then to those that follow.
    fn grow(tree: &mut Tree, frontier: &mut Vec<Path>, rng: &mut fastrand::Rng) {
        let width = frontier.len();
        // About as many new ones as there are, whatever happens before.
        let mask = |rng: &mut fastrand::Rng| {
            if width > 150 || rng.bool() { rng.u32(..8) & rng.u32(..8) } else { rng.u32(..8) }
        };
        let masks: Vec<u32> = (0..width).map(|_| if width < 4 { 7 } else { mask(rng) }).collect();
        *frontier = (frontier.iter().zip(&masks))
            .flat_map(|(path, &mask)| {
                (0..3).map(|i| 1 << i).filter(move |bit| mask & bit != 0).map(|bit| [&path[..], &[bit]].concat())
            })
            .collect();
        tree.grow(masks);
    }

    #[test]
    fn every_state_of_the_frontier_has_its_schedule_pruned_or_not() {
        for seed in 0..40 {
            let rng = &mut fastrand::Rng::with_seed(seed);
            let (mut tree, mut frontier) = (Tree::default(), vec![Vec::new()]);
            for _ in 0..30 {
                grow(&mut tree, &mut frontier, rng);
                assert_eq!(tree.width(), frontier.len());
                if rng.u8(..4) == 0 {
                    tree.prune();
                }
                for (state, path) in frontier.iter().enumerate() {
                    assert_eq!(&bits(&tree.schedule(state, BITS)), path);
                }
                assert_eq!(walked(&tree, 0..frontier.len()).paths, frontier);
                let from = rng.usize(..frontier.len());
                let states = from..rng.usize(from..frontier.len()) + 1;
                assert_eq!(walked(&tree, states.clone()).paths, frontier[states]);
            }
        }
    }

    #[test]
    fn a_pruned_tree_holds_nothing_but_what_leads_to_the_frontier() {
        let rng = &mut fastrand::Rng::with_seed(1);
        let (mut tree, mut frontier) = (Tree::default(), vec![Vec::new()]);
        for round in 0..60 {
            grow(&mut tree, &mut frontier, rng);
            if round % 7 == 0 {
                tree.prune();
                let states: std::collections::BTreeSet<&[u32]> =
                    frontier.iter().flat_map(|path| (1..=path.len()).map(|steps| &path[..steps])).collect();
                assert_eq!(walked(&tree, 0..frontier.len()).steps, states.len());
                let masks: usize = tree.levels.iter().map(|level| level.masks.len()).sum();
                assert_eq!(masks, 1 + states.len() - frontier.len());
                assert_eq!((tree.masks, tree.is_overgrown()), (masks, false));
            }
        }
    }
}

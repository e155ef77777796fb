//! Which trial comes when: rounds of blocks, in random order, balanced.

use fastrand::Rng;

/// How many trials of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Rounds; each has one block at every point.
    pub rounds: u32,
    /// Points of the sweep.
    pub points: u32,
    /// Trials in a block, one of each subject.
    pub subjects: u32,
}

/// One trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The round, from 0.
    pub round: u32,
    /// The point of the sweep.
    pub point: u32,
    /// What is tried.
    pub subject: u32,
}

/// All trials, in the order in which they are made.
///
/// Within each point, in as many rounds as there are subjects each of them comes first once, second once, and so on (a random
/// Latin square), so none has an advantage from what its place in the block does.
#[must_use]
pub fn plan(shape: Shape, seed: u64) -> Vec<Place> {
    let Shape { rounds, points, subjects } = shape;
    let mut rng = Rng::with_seed(seed);
    let mut squares: Vec<Vec<Vec<u32>>> = vec![Vec::new(); points as usize];
    let mut places = Vec::new();
    for round in 0..rounds {
        for point in shuffled(points, &mut rng) {
            let square = &mut squares[point as usize];
            if square.is_empty() {
                *square = latin_square(subjects, &mut rng);
            }
            let block = square.pop().unwrap_or_default();
            places.extend(block.into_iter().map(|subject| Place { round, point, subject }));
        }
    }
    places
}

fn shuffled(count: u32, rng: &mut Rng) -> Vec<u32> {
    let mut all: Vec<u32> = (0..count).collect();
    rng.shuffle(&mut all);
    all
}

/// `size` rows in which, and in whose columns, each number below `size` comes once.
fn latin_square(size: u32, rng: &mut Rng) -> Vec<Vec<u32>> {
    let [rows, columns, numbers] = [(); 3].map(|()| shuffled(size, rng));
    let number = |row: u32, column: &u32| numbers[((row + column) % size) as usize];
    rows.into_iter().map(|row| columns.iter().map(|column| number(row, column)).collect()).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_block_is_whole_and_every_place_in_it_is_shared_out(
            rounds in 1..40_u32, points in 1..6_u32, subjects in 1..8_u32, seed: u64,
        ) {
            let shape = Shape { rounds, points, subjects };
            let places = plan(shape, seed);
            prop_assert_eq!(places.len() as u32, rounds * points * subjects);
            prop_assert_eq!(&places, &plan(shape, seed), "the seed says it all");
            // By point, subject and place in the block: how often.
            let mut counts = vec![0; (points * subjects * subjects) as usize];
            for (i, block) in places.chunks(subjects as usize).enumerate() {
                let mut seen: Vec<u32> = block.iter().map(|place| place.subject).collect();
                seen.sort_unstable();
                prop_assert_eq!(seen, (0..subjects).collect::<Vec<_>>());
                for (at, place) in (0..).zip(block) {
                    prop_assert_eq!(place.round, i as u32 / points);
                    prop_assert_eq!(place.point, block[0].point);
                    counts[((place.point * subjects + place.subject) * subjects + at) as usize] += 1;
                }
            }
            let fewest = rounds / subjects;
            prop_assert!(counts.iter().all(|&count| (fewest..=fewest + 1).contains(&count)), "{:?}", counts);
            for round in places.chunks((points * subjects) as usize) {
                let mut points_seen: Vec<u32> = round.iter().step_by(subjects as usize).map(|place| place.point).collect();
                points_seen.sort_unstable();
                prop_assert_eq!(points_seen, (0..points).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn another_seed_is_another_order() {
        let shape = Shape { rounds: 10, points: 3, subjects: 4 };
        assert_ne!(plan(shape, 1), plan(shape, 2));
        let orders: std::collections::BTreeSet<Vec<u32>> =
            plan(shape, 1).chunks(4).map(|block| block.iter().map(|place| place.subject).collect()).collect();
        assert!(orders.len() > 8, "{} orders of 4 in 30 blocks", orders.len());
    }
}

//! Every combination once, in an order that the seed shuffles: however few trials there are, they lie all over the space,
//! as with Optuna's `GridSampler`. The order is a permutation computed for each number, so it needs no memory.

use super::{Sampler, Space, SpaceError};
use crate::random::mix;

/// Largest number of points: trial numbers are handed on as doubles.
const POINTS_MAXIMUM: u64 = 1 << 53;

/// Walks over all points of a space whose dimensions all have steps.
#[derive(Debug)]
pub(super) struct GridSampler {
    space: Space,
    counts: Vec<u64>,
    points: u64,
    order: Permutation,
}

/// A permutation of the numbers below `length`: a Feistel network over the next even number of bits, run again while it
/// leads outside (Black and Rogaway 2002, "Ciphers with arbitrary finite domains": cycle walking).
#[derive(Debug)]
struct Permutation {
    length: u64,
    half_bits: u32,
    keys: [u64; 6],
}

impl Permutation {
    fn new(length: u64, seed: u64) -> Self {
        let bits = u64::BITS - length.saturating_sub(1).leading_zeros();
        let keys = std::array::from_fn(|round| mix(mix(seed).wrapping_add(round as u64 + 1)));
        Self { length, half_bits: bits.div_ceil(2).max(1), keys }
    }

    /// The number at a place; both are below the length.
    fn at(&self, place: u64) -> u64 {
        let mask = (1u64 << self.half_bits) - 1;
        let mut value = place;
        loop {
            let (mut left, mut right) = (value >> self.half_bits, value & mask);
            for key in self.keys {
                (left, right) = (right, left ^ (mix(right ^ key) & mask));
            }
            value = left << self.half_bits | right;
            if value < self.length {
                return value;
            }
        }
    }
}

impl GridSampler {
    pub(super) fn new(space: Space, seed: u64) -> Result<Self, SpaceError> {
        let mut counts = Vec::new();
        let mut points: u64 = 1;
        for (index, dimension) in space.dimensions().iter().enumerate() {
            let count = dimension.count().ok_or(SpaceError::NoStep { index })?;
            points = points
                .checked_mul(count)
                .filter(|&all| all <= POINTS_MAXIMUM)
                .ok_or(SpaceError::TooManyPoints)?;
            counts.push(count);
        }
        Ok(Self { space, counts, points, order: Permutation::new(points, seed) })
    }
}

impl Sampler for GridSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        if number >= self.points {
            return None;
        }
        let mut rest = self.order.at(number);
        let mut values = vec![0.0; self.counts.len()];
        for index in (0..self.counts.len()).rev() {
            values[index] = self.space.dimensions()[index].value_at(rest % self.counts[index]);
            rest /= self.counts[index];
        }
        Some(values)
    }

    fn tell(&mut self, _number: u64, _values: &[f64], _objectives: Option<&[f64]>) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    fn integers(count: u32) -> Dimension {
        Dimension::Stepped { from: 0.0, to: f64::from(count - 1), step: 1.0 }
    }

    #[test]
    fn visits_every_combination_once_and_then_ends() {
        let space = Space::new(vec![
            Dimension::Stepped { from: 1.0, to: 2.0, step: 0.5 },
            Dimension::Categorical { count: 2 },
        ])
        .unwrap();
        let mut grid = GridSampler::new(space, 1).unwrap();
        let mut all: Vec<_> = (0..6).map(|number| grid.ask(number).unwrap()).collect();
        all.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(all, [[1.0, 0.0], [1.0, 1.0], [1.5, 0.0], [1.5, 1.0], [2.0, 0.0], [2.0, 1.0]]);
        assert_eq!(grid.ask(6), None);
    }

    #[test]
    fn any_length_is_permuted() {
        for length in [1, 2, 3, 4, 5, 17, 64, 65, 1000] {
            let order = Permutation::new(length, 7);
            let mut seen: Vec<u64> = (0..length).map(|place| order.at(place)).collect();
            seen.sort_unstable();
            assert!(seen.iter().copied().eq(0..length), "{length}");
        }
        assert!(Permutation::new(POINTS_MAXIMUM, 7).at(POINTS_MAXIMUM - 1) < POINTS_MAXIMUM);
    }

    #[test]
    fn few_trials_lie_all_over_the_space() {
        // 100 of 100 × 100 cells: of each ten neighbouring values of a dimension ten are expected.
        for seed in 0..20 {
            let space = Space::new(vec![integers(100), integers(100)]).unwrap();
            let mut grid = GridSampler::new(space, seed).unwrap();
            let tried: Vec<_> = (0..100).map(|number| grid.ask(number).unwrap()).collect();
            for dimension in 0..2 {
                for decile in 0..10 {
                    let range = f64::from(decile) * 10.0..f64::from(decile + 1) * 10.0;
                    let count = tried.iter().filter(|values| range.contains(&values[dimension])).count();
                    // Binomial with 100 draws of 0.1: outside of 1 to 24 less than once in 30,000.
                    assert!((1..=24).contains(&count), "seed {seed}, dimension {dimension}: {count}");
                }
            }
        }
    }

    #[test]
    fn the_seed_is_the_order() {
        let order = |seed: u64| {
            let mut grid = GridSampler::new(Space::new(vec![integers(50)]).unwrap(), seed).unwrap();
            (0..50).map(|number| grid.ask(number).unwrap()[0]).collect::<Vec<_>>()
        };
        assert_eq!(order(3), order(3));
        assert_ne!(order(3), order(4));
    }

    #[test]
    fn refuses_dimensions_without_steps() {
        let space = Space::new(vec![Dimension::Continuous { from: 0.0, to: 1.0, log: false }]).unwrap();
        assert_eq!(GridSampler::new(space, 1).unwrap_err(), SpaceError::NoStep { index: 0 });
    }
}

//! Sobol's sequence with Owen's scrambling: fills the space more evenly than chance. Any beginning of it is a valid design,
//! best in numbers of trials that are powers of two.

use super::sobol_directions::DIRECTIONS;
use super::{Sampler, Space};
use crate::random::mix;

const BITS: usize = 32;

/// See the module.
#[derive(Debug)]
pub(super) struct SobolSampler {
    space: Space,
    /// Direction numbers by dimension.
    directions: Vec<[u32; BITS]>,
    /// One seed a dimension for the scrambling.
    seeds: Vec<u32>,
}

impl SobolSampler {
    pub(super) fn new(space: Space, seed: u64) -> Self {
        let count = space.dimensions().len();
        SobolSampler {
            space,
            directions: (0..count).map(directions).collect(),
            seeds: (0..count as u64).map(|index| (mix(mix(seed) ^ index) >> 32) as u32).collect(),
        }
    }
}

impl Sampler for SobolSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        // 2^32 points; beyond them it would begin again.
        let number = u32::try_from(number).ok()?;
        let value = |index: usize| {
            let bits = scramble(point(&self.directions[index], number), self.seeds[index]);
            // The middle of the cell: 0 and 1 themselves are never given.
            let part = (f64::from(bits) + 0.5) * (0.5f64).powi(BITS as i32);
            let dimension = &self.space.dimensions()[index];
            let (low, high) = dimension.inner_bounds();
            dimension.value_of(low + (high - low) * part)
        };
        Some((0..self.directions.len()).map(value).collect())
    }

    fn tell(&mut self, _number: u64, _values: &[f64], _objectives: Option<&[f64]>) {}
}

/// Direction numbers of a dimension, highest bit first.
fn directions(dimension: usize) -> [u32; BITS] {
    let mut numbers = [0; BITS];
    let Some((polynomial, initial)) = dimension.checked_sub(1).map(|row| DIRECTIONS[row]) else {
        for (index, number) in numbers.iter_mut().enumerate() {
            *number = 1 << (BITS - 1 - index);
        }
        return numbers;
    };
    let degree = initial.len();
    for index in 0..BITS {
        numbers[index] = if index < degree {
            initial[index] << (BITS - 1 - index)
        } else {
            // The recurrence of the polynomial's inner coefficients.
            let oldest = numbers[index - degree];
            (1..degree)
                .filter(|power| polynomial >> (degree - power) & 1 == 1)
                .fold(oldest ^ (oldest >> degree), |sum, power| sum ^ numbers[index - power])
        };
    }
    numbers
}

/// Coordinate of a point as bits of a fraction, in the order of the Gray code.
fn point(directions: &[u32; BITS], number: u32) -> u32 {
    let gray = number ^ (number >> 1);
    (0..BITS).filter(|bit| gray >> bit & 1 == 1).fold(0, |sum, bit| sum ^ directions[bit])
}

/// Nested uniform scrambling by a hash in which a bit depends on higher ones only (Laine and Karras 2011, with the
/// constants of Burley, "Practical hash-based Owen scrambling", 2020).
fn scramble(bits: u32, seed: u32) -> u32 {
    let mut x = bits.reverse_bits();
    x = x.wrapping_add(seed);
    x ^= x.wrapping_mul(0x6c50_b47c);
    x ^= x.wrapping_mul(0xb82f_1e52);
    x ^= x.wrapping_mul(0xc7af_e638);
    x ^= x.wrapping_mul(0x8d22_f6e6);
    x.reverse_bits()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    fn fraction(dimension: usize, number: u32) -> f64 {
        f64::from(point(&directions(dimension), number)) / 4_294_967_296.0
    }

    #[test]
    fn unscrambled_it_is_the_published_sequence() {
        // SciPy 1.17, qmc.Sobol(scramble=False), points 1 to 4 of dimensions 1 to 4, and point 777 of some of 128.
        let expected = [
            [0.5, 0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25, 0.25],
            [0.25, 0.75, 0.75, 0.75],
            [0.375, 0.375, 0.625, 0.875],
        ];
        for (number, row) in (1..).zip(expected) {
            for (dimension, value) in row.iter().enumerate() {
                assert_eq!(fraction(dimension, number), *value);
            }
        }
        let far = [0.692_382_812_5, 0.936_523_437_5, 0.163_085_937_5, 0.721_679_687_5, 0.118_164_062_5];
        for (dimension, value) in [0, 1, 2, 40, 127].into_iter().zip(far) {
            assert_eq!(fraction(dimension, 777), value);
        }
        let sum: f64 = (0..1024).map(|number| (0..128).map(|d| fraction(d, number)).sum::<f64>()).sum();
        assert_eq!(sum, 65_472.0);
    }

    #[test]
    fn scrambled_each_dimension_still_has_one_point_in_each_cell() {
        let space = Space::new(vec![Dimension::Continuous { from: 0.0, to: 1.0, log: false }; 128]).unwrap();
        let mut one = SobolSampler::new(space.clone(), 1);
        let mut other = SobolSampler::new(space, 2);
        let points: Vec<Vec<f64>> = (0..256).map(|number| one.ask(number).unwrap()).collect();
        for dimension in 0..128 {
            let mut cells: Vec<usize> = points.iter().map(|row| (row[dimension] * 256.0) as usize).collect();
            cells.sort_unstable();
            assert_eq!(cells, (0..256).collect::<Vec<_>>());
        }
        // Squares of 1/16 by 1/16 of the first two dimensions too: a (0, 8, 2)-net.
        let mut squares: Vec<(usize, usize)> =
            points.iter().map(|row| ((row[0] * 16.0) as usize, (row[1] * 16.0) as usize)).collect();
        squares.sort_unstable();
        squares.dedup();
        assert_eq!(squares.len(), 256);
        assert_ne!(points[5], other.ask(5).unwrap());
        assert_eq!(one.ask(1 << 32), None);
    }
}

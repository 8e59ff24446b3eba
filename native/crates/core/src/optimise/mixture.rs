//! The density a side of the TPE split stands for: a weighted mixture of products, a truncated normal for each numeric
//! dimension and a smoothed indicator for each categorical one, and one wide prior kernel over the whole space.

use super::side::{Columns, LOG_SQRT_TAU, Side};
use super::{Dimension, Space};
use crate::cpu::multiversioned;
use crate::normal;
use crate::random::Random;
use std::borrow::Cow;

/// Weight of the prior kernel, in observations.
const PRIOR_WEIGHT: f64 = 1.0;
/// The newest this many observations count fully; older ones fade linearly.
const FULL_WEIGHT_COUNT: usize = 25;
/// Draws from a truncated normal before it is taken as even; with the mean inside, one in three succeeds at least.
const DRAWS_MAXIMUM: u32 = 64;
/// Terms smaller than the largest by this many e-folds do not change a sum of thousands in double precision.
const NEGLIGIBLE: f64 = 45.0;
/// Sides with at most this part of all trials are copied out, others are read in place with the rest masked.
const COPIED_PART: usize = 4;

/// A mixture ready to be sampled and evaluated.
#[derive(Debug)]
pub(super) struct Mixture<'a> {
    space: &'a Space,
    /// Centre and one over the width of each kernel, by dimension.
    centre: Vec<Cow<'a, [f64]>>,
    inverse: Vec<Cow<'a, [f64]>>,
    /// Log weight less log norm, by kernel; minus infinity where a place holds no kernel.
    log_scale: Vec<f64>,
    prior_log_scale: f64,
    /// Weight of each kernel and, last, of the prior; their sum is one.
    weights: Vec<f64>,
    /// What every option of a kernel has, observed or not, where the observed one has one more.
    option_floor: f64,
}

impl<'a> Mixture<'a> {
    /// The mixture of a side; `columns` are the inner coordinates of all trials.
    pub(super) fn new(space: &'a Space, side: &'a Side, columns: &'a Columns) -> Self {
        let count = side.members.len();
        let ages = age_weights(count);
        let trials = columns[0].len();
        let is_copied = count * COPIED_PART <= trials;
        let pick = |column: &'a Vec<f64>| -> Cow<'a, [f64]> {
            if is_copied {
                Cow::Owned(side.members.iter().map(|&trial| column[trial]).collect())
            } else {
                Cow::Borrowed(column)
            }
        };
        let places = if is_copied { count } else { trials };
        let mut log_scale = vec![f64::NEG_INFINITY; places];
        let mut weights = vec![0.0; places + 1];
        for (age, &trial) in side.members.iter().enumerate() {
            let place = if is_copied { age } else { trial };
            log_scale[place] = ages[age].ln() - side.log_norm[trial];
            weights[place] = ages[age];
        }
        weights[places] = ages[count];
        let prior_norm: f64 = space
            .dimensions()
            .iter()
            .map(|dimension| {
                let (low, high) = dimension.inner_bounds();
                match *dimension {
                    Dimension::Categorical { count } => f64::from(count).ln(),
                    _ if low == high => 0.0,
                    _ => {
                        let inside = normal::cumulative(0.5) - normal::cumulative(-0.5);
                        (inside * (high - low)).ln() + LOG_SQRT_TAU
                    }
                }
            })
            .sum();
        Self {
            space,
            centre: columns.iter().map(pick).collect(),
            inverse: side.inverse.iter().map(pick).collect(),
            log_scale,
            prior_log_scale: ages[count].ln() - prior_norm,
            weights,
            option_floor: PRIOR_WEIGHT / (count as f64 + 1.0),
        }
    }

    /// Draws one point in inner coordinates, already moved to allowed values.
    pub(super) fn sample(&self, random: &mut Random) -> Vec<f64> {
        let prior = self.weights.len() - 1;
        let mut rest = random.uniform();
        let mut kernel = 0;
        while kernel < prior && rest >= self.weights[kernel] {
            rest -= self.weights[kernel];
            kernel += 1;
        }
        let draw = |(index, dimension): (usize, &Dimension)| -> f64 {
            let (low, high) = dimension.inner_bounds();
            if let Dimension::Categorical { count } = *dimension {
                let floor = self.option_floor * f64::from(count);
                if kernel == prior || random.uniform() * (1.0 + floor) >= 1.0 {
                    return random.below(u64::from(count)) as f64;
                }
                return self.centre[index][kernel];
            }
            if low == high {
                return low;
            }
            let (mean, width) = if kernel == prior {
                (0.5 * (low + high), high - low)
            } else {
                (self.centre[index][kernel], 1.0 / self.inverse[index][kernel])
            };
            let inner = truncated_normal(random, mean, width, low, high);
            dimension.inner_of(dimension.value_of(inner))
        };
        self.space.dimensions().iter().enumerate().map(draw).collect()
    }

    /// Log density at a point in inner coordinates.
    pub(super) fn log_density(&self, point: &[f64], scratch: &mut Vec<f64>) -> f64 {
        scratch.clear();
        scratch.extend_from_slice(&self.log_scale);
        let mut prior = self.prior_log_scale;
        for (index, dimension) in self.space.dimensions().iter().enumerate() {
            let x = point[index];
            if let Dimension::Categorical { count } = *dimension {
                let whole = 1.0 + self.option_floor * f64::from(count);
                let hit = ((1.0 + self.option_floor) / whole).ln();
                let miss = (self.option_floor / whole).ln();
                add_matches(scratch, &self.centre[index], x, hit, miss);
                continue;
            }
            let (low, high) = dimension.inner_bounds();
            if low == high {
                continue;
            }
            add_squares(scratch, &self.centre[index], &self.inverse[index], x);
            let z = (x - 0.5 * (low + high)) / (high - low);
            prior -= 0.5 * z * z;
        }
        scratch.push(prior);
        log_sum_exp(scratch)
    }
}

/// Normalised weights of `count` observations, oldest first, and the prior after them.
fn age_weights(count: usize) -> Vec<f64> {
    let faded = count.saturating_sub(FULL_WEIGHT_COUNT);
    let first = 1.0 / (count.max(1) as f64);
    let mut weights: Vec<f64> = (0..count)
        .map(|age| match (age < faded, faded) {
            (false, _) => 1.0,
            (true, 1) => first,
            (true, _) => first + (1.0 - first) * age as f64 / (faded - 1) as f64,
        })
        .collect();
    weights.push(PRIOR_WEIGHT);
    let sum: f64 = weights.iter().sum();
    for weight in &mut weights {
        *weight /= sum;
    }
    weights
}

fn truncated_normal(random: &mut Random, mean: f64, width: f64, low: f64, high: f64) -> f64 {
    for _ in 0..DRAWS_MAXIMUM {
        let x = mean + width * random.normal();
        if x >= low && x <= high {
            return x;
        }
    }
    low + (high - low) * random.uniform()
}

multiversioned! {
    fn add_squares(sums: &mut [f64], centre: &[f64], inverse: &[f64], x: f64) {
        for ((sum, &mean), &scale) in sums.iter_mut().zip(centre).zip(inverse) {
            let z = (x - mean) * scale;
            *sum -= 0.5 * z * z;
        }
    }
}

multiversioned! {
    fn add_matches(sums: &mut [f64], centre: &[f64], x: f64, hit: f64, miss: f64) {
        for (sum, &option) in sums.iter_mut().zip(centre) {
            *sum += if option == x { hit } else { miss };
        }
    }
}

multiversioned! {
    fn log_sum_exp(terms: &[f64]) -> f64 {
        let mut largest = f64::NEG_INFINITY;
        for &term in terms {
            largest = if term > largest { term } else { largest };
        }
        // Four sums, in a fixed order, so that the loop is as wide as the processor.
        let mut sums = [0.0; 4];
        let chunks = terms.chunks_exact(4);
        let rest = chunks.remainder();
        let negligible = largest - NEGLIGIBLE;
        for chunk in chunks {
            // With many dimensions nearly all kernels are far away.
            if chunk[0] < negligible && chunk[1] < negligible && chunk[2] < negligible && chunk[3] < negligible {
                continue;
            }
            for lane in 0..4 {
                sums[lane] += exp_of_negative(chunk[lane] - largest);
            }
        }
        for (lane, &term) in rest.iter().enumerate() {
            sums[lane] += exp_of_negative(term - largest);
        }
        largest + ((sums[0] + sums[1]) + (sums[2] + sums[3])).ln()
    }
}

/// `exp(x)` for x <= 0 without a branch, to about 1e-9: 2^k times a polynomial of the rest; below -700 as at -700.
#[inline(always)]
fn exp_of_negative(x: f64) -> f64 {
    const ROUNDER: f64 = 6_755_399_441_055_744.0;
    let x = if x > -700.0 { x } else { -700.0 };
    let shifted = x * std::f64::consts::LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = x - k * std::f64::consts::LN_2;
    let mut polynomial = 1.0 / 40_320.0;
    for coefficient in [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        polynomial = polynomial * r + coefficient;
    }
    let power = f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    polynomial * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_exp() {
        for step in 0..7000 {
            let x = -0.1 * f64::from(step);
            assert!((exp_of_negative(x) / x.exp() - 1.0).abs() < 1e-9, "{x}");
        }
    }

    #[test]
    fn weights_fade_with_age_and_sum_to_one() {
        let weights = age_weights(30);
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((weights[0] * 30.0 - weights[30]).abs() < 1e-12, "the oldest has 1/n of the prior's weight");
        assert_eq!(weights[4], weights[29]);
    }

    #[test]
    fn density_integrates_to_one_copied_or_in_place() {
        let space = Space::new(vec![Dimension::Continuous { from: 2.0, to: 7.0, log: false }]).unwrap();
        let columns: Columns = vec![vec![2.1, 3.0, 6.9, 6.95, 5.0, 4.0, 4.5, 2.2, 2.3]];
        for members in [vec![1, 3], vec![0, 1, 2, 3, 4, 5, 7]] {
            let mut side = Side::new(1);
            for &trial in &members {
                side.insert(trial, &space, &columns);
            }
            let mixture = Mixture::new(&space, &side, &columns);
            let mut scratch = Vec::new();
            let cells = 20_000;
            let width = 5.0 / f64::from(cells);
            let sum: f64 = (0..cells)
                .map(|cell| {
                    mixture.log_density(&[2.0 + (f64::from(cell) + 0.5) * width], &mut scratch).exp() * width
                })
                .sum();
            assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        }
    }
}

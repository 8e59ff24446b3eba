//! One side of the TPE split, good or bad trials: who belongs to it and how wide each trial's kernel is.
//!
//! In each dimension a kernel is as wide as the larger gap to its neighbours on the same side (at the ends: to the one
//! neighbour), within bounds: never wider than the range, never narrower than the range over 100, or over the number
//! of kernels while they are few ("magic clip" of Bergstra's estimator). Gaps are kept up to date one trial at a time.

use super::{Dimension, Space};
use crate::normal;

/// Kernels are at least the range divided by this.
const NARROWEST: f64 = 100.0;
/// `ln(sqrt(2 pi))`.
pub(super) const LOG_SQRT_TAU: f64 = 0.918_938_533_204_672_7;

/// Inner coordinates of all trials, by dimension and then by trial.
pub(super) type Columns = Vec<Vec<f64>>;

/// See the module. Trials are named by their place in [`Columns`]; columns here are by dimension and then by trial, with
/// unused places for trials of the other side.
#[derive(Debug)]
pub(super) struct Side {
    /// Trials of this side, oldest first.
    pub(super) members: Vec<usize>,
    /// One over the width of each kernel.
    pub(super) inverse: Columns,
    /// Log of what a kernel must be divided by to be a density inside the bounds, over all numeric dimensions.
    pub(super) log_norm: Vec<f64>,
    /// The part of it that belongs to one dimension.
    log_norm_parts: Columns,
    /// Members by rising coordinate.
    sorted: Vec<Vec<usize>>,
    /// Number of members the widths were last bounded for; they are refreshed while the bound still moves.
    bounded_for: usize,
}

impl Side {
    pub(super) fn new(dimensions: usize) -> Self {
        Self {
            members: Vec::new(),
            inverse: vec![Vec::new(); dimensions],
            log_norm: Vec::new(),
            log_norm_parts: vec![Vec::new(); dimensions],
            sorted: vec![Vec::new(); dimensions],
            bounded_for: 0,
        }
    }

    /// Takes a trial in, unless it is there.
    pub(super) fn insert(&mut self, trial: usize, space: &Space, columns: &Columns) {
        let Err(place) = self.members.binary_search(&trial) else { return };
        self.members.insert(place, trial);
        self.log_norm.resize(columns[0].len(), 0.0);
        for (index, column) in columns.iter().enumerate() {
            self.inverse[index].resize(column.len(), 0.0);
            self.log_norm_parts[index].resize(column.len(), 0.0);
        }
        for (index, column) in columns.iter().enumerate() {
            let sorted = &mut self.sorted[index];
            let at = sorted.partition_point(|&other| column[other] <= column[trial]);
            sorted.insert(at, trial);
            self.refresh_around(index, at, space, column);
        }
        self.refresh_bound(space, columns);
    }

    /// Lets a trial go, if it is there.
    pub(super) fn remove(&mut self, trial: usize, space: &Space, columns: &Columns) {
        let Ok(place) = self.members.binary_search(&trial) else { return };
        self.members.remove(place);
        for (index, column) in columns.iter().enumerate() {
            let sorted = &mut self.sorted[index];
            // Equal coordinates lie side by side: the trial is one of them.
            let first = sorted.partition_point(|&other| column[other] < column[trial]);
            let Some(offset) = sorted[first..].iter().position(|&other| other == trial) else { continue };
            sorted.remove(first + offset);
            self.refresh_around(index, first + offset, space, column);
        }
        self.refresh_bound(space, columns);
    }

    /// Width of the kernel of a numeric dimension.
    #[cfg(test)]
    fn width(&self, index: usize, trial: usize) -> f64 {
        1.0 / self.inverse[index][trial]
    }

    /// Refreshes the kernels whose neighbours changed when something was put at, or taken from, `at`.
    fn refresh_around(&mut self, index: usize, at: usize, space: &Space, column: &[f64]) {
        for near in at.saturating_sub(1)..(at + 2).min(self.sorted[index].len()) {
            self.refresh(index, near, space, column);
        }
        // What counts as an end is another kernel when there are only two.
        if self.sorted[index].len() <= 2 {
            for near in 0..self.sorted[index].len() {
                self.refresh(index, near, space, column);
            }
        }
    }

    /// Refreshes everything while the narrowest width still depends on the number of kernels.
    fn refresh_bound(&mut self, space: &Space, columns: &Columns) {
        let count = self.members.len();
        if narrowest_part(count) != narrowest_part(self.bounded_for) {
            for (index, column) in columns.iter().enumerate() {
                for at in 0..count {
                    self.refresh(index, at, space, column);
                }
            }
        }
        self.bounded_for = count;
    }

    fn refresh(&mut self, index: usize, at: usize, space: &Space, column: &[f64]) {
        let dimension = &space.dimensions()[index];
        let trial = self.sorted[index][at];
        let (low, high) = dimension.inner_bounds();
        let range = high - low;
        if matches!(dimension, Dimension::Categorical { .. }) || range == 0.0 {
            return;
        }
        let sorted = &self.sorted[index];
        let x = column[trial];
        let before = at.checked_sub(1).map(|left| x - column[sorted[left]]);
        let after = sorted.get(at + 1).map(|&right| column[right] - x);
        let gap = match (before, after) {
            (Some(left), Some(right)) => left.max(right),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => (x - low).max(high - x),
        };
        let width = gap.clamp(range * narrowest_part(self.members.len()), range);
        let inside = normal::cumulative((high - x) / width) - normal::cumulative((low - x) / width);
        self.inverse[index][trial] = 1.0 / width;
        self.log_norm_parts[index][trial] = (inside * width).ln() + LOG_SQRT_TAU;
        self.log_norm[trial] = self.log_norm_parts.iter().map(|parts| parts[trial]).sum();
    }
}

/// The narrowest kernel as a part of the range, with `count` observations and the prior.
fn narrowest_part(count: usize) -> f64 {
    1.0 / NARROWEST.min(2.0 + count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn widths_are_the_larger_gaps_whatever_came_and_went() {
        let space = Space::new(vec![Dimension::Continuous { from: 0.0, to: 10.0, log: false }]).unwrap();
        let mut random = Random::new(3, 0);
        let columns: Columns = vec![(0..300).map(|_| (random.uniform() * 40.0).floor() / 4.0).collect()];
        let mut side = Side::new(1);
        for trial in 0..300 {
            side.insert(trial, &space, &columns);
            if trial % 7 == 3 {
                side.remove(trial - 2, &space, &columns);
            }
        }
        let mut fresh = Side::new(1);
        for &trial in &side.members {
            fresh.insert(trial, &space, &columns);
        }
        for &trial in &side.members {
            let x = columns[0][trial];
            let mut rest: Vec<f64> = side
                .members
                .iter()
                .filter(|&&other| other != trial)
                .map(|&other| columns[0][other])
                .collect();
            rest.sort_by(f64::total_cmp);
            if rest.contains(&x) {
                continue;
            }
            let left = rest.iter().rev().find(|&&other| other < x).map(|other| x - other);
            let right = rest.iter().find(|&&other| other > x).map(|other| other - x);
            let expected = left.into_iter().chain(right).fold(0.0, f64::max).clamp(0.1, 10.0);
            assert!((side.width(0, trial) - expected).abs() < 1e-12, "{x}");
            assert_eq!(side.log_norm[trial], fresh.log_norm[trial]);
        }
    }
}

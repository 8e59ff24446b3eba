//! Every combination once: the last dimension changes fastest.

use super::{Sampler, Space, SpaceError};

/// Largest number of points: trial numbers are handed on as doubles.
const POINTS_MAXIMUM: u64 = 1 << 53;

/// Walks over all points of a space whose dimensions all have steps.
#[derive(Debug)]
pub(super) struct GridSampler {
    space: Space,
    counts: Vec<u64>,
    points: u64,
}

impl GridSampler {
    pub(super) fn new(space: Space) -> Result<Self, SpaceError> {
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
        Ok(Self { space, counts, points })
    }
}

impl Sampler for GridSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        if number >= self.points {
            return None;
        }
        let mut rest = number;
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

    #[test]
    fn visits_every_combination_once_and_then_ends() {
        let space = Space::new(vec![
            Dimension::Stepped { from: 1.0, to: 2.0, step: 0.5 },
            Dimension::Categorical { count: 2 },
        ])
        .unwrap();
        let mut grid = GridSampler::new(space).unwrap();
        let all: Vec<_> = (0..6).map(|number| grid.ask(number).unwrap()).collect();
        assert_eq!(all, [[1.0, 0.0], [1.0, 1.0], [1.5, 0.0], [1.5, 1.0], [2.0, 0.0], [2.0, 1.0]]);
        assert_eq!(grid.ask(6), None);
    }

    #[test]
    fn refuses_dimensions_without_steps() {
        let space = Space::new(vec![Dimension::Continuous { from: 0.0, to: 1.0, log: false }]).unwrap();
        assert_eq!(GridSampler::new(space).unwrap_err(), SpaceError::NoStep { index: 0 });
    }
}

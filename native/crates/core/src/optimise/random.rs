//! Random search: every trial on its own. Bergstra and Bengio, 2012.

use super::{Sampler, Space};
use crate::random::Random;

/// Draws every trial evenly from the space.
#[derive(Debug)]
pub(super) struct RandomSampler {
    space: Space,
    seed: u64,
}

impl RandomSampler {
    pub(super) fn new(space: Space, seed: u64) -> Self {
        Self { space, seed }
    }
}

impl Sampler for RandomSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        Some(self.space.uniform(&mut Random::new(self.seed, number)))
    }

    fn tell(&mut self, _number: u64, _values: &[f64], _objectives: Option<&[f64]>) {}
}

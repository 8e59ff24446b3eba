//! Tree-structured Parzen estimator, over all dimensions together: good and bad trials are each a mixture of kernels,
//! and the next trial is the candidate, drawn from the good ones, where good over bad is largest.
//!
//! Bergstra et al. 2011; split, candidates, weights and kernel widths as in Optuna 5, multivariate. One difference: a
//! stepped dimension has the density at its value instead of the mass of its step.

use super::mixture::Mixture;
use super::side::{Columns, Side};
use super::{Sampler, Space};
use crate::random::Random;

/// Trials drawn at random before the model is used.
const STARTUP_TRIALS: usize = 10;
/// Candidates that are compared for each trial.
const CANDIDATES: usize = 24;
/// Part of the trials that is good, and how many at most.
const GOOD_PART: f64 = 0.1;
const GOOD_MAXIMUM: usize = 25;

/// Number of good ones among `count` trials.
fn good_count(count: usize) -> usize {
    ((GOOD_PART * count as f64).ceil() as usize).min(GOOD_MAXIMUM)
}

/// See the module.
#[derive(Debug)]
pub(super) struct TpeSampler {
    space: Space,
    seed: u64,
    /// Objective and inner coordinates of the trials that have one, in the order they were told.
    objectives: Vec<f64>,
    columns: Columns,
    /// Trials by rising objective, equal ones by age.
    ranking: Vec<usize>,
    good: Side,
    bad: Side,
    scratch: Vec<f64>,
}

impl TpeSampler {
    pub(super) fn new(space: Space, seed: u64) -> Self {
        let dimensions = space.dimensions().len();
        Self {
            space,
            seed,
            objectives: Vec::new(),
            columns: vec![Vec::new(); dimensions],
            ranking: Vec::new(),
            good: Side::new(dimensions),
            bad: Side::new(dimensions),
            scratch: Vec::new(),
        }
    }

    /// Puts a trial on one side, taking it from the other.
    fn place(&mut self, trial: usize, is_good: bool) {
        let (to, from) =
            if is_good { (&mut self.good, &mut self.bad) } else { (&mut self.bad, &mut self.good) };
        from.remove(trial, &self.space, &self.columns);
        to.insert(trial, &self.space, &self.columns);
    }
}

impl Sampler for TpeSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        let mut random = Random::new(self.seed, number);
        if self.objectives.len() < STARTUP_TRIALS {
            return Some(self.space.uniform(&mut random));
        }
        let good = Mixture::new(&self.space, &self.good, &self.columns);
        let bad = Mixture::new(&self.space, &self.bad, &self.columns);
        let mut best: Option<(f64, Vec<f64>)> = None;
        for _ in 0..CANDIDATES {
            let candidate = good.sample(&mut random);
            let score = good.log_density(&candidate, &mut self.scratch)
                - bad.log_density(&candidate, &mut self.scratch);
            if best.as_ref().is_none_or(|(highest, _)| score > *highest) {
                best = Some((score, candidate));
            }
        }
        let (_, inner) = best?;
        Some(self.space.dimensions().iter().zip(inner).map(|(dimension, x)| dimension.value_of(x)).collect())
    }

    fn tell(&mut self, _number: u64, values: &[f64], objectives: Option<&[f64]>) {
        let Some(&objective) = objectives.and_then(|all| all.first()) else { return };
        if objective.is_nan() {
            return;
        }
        for ((column, dimension), &value) in self.columns.iter_mut().zip(self.space.dimensions()).zip(values)
        {
            column.push(dimension.inner_of(value));
        }
        let trial = self.objectives.len();
        self.objectives.push(objective);
        let rank = self.ranking.partition_point(|&other| self.objectives[other] <= objective);
        self.ranking.insert(rank, trial);
        let limit = good_count(self.objectives.len());
        self.place(trial, rank < limit);
        // The border moves by one place at most, in either direction.
        if limit > 0 {
            self.place(self.ranking[limit - 1], true);
        }
        if let Some(&first_bad) = self.ranking.get(limit) {
            self.place(first_bad, false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    fn sphere_best(sampler: &mut dyn Sampler, trials: u64) -> f64 {
        let mut best = f64::INFINITY;
        for number in 0..trials {
            let values = sampler.ask(number).unwrap();
            let objective: f64 = values.iter().map(|x| x * x).sum();
            sampler.tell(number, &values, Some(&[objective]));
            best = best.min(objective);
        }
        best
    }

    fn cube(dimensions: usize) -> Space {
        Space::new(vec![Dimension::Continuous { from: -5.0, to: 5.0, log: false }; dimensions]).unwrap()
    }

    #[test]
    fn sides_hold_the_best_tenth_and_the_rest() {
        let mut tpe = TpeSampler::new(cube(1), 1);
        for number in 0..200_u64 {
            let x = ((number * 73) % 199) as f64 / 40.0 - 2.5;
            tpe.tell(number, &[x], Some(&[x.abs()]));
            let limit = good_count(tpe.objectives.len());
            let mut good: Vec<usize> = tpe.ranking[..limit].to_vec();
            good.sort_unstable();
            assert_eq!(tpe.good.members, good);
            assert_eq!(good.len() + tpe.bad.members.len(), tpe.objectives.len());
        }
    }

    #[test]
    fn finds_the_bottom_of_a_sphere_where_random_search_does_not() {
        for seed in 0..3 {
            let best = sphere_best(&mut TpeSampler::new(cube(10), seed), 1000);
            let random = sphere_best(&mut crate::optimise::random::RandomSampler::new(cube(10), seed), 1000);
            assert!(best < 0.6, "seed {seed}: {best}");
            assert!(random > 5.0, "seed {seed}: {random}");
        }
    }

    #[test]
    fn a_study_told_again_goes_on_as_it_would_have() {
        let space = Space::new(vec![
            Dimension::Stepped { from: 0.0, to: 20.0, step: 1.0 },
            Dimension::Categorical { count: 3 },
            Dimension::Continuous { from: 1e-4, to: 1.0, log: true },
        ])
        .unwrap();
        let loss = |values: &[f64]| (values[0] - 7.0).powi(2) + values[1] + values[2].ln().powi(2);
        let mut first = TpeSampler::new(space.clone(), 5);
        let mut told = Vec::new();
        for number in 0..60 {
            let values = first.ask(number).unwrap();
            first.tell(number, &values, Some(&[loss(&values)]));
            told.push(values);
        }
        let mut second = TpeSampler::new(space, 5);
        for (number, values) in told.iter().enumerate() {
            second.tell(number as u64, values, Some(&[loss(values)]));
        }
        assert_eq!(first.ask(60), second.ask(60));
    }
}

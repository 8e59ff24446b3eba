//! Covariance matrix adaptation (Hansen, "The CMA evolution strategy: a tutorial", 2016): each generation is drawn from a
//! normal distribution, which then moves to the better half of it, along and as far as it has moved before.
//!
//! The distribution lives in the unit cube: it begins in the middle with a deviation of a sixth. Draws outside are drawn
//! again. A generation ends when as many trials as it has are told, whoever proposed them; steps from elsewhere are
//! shortened as in Hansen, "Injecting external solutions into CMA-ES" (2011). When the distribution has shrunk to a point, it
//! begins again at a random place with twice the trials a generation (Auger and Hansen 2005). Options without an order are
//! drawn evenly; stepped numbers never get a deviation below a third of their step.

use super::unit::{is_ordered, unit_of, value_of_unit};
use super::{Sampler, Space};
use crate::random::Random;
use crate::symmetric::eigenvalues;

const FIRST_DEVIATION: f64 = 1.0 / 6.0;
const DRAWS_MAXIMUM: usize = 100;
/// Part of a step that the deviation of a stepped dimension does not fall below.
const STEP_PART: f64 = 1.0 / 3.0;
/// Deviation at which a search has come to its point.
const POINT: f64 = 1e-9;
const CONDITION_MAXIMUM: f64 = 1e14;
/// Streams of random numbers for restarts lie beyond those of trials.
const RESTART_STREAM: u64 = 1 << 62;

/// See the module.
#[derive(Debug)]
pub(super) struct CmaEsSampler {
    space: Space,
    seed: u64,
    /// Dimensions that have an order.
    ordered: Vec<usize>,
    /// Smallest deviation in each of them.
    least: Vec<f64>,
    weights: Weights,
    state: State,
    /// Places and objective of the trials told since the generation began.
    told: Vec<(Vec<f64>, f64)>,
    restarts: u64,
}

/// Constants that follow from the dimensions and the size of a generation.
#[derive(Debug)]
struct Weights {
    size: usize,
    /// Positive weights first, then negative ones.
    each: Vec<f64>,
    parents: usize,
    mass: f64,
    sigma_rate: f64,
    sigma_damping: f64,
    path_rate: f64,
    rank_one: f64,
    rank_mu: f64,
    /// Expected length of a standard normal vector.
    length: f64,
}

#[derive(Debug)]
struct State {
    mean: Vec<f64>,
    sigma: f64,
    covariance: Vec<f64>,
    sigma_path: Vec<f64>,
    path: Vec<f64>,
    generation: u64,
    /// Square roots of the eigenvalues and the vectors of the covariance.
    axes: Vec<f64>,
    vectors: Vec<Vec<f64>>,
}

impl Weights {
    fn new(dimensions: usize, size: usize) -> Self {
        let n = dimensions as f64;
        let raw: Vec<f64> =
            (1..=size).map(|rank| (0.5 * (size as f64 + 1.0)).ln() - (rank as f64).ln()).collect();
        let parents = size / 2;
        let mass_of = |part: &[f64]| {
            let sum: f64 = part.iter().sum();
            sum * sum / part.iter().map(|weight| weight * weight).sum::<f64>()
        };
        let mass = mass_of(&raw[..parents]);
        let negative_mass = mass_of(&raw[parents..]);
        let rank_one = 2.0 / ((n + 1.3).powi(2) + mass);
        let rank_mu =
            (1.0 - rank_one).min(2.0 * (mass - 2.0 + 1.0 / mass + 0.25) / ((n + 2.0).powi(2) + mass));
        let positive: f64 = raw[..parents].iter().sum();
        let negative: f64 = raw[parents..].iter().map(|weight| weight.abs()).sum();
        let bound = (1.0 + rank_one / rank_mu)
            .min(1.0 + 2.0 * negative_mass / (negative_mass + 2.0))
            .min((1.0 - rank_one - rank_mu) / (n * rank_mu));
        let each = raw
            .iter()
            .map(|weight| if *weight >= 0.0 { weight / positive } else { weight * bound / negative });
        let sigma_rate = (mass + 2.0) / (n + mass + 5.0);
        Weights {
            size,
            each: each.collect(),
            parents,
            mass,
            sigma_rate,
            sigma_damping: 1.0 + 2.0 * (((mass - 1.0) / (n + 1.0)).sqrt() - 1.0).max(0.0) + sigma_rate,
            path_rate: (4.0 + mass / n) / (n + 4.0 + 2.0 * mass / n),
            rank_one,
            rank_mu,
            length: n.sqrt() * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n)),
        }
    }
}

impl State {
    fn new(mean: Vec<f64>) -> Self {
        let n = mean.len();
        let identity = |row: usize| (0..n).map(|column| f64::from(u8::from(row == column))).collect();
        let vectors: Vec<Vec<f64>> = (0..n).map(identity).collect();
        State {
            mean,
            sigma: FIRST_DEVIATION,
            covariance: vectors.concat(),
            sigma_path: vec![0.0; n],
            path: vec![0.0; n],
            generation: 0,
            axes: vec![1.0; n],
            vectors,
        }
    }

    /// The vector in the coordinates of the axes, each divided by its length: C^-½ y, but for a rotation.
    fn whitened(&self, step: &[f64]) -> Vec<f64> {
        let along = |vector: &Vec<f64>| vector.iter().zip(step).map(|(a, b)| a * b).sum::<f64>();
        self.vectors.iter().zip(&self.axes).map(|(vector, axis)| along(vector) / axis).collect()
    }

    /// B z, for coordinates z along the axes.
    fn combined(&self, along: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.mean.len()];
        for (vector, part) in self.vectors.iter().zip(along) {
            for (value, direction) in sum.iter_mut().zip(vector) {
                *value += part * direction;
            }
        }
        sum
    }

    fn deviation(&self, index: usize) -> f64 {
        self.sigma * self.covariance[index * self.mean.len() + index].sqrt()
    }
}

impl CmaEsSampler {
    pub(super) fn new(space: Space, seed: u64) -> Self {
        let ordered: Vec<usize> =
            (0..space.dimensions().len()).filter(|index| is_ordered(&space.dimensions()[*index])).collect();
        let least = ordered
            .iter()
            .map(|index| {
                let count = space.dimensions()[*index].count();
                count.map_or(0.0, |count| if count > 1 { STEP_PART / count as f64 } else { 0.0 })
            })
            .collect();
        let n = ordered.len().max(1);
        let size = 4 + (3.0 * (n as f64).ln()) as usize;
        let state = State::new(vec![0.5; ordered.len()]);
        CmaEsSampler {
            space,
            seed,
            ordered,
            least,
            weights: Weights::new(n, size),
            state,
            told: Vec::new(),
            restarts: 0,
        }
    }

    /// Places of a draw in the ordered dimensions.
    fn draw(&self, random: &mut Random) -> Vec<f64> {
        let mut places = Vec::new();
        for _ in 0..DRAWS_MAXIMUM {
            let along: Vec<f64> = self.state.axes.iter().map(|axis| axis * random.normal()).collect();
            places = self.state.combined(&along);
            for (index, place) in places.iter_mut().enumerate() {
                let own = self.state.deviation(index);
                let wider = if own < self.least[index] { self.least[index] / own } else { 1.0 };
                *place = self.state.mean[index] + self.state.sigma * wider * *place;
            }
            if places.iter().all(|place| (0.0..=1.0).contains(place)) {
                return places;
            }
        }
        places.iter().map(|place| place.clamp(0.0, 1.0)).collect()
    }

    fn end_generation(&mut self) {
        let mut told = std::mem::take(&mut self.told);
        // Equal objectives stay in the order they were told.
        told.sort_by(|a, b| a.1.total_cmp(&b.1));
        let weights = &self.weights;
        let state = &mut self.state;
        let n = state.mean.len();
        let nf = n as f64;
        let limit = nf.sqrt() + 2.0 * nf / (nf + 2.0);
        let steps: Vec<(Vec<f64>, f64)> = told
            .iter()
            .map(|(places, _)| {
                let mut step: Vec<f64> = places
                    .iter()
                    .zip(&state.mean)
                    .map(|(place, mean)| (place - mean) / state.sigma)
                    .collect();
                let length = norm(&state.whitened(&step));
                if length > limit {
                    for value in &mut step {
                        *value *= limit / length;
                    }
                }
                (step, length.min(limit))
            })
            .collect();
        let mut moved = vec![0.0; n];
        for ((step, _), weight) in steps.iter().zip(&weights.each[..weights.parents]) {
            for (sum, value) in moved.iter_mut().zip(step) {
                *sum += weight * value;
            }
        }
        for (mean, step) in state.mean.iter_mut().zip(&moved) {
            *mean = (*mean + state.sigma * step).clamp(0.0, 1.0);
        }
        state.generation += 1;
        // The path of the deviation is kept without the covariance's shape.
        let rate = weights.sigma_rate;
        let straight = state.combined(&state.whitened(&moved));
        for (path, value) in state.sigma_path.iter_mut().zip(&straight) {
            *path = (1.0 - rate) * *path + (rate * (2.0 - rate) * weights.mass).sqrt() * value;
        }
        let length = norm(&state.sigma_path);
        state.sigma *= ((rate / weights.sigma_damping) * (length / weights.length - 1.0)).min(1.0).exp();
        let settled = 1.0 - (1.0 - rate).powi(2 * state.generation.min(10_000) as i32);
        let is_calm = length / settled.sqrt() < (1.4 + 2.0 / (nf + 1.0)) * weights.length;
        let calm = f64::from(u8::from(is_calm));
        let path_rate = weights.path_rate;
        for (path, value) in state.path.iter_mut().zip(&moved) {
            *path = (1.0 - path_rate) * *path
                + calm * (path_rate * (2.0 - path_rate) * weights.mass).sqrt() * value;
        }
        let stalled = (1.0 - calm) * weights.rank_one * path_rate * (2.0 - path_rate);
        let sum: f64 = weights.each.iter().sum();
        let keep = 1.0 + stalled - weights.rank_one - weights.rank_mu * sum;
        let scaled: Vec<f64> = steps
            .iter()
            .zip(&weights.each)
            .map(|((_, length), weight)| {
                // A worse step takes away no more than a step of usual length would.
                let shorten = if *weight < 0.0 { nf / (length * length + 1e-8) } else { 1.0 };
                weights.rank_mu * weight * shorten
            })
            .collect();
        for row in 0..n {
            for column in 0..=row {
                let of_steps: f64 =
                    steps.iter().zip(&scaled).map(|((step, _), part)| part * step[row] * step[column]).sum();
                let value = keep * state.covariance[row * n + column]
                    + weights.rank_one * state.path[row] * state.path[column]
                    + of_steps;
                state.covariance[row * n + column] = value;
                state.covariance[column * n + row] = value;
            }
        }
        let (values, vectors) = eigenvalues(state.covariance.clone(), n);
        let (largest, smallest) = (values[0], values[n - 1]);
        state.axes = values.iter().map(|value| value.max(0.0).sqrt()).collect();
        state.vectors = vectors;
        let is_point = state.sigma * largest.max(0.0).sqrt() < POINT;
        let is_flat =
            told.first().map(|best| best.1) == told.last().map(|worst| worst.1) && state.sigma < 1e-4;
        if is_point || is_flat || smallest.is_nan() || smallest <= largest / CONDITION_MAXIMUM {
            self.restart();
        }
    }

    fn restart(&mut self) {
        self.restarts += 1;
        let mut random = Random::new(self.seed, RESTART_STREAM + self.restarts);
        let n = self.ordered.len();
        self.state = State::new((0..n).map(|_| random.uniform()).collect());
        // Growing without end would make the last generation never end.
        let size = (self.weights.size * 2).min(4096);
        self.weights = Weights::new(n, size);
    }
}

impl Sampler for CmaEsSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        let mut random = Random::new(self.seed, number);
        // The first trial is anywhere, as in Optuna: the middle of the space says little.
        let mut values = self.space.uniform(&mut random);
        if number > 0 {
            let places = self.draw(&mut random);
            for (index, place) in self.ordered.iter().zip(places) {
                values[*index] = value_of_unit(&self.space.dimensions()[*index], place);
            }
        }
        Some(values)
    }

    fn tell(&mut self, _number: u64, values: &[f64], objectives: Option<&[f64]>) {
        let Some(&objective) = objectives.and_then(|all| all.first()) else { return };
        if objective.is_nan() || self.ordered.is_empty() {
            return;
        }
        let dimensions = self.space.dimensions();
        let places = self.ordered.iter().map(|index| unit_of(&dimensions[*index], values[*index])).collect();
        self.told.push((places, objective));
        if self.told.len() == self.weights.size {
            self.end_generation();
        }
    }
}

fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    #[test]
    fn weights_are_those_of_the_tutorial() {
        // Ten dimensions: ten trials a generation, five parents; sums as table 1 demands.
        let weights = Weights::new(10, 10);
        assert_eq!(weights.parents, 5);
        assert!((weights.each[..5].iter().sum::<f64>() - 1.0).abs() < 1e-14);
        assert!((weights.mass - 3.167).abs() < 1e-3, "{}", weights.mass);
        assert!(weights.each[5..].iter().all(|weight| *weight <= 0.0));
        assert!((weights.length - 3.0847).abs() < 1e-3);
    }

    #[test]
    fn comes_to_the_point_and_begins_again() {
        let space = Space::new(vec![Dimension::Continuous { from: -5.0, to: 5.0, log: false }; 4]).unwrap();
        let mut sampler = CmaEsSampler::new(space, 3);
        let mut best = f64::INFINITY;
        for number in 0..4000 {
            let values = sampler.ask(number).unwrap();
            let objective: f64 =
                values.iter().enumerate().map(|(k, x)| (k as f64 + 1.0) * (x - 1.0).powi(2)).sum();
            sampler.tell(number, &values, Some(&[objective]));
            best = best.min(objective);
        }
        assert!(best < 1e-12, "{best}");
        assert!(sampler.restarts > 0);
    }

    #[test]
    fn steps_and_options_are_searched_too() {
        let space = Space::new(vec![
            Dimension::Stepped { from: 0.0, to: 100.0, step: 1.0 },
            Dimension::Stepped { from: 0.0, to: 100.0, step: 1.0 },
            Dimension::Categorical { count: 3 },
        ])
        .unwrap();
        let mut sampler = CmaEsSampler::new(space, 3);
        let mut best = f64::INFINITY;
        for number in 0..600 {
            let values = sampler.ask(number).unwrap();
            assert_eq!(values[0].fract(), 0.0);
            let objective = (values[0] - 37.0).powi(2) + (values[1] - values[0] - 5.0).powi(2) + values[2];
            sampler.tell(number, &values, Some(&[objective]));
            best = best.min(objective);
        }
        assert_eq!(best, 0.0);
    }
}

//! Bayesian optimisation: the next trial is where a Gaussian process expects most improvement (Jones et al. 1998; in
//! logarithms as Ament et al. 2023, so that it still has a slope where it is tiny).
//!
//! The process knows at most 200 trials, the better and the newer half; its settings are fitted again after every trial
//! while there are few and after every tenth later. Trials that run are taken to give what the process expects of them, so
//! that several can be proposed at once.

use super::descent::minimise;
use super::gaussian::{Process, Settings, loss};
use super::unit::{is_ordered, unit_of, value_of_unit};
use super::{Sampler, Space};
use crate::normal;
use crate::random::Random;

const STARTUP_TRIALS: usize = 10;
const KNOWN_MAXIMUM: usize = 200;
const FITTED_EACH_BELOW: usize = 40;
const FIT_ROUNDS: usize = 40;
/// Logarithms of settings stay within this.
const SETTING_BOUND: f64 = 10.0;
/// Candidates anywhere, candidates near the best ones, and steps that improve the most promising.
const ANYWHERE: usize = 400;
const NEARBY: usize = 200;
const PROMISING: usize = 4;
const STEPS: usize = 120;

#[derive(Debug, Clone)]
struct Trial {
    units: Vec<f64>,
    objective: f64,
}

/// See the module.
#[derive(Debug)]
pub(super) struct GpSampler {
    space: Space,
    seed: u64,
    is_option: Vec<bool>,
    /// The better ones by objective and the newer ones by age: all that may be known later.
    best: Vec<Trial>,
    newest: Vec<Trial>,
    told: usize,
    /// Trials that were proposed and not told yet.
    running: Vec<(u64, Vec<f64>)>,
    settings: Settings,
    fitted_for: usize,
}

impl GpSampler {
    pub(super) fn new(space: Space, seed: u64) -> Self {
        let is_option: Vec<bool> =
            space.dimensions().iter().map(|dimension| !is_ordered(dimension)).collect();
        let settings = first_settings(is_option.len());
        GpSampler {
            space,
            seed,
            is_option,
            best: Vec::new(),
            newest: Vec::new(),
            told: 0,
            running: Vec::new(),
            settings,
            fitted_for: 0,
        }
    }

    /// Trials the process knows: none twice.
    fn known(&self) -> Vec<Trial> {
        let mut all = self.best.clone();
        all.extend(
            self.newest.iter().filter(|trial| !self.best.iter().any(|one| one.units == trial.units)).cloned(),
        );
        all
    }

    /// Fits when it is time. What it finds depends on what was told only, not on when it was asked.
    fn fit(&mut self, points: &[Vec<f64>], values: &[f64]) {
        if self.fitted_for == self.told {
            return;
        }
        let settings =
            minimise(first_settings(self.is_option.len()), SETTING_BOUND, FIT_ROUNDS, |settings| {
                loss(points, values, &self.is_option, settings)
            });
        self.settings = settings;
        self.fitted_for = self.told;
    }

    /// The process of what is known and running, and the best value in its units.
    fn process(&self) -> Option<(Process, f64, Vec<Vec<f64>>)> {
        let (points, values) = standardised(&self.known());
        let best = values.iter().copied().fold(f64::INFINITY, f64::min);
        let mut leaders: Vec<usize> = (0..values.len()).collect();
        leaders.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
        let leaders = leaders.iter().take(5).map(|index| points[*index].clone()).collect();
        let process = Process::new(points.clone(), &values, &self.is_option, &self.settings)?;
        if self.running.is_empty() {
            return Some((process, best, leaders));
        }
        let (mut all, mut expected) = (points, values);
        for (_, units) in &self.running {
            expected.push(process.mean(units));
            all.push(units.clone());
        }
        let process = Process::new(all, &expected, &self.is_option, &self.settings)?;
        Some((process, best, leaders))
    }

    fn propose(&self, random: &mut Random) -> Option<Vec<f64>> {
        let (process, best, leaders) = self.process()?;
        let score = |place: &[f64]| {
            let (mean, variance) = process.predict(place);
            log_improvement(best, mean, variance.sqrt())
        };
        let mut candidates = Vec::new();
        for _ in 0..ANYWHERE {
            let place = self.space.units(&self.space.uniform(random));
            candidates.push((score(&place), place));
        }
        for index in 0..NEARBY {
            let mut place = leaders[index % leaders.len()].clone();
            self.shift(&mut place, 0.1, random);
            candidates.push((score(&place), place));
        }
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        candidates.truncate(PROMISING);
        for (value, place) in &mut candidates {
            // Steps grow where they help and shrink where they do not (the one-fifth rule).
            let mut width: f64 = 0.1;
            for _ in 0..STEPS {
                let mut moved = place.clone();
                self.shift(&mut moved, width, random);
                let found = score(&moved);
                if found > *value {
                    (*value, *place) = (found, moved);
                    width = (width * 1.5).min(0.5);
                } else {
                    width = (width * 0.903).max(1e-4);
                }
            }
        }
        candidates.into_iter().max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, place)| place)
    }

    /// Moves a place by a normal step in each dimension, to a place the space has.
    fn shift(&self, place: &mut [f64], width: f64, random: &mut Random) {
        for (index, dimension) in self.space.dimensions().iter().enumerate() {
            let value = if self.is_option[index] {
                if random.uniform() >= width {
                    continue;
                }
                dimension.value_at(random.below(dimension.count().unwrap_or(1)))
            } else {
                value_of_unit(dimension, (place[index] + width * random.normal()).clamp(0.0, 1.0))
            };
            place[index] = unit_of(dimension, value);
        }
    }
}

impl Sampler for GpSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        let mut random = Random::new(self.seed, number);
        let place = if self.told < STARTUP_TRIALS { None } else { self.propose(&mut random) };
        let values = match place {
            None => self.space.uniform(&mut random),
            Some(place) => {
                let dimensions = self.space.dimensions().iter();
                dimensions.zip(&place).map(|(dimension, unit)| value_of_unit(dimension, *unit)).collect()
            }
        };
        self.running.push((number, self.space.units(&values)));
        Some(values)
    }

    fn tell(&mut self, number: u64, values: &[f64], objectives: Option<&[f64]>) {
        self.running.retain(|(running, _)| *running != number);
        let Some(&objective) = objectives.and_then(|all| all.first()) else { return };
        if objective.is_nan() {
            return;
        }
        let trial = Trial { units: self.space.units(values), objective };
        let place = self.best.partition_point(|other| other.objective <= objective);
        self.best.insert(place, trial.clone());
        self.best.truncate(KNOWN_MAXIMUM / 2);
        self.newest.push(trial);
        if self.newest.len() > KNOWN_MAXIMUM / 2 {
            self.newest.remove(0);
        }
        self.told += 1;
        let is_time = self.told <= FITTED_EACH_BELOW || self.told.is_multiple_of(10);
        if self.told >= STARTUP_TRIALS && is_time {
            let (points, values) = standardised(&self.known());
            self.fit(&points, &values);
        }
    }
}

fn first_settings(dimensions: usize) -> Settings {
    let mut settings = vec![0.0; dimensions];
    settings.extend([0.0, 1e-2f64.ln()]);
    settings
}

/// Places, and objectives less their mean in units of their deviation; infinite ones count as the worst finite one.
fn standardised(trials: &[Trial]) -> (Vec<Vec<f64>>, Vec<f64>) {
    let finite = trials.iter().map(|trial| trial.objective).filter(|value| value.is_finite());
    let (low, high) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (low, high) = if low <= high { (low, high) } else { (0.0, 0.0) };
    let mut values: Vec<f64> = trials.iter().map(|trial| trial.objective.clamp(low, high)).collect();
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let deviation = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt();
    for value in &mut values {
        *value = (*value - mean) / if deviation > 0.0 { deviation } else { 1.0 };
    }
    (trials.iter().map(|trial| trial.units.clone()).collect(), values)
}

/// Log of the expected improvement below `best`: σ (φ(z) + z Φ(z)) with z = (best - mean) / σ.
fn log_improvement(best: f64, mean: f64, deviation: f64) -> f64 {
    let z = (best - mean) / deviation;
    let plain = normal::density(z) + z * normal::cumulative(z);
    if z > -5.0 {
        return deviation.ln() + plain.ln();
    }
    // Far below, the two terms cancel: φ(z) / z² (1 - 3/z² + 15/z⁴ - 105/z⁶) in logarithms.
    let square = z * z;
    let series = 1.0 - 3.0 / square + 15.0 / (square * square) - 105.0 / (square * square * square);
    deviation.ln() - 0.5 * square - 0.918_938_533_204_672_7 - square.ln() + series.ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    #[test]
    fn improvement_worked_by_hand_and_without_a_jump() {
        // z = 0: σ φ(0).
        assert!((log_improvement(1.0, 1.0, 2.0) - (2.0 * 0.398_942_280_401_432_7f64).ln()).abs() < 1e-14);
        let (above, below) = (log_improvement(-5.0 + 1e-9, 0.0, 1.0), log_improvement(-5.0 - 1e-9, 0.0, 1.0));
        assert!((above - below).abs() < 3e-3, "{above} {below}");
        assert!(log_improvement(-40.0, 0.0, 1.0).is_finite());
    }

    #[test]
    fn few_trials_find_the_bottom_and_a_study_told_again_goes_on() {
        let space = Space::new(vec![
            Dimension::Continuous { from: -5.0, to: 5.0, log: false },
            Dimension::Stepped { from: 0.0, to: 20.0, step: 1.0 },
            Dimension::Categorical { count: 3 },
        ])
        .unwrap();
        let loss = |v: &[f64]| {
            (v[0] - 1.5).powi(2) + 0.1 * (v[1] - 13.0).powi(2) + if v[2] == 1.0 { 0.0 } else { 1.0 }
        };
        let mut sampler = GpSampler::new(space.clone(), 4);
        let mut again = GpSampler::new(space, 4);
        let mut best = f64::INFINITY;
        for number in 0..45 {
            let values = sampler.ask(number).unwrap();
            let objective = loss(&values);
            best = best.min(objective);
            sampler.tell(number, &values, Some(&[objective]));
            again.tell(number, &values, Some(&[objective]));
        }
        assert!(best < 0.01, "{best}");
        assert_eq!(sampler.ask(45), again.ask(45));
    }

    #[test]
    fn trials_that_run_are_not_proposed_again() {
        let space = Space::new(vec![Dimension::Continuous { from: 0.0, to: 1.0, log: false }]).unwrap();
        let mut sampler = GpSampler::new(space, 1);
        for number in 0..12 {
            let values = sampler.ask(number).unwrap();
            sampler.tell(number, &values, Some(&[(values[0] - 0.3).powi(2)]));
        }
        let asked: Vec<f64> = (12..16).map(|number| sampler.ask(number).unwrap()[0]).collect();
        for (index, one) in asked.iter().enumerate() {
            assert!(asked[..index].iter().all(|other| (one - other).abs() > 1e-4), "{asked:?}");
        }
    }
}

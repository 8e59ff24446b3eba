//! NSGA-II (Deb et al. 2002) and NSGA-III (Deb and Jain 2014): generations of trials for several objectives. The two differ
//! in who survives of the front that does not fit whole: those with most room around them, or those nearest to directions
//! spread evenly over all trade-offs.
//!
//! A generation ends when as many trials as it has are told; its survivors are the parents of the next. Only parents and the
//! running generation are kept.

use super::breed::child;
use super::pareto::{crowding, fronts};
use super::reference::{Directions, niches};
use super::{Sampler, Space};
use crate::random::Random;

/// Trials a generation, as in Optuna.
const SIZE: usize = 50;
/// A child equal to a parent is bred again this often: in small spaces some will repeat.
const TRIES: usize = 10;
/// Streams of random numbers for selection lie beyond those of trials.
const SELECTION_STREAM: u64 = 1 << 62;

#[derive(Debug, Clone)]
struct Member {
    values: Vec<f64>,
    objectives: Vec<f64>,
}

/// Who survives of the front that does not fit whole.
#[derive(Debug)]
enum Survival {
    Crowding,
    Directions(Directions),
}

/// See the module.
#[derive(Debug)]
pub(super) struct EvolutionSampler {
    space: Space,
    seed: u64,
    survival: Survival,
    size: usize,
    /// Survivors, best first as far as their order is known.
    parents: Vec<Member>,
    /// Front and room of each parent, for the tournament.
    standing: Vec<(usize, f64)>,
    told: Vec<Member>,
    generation: u64,
}

impl EvolutionSampler {
    pub(super) fn nsga2(space: Space, seed: u64) -> Self {
        Self::new(space, seed, Survival::Crowding, SIZE)
    }

    pub(super) fn nsga3(space: Space, objectives: usize, seed: u64) -> Self {
        let directions = Directions::new(objectives);
        // As many trials as directions, in whole tournaments of four.
        let size = directions.len().next_multiple_of(4).max(SIZE);
        Self::new(space, seed, Survival::Directions(directions), size)
    }

    fn new(space: Space, seed: u64, survival: Survival, size: usize) -> Self {
        EvolutionSampler {
            space,
            seed,
            survival,
            size,
            parents: Vec::new(),
            standing: Vec::new(),
            told: Vec::new(),
            generation: 0,
        }
    }

    /// The better of two parents drawn by lot.
    fn parent(&self, random: &mut Random) -> &Member {
        let mut pick = || random.below(self.parents.len() as u64) as usize;
        let (a, b) = (pick(), pick());
        let ((front_a, room_a), (front_b, room_b)) = (self.standing[a], self.standing[b]);
        let is_first = front_a < front_b || (front_a == front_b && room_a >= room_b);
        &self.parents[if is_first { a } else { b }]
    }

    fn end_generation(&mut self) {
        self.generation += 1;
        let mut all = std::mem::take(&mut self.parents);
        all.append(&mut self.told);
        let objectives: Vec<&[f64]> = all.iter().map(|member| member.objectives.as_slice()).collect();
        let fronts = fronts(&objectives);
        let mut kept: Vec<usize> = Vec::new();
        let mut standing = Vec::new();
        for (rank, front) in fronts.iter().enumerate() {
            let rooms = crowding(front, &objectives);
            let left = self.size - kept.len();
            let chosen: Vec<usize> = if front.len() <= left {
                (0..front.len()).collect()
            } else {
                match &self.survival {
                    Survival::Crowding => roomiest(&rooms, left),
                    Survival::Directions(directions) => {
                        let mut random = Random::new(self.seed, SELECTION_STREAM + self.generation);
                        niches(directions, &objectives, &kept, front, left, &mut random)
                    }
                }
            };
            kept.extend(chosen.iter().map(|place| front[*place]));
            standing.extend(chosen.iter().map(|place| {
                // Where directions decide who lives, room does not decide who breeds.
                let room = if matches!(self.survival, Survival::Crowding) { rooms[*place] } else { 0.0 };
                (rank, room)
            }));
            if kept.len() == self.size {
                break;
            }
        }
        self.parents = kept.iter().map(|trial| all[*trial].clone()).collect();
        self.standing = standing;
    }
}

/// Places of the members with the most room, in rising order.
fn roomiest(rooms: &[f64], count: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..rooms.len()).collect();
    order.sort_by(|a, b| rooms[*b].total_cmp(&rooms[*a]).then(a.cmp(b)));
    order.truncate(count);
    order.sort_unstable();
    order
}

impl Sampler for EvolutionSampler {
    fn ask(&mut self, number: u64) -> Option<Vec<f64>> {
        let mut random = Random::new(self.seed, number);
        if self.parents.len() < 2 {
            return Some(self.space.uniform(&mut random));
        }
        let mut values = Vec::new();
        for _ in 0..TRIES {
            let (mother, father) = (self.parent(&mut random), self.parent(&mut random));
            values = child(&self.space, &mother.values, &father.values, &mut random);
            if self.parents.iter().all(|parent| parent.values != values) {
                break;
            }
        }
        Some(values)
    }

    fn tell(&mut self, _number: u64, values: &[f64], objectives: Option<&[f64]>) {
        let Some(objectives) = objectives.filter(|all| all.iter().all(|value| !value.is_nan())) else {
            return;
        };
        self.told.push(Member { values: values.to_vec(), objectives: objectives.to_vec() });
        if self.told.len() == self.size {
            self.end_generation();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    #[test]
    fn survivors_are_the_best_fronts_and_memory_stays_the_same() {
        let space = Space::new(vec![Dimension::Continuous { from: 0.0, to: 1.0, log: false }; 3]).unwrap();
        for mut sampler in [EvolutionSampler::nsga2(space.clone(), 1), EvolutionSampler::nsga3(space, 3, 1)] {
            let size = sampler.size as u64;
            for number in 0..20 * size {
                let values = sampler.ask(number).unwrap();
                let far: f64 = values.iter().map(|x| x * x).sum();
                sampler.tell(number, &values, Some(&[values[0] + far, values[1] + far, values[2] + far]));
                assert!(sampler.parents.len() <= sampler.size && sampler.told.len() < sampler.size);
            }
            assert_eq!(sampler.parents.len(), sampler.size);
            assert_eq!(sampler.generation, 20);
            // Each objective alone is least at the origin.
            let least = |axis: usize| {
                sampler.parents.iter().map(|member| member.objectives[axis]).fold(f64::INFINITY, f64::min)
            };
            assert!((0..3).all(|axis| least(axis) < 0.02));
        }
    }

    #[test]
    fn most_room_first() {
        assert_eq!(roomiest(&[0.5, f64::INFINITY, 0.1, 0.5], 3), [0, 1, 3]);
    }
}

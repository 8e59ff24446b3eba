//! Children of two trials: simulated binary crossover and polynomial mutation (Deb and Agrawal 1995, Deb and Goyal 1996) in
//! the unit cube; options without an order come from either parent and mutate to any.

use super::Space;
use super::unit::{is_ordered, unit_of, value_of_unit};
use crate::random::Random;

/// Chance that two parents mix at all, as in Deb et al. 2002 and Optuna.
const CROSSOVER_CHANCE: f64 = 0.9;
/// How near to their parents children stay; larger is nearer.
const CROSSOVER_INDEX: f64 = 15.0;
const MUTATION_INDEX: f64 = 20.0;
/// Chance that a mixing pair mixes in one dimension.
const DIMENSION_CHANCE: f64 = 0.5;

/// Values of one child. Each dimension mutates with the chance of one over their number.
pub(super) fn child(space: &Space, mother: &[f64], father: &[f64], random: &mut Random) -> Vec<f64> {
    let mixes = random.uniform() < CROSSOVER_CHANCE;
    let mutation_chance = 1.0 / space.dimensions().len() as f64;
    let mut values = Vec::with_capacity(mother.len());
    for (index, dimension) in space.dimensions().iter().enumerate() {
        let (mut one, mut other) = (mother[index], father[index]);
        if random.uniform() < 0.5 {
            std::mem::swap(&mut one, &mut other);
        }
        if !mixes {
            one = mother[index];
        }
        if is_ordered(dimension) {
            let mut place = unit_of(dimension, one);
            let mut moved = false;
            if mixes && random.uniform() < DIMENSION_CHANCE {
                place = crossed(place, unit_of(dimension, other), random.uniform());
                moved = true;
            }
            if random.uniform() < mutation_chance {
                place = mutated(place, random.uniform());
                moved = true;
            }
            // Untouched values stay exactly what they were.
            values.push(if moved { value_of_unit(dimension, place) } else { one });
        } else if random.uniform() < mutation_chance {
            values.push(dimension.value_at(random.below(dimension.count().unwrap_or(1))));
        } else {
            values.push(one);
        }
    }
    values
}

/// A place near `near`, spread by the distance of the parents, within the cube.
fn crossed(near: f64, far: f64, chance: f64) -> f64 {
    let distance = (near - far).abs();
    if distance < 1e-14 {
        return near;
    }
    // The wall on this side bounds the spread.
    let room = if near < far { near } else { 1.0 - near };
    let power = CROSSOVER_INDEX + 1.0;
    let alpha = 2.0 - (1.0 + 2.0 * room / distance).powf(-power);
    let spread = if chance <= 1.0 / alpha {
        (chance * alpha).powf(1.0 / power)
    } else {
        (1.0 / (2.0 - chance * alpha)).powf(1.0 / power)
    };
    let middle = 0.5 * (near + far);
    let half = 0.5 * spread * distance;
    (if near < far { middle - half } else { middle + half }).clamp(0.0, 1.0)
}

fn mutated(place: f64, chance: f64) -> f64 {
    let power = MUTATION_INDEX + 1.0;
    let moved = if chance < 0.5 {
        let wall = (1.0 - place).powf(power);
        (2.0 * chance + (1.0 - 2.0 * chance) * wall).powf(1.0 / power) - 1.0
    } else {
        let wall = place.powf(power);
        1.0 - (2.0 * (1.0 - chance) + 2.0 * (chance - 0.5) * wall).powf(1.0 / power)
    };
    (place + moved).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::optimise::Dimension;

    #[test]
    fn crossing_and_mutation_worked_by_hand() {
        // Chance ½ of an unbounded spread is 1: the child is its nearer parent. Walls are 100 distances away.
        assert!((crossed(0.5, 0.502, 0.5) - 0.5).abs() < 1e-12);
        // Chance 0 contracts to the middle, chance 1 reaches the wall.
        assert!((crossed(0.2, 0.6, 0.0) - 0.4).abs() < 1e-12);
        assert!(crossed(0.2, 0.6, 1.0).abs() < 1e-9);
        assert!((mutated(0.3, 0.5) - 0.3).abs() < 1e-12);
        assert!(mutated(0.3, 0.0).abs() < 1e-9 && (mutated(0.3, 1.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn children_are_allowed_values() {
        let space = Space::new(vec![
            Dimension::Stepped { from: 2.0, to: 9.0, step: 0.5 },
            Dimension::Categorical { count: 4 },
            Dimension::Continuous { from: 1e-3, to: 1.0, log: true },
        ])
        .unwrap();
        let mut random = Random::new(1, 0);
        for _ in 0..500 {
            let (mother, father) = (space.uniform(&mut random), space.uniform(&mut random));
            let values = child(&space, &mother, &father, &mut random);
            assert!((2.0..=9.0).contains(&values[0]) && (values[0] * 2.0).fract() == 0.0);
            assert!((0.0..4.0).contains(&values[1]) && values[1].fract() == 0.0);
            assert!((1e-3..=1.0).contains(&values[2]));
        }
    }
}

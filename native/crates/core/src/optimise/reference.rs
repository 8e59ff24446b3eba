//! Directions of NSGA-III and the choice of survivors by them.

use crate::random::Random;

/// Most directions that are made: a generation has as many trials, and backtests are too dear for long ones.
const MAXIMUM: usize = 50;

/// Directions that are spread evenly over all trade-offs (Das and Dennis 1998): every way to share `divisions` parts among
/// the objectives.
#[derive(Debug)]
pub(super) struct Directions(Vec<Vec<f64>>);

impl Directions {
    /// As many as fit under the maximum.
    pub(super) fn new(objectives: usize) -> Self {
        let mut divisions = 1;
        while objectives > 1 && shares(objectives, divisions + 1) <= MAXIMUM {
            divisions += 1;
        }
        let mut all = Vec::new();
        extend(&mut all, &mut Vec::new(), objectives, divisions, divisions);
        Directions(all)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Number of ways to share parts: (n + parts - 1) over parts.
fn shares(objectives: usize, parts: usize) -> usize {
    (1..objectives).fold(1, |product, k| product * (parts + k) / k)
}

fn extend(all: &mut Vec<Vec<f64>>, begun: &mut Vec<f64>, objectives: usize, left: usize, divisions: usize) {
    if begun.len() + 1 == objectives {
        let mut whole = begun.clone();
        whole.push(left as f64 / divisions as f64);
        all.push(whole);
        return;
    }
    for part in 0..=left {
        begun.push(part as f64 / divisions as f64);
        extend(all, begun, objectives, left - part, divisions);
        begun.pop();
    }
}

/// Places in the front of those that survive: one by one the member nearest to the direction that has fewest survivors.
pub(super) fn niches(
    directions: &Directions,
    objectives: &[&[f64]],
    kept: &[usize],
    front: &[usize],
    count: usize,
    random: &mut Random,
) -> Vec<usize> {
    let members: Vec<usize> = kept.iter().chain(front).copied().collect();
    let scaled = normalised(objectives, &members);
    let nearest: Vec<(usize, f64)> = scaled.iter().map(|point| nearest(directions, point)).collect();
    let mut crowds = vec![0_usize; directions.len()];
    for (direction, _) in &nearest[..kept.len()] {
        crowds[*direction] += 1;
    }
    let candidates = &nearest[kept.len()..];
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); directions.len()];
    for (place, (direction, _)) in candidates.iter().enumerate() {
        waiting[*direction].push(place);
    }
    let mut chosen = Vec::new();
    while chosen.len() < count {
        let open = || (0..crowds.len()).filter(|direction| !waiting[*direction].is_empty());
        let Some(fewest) = open().map(|direction| crowds[direction]).min() else { break };
        let least: Vec<usize> = open().filter(|direction| crowds[*direction] == fewest).collect();
        let direction = least[random.below(least.len() as u64) as usize];
        let queue = &mut waiting[direction];
        // The first survivor of a direction is the nearest to it, later ones come by lot.
        let at = if fewest == 0 {
            (0..queue.len())
                .min_by(|a, b| candidates[queue[*a]].1.total_cmp(&candidates[queue[*b]].1))
                .unwrap_or(0)
        } else {
            random.below(queue.len() as u64) as usize
        };
        chosen.push(queue.remove(at));
        crowds[direction] += 1;
    }
    chosen.sort_unstable();
    chosen
}

/// Objectives of the members from the ideal point, in units of the intercepts of the plane through the extreme points.
fn normalised(objectives: &[&[f64]], members: &[usize]) -> Vec<Vec<f64>> {
    let count = objectives[members[0]].len();
    let least = |axis: usize| members.iter().map(|m| objectives[*m][axis]).fold(f64::INFINITY, f64::min);
    let ideal: Vec<f64> = (0..count).map(least).collect();
    let mut points: Vec<Vec<f64>> = members
        .iter()
        .map(|member| objectives[*member].iter().zip(&ideal).map(|(value, least)| value - least).collect())
        .collect();
    // The extreme point of an axis is that with the smallest weighted maximum of the other objectives.
    let extreme = |axis: usize| {
        let height = |point: &Vec<f64>| {
            let weigh = |(index, value): (usize, &f64)| if index == axis { *value } else { value * 1e6 };
            point.iter().enumerate().map(weigh).fold(0.0, f64::max)
        };
        points.iter().min_by(|a, b| height(a).total_cmp(&height(b))).cloned().unwrap_or_default()
    };
    let extremes: Vec<Vec<f64>> = (0..count).map(extreme).collect();
    let largest = |axis: usize| points.iter().map(|point| point[axis]).fold(0.0, f64::max);
    let worst: Vec<f64> = (0..count).map(largest).collect();
    let units = intercepts(&extremes).unwrap_or(worst);
    for point in &mut points {
        for (value, unit) in point.iter_mut().zip(&units) {
            *value /= unit.max(1e-12);
        }
    }
    points
}

/// Where the plane through the points cuts the axes; `None` where it does not, or below zero.
fn intercepts(points: &[Vec<f64>]) -> Option<Vec<f64>> {
    let count = points.len();
    // Solves E a = 1 by elimination with pivots; the intercepts are 1 / a.
    let mut rows: Vec<Vec<f64>> =
        points.iter().map(|point| point.iter().copied().chain(std::iter::once(1.0)).collect()).collect();
    for column in 0..count {
        let pivot =
            (column..count).max_by(|a, b| rows[*a][column].abs().total_cmp(&rows[*b][column].abs()))?;
        rows.swap(column, pivot);
        let top = rows[column].clone();
        if top[column].is_nan() || top[column].abs() < 1e-12 {
            return None;
        }
        for (index, row) in rows.iter_mut().enumerate() {
            if index != column {
                let factor = row[column] / top[column];
                for (value, above) in row.iter_mut().zip(&top).skip(column) {
                    *value -= factor * above;
                }
            }
        }
    }
    let cuts: Vec<f64> = (0..count).map(|index| rows[index][index] / rows[index][count]).collect();
    cuts.iter().all(|cut| cut.is_finite() && *cut > 1e-6).then_some(cuts)
}

/// The direction at the smallest right-angled distance, and that distance squared.
fn nearest(directions: &Directions, point: &[f64]) -> (usize, f64) {
    let square: f64 = point.iter().map(|value| value * value).sum();
    let distance = |direction: &Vec<f64>| {
        let along: f64 = direction.iter().zip(point).map(|(a, b)| a * b).sum();
        square - along * along / direction.iter().map(|part| part * part).sum::<f64>()
    };
    let mut best = (0, f64::INFINITY);
    for (index, direction) in directions.0.iter().enumerate() {
        let found = distance(direction);
        if found < best.1 {
            best = (index, found);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_shares_of_one() {
        // Three objectives: eight parts make 45 ways, nine 55.
        let three = Directions::new(3);
        assert_eq!(three.len(), 45);
        assert!(three.0.iter().all(|one| (one.iter().sum::<f64>() - 1.0).abs() < 1e-12));
        assert_eq!(Directions::new(2).len(), 50);
        assert_eq!(Directions::new(1).0, [[1.0]]);
        assert!(Directions::new(8).len() <= 50);
    }

    #[test]
    fn intercepts_worked_by_hand() {
        // x/4 + y/2 = 1.
        assert_eq!(intercepts(&[vec![4.0, 0.0], vec![2.0, 1.0]]), Some(vec![4.0, 2.0]));
        assert_eq!(intercepts(&[vec![1.0, 1.0], vec![2.0, 2.0]]), None);
    }

    #[test]
    fn the_empty_direction_is_filled_first() {
        // Two survivors near the first axis; of three candidates the one near the second axis is taken first.
        let all: [&[f64]; 5] = [&[1.0, 0.0], &[0.98, 0.02], &[0.97, 0.03], &[0.0, 1.0], &[0.5, 0.5]];
        let directions = Directions(vec![vec![1.0, 0.0], vec![0.0, 1.0]]);
        let mut random = Random::new(1, 1);
        assert_eq!(niches(&directions, &all, &[0, 1], &[2, 3], 1, &mut random), [1]);
        assert_eq!(niches(&directions, &all, &[0, 1], &[2, 3, 4], 3, &mut random), [0, 1, 2]);
    }
}

//! Fronts of trials with several objectives, all to be minimised.

/// Whether `a` is nowhere worse than `b` and somewhere better.
pub(super) fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(x, y)| x <= y) && a.iter().zip(b).any(|(x, y)| x < y)
}

/// Numbers of the trials by front, the best first, each front in rising order (Deb et al. 2002, fast non-dominated sort).
pub(super) fn fronts(objectives: &[&[f64]]) -> Vec<Vec<usize>> {
    let count = objectives.len();
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut above = vec![0_usize; count];
    for a in 0..count {
        for b in a + 1..count {
            if dominates(objectives[a], objectives[b]) {
                below[a].push(b);
                above[b] += 1;
            } else if dominates(objectives[b], objectives[a]) {
                below[b].push(a);
                above[a] += 1;
            }
        }
    }
    let mut found = Vec::new();
    let mut front: Vec<usize> = (0..count).filter(|trial| above[*trial] == 0).collect();
    while !front.is_empty() {
        let mut next = Vec::new();
        for trial in &front {
            for other in &below[*trial] {
                above[*other] -= 1;
                if above[*other] == 0 {
                    next.push(*other);
                }
            }
        }
        next.sort_unstable();
        found.push(std::mem::replace(&mut front, next));
    }
    found
}

/// Crowding distance of each member of a front: how far its neighbours are along every objective; infinite at the ends.
pub(super) fn crowding(front: &[usize], objectives: &[&[f64]]) -> Vec<f64> {
    let mut distances = vec![0.0; front.len()];
    let count = objectives.first().map_or(0, |one| one.len());
    let mut order: Vec<usize> = (0..front.len()).collect();
    // The axis picks a number of every member, not a member.
    for axis in 0..count {
        let value = |place: usize| objectives[front[place]][axis];
        order.sort_by(|a, b| value(*a).total_cmp(&value(*b)).then(a.cmp(b)));
        let (first, last) = (order[0], order[order.len() - 1]);
        let range = value(last) - value(first);
        distances[first] = f64::INFINITY;
        distances[last] = f64::INFINITY;
        if range > 0.0 && range.is_finite() {
            for three in order.windows(3) {
                distances[three[1]] += (value(three[2]) - value(three[0])) / range;
            }
        }
    }
    distances
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        let all: [&[f64]; 6] = [&[1.0, 5.0], &[2.0, 2.0], &[5.0, 1.0], &[3.0, 3.0], &[2.0, 2.0], &[6.0, 6.0]];
        assert_eq!(fronts(&all), [vec![0, 1, 2, 4], vec![3], vec![5]]);
        // Ends, and between them (5 - 1)/4 + (5 - 1)/4 for a lone middle.
        assert_eq!(crowding(&[0, 1, 2], &all), [f64::INFINITY, 2.0, f64::INFINITY]);
        assert!(!dominates(all[1], all[4]) && dominates(all[1], all[3]));
    }
}

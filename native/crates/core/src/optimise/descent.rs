//! Minimises a smooth function: L-BFGS (Nocedal and Wright 2006, algorithm 7.4) with steps shortened until they help.

const MEMORY: usize = 8;
const ENOUGH: f64 = 1e-4;

/// The best point found from `start` within `rounds` steps; the function gives value and slope, or `None` where it has none.
/// Every coordinate stays within `bound` of zero.
pub(super) fn minimise(
    start: Vec<f64>,
    bound: f64,
    rounds: usize,
    mut function: impl FnMut(&Vec<f64>) -> Option<(f64, Vec<f64>)>,
) -> Vec<f64> {
    let mut at = start;
    let Some((mut value, mut slope)) = function(&at) else { return at };
    let mut pairs: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
    for _ in 0..rounds {
        let direction = direction(&slope, &pairs);
        let descent = dot(&direction, &slope);
        if descent.is_nan() || descent > -1e-10 {
            break;
        }
        // The first step has no curvature to go by: at most one unit long.
        let mut length = if pairs.is_empty() { (1.0 / dot(&slope, &slope).sqrt()).min(1.0) } else { 1.0 };
        let mut found = None;
        for _ in 0..12 {
            let moved: Vec<f64> =
                at.iter().zip(&direction).map(|(x, d)| (x + length * d).clamp(-bound, bound)).collect();
            if let Some((after, new_slope)) = function(&moved)
                && after <= value + ENOUGH * length * descent
            {
                found = Some((moved, after, new_slope));
                break;
            }
            length *= 0.4;
        }
        let Some((moved, after, new_slope)) = found else { break };
        let step: Vec<f64> = moved.iter().zip(&at).map(|(a, b)| a - b).collect();
        let turn: Vec<f64> = new_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
        let gain = value - after;
        if dot(&step, &turn) > 1e-12 {
            pairs.push((step, turn));
            if pairs.len() > MEMORY {
                pairs.remove(0);
            }
        }
        (at, value, slope) = (moved, after, new_slope);
        if gain < 1e-7 * (1.0 + value.abs()) {
            break;
        }
    }
    at
}

fn direction(slope: &[f64], pairs: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut q = slope.to_vec();
    let mut factors = Vec::new();
    for (step, turn) in pairs.iter().rev() {
        let factor = dot(step, &q) / dot(step, turn);
        for (value, part) in q.iter_mut().zip(turn) {
            *value -= factor * part;
        }
        factors.push(factor);
    }
    if let Some((step, turn)) = pairs.last() {
        let scale = dot(step, turn) / dot(turn, turn);
        for value in &mut q {
            *value *= scale;
        }
    }
    for ((step, turn), factor) in pairs.iter().zip(factors.iter().rev()) {
        let back = factor - dot(turn, &q) / dot(step, turn);
        for (value, part) in q.iter_mut().zip(step) {
            *value += back * part;
        }
    }
    for value in &mut q {
        *value = -*value;
    }
    q
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_bottom_of_a_valley() {
        let rosenbrock = |x: &Vec<f64>| {
            let (a, b) = (1.0 - x[0], x[1] - x[0] * x[0]);
            Some((a * a + 100.0 * b * b, vec![-2.0 * a - 400.0 * x[0] * b, 200.0 * b]))
        };
        let found = minimise(vec![-1.2, 1.0], 10.0, 200, rosenbrock);
        assert!((found[0] - 1.0).abs() < 1e-3 && (found[1] - 1.0).abs() < 2e-3, "{found:?}");
        let walled = minimise(vec![0.0], 2.0, 50, |x| Some(((x[0] - 5.0).powi(2), vec![2.0 * (x[0] - 5.0)])));
        assert!((walled[0] - 2.0).abs() < 1e-9);
    }
}

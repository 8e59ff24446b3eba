//! A Gaussian process over the unit cube: Matérn 5/2 with a length for each dimension, noise, values of mean 0 and
//! deviation 1. (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006.) Two options without an order
//! are one apart.

use crate::symmetric::{cholesky, solve_lower, solve_upper};

const SQRT_5: f64 = 2.236_067_977_499_79;
const NOISE_MINIMUM: f64 = 1e-6;

/// Logarithms of what is fitted: inverse squared length of each dimension, scale, noise.
pub(super) type Settings = Vec<f64>;

/// A process that knows its points.
#[derive(Debug)]
pub(super) struct Process {
    points: Vec<Vec<f64>>,
    inverse_squares: Vec<f64>,
    scale: f64,
    is_option: Vec<bool>,
    lower: Vec<f64>,
    /// K⁻¹ y.
    alpha: Vec<f64>,
}

/// Squared distance in one dimension.
#[inline]
fn apart(is_option: bool, a: f64, b: f64) -> f64 {
    if is_option { f64::from(u8::from(a != b)) } else { (a - b) * (a - b) }
}

/// Matérn 5/2 of a squared distance.
#[inline]
fn matern(square: f64) -> f64 {
    let r = SQRT_5 * square.sqrt();
    (1.0 + r + r * r / 3.0) * (-r).exp()
}

impl Process {
    /// `None` where the matrix is not positive definite to working precision.
    pub(super) fn new(
        points: Vec<Vec<f64>>,
        values: &[f64],
        is_option: &[bool],
        settings: &Settings,
    ) -> Option<Self> {
        let dimensions = is_option.len();
        let inverse_squares: Vec<f64> = settings[..dimensions].iter().map(|value| value.exp()).collect();
        let scale = settings[dimensions].exp();
        let noise = settings[dimensions + 1].exp() + NOISE_MINIMUM;
        let mut process = Process {
            points,
            inverse_squares,
            scale,
            is_option: is_option.to_vec(),
            lower: Vec::new(),
            alpha: Vec::new(),
        };
        let count = process.points.len();
        let mut matrix = vec![0.0; count * count];
        for row in 0..count {
            for column in 0..=row {
                let square = process.square(&process.points[row], &process.points[column]);
                matrix[row * count + column] = scale * matern(square);
            }
            matrix[row * count + row] += noise;
        }
        process.lower = cholesky(&matrix, count)?;
        process.alpha = solve_upper(&process.lower, count, &solve_lower(&process.lower, count, values));
        Some(process)
    }

    fn square(&self, a: &[f64], b: &[f64]) -> f64 {
        let mut sum = 0.0;
        for index in 0..a.len() {
            sum += self.inverse_squares[index] * apart(self.is_option[index], a[index], b[index]);
        }
        sum
    }

    /// Mean and variance of what is under the noise at a place.
    pub(super) fn predict(&self, place: &[f64]) -> (f64, f64) {
        let near: Vec<f64> =
            self.points.iter().map(|point| self.scale * matern(self.square(point, place))).collect();
        let mean = near.iter().zip(&self.alpha).map(|(a, b)| a * b).sum();
        let half = solve_lower(&self.lower, self.points.len(), &near);
        let explained: f64 = half.iter().map(|value| value * value).sum();
        (mean, (self.scale - explained).max(1e-12))
    }

    /// The same mean alone, which costs far less.
    pub(super) fn mean(&self, place: &[f64]) -> f64 {
        let near = self.points.iter().map(|point| self.scale * matern(self.square(point, place)));
        near.zip(&self.alpha).map(|(a, b)| a * b).sum()
    }
}

/// Minus the log of likelihood times prior, and its slope. Priors are those of Optuna 5: lengths of about the size of the
/// cube, a scale of about 1, little noise.
pub(super) fn loss(
    points: &[Vec<f64>],
    values: &[f64],
    is_option: &[bool],
    settings: &Settings,
) -> Option<(f64, Vec<f64>)> {
    let process = Process::new(points.to_vec(), values, is_option, settings)?;
    let (count, dimensions) = (points.len(), is_option.len());
    let noise = settings[dimensions + 1].exp();
    let fit: f64 = values.iter().zip(&process.alpha).map(|(a, b)| a * b).sum();
    let determinant: f64 = (0..count).map(|row| process.lower[row * count + row].ln()).sum();
    let mut slope = vec![0.0; dimensions + 2];
    let inverse = inverse_of(&process.lower, count);
    for row in 0..count {
        for column in 0..=row {
            // Twice beside the diagonal: the matrix is symmetric.
            let times = if row == column { 0.5 } else { 1.0 };
            let weight = times * (inverse[row * count + column] - process.alpha[row] * process.alpha[column]);
            let (a, b) = (&points[row], &points[column]);
            let square = process.square(a, b);
            let r = SQRT_5 * square.sqrt();
            let decay = (-r).exp();
            slope[dimensions] += weight * process.scale * (1.0 + r + r * r / 3.0) * decay;
            // Derivative by the squared distance: -5/6 (1 + r) e^-r.
            let by_square = weight * process.scale * (-5.0 / 6.0) * (1.0 + r) * decay;
            for index in 0..dimensions {
                slope[index] +=
                    by_square * process.inverse_squares[index] * apart(is_option[index], a[index], b[index]);
            }
            if row == column {
                slope[dimensions + 1] += weight * noise;
            }
        }
    }
    let mut total = 0.5 * fit + determinant;
    for (index, inverse_square) in process.inverse_squares.iter().enumerate() {
        total += 0.1 / inverse_square + 0.1 * inverse_square;
        slope[index] += 0.1 * inverse_square - 0.1 / inverse_square;
    }
    total += process.scale - process.scale.ln();
    slope[dimensions] += process.scale - 1.0;
    total += 30.0 * noise - 0.1 * noise.ln();
    slope[dimensions + 1] += 30.0 * noise - 0.1;
    total.is_finite().then_some((total, slope))
}

/// (L L')⁻¹, lower triangle only.
fn inverse_of(lower: &[f64], count: usize) -> Vec<f64> {
    // Rows of L⁻¹ transposed: column j of L⁻¹ is kept together from its diagonal down.
    let mut columns = vec![vec![0.0; count]; count];
    for (start, column) in columns.iter_mut().enumerate() {
        column[start] = 1.0 / lower[start * count + start];
        for row in start + 1..count {
            let known = &lower[row * count + start..row * count + row];
            let sum: f64 = known.iter().zip(&column[start..row]).map(|(a, b)| a * b).sum();
            column[row] = -sum / lower[row * count + row];
        }
    }
    let mut inverse = vec![0.0; count * count];
    for row in 0..count {
        for column in 0..=row {
            inverse[row * count + column] =
                columns[row][row..].iter().zip(&columns[column][row..]).map(|(a, b)| a * b).sum();
        }
    }
    inverse
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_point_by_hand() {
        // Scale 2, noise 0.5: mean 2/2.5 · y at the point, variance 2 - 4/2.5.
        let settings = vec![0.0, 2.0f64.ln(), 0.5f64.ln()];
        let process = Process::new(vec![vec![0.4]], &[3.0], &[false], &settings).unwrap();
        let (mean, variance) = process.predict(&[0.4]);
        assert!((mean - 2.4).abs() < 1e-5 && (variance - 0.4).abs() < 1e-5, "{mean} {variance}");
        assert_eq!(mean, process.mean(&[0.4]));
        // Matérn 5/2 one length away.
        assert!((matern(1.0) - (1.0 + SQRT_5 + 5.0 / 3.0) * (-SQRT_5).exp()).abs() < 1e-15);
    }

    #[test]
    fn slopes_are_those_of_differences() {
        let points: Vec<Vec<f64>> = (0..12)
            .map(|k| vec![f64::from(k * 7 % 12) / 12.0, f64::from(k % 5) / 5.0, f64::from(k % 3)])
            .collect();
        let values: Vec<f64> = (0..12).map(|k| (f64::from(k) * 1.3).sin()).collect();
        let kinds = [false, false, true];
        let settings = vec![1.0, -0.5, 0.3, 0.2, -3.0];
        let (_, slope) = loss(&points, &values, &kinds, &settings).unwrap();
        for index in 0..settings.len() {
            let at = |shift: f64| {
                let mut moved = settings.clone();
                moved[index] += shift;
                loss(&points, &values, &kinds, &moved).unwrap().0
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope[index] - difference).abs() < 1e-6, "{index}: {} {difference}", slope[index]);
        }
    }
}

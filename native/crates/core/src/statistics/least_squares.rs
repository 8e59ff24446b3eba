//! Ordinary least squares by Householder reflections: no normal equations, so that no digits are lost to squaring.

use super::StatisticsError;
use super::vectors::{dot, mean, squares_around, subtract_scaled};

/// A column that keeps less than this of its length after the ones before it is taken as their combination.
const RANK_TOLERANCE: f64 = 1e-11;

/// A fitted regression.
#[derive(Clone, Debug, PartialEq)]
pub struct LeastSquares {
    /// One coefficient a column.
    pub coefficients: Vec<f64>,
    /// Their standard errors, with `rows - columns` degrees of freedom.
    pub standard_errors: Vec<f64>,
    /// Sum of the squared residuals.
    pub residual_sum: f64,
    /// Part of the variance of `y` around its mean that is explained.
    pub r_squared: f64,
}

/// Fits `y` on the columns; a constant is a column of ones like any other.
///
/// # Errors
/// Columns of another length, values that are not finite, fewer rows than columns and one, collinear columns.
pub fn ordinary_least_squares(y: &[f64], columns: &[&[f64]]) -> Result<LeastSquares, StatisticsError> {
    let mut all = vec![y];
    all.extend_from_slice(columns);
    super::error::check_series(&all, columns.len() + 1, "a regression")?;
    let rows = y.len();
    let total = squares_around(y, mean(y));
    let factored = Factored::new(columns.iter().map(|column| column.to_vec()).collect(), y.to_vec())
        .ok_or(StatisticsError::Collinear { what: "the regression" })?;
    let count = columns.len();
    let variance = factored.residual_sum / (rows - count) as f64;
    let inverse = factored.inverse();
    let coefficients = inverse.iter().map(|row| row.iter().zip(&factored.rotated).map(|(a, b)| a * b).sum());
    let errors =
        inverse.iter().map(|row| (row.iter().map(|value| value * value).sum::<f64>() * variance).sqrt());
    Ok(LeastSquares {
        coefficients: coefficients.collect(),
        standard_errors: errors.collect(),
        residual_sum: factored.residual_sum,
        r_squared: 1.0 - factored.residual_sum / total,
    })
}

/// A regression turned to triangular form. The first k columns alone leave the residual sum
/// `residual_sum + Σ rotated[k..]²`: all nested regressions for the price of one.
#[derive(Debug)]
pub(super) struct Factored {
    /// Upper triangle, column by column.
    triangle: Vec<Vec<f64>>,
    /// `y` in the same rotation, one number a column.
    pub(super) rotated: Vec<f64>,
    /// Sum of the squared residuals with all columns.
    pub(super) residual_sum: f64,
}

impl Factored {
    /// Turns the columns; `None` where one is a combination of those before it.
    pub(super) fn new(mut columns: Vec<Vec<f64>>, mut y: Vec<f64>) -> Option<Self> {
        let count = columns.len();
        let mut triangle: Vec<Vec<f64>> = Vec::with_capacity(count);
        for index in 0..count {
            let (done, rest) = columns.split_at_mut(index + 1);
            let column = &mut done[index];
            let length = norm(column);
            let below = norm(&column[index..]);
            if below.is_nan() || below <= RANK_TOLERANCE * length {
                return None;
            }
            let diagonal = if column[index] > 0.0 { -below } else { below };
            let mut kept = column[..index].to_vec();
            kept.push(diagonal);
            column[index] -= diagonal;
            let direction = &column[index..];
            let scale = 2.0 / dot(direction, direction);
            for other in rest.iter_mut().chain(std::iter::once(&mut y)) {
                let target = &mut other[index..];
                let factor = scale * dot(direction, target);
                subtract_scaled(target, factor, direction);
            }
            triangle.push(kept);
        }
        let residual_sum = y[count..].iter().map(|value| value * value).sum();
        y.truncate(count);
        Some(Factored { triangle, rotated: y, residual_sum })
    }

    /// Residual sum with the first `count` columns only, for `count` from 0 to all.
    pub(super) fn nested_residual_sums(&self) -> Vec<f64> {
        let mut sums = vec![self.residual_sum];
        for value in self.rotated.iter().rev() {
            sums.push(sums.last().copied().unwrap_or(0.0) + value * value);
        }
        sums.reverse();
        sums
    }

    /// The t-statistic of the last of the first `count` columns when only these are in the regression.
    pub(super) fn nested_t(&self, count: usize, rows: usize, residual_sum: f64) -> f64 {
        let diagonal = self.triangle[count - 1][count - 1];
        let deviation = (residual_sum / (rows - count) as f64).sqrt();
        self.rotated[count - 1] * diagonal.signum() / deviation
    }

    /// Rows of the inverse of the triangle.
    fn inverse(&self) -> Vec<Vec<f64>> {
        let count = self.triangle.len();
        let mut inverse = vec![vec![0.0; count]; count];
        for (column, kept) in self.triangle.iter().enumerate() {
            inverse[column][column] = 1.0 / kept[column];
            for row in (0..column).rev() {
                let sum: f64 = (row + 1..=column).map(|k| self.triangle[k][row] * inverse[k][column]).sum();
                inverse[row][column] = -sum / self.triangle[row][row];
            }
        }
        inverse
    }
}

fn norm(values: &[f64]) -> f64 {
    dot(values, values).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_through_four_points() {
        // y = 1, 3, 2, 5 on x = 0, 1, 2, 3: slope 11/10, intercept 11/10, residuals -0.1, 0.8, -1.3, 0.6.
        let ones = [1.0; 4];
        let fit = ordinary_least_squares(&[1.0, 3.0, 2.0, 5.0], &[&ones, &[0.0, 1.0, 2.0, 3.0]]).unwrap();
        assert!((fit.coefficients[0] - 1.1).abs() < 1e-14 && (fit.coefficients[1] - 1.1).abs() < 1e-14);
        assert!((fit.residual_sum - 2.7).abs() < 1e-13);
        // Total 8.75; standard error of the slope sqrt(2.7 / 2 / 5).
        assert!((fit.r_squared - (1.0 - 2.7 / 8.75)).abs() < 1e-14);
        assert!((fit.standard_errors[1] - (2.7f64 / 10.0).sqrt()).abs() < 1e-14);
    }

    #[test]
    fn nested_sums_are_those_of_smaller_regressions() {
        let y: Vec<f64> = (0..40).map(|row| f64::from(row * row % 17)).collect();
        let a: Vec<f64> = (0..40).map(|row| f64::from(row % 5)).collect();
        let b: Vec<f64> = (0..40).map(|row| f64::from(row % 7) - 2.0).collect();
        let factored = Factored::new(vec![a.clone(), b], y.clone()).unwrap();
        let alone = ordinary_least_squares(&y, &[&a]).unwrap();
        let nested = factored.nested_residual_sums();
        assert!((nested[1] - alone.residual_sum).abs() < 1e-10);
        let t = alone.coefficients[0] / alone.standard_errors[0];
        assert!((factored.nested_t(1, 40, nested[1]) - t).abs() < 1e-12);
    }

    #[test]
    fn a_multiple_of_another_column_is_refused() {
        let x = [1.0, 2.0, 4.0, 7.0];
        let twice = [2.0, 4.0, 8.0, 14.0];
        let found = ordinary_least_squares(&[1.0, 0.0, 2.0, 5.0], &[&x, &twice]);
        assert_eq!(found, Err(StatisticsError::Collinear { what: "the regression" }));
    }
}

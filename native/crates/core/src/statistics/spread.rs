//! The spread of a pair: `first - hedge ratio · second - intercept`, and what is read off it.

use super::StatisticsError;
use super::error::check_series;
use super::vectors::{dot, mean};

/// `first - ratio · second - intercept`, bar by bar.
///
/// # Errors
/// Series of different length, values that are not finite.
pub fn spread(
    first: &[f64],
    second: &[f64],
    ratio: f64,
    intercept: f64,
) -> Result<Vec<f64>, StatisticsError> {
    check_series(&[first, second], 1, "a spread")?;
    Ok(first.iter().zip(second).map(|(a, b)| a - ratio * b - intercept).collect())
}

/// Bars after which half of a deviation is gone: -ln 2 / λ with Δs(t) = c + λ s(t-1) + ε fitted by least squares (the
/// Ornstein-Uhlenbeck form). Negative where the series runs away from its mean, infinite where λ is 0.
///
/// # Errors
/// Values that are not finite, fewer than four, a constant series.
pub fn half_life(values: &[f64]) -> Result<f64, StatisticsError> {
    check_series(&[values], 4, "the half-life")?;
    let level: Vec<f64> = centred(&values[..values.len() - 1]);
    let differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let variance = dot(&level, &level);
    if is_noise(variance, values) {
        return Err(StatisticsError::Collinear { what: "the half-life" });
    }
    // The level has no mean, so the mean of the differences adds nothing to the product.
    Ok(-std::f64::consts::LN_2 * variance / dot(&level, &differences))
}

/// `(value - mean) / standard deviation` of the whole series, with n - 1 degrees of freedom.
///
/// # Errors
/// Values that are not finite, fewer than two, a constant series.
pub fn z_scores(values: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    check_series(&[values], 2, "a z-score")?;
    let mut scores = centred(values);
    let sum = dot(&scores, &scores);
    if is_noise(sum, values) {
        return Err(StatisticsError::Collinear { what: "a z-score" });
    }
    let deviation = (sum / (values.len() - 1) as f64).sqrt();
    for score in &mut scores {
        *score /= deviation;
    }
    Ok(scores)
}

/// How often a series passes through its mean; a value on the mean counts for neither side.
///
/// # Errors
/// Values that are not finite, or none.
pub fn zero_crossings(values: &[f64]) -> Result<usize, StatisticsError> {
    check_series(&[values], 1, "zero crossings")?;
    let mut side = 0.0;
    let mut crossings = 0;
    for value in centred(values) {
        if value != 0.0 {
            crossings += usize::from(value * side < 0.0);
            side = value.signum();
        }
    }
    Ok(crossings)
}

/// The values less their mean.
pub(super) fn centred(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    values.iter().map(|value| value - mean).collect()
}

/// Whether a sum of squared deviations is what rounding alone leaves of a constant series.
pub(super) fn is_noise(sum: f64, values: &[f64]) -> bool {
    let largest = values.iter().fold(0.0f64, |largest, value| largest.max(value.abs()));
    let noise = 4.0 * f64::EPSILON * largest;
    sum <= noise * noise * values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // s = 4, 2, 1, 0.5: Δ = -s/2 - 0 exactly, so λ = -1/2.
        assert!((half_life(&[4.0, 2.0, 1.0, 0.5]).unwrap() - 2.0 * std::f64::consts::LN_2).abs() < 1e-14);
        assert_eq!(spread(&[5.0, 7.0], &[1.0, 2.0], 2.0, 1.0).unwrap(), [2.0, 2.0]);
        // Mean 2, sum of squares 8, deviation 2.
        assert_eq!(z_scores(&[0.0, 2.0, 4.0]).unwrap(), [-1.0, 0.0, 1.0]);
        // Mean 1: below, on, above, below, above.
        assert_eq!(zero_crossings(&[0.0, 1.0, 2.0, 0.0, 2.0]).unwrap(), 3);
    }

    #[test]
    fn a_constant_series_has_none() {
        assert!(half_life(&[0.1; 9]).is_err());
        assert!(z_scores(&[0.1; 9]).is_err());
        assert_eq!(zero_crossings(&[0.3; 9]).unwrap(), 0);
    }
}

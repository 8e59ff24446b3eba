//! Hurst exponents of a series of levels (prices, a spread): ½ for a random walk, less where it returns to its mean.

use super::StatisticsError;
use super::error::check_series;
use super::vectors::{mean, squares_around};

/// How the exponent is estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HurstMethod {
    /// Slope of ln(standard deviation of x(t+k) - x(t)) over ln k, k from 2 to 20 (at most half of the rows). Of a series
    /// that has a mean it is near 0.
    LaggedDifferences,
    /// Rescaled range of the differences (Hurst 1951): slope of ln(mean R/S) over ln m, windows of m = 8, 16, 32 … rows
    /// side by side, at most half of them long; the deviation with m degrees of freedom. Biased upwards in short windows:
    /// a random walk gives about 0.55 to 0.6.
    RescaledRange,
}

const LAG_MAXIMUM: usize = 20;
const WINDOW_MINIMUM: usize = 8;

/// Estimates the Hurst exponent of a series of levels.
///
/// # Errors
/// Values that are not finite, fewer than 33, a constant or straight series.
pub fn hurst_exponent(values: &[f64], method: HurstMethod) -> Result<f64, StatisticsError> {
    check_series(&[values], 4 * WINDOW_MINIMUM + 1, "the Hurst exponent")?;
    let points = match method {
        HurstMethod::LaggedDifferences => lagged_differences(values),
        HurstMethod::RescaledRange => rescaled_ranges(values),
    };
    let slope = slope(&points);
    if slope.is_finite() { Ok(slope) } else { Err(StatisticsError::Collinear { what: "the Hurst exponent" }) }
}

fn lagged_differences(values: &[f64]) -> Vec<(f64, f64)> {
    let longest = LAG_MAXIMUM.min(values.len() / 2);
    (2..=longest)
        .map(|lag| {
            let moves: Vec<f64> = values[lag..].iter().zip(values).map(|(later, now)| later - now).collect();
            ((lag as f64).ln(), deviation(&moves).ln())
        })
        .collect()
}

fn rescaled_ranges(values: &[f64]) -> Vec<(f64, f64)> {
    let moves: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let sizes = std::iter::successors(Some(WINDOW_MINIMUM), |size| Some(size * 2));
    sizes
        .take_while(|size| *size <= moves.len() / 2)
        .filter_map(|size| {
            // A window without movement has no ratio.
            let ratios: Vec<f64> =
                moves.chunks_exact(size).map(rescaled_range).filter(|ratio| ratio.is_finite()).collect();
            (!ratios.is_empty()).then(|| ((size as f64).ln(), mean(&ratios).ln()))
        })
        .collect()
}

fn rescaled_range(moves: &[f64]) -> f64 {
    let mean = mean(moves);
    let (mut sum, mut low, mut high) = (0.0, 0.0f64, 0.0f64);
    for value in moves {
        sum += value - mean;
        low = low.min(sum);
        high = high.max(sum);
    }
    (high - low) / deviation(moves)
}

/// Standard deviation with n degrees of freedom.
fn deviation(values: &[f64]) -> f64 {
    (squares_around(values, mean(values)) / values.len() as f64).sqrt()
}

/// Slope of the least-squares line.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len() as f64;
    let x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let product: f64 = points.iter().map(|point| (point.0 - x) * (point.1 - y)).sum();
    product / points.iter().map(|point| (point.0 - x) * (point.0 - x)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_cannot_and_alternation_is_zero() {
        let line: Vec<f64> = (0..64).map(f64::from).collect();
        assert!(hurst_exponent(&line, HurstMethod::LaggedDifferences).is_err());
        assert!(hurst_exponent(&[1.0; 64], HurstMethod::RescaledRange).is_err());
        // Independent values have no memory of their level: every lag deviates alike.
        let mut random = crate::random::Random::new(1, 0);
        let noise: Vec<f64> = (0..4000).map(|_| random.uniform()).collect();
        let found = hurst_exponent(&noise, HurstMethod::LaggedDifferences).unwrap();
        assert!(found.abs() < 0.02, "{found}");
    }

    #[test]
    fn rescaled_range_worked_by_hand() {
        // Moves 1, 3, 2: mean 2, sums -1, 0, 0; range 1; deviation sqrt(2/3).
        assert!((rescaled_range(&[1.0, 3.0, 2.0]) - 1.0 / (2.0f64 / 3.0).sqrt()).abs() < 1e-14);
        // All moves of a window alike but for one pair: slope of two points.
        assert!((slope(&[(0.0, 1.0), (2.0, 2.0)]) - 0.5).abs() < 1e-15);
    }
}

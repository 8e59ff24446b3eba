//! What is worth knowing about the spread of a pair.

use super::StatisticsError;
use super::hurst::{HurstMethod, hurst_exponent};
use super::spread::{centred, half_life, spread, z_scores, zero_crossings};
use super::vectors::dot;

/// Facts about `first - hedge ratio · second`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SpreadFacts {
    /// Bars after which half of a deviation is gone; negative where it grows.
    pub half_life: f64,
    /// Hurst exponent by lagged differences; `None` for fewer than 33 bars.
    pub hurst: Option<f64>,
    /// How often the spread passed through its mean.
    pub zero_crossings: usize,
    /// Deviation of the last bar from the mean in standard deviations (n - 1).
    pub last_z: f64,
    /// Pearson correlation of the changes of the two series from bar to bar; `None` where one never changes.
    pub correlation: Option<f64>,
}

/// Gives the facts of a pair hedged with this ratio.
///
/// # Errors
/// Series of different length, values that are not finite, fewer than four, a constant spread.
pub fn spread_facts(
    first: &[f64],
    second: &[f64],
    hedge_ratio: f64,
    intercept: f64,
) -> Result<SpreadFacts, StatisticsError> {
    let values = spread(first, second, hedge_ratio, intercept)?;
    Ok(SpreadFacts {
        half_life: half_life(&values)?,
        hurst: hurst_exponent(&values, HurstMethod::LaggedDifferences).ok(),
        zero_crossings: zero_crossings(&values)?,
        last_z: z_scores(&values)?.last().copied().unwrap_or(f64::NAN),
        correlation: correlation_of_changes(first, second),
    })
}

fn correlation_of_changes(first: &[f64], second: &[f64]) -> Option<f64> {
    let changes = |values: &[f64]| -> Vec<f64> {
        centred(&values.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<f64>>())
    };
    let (a, b) = (changes(first), changes(second));
    let squares = dot(&a, &a) * dot(&b, &b);
    (squares > 0.0).then(|| (dot(&a, &b) / squares.sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Spread 1, -1, 1, -1: mean 0, Δ = -2 s; deviation sqrt(4/3).
        let second = [3.0, 3.0, 4.0, 4.0];
        let first: Vec<f64> = second.iter().zip([1.0, -1.0, 1.0, -1.0]).map(|(b, s)| 2.0 * b + s).collect();
        let facts = spread_facts(&first, &second, 2.0, 0.0).unwrap();
        // Of the three levels 1, -1, 1 less their mean 1/3: Σ = 8/3, product with (-2, 2, -2) = -16/3, λ = -2.
        assert!((facts.half_life - std::f64::consts::LN_2 / 2.0).abs() < 1e-14);
        assert_eq!((facts.zero_crossings, facts.hurst), (3, None));
        assert!((facts.last_z + (0.75f64).sqrt()).abs() < 1e-14);
        // Changes of the first: -2, 4, -2; of the second 0, 1, 0: proportional once their means are gone.
        assert!((facts.correlation.unwrap() - 1.0).abs() < 1e-14);
        assert_eq!(spread_facts(&first, &[1.0; 4], 1.0, 0.0).unwrap().correlation, None);
    }
}

//! The augmented Dickey-Fuller test: Δy(t) = trend + γ y(t-1) + Σ δ(i) Δy(t-i) + ε; the statistic is the t-value of γ.
//!
//! Conventions are those of statsmodels' `adfuller`: the lag is chosen over the rows that the largest lag leaves, the
//! statistic is computed anew over all rows that the chosen one leaves; the smaller lag wins a tie.

use super::StatisticsError;
use super::error::check_series;
use super::least_squares::Factored;
use super::mackinnon::{Trend, mackinnon_critical, mackinnon_p};

/// How many lagged differences are in the regression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lag {
    /// This many.
    Fixed(usize),
    /// The number from 0 to the maximum with the smallest Akaike criterion; without one, [`lag_maximum`].
    Akaike(Option<usize>),
    /// The same with the Bayes criterion.
    Bayes(Option<usize>),
    /// The largest number whose last lag has |t| ≥ 1.6449 (95 % of the normal distribution).
    LastSignificant(Option<usize>),
}

/// What the test found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DickeyFuller {
    /// The t-value of the level.
    pub t: f64,
    /// `MacKinnon`'s p-value for one series.
    pub p: f64,
    /// Lagged differences used.
    pub lag: usize,
    /// Rows of the regression.
    pub observations: usize,
    /// Critical values at 1, 5 and 10 % for that many rows.
    pub critical: [f64; 3],
}

const SIGNIFICANT: f64 = 1.644_853_626_951_472_2;

/// Schwert's bound ceil(12 (n/100)^¼), at most what n rows leave to estimate.
pub fn lag_maximum(rows: usize, trend: Trend) -> usize {
    let schwert = (12.0 * (rows as f64 / 100.0).sqrt().sqrt()).ceil() as usize;
    schwert.min((rows / 2).saturating_sub(trend.terms() + 1))
}

/// Tests a series for a unit root.
///
/// # Errors
/// Values that are not finite, too few of them for the lags, a constant series.
pub fn augmented_dickey_fuller(
    values: &[f64],
    trend: Trend,
    lag: Lag,
) -> Result<DickeyFuller, StatisticsError> {
    check_series(
        &[values],
        shortest(trend, fixed_or_maximum(values.len(), trend, lag)),
        "the Dickey-Fuller test",
    )?;
    let (t, lag) = unit_root_t(values, trend, lag)?;
    let observations = values.len() - 1 - lag;
    Ok(DickeyFuller {
        t,
        p: mackinnon_p(t, trend, 1),
        lag,
        observations,
        critical: mackinnon_critical(trend, 1, observations as f64),
    })
}

/// Fewest values that leave a degree of freedom with this many lags.
pub(super) const fn shortest(trend: Trend, lag: usize) -> usize {
    2 * lag + trend.terms() + 3
}

pub(super) fn fixed_or_maximum(rows: usize, trend: Trend, lag: Lag) -> usize {
    match lag {
        Lag::Fixed(lag) => lag,
        Lag::Akaike(maximum) | Lag::Bayes(maximum) | Lag::LastSignificant(maximum) => {
            maximum.unwrap_or_else(|| lag_maximum(rows, trend))
        }
    }
}

/// The t-value and the lag it was computed with; values must be finite and enough.
pub(super) fn unit_root_t(values: &[f64], trend: Trend, lag: Lag) -> Result<(f64, usize), StatisticsError> {
    let differences: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let chosen = match lag {
        Lag::Fixed(lag) => lag,
        _ => choose(values, &differences, trend, lag)?,
    };
    let mut columns = trend_columns(trend, differences.len() - chosen);
    columns.extend((1..=chosen).map(|back| differences[chosen - back..differences.len() - back].to_vec()));
    columns.push(values[chosen..values.len() - 1].to_vec());
    let count = columns.len();
    let factored = Factored::new(columns, differences[chosen..].to_vec()).ok_or(COLLINEAR)?;
    let t = factored.nested_t(count, differences.len() - chosen, factored.residual_sum);
    if t.is_finite() { Ok((t, chosen)) } else { Err(COLLINEAR) }
}

const COLLINEAR: StatisticsError = StatisticsError::Collinear { what: "the Dickey-Fuller test" };

fn choose(values: &[f64], differences: &[f64], trend: Trend, lag: Lag) -> Result<usize, StatisticsError> {
    let maximum = fixed_or_maximum(values.len(), trend, lag);
    let rows = differences.len() - maximum;
    let mut columns = trend_columns(trend, rows);
    let base = columns.len() + 1;
    columns.push(values[maximum..values.len() - 1].to_vec());
    columns.extend((1..=maximum).map(|back| differences[maximum - back..differences.len() - back].to_vec()));
    let factored = Factored::new(columns, differences[maximum..].to_vec()).ok_or(COLLINEAR)?;
    let sums = factored.nested_residual_sums();
    let is_significant =
        |back: &usize| factored.nested_t(base + back, rows, sums[base + back]).abs() >= SIGNIFICANT;
    Ok(match lag {
        Lag::LastSignificant(_) => (0..=maximum).rev().find(is_significant).unwrap_or(0),
        Lag::Bayes(_) => smallest_criterion(rows, base, (rows as f64).ln(), &sums[base..]).0,
        Lag::Akaike(_) | Lag::Fixed(_) => smallest_criterion(rows, base, 2.0, &sums[base..]).0,
    })
}

/// The number of lags with the smallest n ln(rss) + penalty · parameters, and how far the next best lies above it.
pub(super) fn smallest_criterion(rows: usize, base: usize, penalty: f64, sums: &[f64]) -> (usize, f64) {
    let (mut best, mut value, mut margin) = (0, f64::INFINITY, f64::INFINITY);
    for (lag, sum) in sums.iter().enumerate() {
        let criterion = rows as f64 * sum.ln() + penalty * (base + lag) as f64;
        if criterion < value {
            margin = value - criterion;
            (best, value) = (lag, criterion);
        } else {
            margin = margin.min(criterion - value);
        }
    }
    (best, margin)
}

fn trend_columns(trend: Trend, rows: usize) -> Vec<Vec<f64>> {
    // Time from -1 to 1: the statistic does not depend on its scale, the digits do.
    let time = |row: usize| 2.0 * row as f64 / (rows - 1) as f64 - 1.0;
    (0..trend.terms()).map(|power| (0..rows).map(|row| time(row).powi(power as i32)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // y = 1, 2, 1, 3: Δ = 1, -1, 2 on 1, 2, 1 without a constant: γ = (1 - 2 + 2) / 6, rss = 6 - 1/6.
        let found = unit_root_t(&[1.0, 2.0, 1.0, 3.0], Trend::None, Lag::Fixed(0)).unwrap();
        let gamma = 1.0 / 6.0;
        let expected = gamma / ((6.0 - gamma) / 2.0 / 6.0f64).sqrt();
        assert!((found.0 - expected).abs() < 1e-14 && found.1 == 0);
    }

    #[test]
    fn a_constant_or_short_series_is_refused() {
        let flat = augmented_dickey_fuller(&[2.0; 30], Trend::Constant, Lag::Fixed(1));
        assert_eq!(flat, Err(COLLINEAR));
        let short = augmented_dickey_fuller(&[1.0, 2.0, 4.0, 3.0], Trend::Constant, Lag::Fixed(1));
        assert!(matches!(short, Err(StatisticsError::TooShort { length: 4, minimum: 6, .. })));
        let hole = augmented_dickey_fuller(&[1.0, f64::NAN, 2.0], Trend::Constant, Lag::Fixed(0));
        assert!(matches!(hole, Err(StatisticsError::NotFinite { row: 1, .. })));
    }
}

//! `MacKinnon`'s p-values and critical values of Dickey-Fuller and Engle-Granger t-statistics.

use super::mackinnon_tables::{
    CONSTANT_CRITICAL, CONSTANT_P, LINEAR_CRITICAL, LINEAR_P, NO_TREND_CRITICAL, NO_TREND_P,
    QUADRATIC_CRITICAL, QUADRATIC_P,
};
use crate::normal::cumulative;

/// The deterministic terms of a regression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// None (`n`).
    None,
    /// A constant (`c`).
    Constant,
    /// A constant and a linear trend (`ct`).
    Linear,
    /// A constant, a linear and a quadratic trend (`ctt`).
    Quadratic,
}

impl Trend {
    /// Number of terms.
    pub const fn terms(self) -> usize {
        match self {
            Trend::None => 0,
            Trend::Constant => 1,
            Trend::Linear => 2,
            Trend::Quadratic => 3,
        }
    }
}

/// Most series that the tables cover.
pub const SERIES_MAXIMUM: usize = 6;

/// Probability of a t-statistic this low or lower when there is a unit root. `series` is 1 for a Dickey-Fuller test and
/// the number of series for residuals of a regression. NaN outside 1 to [`SERIES_MAXIMUM`].
pub fn mackinnon_p(t: f64, trend: Trend, series: usize) -> f64 {
    let table = match trend {
        Trend::None => &NO_TREND_P,
        Trend::Constant => &CONSTANT_P,
        Trend::Linear => &LINEAR_P,
        Trend::Quadratic => &QUADRATIC_P,
    };
    let Some(row) = series.checked_sub(1).and_then(|index| table.get(index)) else { return f64::NAN };
    if t > row.maximum {
        return 1.0;
    }
    if t < row.minimum {
        return 0.0;
    }
    let polynomial = if t <= row.split { polynomial(&row.left, t) } else { polynomial(&row.right, t) };
    cumulative(polynomial)
}

/// Critical values at 1, 5 and 10 % for `observations` (infinite for the asymptotic ones). NaN where no table has them:
/// without a constant only one series is covered.
pub fn mackinnon_critical(trend: Trend, series: usize, observations: f64) -> [f64; 3] {
    let table: &[[[f64; 4]; 3]] = match trend {
        Trend::None => &NO_TREND_CRITICAL,
        Trend::Constant => &CONSTANT_CRITICAL,
        Trend::Linear => &LINEAR_CRITICAL,
        Trend::Quadratic => &QUADRATIC_CRITICAL,
    };
    let Some(rows) = series.checked_sub(1).and_then(|index| table.get(index)) else { return [f64::NAN; 3] };
    rows.map(|row| polynomial(&row, 1.0 / observations))
}

fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

//! Engle-Granger: regress the first series on the others, then test the residuals for a unit root without a constant.
//! Conventions are those of statsmodels' `coint`: p-value for the number of series, critical values for one row less
//! than there are.

use super::StatisticsError;
use super::dickey_fuller::{Lag, fixed_or_maximum, shortest, unit_root_t};
use super::error::check_series;
use super::least_squares::ordinary_least_squares;
use super::mackinnon::{SERIES_MAXIMUM, Trend, mackinnon_critical, mackinnon_p};
use super::vectors::{dot, mean, subtract_scaled};

/// 1 - R² below which the residuals are rounding noise: 100 √ε, statsmodels' limit.
const COLLINEAR_LIMIT: f64 = 100.0 * 1.490_116_119_384_765_6e-8;

/// What the test found.
#[derive(Clone, Debug, PartialEq)]
pub struct EngleGranger {
    /// t-statistic of the residuals.
    pub t: f64,
    /// `MacKinnon`'s p-value: small means cointegrated.
    pub p: f64,
    /// Lagged differences used.
    pub lag: usize,
    /// Critical values at 1, 5 and 10 %; NaN without a constant.
    pub critical: [f64; 3],
    /// Coefficients of the other series, the hedge ratios.
    pub hedge_ratios: Vec<f64>,
    /// Constant of the regression, 0 without one.
    pub intercept: f64,
    /// Part of the variance that the regression explains.
    pub r_squared: f64,
}

/// Tests whether `dependent` and `others` (one to five series) are cointegrated.
///
/// # Errors
/// Series of different length, values that are not finite, too few values, more than five others, one series a multiple
/// of the others.
pub fn engle_granger(
    dependent: &[f64],
    others: &[&[f64]],
    trend: Trend,
    lag: Lag,
) -> Result<EngleGranger, StatisticsError> {
    if others.is_empty() || others.len() >= SERIES_MAXIMUM {
        let value = others.len() as f64;
        return Err(StatisticsError::Parameter {
            name: "the number of other series",
            expected: "1 to 5",
            value,
        });
    }
    let mut all = vec![dependent];
    all.extend_from_slice(others);
    let rows = dependent.len();
    let needed =
        shortest(Trend::None, fixed_or_maximum(rows, Trend::None, lag)).max(all.len() + trend.terms() + 2);
    check_series(&all, needed, "the cointegration test")?;
    let time: Vec<Vec<f64>> = (0..trend.terms())
        .map(|power| (1..=rows).map(|row| (row as f64).powi(power as i32)).collect())
        .collect();
    // The means are taken out where a constant puts them back: prices far from zero keep their digits.
    let means: Vec<f64> =
        all.iter().map(|series| if trend == Trend::None { 0.0 } else { mean(series) }).collect();
    let centred: Vec<Vec<f64>> = all
        .iter()
        .zip(&means)
        .map(|(series, mean)| series.iter().map(|value| value - mean).collect())
        .collect();
    let columns: Vec<&[f64]> = centred[1..].iter().chain(&time).map(Vec::as_slice).collect();
    let fit = ordinary_least_squares(&centred[0], &columns)?;
    let total = dot(&centred[0], &centred[0]);
    if total == 0.0 || fit.residual_sum / total <= COLLINEAR_LIMIT {
        return Err(StatisticsError::Collinear { what: "the cointegration test" });
    }
    let mut residuals = centred[0].clone();
    for (column, coefficient) in columns.iter().zip(&fit.coefficients) {
        subtract_scaled(&mut residuals, *coefficient, column);
    }
    let (t, lag) = unit_root_t(&residuals, Trend::None, lag)?;
    let hedge_ratios = fit.coefficients[..others.len()].to_vec();
    let constant = fit.coefficients.get(others.len()).copied().unwrap_or(0.0);
    let critical = match trend {
        Trend::None => [f64::NAN; 3],
        _ => mackinnon_critical(trend, all.len(), (rows - 1) as f64),
    };
    Ok(EngleGranger {
        t,
        p: mackinnon_p(t, trend, all.len()),
        lag,
        critical,
        intercept: constant + means[0]
            - hedge_ratios.iter().zip(&means[1..]).map(|(b, m)| b * m).sum::<f64>(),
        hedge_ratios,
        r_squared: 1.0 - fit.residual_sum / total,
    })
}

//! Against buying at the start and holding.

use super::daily::{changes, resample};
use super::returns::{covariances, growth_of_a_year, moments, sharpe, total_return};
use super::{BenchmarkColumn, EquityColumns, drawdown};

/// What the comparison says; NaN where there is nothing to compare.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Return of holding.
    pub total_return: f64,
    /// The same a year.
    pub cagr: f64,
    /// Deepest fall of the price, on every bar.
    pub max_drawdown: f64,
    /// Sharpe ratio of holding.
    pub sharpe: f64,
    /// Gain a year that does not come from the market: `(mean − β × mean of the market) × periods`.
    pub alpha: f64,
    /// How much of the market's moves the strategy makes with it.
    pub beta: f64,
    /// Correlation of the daily returns.
    pub correlation: f64,
    /// Standard deviation a year of the difference in returns.
    pub tracking_error: f64,
    /// Mean difference in returns over that deviation, a year.
    pub information_ratio: f64,
    /// The price at each day's end.
    pub daily: Vec<f64>,
}

/// Compares the daily returns of a run with those of holding.
pub fn compare(
    columns: &EquityColumns,
    returns: &[f64],
    benchmark: &BenchmarkColumn,
    has_start: bool,
    periods_per_year: f64,
) -> Comparison {
    let start = has_start.then(|| benchmark.start.or(benchmark.price.first().copied())).flatten();
    let daily = resample(columns.time_ms, benchmark.price, None).equity;
    let market = changes(&daily, start);
    let shape = moments(&market);
    let total = total_return(&market);
    let (covariance, own, others) = covariances(returns, &market);
    let beta = covariance / others;
    let mean = returns.iter().sum::<f64>() / returns.len() as f64;
    let difference: Vec<f64> = returns.iter().zip(&market).map(|(left, right)| left - right).collect();
    let gap = moments(&difference);
    let falls = drawdown::drawdowns(columns.time_ms, benchmark.price, start, 1);
    Comparison {
        total_return: total,
        cagr: growth_of_a_year(total, market.len(), periods_per_year),
        max_drawdown: falls.deepest.first().map_or(0.0, |fall| fall.depth),
        sharpe: sharpe(&shape, periods_per_year),
        alpha: (mean - beta * shape.mean) * periods_per_year,
        beta,
        correlation: covariance / (own * others).sqrt(),
        tracking_error: gap.deviation * periods_per_year.sqrt(),
        information_ratio: sharpe(&gap, periods_per_year),
        daily,
    }
}

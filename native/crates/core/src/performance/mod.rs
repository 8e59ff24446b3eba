//! How good a run was: every figure of a report, from an equity column and the columns of its trades.
//!
//! - [`Performance`]: all of it for one run; [`METRIC_IDS`]: the figures in their order
//! - [`daily`]: equity at the end of each day (UTC), returns; [`calendar`]: months and years; [`rolling`]: moving windows
//! - [`drawdown`]: falls from a peak, on every bar; [`returns`]: Sharpe, Sortino and their like on daily returns
//! - [`significance`]: probabilistic and deflated Sharpe ratio; [`trades`]: what round trips say; [`benchmark`]: against
//!   buying and holding; [`drawn`]: the rows a picture needs
//!
//! Ratios are fractions (0.1 is 10 %), drawdowns negative fractions. A figure that has no value (no trades, a flat
//! series, nothing lost to divide by) is NaN here and null outside. Markets that trade every day have 365 periods a year.

pub mod benchmark;
pub mod calendar;
pub mod daily;
pub mod drawdown;
pub mod drawn;
pub mod returns;
pub mod rolling;
pub mod significance;
pub mod trades;

mod assemble;
mod ids;

pub use assemble::Performance;
pub use ids::METRIC_IDS;
pub use trades::TradeColumns;

/// Days of a year: crypto markets do not close.
pub const DAYS_PER_YEAR: f64 = 365.0;

/// Equity at the close of each bar.
#[derive(Clone, Copy, Debug)]
pub struct EquityColumns<'a> {
    /// Close times of the bars, epoch milliseconds UTC, rising.
    pub time_ms: &'a [f64],
    /// Money plus open positions.
    pub equity: &'a [f64],
    /// Signed value of the position over equity; empty when it is not known.
    pub exposure: &'a [f64],
}

/// A price to compare with: what buying at the start and holding would have given.
#[derive(Clone, Copy, Debug)]
pub struct BenchmarkColumn<'a> {
    /// One price for each row of the equity.
    pub price: &'a [f64],
    /// Price when the run began; the first row's when not given.
    pub start: Option<f64>,
}

/// What the figures rest on besides the columns.
#[derive(Clone, Copy, Debug)]
pub struct PerformanceSettings {
    /// Money the run began with. Without it the series begins with its first day, whose return is then not known.
    pub start_equity: Option<f64>,
    /// Periods a year of the daily returns.
    pub periods_per_year: f64,
    /// Days of the moving windows.
    pub rolling_days: usize,
    /// How many parameter sets were tried before this one was chosen; 1 when it was not chosen.
    pub trials: f64,
    /// Variance of the trials' daily Sharpe ratios, where it is known.
    pub trial_variance: Option<f64>,
    /// Whether the rows that pictures need are looked for too.
    pub pictures: bool,
}

impl Default for PerformanceSettings {
    fn default() -> Self {
        Self {
            start_equity: None,
            periods_per_year: DAYS_PER_YEAR,
            rolling_days: 90,
            trials: 1.0,
            trial_variance: None,
            pictures: false,
        }
    }
}

/// Columns that cannot be worked with; the message names column and row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PerformanceError(pub String);

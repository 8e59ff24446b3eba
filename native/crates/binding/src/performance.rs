//! Figures of a report.

use crate::arguments::{bad_argument, check_disjoint, count, output};
use napi::Result;
use napi::bindgen_prelude::{Float64ArraySlice, Int8ArraySlice, Uint8ArraySlice};
use napi_derive::napi;
use sextant_core::performance::{
    BenchmarkColumn, EquityColumns, METRIC_IDS, Performance, PerformanceSettings, TradeColumns,
};

/// Equity at the close of each bar, in arrays of one length.
#[napi(object, object_to_js = false)]
pub struct EquityArrays<'a> {
    /// Close times, epoch milliseconds UTC.
    pub time_ms: Float64ArraySlice<'a>,
    /// Money plus open positions.
    pub equity: Float64ArraySlice<'a>,
    /// Signed value of the position over equity.
    pub exposure: Float64ArraySlice<'a>,
}

/// Round trips, in arrays of one length.
#[napi(object, object_to_js = false)]
pub struct TradeArrays<'a> {
    /// 1 long, -1 short.
    pub side: Int8ArraySlice<'a>,
    /// Begin.
    pub entry_time_ms: Float64ArraySlice<'a>,
    /// End.
    pub exit_time_ms: Float64ArraySlice<'a>,
    /// Base currency traded.
    pub quantity: Float64ArraySlice<'a>,
    /// Average price in.
    pub entry_price: Float64ArraySlice<'a>,
    /// Average price out.
    pub exit_price: Float64ArraySlice<'a>,
    /// Fees paid, positive.
    pub fees: Float64ArraySlice<'a>,
    /// Funding, negative when paid.
    pub funding: Float64ArraySlice<'a>,
    /// Cost of slippage, positive.
    pub slippage: Float64ArraySlice<'a>,
    /// Profit after fees and funding.
    pub profit: Float64ArraySlice<'a>,
    /// Profit over entry value.
    pub profit_ratio: Float64ArraySlice<'a>,
    /// Worst excursion.
    pub mae: Float64ArraySlice<'a>,
    /// Best excursion.
    pub mfe: Float64ArraySlice<'a>,
    /// Why it ended; 0 when it did not.
    pub exit_reason: Uint8ArraySlice<'a>,
}

/// What the figures rest on.
#[napi(object)]
#[derive(Debug)]
pub struct PerformanceOptions {
    /// Money at the start; without it the first day has no return.
    pub start_equity: Option<f64>,
    /// Periods a year of daily returns.
    pub periods_per_year: f64,
    /// Days of the moving windows.
    pub rolling_days: f64,
    /// Parameter sets tried before this one was chosen.
    pub trials: f64,
    /// Variance of their daily Sharpe ratios.
    pub trial_variance: Option<f64>,
    /// Whether the rows that pictures need are looked for too.
    pub pictures: bool,
    /// Price of the benchmark when the run began.
    pub benchmark_start: Option<f64>,
}

/// Return of a month, or of a year with month 0.
#[napi(object)]
#[derive(Debug)]
pub struct PeriodRow {
    /// Year.
    pub year: i32,
    /// Month from 1, or 0.
    pub month: i32,
    /// Return.
    pub value: f64,
    /// Days of it in the series.
    pub days: u32,
}

/// One of the deepest falls; rows of the equity.
#[napi(object)]
#[derive(Debug)]
pub struct DrawdownRow {
    /// Row of the peak.
    pub peak_row: u32,
    /// Row of the lowest value.
    pub trough_row: u32,
    /// Row that reached the peak again.
    pub recovery_row: Option<u32>,
    /// Depth, negative.
    pub depth: f64,
}

/// Rows that pictures of the columns need.
#[napi(object)]
#[derive(Debug)]
pub struct DrawnRows {
    /// Of the equity.
    pub equity: Vec<u32>,
    /// Of the fall from the peak, by bar.
    pub falls: Vec<u32>,
    /// The falls at those rows.
    pub fall_values: Vec<f64>,
    /// Of the benchmark.
    pub benchmark: Vec<u32>,
    /// Of the rolling Sharpe ratio, by day.
    pub rolling_sharpe: Vec<u32>,
}

/// Columns with one value a day, to fill. Those of returns are one shorter where the start is not known.
#[napi(object, object_to_js = false)]
pub struct DailyArrays<'a> {
    /// Equity at the end of the day.
    pub equity: Float64ArraySlice<'a>,
    /// Fall below the highest day.
    pub underwater: Float64ArraySlice<'a>,
    /// Price of the benchmark; empty without one.
    pub benchmark: Float64ArraySlice<'a>,
    /// Return of the day.
    pub returns: Float64ArraySlice<'a>,
    /// Sharpe ratio of the window up to the day.
    pub rolling_sharpe: Float64ArraySlice<'a>,
    /// Volatility of the window.
    pub rolling_volatility: Float64ArraySlice<'a>,
}

macro_rules! opaque_debug {
    ($name:ident, $column:ident) => {
        impl std::fmt::Debug for $name<'_> {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.debug_struct(stringify!($name)).field("rows", &self.$column.len()).finish()
            }
        }
    };
}
opaque_debug!(EquityArrays, time_ms);
opaque_debug!(TradeArrays, side);
opaque_debug!(DailyArrays, equity);

/// Names of the figures, in the order of `values`.
#[napi]
pub fn performance_metrics() -> Vec<String> {
    METRIC_IDS.iter().map(|&id| id.to_owned()).collect()
}

/// Everything a report shows of a run.
#[napi]
#[derive(Debug)]
pub struct PerformanceReport {
    found: Performance,
}

#[napi]
impl PerformanceReport {
    /// Works out all figures.
    #[napi(factory, catch_unwind)]
    pub fn of(
        equity: EquityArrays,
        trades: TradeArrays,
        benchmark: Option<Float64ArraySlice>,
        options: PerformanceOptions,
    ) -> Result<Self> {
        let settings = PerformanceSettings {
            start_equity: options.start_equity,
            periods_per_year: options.periods_per_year,
            rolling_days: count("rollingDays", options.rolling_days)?,
            trials: options.trials,
            trial_variance: options.trial_variance,
            pictures: options.pictures,
        };
        let columns =
            EquityColumns { time_ms: &equity.time_ms, equity: &equity.equity, exposure: &equity.exposure };
        let trades = TradeColumns {
            side: &trades.side,
            entry_time_ms: &trades.entry_time_ms,
            exit_time_ms: &trades.exit_time_ms,
            quantity: &trades.quantity,
            entry_price: &trades.entry_price,
            exit_price: &trades.exit_price,
            fees: &trades.fees,
            funding: &trades.funding,
            slippage: &trades.slippage,
            profit: &trades.profit,
            profit_ratio: &trades.profit_ratio,
            mae: &trades.mae,
            mfe: &trades.mfe,
            exit_reason: &trades.exit_reason,
        };
        let benchmark =
            benchmark.as_ref().map(|price| BenchmarkColumn { price, start: options.benchmark_start });
        let found =
            Performance::of(&columns, &trades, benchmark.as_ref(), &settings).map_err(bad_argument)?;
        Ok(PerformanceReport { found })
    }

    /// The figures, one for each name of `performanceMetrics`; NaN or infinite where there is none.
    #[napi(getter)]
    pub fn values(&self) -> Vec<f64> {
        self.found.values.clone()
    }

    /// Number of the first day, counted from 1970-01-01.
    #[napi(getter)]
    pub fn first_day(&self) -> f64 {
        self.found.daily.first_day as f64
    }

    /// Number of days.
    #[napi(getter)]
    pub fn days(&self) -> u32 {
        self.found.daily.equity.len() as u32
    }

    /// Days without a bar.
    #[napi(getter)]
    pub fn empty_days(&self) -> u32 {
        self.found.daily.empty_days as u32
    }

    /// Number of daily returns: the days, or one fewer.
    #[napi(getter)]
    pub fn returns(&self) -> u32 {
        self.found.daily.returns.len() as u32
    }

    /// Fills the columns by day.
    #[napi(catch_unwind)]
    pub fn fill(&self, mut out: DailyArrays) -> Result<()> {
        check_disjoint(
            &[],
            &[
                &out.equity,
                &out.underwater,
                &out.benchmark,
                &out.returns,
                &out.rolling_sharpe,
                &out.rolling_volatility,
            ],
        )?;
        let found = &self.found;
        let columns = [
            (&mut out.equity, &found.daily.equity),
            (&mut out.underwater, &found.underwater),
            (&mut out.benchmark, &found.benchmark),
            (&mut out.returns, &found.daily.returns),
            (&mut out.rolling_sharpe, &found.rolling.sharpe),
            (&mut out.rolling_volatility, &found.rolling.volatility),
        ];
        for (array, column) in columns {
            if array.len() != column.len() {
                return Err(bad_argument(format!("a column has {} rows, not {}", array.len(), column.len())));
            }
            // SAFETY: just checked to share no memory.
            unsafe { output(array) }.copy_from_slice(column);
        }
        Ok(())
    }

    /// Returns by month.
    #[napi(getter)]
    pub fn months(&self) -> Vec<PeriodRow> {
        self.found.months.iter().map(period).collect()
    }

    /// Returns by year.
    #[napi(getter)]
    pub fn years(&self) -> Vec<PeriodRow> {
        self.found.years.iter().map(period).collect()
    }

    /// Rows that pictures of the columns need.
    #[napi(getter)]
    pub fn drawn(&self) -> DrawnRows {
        let drawn = &self.found.drawn;
        DrawnRows {
            equity: drawn.equity.clone(),
            falls: drawn.falls.clone(),
            fall_values: drawn.fall_values.clone(),
            benchmark: drawn.benchmark.clone(),
            rolling_sharpe: drawn.rolling.clone(),
        }
    }

    /// The deepest falls.
    #[napi(getter)]
    pub fn drawdowns(&self) -> Vec<DrawdownRow> {
        let row = |fall: &sextant_core::performance::drawdown::Drawdown| DrawdownRow {
            peak_row: fall.peak_row as u32,
            trough_row: fall.trough_row as u32,
            recovery_row: fall.recovery_row.map(|row| row as u32),
            depth: fall.depth,
        };
        self.found.drawdowns.iter().map(row).collect()
    }
}

fn period(found: &sextant_core::performance::calendar::PeriodReturn) -> PeriodRow {
    PeriodRow {
        year: found.year as i32,
        month: found.month as i32,
        value: found.value,
        days: found.days as u32,
    }
}

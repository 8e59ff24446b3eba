//! Backtests of rule sets over columns: many parameter sets as a task, one in full at once.

use crate::arguments::{bad_argument, check_disjoint, coded, count, guarded, output};
use crate::control::{ControlState, TaskControl};
use napi::bindgen_prelude::{
    AsyncTask, Float64Array, Float64ArraySlice, Int8ArraySlice, Int32ArraySlice, Uint8ArraySlice,
};
use napi::{Env, Result, Task};
use napi_derive::napi;
use sextant_core::sweep::{
    EquityColumns, Fill, FullRun, Intrabar, MarketRules, RuleSet, RunOptions, SUMMARY_FIELDS, Series,
    SweepError, SweepOptions, run_once, sweep,
};
use std::sync::Arc;

pub(crate) fn sweep_error(error: SweepError) -> napi::Error {
    match error {
        SweepError::Cancelled => coded("CANCELLED", error),
        SweepError::Price { .. } | SweepError::Length { .. } => coded("BAD_ROWS", error),
        _ => bad_argument(error),
    }
}

/// Columns of one market and what holds for it.
#[napi(object, object_to_js = false)]
pub struct SweepSeries<'a> {
    /// Open times, epoch milliseconds.
    pub open_time_ms: Float64ArraySlice<'a>,
    /// First prices.
    pub open: Float64ArraySlice<'a>,
    /// Highest prices.
    pub high: Float64ArraySlice<'a>,
    /// Lowest prices.
    pub low: Float64ArraySlice<'a>,
    /// Last prices.
    pub close: Float64ArraySlice<'a>,
    /// Traded quantities.
    pub volume: Float64ArraySlice<'a>,
    /// Rows at whose open funding is paid; half a row more where that is after the fills of the open.
    pub funding_row: Float64ArraySlice<'a>,
    /// Rate of each payment.
    pub funding_rate: Float64ArraySlice<'a>,
    /// Price step.
    pub tick_size: f64,
    /// Quantity step; 0: any quantity.
    pub lot_size: f64,
    /// Fewest lots of an order.
    pub minimum_lots: f64,
    /// Most lots of an order.
    pub maximum_lots: f64,
    /// Least value of an entry.
    pub minimum_notional: f64,
    /// Taker fee, a fraction.
    pub taker_fee: f64,
    /// Whether it is a perpetual.
    pub perpetual: bool,
    /// Leverage of the account.
    pub leverage: f64,
    /// Maintenance margin, a fraction.
    pub maintenance_rate: f64,
    /// Length of a candle.
    pub timeframe_ms: f64,
}

impl std::fmt::Debug for SweepSeries<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SweepSeries").field("rows", &self.open_time_ms.len()).finish_non_exhaustive()
    }
}

impl SweepSeries<'_> {
    pub(crate) fn rules(&self) -> MarketRules {
        MarketRules {
            tick_size: self.tick_size,
            lot_size: self.lot_size,
            minimum_lots: self.minimum_lots,
            maximum_lots: self.maximum_lots,
            minimum_notional: self.minimum_notional,
            taker_fee: self.taker_fee,
            perpetual: self.perpetual,
            leverage: self.leverage,
            maintenance_rate: self.maintenance_rate,
            timeframe_ms: self.timeframe_ms,
        }
    }

    pub(crate) fn columns(&self) -> [&[f64]; 8] {
        [
            &self.open_time_ms,
            &self.open,
            &self.high,
            &self.low,
            &self.close,
            &self.volume,
            &self.funding_row,
            &self.funding_rate,
        ]
    }
}

pub(crate) fn series_of(columns: [&[f64]; 8], rules: MarketRules) -> Result<Series<'_>> {
    let [time_ms, open, high, low, close, volume, funding_row, funding_rate] = columns;
    let mut before = 0.0;
    for &row in funding_row {
        if !(row >= before && row < time_ms.len() as f64 && (row * 2.0).fract() == 0.0) {
            return Err(bad_argument(format!("fundingRow must rise and name candles, got {row}")));
        }
        before = row;
    }
    Ok(Series { time_ms, open, high, low, close, volume, funding_row, funding_rate, rules })
}

/// Assumptions of a run and how a sweep is worked through.
#[napi(object, object_to_js = false)]
#[derive(Debug)]
pub struct SweepSettings {
    /// Money at the beginning.
    pub capital: f64,
    /// What a taker fill loses, a fraction.
    pub slippage: f64,
    /// `next-open` or `close`.
    pub fill: String,
    /// `adverse-first`, `by-direction`, `open-low-high-close` or `open-high-low-close`.
    pub intrabar: String,
    /// The first candle at whose close a decision is made.
    pub first_row: f64,
    /// Share of the money an entry leaves where the rules name none.
    pub reserve: f64,
    /// Whether drawdown and Sharpe ratio are wanted.
    pub statistics: bool,
    /// Threads; 0: one a core.
    pub threads: f64,
}

impl SweepSettings {
    pub(crate) fn options(&self) -> Result<SweepOptions> {
        let fill = match self.fill.as_str() {
            "next-open" => Fill::NextOpen,
            "close" => Fill::Close,
            other => return Err(bad_argument(format!("there is no fill convention \"{other}\""))),
        };
        let intrabar = match self.intrabar.as_str() {
            "adverse-first" => Intrabar::AdverseFirst,
            "by-direction" => Intrabar::ByDirection,
            "open-low-high-close" => Intrabar::LowFirst,
            "open-high-low-close" => Intrabar::HighFirst,
            other => return Err(bad_argument(format!("there is no intrabar policy \"{other}\""))),
        };
        let run = RunOptions {
            capital: self.capital,
            slippage: self.slippage,
            fill,
            intrabar,
            first_row: count("firstRow", self.first_row)?,
        };
        if !(0.0..=0.5).contains(&self.reserve) {
            return Err(bad_argument(format!("reserve must be between 0 and 0.5, got {}", self.reserve)));
        }
        let threads = count("threads", self.threads)?.min(256);
        Ok(SweepOptions { run, statistics: self.statistics, reserve: self.reserve, threads })
    }
}

/// Names of the numbers a sweep gives for each run, in their order.
#[napi(catch_unwind)]
pub fn sweep_fields() -> Vec<String> {
    SUMMARY_FIELDS.iter().map(|&name| name.to_owned()).collect()
}

/// Runs every parameter set over every series. `sets` has the values of the parameters `names`, set after set. Gives the
/// numbers named by `sweepFields`: series after series, set after set.
#[napi(catch_unwind, ts_return_type = "Promise<Float64Array>")]
pub fn sweep_rules(
    series: Vec<SweepSeries>,
    rules: String,
    names: Vec<String>,
    sets: Float64ArraySlice,
    settings: SweepSettings,
    control: &TaskControl,
) -> Result<AsyncTask<SweepTask>> {
    let rules = RuleSet::from_json(&rules).map_err(sweep_error)?;
    if !names.is_empty() && !sets.len().is_multiple_of(names.len()) {
        return Err(bad_argument(format!("{} values are not whole sets of {}", sets.len(), names.len())));
    }
    let mut copies = Vec::with_capacity(series.len());
    for series in &series {
        series_of(series.columns(), series.rules())?;
        copies.push((series.columns().map(<[f64]>::to_vec), series.rules()));
    }
    Ok(AsyncTask::new(SweepTask {
        series: copies,
        rules,
        names,
        sets: sets.to_vec(),
        options: settings.options()?,
        control: Arc::clone(&control.state),
    }))
}

/// One sweep on background threads.
#[derive(Debug)]
pub struct SweepTask {
    series: Vec<([Vec<f64>; 8], MarketRules)>,
    rules: RuleSet,
    names: Vec<String>,
    sets: Vec<f64>,
    options: SweepOptions,
    control: Arc<ControlState>,
}

impl Task for SweepTask {
    type Output = Vec<f64>;
    type JsValue = Float64Array;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let series = self
                .series
                .iter()
                .map(|(columns, rules)| series_of(columns.each_ref().map(Vec::as_slice), *rules))
                .collect::<Result<Vec<_>>>()?;
            sweep(&series, &self.rules, &self.names, &self.sets, &self.options, |done, total| {
                self.control.advance(done, total)
            })
            .map_err(sweep_error)
        })
    }

    fn resolve(&mut self, _env: Env, numbers: Self::Output) -> Result<Self::JsValue> {
        // Copied where the host takes no memory from outside its heap.
        Ok(Float64Array::new(numbers))
    }
}

/// Columns for the round trips of a run; each as long as there are trades.
#[napi(object, object_to_js = false)]
pub struct TradeArrays<'a> {
    /// 1 long, -1 short.
    pub side: Int8ArraySlice<'a>,
    /// Time of the entry.
    pub entry_time_ms: Float64ArraySlice<'a>,
    /// Time of the exit.
    pub exit_time_ms: Float64ArraySlice<'a>,
    /// Candle of the entry.
    pub entry_bar: Int32ArraySlice<'a>,
    /// Candle of the exit.
    pub exit_bar: Int32ArraySlice<'a>,
    /// Base currency.
    pub quantity: Float64ArraySlice<'a>,
    /// Price of the entry.
    pub entry_price: Float64ArraySlice<'a>,
    /// Price of the exit.
    pub exit_price: Float64ArraySlice<'a>,
    /// Fees.
    pub fees: Float64ArraySlice<'a>,
    /// Funding.
    pub funding: Float64ArraySlice<'a>,
    /// Slippage.
    pub slippage: Float64ArraySlice<'a>,
    /// Net profit.
    pub profit: Float64ArraySlice<'a>,
    /// Profit over the value of the entry.
    pub profit_ratio: Float64ArraySlice<'a>,
    /// Worst price, a ratio.
    pub mae: Float64ArraySlice<'a>,
    /// Best price, a ratio.
    pub mfe: Float64ArraySlice<'a>,
    /// Number of the reason.
    pub exit_reason: Uint8ArraySlice<'a>,
}

impl std::fmt::Debug for TradeArrays<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TradeArrays").field("rows", &self.side.len()).finish_non_exhaustive()
    }
}

/// One run in full; its tables are read into arrays of the caller.
#[napi]
#[derive(Debug)]
pub struct RuleRun(FullRun);

fn copy<T: Copy>(name: &str, from: &[T], to: &mut [T]) -> Result<()> {
    if from.len() != to.len() {
        return Err(bad_argument(format!("{name} has {} rows, not {}", to.len(), from.len())));
    }
    to.copy_from_slice(from);
    Ok(())
}

#[napi]
impl RuleRun {
    /// Runs the rules once, with the values their parameters have, and fills the columns of the account at each close; with
    /// three empty columns it leaves them out.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        series: SweepSeries,
        rules: String,
        settings: SweepSettings,
        mut time_ms: Float64ArraySlice,
        mut equity: Float64ArraySlice,
        mut exposure: Float64ArraySlice,
    ) -> Result<Self> {
        let rules = RuleSet::from_json(&rules).map_err(sweep_error)?;
        let market = series_of(series.columns(), series.rules())?;
        check_disjoint(&series.columns(), &[&time_ms, &equity, &exposure])?;
        let wanted = !(time_ms.is_empty() && equity.is_empty() && exposure.is_empty());
        // SAFETY: just checked.
        let columns = unsafe {
            EquityColumns {
                time_ms: output(&mut time_ms),
                equity: output(&mut equity),
                exposure: output(&mut exposure),
            }
        };
        run_once(&market, &rules, &settings.options()?, wanted.then_some(columns))
            .map(RuleRun)
            .map_err(sweep_error)
    }

    /// Number of round trips.
    #[napi(getter)]
    pub fn trades(&self) -> u32 {
        self.0.trades.side.len() as u32
    }

    /// Money and position at the end.
    #[napi(getter)]
    pub fn final_equity(&self) -> f64 {
        self.0.final_equity
    }

    /// Orders sent, orders filled, entries refused, liquidations, entries too small for the venue.
    #[napi(getter)]
    pub fn counts(&self) -> Vec<u32> {
        let counts = &self.0.counts;
        vec![counts.orders, counts.fills, counts.refused_entries, counts.liquidations, counts.too_small]
    }

    /// Fills the columns with the round trips.
    #[napi(catch_unwind)]
    pub fn read_trades(&self, mut out: TradeArrays) -> Result<()> {
        let from = &self.0.trades;
        // SAFETY: each array is written by itself and no other slice of one is alive then; arrays that share memory would
        // only overwrite each other.
        unsafe {
            copy("side", &from.side, out.side.as_mut())?;
            copy("entryBar", &from.entry_bar, out.entry_bar.as_mut())?;
            copy("exitBar", &from.exit_bar, out.exit_bar.as_mut())?;
            copy("exitReason", &from.exit_reason, out.exit_reason.as_mut())?;
            copy("entryTimeMs", &from.entry_time_ms, output(&mut out.entry_time_ms))?;
            copy("exitTimeMs", &from.exit_time_ms, output(&mut out.exit_time_ms))?;
            copy("quantity", &from.quantity, output(&mut out.quantity))?;
            copy("entryPrice", &from.entry_price, output(&mut out.entry_price))?;
            copy("exitPrice", &from.exit_price, output(&mut out.exit_price))?;
            copy("fees", &from.fees, output(&mut out.fees))?;
            copy("funding", &from.funding, output(&mut out.funding))?;
            copy("slippage", &from.slippage, output(&mut out.slippage))?;
            copy("profit", &from.profit, output(&mut out.profit))?;
            copy("profitRatio", &from.profit_ratio, output(&mut out.profit_ratio))?;
            copy("mae", &from.mae, output(&mut out.mae))?;
            copy("mfe", &from.mfe, output(&mut out.mfe))
        }
    }
}

//! Backtests of rule sets over one series, of which figures alone are given.

use crate::arguments::{bad_argument, check_disjoint, count, output};
use crate::sweep::{SweepSeries, SweepSettings, series_of, sweep_error};
use napi::Result;
use napi::bindgen_prelude::Float64ArraySlice;
use napi_derive::napi;
use sextant_core::sweep::{MarketRules, RuleSet, TrialError, Trials};

/// Columns of one market.
#[napi(object, object_to_js = false)]
pub struct SweepColumns<'a> {
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
}

impl std::fmt::Debug for SweepColumns<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("SweepColumns").field("rows", &self.open_time_ms.len()).finish()
    }
}

/// Runs of different rules over one series, of which figures are given.
#[napi]
#[derive(Debug)]
pub struct RuleTrials {
    trials: Trials,
    rules: MarketRules,
}

#[napi]
impl RuleTrials {
    /// Checks the series and prepares what its runs share.
    #[napi(constructor, catch_unwind)]
    pub fn new(series: SweepSeries, settings: SweepSettings) -> Result<Self> {
        let rules = series.rules();
        let market = series_of(series.columns(), rules)?;
        let trials = Trials::new(&market, settings.options()?).map_err(sweep_error)?;
        Ok(RuleTrials { trials, rules })
    }

    /// Runs the rules once, with the values their parameters have, over the columns of the series this was made for. Fills
    /// `out` with the figures of `performanceMetrics`, the least value of an exit, and the equity at each of `rows`, counted
    /// from the first decided candle.
    #[napi(catch_unwind)]
    pub fn run(
        &mut self,
        columns: SweepColumns,
        rules: String,
        rows: Float64ArraySlice,
        mut out: Float64ArraySlice,
    ) -> Result<()> {
        let rules = RuleSet::from_json(&rules).map_err(sweep_error)?;
        let read: [&[f64]; 8] = [
            &columns.open_time_ms,
            &columns.open,
            &columns.high,
            &columns.low,
            &columns.close,
            &columns.volume,
            &columns.funding_row,
            &columns.funding_rate,
        ];
        let market = series_of(read, self.rules)?;
        let trial = self.trials.run(&market, &rules).map_err(|error| match error {
            TrialError::Sweep(error) => sweep_error(error),
            TrialError::Performance(error) => bad_argument(error),
        })?;
        let mut found = trial.figures;
        found.push(trial.least_exit);
        for &row in rows.as_ref() {
            let row = count("rows", row)?;
            let equity = trial.equity.get(row);
            found.push(*equity.ok_or_else(|| bad_argument(format!("there is no row {row}")))?);
        }
        if out.len() != found.len() {
            return Err(bad_argument(format!("out has {} rows, not {}", out.len(), found.len())));
        }
        check_disjoint(&read, &[&out])?;
        // SAFETY: just checked to share no memory with what was read; `rows` is not read any more.
        unsafe { output(&mut out) }.copy_from_slice(&found);
        Ok(())
    }
}

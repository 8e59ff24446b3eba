//! Chance applied to a backtest, as tasks on other threads with progress and cancel.

use crate::arguments::{CandleArrays, bad_argument, check_disjoint, coded, count, guarded, row_number};
use crate::control::{ControlState, TaskControl};
use napi::bindgen_prelude::{AsyncTask, Float64ArraySlice, Int8ArraySlice, Int32ArraySlice};
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use sextant_core::robustness::RobustnessError;
use sextant_core::robustness::candles::{Resampling, resample_candles};
use sextant_core::robustness::monte_carlo::{self, Method, Settings};
use sextant_core::robustness::significance::{self, RuleTrades};
use std::sync::Arc;

fn robustness_error(error: RobustnessError) -> Error {
    match error {
        RobustnessError::Bad(message) => bad_argument(message),
        RobustnessError::Stopped => coded("CANCELLED", "stopped before the end"),
    }
}

/// How a Monte Carlo analysis runs.
#[napi(object)]
#[derive(Debug)]
pub struct MonteCarloOptions {
    /// shuffle, bootstrap, blocks or missed.
    pub method: String,
    /// Returns in a block, for blocks.
    pub block_length: Option<f64>,
    /// Probability of missing a trade, for missed.
    pub miss_probability: Option<f64>,
    /// Number of runs.
    pub runs: f64,
    /// Seed of all chance.
    pub seed: f64,
    /// Threads; 0 is one a core.
    pub threads: f64,
    /// Points of the fan; 0 is none.
    pub fan_points: f64,
    /// Drawdown that counts as ruin, a positive fraction.
    pub ruin: f64,
}

/// Final value (1 at the start) and deepest drawdown.
#[napi(object)]
#[derive(Debug)]
pub struct OutcomeValues {
    /// Value at the end.
    pub final_value: f64,
    /// Deepest fall, 0 or negative.
    pub max_drawdown: f64,
}

/// What the runs came to; lists of five are the percentiles 5, 25, 50, 75 and 95.
#[napi(object)]
#[derive(Debug)]
pub struct MonteCarloResult {
    /// The returns as they were.
    pub original: OutcomeValues,
    /// Share of runs that ended below the original; NaN for a shuffle.
    pub final_rank: f64,
    /// Share of runs with a deeper drawdown.
    pub drawdown_rank: f64,
    /// Final values.
    pub final_percentiles: Vec<f64>,
    /// Mean final value.
    pub final_mean: f64,
    /// Drawdowns.
    pub drawdown_percentiles: Vec<f64>,
    /// Share of runs that lost money.
    pub loss_share: f64,
    /// Share of runs that came to ruin.
    pub ruin_share: f64,
    /// Returns passed at each point of the fan.
    pub fan_steps: Vec<u32>,
    /// Values at these points, five each, one after another.
    pub fan: Vec<f64>,
}

/// A Monte Carlo analysis on other threads.
#[derive(Debug)]
pub struct MonteCarloTask {
    returns: Vec<f64>,
    settings: Settings,
    control: Arc<ControlState>,
}

impl Task for MonteCarloTask {
    type Output = monte_carlo::MonteCarlo;
    type JsValue = MonteCarloResult;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let advance = |done, total| self.control.advance(done, total);
            monte_carlo::monte_carlo(&self.returns, &self.settings, advance).map_err(robustness_error)
        })
    }

    fn resolve(&mut self, _env: Env, found: Self::Output) -> Result<Self::JsValue> {
        Ok(MonteCarloResult {
            original: OutcomeValues {
                final_value: found.original.final_value,
                max_drawdown: found.original.max_drawdown,
            },
            final_rank: found.final_rank,
            drawdown_rank: found.drawdown_rank,
            final_percentiles: found.final_percentiles.to_vec(),
            final_mean: found.final_mean,
            drawdown_percentiles: found.drawdown_percentiles.to_vec(),
            loss_share: found.loss_share,
            ruin_share: found.ruin_share,
            fan_steps: found.fan_steps.iter().map(|&step| step as u32).collect(),
            fan: found.fan.concat(),
        })
    }
}

fn method_of(options: &MonteCarloOptions) -> Result<Method> {
    match options.method.as_str() {
        "shuffle" => Ok(Method::Shuffle),
        "bootstrap" => Ok(Method::Bootstrap),
        "blocks" => {
            let length = options.block_length.ok_or_else(|| bad_argument("blockLength is missing"))?;
            Ok(Method::Blocks(count("blockLength", length)?))
        }
        "missed" => {
            let probability =
                options.miss_probability.ok_or_else(|| bad_argument("missProbability is missing"))?;
            Ok(Method::Missed(probability))
        }
        other => {
            Err(bad_argument(format!("method must be shuffle, bootstrap, blocks or missed, got {other}")))
        }
    }
}

/// Runs the returns many times with chance in them.
#[napi(catch_unwind, ts_return_type = "Promise<MonteCarloResult>")]
pub fn monte_carlo(
    returns: Float64ArraySlice,
    options: MonteCarloOptions,
    control: &TaskControl,
) -> Result<AsyncTask<MonteCarloTask>> {
    let settings = Settings {
        method: method_of(&options)?,
        runs: count("runs", options.runs)?,
        seed: row_number("seed", options.seed)?,
        threads: count("threads", options.threads)?,
        fan_points: count("fanPoints", options.fan_points)?,
        ruin: options.ruin,
    };
    Ok(AsyncTask::new(MonteCarloTask {
        returns: returns.to_vec(),
        settings,
        control: Arc::clone(&control.state),
    }))
}

/// How a rule is compared with chance.
#[napi(object)]
#[derive(Debug)]
pub struct SignificanceOptions {
    /// First bar a trade could begin at.
    pub first_bar: f64,
    /// Number of simulations.
    pub simulations: f64,
    /// Seed of all chance.
    pub seed: f64,
    /// Threads; 0 is one a core.
    pub threads: f64,
}

/// What the comparison says.
#[napi(object)]
#[derive(Debug)]
pub struct SignificanceResult {
    /// Mean logarithmic return of the rule's trades.
    pub observed: f64,
    /// The same of random trades.
    pub random_mean: f64,
    /// 95 % of the simulations stay below.
    pub random_p95: f64,
    /// Probability of this by chance.
    pub p_value: f64,
}

/// A comparison on other threads.
#[derive(Debug)]
pub struct SignificanceTask {
    close: Vec<f64>,
    entry: Vec<i32>,
    exit: Vec<i32>,
    side: Vec<i8>,
    first: usize,
    simulations: usize,
    seed: u64,
    threads: usize,
    control: Arc<ControlState>,
}

impl Task for SignificanceTask {
    type Output = significance::RuleSignificance;
    type JsValue = SignificanceResult;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let trades = RuleTrades { entry: &self.entry, exit: &self.exit, side: &self.side };
            let advance = |done, total| self.control.advance(done, total);
            significance::rule_significance(
                &self.close,
                &trades,
                self.first,
                self.simulations,
                self.seed,
                self.threads,
                advance,
            )
            .map_err(robustness_error)
        })
    }

    fn resolve(&mut self, _env: Env, found: Self::Output) -> Result<Self::JsValue> {
        Ok(SignificanceResult {
            observed: found.observed,
            random_mean: found.random_mean,
            random_p95: found.random_p95,
            p_value: found.p_value,
        })
    }
}

/// Compares entries with random ones of the same number, sides and durations.
#[napi(catch_unwind, ts_return_type = "Promise<SignificanceResult>")]
pub fn rule_significance(
    close: Float64ArraySlice,
    entry_bar: Int32ArraySlice,
    exit_bar: Int32ArraySlice,
    side: Int8ArraySlice,
    options: SignificanceOptions,
    control: &TaskControl,
) -> Result<AsyncTask<SignificanceTask>> {
    Ok(AsyncTask::new(SignificanceTask {
        close: close.to_vec(),
        entry: entry_bar.to_vec(),
        exit: exit_bar.to_vec(),
        side: side.to_vec(),
        first: count("firstBar", options.first_bar)?,
        simulations: count("simulations", options.simulations)?,
        seed: row_number("seed", options.seed)?,
        threads: count("threads", options.threads)?,
        control: Arc::clone(&control.state),
    }))
}

/// How candles that could have been are made: one of the two is given.
#[napi(object)]
#[derive(Debug)]
pub struct CandleChance {
    /// Candles in a block drawn from the real ones.
    pub block_length: Option<f64>,
    /// Noise in each close, in standard deviations of the real returns.
    pub noise: Option<f64>,
    /// Seed of all chance.
    pub seed: f64,
    /// Number of the series: others of one seed are independent.
    pub series: f64,
}

/// Fills columns with candles made from real ones, at their times.
#[napi(catch_unwind)]
pub fn chance_candles(source: CandleArrays, options: CandleChance, mut out: CandleArrays) -> Result<()> {
    let resampling = match (options.block_length, options.noise) {
        (Some(length), None) => Resampling::Blocks(count("blockLength", length)?),
        (None, Some(noise)) => Resampling::Noise(noise),
        _ => return Err(bad_argument("either blockLength or noise must be given")),
    };
    let seed = row_number("seed", options.seed)?;
    let series = row_number("series", options.series)?;
    check_disjoint(&source.all(), &out.all())?;
    let made = resample_candles(&source.read(), resampling, seed, series).map_err(robustness_error)?;
    if out.all().iter().any(|column| column.len() != made.time_ms.len()) {
        return Err(bad_argument("the columns to fill must have as many rows as the source"));
    }
    // SAFETY: just checked to share no memory.
    let out = unsafe { out.write() };
    out.time_ms.copy_from_slice(&made.time_ms);
    out.open.copy_from_slice(&made.open);
    out.high.copy_from_slice(&made.high);
    out.low.copy_from_slice(&made.low);
    out.close.copy_from_slice(&made.close);
    out.volume.copy_from_slice(&made.volume);
    Ok(())
}

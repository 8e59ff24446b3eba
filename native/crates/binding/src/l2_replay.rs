//! Replay of order book recordings: a recording in memory, and runs of strategies over it on other threads.

use crate::arguments::{bad_argument, guarded, whole};
use crate::control::{ControlState, TaskControl};
use crate::l2::{l2_error, part, time_ms};
use crate::l2_options::{L2ParameterSet, L2RunOptions, nanoseconds, replay_config, strategy};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result, Task};
use napi_derive::napi;
use sextant_core::l2::read_file;
use sextant_core::l2::replay::{ReplayConfig, RunResult, Side, StrategyConfig, Tape, run};
use std::path::PathBuf;
use std::sync::Arc;

/// Which part of a recording to replay.
#[napi(object)]
#[derive(Debug)]
pub struct L2LoadOptions {
    /// Lowest price kept; with `highestPrice`. All prices are kept when not given.
    pub lowest_price: Option<f64>,
    /// Highest price kept.
    pub highest_price: Option<f64>,
    /// How often the recording is played, copy behind copy: for load tests.
    pub repeats: f64,
    /// Copies begin at multiples of this, milliseconds.
    pub align_ms: f64,
}

/// A recording in memory, ready for replay.
#[napi]
#[derive(Debug)]
pub struct L2Tape {
    tape: Arc<Tape>,
}

/// Reads a recording for replay.
#[napi(catch_unwind, ts_return_type = "Promise<L2Tape>")]
pub fn load_l2(path: String, options: L2LoadOptions, control: &TaskControl) -> Result<AsyncTask<L2LoadTask>> {
    let roi = match (options.lowest_price, options.highest_price) {
        (None, None) => None,
        (Some(low), Some(high)) if low > 0.0 && high >= low && high.is_finite() => Some((low, high)),
        _ => return Err(bad_argument("a range of prices needs a lowest and a highest price above zero")),
    };
    let repeats = whole("repeats", options.repeats, 10_000.0)?;
    if repeats < 1.0 {
        return Err(bad_argument("a recording is played at least once"));
    }
    Ok(AsyncTask::new(L2LoadTask {
        path: PathBuf::from(path),
        roi,
        repeats: repeats as u32,
        align_ns: nanoseconds("alignMs", options.align_ms)?.max(1),
        control: Arc::clone(&control.state),
    }))
}

/// One load on a background thread.
#[derive(Debug)]
pub struct L2LoadTask {
    path: PathBuf,
    roi: Option<(f64, f64)>,
    repeats: u32,
    align_ns: i64,
    control: Arc<ControlState>,
}

impl Task for L2LoadTask {
    type Output = Tape;
    type JsValue = L2Tape;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let (events, info) =
                read_file(&self.path, &mut part(&self.control, 0.0, 0.7)).map_err(l2_error)?;
            let tick = info.tick.value();
            let ticks = |price: f64| (price / tick).round().clamp(0.0, f64::from(i32::MAX)) as i32;
            let roi = self.roi.map(|(low, high)| (ticks(low), ticks(high)));
            Tape::new(&events, roi, self.repeats, self.align_ns).map_err(l2_error)
        })
    }

    fn resolve(&mut self, _env: Env, tape: Self::Output) -> Result<Self::JsValue> {
        Ok(L2Tape { tape: Arc::new(tape) })
    }
}

/// One fill.
#[napi(object)]
#[derive(Debug)]
pub struct L2Fill {
    /// When it happened, epoch milliseconds with a fraction.
    pub time_ms: f64,
    /// When the trader heard of it.
    pub arrival_ms: f64,
    /// `buy` or `sell`.
    pub side: String,
    /// Price.
    pub price: f64,
    /// Units of the base asset.
    pub size: f64,
    /// Whether the order rested.
    pub maker: bool,
}

/// The outcome of one parameter set.
#[napi(object)]
#[derive(Debug)]
pub struct L2RunResult {
    /// Decisions taken.
    pub steps: f64,
    /// Sum over all steps of best bid and best ask in ticks.
    pub best_ticks_sum: f64,
    /// Orders, cancels and modifications sent.
    pub requests: f64,
    /// Number of fills.
    pub fills: f64,
    /// Units of the base asset held.
    pub position: f64,
    /// Money received minus paid, fees left out.
    pub balance: f64,
    /// Fees paid.
    pub fee: f64,
    /// Units of the base asset traded.
    pub volume: f64,
    /// Money traded.
    pub value: f64,
    /// Balance and position at the last mid price, less fees.
    pub equity: f64,
    /// Largest fall of the equity from a peak.
    pub max_drawdown: f64,
    /// Best bid at the end.
    pub best_bid: Option<f64>,
    /// Best ask at the end.
    pub best_ask: Option<f64>,
    /// Times of the samples, epoch milliseconds.
    pub sample_times_ms: Vec<f64>,
    /// Equity then.
    pub sample_equity: Vec<f64>,
    /// Position then.
    pub sample_positions: Vec<f64>,
    /// Every fill, when asked for.
    pub fill_list: Vec<L2Fill>,
}

#[napi]
impl L2Tape {
    /// Events on the tape, each of which exchange and trader see.
    #[napi(getter)]
    pub fn events(&self) -> f64 {
        self.tape.events() as f64
    }

    /// Distance of prices.
    #[napi(getter)]
    pub fn tick(&self) -> f64 {
        self.tape.price(1)
    }

    /// Units of the base asset in a lot.
    #[napi(getter)]
    pub fn lot(&self) -> f64 {
        self.tape.lot()
    }

    /// Runs every parameter set over the tape; results in the order of the sets.
    #[napi(catch_unwind, ts_return_type = "Promise<L2RunResult[]>")]
    pub fn run(
        &self,
        options: L2RunOptions,
        sets: Vec<L2ParameterSet>,
        control: &TaskControl,
    ) -> Result<AsyncTask<L2RunTask>> {
        Ok(AsyncTask::new(L2RunTask {
            tape: Arc::clone(&self.tape),
            config: replay_config(&options, self.tape.lot())?,
            sets: sets.iter().map(strategy).collect::<Result<_>>()?,
            threads: whole("threads", options.threads, 1024.0)? as usize,
            control: Arc::clone(&control.state),
        }))
    }
}

/// Runs on a background thread.
#[derive(Debug)]
pub struct L2RunTask {
    tape: Arc<Tape>,
    config: ReplayConfig,
    sets: Vec<StrategyConfig>,
    threads: usize,
    control: Arc<ControlState>,
}

impl Task for L2RunTask {
    type Output = Vec<RunResult>;
    type JsValue = Vec<L2RunResult>;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let report = |done, total| self.control.advance(done, total);
            run(&self.tape, &self.config, &self.sets, self.threads, &report).map_err(l2_error)
        })
    }

    fn resolve(&mut self, _env: Env, results: Self::Output) -> Result<Self::JsValue> {
        Ok(results.into_iter().map(|result| run_result(&self.tape, result)).collect())
    }
}

fn run_result(tape: &Tape, result: RunResult) -> L2RunResult {
    let price = |ticks: i32| tape.price(ticks);
    let fills = result.fill_list.iter().map(|fill| L2Fill {
        time_ms: time_ms(fill.time_ns),
        arrival_ms: time_ms(fill.arrival_ns),
        side: if fill.side == Side::Buy { "buy" } else { "sell" }.to_owned(),
        price: price(fill.ticks),
        size: tape.size(fill.lots),
        maker: fill.maker,
    });
    L2RunResult {
        steps: result.steps as f64,
        best_ticks_sum: result.best_ticks_sum as f64,
        requests: result.requests as f64,
        fills: result.fills as f64,
        position: result.position,
        balance: result.balance,
        fee: result.fee,
        volume: result.volume,
        value: result.value,
        equity: result.equity,
        max_drawdown: result.max_drawdown,
        best_bid: result.best_bid_ticks.map(price),
        best_ask: result.best_ask_ticks.map(price),
        sample_times_ms: result.sample_ns.iter().map(|&time| time_ms(time)).collect(),
        sample_equity: result.sample_equity,
        sample_positions: result.sample_position,
        fill_list: fills.collect(),
    }
}

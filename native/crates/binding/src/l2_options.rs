//! Options of a replay and parameters of its strategies, as JavaScript gives them.

use crate::arguments::{bad_argument, row_number, whole};
use crate::l2::NS_PER_MS;
use napi::Result;
use napi_derive::napi;
use sextant_core::l2::replay::{
    GridConfig, Latency, Matching, PositionSum, QueueModel, QuoterConfig, ReplayConfig, StrategyConfig,
};

/// Longest duration taken, milliseconds: a year.
const DURATION_MAX_MS: f64 = 366.0 * 86_400_000.0;

/// A duration in milliseconds, fractions allowed, as nanoseconds.
pub(crate) fn nanoseconds(name: &str, value_ms: f64) -> Result<i64> {
    if (0.0..=DURATION_MAX_MS).contains(&value_ms) {
        return Ok((value_ms * NS_PER_MS).round() as i64);
    }
    Err(bad_argument(format!("{name} must be 0 to {DURATION_MAX_MS} milliseconds, got {value_ms}")))
}

fn number(name: &str, value: Option<f64>) -> Result<f64> {
    value.ok_or_else(|| bad_argument(format!("{name} is missing")))
}

/// Latency of orders and answers, milliseconds.
#[napi(object)]
#[derive(Debug)]
pub struct L2Latency {
    /// `constant`, `log-normal` or `recorded`.
    pub kind: String,
    /// Constant: to the exchange.
    pub entry_ms: Option<f64>,
    /// Constant: back.
    pub response_ms: Option<f64>,
    /// Log-normal: nothing is faster. Recorded: added.
    pub minimum_ms: Option<f64>,
    /// Log-normal: median of the part above the minimum.
    pub median_ms: Option<f64>,
    /// Log-normal: standard deviation of the logarithm.
    pub sigma: Option<f64>,
    /// Log-normal: start of the random numbers.
    pub seed: Option<f64>,
    /// Recorded: factor on the delay of the feed, to the exchange.
    pub entry_factor: Option<f64>,
    /// Recorded: the same, back.
    pub response_factor: Option<f64>,
}

/// What all runs have in common.
#[napi(object)]
#[derive(Debug)]
pub struct L2RunOptions {
    /// Time between two decisions, milliseconds.
    pub step_ms: f64,
    /// Latency of orders and answers.
    pub latency: L2Latency,
    /// `risk-averse`, `power` or `logarithm`.
    pub queue: String,
    /// Exponent of `power`.
    pub queue_exponent: Option<f64>,
    /// `whole` or `partial`.
    pub matching: String,
    /// `exact` or `float`.
    pub position_sum: String,
    /// Fee of resting orders, a part of the value.
    pub maker_fee: f64,
    /// Fee of taking orders.
    pub taker_fee: f64,
    /// Most samples of equity and position.
    pub samples: f64,
    /// Whether to keep every fill.
    pub keeps_fills: bool,
    /// Threads; 0 for one a core.
    pub threads: f64,
}

/// A strategy and its parameters; those of the other strategies are left out.
#[napi(object)]
#[derive(Debug)]
pub struct L2ParameterSet {
    /// `watch`, `grid` or `quoter`.
    pub strategy: String,
    /// Size of an order in lots.
    pub lots: Option<f64>,
    /// Largest position that still grows, in lots.
    pub max_position_lots: Option<f64>,
    /// Grid: orders of each side.
    pub levels: Option<f64>,
    /// Grid: distance of two orders in ticks.
    pub interval_ticks: Option<f64>,
    /// Grid: distance as a part of the first mid price.
    pub relative_interval: Option<f64>,
    /// Grid: distance of the first order from the reservation price, in intervals.
    pub half_spread_intervals: Option<f64>,
    /// Grid: whether orders that would take expire.
    pub post_only: Option<bool>,
    /// Quoter: aversion to risk, per tick.
    pub risk_aversion: Option<f64>,
    /// Quoter: how fast orders arrive less often away from the mid, per tick.
    pub arrival_decay: Option<f64>,
    /// Quoter: time over which risk counts, seconds.
    pub horizon_s: Option<f64>,
    /// Quoter: half-life of the variance, seconds.
    pub half_life_s: Option<f64>,
    /// Quoter: a quote moves when it is off by this many ticks.
    pub requote_ticks: Option<f64>,
}

fn latency(given: &L2Latency) -> Result<Latency> {
    let duration = |name: &str, value: Option<f64>| nanoseconds(name, number(name, value)?);
    match given.kind.as_str() {
        "constant" => Ok(Latency::Constant {
            entry_ns: duration("entryMs", given.entry_ms)?,
            response_ns: duration("responseMs", given.response_ms)?,
        }),
        "log-normal" => Ok(Latency::LogNormal {
            minimum_ns: duration("minimumMs", given.minimum_ms)?,
            median_ns: number("medianMs", given.median_ms)? * NS_PER_MS,
            sigma: number("sigma", given.sigma)?,
            seed: row_number("seed", number("seed", given.seed)?)?,
        }),
        "recorded" => Ok(Latency::Recorded {
            entry_factor: number("entryFactor", given.entry_factor)?,
            response_factor: number("responseFactor", given.response_factor)?,
            added_ns: duration("minimumMs", given.minimum_ms)?,
        }),
        other => Err(bad_argument(format!("there is no latency \"{other}\""))),
    }
}

pub(crate) fn replay_config(given: &L2RunOptions, lot: f64) -> Result<ReplayConfig> {
    let queue_model = match given.queue.as_str() {
        "risk-averse" => QueueModel::RiskAverse,
        "power" => QueueModel::Power { exponent: number("queueExponent", given.queue_exponent)? },
        "logarithm" => QueueModel::Logarithm { lot },
        other => return Err(bad_argument(format!("there is no queue model \"{other}\""))),
    };
    let matching = match given.matching.as_str() {
        "whole" => Matching::Whole,
        "partial" => Matching::Partial,
        other => return Err(bad_argument(format!("there is no matching \"{other}\""))),
    };
    let position_sum = match given.position_sum.as_str() {
        "exact" => PositionSum::Exact,
        "float" => PositionSum::Float,
        other => return Err(bad_argument(format!("a position is not summed \"{other}\""))),
    };
    Ok(ReplayConfig {
        step_ns: nanoseconds("stepMs", given.step_ms)?,
        latency: latency(&given.latency)?,
        queue_model,
        matching,
        maker_fee: given.maker_fee,
        taker_fee: given.taker_fee,
        position_sum,
        samples_max: whole("samples", given.samples, 1e6)? as usize,
        keeps_fills: given.keeps_fills,
    })
}

pub(crate) fn strategy(given: &L2ParameterSet) -> Result<StrategyConfig> {
    let count = |name: &str, value: Option<f64>| {
        whole(name, number(name, value)?, f64::from(i32::MAX)).map(|value| value as u32)
    };
    let lots = |name: &str, value: Option<f64>| row_number(name, number(name, value)?);
    match given.strategy.as_str() {
        "watch" => Ok(StrategyConfig::Watch),
        "grid" => Ok(StrategyConfig::Grid(GridConfig {
            levels: count("levels", given.levels)?,
            interval_ticks: count("intervalTicks", given.interval_ticks.or(Some(0.0)))?,
            relative_interval: given.relative_interval,
            half_spread_intervals: number("halfSpreadIntervals", given.half_spread_intervals)?,
            lots: lots("lots", given.lots)?,
            max_position_lots: lots("maxPositionLots", given.max_position_lots)?,
            post_only: given.post_only.unwrap_or(true),
        })),
        "quoter" => Ok(StrategyConfig::Quoter(QuoterConfig {
            risk_aversion: number("riskAversion", given.risk_aversion)?,
            arrival_decay: number("arrivalDecay", given.arrival_decay)?,
            horizon_s: number("horizonS", given.horizon_s)?,
            half_life_s: number("halfLifeS", given.half_life_s)?,
            requote_ticks: count("requoteTicks", given.requote_ticks)?,
            lots: lots("lots", given.lots)?,
            max_position_lots: lots("maxPositionLots", given.max_position_lots)?,
        })),
        other => Err(bad_argument(format!("there is no strategy \"{other}\""))),
    }
}

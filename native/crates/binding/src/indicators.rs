//! Batch indicators: a column in, columns out.

use crate::arguments::{check_disjoint, count, indicator_error, output};
use napi::Result;
use napi::bindgen_prelude::Float64ArraySlice;
use napi_derive::napi;
use sextant_core::indicators::{self, AtrInput, BollingerColumns, MacdColumns, MacdPeriods};

/// Simple moving average of `input` into `out`.
#[napi(catch_unwind)]
pub fn sma_batch(input: Float64ArraySlice, period: f64, mut out: Float64ArraySlice) -> Result<()> {
    let period = count("period", period)?;
    check_disjoint(&[&input], &[&out])?;
    // SAFETY: just checked.
    indicators::sma_batch(&input, period, unsafe { output(&mut out) }).map_err(indicator_error)
}

/// Exponential moving average of `input` into `out`.
#[napi(catch_unwind)]
pub fn ema_batch(input: Float64ArraySlice, period: f64, mut out: Float64ArraySlice) -> Result<()> {
    let period = count("period", period)?;
    check_disjoint(&[&input], &[&out])?;
    // SAFETY: just checked.
    indicators::ema_batch(&input, period, unsafe { output(&mut out) }).map_err(indicator_error)
}

/// Relative strength index of `close` into `out`.
#[napi(catch_unwind)]
pub fn rsi_batch(close: Float64ArraySlice, period: f64, mut out: Float64ArraySlice) -> Result<()> {
    let period = count("period", period)?;
    check_disjoint(&[&close], &[&out])?;
    // SAFETY: just checked.
    indicators::rsi_batch(&close, period, unsafe { output(&mut out) }).map_err(indicator_error)
}

/// Average true range of bars into `out`.
#[napi(catch_unwind)]
pub fn atr_batch(
    high: Float64ArraySlice,
    low: Float64ArraySlice,
    close: Float64ArraySlice,
    period: f64,
    mut out: Float64ArraySlice,
) -> Result<()> {
    let period = count("period", period)?;
    check_disjoint(&[&high, &low, &close], &[&out])?;
    let input = AtrInput { high: &high, low: &low, close: &close };
    // SAFETY: just checked.
    indicators::atr_batch(input, period, unsafe { output(&mut out) }).map_err(indicator_error)
}

/// Bollinger bands of `input` into three columns.
#[napi(catch_unwind)]
pub fn bollinger_batch(
    input: Float64ArraySlice,
    period: f64,
    multiplier: f64,
    mut upper: Float64ArraySlice,
    mut middle: Float64ArraySlice,
    mut lower: Float64ArraySlice,
) -> Result<()> {
    let period = count("period", period)?;
    check_disjoint(&[&input], &[&upper, &middle, &lower])?;
    // SAFETY: just checked.
    let mut out = unsafe {
        BollingerColumns { upper: output(&mut upper), middle: output(&mut middle), lower: output(&mut lower) }
    };
    indicators::bollinger_batch(&input, period, multiplier, &mut out).map_err(indicator_error)
}

/// MACD of `input` into three columns.
#[napi(catch_unwind)]
#[allow(clippy::too_many_arguments)]
pub fn macd_batch(
    input: Float64ArraySlice,
    fast_period: f64,
    slow_period: f64,
    signal_period: f64,
    mut macd: Float64ArraySlice,
    mut signal: Float64ArraySlice,
    mut histogram: Float64ArraySlice,
) -> Result<()> {
    let periods = macd_periods(fast_period, slow_period, signal_period)?;
    check_disjoint(&[&input], &[&macd, &signal, &histogram])?;
    // SAFETY: just checked.
    let mut out = unsafe {
        MacdColumns {
            macd: output(&mut macd),
            signal: output(&mut signal),
            histogram: output(&mut histogram),
        }
    };
    indicators::macd_batch(&input, periods, &mut out).map_err(indicator_error)
}

/// The three periods as whole numbers.
pub(crate) fn macd_periods(fast: f64, slow: f64, signal: f64) -> Result<MacdPeriods> {
    Ok(MacdPeriods {
        fast: count("fast period", fast)?,
        slow: count("slow period", slow)?,
        signal: count("signal period", signal)?,
    })
}

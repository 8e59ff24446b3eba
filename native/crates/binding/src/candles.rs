//! Resampling.

use crate::arguments::{CandleArrays, candle_error, check_disjoint, milliseconds};
use napi::Result;
use napi::bindgen_prelude::Uint32ArraySlice;
use napi_derive::napi;
use sextant_core::candles::resample;

/// What a resampling made.
#[napi(object)]
#[derive(Debug)]
pub struct ResampleResult {
    /// Rows written to the output columns.
    pub rows: u32,
    /// Whether the last row may still change.
    pub last_is_provisional: bool,
    /// Whether the source begins inside the first row, which then lacks its beginning.
    pub first_is_partial: bool,
}

/// Joins candles of `fromMs` to candles of `toMs`. The output columns must hold as many rows as the source can make;
/// `sources` gets the number of source candles of each row.
#[napi(catch_unwind)]
pub fn resample_candles(
    source: CandleArrays,
    from_ms: f64,
    to_ms: f64,
    last_is_provisional: bool,
    mut out: CandleArrays,
    mut sources: Uint32ArraySlice,
) -> Result<ResampleResult> {
    let from_ms = milliseconds("fromMs", from_ms)?;
    let to_ms = milliseconds("toMs", to_ms)?;
    check_disjoint(&source.all(), &out.all())?;
    // SAFETY: the columns have just been checked. An array of 32-bit numbers over the same buffer as one of the columns
    // would be the caller's doing; the host's wrapper allocates each array afresh.
    let (mut out, sources) = unsafe { (out.write(), sources.as_mut()) };
    let summary = resample(&source.read(), from_ms, to_ms, last_is_provisional, &mut out, sources)
        .map_err(candle_error)?;
    Ok(ResampleResult {
        rows: summary.rows as u32,
        last_is_provisional: summary.last_is_provisional,
        first_is_partial: summary.first_is_partial,
    })
}

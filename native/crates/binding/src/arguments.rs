//! What every function checks before it works.

use napi::bindgen_prelude::Float64ArraySlice;
use napi::{Error, Result, Status};
use napi_derive::napi;
use sextant_core::candles::{CandleColumns, CandleError, CandleSlices, CandleSlicesMut};
use sextant_core::indicators::IndicatorError;
use sextant_core::pages::ask_for_large_pages;
use sextant_core::store::StoreError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Largest whole number a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// An error with a stable code in front of its message; the host's wrapper splits them again.
pub(crate) fn coded(code: &str, message: impl std::fmt::Display) -> Error {
    Error::new(Status::GenericFailure, format!("{code}: {message}"))
}

/// An argument the caller got wrong.
pub(crate) fn bad_argument(message: impl std::fmt::Display) -> Error {
    coded("BAD_ARGUMENT", message)
}

pub(crate) fn indicator_error(error: IndicatorError) -> Error {
    bad_argument(error)
}

pub(crate) fn candle_error(error: CandleError) -> Error {
    coded("BAD_ROWS", error)
}

pub(crate) fn store_error(error: StoreError) -> Error {
    coded(error.code(), error)
}

/// A whole number within bounds. JavaScript numbers are taken as they are: a conversion by Node-API would turn NaN into
/// 0, 1.5 into 1 and -1 into four billion.
pub(crate) fn whole(name: &str, value: f64, maximum: f64) -> Result<f64> {
    if value.fract() == 0.0 && (0.0..=maximum).contains(&value) {
        Ok(value)
    } else {
        Err(bad_argument(format!("{name} must be a whole number from 0 to {maximum}, got {value}")))
    }
}

/// A count, such as a period or a number of rows.
pub(crate) fn count(name: &str, value: f64) -> Result<usize> {
    whole(name, value, f64::from(u32::MAX)).map(|value| value as usize)
}

/// A row number.
pub(crate) fn row_number(name: &str, value: f64) -> Result<u64> {
    whole(name, value, MAX_SAFE_INTEGER).map(|value| value as u64)
}

/// A duration in milliseconds.
pub(crate) fn milliseconds(name: &str, value: f64) -> Result<i64> {
    whole(name, value, MAX_SAFE_INTEGER).map(|value| value as i64)
}

/// A bound of a time range: any number, infinite ones included, rounded up to whole milliseconds.
pub(crate) fn time_bound(name: &str, value: f64) -> Result<i64> {
    if value.is_nan() {
        return Err(bad_argument(format!("{name} must be a number, got NaN")));
    }
    // A cast from float to integer saturates.
    Ok(value.ceil() as i64)
}

/// Refuses arrays that share memory where one of them is written: filling one would change the other underneath.
pub(crate) fn check_disjoint(read: &[&[f64]], written: &[&[f64]]) -> Result<()> {
    let overlap = |a: &[f64], b: &[f64]| {
        let (a, b) = (a.as_ptr_range(), b.as_ptr_range());
        a.start < b.end && b.start < a.end
    };
    for (index, target) in written.iter().enumerate() {
        if read.iter().chain(&written[index + 1..]).any(|other| overlap(target, other)) {
            return Err(bad_argument("output arrays must not share memory with other arrays of the call"));
        }
    }
    Ok(())
}

/// The slice behind an output array; a long one that nobody has written to yet gets large pages.
///
/// # Safety
/// The array must share no memory with any other slice in use ([`check_disjoint`]), and no JavaScript may run while
/// the slice lives: true within one synchronous call, unless the caller put the array on a `SharedArrayBuffer` that
/// another thread writes to.
pub(crate) unsafe fn output<'a>(array: &'a mut Float64ArraySlice<'_>) -> &'a mut [f64] {
    // SAFETY: as promised by the caller.
    let column = unsafe { array.as_mut() };
    ask_for_large_pages(column);
    column
}

/// Columns of a candle series, in JavaScript arrays of one length.
#[napi(object, object_to_js = false)]
pub struct CandleArrays<'a> {
    /// Open times, epoch milliseconds UTC.
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
}

impl std::fmt::Debug for CandleArrays<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("CandleArrays").field("rows", &self.open_time_ms.len()).finish()
    }
}

impl CandleArrays<'_> {
    /// The arrays as slices, in storage order.
    pub(crate) fn all(&self) -> [&[f64]; 6] {
        [&self.open_time_ms, &self.open, &self.high, &self.low, &self.close, &self.volume]
    }

    pub(crate) fn read(&self) -> CandleSlices<'_> {
        CandleSlices {
            time_ms: &self.open_time_ms,
            open: &self.open,
            high: &self.high,
            low: &self.low,
            close: &self.close,
            volume: &self.volume,
        }
    }

    /// The arrays as slices to fill.
    ///
    /// # Safety
    /// As [`output`], for each of them.
    pub(crate) unsafe fn write(&mut self) -> CandleSlicesMut<'_> {
        // SAFETY: as promised by the caller.
        unsafe {
            CandleSlicesMut {
                time_ms: output(&mut self.open_time_ms),
                open: output(&mut self.open),
                high: output(&mut self.high),
                low: output(&mut self.low),
                close: output(&mut self.close),
                volume: output(&mut self.volume),
            }
        }
    }

    /// A copy that can go to another thread.
    pub(crate) fn to_columns(&self) -> CandleColumns {
        CandleColumns {
            time_ms: self.open_time_ms.to_vec(),
            open: self.open.to_vec(),
            high: self.high.to_vec(),
            low: self.low.to_vec(),
            close: self.close.to_vec(),
            volume: self.volume.to_vec(),
        }
    }
}

/// Runs work of a background task; a panic becomes an error, where it would otherwise end the process.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        Err(coded("INTERNAL", format!("the native addon failed: {message}")))
    })
}

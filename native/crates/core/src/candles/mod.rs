//! Candles as columns.
//!
//! - [`Candle`], [`CandleSlices`], [`CandleColumns`]: one candle, borrowed columns, owned columns.
//! - [`check_rows`]: what a series must be like to be stored or resampled.
//! - [`csv`]: candle files as text; [`TableBuilder`]: the checks of every row that comes from a file.
//! - [`resample`], [`CandleResampler`]: from a shorter timeframe to a longer one, without looking ahead.

pub mod csv;

mod columns;
mod error;
mod resample;
mod table;

pub use columns::{CandleColumns, CandleSlices, CandleSlicesMut, MAX_TIME_MS, check_rows, check_timeframe};
pub use error::CandleError;
pub use resample::{CandleResampler, ResampleSummary, Resampled, bucket_open_ms, resample};
pub use table::{CandleTable, Duplicates, RowRules, TableBuilder};

/// One candle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Candle {
    /// Open time, epoch milliseconds UTC.
    pub time_ms: f64,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded quantity, in units of the base (or contracts, as the venue counts).
    pub volume: f64,
}

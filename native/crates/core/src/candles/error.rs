//! What can be wrong with a series of candles.

use thiserror::Error;

/// Why a series was refused. Rows are counted from 0 within the columns given.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum CandleError {
    /// Columns of one series differ in length.
    #[error("column {column} has {length} rows, but time has {expected}")]
    Length {
        /// The column that does not fit.
        column: &'static str,
        /// Rows it has.
        length: usize,
        /// Rows it must have.
        expected: usize,
    },
    /// A time that is not whole milliseconds of the era computers can print.
    #[error("row {row}: time {time_ms} is not a whole number of milliseconds since 1970 (UTC)")]
    Time {
        /// Row.
        row: usize,
        /// The value found.
        time_ms: f64,
    },
    /// Times must rise from row to row.
    #[error("row {row}: time {time_ms} does not come after {previous_ms}; sort the rows and drop duplicates")]
    NotAscending {
        /// Row of the later one.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// Time of the row before.
        previous_ms: i64,
    },
    /// A price that cannot be one.
    #[error("row {row} (time {time_ms}): {column} is {value}, but a price must be finite and above zero")]
    Price {
        /// Row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// Which price.
        column: &'static str,
        /// The value found.
        value: f64,
    },
    /// The low is above the high.
    #[error("row {row} (time {time_ms}): low {low} is above high {high}")]
    LowAboveHigh {
        /// Row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// Low found.
        low: f64,
        /// High found.
        high: f64,
    },
    /// A volume that cannot be one.
    #[error("row {row} (time {time_ms}): volume is {value}, but it must be finite and not negative")]
    Volume {
        /// Row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// The value found.
        value: f64,
    },
    /// A timeframe outside its bounds.
    #[error("timeframe must be between 1 ms and 366 days, got {timeframe_ms} ms")]
    Timeframe {
        /// The value given.
        timeframe_ms: i64,
    },
    /// The target of a resampling must be a multiple of its source.
    #[error("{to_ms} ms is not a multiple of {from_ms} ms: candles can only be joined, not cut")]
    NotDivisible {
        /// Source timeframe.
        from_ms: i64,
        /// Target timeframe.
        to_ms: i64,
    },
    /// Weeks begin on Mondays, and not every source candle ends on one.
    #[error("candles of {from_ms} ms do not all end on a Monday, so they cannot be joined to {to_ms} ms")]
    GridsDiffer {
        /// Source timeframe.
        from_ms: i64,
        /// Target timeframe.
        to_ms: i64,
    },
    /// A source candle that does not open on its own timeframe's grid.
    #[error("row {row}: time {time_ms} is not on the grid of {timeframe_ms} ms")]
    OffGrid {
        /// Row.
        row: usize,
        /// Its time.
        time_ms: i64,
        /// Source timeframe.
        timeframe_ms: i64,
    },
    /// Output columns too short for the result.
    #[error("output columns hold {capacity} rows, but the result may need {needed}")]
    Capacity {
        /// Rows they hold.
        capacity: usize,
        /// Rows needed.
        needed: usize,
    },
}

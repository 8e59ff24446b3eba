//! Series of candles in columns, and the checks they must pass.

use super::{Candle, CandleError};

/// Largest time accepted, the end of JavaScript's `Date` (year 275760): below 2^53, so every time is exact in an `f64`.
pub const MAX_TIME_MS: i64 = 8_640_000_000_000_000;

/// Longest timeframe: a leap year.
const MAX_TIMEFRAME_MS: i64 = 366 * 86_400_000;

/// Borrowed columns of a series; all have the same length.
#[derive(Clone, Copy, Debug)]
pub struct CandleSlices<'a> {
    /// Open times, epoch milliseconds UTC.
    pub time_ms: &'a [f64],
    /// First prices.
    pub open: &'a [f64],
    /// Highest prices.
    pub high: &'a [f64],
    /// Lowest prices.
    pub low: &'a [f64],
    /// Last prices.
    pub close: &'a [f64],
    /// Traded quantities.
    pub volume: &'a [f64],
}

/// Columns to fill; all have the same length.
#[derive(Debug)]
pub struct CandleSlicesMut<'a> {
    /// Open times, epoch milliseconds UTC.
    pub time_ms: &'a mut [f64],
    /// First prices.
    pub open: &'a mut [f64],
    /// Highest prices.
    pub high: &'a mut [f64],
    /// Lowest prices.
    pub low: &'a mut [f64],
    /// Last prices.
    pub close: &'a mut [f64],
    /// Traded quantities.
    pub volume: &'a mut [f64],
}

/// Owned columns of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CandleColumns {
    /// Open times, epoch milliseconds UTC.
    pub time_ms: Vec<f64>,
    /// First prices.
    pub open: Vec<f64>,
    /// Highest prices.
    pub high: Vec<f64>,
    /// Lowest prices.
    pub low: Vec<f64>,
    /// Last prices.
    pub close: Vec<f64>,
    /// Traded quantities.
    pub volume: Vec<f64>,
}

impl<'a> CandleSlices<'a> {
    /// Rows in the series.
    pub fn len(&self) -> usize {
        self.time_ms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.time_ms.is_empty()
    }

    /// The candle of a row.
    ///
    /// # Panics
    /// When the row does not exist.
    pub fn row(&self, row: usize) -> Candle {
        Candle {
            time_ms: self.time_ms[row],
            open: self.open[row],
            high: self.high[row],
            low: self.low[row],
            close: self.close[row],
            volume: self.volume[row],
        }
    }

    /// The columns in storage order: time, open, high, low, close, volume.
    pub(crate) fn columns(&self) -> [&'a [f64]; 6] {
        [self.time_ms, self.open, self.high, self.low, self.close, self.volume]
    }

    /// Checks that all columns have the length of the time column.
    ///
    /// # Errors
    /// [`CandleError::Length`] naming the column that does not fit.
    pub fn check_lengths(&self) -> Result<(), CandleError> {
        check_lengths(self.columns().map(<[f64]>::len))
    }
}

impl CandleSlicesMut<'_> {
    /// Rows the columns hold.
    pub fn len(&self) -> usize {
        self.time_ms.len()
    }

    /// Whether they hold none.
    pub fn is_empty(&self) -> bool {
        self.time_ms.is_empty()
    }

    /// Writes one row.
    ///
    /// # Panics
    /// When the row does not exist.
    pub fn set(&mut self, row: usize, candle: &Candle) {
        self.time_ms[row] = candle.time_ms;
        self.open[row] = candle.open;
        self.high[row] = candle.high;
        self.low[row] = candle.low;
        self.close[row] = candle.close;
        self.volume[row] = candle.volume;
    }

    /// The columns in storage order.
    pub(crate) fn columns_mut(&mut self) -> [&mut [f64]; 6] {
        [self.time_ms, self.open, self.high, self.low, self.close, self.volume]
    }

    /// Checks that all columns have the length of the time column.
    ///
    /// # Errors
    /// [`CandleError::Length`] naming the column that does not fit.
    pub fn check_lengths(&self) -> Result<(), CandleError> {
        check_lengths([
            self.time_ms.len(),
            self.open.len(),
            self.high.len(),
            self.low.len(),
            self.close.len(),
            self.volume.len(),
        ])
    }
}

impl CandleColumns {
    /// Columns of `rows` zeros.
    pub fn zeroed(rows: usize) -> Self {
        let column = vec![0.0; rows];
        CandleColumns {
            time_ms: column.clone(),
            open: column.clone(),
            high: column.clone(),
            low: column.clone(),
            close: column.clone(),
            volume: column,
        }
    }

    /// Adds a row.
    pub fn push(&mut self, candle: &Candle) {
        self.time_ms.push(candle.time_ms);
        self.open.push(candle.open);
        self.high.push(candle.high);
        self.low.push(candle.low);
        self.close.push(candle.close);
        self.volume.push(candle.volume);
    }

    /// The columns, borrowed.
    pub fn as_slices(&self) -> CandleSlices<'_> {
        CandleSlices {
            time_ms: &self.time_ms,
            open: &self.open,
            high: &self.high,
            low: &self.low,
            close: &self.close,
            volume: &self.volume,
        }
    }

    /// The columns, borrowed to be filled.
    pub fn as_slices_mut(&mut self) -> CandleSlicesMut<'_> {
        CandleSlicesMut {
            time_ms: &mut self.time_ms,
            open: &mut self.open,
            high: &mut self.high,
            low: &mut self.low,
            close: &mut self.close,
            volume: &mut self.volume,
        }
    }
}

impl FromIterator<Candle> for CandleColumns {
    fn from_iter<I: IntoIterator<Item = Candle>>(candles: I) -> Self {
        let mut columns = CandleColumns::default();
        for candle in candles {
            columns.push(&candle);
        }
        columns
    }
}

fn check_lengths(lengths: [usize; 6]) -> Result<(), CandleError> {
    const NAMES: [&str; 6] = ["time", "open", "high", "low", "close", "volume"];
    for (column, length) in NAMES.into_iter().zip(lengths) {
        if length != lengths[0] {
            return Err(CandleError::Length { column, length, expected: lengths[0] });
        }
    }
    Ok(())
}

/// A time as whole milliseconds, if it is one and lies between 1970 and [`MAX_TIME_MS`].
pub(crate) fn whole_ms(time_ms: f64) -> Option<i64> {
    let whole = time_ms as i64;
    ((0..=MAX_TIME_MS).contains(&whole) && whole as f64 == time_ms).then_some(whole)
}

/// Checks a timeframe given in milliseconds.
///
/// # Errors
/// [`CandleError::Timeframe`] unless it is between 1 ms and 366 days.
pub fn check_timeframe(timeframe_ms: i64) -> Result<(), CandleError> {
    if (1..=MAX_TIMEFRAME_MS).contains(&timeframe_ms) {
        Ok(())
    } else {
        Err(CandleError::Timeframe { timeframe_ms })
    }
}

/// Checks that a series is one: equal lengths, whole times that rise, prices finite and above zero, low not above high,
/// volume finite and not negative.
///
/// That open and close lie between low and high is not asked for: venues that round the four prices differently break
/// it by a tick, and such a candle is still the best there is.
///
/// # Errors
/// The first thing that is wrong, with its row.
pub fn check_rows(rows: &CandleSlices<'_>) -> Result<(), CandleError> {
    rows.check_lengths()?;
    let mut previous_ms = -1;
    for row in 0..rows.len() {
        let candle = rows.row(row);
        let time_ms = whole_ms(candle.time_ms).ok_or(CandleError::Time { row, time_ms: candle.time_ms })?;
        if time_ms <= previous_ms {
            return Err(CandleError::NotAscending { row, time_ms, previous_ms });
        }
        previous_ms = time_ms;
        let prices =
            [("open", candle.open), ("high", candle.high), ("low", candle.low), ("close", candle.close)];
        for (column, value) in prices {
            if !(value > 0.0 && value < f64::INFINITY) {
                return Err(CandleError::Price { row, time_ms, column, value });
            }
        }
        if candle.low > candle.high {
            return Err(CandleError::LowAboveHigh { row, time_ms, low: candle.low, high: candle.high });
        }
        if !(candle.volume >= 0.0 && candle.volume < f64::INFINITY) {
            return Err(CandleError::Volume { row, time_ms, value: candle.volume });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Candle =
        Candle { time_ms: 60_000.0, open: 2.0, high: 3.0, low: 1.0, close: 2.5, volume: 0.0 };

    #[test]
    fn broken_rows_are_refused() {
        let nan = f64::NAN;
        let cases: [(&str, Candle, &str); 14] = [
            ("same time", Candle { ..GOOD }, "does not come after 60000"),
            ("earlier time", Candle { time_ms: 1.0, ..GOOD }, "does not come after 60000"),
            ("half a millisecond", Candle { time_ms: 60_000.5, ..GOOD }, "not a whole number"),
            ("NaN time", Candle { time_ms: nan, ..GOOD }, "not a whole number"),
            ("before 1970", Candle { time_ms: -60_000.0, ..GOOD }, "not a whole number"),
            ("nanoseconds", Candle { time_ms: 1.7e18, ..GOOD }, "not a whole number"),
            ("NaN open", Candle { time_ms: 120_000.0, open: nan, ..GOOD }, "open is NaN"),
            ("infinite high", Candle { time_ms: 120_000.0, high: f64::INFINITY, ..GOOD }, "high is inf"),
            ("zero low", Candle { time_ms: 120_000.0, low: 0.0, ..GOOD }, "low is 0"),
            ("negative close", Candle { time_ms: 120_000.0, close: -1.0, ..GOOD }, "close is -1"),
            ("low above high", Candle { time_ms: 120_000.0, low: 4.0, ..GOOD }, "low 4 is above high 3"),
            ("negative volume", Candle { time_ms: 120_000.0, volume: -0.1, ..GOOD }, "volume is -0.1"),
            ("NaN volume", Candle { time_ms: 120_000.0, volume: nan, ..GOOD }, "volume is NaN"),
            (
                "infinite volume",
                Candle { time_ms: 120_000.0, volume: f64::INFINITY, ..GOOD },
                "volume is inf",
            ),
        ];
        for (name, bad, message) in cases {
            let columns: CandleColumns = [GOOD, bad].into_iter().collect();
            let error = check_rows(&columns.as_slices()).expect_err(name).to_string();
            assert!(error.starts_with("row 1") && error.contains(message), "{name}: {error}");
        }
        let mut short: CandleColumns = [GOOD].into_iter().collect();
        short.volume.clear();
        let error = check_rows(&short.as_slices()).expect_err("short volume").to_string();
        assert_eq!(error, "column volume has 0 rows, but time has 1");
    }

    #[test]
    fn a_good_series_passes() {
        let columns: CandleColumns = [
            GOOD,
            Candle { time_ms: 120_000.0, low: 3.0, ..GOOD },
            Candle { time_ms: MAX_TIME_MS as f64, ..GOOD },
        ]
        .into_iter()
        .collect();
        assert_eq!(check_rows(&columns.as_slices()), Ok(()));
    }
}

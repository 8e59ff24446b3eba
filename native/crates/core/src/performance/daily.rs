//! Equity at the end of each day (UTC), and the returns from day to day.
//!
//! A bar belongs to the day in which it was open: one that closes at midnight is the last of the day before. A day without
//! bars has the equity of the day before it and a return of 0, as `resample("1D").last().ffill()` gives it.

use super::{EquityColumns, PerformanceError};
use crate::cpu::multiversioned;

/// Milliseconds of a day.
pub const DAY_MS: f64 = 86_400_000.0;

/// More days than any market has; more means that the times are in another unit.
const MAX_DAYS: f64 = 400_000.0;

/// One value a day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Daily {
    /// Number of the first day, counted from 1970-01-01.
    pub first_day: i64,
    /// Equity at the end of each day.
    pub equity: Vec<f64>,
    /// Return of each day; one fewer than days when the start is not known. After ruin all are 0.
    pub returns: Vec<f64>,
    /// Rows the day before last row of each day; `rows[i]` is one past the last row of day `i`.
    pub row_ends: Vec<usize>,
    /// Days without a bar of their own.
    pub empty_days: usize,
}

/// Number of the day a bar with this close time belongs to.
#[inline]
fn day_of(close_ms: f64) -> i64 {
    ((close_ms - 1.0) / DAY_MS).floor() as i64
}

multiversioned! {
    /// Whether every value is finite; an infinite or missing one makes the sum of zeros NaN.
    fn all_finite(values: &[f64]) -> bool {
        let mut lanes = [0.0_f64; 16];
        let (chunks, rest) = values.as_chunks::<16>();
        for chunk in chunks {
            for (lane, value) in lanes.iter_mut().zip(chunk) {
                *lane += value * 0.0;
            }
        }
        let mut sum: f64 = lanes.iter().sum();
        for value in rest {
            sum += value * 0.0;
        }
        sum == 0.0
    }
}

multiversioned! {
    /// Whether every value is finite and at least the one before, in one pass.
    fn is_rising(values: &[f64]) -> bool {
        let mut zeros = 0.0_f64;
        let mut falls = 0_u64;
        for (before, after) in values.iter().zip(&values[1.min(values.len())..]) {
            falls += u64::from(after < before) + u64::from(before.is_nan());
        }
        for ends in [values.first(), values.last()].into_iter().flatten() {
            zeros += ends * 0.0;
        }
        // Between two finite ends that never fall there is nothing infinite, and a missing value compares with nothing.
        falls == 0 && zeros == 0.0
    }
}

/// Refuses columns of different lengths, times and values that are no numbers, and times that fall.
///
/// # Errors
/// With the column and the row.
pub fn check(columns: &EquityColumns) -> Result<(), PerformanceError> {
    let rows = columns.time_ms.len();
    let named = [("timeMs", columns.time_ms), ("equity", columns.equity), ("exposure", columns.exposure)];
    for (name, column) in named {
        if column.len() != rows && !(name == "exposure" && column.is_empty()) {
            return Err(PerformanceError(format!("{name} has {} rows, timeMs has {rows}", column.len())));
        }
        // Times are looked at below with their order, exposure where it is summed up.
        if name == "equity" && !all_finite(column) {
            let row = column.iter().position(|value| !value.is_finite()).unwrap_or(0);
            return Err(PerformanceError(format!("{name} is not a number at row {row}")));
        }
    }
    if !is_rising(columns.time_ms) {
        if let Some(row) = columns.time_ms.iter().position(|value| !value.is_finite()) {
            return Err(PerformanceError(format!("timeMs is not a number at row {row}")));
        }
        let row = columns.time_ms.windows(2).position(|pair| pair[1] < pair[0]).map_or(0, |row| row + 1);
        return Err(PerformanceError(format!("timeMs goes back at row {row}")));
    }
    if rows > 0 && columns.time_ms[rows - 1] - columns.time_ms[0] > MAX_DAYS * DAY_MS {
        return Err(PerformanceError(
            "timeMs spans more than a thousand years: it must be milliseconds".to_owned(),
        ));
    }
    Ok(())
}

/// Gives the day's last value of a column whose rows have these close times, which must rise.
pub fn resample(time_ms: &[f64], values: &[f64], start: Option<f64>) -> Daily {
    let mut daily = Daily::default();
    let rows = time_ms.len().min(values.len());
    if rows == 0 {
        return daily;
    }
    daily.first_day = day_of(time_ms[0]);
    let last_day = day_of(time_ms[rows - 1]);
    let days = (last_day - daily.first_day + 1) as usize;
    daily.equity.reserve(days);
    daily.row_ends.reserve(days);
    let mut row = 0;
    let mut guess = 1;
    for day in daily.first_day..=last_day {
        let end = first_after(time_ms, row, guess, (day + 1) as f64 * DAY_MS);
        if end == row {
            daily.empty_days += 1;
        } else {
            guess = end - row;
        }
        row = end;
        daily.row_ends.push(row);
        daily.equity.push(values[row - 1]);
    }
    daily.returns = changes(&daily.equity, start);
    daily
}

/// First row from `from` on whose time is beyond `limit`. Days mostly have as many bars as the day before (`guess`), so
/// that two looks are enough; otherwise a search by halves.
fn first_after(time_ms: &[f64], from: usize, guess: usize, limit: f64) -> usize {
    let hope = from + guess;
    if hope <= time_ms.len()
        && time_ms[hope - 1] <= limit
        && time_ms.get(hope).is_none_or(|&time| time > limit)
    {
        return hope;
    }
    from + time_ms[from..].partition_point(|&time| time <= limit)
}

/// Returns from value to value, from `start` to the first when it is known. From a value of 0 or less there is no return
/// any more: the account is gone, and a fall through 0 counts as the whole of it.
pub fn changes(values: &[f64], start: Option<f64>) -> Vec<f64> {
    let change = |before: f64, after: f64| if before > 0.0 { after.max(0.0) / before - 1.0 } else { 0.0 };
    let first = start.zip(values.first()).map(|(before, &after)| change(before, after));
    first.into_iter().chain(values.windows(2).map(|pair| change(pair[0], pair[1]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_that_closes_at_midnight_belongs_to_the_day_before() {
        let hour = 3_600_000.0;
        let time_ms = [23.0 * hour, 24.0 * hour, 25.0 * hour, 96.0 * hour];
        let daily = resample(&time_ms, &[1.0, 2.0, 3.0, 6.0], Some(1.0));
        // Days 0 to 3; the third has no bar.
        assert_eq!(daily.first_day, 0);
        assert_eq!(daily.equity, [2.0, 3.0, 3.0, 6.0]);
        assert_eq!(daily.returns, [1.0, 0.5, 0.0, 1.0]);
        assert_eq!(daily.row_ends, [2, 3, 3, 4]);
        assert_eq!(daily.empty_days, 1);
    }

    #[test]
    fn nothing_comes_after_ruin() {
        assert_eq!(changes(&[50.0, -10.0, 20.0], Some(100.0)), [-0.5, -1.0, 0.0]);
        assert!(changes(&[], Some(100.0)).is_empty());
        assert!(changes(&[1.0], None).is_empty());
    }

    #[test]
    fn bad_columns_are_named_with_their_row() {
        let times = [1.0, 2.0, 3.0];
        let check_equity = |time_ms: &[f64], equity: &[f64]| {
            check(&EquityColumns { time_ms, equity, exposure: &[] }).map_err(|error| error.to_string())
        };
        assert_eq!(
            check_equity(&times, &[1.0, f64::NAN, 1.0]),
            Err("equity is not a number at row 1".to_owned())
        );
        assert_eq!(check_equity(&times, &[1.0, 2.0]), Err("equity has 2 rows, timeMs has 3".to_owned()));
        assert_eq!(check_equity(&[1.0, 3.0, 2.0], &[1.0; 3]), Err("timeMs goes back at row 2".to_owned()));
        assert_eq!(
            check_equity(&[1.0, f64::NAN, 2.0], &[1.0; 3]),
            Err("timeMs is not a number at row 1".to_owned())
        );
        assert_eq!(
            check_equity(&[1.0, 2.0, f64::INFINITY], &[1.0; 3]),
            Err("timeMs is not a number at row 2".to_owned())
        );
        assert_eq!(check_equity(&times, &[1.0; 3]), Ok(()));
    }
}

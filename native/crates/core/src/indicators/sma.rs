//! Simple moving average.
//!
//! * Formula: `sma[i] = (x[i] + x[i-1] + … + x[i-n+1]) / n`.
//! * Warm-up: `n - 1` bars; the first value belongs to bar `n - 1`.
//! * NaN policy: the module's (a hole restarts the warm-up, which for a window is the same as "NaN while a NaN
//!   is in the window").
//! * Precision: the exact mean of the doubles in the window, rounded once (see `window`), where TA-Lib, Tulip and
//!   pandas carry a running sum and its rounding. Equal averages therefore compare equal, however long the
//!   series and whatever the two periods.

use super::runs::{all_usable, for_each_run};
use super::sum::Count;
use super::window::{MovingWindow, SumChunk, WindowChunks, WindowSum};
use super::{IndicatorError, checked_length, checked_period, usable};
use crate::cpu::multiversioned;

/// Incremental simple moving average.
#[derive(Clone, Debug)]
pub struct Sma {
    window: MovingWindow<WindowSum>,
    count: Count,
}

impl Sma {
    /// An average over `period` bars.
    ///
    /// # Errors
    /// [`IndicatorError::Period`] unless `1 <= period <= MAX_PERIOD`.
    pub fn new(period: usize) -> Result<Self, IndicatorError> {
        let period = checked_period("period", period, 1)?;
        Ok(Sma { window: MovingWindow::new(period), count: Count::new(period) })
    }

    /// Takes the next bar; `None` while warming up.
    pub fn update(&mut self, value: f64) -> Option<f64> {
        if !usable(value) {
            self.reset();
            return None;
        }
        sma_step(&mut self.window, self.count, value)
    }

    /// Starts again as if new.
    pub fn reset(&mut self) {
        self.window.reset();
    }

    /// Bars before the first value.
    pub fn warm_up_bars(&self) -> usize {
        self.window.period() - 1
    }
}

/// Simple moving average of a column; `out` gets one value a row, NaN while warming up.
///
/// # Errors
/// [`IndicatorError::Period`] as [`Sma::new`]; [`IndicatorError::Length`] unless `out` is as long as `input`.
pub fn sma_batch(input: &[f64], period: usize, out: &mut [f64]) -> Result<(), IndicatorError> {
    let period = checked_period("period", period, 1)?;
    checked_length("out", out.len(), input.len())?;
    for_each_run(
        input.len(),
        |rows| all_usable(&input[rows]),
        |rows, usable| {
            if usable {
                sma_run(&input[rows.clone()], period, &mut out[rows]);
            } else {
                out[rows].fill(f64::NAN);
            }
        },
    );
    Ok(())
}

multiversioned! {
    fn sma_step(window: &mut MovingWindow<WindowSum>, count: Count, value: f64) -> Option<f64> {
        Some(window.update(value)?.mean(count))
    }
}

multiversioned! {
    fn sma_run(run: &[f64], period: usize, out: &mut [f64]) {
        let count = Count::new(period);
        let warm_up = (period - 1).min(out.len());
        out[..warm_up].fill(f64::NAN);
        let mut chunk = SumChunk::default();
        let mut windows = WindowChunks::<WindowSum>::new(run, period);
        loop {
            let rows = windows.next(&mut chunk);
            if rows.is_empty() {
                return;
            }
            for (slot, value) in out[rows].iter_mut().enumerate() {
                *value = chunk.mean(slot, count);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        let mut out = [0.0; 6];
        sma_batch(&[1.0, 2.0, 3.0, 7.0, 5.0, 0.0], 3, &mut out).expect("valid");
        assert!(out[0].is_nan() && out[1].is_nan());
        assert_eq!(out[2..], [2.0, 4.0, 5.0, 4.0]);
    }

    #[test]
    fn a_hole_restarts_the_warm_up() {
        let mut out = [0.0; 7];
        sma_batch(&[1.0, 3.0, f64::NAN, 5.0, 7.0, f64::INFINITY, 9.0], 2, &mut out).expect("valid");
        let expected = [f64::NAN, 2.0, f64::NAN, f64::NAN, 6.0, f64::NAN, f64::NAN];
        assert_eq!(out.map(f64::to_bits), expected.map(f64::to_bits));
    }

    #[test]
    fn wrong_calls_are_refused() {
        let mut out = [0.0; 2];
        let cases: [(&str, usize, usize, &str); 3] = [
            ("period zero", 0, 2, "period must be between 1 and 1048576, got 0"),
            ("period too long", 1 << 21, 2, "period must be between 1 and 1048576, got 2097152"),
            ("short output", 2, 3, "out has 2 rows, but the input has 3"),
        ];
        for (name, period, rows, message) in cases {
            let error = sma_batch(&vec![1.0; rows], period, &mut out).expect_err(name);
            assert_eq!(error.to_string(), message, "{name}");
        }
    }
}

//! Bollinger bands (J. Bollinger, "Bollinger on Bollinger Bands", 2001).
//!
//! * Formula: `middle = sma(x, n)`; `upper, lower = middle ± k * σ` with the population standard deviation
//!   `σ = sqrt(mean((x - middle)^2))` of the same window, as Bollinger, TA-Lib, Tulip, TradingView and Stock
//!   Indicators. pandas' `rolling.std` is the sample deviation, wider by `sqrt(n / (n - 1))`.
//! * Defaults of the field: `n = 20`, `k = 2` (TA-Lib before 0.8 used 5).
//! * Warm-up: `n - 1` bars.
//! * NaN policy: the module's.
//! * Precision: see `window`; a window of equal values has exactly no width, and a deviation a billion times smaller
//!   than the price keeps its digits.

use super::runs::{all_usable, for_each_run};
use super::sum::Count;
use super::window::{MomentsChunk, MovingWindow, WindowChunks, WindowMoments};
use super::{IndicatorError, checked_length, checked_period, usable};
use crate::cpu::multiversioned;

/// Bands of one bar, in the unit of the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BollingerBands {
    /// `middle + k * σ`.
    pub upper: f64,
    /// Simple moving average.
    pub middle: f64,
    /// `middle - k * σ`.
    pub lower: f64,
}

/// Columns to fill with the bands.
#[derive(Debug)]
pub struct BollingerColumns<'a> {
    /// Upper bands.
    pub upper: &'a mut [f64],
    /// Averages.
    pub middle: &'a mut [f64],
    /// Lower bands.
    pub lower: &'a mut [f64],
}

/// Incremental Bollinger bands.
#[derive(Clone, Debug)]
pub struct Bollinger {
    window: MovingWindow<WindowMoments>,
    count: Count,
    multiplier: f64,
}

#[inline(always)]
fn bands(middle: f64, deviation: f64, multiplier: f64) -> BollingerBands {
    BollingerBands {
        upper: multiplier.mul_add(deviation, middle),
        middle,
        lower: (-multiplier).mul_add(deviation, middle),
    }
}

fn checked_multiplier(multiplier: f64) -> Result<f64, IndicatorError> {
    if multiplier.is_finite() && multiplier >= 0.0 {
        Ok(multiplier)
    } else {
        Err(IndicatorError::Multiplier { name: "multiplier", value: multiplier })
    }
}

impl Bollinger {
    /// Bands of `multiplier` standard deviations around the average of `period` bars.
    ///
    /// # Errors
    /// [`IndicatorError::Period`] unless `2 <= period <= MAX_PERIOD`; [`IndicatorError::Multiplier`] unless the
    /// multiplier is finite and not negative.
    pub fn new(period: usize, multiplier: f64) -> Result<Self, IndicatorError> {
        let period = checked_period("period", period, 2)?;
        let multiplier = checked_multiplier(multiplier)?;
        Ok(Bollinger { window: MovingWindow::new(period), count: Count::new(period), multiplier })
    }

    /// Takes the next bar; `None` while warming up.
    pub fn update(&mut self, value: f64) -> Option<BollingerBands> {
        if !usable(value) {
            self.reset();
            return None;
        }
        bollinger_step(&mut self.window, self.count, self.multiplier, value)
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

/// Bollinger bands of a column; NaN while warming up.
///
/// # Errors
/// As [`Bollinger::new`]; [`IndicatorError::Length`] unless all columns are as long as `input`.
pub fn bollinger_batch(
    input: &[f64],
    period: usize,
    multiplier: f64,
    out: &mut BollingerColumns<'_>,
) -> Result<(), IndicatorError> {
    let period = checked_period("period", period, 2)?;
    let multiplier = checked_multiplier(multiplier)?;
    checked_length("upper", out.upper.len(), input.len())?;
    checked_length("middle", out.middle.len(), input.len())?;
    checked_length("lower", out.lower.len(), input.len())?;
    for_each_run(
        input.len(),
        |rows| all_usable(&input[rows]),
        |rows, usable| {
            let upper = &mut out.upper[rows.clone()];
            let middle = &mut out.middle[rows.clone()];
            let lower = &mut out.lower[rows.clone()];
            if usable {
                bollinger_run(&input[rows], period, multiplier, upper, middle, lower);
            } else {
                upper.fill(f64::NAN);
                middle.fill(f64::NAN);
                lower.fill(f64::NAN);
            }
        },
    );
    Ok(())
}

multiversioned! {
    fn bollinger_step(
        window: &mut MovingWindow<WindowMoments>,
        count: Count,
        multiplier: f64,
        value: f64,
    ) -> Option<BollingerBands> {
        let (middle, deviation) = window.update(value)?.mean_and_deviation(count);
        Some(bands(middle, deviation, multiplier))
    }
}

multiversioned! {
    fn bollinger_run(
        run: &[f64],
        period: usize,
        multiplier: f64,
        upper: &mut [f64],
        middle: &mut [f64],
        lower: &mut [f64],
    ) {
        let count = Count::new(period);
        let warm_up = (period - 1).min(run.len());
        upper[..warm_up].fill(f64::NAN);
        middle[..warm_up].fill(f64::NAN);
        lower[..warm_up].fill(f64::NAN);
        let mut chunk = MomentsChunk::default();
        let mut windows = WindowChunks::<WindowMoments>::new(run, period);
        loop {
            let rows = windows.next(&mut chunk);
            if rows.is_empty() {
                return;
            }
            let upper = &mut upper[rows.clone()];
            let middle = &mut middle[rows.clone()];
            let lower = &mut lower[rows.clone()];
            for slot in 0..rows.len() {
                let (mean, deviation) = chunk.mean_and_deviation(slot, count);
                let bands = bands(mean, deviation, multiplier);
                upper[slot] = bands.upper;
                middle[slot] = bands.middle;
                lower[slot] = bands.lower;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Window 2, 4, 4, 4, 5, 5, 7, 9: mean 5, population deviation 2; the next, 4, replaces the 2:
        // mean 5.25, squared deviations 3 * 1.5625 + 1.5625 + 2 * 0.0625 + 3.0625 + 14.0625 = 23.5, / 8 = 2.9375.
        let mut bollinger = Bollinger::new(8, 2.0).expect("valid");
        let mut last = None;
        for value in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            last = bollinger.update(value);
        }
        assert_eq!(last, Some(BollingerBands { upper: 9.0, middle: 5.0, lower: 1.0 }));
        let next = bollinger.update(4.0).expect("warm");
        assert_eq!(next.middle, 5.25);
        assert!((next.upper - (5.25 + 2.0 * 2.9375_f64.sqrt())).abs() < 1e-14);
        assert!((next.lower - (5.25 - 2.0 * 2.9375_f64.sqrt())).abs() < 1e-14);
    }

    #[test]
    fn a_flat_market_closes_the_bands() {
        let mut bollinger = Bollinger::new(20, 2.0).expect("valid");
        for value in [60_000.0, 60_010.1, 0.5] {
            bollinger.update(value);
        }
        let mut last = None;
        for _ in 0..20 {
            last = bollinger.update(60_123.45);
        }
        assert_eq!(last, Some(BollingerBands { upper: 60_123.45, middle: 60_123.45, lower: 60_123.45 }));
    }

    #[test]
    fn wrong_calls_are_refused() {
        let cases: [(&str, usize, f64, &str); 3] = [
            ("period of one", 1, 2.0, "period must be between 2 and 1048576, got 1"),
            ("negative width", 20, -2.0, "multiplier must be a finite number, zero or more, got -2"),
            ("no width", 20, f64::NAN, "multiplier must be a finite number, zero or more, got NaN"),
        ];
        for (name, period, multiplier, message) in cases {
            let error = Bollinger::new(period, multiplier).expect_err(name);
            assert_eq!(error.to_string(), message, "{name}");
        }
    }
}

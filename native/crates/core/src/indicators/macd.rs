//! Moving average convergence / divergence (G. Appel, 1979).
//!
//! * Formula: `macd = ema(x, fast) - ema(x, slow)`; `signal = ema(macd, signal period)`; `histogram = macd - signal`.
//! * Seeds: each average starts from the simple mean of its own first values: the fast one at bar `fast - 1`, the
//!   slow one at `slow - 1`, the signal from the first `signal` values of `macd`, as Stock Indicators and TradingView.
//!   TA-Lib starts the fast average `slow - fast` bars later, so that both seeds end on the same bar, and Tulip
//!   starts from the first bar; the differences fade with the memory of the averages.
//! * Defaults of the field: 12, 26, 9.
//! * Warm-up: `slow - 1` bars for `macd`, `signal - 1` more for `signal` and `histogram` (TA-Lib holds `macd` back
//!   until then).
//! * NaN policy: the module's.

use super::ema::Ema;
use super::runs::{all_usable, for_each_run};
use super::{IndicatorError, checked_length, checked_period, usable};
use crate::cpu::multiversioned;

/// The three periods, in bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MacdPeriods {
    /// Period of the fast average.
    pub fast: usize,
    /// Period of the slow average.
    pub slow: usize,
    /// Period of the signal line.
    pub signal: usize,
}

impl MacdPeriods {
    fn checked(self) -> Result<Self, IndicatorError> {
        checked_period("fast period", self.fast, 1)?;
        checked_period("slow period", self.slow, 1)?;
        checked_period("signal period", self.signal, 1)?;
        if self.fast < self.slow {
            Ok(self)
        } else {
            Err(IndicatorError::FastNotFaster { fast: self.fast, slow: self.slow })
        }
    }
}

/// One bar of the indicator, in the unit of the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MacdValue {
    /// Fast average less slow average.
    pub macd: f64,
    /// Average of `macd`; NaN for the first `signal - 1` values.
    pub signal: f64,
    /// `macd - signal`; NaN where the signal is.
    pub histogram: f64,
}

/// Columns to fill.
#[derive(Debug)]
pub struct MacdColumns<'a> {
    /// Fast average less slow average.
    pub macd: &'a mut [f64],
    /// Signal line.
    pub signal: &'a mut [f64],
    /// Difference of the two.
    pub histogram: &'a mut [f64],
}

/// Incremental MACD.
#[derive(Clone, Debug)]
pub struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
}

impl Macd {
    /// MACD with these periods.
    ///
    /// # Errors
    /// [`IndicatorError::Period`] unless each is between 1 and `MAX_PERIOD`; [`IndicatorError::FastNotFaster`] unless
    /// `fast < slow`.
    pub fn new(periods: MacdPeriods) -> Result<Self, IndicatorError> {
        Ok(Self::with_checked_periods(periods.checked()?))
    }

    #[inline(always)]
    fn with_checked_periods(periods: MacdPeriods) -> Self {
        Macd {
            fast: Ema::with_checked_period(periods.fast),
            slow: Ema::with_checked_period(periods.slow),
            signal: Ema::with_checked_period(periods.signal),
        }
    }

    /// Takes the next bar; `None` until the slow average is known.
    pub fn update(&mut self, value: f64) -> Option<MacdValue> {
        if !usable(value) {
            self.reset();
            return None;
        }
        macd_step(self, value)
    }

    /// As [`Macd::update`], for a value that is known to be a number.
    #[inline(always)]
    fn advance(&mut self, value: f64) -> Option<MacdValue> {
        let fast = self.fast.advance(value);
        let slow = self.slow.advance(value);
        let macd = fast? - slow?;
        let signal = self.signal.advance(macd).unwrap_or(f64::NAN);
        Some(MacdValue { macd, signal, histogram: macd - signal })
    }

    /// The recurrences, once all three averages have their seeds.
    #[inline(always)]
    fn step(&mut self, value: f64) -> MacdValue {
        let macd = self.fast.step(value) - self.slow.step(value);
        let signal = self.signal.step(macd);
        MacdValue { macd, signal, histogram: macd - signal }
    }

    /// Starts again as if new.
    #[inline(always)]
    pub fn reset(&mut self) {
        self.fast.reset();
        self.slow.reset();
        self.signal.reset();
    }

    /// Bars before `macd`, `signal` and `histogram` are all known.
    pub fn warm_up_bars(&self) -> usize {
        self.slow.warm_up_bars() + self.signal.warm_up_bars()
    }
}

/// MACD of a column; NaN while warming up.
///
/// # Errors
/// As [`Macd::new`]; [`IndicatorError::Length`] unless all columns are as long as `input`.
pub fn macd_batch(
    input: &[f64],
    periods: MacdPeriods,
    out: &mut MacdColumns<'_>,
) -> Result<(), IndicatorError> {
    let periods = periods.checked()?;
    checked_length("macd", out.macd.len(), input.len())?;
    checked_length("signal", out.signal.len(), input.len())?;
    checked_length("histogram", out.histogram.len(), input.len())?;
    for_each_run(
        input.len(),
        |rows| all_usable(&input[rows]),
        |rows, usable| {
            let macd = &mut out.macd[rows.clone()];
            let signal = &mut out.signal[rows.clone()];
            let histogram = &mut out.histogram[rows.clone()];
            if usable {
                macd_run(&input[rows], periods, macd, signal, histogram);
            } else {
                macd.fill(f64::NAN);
                signal.fill(f64::NAN);
                histogram.fill(f64::NAN);
            }
        },
    );
    Ok(())
}

multiversioned! {
    fn macd_step(macd: &mut Macd, value: f64) -> Option<MacdValue> {
        macd.advance(value)
    }
}

multiversioned! {
    fn macd_run(
        run: &[f64],
        periods: MacdPeriods,
        macd: &mut [f64],
        signal: &mut [f64],
        histogram: &mut [f64],
    ) {
        const WARMING: MacdValue = MacdValue { macd: f64::NAN, signal: f64::NAN, histogram: f64::NAN };
        let mut state = Macd::with_checked_periods(periods);
        let warm = (state.warm_up_bars() + 1).min(run.len());
        for row in 0..warm {
            let value = state.advance(run[row]).unwrap_or(WARMING);
            macd[row] = value.macd;
            signal[row] = value.signal;
            histogram[row] = value.histogram;
        }
        let columns = macd[warm..].iter_mut().zip(&mut signal[warm..]).zip(&mut histogram[warm..]);
        for (&input, ((macd, signal), histogram)) in run[warm..].iter().zip(columns) {
            let value = state.step(input);
            *macd = value.macd;
            *signal = value.signal;
            *histogram = value.histogram;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Fast 1 (the value itself), slow 3 (k = 1/2), signal 3 (k = 1/2).
        // slow: bar 2 (3+6+9)/3 = 6; bar 3 6+(12-6)/2 = 9; bar 4 9+(3-9)/2 = 6; bar 5 6+(10-6)/2 = 8.
        // macd: 3, 3, -3, 2; signal: bar 4 (3+3-3)/3 = 1; bar 5 1+(2-1)/2 = 1.5.
        let mut macd = [0.0; 6];
        let mut signal = [0.0; 6];
        let mut histogram = [0.0; 6];
        macd_batch(
            &[3.0, 6.0, 9.0, 12.0, 3.0, 10.0],
            MacdPeriods { fast: 1, slow: 3, signal: 3 },
            &mut MacdColumns { macd: &mut macd, signal: &mut signal, histogram: &mut histogram },
        )
        .expect("valid");
        assert!(macd[..2].iter().all(|value| value.is_nan()));
        assert_eq!(macd[2..], [3.0, 3.0, -3.0, 2.0]);
        assert!(signal[..4].iter().all(|value| value.is_nan()));
        assert_eq!(signal[4..], [1.0, 1.5]);
        assert!(histogram[..4].iter().all(|value| value.is_nan()));
        assert_eq!(histogram[4..], [-4.0, 0.5]);
    }

    #[test]
    fn a_fast_average_must_be_faster() {
        let error = Macd::new(MacdPeriods { fast: 26, slow: 26, signal: 9 }).expect_err("equal periods");
        assert_eq!(error.to_string(), "the fast period (26) must be smaller than the slow period (26)");
    }
}

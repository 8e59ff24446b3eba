//! Technical indicators, each in two forms that give the same bits:
//! a batch function over a column and a struct with `update(x) -> Option<f64>`, constant time a step.
//!
//! - [`sma`], [`ema`]: averages; [`rsi`]: Wilder's relative strength index; [`atr`]: Wilder's true range;
//!   [`bollinger`]: bands; [`macd`]: convergence / divergence of two averages.
//! - [`catalogue`]: these and all others by name, defined once.
//! - `window`: sums over a moving window that do not drift, by the arithmetic of `sum`.
//!
//! # Policy shared by all of them
//! * **Warm-up.** Until enough bars are known the batch writes NaN and `update` returns `None`. Outputs have the
//!   length of the input: index `i` belongs to bar `i`.
//! * **NaN stops.** A bar whose value is NaN, infinite or larger than [`MAX_MAGNITUDE`] gives NaN and restarts
//!   the warm-up: nothing computed before the hole leaks across it. (TA-Lib carries a NaN on for ever; pandas
//!   skips it.) A column that begins with NaN, such as the output of another indicator, therefore just starts
//!   later.
//! * **Same bits everywhere.** Only correctly rounded operations are used, fused multiply-add among them, so
//!   results do not depend on the machine, on batch or stream, or on the number of threads.

pub mod atr;
pub mod bollinger;
pub mod catalogue;
pub mod ema;
mod error;
pub mod macd;
pub mod rsi;
mod runs;
pub mod sma;
mod sum;
mod wilder;
mod window;

pub use atr::{Atr, AtrInput, atr_batch};
pub use bollinger::{Bollinger, BollingerBands, BollingerColumns, bollinger_batch};
pub use ema::{Ema, ema_batch};
pub use error::IndicatorError;
pub use macd::{Macd, MacdColumns, MacdPeriods, MacdValue, macd_batch};
pub use rsi::{Rsi, rsi_batch};
pub use sma::{Sma, sma_batch};

/// Longest period any indicator accepts: two years of one-minute bars. Bounds the memory of a window, and keeps
/// `count * mean` inside what the exact mean needs (see `window`).
pub const MAX_PERIOD: usize = 1 << 20;

/// Largest absolute input that counts as a number. Beyond it squares overflow; no price, volume or rate comes
/// near, so a larger value is broken data and is treated as NaN.
pub const MAX_MAGNITUDE: f64 = 1e150;

/// Whether a value can enter an indicator: finite and not absurdly large.
#[inline(always)]
fn usable(value: f64) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

/// The period as given, if the indicator can work with it.
///
/// # Errors
/// [`IndicatorError::Period`] when it is below `minimum` or above [`MAX_PERIOD`].
fn checked_period(name: &'static str, period: usize, minimum: usize) -> Result<usize, IndicatorError> {
    if (minimum..=MAX_PERIOD).contains(&period) {
        Ok(period)
    } else {
        Err(IndicatorError::Period { name, period, minimum, maximum: MAX_PERIOD })
    }
}

/// Checks that a column has the length of the input.
fn checked_length(name: &'static str, length: usize, expected: usize) -> Result<(), IndicatorError> {
    if length == expected { Ok(()) } else { Err(IndicatorError::Length { name, length, expected }) }
}

//! Technical indicators: [`catalogue`] has all of them by name, defined once, each as a batch over columns and as a stream of
//! bars that give the same bits.
//!
//! - `ema`, `rsi`, `wilder`: recurrences that many are made of
//! - `window`: sums over a moving window that do not drift, by the arithmetic of `sum`; `holes`: whether a column has any
//!
//! # Policy shared by all of them
//! * **Warm-up.** Until enough bars are known outputs are NaN. Outputs have the length of the input: index `i` belongs to
//!   bar `i`.
//! * **NaN stops.** A bar whose value is NaN, infinite or larger than [`MAX_MAGNITUDE`] gives NaN and restarts
//!   the warm-up: nothing computed before the hole leaks across it. (TA-Lib carries a NaN on for ever; pandas
//!   skips it.) A column that begins with NaN, such as the output of another indicator, therefore just starts
//!   later.
//! * **Same bits everywhere.** Only correctly rounded operations are used, fused multiply-add among them, so
//!   results do not depend on the machine, on batch or stream, or on the number of threads.

pub mod catalogue;
mod ema;
mod error;
mod holes;
mod rsi;
mod sum;
mod wilder;
mod window;

pub use error::IndicatorError;

/// Largest absolute input that counts as a number. Beyond it squares overflow; no price, volume or rate comes
/// near, so a larger value is broken data and is treated as NaN.
pub const MAX_MAGNITUDE: f64 = 1e150;

/// Whether a value can enter an indicator: finite and not absurdly large.
#[inline(always)]
fn usable(value: f64) -> bool {
    value.abs() <= MAX_MAGNITUDE
}

/// Checks that a column has the length of the input.
fn checked_length(name: &'static str, length: usize, expected: usize) -> Result<(), IndicatorError> {
    if length == expected { Ok(()) } else { Err(IndicatorError::Length { name, length, expected }) }
}

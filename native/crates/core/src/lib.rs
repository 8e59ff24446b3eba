//! Pure computation of the Sextant terminal. No Node, no clock, no randomness, no network.
//!
//! - [`indicators`]: technical indicators, each as a batch over a column and as an incremental struct; the
//!   two give the same bits.
//! - [`candles`]: the candle, its column form, the checks a candle must pass, resampling between timeframes.
//! - [`performance`]: every figure of a report from equity and trades.
//! - [`files`]: data files as they come, plain, gzip or zip, as a stream of text.
//! - [`robustness`]: chance applied to a backtest: Monte Carlo, random entries, candles that could have been.
//! - [`l2`]: order book recordings and trades: import, files, replay with latency and queue positions.
//! - [`statistics`]: regressions, unit roots, cointegration of pairs.
//! - [`sweep`]: backtests of rule sets over columns, for many parameter sets.
//! - [`store`]: candle column files: memory mapped, checksummed, crash safe on append.
//!
//! Columns are `&[f64]`. Times are epoch milliseconds in an `f64` column (exact below 2^53), so that a column
//! can be handed to JavaScript as it is.

#![deny(unsafe_code)]

pub mod cpu;
pub mod normal;
pub mod optimise;
pub mod pages;
pub mod parallel;
pub mod random;
mod symmetric;

pub mod candles;
pub mod files;
pub mod indicators;
pub mod l2;
pub mod performance;
pub mod robustness;
pub mod statistics;
pub mod store;
pub mod sweep;

/// Version of this crate; the host checks that the addon it loaded has the one it was written for.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

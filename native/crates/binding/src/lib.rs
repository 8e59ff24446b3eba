//! Node-API addon over `sextant-core`.
//!
//! Thin on purpose: it checks arguments, hands typed arrays over as slices, and runs what can take long off the host's
//! thread. Typed arrays are allocated by JavaScript and filled here, because Electron refuses buffers from outside its
//! heap. No call keeps an array after it has returned.
//!
//! - `arguments`: checked numbers, arrays that must not overlap, errors as `CODE: message`
//! - `catalogue`: every indicator by name
//! - `l2`, `l2_options`, `l2_replay`: order book recordings: import, replay
//! - `performance`: figures of a report
//! - `robustness`: Monte Carlo, random entries, candles that could have been
//! - `samplers`: the optimiser proposes trials
//! - `candles`: resampling; `candle_files`: tables of candles from files, checked
//! - `statistics`: cointegration and its relatives, the scan of all pairs
//! - `pages`: large pages for large columns
//! - `sweep`: backtests of rule sets over columns
//! - `store`: candle files; `control`: progress and cancel of a running task

// Every function refuses arguments with an error whose code the head of `arguments` explains; saying so on each adds nothing.
#![allow(clippy::missing_errors_doc)]
// Node-API hands arguments over by value.
#![allow(clippy::needless_pass_by_value)]

pub mod arguments;
pub mod candle_files;
pub mod candles;
pub mod catalogue;
pub mod control;
pub mod l2;
pub mod l2_options;
pub mod l2_replay;
pub mod performance;
pub mod robustness;
mod rule_trials;
pub mod samplers;
pub mod statistics;
pub mod store;
pub mod sweep;

use napi_derive::napi;

/// Raised whenever a function changes its name, arguments or result: the host refuses an addon with another number.
const ABI: u32 = 4;

/// What this addon is.
#[napi(object)]
#[derive(Debug)]
pub struct AddonVersion {
    /// Version of the crates.
    pub version: String,
    /// Number of the interface.
    pub abi: u32,
}

/// Version of the addon, for the host to compare with the one it was written for.
#[napi]
pub fn version() -> AddonVersion {
    AddonVersion { version: sextant_core::VERSION.to_owned(), abi: ABI }
}

//! Incremental indicators: one bar in, one value out, NaN while warming up.

use crate::arguments::{bad_argument, count, indicator_error, output};
use crate::indicators::macd_periods;
use napi::Result;
use napi::bindgen_prelude::Float64ArraySlice;
use napi_derive::napi;
use sextant_core::indicators::{Atr, Bollinger, Ema, Macd, Rsi, Sma};

/// The parts that all streams have: `reset` and `warmUpBars`.
macro_rules! common_methods {
    ($stream:ident) => {
        #[napi]
        impl $stream {
            /// Starts again as if new.
            #[napi]
            pub fn reset(&mut self) {
                self.0.reset();
            }

            /// Bars before the first complete value.
            #[napi(getter)]
            pub fn warm_up_bars(&self) -> u32 {
                self.0.warm_up_bars() as u32
            }
        }
    };
}

/// A stream that turns one number into one number.
macro_rules! value_stream {
    ($(#[$attribute:meta])* $stream:ident, $indicator:ident) => {
        $(#[$attribute])*
        #[napi]
        #[derive(Debug)]
        pub struct $stream($indicator);

        #[napi]
        impl $stream {
            /// A stream over `period` bars.
            #[napi(constructor, catch_unwind)]
            pub fn new(period: f64) -> Result<Self> {
                $indicator::new(count("period", period)?).map(Self).map_err(indicator_error)
            }

            /// Takes the next value; NaN while warming up.
            #[napi(catch_unwind)]
            pub fn update(&mut self, value: f64) -> f64 {
                self.0.update(value).unwrap_or(f64::NAN)
            }
        }

        common_methods!($stream);
    };
}

value_stream!(
    /// Incremental simple moving average.
    SmaStream,
    Sma
);
value_stream!(
    /// Incremental exponential moving average.
    EmaStream,
    Ema
);
value_stream!(
    /// Incremental relative strength index of closes.
    RsiStream,
    Rsi
);

/// Incremental average true range.
#[napi]
#[derive(Debug)]
pub struct AtrStream(Atr);

#[napi]
impl AtrStream {
    /// A stream over `period` true ranges.
    #[napi(constructor, catch_unwind)]
    pub fn new(period: f64) -> Result<Self> {
        Atr::new(count("period", period)?).map(Self).map_err(indicator_error)
    }

    /// Takes the next bar; NaN while warming up.
    #[napi(catch_unwind)]
    pub fn update(&mut self, high: f64, low: f64, close: f64) -> f64 {
        self.0.update(high, low, close).unwrap_or(f64::NAN)
    }
}

common_methods!(AtrStream);

/// Incremental Bollinger bands.
#[napi]
#[derive(Debug)]
pub struct BollingerStream(Bollinger);

#[napi]
impl BollingerStream {
    /// Bands of `multiplier` deviations over `period` bars.
    #[napi(constructor, catch_unwind)]
    pub fn new(period: f64, multiplier: f64) -> Result<Self> {
        Bollinger::new(count("period", period)?, multiplier).map(Self).map_err(indicator_error)
    }

    /// Takes the next value and writes upper, middle and lower band to `out`; NaN while warming up.
    #[napi(catch_unwind)]
    pub fn update(&mut self, value: f64, out: Float64ArraySlice) -> Result<()> {
        let bands = self.0.update(value);
        write_three(out, bands.map_or([f64::NAN; 3], |bands| [bands.upper, bands.middle, bands.lower]))
    }
}

common_methods!(BollingerStream);

/// Incremental MACD.
#[napi]
#[derive(Debug)]
pub struct MacdStream(Macd);

#[napi]
impl MacdStream {
    /// A stream with these periods.
    #[napi(constructor, catch_unwind)]
    pub fn new(fast_period: f64, slow_period: f64, signal_period: f64) -> Result<Self> {
        let periods = macd_periods(fast_period, slow_period, signal_period)?;
        Macd::new(periods).map(Self).map_err(indicator_error)
    }

    /// Takes the next value and writes MACD, signal and histogram to `out`; NaN while warming up.
    #[napi(catch_unwind)]
    pub fn update(&mut self, value: f64, out: Float64ArraySlice) -> Result<()> {
        let lines = self.0.update(value);
        write_three(out, lines.map_or([f64::NAN; 3], |lines| [lines.macd, lines.signal, lines.histogram]))
    }
}

common_methods!(MacdStream);

fn write_three(mut out: Float64ArraySlice, values: [f64; 3]) -> Result<()> {
    if out.len() != values.len() {
        return Err(bad_argument(format!("out must have 3 values, got {}", out.len())));
    }
    // SAFETY: the only array of the call.
    unsafe { output(&mut out) }.copy_from_slice(&values);
    Ok(())
}

//! Nanoseconds a bar of each indicator over a million bars, batch and incremental.
//!
//! Run with `cargo bench -p sextant-core`. Prints the minimum and the median of the rounds: on a shared machine only
//! the minimum says something about the code, and only ratios within one run can be compared.

use sextant_core::indicators::{
    Atr, AtrInput, Bollinger, BollingerColumns, Ema, Macd, MacdColumns, MacdPeriods, Rsi, Sma, atr_batch,
    bollinger_batch, ema_batch, macd_batch, rsi_batch, sma_batch,
};
use std::hint::black_box;
use std::time::Instant;

const BARS: usize = 1_000_000;
const ROUNDS: usize = 15;

/// A random walk with two decimals, the same on every run.
fn prices() -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut cents = 6_000_000_i64;
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..BARS {
        cents = (cents + draw(2_001) as i64 - 1_000).max(100_000);
        columns.0.push((cents + draw(800) as i64) as f64 / 100.0);
        columns.1.push((cents - draw(800) as i64) as f64 / 100.0);
        columns.2.push(cents as f64 / 100.0);
    }
    columns
}

/// Times `work` on fresh output columns and prints one line.
fn report(name: &str, outputs: usize, mut work: impl FnMut(&mut [Vec<f64>])) {
    let mut nanoseconds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            // Touched before the clock starts: page faults would be most of the time of the fast ones.
            let mut columns = vec![vec![1.0; BARS]; outputs];
            let start = Instant::now();
            work(black_box(&mut columns));
            let elapsed = start.elapsed();
            black_box(&columns);
            elapsed.as_nanos() as f64 / BARS as f64
        })
        .collect();
    nanoseconds.sort_by(f64::total_cmp);
    println!("{name:<24} {:>8.2} {:>8.2}", nanoseconds[0], nanoseconds[ROUNDS / 2]);
}

fn main() {
    let (high, low, close) = prices();
    let periods = MacdPeriods { fast: 12, slow: 26, signal: 9 };
    println!("{:<24} {:>8} {:>8}   ns a bar, {BARS} bars", "", "min", "median");

    report("SMA 20 batch", 1, |out| sma_batch(&close, 20, &mut out[0]).expect("valid"));
    report("SMA 200 batch", 1, |out| sma_batch(&close, 200, &mut out[0]).expect("valid"));
    report("EMA 20 batch", 1, |out| ema_batch(&close, 20, &mut out[0]).expect("valid"));
    report("RSI 14 batch", 1, |out| rsi_batch(&close, 14, &mut out[0]).expect("valid"));
    report("ATR 14 batch", 1, |out| {
        atr_batch(AtrInput { high: &high, low: &low, close: &close }, 14, &mut out[0]).expect("valid");
    });
    report("Bollinger 20 batch", 3, |out| {
        let [upper, middle, lower] = out else { unreachable!("three columns were asked for") };
        bollinger_batch(&close, 20, 2.0, &mut BollingerColumns { upper, middle, lower }).expect("valid");
    });
    report("MACD 12 26 9 batch", 3, |out| {
        let [macd, signal, histogram] = out else { unreachable!("three columns were asked for") };
        macd_batch(&close, periods, &mut MacdColumns { macd, signal, histogram }).expect("valid");
    });

    report("SMA 20 step", 0, |_| {
        let mut sma = Sma::new(20).expect("valid");
        for &value in &close {
            black_box(sma.update(value));
        }
    });
    report("EMA 20 step", 0, |_| {
        let mut ema = Ema::new(20).expect("valid");
        for &value in &close {
            black_box(ema.update(value));
        }
    });
    report("RSI 14 step", 0, |_| {
        let mut rsi = Rsi::new(14).expect("valid");
        for &value in &close {
            black_box(rsi.update(value));
        }
    });
    report("ATR 14 step", 0, |_| {
        let mut atr = Atr::new(14).expect("valid");
        for row in 0..BARS {
            black_box(atr.update(high[row], low[row], close[row]));
        }
    });
    report("Bollinger 20 step", 0, |_| {
        let mut bollinger = Bollinger::new(20, 2.0).expect("valid");
        for &value in &close {
            black_box(bollinger.update(value));
        }
    });
    report("MACD 12 26 9 step", 0, |_| {
        let mut macd = Macd::new(periods).expect("valid");
        for &value in &close {
            black_box(macd.update(value));
        }
    });
}

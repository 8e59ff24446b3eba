//! The catalogue against Tulip's two files of worked examples: Achelis' "Technical Analysis from A to Z", and results of
//! earlier versions. Both give three decimals.
//!
//! The data lies outside the repository; the test says so and passes where it is absent. Every name of the files is either
//! compared or named with the reason why it cannot be.

mod common;

use common::published::{Example, examples_of};
use sextant_core::indicators::catalogue::Indicator;
use std::collections::{BTreeMap, BTreeSet};

/// Half of the last digit given, and what rounded inputs make of it.
const TOLERANCE: f64 = 1.1e-3;

/// How one of Tulip's functions is called here.
struct Call {
    name: &'static str,
    id: &'static str,
    params: fn(&[f64]) -> Vec<f64>,
    /// Their input columns, in the order of ours.
    inputs: &'static [usize],
    /// Their output column, counted after the inputs, and ours.
    outputs: &'static [(usize, usize)],
    /// Ours less theirs, and ours over theirs.
    offset: fn(&[Vec<f64>]) -> f64,
    scale: f64,
    note: &'static str,
}

const FIRST: &[(usize, usize)] = &[(0, 0)];
const BOTH: &[(usize, usize)] = &[(0, 0), (1, 1)];

const fn call(name: &'static str, id: &'static str, inputs: &'static [usize]) -> Call {
    Call { name, id, params: <[f64]>::to_vec, inputs, outputs: FIRST, offset: |_| 0.0, scale: 1.0, note: "" }
}

impl Call {
    const fn with(mut self, params: fn(&[f64]) -> Vec<f64>) -> Self {
        self.params = params;
        self
    }

    const fn giving(mut self, outputs: &'static [(usize, usize)]) -> Self {
        self.outputs = outputs;
        self
    }

    const fn noted(mut self, note: &'static str) -> Self {
        self.note = note;
        self
    }
}

const CALLS: &[Call] = &[
    call("abs", "ABS", &[0]),
    call("acos", "ACOS", &[0]),
    call("ad", "AD", &[0, 1, 2, 3]),
    call("add", "ADD", &[0, 1]),
    call("adosc", "ADOSC", &[0, 1, 2, 3]),
    call("aroon", "AROON", &[0, 1]).giving(BOTH),
    call("aroonosc", "AROONOSC", &[0, 1]),
    call("asin", "ASIN", &[0]),
    call("atan", "ATAN", &[0]),
    call("avgprice", "AVGPRICE", &[0, 1, 2, 3]),
    call("bbands", "BBANDS", &[0]).with(|p| vec![p[0], p[1], p[1], 0.0]).giving(&[(0, 2), (1, 1), (2, 0)]),
    call("bop", "BOP", &[0, 1, 2, 3]),
    call("cci", "CCI", &[0, 1, 2]).noted("there the warm-up is twice as long"),
    call("ceil", "CEIL", &[0]),
    call("cmo", "CMOU", &[0]),
    call("cos", "COS", &[0]),
    call("cosh", "COSH", &[0]),
    call("di", "PLUS_DI", &[0, 1, 2]).noted("there known one bar sooner"),
    call("di", "MINUS_DI", &[0, 1, 2]).giving(&[(1, 0)]).noted("there known one bar sooner"),
    call("div", "DIV", &[0, 1]),
    call("dm", "PLUS_DM", &[0, 1]),
    call("dm", "MINUS_DM", &[0, 1]).giving(&[(1, 0)]),
    call("dpo", "DPO", &[0]),
    call("dx", "DX", &[0, 1, 1]).noted("there known one bar sooner"),
    call("emv", "EMV", &[0, 1, 2]).with(|_| vec![1.0, 10_000.0]),
    call("exp", "EXP", &[0]),
    call("fisher", "FISHER", &[0, 1]).giving(BOTH),
    call("floor", "FLOOR", &[0]),
    call("fosc", "FOSC", &[0]),
    call("hma", "HMA", &[0]),
    call("kama", "KAMA", &[0]).noted("there known one bar sooner"),
    call("lag", "LAG", &[0]),
    call("linreg", "LINEARREG", &[0]),
    call("linregintercept", "LINEARREG_INTERCEPT", &[0]),
    call("linregslope", "LINEARREG_SLOPE", &[0]),
    call("ln", "LN", &[0]),
    call("log10", "LOG10", &[0]),
    call("marketfi", "MARKETFI", &[0, 1, 2]),
    call("max", "MAX", &[0]),
    call("md", "AVGDEV", &[0]),
    call("medprice", "MEDPRICE", &[0, 1]),
    call("mfi", "MFI", &[0, 1, 2, 3]),
    call("min", "MIN", &[0]),
    call("mom", "MOM", &[0]),
    call("msw", "MSW", &[0]).giving(BOTH),
    call("mul", "MULT", &[0, 1]),
    call("nvi", "NVI", &[0, 1]),
    Call {
        offset: |columns| columns[1][0],
        ..call("obv", "OBV", &[0, 1]).noted("there the first bar's volume does not count")
    },
    call("pvi", "PVI", &[0, 1]),
    call("qstick", "QSTICK", &[0, 1]),
    call("roc", "ROCP", &[0]),
    call("rocr", "ROCR", &[0]),
    call("rsi", "RSI", &[0]),
    call("sin", "SIN", &[0]),
    call("sinh", "SINH", &[0]),
    call("sma", "SMA", &[0]),
    call("sqrt", "SQRT", &[0]),
    call("stddev", "STDDEV", &[0]).with(|p| vec![p[0], 1.0]),
    call("stderr", "STDERR", &[0]),
    call("stoch", "STOCH", &[0, 1, 2]).with(|p| vec![p[0], p[1], 0.0, p[2], 0.0]).giving(BOTH),
    Call {
        scale: 100.0,
        ..call("stochrsi", "STOCHRSI", &[0])
            .with(|p| vec![p[0], p[0], 1.0, 0.0])
            .noted("there 0 to 1, not smoothed")
    },
    call("sub", "SUB", &[0, 1]),
    call("sum", "SUM", &[0]),
    call("tan", "TAN", &[0]),
    call("tanh", "TANH", &[0]),
    call("tr", "TRANGE", &[0, 1, 2]).noted("there the first bar counts with high less low"),
    call("trima", "TRIMA", &[0]),
    call("tsf", "TSF", &[0]),
    call("typprice", "TYPPRICE", &[0, 1, 2]),
    call("ultosc", "ULTOSC", &[0, 1, 2]),
    call("var", "VAR", &[0]).with(|p| vec![p[0], 1.0]),
    call("vhf", "VHF", &[0]),
    call("vidya", "VIDYA", &[0]),
    call("vosc", "PVO", &[0]).with(|p| vec![p[0], p[1], 0.0]),
    call("vwma", "VWMA", &[0, 1]),
    call("wad", "WAD", &[0, 1, 2]).noted("there known one bar later"),
    call("wcprice", "WCLPRICE", &[0, 1, 2]),
    call("wilders", "RMA", &[0]),
    call("willr", "WILLR", &[0, 1, 2]),
    call("wma", "WMA", &[0]),
];

const SEED: &str = "there averages start from the first value: over so few bars that is another series";
const RANGE: &str =
    "there the first bar has a true range; tests/reference.rs compares with a bar put before it";
const RULE: &str = "a rule or a unit, not an indicator";

/// Names that are not compared, and why.
const EXCLUDED: &[(&str, &str)] = &[
    ("adx", SEED),
    ("adxr", SEED),
    ("apo", SEED),
    ("cvi", SEED),
    ("dema", SEED),
    ("ema", SEED),
    ("kvo", "there |2 d/c - 1|, and averages that start from the first value"),
    ("macd", SEED),
    ("mass", SEED),
    ("ppo", SEED),
    ("tema", SEED),
    ("trix", SEED),
    ("zlema", SEED),
    ("atr", RANGE),
    ("natr", RANGE),
    ("ao", "no values: 15 bars are too few"),
    ("psar", "there it starts with the side of the middle of the first bars; TA-Lib by the first move"),
    ("volatility", "there of simple changes, with n; HVOL has logarithmic ones, with n - 1"),
    ("crossany", RULE),
    ("crossover", RULE),
    ("decay", RULE),
    ("edecay", RULE),
    ("round", RULE),
    ("todeg", RULE),
    ("torad", RULE),
    ("trunc", RULE),
];

fn compare(call: &Call, example: &Example) -> (f64, usize) {
    let indicator = Indicator::new(call.id, &(call.params)(&example.options)).expect(call.id);
    let given = example.columns.len() - outputs_there(call.name);
    let inputs: Vec<&[f64]> = call.inputs.iter().map(|&place| example.columns[place].as_slice()).collect();
    let rows = inputs[0].len();
    let mut results = vec![vec![0.0; rows]; indicator.spec().outputs.len()];
    let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    indicator.batch(&inputs, &mut outputs).expect(call.id);
    let (mut worst, mut count) = (0.0_f64, 0);
    for &(theirs, ours) in call.outputs {
        let expected = &example.columns[given + theirs];
        // The file leaves the warm-up out.
        let found = &results[ours][rows - expected.len()..];
        for (found, expected) in found.iter().zip(expected).filter(|(found, _)| !found.is_nan()) {
            let found = (found - (call.offset)(&example.columns)) / call.scale;
            // Of a value beyond 2^43 a double has no third digit after the point: there its last places count.
            let places = 4.0 * f64::EPSILON * expected.abs();
            worst = worst.max((found - expected).abs() - if expected.abs() > 8.8e12 { places } else { 0.0 });
            count += 1;
        }
        let known = found.iter().filter(|value| !value.is_nan()).count();
        let allowed = usize::from(!call.note.is_empty());
        assert!(expected.len() - known <= allowed, "{}: {known} of {}", call.name, expected.len());
    }
    (worst, count)
}

/// How many output columns an example of this name ends with.
fn outputs_there(name: &str) -> usize {
    CALLS
        .iter()
        .filter(|call| call.name == name)
        .flat_map(|call| call.outputs)
        .map(|(theirs, _)| theirs + 1)
        .max()
        .expect("is in the table")
}

#[test]
fn worked_examples() {
    let Some(book) = examples_of("tulip_atoz.txt.gz") else { return };
    let Some(earlier) = examples_of("tulip_untest.txt.gz") else { return };
    let mut worst: BTreeMap<&str, (f64, usize)> = BTreeMap::new();
    for example in book.iter().chain(&earlier) {
        for call in CALLS.iter().filter(|call| call.name == example.name) {
            let (error, count) = compare(call, example);
            let entry = worst.entry(call.id).or_default();
            *entry = (entry.0.max(error), entry.1 + count);
        }
    }
    for call in CALLS {
        let (error, count) = worst[call.id];
        println!(
            "{:<16} {:<20} worst error {error:.1e} over {count:>3} values  {}",
            call.name, call.id, call.note
        );
        assert!(count > 0, "{}: nothing compared", call.name);
        assert!(error < TOLERANCE, "{}: {error:e}", call.name);
    }
    let named: BTreeSet<&str> =
        CALLS.iter().map(|call| call.name).chain(EXCLUDED.iter().map(|(name, _)| *name)).collect();
    let there: BTreeSet<&str> = book.iter().chain(&earlier).map(|example| example.name.as_str()).collect();
    assert_eq!(there, named);
    for (name, reason) in EXCLUDED {
        println!("{name:<16} not compared: {reason}");
    }
}

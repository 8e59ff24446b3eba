//! The candlestick patterns against Tulip's file of worked candles: bars on which a pattern is, or is not.
//!
//! The data lies outside the repository; the test says so and passes where it is absent. Every line of the file is compared or
//! named with the reason why it differs.

mod common;

use common::{gunzip, shared};
use sextant_core::indicators::catalogue::Indicator;
use std::collections::BTreeSet;

/// Tulip's name, ours, and the side it must have; 0 for either.
const PATTERNS: &[(&str, &str, f64)] = &[
    ("doji", "CDLDOJI", 0.0),
    ("dragonfly_doji", "CDLDRAGONFLYDOJI", 0.0),
    ("long_legged_doji", "CDLLONGLEGGEDDOJI", 0.0),
    ("gravestone_doji", "CDLGRAVESTONEDOJI", 0.0),
    ("marubozu", "CDLMARUBOZU", 0.0),
    ("white_marubozu", "CDLMARUBOZU", 1.0),
    ("black_marubozu", "CDLMARUBOZU", -1.0),
    ("big_white_candle", "CDLLONGLINE", 1.0),
    ("big_black_candle", "CDLLONGLINE", -1.0),
    ("engulfing_bull", "CDLENGULFING", 1.0),
    ("engulfing_bear", "CDLENGULFING", -1.0),
    ("three_white_soldiers", "CDL3WHITESOLDIERS", 1.0),
    ("three_black_crows", "CDL3BLACKCROWS", -1.0),
    ("spinning_top", "CDLSPINNINGTOP", 0.0),
    ("evening_star", "CDLEVENINGSTAR", -1.0),
    ("evening_doji_star", "CDLEVENINGDOJISTAR", -1.0),
    ("morning_star", "CDLMORNINGSTAR", 1.0),
    ("morning_doji_star", "CDLMORNINGDOJISTAR", 1.0),
    ("abandoned_baby_bear", "CDLABANDONEDBABY", -1.0),
    ("abandoned_baby_bull", "CDLABANDONEDBABY", 1.0),
    ("hammer", "CDLHAMMER", 1.0),
    ("hanging_man", "CDLHANGINGMAN", -1.0),
    ("inverted_hammer", "CDLINVERTEDHAMMER", 1.0),
];

const SHADOWS: &str = "a long line of TA-Lib has short shadows; there only the body counts";
const THIRD_BODY: &str = "TA-Lib wants a third body that is not short; there its length does not count";

/// Where TA-Lib's definition, which is ours, says otherwise: place of the example in the file, name, bar, reason.
const DIFFERENT: &[(usize, &str, usize, &str)] = &[
    (4, "big_white_candle", 11, SHADOWS),
    (5, "big_white_candle", 11, SHADOWS),
    (6, "morning_star", 13, THIRD_BODY),
    (6, "morning_doji_star", 13, THIRD_BODY),
    (6, "abandoned_baby_bull", 13, THIRD_BODY),
    (7, "morning_star", 13, THIRD_BODY),
];

/// Names that have no pattern here.
const ABSENT: &[(&str, &str)] = &[
    ("star", "a part of other patterns, not one of TA-Lib's"),
    ("four_price_doji", "four equal prices, not one of TA-Lib's; a CDLDOJI"),
];

/// Open, high, low and close, then lines that name a pattern and bars.
struct Example<'a> {
    columns: Vec<Vec<f64>>,
    claims: Vec<&'a str>,
}

fn examples(text: &str) -> Vec<Example<'_>> {
    let mut examples: Vec<Example<'_>> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line == "candle" {
            examples.push(Example { columns: Vec::new(), claims: Vec::new() });
            continue;
        }
        let example = examples.last_mut().expect("starts with a candle");
        if let Some(numbers) = line.strip_prefix('{') {
            let numbers = numbers.trim_end_matches('}').split(',');
            example.columns.push(numbers.map(|number| number.trim().parse().expect("is a number")).collect());
        } else {
            example.claims.push(line);
        }
    }
    examples
}

fn pattern(id: &str, columns: &[Vec<f64>]) -> Vec<f64> {
    let defaults = sextant_core::indicators::catalogue::find(id).expect(id).defaults();
    let indicator = Indicator::new(id, &defaults).expect(id);
    let inputs: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let mut result = vec![0.0; columns[0].len()];
    indicator.batch(&inputs, &mut [&mut result]).expect(id);
    result
}

fn is_there(value: f64, side: f64) -> bool {
    if side == 0.0 { value != 0.0 && !value.is_nan() } else { value * side > 0.0 }
}

#[test]
fn worked_candles() {
    let Some(path) = shared("reference/tulip_candles.txt.gz") else { return };
    let text = gunzip(&path);
    let (mut compared, mut different, mut absent) = (0, BTreeSet::new(), BTreeSet::new());
    for (place, example) in (1..).zip(examples(&text)) {
        for claim in &example.claims {
            let mut words = claim.split_whitespace();
            let word = words.next().expect("has a name");
            let (name, claimed) = word.strip_prefix('!').map_or((word, true), |name| (name, false));
            if let Some((name, _)) = ABSENT.iter().find(|(other, _)| *other == name) {
                absent.insert(*name);
                continue;
            }
            let (_, id, side) = PATTERNS.iter().find(|(other, ..)| *other == name).expect(name);
            let found = pattern(id, &example.columns);
            for bar in words.map(|bar| bar.parse::<usize>().expect("is a bar")) {
                if is_there(found[bar], *side) == claimed {
                    compared += 1;
                } else {
                    different.insert((place, name, bar));
                }
            }
        }
    }
    println!("{compared} claims hold, {} differ", different.len());
    for (place, name, bar, reason) in DIFFERENT {
        println!("example {place}, {name} on bar {bar}: {reason}");
    }
    for (name, reason) in ABSENT {
        println!("{name} not compared: {reason}");
    }
    assert_eq!(
        different,
        DIFFERENT.iter().map(|&(place, name, bar, _)| (place, name, bar)).collect::<BTreeSet<_>>()
    );
    assert_eq!(absent, ABSENT.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>());
    assert_eq!(compared, 46);
}

/// The reason given for the stars: with a third body longer than the ten before the patterns are there.
#[test]
fn a_third_body_that_is_not_short_makes_the_star() {
    let mut columns: Vec<Vec<f64>> = [(5.0, 6.0), (7.0, 7.0), (4.0, 4.0), (6.0, 5.0)]
        .iter()
        .map(|&(even, odd)| (0..11).map(|bar| if bar % 2 == 0 { even } else { odd }).collect())
        .collect();
    let tail = [[8.0, 3.5, 5.0], [8.0, 3.5, 7.0], [4.0, 3.0, 5.0], [4.0, 3.4, 6.0]];
    for (column, tail) in columns.iter_mut().zip(tail) {
        column.extend(tail);
    }
    for id in ["CDLMORNINGSTAR", "CDLMORNINGDOJISTAR", "CDLABANDONEDBABY"] {
        assert_eq!(pattern(id, &columns)[13], 0.0, "{id}, body 1");
        let mut longer = columns.clone();
        longer[3][13] = 6.9;
        assert_eq!(pattern(id, &longer)[13], 100.0, "{id}, body 1.9");
    }
}

//! Indicators that no published series covers, on numbers a person worked out.

use sextant_core::indicators::catalogue::Indicator;

fn run(id: &str, params: &[f64], inputs: &[&[f64]]) -> Vec<Vec<f64>> {
    let indicator = Indicator::new(id, params).expect(id);
    let mut results = vec![vec![0.0; inputs[0].len()]; indicator.spec().outputs.len()];
    let mut outputs: Vec<&mut [f64]> = results.iter_mut().map(Vec::as_mut_slice).collect();
    indicator.batch(inputs, &mut outputs).expect(id);
    results
}

/// Compares to twelve digits; NaN equals NaN.
fn check(name: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    for (row, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = (found.is_nan() && expected.is_nan())
            || (found - expected).abs() <= 1e-12 * expected.abs().max(1.0);
        assert!(same, "{name}, row {row}: {found} for {expected}");
    }
}

const NAN: f64 = f64::NAN;
const DAY: f64 = 86_400_000.0;

/// Rules compare a price with its line: where nothing moves they must be equal, not nearly.
#[test]
fn lines_through_a_market_at_rest() {
    let rest = [100.0; 1_500];
    for period in [2.0, 5.0, 14.0, 49.0, 200.0] {
        let after = period as usize - 1;
        for (id, expected) in
            [("LINEARREG", 100.0), ("LINEARREG_INTERCEPT", 100.0), ("TSF", 100.0), ("LINEARREG_SLOPE", 0.0)]
        {
            let found = &run(id, &[period], &[&rest])[0];
            assert!(found[after..].iter().all(|&value| value == expected), "{id} over {period} bars");
        }
    }
}

#[test]
fn weighted_averages() {
    // Fibonacci 1 1 2; Pascal 1 2 1; squares 1 4 9; cubes 1 8 27.
    let x: &[f64] = &[4.0, 8.0, 2.0];
    check("FWMA", &run("FWMA", &[3.0], &[x])[0], &[NAN, NAN, 16.0 / 4.0]);
    check("PWMA", &run("PWMA", &[3.0], &[x])[0], &[NAN, NAN, 22.0 / 4.0]);
    check("SQWMA", &run("SQWMA", &[3.0], &[x])[0], &[NAN, NAN, 54.0 / 14.0]);
    check("CWMA", &run("CWMA", &[3.0], &[x])[0], &[NAN, NAN, 122.0 / 36.0]);
    // sin 45, 90, 135 degrees.
    let s = 0.5_f64.sqrt();
    check("SINWMA", &run("SINWMA", &[3.0], &[x])[0], &[NAN, NAN, (6.0 * s + 8.0) / (2.0 * s + 1.0)]);
    check(
        "SRWMA",
        &run("SRWMA", &[2.0], &[x])[0][..2],
        &[NAN, (4.0 + 8.0 * 2.0_f64.sqrt()) / (1.0 + 2.0_f64.sqrt())],
    );
    check("JSA", &run("JSA", &[2.0], &[x])[0], &[NAN, NAN, 3.0]);
}

#[test]
fn session_and_anchored_prices() {
    // Typical prices 10 and 20 with volumes 1 and 3 on one day; 7 alone on the next.
    let time: &[f64] = &[0.5 * DAY, 0.75 * DAY, DAY];
    let high: &[f64] = &[11.0, 21.0, 8.0];
    let low: &[f64] = &[9.0, 19.0, 6.0];
    let close: &[f64] = &[10.0, 20.0, 7.0];
    let volume: &[f64] = &[1.0, 3.0, 5.0];
    let bands = run("VWAPSESSION", &[24.0, 0.0, 2.0], &[time, high, low, close, volume]);
    check("vwap", &bands[1], &[10.0, 17.5, 7.0]);
    // Variance (1 * 7.5^2 + 3 * 2.5^2) / 4 = 18.75.
    let deviation = 18.75_f64.sqrt();
    check("upper", &bands[0], &[10.0, 17.5 + 2.0 * deviation, 7.0]);
    check("lower", &bands[2], &[10.0, 17.5 - 2.0 * deviation, 7.0]);
    let anchored = run("VWAPANCHORED", &[0.75 * DAY], &[time, high, low, close, volume]);
    check("anchored", &anchored[0], &[NAN, 20.0, (60.0 + 35.0) / 8.0]);
    // From the day before: high 21, low 9, close 20, so that p = 50/3.
    let pivots = run("PIVOTS", &[24.0, 0.0, 0.0], &[time, high, low, close]);
    let p = 50.0 / 3.0;
    check("pivot", &pivots[0], &[NAN, NAN, p]);
    check("r1", &pivots[1], &[NAN, NAN, 2.0 * p - 9.0]);
    check("s1", &pivots[2], &[NAN, NAN, 2.0 * p - 21.0]);
    check("r3", &pivots[5], &[NAN, NAN, 21.0 + 2.0 * (p - 9.0)]);
    let camarilla = run("PIVOTS", &[24.0, 0.0, 2.0], &[time, high, low, close]);
    check("camarilla r3", &camarilla[5], &[NAN, NAN, 20.0 + 12.0 * 1.1 / 4.0]);
}

#[test]
fn a_volume_profile() {
    // Range 0 to 4 in four bins. 8 over bins 0 to 3 gives 2 each, 6 in bin 1: 2 8 2 2.
    let profile = run("VPROFILE", &[2.0, 4.0, 70.0], &[&[4.0, 1.5], &[0.0, 1.2], &[8.0, 6.0]]);
    check("poc", &profile[0], &[NAN, 1.5]);
    // 70 % of 14 is 9.8: bin 1 has 8, the upper of equal neighbours makes 10.
    check("vah", &profile[1], &[NAN, 3.0]);
    check("val", &profile[2], &[NAN, 1.0]);
}

#[test]
fn the_cloud() {
    // Windows 1, 2, 3 and displacement 1.
    let high: &[f64] = &[2.0, 4.0, 10.0, 6.0];
    let low: &[f64] = &[0.0, 2.0, 6.0, 4.0];
    let cloud = run("ICHIMOKU", &[1.0, 2.0, 3.0, 1.0], &[high, low]);
    check("tenkan", &cloud[0], &[NAN, NAN, NAN, 5.0]);
    check("kijun", &cloud[1], &[NAN, NAN, NAN, 7.0]);
    // On the bar before: (8 + 6) / 2, and the middle of 0 to 10.
    check("senkou a", &cloud[2], &[NAN, NAN, NAN, 7.0]);
    check("senkou b", &cloud[3], &[NAN, NAN, NAN, 5.0]);
}

#[test]
fn levels_are_known_when_confirmed() {
    let high: &[f64] = &[5.0, 9.0, 6.0, 7.0, 9.5];
    let low: &[f64] = &[4.0, 5.0, 3.0, 5.0, 8.0];
    let close: &[f64] = &[4.5, 8.0, 4.0, 6.0, 9.2];
    let found = run("SUPRES", &[1.0, 1.0], &[high, low, close]);
    check("resistance", &found[0], &[NAN, NAN, 9.0, 9.0, 9.0]);
    check("support", &found[1], &[NAN, NAN, 3.0, 3.0, 3.0]);
    check("break", &found[2], &[NAN, NAN, 0.0, 0.0, 1.0]);
    // Ten percent: up from 4 at once, down from 9 on the third bar, up from 3 on the fourth.
    let legs = run("ZIGZAG", &[10.0], &[high, low]);
    check("pivot", &legs[0], &[4.5, 4.0, 9.0, 3.0, 3.0]);
    check("leg", &legs[1], &[0.0, 1.0, -1.0, 1.0, 1.0]);
}

#[test]
fn volatility_of_one_known_bar() {
    let e = std::f64::consts::E;
    // ln(h/l) = 2, ln(c/o) = 1, ln(h/c) = 0, ln(l/o) = -1, ln(l/c) = -2, ln(h/o) = 1.
    let (open, high, low, close): (&[f64], &[f64], &[f64], &[f64]) = (&[e], &[e * e], &[1.0], &[e * e]);
    let ln2 = std::f64::consts::LN_2;
    check("PARKINSON", &run("PARKINSON", &[1.0, 4.0], &[high, low])[0], &[(4.0 / ln2).sqrt()]);
    let inputs = [open, high, low, close];
    check("GARMANKLASS", &run("GARMANKLASS", &[1.0, 1.0], &inputs)[0], &[(2.0 - (2.0 * ln2 - 1.0)).sqrt()]);
    check("ROGERSSATCHELL", &run("ROGERSSATCHELL", &[1.0, 1.0], &inputs)[0], &[2.0_f64.sqrt()]);
    // Changes 1 and -1: sample variance 2.
    let x: &[f64] = &[1.0, e, 1.0];
    check("HVOL", &run("HVOL", &[2.0, 2.0], &[x])[0], &[NAN, NAN, 2.0]);
    // First 1, then 0.5 * 1 + 0.5 * 1.
    check("EWMAVOL", &run("EWMAVOL", &[0.5, 9.0], &[x])[0], &[NAN, 3.0, 3.0]);
}

#[test]
fn moments_of_a_window() {
    // Mean 2: deviations -2 -1 -1 4 by 0 1 1 6; squares 22, cubes 54, fourths 274, each over 4.
    let x: &[f64] = &[0.0, 1.0, 1.0, 6.0];
    let (second, third, fourth) = (5.5_f64, 13.5, 68.5);
    check("SKEW", &run("SKEW", &[4.0], &[x])[0], &[NAN, NAN, NAN, third / second.powf(1.5)]);
    check("KURTOSIS", &run("KURTOSIS", &[4.0], &[x])[0], &[NAN, NAN, NAN, fourth / (second * second) - 3.0]);
    // Median 1: distances 1 0 0 5.
    check("MEDIANAD", &run("MEDIANAD", &[4.0], &[x])[0], &[NAN, NAN, NAN, 0.5]);
}

#[test]
fn counts_and_crossings() {
    let x: &[f64] = &[1.0, 2.0, 3.0, 3.0, 1.0, 0.0];
    check("TDSETUP", &run("TDSETUP", &[1.0], &[x])[0], &[NAN, 1.0, 2.0, 0.0, -1.0, -2.0]);
    check("CROSS", &run("CROSS", &[], &[x, &[2.0; 6]])[0], &[0.0, 0.0, 100.0, 0.0, -100.0, 0.0]);
    check("PSL", &run("PSL", &[2.0], &[x])[0], &[NAN, NAN, 100.0, 50.0, 0.0, 0.0]);
    check("BIAS", &run("BIAS", &[2.0], &[x])[0][..2], &[NAN, 100.0 / 3.0]);
    // Highs up by 1, lows down by 3.
    check("DEMARKER", &run("DEMARKER", &[1.0], &[&[5.0, 6.0], &[4.0, 1.0]])[0], &[NAN, 0.25]);
    // A straight line is wholly explained by time.
    check("CTI", &run("CTI", &[3.0], &[&[1.0, 2.0, 3.0, 1.0]])[0], &[NAN, NAN, 1.0, -0.5]);
}

/// Bars of height 0 whose middle goes through these prices in steps of one.
fn path(corners: &[f64]) -> Vec<f64> {
    let mut prices = vec![corners[0]];
    for &corner in &corners[1..] {
        while prices[prices.len() - 1] != corner {
            let last = prices[prices.len() - 1];
            prices.push(last + (corner - last).signum());
        }
    }
    prices
}

/// Rows with a signal, and what it is.
fn signals(id: &str, tolerance: f64, corners: &[f64]) -> Vec<(usize, f64)> {
    let x = path(corners);
    let found = run(id, &[2.0, 2.0, tolerance], &[&x, &x, &x]);
    found[0]
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_nan() && **value != 0.0)
        .map(|(row, value)| (row, *value))
        .collect()
}

#[test]
fn chart_patterns_complete_on_the_close_beyond_their_line() {
    // From 0 up to 10, back to 6, up to 10, down: the first close below 6 is 5 at 10 + 4 + 4 + 5 = row 23.
    assert_eq!(signals("CHARTDOUBLE", 20.0, &[5.0, 0.0, 10.0, 6.0, 10.0, 2.0]), [(28, -100.0)]);
    assert_eq!(signals("CHARTDOUBLE", 20.0, &[5.0, 10.0, 0.0, 4.0, 0.0, 8.0]), [(28, 100.0)]);
    // A second high too far above the first is none.
    assert_eq!(signals("CHARTDOUBLE", 20.0, &[5.0, 0.0, 10.0, 6.0, 14.0, 2.0]), []);
    // Shoulders at 10, head at 14, line at 6: 5 is reached after 10 + 4 + 8 + 8 + 4 + 5 rows.
    assert_eq!(signals("CHARTHEADSHOULDERS", 30.0, &[0.0, 10.0, 6.0, 14.0, 6.0, 10.0, 2.0]), [(39, -100.0)]);
    // Highs 12, 12 and lows 2, 7: ascending, broken above 12 with 13 at row 12 + 10 + 10 + 5 + 6.
    assert_eq!(signals("CHARTTRIANGLE", 15.0, &[0.0, 12.0, 2.0, 12.0, 7.0, 15.0]), [(43, 100.0)]);
    // A rise of 20, then 20 16 18 14: the line of the highs falls 2 in 6 rows; up from 14 at row 32 it is met at 17.
    assert_eq!(signals("CHARTFLAG", 50.0, &[4.0, 0.0, 20.0, 16.0, 18.0, 14.0, 22.0]), [(37, 100.0)]);
}

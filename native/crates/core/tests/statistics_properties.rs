//! Statistics that must hold for any series.

use proptest::prelude::*;
use sextant_core::random::Random;
use sextant_core::statistics::{
    HurstMethod, JohansenOrder, Lag, PairTest, Scan, ScanSettings, StatisticsError, Trend,
    augmented_dickey_fuller, correlation_matrix, engle_granger, half_life, hurst_exponent, johansen,
    pair_statistics, scan_pairs,
};
use std::sync::atomic::{AtomicU64, Ordering};

/// Random walks, far from zero, that share part of their steps.
fn walks(seed: u64, count: usize, rows: usize) -> Vec<Vec<f64>> {
    let mut shared = Random::new(seed, 0);
    let common: Vec<f64> = (0..rows).map(|_| shared.normal()).collect();
    (1..=count as u64)
        .map(|stream| {
            let mut random = Random::new(seed, stream);
            let weight = random.uniform();
            let mut level = 10.0 + 100.0 * random.uniform();
            common
                .iter()
                .map(|step| {
                    level += 0.01 * (weight * step + (1.0 - weight) * random.normal());
                    level
                })
                .collect()
        })
        .collect()
}

fn slices(series: &[Vec<f64>]) -> Vec<&[f64]> {
    series.iter().map(Vec::as_slice).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sums_of_products_give_the_direct_statistic(seed: u64, count in 2usize..20, rows in 60usize..700, kind in 0usize..5) {
        let series = walks(seed, count, rows);
        let series = slices(&series);
        let lag =
            [Lag::Fixed(0), Lag::Fixed(1), Lag::Fixed(6), Lag::Akaike(None), Lag::Bayes(Some(5))][kind];
        let found = pair_statistics(&series, lag, true, 1, &|_, _| true).unwrap();
        prop_assert_eq!(found.len(), count * (count - 1));
        for pair in found {
            let direct = engle_granger(series[pair.first], &[series[pair.second]], Trend::Constant, lag).unwrap();
            prop_assert!((direct.t - pair.t).abs() < 1e-9, "{:?} {}", pair, direct.t);
            prop_assert_eq!(direct.lag, pair.lag);
        }
    }

    #[test]
    fn scale_and_shift_change_no_statistic(seed: u64, scale in 1e-6f64..1e6, shift in -100.0f64..100.0) {
        let series = walks(seed, 2, 300);
        let moved: Vec<f64> = series[0].iter().map(|value| value * scale + shift).collect();
        let one = engle_granger(&series[0], &[&series[1]], Trend::Constant, Lag::Akaike(None)).unwrap();
        let other = engle_granger(&moved, &[&series[1]], Trend::Constant, Lag::Akaike(None)).unwrap();
        // A shift far above the scale of the series costs it digits.
        let tolerance = 1e-9 * (1.0 + shift.abs() / scale);
        prop_assert!((one.t - other.t).abs() < tolerance);
        prop_assert!((one.hedge_ratios[0] * scale / other.hedge_ratios[0] - 1.0).abs() < tolerance);
        let (a, b) = (
            augmented_dickey_fuller(&series[0], Trend::Linear, Lag::Bayes(None)).unwrap(),
            augmented_dickey_fuller(&moved, Trend::Linear, Lag::Bayes(None)).unwrap(),
        );
        prop_assert!((a.t - b.t).abs() < tolerance);
        for method in [HurstMethod::LaggedDifferences, HurstMethod::RescaledRange] {
            let (a, b) = (hurst_exponent(&series[0], method).unwrap(), hurst_exponent(&moved, method).unwrap());
            prop_assert!((a - b).abs() < tolerance);
        }
        prop_assert!((half_life(&series[0]).unwrap() / half_life(&moved).unwrap() - 1.0).abs() < tolerance * 10.0);
        let matrix = correlation_matrix(&[&series[0], &moved, &series[1]]).unwrap();
        prop_assert!((matrix[1] - 1.0).abs() < tolerance && (matrix[2] - matrix[5]).abs() < tolerance);
    }

    #[test]
    fn johansen_does_not_depend_on_order_or_scale(seed: u64) {
        let series = walks(seed, 3, 250);
        let twice: Vec<f64> = series[1].iter().map(|value| value * 200.0).collect();
        let one = johansen(&[&series[0], &series[1], &series[2]], JohansenOrder::Constant, 2).unwrap();
        let other = johansen(&[&series[2], &series[0], &twice], JohansenOrder::Constant, 2).unwrap();
        for rank in 0..3 {
            prop_assert!((one.trace[rank] - other.trace[rank]).abs() < 1e-7);
            prop_assert!((one.maximum[rank] - other.maximum[rank]).abs() < 1e-7);
        }
        // The same relation: weights on series 0 and 1 in the same proportion.
        let (a, b) = (one.relation[1], other.relation[2] * 200.0 / other.relation[1]);
        prop_assert!((a - b).abs() < 1e-6 * a.abs().max(1.0));
    }

    #[test]
    fn threads_do_not_change_a_scan(seed: u64, count in 2usize..30) {
        let series = walks(seed, count, 120);
        let series = slices(&series);
        for test in [
            PairTest::EngleGranger { lag: Lag::Akaike(None), p_maximum: 0.3 },
            PairTest::Johansen { lags: 1, confidence: 0 },
        ] {
            let scan = |threads| -> Scan {
                scan_pairs(&series, &ScanSettings { test, both_ways: false, threads }, |_, _| true).unwrap()
            };
            let one = scan(1);
            prop_assert_eq!(one.tested, count * (count - 1) / 2);
            prop_assert_eq!(&one, &scan(2));
            prop_assert_eq!(&one, &scan(8));
        }
    }
}

#[test]
fn known_processes_are_told_apart() {
    let mut random = Random::new(3, 0);
    let mut walk = 0.0;
    let walk: Vec<f64> = (0..4000)
        .map(|_| {
            walk += random.normal();
            walk
        })
        .collect();
    let mut level = 0.0;
    let reverting: Vec<f64> = (0..4000)
        .map(|_| {
            level = 0.9 * level + random.normal();
            level
        })
        .collect();
    let p = |values: &[f64]| augmented_dickey_fuller(values, Trend::Constant, Lag::Akaike(None)).unwrap().p;
    assert!(p(&walk) > 0.05 && p(&reverting) < 1e-6);
    // λ of about -0.1: ln 2 / 0.1 = 6.9 bars.
    let found = half_life(&reverting).unwrap();
    assert!((found - 6.93).abs() < 0.8, "{found}");
    let exponent = |values: &[f64], method| hurst_exponent(values, method).unwrap();
    assert!((exponent(&walk, HurstMethod::LaggedDifferences) - 0.5).abs() < 0.05);
    assert!((exponent(&walk, HurstMethod::RescaledRange) - 0.57).abs() < 0.06);
    assert!(exponent(&reverting, HurstMethod::LaggedDifferences) < 0.35);
    // y = 2 x + what reverts: cointegrated, and the hedge is found by both tests.
    let y: Vec<f64> = walk.iter().zip(&reverting).map(|(x, e)| 2.0 * x + e).collect();
    let test = engle_granger(&y, &[&walk], Trend::Constant, Lag::Akaike(None)).unwrap();
    assert!(test.p < 1e-6 && (test.hedge_ratios[0] - 2.0).abs() < 0.05);
    let test = johansen(&[&y, &walk], JohansenOrder::Constant, 1).unwrap();
    assert!(test.trace[0] > test.trace_critical[0][2] && (test.relation[1] + 2.0).abs() < 0.05);
}

#[test]
fn near_copies_are_done_on_their_values_and_copies_are_named() {
    let walk = walks(8, 1, 200).remove(0);
    let mut random = Random::new(8, 99);
    let near: Vec<f64> = walk.iter().map(|value| 3.0 * value + 5e-3 * random.normal()).collect();
    let copy: Vec<f64> = walk.iter().map(|value| 0.5 * value - 1.0).collect();
    let series = [&walk[..], &near, &copy];
    let found = pair_statistics(&series, Lag::Fixed(1), false, 1, &|_, _| true).unwrap();
    let direct = engle_granger(&walk, &[&near], Trend::Constant, Lag::Fixed(1)).unwrap();
    let near_pair = found.iter().find(|pair| (pair.first, pair.second) == (0, 1)).unwrap();
    assert!((near_pair.t - direct.t).abs() < 1e-9);
    let test = PairTest::EngleGranger { lag: Lag::Fixed(1), p_maximum: 0.05 };
    let scan =
        scan_pairs(&series, &ScanSettings { test, both_ways: false, threads: 1 }, |_, _| true).unwrap();
    assert_eq!(scan.collinear, [(0, 2)]);
    assert_eq!(scan.hits.iter().map(|hit| (hit.first, hit.second)).collect::<Vec<_>>(), [(0, 1), (1, 2)]);
}

#[test]
fn progress_rises_to_the_end_and_cancel_stops() {
    let series = walks(4, 60, 200);
    let series = slices(&series);
    let test = PairTest::EngleGranger { lag: Lag::Fixed(1), p_maximum: 0.5 };
    let settings = ScanSettings { test, both_ways: false, threads: 1 };
    let last = AtomicU64::new(0);
    let note = |done: u64, total: u64| {
        let permille = done * 1000 / total;
        assert!(last.swap(permille, Ordering::Relaxed) <= permille && permille <= 1000);
        true
    };
    scan_pairs(&series, &settings, note).unwrap();
    assert_eq!(last.into_inner(), 1000);
    assert_eq!(scan_pairs(&series, &settings, |done, _| done < 20), Err(StatisticsError::Cancelled));
}

#[test]
fn bad_series_are_named() {
    let flat = vec![5.0; 100];
    let walk = walks(1, 1, 100).remove(0);
    let settings = ScanSettings {
        test: PairTest::EngleGranger { lag: Lag::Fixed(1), p_maximum: 0.05 },
        both_ways: false,
        threads: 1,
    };
    let scan = |series: &[&[f64]]| scan_pairs(series, &settings, |_, _| true).unwrap_err();
    assert!(matches!(scan(&[&walk, &flat]), StatisticsError::Collinear { .. }));
    assert!(matches!(
        scan(&[&walk, &walk[1..]]),
        StatisticsError::Length { index: 1, length: 99, expected: 100 }
    ));
    assert!(matches!(scan(&[&walk]), StatisticsError::Parameter { .. }));
    assert!(matches!(scan(&[&walk[..4], &walk[..4]]), StatisticsError::TooShort { .. }));
    let mut hole = walk.clone();
    hole[7] = f64::INFINITY;
    assert!(matches!(scan(&[&walk, &hole]), StatisticsError::NotFinite { index: 1, row: 7, .. }));
}

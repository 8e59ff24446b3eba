//! Batch and incremental forms give the same bits, whatever the input: prices, holes, flat stretches, absurd values.

use proptest::prelude::*;
use sextant_core::indicators::{
    Atr, AtrInput, Bollinger, BollingerColumns, Ema, Macd, MacdColumns, MacdPeriods, Rsi, Sma, atr_batch,
    bollinger_batch, ema_batch, macd_batch, rsi_batch, sma_batch,
};

/// A stream that says whether it has a value yet.
type Update = Box<dyn FnMut(f64) -> bool>;

/// Values as markets and broken feeds send them.
fn value() -> impl Strategy<Value = f64> {
    prop_oneof![
        12 => (1_i64..10_000_000).prop_map(|cents| cents as f64 / 100.0),
        4 => Just(60_123.45),
        2 => -1e6_f64..1e6,
        1 => prop_oneof![Just(1e-12), Just(1e150), Just(-1e150), Just(1e140), Just(0.0), Just(-0.0)],
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1.1e150), Just(f64::MAX)],
    ]
}

fn column() -> impl Strategy<Value = Vec<f64>> {
    prop_oneof![
        4 => prop::collection::vec(value(), 0..120),
        // Longer than the chunks the batches work in.
        1 => prop::collection::vec((1_i64..1_000_000).prop_map(|cents| cents as f64 / 100.0), 600..1500),
    ]
}

fn bits(values: &[f64]) -> Vec<u64> {
    // Every NaN means the same.
    values.iter().map(|value| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() }).collect()
}

fn stream(values: &[f64], mut update: impl FnMut(f64) -> Option<f64>) -> Vec<f64> {
    values.iter().map(|&value| update(value).unwrap_or(f64::NAN)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sma(values in column(), period in 1_usize..40) {
        let mut out = vec![0.0; values.len()];
        sma_batch(&values, period, &mut out).expect("valid");
        let mut sma = Sma::new(period).expect("valid");
        prop_assert_eq!(bits(&out), bits(&stream(&values, |value| sma.update(value))));
    }

    #[test]
    fn ema(values in column(), period in 1_usize..40) {
        let mut out = vec![0.0; values.len()];
        ema_batch(&values, period, &mut out).expect("valid");
        let mut ema = Ema::new(period).expect("valid");
        prop_assert_eq!(bits(&out), bits(&stream(&values, |value| ema.update(value))));
    }

    #[test]
    fn rsi(values in column(), period in 1_usize..40) {
        let mut out = vec![0.0; values.len()];
        rsi_batch(&values, period, &mut out).expect("valid");
        let mut rsi = Rsi::new(period).expect("valid");
        prop_assert_eq!(bits(&out), bits(&stream(&values, |value| rsi.update(value))));
    }

    #[test]
    fn atr(
        rows in prop::collection::vec((value(), value(), value()), 0..300),
        period in 1_usize..40,
    ) {
        let high: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let low: Vec<f64> = rows.iter().map(|row| row.1).collect();
        let close: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let mut out = vec![0.0; rows.len()];
        atr_batch(AtrInput { high: &high, low: &low, close: &close }, period, &mut out).expect("valid");
        let mut atr = Atr::new(period).expect("valid");
        let streamed: Vec<f64> =
            rows.iter().map(|row| atr.update(row.0, row.1, row.2).unwrap_or(f64::NAN)).collect();
        prop_assert_eq!(bits(&out), bits(&streamed));
    }

    #[test]
    fn bollinger(values in column(), period in 2_usize..40, multiplier in 0.0_f64..5.0) {
        let rows = values.len();
        let (mut upper, mut middle, mut lower) = (vec![0.0; rows], vec![0.0; rows], vec![0.0; rows]);
        let mut out = BollingerColumns { upper: &mut upper, middle: &mut middle, lower: &mut lower };
        bollinger_batch(&values, period, multiplier, &mut out).expect("valid");
        let mut bollinger = Bollinger::new(period, multiplier).expect("valid");
        let bands: Vec<_> = values.iter().map(|&value| bollinger.update(value)).collect();
        let pick = |column: fn(sextant_core::indicators::BollingerBands) -> f64| -> Vec<f64> {
            bands.iter().map(|bands| bands.map_or(f64::NAN, column)).collect()
        };
        prop_assert_eq!(bits(&upper), bits(&pick(|bands| bands.upper)));
        prop_assert_eq!(bits(&middle), bits(&pick(|bands| bands.middle)));
        prop_assert_eq!(bits(&lower), bits(&pick(|bands| bands.lower)));

        // The middle band is the moving average.
        let mut average = vec![0.0; rows];
        sma_batch(&values, period, &mut average).expect("valid");
        prop_assert_eq!(bits(&middle), bits(&average));
    }

    #[test]
    fn macd(values in column(), fast in 1_usize..15, longer in 1_usize..20, signal in 1_usize..12) {
        let periods = MacdPeriods { fast, slow: fast + longer, signal };
        let rows = values.len();
        let (mut macd, mut line, mut histogram) = (vec![0.0; rows], vec![0.0; rows], vec![0.0; rows]);
        let mut out = MacdColumns { macd: &mut macd, signal: &mut line, histogram: &mut histogram };
        macd_batch(&values, periods, &mut out).expect("valid");
        let mut state = Macd::new(periods).expect("valid");
        let streamed: Vec<_> = values.iter().map(|&value| state.update(value)).collect();
        let pick = |column: fn(sextant_core::indicators::MacdValue) -> f64| -> Vec<f64> {
            streamed.iter().map(|value| value.map_or(f64::NAN, column)).collect()
        };
        prop_assert_eq!(bits(&macd), bits(&pick(|value| value.macd)));
        prop_assert_eq!(bits(&line), bits(&pick(|value| value.signal)));
        prop_assert_eq!(bits(&histogram), bits(&pick(|value| value.histogram)));
    }

    #[test]
    fn the_warm_up_is_as_long_as_stated(period in 2_usize..60) {
        let values: Vec<f64> = (0..200).map(|row| 100.0 + f64::from(row % 7)).collect();
        let sma = Sma::new(period).expect("valid");
        let ema = Ema::new(period).expect("valid");
        let rsi = Rsi::new(period).expect("valid");
        let bollinger = Bollinger::new(period, 2.0).expect("valid");
        let macd = Macd::new(MacdPeriods { fast: period - 1, slow: period, signal: period }).expect("valid");
        let first = |mut update: Update| values.iter().position(|&value| update(value));
        let cases: [(&str, usize, Update); 5] = [
            ("sma", sma.warm_up_bars(), { let mut s = sma; Box::new(move |x| s.update(x).is_some()) }),
            ("ema", ema.warm_up_bars(), { let mut s = ema; Box::new(move |x| s.update(x).is_some()) }),
            ("rsi", rsi.warm_up_bars(), { let mut s = rsi; Box::new(move |x| s.update(x).is_some()) }),
            ("bollinger", bollinger.warm_up_bars(), {
                let mut s = bollinger;
                Box::new(move |x| s.update(x).is_some())
            }),
            ("macd", macd.warm_up_bars(), {
                let mut s = macd;
                Box::new(move |x| s.update(x).is_some_and(|value| !value.signal.is_nan()))
            }),
        ];
        for (name, stated, update) in cases {
            prop_assert_eq!(first(update), Some(stated), "{}", name);
        }
    }
}

//! Every width of instructions gives the same bits: what this processor would do by eights is done by fours and one by one as well.

use sextant_core::cpu::{Instructions, use_at_most};
use sextant_core::indicators::catalogue::{Indicator, specs};

/// Several blocks, a rest, and prices that move enough for every pattern; with a hole late in the column.
const ROWS: usize = 3_500;

struct Bars {
    open: Vec<f64>,
    high: Vec<f64>,
    low: Vec<f64>,
    close: Vec<f64>,
    volume: Vec<f64>,
    periods: Vec<f64>,
}

impl Bars {
    /// A walk in steps of a cent, or of numbers that fit no small unit.
    fn new(rounded: bool) -> Self {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut random = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut bars = Bars {
            open: Vec::new(),
            high: Vec::new(),
            low: Vec::new(),
            close: Vec::new(),
            volume: Vec::new(),
            periods: Vec::new(),
        };
        let place = |price: f64| if rounded { (price * 100.0).round() / 100.0 } else { price };
        let mut price = 100.0;
        for row in 0..ROWS {
            let open = place(price);
            price *= 1.0 + 0.02 * (random() - 0.5);
            let close = place(price);
            bars.high.push(place(open.max(close) * (1.0 + 0.01 * random())));
            bars.low.push(place(open.min(close) * (1.0 - 0.01 * random())));
            bars.open.push(open);
            bars.close.push(close);
            bars.volume.push(place(1000.0 * random()));
            bars.periods.push((2 + row % 29) as f64);
        }
        bars.close[2_900] = f64::NAN;
        bars
    }

    fn column(&self, name: &str) -> &[f64] {
        match name {
            "open" => &self.open,
            "high" => &self.high,
            "low" => &self.low,
            "volume" => &self.volume,
            "periods" => &self.periods,
            _ => &self.close,
        }
    }
}

/// Columns of bits; all NaN are one.
fn bits(columns: Vec<Vec<f64>>) -> Vec<Vec<u64>> {
    let bits = |value: &f64| if value.is_nan() { f64::NAN.to_bits() } else { value.to_bits() };
    columns.into_iter().map(|column| column.iter().map(bits).collect()).collect()
}

/// All outputs of an indicator.
fn alone(indicator: &Indicator, inputs: &[&[f64]], outputs: usize) -> Vec<Vec<u64>> {
    let mut columns = vec![vec![0.0; ROWS]; outputs];
    let mut places: Vec<&mut [f64]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
    indicator.batch(inputs, &mut places).expect("the columns fit");
    bits(columns)
}

/// All outputs of eight of the same kind at once.
fn together(id: &str, inputs: &[&[f64]], outputs: usize) -> Vec<Vec<u64>> {
    let periods = |lane: usize| match id {
        "MACD" => vec![8.0 + lane as f64, 20.0 + 2.0 * lane as f64, 9.0],
        _ => vec![7.0 + 3.0 * lane as f64],
    };
    let sets: Vec<Indicator> =
        (0..8).map(|lane| Indicator::new(id, &periods(lane)).expect("the periods are allowed")).collect();
    let mut columns = vec![vec![0.0; ROWS]; 8 * outputs];
    let mut places: Vec<&mut [f64]> = columns.iter_mut().map(Vec::as_mut_slice).collect();
    Indicator::batch_lanes(&sets, inputs, &mut places).expect("the columns fit");
    bits(columns)
}

/// What a run gives by each width; on a processor without the widest instructions the last two are the same run.
fn by_widths<T>(run: impl Fn() -> T) -> [T; 3] {
    [Instructions::Baseline, Instructions::Avx2, Instructions::Avx512].map(|instructions| {
        use_at_most(instructions);
        run()
    })
}

/// One test, because the width is that of the whole process.
#[test]
fn every_width_gives_the_same_bits() {
    let mut differing = Vec::new();
    for bars in [Bars::new(true), Bars::new(false)] {
        for spec in specs() {
            let inputs: Vec<&[f64]> = spec.inputs.iter().map(|name| bars.column(name)).collect();
            let indicator = Indicator::new(spec.id, &spec.defaults()).expect("defaults are allowed");
            let [one, four, eight] = by_widths(|| alone(&indicator, &inputs, spec.outputs.len()));
            if one != four || one != eight {
                differing.push(spec.id);
            }
            if ["EMA", "DEMA", "TEMA", "RMA", "RSI", "ATR", "NATR", "MACD"].contains(&spec.id) {
                let [one, four, eight] = by_widths(|| together(spec.id, &inputs, spec.outputs.len()));
                if one != four || one != eight {
                    differing.push(spec.id);
                }
            }
        }
    }
    assert!(differing.is_empty(), "{differing:?} differ");
}

//! Candles that could have been: made from real ones, for runs of a strategy on another history.

use super::{RobustnessError, bad};
use crate::candles::{CandleColumns, CandleSlices};
use crate::random::Random;

/// How the new candles come about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resampling {
    /// Blocks of this many neighbouring candles, drawn with replacement and set end to end; each keeps its shape and its
    /// distance from the close before (moving blocks).
    Blocks(usize),
    /// The real candles with noise in each close: normal, with this multiple of the standard deviation of the real
    /// logarithmic returns. The noise of all candles adds up, so that prices drift apart from the real ones.
    Noise(f64),
}

/// A candle in multiples of the close before it.
#[derive(Clone, Copy)]
struct Shape {
    open: f64,
    high: f64,
    low: f64,
    close: f64,
}

fn shape(candles: &CandleSlices, row: usize) -> Shape {
    let before = candles.close[row - 1];
    Shape {
        open: candles.open[row] / before,
        high: candles.high[row] / before,
        low: candles.low[row] / before,
        close: candles.close[row] / before,
    }
}

/// Makes a series of as many candles at the same times. The first candle is the real one. Prices are not rounded to ticks;
/// volumes come with their candles.
///
/// # Errors
/// For fewer than three candles, prices that are not above 0, and settings outside their bounds.
pub fn resample_candles(
    candles: &CandleSlices,
    resampling: Resampling,
    seed: u64,
    stream: u64,
) -> Result<CandleColumns, RobustnessError> {
    let rows = candles.time_ms.len();
    if rows < 3 {
        return bad("candles: at least 3 are needed");
    }
    let is_price = |value: &f64| *value > 0.0 && value.is_finite();
    for (name, column) in
        [("open", candles.open), ("high", candles.high), ("low", candles.low), ("close", candles.close)]
    {
        if let Some(row) = column.iter().position(|value| !is_price(value)) {
            return bad(format!("candles: {name} is not a price at row {row}"));
        }
    }
    let mut random = Random::new(seed, stream);
    let mut made = CandleColumns::zeroed(rows);
    made.time_ms.copy_from_slice(candles.time_ms);
    let first = [candles.open[0], candles.high[0], candles.low[0], candles.close[0], candles.volume[0]];
    [made.open[0], made.high[0], made.low[0], made.close[0], made.volume[0]] = first;
    match resampling {
        Resampling::Blocks(length) => {
            if length == 0 || length > rows - 1 {
                return bad(format!("blockLength must be from 1 to {}", rows - 1));
            }
            let (mut from, mut left) = (0, 0);
            for row in 1..rows {
                if left == 0 {
                    from = 1 + random.below((rows - length) as u64) as usize;
                    left = length;
                }
                put(&mut made, row, shape(candles, from), candles.volume[from]);
                from += 1;
                left -= 1;
            }
        }
        Resampling::Noise(scale) => {
            if !(0.0..=10.0).contains(&scale) {
                return bad("noise must be from 0 to 10");
            }
            let deviation = scale * deviation_of_returns(candles.close);
            for row in 1..rows {
                let real = shape(candles, row);
                let close = real.close * (deviation * random.normal()).exp();
                // Wicks keep their length beyond the body.
                let top = real.high / real.open.max(real.close);
                let bottom = real.low / real.open.min(real.close);
                let noisy = Shape {
                    open: real.open,
                    high: real.open.max(close) * top,
                    low: real.open.min(close) * bottom,
                    close,
                };
                put(&mut made, row, noisy, candles.volume[row]);
            }
        }
    }
    Ok(made)
}

fn put(made: &mut CandleColumns, row: usize, shape: Shape, volume: f64) {
    let before = made.close[row - 1];
    made.open[row] = before * shape.open;
    made.close[row] = before * shape.close;
    // Rounding must not leave a price outside its candle.
    made.high[row] = (before * shape.high).max(made.open[row]).max(made.close[row]);
    made.low[row] = (before * shape.low).min(made.open[row]).min(made.close[row]);
    made.volume[row] = volume;
}

fn deviation_of_returns(close: &[f64]) -> f64 {
    let returns: Vec<f64> = close.windows(2).map(|pair| (pair[1] / pair[0]).ln()).collect();
    crate::performance::returns::moments(&returns).deviation
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real() -> CandleColumns {
        let mut columns = CandleColumns::zeroed(400);
        let mut price = 100.0;
        for row in 0..400 {
            let step = f64::from((row as i32 * 37) % 41 - 20) * 0.001;
            columns.time_ms[row] = row as f64 * 60_000.0;
            columns.open[row] = price;
            price *= 1.0 + step;
            columns.close[row] = price;
            columns.high[row] = columns.open[row].max(price) * 1.002;
            columns.low[row] = columns.open[row].min(price) * 0.999;
            columns.volume[row] = row as f64;
        }
        columns
    }

    fn changes(columns: &CandleColumns) -> Vec<i64> {
        columns.close.windows(2).map(|pair| ((pair[1] / pair[0] - 1.0) * 1e9).round() as i64).collect()
    }

    #[test]
    fn blocks_are_pieces_of_the_real_series() {
        let real = real();
        let made = resample_candles(&real.as_slices(), Resampling::Blocks(20), 5, 1).expect("made");
        let (ours, theirs) = (changes(&made), changes(&real));
        for block in ours.chunks(20) {
            assert!(theirs.windows(block.len()).any(|window| window == block));
        }
        assert_ne!(ours, theirs);
        assert_eq!(made.time_ms, real.time_ms);
        for row in 1..400 {
            assert!(made.low[row] <= made.open[row].min(made.close[row]));
            assert!(made.high[row] >= made.open[row].max(made.close[row]));
            assert!((made.open[row] / made.close[row - 1] - 1.0).abs() < 1e-12);
        }
        let again = resample_candles(&real.as_slices(), Resampling::Blocks(20), 5, 1).expect("made");
        assert_eq!(again.close, made.close);
        let other = resample_candles(&real.as_slices(), Resampling::Blocks(20), 5, 2).expect("made");
        assert_ne!(other.close, made.close);
    }

    #[test]
    fn noise_has_the_asked_size_and_none_changes_nothing() {
        let real = real();
        let still = resample_candles(&real.as_slices(), Resampling::Noise(0.0), 5, 1).expect("made");
        for row in 0..400 {
            assert!((still.close[row] / real.close[row] - 1.0).abs() < 1e-12);
            assert!((still.high[row] / real.high[row] - 1.0).abs() < 1e-12);
        }
        let noisy = resample_candles(&real.as_slices(), Resampling::Noise(1.0), 5, 1).expect("made");
        // Two independent parts of equal size: √2 times the deviation.
        let ratio = deviation_of_returns(&noisy.close) / deviation_of_returns(&real.close);
        assert!((ratio - 2.0_f64.sqrt()).abs() < 0.15, "{ratio}");
    }

    #[test]
    fn bad_input_is_refused() {
        let mut real = real();
        let blocks = |columns: &CandleColumns, length| {
            resample_candles(&columns.as_slices(), Resampling::Blocks(length), 1, 1)
        };
        assert!(blocks(&real, 0).is_err() && blocks(&real, 400).is_err());
        real.low[3] = 0.0;
        assert_eq!(blocks(&real, 5), bad("candles: low is not a price at row 3"));
    }
}

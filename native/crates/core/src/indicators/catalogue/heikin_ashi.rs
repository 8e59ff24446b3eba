//! Heikin-Ashi candles: each opens in the middle of the one before.

use super::kernel::{kernel, larger, middle, smaller};

kernel!(pub(super) HeikinAshi[4 => 4](p) { before: Option<(f64, f64)> = None }
|this, [open, high, low, close]| {
    let ha_close = (open + high + low + close) * 0.25;
    let (o, c) = this.before.unwrap_or((open, close));
    let ha_open = middle(o, c);
    this.before = Some((ha_open, ha_close));
    Some([
        ha_open,
        larger(high, larger(ha_open, ha_close)),
        smaller(low, smaller(ha_open, ha_close)),
        ha_close,
    ])
}; reach Some(1); carry |block| {
    let [opens, highs, lows, closes] = block.results;
    let rows = opens.len();
    let [open, high, low, close] =
        [0, 1, 2, 3].map(|index: usize| &block.bars[index][block.reach..block.reach + rows]);
    for row in 0..rows {
        closes[row] = (open[row] + high[row] + low[row] + close[row]) * 0.25;
    }
    // Only the opens wait for each other.
    let (mut ha_open, mut ha_close) = this.before.unwrap_or_default();
    for (place, &next) in opens.iter_mut().zip(closes.iter()) {
        ha_open = middle(ha_open, ha_close);
        *place = ha_open;
        ha_close = next;
    }
    this.before = Some((ha_open, ha_close));
    for row in 0..rows {
        highs[row] = larger(high[row], larger(opens[row], closes[row]));
    }
    for row in 0..rows {
        lows[row] = smaller(low[row], smaller(opens[row], closes[row]));
    }
    true
});

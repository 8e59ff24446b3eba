//! Heikin-Ashi candles: each opens in the middle of the one before.

use super::each::{fill_rows, fill_rows_ahead, of_row};
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
    let [open, high, low, close] = block.bars.map(|column| &column[block.reach..]);
    let mean = of_row!(4, |[open, high, low, close]| (open + high + low + close) * 0.25);
    fill_rows_ahead([open, high, low, close], closes, &mean);
    // Only the opens wait for each other.
    let (mut ha_open, mut ha_close) = this.before.unwrap_or_default();
    for (place, &next) in opens.iter_mut().zip(closes.iter()) {
        ha_open = middle(ha_open, ha_close);
        *place = ha_open;
        ha_close = next;
    }
    this.before = Some((ha_open, ha_close));
    fill_rows([high, &*opens, &*closes], highs, &of_row!(3, |[high, a, b]| larger(high, larger(a, b))));
    fill_rows([low, &*opens, &*closes], lows, &of_row!(3, |[low, a, b]| smaller(low, smaller(a, b))));
    true
});

//! Oscillators made of price and volume.

use super::super::ema::Ema;
use super::super::wilder::WilderAverage;
use super::average::Simple;
use super::kernel::{kernel, larger, ratio_or, smaller};
use super::spec::{Spec, count, period, spec};
use super::window::Sums;

kernel!(Klinger[4 => 2](p) {
    fast: Ema = Ema::with_checked_period(count(p, 0)), slow: Ema = Ema::with_checked_period(count(p, 1)),
    signal: Ema = Ema::with_checked_period(count(p, 2)), previous: Option<(f64, f64)> = None, side: Option<f64> = None,
    total: f64 = 0.0 }
|this, [high, low, close, volume]| {
    let (price, range) = (high + low + close, high - low);
    let (price_before, range_before) = this.previous.replace((price, range))?;
    let side = if price > price_before { 1.0 } else { -1.0 };
    let side_before = this.side.replace(side)?;
    this.total = if side == side_before { this.total + range } else { range_before + range };
    let force = if range == this.total {
        0.0
    } else {
        200.0 * volume * side * (ratio_or(range, this.total, 1.0) - 1.0).abs()
    };
    let (fast, slow) = (this.fast.advance(force), this.slow.advance(force));
    let oscillator = fast? - slow?;
    this.signal.advance(oscillator).map(|signal| [oscillator, signal])
});

/// Volume-weighted mean of a price over a window; the mean of nothing traded is the price.
#[derive(Clone, Debug)]
struct WeightedPrice(Sums<2>);

impl WeightedPrice {
    fn new(period: usize) -> Self {
        WeightedPrice(Sums::new(period))
    }

    #[inline(always)]
    fn push(&mut self, price: f64, volume: f64) -> Option<f64> {
        self.0.push([price * volume, volume]).then(|| ratio_or(self.0.sum(0), self.0.sum(1), price))
    }
}

kernel!(Confirmation[2 => 2](p) {
    weighted: [WeightedPrice; 2] = [WeightedPrice::new(count(p, 0)), WeightedPrice::new(count(p, 1))],
    plain: [Simple; 2] = [Simple::new(count(p, 0)), Simple::new(count(p, 1))],
    volumes: [Simple; 2] = [Simple::new(count(p, 0)), Simple::new(count(p, 1))], smooth: WeightedPrice = WeightedPrice::new(count(p, 0)) }
|this, [close, volume]| {
    let [short, long] = [0, 1].map(|place: usize| {
        let weighted = this.weighted[place].push(close, volume);
        let (plain, traded) = (this.plain[place].push(close), this.volumes[place].push(volume));
        Some((weighted?, plain?, traded?))
    });
    let ((short_weighted, short_plain, short_volume), (long_weighted, long_plain, long_volume)) = (short?, long?);
    let confirmation = (long_weighted - long_plain)
        * ratio_or(short_weighted, short_plain, 1.0)
        * ratio_or(short_volume, long_volume, 0.0);
    this.smooth.push(confirmation, volume).map(|smooth| [confirmation, smooth])
});
kernel!(WeightedMacd[2 => 3](p) {
    fast: WeightedPrice = WeightedPrice::new(count(p, 0)), slow: WeightedPrice = WeightedPrice::new(count(p, 1)),
    signal: Ema = Ema::with_checked_period(count(p, 2)) }
|this, [close, volume]| {
    let (fast, slow) = (this.fast.push(close, volume), this.slow.push(close, volume));
    let macd = fast? - slow?;
    this.signal.advance(macd).map(|signal| [macd, signal, macd - signal])
});
kernel!(Twiggs[4 => 1](p) {
    previous: Option<f64> = None, flow: WilderAverage = WilderAverage::new(count(p, 0)), volume: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [high, low, close, volume]| {
    let before = this.previous.replace(close)?;
    let (top, bottom) = (larger(high, before), smaller(low, before));
    let flow = volume * ratio_or((close - bottom) - (top - close), top - bottom, 0.0);
    let (flow, volume) = (this.flow.update(flow), this.volume.update(volume));
    Some([ratio_or(flow?, volume?, 0.0)])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "KVO",
        Volume,
        "Klinger volume oscillator",
        ["high", "low", "close", "volume"],
        [period("fastperiod", 34), period("slowperiod", 55), period("signalperiod", 13)],
        ["kvo", "signal"],
        |p| count(p, 0).max(count(p, 1)) + count(p, 2),
        Klinger::new,
        "ema(f, 34) - ema(f, 55) and its ema, f = 100 volume t |2 (d/c - 1)|, t = 1 where high + low + close rose, else -1, d = high - \
         low, c the sum of d since t changed and of the bar before that (Tulip: |2 d/c - 1|, a tie keeps t, averages from the first \
         value)",
        "S. Klinger, TASC 1997"
    ),
    spec!(
        "VPCI",
        Volume,
        "Volume price confirmation indicator",
        ["close", "volume"],
        [period("shortperiod", 5), period("longperiod", 25)],
        ["vpci", "smoothed"],
        |p| count(p, 0).max(count(p, 1)) + count(p, 0) - 2,
        Confirmation::new,
        "(vwma - sma of the long window) * (vwma / sma of the short one) * (mean volume of the short one / of the long one); its \
         volume-weighted mean over the short window",
        "B. Dormeier, 2007"
    ),
    spec!(
        "VWMACD",
        Volume,
        "Volume-weighted MACD",
        ["close", "volume"],
        [period("fastperiod", 12), period("slowperiod", 26), period("signalperiod", 9)],
        ["macd", "macdsignal", "macdhist"],
        |p| count(p, 0).max(count(p, 1)) - 1 + count(p, 2) - 1,
        WeightedMacd::new,
        "vwma(fast) - vwma(slow), its ema, their difference (Jesse and pandas-ta: a vwma of it; D. Hawkins, TASC 2009, weights \
         exponential averages)",
        "B. Dormeier; as Sierra Chart"
    ),
    spec!(
        "TMF",
        Volume,
        "Twiggs money flow",
        ["high", "low", "close", "volume"],
        [period("timeperiod", 21)],
        ["real"],
        |p| count(p, 0),
        Twiggs::new,
        "Wilder average of volume ((c - l) - (h - c)) / (h - l) over that of volume, h and l with the close before among them",
        "C. Twiggs"
    ),
];

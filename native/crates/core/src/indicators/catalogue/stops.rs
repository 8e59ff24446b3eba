//! Trailing stops and further bands.

use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::super::window::{MovingWindow, WindowMoments};
use super::average::Simple;
use super::kernel::{kernel, larger, ratio_or, smaller, true_range};
use super::moving::Average;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::window::{Highest, Lowest};

/// Wilder's average true range, the first bar left out.
#[derive(Clone, Debug)]
pub(super) struct Range {
    previous: Option<f64>,
    average: WilderAverage,
}

impl Range {
    pub(super) fn new(period: usize) -> Self {
        Range { previous: None, average: WilderAverage::new(period) }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let before = self.previous.replace(close)?;
        self.average.update(true_range(high, low, before))
    }
}

kernel!(Chandelier[3 => 2](p) {
    range: Range = Range::new(count(p, 0)), highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)),
    factor: f64 = p[1] }
|this, [high, low, close]| {
    let (highest, lowest) = (this.highest.push(high), this.lowest.push(low));
    let width = this.factor * this.range.push(high, low, close)?;
    Some([highest?.0 - width, lowest?.0 + width])
});
kernel!(ChandeKroll[3 => 2](p) {
    range: Range = Range::new(count(p, 0)), highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)),
    factor: f64 = p[1], highest_stop: Highest = Highest::new(count(p, 2)), lowest_stop: Lowest = Lowest::new(count(p, 2)) }
|this, [high, low, close]| {
    let (highest, lowest) = (this.highest.push(high), this.lowest.push(low));
    let width = this.factor * this.range.push(high, low, close)?;
    let long = this.highest_stop.push(highest?.0 - width);
    let short = this.lowest_stop.push(lowest?.0 + width);
    Some([long?.0, short?.0])
});
kernel!(VolatilityStop[3 => 2](p) {
    range: Range = Range::new(count(p, 0)), n: usize = count(p, 0), factor: f64 = p[1], before: Option<f64> = None,
    seen: usize = 0, first: f64 = 0.0, highest: f64 = f64::NEG_INFINITY, lowest: f64 = f64::INFINITY, long: bool = true }
|this, [high, low, close]| {
    let known = std::mem::replace(&mut this.before, this.range.push(high, low, close));
    this.seen += 1;
    if this.seen == 1 {
        this.first = close;
    }
    if this.seen == this.n {
        this.long = close > this.first;
    }
    let stop = known.map(|range| {
        if this.long { this.highest - this.factor * range } else { this.lowest + this.factor * range }
    });
    if stop.is_some_and(|stop| if this.long { close < stop } else { close > stop }) {
        this.long = !this.long;
        (this.highest, this.lowest) = (close, close);
    } else {
        this.highest = larger(close, this.highest);
        this.lowest = smaller(close, this.lowest);
    }
    stop.map(|stop| [stop, if this.long { 1.0 } else { -1.0 }])
});
kernel!(Starc[3 => 3](p) {
    average: Simple = Simple::new(count(p, 0)), range: Range = Range::new(count(p, 1)), factor: f64 = p[2] }
|this, [high, low, close]| {
    let (middle, range) = (this.average.push(close), this.range.push(high, low, close));
    let (middle, width) = (middle?, this.factor * range?);
    Some([middle + width, middle, middle - width])
});
kernel!(Envelope[1 => 3](p) { average: Average = Average::new(count(p, 2), count(p, 0)), share: f64 = p[1] / 100.0 }
    |this, [x]| this.average.push(x).map(|middle| [middle * (1.0 + this.share), middle, middle * (1.0 - this.share)]));
kernel!(BandWidth[1 => 1](p) {
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), n: Count = Count::new(count(p, 0)), factor: f64 = p[1] }
|this, [x]| {
    let (mean, deviation) = this.window.update(x).map(|window| window.mean_and_deviation(this.n))?;
    Some([ratio_or(2.0 * this.factor * deviation, mean, 0.0)])
});
kernel!(PercentB[1 => 1](p) {
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), n: Count = Count::new(count(p, 0)), factor: f64 = p[1] }
|this, [x]| {
    let (mean, deviation) = this.window.update(x).map(|window| window.mean_and_deviation(this.n))?;
    let half = this.factor * deviation;
    Some([ratio_or(x - mean + half, 2.0 * half, 0.5)])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "CHANDELIER",
        Overlap,
        "Chandelier exit",
        ["high", "low", "close"],
        [period("timeperiod", 22), real("multiplier", 3.0, 0.0, 1e6)],
        ["long", "short"],
        |p| count(p, 0),
        Chandelier::new,
        "max(high, n) - k atr(n), min(low, n) + k atr(n); the current bar counts",
        "C. LeBeau"
    )
    .also(&["CHANDE"]),
    spec!(
        "CKSP",
        Overlap,
        "Chande Kroll stop",
        ["high", "low", "close"],
        [period("timeperiod", 10), real("multiplier", 1.0, 0.0, 1e6), period("stopperiod", 9)],
        ["long", "short"],
        |p| count(p, 0) + count(p, 2) - 1,
        ChandeKroll::new,
        "max(max(high, p) - x atr(p), q), min(min(low, p) + x atr(p), q)",
        "T. Chande and S. Kroll, 1994"
    ),
    spec!(
        "VOLSTOP",
        Overlap,
        "Volatility stop",
        ["high", "low", "close"],
        [period_from("timeperiod", 7, 2), real("multiplier", 3.0, 0.0, 1e6)],
        ["stop", "trend"],
        |p| count(p, 0) + 1,
        VolatilityStop::new,
        "best close of the side less (long) or plus (short) k atr of the bar before; a close beyond it changes side; 1 long, -1 \
         short, after the bar. The first side is a guess: long if the price rose over the first n bars (Stock Indicators leaves \
         it out)",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "STARC",
        Overlap,
        "Starc bands",
        ["high", "low", "close"],
        [period("timeperiod", 5), period("atrperiod", 10), real("multiplier", 2.0, 0.0, 1e6)],
        ["upperband", "middleband", "lowerband"],
        |p| (count(p, 0) - 1).max(count(p, 1)),
        Starc::new,
        "sma(close, n) and k average true ranges (Wilder) above and below",
        "M. Stoller"
    ),
    spec!(
        "MAENV",
        Overlap,
        "Moving average envelope",
        ["close"],
        [period("timeperiod", 20), real("percent", 2.5, 0.0, 100.0), average_kind("matype", 0)],
        ["upperband", "middleband", "lowerband"],
        |p| Average::warm_up(count(p, 2), count(p, 0)),
        Envelope::new,
        "average and so many percent of it above and below",
        "elementary"
    ),
    spec!(
        "BBWIDTH",
        Volatility,
        "Bollinger band width",
        ["close"],
        [period("timeperiod", 20), real("nbdev", 2.0, 0.0, 1e6)],
        ["real"],
        |p| count(p, 0) - 1,
        BandWidth::new,
        "2 k population standard deviations / mean",
        "J. Bollinger, 2001"
    ),
    spec!(
        "PERCENTB",
        Momentum,
        "Place within the Bollinger bands",
        ["close"],
        [period("timeperiod", 20), real("nbdev", 2.0, 0.0, 1e6)],
        ["real"],
        |p| count(p, 0) - 1,
        PercentB::new,
        "(x - lower band) / (upper band - lower band); 0.5 where they are one",
        "J. Bollinger, 2001"
    ),
];

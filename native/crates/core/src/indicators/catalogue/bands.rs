//! Bands, channels and stops.

use super::super::ema::Ema;
use super::super::wilder::WilderAverage;
use super::average::Simple;
use super::block::derived_reach;
use super::extremes::{by_column, extremes_reach};
use super::grid;
use super::kernel::{kernel, middle, ratio_or, true_range};
use super::moments::Moments;
use super::moving::Average;
use super::scratch::Scratch;
use super::spec::{Spec, average_kind, count, period, real, spec};
use super::window::{Highest, Lowest};

kernel!(Midpoint[1 => 1](p) {
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [x]| {
    let highest = this.highest.push(x);
    let lowest = this.lowest.push(x);
    Some([middle(highest?.0, lowest?.0)])
}; reach extremes_reach(this.highest.period());
   |block| block.fill_from_extremes(this.highest.period(), |highest, lowest, _| [middle(highest, lowest)]));
kernel!(Midprice[2 => 1](p) {
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [high, low]| {
    let highest = this.highest.push(high);
    let lowest = this.lowest.push(low);
    Some([middle(highest?.0, lowest?.0)])
}; reach extremes_reach(this.highest.period());
   |block| block.fill_from_extremes(this.highest.period(), |highest, lowest, _| [middle(highest, lowest)]));
kernel!(Donchian[2 => 3](p) {
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [high, low]| {
    let highest = this.highest.push(high);
    let lowest = this.lowest.push(low);
    let (upper, lower) = (highest?.0, lowest?.0);
    Some([upper, middle(upper, lower), lower])
}; reach extremes_reach(this.highest.period());
   |block| block.fill_from_extremes(this.highest.period(), |upper, lower, _| [upper, middle(upper, lower), lower]));
kernel!(Bollinger[1 => 3](p) {
    window: Moments = Moments::new(count(p, 0)),
    n: f64 = p[0],
    average: Average = Average::new(count(p, 3), count(p, 0)),
    up: f64 = p[1],
    down: f64 = p[2] }
|this, [x]| {
    let middle = this.average.push(x);
    let [_, squares] = this.window.push([x])?;
    let (middle, deviation) = (middle?, (squares / this.n).sqrt());
    Some([this.up.mul_add(deviation, middle), middle, (-this.down).mul_add(deviation, middle)])
}; reach this.average.simple_period().and_then(derived_reach); |block| {
    let ([values], [upper, middle, lower]) = (block.bars, block.results);
    let (period, rows) = (this.window.period(), middle.len());
    let Scratch { lanes, work, joints } = block.scratch;
    let [means, squares, ..] = &mut **lanes;
    if !grid::sums_into(values, period, true, work, middle) { return false; }
    let squares = &mut squares[..rows];
    this.window.fill([values], joints, [&mut means[..rows], &mut *squares]);
    for squares in squares.iter_mut() {
        *squares = (*squares / this.n).sqrt();
    }
    let (up, down, deviations) = (this.up, -this.down, &*squares);
    let (upper, middle, lower) = (&mut upper[..rows], &middle[..rows], &mut lower[..rows]);
    for row in 0..rows {
        upper[row] = up.mul_add(deviations[row], middle[row]);
    }
    for row in 0..rows {
        lower[row] = down.mul_add(deviations[row], middle[row]);
    }
    true
});
/// Part of the price by which the bands widen.
#[inline(always)]
fn band_width(high: f64, low: f64) -> f64 {
    ratio_or(4.0 * (high - low), high + low, 0.0)
}

kernel!(AccelerationBands[3 => 3](p) {
    upper: Simple = Simple::new(count(p, 0)),
    middle: Simple = Simple::new(count(p, 0)),
    lower: Simple = Simple::new(count(p, 0)) }
|this, [high, low, close]| {
    let width = band_width(high, low);
    let upper = this.upper.push(high * (1.0 + width));
    let middle = this.middle.push(close);
    let lower = this.lower.push(low * (1.0 - width));
    Some([upper?, middle?, lower?])
}; reach derived_reach(this.middle.period()); |block| {
    let ([high, low, close], [upper, middle, lower], period) = (block.bars, block.results, this.middle.period());
    let Scratch { lanes, work, .. } = block.scratch;
    let (length, [uppers, lowers, widths, ..]) = (high.len(), &mut **lanes);
    let (high, low, widths) = (&high[..length], &low[..length], &mut widths[..length]);
    for row in 0..length {
        widths[row] = band_width(high[row], low[row]);
    }
    by_column([&mut *uppers, &mut *lowers], length, |row| {
        [high[row] * (1.0 + widths[row]), low[row] * (1.0 - widths[row])]
    });
    grid::sums_into(&uppers[..length], period, true, work, upper)
        && grid::sums_into(close, period, true, work, middle)
        && grid::sums_into(&lowers[..length], period, true, work, lower)
});
kernel!(Keltner[3 => 3](p) {
    middle: Ema = Ema::with_checked_period(count(p, 0)),
    range: WilderAverage = WilderAverage::new(count(p, 1)),
    middle_waits: usize = (count(p, 1) + 1).saturating_sub(count(p, 0)),
    range_waits: usize = (count(p, 0) - 1).saturating_sub(count(p, 1)),
    previous: Option<f64> = None,
    factor: f64 = p[2] }
|this, [high, low, close]| {
    let typical = (high + low + close) / 3.0;
    let middle = if this.middle_waits > 0 {
        this.middle_waits -= 1;
        None
    } else {
        this.middle.advance(typical)
    };
    if this.range_waits > 0 {
        this.range_waits -= 1;
        return None;
    }
    let previous = this.previous.replace(close)?;
    let range = this.range.update(true_range(high, low, previous));
    let (middle, width) = (middle?, this.factor * range?);
    Some([middle + width, middle, middle - width])
});
kernel!(Supertrend[3 => 2](p) {
    range: WilderAverage = WilderAverage::new(count(p, 0)),
    previous: Option<f64> = None,
    upper: f64 = 0.0, lower: f64 = 0.0, rising: bool = true, started: bool = false,
    factor: f64 = p[1] }
|this, [high, low, close]| {
    let previous = this.previous.replace(close)?;
    let range = this.range.update(true_range(high, low, previous))?;
    let middle = middle(high, low);
    let (upper, lower) = (middle + this.factor * range, middle - this.factor * range);
    if this.started {
        if upper < this.upper || previous > this.upper { this.upper = upper; }
        if lower > this.lower || previous < this.lower { this.lower = lower; }
        this.rising = if this.rising { close >= this.lower } else { close > this.upper };
    } else {
        this.started = true;
        (this.upper, this.lower) = (upper, lower);
        this.rising = close > middle;
    }
    Some(if this.rising { [this.lower, 1.0] } else { [this.upper, -1.0] })
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "MIDPOINT", Overlap, "Middle of the range of a column", ["close"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0) - 1, Midpoint::new, "(max(x, n) + min(x, n)) / 2", "TA-Lib"
    ),
    spec!(
        "MIDPRICE", Overlap, "Middle of the range of prices", ["high", "low"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0) - 1, Midprice::new, "(max(high, n) + min(low, n)) / 2", "TA-Lib"
    ),
    spec!(
        "DONCHIAN", Overlap, "Donchian channel", ["high", "low"], [period("timeperiod", 20)],
        ["upperband", "middleband", "lowerband"],
        |p| count(p, 0) - 1, Donchian::new, "max(high, n), their middle, min(low, n); the current bar counts",
        "R. Donchian"
    ),
    spec!(
        "BBANDS", Overlap, "Bollinger bands", ["close"],
        [period("timeperiod", 20), real("nbdevup", 2.0, 0.0, 1e6), real("nbdevdn", 2.0, 0.0, 1e6), average_kind("matype", 0)],
        ["upperband", "middleband", "lowerband"],
        |p| Average::warm_up(count(p, 3), count(p, 0)).max(count(p, 0) - 1), Bollinger::new,
        "average and k population standard deviations of the window (around its mean; put together from halves, 2 log2 n operations a \
         bar) above and below; before 0.8 TA-Lib's default was 5 bars",
        "J. Bollinger, 2001"
    ),
    spec!(
        "ACCBANDS", Overlap, "Acceleration bands", ["high", "low", "close"], [period("timeperiod", 20)],
        ["upperband", "middleband", "lowerband"],
        |p| count(p, 0) - 1, AccelerationBands::new,
        "sma of high (1 + 4 w), of close, of low (1 - 4 w), w = (high - low) / (high + low)",
        "P. Headley, Big Trends, 2002"
    ),
    spec!(
        "KC", Overlap, "Keltner channel", ["high", "low", "close"],
        [period("timeperiod", 20), period("atrperiod", 10), real("nbdev", 2.0, 0.0, 1e6)],
        ["upperband", "middleband", "lowerband"],
        |p| (count(p, 0) - 1).max(count(p, 1)), Keltner::new,
        "ema(typical price, n) and k average true ranges (Wilder) above and below; both have their first value on the same bar, \
         the sooner one waiting with its seed (as TA-Lib)", "C. Keltner; L. Raschke"
    ).also(&["KELTNER"]),
    spec!(
        "SUPERTREND", Overlap, "Supertrend", ["high", "low", "close"],
        [period("timeperiod", 10), real("multiplier", 3.0, 0.0, 1e6)], ["supertrend", "trend"],
        |p| count(p, 0), Supertrend::new,
        "(high + low)/2 -+ k atr, each band only moving towards the price; the lower one while rising (1), the upper one \
         while falling (-1)",
        "O. Seban"
    ),
];

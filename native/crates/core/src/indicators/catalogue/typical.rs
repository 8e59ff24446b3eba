//! Indicators of the typical price and of how far the close is from the true low.

use super::block::{derive, derived_reach};
use super::deviations::Deviation;
use super::extremes::by_column;
use super::grid::{self, sums_of_periods};
use super::halves::{Halves, Totals};
use super::kernel::{kernel, ratio_or, smaller, true_range};
use super::scratch::Scratch;
use super::spec::{Spec, count, period, spec};
use super::window::Sums;

/// Mean of high, low and close.
#[inline(always)]
fn typical(high: f64, low: f64, close: f64) -> f64 {
    (high + low + close) / 3.0
}

/// Typical prices of bars.
#[inline(always)]
fn fill_typical([high, low, close]: [&[f64]; 3], out: &mut [f64]) {
    let length = out.len();
    let (high, low, close) = (&high[..length], &low[..length], &close[..length]);
    for row in 0..length {
        out[row] = typical(high[row], low[row], close[row]);
    }
}

/// Distance from the mean in units of 1.5 % of the mean deviation.
#[inline(always)]
fn channel(price: f64, mean: f64, deviation: f64) -> f64 {
    ratio_or(price - mean, 0.015 * deviation, 0.0)
}

kernel!(Cci[3 => 1](p) { window: Deviation = Deviation::new(count(p, 0)) }
|this, [high, low, close]| {
    let price = typical(high, low, close);
    this.window.push(price).map(|(mean, deviation)| [channel(price, mean, deviation)])
}; reach derived_reach(this.window.period()); |block| {
    let [result] = block.results;
    let (rows, length) = (result.len(), block.bars[0].len());
    let Scratch { lanes, work, .. } = block.scratch;
    let [prices, means, deviations, ..] = &mut **lanes;
    let (prices, means, deviations) = (&mut prices[..length], &mut means[..rows], &mut deviations[..rows]);
    fill_typical(block.bars, prices);
    if !grid::sums_of_derived(prices, &block.bars, this.window.period(), true, work, means) { return false; }
    this.window.fill(prices, means, deviations);
    let prices = &prices[length - rows..];
    for row in 0..rows {
        result[row] = channel(prices[row], means[row], deviations[row]);
    }
    true
});

/// What was paid when the typical price rose, and when it moved at all.
#[inline(always)]
fn flows(price: f64, before: f64, volume: f64) -> [f64; 2] {
    let flow = price * volume;
    // Equal decimal prices add up to doubles some last places apart: that is no move.
    let rounding = 1e-13 * price.abs();
    let up = if price > before + rounding { flow } else { 0.0 };
    let down = if price < before - rounding { flow } else { 0.0 };
    [up, up + down]
}

/// Share of the rises in percent.
#[inline(always)]
fn index([up, total]: [f64; 2]) -> f64 {
    if total < 1.0 { 0.0 } else { 100.0 * up / total }
}

kernel!(Mfi[4 => 1](p) { previous: Option<f64> = None, window: Halves<Totals, 2, 2> = Halves::new(count(p, 0)) }
|this, [high, low, close, volume]| {
    let price = typical(high, low, close);
    let before = this.previous.replace(price)?;
    this.window.push(flows(price, before, volume)).map(|totals| [index(totals)])
}; reach this.window.reach().map(|reach| reach + 1); |block| {
    let mut parts = block.parts();
    while let Some(block) = parts.next() {
        let ([high, low, close, volume], [result]) = (block.bars, block.results);
        let (rows, length) = (result.len(), close.len());
        let Scratch { lanes, joints, .. } = block.scratch;
        let [prices, up, total, of_up, of_total, ..] = &mut **lanes;
        let prices = &mut prices[..length];
        fill_typical([high, low, close], prices);
        let (now, before, volume) = (&prices[1..], &prices[..length - 1], &volume[1..]);
        by_column([&mut *up, &mut *total], length - 1, |row| flows(now[row], before[row], volume[row]));
        let (of_up, of_total) = (&mut of_up[..rows], &mut of_total[..rows]);
        this.window.fill([&up[..length - 1], &total[..length - 1]], joints, [&mut *of_up, &mut *of_total]);
        for row in 0..rows {
            result[row] = index([of_up[row], of_total[row]]);
        }
    }
    true
});

/// Close above the true low, and the true range.
#[inline(always)]
fn pressure([high, low, close]: [f64; 3], before: f64) -> [f64; 2] {
    [close - smaller(low, before), true_range(high, low, before)]
}

/// Weights 4, 2 and 1 for the shares of the short, the medium and the long window.
#[inline(always)]
fn ultimate(short: [f64; 2], medium: [f64; 2], long: [f64; 2]) -> f64 {
    let share = |[pressure, range]: [f64; 2]| ratio_or(pressure, range, 0.0);
    (4.0 * share(short) + 2.0 * share(medium) + share(long)) * (100.0 / 7.0)
}

kernel!(UltOsc[3 => 1](p) {
    previous: Option<f64> = None, windows: [Sums<2>; 3] = periods(p).map(Sums::new) }
|this, [high, low, close]| {
    let before = this.previous.replace(close)?;
    let bar = pressure([high, low, close], before);
    let mut full = true;
    for window in &mut this.windows {
        full &= window.push(bar);
    }
    let [short, medium, long] = &this.windows;
    let sums = |window: &Sums<2>| [window.sum(0), window.sum(1)];
    full.then(|| [ultimate(sums(short), sums(medium), sums(long))])
}; reach derived_reach(this.windows[2].period()); |block| {
    let [short, medium, long] = &this.windows;
    let periods = [short.period(), medium.period(), long.period()];
    let mut parts = block.parts();
    while let Some(block) = parts.next() {
        let [result] = block.results;
        let (rows, length) = (result.len(), block.bars[0].len() - 1);
        let Scratch { lanes, work, .. } = block.scratch;
        let (moves, sums) = lanes.split_first_chunk_mut::<2>().expect("there are eight");
        derive(block.bars, moves, |bar, [_, _, before]| pressure(bar, before));
        let [a, c, e, b, d, f] = sums else { return false };
        let [a, b, c, d, e, f] = [a, b, c, d, e, f].map(|column| &mut column[..rows]);
        let [pressures, ranges] = moves;
        if !sums_of_periods(&pressures[..length], &block.bars, periods, false, work, [&mut *a, &mut *c, &mut *e])
            || !sums_of_periods(&ranges[..length], &[], periods, false, work, [&mut *b, &mut *d, &mut *f])
        {
            return false;
        }
        for row in 0..rows {
            result[row] = ultimate([a[row], b[row]], [c[row], d[row]], [e[row], f[row]]);
        }
    }
    true
});

/// The three periods, shortest first.
fn periods(p: &[f64]) -> [usize; 3] {
    let mut periods = [count(p, 0), count(p, 1), count(p, 2)];
    periods.sort_unstable();
    periods
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "CCI",
        Momentum,
        "Commodity channel index",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0) - 1,
        Cci::new,
        "(typical - mean) / (0.015 mean of |typical - mean|); 0 where the window is flat; n operations a bar",
        "D. Lambert, 1980"
    ),
    spec!(
        "MFI",
        Momentum,
        "Money flow index",
        ["high", "low", "close", "volume"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Mfi::new,
        "100 up / (up + down), sums of typical price * volume of rising and falling bars, put together from halves, 2 log2 n operations a bar; 0 where \
         both are below 1",
        "G. Quong and A. Soudack, TASC 1989"
    ),
    spec!(
        "ULTOSC",
        Momentum,
        "Ultimate oscillator",
        ["high", "low", "close"],
        [period("timeperiod1", 7), period("timeperiod2", 14), period("timeperiod3", 28)],
        ["real"],
        |p| periods(p)[2],
        UltOsc::new,
        "100 (4 a + 2 b + c) / 7, each the sum of close - true low over the sum of true ranges; shortest period first",
        "L. Williams, 1976"
    ),
];

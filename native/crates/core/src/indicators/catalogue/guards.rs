//! Stops that keep a distance from the bar made of the ranges of the last bars.

use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::super::window::{MovingWindow, WindowMoments};
use super::kernel::{kernel, larger, smaller};
use super::moving::Average;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::window::{Highest, Lowest};

kernel!(KaufmanStop[2 => 2](p) { average: Average = Average::new(count(p, 2), count(p, 0)), factor: f64 = p[1] }
|this, [high, low]| {
    let width = this.factor * this.average.push(high - low)?;
    Some([low - width, high + width])
});
kernel!(DeviationStop[2 => 2](p) {
    previous: Option<(f64, f64)> = None, window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)),
    n: Count = Count::new(count(p, 0)), factor: f64 = p[1],
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [high, low]| {
    let (before_high, before_low) = this.previous.replace((high, low))?;
    let range = larger(high, before_high) - smaller(low, before_low);
    let (mean, deviation) = this.window.update(range).map(|window| window.mean_and_deviation(this.n))?;
    let width = this.factor.mul_add(deviation, mean);
    let (long, short) = (this.highest.push(high - width), this.lowest.push(low + width));
    Some([long?.0, short?.0])
});
kernel!(SafeZone[2 => 2](p) {
    previous: Option<(f64, f64)> = None, up: WilderAverage = WilderAverage::new(count(p, 0)),
    down: WilderAverage = WilderAverage::new(count(p, 0)), factor: f64 = p[1],
    highest: Highest = Highest::new(count(p, 2)), lowest: Lowest = Lowest::new(count(p, 2)) }
|this, [high, low]| {
    let (before_high, before_low) = this.previous.replace((high, low))?;
    let (rise, fall) = (high - before_high, before_low - low);
    let up = this.up.update(if rise > fall { larger(rise, 0.0) } else { 0.0 });
    let down = this.down.update(if fall > rise { larger(fall, 0.0) } else { 0.0 });
    let (long, short) = (before_low - this.factor * down?, before_high + this.factor * up?);
    let (long, short) = (this.highest.push(long), this.lowest.push(short));
    Some([long?.0, short?.0])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "KAUFMANSTOP",
        Overlap,
        "Kaufman stop",
        ["high", "low"],
        [period("timeperiod", 22), real("multiplier", 2.0, 0.0, 1e6), average_kind("matype", 0)],
        ["long", "short"],
        |p| Average::warm_up(count(p, 2), count(p, 0)),
        KaufmanStop::new,
        "low - k average(high - low, n), high + k average(high - low, n)",
        "P. J. Kaufman"
    ),
    spec!(
        "DEVSTOP",
        Overlap,
        "Kase deviation stop",
        ["high", "low"],
        [period_from("timeperiod", 20, 2), real("multiplier", 1.0, 0.0, 1e6)],
        ["long", "short"],
        |p| 2 * count(p, 0) - 1,
        DeviationStop::new,
        "max(high - w, n), min(low + w, n), w = mean and k population standard deviations over n bars of the range of two bars; \
         Kase draws it at 0 (a warning), 1, 2.2 and 3.6",
        "C. Kase, Trading with the Odds, 1996"
    ),
    spec!(
        "SAFEZONE",
        Overlap,
        "Safe zone stop",
        ["high", "low"],
        [period("timeperiod", 22), real("multiplier", 2.5, 0.0, 1e6), period("lookback", 3)],
        ["long", "short"],
        |p| count(p, 0) + count(p, 2) - 1,
        SafeZone::new,
        "max(low[1] - k d, lookback), min(high[1] + k u, lookback), d and u Wilder averages of the directional movement down and up \
         (Jesse: their Wilder sums, n times as wide; Elder: only the bars that went beyond)",
        "A. Elder, Come Into My Trading Room, 2002, with Wilder's measure"
    )
    .also(&["SAFEZONESTOP"]),
];

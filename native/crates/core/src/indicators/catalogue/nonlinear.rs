//! Averages whose weights or pace come from how the values move.

use super::super::sum::Count;
use super::super::window::{MovingWindow, WindowMoments};
use super::average::Weighted;
use super::kernel::{kernel, ratio_or};
use super::moving::Average;
use super::ring::Ring;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::window::{Lag, Sums};

kernel!(DistanceFilter[2 => 1](p) {
    prices: Ring<f64> = Ring::new(count(p, 0)), sums: Sums<2> = Sums::new(count(p, 0)) }
|this, [high, low]| {
    let price = f64::midpoint(high, low);
    if !this.prices.push(price) { return None; }
    let distance: f64 = this.prices.oldest_first().map(|other| (price - other) * (price - other)).sum();
    if !this.sums.push([distance * price, distance]) { return None; }
    Some([ratio_or(this.sums.sum(0), this.sums.sum(1), price)])
});
kernel!(AdaptiveQ[1 => 1](p) {
    lag: Lag = Lag::new(count(p, 0)), path: Sums<1> = Sums::new(count(p, 0)), previous: Option<f64> = None,
    fast: f64 = 2.0 / (p[1] + 1.0), slow: f64 = 2.0 / (p[2] + 1.0), average: Option<f64> = None }
|this, [x]| {
    let start = this.lag.push(x);
    let before = this.previous.replace(x)?;
    this.path.push([(x - before).abs()]);
    let efficiency = ratio_or((x - start?).abs(), this.path.sum(0), 0.0).min(1.0);
    let pace = efficiency.mul_add(this.fast, this.slow).powi(2);
    let average = this.average.get_or_insert(before);
    *average = pace.mul_add(x - *average, *average);
    Some([*average])
});
kernel!(Factored[1 => 1](p) { factor: f64 = p[0], average: Option<f64> = None }
|this, [x]| {
    let average = this.average.get_or_insert(x);
    *average = this.factor.mul_add(x - *average, *average);
    Some([*average])
});
kernel!(Natural[1 => 1](p) {
    steps: Ring<f64> = Ring::new(count(p, 0)), previous: Option<f64> = None,
    lags: [Lag; 2] = [Lag::new(count(p, 0) - 1), Lag::new(count(p, 0))],
    roots: Box<[f64]> = (0..count(p, 0)).map(|age| ((age + 1) as f64).sqrt() - (age as f64).sqrt()).collect() }
|this, [x]| {
    let [newer, older] = [0, 1].map(|place: usize| this.lags[place].push(x));
    let before = this.previous.replace(x)?;
    // A price that has no logarithm counts as no move.
    let step = if x > 0.0 && before > 0.0 { (x / before).ln().abs() } else { 0.0 };
    this.steps.push(step);
    let (newer, older) = (newer?, older?);
    let (mut rooted, mut plain) = (0.0, 0.0);
    for (step, root) in this.steps.oldest_first().rev().zip(&this.roots) {
        rooted += step * root;
        plain += step;
    }
    let share = ratio_or(rooted, plain, 0.0);
    Some([share.mul_add(newer - older, older)])
});
kernel!(Predictive[2 => 2](p) {
    first: Weighted = Weighted::new(7), second: Weighted = Weighted::new(7), trigger: Weighted = Weighted::new(4) }
|this, [high, low]| {
    let first = this.first.push(f64::midpoint(high, low))?;
    let predict = 2.0 * first - this.second.push(first)?;
    this.trigger.push(predict).map(|trigger| [predict, trigger])
});
kernel!(VariableLength[1 => 1](p) {
    shortest: f64 = p[0], longest: f64 = p[1], mean: Average = Average::new(count(p, 2), count(p, 1)),
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 1)), n: Count = Count::new(count(p, 1)),
    length: f64 = p[1], average: Option<f64> = None }
|this, [x]| {
    let mean = this.mean.push(x);
    let deviation = this.window.update(x).map(|window| window.mean_and_deviation(this.n).1);
    let band = mean.zip(deviation);
    if let Some((mean, deviation)) = band {
        let off = (x - mean).abs();
        let change = if off <= 0.25 * deviation { 1.0 } else if off > 1.75 * deviation { -1.0 } else { 0.0 };
        this.length = (this.length + change).clamp(this.shortest, this.longest);
    }
    let average = this.average.get_or_insert(x);
    *average += 2.0 / (this.length + 1.0) * (x - *average);
    band.map(|_| [*average])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "EDCF",
        Overlap,
        "Distance coefficient filter",
        ["high", "low"],
        [period_from("timeperiod", 15, 2)],
        ["real"],
        |p| 2 * (count(p, 0) - 1),
        DistanceFilter::new,
        "mean of the last n median prices, each weighted with the sum of its squared distances from the n - 1 before it; the \
         price while nothing has moved; n operations a bar",
        "J. Ehlers, Nonlinear Filters, 2001"
    ),
    spec!(
        "MAAQ",
        Overlap,
        "Adaptive Q moving average",
        ["close"],
        [period("timeperiod", 11), period("fastperiod", 2), period("slowperiod", 30)],
        ["real"],
        |p| count(p, 0),
        AdaptiveQ::new,
        "m += s^2 (x - m), s = er 2/(fast+1) + 2/(slow+1), er = |x - x[n]| / sum of |changes|; starts from the value before the \
         first full window",
        "after P. J. Kaufman; common for TradingView"
    ),
    spec!(
        "MWDX",
        Overlap,
        "MWDX average",
        ["close"],
        [real("factor", 0.2, 0.0, 1.0)],
        ["real"],
        |_| 0,
        Factored::new,
        "m += factor (x - m), from the first value on",
        "R. G. Brown, 1956, by its factor"
    ),
    spec!(
        "NMA",
        Overlap,
        "Natural moving average",
        ["close"],
        [period("timeperiod", 40)],
        ["real"],
        |p| count(p, 0),
        Natural::new,
        "r x[n-1] + (1 - r) x[n], r = sum of d[i] (sqrt(i+1) - sqrt(i)) / sum of d[i] for i from 0 to n - 1, d = |ln(x / x[1])|; n \
         operations a bar",
        "J. Sloman, Ocean Theory, 2001, as Jesse"
    ),
    spec!(
        "PMA",
        Overlap,
        "Predictive moving average",
        ["high", "low"],
        [],
        ["predict", "trigger"],
        |_| 15,
        Predictive::new,
        "2 w - wma(w, 7), w = wma(median price, 7); its wma over 4 bars",
        "J. Ehlers, Rocket Science for Traders, 2001"
    ),
    spec!(
        "VLMA",
        Overlap,
        "Variable length moving average",
        ["close"],
        [period("minperiod", 5), period_from("maxperiod", 50, 2), average_kind("matype", 0)],
        ["real"],
        |p| Average::warm_up(count(p, 2), count(p, 1)).max(count(p, 1) - 1),
        VariableLength::new,
        "m += 2/(n+1) (x - m), from the first value on; n starts at maxperiod, grows by one while x is within 0.25 population \
         standard deviations of its average over maxperiod, falls by one beyond 1.75, stays within both periods",
        "G. Arrington, TASC 1991"
    )
    .with_rule(|p| (p[0] > p[1]).then_some("minperiod must not be larger than maxperiod")),
];

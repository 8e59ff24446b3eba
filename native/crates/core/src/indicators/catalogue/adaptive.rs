//! Averages that adapt to the market, and others with a memory.

use super::super::sum::Count;
use super::super::window::{MovingWindow, WindowMoments};
use super::kernel::{kernel, ratio_or};
use super::spec::{Param, Spec, count, period, period_from, real, spec};
use super::window::{Highest, Lag, Lowest};

kernel!(McGinley[1 => 1](p) { n: f64 = p[0], k: f64 = p[1], value: Option<f64> = None }
|this, [x]| {
    let before = this.value.get_or_insert(x);
    let ratio = ratio_or(x, *before, 1.0);
    let pace = this.k * this.n * ratio.powi(4);
    *before += ratio_or(x - *before, pace, 0.0);
    Some([*before])
});
kernel!(Vidya[1 => 1](p) {
    short: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), short_count: Count = Count::new(count(p, 0)),
    long: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 1)), long_count: Count = Count::new(count(p, 1)),
    alpha: f64 = p[2], waits: usize = count(p, 1) - 2, value: f64 = 0.0 }
|this, [x]| {
    let short = this.short.update(x).map(|window| window.mean_and_deviation(this.short_count).1);
    let long = this.long.update(x).map(|window| window.mean_and_deviation(this.long_count).1);
    if this.waits > 0 {
        this.waits -= 1;
        return None;
    }
    match (short, long) {
        (Some(short), Some(long)) => {
            let pace = this.alpha * ratio_or(short, long, 0.0);
            this.value = pace.mul_add(x - this.value, this.value);
        }
        _ => this.value = x,
    }
    Some([this.value])
});
kernel!(Frama[2 => 1](p) {
    half: f64 = (count(p, 0) / 2) as f64,
    highest: Highest = Highest::new(count(p, 0) / 2), lowest: Lowest = Lowest::new(count(p, 0) / 2),
    high_before: Lag = Lag::new(count(p, 0) / 2), low_before: Lag = Lag::new(count(p, 0) / 2),
    dimension: f64 = 1.0, value: Option<f64> = None }
|this, [high, low]| {
    let price = f64::midpoint(high, low);
    let (new_high, new_low) = (this.highest.push(high), this.lowest.push(low));
    let (new_high, new_low) = (new_high?.0, new_low?.0);
    let (old_high, old_low) = (this.high_before.push(new_high), this.low_before.push(new_low));
    let (old_high, old_low) = (old_high?, old_low?);
    let newer = (new_high - new_low) / this.half;
    let older = (old_high - old_low) / this.half;
    let whole = (new_high.max(old_high) - new_low.min(old_low)) / (2.0 * this.half);
    if newer > 0.0 && older > 0.0 && whole > 0.0 {
        this.dimension = ((newer + older) / whole).log2();
    }
    let alpha = (-4.6 * (this.dimension - 1.0)).exp().clamp(0.01, 1.0);
    let before = this.value.get_or_insert(price);
    *before = alpha.mul_add(price - *before, *before);
    Some([*before])
});
kernel!(Jma[1 => 1](p) {
    ratio: f64 = (p[1] / 100.0 + 1.5).clamp(0.5, 2.5),
    beta: f64 = 0.45 * (p[0] - 1.0) / (0.45 * (p[0] - 1.0) + 2.0),
    alpha: f64 = (0.45 * (p[0] - 1.0) / (0.45 * (p[0] - 1.0) + 2.0)).powf(p[2]),
    first: f64 = 0.0, second: f64 = 0.0, change: f64 = 0.0, value: Option<f64> = None }
|this, [x]| {
    let Some(before) = this.value else {
        this.first = x;
        this.value = Some(x);
        return Some([x]);
    };
    this.first = (1.0 - this.alpha) * x + this.alpha * this.first;
    this.second = (x - this.first) * (1.0 - this.beta) + this.beta * this.second;
    let rest = this.first + this.ratio * this.second - before;
    let kept = this.alpha * this.alpha;
    this.change = rest * (1.0 - this.alpha).powi(2) + kept * this.change;
    this.value = Some(before + this.change);
    Some([before + this.change])
});
kernel!(Hwma[1 => 1](p) {
    na: f64 = p[0], nb: f64 = p[1], nc: f64 = p[2], level: Option<f64> = None, speed: f64 = 0.0, acceleration: f64 = 0.0 }
|this, [x]| {
    let before = *this.level.get_or_insert(x);
    let level = (1.0 - this.na) * (before + this.speed + 0.5 * this.acceleration) + this.na * x;
    let speed = (1.0 - this.nb) * (this.speed + this.acceleration) + this.nb * (level - before);
    this.acceleration = (1.0 - this.nc) * this.acceleration + this.nc * (speed - this.speed);
    this.speed = speed;
    this.level = Some(level);
    Some([level + speed + 0.5 * this.acceleration])
});
kernel!(Jsa[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [f64::midpoint(x, before)]));

/// An even period, so that both halves are equal.
const fn halves(default: usize) -> Param {
    period_from("timeperiod", default, 2)
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "MCGINLEY",
        Overlap,
        "McGinley dynamic",
        ["close"],
        [period("timeperiod", 14), real("kfactor", 0.6, 0.01, 10.0)],
        ["real"],
        |_| 0,
        McGinley::new,
        "m += (x - m) / (k n (x / m)^4), from the first value on; tools that leave k out mean k = 1",
        "J. R. McGinley, 1990"
    ),
    spec!(
        "VIDYA",
        Overlap,
        "Variable index dynamic average",
        ["close"],
        [period_from("shortperiod", 2, 2), period_from("longperiod", 5, 2), real("alpha", 0.2, 0.0, 1.0)],
        ["real"],
        |p| count(p, 1) - 2,
        Vidya::new,
        "v += alpha (short / long) (x - v), the population standard deviations of both windows (Chande's first version, as \
         Tulip); starts with the value before the first full window",
        "T. Chande, TASC 1992"
    ),
    spec!(
        "FRAMA",
        Overlap,
        "Fractal adaptive moving average",
        ["high", "low"],
        [halves(16)],
        ["real"],
        |p| 2 * (count(p, 0) / 2) - 1,
        Frama::new,
        "f += a (median price - f), a = exp(-4.6 (d - 1)) within 0.01 to 1, d = log2((range of the newer half + range of the \
         older half) / range of both), ranges by bar; an odd period counts as the even one below; starts \
         with the price of the first full window (Jesse: of closes, before the bar, a not below 0.1)",
        "J. Ehlers, TASC 2005"
    ),
    spec!(
        "JMA",
        Overlap,
        "Jurik moving average, the public approximation",
        ["close"],
        [period("timeperiod", 7), real("phase", 50.0, -100.0, 100.0), real("power", 2.0, 0.1, 10.0)],
        ["real"],
        |_| 0,
        Jma::new,
        "b = 0.45 (n-1) / (0.45 (n-1) + 2), a = b^power; e0 = (1-a) x + a e0, e1 = (x - e0)(1-b) + b e1, e2 = (e0 + r e1 - j) \
         (1-a)^2 + a^2 e2, j += e2, r = phase/100 + 1.5; not Jurik's own program, which is not public; starts from the first \
         value",
        "the formula commonly published for TradingView"
    ),
    spec!(
        "HWMA",
        Overlap,
        "Holt-Winter moving average",
        ["close"],
        [real("na", 0.2, 0.0, 1.0), real("nb", 0.1, 0.0, 1.0), real("nc", 0.1, 0.0, 1.0)],
        ["real"],
        |_| 0,
        Hwma::new,
        "triple smoothing of level, speed and acceleration: f = (1-na)(f + v + a/2) + na x, v = (1-nb)(v + a) + nb change of f, \
         a = (1-nc) a + nc change of v; gives f + v + a/2; starts from the first value",
        "C. Holt, 1957; P. Winters, 1960"
    ),
    spec!(
        "JSA",
        Overlap,
        "JSA moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0),
        Jsa::new,
        "(x + x[n]) / 2",
        "J. Sharp"
    ),
];

//! Ehlers' filters and what he makes of them.

use super::kernel::{kernel, ratio_or};
use super::poles::{Band, HighPass, HighPass2, Laguerre, LastTwo, SuperSmoother};
use super::spec::{Spec, count, period, period_from, real, spec};
use super::window::{Lag, Sums, WeightedSums};
use std::f64::consts::PI;

kernel!(Smooth[1 => 1](p) { filter: SuperSmoother = SuperSmoother::new(p[0]) }
    |this, [x]| Some([this.filter.push(x)]));
kernel!(Smooth3[1 => 1](p) {
    feedback: [f64; 3] = {
        let decay = (-PI / p[0]).exp();
        let (b, c) = (2.0 * decay * (1.738 * PI / p[0]).cos(), decay * decay);
        [b + c, -(c + b * c), c * c]
    },
    output: Option<[f64; 3]> = None }
|this, [x]| {
    let [y1, y2, y3] = this.output.unwrap_or([x; 3]);
    let [f1, f2, f3] = this.feedback;
    let result = (1.0 - f1 - f2 - f3) * x + f1 * y1 + f2 * y2 + f3 * y3;
    this.output = Some([result, y1, y2]);
    Some([result])
});
kernel!(High[1 => 1](p) { filter: HighPass = HighPass::new(p[0]) } |this, [x]| Some([this.filter.push(x)]));
kernel!(High2[1 => 1](p) { filter: HighPass2 = HighPass2::new(p[0]) } |this, [x]| Some([this.filter.push(x)]));
kernel!(Decycler[1 => 1](p) { filter: HighPass = HighPass::new(p[0]) } |this, [x]| Some([x - this.filter.push(x)]));
kernel!(DecyclerOscillator[1 => 1](p) {
    whole: HighPass2 = HighPass2::new(p[0]), half: HighPass2 = HighPass2::new(0.5 * p[0]), factor: f64 = p[1] }
|this, [x]| {
    let decycled = x - this.whole.push(x);
    Some([100.0 * this.factor * ratio_or(this.half.push(decycled), x, 0.0)])
});
kernel!(Roofing[1 => 1](p) { high: HighPass2 = HighPass2::new(p[0]), low: SuperSmoother = SuperSmoother::new(p[1]) }
    |this, [x]| { let passed = this.high.push(x); Some([this.low.push(passed)]) });

kernel!(BandPass[1 => 1](p) { band: Band = Band::new(p[0], p[1]) } |this, [x]| Some([this.band.push(x)]));
kernel!(Voss[1 => 2](p) {
    band: Band = Band::new(p[0], p[2]), past: WeightedSums = WeightedSums::new(3 * count(p, 1)), order: f64 = 3.0 * p[1],
    feedback: f64 = 0.0, seen: usize = 0 }
|this, [x]| {
    let filtered = this.band.push(x);
    let voss = f64::midpoint(3.0, this.order) * filtered - this.feedback;
    // Before it has been running for `order` bars the filter looks back on nothing, which counts as 0.
    while this.seen + 1 < this.order as usize {
        this.seen += 1;
        this.past.push(0.0);
    }
    this.feedback = this.past.push(voss).map_or(0.0, |(_, weighted)| weighted.nearest() / this.order);
    Some([voss, filtered])
});

/// How far a smoothed price stands from the line (or level) that its last bars suggest.
#[derive(Clone, Debug)]
struct Flex {
    smoother: SuperSmoother,
    lag: Lag,
    sums: Sums<1>,
    n: f64,
    power: f64,
}

impl Flex {
    fn new(period: usize) -> Self {
        Flex {
            smoother: SuperSmoother::new(0.5 * period as f64),
            lag: Lag::new(period),
            sums: Sums::new(period),
            n: period as f64,
            power: 0.0,
        }
    }

    #[inline(always)]
    fn push(&mut self, value: f64, tilted: bool) -> Option<f64> {
        let smooth = self.smoother.push(value);
        let oldest = self.lag.push(smooth);
        let past = self.sums.sum(0);
        self.sums.push([smooth]);
        let slope = if tilted { (oldest? - smooth) / self.n } else { oldest.map(|_| 0.0)? };
        let mean = smooth + slope * (self.n + 1.0) / 2.0 - past / self.n;
        self.power = 0.04 * mean * mean + 0.96 * self.power;
        Some(ratio_or(mean, self.power.sqrt(), 0.0))
    }
}

kernel!(Reflex[1 => 1](p) { flex: Flex = Flex::new(count(p, 0)) } |this, [x]| this.flex.push(x, true).map(|value| [value]));
kernel!(Trendflex[1 => 1](p) { flex: Flex = Flex::new(count(p, 0)) } |this, [x]| this.flex.push(x, false).map(|value| [value]));
kernel!(Gaussian[1 => 1](p) {
    poles: usize = count(p, 1), levels: Option<[f64; 4]> = None,
    alpha: f64 = {
        let beta = (1.0 - (2.0 * PI / p[0]).cos()) / (2.0_f64.powf(1.0 / p[1]) - 1.0);
        (beta * beta + 2.0 * beta).sqrt() - beta
    } }
|this, [x]| {
    let mut levels = this.levels.unwrap_or([x; 4]);
    let mut last = x;
    for level in &mut levels[..this.poles] {
        *level = this.alpha.mul_add(last - *level, *level);
        last = *level;
    }
    this.levels = Some(levels);
    Some([last])
});
kernel!(LaguerreFilter[1 => 1](p) { levels: Laguerre = Laguerre::new(p[0]) }
|this, [x]| {
    let [a, b, c, d] = this.levels.push(x);
    Some([(a + 2.0 * b + 2.0 * c + d) / 6.0])
});
kernel!(LaguerreRsi[1 => 1](p) { levels: Laguerre = Laguerre::new(p[0]) }
|this, [x]| {
    let [a, b, c, d] = this.levels.push(x);
    let moves = [a - b, b - c, c - d];
    let up: f64 = moves.iter().map(|step| step.max(0.0)).sum();
    let down: f64 = moves.iter().map(|step| (-step).max(0.0)).sum();
    Some([ratio_or(up, up + down, 0.5)])
});
kernel!(Gravity[1 => 1](p) { sums: WeightedSums = WeightedSums::new(count(p, 0)), n: f64 = p[0] }
|this, [x]| this.sums.push(x).map(|(plain, weighted)| {
    let (plain, weighted) = (plain.nearest(), weighted.nearest());
    [if plain == 0.0 { 0.0 } else { weighted / plain - f64::midpoint(this.n, 1.0) }]
}));
kernel!(EvenBetterSine[1 => 1](p) {
    high: HighPass = HighPass::new(p[0]), low: SuperSmoother = SuperSmoother::new(p[1]), last: LastTwo = LastTwo::default() }
|this, [x]| {
    let passed = this.high.push(x);
    let smooth = this.low.push(passed);
    let [one, two] = this.last.push(smooth);
    let wave = (smooth + one + two) / 3.0;
    let power = (smooth * smooth + one * one + two * two) / 3.0;
    Some([ratio_or(wave, power.sqrt(), 0.0)])
});

/// The indicators of this file; the rest of Ehlers' are in `ehlers_cycles`.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "SUPERSMOOTHER",
        Overlap,
        "Super smoother",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |_| 0,
        Smooth::new,
        "two-pole Butterworth low pass of (x + x[1]) / 2 with its edge at n bars; starts from the first value and settles in \
         about n bars (tools that copy the printed 1.414 for the root of two differ in the fourth digit, here and in what is \
         made of it)",
        "J. Ehlers, Cycle Analytics, 2013"
    ),
    spec!(
        "SUPERSMOOTHER3",
        Overlap,
        "Super smoother with three poles",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |_| 0,
        Smooth3::new,
        "y = (1 - b - c + c + b c - c^2) x + (b + c) y[1] - (c + b c) y[2] + c^2 y[3], a = e^(-pi/n), b = 2 a cos(1.738 pi / n), \
         c = a^2; starts from the first value",
        "J. Ehlers, Cybernetic Analysis, 2004"
    ),
    spec!(
        "HIGHPASS",
        Cycle,
        "High pass filter",
        ["close"],
        [period_from("timeperiod", 48, 3)],
        ["real"],
        |_| 0,
        High::new,
        "y = (1 - a/2)(x - x[1]) + (1 - a) y[1], a = (cos t + sin t - 1) / cos t, t = 2 pi / n; starts from 0",
        "J. Ehlers, Cycle Analytics, 2013"
    ),
    spec!(
        "HIGHPASS2",
        Cycle,
        "High pass filter with two poles",
        ["close"],
        [period_from("timeperiod", 48, 3)],
        ["real"],
        |_| 0,
        High2::new,
        "y = (1 - a/2)^2 (x - 2 x[1] + x[2]) + 2 (1 - a) y[1] - (1 - a)^2 y[2], a as HIGHPASS with t = sqrt(2) pi / n; starts \
         from 0",
        "J. Ehlers, Cycle Analytics, 2013"
    ),
    spec!(
        "DECYCLER",
        Overlap,
        "Decycler",
        ["close"],
        [period_from("timeperiod", 125, 3)],
        ["real"],
        |_| 0,
        Decycler::new,
        "x - highpass(x, n): what moves slower than n bars (Jesse: the high pass with two poles)",
        "J. Ehlers, TASC 2015"
    ),
    spec!(
        "DECOSC",
        Momentum,
        "Decycler oscillator",
        ["close"],
        [period_from("timeperiod", 125, 6), real("factor", 1.0, 0.0, 1e6)],
        ["real"],
        |_| 0,
        DecyclerOscillator::new,
        "100 k highpass2(x - highpass2(x, n), n/2) / x; starts from 0",
        "J. Ehlers, TASC 2015"
    ),
    spec!(
        "ROOFING",
        Cycle,
        "Roofing filter",
        ["close"],
        [period_from("highperiod", 48, 3), period_from("lowperiod", 10, 2)],
        ["real"],
        |_| 0,
        Roofing::new,
        "supersmoother(highpass2(x, 48), 10): cycles between the two; starts from 0",
        "J. Ehlers, Cycle Analytics, 2013"
    ),
    spec!(
        "BANDPASS",
        Cycle,
        "Band pass filter",
        ["close"],
        [period_from("timeperiod", 20, 4), real("bandwidth", 0.3, 0.01, 0.9)],
        ["real"],
        |_| 0,
        BandPass::new,
        "y = (1 - a)/2 (x - x[2]) + b (1 + a) y[1] - a y[2], b = cos(2 pi/n), g = 1 / cos(2 pi width/n), a = g - sqrt(g^2 - 1); \
         starts from 0 (Cycle Analytics and Jesse take out cycles above 4 n / width first)",
        "J. Ehlers and R. Way, TASC 2010"
    ),
    spec!(
        "VOSS",
        Cycle,
        "Voss predictive filter",
        ["close"],
        [period_from("timeperiod", 20, 4), period("predict", 3), real("bandwidth", 0.25, 0.01, 0.9)],
        ["voss", "filter"],
        |_| 0,
        Voss::new,
        "v = (3 + m)/2 f - sum of (i/m) v[m - i + 1] for i from 1 to m, m = 3 predict, f = bandpass(x, n, width); starts from 0",
        "J. Ehlers, TASC 2019"
    ),
    spec!(
        "REFLEX",
        Momentum,
        "Reflex",
        ["close"],
        [period_from("timeperiod", 20, 2)],
        ["real"],
        |p| count(p, 0),
        Reflex::new,
        "mean over n bars of the distance of s = supersmoother(x, n/2) from its own straight line, over its root mean square \
         (0.04 of the newest)",
        "J. Ehlers, TASC 2020"
    ),
    spec!(
        "TRENDFLEX",
        Momentum,
        "Trendflex",
        ["close"],
        [period_from("timeperiod", 20, 2)],
        ["real"],
        |p| count(p, 0),
        Trendflex::new,
        "mean over n bars of s - s[i], s = supersmoother(x, n/2), over its root mean square (0.04 of the newest)",
        "J. Ehlers, TASC 2020"
    ),
    spec!(
        "GAUSSIAN",
        Overlap,
        "Gaussian filter",
        ["close"],
        [period_from("timeperiod", 14, 2), super::spec::Param { maximum: 4.0, ..period("poles", 4) }],
        ["real"],
        |_| 0,
        Gaussian::new,
        "so many exponential averages one of another, a = sqrt(b^2 + 2 b) - b, b = (1 - cos(2 pi/n)) / (2^(1/poles) - 1); starts \
         from the first value",
        "J. Ehlers, Gaussian and Other Low Lag Filters, 2001"
    ),
    spec!(
        "LAGUERRE",
        Overlap,
        "Laguerre filter",
        ["close"],
        [real("gamma", 0.8, 0.0, 1.0)],
        ["real"],
        |_| 0,
        LaguerreFilter::new,
        "(l0 + 2 l1 + 2 l2 + l3) / 6, l0 = (1 - g) x + g l0[1], l(k) = -g l(k-1) + l(k-1)[1] + g l(k)[1]; starts from the first \
         value",
        "J. Ehlers, Time Warp, 2002"
    ),
    spec!(
        "LRSI",
        Momentum,
        "Laguerre relative strength index",
        ["close"],
        [real("gamma", 0.5, 0.0, 1.0)],
        ["real"],
        |_| 0,
        LaguerreRsi::new,
        "up / (up + down) of the steps between the four levels of LAGUERRE, 0 to 1; 0.5 while nothing has moved",
        "J. Ehlers, Time Warp, 2002"
    ),
    spec!(
        "CG",
        Momentum,
        "Centre of gravity",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0) - 1,
        Gravity::new,
        "(n + 1)/2 - sum of (1 + i) x[i] / sum of x[i]: above 0 when the newer prices weigh more (Jesse and pandas-ta leave (n + 1)/2 \
         out)",
        "J. Ehlers, TASC 2002"
    ),
    spec!(
        "EBSW",
        Cycle,
        "Even better sine wave",
        ["close"],
        [period_from("duration", 40, 3), period_from("lowperiod", 10, 2)],
        ["real"],
        |_| 0,
        EvenBetterSine::new,
        "mean of three bars of s over their root mean square, s = supersmoother(highpass(x, duration), n); 0 while s is 0",
        "J. Ehlers, Cycle Analytics, 2013"
    ),
];

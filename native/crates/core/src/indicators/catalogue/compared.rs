//! Indicators that set one measure of a market against another: a second market, a quieter stretch, a slower average.

use super::super::ema::Ema;
use super::super::sum::Count;
use super::super::window::{MovingWindow, WindowMoments};
use super::average::Simple;
use super::kernel::{kernel, larger, ratio_or};
use super::moving::Average;
use super::poles::Band;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::stops::Range;
use super::window::{Lag, Sums};

/// Population standard deviation of a window.
#[derive(Clone, Debug)]
struct Deviation {
    window: MovingWindow<WindowMoments>,
    count: Count,
}

impl Deviation {
    fn new(period: usize) -> Self {
        Deviation { window: MovingWindow::new(period), count: Count::new(period) }
    }

    /// Mean and deviation once the window is full.
    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        self.window.update(value).map(|window| window.mean_and_deviation(self.count))
    }
}

kernel!(RelativeStrength[2 => 2](p) {
    lag: Lag = Lag::new(count(p, 0)), smooth: Ema = Ema::with_checked_period(count(p, 1)),
    signal: Ema = Ema::with_checked_period(count(p, 2)) }
|this, [value, other]| {
    let ratio = if value > 0.0 && other > 0.0 { (value / other).ln() } else { 0.0 };
    let before = this.lag.push(ratio)?;
    let strength = this.smooth.advance(100.0 * (ratio - before))?;
    this.signal.advance(strength).map(|signal| [strength, signal])
});
kernel!(Volatmeter[3 => 2](p) {
    ranges: [Range; 2] = [Range::new(count(p, 0)), Range::new(count(p, 2))],
    deviations: [Deviation; 2] = [Deviation::new(count(p, 1)), Deviation::new(count(p, 3))], threshold: f64 = p[4],
    past: [f64; 3] = [0.0; 3] }
|this, [high, low, close]| {
    let [near, far] = [0, 1].map(|place: usize| this.ranges[place].push(high, low, close));
    let [near_deviation, far_deviation] = [0, 1].map(|place: usize| this.deviations[place].push(close));
    let (near, far, near_deviation, far_deviation) = (near?, far?, near_deviation?.1, far_deviation?.1);
    let [one, two, three] = this.past;
    let volatility = ratio_or(near, far, 0.0) + 0.5 * (one - three);
    this.past = [volatility, one, two];
    Some([volatility, this.threshold - ratio_or(near_deviation, far_deviation, 0.0)])
});
kernel!(AverageBands[1 => 3](p) {
    fast: Average = Average::new(count(p, 4), count(p, 0)), slow: Average = Average::new(count(p, 4), count(p, 1)),
    squares: Sums<1> = Sums::new(count(p, 0)), n: Count = Count::new(count(p, 0)), up: f64 = p[2], down: f64 = p[3] }
|this, [x]| {
    let (fast, slow) = (this.fast.push(x), this.slow.push(x));
    let (fast, slow) = (fast?, slow?);
    if !this.squares.push([(fast - slow) * (fast - slow)]) { return None; }
    let width = larger(this.squares.mean(0, this.n), 0.0).sqrt();
    Some([this.up.mul_add(width, slow), fast, (-this.down).mul_add(width, slow)])
});
kernel!(Stiffness[1 => 1](p) {
    window: Deviation = Deviation::new(count(p, 0)), sums: Sums<1> = Sums::new(count(p, 1)), n: Count = Count::new(count(p, 1)),
    smooth: Ema = Ema::with_checked_period(count(p, 2)), factor: f64 = p[3] }
|this, [x]| {
    let (mean, deviation) = this.window.push(x)?;
    let above = if x > mean - this.factor * deviation { 100.0 } else { 0.0 };
    if !this.sums.push([above]) { return None; }
    this.smooth.advance(this.sums.mean(0, this.n)).map(|value| [value])
});
kernel!(Explosion[1 => 2](p) {
    fast: Ema = Ema::with_checked_period(count(p, 0)), slow: Ema = Ema::with_checked_period(count(p, 1)),
    band: Deviation = Deviation::new(count(p, 2)), factor: f64 = p[3], sensitivity: f64 = p[4], previous: Option<f64> = None }
|this, [x]| {
    let (fast, slow, band) = (this.fast.advance(x), this.slow.advance(x), this.band.push(x));
    let difference = fast? - slow?;
    let before = this.previous.replace(difference)?;
    let (_, deviation) = band?;
    Some([this.sensitivity * (difference - before), 2.0 * this.factor * deviation])
});
kernel!(ModeBands[2 => 3](p) {
    band: Band = Band::new(p[0], 2.0 * p[1]), past: [f64; 2] = [0.0; 2], extremes: [f64; 2] = [0.0; 2], fraction: f64 = p[2],
    mean: Simple = Simple::new(2 * count(p, 0)), peaks: Simple = Simple::new(count(p, 3)), valleys: Simple = Simple::new(count(p, 3)) }
|this, [high, low]| {
    let wave = this.band.push(f64::midpoint(high, low));
    let [one, two] = this.past;
    this.past = [wave, one];
    if one > wave && one > two {
        this.extremes[0] = one;
    }
    if one < wave && one < two {
        this.extremes[1] = one;
    }
    let [peak, valley] = this.extremes;
    let (mean, peak, valley) = (this.mean.push(wave), this.peaks.push(peak), this.valleys.push(valley));
    Some([this.fraction * peak?, mean?, this.fraction * valley?])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "RSMK",
        Momentum,
        "Relative strength of two markets",
        ["high", "low"],
        [period("lookback", 90), period("timeperiod", 3), period("signalperiod", 20)],
        ["rsmk", "signal"],
        |p| count(p, 0) + count(p, 1) + count(p, 2) - 2,
        RelativeStrength::new,
        "100 ema(r - r[lookback]), r = ln(first column / second column); its ema",
        "M. Katsanos, TASC 2020"
    ),
    spec!(
        "DAMIANI",
        Volatility,
        "Damiani volatmeter",
        ["high", "low", "close"],
        [
            period("visatrperiod", 13),
            period_from("visperiod", 20, 2),
            period("sedatrperiod", 40),
            period_from("sedperiod", 100, 2),
            real("threshold", 1.4, 0.0, 1e6)
        ],
        ["volatility", "limit"],
        |p| count(p, 0).max(count(p, 2)).max(count(p, 1) - 1).max(count(p, 3) - 1),
        Volatmeter::new,
        "v = atr(vis) / atr(sed) + (v[1] - v[3]) / 2, from 0 on; threshold - stddev(vis) / stddev(sed), population (Jesse: of the \
         bars before): enough volatility to trade while the first is above the second",
        "L. Damiani"
    ),
    spec!(
        "MAB",
        Overlap,
        "Moving average bands",
        ["close"],
        [
            period("fastperiod", 10),
            period("slowperiod", 50),
            real("nbdevup", 1.0, 0.0, 1e6),
            real("nbdevdn", 1.0, 0.0, 1e6),
            average_kind("matype", 1)
        ],
        ["upperband", "middleband", "lowerband"],
        |p| {
            let first = |place| Average::warm_up(count(p, 4), count(p, place));
            first(0).max(first(1)) + count(p, 0) - 1
        },
        AverageBands::new,
        "slow average and k root mean squares of fast - slow over fastperiod bars above and below it; the fast average between \
         (Jesse has the last bar's width for the whole series)",
        "V. Apirine, TASC 2021"
    ),
    spec!(
        "STIFFNESS",
        Momentum,
        "Stiffness",
        ["close"],
        [
            period_from("maperiod", 100, 2),
            period("timeperiod", 60),
            period("smoothperiod", 3),
            real("nbdev", 0.2, 0.0, 1e6)
        ],
        ["real"],
        |p| count(p, 0) + count(p, 1) + count(p, 2) - 3,
        Stiffness::new,
        "ema of the percentage of the last n closes that were above sma - k population standard deviations of maperiod bars",
        "M. Katsanos, TASC 2018"
    ),
    spec!(
        "WADDAH",
        Momentum,
        "Waddah Attar explosion",
        ["close"],
        [
            period("fastperiod", 20),
            period("slowperiod", 40),
            period_from("bandperiod", 20, 2),
            real("nbdev", 2.0, 0.0, 1e6),
            real("sensitivity", 150.0, 0.0, 1e9)
        ],
        ["trend", "explosion"],
        |p| count(p, 0).max(count(p, 1)).max(count(p, 2) - 1),
        Explosion::new,
        "sensitivity times the one-bar change of ema(fast) - ema(slow): above 0 it points up; upper less lower Bollinger band",
        "Waddah Attar, in LazyBear's form, 2014"
    ),
    spec!(
        "EMD",
        Cycle,
        "Empirical mode decomposition",
        ["high", "low"],
        [
            period_from("timeperiod", 20, 8),
            real("delta", 0.5, 0.01, 0.99),
            real("fraction", 0.1, 0.0, 1e6),
            period("peakperiod", 50)
        ],
        ["upperband", "middleband", "lowerband"],
        |p| (2 * count(p, 0)).max(count(p, 3)) - 1,
        ModeBands::new,
        "fraction of the sma of the last peaks of b, sma(b, 2n), fraction of the sma of its last valleys, b = bandpass(median \
         price, n, 2 delta); peaks and valleys are 0 until the first",
        "J. Ehlers and R. Way, TASC 2010"
    ),
];

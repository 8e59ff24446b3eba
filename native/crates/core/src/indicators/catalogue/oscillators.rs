//! Oscillators made of averages, strengths and places in a range.

use super::super::ema::Ema;
use super::super::rsi::Rsi;
use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::average::{Simple, Weighted};
use super::kernel::{kernel, ratio_or};
use super::ring::Weighting;
use super::spec::{Spec, count, period, period_from, real, spec};
use super::window::{Highest, Lag, Lowest, Sorted, Sums};

/// The rate of change over some bars in percent, averaged.
#[derive(Clone, Debug)]
struct SmoothChange {
    lag: Lag,
    average: Simple,
}

impl SmoothChange {
    fn new(bars: usize, period: usize) -> Self {
        SmoothChange { lag: Lag::new(bars), average: Simple::new(period) }
    }

    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<f64> {
        let before = self.lag.push(value)?;
        self.average.push(100.0 * ratio_or(value - before, before, 0.0))
    }
}

kernel!(Kst[1 => 2](p) {
    changes: [SmoothChange; 4] = std::array::from_fn(|place| SmoothChange::new(count(p, place), count(p, place + 4))),
    signal: Simple = Simple::new(count(p, 8)) }
|this, [x]| {
    let [a, b, c, d] = [0, 1, 2, 3].map(|place: usize| this.changes[place].push(x));
    let kst = a? + 2.0 * b? + 3.0 * c? + 4.0 * d?;
    this.signal.push(kst).map(|signal| [kst, signal])
});
kernel!(Pmo[1 => 2](p) {
    previous: Option<f64> = None,
    first: Ema = Ema::with_smoothing(count(p, 0), 2.0 / p[0]), second: Ema = Ema::with_smoothing(count(p, 1), 2.0 / p[1]),
    signal: Ema = Ema::with_checked_period(count(p, 2)) }
|this, [x]| {
    let before = this.previous.replace(x)?;
    let first = this.first.advance(100.0 * ratio_or(x - before, before, 0.0))?;
    let pmo = this.second.advance(10.0 * first)?;
    this.signal.advance(pmo).map(|signal| [pmo, signal])
});
kernel!(ConnorsRsi[1 => 4](p) {
    rsi: Rsi = Rsi::with_checked_period(count(p, 0)), streak_rsi: Rsi = Rsi::with_checked_period(count(p, 1)),
    changes: Sorted = Sorted::new(count(p, 2)), full: bool = false, n: f64 = p[2], previous: Option<f64> = None, streak: f64 = 0.0 }
|this, [x]| {
    let before = this.previous.replace(x);
    let strength = this.rsi.advance(x);
    let up = before.map_or(0.0, |before| f64::from(i8::from(x > before) - i8::from(x < before)));
    this.streak = if up * this.streak > 0.0 { this.streak + up } else { up };
    let of_streak = this.streak_rsi.advance(this.streak);
    let change = ratio_or(x - before?, before?, 0.0);
    let below = this.changes.values().partition_point(|&other| other < change) as f64;
    let rank = this.full.then_some(100.0 * below / this.n);
    this.full = this.changes.push(change);
    let (strength, of_streak, rank) = (strength?, of_streak?, rank?);
    Some([(strength + of_streak + rank) / 3.0, strength, of_streak, rank])
});

/// Place of a value in the range of its window in percent, smoothed; the place before where there is no range.
#[derive(Clone, Debug)]
struct SmoothPlace {
    highest: Highest,
    lowest: Lowest,
    factor: f64,
    place: f64,
    value: Option<f64>,
}

impl SmoothPlace {
    fn new(period: usize, factor: f64) -> Self {
        SmoothPlace {
            highest: Highest::new(period),
            lowest: Lowest::new(period),
            factor,
            place: 0.0,
            value: None,
        }
    }

    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<f64> {
        let (highest, lowest) = (self.highest.push(value), self.lowest.push(value));
        let (highest, lowest) = (highest?.0, lowest?.0);
        self.place = 100.0 * ratio_or(value - lowest, highest - lowest, self.place / 100.0);
        let before = self.value.unwrap_or(self.place);
        let smooth = self.factor.mul_add(self.place - before, before);
        self.value = Some(smooth);
        Some(smooth)
    }
}

kernel!(Stc[1 => 1](p) {
    fast: Ema = Ema::with_checked_period(count(p, 1)), slow: Ema = Ema::with_checked_period(count(p, 2)),
    first: SmoothPlace = SmoothPlace::new(count(p, 0), p[3]), second: SmoothPlace = SmoothPlace::new(count(p, 0), p[3]) }
|this, [x]| {
    let (fast, slow) = (this.fast.advance(x), this.slow.advance(x));
    let first = this.first.push(fast? - slow?)?;
    this.second.push(first).map(|value| [value])
});
kernel!(Qqe[1 => 2](p) {
    rsi: Rsi = Rsi::with_checked_period(count(p, 0)), smooth: Ema = Ema::with_checked_period(count(p, 1)), factor: f64 = p[2],
    ranges: [Ema; 2] = [Ema::with_checked_period(2 * count(p, 0) - 1), Ema::with_checked_period(2 * count(p, 0) - 1)],
    previous: Option<f64> = None, bands: Option<(f64, f64)> = None, rising: bool = true }
|this, [x]| {
    let strength = this.rsi.advance(x)?;
    let strength = this.smooth.advance(strength)?;
    let before = this.previous.replace(strength)?;
    let range = this.ranges[0].advance((strength - before).abs())?;
    let width = this.factor * this.ranges[1].advance(range)?;
    let (lower, upper) = (strength - width, strength + width);
    let (old_lower, old_upper) = this.bands.unwrap_or((lower, upper));
    let new_lower = if before > old_lower && strength > old_lower { lower.max(old_lower) } else { lower };
    let new_upper = if before < old_upper && strength < old_upper { upper.min(old_upper) } else { upper };
    if strength > old_upper {
        this.rising = true;
    } else if strength < old_lower {
        this.rising = false;
    }
    this.bands = Some((new_lower, new_upper));
    Some([strength, if this.rising { new_lower } else { new_upper }])
});
kernel!(WaveTrend[3 => 2](p) {
    middle: Ema = Ema::with_checked_period(count(p, 0)), distance: Ema = Ema::with_checked_period(count(p, 0)),
    wave: Ema = Ema::with_checked_period(count(p, 1)), signal: Simple = Simple::new(count(p, 2)) }
|this, [high, low, close]| {
    let typical = (high + low + close) / 3.0;
    let off = typical - this.middle.advance(typical)?;
    let distance = this.distance.advance(off.abs())?;
    let wave = this.wave.advance(ratio_or(off, 0.015 * distance, 0.0))?;
    this.signal.push(wave).map(|signal| [wave, signal])
});
kernel!(Fisher[2 => 2](p) {
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)), place: f64 = 0.0, value: f64 = 0.0 }
|this, [high, low]| {
    let price = f64::midpoint(high, low);
    let (highest, lowest) = (this.highest.push(price), this.lowest.push(price));
    let (highest, lowest) = (highest?.0, lowest?.0);
    let range = highest - lowest;
    let place = if range == 0.0 { 0.0 } else { 0.66 * ((price - lowest) / range - 0.5) + 0.67 * this.place };
    this.place = if place.abs() > 0.99 { 0.999_f64.copysign(place) } else { place };
    let before = this.value;
    this.value = 0.5 * ((1.0 + this.place) / (1.0 - this.place)).ln() + 0.5 * before;
    Some([this.value, before])
});

/// Weights 1, 2, 2, 1.
fn symmetric() -> Weighting {
    Weighting::new(4, |place| if place == 1 || place == 4 { 1.0 } else { 2.0 })
}

kernel!(Vigor[4 => 2](p) {
    rise: Weighting = symmetric(), range: Weighting = symmetric(), signal: Weighting = symmetric(), sums: Sums<2> = Sums::new(count(p, 0)) }
|this, [open, high, low, close]| {
    let (rise, range) = (this.rise.push(close - open), this.range.push(high - low));
    if !this.sums.push([rise?, range?]) { return None; }
    let vigor = ratio_or(this.sums.sum(0), this.sums.sum(1), 0.0);
    this.signal.push(vigor).map(|signal| [vigor, signal])
});
kernel!(InverseFisherRsi[1 => 1](p) { rsi: Rsi = Rsi::with_checked_period(count(p, 0)), smooth: Weighted = Weighted::new(count(p, 1)) }
|this, [x]| {
    let strength = this.rsi.advance(x)?;
    this.smooth.push(0.1 * (strength - 50.0)).map(|value| [value.tanh()])
});
kernel!(Rmi[1 => 1](p) {
    lag: Lag = Lag::new(count(p, 1)), gain: WilderAverage = WilderAverage::new(count(p, 0)),
    loss: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [x]| {
    let change = x - this.lag.push(x)?;
    let (gain, loss) = (this.gain.update(change.max(0.0)), this.loss.update((-change).max(0.0)));
    let (gain, loss) = (gain?, loss?);
    Some([100.0 * ratio_or(gain, gain + loss, 0.5)])
});
kernel!(Bias[1 => 1](p) { average: Simple = Simple::new(count(p, 0)) }
    |this, [x]| this.average.push(x).map(|mean| [100.0 * ratio_or(x - mean, mean, 0.0)]));
kernel!(PsychologicalLine[1 => 1](p) { previous: Option<f64> = None, sums: Sums<1> = Sums::new(count(p, 0)), n: Count = Count::new(count(p, 0)) }
|this, [x]| {
    let before = this.previous.replace(x)?;
    this.sums.push([if x > before { 100.0 } else { 0.0 }]).then(|| [this.sums.mean(0, this.n)])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "KST",
        Momentum,
        "Know sure thing",
        ["close"],
        [
            period("roc1period", 10),
            period("roc2period", 15),
            period("roc3period", 20),
            period("roc4period", 30),
            period("sma1period", 10),
            period("sma2period", 10),
            period("sma3period", 10),
            period("sma4period", 15),
            period("signalperiod", 9)
        ],
        ["kst", "kstsignal"],
        |p| (0..4).map(|place| count(p, place) + count(p, place + 4) - 1).max().unwrap_or(0) + count(p, 8)
            - 1,
        Kst::new,
        "s1 + 2 s2 + 3 s3 + 4 s4, each the sma of a rate of change in percent; its sma",
        "M. Pring, TASC 1992"
    ),
    spec!(
        "PMO",
        Momentum,
        "Price momentum oscillator",
        ["close"],
        [period_from("timeperiod", 35, 2), period_from("smoothperiod", 20, 2), period("signalperiod", 10)],
        ["pmo", "signal"],
        |p| count(p, 0) + count(p, 1) - 1 + count(p, 2) - 1,
        Pmo::new,
        "e(10 e(one-bar change in percent, 35), 20), averages with smoothing 2/n (not 2/(n+1)) seeded with their mean; its ema",
        "C. Swenlin, DecisionPoint"
    ),
    spec!(
        "CRSI",
        Momentum,
        "Connors RSI",
        ["close"],
        [period("timeperiod", 3), period("streakperiod", 2), period("rankperiod", 100)],
        ["crsi", "rsi", "streakrsi", "rank"],
        |p| count(p, 0).max(count(p, 1)).max(count(p, 2) + 1),
        ConnorsRsi::new,
        "mean of rsi(x), rsi(run of rises or falls in bars) and the percentage of the n changes before that are below the last \
         one",
        "L. Connors and C. Alvarez, 2012"
    ),
    spec!(
        "STC",
        Momentum,
        "Schaff trend cycle",
        ["close"],
        [
            period("cycleperiod", 10),
            period("fastperiod", 23),
            period("slowperiod", 50),
            real("factor", 0.5, 0.01, 1.0)
        ],
        ["real"],
        |p| count(p, 1).max(count(p, 2)) - 1 + 2 * (count(p, 0) - 1),
        Stc::new,
        "twice: the place of the value in its window in percent, smoothed by factor; of ema(fast) - ema(slow), each seeded with \
         its own first bars (Stock Indicators: once, by a 3-bar sma)",
        "D. Schaff, TASC 2008"
    ),
    spec!(
        "QQE",
        Momentum,
        "Quantitative qualitative estimation",
        ["close"],
        [period("timeperiod", 14), period("smoothperiod", 5), real("factor", 4.236, 0.0, 1e6)],
        ["qqe", "trail"],
        |p| count(p, 0) + count(p, 1) + 2 * (2 * count(p, 0) - 2),
        Qqe::new,
        "r = ema(rsi(x, n), s); a line at factor * ema(ema(|r - r[1]|, 2n-1), 2n-1) that follows r and changes side when r passes \
         it",
        "I. Livshin; common for MetaTrader"
    ),
    spec!(
        "WAVETREND",
        Momentum,
        "Wave trend",
        ["high", "low", "close"],
        [period("channelperiod", 10), period("averageperiod", 21), period("signalperiod", 4)],
        ["wavetrend", "signal"],
        |p| 2 * (count(p, 0) - 1) + count(p, 1) - 1 + count(p, 2) - 1,
        WaveTrend::new,
        "ema((t - e) / (0.015 ema(|t - e|, n)), m), t = typical price, e = ema(t, n); its sma",
        "LazyBear, 2014"
    )
    .also(&["WT"]),
    spec!(
        "FISHER",
        Momentum,
        "Fisher transform",
        ["high", "low"],
        [period("timeperiod", 10)],
        ["fisher", "signal"],
        |p| count(p, 0) - 1,
        Fisher::new,
        "ln((1 + v)/(1 - v))/2 + f[1]/2, v = 0.66 (place of the median price in its window - 0.5) + 0.67 v[1], held within 0.999; \
         f[1]; both start from 0",
        "J. Ehlers, TASC 2002"
    ),
    spec!(
        "RVGI",
        Momentum,
        "Relative vigor index",
        ["open", "high", "low", "close"],
        [period("timeperiod", 10)],
        ["rvgi", "signal"],
        |p| count(p, 0) + 5,
        Vigor::new,
        "sum of s(close - open) / sum of s(high - low), s = mean of four bars with weights 1 2 2 1; s of it",
        "J. Ehlers, TASC 2002"
    ),
    spec!(
        "IFTRSI",
        Momentum,
        "Inverse Fisher transform of RSI",
        ["close"],
        [period("timeperiod", 5), period("wmaperiod", 9)],
        ["real"],
        |p| count(p, 0) + count(p, 1) - 1,
        InverseFisherRsi::new,
        "tanh(wma((rsi - 50) / 10)) (Jesse has 4 v^2 where the exponential of 2 v belongs)",
        "J. Ehlers, TASC 2004"
    ),
    spec!(
        "RMI",
        Momentum,
        "Relative momentum index",
        ["close"],
        [period("timeperiod", 20), period("momentum", 5)],
        ["real"],
        |p| count(p, 0) + count(p, 1) - 1,
        Rmi::new,
        "100 gain / (gain + loss), Wilder averages of x - x[m]; 50 while nothing has moved",
        "R. Altman, TASC 1993"
    ),
    spec!(
        "BIAS",
        Momentum,
        "Distance from the average",
        ["close"],
        [period("timeperiod", 26)],
        ["real"],
        |p| count(p, 0) - 1,
        Bias::new,
        "100 (x / sma(x, n) - 1)",
        "elementary"
    )
    .also(&["DISPARITY"]),
    spec!(
        "PSL",
        Momentum,
        "Psychological line",
        ["close"],
        [period("timeperiod", 12)],
        ["real"],
        |p| count(p, 0),
        PsychologicalLine::new,
        "percentage of the last n changes that were rises",
        "common in Japan"
    ),
];

//! Estimators of volatility, moments of a window, and the regime that follows from them.

use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::super::window::{MovingWindow, WindowMoments};
use super::directional::AverageIndex;
use super::kernel::{kernel, larger, ratio_or, true_range};
use super::ring::Ring;
use super::spec::{Param, Spec, count, period, period_from, real, spec};
use super::window::{Sorted, Sums};

/// Logarithm of a ratio of prices; 0 where one is not above 0, which then counts as no move.
#[inline(always)]
fn log_ratio(a: f64, b: f64) -> f64 {
    if a > 0.0 && b > 0.0 { (a / b).ln() } else { 0.0 }
}

/// Standard deviation of a window about its mean, with n - 1.
#[derive(Debug)]
struct Sample {
    window: MovingWindow<WindowMoments>,
    count: Count,
    scale: f64,
}

impl Sample {
    fn new(period: usize) -> Self {
        let n = period as f64;
        Sample { window: MovingWindow::new(period), count: Count::new(period), scale: n / (n - 1.0) }
    }

    /// The variance.
    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<f64> {
        let deviation = self.window.update(value)?.mean_and_deviation(self.count).1;
        Some(deviation * deviation * self.scale)
    }
}

kernel!(CloseClose[1 => 1](p) { previous: Option<f64> = None, sample: Sample = Sample::new(count(p, 0)), year: f64 = p[1] }
|this, [close]| {
    let before = this.previous.replace(close)?;
    this.sample.push(log_ratio(close, before)).map(|variance| [(this.year * variance).sqrt()])
});
kernel!(Parkinson[2 => 1](p) { sums: Sums<1> = Sums::new(count(p, 0)), n: f64 = p[0], year: f64 = p[1] }
|this, [high, low]| {
    let range = log_ratio(high, low);
    if !this.sums.push([range * range]) { return None; }
    Some([(this.year * this.sums.sum(0) / (4.0 * std::f64::consts::LN_2 * this.n)).sqrt()])
});
kernel!(GarmanKlass[4 => 1](p) { sums: Sums<1> = Sums::new(count(p, 0)), n: f64 = p[0], year: f64 = p[1] }
|this, [open, high, low, close]| {
    let (range, body) = (log_ratio(high, low), log_ratio(close, open));
    if !this.sums.push([0.5 * range * range - (2.0 * std::f64::consts::LN_2 - 1.0) * body * body]) { return None; }
    Some([(this.year * larger(this.sums.sum(0), 0.0) / this.n).sqrt()])
});

/// Rogers and Satchell's variance of one bar.
#[inline(always)]
fn rogers_satchell(open: f64, high: f64, low: f64, close: f64) -> f64 {
    log_ratio(high, close) * log_ratio(high, open) + log_ratio(low, close) * log_ratio(low, open)
}

kernel!(RogersSatchell[4 => 1](p) { sums: Sums<1> = Sums::new(count(p, 0)), n: f64 = p[0], year: f64 = p[1] }
|this, [open, high, low, close]| {
    if !this.sums.push([rogers_satchell(open, high, low, close)]) { return None; }
    Some([(this.year * larger(this.sums.sum(0), 0.0) / this.n).sqrt()])
});
kernel!(YangZhang[4 => 1](p) {
    previous: Option<f64> = None, gaps: Sample = Sample::new(count(p, 0)), bodies: Sample = Sample::new(count(p, 0)),
    sums: Sums<1> = Sums::new(count(p, 0)), n: f64 = p[0], year: f64 = p[1] }
|this, [open, high, low, close]| {
    let before = this.previous.replace(close)?;
    let (gap, body) = (this.gaps.push(log_ratio(open, before)), this.bodies.push(log_ratio(close, open)));
    this.sums.push([rogers_satchell(open, high, low, close)]);
    let within = larger(this.sums.sum(0), 0.0) / this.n;
    let share = 0.34 / (1.34 + (this.n + 1.0) / (this.n - 1.0));
    Some([(this.year * (gap? + share * body? + (1.0 - share) * within)).sqrt()])
});
kernel!(ExponentialVolatility[1 => 1](p) { previous: Option<f64> = None, variance: Option<f64> = None, lambda: f64 = p[0], year: f64 = p[1] }
|this, [close]| {
    let before = this.previous.replace(close)?;
    let square = log_ratio(close, before).powi(2);
    let variance = this.variance.map_or(square, |variance| this.lambda * variance + (1.0 - this.lambda) * square);
    this.variance = Some(variance);
    Some([(this.year * variance).sqrt()])
});
kernel!(Ulcer[1 => 1](p) { ring: Ring<f64> = Ring::new(count(p, 0)), n: f64 = p[0] }
|this, [x]| {
    if !this.ring.push(x) { return None; }
    let (mut highest, mut squares) = (f64::NEG_INFINITY, 0.0);
    for value in this.ring.oldest_first() {
        highest = larger(value, highest);
        squares += (100.0 * ratio_or(value - highest, highest, 0.0)).powi(2);
    }
    Some([(squares / this.n).sqrt()])
});

/// Central moments of the orders 2 to 4 of a window.
#[inline(always)]
fn moments(ring: &Ring<f64>, n: f64) -> [f64; 3] {
    let mean = ring.oldest_first().sum::<f64>() / n;
    let mut sums = [0.0; 3];
    for value in ring.oldest_first() {
        let off = value - mean;
        let square = off * off;
        sums[0] += square;
        sums[1] += square * off;
        sums[2] += square * square;
    }
    sums.map(|sum| sum / n)
}

kernel!(Skew[1 => 1](p) { ring: Ring<f64> = Ring::new(count(p, 0)), n: f64 = p[0] }
|this, [x]| this.ring.push(x).then(|| {
    let [second, third, _] = moments(&this.ring, this.n);
    [ratio_or(third, second * second.sqrt(), 0.0)]
}));
kernel!(Kurtosis[1 => 1](p) { ring: Ring<f64> = Ring::new(count(p, 0)), n: f64 = p[0] }
|this, [x]| this.ring.push(x).then(|| {
    let [second, _, fourth] = moments(&this.ring, this.n);
    [ratio_or(fourth, second * second, 3.0) - 3.0]
}));
kernel!(MedianDeviation[1 => 1](p) { window: Sorted = Sorted::new(count(p, 0)), distances: Vec<f64> = Vec::with_capacity(count(p, 0)) }
|this, [x]| {
    if !this.window.push(x) { return None; }
    let middle = median(this.window.values());
    this.distances.clear();
    this.distances.extend(this.window.values().iter().map(|value| (value - middle).abs()));
    this.distances.sort_unstable_by(f64::total_cmp);
    Some([median(&this.distances)])
});

/// Middle of sorted values.
fn median(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[half] } else { f64::midpoint(sorted[half - 1], sorted[half]) }
}

kernel!(StandardError[1 => 1](p) { window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), n: Count = Count::new(count(p, 0)) }
|this, [x]| this.window.update(x).map(|window| [window.mean_and_deviation(this.n).1 / this.n.value.sqrt()]));
kernel!(Hurst[1 => 1](p) { previous: Option<f64> = None, ring: Ring<f64> = Ring::new(count(p, 0)), scratch: Vec<f64> = Vec::with_capacity(count(p, 0)) }
|this, [x]| {
    let before = this.previous.replace(x)?;
    if !this.ring.push(log_ratio(x, before)) { return None; }
    this.scratch.clear();
    this.scratch.extend(this.ring.oldest_first());
    Some([hurst(&this.scratch)])
});

/// Slope of log(rescaled range) on log(length) over chunks of the whole, a half, a quarter … of the values.
fn hurst(values: &[f64]) -> f64 {
    let (mut n, mut x, mut y, mut xy, mut xx) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let mut chunks = 1;
    while chunks <= 32 && values.len() / chunks >= 8 {
        let length = values.len() / chunks;
        let used = &values[values.len() - length * chunks..];
        let mean = used.chunks_exact(length).map(rescaled_range).sum::<f64>() / chunks as f64;
        // A flat window has no range and no exponent; 1e-300 keeps it finite.
        let (size, range) = ((length as f64).log10(), larger(mean, 1e-300).log10());
        n += 1.0;
        x += size;
        y += range;
        xy += size * range;
        xx += size * size;
        chunks *= 2;
    }
    ratio_or(n * xy - x * y, n * xx - x * x, 0.5)
}

/// Range of the running sum of deviations over their standard deviation.
fn rescaled_range(chunk: &[f64]) -> f64 {
    let n = chunk.len() as f64;
    let mean = chunk.iter().sum::<f64>() / n;
    let (mut total, mut squares) = (0.0, 0.0);
    let (mut lowest, mut highest) = (chunk[0] - mean, chunk[0] - mean);
    for value in chunk {
        let off = value - mean;
        total += off;
        squares += off * off;
        lowest = lowest.min(total);
        highest = highest.max(total);
    }
    ratio_or(highest - lowest, (squares / n).sqrt(), 0.0)
}

kernel!(Regime[3 => 4](p) {
    index: AverageIndex = AverageIndex::new(count(p, 0)), previous: Option<f64> = None,
    range: WilderAverage = WilderAverage::new(count(p, 0)), past: Sorted = Sorted::new(count(p, 1)), full: bool = false,
    n: f64 = p[1], threshold: f64 = p[2], calm: f64 = p[3] }
|this, [high, low, close]| {
    let index = this.index.push(high, low, close);
    let before = this.previous.replace(close)?;
    let range = this.range.update(true_range(high, low, before))?;
    let share = ratio_or(range, close, 0.0);
    let below = this.past.values().partition_point(|&other| other < share) as f64;
    let rank = this.full.then_some(100.0 * below / this.n);
    this.full = this.past.push(share);
    let (index, rank) = (index?, rank?);
    let (up, down) = this.index.indicators();
    let trend = if index < this.threshold || up == down { 0.0 } else { (up - down).signum() };
    let volatility = if rank < this.calm { -1.0 } else { f64::from(u8::from(rank >= 100.0 - this.calm)) };
    Some([trend, volatility, index, rank])
});

/// Bars a year, to annualise with.
const fn year() -> Param {
    real("periodsperyear", 365.0, 1e-3, 1e9)
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!("HVOL", Volatility, "Historical volatility, close to close", ["close"], [period_from("timeperiod", 20, 2), year()], ["real"],
        |p| count(p, 0), CloseClose::new,
        "sqrt(periods a year) * sample standard deviation (n - 1) of the logarithmic changes; a price not above 0 counts as no move",
        "elementary"),
    spec!("PARKINSON", Volatility, "Parkinson volatility", ["high", "low"], [period("timeperiod", 20), year()], ["real"],
        |p| count(p, 0) - 1, Parkinson::new, "sqrt(periods a year / (4 n ln 2) * sum of ln(h/l)^2)", "M. Parkinson, 1980"),
    spec!("GARMANKLASS", Volatility, "Garman-Klass volatility", ["open", "high", "low", "close"], [period("timeperiod", 20), year()],
        ["real"], |p| count(p, 0) - 1, GarmanKlass::new,
        "sqrt(periods a year / n * sum of (ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2))", "M. Garman and M. Klass, 1980"),
    spec!("ROGERSSATCHELL", Volatility, "Rogers-Satchell volatility", ["open", "high", "low", "close"],
        [period("timeperiod", 20), year()], ["real"], |p| count(p, 0) - 1, RogersSatchell::new,
        "sqrt(periods a year / n * sum of (ln(h/c) ln(h/o) + ln(l/c) ln(l/o)))", "L. Rogers and S. Satchell, 1991"),
    spec!("YANGZHANG", Volatility, "Yang-Zhang volatility", ["open", "high", "low", "close"],
        [period_from("timeperiod", 20, 2), year()], ["real"], |p| count(p, 0), YangZhang::new,
        "sqrt(periods a year * (var ln(o/c[1]) + k var ln(c/o) + (1 - k) rs)), sample variances, rs the mean of Rogers and Satchell, \
         k = 0.34 / (1.34 + (n+1)/(n-1)) (OpenBB: around 0, and ln(c/c[1]) in place of ln(c/o))",
        "D. Yang and Q. Zhang, 2000"),
    spec!("EWMAVOL", Volatility, "Exponentially weighted volatility", ["close"], [real("lambda", 0.94, 0.0, 1.0), year()], ["real"],
        |_| 1, ExponentialVolatility::new,
        "sqrt(periods a year * v), v = lambda v + (1 - lambda) (logarithmic change)^2, from the first change on", "RiskMetrics, 1996"),
    spec!("ULCER", Volatility, "Ulcer index", ["close"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0) - 1, Ulcer::new,
        "root mean square of the fall in percent from the highest value of the window so far; n operations a bar", "P. Martin, 1987")
        .also(&["UI"]),
    spec!("SKEW", Statistic, "Skewness", ["close"], [period_from("timeperiod", 20, 2)], ["real"],
        |p| count(p, 0) - 1, Skew::new, "m3 / m2^1.5, population moments of the window; 0 where it is flat; n operations a bar",
        "elementary"),
    spec!("KURTOSIS", Statistic, "Excess kurtosis", ["close"], [period_from("timeperiod", 20, 2)], ["real"],
        |p| count(p, 0) - 1, Kurtosis::new, "m4 / m2^2 - 3, population moments of the window; 0 where it is flat; n operations a bar",
        "elementary"),
    spec!("MEDIANAD", Statistic, "Median absolute deviation", ["close"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0) - 1, MedianDeviation::new, "median of |x - median| over the window; n log n operations a bar", "elementary"),
    spec!("STDERR", Statistic, "Standard error of the mean", ["close"], [period("timeperiod", 5)], ["real"],
        |p| count(p, 0) - 1, StandardError::new, "population standard deviation of the window / sqrt(n)", "elementary"),
    spec!("HURST", Statistic, "Hurst exponent, rescaled range", ["close"], [period_from("timeperiod", 100, 16)], ["real"],
        |p| count(p, 0), Hurst::new,
        "slope of log(R/S) on log(length) of the last n logarithmic changes whole and in halves, quarters … of at least 8, 0.5 for a random walk \
         (small windows read too high: no Anis-Lloyd correction); n operations a bar for each length",
        "H. E. Hurst, 1951; B. Mandelbrot and J. Wallis, 1969"),
    spec!("REGIME", Volatility, "Regime of trend and volatility", ["high", "low", "close"],
        [period_from("timeperiod", 14, 2), period("rankperiod", 100), real("adxthreshold", 25.0, 0.0, 100.0), real("calmpercent", 25.0, 0.0, 50.0)],
        ["trend", "volatility", "adx", "volatilityrank"], |p| (2 * count(p, 0) - 1).max(count(p, 0) + count(p, 1)), Regime::new,
        "1 or -1, the larger directional indicator, while adx is not below the threshold, else 0 (range); -1 calm and 1 wild where \
         the percentage of the n bars before with a smaller atr / close is below calmpercent or not below 100 less it, else 0; both \
         measures",
        "J. W. Wilder, 1978; elementary"),
];

//! Statistics of a window.

use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::super::window::{MovingWindow, WindowMoments};
use super::block::{LONGEST, derive, fill_on};
use super::kernel::{kernel, ratio_or};
use super::moments::{JointMoments, Moments};
use super::moving::Average;
use super::ranks::count_below;
use super::scratch::Scratch;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::variable::Mavp;
use super::window::{Lag, Sorted, Sums};

/// Squared deviations of windows of the last values, into the first column to work in.
#[inline(always)]
fn squares(values: &[f64], rows: usize, window: &Moments, scratch: &mut Scratch) {
    let Scratch { lanes, joints, .. } = scratch;
    let [squares, means, ..] = &mut **lanes;
    window.fill([values], joints, [&mut means[..rows], &mut squares[..rows]]);
}

kernel!(StdDev[1 => 1](p) { window: Moments = Moments::new(count(p, 0)), n: f64 = p[0], factor: f64 = p[1] }
|this, [x]| this.window.push([x]).map(|[_, squares]| [this.factor * (squares / this.n).sqrt()]);
reach this.window.reach(); |block| {
    let [result] = block.results;
    squares(block.bars[0], result.len(), &this.window, block.scratch);
    let (n, factor) = (this.n, this.factor);
    for (result, &squares) in result.iter_mut().zip(&block.scratch.lanes[0]) {
        *result = factor * (squares / n).sqrt();
    }
    true
});
kernel!(Var[1 => 1](p) { window: Moments = Moments::new(count(p, 0)), n: f64 = p[0] }
|this, [x]| this.window.push([x]).map(|[_, squares]| [squares / this.n]);
reach this.window.reach(); |block| {
    let ([result], n) = (block.results, this.n);
    squares(block.bars[0], result.len(), &this.window, block.scratch);
    for (result, &squares) in result.iter_mut().zip(&block.scratch.lanes[0]) {
        *result = squares / n;
    }
    true
});
kernel!(ZScore[1 => 1](p) {
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), count: Count = Count::new(count(p, 0)) }
|this, [x]| this.window.update(x).map(|window| {
    let (mean, deviation) = window.mean_and_deviation(this.count);
    [ratio_or(x - mean, deviation, 0.0)]
}));

/// Correlation from moments.
#[inline(always)]
fn correlation(of_x: f64, of_y: f64, of_both: f64) -> f64 {
    let product = of_x * of_y;
    if of_x > 0.0 && of_y > 0.0 && product > 0.0 { of_both / product.sqrt() } else { 0.0 }
}

/// Relative change, of which there is none from nothing.
#[inline(always)]
fn change(now: f64, before: f64) -> f64 {
    ratio_or(now - before, before, 0.0)
}

kernel!(Correl[2 => 1](p) { window: JointMoments = JointMoments::new(count(p, 0)) }
|this, [x, y]| this.window.push([x, y]).map(|[_, _, xx, yy, xy]| [correlation(xx, yy, xy)]);
reach this.window.reach(); |block| {
    let mut parts = block.parts();
    while let Some(block) = parts.next() {
        let [result] = block.results;
        let Scratch { lanes, joints, .. } = block.scratch;
        let rows = result.len();
        let [a, b, xx, yy, xy, ..] = &mut **lanes;
        let (xx, yy, xy) = (&mut xx[..rows], &mut yy[..rows], &mut xy[..rows]);
        this.window.fill(block.bars, joints, [&mut a[..rows], &mut b[..rows], &mut *xx, &mut *yy, &mut *xy]);
        for row in 0..rows {
            result[row] = correlation(xx[row], yy[row], xy[row]);
        }
    }
    true
});
kernel!(Beta[2 => 1](p) { previous: Option<[f64; 2]> = None, window: JointMoments = JointMoments::new(count(p, 0)) }
|this, [x, y]| {
    let before = this.previous.replace([x, y])?;
    let changes = [change(x, before[0]), change(y, before[1])];
    this.window.push(changes).map(|[_, _, xx, _, xy]| [ratio_or(xy, xx, 0.0)])
}; reach this.window.reach().map(|reach| reach + 1); |block| {
    let mut parts = block.parts();
    while let Some(block) = parts.next() {
        let [result] = block.results;
        let Scratch { lanes, joints, .. } = block.scratch;
        let (rows, length) = (result.len(), block.bars[0].len() - 1);
        let (changes, windows) = lanes.split_first_chunk_mut::<2>().expect("there are eight");
        derive(block.bars, changes, |[x, y], [x_before, y_before]| [change(x, x_before), change(y, y_before)]);
        let [a, b, xx, yy, xy, ..] = windows else { return false };
        let (xx, xy) = (&mut xx[..rows], &mut xy[..rows]);
        let out = [&mut a[..rows], &mut b[..rows], &mut *xx, &mut yy[..rows], &mut *xy];
        this.window.fill([&changes[0][..length], &changes[1][..length]], joints, out);
        for row in 0..rows {
            result[row] = ratio_or(xy[row], xx[row], 0.0);
        }
    }
    true
});
kernel!(Percentile[1 => 1](p) { sorted: Sorted = Sorted::new(count(p, 0)), place: usize = nearest_rank(p) }
|this, [x]| this.sorted.push(x).then(|| [this.sorted.values()[this.place]]);
reach this.sorted.reach(); |block| {
    let place = this.place;
    block.fill_from_sorted(this.sorted.period(), |sorted| sorted[place])
});
kernel!(PercentRank[1 => 1](p) { sorted: Sorted = Sorted::new(count(p, 0)), known: bool = false, n: f64 = p[0] }
|this, [x]| {
    let below = this.known.then(|| this.sorted.values().partition_point(|&other| other < x));
    this.known = this.sorted.push(x);
    below.map(|below| [100.0 * below as f64 / this.n])
}; reach (this.n <= LONGEST as f64).then_some(this.n as usize); |block| {
    let ([out], n) = (block.results, this.n);
    count_below(block.bars[0], block.reach, out);
    for value in out {
        *value = 100.0 * *value / n;
    }
    true
});
kernel!(Median[1 => 1](p) { sorted: Sorted = Sorted::new(count(p, 0)), n: usize = count(p, 0) }
|this, [x]| this.sorted.push(x).then(|| {
    let values = this.sorted.values();
    [f64::midpoint(values[(this.n - 1) / 2], values[this.n / 2])]
}); reach this.sorted.reach(); |block| {
    let (low, high) = ((this.n - 1) / 2, this.n / 2);
    block.fill_from_sorted(this.n, |sorted| f64::midpoint(sorted[low], sorted[high]))
});
kernel!(Rvi[1 => 1](p) {
    previous: Option<f64> = None, window: Moments = Moments::new(count(p, 1)), n: f64 = p[1],
    up: WilderAverage = WilderAverage::new(count(p, 0)), down: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [x]| {
    let before = this.previous.replace(x);
    let deviation = this.window.push([x]).map(|[_, squares]| (squares / this.n).sqrt());
    let (before, deviation) = (before?, deviation?);
    let up = this.up.update(if x > before { deviation } else { 0.0 });
    let down = this.down.update(if x < before { deviation } else { 0.0 });
    let (up, down) = (up?, down?);
    Some([100.0 * ratio_or(up, up + down, 0.5)])
}; reach this.window.reach().map(|reach| reach + this.up.period()); carry |block| {
    let (rows, n) = (block.results[0].len(), this.n);
    squares(block.bars[0], rows, &this.window, block.scratch);
    // A column of its own beside the bars; the bar before the first has no part in it.
    let Scratch { lanes, .. } = block.scratch;
    let [squares, deviations, ..] = &mut **lanes;
    for (deviation, &squares) in deviations[1..].iter_mut().zip(&squares[..rows]) {
        *deviation = (squares / n).sqrt();
    }
    let bars = [&block.bars[0][block.reach - 1..], &deviations[..=rows]];
    let averages = (this.up.running, this.down.running);
    (this.up.running, this.down.running) =
        fill_on(bars, 1, block.results, 1, averages, |(up, down), [x, deviation], [before, _]| {
            let up = up.next(if x > before { deviation } else { 0.0 });
            let down = down.next(if x < before { deviation } else { 0.0 });
            ((up, down), [100.0 * ratio_or(up.value, up.value + down.value, 0.5)])
        });
    true
});

kernel!(Hurst[1 => 1](p) { lag: Lag = Lag::new(1), half: Lag = Lag::new(2), near: Sums<1> = Sums::new(count(p, 0)), far: Sums<1> = Sums::new(count(p, 0)) }
|this, [x]| {
    let one = this.lag.push(x);
    let two = this.half.push(x);
    let (one, two) = (x - one?, x - two?);
    this.near.push([one * one]);
    if !this.far.push([two * two]) { return None; }
    let (near, far) = (this.near.sum(0), this.far.sum(0));
    Some([if near > 0.0 && far > 0.0 { 0.5 * (far / near).log2() } else { 0.5 }])
});

/// Place of the nearest rank among the sorted values.
fn nearest_rank(p: &[f64]) -> usize {
    ((p[1] * p[0] / 100.0).ceil() as usize).clamp(1, count(p, 0)) - 1
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "STDDEV",
        Statistic,
        "Standard deviation",
        ["close"],
        [period("timeperiod", 5), real("nbdev", 1.0, -1e6, 1e6)],
        ["real"],
        |p| count(p, 0) - 1,
        StdDev::new,
        "population standard deviation of the window, times nbdev; put together from halves, 2 log2 n operations a bar",
        "elementary"
    ),
    spec!(
        "VAR",
        Statistic,
        "Variance",
        ["close"],
        [period("timeperiod", 5), real("nbdev", 1.0, -1e6, 1e6)],
        ["real"],
        |p| count(p, 0) - 1,
        Var::new,
        "population variance of the window, put together from halves, 2 log2 n operations a bar; nbdev changes nothing, as in TA-Lib",
        "elementary"
    ),
    spec!(
        "ZSCORE",
        Statistic,
        "Standard score",
        ["close"],
        [period_from("timeperiod", 20, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        ZScore::new,
        "(x - mean) / population standard deviation of the window; 0 where it is flat",
        "elementary"
    ),
    spec!(
        "CORREL",
        Statistic,
        "Correlation",
        ["high", "low"],
        [period_from("timeperiod", 30, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        Correl::new,
        "Pearson correlation of two columns, put together from halves, 2 log2 n operations a bar; 0 where one is flat",
        "K. Pearson"
    ),
    spec!(
        "BETA",
        Statistic,
        "Beta",
        ["high", "low"],
        [period("timeperiod", 5)],
        ["real"],
        |p| count(p, 0),
        Beta::new,
        "slope of the relative changes of the second column on those of the first, put together from halves, 2 log2 n operations a bar; 0 \
         where the first is flat",
        "TA-Lib"
    ),
    spec!(
        "PERCENTILE",
        Statistic,
        "Percentile",
        ["close"],
        [period("timeperiod", 30), real("percentile", 50.0, 0.0, 100.0)],
        ["real"],
        |p| count(p, 0) - 1,
        Percentile::new,
        "nearest rank: the ceil(p n / 100)-th smallest of the window",
        "elementary"
    ),
    spec!(
        "PERCENTRANK",
        Statistic,
        "Percent rank",
        ["close"],
        [period("timeperiod", 100)],
        ["real"],
        |p| count(p, 0),
        PercentRank::new,
        "percentage of the n bars before that are below x",
        "elementary"
    ),
    spec!(
        "MEDIAN",
        Statistic,
        "Median",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Median::new,
        "middle of the sorted window, or the mean of the two in the middle",
        "elementary"
    ),
    spec!(
        "RVI",
        Volatility,
        "Relative volatility index",
        ["close"],
        [period("timeperiod", 14), period_from("stddevperiod", 10, 2)],
        ["real"],
        |p| count(p, 1) + count(p, 0) - 2,
        Rvi::new,
        "100 up / (up + down), Wilder averages of the standard deviation on rises and on falls; 50 where both are 0",
        "D. Dorsey, TASC 1993"
    ),
    spec!(
        "MAVP",
        Overlap,
        "Moving average of variable period",
        ["close", "periods"],
        [
            super::spec::Param { maximum: 500.0, ..period("minperiod", 2) },
            super::spec::Param { maximum: 500.0, ..period("maxperiod", 30) },
            average_kind("matype", 0)
        ],
        ["real"],
        |p| Average::warm_up(count(p, 2), count(p, 1)),
        Mavp::new,
        "the average whose period the second column names, held within minperiod and maxperiod",
        "TA-Lib"
    )
    .with_rule(|p| (p[0] > p[1]).then_some("minperiod must not be larger than maxperiod")),
    spec!(
        "VRATIO",
        Statistic,
        "Scaling exponent of two lags",
        ["close"],
        [period("timeperiod", 100)],
        ["real"],
        |p| count(p, 0) + 1,
        Hurst::new,
        "log2(sum of squared two-bar changes / sum of squared one-bar changes) / 2: 0.5 for a random walk, above it trending",
        "A. Lo and C. MacKinlay, 1988, as an exponent"
    ),
];

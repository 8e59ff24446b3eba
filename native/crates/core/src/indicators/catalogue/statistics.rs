//! Statistics of a window.

use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::super::window::{MovingWindow, WindowMoments};
use super::kernel::{kernel, ratio_or};
use super::moving::Average;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::window::{Lag, Sorted, Sums};

kernel!(StdDev[1 => 1](p) {
        window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), count: Count = Count::new(count(p, 0)), factor: f64 = p[1] }
    |this, [x]| this.window.update(x).map(|window| [this.factor * window.mean_and_deviation(this.count).1]));
kernel!(Var[1 => 1](p) {
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), count: Count = Count::new(count(p, 0)) }
|this, [x]| this.window.update(x).map(|window| {
    let deviation = window.mean_and_deviation(this.count).1;
    [deviation * deviation]
}));
kernel!(ZScore[1 => 1](p) {
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), count: Count = Count::new(count(p, 0)) }
|this, [x]| this.window.update(x).map(|window| {
    let (mean, deviation) = window.mean_and_deviation(this.count);
    [ratio_or(x - mean, deviation, 0.0)]
}));

/// Sums of two columns and their products, each taken from a value near by so that little cancels.
#[derive(Clone, Debug)]
struct Products {
    sums: Sums<5>,
    anchor: Option<[f64; 2]>,
    left: usize,
    next: Sums<5>,
    next_anchor: [f64; 2],
    n: f64,
}

impl Products {
    fn new(period: usize) -> Self {
        Products {
            sums: Sums::new(period),
            anchor: None,
            left: 4 * period,
            next: Sums::new(period),
            next_anchor: [0.0; 2],
            n: period as f64,
        }
    }

    /// Covariance and the two variances, each times `n^2`.
    #[inline(always)]
    fn push(&mut self, x: f64, y: f64) -> Option<[f64; 3]> {
        let row = |anchor: [f64; 2]| {
            let (x, y) = (x - anchor[0], y - anchor[1]);
            [x, y, x * y, x * x, y * y]
        };
        let anchor = *self.anchor.get_or_insert([x, y]);
        let full = self.sums.push(row(anchor));
        // Prices wander away from the anchor: a second set of sums is filled around a new one, then takes over.
        let period = self.n as usize;
        self.left -= 1;
        if self.left < period {
            if self.left + 1 == period {
                self.next = Sums::new(period);
                self.next_anchor = [x, y];
            }
            self.next.push(row(self.next_anchor));
            if self.left == 0 {
                std::mem::swap(&mut self.sums, &mut self.next);
                self.anchor = Some(self.next_anchor);
                self.left = 4 * period;
            }
        }
        if !full {
            return None;
        }
        let [sx, sy, sxy, sxx, syy] = std::array::from_fn(|index| self.sums.sum(index));
        Some([self.n * sxy - sx * sy, self.n * sxx - sx * sx, self.n * syy - sy * sy])
    }
}

kernel!(Correl[2 => 1](p) { products: Products = Products::new(count(p, 0)) }
|this, [x, y]| this.products.push(x, y).map(|[covariance, of_x, of_y]| {
    let product = of_x * of_y;
    [if of_x > 0.0 && of_y > 0.0 && product > 0.0 { covariance / product.sqrt() } else { 0.0 }]
}));
kernel!(Beta[2 => 1](p) { previous: Option<[f64; 2]> = None, products: Products = Products::new(count(p, 0)) }
|this, [x, y]| {
    let before = this.previous.replace([x, y])?;
    let change = |now: f64, before: f64| ratio_or(now - before, before, 0.0);
    let [covariance, of_x, _] = this.products.push(change(x, before[0]), change(y, before[1]))?;
    Some([ratio_or(covariance, of_x, 0.0)])
});
kernel!(Percentile[1 => 1](p) { sorted: Sorted = Sorted::new(count(p, 0)), place: usize = nearest_rank(p) }
    |this, [x]| this.sorted.push(x).then(|| [this.sorted.values()[this.place]]));
kernel!(PercentRank[1 => 1](p) { sorted: Sorted = Sorted::new(count(p, 0)), known: bool = false, n: f64 = p[0] }
|this, [x]| {
    let below = this.known.then(|| this.sorted.values().partition_point(|&other| other < x));
    this.known = this.sorted.push(x);
    below.map(|below| [100.0 * below as f64 / this.n])
});
kernel!(Median[1 => 1](p) { sorted: Sorted = Sorted::new(count(p, 0)), n: usize = count(p, 0) }
|this, [x]| this.sorted.push(x).then(|| {
    let values = this.sorted.values();
    [f64::midpoint(values[(this.n - 1) / 2], values[this.n / 2])]
}));
kernel!(Rvi[1 => 1](p) {
    previous: Option<f64> = None,
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 1)), count: Count = Count::new(count(p, 1)),
    up: WilderAverage = WilderAverage::new(count(p, 0)), down: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [x]| {
    let before = this.previous.replace(x);
    let deviation = this.window.update(x).map(|window| window.mean_and_deviation(this.count).1);
    let (before, deviation) = (before?, deviation?);
    let up = this.up.update(if x > before { deviation } else { 0.0 });
    let down = this.down.update(if x < before { deviation } else { 0.0 });
    let (up, down) = (up?, down?);
    Some([100.0 * ratio_or(up, up + down, 0.5)])
});

/// Averages of every period in use, of which the second column picks one a bar.
#[derive(Debug)]
struct Variable {
    averages: Vec<Average>,
    waits: Vec<usize>,
    shortest: usize,
}

impl Variable {
    fn new(p: &[f64]) -> Self {
        let (shortest, longest, kind) = (count(p, 0), count(p, 1).max(count(p, 0)), count(p, 2));
        let all = Average::warm_up(kind, longest);
        Variable {
            averages: (shortest..=longest).map(|period| Average::new(kind, period)).collect(),
            waits: (shortest..=longest).map(|period| all - Average::warm_up(kind, period)).collect(),
            shortest,
        }
    }

    fn push(&mut self, x: f64, period: f64) -> Option<f64> {
        let last = self.averages.len() - 1;
        let chosen = (period.max(0.0) as usize).saturating_sub(self.shortest).min(last);
        let mut picked = None;
        let mut all = true;
        for (index, (average, waits)) in self.averages.iter_mut().zip(&mut self.waits).enumerate() {
            if *waits > 0 {
                *waits -= 1;
                all = false;
                continue;
            }
            let value = average.push(x);
            all &= value.is_some();
            if index == chosen {
                picked = value;
            }
        }
        picked.filter(|_| all)
    }
}

kernel!(Mavp[2 => 1](p) { averages: Variable = Variable::new(p) }
    |this, [x, period]| this.averages.push(x, period).map(|value| [value]));
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
        "population standard deviation of the window, times nbdev",
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
        "population variance of the window; nbdev changes nothing, as in TA-Lib",
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
        "Pearson correlation of two columns; 0 where one is flat",
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
        "slope of the changes of the second column on those of the first; 0 where the first is flat",
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

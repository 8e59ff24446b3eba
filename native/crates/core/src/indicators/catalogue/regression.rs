//! Least-squares lines through a window.

use super::super::sum::{Count, Sum};
use super::block::{Block, windows_reach};
use super::grid;
use super::kernel::{kernel, ratio_or};
use super::scratch::Scratch;
use super::spec::{Spec, count, period_from, spec};
use super::window::WeightedSums;

/// Least-squares line through the window, by bar: slope, and value at the oldest bar.
#[derive(Clone, Debug)]
pub(super) struct Line {
    sums: WeightedSums,
    pub(super) n: f64,
    shape: Shape,
}

/// What the lines through so many values have in common.
#[derive(Clone, Copy, Debug)]
struct Shape {
    n: f64,
    count: Count,
    /// Whether a mean may be made without a division.
    multiplies: bool,
    /// One over the squared deviations of the places 1 to n, `n (n^2 - 1) / 12`; 0 for a single place.
    per_deviation: f64,
}

impl Shape {
    fn new(period: usize) -> Self {
        let (n, count) = (period as f64, Count::new(period));
        Shape {
            n,
            count,
            multiplies: count.may_multiply(f64::MANTISSA_DIGITS.into()),
            per_deviation: ratio_or(12.0, n * (n * n - 1.0), 0.0),
        }
    }

    /// Slope and intercept of the line through values with this plain and this weighted sum. The mean is what a division gives:
    /// equal values lie on a line through exactly them.
    #[inline(always)]
    fn line(self, plain: f64, weighted: f64) -> (f64, f64) {
        let slope = (weighted - plain * (self.n + 1.0) / 2.0) * self.per_deviation;
        let mean = if self.multiplies {
            self.count.mean_by_reciprocal(Sum { high: plain, low: 0.0 })
        } else {
            plain / self.n
        };
        (slope, mean - slope * (self.n - 1.0) / 2.0)
    }
}

impl Line {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Line { sums: WeightedSums::new(period), n: period as f64, shape: Shape::new(period) }
    }

    /// Slope and intercept.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let (plain, weighted) = self.sums.push(value)?;
        Some(self.shape.line(plain.nearest(), weighted.nearest()))
    }

    /// Bars before a block that [`Line::fill`] looks at.
    fn reach(&self) -> Option<usize> {
        windows_reach(self.sums.period())
    }

    /// Fills a block from slope and intercept.
    #[inline(always)]
    fn fill(&self, block: Block<'_, 1, 1>, result: impl Fn(f64, f64) -> f64) -> bool {
        let ([values], [out]) = (block.bars, block.results);
        self.fill_column(values, block.scratch, out, result)
    }

    /// As [`Line::fill`], for the lines that end at the last values.
    #[inline(always)]
    fn fill_column(
        &self,
        values: &[f64],
        scratch: &mut Scratch,
        out: &mut [f64],
        result: impl Fn(f64, f64) -> f64,
    ) -> bool {
        let (period, rows, shape) = (self.sums.period(), out.len(), self.shape);
        let Scratch { lanes, work, .. } = scratch;
        let [plain, weighted, ..] = &mut **lanes;
        let weighted = &mut weighted[..rows];
        let done = grid::weighted_into(values, period, false, work, Some(plain), weighted);
        let plain = &plain[..rows];
        for row in 0..rows {
            let (slope, start) = shape.line(plain[row], weighted[row]);
            out[row] = result(slope, start);
        }
        done
    }
}

kernel!(LinearReg[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
|this, [x]| this.line.push(x).map(|(slope, start)| [slope.mul_add(this.line.n - 1.0, start)]);
reach this.line.reach(); |block| {
    let last = this.line.n - 1.0;
    this.line.fill(block, |slope, start| slope.mul_add(last, start))
});
kernel!(LinearRegSlope[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(slope, _)| [slope]);
    reach this.line.reach();
    |block| this.line.fill(block, |slope, _| slope));
kernel!(LinearRegIntercept[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(_, start)| [start]);
    reach this.line.reach();
    |block| this.line.fill(block, |_, start| start));
kernel!(LinearRegAngle[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(slope, _)| [slope.atan().to_degrees()]);
    reach this.line.reach();
    |block| this.line.fill(block, |slope, _| slope.atan().to_degrees()));
kernel!(Tsf[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
|this, [x]| this.line.push(x).map(|(slope, start)| [slope.mul_add(this.line.n, start)]);
reach this.line.reach(); |block| {
    let next = this.line.n;
    this.line.fill(block, |slope, start| slope.mul_add(next, start))
});
kernel!(Fosc[1 => 1](p) { line: Line = Line::new(count(p, 0)), forecast: Option<f64> = None }
|this, [x]| {
    let forecast = this.forecast;
    this.forecast = this.line.push(x).map(|(slope, start)| slope.mul_add(this.line.n, start));
    forecast.map(|forecast| [100.0 * ratio_or(x - forecast, x, 0.0)])
}; reach this.line.reach(); |block| {
    let ([values], [out], next) = (block.bars, block.results, this.line.n);
    // The forecasts are those of the bars before.
    let done = this.line.fill_column(&values[..values.len() - 1], block.scratch, out, |slope, start| slope.mul_add(next, start));
    for (out, &x) in out.iter_mut().zip(&values[block.reach..]) {
        *out = 100.0 * ratio_or(x - *out, x, 0.0);
    }
    done
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "LINEARREG",
        Statistic,
        "Linear regression",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        LinearReg::new,
        "value of the least-squares line at the newest bar",
        "elementary"
    ),
    spec!(
        "LINEARREG_SLOPE",
        Statistic,
        "Linear regression slope",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        LinearRegSlope::new,
        "rise of the least-squares line a bar",
        "elementary"
    ),
    spec!(
        "LINEARREG_INTERCEPT",
        Statistic,
        "Linear regression intercept",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        LinearRegIntercept::new,
        "value of the least-squares line at the oldest bar",
        "elementary"
    ),
    spec!(
        "LINEARREG_ANGLE",
        Statistic,
        "Linear regression angle",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        LinearRegAngle::new,
        "arc tangent of the slope, in degrees",
        "elementary"
    ),
    spec!(
        "TSF",
        Statistic,
        "Time series forecast",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        Tsf::new,
        "value of the least-squares line one bar ahead",
        "elementary"
    ),
    spec!(
        "FOSC",
        Momentum,
        "Forecast oscillator",
        ["close"],
        [period_from("timeperiod", 5, 2)],
        ["real"],
        |p| count(p, 0),
        Fosc::new,
        "100 (x - tsf[1]) / x",
        "T. Chande and S. Kroll, 1994"
    ),
];

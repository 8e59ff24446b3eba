//! Least-squares lines through a window.

use super::kernel::{kernel, ratio_or};
use super::spec::{Spec, count, period_from, spec};
use super::window::WeightedSums;

/// Least-squares line through the window, by bar: slope, and value at the oldest bar.
#[derive(Clone, Debug)]
pub(super) struct Line {
    sums: WeightedSums,
    pub(super) n: f64,
}

impl Line {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Line { sums: WeightedSums::new(period), n: period as f64 }
    }

    /// Slope and intercept.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let (plain, weighted) = self.sums.push(value)?;
        // Places 1 to n: their sum is n (n+1) / 2, their squared deviations n (n^2 - 1) / 12.
        let n = self.n;
        let centred = weighted - plain * (n + 1.0) / 2.0;
        let slope = ratio_or(12.0 * centred, n * (n * n - 1.0), 0.0);
        Some((slope, plain / n - slope * (n - 1.0) / 2.0))
    }
}

kernel!(LinearReg[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(slope, start)| [slope.mul_add(this.line.n - 1.0, start)]));
kernel!(LinearRegSlope[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(slope, _)| [slope]));
kernel!(LinearRegIntercept[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(_, start)| [start]));
kernel!(LinearRegAngle[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(slope, _)| [slope.atan().to_degrees()]));
kernel!(Tsf[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
    |this, [x]| this.line.push(x).map(|(slope, start)| [slope.mul_add(this.line.n, start)]));
kernel!(Fosc[1 => 1](p) { line: Line = Line::new(count(p, 0)), forecast: Option<f64> = None }
|this, [x]| {
    let forecast = this.forecast;
    this.forecast = this.line.push(x).map(|(slope, start)| slope.mul_add(this.line.n, start));
    forecast.map(|forecast| [100.0 * ratio_or(x - forecast, x, 0.0)])
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

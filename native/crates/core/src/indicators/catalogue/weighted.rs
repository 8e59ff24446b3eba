//! Averages with weights of their own; n operations a bar.

use super::kernel::kernel;
use super::ring::Weighting;
use super::spec::{Param, Spec, count, period, real, spec};
use super::window::WeightedSums;
use std::f64::consts::PI;

kernel!(Alma[1 => 1](p) { average: Weighting = {
        let (n, middle) = (p[0], p[1] * (p[0] - 1.0));
        let width = n / p[2];
        Weighting::new(count(p, 0), |place| (-(place as f64 - 1.0 - middle).powi(2) / (2.0 * width * width)).exp())
    } }
    |this, [x]| this.average.push(x).map(|value| [value]));
kernel!(Fwma[1 => 1](p) { average: Weighting = {
        let numbers = fibonacci(count(p, 0));
        Weighting::new(count(p, 0), |place| numbers[place - 1])
    } }
    |this, [x]| this.average.push(x).map(|value| [value]));
kernel!(Pwma[1 => 1](p) { average: Weighting = {
        let row = pascal(count(p, 0));
        Weighting::new(count(p, 0), |place| row[place - 1])
    } }
    |this, [x]| this.average.push(x).map(|value| [value]));
kernel!(Sinwma[1 => 1](p) { average: Weighting = {
        let n = p[0];
        Weighting::new(count(p, 0), |place| (place as f64 * PI / (n + 1.0)).sin())
    } }
    |this, [x]| this.average.push(x).map(|value| [value]));
kernel!(Powered[1 => 1](p) { average: Weighting = {
        let power = p[1];
        Weighting::new(count(p, 0), |place| (place as f64).powf(power))
    } }
    |this, [x]| this.average.push(x).map(|value| [value]));

kernel!(Symmetric[1 => 1](p) { average: Weighting = {
        let n = count(p, 0);
        Weighting::new(n, |place| place.min(n + 1 - place) as f64)
    } }
    |this, [x]| this.average.push(x).map(|value| [value]));
kernel!(EndPoint[1 => 1](p) {
    sums: WeightedSums = WeightedSums::new(count(p, 0)), offset: f64 = p[1], total: f64 = p[0] * (f64::midpoint(p[0], 1.0) - p[1]) }
|this, [x]| this.sums.push(x).map(|(plain, weighted)| {
    [(weighted.nearest() - this.offset * plain.nearest()) / this.total]
}));

/// The first `n` Fibonacci numbers 1, 1, 2, 3, 5 …
fn fibonacci(n: usize) -> Vec<f64> {
    let (mut current, mut next) = (1.0, 1.0);
    (0..n)
        .map(|_| {
            let number = current;
            (current, next) = (next, current + next);
            number
        })
        .collect()
}

/// The row of Pascal's triangle with `n` numbers.
fn pascal(n: usize) -> Vec<f64> {
    let mut row = vec![1.0; n];
    for place in 1..n {
        row[place] = row[place - 1] * (n - place) as f64 / place as f64;
    }
    row
}

/// A period whose weights stay within doubles.
const fn limited(default: usize) -> Param {
    Param { maximum: 1000.0, ..period("timeperiod", default) }
}

macro_rules! powered {
    ($id:literal, $title:literal, $power:literal, $formula:literal) => {
        spec!(
            $id,
            Overlap,
            $title,
            ["close"],
            [period("timeperiod", 14)],
            ["real"],
            |p| count(p, 0) - 1,
            |p| Powered::new(&[p[0], $power]),
            $formula,
            "elementary"
        )
    };
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "ALMA",
        Overlap,
        "Arnaud Legoux moving average",
        ["close"],
        [period("timeperiod", 9), real("offset", 0.85, 0.0, 1.0), real("sigma", 6.0, 0.1, 1e6)],
        ["real"],
        |p| count(p, 0) - 1,
        Alma::new,
        "mean with weight exp(-(i - m)^2 / (2 s^2)) for place i from 0 (oldest), m = offset (n - 1), s = n / sigma",
        "A. Legoux and D. Kouzis-Loukas, 2009"
    ),
    spec!(
        "FWMA",
        Overlap,
        "Fibonacci weighted moving average",
        ["close"],
        [limited(5)],
        ["real"],
        |p| count(p, 0) - 1,
        Fwma::new,
        "mean with the first n Fibonacci numbers as weights, the largest for the newest value",
        "elementary"
    ),
    spec!(
        "PWMA",
        Overlap,
        "Pascal weighted moving average",
        ["close"],
        [limited(5)],
        ["real"],
        |p| count(p, 0) - 1,
        Pwma::new,
        "mean with the row of n numbers of Pascal's triangle as weights",
        "elementary"
    ),
    spec!(
        "SINWMA",
        Overlap,
        "Sine weighted moving average",
        ["close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0) - 1,
        Sinwma::new,
        "mean with weight sin(pi i / (n + 1)) for place i from 1 to n",
        "elementary"
    ),
    powered!(
        "SRWMA",
        "Square root weighted moving average",
        0.5,
        "mean with weight sqrt(i) for place i from 1 (oldest) to n"
    ),
    powered!(
        "SQWMA",
        "Square weighted moving average",
        2.0,
        "mean with weight i^2 for place i from 1 (oldest) to n"
    ),
    powered!(
        "CWMA",
        "Cubed weighted moving average",
        3.0,
        "mean with weight i^3 for place i from 1 (oldest) to n"
    ),
    spec!(
        "VPWMA",
        Overlap,
        "Variable power weighted moving average",
        ["close"],
        [period("timeperiod", 14), real("power", 0.382, 0.0, 10.0)],
        ["real"],
        |p| count(p, 0) - 1,
        Powered::new,
        "mean with weight i^power for place i from 1 (oldest) to n (Jesse leaves out the oldest)",
        "common for TradingView"
    ),
    spec!(
        "SWMA",
        Overlap,
        "Symmetric weighted moving average",
        ["close"],
        [period("timeperiod", 5)],
        ["real"],
        |p| count(p, 0) - 1,
        Symmetric::new,
        "mean with weights 1 2 3 … 3 2 1",
        "elementary"
    ),
    spec!(
        "EPMA",
        Overlap,
        "End point moving average",
        ["close"],
        [period("timeperiod", 11), Param { minimum: 0.0, ..period("offset", 4) }],
        ["real"],
        |p| count(p, 0) - 1,
        EndPoint::new,
        "mean with weight i - offset for place i from 1 (oldest) to n; with offset (n + 1)/3, as by default, the end of the \
         least-squares line (Jesse: with n - 1 and offset - 1)",
        "elementary"
    )
    .with_rule(|p| {
        (2.0 * p[1] - p[0] == 1.0).then_some("offset must not be half of timeperiod + 1: the weights would cancel")
    }),
];

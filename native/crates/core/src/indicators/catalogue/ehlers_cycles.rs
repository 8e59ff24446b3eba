//! Ehlers' instantaneous trend, cyber cycle and MESA sine wave.

use super::kernel::{kernel, ratio_or};
use super::ring::Ring;
use super::spec::{Spec, count, period_from, real, spec};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI, TAU};

/// Bars for which the recursions are replaced with a short average.
const BARS_TO_START: usize = 6;

kernel!(Itrend[2 => 2](p) {
    a: f64 = p[0], prices: [f64; 2] = [0.0; 2], trends: [f64; 2] = [0.0; 2], seen: usize = 0 }
|this, [high, low]| {
    let price = f64::midpoint(high, low);
    let ([x1, x2], [y1, y2], a) = (this.prices, this.trends, this.a);
    this.seen += 1;
    let trend = if this.seen > BARS_TO_START {
        (a - a * a / 4.0) * price + 0.5 * a * a * x1 - (a - 0.75 * a * a) * x2 + 2.0 * (1.0 - a) * y1
            - (1.0 - a).powi(2) * y2
    } else {
        (price + 2.0 * x1 + x2) / 4.0
    };
    this.prices = [price, x1];
    this.trends = [trend, y1];
    // The first two have no prices before them.
    (this.seen > 4).then_some([trend, 2.0 * trend - y2])
});
kernel!(CyberCycle[2 => 2](p) {
    a: f64 = p[0], prices: [f64; 3] = [0.0; 3], smooth: [f64; 2] = [0.0; 2], cycles: [f64; 2] = [0.0; 2], seen: usize = 0 }
|this, [high, low]| {
    let price = f64::midpoint(high, low);
    let ([x1, x2, x3], [s1, s2], [c1, c2], a) = (this.prices, this.smooth, this.cycles, this.a);
    this.seen += 1;
    let smooth = (price + 2.0 * x1 + 2.0 * x2 + x3) / 6.0;
    let cycle = if this.seen > BARS_TO_START {
        (1.0 - a / 2.0).powi(2) * (smooth - 2.0 * s1 + s2) + 2.0 * (1.0 - a) * c1 - (1.0 - a).powi(2) * c2
    } else {
        (price - 2.0 * x1 + x2) / 4.0
    };
    this.prices = [price, x1, x2];
    this.smooth = [smooth, s1];
    this.cycles = [cycle, c1];
    (this.seen > 3).then_some([cycle, c1])
});
kernel!(MesaSine[1 => 2](p) {
    ring: Ring<f64> = Ring::new(count(p, 0)), seen: usize = 0, n: usize = count(p, 0),
    turns: Box<[(f64, f64)]> = (0..count(p, 0)).map(|bar| (TAU * bar as f64 / p[0]).sin_cos()).collect() }
|this, [x]| {
    this.ring.push(x);
    this.seen += 1;
    if this.seen <= this.n { return None; }
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (value, &(sine, cosine)) in this.ring.oldest_first().rev().zip(&this.turns) {
        real += cosine * value;
        imaginary += sine * value;
    }
    let mut phase =
        if real.abs() > 0.001 { (imaginary / real).atan() } else { PI * if imaginary < 0.0 { -1.0 } else { 1.0 } };
    if real < 0.0 { phase += PI; }
    phase += FRAC_PI_2;
    Some([phase.sin(), (phase + FRAC_PI_4).sin()])
});

kernel!(CorrelationCycle[1 => 2](p) {
    ring: Ring<f64> = Ring::new(count(p, 0)), n: f64 = p[0],
    turns: Box<[(f64, f64)]> = (0..count(p, 0)).map(|bar| (TAU * bar as f64 / p[0]).sin_cos()).collect() }
|this, [x]| {
    if !this.ring.push(x) { return None; }
    let mean = this.ring.oldest_first().sum::<f64>() / this.n;
    // Over a whole turn sine and cosine have the mean 0 and the square sum n / 2.
    let (mut power, mut real, mut imaginary) = (0.0, 0.0, 0.0);
    for (value, &(sine, cosine)) in this.ring.oldest_first().rev().zip(&this.turns) {
        let value = value - mean;
        power += value * value;
        real += value * cosine;
        imaginary -= value * sine;
    }
    let scale = (power * this.n / 2.0).sqrt();
    Some([ratio_or(real, scale, 0.0), ratio_or(imaginary, scale, 0.0)])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "ITREND",
        Overlap,
        "Instantaneous trend line",
        ["high", "low"],
        [real("alpha", 0.07, 0.001, 1.0)],
        ["itrend", "trigger"],
        |_| 4,
        Itrend::new,
        "t = (a - a^2/4) x + a^2/2 x[1] - (a - 3/4 a^2) x[2] + 2 (1 - a) t[1] - (1 - a)^2 t[2] of the median price; 2 t - t[2]; for \
         the first six bars t = (x + 2 x[1] + x[2]) / 4",
        "J. Ehlers, Cybernetic Analysis, 2004"
    ),
    spec!(
        "CYBERCYCLE",
        Cycle,
        "Cyber cycle",
        ["high", "low"],
        [real("alpha", 0.07, 0.001, 1.0)],
        ["cycle", "trigger"],
        |_| 3,
        CyberCycle::new,
        "c = (1 - a/2)^2 (s - 2 s[1] + s[2]) + 2 (1 - a) c[1] - (1 - a)^2 c[2], s = (x + 2 x[1] + 2 x[2] + x[3]) / 6 of the median \
         price; c[1]; for the first six bars c = (x - 2 x[1] + x[2]) / 4",
        "J. Ehlers, Cybernetic Analysis, 2004"
    ),
    spec!(
        "MSW",
        Cycle,
        "MESA sine wave",
        ["close"],
        [period_from("timeperiod", 5, 2)],
        ["sine", "lead"],
        |p| count(p, 0),
        MesaSine::new,
        "sine of the phase of the n-bar cycle in the window, and of 45 degrees more (as Tulip); n operations a bar",
        "J. Ehlers, MESA and Trading Market Cycles, 1992"
    ),
    spec!(
        "CORRCYCLE",
        Cycle,
        "Correlation cycle",
        ["close"],
        [period_from("timeperiod", 20, 3)],
        ["real", "imag"],
        |p| count(p, 0) - 1,
        CorrelationCycle::new,
        "correlation of the window, newest first, with one turn of a cosine and of a negative sine; 0 where it is flat; n \
         operations a bar (Jesse: of the bars before, turned by one bar)",
        "J. Ehlers, TASC 2020"
    ),
];

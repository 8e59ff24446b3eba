//! The normal distribution.

use std::f64::consts::PI;

/// Density.
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Probability of a value below `x`. Series near the middle, continued fraction in the tails (Abramowitz and Stegun
/// 26.2.11 and 26.2.14); right to about 1e-15.
pub fn cumulative(x: f64) -> f64 {
    if x.is_nan() {
        return f64::NAN;
    }
    let distance = x.abs();
    if distance > 38.0 {
        return if x > 0.0 { 1.0 } else { 0.0 };
    }
    if distance < 3.0 {
        let (mut term, mut sum, mut step) = (x, x, 1.0);
        while term.abs() > 1e-17 * sum.abs() && step < 400.0 {
            step += 2.0;
            term *= x * x / step;
            sum += term;
        }
        return 0.5 + density(x) * sum;
    }
    let mut fraction = distance;
    for step in (1..=120).rev() {
        fraction = distance + f64::from(step) / fraction;
    }
    let tail = density(distance) / fraction;
    if x > 0.0 { 1.0 - tail } else { tail }
}

/// The value below which a share `p` lies: rough start (Abramowitz and Stegun 26.2.23), then Halley's method.
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let tail = p.min(1.0 - p);
    let t = (-2.0 * tail.ln()).sqrt();
    let rough = t
        - (2.515_517 + t * (0.802_853 + t * 0.010_328))
            / (1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308)));
    let mut x = -rough;
    for _ in 0..4 {
        let error = (cumulative(x) - tail) / density(x);
        x -= error / (1.0 + 0.5 * x * error);
    }
    // By the shorter tail, where no digits are lost.
    if p < 0.5 { x } else { -x }
}

/// Expected value of a normal variable given that it lies in its lowest share `p`, in standard deviations.
pub fn tail_mean(p: f64) -> f64 {
    -density(quantile(p)) / p
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        // Tables: Φ(1), Φ(1.96), Φ(-3), Φ(5) complement, quantiles of 95 %, 97.5 %, 1e-10.
        assert!((cumulative(1.0) - 0.841_344_746_068_542_9).abs() < 1e-15);
        assert!((cumulative(1.96) - 0.975_002_104_851_779_5).abs() < 1e-15);
        assert!((cumulative(-3.0) - 0.001_349_898_031_630_094_5).abs() < 1e-17);
        assert!((cumulative(-5.0) / 2.866_515_718_791_933e-7 - 1.0).abs() < 1e-12);
        assert!((quantile(0.95) - 1.644_853_626_951_472_2).abs() < 1e-14);
        assert!((quantile(0.025) + 1.959_963_984_540_054).abs() < 1e-14);
        assert!((quantile(1e-10) + 6.361_340_902_404_056).abs() < 1e-11);
        assert_eq!(quantile(0.5), 0.0);
        assert!((tail_mean(0.05) + 2.062_712_807_507_01).abs() < 1e-11);
    }
}

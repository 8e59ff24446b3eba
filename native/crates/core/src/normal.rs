//! The standard normal distribution: density, cumulative probability, quantile.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// Density at `x`.
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / TAU.sqrt()
}

/// Probability of a value below `x`, to the last digits also in the tails.
pub fn cumulative(x: f64) -> f64 {
    0.5 * libm::erfc(-x * FRAC_1_SQRT_2)
}

/// The value below which a standard normal number lies with probability `p`; infinite at 0 and 1, NaN outside.
///
/// Rational approximation by P. J. Acklam (relative error 1.15e-9), then one step of Halley's method with the exact
/// cumulative probability, which gives nearly full precision.
pub fn quantile(p: f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let x = approximate(p);
    let error = cumulative(x) - p;
    let step = error / density(x);
    x - step / (1.0 + 0.5 * x * step)
}

fn approximate(p: f64) -> f64 {
    const CENTRE_NUMERATOR: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const CENTRE_DENOMINATOR: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const TAIL_NUMERATOR: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const TAIL_DENOMINATOR: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    const TAIL: f64 = 0.02425;
    if p < TAIL {
        let q = (-2.0 * p.ln()).sqrt();
        horner(&TAIL_NUMERATOR, q) / horner(&TAIL_DENOMINATOR, q)
    } else if p > 1.0 - TAIL {
        -approximate(1.0 - p)
    } else {
        let q = p - 0.5;
        let square = q * q;
        q * horner(&CENTRE_NUMERATOR, square) / horner(&CENTRE_DENOMINATOR, square)
    }
}

fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_tables() {
        // Values to 15 digits: Abramowitz and Stegun, table 26.1, and the usual critical values.
        assert!((cumulative(1.0) - 0.841_344_746_068_543).abs() < 1e-15);
        assert!((cumulative(-3.0) - 0.001_349_898_031_630_095).abs() < 1e-17);
        assert!((quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((quantile(0.01) + 2.326_347_874_040_841).abs() < 1e-14);
        assert!((density(0.0) - 0.398_942_280_401_432_7).abs() < 1e-16);
    }

    #[test]
    fn quantile_is_the_inverse_of_cumulative() {
        for step in 1..2000 {
            let p = f64::from(step) / 2000.0;
            assert!((cumulative(quantile(p)) - p).abs() < 1e-15, "{p}");
        }
        assert!((cumulative(quantile(1e-12)) / 1e-12 - 1.0).abs() < 1e-9);
        assert!(quantile(1.5).is_nan() && quantile(f64::NAN).is_nan());
    }
}

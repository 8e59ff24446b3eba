//! Exponential, logarithms, arc tangent and hyperbolic functions, with the same bits on every machine.
//!
//! The system's library has its own results on each platform and takes one number at a time. These are made of correctly
//! rounded operations and have no branch, so that a batch computes several at once; they are within two units in the last place
//! of what the `libm` crate gives, hyperbolic ones within three (tests below). Each argument is brought near zero, where a
//! polynomial that meets the function at the Chebyshev nodes of its interval is as good as a double can be.

use super::super::sum::two_sum;
use super::kernel::{larger, smaller};

/// A number of this size has no places behind the point: adding it rounds to a whole number.
pub(super) const ROUND: f64 = 1.5 * (1_u64 << 52) as f64;
const LN2_HIGH: f64 = 0.693_147_180_559_890_3;
const LN2_LOW: f64 = 5.497_923_018_708_371e-14;
/// The first number whose last place is one.
const WHOLE: f64 = (1_u64 << 52) as f64;
pub(super) const SIGN: u64 = 1 << 63;

/// `c[0] + c[1] x + c[2] x^2 …`
#[inline(always)]
pub(super) fn polynomial<const N: usize>(x: f64, coefficients: [f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    for index in (0..N - 1).rev() {
        sum = sum.mul_add(x, coefficients[index]);
    }
    sum
}

/// As [`polynomial`] of twelve coefficients, in pairs, fours and eights: what waits for it waits for four operations, not eleven.
#[inline(always)]
fn short_polynomial(x: f64, c: [f64; 12]) -> f64 {
    let square = x * x;
    let fourth = square * square;
    let pair = |at: usize| c[at + 1].mul_add(x, c[at]);
    let four = |at: usize| pair(at + 2).mul_add(square, pair(at));
    (fourth * fourth).mul_add(four(8), four(4).mul_add(fourth, four(0)))
}

/// `e^x` as `2^k (1 + rest)`: `k`, and `rest` between -0.3 and 0.42.
#[inline(always)]
fn exponential_parts(x: f64) -> (f64, f64) {
    let k = x.mul_add(std::f64::consts::LOG2_E, ROUND) - ROUND;
    let r = (-k).mul_add(LN2_LOW, (-k).mul_add(LN2_HIGH, x));
    let tail = polynomial(
        r,
        [
            0.5,
            0.166_666_666_666_666_66,
            0.041_666_666_666_666_68,
            0.008_333_333_333_333_333,
            0.001_388_888_888_887_900_4,
            0.000_198_412_698_412_632_52,
            2.480_158_733_663_095e-5,
            2.755_731_924_734_450_7e-6,
            2.755_726_307_730_941e-7,
            2.505_207_095_980_366_2e-8,
            2.091_821_231_913_398e-9,
            1.608_667_766_678_736_2e-10,
        ],
    );
    (k, (r * r).mul_add(tail, r))
}

/// `2^k` for a whole `k` from -1022 to 1023.
#[inline(always)]
fn power_of_two(k: f64) -> f64 {
    // The whole number stands in the last places of the sum.
    let biased = (k + (ROUND + 1023.0)).to_bits();
    f64::from_bits(biased << 52)
}

/// `e^x`.
#[inline(always)]
pub(super) fn exponential(x: f64) -> f64 {
    let (k, rest) = exponential_parts(larger(smaller(x, 710.0), -746.0));
    // In two steps, because the power alone may be beyond the range.
    let half = (k * 0.5 + ROUND) - ROUND;
    (1.0 + rest) * power_of_two(half) * power_of_two(k - half)
}

/// `e^x - 1` of the parts of `e^x`, for a `k` of at most 1023.
#[inline(always)]
fn less_one((k, rest): (f64, f64)) -> f64 {
    let power = power_of_two(k);
    power.mul_add(rest, power - 1.0)
}

/// Half of `e^x` of its parts: it may be finite where `e^x` is not.
#[inline(always)]
fn half((k, rest): (f64, f64)) -> f64 {
    let half = (k * 0.5 + ROUND) - ROUND;
    (1.0 + rest) * power_of_two(half) * power_of_two(k - half - 1.0)
}

/// Hyperbolic sine.
#[inline(always)]
pub(super) fn hyperbolic_sine(x: f64) -> f64 {
    let size = smaller(x.abs(), 711.0);
    let (k, rest) = exponential_parts(size);
    // Beyond 2^100 nothing but half of the exponential is left.
    let less = less_one((smaller(k, 100.0), rest));
    let near = 0.5 * (less + less / (less + 1.0));
    let result = if k > 100.0 { half((k, rest)) } else { near };
    result.copysign(x)
}

/// Hyperbolic cosine.
#[inline(always)]
pub(super) fn hyperbolic_cosine(x: f64) -> f64 {
    let half = half(exponential_parts(smaller(x.abs(), 711.0)));
    half + 0.25 / half
}

/// Hyperbolic tangent.
#[inline(always)]
pub(super) fn hyperbolic_tangent(x: f64) -> f64 {
    let less = less_one(exponential_parts(larger(-2.0 * x.abs(), -100.0)));
    (-less / (2.0 + less)).copysign(x)
}

/// The logarithm of a number of at least the smallest normal one, as two parts of which the first is the larger.
#[inline(always)]
fn logarithm_parts(x: f64) -> (f64, f64) {
    const ROOT_HALF: u64 = std::f64::consts::FRAC_1_SQRT_2.to_bits();
    // Exponents are counted from 1024 below, to stay positive; as a whole number's last places they become a double.
    let raised = x.to_bits().wrapping_sub(ROOT_HALF).wrapping_add(1024 << 52) >> 52;
    let k = f64::from_bits(raised | WHOLE.to_bits()) - (WHOLE + 1024.0);
    let mantissa = f64::from_bits(x.to_bits().wrapping_sub(raised.wrapping_sub(1024) << 52));
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let square = s * s;
    let rest = square
        * polynomial(
            square,
            [
                0.666_666_666_666_666_6,
                0.400_000_000_000_008_9,
                0.285_714_285_707_954_3,
                0.222_222_223_935_666_1,
                0.181_817_954_423_719_84,
                0.153_862_504_479_401_9,
                0.132_684_856_806_544_27,
                0.130_896_291_606_746_23,
            ],
        );
    let half_square = 0.5 * f * f;
    // ln(1 + f) = f - (f^2 / 2 - s (f^2 / 2 + rest)).
    let small = half_square - (s * (half_square + rest) + k * LN2_LOW);
    let (high, low) = two_sum(k * LN2_HIGH, f);
    (high, low - small)
}

/// What a logarithm is where the number is zero or negative, else the value.
#[inline(always)]
fn within_domain(x: f64, value: f64) -> f64 {
    let value = if x == 0.0 { f64::NEG_INFINITY } else { value };
    if x < 0.0 { f64::NAN } else { value }
}

/// A number of which a logarithm can be taken, and what its size takes from the logarithm to the base of two.
#[inline(always)]
fn normal(x: f64) -> (f64, f64) {
    if x < f64::MIN_POSITIVE { (x * 18_014_398_509_481_984.0, 54.0) } else { (x, 0.0) }
}

/// Natural logarithm: negative infinity of zero, NaN below.
#[inline(always)]
pub(super) fn natural_logarithm(x: f64) -> f64 {
    let (scaled, places) = normal(x);
    let (high, low) = logarithm_parts(scaled);
    within_domain(x, high + (low - places * std::f64::consts::LN_2))
}

/// Logarithm to the base of ten: negative infinity of zero, NaN below.
#[inline(always)]
pub(super) fn decimal_logarithm(x: f64) -> f64 {
    /// What [`std::f64::consts::LOG10_E`] leaves of the number it stands for.
    const LOG10_E_REST: f64 = 1.098_319_650_216_765e-17;
    let (scaled, places) = normal(x);
    let (high, low) = logarithm_parts(scaled);
    let low = low - places * std::f64::consts::LN_2;
    let product = high * std::f64::consts::LOG10_E;
    let lost = high.mul_add(std::f64::consts::LOG10_E, -product);
    let rest = low.mul_add(std::f64::consts::LOG10_E, high.mul_add(LOG10_E_REST, lost));
    within_domain(x, product + rest)
}

/// Arc tangent of `y / x`, between -90 and 90 degrees (in radians), with one division for the ratio and all that follows.
#[inline(always)]
pub(super) fn arc_tangent_of_ratio(y: f64, x: f64) -> f64 {
    const TAN_22_5: f64 = 0.414_213_562_373_095_03;
    const TAN_67_5: f64 = 2.414_213_562_373_095;
    const RIGHT: (f64, f64) = (std::f64::consts::FRAC_PI_2, 6.123_233_995_736_766e-17);
    const HALF: (f64, f64) = (std::f64::consts::FRAC_PI_4, 3.061_616_997_868_383e-17);
    // The angle from 0, 45 or 90 degrees, whichever is next.
    let (a, b) = (y.abs(), x.abs());
    let (steep, middle) = (a > TAN_67_5 * b, a > TAN_22_5 * b);
    let opposite = if steep {
        -b
    } else if middle {
        a - b
    } else {
        a
    };
    let adjacent = if steep {
        a
    } else if middle {
        a + b
    } else {
        b
    };
    let base = if steep {
        RIGHT.0
    } else if middle {
        HALF.0
    } else {
        0.0
    };
    let base_rest = if steep {
        RIGHT.1
    } else if middle {
        HALF.1
    } else {
        0.0
    };
    let z = opposite / adjacent;
    let square = z * z;
    let tail = short_polynomial(
        square,
        [
            -0.333_333_333_333_333_3,
            0.199_999_999_999_998_04,
            -0.142_857_142_856_598_28,
            0.111_111_111_051_554_47,
            -0.090_909_087_535_008_77,
            0.076_922_963_750_321_43,
            -0.066_664_248_857_382_55,
            0.058_789_289_978_347_75,
            -0.052_304_542_706_502_44,
            0.045_515_932_206_265_49,
            -0.034_570_561_981_427_744,
            0.016_285_756_855_221_028,
        ],
    );
    let angle = base + (z + (z * square).mul_add(tail, base_rest));
    f64::from_bits(angle.to_bits() ^ ((y.to_bits() ^ x.to_bits()) & SIGN))
}

/// Arc tangent.
#[inline(always)]
pub(super) fn arc_tangent(x: f64) -> f64 {
    arc_tangent_of_ratio(x, 1.0)
}

/// Units in the last place between two results.
#[cfg(test)]
pub(super) fn distance(found: f64, expected: f64) -> u64 {
    if found == expected || (found.is_nan() && expected.is_nan()) {
        return 0;
    }
    assert_eq!(found.is_sign_negative(), expected.is_sign_negative(), "{found:e} for {expected:e}");
    found.to_bits().abs_diff(expected.to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest distance from a reference over a geometric row of numbers of both signs.
    fn worst(ours: fn(f64) -> f64, reference: fn(f64) -> f64, from: f64, to: f64) -> u64 {
        let steps = 200_003;
        let mut largest = 0;
        for step in 0..=steps {
            let size = from * (to / from).powf(f64::from(step) / f64::from(steps));
            for x in [size, -size] {
                largest = largest.max(distance(ours(x), reference(x)));
            }
        }
        largest
    }

    #[test]
    fn near_the_reference_everywhere() {
        type Case = (&'static str, fn(f64) -> f64, fn(f64) -> f64, f64, f64, u64);
        let cases: [Case; 9] = [
            ("exp", exponential, libm::exp, 1e-300, 800.0, 1),
            ("ln of small numbers", natural_logarithm, libm::log, 1e-322, 1e-20, 1),
            ("ln", natural_logarithm, libm::log, 1e-20, 1e150, 1),
            ("log10 of small numbers", decimal_logarithm, libm::log10, 1e-322, 1e-20, 2),
            ("log10", decimal_logarithm, libm::log10, 1e-20, 1e150, 2),
            ("atan", arc_tangent, libm::atan, 1e-150, 1e150, 2),
            ("sinh", hyperbolic_sine, libm::sinh, 1e-300, 800.0, 3),
            ("cosh", hyperbolic_cosine, libm::cosh, 1e-300, 800.0, 2),
            ("tanh", hyperbolic_tangent, libm::tanh, 1e-300, 800.0, 3),
        ];
        for (name, ours, reference, from, to, allowed) in cases {
            for (from, to) in [(from, to), (0.01, 30.0)] {
                let found = worst(ours, reference, from, to);
                println!("{name} from {from:e} to {to:e}: {found} units in the last place");
                assert!(found <= allowed, "{name} is {found} units away between {from} and {to}");
            }
        }
    }

    #[test]
    fn values_that_are_known_exactly() {
        let cases = [
            ("exp(0)", exponential(0.0), 1.0),
            ("exp(-1000)", exponential(-1000.0), 0.0),
            ("exp(1000)", exponential(1000.0), f64::INFINITY),
            ("ln(1)", natural_logarithm(1.0), 0.0),
            ("ln(0)", natural_logarithm(0.0), f64::NEG_INFINITY),
            ("ln(-1)", natural_logarithm(-1.0), f64::NAN),
            ("log10(1000)", decimal_logarithm(1000.0), 3.0),
            ("log10(1e-7)", decimal_logarithm(1e-7), -7.0),
            ("log10(1e100)", decimal_logarithm(1e100), 100.0),
            ("atan(0)", arc_tangent(0.0), 0.0),
            ("atan(1)", arc_tangent(1.0), std::f64::consts::FRAC_PI_4),
            ("atan(-1e150)", arc_tangent(-1e150), -std::f64::consts::FRAC_PI_2),
            ("atan(-1 / -1)", arc_tangent_of_ratio(-1.0, -1.0), std::f64::consts::FRAC_PI_4),
            ("sinh(0)", hyperbolic_sine(0.0), 0.0),
            ("cosh(0)", hyperbolic_cosine(0.0), 1.0),
            ("tanh(50)", hyperbolic_tangent(50.0), 1.0),
        ];
        for (name, found, expected) in cases {
            assert_eq!(distance(found, expected), 0, "{name} is {found}");
        }
    }
}

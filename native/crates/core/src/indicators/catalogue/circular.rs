//! Sine, cosine, tangent and their inverses, with the same bits on every machine.
//!
//! As [`super::functions`]: correctly rounded operations without a branch, within two units in the last place of what the `libm`
//! crate gives. An angle is brought between -45 and 45 degrees by taking away quarters of a turn, in three parts, of which fused
//! operations lose nothing; a polynomial in its square is as good as a double can be.

use super::super::sum::two_sum;
use super::block::Block;
use super::each::{OfRow, fill_rows, of_row};
use super::functions::{ROUND, SIGN, polynomial};
use super::machine::Kernel;
use std::f64::consts::{FRAC_2_PI, FRAC_PI_2};

/// What [`FRAC_PI_2`] leaves of a quarter of a turn, and what that leaves.
const QUARTER_REST: [f64; 2] = [6.123_233_995_736_766e-17, -1.497_384_904_859_169_8e-33];

/// Largest angle that is brought near zero here: the number of quarters, and its products, are exact up to it.
const LARGEST: f64 = (1_u64 << 30) as f64;

/// Sine and cosine of the rest of an angle of no sign, and the quarters of a turn taken away (their last two places count).
#[inline(always)]
fn parts(size: f64) -> (f64, f64, u64) {
    let shifted = size.mul_add(FRAC_2_PI, ROUND);
    let quarters = shifted - ROUND;
    let taken = quarters * QUARTER_REST[0];
    let lost = quarters.mul_add(QUARTER_REST[0], -taken);
    let (angle, low) = two_sum((-quarters).mul_add(FRAC_PI_2, size), -taken);
    let low = (-quarters).mul_add(QUARTER_REST[1], low - lost);
    let square = angle * angle;
    let half = 0.5 * square;
    let flat = 1.0 - half;
    let of_sine = polynomial(
        square,
        [
            -0.166_666_666_666_666_66,
            0.008_333_333_333_330_936,
            -0.000_198_412_698_367_405_32,
            2.755_731_609_319_840_4e-6,
            -2.505_112_989_645_018_5e-8,
            1.591_798_897_939_743_5e-10,
        ],
    );
    let of_cosine = polynomial(
        square,
        [
            0.041_666_666_666_666_664,
            -0.001_388_888_888_888_738_9,
            2.480_158_729_875_44e-5,
            -2.755_731_726_587_808e-7,
            2.087_614_504_941_318e-9,
            -1.138_254_464_534_925e-11,
        ],
    );
    let sine = angle + (angle * square).mul_add(of_sine, low * flat);
    let cosine = flat + (((1.0 - flat) - half) + (square * square).mul_add(of_cosine, -(angle * low)));
    (sine, cosine, shifted.to_bits())
}

/// The number, with its sign changed where the second last place of the quarters is set.
#[inline(always)]
fn turned(value: f64, quarters: u64) -> f64 {
    f64::from_bits(value.to_bits() ^ ((quarters & 2) << 62))
}

/// The number, with its sign changed where the other is negative.
#[inline(always)]
fn signed(value: f64, of: f64) -> f64 {
    f64::from_bits(value.to_bits() ^ (of.to_bits() & SIGN))
}

/// A function of angles: small ones side by side, those beyond [`LARGEST`] by the `libm` crate.
pub(super) struct Circular<F> {
    near: F,
    far: fn(f64) -> f64,
}

impl<F: OfRow<1>> Circular<F> {
    #[inline(always)]
    fn of(&self, x: f64) -> f64 {
        if x.abs() <= LARGEST { self.near.of([x]) } else { (self.far)(x) }
    }
}

impl<F: OfRow<1>> Kernel<1, 1> for Circular<F> {
    #[inline(always)]
    fn advance(&mut self, [x]: [f64; 1]) -> [f64; 1] {
        [self.of(x)]
    }

    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    #[inline(always)]
    fn fill(&self, block: Block<'_, 1, 1>) -> bool {
        let ([values], [out]) = (block.bars, block.results);
        fill_rows([values], out, &self.near);
        // Looked at now that they are in the first cache. Bits of positive doubles are in the order of the doubles.
        let signs = values
            .iter()
            .fold(0, |signs, value| signs | (LARGEST.to_bits() as i64 - value.abs().to_bits() as i64));
        if signs < 0 {
            for (place, &x) in out.iter_mut().zip(values) {
                *place = self.of(x);
            }
        }
        true
    }
}

/// Sine.
pub(super) fn sine() -> Circular<impl OfRow<1>> {
    let near = of_row!(1, |[x]| {
        let (sine, cosine, quarters) = parts(x.abs());
        signed(turned(if quarters & 1 == 0 { sine } else { cosine }, quarters), x)
    });
    Circular { near, far: libm::sin }
}

/// Cosine.
pub(super) fn cosine() -> Circular<impl OfRow<1>> {
    let near = of_row!(1, |[x]| {
        let (sine, cosine, quarters) = parts(x.abs());
        turned(if quarters & 1 == 0 { cosine } else { sine }, quarters.wrapping_add(1))
    });
    Circular { near, far: libm::cos }
}

/// Tangent.
pub(super) fn tangent() -> Circular<impl OfRow<1>> {
    let near = of_row!(1, |[x]| {
        let (sine, cosine, quarters) = parts(x.abs());
        let odd = quarters & 1 == 1;
        let (above, below) = (if odd { -cosine } else { sine }, if odd { sine } else { cosine });
        signed(above / below, x)
    });
    Circular { near, far: libm::tan }
}

/// `(base + base_rest) - (a + b)` where the base is zero or larger than `a`, and `a` much larger than the rest and `b`.
#[inline(always)]
fn less((base, base_rest): (f64, f64), a: f64, b: f64) -> f64 {
    let high = base - a;
    high + ((((base - high) - a) + base_rest) - b)
}

/// What arc sine and arc cosine begin with: whether the number is beyond a half, the sine of the angle from the next axis, and what
/// that angle is more than its sine.
#[inline(always)]
fn arc(size: f64) -> (bool, f64, f64) {
    let steep = size > 0.5;
    let square = if steep { 0.5 * (1.0 - size) } else { size * size };
    let sine = if steep { square.sqrt() } else { size };
    let more = polynomial(
        square,
        [
            0.166_666_666_666_666_69,
            0.074_999_999_999_984_33,
            0.044_642_857_146_355_43,
            0.030_381_944_138_531_247,
            0.022_372_172_942_149_89,
            0.017_352_392_720_869_973,
            0.013_971_212_973_552_933,
            0.011_479_177_415_184_906,
            0.010_322_814_350_185_78,
            0.005_457_506_718_640_358,
            0.017_400_879_442_694_02,
            -0.014_851_887_071_247_204,
            0.028_757_851_367_421_566,
        ],
    );
    (steep, sine, sine * square * more)
}

/// Arc sine; NaN beyond 1.
#[inline(always)]
pub(super) fn arc_sine(x: f64) -> f64 {
    let (steep, sine, more) = arc(x.abs());
    let base = if steep { (FRAC_PI_2, QUARTER_REST[0]) } else { (0.0, 0.0) };
    let factor = if steep { 2.0 } else { -1.0 };
    less(base, factor * sine, factor * more).copysign(x)
}

/// Arc cosine; NaN beyond 1.
#[inline(always)]
pub(super) fn arc_cosine(x: f64) -> f64 {
    let (steep, sine, more) = arc(x.abs());
    let quarters = match (steep, x < 0.0) {
        (false, _) => 1.0,
        (true, false) => 0.0,
        (true, true) => 2.0,
    };
    let size = if steep { 2.0 } else { 1.0 };
    let factor = if (x < 0.0) == steep { size } else { -size };
    less((quarters * FRAC_PI_2, quarters * QUARTER_REST[0]), factor * sine, factor * more)
}

#[cfg(test)]
mod tests {
    use super::super::functions::distance;
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn near_the_reference_everywhere() {
        type Case = (&'static str, fn(f64) -> f64, fn(f64) -> f64);
        let angles: [Case; 3] = [
            ("sin", |x| sine().of(x), libm::sin),
            ("cos", |x| cosine().of(x), libm::cos),
            ("tan", |x| tangent().of(x), libm::tan),
        ];
        for (name, ours, reference) in angles {
            let mut largest = 0;
            let mut look_at = |x: f64| largest = largest.max(distance(ours(x), reference(x)));
            for step in 0..200_003 {
                let step = f64::from(step);
                // From 1e-300 to 1e18, and about the multiples of a quarter of a turn, where little is left.
                let size = 1e-300 * 1e3_f64.powf(step * 106.0 / 200_003.0);
                let (axis, far) = (step * FRAC_PI_2, (step * 5171.0) * FRAC_PI_2);
                for x in [size, step * 0.01, step * 5171.3, axis, axis.next_up(), axis.next_down(), far] {
                    look_at(x);
                    look_at(-x);
                }
            }
            println!("{name}: {largest} units in the last place");
            assert!(largest <= 2, "{name} is {largest} units away");
        }
        let arcs: [Case; 2] = [("asin", arc_sine, libm::asin), ("acos", arc_cosine, libm::acos)];
        for (name, ours, reference) in arcs {
            let mut largest = 0;
            for step in 0..200_003 {
                let part = f64::from(step) / 200_002.0;
                for size in [part, part * part * part, 1.0 - part.powi(9), 0.5 + 1e-9 * part] {
                    for x in [size, -size] {
                        largest = largest.max(distance(ours(x), reference(x)));
                    }
                }
            }
            println!("{name}: {largest} units in the last place");
            assert!(largest <= 2, "{name} is {largest} units away");
        }
    }

    #[test]
    fn values_that_are_known_exactly() {
        let cases = [
            ("sin(0)", sine().of(0.0), 0.0),
            ("sin(-0)", sine().of(-0.0), -0.0),
            // The double next to 180 degrees lies so much below it.
            ("sin(pi)", sine().of(PI), 1.224_646_799_147_353_2e-16),
            ("cos(0)", cosine().of(0.0), 1.0),
            ("cos(pi)", cosine().of(PI), -1.0),
            ("cos(pi / 2)", cosine().of(FRAC_PI_2), QUARTER_REST[0]),
            ("tan(0)", tangent().of(0.0), 0.0),
            ("asin(0)", arc_sine(0.0), 0.0),
            ("asin(-0)", arc_sine(-0.0), -0.0),
            ("asin(-1)", arc_sine(-1.0), -FRAC_PI_2),
            ("asin(1.1)", arc_sine(1.1), f64::NAN),
            ("acos(1)", arc_cosine(1.0), 0.0),
            ("acos(0)", arc_cosine(0.0), FRAC_PI_2),
            ("acos(-1)", arc_cosine(-1.0), PI),
            ("acos(-1e150)", arc_cosine(-1e150), f64::NAN),
        ];
        for (name, found, expected) in cases {
            assert_eq!(distance(found, expected), 0, "{name} is {found}");
            assert!(
                found.is_nan() || found.is_sign_negative() == expected.is_sign_negative(),
                "{name} is {found}"
            );
        }
    }

    #[test]
    fn large_angles_go_the_long_way_in_a_batch_too() {
        use super::super::Indicator;
        let angles = [0.5, 1e9, 2e9, -3e18, 1e22, -0.25];
        let mut found = [0.0; 6];
        Indicator::new("SIN", &[]).expect("is there").batch(&[&angles], &mut [&mut found]).expect("fits");
        for (x, found) in angles.into_iter().zip(found) {
            assert!(distance(found, libm::sin(x)) <= 1, "sin({x}) is {found}");
        }
    }
}

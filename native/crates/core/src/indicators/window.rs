//! Sums over a moving window that do not drift.
//!
//! The usual running sum (`sum += new - old`) collects rounding errors for as long as it runs, so two averages
//! that are equal come out unequal and a crossing that never was becomes a trade: on one real series of a
//! million bars it makes 3,511 trades of 3,508. Here a sum is a pair of doubles (`high + low`) and each addition
//! keeps what rounding would lose (Knuth's two-sum), so the sum of a window is exact as long as it holds no
//! numbers more than about 2^50 times larger than its smallest ones: then the value depends on the window alone,
//! and the mean is the exact mean, rounded once.
//!
//! What an absurd outlier does break must not stay broken, so nothing is carried for ever: the window is seen
//! as two blocks, the older one that numbers leave and the younger one that they enter. When the younger is full
//! it becomes the older and a new sum starts from zero. Each step costs two additions, whatever the period.

use super::sum::{Count, Sum, two_sum};

/// What a window keeps of the values in it. `enter` and `leave` are called once a value; `turn` when the younger
/// block is full.
pub(super) trait Accumulator: Clone + Default {
    fn enter(&mut self, value: f64);
    fn leave(&mut self, value: f64);
    fn turn(&mut self);
}

/// Sum of the values in a window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WindowSum {
    older: Sum,
    younger: Sum,
}

impl Accumulator for WindowSum {
    #[inline(always)]
    fn enter(&mut self, value: f64) {
        self.younger.add(value);
    }

    #[inline(always)]
    fn leave(&mut self, value: f64) {
        self.older.add(-value);
    }

    #[inline(always)]
    fn turn(&mut self) {
        self.older = self.younger;
        self.younger = Sum::default();
    }
}

/// Sum and sum of squares of the values in a window, for mean and standard deviation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct WindowMoments {
    values: WindowSum,
    squares: WindowSum,
    last: f64,
    /// How many equal values came last: a window of equal values has no deviation at all, and the squares,
    /// which are not always exact, shall not invent one.
    equal: f64,
}

impl WindowMoments {
    /// Mean and population standard deviation of the window.
    #[inline(always)]
    pub(super) fn mean_and_deviation(&self, count: Count) -> (f64, f64) {
        mean_and_deviation(
            self.values.older.joined(self.values.younger),
            self.squares.older.joined(self.squares.younger),
            self.equal,
            count,
        )
    }
}

/// The sum of squared deviations is `squares - n*mean^2 - 2*mean*remainder - remainder^2/n`, with `remainder` what
/// the rounded mean leaves of the sum. Each product is taken with its rounding error, because the first
/// difference cancels nearly everything when the deviation is small against the price.
#[inline(always)]
fn mean_and_deviation(values: Sum, squares: Sum, equal: f64, count: Count) -> (f64, f64) {
    let (mean, remainder) = count.mean(values);
    let square = mean * mean;
    let square_error = mean.mul_add(mean, -square);
    let scaled = count.value * square;
    let scaled_error = count.value.mul_add(square, -scaled);
    let (difference, difference_error) = two_sum(squares.high, -scaled);
    let small = difference_error + ((squares.low - scaled_error) - count.value * square_error);
    let of_remainder = (2.0 * mean).mul_add(remainder, remainder * remainder * count.reciprocal);
    let squared_deviations = difference + (small - of_remainder);
    let deviation = (squared_deviations.max(0.0) / count.value).sqrt();
    (mean, if equal >= count.value { 0.0 } else { deviation })
}

impl Accumulator for WindowMoments {
    #[inline(always)]
    fn enter(&mut self, value: f64) {
        self.values.enter(value);
        let square = value * value;
        self.squares.younger.add_pair(square, value.mul_add(value, -square));
        self.equal = if value == self.last { self.equal + 1.0 } else { 1.0 };
        self.last = value;
    }

    #[inline(always)]
    fn leave(&mut self, value: f64) {
        self.values.leave(value);
        let square = value * value;
        self.squares.older.add_pair(-square, -value.mul_add(value, -square));
    }

    #[inline(always)]
    fn turn(&mut self) {
        self.values.turn();
        self.squares.turn();
    }
}

/// The incremental form: remembers the values that have to leave.
#[derive(Clone, Debug)]
pub(super) struct MovingWindow<A> {
    values: Box<[f64]>,
    position: usize,
    full: bool,
    accumulator: A,
}

impl<A: Accumulator> MovingWindow<A> {
    pub(super) fn new(period: usize) -> Self {
        MovingWindow {
            values: vec![0.0; period].into_boxed_slice(),
            position: 0,
            full: false,
            accumulator: A::default(),
        }
    }

    /// Takes the next value; gives the accumulator of the window once it is full.
    #[inline(always)]
    pub(super) fn update(&mut self, value: f64) -> Option<&A> {
        let leaving = std::mem::replace(&mut self.values[self.position], value);
        self.accumulator.enter(value);
        self.position += 1;
        if self.position == self.values.len() {
            self.position = 0;
            self.full = true;
            self.accumulator.turn();
        } else if self.full {
            self.accumulator.leave(leaving);
        }
        self.full.then_some(&self.accumulator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Mean of integers over 2^20, rounded once, by whole-number arithmetic.
    fn exact_mean(numerators: &[i64]) -> f64 {
        let total: i128 = numerators.iter().map(|&n| i128::from(n)).sum();
        let divisor = (numerators.len() as i128) << 20;
        divide_to_nearest(total, divisor)
    }

    /// `total / divisor` to the nearest double, ties to even.
    fn divide_to_nearest(total: i128, divisor: i128) -> f64 {
        let negative = total < 0;
        let magnitude = total.unsigned_abs();
        let divisor = divisor.unsigned_abs();
        if magnitude == 0 {
            return 0.0;
        }
        // Scale so that the quotient has 53 bits and look at what is left.
        let mut shift = 0_i32;
        let mut scaled = magnitude;
        while scaled / divisor < 1 << 53 {
            scaled <<= 1;
            shift += 1;
        }
        let mut dividing = divisor;
        while scaled / dividing >= 1 << 54 {
            dividing <<= 1;
            shift -= 1;
        }
        let quotient = scaled / dividing;
        let exact = scaled.is_multiple_of(dividing);
        // 54 bits: the last one is the half.
        let mut kept = quotient >> 1;
        if quotient & 1 == 1 && (!exact || kept & 1 == 1) {
            kept += 1;
        }
        let value = kept as f64 * 2.0_f64.powi(1 - shift);
        if negative { -value } else { value }
    }

    fn mean(sum: WindowSum, period: usize) -> f64 {
        Count::new(period).mean(sum.older.joined(sum.younger)).0
    }

    proptest! {
        #[test]
        fn the_mean_of_a_window_is_the_exact_mean_rounded_once(
            // All 53 bits of a double in use: sums of these are not exact in one.
            numerators in prop::collection::vec(1_i64..(1 << 53), 1..400),
            period in 1_usize..60,
        ) {
            let values: Vec<f64> = numerators.iter().map(|&n| n as f64 / f64::from(1 << 20)).collect();
            let mut window = MovingWindow::<WindowSum>::new(period);
            for (row, &value) in values.iter().enumerate() {
                let mean = window.update(value).map(|sum| mean(*sum, period));
                if row + 1 < period {
                    prop_assert_eq!(mean, None);
                } else {
                    prop_assert_eq!(mean, Some(exact_mean(&numerators[row + 1 - period..=row])), "row {}", row);
                }
            }
        }

        #[test]
        fn an_outlier_is_forgotten_once_it_has_left(
            numerators in prop::collection::vec(1_i64..(1 << 53), 40..80),
            outlier in 1e20_f64..1e149,
            period in 1_usize..12,
        ) {
            // Far outside what two doubles can hold together with prices: the means around it are wrong in their
            // last places, those of later windows must be exact again.
            let mut window = MovingWindow::<WindowSum>::new(period);
            window.update(outlier);
            for (row, &numerator) in numerators.iter().enumerate() {
                let value = numerator as f64 / f64::from(1 << 20);
                let mean = window.update(value).map(|sum| mean(*sum, period));
                if row >= 2 * period {
                    prop_assert_eq!(mean, Some(exact_mean(&numerators[row + 1 - period..=row])), "row {}", row);
                }
            }
        }
    }

    #[test]
    fn deviation_survives_a_price_that_dwarfs_it() {
        // Around 60,000 with steps of 2^-30: one-pass sums of squares in plain doubles give garbage here.
        let step = 2.0_f64.powi(-30);
        let mut window = MovingWindow::<WindowMoments>::new(4);
        let mut last = None;
        for offset in [9.0, 1.0, 2.0, 3.0, 4.0] {
            last = window
                .update(60_000.0 + offset * step)
                .map(|moments| moments.mean_and_deviation(Count::new(4)));
        }
        // 1, 2, 3, 4: mean 2.5, population variance 1.25.
        let (mean, deviation) = last.expect("the window is full");
        assert_eq!(mean, 60_000.0 + 2.5 * step);
        assert!((deviation / step - 1.25_f64.sqrt()).abs() < 1e-12, "{}", deviation / step);
    }

    #[test]
    fn equal_values_have_no_deviation() {
        let mut window = MovingWindow::<WindowMoments>::new(7);
        for value in [64_123.47, 1e9, 3.0] {
            window.update(value);
        }
        for _ in 0..6 {
            window.update(0.1);
        }
        for _ in 0..50 {
            let moments = window.update(0.1).expect("the window is full");
            assert_eq!(moments.mean_and_deviation(Count::new(7)), (0.1, 0.0));
        }
    }
}

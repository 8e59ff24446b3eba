//! Sums and means without rounding on the way: the arithmetic under `window`.

/// `a + b` as the rounded sum and exactly what rounding took away. (D. Knuth, TAOCP 2, 4.2.2.)
#[inline(always)]
pub(super) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_seen = sum - a;
    let a_seen = sum - b_seen;
    (sum, (a - a_seen) + (b - b_seen))
}

/// A sum in two doubles: `high + low` is the value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) high: f64,
    pub(super) low: f64,
}

impl Sum {
    #[inline(always)]
    pub(super) fn add(&mut self, value: f64) {
        let (sum, error) = two_sum(self.high, value);
        self.high = sum;
        self.low += error;
    }

    /// The sum with a value added.
    #[inline(always)]
    pub(super) fn with(mut self, value: f64) -> Self {
        self.add(value);
        self
    }

    /// Adds a value given as `high + low`.
    #[inline(always)]
    pub(super) fn add_pair(&mut self, high: f64, low: f64) {
        let (sum, error) = two_sum(self.high, high);
        self.high = sum;
        self.low += error + low;
    }

    /// The sum taken so many times.
    #[inline(always)]
    pub(super) fn times(self, count: f64) -> Sum {
        let high = self.high * count;
        Sum { high, low: self.low.mul_add(count, self.high.mul_add(count, -high)) }
    }

    /// The nearest double.
    #[inline(always)]
    pub(super) fn nearest(self) -> f64 {
        self.high + self.low
    }

    /// The sum of both, with `high` the nearest double to it.
    #[inline(always)]
    pub(super) fn joined(self, other: Sum) -> Sum {
        let (sum, error) = two_sum(self.high, other.high);
        let (high, low) = two_sum(sum, (self.low + other.low) + error);
        Sum { high, low }
    }

    /// The nearest double to this sum of `count` numbers divided by `count`.
    #[inline(always)]
    pub(super) fn mean(self, count: Count) -> f64 {
        count.mean(self.joined(Sum::default())).0
    }
}

/// A number of values, with its reciprocal at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    pub(super) value: f64,
    pub(super) reciprocal: f64,
}

impl Count {
    pub(super) fn new(count: usize) -> Self {
        let value = count as f64;
        Count { value, reciprocal: 1.0 / value }
    }

    /// Nearest double to `sum / count`, and the exact remainder `sum - mean * count`.
    ///
    /// The quotient of the leading part is right to a few units in the last place; its remainder is exact (a
    /// fused multiply-add of numbers with a common grid, the count being below 2^26), so dividing the remainder
    /// and adding it rounds the true quotient once, ties to even included.
    #[inline(always)]
    pub(super) fn mean(self, sum: Sum) -> (f64, f64) {
        let mean = self.mean_of_nearest(sum);
        (mean, (-mean).mul_add(self.value, sum.high) + sum.low)
    }

    /// The mean alone, of a sum whose `high` is the nearest double to it.
    #[inline(always)]
    pub(super) fn mean_of_nearest(self, sum: Sum) -> f64 {
        let quotient = sum.high * self.reciprocal;
        let remainder = (-quotient).mul_add(self.value, sum.high) + sum.low;
        quotient + remainder / self.value
    }

    /// Whether [`Count::mean_by_reciprocal`] is right for sums of so many bits. The exact mean is no nearer to the middle of
    /// two doubles than one part in `2^bits * count`, or is such a middle: then half a last place, or three halves, must
    /// come out of the product without error.
    pub(super) fn may_multiply(self, bits: i64) -> bool {
        let exact = |halves: f64| halves * self.value * self.reciprocal == halves;
        exact(1.0) && exact(3.0) && exact(5.0) && bits + (self.value.log2().ceil() as i64) <= 96
    }

    /// As [`Count::mean_of_nearest`], without its division.
    #[inline(always)]
    pub(super) fn mean_by_reciprocal(self, sum: Sum) -> f64 {
        let quotient = sum.high * self.reciprocal;
        let remainder = (-quotient).mul_add(self.value, sum.high) + sum.low;
        quotient + remainder * self.reciprocal
    }
}

//! The last values of a column in order, for indicators that look at all of them on every bar.

use super::kernel::ratio_or;

/// A window of values, oldest first.
#[derive(Clone, Debug)]
pub(super) struct Ring<T> {
    values: Box<[T]>,
    position: usize,
    full: bool,
}

impl<T: Copy + Default> Ring<T> {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Ring { values: vec![T::default(); period].into_boxed_slice(), position: 0, full: false }
    }

    /// Takes the next value; whether the window is full now.
    #[inline(always)]
    pub(super) fn push(&mut self, value: T) -> bool {
        self.values[self.position] = value;
        self.position += 1;
        if self.position == self.values.len() {
            self.position = 0;
            self.full = true;
        }
        self.full
    }

    /// The values from the oldest to the newest; meaningful once the window is full.
    #[inline(always)]
    pub(super) fn oldest_first(&self) -> impl DoubleEndedIterator<Item = T> + '_ {
        let (newer, older) = self.values.split_at(self.position);
        older.iter().chain(newer).copied()
    }
}

/// A window of values multiplied with weights that do not change.
#[derive(Clone, Debug)]
pub(super) struct Weighting {
    ring: Ring<f64>,
    /// For the oldest value first; their sum is 1.
    weights: Box<[f64]>,
}

impl Weighting {
    /// `weight` gives the weight of the values 1 (the oldest) to `period` (the newest), on any scale.
    pub(super) fn new(period: usize, weight: impl Fn(usize) -> f64) -> Self {
        let weights: Vec<f64> = (1..=period).map(weight).collect();
        let total: f64 = weights.iter().sum();
        let weights = weights.into_iter().map(|weight| ratio_or(weight, total, 0.0)).collect();
        Weighting { ring: Ring::new(period), weights }
    }

    /// The weighted mean once the window is full.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        self.ring.push(value).then(|| {
            self.ring
                .oldest_first()
                .zip(&self.weights)
                .fold(0.0_f64, |sum, (value, &weight)| weight.mul_add(value, sum))
        })
    }
}

//! Windows that kernels are built of: lags, sums that do not drift, extremes, sorted windows.

use super::super::sum::Count;
use super::super::sum::Sum;
use super::ranks::LONGEST_SORTED;

/// The value of some bars ago.
#[derive(Clone, Debug)]
pub(super) struct Lag {
    values: Box<[f64]>,
    position: usize,
    full: bool,
}

impl Lag {
    #[inline(always)]
    pub(super) fn bars(&self) -> usize {
        self.values.len()
    }

    #[inline(always)]
    pub(super) fn new(bars: usize) -> Self {
        Lag { values: vec![0.0; bars].into_boxed_slice(), position: 0, full: bars == 0 }
    }

    /// Takes the next value and gives the one `bars` before it.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        if self.values.is_empty() {
            return Some(value);
        }
        let left = std::mem::replace(&mut self.values[self.position], value);
        let known = self.full;
        self.position += 1;
        if self.position == self.values.len() {
            self.position = 0;
            self.full = true;
        }
        known.then_some(left)
    }
}

/// Longest window that is added up anew at each bar.
pub(super) const SHORT: usize = 6;

/// Sum of a few numbers, the oldest first.
#[inline(always)]
pub(super) fn short_sum<const PERIOD: usize>(values: [f64; PERIOD]) -> Sum {
    let mut sum = Sum { high: values[0], low: 0.0 };
    for index in 1..PERIOD {
        sum.add(values[index]);
    }
    sum
}

/// Sums of `N` numbers a bar over a window, by the blocks of [`super::super::window`]: nothing is carried for
/// longer than two windows, and each addition keeps what rounding would lose. A window of up to [`SHORT`] bars is added up anew,
/// the oldest number first.
#[derive(Clone, Debug)]
pub(super) struct Sums<const N: usize> {
    values: Box<[[f64; N]]>,
    position: usize,
    full: bool,
    older: [Sum; N],
    younger: [Sum; N],
}

impl<const N: usize> Sums<N> {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Sums {
            values: vec![[0.0; N]; period].into_boxed_slice(),
            position: 0,
            full: false,
            older: [Sum::default(); N],
            younger: [Sum::default(); N],
        }
    }

    #[inline(always)]
    pub(super) fn period(&self) -> usize {
        self.values.len()
    }

    /// Takes the numbers of the next bar; whether the window is full now.
    #[inline(always)]
    pub(super) fn push(&mut self, values: [f64; N]) -> bool {
        let leaving = std::mem::replace(&mut self.values[self.position], values);
        self.position += 1;
        let turns = self.position == self.values.len();
        if self.values.len() <= SHORT {
            self.position = if turns { 0 } else { self.position };
            self.full |= turns;
            return self.full;
        }
        for index in 0..N {
            self.younger[index].add(values[index]);
        }
        if turns {
            self.position = 0;
            self.full = true;
            self.older = self.younger;
            self.younger = [Sum::default(); N];
        } else if self.full {
            for index in 0..N {
                self.older[index].add(-leaving[index]);
            }
        }
        self.full
    }

    #[inline(always)]
    pub(super) fn pair(&self, index: usize) -> Sum {
        if self.values.len() <= SHORT {
            let mut place = self.position;
            let mut sum = Sum { high: self.values[place][index], low: 0.0 };
            for _ in 1..self.values.len() {
                place = if place + 1 == self.values.len() { 0 } else { place + 1 };
                sum.add(self.values[place][index]);
            }
            return sum.joined(Sum::default());
        }
        self.older[index].joined(self.younger[index])
    }

    /// Sum of the window, rounded once.
    #[inline(always)]
    pub(super) fn sum(&self, index: usize) -> f64 {
        let sum = self.pair(index);
        sum.high + sum.low
    }

    /// The numbers of the bars in the window, the oldest first; meaningful once it is full.
    #[inline(always)]
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = [f64; N]> + '_ {
        let (newer, older) = self.values.split_at(self.position);
        older.iter().chain(newer).copied()
    }

    /// Mean of the window, rounded once.
    #[inline(always)]
    pub(super) fn mean(&self, index: usize, count: Count) -> f64 {
        count.mean(self.pair(index)).0
    }
}

/// Plain and position-weighted sum of a window: the newest bar has weight `n`, the oldest 1.
///
/// Within its block a value is weighted with its place `k`; the weight in the window is then `k + n - p` for values
/// of the younger block and `k - p` for those of the older one, with `p` the place of the newest.
#[derive(Clone, Debug)]
pub(super) struct WeightedSums {
    values: Box<[f64]>,
    position: usize,
    full: bool,
    older: [Sum; 2],
    younger: [Sum; 2],
}

impl WeightedSums {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        WeightedSums {
            values: vec![0.0; period].into_boxed_slice(),
            position: 0,
            full: false,
            older: [Sum::default(); 2],
            younger: [Sum::default(); 2],
        }
    }

    #[inline(always)]
    pub(super) fn period(&self) -> usize {
        self.values.len()
    }

    /// Takes the next value; the plain and the weighted sum once the window is full.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(Sum, Sum)> {
        let leaving = std::mem::replace(&mut self.values[self.position], value);
        self.position += 1;
        let place = self.position as f64;
        let weighted = place * value;
        self.younger[0].add(value);
        self.younger[1].add_pair(weighted, place.mul_add(value, -weighted));
        let period = self.values.len();
        if self.position == period {
            self.position = 0;
            self.full = true;
            self.older = self.younger;
            self.younger = [Sum::default(); 2];
        } else if self.full {
            let weighted = place * leaving;
            self.older[0].add(-leaving);
            self.older[1].add_pair(-weighted, -place.mul_add(leaving, -weighted));
        } else {
            return None;
        }
        let place = self.position as f64;
        let plain = self.older[0].joined(self.younger[0]);
        let shift = self.younger[0].times(period as f64 - place).joined(self.older[0].times(-place));
        Some((plain, self.older[1].joined(self.younger[1]).joined(shift)))
    }
}

/// Largest value of a window and its age. Of equal values the latest counts.
///
/// The window is two blocks: for the older one the extreme from each place to its end is at hand, for the younger one the
/// extreme so far. A step costs two comparisons; once a window the older block is prepared, two operations a bar.
/// For the smallest value see [`Lowest`].
#[derive(Clone, Debug)]
pub(super) struct Highest {
    values: Box<[f64]>,
    /// Extreme of `values[place..]` of the block that was full last, and where it is.
    suffix: Box<[(f64, usize)]>,
    position: usize,
    full: bool,
    best: f64,
    best_place: usize,
}

impl Highest {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Highest {
            values: vec![0.0; period].into_boxed_slice(),
            suffix: vec![(f64::NEG_INFINITY, 0); period + 1].into_boxed_slice(),
            position: 0,
            full: false,
            best: f64::NEG_INFINITY,
            best_place: 0,
        }
    }

    #[inline(always)]
    pub(super) fn period(&self) -> usize {
        self.values.len()
    }

    /// The values of the window from the oldest to the newest; meaningful once it is full.
    pub(super) fn oldest_first(&self) -> impl Iterator<Item = f64> + '_ {
        let (newer, older) = self.values.split_at(self.position);
        older.iter().chain(newer).copied()
    }

    /// Takes the next value; the largest of the window once it is full, and how many bars ago it was.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(f64, usize)> {
        // Positive and negative zero are one number.
        let value = value + 0.0;
        let place = self.position;
        self.values[place] = value;
        if value >= self.best {
            self.best = value;
            self.best_place = place;
        }
        self.position += 1;
        let period = self.values.len();
        if self.position == period {
            let result = (self.best, place - self.best_place);
            self.turn();
            return Some(result);
        }
        if !self.full {
            return None;
        }
        let (old, old_place) = self.suffix[self.position];
        Some(if old > self.best {
            (old, period + place - old_place)
        } else {
            (self.best, place - self.best_place)
        })
    }

    #[inline(always)]
    fn turn(&mut self) {
        let mut best = (f64::NEG_INFINITY, 0);
        for place in (0..self.values.len()).rev() {
            if self.values[place] > best.0 {
                best = (self.values[place], place);
            }
            self.suffix[place] = best;
        }
        self.position = 0;
        self.full = true;
        self.best = f64::NEG_INFINITY;
    }
}

/// Smallest value of a window and its age: [`Highest`] of the negated values.
#[derive(Clone, Debug)]
pub(super) struct Lowest(Highest);

impl Lowest {
    #[inline(always)]
    pub(super) fn new(period: usize) -> Self {
        Lowest(Highest::new(period))
    }

    #[inline(always)]
    pub(super) fn period(&self) -> usize {
        self.0.period()
    }

    /// Takes the next value; the smallest of the window once it is full, and how many bars ago it was.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(f64, usize)> {
        self.0.push(-value).map(|(value, age)| (0.0 - value, age))
    }
}

/// The values of a window in order of size. A step looks them up in `log n` and moves what lies between.
#[derive(Clone, Debug)]
pub(super) struct Sorted {
    lag: Lag,
    ascending: Vec<f64>,
    period: usize,
}

impl Sorted {
    pub(super) fn new(period: usize) -> Self {
        Sorted { lag: Lag::new(period), ascending: Vec::with_capacity(period), period }
    }

    pub(super) fn period(&self) -> usize {
        self.period
    }

    /// Bars before a block that its windows want, if they are short enough to be sorted side by side.
    pub(super) fn reach(&self) -> Option<usize> {
        (self.period <= LONGEST_SORTED).then(|| self.period - 1)
    }

    /// Takes the next value; whether the window is full now.
    pub(super) fn push(&mut self, value: f64) -> bool {
        // Positive and negative zero are one number.
        let value = value + 0.0;
        if let Some(leaving) = self.lag.push(value) {
            let place = self.ascending.partition_point(|&other| other < leaving);
            self.ascending.remove(place);
        }
        let place = self.ascending.partition_point(|&other| other < value);
        self.ascending.insert(place, value);
        self.ascending.len() == self.period
    }

    pub(super) fn values(&self) -> &[f64] {
        &self.ascending
    }
}

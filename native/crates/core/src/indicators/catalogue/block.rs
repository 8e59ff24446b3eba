//! Parts of batches: what a kernel sees of a block of bars, and windows over it that are computed side by side.
//!
//! Sums of a window are exact here, as they are bar by bar in [`super::super::window`], by other means. A number is split
//! at a place that is the same for the whole block: the upper parts, and the lower parts, are then multiples of one power of
//! two, so that adding and taking away loses nothing, in whatever order. Where the numbers of a block lie too far apart for
//! that, the block is refused, and is computed bar by bar.

use super::super::sum::{Count, Sum, two_sum};

/// Rows a batch handles at once: four columns and a result fit into the first cache.
pub(super) const BLOCK: usize = 1024;

/// Longest window that is computed side by side; a longer one goes bar by bar.
pub(super) const LONGEST: usize = 400;

/// Room for a block and what lies before it.
const SPAN: usize = BLOCK + 4 * LONGEST;

/// Columns to work in. Made once a batch; what is in them is left from the last use.
pub(super) struct Scratch {
    lanes: Box<[Lane]>,
    parts: Box<[Lane; 2]>,
}

/// A column to work in.
pub(super) type Lane = [f64; SPAN];

impl Scratch {
    pub(super) fn new() -> Self {
        // On the heap from the beginning: together they are larger than what a stack should hold.
        #[allow(clippy::large_stack_arrays)]
        let lanes = |count| vec![[0.0; SPAN]; count].into_boxed_slice();
        Scratch { lanes: lanes(8), parts: lanes(2).try_into().expect("two were made") }
    }
}

impl Scratch {
    /// The first columns to work in.
    #[inline(always)]
    pub(super) fn columns<const N: usize>(&mut self) -> &mut [Lane; N] {
        self.lanes.first_chunk_mut().expect("there are enough for all")
    }

    /// The first columns to work in, and four more.
    #[inline(always)]
    pub(super) fn columns_and_work<const N: usize>(&mut self) -> (&mut [Lane; N], &mut [Lane; 4]) {
        let (columns, rest) = self.lanes.split_first_chunk_mut().expect("there are enough for all");
        (columns, rest.first_chunk_mut().expect("there are enough for all"))
    }
}

/// Bars of a batch: `reach` bars before, then one for each place of the results.
pub(super) struct Block<'a, const I: usize, const O: usize> {
    /// Columns, from the bars before on.
    pub(super) bars: [&'a [f64]; I],
    /// Bars before the first result.
    pub(super) reach: usize,
    /// Columns to fill.
    pub(super) results: [&'a mut [f64]; O],
    /// Columns to work in.
    pub(super) scratch: &'a mut Scratch,
}

/// The numbers of one row. A loop, where `map` would not always become part of the caller and so lose its instructions.
#[inline(always)]
#[allow(clippy::needless_range_loop)]
pub(super) fn bar_at<const I: usize>(columns: &[&[f64]; I], row: usize) -> [f64; I] {
    let mut bar = [0.0; I];
    for index in 0..I {
        bar[index] = columns[index][row];
    }
    bar
}

/// Bars before a window that [`sums`] wants, the window itself included: two windows, because bar by bar the numbers of
/// the one before still play a part.
pub(super) const fn sums_reach(period: usize) -> usize {
    2 * period + 4
}

/// Splits numbers at a common place.
#[derive(Clone, Copy)]
struct Splitter {
    bias: f64,
    /// Bits from the highest place of the largest sum to the lowest of all numbers.
    bits: i64,
}

impl Splitter {
    /// For sums of up to `size` of these numbers; `None` where they lie too far apart.
    #[inline(always)]
    fn new(values: &[f64], size: usize) -> Option<Self> {
        // Bits of positive doubles are in the order of the doubles. Zero has no lowest place: it becomes the largest.
        let (mut largest, mut smallest) = (0_i64, i64::MAX);
        for value in values {
            let bits = value.abs().to_bits() as i64;
            largest = largest.max(bits);
            smallest = smallest.min(if bits == 0 { i64::MAX } else { bits });
        }
        let exponent = |bits: i64| bits >> 52;
        let (high, low) = (exponent(largest), exponent(smallest));
        let room = i64::from(size.next_power_of_two().trailing_zeros()) + 2;
        // Neither subnormal numbers nor sums without end.
        if largest == 0 {
            return Some(Splitter { bias: 0.0, bits: 0 });
        }
        if low < 128 || high + room > 1900 || 2 * room + (high - low) > 50 {
            return None;
        }
        let bias = 1.5 * f64::from_bits(((high + 1 + room) as u64) << 52);
        Some(Splitter { bias, bits: 53 + room + (high - low) })
    }

    /// Upper and lower part.
    #[inline(always)]
    fn split(self, value: f64) -> (f64, f64) {
        let upper = (value + self.bias) - self.bias;
        (upper, value - upper)
    }
}

/// Sum of four numbers that end at a place.
#[inline(always)]
fn four(values: &[f64], end: usize) -> f64 {
    (values[end] + values[end - 1]) + (values[end - 2] + values[end - 3])
}

/// Sums of windows of `period` values: the nearest double to each, and what is missing. The first is the one that ends at
/// `values[sums_reach(period)]`. Gives how many bits the sums have; `None` where the values do not allow it.
#[inline(always)]
pub(super) fn sums(
    values: &[f64],
    period: usize,
    parts: &mut [Lane; 2],
    highs: &mut Lane,
    lows: &mut Lane,
) -> Option<i64> {
    let splitter = Splitter::new(values, period)?;
    let reach = sums_reach(period);
    let rows = values.len() - reach;
    let [uppers, lowers] = parts;
    // Windows that end at the four places before the first.
    let start = reach - 4;
    let (mut upper, mut lower) = ([0.0; 4], [0.0; 4]);
    for &value in &values[start + 1 - period..=start] {
        let (of_upper, of_lower) = splitter.split(value);
        upper[0] += of_upper;
        lower[0] += of_lower;
    }
    // What comes less what goes.
    let moves = rows + 3;
    let (uppers, lowers) = (&mut uppers[..moves + 4], &mut lowers[..moves + 4]);
    {
        let coming = &values[start + 1..start + 1 + moves];
        let going = &values[start + 1 - period..start + 1 - period + moves];
        let places = uppers.iter_mut().zip(lowers.iter_mut());
        for ((&new, &old), (upper, lower)) in coming.iter().zip(going).zip(places) {
            let (new_upper, new_lower) = splitter.split(new);
            let (old_upper, old_lower) = splitter.split(old);
            *upper = new_upper - old_upper;
            *lower = new_lower - old_lower;
        }
    }
    uppers[moves..].fill(0.0);
    lowers[moves..].fill(0.0);
    for lane in 1..4 {
        upper[lane] = upper[lane - 1] + uppers[lane - 1];
        lower[lane] = lower[lane - 1] + lowers[lane - 1];
    }
    // Each sum from the one four places before.
    let padded = rows.next_multiple_of(4);
    let (highs, lows) = (&mut highs[..padded], &mut lows[..padded]);
    for (step, (high, low)) in highs.chunks_exact_mut(4).zip(lows.chunks_exact_mut(4)).enumerate() {
        let (uppers, lowers) = (&uppers[4 * step..4 * step + 7], &lowers[4 * step..4 * step + 7]);
        for lane in 0..4 {
            upper[lane] += four(uppers, lane + 3);
            lower[lane] += four(lowers, lane + 3);
        }
        for lane in 0..4 {
            (high[lane], low[lane]) = two_sum(upper[lane], lower[lane]);
        }
    }
    Some(splitter.bits)
}

/// Means of the windows of [`sums`], each rounded once. They take the place of `highs`.
#[inline(always)]
pub(super) fn means(
    values: &[f64],
    period: usize,
    parts: &mut [Lane; 2],
    highs: &mut Lane,
    lows: &mut Lane,
) -> bool {
    let Some(bits) = sums(values, period, parts, highs, lows) else { return false };
    let count = Count::new(period);
    let rows = values.len() - sums_reach(period);
    let pairs = highs[..rows].iter_mut().zip(&lows[..rows]);
    if count.may_multiply(bits) {
        for (high, &low) in pairs {
            *high = count.mean_by_reciprocal(Sum { high: *high, low });
        }
    } else {
        for (high, &low) in pairs {
            *high = count.mean_of_nearest(Sum { high: *high, low });
        }
    }
    true
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// The column to work in that comes first is filled with a number a bar, from the second bar on: `number` of the bar and
    /// the one before it.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)]
    pub(super) fn derive<const N: usize>(
        bars: [&[f64]; I],
        lanes: &mut [Lane; N],
        number: impl Fn([f64; I], [f64; I]) -> [f64; N],
    ) {
        let length = bars[0].len().min(SPAN);
        let bars = bars.map(|column| &column[..length]);
        for at in 1..length {
            let values = number(bar_at(&bars, at), bar_at(&bars, at - 1));
            for index in 0..N {
                lanes[index][at - 1] = values[index];
            }
        }
    }

    /// Fills the block from sums over a window of numbers derived from each bar and the one before it: `result` gets the
    /// sums and the bar. The reach is that of [`derived_reach`].
    #[inline(always)]
    pub(super) fn fill_from_sums<const N: usize>(
        self,
        period: usize,
        number: impl Fn([f64; I], [f64; I]) -> [f64; N],
        result: impl Fn([f64; N], [f64; I]) -> [f64; O],
    ) -> bool {
        self.fill_from_windows::<N, false>(period, number, result)
    }

    /// As [`Block::fill_from_sums`], with means.
    #[inline(always)]
    pub(super) fn fill_from_means<const N: usize>(
        self,
        period: usize,
        number: impl Fn([f64; I], [f64; I]) -> [f64; N],
        result: impl Fn([f64; N], [f64; I]) -> [f64; O],
    ) -> bool {
        self.fill_from_windows::<N, true>(period, number, result)
    }

    #[inline(always)]
    #[allow(clippy::needless_range_loop)]
    fn fill_from_windows<const N: usize, const MEANS: bool>(
        self,
        period: usize,
        number: impl Fn([f64; I], [f64; I]) -> [f64; N],
        result: impl Fn([f64; N], [f64; I]) -> [f64; O],
    ) -> bool {
        let Scratch { lanes, parts } = self.scratch;
        let (numbers, lanes) = lanes.split_first_chunk_mut::<N>().expect("three are enough for all");
        let (windows, lanes) = lanes.split_first_chunk_mut::<N>().expect("three are enough for all");
        let lows = &mut lanes[0];
        Self::derive(self.bars, numbers, number);
        let length = self.bars[0].len() - 1;
        for (numbers, windows) in numbers.iter().zip(windows.iter_mut()) {
            let values = &numbers[..length];
            let done = if MEANS {
                means(values, period, parts, windows, lows)
            } else {
                sums(values, period, parts, windows, lows).is_some()
            };
            if !done {
                return false;
            }
        }
        let rows = length + 1 - self.reach;
        let bars = self.bars.map(|column| &column[self.reach..self.reach + rows]);
        let results = self.results;
        for output in &results {
            assert_eq!(output.len(), rows);
        }
        let windows: [&[f64]; N] = std::array::from_fn(|index| &windows[index][..rows]);
        for slot in 0..rows {
            let values = result(bar_at(&windows, slot), bar_at(&bars, slot));
            for index in 0..O {
                results[index][slot] = values[index];
            }
        }
        true
    }
}

/// Bars before a block that [`Block::fill_from_sums`] wants, if the window is short enough.
#[inline(always)]
pub(super) fn derived_reach(period: usize) -> Option<usize> {
    (period <= LONGEST).then(|| sums_reach(period) + 1)
}

impl<const I: usize, const O: usize> Block<'_, I, O> {
    /// Fills the block from each bar and the one that lies the reach before it.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)]
    pub(super) fn fill_from_lag(self, result: impl Fn([f64; I], [f64; I]) -> [f64; O]) -> bool {
        let rows = self.results[0].len();
        let now = self.bars.map(|column| &column[self.reach..self.reach + rows]);
        let before = self.bars.map(|column| &column[..rows]);
        let results = self.results;
        for output in &results {
            assert_eq!(output.len(), rows);
        }
        for slot in 0..rows {
            let values = result(bar_at(&now, slot), bar_at(&before, slot));
            for index in 0..O {
                results[index][slot] = values[index];
            }
        }
        true
    }
}

//! Exact sums of windows of a block.
//!
//! They are what they are bar by bar in [`super::super::window`], by other means: in whole numbers (see [`super::whole`]) where
//! the values and the processor allow it, else each number is split at a place that is the same for the whole block. The upper
//! parts, and the lower parts, are then multiples of one power of two, so that adding and taking away loses nothing, in whatever
//! order. Where the numbers of a block lie too far apart for that, the block is refused, and is computed bar by bar. A window of a
//! few bars is added up anew instead, as it is bar by bar.

use super::super::sum::{Count, Sum, two_sum};
use super::block::{bar_at, sums_reach};
use super::scratch::{Lane, Work};
use super::whole::Whole;
use super::window::{SHORT, short_sum};
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;
use crate::cpu::multiversioned;

/// Splits numbers at a common place.
#[derive(Clone, Copy)]
pub(super) struct Splitter {
    bias: f64,
    /// Bits from the highest place of the largest sum to the lowest of all numbers.
    bits: i64,
}

impl Splitter {
    /// For sums of up to `size` of these numbers; `None` where they lie too far apart.
    #[inline(always)]
    pub(super) fn new(values: &[f64], size: usize) -> Option<Self> {
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
    pub(super) fn split(self, value: f64) -> (f64, f64) {
        let upper = (value + self.bias) - self.bias;
        (upper, value - upper)
    }
}

/// Sum of four numbers that end at a place.
#[inline(always)]
fn four(values: &[f64], end: usize) -> f64 {
    (values[end] + values[end - 1]) + (values[end - 2] + values[end - 3])
}

/// Sums of windows of `period` values, or their means, each rounded once. The last window ends at the last value; before the
/// first place of `out` there must be [`sums_reach`] values. `false` where the values do not allow it.
#[inline(always)]
pub(super) fn sums_into(values: &[f64], period: usize, mean: bool, work: &mut Work, out: &mut [f64]) -> bool {
    sums_of_derived(values, &[values], period, mean, work, out)
}

multiversioned! {
    /// As [`sums_into`], for values that were derived from columns of the batch: the rows of these that follow are asked for.
    pub(super) fn sums_of_derived(
        values: &[f64],
        sources: &[&[f64]],
        period: usize,
        mean: bool,
        work: &mut Work,
        out: &mut [f64],
    ) -> bool {
        let (reach, rows) = (sums_reach(period), out.len());
        let values = &values[values.len() - rows - reach..];
        let count = Count::new(period);
        if let Some(whole) = Whole::new::<false>(values, sources, period, &mut work.totals) {
            whole.plain(period, mean.then_some(count), out);
            return true;
        }
        if period <= SHORT {
            short_sums(&values[values.len() + 1 - rows - period..], period, mean, out);
            return true;
        }
        let Some(splitter) = Splitter::new(values, period) else { return false };
        let [uppers, lowers, highs, lows] = &mut *work.parts;
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
        if mean {
            let pairs = highs[..rows].iter_mut().zip(&lows[..rows]);
            if count.may_multiply(splitter.bits) {
                for (high, &low) in pairs {
                    *high = count.mean_by_reciprocal(Sum { high: *high, low });
                }
            } else {
                for (high, &low) in pairs {
                    *high = count.mean_of_nearest(Sum { high: *high, low });
                }
            }
        }
        out.copy_from_slice(&highs[..rows]);
        true
    }
}

/// As [`sums_of_derived`] for several periods; before the first places there must be the [`sums_reach`] of the longest.
#[inline(always)]
pub(super) fn sums_of_periods<const N: usize>(
    values: &[f64],
    sources: &[&[f64]],
    periods: [usize; N],
    mean: bool,
    work: &mut Work,
    mut out: [&mut [f64]; N],
) -> bool {
    let longest = periods.into_iter().max().unwrap_or(1);
    let last = &values[values.len() - out[0].len() - sums_reach(longest)..];
    if let Some(whole) = Whole::new::<false>(last, sources, longest, &mut work.totals) {
        for (period, out) in periods.into_iter().zip(&mut out) {
            whole.plain(period, mean.then(|| Count::new(period)), out);
        }
        return true;
    }
    periods
        .into_iter()
        .zip(out)
        .all(|(period, out)| sums_of_derived(values, sources, period, mean, work, out))
}

/// [`sums_into`], for a column that begins [`sums_reach`] values before the first window's end.
pub(super) fn sums(values: &[f64], period: usize, mean: bool, work: &mut Work, out: &mut Lane) -> bool {
    let rows = values.len() - sums_reach(period);
    sums_into(values, period, mean, work, &mut out[..rows])
}

/// Sums of windows of up to [`SHORT`] values, each made anew; the first window is the first of the values.
#[inline(always)]
#[allow(unsafe_code)]
fn short_sums(values: &[f64], period: usize, mean: bool, out: &mut [f64]) {
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has just been found to have the features.
        return unsafe { short_sums_eights(values, period, mean, out) };
    }
    short_sums_rows(values, period, mean, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn short_sums_eights(values: &[f64], period: usize, mean: bool, out: &mut [f64]) {
    short_sums_rows(values, period, mean, out);
}

#[inline(always)]
fn short_sums_rows(values: &[f64], period: usize, mean: bool, out: &mut [f64]) {
    match period {
        1 => short_sums_of::<1>(values, mean, out),
        2 => short_sums_of::<2>(values, mean, out),
        3 => short_sums_of::<3>(values, mean, out),
        4 => short_sums_of::<4>(values, mean, out),
        5 => short_sums_of::<5>(values, mean, out),
        _ => short_sums_of::<6>(values, mean, out),
    }
}

#[inline(always)]
fn short_sums_of<const PERIOD: usize>(values: &[f64], mean: bool, out: &mut [f64]) {
    let rows = out.len();
    let mut columns: [&[f64]; PERIOD] = [&[]; PERIOD];
    for index in 0..PERIOD {
        columns[index] = &values[index..index + rows];
    }
    let count = Count::new(PERIOD);
    for row in 0..rows {
        let sum = short_sum(bar_at(&columns, row)).joined(Sum::default());
        out[row] = if mean { count.mean_of_nearest(sum) } else { sum.nearest() };
    }
}

multiversioned! {
    /// As [`sums_into`] with the newest value counted `period` times and the oldest once; a mean is divided by the sum of these
    /// weights. Beside them the plain sums, if they are wanted.
    pub(super) fn weighted_into(
        values: &[f64],
        period: usize,
        mean: bool,
        work: &mut Work,
        plain: Option<&mut Lane>,
        out: &mut [f64],
    ) -> bool {
        let size = period * (period + 1) / 2;
        let rows = out.len();
        let values = &values[values.len() - rows - sums_reach(period)..];
        let count = Count::new(size);
        if let Some(whole) = Whole::new::<true>(values, &[values], size, &mut work.totals) {
            whole.weighted(period, mean.then_some(count), out);
            if let Some(plain) = plain {
                whole.plain(period, None, &mut plain[..rows]);
            }
            return true;
        }
        let Some(splitter) = Splitter::new(values, size) else { return false };
        // The window before the first: plain and weighted sums of the upper and of the lower parts.
        let start = values.len() - rows - period;
        let (mut upper, mut lower) = ([0.0; 2], [0.0; 2]);
        for (place, &value) in values[start..start + period].iter().enumerate() {
            let (of_upper, of_lower) = splitter.split(value);
            let weight = (place + 1) as f64;
            (upper[0], lower[0]) = (upper[0] + of_upper, lower[0] + of_lower);
            (upper[1], lower[1]) = (weight.mul_add(of_upper, upper[1]), weight.mul_add(of_lower, lower[1]));
        }
        let n = period as f64;
        let lows = &mut work.parts[3];
        let mut plain = plain;
        for row in 0..rows {
            let (new_upper, new_lower) = splitter.split(values[start + period + row]);
            let (old_upper, old_lower) = splitter.split(values[start + row]);
            // Each value counts once less than before.
            upper[1] = n.mul_add(new_upper, upper[1] - upper[0]);
            lower[1] = n.mul_add(new_lower, lower[1] - lower[0]);
            upper[0] += new_upper - old_upper;
            lower[0] += new_lower - old_lower;
            (out[row], lows[row]) = two_sum(upper[1], lower[1]);
            if let Some(plain) = &mut plain {
                plain[row] = upper[0] + lower[0];
            }
        }
        if mean {
            for (high, &low) in out[..rows].iter_mut().zip(&lows[..rows]) {
                *high = count.mean_of_nearest(Sum { high: *high, low });
            }
        }
        true
    }
}

/// [`weighted_into`], for a column that begins [`sums_reach`] values before the first window's end.
pub(super) fn weighted(
    values: &[f64],
    period: usize,
    mean: bool,
    work: &mut Work,
    plain: Option<&mut Lane>,
    out: &mut Lane,
) -> bool {
    let rows = values.len() - sums_reach(period);
    weighted_into(values, period, mean, work, plain, &mut out[..rows])
}

//! Running totals from the first bar on.
//!
//! A total of a million numbers that takes in one at a time waits for itself on every bar, and so does what rounding took away.
//! Here eight numbers are added among themselves first, all their partial sums side by side, and the total, in two doubles, takes
//! in the sum of the eight. What rounding takes away among eight neighbours does not grow with the total: nothing drifts.

use super::super::sum::Sum;
use super::block::usable_from;
use super::each::{OfRow, fill_rows};
use super::joints::part_of;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;
use crate::cpu::multiversioned;

/// Numbers that are added among themselves.
const GROUP: usize = 8;

/// A total of all numbers so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    /// All groups before this one.
    before: Sum,
    /// This group so far; zero where there is nothing yet.
    group: [f64; GROUP],
    place: usize,
}

/// The sums of the first, the first two… of a group: each number takes in its neighbour, then each pair the pair before it, then
/// each four the four before.
#[inline(always)]
fn partial_sums(mut sums: [f64; GROUP]) -> [f64; GROUP] {
    for distance in [1, 2, 4] {
        let before = sums;
        for place in distance..GROUP {
            sums[place] = before[place] + before[place - distance];
        }
    }
    sums
}

/// The sum of all groups before and some numbers of this one.
#[inline(always)]
fn joined(before: Sum, sum: f64) -> f64 {
    before.high + (before.low + sum)
}

impl Total {
    /// Takes the next number; the total.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> f64 {
        let mut values = [value];
        self.run_part(&mut values);
        values[0]
    }

    /// Puts totals in the place of numbers, which stay within the group.
    #[inline(always)]
    fn run_part(&mut self, values: &mut [f64]) {
        let end = self.place + values.len();
        self.group[self.place..end].copy_from_slice(values);
        let sums = partial_sums(self.group);
        for (value, &sum) in values.iter_mut().zip(&sums[self.place..end]) {
            *value = joined(self.before, sum);
        }
        self.place = end;
        if end == GROUP {
            *self = Total { before: self.before.with(sums[GROUP - 1]), ..Total::default() };
        }
    }

    /// Puts the totals in the place of the numbers.
    #[inline(always)]
    pub(super) fn run(&mut self, values: &mut [f64]) {
        let first = if self.place == 0 { 0 } else { values.len().min(GROUP - self.place) };
        let (first, rest) = values.split_at_mut(first);
        if !first.is_empty() {
            self.run_part(first);
        }
        let (groups, last) = rest.as_chunks_mut();
        self.before = groups_in_place(self.before, groups);
        if !last.is_empty() {
            self.run_part(last);
        }
    }
}

/// Rows that are computed before they are added up: few, so that the processor begins with the next ones meanwhile.
pub(super) const FEW: usize = 64;

impl Total {
    /// Fills a column with totals of a number of each row. Columns that are longer begin with the row of the first place.
    #[inline(always)]
    fn fill<const I: usize>(&mut self, columns: [&[f64]; I], out: &mut [f64], number: &impl OfRow<I>) {
        let mut done = 0;
        for out in out.chunks_mut(FEW) {
            fill_rows(part_of(columns, done, out.len()), out, number);
            self.run(out);
            done += out.len();
        }
    }
}

/// As [`Total::fill`], for a kernel that tests its block, the bars from `row` on: `false`, and the total as it was, where they
/// cannot be used.
#[inline(always)]
pub(super) fn fill_tested<const B: usize, const I: usize>(
    total: &mut Total,
    (bars, row): (&[&[f64]; B], usize),
    columns: [&[f64]; I],
    out: &mut [f64],
    number: &impl OfRow<I>,
) -> bool {
    let before = *total;
    total.fill(columns, out, number);
    let usable = usable_from(bars, row);
    if !usable {
        *total = before;
    }
    usable
}

/// Puts totals in the place of whole groups; the total of all.
#[inline(always)]
#[allow(unsafe_code)]
fn groups_in_place(before: Sum, groups: &mut [[f64; GROUP]]) -> Sum {
    #[cfg(target_arch = "x86_64")]
    if has_avx512() {
        // SAFETY: the processor has just been found to have the features.
        return unsafe { wide::groups_in_place(before, groups) };
    }
    one_by_one(before, groups)
}

multiversioned! {
    fn one_by_one(before: Sum, groups: &mut [[f64; GROUP]]) -> Sum {
        let mut before = before;
        for group in groups {
            let sums = partial_sums(*group);
            for place in 0..GROUP {
                group[place] = joined(before, sums[place]);
            }
            before.add(sums[GROUP - 1]);
        }
        before
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use super::super::super::sum::Sum;
    use super::GROUP;
    use std::arch::x86_64::{
        __m512d, _mm512_add_pd, _mm512_alignr_epi64, _mm512_castpd_si512, _mm512_castsi512_pd,
        _mm512_cvtsd_f64, _mm512_loadu_pd, _mm512_permutexvar_pd, _mm512_set1_epi64, _mm512_set1_pd,
        _mm512_setzero_si512, _mm512_storeu_pd, _mm512_sub_pd,
    };

    /// Each number with the one so many places (8 less `PLACES`) before it. The first ones take in zero, which leaves them as
    /// they are but for the sign of zero; a total that begins with zero has lost that anyway.
    #[inline]
    #[target_feature(enable = "avx512f,avx512dq")]
    fn with_before<const PLACES: i32>(numbers: __m512d) -> __m512d {
        let before = _mm512_alignr_epi64::<PLACES>(_mm512_castpd_si512(numbers), _mm512_setzero_si512());
        _mm512_add_pd(numbers, _mm512_castsi512_pd(before))
    }

    #[target_feature(enable = "avx512f,avx512dq")]
    #[allow(unsafe_code)]
    pub(super) fn groups_in_place(before: Sum, groups: &mut [[f64; GROUP]]) -> Sum {
        let (mut high, mut low) = (_mm512_set1_pd(before.high), _mm512_set1_pd(before.low));
        let last = _mm512_set1_epi64(GROUP as i64 - 1);
        for group in groups {
            // SAFETY: a group is eight numbers.
            let numbers = unsafe { _mm512_loadu_pd(group.as_ptr()) };
            let sums = with_before::<4>(with_before::<6>(with_before::<7>(numbers)));
            // SAFETY: as above.
            unsafe { _mm512_storeu_pd(group.as_mut_ptr(), _mm512_add_pd(high, _mm512_add_pd(low, sums))) };
            // As `Sum::add`, in every lane.
            let sum = _mm512_permutexvar_pd(last, sums);
            let next = _mm512_add_pd(high, sum);
            let sum_seen = _mm512_sub_pd(next, high);
            let high_seen = _mm512_sub_pd(next, sum_seen);
            let lost = _mm512_add_pd(_mm512_sub_pd(high, high_seen), _mm512_sub_pd(sum, sum_seen));
            (high, low) = (next, _mm512_add_pd(low, lost));
        }
        Sum { high: _mm512_cvtsd_f64(high), low: _mm512_cvtsd_f64(low) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        let mut total = Total::default();
        let found: Vec<f64> = (1..=20).map(|number| total.push(f64::from(number))).collect();
        let expected: Vec<f64> = (1..=20).map(|number| f64::from(number * (number + 1) / 2)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn parts_of_any_length_give_the_bits_of_single_steps() {
        let numbers: Vec<f64> = (0..3000).map(|row| 0.1 * f64::from(row * 7919 % 1009) - 40.0).collect();
        let mut alone = Total::default();
        let expected: Vec<f64> = numbers.iter().map(|&number| alone.push(number)).collect();
        for length in [1, 5, 8, 13, 64, 1021] {
            let mut total = Total::default();
            let mut found = numbers.clone();
            found.chunks_mut(length).for_each(|part| total.run(part));
            assert!(
                found.iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()),
                "in parts of {length}"
            );
            let mut plain = numbers.clone();
            let (groups, _) = plain.as_chunks_mut();
            one_by_one(Sum::default(), groups);
            assert!(
                plain[..3000].iter().zip(&expected).all(|(a, b)| a.to_bits() == b.to_bits()),
                "without wide ones"
            );
        }
    }

    #[test]
    fn a_million_tenths_do_not_drift() {
        let mut total = Total::default();
        let mut column = vec![0.1; 1_000_000];
        total.run(&mut column);
        // 0.1 stands for 0.1000000000000000055511151231257827: a million of them are 100000.00000000000555.
        assert_eq!(column[999_999], 100_000.0);
        let mut plain = 0.0;
        (0..1_000_000).for_each(|_| plain += 0.1);
        assert!((plain - 100_000.0_f64).abs() > 1e-6, "one by one they drift: {plain}");
    }
}

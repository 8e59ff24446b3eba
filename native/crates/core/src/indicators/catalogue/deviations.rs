//! Mean absolute deviations of windows over a block, several rows at once.

use super::super::sum::Count;
use super::window::Sums;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;

/// Mean of a window and the mean absolute deviation from it, bar by bar; n operations a bar.
#[derive(Clone, Debug)]
pub(super) struct Deviation {
    sums: Sums<1>,
    count: Count,
}

impl Deviation {
    pub(super) fn new(period: usize) -> Self {
        Deviation { sums: Sums::new(period), count: Count::new(period) }
    }

    pub(super) fn period(&self) -> usize {
        self.sums.period()
    }

    /// Mean and deviation once the window is full.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        if !self.sums.push([value]) {
            return None;
        }
        let mean = self.sums.mean(0, self.count);
        let total = self.sums.oldest_first().fold(0.0, |total, [value]| total + (value - mean).abs());
        Some((mean, total * self.count.reciprocal))
    }

    /// The deviations of windows, as [`Deviation::push`] gives them, from their means. The last window ends at the last value.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) fn fill(&self, values: &[f64], means: &[f64], out: &mut [f64]) {
        let period = self.period();
        let values = &values[values.len() + 1 - out.len() - period..];
        #[cfg(target_arch = "x86_64")]
        if has_avx512() {
            // SAFETY: the processor has just been found to have the features.
            return unsafe { fill_eights(values, period, means, self.count.reciprocal, out) };
        }
        fill_rows(values, period, means, self.count.reciprocal, out);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn fill_eights(values: &[f64], period: usize, means: &[f64], reciprocal: f64, out: &mut [f64]) {
    fill_rows(values, period, means, reciprocal, out);
}

#[inline(always)]
fn fill_rows(values: &[f64], period: usize, means: &[f64], reciprocal: f64, out: &mut [f64]) {
    let rows = out.len();
    let means = &means[..rows];
    out.fill(0.0);
    let mut place = 0;
    // Four bars of each window at once: the totals are touched less often. They are added in the same order.
    while place + 4 <= period {
        let (first, second) = (&values[place..place + rows], &values[place + 1..place + 1 + rows]);
        let (third, fourth) = (&values[place + 2..place + 2 + rows], &values[place + 3..place + 3 + rows]);
        for row in 0..rows {
            let mean = means[row];
            let total = out[row] + (first[row] - mean).abs();
            let total = total + (second[row] - mean).abs();
            let total = total + (third[row] - mean).abs();
            out[row] = total + (fourth[row] - mean).abs();
        }
        place += 4;
    }
    for place in place..period {
        let values = &values[place..place + rows];
        for row in 0..rows {
            out[row] += (values[row] - means[row]).abs();
        }
    }
    for total in out {
        *total *= reciprocal;
    }
}

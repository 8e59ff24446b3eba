//! The moving average of variable period.

use super::super::sum::{Count, Sum, two_sum};
use super::block::{Block, LONGEST};
use super::grid::Splitter;
use super::kernel::kernel;
use super::moving::Average;
use super::spec::count;

/// Averages of every period in use, of which the second column picks one a bar.
#[derive(Debug)]
struct Variable {
    averages: Vec<Average>,
    waits: Vec<usize>,
    shortest: usize,
    /// The number of bars of each period, where all averages are simple.
    counts: Vec<Count>,
}

impl Variable {
    fn new(p: &[f64]) -> Self {
        let (shortest, longest, kind) = (count(p, 0), count(p, 1).max(count(p, 0)), count(p, 2));
        let all = Average::warm_up(kind, longest);
        let averages: Vec<_> = (shortest..=longest).map(|period| Average::new(kind, period)).collect();
        // A period of one bar has no average.
        let simple = averages.last().is_some_and(|average| average.simple_period().is_some());
        let counted = if simple { shortest..longest + 1 } else { 0..0 };
        Variable {
            averages,
            counts: counted.map(Count::new).collect(),
            waits: (shortest..=longest).map(|period| all - Average::warm_up(kind, period)).collect(),
            shortest,
        }
    }

    /// Place among the averages of the period that a bar names.
    #[inline(always)]
    fn chosen(&self, period: f64) -> usize {
        (period.max(0.0) as usize).saturating_sub(self.shortest).min(self.averages.len() - 1)
    }

    /// Bars before a block that the longest window wants, where all averages are simple.
    fn reach(&self) -> Option<usize> {
        let longest = self.shortest + self.averages.len() - 1;
        (!self.counts.is_empty() && longest <= LONGEST).then_some(longest - 1)
    }

    /// Fills a block of simple averages from running totals: split at a place that is the same for all, they lose nothing, and
    /// the sum of any window is the difference of two.
    #[inline(always)]
    fn fill(&self, block: Block<'_, 2, 1>) -> bool {
        let [x, periods] = block.bars;
        let [out] = block.results;
        let Some(splitter) = Splitter::new(x, x.len()) else { return false };
        let [uppers, lowers] = block.scratch.columns();
        let (mut upper, mut lower) = (0.0, 0.0);
        (uppers[0], lowers[0]) = (0.0, 0.0);
        for ((&value, upper_place), lower_place) in x.iter().zip(&mut uppers[1..]).zip(&mut lowers[1..]) {
            let (of_upper, of_lower) = splitter.split(value);
            upper += of_upper;
            lower += of_lower;
            (*upper_place, *lower_place) = (upper, lower);
        }
        for (row, place) in out.iter_mut().enumerate() {
            let end = row + block.reach + 1;
            let chosen = self.chosen(periods[end - 1]);
            let period = self.shortest + chosen;
            let (high, low) = two_sum(uppers[end] - uppers[end - period], lowers[end] - lowers[end - period]);
            let mean = self.counts[chosen].mean_of_nearest(Sum { high, low });
            *place = if period == 1 { x[end - 1] } else { mean };
        }
        true
    }

    fn push(&mut self, x: f64, period: f64) -> Option<f64> {
        let chosen = self.chosen(period);
        let mut picked = None;
        let mut all = true;
        for (index, (average, waits)) in self.averages.iter_mut().zip(&mut self.waits).enumerate() {
            if *waits > 0 {
                *waits -= 1;
                all = false;
                continue;
            }
            let value = average.push(x);
            all &= value.is_some();
            if index == chosen {
                picked = value;
            }
        }
        picked.filter(|_| all)
    }
}

kernel!(pub(super) Mavp[2 => 1](p) { averages: Variable = Variable::new(p) }
    |this, [x, period]| this.averages.push(x, period).map(|value| [value]);
    reach this.averages.reach(); |block| this.averages.fill(block));

//! Falls from a peak, looked at on every bar.

use crate::cpu::multiversioned;

/// One fall: from a peak to the bar that reaches it again. Rows count from the first bar; the peak may be the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// Row of the peak; the money at the start counts as row 0.
    pub peak_row: usize,
    /// Row of the lowest value.
    pub trough_row: usize,
    /// Row that first reached the peak again.
    pub recovery_row: Option<usize>,
    /// Lowest value over the peak, minus 1: negative.
    pub depth: f64,
}

/// All falls of a series, the deepest of them, and what they come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawdowns {
    /// The deepest ones, deepest first.
    pub deepest: Vec<Drawdown>,
    /// How many falls there were.
    pub count: usize,
    /// Sum of their depths.
    pub depth_sum: f64,
    /// The longest in bars' time: from its peak to its recovery or the end.
    pub longest: Option<Drawdown>,
    /// Sum of their durations in milliseconds.
    pub duration_ms_sum: f64,
}

/// Rows looked at in one go; where none of them is a new high or a new low of the fall, none is looked at twice.
const BLOCK: usize = 128;

multiversioned! {
    /// Lowest and highest number of a block; infinite the wrong way round where there is none.
    pub(super) fn extremes(block: &[f64]) -> (f64, f64) {
        let mut low = [f64::INFINITY; 8];
        let mut high = [f64::NEG_INFINITY; 8];
        let (chunks, rest) = block.as_chunks::<8>();
        for chunk in chunks {
            for lane in 0..8 {
                low[lane] = if chunk[lane] < low[lane] { chunk[lane] } else { low[lane] };
                high[lane] = if chunk[lane] > high[lane] { chunk[lane] } else { high[lane] };
            }
        }
        let mut lowest = f64::INFINITY;
        let mut highest = f64::NEG_INFINITY;
        for value in low.iter().chain(rest) {
            lowest = lowest.min(*value);
        }
        for value in high.iter().chain(rest) {
            highest = highest.max(*value);
        }
        (lowest, highest)
    }
}

struct Scan<'a> {
    time_ms: &'a [f64],
    keep: usize,
    peak: f64,
    peak_row: usize,
    trough: f64,
    trough_row: usize,
    found: Drawdowns,
}

impl Scan<'_> {
    #[inline]
    fn take(&mut self, row: usize, value: f64) {
        if value >= self.peak {
            if self.trough < self.peak {
                self.end(Some(row));
            }
            self.peak = value;
            self.peak_row = row;
            self.trough = value;
            self.trough_row = row;
        } else if value < self.trough {
            self.trough = value;
            self.trough_row = row;
        }
    }

    fn end(&mut self, recovery_row: Option<usize>) {
        let depth = if self.peak > 0.0 { self.trough.max(0.0) / self.peak - 1.0 } else { 0.0 };
        let fall = Drawdown { peak_row: self.peak_row, trough_row: self.trough_row, recovery_row, depth };
        let duration = duration_ms(self.time_ms, &fall);
        self.found.count += 1;
        self.found.depth_sum += depth;
        self.found.duration_ms_sum += duration;
        if self.found.longest.is_none_or(|longest| duration > duration_ms(self.time_ms, &longest)) {
            self.found.longest = Some(fall);
        }
        let at = self.found.deepest.partition_point(|other| other.depth <= depth);
        if at < self.keep {
            self.found.deepest.truncate(self.keep - 1);
            self.found.deepest.insert(at, fall);
        }
    }
}

/// From the peak to the recovery, or to the last row.
pub fn duration_ms(time_ms: &[f64], fall: &Drawdown) -> f64 {
    let end = fall.recovery_row.unwrap_or(time_ms.len() - 1);
    time_ms[end] - time_ms[fall.peak_row]
}

/// Finds the falls of a series. `start` is the money before the first row, where it is known: a fall may begin there.
pub fn drawdowns(time_ms: &[f64], equity: &[f64], start: Option<f64>, keep: usize) -> Drawdowns {
    let rows = time_ms.len().min(equity.len());
    if rows == 0 || keep == 0 {
        return Drawdowns::default();
    }
    let first = start.unwrap_or(equity[0]);
    let mut scan = Scan {
        time_ms: &time_ms[..rows],
        keep,
        peak: first,
        peak_row: 0,
        trough: first,
        trough_row: 0,
        found: Drawdowns::default(),
    };
    for (block, values) in equity[..rows].chunks(BLOCK).enumerate() {
        let (lowest, highest) = extremes(values);
        if highest < scan.peak && lowest >= scan.trough {
            continue;
        }
        for (offset, &value) in values.iter().enumerate() {
            scan.take(block * BLOCK + offset, value);
        }
    }
    if scan.trough < scan.peak {
        scan.end(None);
    }
    scan.found
}

/// Fall below the highest value so far, of each value: 0 or negative.
pub fn underwater(values: &[f64], start: Option<f64>) -> Vec<f64> {
    let mut peak = start.or(values.first().copied()).unwrap_or(0.0);
    let fall = |&value: &f64| {
        peak = peak.max(value);
        if peak > 0.0 { value.max(0.0) / peak - 1.0 } else { 0.0 }
    };
    values.iter().map(fall).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(rows: usize) -> Vec<f64> {
        (0..rows).map(|row| row as f64 * 1000.0).collect()
    }

    #[test]
    fn falls_worked_by_hand() {
        let equity = [100.0, 90.0, 95.0, 110.0, 66.0, 88.0, 110.0, 105.0];
        let found = drawdowns(&times(8), &equity, None, 2);
        assert_eq!(found.count, 3);
        assert_eq!(
            found.deepest[0],
            Drawdown { peak_row: 3, trough_row: 4, recovery_row: Some(6), depth: 66.0 / 110.0 - 1.0 }
        );
        assert_eq!(
            found.deepest[1],
            Drawdown { peak_row: 0, trough_row: 1, recovery_row: Some(3), depth: 90.0 / 100.0 - 1.0 }
        );
        assert_eq!(found.duration_ms_sum, 3000.0 + 3000.0 + 1000.0);
        assert_eq!(found.longest.map(|fall| fall.peak_row), Some(0));
    }

    #[test]
    fn the_money_at_the_start_is_a_peak() {
        let found = drawdowns(&times(2), &[80.0, 90.0], Some(100.0), 5);
        assert_eq!(
            found.deepest,
            [Drawdown { peak_row: 0, trough_row: 0, recovery_row: None, depth: 0.8 - 1.0 }]
        );
        assert_eq!(underwater(&[80.0, 120.0, 60.0], Some(100.0)), [0.8 - 1.0, 0.0, -0.5]);
    }

    #[test]
    fn blocks_give_what_single_steps_give() {
        let mut state = 1_u64;
        let mut value = 1000.0;
        let equity: Vec<f64> = (0..5000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                value *= 1.0 + ((state >> 40) as f64 / 16_777_216.0 - 0.499) * 0.01;
                value
            })
            .collect();
        let found = drawdowns(&times(5000), &equity, None, 10);
        let under = underwater(&equity, None);
        let deepest = under.iter().copied().fold(0.0, f64::min);
        assert_eq!(found.deepest[0].depth, deepest);
        let begun = under.windows(2).filter(|pair| pair[0] == 0.0 && pair[1] < 0.0).count();
        assert_eq!(found.count, begun);
        assert!(found.count > 20, "the series must be worth the test: {}", found.count);
    }

    #[test]
    fn nothing_and_flat() {
        assert_eq!(drawdowns(&[], &[], None, 5), Drawdowns::default());
        assert_eq!(drawdowns(&times(3), &[5.0; 3], Some(5.0), 5).count, 0);
    }
}

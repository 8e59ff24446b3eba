//! Which rows of long columns a picture needs: of each of some hundred stretches the lowest and the highest.

use super::drawdown::extremes;

/// Stretches of a picture, with two points each: more than a screen tells apart.
const STRETCHES: usize = 450;

/// Rows that a picture of each column needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    /// Of the equity at each bar.
    pub equity: Vec<u32>,
    /// Of the fall from the peak at each bar.
    pub falls: Vec<u32>,
    /// The falls at those rows.
    pub fall_values: Vec<f64>,
    /// Of the benchmark's price.
    pub benchmark: Vec<u32>,
    /// Of the rolling Sharpe ratio by day.
    pub rolling: Vec<u32>,
}

impl Drawn {
    /// Finds the rows. `start` is the money before the first row, where it is known.
    pub fn of(equity: &[f64], start: Option<f64>, benchmark: &[f64], rolling: &[f64]) -> Self {
        let (falls, fall_values) = falls(equity, start, STRETCHES);
        Drawn {
            equity: extreme_rows(equity, STRETCHES),
            falls,
            fall_values,
            benchmark: extreme_rows(benchmark, STRETCHES),
            rolling: extreme_rows(rolling, STRETCHES),
        }
    }
}

/// Rows of the stretches, in order; a short column has stretches of one row.
fn stretches_of(rows: usize, stretches: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let count = if rows <= stretches * 2 { rows } else { stretches };
    (0..count).map(move |stretch| stretch * rows / count..(stretch + 1) * rows / count)
}

/// Of each of so many equal stretches the rows of the lowest and the highest value in their order, and both ends: the
/// lowest and highest of all are among them. Rows that are no number are left out; a short column is kept whole.
pub fn extreme_rows(values: &[f64], stretches: usize) -> Vec<u32> {
    let mut kept: Vec<u32> = Vec::with_capacity(stretches * 2 + 2);
    let mut keep = |row: usize| {
        if kept.last() != Some(&(row as u32)) {
            kept.push(row as u32);
        }
    };
    if values.first().is_some_and(|value| value.is_finite()) {
        keep(0);
    }
    for stretch in stretches_of(values.len(), stretches) {
        let from = stretch.start;
        let part = &values[stretch];
        let (lowest, highest) = extremes(part);
        let place = |wanted: f64| part.iter().position(|&value| value == wanted);
        // A stretch without a number has neither.
        if let (Some(low), Some(high)) = (place(lowest), place(highest)) {
            keep(from + low.min(high));
            keep(from + low.max(high));
        }
    }
    if values.last().is_some_and(|value| value.is_finite()) {
        keep(values.len() - 1);
    }
    kept
}

/// Of each stretch the rows of the deepest and the shallowest fall below the highest value so far, and these falls. Only
/// stretches with a new high are looked at row by row: in the others the deepest fall is at the lowest value.
fn falls(values: &[f64], start: Option<f64>, stretches: usize) -> (Vec<u32>, Vec<f64>) {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    let Some(&first) = values.first() else { return (rows, found) };
    let mut peak = start.unwrap_or(first);
    let fall = |value: f64, peak: f64| if peak > 0.0 { value.max(0.0) / peak - 1.0 } else { 0.0 };
    for stretch in stretches_of(values.len(), stretches) {
        let from = stretch.start;
        let part = &values[stretch];
        let (lowest, highest) = extremes(part);
        let place = |wanted: f64| part.iter().position(|&value| value == wanted).unwrap_or(0);
        let (deep, shallow) = if highest < peak {
            let (low, high) = (place(lowest), place(highest));
            ((low, fall(lowest, peak)), (high, fall(highest, peak)))
        } else {
            let mut deep = (0, 1.0, f64::MAX);
            let mut shallow = None;
            for (row, &value) in part.iter().enumerate() {
                if value >= peak {
                    peak = value;
                    shallow = shallow.or(Some(row));
                }
                // Deeper than the deepest so far, told without a division.
                if value < deep.1 * peak || deep.2 == f64::MAX {
                    deep = (row, value / peak, fall(value, peak));
                }
            }
            ((deep.0, deep.2), (shallow.unwrap_or(deep.0), 0.0))
        };
        let (before, after) = if deep.0 <= shallow.0 { (deep, shallow) } else { (shallow, deep) };
        for (row, value) in [before, after] {
            if rows.last() != Some(&((from + row) as u32)) {
                rows.push((from + row) as u32);
                found.push(value);
            }
        }
    }
    (rows, found)
}

#[cfg(test)]
mod tests {
    use super::super::drawdown::underwater;
    use super::*;

    #[test]
    fn keeps_ends_and_extremes_in_order() {
        let values = [5.0, 1.0, 9.0, 4.0, 4.0, 4.0, 7.0, 2.0, 3.0, 6.0];
        // Stretches of five: rows 1 and 2, then 6 and 7; both ends.
        assert_eq!(extreme_rows(&values, 2), [0, 1, 2, 6, 7, 9]);
        assert_eq!(extreme_rows(&values, 5).len(), 10);
        assert_eq!(extreme_rows(&[], 5), [0_u32; 0]);
    }

    #[test]
    fn leaves_out_what_is_no_number() {
        let mut values = vec![f64::NAN; 10];
        values[7] = 3.0;
        values[8] = 4.0;
        assert_eq!(extreme_rows(&values, 2), [7, 8]);
        assert_eq!(extreme_rows(&values, 50), [7, 8]);
    }

    #[test]
    fn falls_are_those_of_the_whole_column() {
        let mut state = 9_u64;
        let mut value = 100.0;
        let values: Vec<f64> = (0..3000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                value *= 1.0 + ((state >> 40) as f64 / 16_777_216.0 - 0.49) * 0.02;
                value
            })
            .collect();
        for stretches in [7, 100, 2000] {
            let (rows, found) = falls(&values, Some(100.0), stretches);
            let all = underwater(&values, Some(100.0));
            for (&row, &fall) in rows.iter().zip(&found) {
                assert!((all[row as usize] - fall).abs() < 1e-15, "row {row}");
            }
            for stretch in stretches_of(values.len(), stretches) {
                let deepest = all[stretch.clone()].iter().copied().fold(0.0, f64::min);
                let kept = rows.iter().zip(&found).filter(|(row, _)| stretch.contains(&(**row as usize)));
                let ours = kept.map(|(_, fall)| *fall).fold(0.0, f64::min);
                assert!((ours - deepest).abs() < 1e-15, "{ours} for {deepest}");
            }
        }
        assert_eq!(falls(&[], None, 5), (vec![], vec![]));
        assert_eq!(falls(&[50.0, -1.0], Some(100.0), 5), (vec![0, 1], vec![-0.5, -1.0]));
    }
}

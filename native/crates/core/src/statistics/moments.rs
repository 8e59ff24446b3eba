//! The Dickey-Fuller regression without trend of a series that is known by its lagged sums and its two ends.

use super::dickey_fuller::{Lag, lag_maximum, smallest_criterion};
use super::mackinnon::Trend;

/// A regressor that keeps less than this part of its square after the others leaves too few digits.
const PIVOT_MINIMUM: f64 = 1e-5;

/// Criteria nearer to each other than this could change places by rounding.
const MARGIN_MINIMUM: f64 = 1e-6;

/// A series e of `rows` values.
#[derive(Debug, Default)]
pub(super) struct Moments {
    pub(super) rows: usize,
    /// Σ e².
    pub(super) square: f64,
    /// R(k) = Σ Δe(t) Δe(t-k) over all t that have both.
    pub(super) lagged: Vec<f64>,
    /// The first `lags + 2` values.
    pub(super) head: Vec<f64>,
    /// The last `lags + 2` values, the last of all first.
    pub(super) tail: Vec<f64>,
    work: Work,
}

/// Memory used again for each series.
#[derive(Debug, Default)]
struct Work {
    /// Σ Δe(t-i) Δe(t-j), (lags + 1)².
    window: Vec<f64>,
    matrix: Vec<f64>,
    right: Vec<f64>,
    sums: Vec<f64>,
}

impl Moments {
    /// Those of a series of this many values, to be filled.
    pub(super) fn new(rows: usize) -> Self {
        Moments { rows, ..Moments::default() }
    }

    /// The t-statistic and its lag; `None` where the sums leave too few digits and the regression must be done on the
    /// values themselves.
    pub(super) fn unit_root_t(&mut self, lag: Lag) -> Option<(f64, usize)> {
        let (maximum, penalty) = match lag {
            Lag::Fixed(lag) => return self.fit(lag).map(|t| (t, lag)),
            Lag::Akaike(maximum) => (maximum, 2.0),
            Lag::Bayes(maximum) => (maximum, f64::NAN),
            Lag::LastSignificant(_) => return None,
        };
        let maximum = maximum.unwrap_or_else(|| lag_maximum(self.rows, Trend::None));
        let rows = self.rows - 1 - maximum;
        let penalty = if penalty.is_nan() { (rows as f64).ln() } else { penalty };
        self.assemble(maximum, true);
        let total = self.work.window[0];
        self.solve(maximum + 1)?;
        let work = &mut self.work;
        work.sums.clear();
        let mut rest = total;
        for value in &work.right {
            rest -= value * value;
            work.sums.push(rest);
        }
        let (best, margin) = smallest_criterion(rows, 1, penalty, &work.sums);
        if margin.is_nan() || margin < MARGIN_MINIMUM {
            return None;
        }
        self.fit(best).map(|t| (t, best))
    }

    fn fit(&mut self, lag: usize) -> Option<f64> {
        self.assemble(lag, false);
        let total = self.work.window[0];
        self.solve(lag + 1)?;
        let right = &self.work.right;
        let rest = total - right.iter().map(|value| value * value).sum::<f64>();
        if rest.is_nan() || rest <= PIVOT_MINIMUM * total {
            return None;
        }
        // The level is the last regressor: its rotated value over the deviation is its t-value.
        let t = right[lag] / (rest / (self.rows - 2 - 2 * lag) as f64).sqrt();
        t.is_finite().then_some(t)
    }

    /// Sums of products over the rows that `lag` lags leave: the level first or last, the lagged differences, and their
    /// products with the difference to explain.
    fn assemble(&mut self, lag: usize, level_first: bool) {
        let size = lag + 1;
        // Δe of the beginning by time, and of the end by how long before the last.
        let early = |time: usize| self.head[time] - self.head[time - 1];
        let late = |back: usize| self.tail[back] - self.tail[back + 1];
        let work = &mut self.work;
        work.window.clear();
        work.window.resize(size * size, 0.0);
        for apart in 0..=lag {
            // The sum over all t less those before lag + 1, then shifted back bar by bar.
            let skipped: f64 = (apart + 1..=lag).map(|time| early(time) * early(time - apart)).sum();
            let mut sum = self.lagged[apart] - skipped;
            work.window[apart] = sum;
            for i in 0..lag - apart {
                sum += early(lag - i) * early(lag - i - apart) - late(i) * late(i + apart);
                work.window[(i + 1) * size + i + 1 + apart] = sum;
            }
        }
        let square = |value: f64| value * value;
        // Σ e(t-1) Δe(t-j): 2 e(s-1) Δe(s) = e(s)² - e(s-1)² - Δe(s)² sums to the ends; between lies Σ Δe(t-i) Δe(t-j).
        let last = |back: usize| square(self.tail[back]);
        let level_target = (last(0) - square(self.head[lag]) - work.window[0]) / 2.0;
        let level_square =
            self.square - self.head[..lag].iter().map(|value| square(*value)).sum::<f64>() - last(0);
        work.matrix.clear();
        work.matrix.resize(size * size, 0.0);
        work.right.clear();
        work.right.resize(size, 0.0);
        let (level, first_lag) = if level_first { (0, 1) } else { (lag, 0) };
        work.matrix[level * size + level] = level_square;
        work.right[level] = level_target;
        for j in 1..=lag {
            let at = first_lag + j - 1;
            work.right[at] = work.window[j];
            let own = 0.5 * (last(j) - square(self.head[lag - j]) + work.window[j * size + j]);
            let between: f64 = (1..j).map(|i| work.window[i * size + j]).sum();
            let mixed = own + between;
            // Only the lower triangle is read.
            work.matrix[at.max(level) * size + at.min(level)] = mixed;
            for i in 1..=j {
                work.matrix[at * size + first_lag + i - 1] = work.window[i * size + j];
            }
        }
    }

    /// Turns the matrix into its Cholesky factor and the right side into the rotated target, in place.
    fn solve(&mut self, size: usize) -> Option<()> {
        let Work { matrix, right, .. } = &mut self.work;
        for row in 0..size {
            let (done, rest) = matrix.split_at_mut(row * size);
            let own = &mut rest[..=row];
            for column in 0..row {
                let other = &done[column * size..=column * size + column];
                let sum: f64 = own[..column].iter().zip(other).map(|(a, b)| a * b).sum();
                own[column] = (own[column] - sum) / other[column];
            }
            let diagonal = own[row];
            let sum: f64 = own[..row].iter().map(|value| value * value).sum();
            let pivot = diagonal - sum;
            if pivot.is_nan() || pivot <= PIVOT_MINIMUM * diagonal {
                return None;
            }
            own[row] = pivot.sqrt();
            let known: f64 = own[..row].iter().zip(&*right).map(|(a, b)| a * b).sum();
            right[row] = (right[row] - known) / own[row];
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::dickey_fuller::unit_root_t;
    use super::*;
    use crate::random::Random;

    /// Moments of a series itself.
    fn moments(values: &[f64], lags: usize) -> Moments {
        let moves: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
        Moments {
            rows: values.len(),
            square: values.iter().map(|value| value * value).sum(),
            lagged: (0..=lags).map(|lag| moves[lag..].iter().zip(&moves).map(|(a, b)| a * b).sum()).collect(),
            head: values[..lags + 2].to_vec(),
            tail: values.iter().rev().take(lags + 2).copied().collect(),
            work: Work::default(),
        }
    }

    #[test]
    fn equal_to_the_regression_on_the_values() {
        let mut random = Random::new(5, 0);
        for series in 0..40 {
            let memory = f64::from(series) / 40.0;
            let mut level = 0.0;
            let values: Vec<f64> = (0..120 + series)
                .map(|_| {
                    level = memory * level + random.normal();
                    level
                })
                .collect();
            for lag in [Lag::Fixed(0), Lag::Fixed(1), Lag::Fixed(7), Lag::Akaike(None), Lag::Bayes(Some(9))] {
                let expected = unit_root_t(&values, Trend::None, lag).unwrap();
                let found = moments(&values, 20).unit_root_t(lag).unwrap();
                assert!((found.0 - expected.0).abs() < 1e-10, "{lag:?}: {found:?} {expected:?}");
                assert_eq!(found.1, expected.1);
            }
        }
    }

    #[test]
    fn gives_up_rather_than_be_wrong() {
        // A straight line has one difference: its lag explains everything.
        let line: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(moments(&line, 3).unit_root_t(Lag::Fixed(2)), None);
    }
}

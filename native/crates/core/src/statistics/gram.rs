//! Engle-Granger statistics of all pairs through sums of products.
//!
//! The residuals of a pair are e = a - β b with both series less their means. Everything the Dickey-Fuller regression of
//! e needs follows from Σ e² and the lagged sums R(k) = Σ Δe(t) Δe(t-k) over the whole series, corrected at both ends,
//! because Σ e(t-1) Δe(t) telescopes. Each R(k) is a quadratic form in β whose mixed term is one product of Δa with
//! Δb(t-k) + Δb(t+k): one sum a lag and pair, computed for blocks of pairs at once as in a matrix product.

use super::vectors::dot;
use crate::cpu::multiversioned;

/// Series of the two sides of a block.
pub(super) const BLOCK_ROWS: usize = 6;
pub(super) const BLOCK_COLUMNS: usize = 8;

/// Bars that are multiplied at a time: both sides stay in the nearest cache.
const CHUNK: usize = 256;

/// The series, less their means, and what is needed of each alone.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) rows: usize,
    pub(super) lags: usize,
    pub(super) levels: Vec<Vec<f64>>,
    differences: Vec<Vec<f64>>,
    /// Σ a² of each series.
    pub(super) squares: Vec<f64>,
    /// R(0) to R(lags) of each series.
    pub(super) lagged: Vec<Vec<f64>>,
}

/// Sums of products of a block of pairs: `products[0]` of levels, `products[1 + k]` the mixed term of R(k).
pub(super) type BlockSums = Vec<[[f64; BLOCK_COLUMNS]; BLOCK_ROWS]>;

impl Prepared {
    /// `levels` have no mean.
    pub(super) fn new(levels: Vec<Vec<f64>>, lags: usize) -> Self {
        let rows = levels[0].len();
        // A leading zero keeps difference t beside level t.
        let difference = |level: &Vec<f64>| -> Vec<f64> {
            std::iter::once(0.0).chain(level.windows(2).map(|pair| pair[1] - pair[0])).collect()
        };
        let differences: Vec<Vec<f64>> = levels.iter().map(difference).collect();
        let lagged =
            |moves: &Vec<f64>| (0..=lags).map(|lag| dot(&moves[lag..], &moves[..rows - lag])).collect();
        Prepared {
            rows,
            lags,
            squares: levels.iter().map(|level| dot(level, level)).collect(),
            lagged: differences.iter().map(lagged).collect(),
            levels,
            differences,
        }
    }

    /// Sums of every pair of one block of columns with the blocks of rows from the first up to the one that holds the
    /// last series before the block's end. Entry r belongs to series `r * BLOCK_ROWS` and the following.
    pub(super) fn sums_of(&self, column_block: usize) -> Vec<BlockSums> {
        let first_column = column_block * BLOCK_COLUMNS;
        let end = (first_column + BLOCK_COLUMNS).min(self.levels.len());
        let blocks = end.div_ceil(BLOCK_ROWS);
        let kinds = self.lags + 2;
        let mut sums = vec![vec![[[0.0; BLOCK_COLUMNS]; BLOCK_ROWS]; kinds]; blocks];
        let mut right = vec![[0.0; BLOCK_COLUMNS]; kinds * CHUNK];
        let mut left = vec![[0.0; BLOCK_ROWS]; 2 * CHUNK];
        for start in (0..self.rows).step_by(CHUNK) {
            let length = CHUNK.min(self.rows - start);
            for series in first_column..end {
                self.pack_right(series, series - first_column, start, length, &mut right);
            }
            for (block, sums) in sums.iter_mut().enumerate() {
                let first_row = block * BLOCK_ROWS;
                left.fill([0.0; BLOCK_ROWS]);
                for series in first_row..(first_row + BLOCK_ROWS).min(self.levels.len()) {
                    for row in 0..length {
                        left[row][series - first_row] = self.levels[series][start + row];
                        left[CHUNK + row][series - first_row] = self.differences[series][start + row];
                    }
                }
                let (levels, differences) = left.split_at(CHUNK);
                multiply(&levels[..length], &right[..length], &mut sums[0]);
                for (kind, sum) in sums.iter_mut().enumerate().skip(1) {
                    multiply(&differences[..length], &right[kind * CHUNK..kind * CHUNK + length], sum);
                }
            }
        }
        sums
    }

    /// Writes the levels and Δ(t-k) + Δ(t+k) of one series beside the others of its block.
    fn pack_right(
        &self,
        series: usize,
        column: usize,
        start: usize,
        length: usize,
        right: &mut [[f64; BLOCK_COLUMNS]],
    ) {
        let (levels, moves) = (&self.levels[series], &self.differences[series]);
        for row in 0..length {
            right[row][column] = levels[start + row];
        }
        for lag in 0..=self.lags {
            let target = &mut right[(1 + lag) * CHUNK..(1 + lag) * CHUNK + length];
            for (row, target) in target.iter_mut().enumerate() {
                let time = start + row;
                let before = if time >= lag { moves[time - lag] } else { 0.0 };
                let after = if time + lag < self.rows { moves[time + lag] } else { 0.0 };
                target[column] = before + after;
            }
        }
    }
}

multiversioned! {
    /// Adds the products of every row series with every column series.
    fn multiply(left: &[[f64; BLOCK_ROWS]], right: &[[f64; BLOCK_COLUMNS]], sums: &mut [[f64; BLOCK_COLUMNS]; BLOCK_ROWS]) {
        let mut fresh = [[0.0f64; BLOCK_COLUMNS]; BLOCK_ROWS];
        for (l, r) in left.iter().zip(right) {
            for row in 0..BLOCK_ROWS {
                for column in 0..BLOCK_COLUMNS {
                    fresh[row][column] = l[row].mul_add(r[column], fresh[row][column]);
                }
            }
        }
        for row in 0..BLOCK_ROWS {
            for column in 0..BLOCK_COLUMNS {
                sums[row][column] += fresh[row][column];
            }
        }
    }
}

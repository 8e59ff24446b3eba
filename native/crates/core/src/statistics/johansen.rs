//! Johansen's cointegration test of several series.
//!
//! Conventions are those of statsmodels' `coint_johansen` and of the spatial econometrics toolbox before it: `order` says
//! which deterministic terms are taken out of the series first; the levels are those before the lagged differences.

use super::StatisticsError;
use super::error::check_series;
use super::johansen_tables::{
    MAXIMUM_CONSTANT, MAXIMUM_LINEAR, MAXIMUM_NO_TREND, TRACE_CONSTANT, TRACE_LINEAR, TRACE_NO_TREND,
};
use super::spread::centred;
use super::vectors::{dot, subtract_scaled};
use crate::symmetric::{cholesky, eigenvalues, solve_lower, solve_upper};

/// The deterministic terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JohansenOrder {
    /// None (-1).
    NoTrend,
    /// A constant (0).
    Constant,
    /// A constant and a linear trend (1).
    Linear,
}

/// What the test found; entry r of each statistic belongs to the hypothesis "at most r relations".
#[derive(Clone, Debug, PartialEq)]
pub struct Johansen {
    /// Trace statistics.
    pub trace: Vec<f64>,
    /// Largest-eigenvalue statistics.
    pub maximum: Vec<f64>,
    /// Critical values of the trace at 90, 95 and 99 %.
    pub trace_critical: Vec<[f64; 3]>,
    /// Critical values of the largest eigenvalue at 90, 95 and 99 %.
    pub maximum_critical: Vec<[f64; 3]>,
    /// Eigenvalues, largest first.
    pub eigenvalues: Vec<f64>,
    /// The relation of the largest eigenvalue: one weight a series, that of the first being 1.
    pub relation: Vec<f64>,
}

/// Most series that the tables cover.
pub const JOHANSEN_SERIES_MAXIMUM: usize = 12;

const COLLINEAR: StatisticsError = StatisticsError::Collinear { what: "the Johansen test" };

/// Tests two to twelve series with `lags` lagged differences.
///
/// # Errors
/// Series of different length, values that are not finite, too few of them, collinear series.
pub fn johansen(series: &[&[f64]], order: JohansenOrder, lags: usize) -> Result<Johansen, StatisticsError> {
    let count = series.len();
    if !(2..=JOHANSEN_SERIES_MAXIMUM).contains(&count) {
        let value = count as f64;
        return Err(StatisticsError::Parameter { name: "the number of series", expected: "2 to 12", value });
    }
    check_series(series, (lags + 1) * (count + 1) + 4, "the Johansen test")?;
    let levels: Vec<Vec<f64>> = series.iter().map(|values| detrended(values, order)).collect();
    let take_mean = |values: &[f64]| match order {
        JohansenOrder::NoTrend => values.to_vec(),
        _ => centred(values),
    };
    let rows = series[0].len();
    let mut blocks: [Vec<Vec<f64>>; 3] = Default::default();
    for level in &levels {
        let moves: Vec<f64> = level.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for lag in 1..=lags {
            blocks[0].push(take_mean(&moves[lags - lag..moves.len() - lag]));
        }
        blocks[1].push(take_mean(&moves[lags..]));
        blocks[2].push(take_mean(&level[1..rows - lags]));
    }
    let [mut lagged, mut moves, mut before] = blocks;
    remove(&mut lagged, &mut [&mut moves, &mut before])?;
    let (s00, s10, s11) = (products(&moves, &moves), products(&before, &moves), products(&before, &before));
    // Eigenvalues of S11⁻¹ S10 S00⁻¹ S01 through S11 = L L': those of L⁻¹ (S10 S00⁻¹ S01) L⁻ᵀ, which is symmetric.
    let moved = cholesky(&s00, count).ok_or(COLLINEAR)?;
    let lower = cholesky(&s11, count).ok_or(COLLINEAR)?;
    // Rows of W = S10 M⁻ᵀ with S00 = M M', then of L⁻¹ W.
    let mut whitened: Vec<Vec<f64>> = s10.chunks(count).map(|row| solve_lower(&moved, count, row)).collect();
    for column in 0..count {
        let values: Vec<f64> = whitened.iter().map(|row| row[column]).collect();
        for (row, value) in whitened.iter_mut().zip(solve_lower(&lower, count, &values)) {
            row[column] = value;
        }
    }
    let (values, vectors) = eigenvalues(products(&whitened, &whitened), count);
    if values.iter().any(|value| *value >= 1.0 || value.is_nan()) {
        return Err(COLLINEAR);
    }
    let observations = moves[0].len() as f64;
    let maximum: Vec<f64> = values.iter().map(|value| -observations * (-value).ln_1p()).collect();
    let trace = (0..count).map(|rank| maximum[rank..].iter().sum()).collect();
    let mut relation = solve_upper(&lower, count, &vectors[0]);
    let first = relation[0];
    for weight in &mut relation {
        *weight /= first;
    }
    let (trace_table, maximum_table) = match order {
        JohansenOrder::NoTrend => (&TRACE_NO_TREND, &MAXIMUM_NO_TREND),
        JohansenOrder::Constant => (&TRACE_CONSTANT, &MAXIMUM_CONSTANT),
        JohansenOrder::Linear => (&TRACE_LINEAR, &MAXIMUM_LINEAR),
    };
    let critical = |table: &[[f64; 3]; 12]| (0..count).map(|rank| table[count - rank - 1]).collect();
    Ok(Johansen {
        trace,
        maximum,
        trace_critical: critical(trace_table),
        maximum_critical: critical(maximum_table),
        eigenvalues: values,
        relation,
    })
}

fn detrended(values: &[f64], order: JohansenOrder) -> Vec<f64> {
    match order {
        JohansenOrder::NoTrend => values.to_vec(),
        JohansenOrder::Constant => centred(values),
        JohansenOrder::Linear => {
            let mut level = centred(values);
            let middle = (values.len() - 1) as f64 / 2.0;
            let time: Vec<f64> = (0..values.len()).map(|row| row as f64 - middle).collect();
            let slope = dot(&level, &time) / dot(&time, &time);
            for (value, time) in level.iter_mut().zip(&time) {
                *value -= slope * time;
            }
            level
        }
    }
}

/// Takes what `columns` explain out of every column of `targets` (modified Gram-Schmidt, twice for the digits).
fn remove(columns: &mut [Vec<f64>], targets: &mut [&mut Vec<Vec<f64>>]) -> Result<(), StatisticsError> {
    for index in 0..columns.len() {
        let (done, rest) = columns.split_at_mut(index);
        let column = &mut rest[0];
        let before = dot(column, column);
        for _ in 0..2 {
            for earlier in done.iter() {
                subtract(column, earlier);
            }
        }
        let length = dot(column, column);
        if length.is_nan() || length <= 1e-22 * before || length == 0.0 {
            return Err(COLLINEAR);
        }
        let scale = 1.0 / length.sqrt();
        for value in column.iter_mut() {
            *value *= scale;
        }
    }
    for target in targets.iter_mut().flat_map(|block| block.iter_mut()) {
        for _ in 0..2 {
            for column in columns.iter() {
                subtract(target, column);
            }
        }
    }
    Ok(())
}

/// Takes the part along a column of length 1 out of the target.
fn subtract(target: &mut [f64], column: &[f64]) {
    let factor = dot(target, column);
    subtract_scaled(target, factor, column);
}

/// All products of the columns of two blocks, row by row.
fn products(a: &[Vec<f64>], b: &[Vec<f64>]) -> Vec<f64> {
    a.iter().flat_map(|left| b.iter().map(|right| dot(left, right))).collect()
}

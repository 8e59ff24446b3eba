//! All pairs of many series, tested for cointegration.

use super::StatisticsError;
use super::dickey_fuller::{Lag, fixed_or_maximum, shortest};
use super::engle_granger::engle_granger;
use super::error::check_series;
use super::facts::{SpreadFacts, spread_facts};
use super::gram::{BLOCK_COLUMNS, BLOCK_ROWS, BlockSums, Prepared};
use super::johansen::{JohansenOrder, johansen};
use super::mackinnon::{Trend, mackinnon_p};
use super::moments::Moments;
use super::spread::{centred, is_noise};
use super::vectors::mean;
use crate::parallel::run_tasks;

/// Part of a square that must be left after the hedge for its sums to keep their digits; pairs below are done directly.
const LEFT_MINIMUM: f64 = 1e-4;

/// Which test is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PairTest {
    /// Engle-Granger with a constant; hits have a p-value up to `p_maximum`.
    EngleGranger {
        /// Lags of the Dickey-Fuller regression.
        lag: Lag,
        /// Largest p-value of a hit.
        p_maximum: f64,
    },
    /// Johansen with a constant; hits have a trace statistic above the critical value.
    Johansen {
        /// Lagged differences.
        lags: usize,
        /// 0, 1 or 2: critical values at 90, 95 or 99 %.
        confidence: usize,
    },
}

/// How a scan is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScanSettings {
    /// The test.
    pub test: PairTest,
    /// Whether each pair is also tested with its second series as the dependent one (Engle-Granger only).
    pub both_ways: bool,
    /// Threads; 0 for one a core. The result does not depend on it.
    pub threads: usize,
}

/// A pair that passed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairHit {
    /// The dependent series.
    pub first: usize,
    /// The series it is hedged with.
    pub second: usize,
    /// Units of the second against one of the first.
    pub hedge_ratio: f64,
    /// Constant of the regression (Engle-Granger), mean of the spread (Johansen).
    pub intercept: f64,
    /// t of Engle-Granger; trace statistic of Johansen for "no relation".
    pub statistic: f64,
    /// p-value of Engle-Granger; Johansen has critical values only.
    pub p: Option<f64>,
    /// Lagged differences used.
    pub lag: usize,
    /// The spread with that hedge.
    pub facts: SpreadFacts,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    /// Pairs tested, a pair tested both ways counting twice.
    pub tested: usize,
    /// Pairs that cannot be tested because one series is a multiple of the other.
    pub collinear: Vec<(usize, usize)>,
    /// Pairs that passed, by number of the series.
    pub hits: Vec<PairHit>,
}

/// Tests all pairs. `advance` is told how many parts of how many are done and stops the scan by saying no.
///
/// Engle-Granger is first done for all pairs through sums of products (`gram.rs`); those at or near the largest p-value
/// are then tested on their values, so that every number of a hit is the direct test's.
///
/// # Errors
/// Series of different length, values that are not finite, too few of them, a constant series, bad settings, cancelled.
pub fn scan_pairs(
    series: &[&[f64]],
    settings: &ScanSettings,
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<Scan, StatisticsError> {
    match settings.test {
        PairTest::EngleGranger { lag, p_maximum } => {
            if !(0.0..=1.0).contains(&p_maximum) {
                let expected = "a number from 0 to 1";
                return Err(StatisticsError::Parameter { name: "pMaximum", expected, value: p_maximum });
            }
            let statistics =
                pair_statistics(series, lag, settings.both_ways, settings.threads, &|done, total| {
                    // The second pass is of unknown length until then: the first is shown as nine tenths.
                    advance(done * 9, total * 10)
                })?;
            retest(series, settings, lag, p_maximum, &statistics, advance)
        }
        PairTest::Johansen { lags, confidence } => scan_johansen(series, settings, lags, confidence, advance),
    }
}

/// The statistic of one ordered pair before it is tested on its values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PairStatistic {
    /// The dependent series.
    pub first: usize,
    /// The other one.
    pub second: usize,
    /// Engle-Granger's t; NaN where one series is a multiple of the other.
    pub t: f64,
    /// Lagged differences used.
    pub lag: usize,
}

/// Engle-Granger statistics, with a constant, of all pairs: (0, 1), (0, 2), (1, 2) and so on by blocks.
///
/// # Errors
/// As [`scan_pairs`].
pub fn pair_statistics(
    series: &[&[f64]],
    lag: Lag,
    both_ways: bool,
    threads: usize,
    advance: &(impl Fn(u64, u64) -> bool + Sync),
) -> Result<Vec<PairStatistic>, StatisticsError> {
    let prepared = prepare(series, lag)?;
    let blocks = series.len().div_ceil(BLOCK_COLUMNS);
    // The last block has the most pairs; begun first, it does not leave one thread working alone at the end.
    let work = |task: usize| block_statistics(series, &prepared, blocks - 1 - task, lag, both_ways);
    let mut parts = run_tasks(threads, blocks, work, advance).map_err(|_| StatisticsError::Cancelled)?;
    parts.reverse();
    Ok(parts.concat())
}

fn prepare(series: &[&[f64]], lag: Lag) -> Result<Prepared, StatisticsError> {
    if series.len() < 2 {
        let value = series.len() as f64;
        return Err(StatisticsError::Parameter {
            name: "the number of series",
            expected: "2 or more",
            value,
        });
    }
    let rows = series[0].len();
    let lags = fixed_or_maximum(rows, Trend::None, lag);
    check_series(series, shortest(Trend::None, lags).max(5), "the cointegration test")?;
    let levels: Vec<Vec<f64>> = series.iter().map(|values| centred(values)).collect();
    let prepared = Prepared::new(levels, lags);
    if prepared.squares.iter().zip(series).any(|(sum, values)| is_noise(*sum, values)) {
        return Err(StatisticsError::Collinear { what: "the cointegration test" });
    }
    Ok(prepared)
}

fn block_statistics(
    series: &[&[f64]],
    prepared: &Prepared,
    block: usize,
    lag: Lag,
    both_ways: bool,
) -> Vec<PairStatistic> {
    let mut found = Vec::new();
    let mut moments = Moments::new(prepared.rows);
    for (row_block, sums) in prepared.sums_of(block).iter().enumerate() {
        for (row, column) in
            (0..BLOCK_ROWS).flat_map(|row| (0..BLOCK_COLUMNS).map(move |column| (row, column)))
        {
            let (i, j) = (row_block * BLOCK_ROWS + row, block * BLOCK_COLUMNS + column);
            if i >= j || j >= series.len() {
                continue;
            }
            found.push(statistic(series, prepared, &mut moments, (i, j), (sums, row, column), lag));
            if both_ways {
                found.push(statistic(series, prepared, &mut moments, (j, i), (sums, row, column), lag));
            }
        }
    }
    found
}

fn statistic(
    series: &[&[f64]],
    prepared: &Prepared,
    moments: &mut Moments,
    (first, second): (usize, usize),
    (sums, row, column): (&BlockSums, usize, usize),
    lag: Lag,
) -> PairStatistic {
    let product = sums[0][row][column];
    let beta = product / prepared.squares[second];
    let total = prepared.squares[first];
    moments.square = total - beta * product;
    moments.lagged.clear();
    let (own, other) = (&prepared.lagged[first], &prepared.lagged[second]);
    for (index, (own, other)) in own.iter().zip(other).enumerate() {
        moments.lagged.push(own - beta * (sums[1 + index][row][column] - beta * other));
    }
    let (a, b) = (&prepared.levels[first], &prepared.levels[second]);
    let residual = |time: usize| a[time] - beta * b[time];
    let ends = (prepared.lags + 2).min(prepared.rows);
    moments.head.clear();
    moments.head.extend((0..ends).map(residual));
    moments.tail.clear();
    moments.tail.extend((0..ends).map(|back| residual(prepared.rows - 1 - back)));
    let moves = own[0] + beta * beta * other[0];
    let keeps_digits = moments.square > LEFT_MINIMUM * total && moments.lagged[0] > LEFT_MINIMUM * moves;
    let by_sums = if keeps_digits { moments.unit_root_t(lag) } else { None };
    let (t, lag) = by_sums.unwrap_or_else(|| {
        engle_granger(series[first], &[series[second]], Trend::Constant, lag)
            .map_or((f64::NAN, 0), |found| (found.t, found.lag))
    });
    PairStatistic { first, second, t, lag }
}

/// Tests the pairs whose p-value can be up to the largest one on their values.
fn retest(
    series: &[&[f64]],
    settings: &ScanSettings,
    lag: Lag,
    p_maximum: f64,
    statistics: &[PairStatistic],
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<Scan, StatisticsError> {
    let near = |pair: &&PairStatistic| mackinnon_p(pair.t, Trend::Constant, 2) <= p_maximum * (1.0 + 1e-6);
    let mut candidates: Vec<PairStatistic> = statistics.iter().filter(near).copied().collect();
    candidates.sort_by_key(|pair| (pair.first, pair.second));
    let test = |task: usize| {
        let PairStatistic { first, second, lag: chosen, .. } = candidates[task];
        // The lag is known, with a margin that rounding cannot cross; that of the last significant one is always direct.
        let lag = if matches!(lag, Lag::LastSignificant(_)) { lag } else { Lag::Fixed(chosen) };
        let found = engle_granger(series[first], &[series[second]], Trend::Constant, lag)?;
        if found.p > p_maximum {
            return Ok(None);
        }
        let (hedge_ratio, intercept) = (found.hedge_ratios[0], found.intercept);
        let facts = spread_facts(series[first], series[second], hedge_ratio, intercept)?;
        let (statistic, p, lag) = (found.t, Some(found.p), found.lag);
        Ok(Some(PairHit { first, second, hedge_ratio, intercept, statistic, p, lag, facts }))
    };
    let progress = |done: u64, total: u64| advance(9 * total.max(1) + done, 10 * total.max(1));
    let tested = run_tasks(settings.threads, candidates.len(), test, progress)
        .map_err(|_| StatisticsError::Cancelled)?
        .into_iter()
        .collect::<Result<Vec<Option<PairHit>>, StatisticsError>>()?;
    let mut collinear: Vec<(usize, usize)> =
        statistics.iter().filter(|pair| pair.t.is_nan()).map(|pair| (pair.first, pair.second)).collect();
    collinear.sort_unstable();
    Ok(Scan { tested: statistics.len(), collinear, hits: tested.into_iter().flatten().collect() })
}

fn scan_johansen(
    series: &[&[f64]],
    settings: &ScanSettings,
    lags: usize,
    confidence: usize,
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<Scan, StatisticsError> {
    if confidence > 2 {
        let value = confidence as f64;
        return Err(StatisticsError::Parameter { name: "confidence", expected: "0, 1 or 2", value });
    }
    prepare(series, Lag::Fixed(lags))?;
    // One task a series: its pairs with all later ones.
    let work = |first: usize| -> Vec<JohansenPair> {
        (first + 1..series.len())
            .map(|second| johansen_pair(series, first, second, lags, confidence))
            .collect()
    };
    let rows =
        run_tasks(settings.threads, series.len(), work, advance).map_err(|_| StatisticsError::Cancelled)?;
    let mut scan = Scan::default();
    for (first, row) in rows.into_iter().enumerate() {
        for (offset, found) in row.into_iter().enumerate() {
            scan.tested += 1;
            match found {
                JohansenPair::Collinear => scan.collinear.push((first, first + 1 + offset)),
                JohansenPair::Miss => {}
                JohansenPair::Hit(hit) => scan.hits.push(*hit),
            }
        }
    }
    Ok(scan)
}

enum JohansenPair {
    Collinear,
    Miss,
    Hit(Box<PairHit>),
}

fn johansen_pair(
    series: &[&[f64]],
    first: usize,
    second: usize,
    lags: usize,
    confidence: usize,
) -> JohansenPair {
    let Ok(found) = johansen(&[series[first], series[second]], JohansenOrder::Constant, lags) else {
        return JohansenPair::Collinear;
    };
    let statistic = found.trace[0];
    if statistic <= found.trace_critical[0][confidence] {
        return JohansenPair::Miss;
    }
    let hedge_ratio = -found.relation[1];
    let intercept = mean(series[first]) - hedge_ratio * mean(series[second]);
    // A relation that is all second series has no finite ratio to the first.
    match spread_facts(series[first], series[second], hedge_ratio, intercept) {
        Ok(facts) => JohansenPair::Hit(Box::new(PairHit {
            first,
            second,
            hedge_ratio,
            intercept,
            statistic,
            p: None,
            lag: lags,
            facts,
        })),
        Err(_) => JohansenPair::Collinear,
    }
}

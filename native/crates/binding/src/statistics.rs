// length: the objects JavaScript sees, one for each test, are most of it
//! Statistics of pairs: single tests on the host's thread, the scan of all pairs as a task.

use crate::arguments::{bad_argument, check_disjoint, coded, count, guarded, output};
use crate::control::{ControlState, TaskControl};
use napi::bindgen_prelude::{AsyncTask, Float64ArraySlice};
use napi::{Env, Error, Result, Task};
use napi_derive::napi;
use sextant_core::statistics::{
    HurstMethod, JohansenOrder, KalmanHedgeSettings, Lag, PairTest, Scan, ScanSettings, StatisticsError,
    Trend, augmented_dickey_fuller, correlation_matrix, engle_granger, half_life, hurst_exponent, johansen,
    kalman_hedge, scan_pairs, spread_facts, z_scores,
};
use std::sync::Arc;

fn statistics_error(error: StatisticsError) -> Error {
    if error == StatisticsError::Cancelled {
        coded("CANCELLED", "the scan was cancelled")
    } else {
        bad_argument(error)
    }
}

fn columns<'a>(series: &'a [Float64ArraySlice<'_>]) -> Vec<&'a [f64]> {
    series.iter().map(|column| &**column).collect()
}

fn trend_of(name: &str) -> Result<Trend> {
    match name {
        "n" => Ok(Trend::None),
        "c" => Ok(Trend::Constant),
        "ct" => Ok(Trend::Linear),
        "ctt" => Ok(Trend::Quadratic),
        _ => Err(bad_argument(format!("the trend must be n, c, ct or ctt, got \"{name}\""))),
    }
}

/// How many lagged differences a test takes.
#[napi(object)]
#[derive(Clone, Debug)]
pub struct LagChoice {
    /// `fixed`, `aic`, `bic` or `t-stat`.
    pub criterion: String,
    /// The number for `fixed`; otherwise the largest one tried, Schwert's bound when left out.
    pub lags: Option<f64>,
}

impl LagChoice {
    fn read(&self) -> Result<Lag> {
        let lags = self.lags.map(|lags| count("lags", lags)).transpose()?;
        match (self.criterion.as_str(), lags) {
            ("fixed", Some(lags)) => Ok(Lag::Fixed(lags)),
            ("fixed", None) => Err(bad_argument("a fixed lag needs its number")),
            ("aic", lags) => Ok(Lag::Akaike(lags)),
            ("bic", lags) => Ok(Lag::Bayes(lags)),
            ("t-stat", lags) => Ok(Lag::LastSignificant(lags)),
            (other, _) => {
                Err(bad_argument(format!("the lag must be fixed, aic, bic or t-stat, got \"{other}\"")))
            }
        }
    }
}

/// A unit root test.
#[napi(object)]
#[derive(Debug)]
pub struct UnitRootResult {
    /// t-value of the level.
    pub t: f64,
    /// p-value.
    pub p: f64,
    /// Lagged differences used.
    pub lag: u32,
    /// Rows of the regression.
    pub observations: u32,
    /// Critical values at 1, 5 and 10 %.
    pub critical: Vec<f64>,
}

/// The augmented Dickey-Fuller test.
#[napi(catch_unwind)]
pub fn test_unit_root(values: Float64ArraySlice, trend: String, lag: LagChoice) -> Result<UnitRootResult> {
    let found = augmented_dickey_fuller(&values, trend_of(&trend)?, lag.read()?).map_err(statistics_error)?;
    Ok(UnitRootResult {
        t: found.t,
        p: found.p,
        lag: found.lag as u32,
        observations: found.observations as u32,
        critical: found.critical.to_vec(),
    })
}

/// An Engle-Granger test.
#[napi(object)]
#[derive(Debug)]
pub struct CointegrationResult {
    /// t-value of the residuals.
    pub t: f64,
    /// p-value.
    pub p: f64,
    /// Lagged differences used.
    pub lag: u32,
    /// Critical values at 1, 5 and 10 %; NaN without a constant.
    pub critical: Vec<f64>,
    /// One coefficient for each of the other series.
    pub hedge_ratios: Vec<f64>,
    /// Constant of the regression.
    pub intercept: f64,
    /// Part of the variance explained.
    pub r_squared: f64,
}

/// Tests the first series against the others.
#[napi(catch_unwind)]
pub fn test_engle_granger(
    dependent: Float64ArraySlice,
    others: Vec<Float64ArraySlice>,
    trend: String,
    lag: LagChoice,
) -> Result<CointegrationResult> {
    let found = engle_granger(&dependent, &columns(&others), trend_of(&trend)?, lag.read()?)
        .map_err(statistics_error)?;
    Ok(CointegrationResult {
        t: found.t,
        p: found.p,
        lag: found.lag as u32,
        critical: found.critical.to_vec(),
        hedge_ratios: found.hedge_ratios,
        intercept: found.intercept,
        r_squared: found.r_squared,
    })
}

/// A Johansen test; entry r belongs to "at most r relations".
#[napi(object)]
#[derive(Debug)]
pub struct JohansenResult {
    /// Trace statistics.
    pub trace: Vec<f64>,
    /// Largest-eigenvalue statistics.
    pub maximum: Vec<f64>,
    /// Critical values of the trace at 90, 95 and 99 %.
    pub trace_critical: Vec<Vec<f64>>,
    /// Critical values of the largest eigenvalue at 90, 95 and 99 %.
    pub maximum_critical: Vec<Vec<f64>>,
    /// Eigenvalues, largest first.
    pub eigenvalues: Vec<f64>,
    /// Weights of the series in the strongest relation, the first being 1.
    pub relation: Vec<f64>,
}

/// Johansen's test. `order` is -1 for no deterministic terms, 0 for a constant, 1 for a linear trend too.
#[napi(catch_unwind)]
pub fn test_johansen(series: Vec<Float64ArraySlice>, order: f64, lags: f64) -> Result<JohansenResult> {
    let order = if order == -1.0 {
        JohansenOrder::NoTrend
    } else if order == 0.0 {
        JohansenOrder::Constant
    } else if order == 1.0 {
        JohansenOrder::Linear
    } else {
        return Err(bad_argument(format!("the order must be -1, 0 or 1, got {order}")));
    };
    let found = johansen(&columns(&series), order, count("lags", lags)?).map_err(statistics_error)?;
    let rows = |table: Vec<[f64; 3]>| table.into_iter().map(Vec::from).collect();
    Ok(JohansenResult {
        trace: found.trace,
        maximum: found.maximum,
        trace_critical: rows(found.trace_critical),
        maximum_critical: rows(found.maximum_critical),
        eigenvalues: found.eigenvalues,
        relation: found.relation,
    })
}

/// Hurst exponent of levels; `method` is `lagged-differences` or `rescaled-range`.
#[napi(catch_unwind)]
pub fn hurst_of(values: Float64ArraySlice, method: String) -> Result<f64> {
    let method = match method.as_str() {
        "lagged-differences" => HurstMethod::LaggedDifferences,
        "rescaled-range" => HurstMethod::RescaledRange,
        _ => {
            let message =
                format!("the method must be lagged-differences or rescaled-range, got \"{method}\"");
            return Err(bad_argument(message));
        }
    };
    hurst_exponent(&values, method).map_err(statistics_error)
}

/// Half-life of a deviation in bars.
#[napi(catch_unwind)]
pub fn half_life_of(values: Float64ArraySlice) -> Result<f64> {
    half_life(&values).map_err(statistics_error)
}

/// Writes each value's distance from the mean in standard deviations.
#[napi(catch_unwind)]
pub fn z_scores_of(values: Float64ArraySlice, out: Float64ArraySlice) -> Result<()> {
    let scores = z_scores(&values).map_err(statistics_error)?;
    fill(&[&values], &mut [out], &[&scores])
}

/// Correlations of all series with all, written row by row.
#[napi(catch_unwind)]
pub fn correlations_of(series: Vec<Float64ArraySlice>, out: Float64ArraySlice) -> Result<()> {
    let read = columns(&series);
    let matrix = correlation_matrix(&read).map_err(statistics_error)?;
    fill(&read, &mut [out], &[&matrix])
}

/// Variances of a moving hedge.
#[napi(object)]
#[derive(Debug)]
pub struct KalmanSettings {
    /// A step of ratio and intercept has the variance δ / (1 - δ).
    pub delta: f64,
    /// Variance of the noise of an observation.
    pub observation_variance: f64,
    /// Variance of ratio and intercept before the first bar.
    pub initial_variance: f64,
}

/// Filters a moving hedge of `y` with `x`. Four outputs with a value a bar: ratio, intercept, error, its deviation.
#[napi(catch_unwind)]
pub fn kalman_hedge_of(
    y: Float64ArraySlice,
    x: Float64ArraySlice,
    settings: KalmanSettings,
    mut outputs: Vec<Float64ArraySlice>,
) -> Result<()> {
    if outputs.len() != 4 {
        return Err(bad_argument(format!("a moving hedge has 4 outputs, got {}", outputs.len())));
    }
    let settings = KalmanHedgeSettings {
        delta: settings.delta,
        observation_variance: settings.observation_variance,
        initial_variance: settings.initial_variance,
    };
    let found = kalman_hedge(&y, &x, settings).map_err(statistics_error)?;
    let values: [&[f64]; 4] = [&found.hedge_ratio, &found.intercept, &found.error, &found.deviation];
    fill(&[&y, &x], &mut outputs, &values)
}

/// Copies results to arrays that share no memory with anything else.
fn fill(read: &[&[f64]], written: &mut [Float64ArraySlice], values: &[&[f64]]) -> Result<()> {
    check_disjoint(read, &written.iter().map(|array| &**array).collect::<Vec<&[f64]>>())?;
    for (array, values) in written.iter_mut().zip(values) {
        if array.len() != values.len() {
            let message = format!("the output must hold {} values, it holds {}", values.len(), array.len());
            return Err(bad_argument(message));
        }
        // SAFETY: just checked.
        unsafe { output(array) }.copy_from_slice(values);
    }
    Ok(())
}

/// Facts about a spread.
#[napi(object)]
#[derive(Debug)]
pub struct SpreadFactsResult {
    /// Bars after which half of a deviation is gone; negative where it grows.
    pub half_life: f64,
    /// By lagged differences; left out for fewer than 33 bars.
    pub hurst: Option<f64>,
    /// How often it passed through its mean.
    pub zero_crossings: u32,
    /// Deviation of the last bar from the mean in standard deviations.
    pub last_z: f64,
    /// Correlation of the changes of the two series.
    pub correlation: Option<f64>,
}

/// Facts about `first - hedgeRatio · second - intercept`.
#[napi(catch_unwind)]
pub fn spread_facts_of(
    first: Float64ArraySlice,
    second: Float64ArraySlice,
    hedge_ratio: f64,
    intercept: f64,
) -> Result<SpreadFactsResult> {
    spread_facts(&first, &second, hedge_ratio, intercept).map(facts_result).map_err(statistics_error)
}

fn facts_result(facts: sextant_core::statistics::SpreadFacts) -> SpreadFactsResult {
    SpreadFactsResult {
        half_life: facts.half_life,
        hurst: facts.hurst,
        zero_crossings: facts.zero_crossings as u32,
        last_z: facts.last_z,
        correlation: facts.correlation,
    }
}

/// How a scan is done.
#[napi(object)]
#[derive(Clone, Debug)]
pub struct PairScanSettings {
    /// `engle-granger` or `johansen`.
    pub method: String,
    /// Lags; Johansen takes a fixed number.
    pub lag: LagChoice,
    /// Largest p-value; with Johansen 0.1, 0.05 or 0.01, which choose the critical value.
    pub p_maximum: f64,
    /// Whether each pair is tested both ways round (Engle-Granger).
    pub both_ways: bool,
    /// Threads; 0 for one a core.
    pub threads: f64,
}

impl PairScanSettings {
    fn read(&self) -> Result<ScanSettings> {
        let lag = self.lag.read()?;
        let test = match (self.method.as_str(), lag) {
            ("engle-granger", lag) => PairTest::EngleGranger { lag, p_maximum: self.p_maximum },
            ("johansen", Lag::Fixed(lags)) => {
                let levels = [0.1, 0.05, 0.01];
                let confidence = levels.iter().position(|level| *level == self.p_maximum).ok_or_else(|| {
                    bad_argument("with johansen the largest p-value must be 0.1, 0.05 or 0.01: it has critical values only")
                })?;
                PairTest::Johansen { lags, confidence }
            }
            ("johansen", _) => return Err(bad_argument("johansen takes a fixed number of lags")),
            (other, _) => {
                return Err(bad_argument(format!(
                    "the method must be engle-granger or johansen, got \"{other}\""
                )));
            }
        };
        Ok(ScanSettings { test, both_ways: self.both_ways, threads: count("threads", self.threads)? })
    }
}

/// A pair that passed.
#[napi(object)]
#[derive(Debug)]
pub struct PairHitResult {
    /// Number of the dependent series.
    pub first: u32,
    /// Number of the other.
    pub second: u32,
    /// Units of the second against one of the first.
    pub hedge_ratio: f64,
    /// Constant of the spread.
    pub intercept: f64,
    /// t of Engle-Granger, trace statistic of Johansen.
    pub statistic: f64,
    /// p-value; left out with Johansen.
    pub p: Option<f64>,
    /// Lagged differences used.
    pub lag: u32,
    /// The spread.
    pub facts: SpreadFactsResult,
}

/// What a scan found.
#[napi(object)]
#[derive(Debug)]
pub struct PairScanResult {
    /// Tests done.
    pub tested: f64,
    /// Pairs in which one series is a multiple of the other.
    pub collinear: Vec<Vec<u32>>,
    /// Pairs that passed, by number of the series.
    pub hits: Vec<PairHitResult>,
}

/// Tests all pairs of the series on other threads. The series are copied first.
#[napi(catch_unwind, ts_return_type = "Promise<PairScanResult>")]
pub fn scan_all_pairs(
    series: Vec<Float64ArraySlice>,
    settings: PairScanSettings,
    control: &TaskControl,
) -> Result<AsyncTask<ScanTask>> {
    let settings = settings.read()?;
    let series = series.iter().map(|column| column.to_vec()).collect();
    Ok(AsyncTask::new(ScanTask { series, settings, control: Arc::clone(&control.state) }))
}

/// One scan on background threads.
#[derive(Debug)]
pub struct ScanTask {
    series: Vec<Vec<f64>>,
    settings: ScanSettings,
    control: Arc<ControlState>,
}

impl Task for ScanTask {
    type Output = Scan;
    type JsValue = PairScanResult;

    fn compute(&mut self) -> Result<Scan> {
        guarded(|| {
            let series: Vec<&[f64]> = self.series.iter().map(Vec::as_slice).collect();
            scan_pairs(&series, &self.settings, |done, total| self.control.advance(done, total))
                .map_err(statistics_error)
        })
    }

    fn resolve(&mut self, _env: Env, scan: Scan) -> Result<PairScanResult> {
        let hits = scan.hits.into_iter().map(|hit| PairHitResult {
            first: hit.first as u32,
            second: hit.second as u32,
            hedge_ratio: hit.hedge_ratio,
            intercept: hit.intercept,
            statistic: hit.statistic,
            p: hit.p,
            lag: hit.lag as u32,
            facts: facts_result(hit.facts),
        });
        let collinear = scan.collinear.iter().map(|(first, second)| vec![*first as u32, *second as u32]);
        Ok(PairScanResult {
            tested: scan.tested as f64,
            collinear: collinear.collect(),
            hits: hits.collect(),
        })
    }
}

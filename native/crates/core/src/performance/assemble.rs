//! All figures of a run in one list.

use super::benchmark::{Comparison, compare};
use super::calendar::{PeriodReturn, by_period};
use super::daily::{DAY_MS, Daily, check, resample};
use super::drawdown::{Drawdown, Drawdowns, drawdowns, duration_ms, underwater};
use super::drawn::Drawn;
use super::ids::METRIC_IDS;
use super::returns::{
    Moments, autocorrelation_penalty, growth_of_a_year, moments, omega, percentile, sample_shape, sharpe,
    sortino, worst_mean,
};
use super::rolling::{Rolling, rolling};
use super::significance::{deflated_sharpe, probabilistic_sharpe};
use super::trades::{REASON_OPEN, TradeColumns, TradeSums, sum};
use super::{BenchmarkColumn, EquityColumns, PerformanceError, PerformanceSettings};
use crate::cpu::multiversioned;
use crate::normal;

/// Share of the days that value at risk and its likes look at.
const TAIL: f64 = 0.05;

/// Drawdowns kept for the table.
const DRAWDOWNS_KEPT: usize = 10;

const HOUR_MS: f64 = 3_600_000.0;

/// Everything a report shows of a run.
#[derive(Clone, Debug)]
pub struct Performance {
    /// One value for each of [`METRIC_IDS`]; NaN or infinite where there is none.
    pub values: Vec<f64>,
    /// Equity and returns by day.
    pub daily: Daily,
    /// Fall below the highest day so far, by day.
    pub underwater: Vec<f64>,
    /// Price of the benchmark by day; empty without one.
    pub benchmark: Vec<f64>,
    /// Moving windows over the returns.
    pub rolling: Rolling,
    /// Returns by month.
    pub months: Vec<PeriodReturn>,
    /// Returns by year.
    pub years: Vec<PeriodReturn>,
    /// The deepest falls.
    pub drawdowns: Vec<Drawdown>,
    /// What pictures of the columns need; empty when they were not asked for.
    pub drawn: Drawn,
}

multiversioned! {
    /// Rows with a position, sum and highest of the absolute exposure.
    fn exposure(values: &[f64]) -> (f64, f64, f64) {
        let mut held = [0.0_f64; 8];
        let mut total = [0.0_f64; 8];
        let mut highest = [0.0_f64; 8];
        let (chunks, rest) = values.as_chunks::<8>();
        for chunk in chunks {
            for lane in 0..8 {
                let size = chunk[lane].abs();
                held[lane] += if size > 0.0 { 1.0 } else { 0.0 };
                total[lane] += size;
                highest[lane] = if size > highest[lane] { size } else { highest[lane] };
            }
        }
        let mut result = (held.iter().sum::<f64>(), total.iter().sum::<f64>(), 0.0);
        for value in highest {
            result.2 = f64::max(result.2, value);
        }
        for value in rest {
            let size = value.abs();
            result.0 += if size > 0.0 { 1.0 } else { 0.0 };
            result.1 += size;
            result.2 = f64::max(result.2, size);
        }
        result
    }
}

/// The figures in the making.
struct List {
    values: Vec<f64>,
}

impl List {
    fn put(&mut self, id: &'static str, value: f64) {
        debug_assert_eq!(METRIC_IDS[self.values.len()], id);
        self.values.push(value);
    }
}

impl Performance {
    /// Works out every figure. Empty columns give figures without a value.
    ///
    /// # Errors
    /// For columns of different lengths, values that are no numbers and times that go back; the message names the row.
    pub fn of(
        equity: &EquityColumns,
        trades: &TradeColumns,
        benchmark: Option<&BenchmarkColumn>,
        settings: &PerformanceSettings,
    ) -> Result<Self, PerformanceError> {
        check(equity)?;
        let held = exposure(equity.exposure);
        if !held.1.is_finite() {
            // A sum of sizes is finite when all of them are.
            let row = equity.exposure.iter().position(|value| !value.is_finite()).unwrap_or(0);
            return Err(PerformanceError(format!("exposure is not a number at row {row}")));
        }
        trades.check()?;
        if let Some(column) = benchmark {
            check(&EquityColumns { time_ms: equity.time_ms, equity: column.price, exposure: &[] })
                .map_err(|error| PerformanceError(format!("benchmark: {error}")))?;
        }
        let year = settings.periods_per_year;
        let start = settings.start_equity;
        let daily = resample(equity.time_ms, equity.equity, start);
        let falls = drawdowns(equity.time_ms, equity.equity, start, DRAWDOWNS_KEPT);
        let underwater = underwater(&daily.equity, start);
        let months = by_period(&daily, false);
        let shape = moments(&daily.returns);
        let sums = sum(trades);
        let mut list = List { values: Vec::with_capacity(METRIC_IDS.len()) };

        let first = start.or(daily.equity.first().copied()).unwrap_or(f64::NAN);
        let last = daily.equity.last().copied().unwrap_or(f64::NAN);
        let total = last.max(0.0) / first - 1.0;
        list.put("netProfit", last - first);
        list.put("totalReturn", total);
        let cagr = growth_of_a_year(total, daily.returns.len(), year);
        list.put("cagr", cagr);
        put_days(&mut list, &daily.returns, &months, &shape);
        put_risk(&mut list, &daily, &underwater, &falls, equity.time_ms, &shape, year);
        put_ratios(&mut list, &daily.returns, &falls, &shape, (total, cagr), year);
        list.put("probabilisticSharpe", probabilistic_sharpe(&shape, 0.0));
        list.put("deflatedSharpe", deflated_sharpe(&shape, settings.trials, settings.trial_variance));
        list.put("trials", settings.trials);
        put_trades(&mut list, trades, &sums, daily.equity.len() as f64);
        put_costs(&mut list, &sums, mean(&daily.equity), equity.exposure.len(), held);
        list.put("days", daily.equity.len() as f64);
        let compared = benchmark.map(|column| compare(equity, &daily.returns, column, start.is_some(), year));
        put_benchmark(&mut list, compared.as_ref(), total);
        debug_assert_eq!(list.values.len(), METRIC_IDS.len());
        let rolling = rolling(&daily.returns, settings.rolling_days, year);
        let prices = benchmark.map_or(&[][..], |column| column.price);
        Ok(Performance {
            drawn: if settings.pictures {
                Drawn::of(equity.equity, start, prices, &rolling.sharpe)
            } else {
                Drawn::default()
            },
            values: list.values,
            underwater,
            benchmark: compared.map(|comparison| comparison.daily).unwrap_or_default(),
            rolling,
            months,
            years: by_period(&daily, true),
            drawdowns: falls.deepest,
            daily,
        })
    }

    /// The figure of this name.
    pub fn value(&self, id: &str) -> Option<f64> {
        METRIC_IDS.iter().position(|known| *known == id).map(|index| self.values[index])
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn highest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NAN, f64::max)
}

fn lowest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(f64::NAN, f64::min)
}

fn put_days(list: &mut List, returns: &[f64], months: &[PeriodReturn], shape: &Moments) {
    let month = || months.iter().map(|month| month.value);
    list.put("averageDay", shape.mean);
    list.put("bestDay", highest(returns.iter().copied()));
    list.put("worstDay", lowest(returns.iter().copied()));
    let positive = returns.iter().filter(|&&value| value > 0.0).count();
    list.put("positiveDays", positive as f64 / returns.len() as f64);
    list.put("bestMonth", highest(month()));
    list.put("worstMonth", lowest(month()));
    list.put("positiveMonths", month().filter(|&value| value > 0.0).count() as f64 / months.len() as f64);
}

fn put_risk(
    list: &mut List,
    daily: &Daily,
    underwater: &[f64],
    falls: &Drawdowns,
    time_ms: &[f64],
    shape: &Moments,
    year: f64,
) {
    let has_days = !daily.equity.is_empty();
    let none = if has_days { 0.0 } else { f64::NAN };
    let days_of = |milliseconds: f64| milliseconds / DAY_MS;
    list.put("annualVolatility", shape.deviation * year.sqrt());
    list.put("downsideVolatility", shape.downside * year.sqrt());
    let deepest = falls.deepest.first();
    list.put("maxDrawdown", deepest.map_or(none, |fall| fall.depth));
    list.put("maxDrawdownDaily", lowest(underwater.iter().copied()));
    list.put("maxDrawdownDays", deepest.map_or(none, |fall| days_of(duration_ms(time_ms, fall))));
    let recovery =
        deepest.and_then(|fall| fall.recovery_row.map(|row| time_ms[row] - time_ms[fall.trough_row]));
    list.put("recoveryDays", recovery.map_or(f64::NAN, days_of));
    list.put("longestDrawdownDays", falls.longest.map_or(none, |fall| days_of(duration_ms(time_ms, &fall))));
    let count = falls.count as f64;
    list.put("averageDrawdown", if count > 0.0 { falls.depth_sum / count } else { none });
    list.put("averageDrawdownDays", if count > 0.0 { days_of(falls.duration_ms_sum) / count } else { none });
    let below = underwater.iter().filter(|&&fall| fall < 0.0).count();
    list.put("timeUnderWater", below as f64 / underwater.len() as f64);
    list.put("ulcerIndex", ulcer(underwater));
    let mut sorted = daily.returns.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    list.put("valueAtRisk", percentile(&sorted, TAIL));
    list.put("conditionalValueAtRisk", worst_mean(&sorted, TAIL));
    list.put("parametricValueAtRisk", shape.mean + normal::quantile(TAIL) * shape.deviation);
    list.put(
        "parametricConditionalValueAtRisk",
        shape.mean - normal::density(normal::quantile(TAIL)) / TAIL * shape.deviation,
    );
    let (best, worst) = (percentile(&sorted, 1.0 - TAIL), percentile(&sorted, TAIL));
    // Without a bad tail there is nothing to compare with, without a good one it has no size.
    list.put("tailRatio", if worst < 0.0 { best.max(0.0) / -worst } else { f64::NAN });
    let (skew, kurtosis) = sample_shape(shape);
    list.put("skew", skew);
    list.put("kurtosis", kurtosis);
}

/// Root mean square of the falls on daily values.
fn ulcer(underwater: &[f64]) -> f64 {
    (underwater.iter().map(|fall| fall * fall).sum::<f64>() / underwater.len() as f64).sqrt()
}

fn put_ratios(
    list: &mut List,
    returns: &[f64],
    falls: &Drawdowns,
    shape: &Moments,
    (total, cagr): (f64, f64),
    year: f64,
) {
    let penalty = autocorrelation_penalty(returns);
    let depth = falls.deepest.first().map_or(0.0, |fall| -fall.depth);
    let ulcer = list.values[20];
    debug_assert_eq!(METRIC_IDS[20], "ulcerIndex");
    list.put("sharpe", sharpe(shape, year));
    list.put("smartSharpe", sharpe(shape, year) / penalty);
    list.put("sortino", sortino(shape, year));
    list.put("smartSortino", sortino(shape, year) / penalty);
    list.put("calmar", cagr / depth);
    list.put("omega", omega(shape));
    list.put("martin", cagr / ulcer);
    list.put("gainToPain", (shape.gains + shape.losses) / -shape.losses);
    list.put("recoveryFactor", total / depth);
}

fn put_trades(list: &mut List, trades: &TradeColumns, sums: &TradeSums, days: f64) {
    let some = |value: f64| if sums.closed > 0.0 { value } else { f64::NAN };
    let hours = |milliseconds: f64, count: f64| milliseconds / count / HOUR_MS;
    list.put("trades", sums.closed + sums.open);
    list.put("openTrades", sums.open);
    list.put("longTrades", sums.long);
    list.put("shortTrades", sums.short);
    list.put("winRate", sums.wins() / sums.closed);
    list.put("longWinRate", sums.long_wins / sums.long);
    list.put("shortWinRate", sums.short_wins / sums.short);
    list.put("expectancy", sums.mean);
    list.put("expectancyRatio", sums.expectancy_ratio());
    list.put("averageTradeReturn", sums.ratio_sum / sums.closed);
    list.put("medianTradeReturn", median_return(trades));
    list.put("sqn", sums.sqn());
    list.put("profitFactor", sums.gain / -sums.loss);
    list.put("payoffRatio", sums.payoff());
    list.put("kelly", sums.kelly());
    list.put("averageWin", sums.average_win());
    list.put("averageLoss", sums.average_loss());
    list.put("bestTrade", some(sums.best));
    list.put("worstTrade", some(sums.worst));
    list.put("winStreak", some(sums.win_streak));
    list.put("lossStreak", some(sums.loss_streak));
    list.put("averageTradeHours", hours(sums.duration_ms, sums.closed));
    list.put("averageWinHours", hours(sums.win_duration_ms, sums.wins()));
    list.put("averageLossHours", hours(sums.loss_duration_ms, sums.losses));
    list.put("longestTradeHours", some(sums.longest_ms / HOUR_MS));
    list.put("tradesPerMonth", sums.closed / days * 30.0);
    list.put("averageMae", sums.mae_sum / sums.closed);
    list.put("worstMae", some(sums.mae_worst));
    list.put("averageMfe", sums.mfe_sum / sums.closed);
    list.put("edgeRatio", sums.mfe_sum / -sums.mae_sum);
    list.put("mfeCaptured", sums.win_ratio_sum / sums.win_mfe_sum);
}

fn median_return(trades: &TradeColumns) -> f64 {
    let closed =
        trades.profit_ratio.iter().zip(trades.exit_reason).filter(|&(_, &reason)| reason != REASON_OPEN);
    let mut ratios: Vec<f64> = closed.map(|(ratio, _)| *ratio).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    percentile(&ratios, 0.5)
}

fn put_costs(
    list: &mut List,
    sums: &TradeSums,
    mean_equity: f64,
    rows: usize,
    (held, total, largest): (f64, f64, f64),
) {
    list.put("fees", sums.fees);
    list.put("funding", sums.funding);
    list.put("slippage", sums.slippage);
    list.put("costShare", sums.cost_share());
    list.put("turnover", sums.turnover / mean_equity);
    list.put("exposureTime", held / rows as f64);
    list.put("averageExposure", total / rows as f64);
    list.put("maxExposure", if rows == 0 { f64::NAN } else { largest });
}

fn put_benchmark(list: &mut List, compared: Option<&Comparison>, total: f64) {
    let of = |value: fn(&Comparison) -> f64| compared.map_or(f64::NAN, value);
    list.put("benchmarkReturn", of(|found| found.total_return));
    list.put("benchmarkCagr", of(|found| found.cagr));
    list.put("benchmarkMaxDrawdown", of(|found| found.max_drawdown));
    list.put("benchmarkSharpe", of(|found| found.sharpe));
    list.put("excessReturn", total - of(|found| found.total_return));
    list.put("alpha", of(|found| found.alpha));
    list.put("beta", of(|found| found.beta));
    list.put("correlation", of(|found| found.correlation));
    list.put("trackingError", of(|found| found.tracking_error));
    list.put("informationRatio", of(|found| found.information_ratio));
}

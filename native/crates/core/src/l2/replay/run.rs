//! Runs strategies over a tape: the clock, the groups that share a pass, the threads.

use super::Side;
use super::account::Rates;
use super::book::{Book, NO_LEVEL};
use super::exchange::{Exchange, Matching};
use super::grid::{Grid, GridConfig};
use super::latency::{Latency, LatencySource};
use super::queue::QueueModel;
use super::quoter::{Quoter, QuoterConfig};
use super::result::RunResult;
use super::strategy::{Market, Strategy};
use super::tape::Tape;
use super::trader::{Desk, Request, Trader};
use crate::l2::L2Error;
use crate::parallel::run_tasks;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Most strategies that share one pass over the tape.
const GROUP_MAX: usize = 16;
/// Steps between two looks at progress and cancel.
const STEPS_PER_REPORT: u64 = 1024;
/// A run ends this long after the last event, should its strategy never fall silent.
const SILENCE_LIMIT_NS: i64 = 10_000_000_000;

/// What all runs have in common.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplayConfig {
    /// Time between two decisions, nanoseconds.
    pub step_ns: i64,
    /// Latency of orders and answers. The feed has the delays of the recording.
    pub latency: Latency,
    /// How queue positions move.
    pub queue_model: QueueModel,
    /// Whole or partial fills.
    pub matching: Matching,
    /// Fee of resting orders as a part of the value, below zero for a rebate.
    pub maker_fee: f64,
    /// Fee of taking orders.
    pub taker_fee: f64,
    /// How the position that strategies see is summed.
    pub position_sum: PositionSum,
    /// Most samples of equity and position to keep.
    pub samples_max: usize,
    /// Whether to keep every fill.
    pub keeps_fills: bool,
}

/// How a strategy's position is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionSum {
    /// In whole lots.
    Exact,
    /// As a sum of doubles, fill by fill: a position at its limit may look a hair below it, and one more order goes out.
    /// The convention of hftbacktest, to agree with it fill for fill.
    Float,
}

/// A strategy and its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StrategyConfig {
    /// Sends nothing.
    Watch,
    /// A grid of orders.
    Grid(GridConfig),
    /// One bid and one ask after Avellaneda and Stoikov.
    Quoter(QuoterConfig),
}

struct Watch;

impl Strategy for Watch {
    fn step(&mut self, _market: &mut Market<'_>) {}
}

impl ReplayConfig {
    fn check(&self, tape: &Tape, sets: &[StrategyConfig]) -> Result<(), L2Error> {
        let refuse = |reason: String| Err(L2Error::Config(reason));
        let is_fee = |fee: f64| (-0.1..=0.1).contains(&fee);
        if self.step_ns < 1 {
            return refuse("the step must be at least a nanosecond".to_owned());
        }
        if !is_fee(self.maker_fee) || !is_fee(self.taker_fee) {
            return refuse("fees must lie between -0.1 and 0.1 of the value".to_owned());
        }
        if let Some(problem) = self.latency.problem() {
            return refuse(problem.to_owned());
        }
        if let QueueModel::Power { exponent } = self.queue_model
            && !(exponent > 0.0 && exponent <= 100.0)
        {
            return refuse("the exponent of the queue model must lie above 0 and be at most 100".to_owned());
        }
        let span = tape.levels as u64;
        for (index, set) in sets.iter().enumerate() {
            let problem = match set {
                StrategyConfig::Watch => None,
                StrategyConfig::Grid(grid)
                    if u64::from(grid.levels) * u64::from(grid.interval_ticks) > span =>
                {
                    Some(format!("grid: it is wider than the book, which spans {span} ticks"))
                }
                StrategyConfig::Grid(grid) => grid.problem(),
                StrategyConfig::Quoter(quoter) => quoter.problem(),
            };
            if let Some(problem) = problem {
                return refuse(format!("parameter set {}: {problem}", index + 1));
            }
        }
        Ok(())
    }

    fn strategy(&self, tape: &Tape, set: &StrategyConfig) -> Box<dyn Strategy> {
        match *set {
            StrategyConfig::Watch => Box::new(Watch),
            StrategyConfig::Grid(grid) => {
                Box::new(Grid::new(grid, tape.lot.times(grid.max_position_lots as i64)))
            }
            StrategyConfig::Quoter(quoter) => Box::new(Quoter::new(quoter, self.step_ns, tape.lot)),
        }
    }
}

/// Runs every parameter set over the tape on up to `threads` threads (0: one a core); the results, in the order of the
/// sets, do not depend on their number. `report` gets events done and in all, and answers whether to go on.
///
/// # Errors
/// [`L2Error::Config`] for numbers that cannot be, [`L2Error::Cancelled`].
pub fn run(
    tape: &Tape,
    config: &ReplayConfig,
    sets: &[StrategyConfig],
    threads: usize,
    report: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Result<Vec<RunResult>, L2Error> {
    config.check(tape, sets)?;
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if threads == 0 { available } else { threads };
    let group = sets.len().div_ceil(threads).clamp(1, GROUP_MAX);
    let groups: Vec<&[StrategyConfig]> = sets.chunks(group).collect();
    let total = tape.events() as u64 * groups.len() as u64;
    let progress = Progress { done: AtomicU64::new(0), total, stopped: AtomicBool::new(false), report };
    let work = |index: usize| {
        let strategies = groups[index].iter().map(|set| config.strategy(tape, set)).collect();
        Group::new(tape, config, strategies).run(&progress)
    };
    let goes_on = |_, _| !progress.stopped.load(Ordering::Relaxed);
    let results = run_tasks(threads, groups.len(), work, goes_on).map_err(|_| L2Error::Cancelled)?;
    let results: Option<Vec<_>> = results.into_iter().collect();
    results.map(|groups| groups.concat()).ok_or(L2Error::Cancelled)
}

/// Runs strategies of the caller's own over the tape, all in one pass and on this thread; they do not see each other.
///
/// # Errors
/// As [`run`].
pub fn run_strategies(
    tape: &Tape,
    config: &ReplayConfig,
    strategies: Vec<Box<dyn Strategy>>,
    report: &(dyn Fn(u64, u64) -> bool + Sync),
) -> Result<Vec<RunResult>, L2Error> {
    config.check(tape, &[])?;
    let total = tape.events() as u64;
    let progress = Progress { done: AtomicU64::new(0), total, stopped: AtomicBool::new(false), report };
    Group::new(tape, config, strategies).run(&progress).ok_or(L2Error::Cancelled)
}

struct Progress<'a> {
    done: AtomicU64,
    total: u64,
    stopped: AtomicBool,
    report: &'a (dyn Fn(u64, u64) -> bool + Sync),
}

impl Progress<'_> {
    /// Notes events done; false when the run shall stop.
    fn advance(&self, events: u64) -> bool {
        let done = self.done.fetch_add(events, Ordering::Relaxed) + events;
        if !(self.report)(done, self.total) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        !self.stopped.load(Ordering::Relaxed)
    }
}

/// One strategy of a group.
struct Lane {
    strategy: Box<dyn Strategy>,
    trader: Trader,
    result: RunResult,
    peak: f64,
    /// When it fell silent after the last event.
    done_ns: Option<i64>,
}

/// Strategies that share one pass: they do not see each other.
struct Group<'a> {
    tape: &'a Tape,
    config: &'a ReplayConfig,
    rates: Rates,
    exchange: Exchange,
    /// The book as received.
    book: Book,
    cursor: usize,
    desks: Vec<Desk>,
    lanes: Vec<Lane>,
    /// Requests under way by arrival.
    pending: VecDeque<Request>,
    sent: Vec<Request>,
    steps_per_sample: u64,
}

impl<'a> Group<'a> {
    fn new(tape: &'a Tape, config: &'a ReplayConfig, strategies: Vec<Box<dyn Strategy>>) -> Self {
        let steps = ((tape.end_ns() - tape.start_ns()) / config.step_ns) as u64 + 1;
        let owners = strategies.len();
        let lane = |strategy| Lane {
            strategy,
            trader: Trader::new(config.position_sum, tape.lot, config.keeps_fills),
            result: RunResult::default(),
            peak: 0.0,
            done_ns: None,
        };
        Group {
            tape,
            config,
            rates: Rates {
                tick: tape.tick,
                lot: tape.lot,
                maker_fee: config.maker_fee,
                taker_fee: config.taker_fee,
            },
            exchange: Exchange::new(tape, config.queue_model, config.matching, owners),
            book: Book::new(tape.levels),
            cursor: 0,
            desks: (0..owners).map(|_| Desk::new(LatencySource::new(config.latency))).collect(),
            lanes: strategies.into_iter().map(lane).collect(),
            pending: VecDeque::new(),
            sent: Vec::new(),
            steps_per_sample: steps.div_ceil(config.samples_max.max(1) as u64).max(1),
        }
    }

    /// Runs to the end; none when stopped.
    fn run(mut self, progress: &Progress<'_>) -> Option<Vec<RunResult>> {
        let mut now_ns = self.tape.start_ns();
        let latest_ns = self.tape.end_ns().saturating_add(SILENCE_LIMIT_NS.max(10 * self.config.step_ns));
        let mut step = 0;
        let mut reported = 0;
        while self.lanes.iter().any(|lane| lane.done_ns.is_none()) && now_ns < latest_ns {
            now_ns = now_ns.saturating_add(self.config.step_ns);
            step += 1;
            self.advance(now_ns);
            self.decide(now_ns, step);
            if step.is_multiple_of(STEPS_PER_REPORT) {
                if !progress.advance((self.cursor - reported) as u64) {
                    return None;
                }
                reported = self.cursor;
            }
        }
        let is_sampled = self.config.samples_max > 0;
        let results = (0..self.lanes.len()).map(|index| self.finish(index, now_ns, is_sampled)).collect();
        progress.advance((self.tape.events() - reported) as u64).then_some(results)
    }

    /// Lets exchange and feed come up to a time.
    fn advance(&mut self, now_ns: i64) {
        while let Some(request) = self.pending.front().copied()
            && request.arrival_ns <= now_ns
        {
            self.pending.pop_front();
            // What happens at the exchange in the same nanosecond comes before the order.
            self.exchange.advance(self.tape, request.arrival_ns, &mut self.desks);
            self.desks[request.owner as usize].requests_under_way -= 1;
            self.exchange.receive(self.tape, &request, &mut self.desks);
        }
        self.exchange.advance(self.tape, now_ns, &mut self.desks);
        let end = self.tape.local.end_of(self.cursor, now_ns);
        self.book.follow(&self.tape.local, self.cursor, end);
        self.cursor = end;
    }

    /// Lets every strategy decide.
    fn decide(&mut self, now_ns: i64, step: u64) {
        let is_over = self.exchange.is_at_end(self.tape) && self.cursor == self.tape.local.len();
        let best = self.best_ticks();
        for (owner, (lane, desk)) in self.lanes.iter_mut().zip(&mut self.desks).enumerate() {
            if lane.done_ns.is_some() {
                continue;
            }
            lane.trader.receive(desk, now_ns);
            if is_over && desk.is_quiet() {
                lane.done_ns = Some(now_ns);
                continue;
            }
            lane.result.steps += 1;
            if let (Some(bid), Some(ask)) = best {
                let sum = i64::from(bid) + i64::from(ask);
                lane.result.best_ticks_sum += sum;
                lane.value(&self.rates, sum);
            }
            if self.config.samples_max > 0 && step.is_multiple_of(self.steps_per_sample) {
                lane.sample(&self.rates, now_ns);
            }
            let mut market = Market {
                tape: self.tape,
                book: &self.book,
                now_ns,
                newest_event: self.exchange.newest_event(),
                owner: owner as u32,
                trader: &mut lane.trader,
                desk,
                requests: &mut self.sent,
            };
            lane.strategy.step(&mut market);
        }
        for request in self.sent.drain(..) {
            if self.pending.back().is_some_and(|last| last.arrival_ns > request.arrival_ns) {
                let at = self.pending.partition_point(|other| other.arrival_ns <= request.arrival_ns);
                self.pending.insert(at, request);
            } else {
                self.pending.push_back(request);
            }
        }
    }

    fn best_ticks(&self) -> (Option<i32>, Option<i32>) {
        let at = |side: Side| {
            let position = self.book.best(side as usize);
            (position != NO_LEVEL).then(|| self.tape.ticks(side, position as usize))
        };
        (at(Side::Buy), at(Side::Sell))
    }

    fn finish(&mut self, index: usize, now_ns: i64, is_sampled: bool) -> RunResult {
        let (best_bid_ticks, best_ask_ticks) = self.best_ticks();
        let lane = &mut self.lanes[index];
        if let (Some(bid), Some(ask)) = (best_bid_ticks, best_ask_ticks) {
            lane.value(&self.rates, i64::from(bid) + i64::from(ask));
        }
        if is_sampled {
            lane.sample(&self.rates, lane.done_ns.unwrap_or(now_ns));
        }
        let account = lane.trader.account;
        let traded = account.maker_value + account.taker_value;
        RunResult {
            requests: lane.trader.requests,
            fills: account.fills,
            position: account.position(&self.rates),
            balance: account.balance(&self.rates),
            fee: account.fee(&self.rates),
            volume: self.tape.lot.times(account.volume_lots as i64),
            value: self.tape.tick.product_times(self.tape.lot, traded),
            best_bid_ticks,
            best_ask_ticks,
            fill_list: lane.trader.fills.take().unwrap_or_default(),
            ..std::mem::take(&mut lane.result)
        }
    }
}

impl Lane {
    /// Values the position at a mid price.
    fn value(&mut self, rates: &Rates, best_ticks_sum: i64) {
        let account = &self.trader.account;
        // Without a trade there is nothing to value.
        if account.fills > 0 {
            let equity = account.equity(rates, best_ticks_sum);
            self.result.equity = equity;
            self.peak = self.peak.max(equity);
            self.result.max_drawdown = self.result.max_drawdown.max(self.peak - equity);
        }
    }

    fn sample(&mut self, rates: &Rates, now_ns: i64) {
        self.result.sample_ns.push(now_ns);
        self.result.sample_equity.push(self.result.equity);
        self.result.sample_position.push(self.trader.account.position(rates));
    }
}

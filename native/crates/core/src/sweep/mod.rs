//! The sweep path of the backtest: a rule set over columns, for many parameter sets.
//!
//! - `rules`: the rule set as the host writes it; `graph`: its values, each once over all parameter sets; `columns`: what
//!   those are for a series; `signals`: conditions as bitmaps
//! - `market`: a series in ticks with its skip index; `terms`: numbers of a parameter set; `exact`: ratios on the tick grid
//! - `trials`: runs over one series one after the other, of which figures are kept; `kept`: the columns they share
//! - `run`: entries and exits; `position`: its levels; `scan`: the candles between; `trade`, `summary`, `tables`: what is kept
//!
//! # Semantics
//! Those of the event path, trade for trade (`docs/rules.md`, `test/parity`): a decision at the close of a candle fills at
//! that close or the next open; stops, targets and profits that suffice are touched on the path the candle is assumed to
//! have gone; trailing stops move at closes; a rule with an unknown value is not met.

mod bits;
mod columns;
mod error;
mod exact;
mod graph;
mod kept;
mod market;
mod position;
mod rules;
mod run;
mod scan;
mod signals;
mod summary;
mod tables;
mod terms;
mod trade;
mod trials;

pub use error::SweepError;
pub use market::{Fill, Intrabar, MarketRules, RunOptions, Series};
pub use rules::RuleSet;
pub use summary::SUMMARY_FIELDS;
pub use tables::{EquityColumns, TradeColumns};
pub use trade::Counts;
pub use trials::{Trial, TrialError, Trials};

use crate::parallel::{run_tasks, together};
use columns::Columns;
use graph::Graph;
use market::{MANY_ROWS, Market};
use signals::{Tests, signals};
use summary::Summary;
use tables::{AccountColumns, Tables, close_times};
use terms::{Terms, Values};

/// Memory the columns of a series may take at a time.
const COLUMN_BYTES: usize = 1 << 30;

/// How a sweep is worked through.
#[derive(Clone, Copy, Debug)]
pub struct SweepOptions {
    /// Assumptions of every run.
    pub run: RunOptions,
    /// Whether drawdown and Sharpe ratio are wanted: they look at every candle of every position.
    pub statistics: bool,
    /// Share of the money an entry leaves where the rules name none.
    pub reserve: f64,
    /// Threads, 0: one a core; results do not depend on it.
    pub threads: usize,
}

/// One parameter set, ready to run.
struct Prepared {
    terms: Terms,
    tests: Tests,
}

/// The rules with all parameter sets filled in. `names` are the parameters each set has values for, in its order; the others
/// have the value of the rule set.
struct Plan {
    graph: Graph,
    sets: Vec<Prepared>,
}

fn plan(rules: &RuleSet, names: &[String], sets: &[f64], reserve: f64) -> Result<Plan, SweepError> {
    if let Some(name) = names.iter().find(|name| rules.parameters.iter().all(|known| known.name != **name)) {
        return Err(SweepError::Parameter { name: name.clone() });
    }
    let mut values: Values =
        rules.parameters.iter().map(|known| (known.name.as_str(), known.value)).collect();
    let mut graph = Graph::default();
    let mut prepared = Vec::new();
    let count = if names.is_empty() { 1 } else { sets.len() / names.len() };
    for set in 0..count {
        for (index, name) in names.iter().enumerate() {
            values.insert(name, sets[set * names.len() + index]);
        }
        let mut test = |condition: &Option<rules::Condition>| {
            condition.as_ref().map(|condition| graph.add(condition, &values)).transpose()
        };
        let tests = Tests {
            long_entry: test(&rules.long_entry)?,
            long_exit: test(&rules.long_exit)?,
            short_entry: test(&rules.short_entry)?,
            short_exit: test(&rules.short_exit)?,
        };
        prepared.push(Prepared { terms: Terms::new(rules, &values, reserve)?, tests });
    }
    Ok(Plan { graph, sets: prepared })
}

/// Marks a value and everything it is made of.
fn mark(graph: &Graph, id: graph::Id, needed: &mut [bool]) {
    if std::mem::replace(&mut needed[id as usize], true) {
        return;
    }
    for part in graph.parts(id) {
        mark(graph, part, needed);
    }
}

/// The next sets from `from` on whose columns fit into memory together, and what they need.
fn batch(plan: &Plan, from: usize, rows: usize) -> (usize, Vec<bool>) {
    let graph = &plan.graph;
    let mut needed = vec![false; graph.nodes.len()];
    let mut to = from;
    while let Some(set) = plan.sets.get(to) {
        let mut more = needed.clone();
        set.tests.all().for_each(|test| test.for_each_value(&mut |id| mark(graph, id, &mut more)));
        let columns: usize =
            (0..more.len()).filter(|&id| more[id]).map(|id| Columns::width(graph, id as graph::Id)).sum();
        if to > from && columns * rows * 8 > COLUMN_BYTES {
            break;
        }
        needed = more;
        to += 1;
    }
    (to, needed)
}

/// Runs every parameter set over every series. Gives the numbers of [`SUMMARY_FIELDS`] for each: series after series, set
/// after set. `advance` is told what is done and of how much; when it says no, the sweep ends.
///
/// # Errors
/// [`SweepError`] for rules, parameters, columns or options that cannot be, and when cancelled.
pub fn sweep(
    series: &[Series],
    rules: &RuleSet,
    names: &[String],
    sets: &[f64],
    options: &SweepOptions,
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<Vec<f64>, SweepError> {
    let plan = plan(rules, names, sets, options.reserve)?;
    let total = (series.len() * plan.sets.len()) as u64;
    let mut done = 0;
    let mut results = Vec::with_capacity(total as usize * SUMMARY_FIELDS.len());
    for series in series {
        let market = Market::new(*series, &options.run, options.threads)?;
        let mut columns = Columns::new(*series, &plan.graph);
        let mut from = 0;
        while from < plan.sets.len() {
            let (to, needed) = batch(&plan, from, market.rows);
            columns.keep(&needed);
            columns.compute(&plan.graph, &needed, options.threads)?;
            let before = done;
            let numbers = run_tasks(
                options.threads,
                to - from,
                |at| summarise(&market, &columns, &plan.graph, &plan.sets[from + at], options),
                |now, _| advance(before + now, total),
            )?;
            done += (to - from) as u64;
            results.extend(numbers.into_iter().flatten());
            from = to;
        }
    }
    Ok(results)
}

fn summarise(
    market: &Market,
    columns: &Columns,
    graph: &Graph,
    set: &Prepared,
    options: &SweepOptions,
) -> [f64; SUMMARY_FIELDS.len()] {
    let run = &options.run;
    let signals = signals(columns, graph, &set.tests, market.rows, run.first_row);
    let mut summary = Summary::new(market, run.capital, run.first_row, options.statistics);
    let outcome = run::run(market, run, &set.terms, &signals, &mut summary);
    summary.numbers(&outcome)
}

/// One run in full.
#[derive(Debug)]
pub struct FullRun {
    /// Round trips.
    pub trades: TradeColumns,
    /// What happened to orders.
    pub counts: Counts,
    /// Money and position at the end.
    pub final_equity: f64,
}

/// Runs the rules once, with the values their parameters have, and keeps everything: the trades, and the account at each close
/// in `equity`, if that is given.
///
/// # Errors
/// As [`sweep`], but it is never cancelled; [`SweepError::Length`] unless the columns of `equity` have a row for each candle
/// from the first decided one.
pub fn run_once(
    series: &Series,
    rules: &RuleSet,
    options: &SweepOptions,
    equity: Option<EquityColumns>,
) -> Result<FullRun, SweepError> {
    let plan = plan(rules, &[], &[], options.reserve)?;
    let market = Market::new(*series, &options.run, options.threads)?;
    let columns = Columns::new(*series, &plan.graph);
    let needed = vec![true; plan.graph.nodes.len()];
    columns.compute(&plan.graph, &needed, options.threads)?;
    let set = &plan.sets[0];
    let run = &options.run;
    let signals = signals(&columns, &plan.graph, &set.tests, market.rows, run.first_row);
    let expected = market.rows.saturating_sub(run.first_row);
    if let Some(columns) = &equity {
        for (name, rows) in [
            ("timeMs", columns.time_ms.len()),
            ("equity", columns.equity.len()),
            ("exposure", columns.exposure.len()),
        ] {
            if rows != expected {
                return Err(SweepError::Length { name, rows, expected });
            }
        }
    }
    let (times_ms, account) = equity
        .map(|EquityColumns { time_ms, equity, exposure }| (time_ms, AccountColumns { equity, exposure }))
        .unzip();
    let mut tables = Tables::new(&market, run.first_row, account);
    let threads = if market.rows < MANY_ROWS { 1 } else { options.threads };
    let fill_times =
        || times_ms.into_iter().for_each(|times_ms| close_times(&market, run.first_row, times_ms));
    let run_all = || run::run(&market, run, &set.terms, &signals, &mut tables);
    let ((), outcome) = together(threads, fill_times, run_all);
    Ok(FullRun { trades: tables.trades, counts: outcome.counts, final_equity: outcome.final_equity })
}

//! Runs over one series one after the other, of which figures are kept: what they share is made once, and the columns of the
//! account are filled again and again.

use super::columns::Columns;
use super::graph::{Graph, Id};
use super::kept::KeptColumns;
use super::market::{Fill, Market, Series, SkipIndex};
use super::rules::RuleSet;
use super::signals::signals;
use super::tables::{AccountColumns, Tables, TradeColumns, close_times};
use super::trade::ExitReason;
use super::{SweepError, SweepOptions, plan, run};
use crate::performance::{self, Performance, PerformanceError, PerformanceSettings};

/// What the runs over one series share.
#[derive(Debug)]
pub struct Trials {
    options: SweepOptions,
    rows: usize,
    skip_index: SkipIndex,
    kept: KeptColumns,
    time_ms: Vec<f64>,
    equity: Vec<f64>,
    exposure: Vec<f64>,
}

/// What is kept of a run.
#[derive(Debug)]
pub struct Trial<'a> {
    /// The values of [`performance::METRIC_IDS`]; NaN or infinite where there is none.
    pub figures: Vec<f64>,
    /// The account at each close from the first decided one.
    pub equity: &'a [f64],
    /// The least value at which a position was to be sold or bought back, at the price of its decision or its fill; infinite
    /// without any.
    pub least_exit: f64,
}

/// Why a trial has no figures.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// Rules or columns that cannot be.
    #[error(transparent)]
    Sweep(#[from] SweepError),
    /// Figures that cannot be.
    #[error(transparent)]
    Performance(#[from] PerformanceError),
}

impl Trials {
    /// Checks a series and its options for all runs over it.
    ///
    /// # Errors
    /// [`SweepError`] for columns and options that cannot be.
    pub fn new(series: &Series, options: SweepOptions) -> Result<Self, SweepError> {
        let market = Market::new(*series, &options.run, options.threads)?;
        let length = market.rows.saturating_sub(options.run.first_row);
        let mut time_ms = vec![0.0; length];
        close_times(&market, options.run.first_row, &mut time_ms);
        Ok(Trials {
            options,
            rows: market.rows,
            skip_index: market.skip_index(),
            kept: KeptColumns::default(),
            time_ms,
            equity: vec![0.0; length],
            exposure: vec![0.0; length],
        })
    }

    /// Runs the rules once over the series, which must be the one of [`Trials::new`], with the values their parameters have.
    /// Figures are those of the tables [`super::run_once`] gives, over the money of the options.
    ///
    /// # Errors
    /// As `run_once`, and for figures that cannot be.
    pub fn run(&mut self, series: &Series, rules: &RuleSet) -> Result<Trial<'_>, TrialError> {
        self.check_lengths(series)?;
        let options = &self.options.run;
        let plan = plan(rules, &[], &[], self.options.reserve)?;
        let (graph, set) = (&plan.graph, &plan.sets[0]);
        let market = Market::checked(*series, options, SkipIndex::clone(&self.skip_index));
        let columns = Columns::new(*series, graph);
        self.kept.lend(graph, &columns);
        let mut needed = vec![false; graph.nodes.len()];
        set.tests
            .all()
            .for_each(|test| test.for_each_value(&mut |id| mark_missing(graph, &columns, id, &mut needed)));
        columns.compute(graph, &needed, 1)?;
        self.kept.keep(graph, &columns);
        let signals = signals(&columns, graph, &set.tests, market.rows, options.first_row);
        let account = AccountColumns { equity: &mut self.equity, exposure: &mut self.exposure };
        let mut tables = Tables::new(&market, options.first_row, Some(account));
        run::run(&market, options, &set.terms, &signals, &mut tables);
        let trades = tables.trades;
        let account = performance::EquityColumns {
            time_ms: &self.time_ms,
            equity: &self.equity,
            exposure: &self.exposure,
        };
        let settings = PerformanceSettings {
            start_equity: Some(options.capital),
            // No figure looks at the moving windows.
            rolling_days: 0,
            ..PerformanceSettings::default()
        };
        let least_exit = least_exit(&trades, series, options.first_row, options.fill);
        let figures = Performance::of(&account, &measured(&trades), None, &settings)?.values;
        Ok(Trial { figures, equity: &self.equity, least_exit })
    }

    fn check_lengths(&self, series: &Series) -> Result<(), SweepError> {
        let columns = [
            ("openTimeMs", series.time_ms),
            ("open", series.open),
            ("high", series.high),
            ("low", series.low),
            ("close", series.close),
            ("volume", series.volume),
        ];
        for (name, column) in columns {
            if column.len() != self.rows {
                return Err(SweepError::Length { name, rows: column.len(), expected: self.rows });
            }
        }
        let (rows, expected) = (series.funding_rate.len(), series.funding_row.len());
        if rows == expected {
            Ok(())
        } else {
            Err(SweepError::Length { name: "fundingRate", rows, expected })
        }
    }
}

/// Marks a value and what it is made of, as far as that is not there.
fn mark_missing(graph: &Graph, columns: &Columns, id: Id, needed: &mut [bool]) {
    if columns.computed(id).is_some() || std::mem::replace(&mut needed[id as usize], true) {
        return;
    }
    for part in graph.parts(id) {
        mark_missing(graph, columns, part, needed);
    }
}

fn least_exit(trades: &TradeColumns, series: &Series, first_row: usize, fill: Fill) -> f64 {
    let mut least = f64::INFINITY;
    for trade in 0..trades.side.len() {
        if trades.exit_reason[trade] == ExitReason::Open as u8 {
            continue;
        }
        let filled = trades.exit_price[trade];
        // What is decided at a close is valued there, though it fills at the next open.
        let price = match fill {
            Fill::NextOpen if trades.exit_bar[trade] > 0 => {
                filled.min(series.close[first_row + trades.exit_bar[trade] as usize - 1])
            }
            _ => filled,
        };
        least = least.min(trades.quantity[trade] * price);
    }
    least
}

fn measured(trades: &TradeColumns) -> performance::TradeColumns<'_> {
    performance::TradeColumns {
        side: &trades.side,
        entry_time_ms: &trades.entry_time_ms,
        exit_time_ms: &trades.exit_time_ms,
        quantity: &trades.quantity,
        entry_price: &trades.entry_price,
        exit_price: &trades.exit_price,
        fees: &trades.fees,
        funding: &trades.funding,
        slippage: &trades.slippage,
        profit: &trades.profit,
        profit_ratio: &trades.profit_ratio,
        mae: &trades.mae,
        mfe: &trades.mfe,
        exit_reason: &trades.exit_reason,
    }
}

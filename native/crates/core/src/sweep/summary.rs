//! A run in a few numbers, taken as it goes: what a sweep keeps of each parameter set.

use super::market::Market;
use super::run::Outcome;
use super::trade::{ExitReason, Recorder, Trade};

/// Milliseconds of a year of 365 days, over which ratios are annualised.
const YEAR_MS: f64 = 365.0 * 86_400_000.0;

/// Names of the numbers of a summary, in their order.
pub const SUMMARY_FIELDS: [&str; 20] = [
    "finalEquity",
    "profit",
    "trades",
    "openTrades",
    "winningTrades",
    "longTrades",
    "grossProfit",
    "grossLoss",
    "bestTrade",
    "worstTrade",
    "fees",
    "funding",
    "slippage",
    "exposure",
    "maxDrawdown",
    "sharpe",
    "orders",
    "fills",
    "refusedEntries",
    "liquidations",
];

/// Counts and sums over trades, and, if asked for, statistics of the equity.
#[derive(Debug)]
pub(super) struct Summary<'a> {
    market: &'a Market<'a>,
    capital: f64,
    first_row: usize,
    /// Whether the equity of every candle counts, or only the trades.
    equity: Option<EquityStatistics>,
    trades: u32,
    open: u32,
    won: u32,
    long: u32,
    gross_profit: f64,
    gross_loss: f64,
    best: f64,
    worst: f64,
    fees: f64,
    funding: f64,
    slippage: f64,
    held_rows: usize,
}

/// Largest fall from a peak, and moments of the returns from close to close.
#[derive(Clone, Copy, Debug)]
struct EquityStatistics {
    last: f64,
    peak: f64,
    fall: f64,
    returns: f64,
    squares: f64,
}

impl<'a> Summary<'a> {
    pub(super) fn new(market: &'a Market<'a>, capital: f64, first_row: usize, with_equity: bool) -> Self {
        let start = EquityStatistics { last: capital, peak: capital, fall: 0.0, returns: 0.0, squares: 0.0 };
        Summary {
            market,
            capital,
            first_row,
            equity: with_equity.then_some(start),
            trades: 0,
            open: 0,
            won: 0,
            long: 0,
            gross_profit: 0.0,
            gross_loss: 0.0,
            best: f64::NAN,
            worst: f64::NAN,
            fees: 0.0,
            funding: 0.0,
            slippage: 0.0,
            held_rows: 0,
        }
    }

    /// The numbers, in the order of [`SUMMARY_FIELDS`]; NaN where there is none.
    pub(super) fn numbers(&self, outcome: &Outcome) -> [f64; SUMMARY_FIELDS.len()] {
        let rows = self.market.rows.saturating_sub(self.first_row) as f64;
        let counts = &outcome.counts;
        let (fall, sharpe) =
            self.equity.map_or((f64::NAN, f64::NAN), |equity| (equity.fall, self.sharpe(&equity)));
        [
            outcome.final_equity,
            outcome.final_equity - self.capital,
            f64::from(self.trades),
            f64::from(self.open),
            f64::from(self.won),
            f64::from(self.long),
            self.gross_profit,
            self.gross_loss,
            self.best,
            self.worst,
            self.fees,
            self.funding,
            self.slippage,
            self.held_rows as f64 / rows,
            fall,
            sharpe,
            f64::from(counts.orders),
            f64::from(counts.fills),
            f64::from(counts.refused_entries),
            f64::from(counts.liquidations),
        ]
    }

    /// Mean over sample deviation of the returns from close to close, the first one from the capital, times the root of the
    /// candles of a year.
    fn sharpe(&self, equity: &EquityStatistics) -> f64 {
        let count = self.market.rows.saturating_sub(self.first_row) as f64;
        let mean = equity.returns / count;
        let variance = (equity.squares - count * mean * mean) / (count - 1.0);
        let timeframe = self.market.series.rules.timeframe_ms;
        if variance > 0.0 { mean / variance.sqrt() * (YEAR_MS / timeframe).sqrt() } else { f64::NAN }
    }
}

impl EquityStatistics {
    #[inline(always)]
    fn take(&mut self, value: f64) {
        let change = value / self.last - 1.0;
        self.returns += change;
        self.squares += change * change;
        self.last = value;
        if value > self.peak {
            self.peak = value;
        }
        let fall = 1.0 - value / self.peak;
        if fall > self.fall {
            self.fall = fall;
        }
    }
}

impl Recorder for Summary<'_> {
    const EXTREMES: bool = false;

    fn flat(&mut self, from: usize, to: usize, cash: f64) {
        if let Some(equity) = &mut self.equity
            && from < to
        {
            // Every later candle has the same value: no return, no new fall.
            equity.take(cash);
        }
    }

    fn held(&mut self, from: usize, to: usize, cash: f64, quantity: f64) {
        self.held_rows += to - from;
        if let Some(equity) = &mut self.equity {
            let mut own = *equity;
            for row in from..to {
                own.take(cash + quantity * self.market.close_price(row));
            }
            *equity = own;
        }
    }

    fn trade(&mut self, trade: &Trade) {
        self.trades += 1;
        self.open += u32::from(trade.reason == ExitReason::Open);
        self.won += u32::from(trade.profit > 0.0);
        self.long += u32::from(trade.long);
        if trade.profit > 0.0 {
            self.gross_profit += trade.profit;
        } else {
            self.gross_loss -= trade.profit;
        }
        self.best = self.best.max(trade.profit);
        self.worst = self.worst.min(trade.profit);
        self.fees += trade.fees;
        self.funding += trade.funding;
        self.slippage += trade.slippage;
    }
}

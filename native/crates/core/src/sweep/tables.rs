//! A run in full: one row a trade, one row a candle.

use super::market::Market;
use super::trade::{Moment, Recorder, Trade};

/// Columns of the round trips; see `TradeTable` in `src/shared/lab/result.ts`.
#[derive(Debug, Default)]
pub struct TradeColumns {
    /// 1 long, -1 short.
    pub side: Vec<i8>,
    /// Epoch milliseconds.
    pub entry_time_ms: Vec<f64>,
    /// Epoch milliseconds.
    pub exit_time_ms: Vec<f64>,
    /// Candle from the first decided one.
    pub entry_bar: Vec<i32>,
    /// Candle from the first decided one.
    pub exit_bar: Vec<i32>,
    /// Base currency.
    pub quantity: Vec<f64>,
    /// Price of the fill.
    pub entry_price: Vec<f64>,
    /// Price of the fill, or the last close.
    pub exit_price: Vec<f64>,
    /// Quote currency.
    pub fees: Vec<f64>,
    /// Quote currency; negative was paid.
    pub funding: Vec<f64>,
    /// Quote currency.
    pub slippage: Vec<f64>,
    /// Net.
    pub profit: Vec<f64>,
    /// Profit over the value of the entry.
    pub profit_ratio: Vec<f64>,
    /// Worst price against the entry, a ratio not above zero.
    pub mae: Vec<f64>,
    /// Best price against the entry, a ratio not below zero.
    pub mfe: Vec<f64>,
    /// Number of the reason.
    pub exit_reason: Vec<u8>,
}

/// Columns for the account at the close of each candle from the first decided one; all of that length.
#[derive(Debug)]
pub struct EquityColumns<'a> {
    /// Close times.
    pub time_ms: &'a mut [f64],
    /// Quote currency.
    pub equity: &'a mut [f64],
    /// Signed value of the position over equity.
    pub exposure: &'a mut [f64],
}

/// Fills a column with the close times of the candles from the first decided one.
pub(super) fn close_times(market: &Market, first_row: usize, times_ms: &mut [f64]) {
    let timeframe = market.series.rules.timeframe_ms;
    for (time, open) in times_ms.iter_mut().zip(&market.series.time_ms[first_row.min(market.rows)..]) {
        *time = open + timeframe;
    }
}

/// Columns for the account that a run fills.
#[derive(Debug)]
pub(super) struct AccountColumns<'a> {
    pub equity: &'a mut [f64],
    pub exposure: &'a mut [f64],
}

/// Collects the trades, and fills the columns of the account if there are any.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    market: &'a Market<'a>,
    first_row: usize,
    pub trades: TradeColumns,
    account: Option<AccountColumns<'a>>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(market: &'a Market<'a>, first_row: usize, account: Option<AccountColumns<'a>>) -> Self {
        let first_row = first_row.min(market.rows);
        Tables { market, first_row, trades: TradeColumns::default(), account }
    }

    fn time(&self, row: usize, moment: Moment) -> f64 {
        let open = self.market.series.time_ms[row];
        if moment == Moment::Close { open + self.market.series.rules.timeframe_ms } else { open }
    }

    /// When a trade ended. Inside a candle the event path's clock holds: a third of the candle to the first extreme, another
    /// to the second, at a steady pace.
    fn exit_time(&self, trade: &Trade) -> f64 {
        if trade.exit_moment != Moment::Inside {
            return self.time(trade.exit_row, trade.exit_moment);
        }
        let (market, row) = (self.market, trade.exit_row);
        let series = &market.series;
        let last = series.rules.timeframe_ms - 1.0;
        let (first, second) = ((last / 3.0).floor(), (2.0 * last / 3.0).floor());
        let open = market.ticks(series.open[row]);
        let falls = trade.exit_ticks < trade.other.unwrap_or(open);
        let extreme = market.ticks(if falls { series.low[row] } else { series.high[row] });
        let (from, begins, ends) = trade.other.map_or((open, 0.0, first), |other| (other, first, second));
        let share = (trade.exit_ticks - from) / (extreme - from);
        (series.time_ms[row] + begins + (ends - begins) * share).floor()
    }
}

impl Recorder for Tables<'_> {
    const EXTREMES: bool = true;

    fn flat(&mut self, from: usize, to: usize, cash: f64) {
        if let Some(columns) = &mut self.account {
            let rows = from - self.first_row..to - self.first_row;
            columns.equity[rows.clone()].fill(cash);
            columns.exposure[rows].fill(0.0);
        }
    }

    fn held(&mut self, from: usize, to: usize, cash: f64, quantity: f64) {
        if let Some(columns) = &mut self.account {
            let rows = from - self.first_row..to - self.first_row;
            let equity = columns.equity[rows.clone()].iter_mut().zip(&mut columns.exposure[rows]);
            for (row, (equity, exposure)) in (from..to).zip(equity) {
                let value = quantity * self.market.close_price(row);
                *equity = cash + value;
                *exposure = value / *equity;
            }
        }
    }

    fn trade(&mut self, trade: &Trade) {
        let value = trade.quantity * trade.entry_price;
        let against = |price: f64| price / trade.entry_price - 1.0;
        let (worst, best) = if trade.long {
            (against(trade.lowest), against(trade.highest))
        } else {
            (-against(trade.highest), -against(trade.lowest))
        };
        let (entry_time, exit_time) = (self.time(trade.entry_row, trade.entry_moment), self.exit_time(trade));
        let columns = &mut self.trades;
        columns.side.push(if trade.long { 1 } else { -1 });
        columns.entry_time_ms.push(entry_time);
        columns.exit_time_ms.push(exit_time);
        columns.entry_bar.push((trade.entry_row - self.first_row) as i32);
        columns.exit_bar.push((trade.exit_row - self.first_row) as i32);
        columns.quantity.push(trade.quantity);
        columns.entry_price.push(trade.entry_price);
        columns.exit_price.push(trade.exit_price);
        columns.fees.push(trade.fees);
        columns.funding.push(trade.funding);
        columns.slippage.push(trade.slippage);
        columns.profit.push(trade.profit);
        columns.profit_ratio.push(trade.profit / value);
        columns.mae.push(worst.min(0.0));
        columns.mfe.push(best.max(0.0));
        columns.exit_reason.push(trade.reason as u8);
    }
}

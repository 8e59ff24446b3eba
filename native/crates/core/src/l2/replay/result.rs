//! What a run has come to.

use super::Side;

/// One fill of an own order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// When it happened at the exchange, epoch nanoseconds UTC.
    pub time_ns: i64,
    /// When the trader heard of it.
    pub arrival_ns: i64,
    /// Side of the order.
    pub side: Side,
    /// Price in ticks.
    pub ticks: i32,
    /// Size in lots.
    pub lots: u64,
    /// Whether the order rested.
    pub maker: bool,
}

/// The outcome of one strategy, as the trader knows it at the end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunResult {
    /// Decisions taken.
    pub steps: u64,
    /// Sum over all steps of best bid and best ask in ticks: tells whether two programs saw the same book.
    pub best_ticks_sum: i64,
    /// Orders, cancels and modifications sent.
    pub requests: u64,
    /// Number of fills.
    pub fills: u64,
    /// Units of the base asset held.
    pub position: f64,
    /// Money received minus paid, fees left out.
    pub balance: f64,
    /// Fees paid, below zero for rebates.
    pub fee: f64,
    /// Units of the base asset traded.
    pub volume: f64,
    /// Money traded.
    pub value: f64,
    /// Balance and position at the last mid price, less fees.
    pub equity: f64,
    /// Largest fall of the equity from a peak, looked at every step.
    pub max_drawdown: f64,
    /// Best bid at the end, in ticks; none when there was none.
    pub best_bid_ticks: Option<i32>,
    /// Best ask at the end.
    pub best_ask_ticks: Option<i32>,
    /// Times of the samples below, epoch nanoseconds UTC.
    pub sample_ns: Vec<i64>,
    /// Equity at those times.
    pub sample_equity: Vec<f64>,
    /// Position at those times.
    pub sample_position: Vec<f64>,
    /// Fills in the order in which they were heard of; empty unless asked for.
    pub fill_list: Vec<Fill>,
}

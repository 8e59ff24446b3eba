//! Replay of a recording: the exchange and the trader on one clock.
//!
//! Every event is seen twice: at its exchange time by the exchange, whose book decides fills, and at its receive time
//! by the trader, who decides on what has arrived. Orders and answers travel with a latency. Own orders do not change
//! the recorded market; where they stand in the queue of their price is estimated.
//!
//! - [`Tape`]: a recording made ready, within a range of prices. `Book`: levels as an array.
//! - [`QueueModel`]: how a queue position moves. [`Matching`]: whole or partial fills. [`Latency`]: how long messages take.
//! - `exchange`: orders that rest and how they fill; `trader`: what the strategy knows; `account`: its money.
//! - [`Strategy`], with [`GridConfig`] and [`QuoterConfig`] built in; [`run`]: one or many of them over a tape.
//!
//! # Why it is fast
//! Between two decisions of the strategy the two streams do not touch each other, so each is worked through in a tight
//! loop of its own. Asks are stored mirrored, so that on both sides a better price has a higher index and one code
//! serves both without a branch on the side. A level whose price holds an own order has its highest bit set: levels
//! without one cost no look-up. Several parameter sets share one pass: the market is applied once for all of them.

mod account;
mod book;
mod exchange;
mod grid;
mod latency;
mod queue;
mod quoter;
mod result;
mod run;
mod strategy;
mod tape;
mod trader;

pub use exchange::Matching;
pub use grid::GridConfig;
pub use latency::Latency;
pub use queue::QueueModel;
pub use quoter::QuoterConfig;
pub use result::{Fill, RunResult};
pub use run::{PositionSum, ReplayConfig, StrategyConfig, run, run_strategies};
pub use strategy::{Market, OrderView, Strategy, TimeInForce};
pub use tape::Tape;

/// Which side of the book; the number is the index of the side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Bids and buys.
    Buy = 0,
    /// Asks and sells.
    Sell = 1,
}

impl Side {
    /// 1 for buys, -1 for sells.
    pub fn sign(self) -> i64 {
        match self {
            Side::Buy => 1,
            Side::Sell => -1,
        }
    }
}

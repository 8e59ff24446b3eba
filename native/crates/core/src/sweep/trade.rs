//! A round trip, and who is told of what happens in a run.

/// Why a round trip ended; the numbers are those of `exitReasons` in `src/shared/lab/result.ts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum ExitReason {
    /// It has not.
    Open = 0,
    /// An exit rule.
    Signal = 1,
    /// The stop from the entry.
    Stop = 2,
    /// The target.
    Target = 3,
    /// The trailing stop.
    Trailing = 4,
    /// The table of profits that suffice.
    Roi = 5,
    /// The limit of candles.
    Time = 6,
    /// The venue.
    Liquidation = 7,
}

/// At what moment of its candle a fill was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Open,
    Inside,
    Close,
}

/// One round trip.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trade {
    pub long: bool,
    pub entry_row: usize,
    pub exit_row: usize,
    pub entry_moment: Moment,
    pub exit_moment: Moment,
    /// Ticks at which the exit was decided or fired, before slippage, and the other extreme of its candle where the path had
    /// been there: they tell the moment inside it.
    pub exit_ticks: f64,
    pub other: Option<f64>,
    pub quantity: f64,
    pub entry_price: f64,
    pub exit_price: f64,
    pub fees: f64,
    pub funding: f64,
    pub slippage: f64,
    pub profit: f64,
    /// Lowest and highest price in ticks while it was open; only where somebody wants to know.
    pub lowest: f64,
    pub highest: f64,
    pub reason: ExitReason,
}

/// Is told what happens, in the order of time.
pub(super) trait Recorder {
    /// Whether trades come with their lowest and highest price.
    const EXTREMES: bool;

    /// The closes of rows `from..to` found the account with this cash and nothing else.
    fn flat(&mut self, from: usize, to: usize, cash: f64);
    /// The closes of rows `from..to` found the account with this cash and this signed quantity.
    fn held(&mut self, from: usize, to: usize, cash: f64, quantity: f64);
    /// A round trip has ended, or is still open after the last candle.
    fn trade(&mut self, trade: &Trade);
}

/// What is counted in every run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Orders sent at closes, and those that rested until they filled.
    pub orders: u32,
    /// Orders filled.
    pub fills: u32,
    /// Entries that were too dear for the money at the price they met.
    pub refused_entries: u32,
    /// Entries that were wanted but too small for the venue: no order was sent.
    pub too_small: u32,
    /// Positions the venue closed.
    pub liquidations: u32,
}

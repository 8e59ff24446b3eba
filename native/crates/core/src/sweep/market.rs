//! One series of candles as the fill loop sees it: prices in whole ticks, the lows and highs of blocks of candles, the
//! funding payments, and the rules of the venue.

use super::SweepError;
use super::bits::words;
use crate::cpu::multiversioned;
use crate::parallel::run_tasks;
use std::sync::{Arc, OnceLock};

/// Where a market order sent at the close of a candle fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// At the open of the next candle.
    NextOpen,
    /// At that close.
    Close,
}

/// In which order a candle reaches its extremes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intrabar {
    /// The one that hurts the open position comes first.
    AdverseFirst,
    /// A candle that rises sees its low first.
    ByDirection,
    /// Low before high.
    LowFirst,
    /// High before low.
    HighFirst,
}

/// Columns of candles, all of one length, and what holds for their market.
#[derive(Clone, Copy, Debug)]
pub struct Series<'a> {
    /// Open times, epoch milliseconds.
    pub time_ms: &'a [f64],
    /// First prices.
    pub open: &'a [f64],
    /// Highest prices.
    pub high: &'a [f64],
    /// Lowest prices.
    pub low: &'a [f64],
    /// Last prices.
    pub close: &'a [f64],
    /// Traded quantities.
    pub volume: &'a [f64],
    /// Rows at which funding is paid, at the price of their open, rising. A whole row is paid by a position that comes into the
    /// open, half a row more by one that is still, or newly, there after it.
    pub funding_row: &'a [f64],
    /// Rate of each payment: a long position pays it when it is positive.
    pub funding_rate: &'a [f64],
    /// The venue's rules.
    pub rules: MarketRules,
}

/// What a venue prescribes for a market, and what it takes.
#[derive(Clone, Copy, Debug)]
pub struct MarketRules {
    /// Price step in quote currency.
    pub tick_size: f64,
    /// Quantity step in base currency; 0: any quantity.
    pub lot_size: f64,
    /// Fewest lots of an order.
    pub minimum_lots: f64,
    /// Most lots of an order; an entry that would be larger is cut.
    pub maximum_lots: f64,
    /// Least value of an entry in quote currency.
    pub minimum_notional: f64,
    /// Fee of a taker fill, a fraction of its value.
    pub taker_fee: f64,
    /// Whether it is a perpetual: margin, shorts, funding, liquidation.
    pub perpetual: bool,
    /// Leverage of the account, cross margin; 1 for spot.
    pub leverage: f64,
    /// Maintenance margin, a fraction of the position's value.
    pub maintenance_rate: f64,
    /// Length of a candle in milliseconds.
    pub timeframe_ms: f64,
}

/// Assumptions of a run.
#[derive(Clone, Copy, Debug)]
pub struct RunOptions {
    /// Money at the beginning, quote currency.
    pub capital: f64,
    /// What a taker fill loses against the price it aims at, a fraction.
    pub slippage: f64,
    /// Where market orders fill.
    pub fill: Fill,
    /// How a candle is gone through.
    pub intrabar: Intrabar,
    /// The first candle at whose close a decision is made; earlier ones only warm indicators up.
    pub first_row: usize,
}

/// Highest and lowest price of each 64 candles: where no level lies between, all of them are one step.
#[derive(Debug)]
pub(super) struct Blocks {
    pub high: Vec<f64>,
    pub low: Vec<f64>,
}

/// A checked series.
#[derive(Debug)]
pub(super) struct Market<'a> {
    pub series: Series<'a>,
    pub rows: usize,
    /// Ticks and lots in one unit where that is a whole number: dividing by it rounds once.
    ticks_per_unit: Option<f64>,
    lots_per_unit: Option<f64>,
    /// A price times the first over the second is in ticks.
    to_ticks: (f64, f64),
    slippage: f64,
    blocks: SkipIndex,
}

/// From how many rows on a pass over columns takes longer than to have another thread begin with its part.
pub(super) const MANY_ROWS: usize = 200_000;

/// The skip index of a series, made on first use; markets over the same candles share it.
pub(super) type SkipIndex = Arc<OnceLock<Blocks>>;

/// The inverse of a step, where it is a whole number.
fn per_unit(step: f64) -> Option<f64> {
    if step <= 0.0 {
        return None;
    }
    let inverse = (1.0 / step).round();
    (inverse >= 1.0 && (inverse * step - 1.0).abs() < 1e-12).then_some(inverse)
}

fn number(name: &str, expected: &'static str, value: f64, ok: bool) -> Result<(), SweepError> {
    if ok { Ok(()) } else { Err(SweepError::Number { name: name.to_owned(), expected, value }) }
}

impl<'a> Market<'a> {
    /// Checks the columns, on so many threads, and the rules.
    pub(super) fn new(series: Series<'a>, options: &RunOptions, threads: usize) -> Result<Self, SweepError> {
        let rows = series.time_ms.len();
        let prices =
            [("open", series.open), ("high", series.high), ("low", series.low), ("close", series.close)];
        for (name, column) in prices.into_iter().chain([("volume", series.volume)]) {
            if column.len() != rows {
                return Err(SweepError::Length { name, rows: column.len(), expected: rows });
            }
        }
        let threads = if rows < MANY_ROWS { 1 } else { threads };
        let sound = run_tasks(threads, prices.len(), |index| all_prices(prices[index].1), |_, _| true)?;
        for ((name, column), is_sound) in prices.into_iter().zip(sound) {
            if !is_sound {
                let (row, &value) = column
                    .iter()
                    .enumerate()
                    .find(|&(_, &price)| !(price > 0.0 && price < 1e300))
                    .unwrap_or((0, &f64::NAN));
                return Err(SweepError::Price { name, row, value });
            }
        }
        if series.funding_rate.len() != series.funding_row.len() {
            let (rows, expected) = (series.funding_rate.len(), series.funding_row.len());
            return Err(SweepError::Length { name: "fundingRate", rows, expected });
        }
        let rules = &series.rules;
        number("tickSize", "greater than zero", rules.tick_size, rules.tick_size > 0.0)?;
        number("lotSize", "zero or greater", rules.lot_size, rules.lot_size >= 0.0)?;
        let fee = rules.taker_fee;
        number("takerFee", "between -0.5 and 0.5", fee, (-0.5..=0.5).contains(&fee))?;
        number("leverage", "at least 1", rules.leverage, rules.leverage >= 1.0)?;
        let maintenance = rules.maintenance_rate;
        number("maintenanceRate", "between 0 and 0.5", maintenance, (0.0..=0.5).contains(&maintenance))?;
        number("capital", "greater than zero", options.capital, options.capital > 0.0)?;
        let slippage = options.slippage;
        number("slippage", "between 0 and 0.5", slippage, (0.0..=0.5).contains(&slippage))?;
        Ok(Self::checked(series, options, SkipIndex::default()))
    }

    /// As [`Market::new`], for a series that has been checked with these options.
    pub(super) fn checked(series: Series<'a>, options: &RunOptions, blocks: SkipIndex) -> Self {
        let rules = &series.rules;
        Market {
            rows: series.time_ms.len(),
            ticks_per_unit: per_unit(rules.tick_size),
            lots_per_unit: per_unit(rules.lot_size),
            to_ticks: per_unit(rules.tick_size).map_or((1.0, rules.tick_size), |inverse| (inverse, 1.0)),
            slippage: options.slippage,
            blocks,
            series,
        }
    }

    /// The skip index, for another market over the same candles.
    pub(super) fn skip_index(&self) -> SkipIndex {
        Arc::clone(&self.blocks)
    }

    /// The whole ticks nearest to a price.
    #[inline(always)]
    pub(super) fn ticks(&self, price: f64) -> f64 {
        // A tick of a tenth is no double, its inverse is: halves go up as they do on the event path.
        let (factor, divisor) = self.to_ticks;
        (price * factor / divisor + 0.5).floor()
    }

    /// Price of ticks.
    #[inline]
    pub(super) fn price(&self, ticks: f64) -> f64 {
        match self.ticks_per_unit {
            Some(inverse) => ticks / inverse,
            None => ticks * self.series.rules.tick_size,
        }
    }

    /// The close of a candle on the tick grid.
    #[inline]
    pub(super) fn close_price(&self, row: usize) -> f64 {
        self.price(self.ticks(self.series.close[row]))
    }

    /// Quantity of lots.
    #[inline]
    pub(super) fn quantity(&self, lots: f64) -> f64 {
        match self.lots_per_unit {
            Some(inverse) => lots / inverse,
            None if self.series.rules.lot_size == 0.0 => lots,
            None => lots * self.series.rules.lot_size,
        }
    }

    /// What a taker gets at these ticks: dearer when buying, cheaper when selling. The formula is that of
    /// `src/shared/lab/fill-price.ts`, operation for operation.
    #[inline]
    pub(super) fn taken(&self, ticks: f64, buys: bool) -> f64 {
        let slippage = self.slippage;
        if slippage == 0.0 {
            return ticks;
        }
        let exact = if buys { ticks * (1.0 + slippage) } else { ticks * (1.0 - slippage) };
        let nearest = exact.round();
        let whole = if (exact - nearest).abs() <= ticks * 1e-12 {
            nearest
        } else if buys {
            exact.ceil()
        } else {
            exact.floor()
        };
        whole.max(1.0)
    }

    /// The skip index; made on first use.
    pub(super) fn blocks(&self) -> &Blocks {
        self.blocks.get_or_init(|| {
            let mut blocks = Blocks { high: vec![0.0; words(self.rows)], low: vec![0.0; words(self.rows)] };
            block_extremes(self.series.high, self.series.low, &mut blocks.high, &mut blocks.low);
            blocks
        })
    }
}

multiversioned! {
    /// Highest of the highs and lowest of the lows of each 64 rows.
    fn block_extremes(high: &[f64], low: &[f64], highest: &mut [f64], lowest: &mut [f64]) {
        for (block, rows) in high.chunks(64).enumerate() {
            // Eight at a time, which is what a wide processor compares at once.
            let mut most = [0.0_f64; 8];
            let (eights, rest) = rows.as_chunks::<8>();
            for eight in eights {
                for lane in 0..8 {
                    most[lane] = if eight[lane] > most[lane] { eight[lane] } else { most[lane] };
                }
            }
            highest[block] = most.iter().chain(rest).fold(0.0, |a, &b| if b > a { b } else { a });
        }
        for (block, rows) in low.chunks(64).enumerate() {
            let mut least = [f64::INFINITY; 8];
            let (eights, rest) = rows.as_chunks::<8>();
            for eight in eights {
                for lane in 0..8 {
                    least[lane] = if eight[lane] < least[lane] { eight[lane] } else { least[lane] };
                }
            }
            lowest[block] = least.iter().chain(rest).fold(f64::INFINITY, |a, &b| if b < a { b } else { a });
        }
    }
}

multiversioned! {
    /// Whether all of them can be prices. Without an early end, so that it is vectorised.
    #[allow(clippy::needless_bitwise_bool)]
    fn all_prices(column: &[f64]) -> bool {
        column.iter().fold(true, |good, &price| good & (price > 0.0) & (price < 1e300))
    }
}

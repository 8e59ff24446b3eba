//! Import of recordings from the formats in which they are found. A file is taken whole or refused whole, with the line
//! and the reason.
//!
//! - `source`: the lines of a file; `sink`: checks that hold for every format, snapshots and holes.
//! - `frames`: raw Binance frames; `tardis`: Tardis CSV; `bybit`: Bybit archives; `trades`: trade lists.

mod bybit;
mod frames;
mod sink;
mod source;
mod tardis;
mod trades;

use super::{Events, L2Error, Step};
use sink::Sink;
use source::Source;
use std::path::Path;

/// Format of a source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `<local nanoseconds> <frame>` a line: raw Binance streams (spot, USD- and coin-margined) with a REST snapshot.
    BinanceFrames,
    /// Tardis CSV; the header tells which data set: `incremental_book_L2`, `book_snapshot_*`, `trades` or `quotes`.
    TardisCsv,
    /// Bybit order book archive: one JSON frame a line, usually in a zip.
    BybitBook,
    /// A JSON list of `[time ms, id, type, side, price, amount, ...]`.
    TradeList,
}

/// What to make of the sequence numbers of a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sequence {
    /// As a live book does: changes count from the first snapshot on, those it contains already are dropped, and after a
    /// hole the book is empty until the next snapshot.
    Checked,
    /// Everything is taken as it comes, also before a snapshot, which clears only the prices it reaches: the convention
    /// of hftbacktest's converters.
    AsRecorded,
}

/// How to import.
#[derive(Clone, Debug)]
pub struct ImportOptions {
    /// Format of the file.
    pub format: Format,
    /// Sequence numbers.
    pub sequence: Sequence,
    /// The venue's symbol, where a file may hold several; upper or lower case.
    pub symbol: Option<String>,
    /// Distance of prices; the coarsest that fits all prices when not given.
    pub tick: Option<Step>,
    /// Distance of sizes; the coarsest that fits all sizes when not given.
    pub lot: Option<Step>,
}

/// What was read and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// The venue's symbol, as the file names it.
    pub symbol: String,
    /// Lines (elements of a list) read.
    pub lines: u64,
    /// Lines without order book or trade: other streams, tickers, transfers that are no market trades.
    pub skipped: u64,
    /// Changes that the snapshot contained already or that came while the book was not known.
    pub dropped: u64,
    /// Snapshots.
    pub snapshots: u64,
    /// Holes in the sequence.
    pub gaps: u64,
    /// Trades.
    pub trades: u64,
    /// By how much all receive times were moved so that nothing arrives before it happens: the recorder's clock was slow.
    pub clock_shift_ns: i64,
}

/// Reads a source file. `report` gets bytes read and in all, and answers whether to go on.
///
/// # Errors
/// [`L2Error::Input`] with line and reason for anything that cannot be taken (also a file that ends early),
/// [`L2Error::NotFound`], [`L2Error::Cancelled`], [`L2Error::Io`].
pub fn import(
    path: &Path,
    options: &ImportOptions,
    report: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<(Events, ImportReport), L2Error> {
    let mut source = Source::open(path, report)?;
    let mut sink = Sink::new(options);
    let read = match options.format {
        Format::BinanceFrames => frames::read(&mut source, &mut sink, options.symbol.as_deref()),
        Format::TardisCsv => tardis::read(&mut source, &mut sink),
        Format::BybitBook => bybit::read(&mut source, &mut sink),
        Format::TradeList => trades::read(&mut source, &mut sink),
    };
    read.and_then(|()| sink.finish(options).map_err(Stop::Refused)).map_err(|stop| source.error(stop))
}

/// Why reading stopped.
#[derive(Debug)]
enum Stop {
    /// The current line cannot be taken.
    Refused(String),
    /// The caller asked to stop.
    Cancelled,
}

impl From<String> for Stop {
    fn from(reason: String) -> Self {
        Stop::Refused(reason)
    }
}

impl From<&str> for Stop {
    fn from(reason: &str) -> Self {
        Stop::Refused(reason.to_owned())
    }
}

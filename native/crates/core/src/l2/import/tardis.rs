//! Tardis CSV files; times are microseconds. The header tells the data set.

use super::Stop;
use super::sink::{Sink, Times, price_of, size_of};
use super::source::Source;
use std::collections::BTreeMap;

const NS_PER_US: i64 = 1_000;

/// Where the columns of a data set stand.
enum Layout {
    Incremental {
        is_snapshot: usize,
        side: usize,
        price: usize,
        amount: usize,
    },
    Trades {
        side: usize,
        price: usize,
        amount: usize,
    },
    /// Price and amount columns of every level, bids first. Quotes are a snapshot of one level.
    Levels {
        bids: Vec<(usize, usize)>,
        asks: Vec<(usize, usize)>,
    },
}

struct Table {
    symbol: usize,
    exchange_time: usize,
    local_time: usize,
    columns: usize,
    layout: Layout,
}

/// Levels of one side as last written.
type Side = BTreeMap<(i64, u32), (i64, u32)>;

#[derive(Default)]
struct State {
    was_snapshot: bool,
    /// Bids and asks.
    shown: [Side; 2],
}

pub(super) fn read(source: &mut Source<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let header = source.next_line()?.unwrap_or_default();
    let table = Table::from_header(&text(header)?.split(',').collect::<Vec<_>>())?;
    let mut state = State::default();
    while let Some(line) = source.next_line()? {
        if line.is_empty() {
            continue;
        }
        sink.report.lines += 1;
        let fields: Vec<&str> = text(line)?.split(',').collect();
        table.row(&fields, &mut state, sink)?;
    }
    Ok(())
}

fn text(line: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text".to_owned())
}

impl Table {
    fn from_header(header: &[&str]) -> Result<Self, String> {
        let find = |name: &str| header.iter().position(|&column| column == name);
        let need = |name: &str| find(name).ok_or_else(|| format!("the header lacks the column \"{name}\""));
        let layout = if find("is_snapshot").is_some() {
            Layout::Incremental {
                is_snapshot: need("is_snapshot")?,
                side: need("side")?,
                price: need("price")?,
                amount: need("amount")?,
            }
        } else if find("side").is_some() {
            Layout::Trades { side: need("side")?, price: need("price")?, amount: need("amount")? }
        } else if find("bid_price").is_some() || find("ask_price").is_some() {
            Layout::Levels {
                bids: vec![(need("bid_price")?, need("bid_amount")?)],
                asks: vec![(need("ask_price")?, need("ask_amount")?)],
            }
        } else {
            let levels = |side: &str| {
                (0..)
                    .map_while(|level| {
                        let price = find(&format!("{side}[{level}].price"))?;
                        Some((price, find(&format!("{side}[{level}].amount"))?))
                    })
                    .collect::<Vec<_>>()
            };
            let (bids, asks) = (levels("bids"), levels("asks"));
            if bids.is_empty() || asks.is_empty() {
                return Err("the header is that of no known Tardis data set: incremental_book_L2, \
                            book_snapshot, trades or quotes"
                    .to_owned());
            }
            Layout::Levels { bids, asks }
        };
        Ok(Table {
            symbol: need("symbol")?,
            exchange_time: need("timestamp")?,
            local_time: need("local_timestamp")?,
            columns: header.len(),
            layout,
        })
    }

    fn row(&self, fields: &[&str], state: &mut State, sink: &mut Sink) -> Result<(), String> {
        if fields.len() != self.columns {
            return Err(format!("{} columns, but the header has {}", fields.len(), self.columns));
        }
        let symbol = fields[self.symbol];
        if sink.report.symbol.is_empty() {
            symbol.clone_into(&mut sink.report.symbol);
        } else if sink.report.symbol != symbol {
            return Err(format!("{symbol} follows {}: import one symbol at a time", sink.report.symbol));
        }
        let time = |column: usize| {
            let us: i64 = fields[column].parse().map_err(|_| format!("\"{}\" is no time", fields[column]))?;
            Ok::<i64, String>(us.saturating_mul(NS_PER_US))
        };
        let times = Times { exchange_ns: time(self.exchange_time)?, local_ns: time(self.local_time)? };
        sink.check_times(times)?;
        match &self.layout {
            &Layout::Incremental { is_snapshot, side, price, amount } => {
                let is_snapshot = match fields[is_snapshot] {
                    "true" => true,
                    "false" => false,
                    other => return Err(format!("is_snapshot is \"{other}\", not true or false")),
                };
                // A snapshot that begins replaces what was known.
                if is_snapshot && !state.was_snapshot {
                    sink.report.snapshots += 1;
                    sink.clear(times)?;
                }
                state.was_snapshot = is_snapshot;
                let is_bid = match fields[side] {
                    "bid" => true,
                    "ask" => false,
                    other => return Err(format!("there is no side \"{other}\"")),
                };
                sink.level(times, is_bid, price_of(fields[price])?, size_of(fields[amount], true)?)
            }
            &Layout::Trades { side, price, amount } => {
                let buyer_took = match fields[side] {
                    "buy" => true,
                    "sell" => false,
                    // The venue did not say who took: nothing can be made of it.
                    "unknown" => {
                        sink.report.skipped += 1;
                        return Ok(());
                    }
                    other => return Err(format!("there is no side \"{other}\"")),
                };
                sink.trade(times, buyer_took, price_of(fields[price])?, size_of(fields[amount], false)?)
            }
            Layout::Levels { bids, asks } => {
                sink.report.snapshots += 1;
                for (is_bid, columns) in [(true, bids), (false, asks)] {
                    let shown = &mut state.shown[usize::from(!is_bid)];
                    show(fields, columns, is_bid, shown, times, sink)?;
                }
                Ok(())
            }
        }
    }
}

/// Makes changes of a snapshot: levels that are no longer shown go first.
fn show(
    fields: &[&str],
    columns: &[(usize, usize)],
    is_bid: bool,
    shown: &mut Side,
    times: Times,
    sink: &mut Sink,
) -> Result<(), String> {
    let mut now = Side::new();
    for &(price, amount) in columns {
        // A book with fewer levels leaves fields empty.
        if !fields[price].is_empty() {
            now.insert(price_of(fields[price])?, size_of(fields[amount], true)?);
        }
    }
    for &price in shown.keys().filter(|&price| !now.contains_key(price)) {
        sink.level(times, is_bid, price, (0, 0))?;
    }
    for (&price, &size) in now.iter().filter(|&(price, size)| shown.get(price) != Some(size)) {
        sink.level(times, is_bid, price, size)?;
    }
    *shown = now;
    Ok(())
}

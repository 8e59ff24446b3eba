//! Where all formats end: checks that hold for each of them, and how snapshots and holes become events.

use super::super::Events;
use super::super::decimal::parse_decimal;
use super::super::events::{EventBuilder, EventKind};
use super::{ImportOptions, ImportReport, Sequence};

/// Earliest time taken: 2008.
const TIME_MIN_NS: i64 = 1_200_000_000_000_000_000;
/// Latest time taken: 2100.
const TIME_MAX_NS: i64 = 4_102_444_800_000_000_000;
/// Changes kept while the book is not known, as a live book does; older ones are dropped first.
const HELD_MAX: usize = 5_000;

/// A price and a size as written.
pub(super) type Level<'a> = [&'a str; 2];

/// Exchange and receive time of a message, nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) exchange_ns: i64,
    pub(super) local_ns: i64,
}

/// A decimal as digits and places behind the point.
type Digits = (i64, u32);

/// A change of the book: levels with their digits, bids first.
#[derive(Debug)]
struct Change {
    first_update: u64,
    last_update: u64,
    exchange_ns: i64,
    levels: Vec<(EventKind, Digits, Digits)>,
}

pub(super) struct Sink {
    pub(super) report: ImportReport,
    sequence: Sequence,
    builder: EventBuilder,
    last_local_ns: i64,
    newest_exchange_ns: Option<i64>,
    /// Last update that the book contains; none while it is not known.
    last_update: Option<u64>,
    held: std::collections::VecDeque<Change>,
}

/// A price: a number above zero.
pub(super) fn price_of(text: &str) -> Result<Digits, String> {
    match parse_decimal(text.as_bytes())? {
        digits if digits.0 > 0 => Ok(digits),
        _ => Err(format!("the price {text} is not above zero")),
    }
}

/// A size: a number, zero allowed where a level may end.
pub(super) fn size_of(text: &str, zero_allowed: bool) -> Result<Digits, String> {
    match parse_decimal(text.as_bytes())? {
        digits if digits.0 > 0 || (zero_allowed && digits.0 == 0) => Ok(digits),
        _ => Err(format!("the size {text} is {}", if zero_allowed { "negative" } else { "not above zero" })),
    }
}

impl Sink {
    pub(super) fn new(options: &ImportOptions) -> Self {
        Sink {
            report: ImportReport::default(),
            sequence: options.sequence,
            builder: EventBuilder::default(),
            last_local_ns: i64::MIN,
            newest_exchange_ns: None,
            last_update: None,
            held: std::collections::VecDeque::new(),
        }
    }

    /// Checks the times of a message: in this century, and received in order.
    pub(super) fn check_times(&mut self, times: Times) -> Result<(), String> {
        for (time, name) in [(times.exchange_ns, "exchange"), (times.local_ns, "receive")] {
            if !(TIME_MIN_NS..=TIME_MAX_NS).contains(&time) {
                return Err(format!("the {name} time {time} ns is not one of this century"));
            }
        }
        if times.local_ns < self.last_local_ns {
            let back_ms = (self.last_local_ns - times.local_ns) as f64 / 1e6;
            return Err(format!("time runs back by {back_ms} ms against the line before"));
        }
        self.last_local_ns = times.local_ns;
        self.newest_exchange_ns = self.newest_exchange_ns.max(Some(times.exchange_ns));
        Ok(())
    }

    /// Latest exchange time seen so far.
    pub(super) fn newest_exchange_ns(&self) -> Option<i64> {
        self.newest_exchange_ns
    }

    /// Adds a trade.
    pub(super) fn trade(
        &mut self,
        times: Times,
        buyer_took: bool,
        price: Digits,
        size: Digits,
    ) -> Result<(), String> {
        self.report.trades += 1;
        let kind = if buyer_took { EventKind::BuyTrade } else { EventKind::SellTrade };
        self.builder.push(kind, times.exchange_ns, times.local_ns, price, size)
    }

    /// Adds a level as it is now.
    pub(super) fn level(
        &mut self,
        times: Times,
        is_bid: bool,
        price: Digits,
        size: Digits,
    ) -> Result<(), String> {
        let kind = if is_bid { EventKind::BidDepth } else { EventKind::AskDepth };
        self.builder.push(kind, times.exchange_ns, times.local_ns, price, size)
    }

    /// Empties the book.
    pub(super) fn clear(&mut self, times: Times) -> Result<(), String> {
        let zero = (0, 0);
        self.builder.push(EventKind::ClearAll, times.exchange_ns, times.local_ns, zero, zero)
    }

    /// Takes a change of the book that contains the updates `updates.0` to `updates.1`.
    pub(super) fn change(
        &mut self,
        times: Times,
        updates: (u64, u64),
        bids: &[Level<'_>],
        asks: &[Level<'_>],
    ) -> Result<(), String> {
        let levels = levels_of(bids, asks)?;
        if self.sequence == Sequence::AsRecorded {
            return self.push_levels(times, &levels);
        }
        let change = Change {
            first_update: updates.0,
            last_update: updates.1,
            exchange_ns: times.exchange_ns,
            levels,
        };
        match self.last_update {
            Some(last) if change.last_update <= last => self.report.dropped += 1,
            Some(last) if change.first_update > last + 1 => {
                self.report.gaps += 1;
                self.last_update = None;
                self.clear(times)?;
                self.hold(change);
            }
            Some(_) => {
                self.last_update = Some(change.last_update);
                self.push_levels(times, &change.levels)?;
            }
            None => self.hold(change),
        }
        Ok(())
    }

    /// Takes a snapshot that contains all updates up to `last_update`.
    pub(super) fn snapshot(
        &mut self,
        times: Times,
        last_update: u64,
        bids: &[Level<'_>],
        asks: &[Level<'_>],
    ) -> Result<(), String> {
        self.report.snapshots += 1;
        if self.sequence == Sequence::AsRecorded {
            return self.snapshot_as_recorded(times, bids, asks);
        }
        self.clear(times)?;
        self.push_levels(times, &levels_of(bids, asks)?)?;
        self.last_update = Some(last_update);
        for change in std::mem::take(&mut self.held) {
            let Some(last) = self.last_update else {
                self.hold(change);
                continue;
            };
            if change.last_update <= last {
                self.report.dropped += 1;
            } else if change.first_update > last + 1 {
                self.report.gaps += 1;
                self.last_update = None;
                self.clear(times)?;
                self.hold(change);
            } else {
                self.last_update = Some(change.last_update);
                // Known together with the snapshot; at the exchange it came later.
                let exchange_ns = change.exchange_ns.max(times.exchange_ns);
                self.push_levels(Times { exchange_ns, ..times }, &change.levels)?;
            }
        }
        Ok(())
    }

    /// The snapshot clears the prices that it reaches and leaves those beyond.
    fn snapshot_as_recorded(
        &mut self,
        times: Times,
        bids: &[Level<'_>],
        asks: &[Level<'_>],
    ) -> Result<(), String> {
        for (levels, kind) in [(bids, EventKind::BidClear), (asks, EventKind::AskClear)] {
            if let Some([price, _]) = levels.last() {
                self.builder.push(kind, times.exchange_ns, times.local_ns, price_of(price)?, (0, 0))?;
            }
            let side = if kind == EventKind::BidClear { [levels, &[]] } else { [&[], levels] };
            self.push_levels(times, &levels_of(side[0], side[1])?)?;
        }
        Ok(())
    }

    fn hold(&mut self, change: Change) {
        if self.held.len() >= HELD_MAX {
            self.held.pop_front();
            self.report.dropped += 1;
        }
        self.held.push_back(change);
    }

    fn push_levels(&mut self, times: Times, levels: &[(EventKind, Digits, Digits)]) -> Result<(), String> {
        for &(kind, price, size) in levels {
            self.builder.push(kind, times.exchange_ns, times.local_ns, price, size)?;
        }
        Ok(())
    }

    /// The columns of all that was taken.
    pub(super) fn finish(mut self, options: &ImportOptions) -> Result<(Events, ImportReport), String> {
        // What is still held waits for a snapshot that never came.
        self.report.dropped += self.held.len() as u64;
        if self.builder.len() == 0 {
            return Err("the file holds no order book and no trade that can be used".to_owned());
        }
        self.report.clock_shift_ns = (-self.builder.shortest_delay_ns()).max(0);
        let shift = self.report.clock_shift_ns;
        let events = self.builder.finish(options.tick, options.lot, shift)?;
        Ok((events, self.report))
    }
}

fn levels_of(bids: &[Level<'_>], asks: &[Level<'_>]) -> Result<Vec<(EventKind, Digits, Digits)>, String> {
    let sided = |levels: &[Level<'_>], kind: EventKind| {
        levels
            .iter()
            .map(|[price, size]| Ok((kind, price_of(price)?, size_of(size, true)?)))
            .collect::<Result<Vec<_>, String>>()
    };
    let mut levels = sided(bids, EventKind::BidDepth)?;
    levels.append(&mut sided(asks, EventKind::AskDepth)?);
    Ok(levels)
}

//! Raw Binance frames, a line each: `<local nanoseconds> <JSON>`, as the replay of frames reads them.

use super::Stop;
use super::sink::{Level, Sink, Times, price_of, size_of};
use super::source::Source;
use serde::Deserialize;

const STAMP_DIGITS: usize = 19;
const NS_PER_MS: i64 = 1_000_000;
/// Times above this are microseconds: streams may be asked for them.
const TIME_MAX_MS: i64 = 4_102_444_800_000;

/// What tells the kind of a frame, at a glance.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    stream: Option<&'a str>,
    #[serde(borrow)]
    data: Option<Inner<'a>>,
    // A frame without envelope, such as a snapshot, has these at its top.
    #[serde(borrow)]
    e: Option<&'a str>,
    #[serde(borrow)]
    s: Option<&'a str>,
    #[serde(borrow)]
    symbol: Option<&'a str>,
    #[serde(rename = "lastUpdateId")]
    last_update: Option<u64>,
}

#[derive(Deserialize)]
struct Inner<'a> {
    #[serde(borrow)]
    e: Option<&'a str>,
    #[serde(borrow)]
    s: Option<&'a str>,
    #[serde(borrow)]
    symbol: Option<&'a str>,
    #[serde(rename = "lastUpdateId")]
    last_update: Option<u64>,
}

#[derive(Deserialize)]
struct Enveloped<T> {
    data: T,
}

#[derive(Deserialize)]
struct Depth<'a> {
    #[serde(rename = "E")]
    event_time: Option<i64>,
    #[serde(rename = "T")]
    transaction_time: Option<i64>,
    #[serde(rename = "U")]
    first_update: u64,
    #[serde(rename = "u")]
    last_update: u64,
    #[serde(rename = "pu")]
    previous_update: Option<u64>,
    #[serde(borrow)]
    b: Vec<Level<'a>>,
    #[serde(borrow)]
    a: Vec<Level<'a>>,
}

#[derive(Deserialize)]
struct Snapshot<'a> {
    #[serde(rename = "E")]
    event_time: Option<i64>,
    #[serde(rename = "T")]
    transaction_time: Option<i64>,
    #[serde(rename = "lastUpdateId")]
    last_update: u64,
    #[serde(borrow)]
    bids: Vec<Level<'a>>,
    #[serde(borrow)]
    asks: Vec<Level<'a>>,
}

#[derive(Deserialize)]
struct Trade<'a> {
    #[serde(rename = "E")]
    event_time: Option<i64>,
    #[serde(rename = "T")]
    transaction_time: Option<i64>,
    p: &'a str,
    q: &'a str,
    /// Whether the buyer was the maker.
    m: bool,
    #[serde(rename = "X")]
    kind: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Depth,
    Trade,
    AggregatedTrade,
    Snapshot,
    Other,
}

/// Trades come as single ones or as aggregates; where a recording holds both, the aggregates are the same trades again.
#[derive(Default)]
struct TradeStreams {
    seen: Option<Kind>,
}

pub(super) fn read(source: &mut Source<'_>, sink: &mut Sink, wanted: Option<&str>) -> Result<(), Stop> {
    let mut streams = TradeStreams::default();
    while let Some(line) = source.next_line()? {
        if line.is_empty() {
            continue;
        }
        sink.report.lines += 1;
        let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text".to_owned())?;
        read_line(text, sink, &mut streams, wanted)?;
    }
    Ok(())
}

fn read_line(
    text: &str,
    sink: &mut Sink,
    streams: &mut TradeStreams,
    wanted: Option<&str>,
) -> Result<(), String> {
    let stamp = text.get(..STAMP_DIGITS).filter(|stamp| stamp.bytes().all(|byte| byte.is_ascii_digit()));
    let (Some(stamp), Some(json)) = (stamp, text.get(STAMP_DIGITS..).and_then(|rest| rest.strip_prefix(' ')))
    else {
        return Err("the line does not start with 19 digits of nanoseconds and a space".to_owned());
    };
    let local_ns: i64 = stamp.parse().map_err(|_| format!("{stamp} is no time"))?;
    let head: Head<'_> = parsed(json)?;
    let is_enveloped = head.data.is_some();
    let Head { e, s, symbol, last_update, .. } = head;
    let inner = head.data.unwrap_or(Inner { e, s, symbol, last_update });
    let kind = kind_of(&inner);
    if kind == Kind::Other {
        sink.report.skipped += 1;
        return Ok(());
    }
    let symbol = inner.s.or(inner.symbol).or_else(|| head.stream.and_then(|name| name.split('@').next()));
    if !takes_symbol(sink, symbol, wanted)? || !streams.takes(kind)? {
        sink.report.skipped += 1;
        return Ok(());
    }
    match kind {
        Kind::Depth => depth(&within(json, is_enveloped)?, local_ns, sink),
        Kind::Snapshot => snapshot(&within(json, is_enveloped)?, local_ns, sink),
        _ => trade(&within(json, is_enveloped)?, local_ns, sink),
    }
}

fn parsed<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, String> {
    serde_json::from_str(json).map_err(|error| format!("not a frame that is understood: {error}"))
}

fn within<'a, T: Deserialize<'a>>(json: &'a str, is_enveloped: bool) -> Result<T, String> {
    if is_enveloped { parsed::<Enveloped<T>>(json).map(|outer| outer.data) } else { parsed(json) }
}

fn kind_of(inner: &Inner<'_>) -> Kind {
    match inner.e {
        Some("depthUpdate") => Kind::Depth,
        Some("trade") => Kind::Trade,
        Some("aggTrade") => Kind::AggregatedTrade,
        None if inner.last_update.is_some() => Kind::Snapshot,
        _ => Kind::Other,
    }
}

/// Whether a frame of this symbol is wanted. A file of several symbols needs a choice; snapshots may name none.
fn takes_symbol(sink: &mut Sink, symbol: Option<&str>, wanted: Option<&str>) -> Result<bool, String> {
    let Some(symbol) = symbol.map(str::to_uppercase) else { return Ok(true) };
    if let Some(wanted) = wanted
        && !wanted.eq_ignore_ascii_case(&symbol)
    {
        return Ok(false);
    }
    if sink.report.symbol.is_empty() {
        sink.report.symbol = symbol;
    } else if sink.report.symbol != symbol {
        return Err(format!("the file holds {} and {symbol}: name the one to import", sink.report.symbol));
    }
    Ok(true)
}

impl TradeStreams {
    fn takes(&mut self, kind: Kind) -> Result<bool, String> {
        match (self.seen, kind) {
            (None, Kind::Trade | Kind::AggregatedTrade) => self.seen = Some(kind),
            (Some(Kind::Trade), Kind::AggregatedTrade) => return Ok(false),
            (Some(Kind::AggregatedTrade), Kind::Trade) => {
                let reason = "trades and aggregated trades are mixed, and the aggregates came first: \
                              leave one of the streams out";
                return Err(reason.to_owned());
            }
            _ => {}
        }
        Ok(true)
    }
}

fn times(transaction: Option<i64>, event: Option<i64>, local_ns: i64, sink: &Sink) -> Times {
    let exchange_ns = match transaction.or(event) {
        // Spot snapshots carry no time: they are at least as new as what came before them. The recorder's clock would
        // not do, it may be off.
        None => sink.newest_exchange_ns().unwrap_or(local_ns),
        Some(time) if time > TIME_MAX_MS => time.saturating_mul(1_000),
        Some(time) => time.saturating_mul(NS_PER_MS),
    };
    Times { exchange_ns, local_ns }
}

fn depth(frame: &Depth<'_>, local_ns: i64, sink: &mut Sink) -> Result<(), String> {
    let times = times(frame.transaction_time, frame.event_time, local_ns, sink);
    sink.check_times(times)?;
    if frame.last_update < frame.first_update {
        return Err(format!(
            "the last update {} lies before the first {}",
            frame.last_update, frame.first_update
        ));
    }
    // Futures number updates over all symbols and link one symbol's frames by the last update of the frame before.
    let first = frame.previous_update.map_or(frame.first_update, |previous| previous.saturating_add(1));
    sink.change(times, (first, frame.last_update), &frame.b, &frame.a)
}

fn snapshot(frame: &Snapshot<'_>, local_ns: i64, sink: &mut Sink) -> Result<(), String> {
    let times = times(frame.transaction_time, frame.event_time, local_ns, sink);
    sink.check_times(times)?;
    sink.snapshot(times, frame.last_update, &frame.bids, &frame.asks)
}

fn trade(frame: &Trade<'_>, local_ns: i64, sink: &mut Sink) -> Result<(), String> {
    if frame.kind.is_some_and(|kind| kind != "MARKET") {
        // Transfers of the insurance fund and the like, some with a price of zero.
        sink.report.skipped += 1;
        return Ok(());
    }
    let times = times(frame.transaction_time, frame.event_time, local_ns, sink);
    sink.check_times(times)?;
    sink.trade(times, !frame.m, price_of(frame.p)?, size_of(frame.q, false)?)
}

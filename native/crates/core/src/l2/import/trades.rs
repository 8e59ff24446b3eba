//! Trade lists: one JSON array of `[time ms, id, type, side, price, amount, ...]`, as CCXT orders the fields.

use super::Stop;
use super::sink::{Sink, Times, price_of, size_of};
use super::source::Source;
use serde_json::Value;

const NS_PER_MS: i64 = 1_000_000;

pub(super) fn read(source: &mut Source<'_>, sink: &mut Sink) -> Result<(), Stop> {
    let content = source.rest()?;
    let trades: Vec<Vec<Value>> = serde_json::from_slice(&content)
        .map_err(|error| format!("not a list of trades that is understood: {error}"))?;
    drop(content);
    for (index, trade) in trades.iter().enumerate() {
        source.at_element(index as u64 + 1);
        sink.report.lines += 1;
        read_trade(trade, sink)?;
    }
    Ok(())
}

fn read_trade(trade: &[Value], sink: &mut Sink) -> Result<(), String> {
    let [time, _id, _kind, side, price, amount, ..] = trade else {
        return Err(format!("a trade needs six fields at least, this one has {}", trade.len()));
    };
    let time_ms = time.as_i64().ok_or_else(|| format!("{time} is no time in milliseconds"))?;
    let time_ns = time_ms.saturating_mul(NS_PER_MS);
    let times = Times { exchange_ns: time_ns, local_ns: time_ns };
    sink.check_times(times)?;
    let buyer_took = match side.as_str() {
        Some("buy") => true,
        Some("sell") => false,
        _ => return Err(format!("{side} is no side: buy or sell")),
    };
    // The shortest text of a double is the decimal that was written, up to 15 digits.
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    sink.trade(times, buyer_took, price_of(&text(price))?, size_of(&text(amount), false)?)
}

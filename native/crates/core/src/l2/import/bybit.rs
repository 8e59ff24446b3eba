//! Bybit's order book archives: the frames of the `orderbook` stream, one a line. The archive holds no receive times: the
//! time at which Bybit sent a frame (`ts`) stands for it, and the matching engine's (`cts`) for the exchange time.

use super::Stop;
use super::sink::{Level, Sink, Times};
use super::source::Source;
use serde::Deserialize;

const NS_PER_MS: i64 = 1_000_000;

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(rename = "ts")]
    sent_ms: i64,
    #[serde(rename = "cts")]
    matched_ms: Option<i64>,
    #[serde(borrow)]
    data: Book<'a>,
}

#[derive(Deserialize)]
struct Book<'a> {
    #[serde(rename = "s")]
    symbol: &'a str,
    #[serde(borrow)]
    b: Vec<Level<'a>>,
    #[serde(borrow)]
    a: Vec<Level<'a>>,
    #[serde(rename = "u")]
    update: u64,
}

pub(super) fn read(source: &mut Source<'_>, sink: &mut Sink) -> Result<(), Stop> {
    while let Some(line) = source.next_line()? {
        if line.is_empty() {
            continue;
        }
        sink.report.lines += 1;
        let frame: Frame<'_> = serde_json::from_slice(line)
            .map_err(|error| format!("not an order book frame that is understood: {error}"))?;
        if sink.report.symbol.is_empty() {
            frame.data.symbol.clone_into(&mut sink.report.symbol);
        } else if sink.report.symbol != frame.data.symbol {
            return Err(format!("{} follows {}", frame.data.symbol, sink.report.symbol).into());
        }
        let matched_ms = frame.matched_ms.unwrap_or(frame.sent_ms);
        let times = Times {
            exchange_ns: matched_ms.saturating_mul(NS_PER_MS),
            local_ns: frame.sent_ms.saturating_mul(NS_PER_MS),
        };
        sink.check_times(times)?;
        let Book { b, a, update, .. } = &frame.data;
        match frame.kind {
            "snapshot" => sink.snapshot(times, *update, b, a)?,
            // Every frame has the next number.
            "delta" => sink.change(times, (*update, *update), b, a)?,
            other => return Err(format!("there are no frames of type \"{other}\"").into()),
        }
    }
    Ok(())
}

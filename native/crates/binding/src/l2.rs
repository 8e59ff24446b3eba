//! Order book recordings: import and facts. Everything that reads a whole file is a task on another thread.

use crate::arguments::{bad_argument, coded, guarded};
use crate::control::{ControlState, TaskControl};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result, Task};
use napi_derive::napi;
use sextant_core::l2::{
    FileInfo, Format, ImportOptions, L2Error, Sequence, Step, import, read_info, write_file,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) const NS_PER_MS: f64 = 1e6;

pub(crate) fn l2_error(error: L2Error) -> napi::Error {
    coded(error.code(), error)
}

pub(crate) fn time_ms(time_ns: i64) -> f64 {
    time_ns as f64 / NS_PER_MS
}

fn step(name: &str, text: Option<&String>) -> Result<Option<Step>> {
    text.map(|text| Step::parse(text).map_err(|reason| bad_argument(format!("{name}: {reason}")))).transpose()
}

/// How to import.
#[napi(object)]
#[derive(Debug)]
pub struct L2ImportOptions {
    /// `binance-frames`, `tardis-csv`, `bybit-book` or `trade-list`.
    pub format: String,
    /// `checked` or `as-recorded`.
    pub sequence: String,
    /// The venue's symbol, where a file holds several.
    pub symbol: Option<String>,
    /// Distance of prices as a decimal; found from the prices when not given.
    pub tick: Option<String>,
    /// Distance of sizes.
    pub lot: Option<String>,
}

/// Facts about a recording.
#[napi(object)]
#[derive(Debug)]
pub struct L2Info {
    /// The venue's symbol.
    pub symbol: String,
    /// Events.
    pub rows: f64,
    /// Size of the file.
    pub bytes: f64,
    /// Distance of prices as a decimal.
    pub tick: String,
    /// Distance of sizes.
    pub lot: String,
    /// First receive time, epoch milliseconds with a fraction.
    pub first_ms: f64,
    /// Last receive time.
    pub last_ms: f64,
    /// Lowest price of a level or trade.
    pub lowest_price: f64,
    /// Highest price.
    pub highest_price: f64,
    /// Lines read by the import.
    pub lines: f64,
    /// Lines without order book or trade.
    pub skipped: f64,
    /// Changes that a snapshot contained already or that came while the book was not known.
    pub dropped: f64,
    /// Snapshots.
    pub snapshots: f64,
    /// Holes in the sequence.
    pub gaps: f64,
    /// Trades.
    pub trades: f64,
    /// By how much all receive times were moved so that nothing arrives before it happens, milliseconds.
    pub clock_shift_ms: f64,
}

impl From<FileInfo> for L2Info {
    fn from(info: FileInfo) -> Self {
        let report = info.report;
        L2Info {
            symbol: info.symbol,
            rows: info.rows as f64,
            bytes: info.bytes as f64,
            tick: info.tick.to_string(),
            lot: info.lot.to_string(),
            first_ms: time_ms(info.local_ns.0),
            last_ms: time_ms(info.local_ns.1),
            lowest_price: info.tick.times(info.price_ticks.0.into()),
            highest_price: info.tick.times(info.price_ticks.1.into()),
            lines: report.lines as f64,
            skipped: report.skipped as f64,
            dropped: report.dropped as f64,
            snapshots: report.snapshots as f64,
            gaps: report.gaps as f64,
            trades: report.trades as f64,
            clock_shift_ms: time_ms(report.clock_shift_ns),
        }
    }
}

fn import_options(given: &L2ImportOptions) -> Result<ImportOptions> {
    let format = match given.format.as_str() {
        "binance-frames" => Format::BinanceFrames,
        "tardis-csv" => Format::TardisCsv,
        "bybit-book" => Format::BybitBook,
        "trade-list" => Format::TradeList,
        other => return Err(bad_argument(format!("there is no format \"{other}\""))),
    };
    let sequence = match given.sequence.as_str() {
        "checked" => Sequence::Checked,
        "as-recorded" => Sequence::AsRecorded,
        other => return Err(bad_argument(format!("sequence numbers cannot be \"{other}\""))),
    };
    let tick = step("tick", given.tick.as_ref())?;
    let lot = step("lot", given.lot.as_ref())?;
    Ok(ImportOptions { format, sequence, symbol: given.symbol.clone(), tick, lot })
}

/// Imports a source file to a recording. Nothing is under the target's name until all of it is.
#[napi(catch_unwind, ts_return_type = "Promise<L2Info>")]
pub fn import_l2(
    source: String,
    target: String,
    options: L2ImportOptions,
    control: &TaskControl,
) -> Result<AsyncTask<L2ImportTask>> {
    Ok(AsyncTask::new(L2ImportTask {
        source: PathBuf::from(source),
        target: PathBuf::from(target),
        options: import_options(&options)?,
        control: Arc::clone(&control.state),
    }))
}

/// One import on a background thread.
#[derive(Debug)]
pub struct L2ImportTask {
    source: PathBuf,
    target: PathBuf,
    options: ImportOptions,
    control: Arc<ControlState>,
}

/// Parts of a task that reports its steps one after the other.
pub(crate) fn part(control: &ControlState, from: f64, to: f64) -> impl Fn(u64, u64) -> bool + '_ {
    move |done, total| {
        let share = if total == 0 { 1.0 } else { done as f64 / total as f64 };
        control.advance(((from + (to - from) * share) * 1e6) as u64, 1_000_000)
    }
}

impl Task for L2ImportTask {
    type Output = FileInfo;
    type JsValue = L2Info;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let (events, report) =
                import(&self.source, &self.options, &mut part(&self.control, 0.0, 0.9)).map_err(l2_error)?;
            write_file(&self.target, &events, &report, &mut part(&self.control, 0.9, 1.0)).map_err(l2_error)
        })
    }

    fn resolve(&mut self, _env: Env, info: Self::Output) -> Result<Self::JsValue> {
        Ok(info.into())
    }
}

/// Facts about a recording, from the header of its file.
#[napi(catch_unwind)]
pub fn read_l2_info(path: String) -> Result<L2Info> {
    read_info(Path::new(&path)).map(L2Info::from).map_err(l2_error)
}

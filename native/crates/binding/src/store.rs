//! Candle files. Reading is synchronous: a memory map and a copy. Whatever writes or reads a whole file is a task on
//! another thread, because flushing to disk can take long.

use crate::arguments::{
    CandleArrays, bad_argument, check_disjoint, guarded, milliseconds, row_number, store_error, time_bound,
};
use crate::control::{ControlState, TaskControl};
use napi::bindgen_prelude::AsyncTask;
use napi::{Env, Result, Task};
use napi_derive::napi;
use sextant_core::candles::CandleColumns;
use sextant_core::store::{Access, AppendSummary, CandleFile, LastRow, VerifyReport};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Facts about a file.
#[napi(object)]
#[derive(Debug)]
pub struct CandleFileInfo {
    /// Name of the series.
    pub series: String,
    /// Timeframe of the candles.
    pub timeframe_ms: f64,
    /// Committed rows.
    pub rows: f64,
    /// Time of the first row.
    pub first_ms: Option<f64>,
    /// Time of the last row.
    pub last_ms: Option<f64>,
    /// Whether the last row may still change.
    pub last_is_provisional: bool,
    /// Size of the file.
    pub bytes: f64,
    /// Whether the remains of an unfinished append were found when the file was opened.
    pub unfinished_append: bool,
}

/// Rows that belong to a range of time.
#[napi(object)]
#[derive(Debug)]
pub struct RowRange {
    /// First row.
    pub first: f64,
    /// Number of rows.
    pub count: f64,
}

/// An open candle file, for reading. It sees what writers commit while it is open.
#[napi]
#[derive(Debug)]
pub struct CandleReader {
    file: Option<CandleFile>,
}

#[napi]
impl CandleReader {
    /// Opens a file.
    #[napi(factory, catch_unwind)]
    pub fn open(path: String) -> Result<Self> {
        let file = CandleFile::open(&PathBuf::from(path), Access::Read).map_err(store_error)?;
        Ok(CandleReader { file: Some(file) })
    }

    /// Facts about the file as it is now.
    #[napi(catch_unwind)]
    pub fn info(&mut self) -> Result<CandleFileInfo> {
        let file = self.file()?;
        file.refresh().map_err(store_error)?;
        let info = file.info();
        Ok(CandleFileInfo {
            series: info.series,
            timeframe_ms: info.timeframe_ms as f64,
            rows: info.rows as f64,
            first_ms: info.first_ms.map(|time| time as f64),
            last_ms: info.last_ms.map(|time| time as f64),
            last_is_provisional: info.last_is_provisional,
            bytes: info.bytes as f64,
            unfinished_append: info.unfinished_append,
        })
    }

    /// Rows whose time lies in `fromMs` (included) to `toMs` (not included).
    #[napi(catch_unwind)]
    pub fn locate(&mut self, from_ms: f64, to_ms: f64) -> Result<RowRange> {
        let from_ms = time_bound("fromMs", from_ms)?;
        let to_ms = time_bound("toMs", to_ms)?;
        let file = self.file()?;
        file.refresh().map_err(store_error)?;
        let rows = file.locate(from_ms, to_ms).map_err(store_error)?;
        Ok(RowRange { first: rows.start as f64, count: (rows.end - rows.start) as f64 })
    }

    /// Fills the columns with the rows from `first` on.
    #[napi(catch_unwind)]
    pub fn read_rows(&mut self, first: f64, mut out: CandleArrays) -> Result<()> {
        let first = row_number("first", first)?;
        check_disjoint(&[], &out.all())?;
        // SAFETY: just checked.
        let mut out = unsafe { out.write() };
        self.file()?.read_rows(first, &mut out).map_err(store_error)
    }

    /// Lets go of the file; later calls fail.
    #[napi]
    pub fn close(&mut self) {
        self.file = None;
    }

    fn file(&mut self) -> Result<&mut CandleFile> {
        self.file.as_mut().ok_or_else(|| bad_argument("the candle reader is closed"))
    }
}

/// What an append or a rewrite did.
#[napi(object)]
#[derive(Debug)]
pub struct AppendResult {
    /// Rows the file has now.
    pub rows: f64,
    /// Rows added.
    pub added: f64,
    /// Whether the former last row was replaced.
    pub replaced_last: bool,
    /// Whether this call found and erased the remains of an append that a crash had cut off.
    pub recovered: bool,
}

/// The file of a writer, opened by its first task.
#[derive(Debug)]
struct WriterState {
    path: PathBuf,
    series: String,
    timeframe_ms: i64,
    file: Option<CandleFile>,
}

/// The one writer of a candle file. Nothing happens before the first append or rewrite: that opens the file, or creates
/// it, and holds it until `close`.
#[napi]
#[derive(Debug)]
pub struct CandleWriter {
    state: Arc<Mutex<WriterState>>,
}

#[napi]
impl CandleWriter {
    /// A writer for this series.
    #[napi(constructor, catch_unwind)]
    pub fn new(path: String, series: String, timeframe_ms: f64) -> Result<Self> {
        let timeframe_ms = milliseconds("timeframeMs", timeframe_ms)?;
        let state = WriterState { path: PathBuf::from(path), series, timeframe_ms, file: None };
        Ok(CandleWriter { state: Arc::new(Mutex::new(state)) })
    }

    /// Appends rows; they are on disk when the promise is fulfilled. One call at a time: wait for it before the next.
    #[napi(catch_unwind, ts_return_type = "Promise<AppendResult>")]
    pub fn append(&self, rows: CandleArrays, last_is_provisional: bool) -> AsyncTask<WriteTask> {
        self.task(&rows, last_is_provisional, Write::Append)
    }

    /// Replaces all rows of the file at once.
    #[napi(catch_unwind, ts_return_type = "Promise<AppendResult>")]
    pub fn rewrite(&self, rows: CandleArrays, last_is_provisional: bool) -> AsyncTask<WriteTask> {
        self.task(&rows, last_is_provisional, Write::Rewrite)
    }

    /// Lets go of the file. Waits for a running task.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).file = None;
    }

    fn task(&self, rows: &CandleArrays, last_is_provisional: bool, write: Write) -> AsyncTask<WriteTask> {
        let last = if last_is_provisional { LastRow::Provisional } else { LastRow::Final };
        AsyncTask::new(WriteTask { state: Arc::clone(&self.state), rows: rows.to_columns(), last, write })
    }
}

#[derive(Clone, Copy, Debug)]
enum Write {
    Append,
    Rewrite,
}

/// One append or rewrite on a background thread.
#[derive(Debug)]
pub struct WriteTask {
    state: Arc<Mutex<WriterState>>,
    rows: CandleColumns,
    last: LastRow,
    write: Write,
}

impl Task for WriteTask {
    type Output = (AppendSummary, bool);
    type JsValue = AppendResult;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let mut recovered = false;
            let mut file = if let Some(file) = state.file.take() {
                file
            } else {
                let opened = CandleFile::open_or_create(&state.path, &state.series, state.timeframe_ms)
                    .map_err(store_error)?;
                recovered = opened.info().unfinished_append;
                opened
            };
            let rows = self.rows.as_slices();
            let summary = match self.write {
                Write::Append => file.append(&rows, self.last),
                Write::Rewrite => file.rewrite(&rows, self.last),
            };
            // Put back after an error too: it changes nothing in the file. After a panic it is opened afresh.
            state.file = Some(file);
            summary.map(|summary| (summary, recovered)).map_err(store_error)
        })
    }

    fn resolve(&mut self, _env: Env, (summary, recovered): Self::Output) -> Result<Self::JsValue> {
        Ok(AppendResult {
            rows: summary.rows as f64,
            added: summary.added as f64,
            replaced_last: summary.replaced_last,
            recovered,
        })
    }
}

/// What was found in a file.
#[napi(object)]
#[derive(Debug)]
pub struct VerifyResult {
    /// Rows the file says it has.
    pub rows: f64,
    /// Rows from the beginning up to the first damage.
    pub intact_rows: f64,
    /// What is wrong, a sentence each. Empty means sound.
    pub damage: Vec<String>,
    /// Whether an append never finished: no damage.
    pub unfinished_append: bool,
}

/// Reads a whole file and compares every checksum and every row.
#[napi(catch_unwind, ts_return_type = "Promise<VerifyResult>")]
pub fn verify_candle_file(path: String, control: &TaskControl) -> AsyncTask<VerifyTask> {
    AsyncTask::new(VerifyTask { path: PathBuf::from(path), control: Arc::clone(&control.state) })
}

/// One verification on a background thread.
#[derive(Debug)]
pub struct VerifyTask {
    path: PathBuf,
    control: Arc<ControlState>,
}

impl Task for VerifyTask {
    type Output = VerifyReport;
    type JsValue = VerifyResult;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            CandleFile::verify(&self.path, |done, total| self.control.advance(done, total))
                .map_err(store_error)
        })
    }

    fn resolve(&mut self, _env: Env, report: Self::Output) -> Result<Self::JsValue> {
        Ok(VerifyResult {
            rows: report.rows as f64,
            intact_rows: report.intact_rows as f64,
            damage: report.damage.iter().map(ToString::to_string).collect(),
            unfinished_append: report.unfinished_append,
        })
    }
}

//! Tables of candles from files. What is wrong with a file is an answer, not an exception: the host makes its own error
//! of it, with line and column.

use crate::arguments::{CandleArrays, bad_argument, check_disjoint, coded, guarded};
use crate::control::{ControlState, TaskControl};
use napi::bindgen_prelude::{AsyncTask, Float64ArraySlice};
use napi::{Env, Result, Task};
use napi_derive::napi;
use sextant_core::candles::csv::{CsvOptions, TimeUnit, find_columns, read_candle_csv as read_csv};
use sextant_core::candles::{CandleTable as CheckedTable, Duplicates, RowRules, TableBuilder};
use sextant_core::files::Fault;
use std::path::PathBuf;
use std::sync::Arc;

/// How to read a candle file.
#[napi(object)]
#[derive(Debug)]
pub struct CandleFileRules {
    /// Names or numbers (from 1) of timestamp, open, high, low, close, volume; empty for the usual name.
    pub columns: Vec<String>,
    /// s, ms, us, ns or iso; empty to find out.
    pub time_unit: String,
    /// Whether a file without volumes is taken.
    pub volume_is_optional: bool,
    /// refuse, keep-first or keep-last: rows of one time that differ.
    pub duplicates: String,
    /// Whether rows may come in any order.
    pub sort: bool,
}

impl CandleFileRules {
    fn rows(&self) -> Result<RowRules> {
        let duplicates = match self.duplicates.as_str() {
            "refuse" => Duplicates::Refuse,
            "keep-first" => Duplicates::KeepFirst,
            "keep-last" => Duplicates::KeepLast,
            other => return Err(bad_argument(format!("duplicates cannot be \"{other}\""))),
        };
        Ok(RowRules { duplicates, sort: self.sort })
    }

    fn csv(&self) -> Result<CsvOptions> {
        let time_unit = match self.time_unit.as_str() {
            "" => None,
            name => Some(
                TimeUnit::by_name(name)
                    .ok_or_else(|| bad_argument(format!("timeUnit cannot be \"{name}\"")))?,
            ),
        };
        let mut columns: [Option<String>; 6] = Default::default();
        for (column, name) in columns.iter_mut().zip(&self.columns) {
            *column = (!name.is_empty()).then(|| name.clone());
        }
        Ok(CsvOptions {
            columns,
            time_unit,
            volume_is_optional: self.volume_is_optional,
            rules: self.rows()?,
        })
    }
}

/// What is wrong with a file.
#[napi(object)]
#[derive(Debug)]
pub struct FileFault {
    /// For programs.
    pub code: String,
    /// Line (or row) in the file, from 1.
    pub line: Option<f64>,
    /// Column at fault.
    pub column: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

impl From<&Fault> for FileFault {
    fn from(fault: &Fault) -> Self {
        FileFault {
            code: fault.code.to_owned(),
            line: fault.line.map(|line| line as f64),
            column: fault.column.as_deref().map(str::to_owned),
            reason: fault.reason.clone(),
            hint: fault.hint.to_owned(),
        }
    }
}

/// Facts about a checked table.
#[napi(object)]
#[derive(Debug)]
pub struct CandleTableInfo {
    /// Rows.
    pub rows: f64,
    /// Smallest distance between two candles; 0 with fewer than two.
    pub timeframe_ms: f64,
    /// Whether two candles lie further apart than that.
    pub has_gaps: bool,
    /// Rows left out because another has the same time.
    pub duplicates: f64,
    /// Most decimals among the prices.
    pub price_decimals: u32,
    /// Most decimals among the volumes.
    pub volume_decimals: u32,
}

/// A checked table, or what is wrong with the rows; kept until its columns were taken.
#[napi]
#[derive(Debug)]
pub struct CandleTable {
    checked: std::result::Result<CheckedTable, Fault>,
}

#[napi]
impl CandleTable {
    /// What is wrong; null for a good table.
    #[napi(getter)]
    pub fn fault(&self) -> Option<FileFault> {
        self.checked.as_ref().err().map(FileFault::from)
    }

    /// Facts about a good table.
    #[napi(catch_unwind)]
    pub fn info(&self) -> Result<CandleTableInfo> {
        let table = self.table()?;
        Ok(CandleTableInfo {
            rows: table.columns.time_ms.len() as f64,
            timeframe_ms: table.timeframe_ms,
            has_gaps: table.has_gaps,
            duplicates: table.duplicates as f64,
            price_decimals: table.price_decimals as u32,
            volume_decimals: table.volume_decimals as u32,
        })
    }

    /// Fills columns of exactly the table's rows.
    #[napi(catch_unwind)]
    pub fn take_columns(&mut self, mut out: CandleArrays) -> Result<()> {
        check_disjoint(&[], &out.all())?;
        let table = self.table()?;
        // SAFETY: just checked.
        let out = unsafe { out.write() };
        let columns = &table.columns;
        let pairs = [
            (out.time_ms, &columns.time_ms),
            (out.open, &columns.open),
            (out.high, &columns.high),
            (out.low, &columns.low),
            (out.close, &columns.close),
            (out.volume, &columns.volume),
        ];
        if pairs.iter().any(|(target, source)| target.len() != source.len()) {
            return Err(bad_argument(format!("the columns must have {} rows", columns.time_ms.len())));
        }
        for (target, source) in pairs {
            target.copy_from_slice(source);
        }
        self.checked = Ok(CheckedTable::default());
        Ok(())
    }

    fn table(&self) -> Result<&CheckedTable> {
        self.checked.as_ref().map_err(|fault| bad_argument(&fault.reason))
    }
}

/// Reads a candle CSV (plain, gzip, zip) on another thread.
#[napi(catch_unwind, ts_return_type = "Promise<CandleTable>")]
pub fn read_candle_csv(
    path: String,
    rules: CandleFileRules,
    control: &TaskControl,
) -> Result<AsyncTask<ReadCsvTask>> {
    let control = Arc::clone(&control.state);
    Ok(AsyncTask::new(ReadCsvTask { path: PathBuf::from(path), options: rules.csv()?, control }))
}

/// One file being read on a background thread.
#[derive(Debug)]
pub struct ReadCsvTask {
    path: PathBuf,
    options: CsvOptions,
    control: Arc<ControlState>,
}

impl Task for ReadCsvTask {
    type Output = std::result::Result<CheckedTable, Fault>;
    type JsValue = CandleTable;

    fn compute(&mut self) -> Result<Self::Output> {
        guarded(|| {
            match read_csv(&self.path, &self.options, |done, total| self.control.advance(done, total)) {
                Ok(Some(table)) => Ok(Ok(table)),
                Ok(None) => Err(coded("CANCELLED", "reading was cancelled")),
                Err(fault) => Ok(Err(fault)),
            }
        })
    }

    fn resolve(&mut self, _env: Env, checked: Self::Output) -> Result<Self::JsValue> {
        Ok(CandleTable { checked })
    }
}

/// Checks rows that the host has read itself. `lines` are their places in the file.
#[napi(catch_unwind)]
pub fn check_candle_rows(
    rows: CandleArrays,
    lines: Float64ArraySlice,
    rules: CandleFileRules,
) -> Result<CandleTable> {
    let slices = rows.read();
    slices.check_lengths().map_err(crate::arguments::candle_error)?;
    if lines.len() != slices.len() {
        return Err(bad_argument("lines must have as many rows as the columns"));
    }
    let mut builder = TableBuilder::new(rules.rows()?, slices.len());
    for (row, &line) in lines.iter().enumerate() {
        if let Err(fault) = builder.push(line as u64, &slices.row(row)) {
            return Ok(CandleTable { checked: Err(fault) });
        }
    }
    Ok(CandleTable { checked: builder.finish() })
}

/// Where the columns of a candle are in a typed file.
#[napi(object)]
#[derive(Debug)]
pub struct ColumnPositions {
    /// Places from 0 of timestamp, open, high, low, close, volume; -1 for a volume that is not there.
    pub positions: Vec<f64>,
    /// The column that is missing; the places are empty then.
    pub fault: Option<FileFault>,
}

/// Finds the columns of a candle by their names.
#[napi(catch_unwind)]
pub fn find_candle_columns(names: Vec<String>, rules: CandleFileRules) -> Result<ColumnPositions> {
    let names: Vec<String> = names.iter().map(|name| name.trim().to_lowercase()).collect();
    Ok(match find_columns(&names, true, &rules.csv()?) {
        Ok(positions) => ColumnPositions {
            positions: positions.iter().map(|found| found.map_or(-1.0, |place| place as f64)).collect(),
            fault: None,
        },
        Err(fault) => ColumnPositions { positions: Vec::new(), fault: Some((&fault).into()) },
    })
}

//! What can go wrong with a candle file, and what to do about it.

use crate::candles::CandleError;
use std::io;
use std::path::PathBuf;
use thiserror::Error;

/// A part of a file that is not what was written. Rows are counted from 0 in the file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Damage {
    /// The header page is not what was written.
    #[error("the header is damaged")]
    Header,
    /// No commit slot can be trusted.
    #[error("both commit slots are damaged, so the number of rows is not known")]
    Commit,
    /// The file ends before its rows do.
    #[error("the file has {actual_bytes} bytes, but its rows need {needed_bytes}")]
    Truncated {
        /// Bytes there are.
        actual_bytes: u64,
        /// Bytes there must be.
        needed_bytes: u64,
    },
    /// A block's checksum is wrong.
    #[error("block {block} (rows {first_row} to {last_row}): checksum of column {column} is wrong")]
    Checksum {
        /// Block, from 0.
        block: u64,
        /// First row of the block.
        first_row: u64,
        /// Last row of the block that is in use.
        last_row: u64,
        /// Name of the column.
        column: &'static str,
    },
    /// A block's checksum is right, but its rows are not a series: written by a faulty program.
    #[error("block {block}: rows are not a candle series: {reason}")]
    Rows {
        /// Block, from 0.
        block: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Why a candle file could not be opened, read or written. Each has a stable [`StoreError::code`].
#[derive(Debug, Error)]
pub enum StoreError {
    /// There is no such file.
    #[error("{}: no such candle file", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{}: not a candle file (wrong magic bytes); move it out of the candle folder", path.display())]
    NotACandleFile {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer program.
    #[error(
        "{}: written in format {found}, but this program knows formats up to {supported}; update the program",
        path.display()
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Format of the file.
        found: u32,
        /// Newest format known.
        supported: u32,
    },
    /// The file belongs to another series.
    #[error(
        "{}: holds {found_series} at {found_timeframe_ms} ms, but {series} at {timeframe_ms} ms was asked for; \
         was it copied or renamed?",
        path.display()
    )]
    OtherSeries {
        /// The file.
        path: PathBuf,
        /// Name asked for.
        series: String,
        /// Timeframe asked for.
        timeframe_ms: i64,
        /// Name in the file.
        found_series: String,
        /// Timeframe in the file.
        found_timeframe_ms: i64,
    },
    /// Part of the file is not what was written.
    #[error(
        "{}: {damage}; repair the series, which keeps every block whose check sums are right, or download it again",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What and where.
        damage: Damage,
    },
    /// Another handle or process writes to the file.
    #[error("{}: already open for writing, here or in another process; stop the other one first", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file was opened for reading.
    #[error("{}: open for reading only", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// The name of the series is empty or too long.
    #[error("name of a series must have 1 to {maximum} bytes, got {length}")]
    SeriesName {
        /// Bytes given.
        length: usize,
        /// Most bytes accepted.
        maximum: usize,
    },
    /// The rows given are not a series; nothing was written.
    #[error(transparent)]
    Rows(#[from] CandleError),
    /// The rows begin before the end of the file; nothing was written.
    #[error(
        "{}: rows begin at {time_ms}, but the file ends at {last_ms}; append only newer rows, or rewrite the file",
        path.display()
    )]
    NotAfterLast {
        /// The file.
        path: PathBuf,
        /// First time given.
        time_ms: i64,
        /// Last time in the file.
        last_ms: i64,
    },
    /// The last row is provisional and would be buried; nothing was written.
    #[error(
        "{}: the last row ({last_ms}) is provisional; rows that follow must begin with its final form",
        path.display()
    )]
    ProvisionalLast {
        /// The file.
        path: PathBuf,
        /// Its time.
        last_ms: i64,
    },
    /// A provisional row would replace a final one; nothing was written.
    #[error("{}: the last row ({last_ms}) is final; a provisional one does not replace it", path.display())]
    FinalLast {
        /// The file.
        path: PathBuf,
        /// Its time.
        last_ms: i64,
    },
    /// Rows outside the file were asked for.
    #[error("{}: rows {first} to {end} were asked for, but the file has {rows}", path.display())]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// First row asked for.
        first: u64,
        /// One past the last row asked for.
        end: u64,
        /// Rows in the file.
        rows: u64,
    },
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The operating system refused.
    #[error("{}: {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl StoreError {
    /// Stable code of the error, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::NotFound { .. } => "NOT_FOUND",
            StoreError::NotACandleFile { .. } => "NOT_A_CANDLE_FILE",
            StoreError::NewerVersion { .. } => "NEWER_VERSION",
            StoreError::OtherSeries { .. } => "OTHER_SERIES",
            StoreError::Damaged { .. } => "DAMAGED",
            StoreError::Busy { .. } => "BUSY",
            StoreError::ReadOnly { .. } => "READ_ONLY",
            StoreError::SeriesName { .. } => "BAD_SERIES_NAME",
            StoreError::Rows(_) => "BAD_ROWS",
            StoreError::NotAfterLast { .. } => "NOT_AFTER_LAST",
            StoreError::ProvisionalLast { .. } => "PROVISIONAL_LAST",
            StoreError::FinalLast { .. } => "FINAL_LAST",
            StoreError::OutOfRange { .. } => "OUT_OF_RANGE",
            StoreError::Cancelled => "CANCELLED",
            StoreError::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => "DISK_FULL",
            StoreError::Io { .. } => "IO",
        }
    }
}

//! Writing: append, replace the last row, rewrite.

use super::error::StoreError;
use super::file::{Access, CandleFile, io_error, sync_folder};
use super::layout::{
    COLUMNS, Commit, ROWS_PER_BLOCK, encode_trailer, file_bytes, slot_offset, trailer_offset, value_offset,
};
use super::positional::write_all_at;
use crate::candles::{Candle, CandleSlices, check_rows};
use std::{fs, io};

/// Whether the last row given may still change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastRow {
    /// The candle is closed.
    Final,
    /// The candle is still being made; the next append must begin with its next or final form.
    Provisional,
}

/// What an append did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AppendSummary {
    /// Rows the file has now.
    pub rows: u64,
    /// Rows that were added.
    pub added: u64,
    /// Whether the former last row was replaced by the first one given.
    pub replaced_last: bool,
}

impl CandleFile {
    /// Appends rows; when it returns they are on disk, and when it fails nothing has changed.
    ///
    /// The first row may have the time of the last one in the file: it then replaces it, whether that was provisional
    /// or is corrected. A provisional row never replaces a final one, and must not be buried under later rows.
    ///
    /// # Errors
    /// [`StoreError::ReadOnly`]; [`StoreError::Rows`] when the rows are not a series; [`StoreError::NotAfterLast`],
    /// [`StoreError::ProvisionalLast`], [`StoreError::FinalLast`] when they do not fit behind the file's last row;
    /// [`StoreError::Damaged`] when the block they would go to is broken; [`StoreError::Io`].
    pub fn append(&mut self, rows: &CandleSlices<'_>, last: LastRow) -> Result<AppendSummary, StoreError> {
        if self.access != Access::Write {
            return Err(StoreError::ReadOnly { path: self.path.clone() });
        }
        check_rows(rows)?;
        if rows.is_empty() {
            return Ok(AppendSummary { rows: self.commit.rows, ..AppendSummary::default() });
        }
        let replaced_last = self.replaces_last(rows, last)?;
        self.check_open_block()?;

        let buried = (self.commit.rows > 0 && !replaced_last).then_some(self.commit.last);
        let settled = slice_rows(rows, rows.len() - 1);
        let start = self.commit.rows_in_blocks();
        let open_block = self
            .write_rows(start, buried.as_ref(), &settled)
            .map_err(io_error(&self.path, "writing rows"))?;
        let in_blocks = start + u64::from(buried.is_some()) + settled.len() as u64;
        let commit = Commit {
            sequence: self.commit.sequence + 1,
            rows: in_blocks + 1,
            first_ms: if start == 0 && buried.is_none() {
                rows.time_ms[0] as i64
            } else {
                self.commit.first_ms
            },
            last: rows.row(rows.len() - 1),
            last_is_provisional: last == LastRow::Provisional,
            open_block,
        };
        write_all_at(&self.file, &commit.encode(), slot_offset(commit.sequence))
            .and_then(|()| self.file.sync_data())
            .map_err(io_error(&self.path, "committing rows"))?;
        let summary =
            AppendSummary { rows: commit.rows, added: commit.rows - self.commit.rows, replaced_last };
        self.commit = commit;
        self.map_again_if_resized()?;
        Ok(summary)
    }

    /// Replaces all rows of the file. The new file is written beside the old one and takes its name when it is complete:
    /// a crash leaves the one or the other. A reader sees the new file when it refreshes.
    ///
    /// # Errors
    /// As [`CandleFile::append`].
    pub fn rewrite(&mut self, rows: &CandleSlices<'_>, last: LastRow) -> Result<AppendSummary, StoreError> {
        if self.access != Access::Write {
            return Err(StoreError::ReadOnly { path: self.path.clone() });
        }
        let mut replacement = Self::create_beside(&self.path, &self.header.series, self.header.timeframe_ms)?;
        let summary = replacement.append(rows, last)?;
        let path = self.path.clone();
        let temporary = std::mem::replace(&mut replacement.path, path.clone());
        if cfg!(windows) {
            // Windows replaces no file that is open or mapped: let go of the old one first.
            *self = replacement;
            if let Err(error) = fs::rename(&temporary, &path) {
                *self = Self::open(&path, Access::Write)?;
                return Err(io_error(&path, "replacing")(error));
            }
        } else {
            // Elsewhere the old file stays locked until its name belongs to the new one.
            fs::rename(&temporary, &path).map_err(io_error(&path, "replacing"))?;
            *self = replacement;
        }
        sync_folder(&path)?;
        Ok(summary)
    }

    /// Whether the rows begin by replacing the last one; refuses rows that do not fit.
    fn replaces_last(&self, rows: &CandleSlices<'_>, last: LastRow) -> Result<bool, StoreError> {
        if self.commit.rows == 0 {
            return Ok(false);
        }
        let path = || self.path.clone();
        let time_ms = rows.time_ms[0] as i64;
        let last_ms = self.commit.last.time_ms as i64;
        if time_ms < last_ms {
            return Err(StoreError::NotAfterLast { path: path(), time_ms, last_ms });
        }
        if time_ms > last_ms && self.commit.last_is_provisional {
            return Err(StoreError::ProvisionalLast { path: path(), last_ms });
        }
        let stays_last = time_ms == last_ms && rows.len() == 1;
        if stays_last && last == LastRow::Provisional && !self.commit.last_is_provisional {
            return Err(StoreError::FinalLast { path: path(), last_ms });
        }
        Ok(time_ms == last_ms)
    }

    /// New rows are not put behind broken ones: that would bury the damage.
    fn check_open_block(&mut self) -> Result<(), StoreError> {
        self.map_again_if_resized()?;
        let in_blocks = self.commit.rows_in_blocks();
        if in_blocks > 0 { self.check_block((in_blocks - 1) / ROWS_PER_BLOCK) } else { Ok(()) }
    }

    /// Writes and flushes rows into blocks, from row `start` on: `head`, then `rows`. Gives the checksums of the block
    /// that is not full after that.
    fn write_rows(
        &self,
        start: u64,
        head: Option<&Candle>,
        rows: &CandleSlices<'_>,
    ) -> io::Result<[u32; COLUMNS]> {
        let mut checksums = self.commit.open_block;
        let heads = usize::from(head.is_some());
        let total = heads + rows.len();
        if total == 0 {
            return Ok(checksums);
        }
        let needed_bytes = file_bytes(start + total as u64);
        if self.file.metadata()?.len() < needed_bytes {
            self.file.set_len(needed_bytes)?;
        }
        let mut bytes = Vec::with_capacity(total.min(ROWS_PER_BLOCK as usize) * 8);
        let mut written = 0;
        while written < total {
            let row = start + written as u64;
            let room = (ROWS_PER_BLOCK - row % ROWS_PER_BLOCK) as usize;
            let count = room.min(total - written);
            for (column, values) in rows.columns().into_iter().enumerate() {
                bytes.clear();
                for index in written..written + count {
                    let value = match head {
                        Some(candle) if index == 0 => column_of(candle, column),
                        _ => values[index - heads],
                    };
                    let encoded =
                        if column == 0 { (value as i64).to_le_bytes() } else { value.to_le_bytes() };
                    bytes.extend_from_slice(&encoded);
                }
                let mut hasher = crc32fast::Hasher::new_with_initial(checksums[column]);
                hasher.update(&bytes);
                checksums[column] = hasher.finalize();
                write_all_at(&self.file, &bytes, value_offset(row, column))?;
            }
            if count == room {
                let block = row / ROWS_PER_BLOCK;
                write_all_at(&self.file, &encode_trailer(checksums), trailer_offset(block))?;
                checksums = [0; COLUMNS];
            }
            written += count;
        }
        self.file.sync_data()?;
        Ok(checksums)
    }
}

fn column_of(candle: &Candle, column: usize) -> f64 {
    [candle.time_ms, candle.open, candle.high, candle.low, candle.close, candle.volume][column]
}

fn slice_rows<'a>(rows: &CandleSlices<'a>, end: usize) -> CandleSlices<'a> {
    CandleSlices {
        time_ms: &rows.time_ms[..end],
        open: &rows.open[..end],
        high: &rows.high[..end],
        low: &rows.low[..end],
        close: &rows.close[..end],
        volume: &rows.volume[..end],
    }
}

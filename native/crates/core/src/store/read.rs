//! Reading rows: by position, by time; every block is checked before it is believed.

use super::error::{Damage, StoreError};
use super::file::CandleFile;
use super::layout::{
    COLUMN_NAMES, COLUMNS, ROWS_PER_BLOCK, TRAILER_BYTES, column_range, decode_trailer, file_bytes,
    trailer_offset, value_offset,
};
use crate::candles::{Candle, CandleSlicesMut};
use std::ops::Range;

impl CandleFile {
    /// Rows whose time lies in `from_ms..to_ms` (the end not included), as a range of row numbers.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a block on the way is broken; [`StoreError::Io`].
    pub fn locate(&mut self, from_ms: i64, to_ms: i64) -> Result<Range<u64>, StoreError> {
        self.map_again_if_resized()?;
        let first = self.first_row_at_or_after(from_ms)?;
        let end = if to_ms > from_ms { self.first_row_at_or_after(to_ms)? } else { first };
        Ok(first..end)
    }

    /// Fills the columns with the rows from `first` on, as many as the columns hold.
    ///
    /// # Errors
    /// [`StoreError::OutOfRange`] when there are fewer; [`StoreError::Rows`] when the columns differ in length;
    /// [`StoreError::Damaged`] when a block is broken (the columns are then undefined); [`StoreError::Io`].
    pub fn read_rows(&mut self, first: u64, out: &mut CandleSlicesMut<'_>) -> Result<(), StoreError> {
        out.check_lengths()?;
        let end = first + out.len() as u64;
        if end > self.commit.rows {
            return Err(StoreError::OutOfRange {
                path: self.path.clone(),
                first,
                end,
                rows: self.commit.rows,
            });
        }
        self.map_again_if_resized()?;
        let in_blocks = end.min(self.commit.rows_in_blocks());
        if first < in_blocks {
            for block in first / ROWS_PER_BLOCK..in_blocks.div_ceil(ROWS_PER_BLOCK) {
                self.check_block(block)?;
            }
        }
        self.copy_rows(first, out);
        Ok(())
    }

    /// Copies rows that exist, out of blocks that have been checked.
    pub(super) fn copy_rows(&self, first: u64, out: &mut CandleSlicesMut<'_>) {
        let end = first + out.len() as u64;
        let in_blocks = end.min(self.commit.rows_in_blocks());
        let mut row = first;
        while row < in_blocks {
            let block_end = ((row / ROWS_PER_BLOCK + 1) * ROWS_PER_BLOCK).min(in_blocks);
            let target = (row - first) as usize..(block_end - first) as usize;
            for (column, values) in out.columns_mut().into_iter().enumerate() {
                let bytes = &self.mapping.bytes()[column_range(row..block_end, column)];
                copy_values(bytes, column, &mut values[target.clone()]);
            }
            row = block_end;
        }
        if row < end {
            out.set((row - first) as usize, &self.commit.last);
        }
    }

    /// The last row, if there is one, and whether it may still change.
    pub fn last(&self) -> Option<(Candle, bool)> {
        (self.commit.rows > 0).then_some((self.commit.last, self.commit.last_is_provisional))
    }

    /// Compares the checksums of a block with its bytes, unless that has been done.
    pub(super) fn check_block(&mut self, block: u64) -> Result<(), StoreError> {
        let rows = self.rows_of_block(block);
        let is_full = rows.end - rows.start == ROWS_PER_BLOCK;
        if is_full {
            let index = block as usize;
            if self.checked.len() <= index {
                self.checked.resize(index + 1, false);
            }
            if !self.checked[index] {
                self.compare_checksums(block).map_err(|damage| self.damaged(damage))?;
                self.checked[index] = true;
            }
        } else if self.open_block_checked != rows.end {
            self.compare_checksums(block).map_err(|damage| self.damaged(damage))?;
            self.open_block_checked = rows.end;
        }
        Ok(())
    }

    /// Committed rows that a block holds.
    pub(super) fn rows_of_block(&self, block: u64) -> Range<u64> {
        let first = block * ROWS_PER_BLOCK;
        first..(first + ROWS_PER_BLOCK).min(self.commit.rows_in_blocks())
    }

    /// Compares the checksums of a block with its bytes.
    pub(super) fn compare_checksums(&self, block: u64) -> Result<(), Damage> {
        let rows = self.rows_of_block(block);
        let bytes = self.mapping.bytes();
        let needed_bytes = file_bytes(rows.end);
        if (bytes.len() as u64) < needed_bytes {
            return Err(Damage::Truncated { actual_bytes: bytes.len() as u64, needed_bytes });
        }
        let expected = if rows.end - rows.start == ROWS_PER_BLOCK {
            let trailer = trailer_offset(block) as usize;
            decode_trailer(&bytes[trailer..trailer + TRAILER_BYTES])
        } else {
            self.commit.open_block
        };
        for column in 0..COLUMNS {
            let found = crc32fast::hash(&bytes[column_range(rows.clone(), column)]);
            if found != expected[column] {
                return Err(Damage::Checksum {
                    block,
                    first_row: rows.start,
                    last_row: rows.end - 1,
                    column: COLUMN_NAMES[column],
                });
            }
        }
        Ok(())
    }

    /// Number of the first row whose time is not before `time_ms`; the number of rows if there is none.
    fn first_row_at_or_after(&mut self, time_ms: i64) -> Result<u64, StoreError> {
        // Both ends are known without looking into a block, so the rows before a damage can be asked for.
        if self.commit.rows == 0 || time_ms <= self.commit.first_ms {
            return Ok(0);
        }
        if time_ms > self.commit.last.time_ms as i64 {
            return Ok(self.commit.rows);
        }
        let mut low = 0;
        let mut high = self.commit.rows;
        while low < high {
            let middle = low + (high - low) / 2;
            if self.time_of(middle)? < time_ms {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn time_of(&mut self, row: u64) -> Result<i64, StoreError> {
        if row >= self.commit.rows_in_blocks() {
            return Ok(self.commit.last.time_ms as i64);
        }
        self.check_block(row / ROWS_PER_BLOCK)?;
        let start = value_offset(row, 0) as usize;
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.mapping.bytes()[start..start + 8]);
        Ok(i64::from_le_bytes(bytes))
    }
}

/// Copies a column of a file into numbers: times are whole milliseconds there, the rest doubles.
fn copy_values(bytes: &[u8], column: usize, values: &mut [f64]) {
    let (chunks, _) = bytes.as_chunks::<8>();
    if column == 0 {
        for (value, chunk) in values.iter_mut().zip(chunks) {
            *value = i64::from_le_bytes(*chunk) as f64;
        }
    } else {
        for (value, chunk) in values.iter_mut().zip(chunks) {
            *value = f64::from_le_bytes(*chunk);
        }
    }
}

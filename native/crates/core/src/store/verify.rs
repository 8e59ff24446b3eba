//! Looking a whole file over.

use super::error::{Damage, StoreError};
use super::file::{Access, CandleFile};
use super::layout::ROWS_PER_BLOCK;
use crate::candles::{CandleColumns, CandleError, check_rows};
use std::path::Path;

/// Damage listed at most; a file this broken needs no longer list.
const MAX_DAMAGE_LISTED: usize = 100;

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifyReport {
    /// Rows the file says it has.
    pub rows: u64,
    /// Rows from the beginning up to the first damage: these can be read and kept.
    pub intact_rows: u64,
    /// Everything that is wrong, at most a hundred entries. Empty means sound.
    pub damage: Vec<Damage>,
    /// Whether an append never finished. Its remains are not part of the series: no damage.
    pub unfinished_append: bool,
}

impl CandleFile {
    /// Reads a whole file and compares every checksum and every row. `progress(rows done, rows)` is called after each
    /// block; the work stops when it returns false.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`] when `progress` says so; the errors of [`CandleFile::open`], but damage is reported, not
    /// returned as an error.
    pub fn verify(
        path: &Path,
        mut progress: impl FnMut(u64, u64) -> bool,
    ) -> Result<VerifyReport, StoreError> {
        let file = match Self::open(path, Access::Read) {
            Err(StoreError::Damaged { damage, .. }) => {
                return Ok(VerifyReport { damage: vec![damage], ..VerifyReport::default() });
            }
            file => file?,
        };
        let info = file.info();
        let mut report = VerifyReport {
            rows: info.rows,
            intact_rows: info.rows,
            damage: Vec::new(),
            unfinished_append: info.unfinished_append,
        };
        let mut previous_ms = -1;
        let mut row = 0;
        while row < info.rows {
            // The last row stands in no block; it is looked at with the block it will go to.
            let block = row / ROWS_PER_BLOCK;
            let end = ((block + 1) * ROWS_PER_BLOCK).min(info.rows);
            if let Some(damage) = file.damage_of_block(block, row..end, &mut previous_ms) {
                report.intact_rows = report.intact_rows.min(row);
                if report.damage.len() < MAX_DAMAGE_LISTED {
                    report.damage.push(damage);
                }
            }
            row = end;
            if !progress(row, info.rows) {
                return Err(StoreError::Cancelled);
            }
        }
        Ok(report)
    }

    fn damage_of_block(
        &self,
        block: u64,
        rows: std::ops::Range<u64>,
        previous_ms: &mut i64,
    ) -> Option<Damage> {
        if !self.rows_of_block(block).is_empty()
            && let Err(damage) = self.compare_checksums(block)
        {
            return Some(damage);
        }
        let mut columns = CandleColumns::zeroed((rows.end - rows.start) as usize);
        self.copy_rows(rows.start, &mut columns.as_slices_mut());
        let first_ms = columns.time_ms[0] as i64;
        let broken = if first_ms <= *previous_ms {
            Some(CandleError::NotAscending { row: 0, time_ms: first_ms, previous_ms: *previous_ms })
        } else {
            check_rows(&columns.as_slices()).err()
        };
        *previous_ms = columns.time_ms[columns.time_ms.len() - 1] as i64;
        broken.map(|reason| Damage::Rows { block, reason: reason.to_string() })
    }
}

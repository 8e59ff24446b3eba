//! Candle CSV: any column order, extra columns, usual separators, with or without a header, plain or packed.
//!
//! One thread unpacks, another one parses: together they take as long as the slower of the two. What a file means is
//! settled by its first lines (`layout`); every row after that is one pass over its bytes (`rows`).

mod layout;
mod number;
mod rows;
mod time;

use super::table::{CandleTable, RowRules, TableBuilder};
use crate::files::{Fault, open_text};
use rows::RowParser;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;

pub use layout::{COLUMN_NAMES, find_columns};
pub use time::TimeUnit;

/// Bytes that the unpacking thread hands over at once: small enough to stay in the cache of the parsing one.
const CHUNK_BYTES: usize = 256 << 10;
/// Chunks that may wait to be parsed: bounds the memory.
const CHUNKS_WAITING: usize = 4;
/// Longest line.
const MAX_LINE_BYTES: usize = 8 << 20;

/// How to read a file; the default finds out everything by itself.
#[derive(Clone, Debug, Default)]
pub struct CsvOptions {
    /// Names of the columns in the order of [`COLUMN_NAMES`], or their numbers from 1, where they are not the usual ones.
    pub columns: [Option<String>; 6],
    /// How times are written.
    pub time_unit: Option<TimeUnit>,
    /// Whether a file without volumes is taken, with volumes of zero: mark and index prices have none.
    pub volume_is_optional: bool,
    /// Duplicates and order.
    pub rules: RowRules,
}

/// Reads a candle CSV. `keep_going` is told how many bytes of how many are done, and says whether to go on; when it
/// says no, there is no table and no fault.
///
/// # Errors
/// What is wrong with the file, with line and column. A table is given whole or not at all.
pub fn read_candle_csv(
    path: &Path,
    options: &CsvOptions,
    keep_going: impl Fn(u64, u64) -> bool,
) -> Result<Option<CandleTable>, Fault> {
    let mut source = open_text(path)?;
    let file_bytes = source.file_bytes;
    let read_bytes = source.read_bytes();
    let (full_sender, full) = sync_channel::<Result<Vec<u8>, Fault>>(CHUNKS_WAITING);
    let (empty_sender, empty) = sync_channel::<Vec<u8>>(CHUNKS_WAITING + 2);
    std::thread::scope(move |scope| {
        // Dropped when this side ends, so that the other one never waits for it.
        let full = full;
        scope.spawn(move || {
            loop {
                let mut chunk = empty.try_recv().unwrap_or_default();
                chunk.clear();
                let read = source.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk);
                let is_end = chunk.is_empty();
                let message = read.map(|_| chunk).map_err(|error| Fault::from_io(&error));
                let is_last = message.is_err() || is_end;
                // The other side has gone when the parser found a fault.
                if full_sender.send(message).is_err() || is_last {
                    return;
                }
            }
        });
        let rows_guess = (file_bytes / 24).min(4_000_000) as usize;
        let mut parser = RowParser::new(options, TableBuilder::new(options.rules, rows_guess));
        let mut carry: Vec<u8> = Vec::new();
        for message in &full {
            let mut chunk = message?;
            if chunk.is_empty() {
                break;
            }
            if !keep_going(read_bytes.load(Ordering::Relaxed).min(file_bytes), file_bytes) {
                return Ok(None);
            }
            let Some(end) = chunk.iter().rposition(|&byte| byte == b'\n').map(|last| last + 1) else {
                carry.extend_from_slice(&chunk);
                check_line_length(carry.len(), parser.line() + 1)?;
                continue;
            };
            let mut start = 0;
            if !carry.is_empty() {
                // The line that began in the chunk before ends here.
                start = chunk.iter().position(|&byte| byte == b'\n').map_or(end, |first| first + 1);
                carry.extend_from_slice(&chunk[..start]);
                check_line_length(carry.len(), parser.line() + 1)?;
                parser.parse(&carry)?;
                carry.clear();
            }
            parser.parse(&chunk[start..end])?;
            carry.extend_from_slice(&chunk[end..]);
            chunk.clear();
            // A full line of empty chunks only means that the other side makes no more of them.
            drop(empty_sender.try_send(chunk));
        }
        if !carry.is_empty() {
            carry.push(b'\n');
            parser.parse(&carry)?;
        }
        parser.finish().map(Some)
    })
}

fn check_line_length(bytes: usize, line: u64) -> Result<(), Fault> {
    if bytes <= MAX_LINE_BYTES {
        return Ok(());
    }
    let reason = format!("a line is longer than {MAX_LINE_BYTES} bytes");
    Err(Fault::new("too-large", reason, "Check that this is a text file with one record a line.").at(line))
}

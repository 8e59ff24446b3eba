//! Candle files to test with, and data from outside the repository.

// Each test program uses what it needs.
#![allow(dead_code, unreachable_pub, clippy::missing_panics_doc)]

pub mod published;

use flate2::read::GzDecoder;
use sextant_core::candles::{Candle, CandleColumns};
use sextant_core::store::{Access, CandleFile, LastRow, ROWS_PER_BLOCK};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

pub const MINUTE: i64 = 60_000;
pub const SERIES: &str = "binance/BTC/USDT:USDT";
pub const BLOCK: usize = ROWS_PER_BLOCK as usize;

pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("candles")
    }
}

pub fn candle(row: usize) -> Candle {
    let price = 100.0 + (row % 977) as f64 * 0.01;
    Candle {
        time_ms: (row as i64 * MINUTE) as f64,
        open: price,
        high: price + 1.0,
        low: price - 1.0,
        close: price + 0.5,
        volume: row as f64 * 0.1,
    }
}

pub fn candles(rows: std::ops::Range<usize>) -> CandleColumns {
    rows.map(candle).collect()
}

pub fn create(path: &Path, rows: usize) -> CandleFile {
    let mut file = CandleFile::create(path, SERIES, MINUTE).expect("created");
    file.append(&candles(0..rows).as_slices(), LastRow::Final).expect("appended");
    file
}

pub fn read_all(file: &mut CandleFile) -> CandleColumns {
    let mut columns = CandleColumns::zeroed(file.info().rows as usize);
    file.read_rows(0, &mut columns.as_slices_mut()).expect("readable");
    columns
}

pub fn reopen(path: &Path) -> CandleFile {
    CandleFile::open(path, Access::Read).expect("opens")
}

pub fn flip(path: &Path, offset: u64) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).expect("opens");
    let mut byte = [0];
    file.seek(SeekFrom::Start(offset)).expect("seeks");
    file.read_exact(&mut byte).expect("reads");
    file.seek(SeekFrom::Start(offset)).expect("seeks");
    file.write_all(&[byte[0] ^ 0x10]).expect("writes");
}

/// A file of the shared data, if it is there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("SEXTANT_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data"), PathBuf::from);
    let found = [folder.join(path), folder.join("data").join(path)].into_iter().find(|path| path.exists());
    if found.is_none() {
        println!("skipped: {path} is not in {} (set SEXTANT_SHARED)", folder.display());
    }
    found
}

/// The text in a gzip file.
pub fn gunzip(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(File::open(path).expect("opens")).read_to_string(&mut text).expect("is gzip of text");
    text
}

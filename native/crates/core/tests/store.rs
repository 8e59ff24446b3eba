//! Candle files from the outside: round trips, refusals, crashes, damage.

use proptest::prelude::*;
use sextant_core::candles::{Candle, CandleColumns};
use sextant_core::store::{Access, CandleFile, Damage, LastRow, ROWS_PER_BLOCK, StoreError};
use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const MINUTE: i64 = 60_000;
const SERIES: &str = "binance/BTC/USDT:USDT";
const BLOCK: usize = ROWS_PER_BLOCK as usize;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("a temporary folder"))
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("candles")
    }
}

fn candle(row: usize) -> Candle {
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

fn candles(rows: std::ops::Range<usize>) -> CandleColumns {
    rows.map(candle).collect()
}

fn create(path: &Path, rows: usize) -> CandleFile {
    let mut file = CandleFile::create(path, SERIES, MINUTE).expect("created");
    file.append(&candles(0..rows).as_slices(), LastRow::Final).expect("appended");
    file
}

fn read_all(file: &mut CandleFile) -> CandleColumns {
    let mut columns = CandleColumns::zeroed(file.info().rows as usize);
    file.read_rows(0, &mut columns.as_slices_mut()).expect("readable");
    columns
}

fn reopen(path: &Path) -> CandleFile {
    CandleFile::open(path, Access::Read).expect("opens")
}

fn flip(path: &Path, offset: u64) {
    let mut file = OpenOptions::new().read(true).write(true).open(path).expect("opens");
    let mut byte = [0];
    file.seek(SeekFrom::Start(offset)).expect("seeks");
    file.read_exact(&mut byte).expect("reads");
    file.seek(SeekFrom::Start(offset)).expect("seeks");
    file.write_all(&[byte[0] ^ 0x10]).expect("writes");
}

#[test]
fn rows_come_back_as_they_went_in() {
    for rows in [0, 1, 2, BLOCK - 1, BLOCK, BLOCK + 1, BLOCK + 2, 3 * BLOCK + 17] {
        let folder = Folder::new();
        drop(create(&folder.file(), rows));
        let mut file = reopen(&folder.file());
        assert_eq!(read_all(&mut file), candles(0..rows), "{rows} rows");
        let info = file.info();
        assert_eq!((info.series.as_str(), info.timeframe_ms, info.rows), (SERIES, MINUTE, rows as u64));
        assert_eq!(info.first_ms, (rows > 0).then_some(0));
        assert_eq!(info.last_ms, rows.checked_sub(1).map(|last| last as i64 * MINUTE));
        assert!(!info.unfinished_append);
        let report = CandleFile::verify(&folder.file(), |_, _| true).expect("verifies");
        assert_eq!((report.rows, report.intact_rows, report.damage.len()), (rows as u64, rows as u64, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_way_of_cutting_a_series_into_appends_gives_the_same_rows(
        pieces in prop::collection::vec(1_usize..1500, 1..8),
        overlap in prop::collection::vec(any::<bool>(), 8),
        reopening in any::<bool>(),
    ) {
        let folder = Folder::new();
        let path = folder.file();
        let mut file = CandleFile::create(&path, SERIES, MINUTE).expect("created");
        let mut end = 0;
        for (piece, &again) in pieces.iter().zip(&overlap) {
            // With overlap the last row is written provisionally, with other prices, and then again.
            if again && end > 0 {
                end -= 1;
            }
            let mut rows = candles(end..end + piece);
            end += piece;
            rows.close[piece - 1] = 100.0;
            file.append(&rows.as_slices(), LastRow::Provisional).expect("appended");
            let summary = file.append(&candles(end - 1..end).as_slices(), LastRow::Final).expect("replaced");
            prop_assert_eq!((summary.rows, summary.added, summary.replaced_last), (end as u64, 0, true));
            if reopening {
                drop(file);
                file = CandleFile::open(&path, Access::Write).expect("opens");
                prop_assert!(!file.info().unfinished_append);
            }
        }
        prop_assert_eq!(read_all(&mut file), candles(0..end));
        drop(file);
        prop_assert_eq!(read_all(&mut reopen(&path)), candles(0..end));
        prop_assert_eq!(CandleFile::verify(&path, |_, _| true).expect("verifies").damage, vec![]);
    }

    #[test]
    fn a_crash_at_any_point_of_an_append_keeps_the_committed_rows(
        before in 0_usize..2200,
        added in 1_usize..2200,
        written in prop::collection::vec(any::<bool>(), 64),
        slot_bytes in 0_usize..128,
        data_complete in any::<bool>(),
    ) {
        let folder = Folder::new();
        let path = folder.file();
        drop(create(&path, before));
        let old = fs::read(&path).expect("reads");
        let mut file = CandleFile::open(&path, Access::Write).expect("opens");
        file.append(&candles(before..before + added).as_slices(), LastRow::Final).expect("appended");
        drop(file);
        let new = fs::read(&path).expect("reads");

        // The disk after a crash: any pages of the rows in any order while the slot is still the old one, or all rows and
        // the beginning of the new slot.
        let mut crashed = new.clone();
        if data_complete {
            for slot in [4096, 8192] {
                let changed = old[slot..slot + 128] != new[slot..slot + 128];
                if changed {
                    crashed[slot + slot_bytes..slot + 128].copy_from_slice(&old[slot + slot_bytes..slot + 128]);
                }
            }
        } else {
            crashed[..12_288].copy_from_slice(&old[..12_288]);
            for (page, bytes) in crashed[12_288..].chunks_mut(512).enumerate() {
                if !written[page % written.len()] {
                    let start = 12_288 + page * 512;
                    for (index, byte) in bytes.iter_mut().enumerate() {
                        *byte = old.get(start + index).copied().unwrap_or(0);
                    }
                }
            }
        }
        fs::write(&path, &crashed).expect("writes");

        let mut file = CandleFile::open(&path, Access::Write).expect("opens after the crash");
        let rows = file.info().rows as usize;
        // A slot is as good as new when the bytes that are missing are zero anyway.
        prop_assert!(rows == before || (data_complete && rows == before + added), "{} rows", rows);
        prop_assert_eq!(read_all(&mut file), candles(0..rows));
        // And the append can be repeated.
        let next = before + added;
        file.append(&candles(rows..next + 1).as_slices(), LastRow::Final).expect("appended again");
        drop(file);
        let mut file = CandleFile::open(&path, Access::Write).expect("opens");
        prop_assert!(!file.info().unfinished_append, "reported once");
        prop_assert_eq!(read_all(&mut file), candles(0..next + 1));
    }
}

#[test]
fn an_unfinished_append_is_noticed_and_erased() {
    let folder = Folder::new();
    let path = folder.file();
    drop(create(&path, 10));
    let old = fs::read(&path).expect("reads");
    let mut file = CandleFile::open(&path, Access::Write).expect("opens");
    file.append(&candles(10..3000).as_slices(), LastRow::Final).expect("appended");
    drop(file);
    // Everything reached the disk but the commit.
    let mut torn = fs::read(&path).expect("reads");
    torn[..12_288].copy_from_slice(&old[..12_288]);
    fs::write(&path, &torn).expect("writes");

    let report = CandleFile::verify(&path, |_, _| true).expect("verifies");
    assert_eq!((report.rows, report.damage.len(), report.unfinished_append), (10, 0, true));
    let mut file = CandleFile::open(&path, Access::Write).expect("opens");
    assert!(file.info().unfinished_append);
    assert_eq!(read_all(&mut file), candles(0..10));
    drop(file);
    assert!(!reopen(&path).info().unfinished_append, "erased");
}

#[test]
fn what_was_never_a_good_file_is_refused() {
    let folder = Folder::new();
    let path = folder.file();
    drop(create(&path, 3000));
    let good = fs::read(&path).expect("reads");
    let patched = |patches: &[(usize, u8)]| {
        let mut bytes = good.clone();
        for &(offset, value) in patches {
            bytes[offset] ^= value;
        }
        bytes
    };
    let newer = {
        let mut bytes = good.clone();
        bytes[8..12].copy_from_slice(&2_u32.to_le_bytes());
        bytes
    };
    let cases: [(&str, Vec<u8>, &str, &str); 7] = [
        ("empty", vec![], "NOT_A_CANDLE_FILE", "not a candle file"),
        ("text", b"timestamp,open,high,low,close\n".repeat(600), "NOT_A_CANDLE_FILE", "not a candle file"),
        ("cut in the header", good[..5000].to_vec(), "DAMAGED", "has 5000 bytes, but its rows need 12288"),
        (
            "newer format",
            newer,
            "NEWER_VERSION",
            "written in format 2, but this program knows formats up to 1",
        ),
        ("header bit", patched(&[(16, 1)]), "DAMAGED", "the header is damaged"),
        ("name bit", patched(&[(30, 1)]), "DAMAGED", "the header is damaged"),
        ("both slots", patched(&[(4100, 1), (8200, 1)]), "DAMAGED", "both commit slots are damaged"),
    ];
    for (name, bytes, code, message) in cases {
        fs::write(&path, bytes).expect("writes");
        let error = CandleFile::open(&path, Access::Write).expect_err(name);
        assert_eq!(error.code(), code, "{name}");
        assert!(error.to_string().contains(message), "{name}: {error}");
    }
    fs::remove_file(&path).expect("removes");
    assert_eq!(CandleFile::open(&path, Access::Read).expect_err("gone").code(), "NOT_FOUND");
}

#[test]
fn a_flipped_bit_is_found_and_named_and_the_rows_before_it_stay_readable() {
    // Row 1500 of a file with 3000 rows: block 1, column high. Offset: data, one block, one time and one open column.
    let block_bytes = 6 * 8 * BLOCK + 32;
    let offset = 12_288 + block_bytes + 2 * 8 * BLOCK + (1500 - BLOCK) * 8 + 3;
    let folder = Folder::new();
    let path = folder.file();
    drop(create(&path, 3000));
    flip(&path, offset as u64);

    let expected = Damage::Checksum { block: 1, first_row: 1024, last_row: 2047, column: "high" };
    let mut file = reopen(&path);
    let mut columns = CandleColumns::zeroed(3000);
    let error = file.read_rows(0, &mut columns.as_slices_mut()).expect_err("damaged");
    assert!(matches!(&error, StoreError::Damaged { damage, .. } if *damage == expected), "{error}");
    assert!(error.to_string().contains("block 1 (rows 1024 to 2047)"), "{error}");

    let report = CandleFile::verify(&path, |_, _| true).expect("verifies");
    assert_eq!((report.rows, report.intact_rows), (3000, 1024));
    assert_eq!(report.damage, [expected]);

    assert_eq!(file.locate(i64::MIN, i64::MAX).expect("needs no block"), 0..3000);
    assert_eq!(
        file.locate(1100 * MINUTE, 1200 * MINUTE).expect_err("in the damaged block").code(),
        "DAMAGED"
    );
    let mut columns = CandleColumns::zeroed(1024);
    file.read_rows(0, &mut columns.as_slices_mut()).expect("the first block is sound");
    assert_eq!(columns, candles(0..1024));
    drop(file);
    let mut file = CandleFile::open(&path, Access::Write).expect("opens");
    file.rewrite(&columns.as_slices(), LastRow::Final).expect("rewritten");
    file.append(&candles(1024..3000).as_slices(), LastRow::Final).expect("appended");
    assert_eq!(read_all(&mut file), candles(0..3000));
    drop(file);
    assert_eq!(CandleFile::verify(&path, |_, _| true).expect("verifies").damage, []);
}

#[test]
fn damage_in_the_open_block_stops_an_append() {
    let folder = Folder::new();
    let path = folder.file();
    drop(create(&path, 50));
    flip(&path, 12_288 + 7 * 8);
    let mut file = CandleFile::open(&path, Access::Write).expect("opens");
    let error = file.append(&candles(50..51).as_slices(), LastRow::Final).expect_err("damaged");
    assert!(error.to_string().contains("block 0 (rows 0 to 48): checksum of column time"), "{error}");
}

#[test]
fn a_file_that_lost_its_end_is_refused_where_the_rows_are_missing() {
    let folder = Folder::new();
    let path = folder.file();
    drop(create(&path, 3000));
    let block_bytes = (6 * 8 * BLOCK + 32) as u64;
    let mut open_before = reopen(&path);
    assert_eq!(read_all(&mut open_before), candles(0..3000), "every block has been checked");
    OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|file| file.set_len(12_288 + block_bytes + 100))
        .expect("truncates");
    for file in [&mut open_before, &mut reopen(&path)] {
        let mut columns = CandleColumns::zeroed(3000);
        let error = file.read_rows(0, &mut columns.as_slices_mut()).expect_err("truncated");
        assert!(matches!(error, StoreError::Damaged { damage: Damage::Truncated { .. }, .. }), "{error}");
        let mut columns = CandleColumns::zeroed(1024);
        file.read_rows(0, &mut columns.as_slices_mut()).expect("the first block is whole");
        assert_eq!(columns, candles(0..1024));
    }
    assert_eq!(CandleFile::verify(&path, |_, _| true).expect("verifies").intact_rows, 1024);
}

#[test]
fn rows_that_do_not_fit_change_nothing() {
    let folder = Folder::new();
    let path = folder.file();
    let mut file = create(&path, 5);
    let bytes = fs::read(&path).expect("reads");
    let bad_price: CandleColumns = [candle(5), Candle { close: f64::NAN, ..candle(6) }].into_iter().collect();
    let swapped: CandleColumns = [candle(6), candle(5)].into_iter().collect();
    let cases: [(&str, CandleColumns, LastRow, &str); 4] = [
        ("NaN price", bad_price, LastRow::Final, "BAD_ROWS"),
        ("not ascending", swapped, LastRow::Final, "BAD_ROWS"),
        ("older than the file", candles(3..8), LastRow::Final, "NOT_AFTER_LAST"),
        ("provisional over final", candles(4..5), LastRow::Provisional, "FINAL_LAST"),
    ];
    for (name, rows, last, code) in cases {
        let error = file.append(&rows.as_slices(), last).expect_err(name);
        assert_eq!(error.code(), code, "{name}");
        assert_eq!(fs::read(&path).expect("reads"), bytes, "{name}");
    }

    file.append(&candles(5..6).as_slices(), LastRow::Provisional).expect("appended");
    let error =
        file.append(&candles(6..8).as_slices(), LastRow::Final).expect_err("buries a provisional row");
    assert_eq!(error.code(), "PROVISIONAL_LAST");
    assert!(file.info().last_is_provisional);
    file.append(&candles(5..8).as_slices(), LastRow::Final).expect("begins with the final form");
    assert_eq!(read_all(&mut file), candles(0..8));
}

#[test]
fn ranges_by_time_are_half_open() {
    let folder = Folder::new();
    let mut file = create(&folder.file(), 2 * BLOCK + 2);
    let end = (2 * BLOCK + 2) as u64;
    let cases: [(&str, i64, i64, std::ops::Range<u64>); 8] = [
        ("everything", i64::MIN, i64::MAX, 0..end),
        ("first row", 0, 1, 0..1),
        ("end not included", MINUTE, 3 * MINUTE, 1..3),
        ("between rows", MINUTE + 1, 2 * MINUTE, 2..2),
        ("across blocks", 1023 * MINUTE, 1025 * MINUTE, 1023..1025),
        ("the last row", (end as i64 - 1) * MINUTE, i64::MAX, end - 1..end),
        ("after the end", end as i64 * MINUTE, i64::MAX, end..end),
        ("backwards", 10 * MINUTE, 5 * MINUTE, 10..10),
    ];
    for (name, from_ms, to_ms, expected) in cases {
        assert_eq!(file.locate(from_ms, to_ms).expect("locates"), expected, "{name}");
    }
    let mut columns = CandleColumns::zeroed(3);
    file.read_rows(end - 3, &mut columns.as_slices_mut()).expect("reads");
    assert_eq!(columns, candles(2 * BLOCK - 1..2 * BLOCK + 2));
    let error = file.read_rows(end - 2, &mut columns.as_slices_mut()).expect_err("one too many");
    assert_eq!(error.code(), "OUT_OF_RANGE");
}

#[test]
fn one_writer_many_readers() {
    let folder = Folder::new();
    let path = folder.file();
    let mut writer = create(&path, 10);
    assert_eq!(CandleFile::open(&path, Access::Write).expect_err("locked").code(), "BUSY");
    let mut reader = reopen(&path);
    assert_eq!(
        reader.append(&candles(10..11).as_slices(), LastRow::Final).expect_err("reader").code(),
        "READ_ONLY"
    );

    writer.append(&candles(10..5000).as_slices(), LastRow::Final).expect("appended");
    assert_eq!(reader.info().rows, 10);
    reader.refresh().expect("refreshes");
    assert_eq!(read_all(&mut reader), candles(0..5000));

    writer.rewrite(&candles(100..200).as_slices(), LastRow::Final).expect("rewritten");
    assert_eq!(CandleFile::open(&path, Access::Write).expect_err("still locked").code(), "BUSY");
    assert_eq!(read_all(&mut reader), candles(0..5000), "the old file, for those who have it open");
    assert_eq!(read_all(&mut reopen(&path)), candles(100..200));
    reader.refresh().expect("refreshes");
    assert_eq!(read_all(&mut reader), candles(100..200), "the new file, after a refresh");
    drop(writer);
    CandleFile::open(&path, Access::Write).expect("free again");
    fs::remove_file(&path).expect("removes");
    assert_eq!(reader.refresh().expect_err("gone").code(), "NOT_FOUND");
}

#[test]
fn a_file_belongs_to_its_series() {
    let folder = Folder::new();
    let path = folder.file();
    drop(create(&path, 1));
    let error = CandleFile::open_or_create(&path, "binance/ETH/USDT", MINUTE).expect_err("another series");
    assert_eq!(error.code(), "OTHER_SERIES");
    assert_eq!(
        CandleFile::open_or_create(&path, SERIES, 5 * MINUTE).expect_err("timeframe").code(),
        "OTHER_SERIES"
    );
    assert_eq!(CandleFile::open_or_create(&path, SERIES, MINUTE).expect("opens").info().rows, 1);
    assert_eq!(CandleFile::create(&path, SERIES, MINUTE).expect_err("exists").code(), "IO");
    for (name, series) in [("empty", String::new()), ("long", "x".repeat(513))] {
        let error = CandleFile::create(&path.with_extension("other"), &series, MINUTE).expect_err(name);
        assert_eq!(error.code(), "BAD_SERIES_NAME", "{name}");
    }
}

#[test]
fn verifying_can_be_stopped() {
    let folder = Folder::new();
    drop(create(&folder.file(), 5000));
    let mut calls = Vec::new();
    let error = CandleFile::verify(&folder.file(), |done, all| {
        calls.push((done, all));
        calls.len() < 2
    })
    .expect_err("stopped");
    assert_eq!(error.code(), "CANCELLED");
    assert_eq!(calls, [(1024, 5000), (2048, 5000)]);
}

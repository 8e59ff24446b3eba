//! Candle files from the outside: round trips, ranges, crashes in the middle of an append, several handles.

mod common;

use common::{BLOCK, Folder, MINUTE, SERIES, candle, candles, create, read_all, reopen};
use proptest::prelude::*;
use sextant_core::candles::{Candle, CandleColumns};
use sextant_core::store::{Access, CandleFile, LastRow};
use std::fs;

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

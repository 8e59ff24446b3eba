//! Candle files that are not what was written: noticed, named, and never taken for rows.

mod common;

use common::{BLOCK, Folder, MINUTE, candles, create, flip, read_all, reopen};
use sextant_core::candles::CandleColumns;
use sextant_core::store::{Access, CandleFile, Damage, LastRow, StoreError};
use std::fs::{self, OpenOptions};

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
    assert!(error.to_string().ends_with(
        "repair the series, which keeps every block whose check sums are right, or download it again"
    ));
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

//! Candle CSV files as a whole: packings, layouts, faults with their line.

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use sextant_core::candles::csv::{CsvOptions, read_candle_csv};
use sextant_core::candles::{CandleTable, RowRules};
use sextant_core::files::Fault;
use std::fmt::Write as _;
use std::io::Write as _;

const HEADER: &str = "timestamp,open,high,low,close,volume";
const ROWS: [&str; 3] = [
    "1704067200000,100,110,90,105,1.5",
    "1704070800000,105,111,99.5,106.25,2",
    "1704074400000,106.25,107,106,106.5,0",
];

fn read_with(bytes: &[u8], options: &CsvOptions) -> Result<CandleTable, Fault> {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(bytes).expect("written");
    read_candle_csv(file.path(), options, |_, _| true).map(|table| table.expect("not stopped"))
}

fn read(bytes: impl AsRef<[u8]>) -> Result<CandleTable, Fault> {
    read_with(bytes.as_ref(), &CsvOptions::default())
}

/// Name, bytes, code, line, column.
type FaultCase<'a> = (&'a str, Vec<u8>, &'a str, Option<u64>, Option<&'a str>);

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("packed");
    encoder.finish().expect("packed")
}

/// A zip archive with one deflated entry, by APPNOTE.TXT.
fn zip(text: &str) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).expect("packed");
    let packed = encoder.finish().expect("packed");
    let crc = crc32fast::hash(text.as_bytes());
    let mut sizes = Vec::new();
    for part in [crc, packed.len() as u32, text.len() as u32] {
        sizes.extend(part.to_le_bytes());
    }
    let name = b"data.csv";
    let mut archive = b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".to_vec();
    archive.extend(&sizes);
    archive.extend([name.len() as u8, 0, 0, 0]);
    archive.extend(name);
    archive.extend(&packed);
    let directory_start = archive.len() as u32;
    archive.extend(b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0");
    archive.extend(&sizes);
    archive.extend([name.len() as u8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    archive.extend(name);
    let directory_bytes = archive.len() as u32 - directory_start;
    archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend(directory_bytes.to_le_bytes());
    archive.extend(directory_start.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

fn text() -> String {
    format!("{HEADER}\n{}", ROWS.join("\n"))
}

#[test]
fn every_packing_and_layout_gives_the_same_table() {
    let expected = read(text()).expect("plain");
    assert_eq!(expected.columns.time_ms, [1_704_067_200_000.0, 1_704_070_800_000.0, 1_704_074_400_000.0]);
    assert_eq!(expected.columns.open, [100.0, 105.0, 106.25]);
    assert_eq!(expected.columns.high, [110.0, 111.0, 107.0]);
    assert_eq!(expected.columns.low, [90.0, 99.5, 106.0]);
    assert_eq!(expected.columns.close, [105.0, 106.25, 106.5]);
    assert_eq!(expected.columns.volume, [1.5, 2.0, 0.0]);
    assert_eq!((expected.timeframe_ms, expected.has_gaps), (3_600_000.0, false));
    assert_eq!((expected.price_decimals, expected.volume_decimals), (2, 1));

    let rows = ROWS.join("\n");
    let mut two_members = gzip(&format!("{HEADER}\n{}", ROWS[0]));
    two_members.extend(gzip(&format!("\n{}\n{}\n", ROWS[1], ROWS[2])));
    let tail = ",9,9,9";
    let vision: Vec<String> = ROWS.iter().map(|row| format!("{row}{tail}")).collect();
    let quoted: Vec<String> = ROWS.iter().map(|row| format!("\"{}\"", row.replace(',', "\",\""))).collect();
    let reordered: Vec<String> = ROWS
        .iter()
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            [cells[5], "x", cells[4], cells[1], cells[2], cells[3], cells[0]].join(",")
        })
        .collect();
    let layouts: [(&str, Vec<u8>); 12] = [
        ("gzip", gzip(&text())),
        ("gzip of two members", two_members),
        ("zip", zip(&text())),
        ("windows line ends", text().replace('\n', "\r\n").into_bytes()),
        ("blank lines and spaces", text().replace('\n', "\n \n").replace(',', ", ").into_bytes()),
        ("semicolons", text().replace(',', ";").into_bytes()),
        ("tabs", text().replace(',', "\t").into_bytes()),
        ("byte order mark", format!("\u{feff}{}", text()).into_bytes()),
        ("no header", rows.clone().into_bytes()),
        ("no header, more columns", format!("\u{feff}{}\n", vision.join("\n")).into_bytes()),
        ("quotes", format!("{HEADER}\n{}", quoted.join("\n")).into_bytes()),
        ("another order", format!("Vol,count,C,O,H,L,Open Time\n{}", reordered.join("\n")).into_bytes()),
    ];
    for (name, bytes) in layouts {
        assert_eq!(read(&bytes).as_ref(), Ok(&expected), "{name}");
    }
    let microseconds = rows.replace("00000,", "00000000,");
    assert_eq!(read(microseconds).as_ref(), Ok(&expected), "microseconds");
    let named = CsvOptions {
        columns: ["7", "o", "h", "l", "4", "vol"].map(|name| Some(name.to_owned())),
        ..CsvOptions::default()
    };
    let file = format!("Vol,count,C,Last,O,H,L,When\n{}", "");
    assert_eq!(read_with(file.as_bytes(), &named).expect_err("no rows").code, "empty");
}

#[test]
fn marks_have_no_volume() {
    let marks = "timestamp,open,high,low,close\n1704067200000,100,110,90,105\n";
    let fault = read(marks).expect_err("a candle has a volume");
    assert_eq!(
        (fault.code, fault.line, fault.column.as_deref()),
        ("missing-column", Some(1), Some("volume"))
    );
    let options = CsvOptions { volume_is_optional: true, ..CsvOptions::default() };
    let table = read_with(marks.as_bytes(), &options).expect("marks");
    assert_eq!((table.columns.close, table.columns.volume), (vec![105.0], vec![0.0]));
}

#[test]
fn a_missing_column_tells_what_there_is_instead_in_few_words() {
    let message = |text: &str| {
        let fault = read(text).expect_err("there are no candles");
        assert_eq!(fault.code, "missing-column", "{text}");
        fault.reason
    };
    assert_eq!(
        message("timestamp,open,high,low\n1704067200000,100,110,90\n"),
        "is missing; there are timestamp, open, high, low"
    );
    assert_eq!(
        message("[{\"name\":\"a\",\"x\":1}]\n[{\"name\":\"b\",\"x\":2}]\n"),
        "is missing; the file holds JSON whose rows are not candles"
    );
    let many: Vec<String> = (0..25).map(|column| format!("{}{column}", "x".repeat(50))).collect();
    let found = message(&format!("{}\n{}\n", many.join(","), ["1"; 25].join(",")));
    assert!(found.ends_with(" and 5 more"), "{found}");
    assert_eq!(found.matches(&"x".repeat(40)).count(), 20, "{found}");
    assert!(!found.contains(&"x".repeat(41)), "{found}");
}

#[test]
fn faults_name_line_and_column() {
    let with = |row: &str| format!("{HEADER}\n{}\n{row}\n{}", ROWS[0], ROWS[2]).into_bytes();
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() - 12].to_vec();
    let mut flipped = zip(&text());
    flipped[60] ^= 0x10;
    let cases: Vec<FaultCase<'_>> = vec![
        ("word for a price", with("1704070800000,abc,111,99.5,106,2"), "bad-value", Some(3), Some("open")),
        ("NaN", with("1704070800000,NaN,111,99.5,106,2"), "bad-value", Some(3), Some("open")),
        ("too large", with("1704070800000,1e400,111,99.5,106,2"), "bad-value", Some(3), Some("open")),
        ("decimal comma", with("1704070800000,\"1,5\",111,99.5,106,2"), "bad-value", Some(3), Some("open")),
        ("zero", with("1704070800000,105,111,0,106,2"), "not-positive", Some(3), Some("low")),
        ("negative", with("1704070800000,105,111,-99.5,106,2"), "not-positive", Some(3), Some("low")),
        ("negative volume", with("1704070800000,105,111,99.5,106,-2"), "bad-value", Some(3), Some("volume")),
        ("empty cell", with("1704070800000,105,,99.5,106,2"), "bad-value", Some(3), Some("high")),
        ("empty last cell", with("1704070800000,105,111,99.5,106,"), "bad-value", Some(3), Some("volume")),
        ("cut row", with("1704070800000,105,111"), "bad-value", Some(3), Some("low")),
        ("low above high", with("1704070800000,105,99,111,106,2"), "inconsistent-candle", Some(3), None),
        ("close above high", with("1704070800000,105,111,99.5,112,2"), "inconsistent-candle", Some(3), None),
        (
            "unequal duplicate",
            with("1704067200000,105,111,99.5,106,2"),
            "duplicate",
            Some(3),
            Some("timestamp"),
        ),
        (
            "reversed time",
            with("1704063600000,105,111,99.5,106,2"),
            "out-of-order",
            Some(3),
            Some("timestamp"),
        ),
        ("time as a word", with("yesterday,105,111,99.5,106,2"), "bad-value", Some(3), Some("timestamp")),
        (
            "time of another unit",
            with("1704070800,105,111,99.5,106,2"),
            "bad-value",
            Some(3),
            Some("timestamp"),
        ),
        ("no rows", HEADER.into(), "empty", None, None),
        ("nothing", Vec::new(), "empty", None, None),
        ("cut gzip", cut(gzip(&text())), "truncated", None, None),
        ("cut zip", cut(zip(&text())), "truncated", None, None),
        ("flipped zip", flipped, "damaged", None, None),
        ("endless line", format!("{HEADER}\n{}", "9".repeat(9_000_000)).into(), "too-large", Some(2), None),
    ];
    for (name, bytes, code, line, column) in cases {
        let fault = read(&bytes).expect_err(name);
        assert_eq!(
            (fault.code, fault.line, fault.column.as_deref()),
            (code, line, column),
            "{name}: {fault:?}"
        );
    }
    let missing = read_candle_csv("no/such/file.csv".as_ref(), &CsvOptions::default(), |_, _| true);
    assert_eq!(missing.expect_err("no file").code, "not-found");
}

#[test]
fn long_files_are_read_in_pieces_and_can_be_stopped() {
    let mut text = format!("{HEADER}\n");
    for row in 0..60_000_i64 {
        let price = 100.0 + (row % 977) as f64 / 8.0;
        let time_ms = 1_704_067_200_000 + row * 60_000;
        writeln!(text, "{time_ms},{price},{},{},{price},{}", price + 1.0, price - 1.0, row % 13)
            .expect("text");
    }
    let table = read(gzip(&text)).expect("long");
    assert_eq!(table.columns.time_ms.len(), 60_000);
    for row in [0_usize, 1, 4095, 31_337, 59_999] {
        assert_eq!(table.columns.close[row], 100.0 + (row % 977) as f64 / 8.0);
        assert_eq!(table.columns.volume[row], (row % 13) as f64);
    }
    let faulty = text.replace("\n1704070800000,", "\nx,");
    let fault = read(faulty).expect_err("an hour later");
    assert_eq!(fault.line, Some(62));
    let sorted =
        CsvOptions { rules: RowRules { sort: true, ..RowRules::default() }, ..CsvOptions::default() };
    assert_eq!(read_with(text.as_bytes(), &sorted).expect("sorted").columns, table.columns);
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("written");
    assert_eq!(read_candle_csv(file.path(), &CsvOptions::default(), |done, _| done == 0), Ok(None));
}

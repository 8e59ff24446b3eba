// length: every format with its few lines of source and what must become of them

//! Import of every format, from a few lines whose events a person can follow; files, whole and damaged; and the real
//! recordings where they are at hand.

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use sextant_core::l2::{
    Event, EventKind, Events, Format, ImportOptions, ImportReport, L2Error, Sequence, Step, import,
    read_file, read_info, write_file,
};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

use EventKind::{AskClear, AskDepth, BidClear, BidDepth, BuyTrade, ClearAll, SellTrade};

fn options(format: Format) -> ImportOptions {
    ImportOptions { format, sequence: Sequence::Checked, symbol: None, tick: None, lot: None }
}

fn written(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn read(content: &str, options: &ImportOptions) -> Result<(Events, ImportReport), L2Error> {
    let folder = TempDir::new().unwrap();
    import(&written(&folder, "source", content.as_bytes()), options, &mut |_, _| true)
}

/// Line and reason of a refusal.
fn refusal(content: &str, options: &ImportOptions) -> (u64, String) {
    match read(content, options) {
        Err(L2Error::Input { line, reason, .. }) => (line, reason),
        other => panic!("not refused: {other:?}"),
    }
}

/// What a person reads of the events: kind, price, size.
fn shown(events: &Events) -> Vec<(EventKind, f64, f64)> {
    let show = |event: Event| {
        (event.kind, events.tick.times(event.ticks.into()), events.lot.times(event.lots as i64))
    };
    events.iter().map(show).collect()
}

const T: i64 = 1_700_000_000_000;

fn depth(stamp: i64, time: i64, updates: (u64, u64, u64), bids: &str, asks: &str) -> String {
    let (first, last, previous) = updates;
    format!(
        "{}000000 {{\"stream\":\"btcusdt@depth@0ms\",\"data\":{{\"e\":\"depthUpdate\",\"E\":{},\"T\":{},\"s\":\"BTCUSDT\",\
         \"U\":{first},\"u\":{last},\"pu\":{previous},\"b\":[{bids}],\"a\":[{asks}]}}}}\n",
        T + stamp,
        T + time + 1,
        T + time,
    )
}

fn trade(stamp: i64, time: i64, price: &str, buyer_is_maker: bool) -> String {
    format!(
        "{}000000 {{\"stream\":\"btcusdt@trade\",\"data\":{{\"e\":\"trade\",\"E\":{time},\"T\":{},\"s\":\"BTCUSDT\",\"t\":1,\
         \"p\":\"{price}\",\"q\":\"0.010\",\"X\":\"MARKET\",\"m\":{buyer_is_maker}}}}}\n",
        T + stamp,
        T + time,
    )
}

fn snapshot(stamp: i64, last_update: u64) -> String {
    format!(
        "{}000000 {{\"lastUpdateId\":{last_update},\"E\":{t},\"T\":{t},\"bids\":[[\"99.50\",\"2.000\"],[\"99.00\",\"1\"]],\
         \"asks\":[[\"100.10\",\"3.000\"]]}}\n",
        T + stamp,
        t = T + stamp - 10,
    )
}

const FRAMES: Format = Format::BinanceFrames;

#[test]
fn frames_are_read_as_a_live_book_reads_them() {
    let ticker = format!(
        "{T}000000 {{\"stream\":\"btcusdt@bookTicker\",\"data\":{{\"e\":\"bookTicker\",\"b\":\"1\"}}}}\n"
    );
    let content = [
        ticker,
        // Known to the snapshot; straddles it; follows it.
        depth(1, 0, (1, 5, 0), "[\"99.50\",\"9.000\"]", ""),
        depth(2, 0, (6, 12, 5), "[\"99.40\",\"0.500\"]", ""),
        trade(3, 2, "100.10", false),
        snapshot(20, 10),
        depth(30, 22, (13, 15, 12), "", "[\"100.10\",\"0.000\"],[\"100.20\",\"1.250\"]"),
        trade(31, 25, "99.50", true),
        // A hole, and a later snapshot.
        depth(40, 35, (20, 22, 19), "[\"99.50\",\"7.000\"]", ""),
        snapshot(50, 22),
    ]
    .concat();
    let (events, report) = read(&content, &options(FRAMES)).unwrap();
    assert_eq!(
        (events.tick, events.lot),
        (Step { mantissa: 1, decimals: 1 }, Step { mantissa: 1, decimals: 2 })
    );
    let book = [(ClearAll, 0.0, 0.0), (BidDepth, 99.5, 2.0), (BidDepth, 99.0, 1.0), (AskDepth, 100.1, 3.0)];
    let between = [
        (BidDepth, 99.4, 0.5),
        (AskDepth, 100.1, 0.0),
        (AskDepth, 100.2, 1.25),
        (SellTrade, 99.5, 0.01),
        (ClearAll, 0.0, 0.0),
    ];
    let expected = [&[(BuyTrade, 100.1, 0.01)][..], &book, &between, &book].concat();
    assert_eq!(shown(&events), expected);
    let counts = (report.lines, report.skipped, report.dropped, report.snapshots, report.gaps, report.trades);
    assert_eq!(counts, (9, 1, 2, 2, 1, 2));
    assert_eq!((report.symbol.as_str(), report.clock_shift_ns), ("BTCUSDT", 0));
    let second = events.get(6);
    assert_eq!((second.exchange_ns, second.local_ns), ((T + 22) * 1_000_000, (T + 30) * 1_000_000));
}

#[test]
fn as_recorded_everything_counts_and_snapshots_clear_what_they_reach() {
    let content = [depth(1, 0, (1, 5, 0), "[\"99.50\",\"9.000\"]", ""), snapshot(20, 10)].concat();
    let options = ImportOptions { sequence: Sequence::AsRecorded, ..options(FRAMES) };
    let expected = [
        (BidDepth, 99.5, 9.0),
        (BidClear, 99.0, 0.0),
        (BidDepth, 99.5, 2.0),
        (BidDepth, 99.0, 1.0),
        (AskClear, 100.1, 0.0),
        (AskDepth, 100.1, 3.0),
    ];
    assert_eq!(shown(&read(&content, &options).unwrap().0), expected);
}

#[test]
fn a_slow_clock_of_the_recorder_is_set_right() {
    let content = [snapshot(20, 10), trade(30, 1_030, "99.5", true)].concat();
    let (events, report) = read(&content, &options(FRAMES)).unwrap();
    assert_eq!(report.clock_shift_ns, 1_000_000_000);
    assert_eq!(events.get(4).local_ns, events.get(4).exchange_ns);
    assert_eq!(events.get(0).local_ns, (T + 1_020) * 1_000_000);
}

#[test]
fn broken_frames_are_refused_with_line_and_reason() {
    let options = options(FRAMES);
    let good = snapshot(20, 10);
    for (bad, reason) in [
        ("nonsense\n".to_owned(), "the line does not start with 19 digits of nanoseconds and a space"),
        (trade(10, 9, "99.5", true), "time runs back by 10 ms against the line before"),
        (trade(30, 29, "0.00", true), "the price 0.00 is not above zero"),
        (trade(30, 29, "-1", true), "the price -1 is not above zero"),
        (trade(30, 29, "NaN", true), "\"NaN\" is not a number"),
        (depth(30, 29, (9, 8, 7), "", ""), "the last update 8 lies before the first 9"),
        (depth(30, 29, (11, 12, 10), "[\"99\",\"-1\"]", ""), "the size -1 is negative"),
        (trade(30, 5 - T, "99.5", true), "the exchange time 5000000 ns is not one of this century"),
    ] {
        let (line, found) = refusal(&format!("{good}{good}\n{bad}"), &options);
        assert_eq!((line, found.as_str()), (4, reason));
    }
    let (line, reason) =
        refusal(&format!("{good}{}", "1700000000030000000 {\"e\":\"depthUpdate\",\"s\":\"A\"}"), &options);
    assert!(line == 2 && reason.contains("missing field `U`"), "{line} {reason}");
    assert_eq!(refusal("", &options).1, "the file holds no order book and no trade that can be used");
    let two = [trade(1, 0, "1", true), trade(2, 0, "1", true).replace("BTCUSDT", "ETHUSDT")].concat();
    assert_eq!(
        refusal(&two, &options),
        (2, "the file holds BTCUSDT and ETHUSDT: name the one to import".to_owned())
    );
    let chosen = ImportOptions { symbol: Some("ethusdt".to_owned()), ..options };
    assert_eq!(read(&two, &chosen).unwrap().1.skipped, 1);
}

#[test]
fn tardis_tells_its_data_set_by_the_header() {
    let head = "exchange,symbol,timestamp,local_timestamp";
    let at = |ms: i64| format!("deribit,BTC-PERPETUAL,{}000,{}000", T + ms, T + ms + 5);
    let tardis = options(Format::TardisCsv);
    let incremental = format!(
        "{head},is_snapshot,side,price,amount\n{0},true,ask,6421.5,18640\n{0},true,bid,6421,20\n{1},false,bid,6421,0\n\
         {2},true,bid,6420.5,10\n",
        at(0),
        at(1),
        at(2)
    );
    let (events, report) = read(&incremental, &tardis).unwrap();
    let expected = [
        (ClearAll, 0.0, 0.0),
        (AskDepth, 6421.5, 18640.0),
        (BidDepth, 6421.0, 20.0),
        (BidDepth, 6421.0, 0.0),
        (ClearAll, 0.0, 0.0),
        (BidDepth, 6420.5, 10.0),
    ];
    assert_eq!(shown(&events), expected);
    assert_eq!((report.symbol.as_str(), report.snapshots), ("BTC-PERPETUAL", 2));
    assert_eq!(events.get(0).local_ns - events.get(0).exchange_ns, 5_000_000);

    let trades = format!(
        "{head},id,side,price,amount\n{0},a,sell,8531.5,2\n{0},b,unknown,8531,1\n{0},c,buy,8532,1\n",
        at(0)
    );
    let (events, report) = read(&trades, &tardis).unwrap();
    assert_eq!(shown(&events), [(SellTrade, 8531.5, 2.0), (BuyTrade, 8532.0, 1.0)]);
    assert_eq!((report.trades, report.skipped), (2, 1));

    // The best bid moves: the old one goes; an empty side shows nothing.
    let quotes = format!(
        "{head},ask_amount,ask_price,bid_price,bid_amount\n{},5,101,100,8\n{},5,101,99,8\n{},,,99,8\n",
        at(0),
        at(1),
        at(2)
    );
    let expected = [
        (BidDepth, 100.0, 8.0),
        (AskDepth, 101.0, 5.0),
        (BidDepth, 100.0, 0.0),
        (BidDepth, 99.0, 8.0),
        (AskDepth, 101.0, 0.0),
    ];
    assert_eq!(shown(&read(&quotes, &tardis).unwrap().0), expected);

    let two = "asks[0].price,asks[0].amount,bids[0].price,bids[0].amount,asks[1].price,asks[1].amount,bids[1].price,bids[1].amount";
    let levels =
        format!("{head},{two}\n{},101,5,100,8,102,1,99,2\n{},101,5,100,9,103,1,99,2\n", at(0), at(1));
    let (events, _) = read(&levels, &tardis).unwrap();
    let second = [(BidDepth, 100.0, 9.0), (AskDepth, 102.0, 0.0), (AskDepth, 103.0, 1.0)];
    assert_eq!(shown(&events)[4..], second);

    for (content, line, reason) in [
        (format!("{head},price\n"), 1, "the header is that of no known Tardis data set"),
        (format!("{head},side,amount\n"), 1, "the header lacks the column \"price\""),
        (trades.replace(",8532,1", ",8532"), 4, "7 columns, but the header has 8"),
        (trades.replace("8532", "inf"), 4, "\"inf\" is not a number"),
        (trades.replace("c,buy", "c,both"), 4, "there is no side \"both\""),
        (incremental.replace("false", "no"), 4, "is_snapshot is \"no\""),
        (incremental.replace(&at(1), &at(-1)), 4, "time runs back by 1 ms"),
    ] {
        let (found, text) = refusal(&content, &tardis);
        assert!(found == line && text.starts_with(reason), "line {found}: {text}");
    }
}

fn bybit(kind: &str, ms: i64, update: u64, bids: &str) -> String {
    format!(
        "{{\"topic\":\"orderbook.500.XRPUSDT\",\"type\":\"{kind}\",\"ts\":{},\"data\":{{\"s\":\"XRPUSDT\",\"b\":[{bids}],\
         \"a\":[],\"u\":{update},\"seq\":1}},\"cts\":{}}}\n",
        T + ms + 2,
        T + ms
    )
}

/// A zip archive with one file.
fn zip(content: &[u8], deflated: bool) -> Vec<u8> {
    let data = if deflated {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    } else {
        content.to_vec()
    };
    let method: u16 = if deflated { 8 } else { 0 };
    let crc = flate2_crc(content);
    let sizes = [data.len() as u32, content.len() as u32];
    let mut archive = b"PK\x03\x04\x14\0\0\0".to_vec();
    let fields = |archive: &mut Vec<u8>| {
        archive.extend(method.to_le_bytes());
        archive.extend([0; 4]);
        archive.extend(crc.to_le_bytes());
        for size in sizes {
            archive.extend(size.to_le_bytes());
        }
        archive.extend([1, 0, 0, 0]);
    };
    fields(&mut archive);
    archive.push(b'x');
    archive.extend(&data);
    let directory = archive.len() as u32;
    archive.extend(b"PK\x01\x02\x14\0\x14\0\0\0");
    fields(&mut archive);
    archive.extend([0; 14]);
    archive.push(b'x');
    let end = archive.len() as u32;
    archive.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    archive.extend((end - directory).to_le_bytes());
    archive.extend(directory.to_le_bytes());
    archive.extend([0, 0]);
    archive
}

fn flate2_crc(content: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    crc.sum()
}

#[test]
fn bybit_archives_come_in_zips_and_may_have_holes() {
    let content = [
        bybit("snapshot", 0, 7, "[\"1.95\",\"100\"],[\"1.94\",\"50\"]"),
        bybit("delta", 10, 8, "[\"1.95\",\"0\"]"),
        bybit("delta", 20, 10, "[\"1.93\",\"10\"]"),
        bybit("snapshot", 30, 11, "[\"1.90\",\"100\"]"),
    ]
    .concat();
    let folder = TempDir::new().unwrap();
    let expected = [
        (ClearAll, 0.0, 0.0),
        (BidDepth, 1.95, 100.0),
        (BidDepth, 1.94, 50.0),
        (BidDepth, 1.95, 0.0),
        (ClearAll, 0.0, 0.0),
        (ClearAll, 0.0, 0.0),
        (BidDepth, 1.9, 100.0),
    ];
    for deflated in [false, true] {
        let mut archive = zip(content.as_bytes(), deflated);
        let path = written(&folder, "book.zip", &archive);
        let (events, report) = import(&path, &options(Format::BybitBook), &mut |_, _| true).unwrap();
        assert_eq!(shown(&events), expected);
        assert_eq!((report.gaps, report.snapshots, report.symbol.as_str()), (1, 2, "XRPUSDT"));
        assert_eq!(events.get(0).local_ns - events.get(0).exchange_ns, 2_000_000);
        // A byte of the content is wrong; the end is missing.
        let middle = archive.len() / 3;
        archive[middle] ^= 1;
        let path = written(&folder, "damaged.zip", &archive);
        assert!(import(&path, &options(Format::BybitBook), &mut |_, _| true).is_err());
        archive.truncate(archive.len() - 4);
        let path = written(&folder, "cut.zip", &archive);
        let cut = import(&path, &options(Format::BybitBook), &mut |_, _| true).unwrap_err().to_string();
        assert!(cut.contains("zip data ends too early"), "{cut}");
    }
    assert_eq!(refusal(&content.replace("\"delta\"", "\"odd\""), &options(Format::BybitBook)).0, 2);
}

#[test]
fn trade_lists_keep_their_decimals() {
    let list =
        format!("[[{T},\"1\",null,\"sell\",0.00141342,23.0,0.03],[{T},\"2\",null,\"buy\",1.5e-05,54,0.07]]");
    let options = options(Format::TradeList);
    let (events, _) = read(&list, &options).unwrap();
    assert_eq!(shown(&events), [(SellTrade, 0.001_413_42, 23.0), (BuyTrade, 0.000_015, 54.0)]);
    assert_eq!(
        refusal(&list.replace("\"buy\"", "null"), &options),
        (2, "null is no side: buy or sell".to_owned())
    );
    assert_eq!(refusal(&list.replace("1.5e-05", "-1"), &options).0, 2);
    assert_eq!(
        refusal(&list.replace("54,0.07", "0,0.07"), &options),
        (2, "the size 0 is not above zero".to_owned())
    );
    assert_eq!(refusal(&list.replacen(&T.to_string(), &(T + 1).to_string(), 1), &options).0, 2);
    assert!(refusal("[[1,2", &options).1.starts_with("not a list of trades"));
}

#[test]
fn cut_and_damaged_gzip_is_refused() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    for at in 0..4_000 {
        let line = trade(at, at, &format!("1{at}.5"), at % 3 == 0);
        encoder.write_all(line.as_bytes()).unwrap();
    }
    let packed = encoder.finish().unwrap();
    let folder = TempDir::new().unwrap();
    let open = |name: &str, content: &[u8]| {
        import(&written(&folder, name, content), &options(FRAMES), &mut |_, _| true)
    };
    assert_eq!(open("whole.gz", &packed).unwrap().0.len(), 4_000);
    match open("cut.gz", &packed[..packed.len() / 2]) {
        Err(L2Error::Input { line, reason, .. }) => {
            assert!(line > 100, "{line}");
            assert_eq!(reason, "the packed data ends too early");
        }
        other => panic!("{other:?}"),
    }
    let mut damaged = packed.clone();
    damaged[packed.len() / 2] ^= 0x55;
    assert!(matches!(open("damaged.gz", &damaged), Err(L2Error::Input { .. })));
    let missing = import(Path::new("/nowhere/at/all"), &options(FRAMES), &mut |_, _| true);
    assert!(matches!(missing, Err(L2Error::NotFound { .. })));
    let path = written(&folder, "again.gz", &packed);
    assert!(matches!(import(&path, &options(FRAMES), &mut |_, _| false), Err(L2Error::Cancelled)));
}

#[test]
fn files_give_back_what_was_written_and_notice_every_damage() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("recording.l2");
    let mut events = Events::new(Step { mantissa: 5, decimals: 1 }, Step { mantissa: 1, decimals: 3 });
    for at in 0..70_000_i32 {
        let kind = [BidDepth, AskDepth, BuyTrade, SellTrade, ClearAll][at as usize % 5];
        let exchange_ns = T * 1_000_000 + i64::from(at) * 3;
        let local_ns = exchange_ns + i64::from(at % 7);
        events.push(Event {
            exchange_ns,
            local_ns,
            kind,
            ticks: 1_000 - at % 50,
            lots: (1 << 55) + at as u64,
        });
    }
    let report =
        ImportReport { symbol: "BTC-PERPETUAL".to_owned(), lines: 9, gaps: 2, ..ImportReport::default() };
    let info = write_file(&path, &events, &report, &mut |_, _| true).unwrap();
    assert_eq!(read_info(&path).unwrap(), info);
    assert_eq!(
        (info.rows, info.price_ticks, info.bytes),
        (70_000, (952, 1_000), 4096 + 70_000 * 28 + 2 * 16)
    );
    assert_eq!((info.symbol.as_str(), &info.report), ("BTC-PERPETUAL", &report));
    let (back, _) = read_file(&path, &mut |_, _| true).unwrap();
    assert_eq!(back, events);
    assert!(matches!(read_file(&path, &mut |_, _| false), Err(L2Error::Cancelled)));

    let whole = fs::read(&path).unwrap();
    let damage = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        let damaged = written(&folder, "damaged.l2", &bytes);
        read_file(&damaged, &mut |_, _| true).unwrap_err()
    };
    let last = whole.len() - 1;
    for at in [5_000, 4096 + 65_536 * 17, 4096 + 65_536 * 25, last - 20, last] {
        let error = damage(&|bytes| bytes[at] ^= 0x10).to_string();
        assert!(error.contains("checksum of column"), "{at}: {error}");
    }
    assert!(damage(&|bytes| bytes[40] ^= 1).to_string().contains("checksum of the header"));
    assert!(damage(&|bytes| bytes.truncate(last)).to_string().contains("its 70000 rows need"));
    assert!(damage(&|bytes| bytes.truncate(100)).code() == "DAMAGED");
    assert_eq!(damage(&|bytes| bytes[0] = b'x').code(), "NOT_AN_L2_FILE");
    assert_eq!(damage(&|bytes| bytes[8] = 9).code(), "NEWER_VERSION");

    // A write that is stopped leaves the old file and nothing else.
    let stopped = write_file(&path, &events, &report, &mut |done, _| done == 0);
    assert!(matches!(stopped, Err(L2Error::Cancelled)));
    assert_eq!(fs::read(&path).unwrap(), whole);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// A file of the shared data folder, which stands beside the checkout.
fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not here", path.display());
    None
}

#[test]
fn real_recordings_of_every_format_are_taken() {
    // Rows counted in the files themselves.
    for (name, format, trades, snapshots, tick) in [
        ("l2/binance_usdm_btcusdt_20240808.gz", FRAMES, 21_313, 1, "0.1"),
        ("l2/binance_cm_btcusd_perp_20240808.gz", FRAMES, 2_286, 1, "0.1"),
        ("l2/binance_spot_btcusdt_20240808.gz", FRAMES, 9_757, 1, "0.01"),
        ("l2/bybit_xrpusdt_ob500.data.zip", Format::BybitBook, 0, 1, "0.0001"),
        ("l2/tardis_deribit_incremental_book_L2_BTC-PERPETUAL.csv.gz", Format::TardisCsv, 0, 1, "0.5"),
        ("l2/tardis_bitmex_trades_XBTUSD.csv.gz", Format::TardisCsv, 10, 0, "8531.5"),
        ("l2/tardis_huobi-dm-swap_quotes_BTC-USD.csv.gz", Format::TardisCsv, 0, 10, "0.1"),
        ("l2/tardis_binance-futures_book_snapshot_25_BTCUSDT.csv.gz", Format::TardisCsv, 0, 10, "0.01"),
        ("trades/binance_XRPETH_trades_2019.json.gz", Format::TradeList, 0, 0, "0.00000001"),
    ] {
        let Some(path) = shared(name) else { continue };
        let (events, report) = import(&path, &options(format), &mut |_, _| true).unwrap();
        assert_eq!(report.gaps, 0, "{name}");
        assert_eq!((report.snapshots, events.tick), (snapshots, Step::parse(tick).unwrap()), "{name}");
        if format == Format::TradeList {
            assert_eq!(report.trades, report.lines);
        } else {
            assert_eq!(report.trades, trades, "{name}");
        }
    }
}

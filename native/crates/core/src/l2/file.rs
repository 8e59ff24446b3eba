//! The file of a recording: written once, whole or not at all, and checked when it is read.
//!
//! # Format, version 1 (little endian)
//! ```text
//!     0  header, 4096 bytes   magic, version, rows, rows a block, tick and lot (digits, decimals), counts by kind,
//!                             shift of the recorder's clock, first and last times, price range, symbol, format, CRC-32
//!  4096  block 0              65,536 rows as columns: i64 exchange time, i64 receive time, i32 ticks, u64 size with the
//!                             kind in its highest byte (28 bytes a row); then one CRC-32 a column
//!        block 1 …            the last block holds the rest
//! ```
//! The file is written beside its place and takes its name when it is complete and flushed: a crash leaves no half file
//! under the name.

use super::decimal::DECIMALS_MAX;
use super::error::io_error;
use super::events::{Events, unpack};
use super::{ImportReport, L2Error, Step};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const FORMAT_VERSION: u32 = 1;
const MAGIC: [u8; 8] = *b"SXL2EVNT";
const HEADER_BYTES: usize = 4096;
const ROWS_PER_BLOCK: usize = 65_536;
const COLUMNS: [&str; 4] = ["exchange time", "receive time", "price", "size"];
const ROW_BYTES: u64 = 28;
const BLOCK_TRAILER_BYTES: u64 = 16;
const SYMBOL_BYTES_MAX: usize = 512;

/// Facts about a recording, from the header of its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Events in the file.
    pub rows: u64,
    /// Distance of prices.
    pub tick: Step,
    /// Distance of sizes.
    pub lot: Step,
    /// The venue's symbol.
    pub symbol: String,
    /// What the import counted.
    pub report: ImportReport,
    /// First and last receive time, epoch nanoseconds UTC.
    pub local_ns: (i64, i64),
    /// Earliest and latest exchange time.
    pub exchange_ns: (i64, i64),
    /// Lowest and highest price of a level or trade, in ticks.
    pub price_ticks: (i32, i32),
    /// Size of the file.
    pub bytes: u64,
}

/// Writes a recording. `report` gets rows written and in all, and answers whether to go on.
///
/// # Errors
/// [`L2Error::Io`] and [`L2Error::Cancelled`]; the file under the name is then as it was.
pub fn write_file(
    path: &Path,
    events: &Events,
    import: &ImportReport,
    report: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<FileInfo, L2Error> {
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(".part");
    let part = path.with_file_name(name);
    let written = write_part(&part, events, import, report).and_then(|info| {
        fs::rename(&part, path).map_err(io_error(path, "replacing"))?;
        sync_folder(path)?;
        Ok(info)
    });
    if written.is_err() {
        // What is left of a failed write is of no use; that it cannot be removed changes nothing about the failure.
        let _ = fs::remove_file(&part);
    }
    written
}

fn write_part(
    part: &Path,
    events: &Events,
    import: &ImportReport,
    report: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<FileInfo, L2Error> {
    let failed = io_error(part, "writing");
    let file = File::create(part).map_err(&failed)?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    let info = info_of(events, import);
    writer.write_all(&encode_header(&info)).map_err(&failed)?;
    let mut column = Vec::new();
    for first in (0..events.len()).step_by(ROWS_PER_BLOCK) {
        if !report(first as u64, events.len() as u64) {
            return Err(L2Error::Cancelled);
        }
        let rows = first..(first + ROWS_PER_BLOCK).min(events.len());
        let mut crcs = [0; COLUMNS.len()];
        for (index, crc) in crcs.iter_mut().enumerate() {
            column.clear();
            match index {
                0 => put(&mut column, &events.exchange_ns[rows.clone()], i64::to_le_bytes),
                1 => put(&mut column, &events.local_ns[rows.clone()], i64::to_le_bytes),
                2 => put(&mut column, &events.ticks[rows.clone()], i32::to_le_bytes),
                _ => put(&mut column, &events.packed[rows.clone()], u64::to_le_bytes),
            }
            *crc = crc32fast::hash(&column);
            writer.write_all(&column).map_err(&failed)?;
        }
        for crc in crcs {
            writer.write_all(&crc.to_le_bytes()).map_err(&failed)?;
        }
    }
    let file = writer.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(&failed)?;
    Ok(info)
}

fn put<T: Copy, const N: usize>(column: &mut Vec<u8>, values: &[T], bytes: impl Fn(T) -> [u8; N]) {
    column.extend(values.iter().flat_map(|&value| bytes(value)));
}

/// Reads the header of a file.
///
/// # Errors
/// [`L2Error::NotFound`], [`L2Error::NotAnL2File`], [`L2Error::NewerVersion`], [`L2Error::Damaged`], [`L2Error::Io`].
pub fn read_info(path: &Path) -> Result<FileInfo, L2Error> {
    open(path).map(|(_, info)| info)
}

/// Reads a recording and compares every checksum. `report` gets rows read and in all, and answers whether to go on.
///
/// # Errors
/// As [`read_info`], and [`L2Error::Cancelled`].
pub fn read_file(
    path: &Path,
    report: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<(Events, FileInfo), L2Error> {
    let (mut reader, info) = open(path)?;
    let rows = info.rows as usize;
    let mut events = Events::new(info.tick, info.lot);
    let mut column = Vec::new();
    for first in (0..rows).step_by(ROWS_PER_BLOCK) {
        if !report(first as u64, info.rows) {
            return Err(L2Error::Cancelled);
        }
        let count = ROWS_PER_BLOCK.min(rows - first);
        let mut crcs = [0; COLUMNS.len()];
        for (index, crc) in crcs.iter_mut().enumerate() {
            column.resize(count * if index == 2 { 4 } else { 8 }, 0);
            reader.read_exact(&mut column).map_err(io_error(path, "reading"))?;
            *crc = crc32fast::hash(&column);
            let wide = column.as_chunks::<8>().0;
            match index {
                0 => events.exchange_ns.extend(wide.iter().map(|bytes| i64::from_le_bytes(*bytes))),
                1 => events.local_ns.extend(wide.iter().map(|bytes| i64::from_le_bytes(*bytes))),
                2 => {
                    let narrow = column.as_chunks::<4>().0;
                    events.ticks.extend(narrow.iter().map(|bytes| i32::from_le_bytes(*bytes)));
                }
                _ => events.packed.extend(wide.iter().map(|bytes| u64::from_le_bytes(*bytes))),
            }
        }
        let mut trailer = [0; BLOCK_TRAILER_BYTES as usize];
        reader.read_exact(&mut trailer).map_err(io_error(path, "reading"))?;
        for (name, (crc, stored)) in COLUMNS.iter().zip(crcs.iter().zip(trailer.as_chunks::<4>().0)) {
            if *crc != u32::from_le_bytes(*stored) {
                let last = first + count - 1;
                return Err(damaged(
                    path,
                    &format!("rows {first} to {last}: checksum of column {name} is wrong"),
                ));
            }
        }
        if events.packed[first..].iter().any(|&packed| unpack(packed).is_none()) {
            return Err(damaged(path, &format!("rows from {first} on hold an event of no known kind")));
        }
    }
    Ok((events, info))
}

fn damaged(path: &Path, damage: &str) -> L2Error {
    L2Error::Damaged { path: path.to_owned(), damage: damage.to_owned() }
}

fn open(path: &Path) -> Result<(BufReader<File>, FileInfo), L2Error> {
    let file = File::open(path).map_err(io_error(path, "opening"))?;
    let bytes = file.metadata().map_err(io_error(path, "reading its size"))?.len();
    let mut reader = BufReader::with_capacity(1 << 20, file);
    let mut page = [0; HEADER_BYTES];
    let present = bytes.min(HEADER_BYTES as u64) as usize;
    reader.read_exact(&mut page[..present]).map_err(io_error(path, "reading"))?;
    let info = decode_header(path, &page, bytes)?;
    if bytes != file_bytes(info.rows) {
        let needed = file_bytes(info.rows);
        return Err(damaged(
            path,
            &format!("the file has {bytes} bytes, its {} rows need {needed}", info.rows),
        ));
    }
    Ok((reader, info))
}

fn file_bytes(rows: u64) -> u64 {
    let blocks = rows.div_ceil(ROWS_PER_BLOCK as u64);
    HEADER_BYTES as u64 + rows.saturating_mul(ROW_BYTES) + blocks * BLOCK_TRAILER_BYTES
}

fn info_of(events: &Events, import: &ImportReport) -> FileInfo {
    let range = |times: &[i64]| {
        let first = times.iter().copied().min().unwrap_or(0);
        (first, times.iter().copied().max().unwrap_or(0))
    };
    let priced = || events.iter().filter(|event| (event.kind as u8) < 4).map(|event| event.ticks);
    FileInfo {
        rows: events.len() as u64,
        tick: events.tick,
        lot: events.lot,
        symbol: import.symbol.clone(),
        report: import.clone(),
        local_ns: range(&events.local_ns),
        exchange_ns: range(&events.exchange_ns),
        price_ticks: (priced().min().unwrap_or(0), priced().max().unwrap_or(0)),
        bytes: file_bytes(events.len() as u64),
    }
}

fn encode_header(info: &FileInfo) -> [u8; HEADER_BYTES] {
    let symbol = &info.symbol.as_bytes()[..info.symbol.len().min(SYMBOL_BYTES_MAX)];
    let mut fields = Vec::with_capacity(HEADER_BYTES);
    fields.extend(MAGIC);
    fields.extend(FORMAT_VERSION.to_le_bytes());
    fields.extend((ROWS_PER_BLOCK as u32).to_le_bytes());
    fields.extend(info.rows.to_le_bytes());
    for step in [info.tick, info.lot] {
        fields.extend(step.mantissa.to_le_bytes());
        fields.extend(step.decimals.to_le_bytes());
    }
    let ImportReport { lines, skipped, dropped, snapshots, gaps, trades, clock_shift_ns, .. } = info.report;
    for count in [lines, skipped, dropped, snapshots, gaps, trades] {
        fields.extend(count.to_le_bytes());
    }
    let times = [info.local_ns.0, info.local_ns.1, info.exchange_ns.0, info.exchange_ns.1];
    for time in [clock_shift_ns].into_iter().chain(times) {
        fields.extend(time.to_le_bytes());
    }
    fields.extend(info.price_ticks.0.to_le_bytes());
    fields.extend(info.price_ticks.1.to_le_bytes());
    fields.extend((symbol.len() as u32).to_le_bytes());
    fields.extend(symbol);
    let mut page = [0; HEADER_BYTES];
    page[..fields.len()].copy_from_slice(&fields);
    let crc = crc32fast::hash(&page[..HEADER_BYTES - 4]);
    page[HEADER_BYTES - 4..].copy_from_slice(&crc.to_le_bytes());
    page
}

fn number<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}

fn decode_header(path: &Path, page: &[u8; HEADER_BYTES], bytes: u64) -> Result<FileInfo, L2Error> {
    if page[..8] != MAGIC {
        return Err(L2Error::NotAnL2File { path: path.to_owned() });
    }
    let mut at = 8;
    let mut take = |size: usize| {
        at += size;
        &page[at - size..at]
    };
    let version = u32::from_le_bytes(number(take(4)));
    if version > FORMAT_VERSION {
        let supported = FORMAT_VERSION;
        return Err(L2Error::NewerVersion { path: path.to_owned(), found: version, supported });
    }
    let crc = u32::from_le_bytes(number(&page[HEADER_BYTES - 4..]));
    if crc32fast::hash(&page[..HEADER_BYTES - 4]) != crc {
        return Err(damaged(path, "the checksum of the header is wrong"));
    }
    let rows_per_block = u32::from_le_bytes(number(take(4)));
    let rows = u64::from_le_bytes(number(take(8)));
    let mut step = || Step {
        mantissa: i64::from_le_bytes(number(take(8))),
        decimals: u32::from_le_bytes(number(take(4))),
    };
    let (tick, lot) = (step(), step());
    let mut counts = [0_u64; 6];
    counts.fill_with(|| u64::from_le_bytes(number(take(8))));
    let mut times = [0_i64; 5];
    times.fill_with(|| i64::from_le_bytes(number(take(8))));
    let mut ticks = || i32::from_le_bytes(number(take(4)));
    let price_ticks = (ticks(), ticks());
    let symbol_bytes = u32::from_le_bytes(number(take(4))) as usize;
    let is_step = |step: Step| step.mantissa > 0 && step.decimals <= DECIMALS_MAX;
    if rows_per_block as usize != ROWS_PER_BLOCK
        || symbol_bytes > SYMBOL_BYTES_MAX
        || !is_step(tick)
        || !is_step(lot)
    {
        return Err(damaged(path, "the header is not one that this program writes"));
    }
    let symbol = String::from_utf8_lossy(take(symbol_bytes)).into_owned();
    let [lines, skipped, dropped, snapshots, gaps, trades] = counts;
    let [clock_shift_ns, first_local, last_local, first_exchange, last_exchange] = times;
    Ok(FileInfo {
        rows,
        tick,
        lot,
        symbol: symbol.clone(),
        report: ImportReport { symbol, lines, skipped, dropped, snapshots, gaps, trades, clock_shift_ns },
        local_ns: (first_local, last_local),
        exchange_ns: (first_exchange, last_exchange),
        price_ticks,
        bytes,
    })
}

/// Makes a new name durable.
fn sync_folder(path: &Path) -> Result<(), L2Error> {
    if cfg!(unix) {
        let folder: PathBuf = path.parent().map(Path::to_owned).unwrap_or_default();
        let folder = if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(io_error(path, "flushing its folder"))?;
    }
    Ok(())
}

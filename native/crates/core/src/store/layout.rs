//! What is where in a candle file.

use super::error::Damage;
use crate::candles::Candle;
use std::ops::Range;

/// Format written by this program, and the newest it reads.
pub const FORMAT_VERSION: u32 = 1;

/// Rows in a block: small enough that checking the last one is cheap for a live chart, large enough that the
/// trailers cost nothing.
pub const ROWS_PER_BLOCK: u64 = 1024;

/// Longest name of a series.
pub const MAX_SERIES_NAME_BYTES: usize = 512;

pub(super) const MAGIC: [u8; 8] = *b"SXCANDLE";
pub(super) const COLUMN_NAMES: [&str; COLUMNS] = ["time", "open", "high", "low", "close", "volume"];
pub(super) const COLUMNS: usize = 6;
pub(super) const VALUE_BYTES: u64 = 8;
const COLUMN_BYTES: u64 = ROWS_PER_BLOCK * VALUE_BYTES;
pub(super) const TRAILER_BYTES: usize = 32;
pub(super) const BLOCK_BYTES: u64 = COLUMNS as u64 * COLUMN_BYTES + TRAILER_BYTES as u64;

pub(super) const HEADER_BYTES: usize = 1024;
pub(super) const SLOT_BYTES: usize = 128;
const SLOT_OFFSETS: [u64; 2] = [4096, 8192];
pub(super) const DATA_OFFSET: u64 = 12_288;

const SLOT_MAGIC: [u8; 8] = *b"SXCOMMIT";
const FLAG_PROVISIONAL: u32 = 1;

/// Offset of the commit slot that a commit with this sequence goes to.
pub(super) fn slot_offset(sequence: u64) -> u64 {
    SLOT_OFFSETS[(sequence & 1) as usize]
}

/// Offset of a value in the file.
pub(super) fn value_offset(row: u64, column: usize) -> u64 {
    let block = row / ROWS_PER_BLOCK;
    DATA_OFFSET + block * BLOCK_BYTES + column as u64 * COLUMN_BYTES + (row % ROWS_PER_BLOCK) * VALUE_BYTES
}

/// Offset of a block's trailer.
pub(super) fn trailer_offset(block: u64) -> u64 {
    DATA_OFFSET + (block + 1) * BLOCK_BYTES - TRAILER_BYTES as u64
}

/// Bytes a file with this many rows in blocks must have.
pub(super) fn file_bytes(rows_in_blocks: u64) -> u64 {
    DATA_OFFSET + rows_in_blocks.div_ceil(ROWS_PER_BLOCK) * BLOCK_BYTES
}

/// The bytes of a column between two rows of one block, as a range of the file.
pub(super) fn column_range(rows: Range<u64>, column: usize) -> Range<usize> {
    let start = value_offset(rows.start, column) as usize;
    start..start + ((rows.end - rows.start) * VALUE_BYTES) as usize
}

/// The fixed part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) timeframe_ms: i64,
    pub(super) series: String,
}

/// What the first bytes of a file say.
pub(super) enum Recognised {
    Header(Header),
    Foreign,
    Newer(u32),
    Damaged,
}

impl Header {
    pub(super) fn encode(&self) -> [u8; HEADER_BYTES] {
        let mut page = [0; HEADER_BYTES];
        let mut writer = Writer(&mut page, 0);
        writer.put(&MAGIC);
        writer.put(&FORMAT_VERSION.to_le_bytes());
        writer.put(&(ROWS_PER_BLOCK as u32).to_le_bytes());
        writer.put(&self.timeframe_ms.to_le_bytes());
        writer.put(&(self.series.len() as u32).to_le_bytes());
        writer.put(self.series.as_bytes());
        seal(&mut page);
        page
    }

    pub(super) fn decode(page: &[u8; HEADER_BYTES]) -> Recognised {
        let mut reader = Reader(page, 0);
        if reader.bytes(8) != MAGIC {
            return Recognised::Foreign;
        }
        let version = reader.u32();
        if version > FORMAT_VERSION {
            return Recognised::Newer(version);
        }
        let rows_per_block = u64::from(reader.u32());
        let timeframe_ms = reader.i64();
        let name_bytes = reader.u32() as usize;
        if !is_sealed(page)
            || version == 0
            || rows_per_block != ROWS_PER_BLOCK
            || name_bytes > MAX_SERIES_NAME_BYTES
        {
            return Recognised::Damaged;
        }
        match std::str::from_utf8(reader.bytes(name_bytes)) {
            Ok(series) => Recognised::Header(Header { timeframe_ms, series: series.to_owned() }),
            Err(_) => Recognised::Damaged,
        }
    }
}

/// The state of a file: how many rows count, the last of them, and the checksums of the block being filled.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Commit {
    pub(super) sequence: u64,
    /// Committed rows, the last one (kept here, not in a block) included.
    pub(super) rows: u64,
    pub(super) first_ms: i64,
    pub(super) last: Candle,
    pub(super) last_is_provisional: bool,
    /// Checksums of the columns of the block that is not full yet, over the rows in it.
    pub(super) open_block: [u32; COLUMNS],
}

impl Commit {
    /// Rows that are in blocks: all but the last.
    pub(super) fn rows_in_blocks(&self) -> u64 {
        self.rows.saturating_sub(1)
    }

    pub(super) fn encode(&self) -> [u8; SLOT_BYTES] {
        let mut slot = [0; SLOT_BYTES];
        let mut writer = Writer(&mut slot, 0);
        writer.put(&SLOT_MAGIC);
        writer.put(&self.sequence.to_le_bytes());
        writer.put(&self.rows.to_le_bytes());
        writer.put(&self.first_ms.to_le_bytes());
        let last = &self.last;
        for value in [last.time_ms, last.open, last.high, last.low, last.close, last.volume] {
            writer.put(&value.to_le_bytes());
        }
        for crc in self.open_block {
            writer.put(&crc.to_le_bytes());
        }
        writer.put(&(if self.last_is_provisional { FLAG_PROVISIONAL } else { 0 }).to_le_bytes());
        seal(&mut slot);
        slot
    }

    /// The commit in a slot, if its checksum agrees.
    fn decode(slot: &[u8; SLOT_BYTES]) -> Option<Commit> {
        let mut reader = Reader(slot, 0);
        if reader.bytes(8) != SLOT_MAGIC || !is_sealed(slot) {
            return None;
        }
        Some(Commit {
            sequence: reader.u64(),
            rows: reader.u64(),
            first_ms: reader.i64(),
            last: Candle {
                time_ms: reader.f64(),
                open: reader.f64(),
                high: reader.f64(),
                low: reader.f64(),
                close: reader.f64(),
                volume: reader.f64(),
            },
            open_block: std::array::from_fn(|_| reader.u32()),
            last_is_provisional: reader.u32() & FLAG_PROVISIONAL != 0,
        })
    }

    /// The commit that counts, and whether the other slot holds the ruins of one.
    pub(super) fn newest(file: &[u8]) -> Result<(Commit, bool), Damage> {
        let slots = SLOT_OFFSETS.map(|offset| {
            let start = offset as usize;
            let mut slot = [0; SLOT_BYTES];
            slot.copy_from_slice(&file[start..start + SLOT_BYTES]);
            slot
        });
        let is_ruin = |slot: &[u8; SLOT_BYTES]| slot.iter().any(|&byte| byte != 0);
        match (Commit::decode(&slots[0]), Commit::decode(&slots[1])) {
            (Some(a), Some(b)) => Ok((if a.sequence > b.sequence { a } else { b }, false)),
            (Some(a), None) => Ok((a, is_ruin(&slots[1]))),
            (None, Some(b)) => Ok((b, is_ruin(&slots[0]))),
            (None, None) => Err(Damage::Commit),
        }
    }
}

/// What stands behind the columns of a full block.
pub(super) fn encode_trailer(crcs: [u32; COLUMNS]) -> [u8; TRAILER_BYTES] {
    let mut trailer = [0; TRAILER_BYTES];
    let mut writer = Writer(&mut trailer, 0);
    writer.put(&(ROWS_PER_BLOCK as u32).to_le_bytes());
    for crc in crcs {
        writer.put(&crc.to_le_bytes());
    }
    trailer
}

/// Checksums of a full block, from its trailer.
pub(super) fn decode_trailer(trailer: &[u8]) -> [u32; COLUMNS] {
    let mut reader = Reader(trailer, 4);
    std::array::from_fn(|_| reader.u32())
}

/// Puts the checksum of all bytes before it into the last four.
fn seal(page: &mut [u8]) {
    let (body, crc) = page.split_at_mut(page.len() - 4);
    crc.copy_from_slice(&crc32fast::hash(body).to_le_bytes());
}

fn is_sealed(page: &[u8]) -> bool {
    let (body, crc) = page.split_at(page.len() - 4);
    crc == crc32fast::hash(body).to_le_bytes()
}

struct Writer<'a>(&'a mut [u8], usize);

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.0[self.1..self.1 + bytes.len()].copy_from_slice(bytes);
        self.1 += bytes.len();
    }
}

struct Reader<'a>(&'a [u8], usize);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        self.1 += count;
        &self.0[self.1 - count..self.1]
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(N));
        array
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    fn i64(&mut self) -> i64 {
        i64::from_le_bytes(self.array())
    }

    fn f64(&mut self) -> f64 {
        f64::from_le_bytes(self.array())
    }
}

//! Finds the one data file in a zip archive: PKWARE's APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16.

use super::Fault;
use super::source::read_up_to;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Seek, SeekFrom};

/// Where the packed bytes of an entry lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ZipEntry {
    pub(crate) data_offset: u64,
    pub(crate) packed_bytes: u64,
    pub(crate) is_deflated: bool,
    pub(crate) crc: u32,
}

/// The end record with the longest comment.
const END_BYTES_MAX: u64 = 22 + 65_535;
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const CENTRAL_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const CENTRAL_BYTES: usize = 46;
const CENTRAL_BYTES_MAX: u64 = 16 << 20;

fn damaged(reason: &str) -> Fault {
    Fault::new("damaged", format!("the zip data is damaged ({reason})"), "Copy or download the file again.")
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?)))
}

/// The only file in the archive, folders apart.
///
/// # Errors
/// `damaged`, `truncated` when the archive has no end, `unknown-format` with several files or an unusual packing.
pub(crate) fn find_text_entry(file: &mut File) -> Result<ZipEntry, Fault> {
    let fault = |error: std::io::Error| Fault::from_io(&error);
    let file_bytes = file.metadata().map_err(fault)?.len();
    let tail_start = file_bytes.saturating_sub(END_BYTES_MAX);
    let tail = bytes_at(file, tail_start, file_bytes - tail_start)?;
    let end =
        (0..tail.len().saturating_sub(21)).rev().find(|&at| tail[at..at + 4] == END_SIGNATURE).ok_or_else(
            || Fault::new("truncated", "the zip data ends too early", "Copy or download the file again."),
        )?;
    let missing = || damaged("its directory is cut");
    let directory_bytes = u32_at(&tail, end + 12).ok_or_else(missing)?;
    let directory_start = u32_at(&tail, end + 16).ok_or_else(missing)?;
    if directory_bytes > CENTRAL_BYTES_MAX || directory_start + directory_bytes > file_bytes {
        return Err(missing());
    }
    let directory = bytes_at(file, directory_start, directory_bytes)?;
    let mut at = 0;
    let mut found = None;
    while at < directory.len() {
        let entry = directory.get(at..at + CENTRAL_BYTES).ok_or_else(missing)?;
        if entry[..4] != CENTRAL_SIGNATURE {
            return Err(missing());
        }
        let field = |offset| u16_at(entry, offset).map(|value| value as usize).ok_or_else(missing);
        let name_bytes = field(28)?;
        let name_start = at + CENTRAL_BYTES;
        let name = directory.get(name_start..name_start + name_bytes).ok_or_else(missing)?;
        if !name.ends_with(b"/") {
            if found.is_some() {
                let reason = "there is more than one file in the zip archive";
                return Err(Fault::new(
                    "unknown-format",
                    reason,
                    "Unpack it and import the files one by one.",
                ));
            }
            found = Some((
                field(10)?,
                u32_at(entry, 16).ok_or_else(missing)? as u32,
                u32_at(entry, 20).ok_or_else(missing)?,
                u32_at(entry, 42).ok_or_else(missing)?,
            ));
        }
        at = name_start + name_bytes + field(30)? + field(32)?;
    }
    let Some((method, crc, packed_bytes, header_start)) = found else {
        return Err(Fault::new("empty", "there is no file in the zip archive", "Check the file."));
    };
    if (method != 0 && method != 8) || packed_bytes == u64::from(u32::MAX) {
        let reason = "the zip archive is packed in a way that is not known here";
        return Err(Fault::new("unknown-format", reason, "Unpack it and import the file in it."));
    }
    let header = bytes_at(file, header_start, 30)?;
    let name_bytes = u16_at(&header, 26).ok_or_else(missing)?;
    let extra_bytes = u16_at(&header, 28).ok_or_else(missing)?;
    let data_offset = header_start + 30 + name_bytes + extra_bytes;
    if data_offset + packed_bytes > file_bytes {
        return Err(damaged("an entry reaches behind its end"));
    }
    Ok(ZipEntry { data_offset, packed_bytes, is_deflated: method == 8, crc })
}

fn bytes_at(file: &mut File, start: u64, count: u64) -> Result<Vec<u8>, Fault> {
    let fault = |error: std::io::Error| Fault::from_io(&error);
    file.seek(SeekFrom::Start(start)).map_err(fault)?;
    let mut bytes = vec![0; count as usize];
    let read = read_up_to(file, &mut bytes).map_err(fault)?;
    if read < bytes.len() { Err(damaged("it ends too early")) } else { Ok(bytes) }
}

/// Compares the check sum of what was unpacked once it has ended.
pub(crate) struct CheckedEntry<R> {
    inner: R,
    hasher: crc32fast::Hasher,
    expected: u32,
}

impl<R> CheckedEntry<R> {
    pub(crate) fn new(inner: R, expected: u32) -> Self {
        CheckedEntry { inner, hasher: crc32fast::Hasher::new(), expected }
    }
}

impl<R: Read> Read for CheckedEntry<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        if count == 0 && !buffer.is_empty() && self.hasher.clone().finalize() != self.expected {
            return Err(Error::new(ErrorKind::InvalidData, "its check sum is wrong"));
        }
        Ok(count)
    }
}

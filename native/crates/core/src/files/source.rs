//! A file's text as a stream, whatever it is packed in. The packing is told by the first bytes, not by the name.

use super::Fault;
use super::zip::{CheckedEntry, find_text_entry};
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Unpacked text may not be larger: beyond it is a mistake or a zip bomb.
const MAX_TEXT_BYTES: u64 = 16 << 30;

/// The text of a file as a reader, with how far it has come.
pub struct TextSource {
    reader: Box<dyn Read + Send>,
    /// Bytes of the file as it lies on disk.
    pub file_bytes: u64,
    read_bytes: Arc<AtomicU64>,
    left: u64,
}

impl std::fmt::Debug for TextSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("TextSource").field("file_bytes", &self.file_bytes).finish_non_exhaustive()
    }
}

impl TextSource {
    /// Counter of the bytes read from disk so far, at most [`TextSource::file_bytes`]; can be watched from another thread.
    pub fn read_bytes(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read_bytes)
    }
}

impl Read for TextSource {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.reader.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            std::io::Error::new(std::io::ErrorKind::FileTooLarge, "it unpacks to more than 16 GiB; split it")
        })?;
        Ok(count)
    }
}

/// A file that counts what was read of it.
struct Counting {
    file: File,
    read_bytes: Arc<AtomicU64>,
}

impl Read for Counting {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.file.read(buffer)?;
        self.read_bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Opens a plain file, a gzip file of any number of members, or a zip file with one data file in it.
///
/// # Errors
/// `not-found`, `not-readable`, and what is wrong with a zip file. A cut or damaged file shows while it is read.
pub fn open_text(path: &Path) -> std::result::Result<TextSource, Fault> {
    let fault = |error: std::io::Error| Fault::from_io(&error);
    let mut file = File::open(path).map_err(fault)?;
    let metadata = file.metadata().map_err(fault)?;
    if metadata.is_dir() {
        return Err(Fault::new("not-readable", "this is a folder", "Name a file in it."));
    }
    let mut magic = [0; 4];
    let magic_bytes = read_up_to(&mut file, &mut magic).map_err(fault)?;
    let read_bytes = Arc::new(AtomicU64::new(0));
    let counted = |file| Counting { file, read_bytes: Arc::clone(&read_bytes) };
    let reader: Box<dyn Read + Send> = if magic[..2] == [0x1f, 0x8b] && magic_bytes >= 2 {
        file.seek(SeekFrom::Start(0)).map_err(fault)?;
        Box::new(MultiGzDecoder::new(counted(file)))
    } else if magic == *b"PK\x03\x04" {
        let entry = find_text_entry(&mut file)?;
        file.seek(SeekFrom::Start(entry.data_offset)).map_err(fault)?;
        let packed = counted(file).take(entry.packed_bytes);
        if entry.is_deflated {
            Box::new(CheckedEntry::new(DeflateDecoder::new(packed), entry.crc))
        } else {
            Box::new(CheckedEntry::new(packed, entry.crc))
        }
    } else {
        file.seek(SeekFrom::Start(0)).map_err(fault)?;
        Box::new(counted(file))
    };
    Ok(TextSource { reader, file_bytes: metadata.len(), read_bytes, left: MAX_TEXT_BYTES })
}

/// Reads until the buffer is full or the file ends.
pub(crate) fn read_up_to(source: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

//! The read-only memory map of a candle file: the one place that has to promise something about other programs.

use memmap2::Mmap;
use std::fs::File;
use std::io;

/// Bytes of a file, as they were long when it was mapped.
#[derive(Debug)]
pub(super) struct Mapping(Mmap);

impl Mapping {
    /// Maps the whole file.
    #[allow(unsafe_code)]
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: what a map shows changes when somebody writes to the file. The bytes this crate reads as rows are
        // committed rows, which are never written again (see the module); slots may change while they are read, and
        // are believed only when their checksum agrees. All of it is copied out as plain numbers, for which any bit
        // pattern is valid. A file cut short under the map would fault; every read first compares the file's length
        // (`CandleFile::check_length`), and nothing here ever cuts a file.
        unsafe { Mmap::map(file) }.map(Mapping)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

//! The lines of a source file, with their numbers and the way through the file.

use super::super::L2Error;
use super::Stop;
use crate::files::{Fault, TextSource, open_text};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Longest line: a depth snapshot of 5,000 levels is some 300 kB.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
const BUFFER_BYTES: usize = 256 * 1024;
const LINES_PER_REPORT: u64 = 512;

/// A file being read line by line.
pub(super) struct Source<'a> {
    path: PathBuf,
    reader: BufReader<TextSource>,
    read_bytes: Arc<AtomicU64>,
    total_bytes: u64,
    line: Vec<u8>,
    line_number: u64,
    report: &'a mut dyn FnMut(u64, u64) -> bool,
}

impl<'a> Source<'a> {
    pub(super) fn open(path: &Path, report: &'a mut dyn FnMut(u64, u64) -> bool) -> Result<Self, L2Error> {
        let text = open_text(path).map_err(|fault| match fault.code {
            "not-found" => L2Error::NotFound { path: path.to_owned() },
            _ => L2Error::Input { path: path.to_owned(), line: 0, reason: fault.reason },
        })?;
        Ok(Source {
            path: path.to_owned(),
            read_bytes: text.read_bytes(),
            total_bytes: text.file_bytes,
            reader: BufReader::with_capacity(BUFFER_BYTES, text),
            line: Vec::new(),
            line_number: 0,
            report,
        })
    }

    /// The next line without its end; none at the end of the file.
    pub(super) fn next_line(&mut self) -> Result<Option<&[u8]>, Stop> {
        self.line.clear();
        self.line_number += 1;
        if self.line_number.is_multiple_of(LINES_PER_REPORT) {
            self.tell()?;
        }
        let mut limited = self.reader.by_ref().take(LINE_BYTES_MAX);
        let count = limited.read_until(b'\n', &mut self.line).map_err(|error| broken(&error))?;
        if count == 0 {
            self.line_number -= 1;
            self.tell()?;
            return Ok(None);
        }
        if count as u64 == LINE_BYTES_MAX {
            return Err("the line is too long".into());
        }
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        Ok(Some(line.strip_suffix(b"\r").unwrap_or(line)))
    }

    /// All that is left, for formats that are one value.
    pub(super) fn rest(&mut self) -> Result<Vec<u8>, Stop> {
        let mut content = Vec::new();
        self.line_number += 1;
        self.reader.read_to_end(&mut content).map_err(|error| broken(&error))?;
        self.tell()?;
        Ok(content)
    }

    /// Counts the elements of a list as lines.
    pub(super) fn at_element(&mut self, number: u64) {
        self.line_number = number;
    }

    pub(super) fn error(&self, stop: Stop) -> L2Error {
        match stop {
            Stop::Refused(reason) => {
                L2Error::Input { path: self.path.clone(), line: self.line_number, reason }
            }
            Stop::Cancelled => L2Error::Cancelled,
        }
    }

    fn tell(&mut self) -> Result<(), Stop> {
        let read = self.read_bytes.load(Ordering::Relaxed);
        if (self.report)(read, self.total_bytes) { Ok(()) } else { Err(Stop::Cancelled) }
    }
}

fn broken(error: &io::Error) -> Stop {
    Stop::Refused(Fault::from_io(error).reason)
}

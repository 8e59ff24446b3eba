//! Why a recording could not be imported, read, written or replayed.

use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Each has a stable [`L2Error::code`].
#[derive(Debug, Error)]
pub enum L2Error {
    /// A source file holds something that cannot be taken; nothing was imported.
    #[error("{}{}: {reason}", path.display(), line_text(*line))]
    Input {
        /// The source file.
        path: PathBuf,
        /// Line (of a JSON list: element) from 1; 0 when the whole file is meant.
        line: u64,
        /// What is wrong.
        reason: String,
    },
    /// There is no such file.
    #[error("{}: no such file", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{}: not an order book recording of this program; import it first", path.display())]
    NotAnL2File {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer program.
    #[error(
        "{}: written in format {found}, but this program knows formats up to {supported}; update the program",
        path.display()
    )]
    NewerVersion {
        /// The file.
        path: PathBuf,
        /// Format of the file.
        found: u32,
        /// Newest format known.
        supported: u32,
    },
    /// Part of the file is not what was written.
    #[error("{}: {damage}; import the recording again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What and where.
        damage: String,
    },
    /// A replay was asked for that cannot be run.
    #[error("{0}")]
    Config(String),
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The operating system refused.
    #[error("{}: {action}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was being done.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl L2Error {
    /// Stable code of the error, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            L2Error::Input { .. } => "BAD_ROWS",
            L2Error::NotFound { .. } => "NOT_FOUND",
            L2Error::NotAnL2File { .. } => "NOT_AN_L2_FILE",
            L2Error::NewerVersion { .. } => "NEWER_VERSION",
            L2Error::Damaged { .. } => "DAMAGED",
            L2Error::Config(_) => "BAD_ARGUMENT",
            L2Error::Cancelled => "CANCELLED",
            L2Error::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull => "DISK_FULL",
            L2Error::Io { .. } => "IO",
        }
    }
}

fn line_text(line: u64) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

/// Turns an operating system error into ours.
pub(super) fn io_error(path: &Path, action: &'static str) -> impl Fn(io::Error) -> L2Error {
    move |source| {
        if source.kind() == io::ErrorKind::NotFound {
            L2Error::NotFound { path: path.to_owned() }
        } else {
            L2Error::Io { path: path.to_owned(), action, source }
        }
    }
}

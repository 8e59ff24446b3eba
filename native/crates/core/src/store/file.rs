//! An open candle file: opening, creating, what it says about itself.

use super::error::{Damage, StoreError};
use super::layout::{
    COLUMNS, Commit, DATA_OFFSET, FORMAT_VERSION, HEADER_BYTES, Header, MAGIC, MAX_SERIES_NAME_BYTES,
    ROWS_PER_BLOCK, Recognised, column_range, file_bytes, slot_offset, value_offset,
};
use super::mapping::Mapping;
use super::positional::write_all_at;
use crate::candles::check_timeframe;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// What a file is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading. Any number of readers, also beside a writer.
    Read,
    /// Appending and rewriting (and reading). One writer at a time, over all processes.
    Write,
}

/// Facts about an open file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Name of the series, as given when the file was created.
    pub series: String,
    /// Timeframe of the candles.
    pub timeframe_ms: i64,
    /// Committed rows.
    pub rows: u64,
    /// Time of the first row.
    pub first_ms: Option<i64>,
    /// Time of the last row.
    pub last_ms: Option<i64>,
    /// Whether the last row may still change.
    pub last_is_provisional: bool,
    /// Size of the file. Blocks are laid out whole, so a short series may take less room on disk.
    pub bytes: u64,
    /// Whether the file held the remains of an append that never finished when it was opened. They are not part of the
    /// series. (For a reader it may also mean that a writer is at work.)
    pub unfinished_append: bool,
}

/// An open candle file.
#[derive(Debug)]
pub struct CandleFile {
    pub(super) path: PathBuf,
    pub(super) file: File,
    pub(super) access: Access,
    pub(super) header: Header,
    pub(super) commit: Commit,
    pub(super) mapping: Mapping,
    /// Full blocks whose checksums have been compared.
    pub(super) checked: Vec<bool>,
    /// Rows in the open block when its checksums were compared, 0 if never.
    pub(super) open_block_checked: u64,
    pub(super) unfinished_append: bool,
}

/// Turns an operating system error into ours.
pub(super) fn io_error(path: &Path, action: &'static str) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::Io { path: path.to_owned(), action, source }
}

impl CandleFile {
    /// Opens an existing file.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], [`StoreError::NotACandleFile`], [`StoreError::NewerVersion`],
    /// [`StoreError::Damaged`] when the header or both commit slots are broken, [`StoreError::Busy`] when another writer
    /// has it, [`StoreError::Io`].
    pub fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let file = open_file(path, access)?;
        let mapping = map(path, &file)?;
        let damaged = |damage| StoreError::Damaged { path: path.to_owned(), damage };
        let header = recognise(path, mapping.bytes())?;
        let (commit, slot_is_ruin) = Commit::newest(mapping.bytes()).map_err(damaged)?;
        let mut opened = CandleFile {
            path: path.to_owned(),
            file,
            access,
            header,
            commit,
            mapping,
            checked: Vec::new(),
            open_block_checked: 0,
            unfinished_append: slot_is_ruin,
        };
        if opened.has_rows_behind_commit() {
            opened.unfinished_append = true;
            if access == Access::Write {
                opened.erase_rows_behind_commit()?;
            }
        }
        Ok(opened)
    }

    /// Opens a file for writing, creating it if there is none.
    ///
    /// # Errors
    /// As [`CandleFile::open`] and [`CandleFile::create`]; [`StoreError::OtherSeries`] when the file belongs to a different
    /// series or timeframe.
    pub fn open_or_create(path: &Path, series: &str, timeframe_ms: i64) -> Result<Self, StoreError> {
        let opened = match Self::open(path, Access::Write) {
            Err(StoreError::NotFound { .. }) => return Self::create(path, series, timeframe_ms),
            opened => opened?,
        };
        opened.expect_series(series, timeframe_ms)?;
        Ok(opened)
    }

    /// Creates an empty file and opens it for writing. A crash leaves either no file or a whole one.
    ///
    /// # Errors
    /// [`StoreError::SeriesName`], [`StoreError::Rows`] for a timeframe out of bounds, [`StoreError::Io`]; also when the
    /// file exists.
    pub fn create(path: &Path, series: &str, timeframe_ms: i64) -> Result<Self, StoreError> {
        let created = Self::create_beside(path, series, timeframe_ms)?;
        // A link fails where a rename would replace a file that somebody else has just made. File systems that know no
        // links get the rename.
        match fs::hard_link(&created.path, path) {
            Ok(()) => {
                fs::remove_file(&created.path).map_err(io_error(path, "removing the temporary name"))?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&created.path).map_err(io_error(path, "removing the temporary name"))?;
                return Err(io_error(path, "creating")(error));
            }
            Err(_) => fs::rename(&created.path, path).map_err(io_error(path, "creating"))?,
        }
        sync_folder(path)?;
        Ok(CandleFile { path: path.to_owned(), ..created })
    }

    /// Makes an empty, locked file under a temporary name beside `path`.
    pub(super) fn create_beside(path: &Path, series: &str, timeframe_ms: i64) -> Result<Self, StoreError> {
        if series.is_empty() || series.len() > MAX_SERIES_NAME_BYTES {
            return Err(StoreError::SeriesName { length: series.len(), maximum: MAX_SERIES_NAME_BYTES });
        }
        check_timeframe(timeframe_ms)?;
        let mut name: OsString = path.as_os_str().to_owned();
        name.push(".tmp");
        let temporary = PathBuf::from(name);
        // Not truncated before it is locked: it may be somebody else's.
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&temporary)
            .map_err(io_error(path, "creating"))?;
        lock(path, &file)?;
        let header = Header { timeframe_ms, series: series.to_owned() };
        let commit = Commit::default();
        file.set_len(0)
            .and_then(|()| file.set_len(DATA_OFFSET))
            .and_then(|()| write_all_at(&file, &header.encode(), 0))
            .and_then(|()| write_all_at(&file, &commit.encode(), slot_offset(commit.sequence)))
            .and_then(|()| file.sync_all())
            .map_err(io_error(path, "creating"))?;
        let mapping = map(path, &file)?;
        Ok(CandleFile {
            path: temporary,
            file,
            access: Access::Write,
            header,
            commit,
            mapping,
            checked: Vec::new(),
            open_block_checked: 0,
            unfinished_append: false,
        })
    }

    /// Facts about the file.
    pub fn info(&self) -> FileInfo {
        let commit = &self.commit;
        let last_ms = commit.last.time_ms as i64;
        FileInfo {
            series: self.header.series.clone(),
            timeframe_ms: self.header.timeframe_ms,
            rows: commit.rows,
            first_ms: (commit.rows > 0).then_some(commit.first_ms),
            last_ms: (commit.rows > 0).then_some(last_ms),
            last_is_provisional: commit.last_is_provisional,
            bytes: self.mapping.bytes().len() as u64,
            unfinished_append: self.unfinished_append,
        }
    }

    /// Checks that the file holds the series it is taken for.
    ///
    /// # Errors
    /// [`StoreError::OtherSeries`].
    pub fn expect_series(&self, series: &str, timeframe_ms: i64) -> Result<(), StoreError> {
        if self.header.series == series && self.header.timeframe_ms == timeframe_ms {
            return Ok(());
        }
        Err(StoreError::OtherSeries {
            path: self.path.clone(),
            series: series.to_owned(),
            timeframe_ms,
            found_series: self.header.series.clone(),
            found_timeframe_ms: self.header.timeframe_ms,
        })
    }

    /// Sees what a writer elsewhere has committed since the file was opened, also when it has rewritten the file.
    ///
    /// # Errors
    /// As [`CandleFile::open`].
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        if self.access == Access::Read
            && !is_file_at(&self.path, &self.file).map_err(io_error(&self.path, "opening"))?
        {
            *self = Self::open(&self.path, Access::Read)?;
            return Ok(());
        }
        self.map_again_if_resized()?;
        let (commit, _) = Commit::newest(self.mapping.bytes()).map_err(|damage| self.damaged(damage))?;
        self.commit = commit;
        if (self.mapping.bytes().len() as u64) < file_bytes(self.commit.rows_in_blocks()) {
            self.map_again_if_resized()?;
        }
        Ok(())
    }

    /// Makes the map as long as the file, and refuses a file that has lost its beginning.
    pub(super) fn map_again_if_resized(&mut self) -> Result<(), StoreError> {
        let actual_bytes = self.file.metadata().map_err(io_error(&self.path, "reading its size"))?.len();
        if actual_bytes < DATA_OFFSET {
            return Err(self.damaged(Damage::Truncated { actual_bytes, needed_bytes: DATA_OFFSET }));
        }
        let mapped_bytes = self.mapping.bytes().len() as u64;
        if actual_bytes != mapped_bytes {
            self.mapping = map(&self.path, &self.file)?;
        }
        if actual_bytes < mapped_bytes {
            // Somebody has cut the file: blocks that were checked may be gone.
            self.checked.clear();
            self.open_block_checked = 0;
        }
        Ok(())
    }

    pub(super) fn damaged(&self, damage: Damage) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), damage }
    }

    /// Whether something was written behind the committed rows. The place of the next row is zero until then.
    fn has_rows_behind_commit(&self) -> bool {
        let next = value_offset(self.commit.rows_in_blocks(), 0) as usize;
        self.mapping.bytes().get(next..next + 8).is_some_and(|time| time != [0; 8])
    }

    /// Zeroes the remains of an unfinished append, so that they are reported once.
    fn erase_rows_behind_commit(&mut self) -> Result<(), StoreError> {
        let erase = || -> io::Result<()> {
            let mut row = self.commit.rows_in_blocks();
            while file_bytes(row + 1) <= self.mapping.bytes().len() as u64 {
                let end = (row / ROWS_PER_BLOCK + 1) * ROWS_PER_BLOCK;
                for column in 0..COLUMNS {
                    let range = column_range(row..end, column);
                    write_all_at(&self.file, &vec![0; range.len()], range.start as u64)?;
                }
                row = end;
            }
            self.file.sync_data()
        };
        erase().map_err(io_error(&self.path, "erasing an unfinished append"))
    }
}

/// Opens and, for writing, locks the file that `path` names now.
fn open_file(path: &Path, access: Access) -> Result<File, StoreError> {
    // A rewrite puts a new file under the name. Whoever opened the old one just before, and got its lock just after,
    // would write to a file that nobody can find any more: look again.
    loop {
        let file =
            OpenOptions::new().read(true).write(access == Access::Write).open(path).map_err(|source| {
                if source.kind() == io::ErrorKind::NotFound {
                    StoreError::NotFound { path: path.to_owned() }
                } else {
                    io_error(path, "opening")(source)
                }
            })?;
        if access == Access::Read {
            return Ok(file);
        }
        lock(path, &file)?;
        if is_file_at(path, &file).map_err(io_error(path, "opening"))? {
            return Ok(file);
        }
    }
}

fn lock(path: &Path, file: &File) -> Result<(), StoreError> {
    match file.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(StoreError::Busy { path: path.to_owned() }),
        Err(TryLockError::Error(source)) => Err(io_error(path, "locking")(source)),
    }
}

/// Whether the open file is the one the path names.
#[cfg(unix)]
fn is_file_at(path: &Path, file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let open = file.metadata()?;
    match fs::metadata(path) {
        Ok(named) => Ok(named.ino() == open.ino() && named.dev() == open.dev()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Whether the open file is the one the path names: Windows refuses to replace a file that is open.
#[cfg(not(unix))]
fn is_file_at(_path: &Path, _file: &File) -> io::Result<bool> {
    Ok(true)
}

fn map(path: &Path, file: &File) -> Result<Mapping, StoreError> {
    let bytes = file.metadata().map_err(io_error(path, "reading its size"))?.len();
    if bytes == 0 {
        return Err(StoreError::NotACandleFile { path: path.to_owned() });
    }
    Mapping::new(file).map_err(io_error(path, "mapping"))
}

fn recognise(path: &Path, bytes: &[u8]) -> Result<Header, StoreError> {
    let path = || path.to_owned();
    let mut page = [0; HEADER_BYTES];
    let present = bytes.len().min(HEADER_BYTES);
    page[..present].copy_from_slice(&bytes[..present]);
    if present >= MAGIC.len() && (bytes.len() as u64) < DATA_OFFSET && page[..MAGIC.len()] == MAGIC {
        let damage = Damage::Truncated { actual_bytes: bytes.len() as u64, needed_bytes: DATA_OFFSET };
        return Err(StoreError::Damaged { path: path(), damage });
    }
    match Header::decode(&page) {
        Recognised::Header(header) => Ok(header),
        Recognised::Foreign => Err(StoreError::NotACandleFile { path: path() }),
        Recognised::Newer(found) => {
            Err(StoreError::NewerVersion { path: path(), found, supported: FORMAT_VERSION })
        }
        Recognised::Damaged => Err(StoreError::Damaged { path: path(), damage: Damage::Header }),
    }
}

/// Makes a new name durable.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(path, "flushing its folder"))
}

/// Makes a new name durable: Windows does so itself.
#[cfg(not(unix))]
pub(super) fn sync_folder(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}

//! Candle column files: one file a venue, instrument and timeframe.
//!
//! - `layout`: what is where in a file, and how headers and commits are written.
//! - `mapping`: the memory map.
//! - [`CandleFile`]: open and create (`file`), read ranges (`read`), append and rewrite (`append`), verify (`verify`).
//!
//! # Format, version 1 (little endian)
//! ```text
//!     0  header page       magic, version, timeframe, rows a block, name of the series, CRC-32
//!  4096  commit slot A     sequence, row count, last row, CRCs of the open block, CRC-32 of the slot
//!  8192  commit slot B     the same; the valid slot with the higher sequence counts
//! 12288  block 0           1024 rows as six columns (i64 time, f64 open high low close volume), then
//!                          a trailer: row count and one CRC-32 a column
//!        block 1 …
//! ```
//! **An append is atomic.** New rows are written behind the committed ones and flushed; then the other commit slot is
//! written and flushed. A crash before that leaves the old commit, whose rows nobody has touched: the half-written
//! append is seen at the next open (rows behind the commit, or a slot whose CRC is wrong), reported and overwritten.
//! **The last row lives in the commit slot**, and moves to its block when the next row comes. So a candle that is still
//! changing is replaced by one slot write, and no committed byte of a block is ever written twice.
//! **Nothing is read unchecked.** A block's CRCs are compared the first time an open file touches it.

mod append;
mod error;
mod file;
mod layout;
mod mapping;
mod positional;
mod read;
mod verify;

pub use append::{AppendSummary, LastRow};
pub use error::{Damage, StoreError};
pub use file::{Access, CandleFile, FileInfo};
pub use layout::{FORMAT_VERSION, MAX_SERIES_NAME_BYTES, ROWS_PER_BLOCK};
pub use verify::VerifyReport;

//! Order book recordings (level 2) and trades: their file, their import, their replay.
//!
//! - [`Events`]: a recording as packed columns, prices in ticks and sizes in lots; [`Step`]: an exact tick or lot.
//! - [`write_file`], [`read_file`], [`read_info`]: the checksummed column file (`file`).
//! - [`import`](import()): raw Binance frames, Tardis CSV, Bybit archives, trade lists.
//! - [`replay`]: exchange and trader on one clock, with latency, queue positions and built-in strategies.

mod decimal;
mod error;
mod events;
mod file;
mod import;
pub mod replay;

pub use decimal::Step;
pub use error::L2Error;
pub use events::{Event, EventKind, Events};
pub use file::{FileInfo, read_file, read_info, write_file};
pub use import::{Format, ImportOptions, ImportReport, Sequence, import};

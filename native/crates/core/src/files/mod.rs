//! Data files as they come: plain, gzip or zip, read as a stream, with faults that name line and reason.
//!
//! - [`open_text`]: the bytes of a file, unpacked on the way
//! - [`Fault`]: what is wrong with a file

mod fault;
mod source;
mod zip;

pub use fault::Fault;
pub use source::{TextSource, open_text};

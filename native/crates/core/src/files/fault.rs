//! What can be wrong with a data file.

use std::borrow::Cow;

/// Why a file was refused. The host makes its own error of it; nothing was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// For programs, such as `bad-value` or `truncated`.
    pub code: &'static str,
    /// Line in the file, the first being 1; none when the whole file is meant.
    pub line: Option<u64>,
    /// Column, where one is at fault.
    pub column: Option<Cow<'static, str>>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: &'static str,
}

impl Fault {
    /// A fault of the whole file.
    pub fn new(code: &'static str, reason: impl Into<String>, hint: &'static str) -> Self {
        Fault { code, line: None, column: None, reason: reason.into(), hint }
    }

    /// The fault with its line.
    #[must_use]
    pub fn at(self, line: u64) -> Self {
        Fault { line: Some(line), ..self }
    }

    /// The fault with its column.
    #[must_use]
    pub fn column(self, column: impl Into<Cow<'static, str>>) -> Self {
        Fault { column: Some(column.into()), ..self }
    }

    /// The fault behind an error of the file system or of the unpacker.
    pub fn from_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::NotFound => Fault::new("not-found", "there is no such file", "Check the path."),
            ErrorKind::UnexpectedEof => {
                Fault::new("truncated", "the packed data ends too early", "Copy or download the file again.")
            }
            ErrorKind::InvalidInput | ErrorKind::InvalidData => Fault::new(
                "damaged",
                format!("the packed data is damaged ({error})"),
                "Copy or download the file again.",
            ),
            _ => Fault::new("not-readable", error.to_string(), "Check the permissions of the file."),
        }
    }
}

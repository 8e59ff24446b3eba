//! The rows of a candle CSV: one pass over their bytes.

use super::layout::{COLUMN_NAMES, Layout, SKIPPED, unquoted};
use super::number::{any_decimal, plain_decimal};
use super::time::TimeUnit;
use super::{CsvOptions, TableBuilder};
use crate::candles::{Candle, CandleTable};
use crate::files::Fault;

/// Takes blocks of whole lines, in order.
pub(super) struct RowParser<'a> {
    options: &'a CsvOptions,
    layout: Option<Layout>,
    unit: Option<TimeUnit>,
    builder: TableBuilder,
    line: u64,
}

impl<'a> RowParser<'a> {
    pub(super) fn new(options: &'a CsvOptions, builder: TableBuilder) -> Self {
        RowParser { options, layout: None, unit: options.time_unit, builder, line: 0 }
    }

    /// Line parsed last; the first is 1.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Parses a block that ends with a line feed.
    pub(super) fn parse(&mut self, block: &[u8]) -> Result<(), Fault> {
        let mut rest = block;
        while self.layout.is_none() {
            let Some(end) = rest.iter().position(|&byte| byte == b'\n') else { return Ok(()) };
            self.line += 1;
            let raw = without_mark(&rest[..=end], self.line);
            let text = raw.trim_ascii_end();
            if !text.is_empty() {
                let layout = Layout::of_first_line(text, self.line, self.options)?;
                if !layout.has_header {
                    self.row(&layout, raw)?;
                }
                self.layout = Some(layout);
            }
            rest = &rest[end + 1..];
        }
        // Taken out while it is used, so that rows can be added at the same time.
        let Some(layout) = self.layout.take() else { return Ok(()) };
        let mut parsed = Ok(());
        while !rest.is_empty() && parsed.is_ok() {
            self.line += 1;
            match self.row(&layout, rest) {
                Ok(bytes) => rest = &rest[bytes..],
                Err(fault) => parsed = Err(fault),
            }
        }
        self.layout = Some(layout);
        parsed
    }

    pub(super) fn finish(self) -> Result<CandleTable, Fault> {
        self.builder.finish()
    }

    /// Parses the row at the beginning of `rest`; gives its length with the line end.
    #[inline]
    fn row(&mut self, layout: &Layout, rest: &[u8]) -> Result<usize, Fault> {
        let mut values = [0.0; 6];
        let mut at = 0;
        let last_cell = layout.slots.len() - 1;
        for (cell, &slot) in layout.slots.iter().enumerate() {
            if slot == SKIPPED {
                at += cell_bytes(&rest[at..], layout.separator);
            } else {
                let quick = match (slot, self.unit) {
                    // Dates and fractions of seconds go the slow way.
                    (0, None | Some(TimeUnit::Iso)) => None,
                    (0, Some(unit)) => plain_decimal(&rest[at..])
                        .filter(|(value, _)| value.fract() == 0.0)
                        .map(|(value, bytes)| (unit.to_ms(value as u64) as f64, bytes)),
                    _ => plain_decimal(&rest[at..]),
                };
                let ends_here = |bytes: usize| {
                    let byte = rest[at + bytes];
                    byte == layout.separator || byte == b'\n' || byte == b'\r'
                };
                if let Some((value, bytes)) = quick.filter(|&(_, bytes)| ends_here(bytes)) {
                    values[slot as usize] = value;
                    at += bytes;
                } else {
                    let end = at + cell_bytes(&rest[at..], layout.separator);
                    let text = &rest[at..end];
                    if cell == 0 && rest[end] == b'\n' && text.trim_ascii().is_empty() {
                        return Ok(end + 1);
                    }
                    values[slot as usize] = self.slow_cell(slot as usize, text)?;
                    at = end;
                }
            }
            if cell < last_cell {
                if rest[at] != layout.separator {
                    if cell == 0 && rest[..at].trim_ascii().is_empty() {
                        return Ok(at + line_bytes(&rest[at..]));
                    }
                    return Err(self.cut_row(layout, cell + 1));
                }
                at += 1;
            }
        }
        at += line_bytes(&rest[at..]);
        let [time_ms, open, high, low, close, volume] = values;
        self.builder.push(self.line, &Candle { time_ms, open, high, low, close, volume })?;
        Ok(at)
    }

    /// A cell that is quoted, padded, signed, has an exponent, is a date, or is wrong.
    #[cold]
    fn slow_cell(&mut self, column: usize, cell: &[u8]) -> Result<f64, Fault> {
        let name = COLUMN_NAMES[column];
        let text = unquoted(cell.trim_ascii());
        let bad = |reason: String, hint: &'static str| {
            Fault::new("bad-value", reason, hint).at(self.line).column(name)
        };
        if text.is_empty() {
            let hint = "The row is cut or has too few columns: repair or remove it.";
            return Err(bad("has no value".to_owned(), hint));
        }
        let shown = || String::from_utf8_lossy(text).chars().take(40).collect::<String>();
        if column == 0 {
            let unit = self.unit.or_else(|| TimeUnit::detect(text));
            let parsed = unit.and_then(|unit| unit.parse(text));
            self.unit = unit;
            return parsed.ok_or_else(|| {
                let hint =
                    "Use seconds or milliseconds since 1970, or ISO text such as 2024-01-31T00:00:00Z.";
                bad(format!("\"{}\" is not a time", shown()), hint)
            });
        }
        any_decimal(text).ok_or_else(|| {
            let hint = "Write numbers with a point, without thousands separators.";
            bad(format!("\"{}\" is not a number", shown()), hint)
        })
    }

    /// A row that ends before its last column: names the first candle column that is missing.
    #[cold]
    fn cut_row(&self, layout: &Layout, cells: usize) -> Fault {
        let missing =
            layout.slots[cells..].iter().copied().filter(|&slot| slot != SKIPPED).min().unwrap_or(0);
        let hint = "The row is cut or has too few columns: repair or remove it.";
        Fault::new("bad-value", "has no value", hint).at(self.line).column(COLUMN_NAMES[missing as usize])
    }
}

/// Bytes of the cell at the beginning, without what ends it.
#[inline]
fn cell_bytes(rest: &[u8], separator: u8) -> usize {
    rest.iter().position(|&byte| byte == separator || byte == b'\n').unwrap_or(rest.len())
}

/// Bytes up to and with the line feed.
#[inline]
fn line_bytes(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| byte == b'\n').map_or(rest.len(), |end| end + 1)
}

/// The first line without a byte order mark.
fn without_mark(text: &[u8], line: u64) -> &[u8] {
    if line == 1 { text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text) } else { text }
}

//! What the first lines of a CSV say about all others: separator, which column is where, whether there is a header.

use super::CsvOptions;
use super::number::any_decimal;
use super::time::TimeUnit;
use crate::files::Fault;

/// Columns of a candle, in storage order.
pub const COLUMN_NAMES: [&str; 6] = ["timestamp", "open", "high", "low", "close", "volume"];

/// Names that files use for them.
const USUAL_NAMES: [&[&str]; 6] = [
    &[
        "timestamp",
        "time",
        "date",
        "datetime",
        "open_time",
        "opentime",
        "open time",
        "ts",
        "t",
        "unix",
        "start_at",
    ],
    &["open", "o"],
    &["high", "h"],
    &["low", "l"],
    &["close", "c"],
    &["volume", "vol", "v", "volume_base", "base_volume"],
];

/// Longest row looked at, in cells.
const MAX_CELLS: usize = 1024;

/// Where things are in a row.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) separator: u8,
    /// For each cell of a row the column it is, up to the last one wanted; 6 for cells that are skipped.
    pub(super) slots: Vec<u8>,
    /// Whether the first line holds names and no candle.
    pub(super) has_header: bool,
}

/// Slot of a cell nobody asked for.
pub(super) const SKIPPED: u8 = 6;

impl Layout {
    /// The layout by the first line that is not blank.
    pub(super) fn of_first_line(text: &[u8], line: u64, options: &CsvOptions) -> Result<Self, Fault> {
        let separator = separator_of(text);
        let cells: Vec<String> = text
            .split(|&byte| byte == separator)
            .take(MAX_CELLS)
            .map(|cell| String::from_utf8_lossy(unquoted(cell.trim_ascii())).to_lowercase())
            .collect();
        let has_header = !is_candle(&cells);
        let mut slots = vec![SKIPPED; cells.len()];
        let positions = find_columns(&cells, has_header, options).map_err(|fault| fault.at(line))?;
        for (column, position) in positions.into_iter().enumerate() {
            if let Some(position) = position {
                slots[position] = column as u8;
            }
        }
        let wanted = slots.iter().rposition(|&slot| slot != SKIPPED).map_or(0, |last| last + 1);
        slots.truncate(wanted);
        Ok(Layout { separator, slots, has_header })
    }
}

/// Where each column of a candle is among `cells`, names in lower case; none for a volume that may be missing.
///
/// # Errors
/// `missing-column`, naming the first one that is not there.
pub fn find_columns(
    cells: &[String],
    has_header: bool,
    options: &CsvOptions,
) -> Result<[Option<usize>; 6], Fault> {
    let mut positions = [None; 6];
    for (column, &name) in COLUMN_NAMES.iter().enumerate() {
        let asked = options.columns[column].as_deref();
        let found = match asked {
            Some(asked) => position_of(asked, cells, has_header),
            None if has_header => cells.iter().position(|cell| USUAL_NAMES[column].contains(&cell.as_str())),
            None => (column < cells.len()).then_some(column),
        };
        if found.is_none() && !(column == 5 && asked.is_none() && options.volume_is_optional) {
            // Only an import takes names of columns; runs over a file do not.
            let hint = "Rename the column, or say which one it is on an import: data import --columns.";
            return Err(Fault::new("missing-column", format!("is missing; {}", words_of(cells)), hint)
                .column(asked.unwrap_or(name).to_owned()));
        }
        positions[column] = found;
    }
    Ok(positions)
}

/// Longest text of one column and most columns that an error repeats.
const SHOWN_CHARS: usize = 40;
const SHOWN_COLUMNS: usize = 20;

/// What a file has instead, in few words: a file of another kind would put its content here.
fn words_of(cells: &[String]) -> String {
    let first = cells.first().map_or("", String::as_str);
    if first.starts_with(['[', '{']) {
        return "the file holds JSON whose rows are not candles".to_owned();
    }
    if cells.iter().all(String::is_empty) {
        return "there are none".to_owned();
    }
    let shown: Vec<String> =
        cells.iter().take(SHOWN_COLUMNS).map(|cell| cell.chars().take(SHOWN_CHARS).collect()).collect();
    let more = if cells.len() > SHOWN_COLUMNS {
        format!(" and {} more", cells.len() - SHOWN_COLUMNS)
    } else {
        String::new()
    };
    format!("there are {}{more}", shown.join(", "))
}

/// A column asked for by its name or, from 1, by its place.
fn position_of(asked: &str, cells: &[String], has_header: bool) -> Option<usize> {
    let lowered = asked.to_lowercase();
    let by_name = has_header.then(|| cells.iter().position(|cell| *cell == lowered)).flatten();
    by_name.or_else(|| {
        let place: usize = asked.parse().ok()?;
        (1..=cells.len()).contains(&place).then(|| place - 1)
    })
}

/// Whether the first line is a candle already: a time and numbers. Archives without a header (Binance, Kraken, lists of
/// CCXT) all begin with time, open, high, low, close, volume.
fn is_candle(cells: &[String]) -> bool {
    cells.len() >= 5
        && TimeUnit::detect(cells[0].as_bytes()).is_some()
        && cells[1..5].iter().all(|cell| any_decimal(cell.as_bytes()).is_some())
}

fn separator_of(text: &[u8]) -> u8 {
    let has = |byte: u8| text.contains(&byte);
    if has(b';') && !has(b',') {
        b';'
    } else if has(b'\t') {
        b'\t'
    } else {
        b','
    }
}

/// A cell without the quotes around it.
pub(super) fn unquoted(cell: &[u8]) -> &[u8] {
    match cell {
        [b'"', inner @ .., b'"'] => inner,
        _ => cell,
    }
}

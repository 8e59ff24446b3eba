//! Checks rows of candles that come from a file, one after the other, and makes a table of them: whole or not at all.

use super::{Candle, CandleColumns};
use crate::files::Fault;

/// 2000-01-01, the earliest time a file may have: earlier ones are a wrong unit.
const EARLIEST_MS: f64 = 946_684_800_000.0;
/// 2100-01-01, the latest.
const LATEST_MS: f64 = 4_102_444_800_000.0;
/// Most rows of one file.
const MAX_ROWS: usize = 50_000_000;
/// Most decimals that a double is asked for.
const MAX_DECIMALS: usize = 15;

/// What to do with two rows of one time that differ. Rows that are equal in everything are one row, and counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Duplicates {
    /// The file is refused.
    #[default]
    Refuse,
    /// The row that comes first in the file stands.
    KeepFirst,
    /// The row that comes last in the file stands.
    KeepLast,
}

/// How rows are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowRules {
    /// Rows of one time.
    pub duplicates: Duplicates,
    /// Whether rows may come in any order; otherwise one that goes back in time is refused.
    pub sort: bool,
}

/// A checked table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CandleTable {
    /// The candles, rising in time.
    pub columns: CandleColumns,
    /// Smallest distance between two candles; 0 with fewer than two.
    pub timeframe_ms: f64,
    /// Whether two candles lie further apart than that.
    pub has_gaps: bool,
    /// Rows left out because another row has the same time.
    pub duplicates: usize,
    /// Most decimals among the prices, trailing zeros apart.
    pub price_decimals: usize,
    /// Most decimals among the volumes.
    pub volume_decimals: usize,
}

/// Takes rows and checks each.
#[derive(Clone, Debug)]
pub struct TableBuilder {
    rules: RowRules,
    columns: CandleColumns,
    /// Lines of the rows, kept only where rows may still change their order.
    lines: Vec<u64>,
    previous: Option<Candle>,
    duplicates: usize,
    price_decimals: usize,
    volume_decimals: usize,
}

impl TableBuilder {
    /// A builder for about `rows` rows.
    pub fn new(rules: RowRules, rows: usize) -> Self {
        let column = || Vec::with_capacity(rows);
        TableBuilder {
            rules,
            columns: CandleColumns {
                time_ms: column(),
                open: column(),
                high: column(),
                low: column(),
                close: column(),
                volume: column(),
            },
            lines: Vec::new(),
            previous: None,
            duplicates: 0,
            price_decimals: 0,
            volume_decimals: 0,
        }
    }

    /// Checks a row and adds it. `line` is its place in the file, for the fault.
    ///
    /// # Errors
    /// What is wrong with it, with line and column.
    #[inline]
    pub fn push(&mut self, line: u64, candle: &Candle) -> Result<(), Fault> {
        check_candle(line, candle)?;
        if let Some(previous) = &self.previous
            && candle.time_ms <= previous.time_ms
            && !self.rules.sort
        {
            let previous = *previous;
            return self.not_after(line, candle, &previous);
        }
        if self.columns.time_ms.len() >= MAX_ROWS {
            return Err(
                Fault::new("too-large", format!("more than {MAX_ROWS} rows"), "Split the file.").at(line)
            );
        }
        for price in [candle.open, candle.high, candle.low, candle.close] {
            self.price_decimals = decimals_at_least(price, self.price_decimals);
        }
        self.volume_decimals = decimals_at_least(candle.volume, self.volume_decimals);
        self.columns.push(candle);
        if self.rules.sort {
            self.lines.push(line);
        } else {
            self.previous = Some(*candle);
        }
        Ok(())
    }

    /// The table.
    ///
    /// # Errors
    /// `empty` without a row; `duplicate` for rows that could only be compared once all were there.
    pub fn finish(mut self) -> Result<CandleTable, Fault> {
        if self.columns.time_ms.is_empty() {
            return Err(Fault::new("empty", "there is no candle in it", "Check the file."));
        }
        if self.rules.sort {
            self.sort()?;
        }
        let times = &self.columns.time_ms;
        let distances = || times.windows(2).map(|pair| pair[1] - pair[0]);
        let smallest = distances().fold(f64::INFINITY, f64::min);
        let timeframe_ms = if smallest.is_finite() { smallest } else { 0.0 };
        let has_gaps = distances().any(|distance| distance != timeframe_ms);
        Ok(CandleTable {
            timeframe_ms,
            has_gaps,
            duplicates: self.duplicates,
            price_decimals: self.price_decimals,
            volume_decimals: self.volume_decimals,
            columns: self.columns,
        })
    }

    /// A row that does not come after the one before.
    #[cold]
    fn not_after(&mut self, line: u64, candle: &Candle, previous: &Candle) -> Result<(), Fault> {
        if candle.time_ms < previous.time_ms {
            let reason = format!("{} comes after {}", candle.time_ms, previous.time_ms);
            let hint = "Sort the file by time, oldest first, or import it with --sort.";
            return Err(Fault::new("out-of-order", reason, hint).at(line).column("timestamp"));
        }
        if self.settle(line, candle, previous)? {
            let last = self.columns.time_ms.len() - 1;
            self.columns.as_slices_mut().set(last, candle);
            self.previous = Some(*candle);
        }
        Ok(())
    }

    /// Two rows of one time: counts the one left out; true when the later one stands.
    fn settle(&mut self, line: u64, later: &Candle, earlier: &Candle) -> Result<bool, Fault> {
        self.duplicates += 1;
        if later == earlier {
            return Ok(false);
        }
        match self.rules.duplicates {
            Duplicates::KeepFirst => Ok(false),
            Duplicates::KeepLast => Ok(true),
            Duplicates::Refuse => {
                let reason = format!("{} occurs twice, with other values", later.time_ms);
                let hint = "Remove one of the rows, or import with --duplicates keep-first or keep-last.";
                Err(Fault::new("duplicate", reason, hint).at(line).column("timestamp"))
            }
        }
    }

    /// Puts rows in the order of their time; those of one time stay in the order of the file until one of them is chosen.
    fn sort(&mut self) -> Result<(), Fault> {
        let all = std::mem::take(&mut self.columns);
        let lines = std::mem::take(&mut self.lines);
        let mut order: Vec<u32> = (0..all.time_ms.len() as u32).collect();
        order.sort_by(|&a, &b| all.time_ms[a as usize].total_cmp(&all.time_ms[b as usize]));
        let mut sorted = CandleColumns::default();
        for row in order {
            let row = row as usize;
            let candle = all.as_slices().row(row);
            let last = sorted.time_ms.len().wrapping_sub(1);
            if sorted.time_ms.last() == Some(&candle.time_ms) {
                let earlier = sorted.as_slices().row(last);
                if self.settle(lines[row], &candle, &earlier)? {
                    sorted.as_slices_mut().set(last, &candle);
                }
            } else {
                sorted.push(&candle);
            }
        }
        self.columns = sorted;
        Ok(())
    }
}

/// Checks one row by itself.
#[inline]
fn check_candle(line: u64, candle: &Candle) -> Result<(), Fault> {
    let Candle { time_ms, open, high, low, close, volume } = *candle;
    let good = (EARLIEST_MS..=LATEST_MS).contains(&time_ms)
        && time_ms.fract() == 0.0
        && low > 0.0
        && high < f64::INFINITY
        && open >= low
        && close >= low
        && open <= high
        && close <= high
        && (0.0..f64::INFINITY).contains(&volume);
    if good { Ok(()) } else { Err(what_is_wrong(line, candle)) }
}

#[cold]
fn what_is_wrong(line: u64, candle: &Candle) -> Fault {
    const REPAIR: &str = "Repair or remove the row.";
    let Candle { time_ms, open, high, low, close, volume } = *candle;
    if !(EARLIEST_MS..=LATEST_MS).contains(&time_ms) || time_ms.fract() != 0.0 {
        let reason = format!("{time_ms} is not a time between 2000 and 2100");
        return Fault::new("bad-value", reason, "Check the unit: seconds, milliseconds or ISO text.")
            .at(line)
            .column("timestamp");
    }
    for (column, value) in [("open", open), ("high", high), ("low", low), ("close", close)] {
        if !value.is_finite() {
            let reason = format!("{value} is not a price");
            return Fault::new("bad-value", reason, REPAIR).at(line).column(column);
        }
        if value <= 0.0 {
            let reason = format!("{value} is not above zero");
            return Fault::new("not-positive", reason, REPAIR).at(line).column(column);
        }
    }
    if !(0.0..f64::INFINITY).contains(&volume) {
        let reason = format!("{volume} is not a volume");
        return Fault::new("bad-value", reason, "A volume is zero or more.").at(line).column("volume");
    }
    let reason = if low > high {
        format!("low {low} is above high {high}")
    } else {
        format!("open {open} or close {close} lies outside of low {low} and high {high}")
    };
    Fault::new("inconsistent-candle", reason, REPAIR).at(line)
}

/// How many decimals a double needs, never fewer than `at_least`: cheap once the finest value was seen.
#[inline]
fn decimals_at_least(value: f64, at_least: usize) -> usize {
    const POWERS: [f64; MAX_DECIMALS] =
        [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14];
    let mut decimals = at_least;
    while decimals < MAX_DECIMALS {
        let scaled = value * POWERS[decimals];
        if (scaled - scaled.round_ties_even()).abs() <= f64::max(1e-9, scaled * 1e-13) {
            break;
        }
        decimals += 1;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3_600_000.0;
    const START: f64 = 1_704_067_200_000.0;

    fn candle(hour: f64, close: f64) -> Candle {
        Candle { time_ms: START + hour * HOUR, open: 100.0, high: 110.0, low: 90.0, close, volume: 1.5 }
    }

    fn build(rules: RowRules, rows: &[Candle]) -> Result<CandleTable, Fault> {
        let mut builder = TableBuilder::new(rules, rows.len());
        for (index, row) in rows.iter().enumerate() {
            builder.push(index as u64 + 2, row)?;
        }
        builder.finish()
    }

    #[test]
    fn duplicates_are_told_kept_or_refused() {
        let equal = [candle(0.0, 100.0), candle(1.0, 101.0), candle(1.0, 101.0)];
        for sort in [false, true] {
            let refuse = RowRules { sort, ..RowRules::default() };
            let table = build(refuse, &equal).expect("equal rows are one row");
            assert_eq!((table.columns.close, table.duplicates), (vec![100.0, 101.0], 1));
            let unequal = [candle(0.0, 100.0), candle(1.0, 101.0), candle(1.0, 102.0), candle(2.0, 103.0)];
            let fault = build(refuse, &unequal).expect_err("unequal rows");
            assert_eq!((fault.code, fault.line), ("duplicate", Some(4)));
            for (duplicates, expected) in [(Duplicates::KeepFirst, 101.0), (Duplicates::KeepLast, 102.0)] {
                let table = build(RowRules { duplicates, sort }, &unequal).expect("a choice was made");
                assert_eq!((table.columns.close, table.duplicates), (vec![100.0, expected, 103.0], 1));
            }
        }
    }

    #[test]
    fn rows_out_of_order_are_refused_or_sorted() {
        let rows = [candle(2.0, 102.0), candle(0.0, 100.0), candle(1.0, 101.0)];
        let fault = build(RowRules::default(), &rows).expect_err("goes back in time");
        assert_eq!((fault.code, fault.line), ("out-of-order", Some(3)));
        let table = build(RowRules { sort: true, ..RowRules::default() }, &rows).expect("sorted");
        assert_eq!(table.columns.close, [100.0, 101.0, 102.0]);
        assert_eq!((table.timeframe_ms, table.has_gaps), (HOUR, false));
        let gap =
            build(RowRules::default(), &[rows[1], rows[2], candle(5.0, 100.25)]).expect("a gap is no fault");
        assert_eq!((gap.has_gaps, gap.price_decimals, gap.volume_decimals), (true, 2, 1));
    }
}

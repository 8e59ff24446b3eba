//! Chart patterns: double tops and bottoms, head and shoulders, triangles, flags.
//!
//! A pattern forms with the bar that confirms its last swing and is complete with the first close beyond its line. What a
//! bar gives depends on no later bar.

use super::machine::Kernel;
use super::pivot_chain::{Change, Pivot, PivotChain, PriceLine};
use super::spec::{Param, Spec, count, period, real, spec};

/// A pattern that waits for a close beyond one of two lines.
#[derive(Clone, Copy, Debug)]
struct Setup {
    /// Number of the pattern while it forms.
    kind: f64,
    upper: PriceLine,
    /// Output of a close above the upper line; 0 where that ends the pattern.
    above: f64,
    lower: PriceLine,
    below: f64,
    /// First and last pivot: the pattern waits for as many bars as it took.
    from_row: f64,
    to_row: f64,
}

/// Finds a pattern in pivots, newest first, with a tolerance as a share of its height.
type Find = fn(&[Pivot], f64) -> Option<Setup>;

/// One chart pattern over a series.
struct ChartPattern {
    chain: PivotChain,
    find: Find,
    tolerance: f64,
    setup: Option<Setup>,
}

impl ChartPattern {
    fn new(p: &[f64], find: Find) -> Self {
        ChartPattern {
            chain: PivotChain::new(count(p, 0), count(p, 1)),
            find,
            tolerance: p[2] / 100.0,
            setup: None,
        }
    }
}

impl Kernel<3, 2> for ChartPattern {
    #[inline(always)]
    fn advance(&mut self, [high, low, close]: [f64; 3]) -> [f64; 2] {
        let Some(change) = self.chain.push(high, low) else { return [f64::NAN; 2] };
        let row = self.chain.row();
        if change != Change::None {
            let found = (self.find)(self.chain.pivots(), self.tolerance);
            // A pivot that moved takes what was read from it away.
            self.setup = if change == Change::Moved { found } else { found.or(self.setup) };
        }
        let Some(setup) = self.setup else { return [0.0; 2] };
        let signal = if close > setup.upper.at(row) {
            setup.above
        } else if close < setup.lower.at(row) {
            setup.below
        } else if row - setup.to_row <= setup.to_row - setup.from_row {
            return [0.0, setup.kind];
        } else {
            0.0
        };
        self.setup = None;
        [signal, 0.0]
    }
}

/// Prices seen from below: a pattern of highs becomes one of lows.
fn mirrored(pivots: &[Pivot]) -> Vec<Pivot> {
    pivots.iter().map(|pivot| Pivot { price: -pivot.price, is_high: !pivot.is_high, ..*pivot }).collect()
}

/// Pivots as they are, and mirrored with the other sign, whichever shows the pattern of highs.
fn either_way(pivots: &[Pivot], find: impl Fn(&[Pivot]) -> Option<(PriceLine, f64)>) -> Option<Setup> {
    let newest = *pivots.first()?;
    let (side, line, limit) = if newest.is_high {
        let (line, limit) = find(pivots)?;
        (-1.0, line, limit)
    } else {
        let (line, limit) = find(&mirrored(pivots))?;
        (1.0, line.mirrored(), -limit)
    };
    let (from_row, to_row) = (0.0, newest.row);
    let level = PriceLine::level(limit);
    Some(if side < 0.0 {
        Setup { kind: side, upper: level, above: 0.0, lower: line, below: -100.0, from_row, to_row }
    } else {
        Setup { kind: side, upper: line, above: 100.0, lower: level, below: 0.0, from_row, to_row }
    })
}

/// Two highs at one height after a rise; the line is the low between them.
fn double(pivots: &[Pivot], tolerance: f64) -> Option<Setup> {
    let setup = either_way(pivots, |pivots| {
        let [second, middle, first, before, ..] = pivots else { return None };
        let height = second.price.min(first.price) - middle.price;
        let level = (second.price - first.price).abs() <= tolerance * height;
        (level && before.price < middle.price)
            .then(|| (PriceLine::level(middle.price), second.price.max(first.price)))
    })?;
    Some(Setup { from_row: pivots[2].row, ..setup })
}

/// A high between two lower ones at one height; the line runs through the lows between them.
fn head_and_shoulders(pivots: &[Pivot], tolerance: f64) -> Option<Setup> {
    let setup = either_way(pivots, |pivots| {
        let [right, newer, head, older, left, ..] = pivots else { return None };
        let neck = PriceLine::through(*older, *newer);
        let height = head.price - neck.at(head.row);
        let shoulders = (right.price - left.price).abs() <= tolerance * height
            && head.price > right.price.max(left.price)
            && right.price > neck.at(right.row)
            && left.price > neck.at(left.row);
        shoulders.then_some((neck, head.price))
    })?;
    Some(Setup { from_row: pivots[4].row, ..setup })
}

/// Two highs and two lows whose lines run together.
fn triangle(pivots: &[Pivot], tolerance: f64) -> Option<Setup> {
    let [newest, second, third, oldest, ..] = pivots else { return None };
    let (highs, lows) = if newest.is_high {
        ((*third, *newest), (*oldest, *second))
    } else {
        ((*oldest, *second), (*third, *newest))
    };
    let (upper, lower) = (PriceLine::through(highs.0, highs.1), PriceLine::through(lows.0, lows.1));
    let width = |row: f64| upper.at(row) - lower.at(row);
    let height = width(oldest.row);
    let (fall, rise) = (highs.0.price - highs.1.price, lows.1.price - lows.0.price);
    if height <= 0.0 || width(newest.row) <= 0.0 || width(newest.row) >= height {
        return None;
    }
    let flat = |step: f64| step.abs() <= tolerance * height;
    let kind = match (flat(fall), flat(rise)) {
        (true, false) if rise > 0.0 => 1.0,
        (false, true) if fall > 0.0 => 2.0,
        (false, false) if rise > 0.0 && fall > 0.0 => 3.0,
        _ => return None,
    };
    let (from_row, to_row) = (oldest.row, newest.row);
    Some(Setup { kind, upper, above: 100.0, lower, below: -100.0, from_row, to_row })
}

/// A fall, then two highs and two lows that drift up within the share of it that the tolerance gives.
fn flag(pivots: &[Pivot], tolerance: f64) -> Option<Setup> {
    let setup = either_way(pivots, |pivots| {
        let [high, low, older_high, older_low, start, ..] = pivots else { return None };
        let pole = start.price - older_low.price;
        let limit = older_low.price + tolerance * pole;
        let drifts = pole > 0.0
            && high.price >= older_high.price
            && low.price >= older_low.price
            && high.price <= limit
            && older_high.price <= limit
            // A flag is shorter in time than what waves on it would need.
            && high.row - older_low.row <= 5.0 * (older_low.row - start.row);
        drifts.then(|| (PriceLine::through(*older_low, *low), limit))
    })?;
    Some(Setup { from_row: pivots[4].row, ..setup })
}

/// Bars on each side of a swing.
const fn bars(name: &'static str) -> Param {
    period(name, 5)
}

macro_rules! chart_pattern {
    ($id:literal, $title:literal, $tolerance:literal, $find:ident, $words:literal, $source:literal) => {
        spec!(
            $id,
            Pattern,
            $title,
            ["high", "low", "close"],
            [bars("leftbars"), bars("rightbars"), real("tolerance", $tolerance, 0.0, 100.0)],
            ["signal", "forming"],
            |p| count(p, 0) + count(p, 1),
            |p| ChartPattern::new(p, $find),
            $words,
            $source
        )
    };
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    chart_pattern!(
        "CHARTDOUBLE",
        "Double top and bottom",
        20.0,
        double,
        "two swing highs within tolerance percent of the height over the low between them, after a lower low: -1 while it forms, \
         -100 on the first close below that low; bottoms 1 and 100; void after a close beyond the highs or as many bars as it took",
        "R. Edwards and J. Magee, 1948"
    ),
    chart_pattern!(
        "CHARTHEADSHOULDERS",
        "Head and shoulders",
        30.0,
        head_and_shoulders,
        "a swing high between two lower ones that differ by at most tolerance percent of the height over the line through the lows \
         between: -1 while it forms, -100 on the first close below that line; upside down 1 and 100; void after a close beyond the \
         head or as many bars as it took",
        "R. Edwards and J. Magee, 1948"
    ),
    chart_pattern!(
        "CHARTTRIANGLE",
        "Triangle",
        15.0,
        triangle,
        "lines through the last two swing highs and lows that run together: 1 ascending (highs level within tolerance percent of the \
         height), 2 descending, 3 symmetrical while it forms; 100 on the first close above, -100 below; void after as many bars as \
         it took",
        "R. Edwards and J. Magee, 1948"
    ),
    chart_pattern!(
        "CHARTFLAG",
        "Flag",
        50.0,
        flag,
        "a fall, then two swing highs and lows that drift up by at most tolerance percent of it: -1 while it forms, -100 on the first \
         close below the line of the lows; after a rise 1 and 100; void after a close beyond that share or as many bars as it took",
        "R. Edwards and J. Magee, 1948"
    ),
];

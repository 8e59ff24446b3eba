//! The hikkake patterns: a false break of an inside bar, confirmed when the price comes back within three bars.

use super::block::Block;
use super::candle::{self, Candle, Pattern};
use super::machine::Kernel;
use super::spec::{Spec, spec};

/// Bars after a pattern within which a close on the other side confirms it.
const BARS_TO_CONFIRM: usize = 3;

/// Watches for the confirmation of the last pattern found.
#[derive(Clone, Copy, Debug, Default)]
struct Confirmation {
    /// 100 or -100; 0 while there is nothing to confirm.
    found: f64,
    /// High and low of the bar before the pattern's last: the inside bar.
    high: f64,
    low: f64,
    bars_left: usize,
}

impl Confirmation {
    /// The output of a bar on which `found` was (or 0), `inside` being the bar before it.
    #[inline(always)]
    fn push(&mut self, found: f64, inside: (f64, f64), close: f64) -> f64 {
        if found != 0.0 {
            *self = Confirmation { found, high: inside.0, low: inside.1, bars_left: BARS_TO_CONFIRM };
            return found;
        }
        if self.bars_left == 0 {
            return 0.0;
        }
        self.bars_left -= 1;
        let confirmed = (self.found > 0.0 && close > self.high) || (self.found < 0.0 && close < self.low);
        if !confirmed {
            return 0.0;
        }
        self.bars_left = 0;
        2.0 * self.found
    }
}

/// Which way an inside bar `b` was broken by `a`: 100 for a break down (a trap for sellers), -100 for one up.
#[inline(always)]
fn broken(a: (f64, f64), b: (f64, f64)) -> f64 {
    if a.0 < b.0 && a.1 < b.1 {
        100.0
    } else if a.0 > b.0 && a.1 > b.1 {
        -100.0
    } else {
        0.0
    }
}

/// Whether the first range lies inside the second.
#[inline(always)]
fn inside(later: (f64, f64), earlier: (f64, f64)) -> bool {
    later.0 < earlier.0 && later.1 > earlier.1
}

/// Rows before a block of which the patterns can still be confirmed in it, and the bar before them.
const BEFORE: usize = BARS_TO_CONFIRM + 1;

/// The results of a block: `found` begins [`BARS_TO_CONFIRM`] rows before them, the bars [`BEFORE`] rows. Patterns are few:
/// only these are followed.
#[inline(always)]
fn confirm(found: &[f64], [high, low, close]: [&[f64]; 3], out: &mut [f64]) {
    out.copy_from_slice(&found[BARS_TO_CONFIRM..]);
    for (row, &value) in found.iter().enumerate() {
        if value == 0.0 {
            continue;
        }
        // The bar at `row + 1` is that of the pattern, the one before it the inside bar.
        for later in row + 1..(row + 1 + BARS_TO_CONFIRM).min(found.len()) {
            if found[later] != 0.0 {
                break;
            }
            let close = close[later + 1];
            if (value > 0.0 && close > high[row]) || (value < 0.0 && close < low[row]) {
                if later >= BARS_TO_CONFIRM {
                    out[later - BARS_TO_CONFIRM] = 2.0 * value;
                }
                break;
            }
        }
    }
}

/// Three ranges, newest first, and what they are watched for.
#[derive(Debug)]
struct Hikkake {
    ranges: [(f64, f64); 3],
    confirmation: Confirmation,
    seen: usize,
}

impl Hikkake {
    /// Bars before the first output; patterns that end in the last three of them can still be confirmed.
    const WARM_UP: usize = 5;

    fn new(_: &[f64]) -> Self {
        Hikkake { ranges: [(0.0, 0.0); 3], confirmation: Confirmation::default(), seen: 0 }
    }
}

impl Kernel<4, 1> for Hikkake {
    #[inline(always)]
    fn advance(&mut self, [_, high, low, close]: [f64; 4]) -> [f64; 1] {
        self.ranges = [(high, low), self.ranges[0], self.ranges[1]];
        let [a, b, c] = self.ranges;
        self.seen += 1;
        if self.seen < 3 {
            return [f64::NAN];
        }
        let found = if inside(b, c) { broken(a, b) } else { 0.0 };
        let result = self.confirmation.push(found, b, close);
        [if self.seen > Self::WARM_UP { result } else { f64::NAN }]
    }

    fn reach(&self) -> Option<usize> {
        Some(Self::WARM_UP)
    }

    #[inline(always)]
    fn fill(&self, block: Block<'_, 4, 1>) -> bool {
        let [out] = block.results;
        let [found] = block.scratch.columns();
        let found = &mut found[..BARS_TO_CONFIRM + out.len()];
        let start = Self::WARM_UP - BEFORE;
        let [_, high, low, close] = block.bars;
        find(high, low, found);
        confirm(found, [&high[start..], &low[start..], &close[start..]], out);
        true
    }
}

/// The patterns that end two bars after each of the first.
#[inline(always)]
// Without branches: nobody can foretell them, and the loop stays wide.
#[allow(clippy::needless_bitwise_bool)]
fn find(high: &[f64], low: &[f64], found: &mut [f64]) {
    let rows = found.len();
    let (high, low) = (&high[..rows + 2], &low[..rows + 2]);
    for row in 0..rows {
        let (a, b, c) = ((high[row + 2], low[row + 2]), (high[row + 1], low[row + 1]), (high[row], low[row]));
        let within = (b.0 < c.0) & (b.1 > c.1);
        let down = (a.0 < b.0) & (a.1 < b.1);
        let up = (a.0 > b.0) & (a.1 > b.1);
        let side = if down { 100.0 } else { 0.0 };
        let side = if up { -100.0 } else { side };
        found[row] = if within { side } else { 0.0 };
    }
}

/// The modified pattern needs candles with their measures; they come out of [`Pattern`], which then finds no pattern itself.
struct ModifiedHikkake<F> {
    pattern: Pattern<F, 4>,
    inside: (f64, f64),
    confirmation: Confirmation,
    seen: usize,
}

impl<F: Fn(&[Candle; 4]) -> f64 + Send + 'static> ModifiedHikkake<F> {
    /// Bars before the first output, as [`Hikkake::WARM_UP`].
    const WARM_UP: usize = 10;

    fn new(test: F) -> Self {
        ModifiedHikkake {
            pattern: Pattern::new(Self::WARM_UP - BARS_TO_CONFIRM, test),
            inside: (0.0, 0.0),
            confirmation: Confirmation::default(),
            seen: 0,
        }
    }
}

impl<F: Fn(&[Candle; 4]) -> f64 + Send + 'static> Kernel<4, 1> for ModifiedHikkake<F> {
    #[inline(always)]
    fn advance(&mut self, bar: [f64; 4]) -> [f64; 1] {
        let [found] = self.pattern.advance(bar);
        let inside = std::mem::replace(&mut self.inside, (bar[1], bar[2]));
        self.seen += 1;
        if found.is_nan() {
            return [f64::NAN];
        }
        let result = self.confirmation.push(found, inside, bar[3]);
        [if self.seen > Self::WARM_UP { result } else { f64::NAN }]
    }

    fn reach(&self) -> Option<usize> {
        Some(candle::BEFORE + BARS_TO_CONFIRM)
    }

    #[inline(always)]
    fn fill(&self, block: Block<'_, 4, 1>) -> bool {
        let [out] = block.results;
        let [found] = block.scratch.columns();
        let found = &mut found[..BARS_TO_CONFIRM + out.len()];
        self.pattern.find(block.bars, found);
        let start = candle::BEFORE - 1;
        let [_, high, low, close] = block.bars;
        confirm(found, [&high[start..], &low[start..], &close[start..]], out);
        true
    }
}

/// Two inside bars one in the other, the first closing near the end to which the second is then broken.
#[inline(always)]
fn modified([a, b, c, d]: &[Candle; 4]) -> f64 {
    let range = |candle: &Candle| (candle.high, candle.low);
    let found = broken(range(a), range(b));
    let near =
        if found > 0.0 { c.close <= c.low + c.near } else { found < 0.0 && c.close >= c.high - c.near };
    if near && inside(range(c), range(d)) && inside(range(b), range(c)) { found } else { 0.0 }
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "CDLHIKKAKE",
        Pattern,
        "Hikkake",
        ["open", "high", "low", "close"],
        [],
        ["integer"],
        |_| Hikkake::WARM_UP,
        Hikkake::new,
        "an inside bar, then a bar with lower high and low (100) or higher ones (-100); twice that when one of the next three \
         closes beyond the inside bar on the other side",
        "D. L. Chesler, 2003, as in TA-Lib"
    ),
    spec!(
        "CDLHIKKAKEMOD",
        Pattern,
        "Modified hikkake",
        ["open", "high", "low", "close"],
        [],
        ["integer"],
        |_| 10,
        |_| ModifiedHikkake::new(modified),
        "as CDLHIKKAKE after two inside bars, the first of which closes near the end that is then broken",
        "D. L. Chesler, 2003, as in TA-Lib"
    ),
];

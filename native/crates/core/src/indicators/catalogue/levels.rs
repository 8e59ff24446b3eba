//! Levels made of swings: support and resistance, zigzag, rolling pivots. Nothing is known before the bar that confirms it.

use super::kernel::{kernel, larger, smaller};
use super::spec::{Param, Spec, count, period, real, spec};
use super::swings::Swing;
use super::window::{Highest, Lag, Lowest};

/// The last confirmed swing high and low; until there is one, the extreme of the bars so far.
#[derive(Clone, Debug)]
pub(super) struct Levels {
    swings: [Swing; 2],
    candidates: [Lag; 2],
    confirmed: [bool; 2],
    values: [f64; 2],
}

impl Levels {
    pub(super) fn new(left: usize, right: usize) -> Self {
        Levels {
            swings: [Swing::new(left, right), Swing::new(left, right)],
            candidates: [Lag::new(right), Lag::new(right)],
            confirmed: [false; 2],
            values: [f64::NEG_INFINITY; 2],
        }
    }

    /// Resistance and support, and which of them this bar has confirmed.
    #[inline(always)]
    pub(super) fn push(&mut self, high: f64, low: f64) -> Option<([f64; 2], [bool; 2])> {
        let mut fresh = [None; 2];
        for (side, value) in [high, -low].into_iter().enumerate() {
            let candidate = self.candidates[side].push(value);
            fresh[side] = self.swings[side].push(value);
            if fresh[side] == Some(true) {
                self.confirmed[side] = true;
                self.values[side] = candidate.unwrap_or(value);
            } else if !self.confirmed[side] {
                self.values[side] = larger(self.values[side], value);
            }
        }
        Some(([self.values[0], -self.values[1]], [fresh[0]?, fresh[1]?]))
    }
}

kernel!(SupportResistance[3 => 3](p) { levels: Levels = Levels::new(count(p, 0), count(p, 1)), before: Option<(f64, [f64; 2])> = None }
|this, [high, low, close]| {
    let (levels, _) = this.levels.push(high, low)?;
    // A break is one of the level that was known before the bar.
    let broken = this.before.map_or(0.0, |(close_before, [resistance, support])| {
        if close > resistance && close_before <= resistance {
            1.0
        } else if close < support && close_before >= support {
            -1.0
        } else {
            0.0
        }
    });
    this.before = Some((close, levels));
    Some([levels[0], levels[1], broken])
});
kernel!(FractalBands[2 => 2](p) { levels: Levels = Levels::new(count(p, 0), count(p, 0)) }
    |this, [high, low]| this.levels.push(high, low).map(|(levels, _)| levels));
kernel!(Zigzag[2 => 3](p) {
    share: f64 = p[0] / 100.0, leg: f64 = 0.0, pivot: Option<f64> = None, highest: f64 = f64::NEG_INFINITY,
    lowest: f64 = f64::INFINITY }
|this, [high, low]| {
    let first = *this.pivot.get_or_insert(f64::midpoint(high, low));
    let came_up = high > this.lowest && high - this.lowest >= this.share * this.lowest.abs();
    let came_down = low < this.highest && this.highest - low >= this.share * this.highest.abs();
    // A bar that also goes on the leg's way does not turn it: which came first is not known.
    let up = came_up && this.leg <= 0.0 && (this.leg == 0.0 || low >= this.lowest);
    let down = came_down && this.leg >= 0.0 && (this.leg == 0.0 || high <= this.highest);
    if up && !down {
        (this.pivot, this.leg, this.highest) = (Some(this.lowest), 1.0, high);
    } else if down && !up {
        (this.pivot, this.leg, this.lowest) = (Some(this.highest), -1.0, low);
    } else {
        this.highest = larger(high, this.highest);
        this.lowest = smaller(low, this.lowest);
    }
    let extreme = if this.leg > 0.0 { this.highest } else if this.leg < 0.0 { this.lowest } else { first };
    Some([this.pivot.unwrap_or(first), this.leg, extreme])
});

/// Pivot and three resistances and supports of a period's high, low and close; `kind` as in the parameter.
#[inline(always)]
pub(super) fn pivot_levels(kind: usize, high: f64, low: f64, close: f64) -> [f64; 7] {
    let range = high - low;
    let pivot = (high + low + close) / 3.0;
    let around = |centre: f64, steps: [f64; 3]| {
        let [a, b, c] = steps.map(|step| step * range);
        [pivot, centre + a, centre - a, centre + b, centre - b, centre + c, centre - c]
    };
    match kind {
        1 => around(pivot, [0.382, 0.618, 1.0]),
        2 => around(close, [1.1 / 12.0, 1.1 / 6.0, 1.1 / 4.0]),
        _ => [
            pivot,
            2.0 * pivot - low,
            2.0 * pivot - high,
            pivot + range,
            pivot - range,
            high + 2.0 * (pivot - low),
            low - 2.0 * (high - pivot),
        ],
    }
}

/// Which levels: 0 standard, 1 Fibonacci, 2 Camarilla.
pub(super) const fn pivot_kind() -> Param {
    Param { minimum: 0.0, maximum: 2.0, ..period("pivottype", 0) }
}

kernel!(RollingPivots[3 => 7](p) {
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)), kind: usize = count(p, 2),
    shift: [Lag; 3] = [0; 3].map(|_: usize| Lag::new(count(p, 1) + 1)) }
|this, [high, low, close]| {
    let [high, low, close] = [0, 1, 2].map(|place: usize| this.shift[place].push([high, low, close][place]));
    let (high, low, close) = (high?, low?, close?);
    let (highest, lowest) = (this.highest.push(high), this.lowest.push(low));
    Some(pivot_levels(this.kind, highest?.0, lowest?.0, close))
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "SUPRES",
        Overlap,
        "Support and resistance",
        ["high", "low", "close"],
        [period("leftbars", 15), period("rightbars", 15)],
        ["resistance", "support", "break"],
        |p| count(p, 0) + count(p, 1),
        SupportResistance::new,
        "last high above so many bars on each side and last low below them, from the bar on that confirms them (rightbars later: \
         nothing is repainted), until the first the extreme so far; 1 on a close above a resistance known before the bar, -1 \
         below a support",
        "elementary"
    ),
    spec!(
        "FCB",
        Overlap,
        "Fractal chaos bands",
        ["high", "low"],
        [period("timeperiod", 2)],
        ["upperband", "lowerband"],
        |p| 2 * count(p, 0),
        FractalBands::new,
        "last fractal high and low with n bars on each side, from the bar on that confirms them; until the first the extreme so \
         far (Stock Indicators: nothing)",
        "E. W. Dreiss; B. Williams"
    ),
    spec!(
        "ZIGZAG",
        Overlap,
        "Zigzag, confirmed",
        ["high", "low"],
        [real("percent", 5.0, 0.01, 90.0)],
        ["pivot", "leg", "extreme"],
        |_| 0,
        Zigzag::new,
        "a leg turns once the price has come so many percent back from its extreme, which is then the last pivot: known on that \
         bar, not earlier, and never repainted; 1 on a rising leg, -1 on a falling one, 0 before the first (pivot and extreme are \
         then the middle of the first bar)",
        "elementary"
    ),
    spec!(
        "ROLLPIVOTS",
        Overlap,
        "Rolling pivot points",
        ["high", "low", "close"],
        [period("timeperiod", 20), Param { minimum: 0.0, ..period("offset", 0) }, pivot_kind()],
        ["pivot", "r1", "s1", "r2", "s2", "r3", "s3"],
        |p| count(p, 0) + count(p, 1),
        RollingPivots::new,
        "levels of PIVOTS from high, low and last close of the n bars before the bar, or so many more before",
        "elementary"
    ),
];

//! Wilder's directional movement, and Aroon.

use super::super::ema::Smoothing;
use super::extremes::extremes_reach;
use super::kernel::{kernel, middle, ratio_or, true_range};
use super::spec::{Spec, count, period, spec};
use super::window::{Highest, Lag, Lowest};

/// Wilder sums of directional movement and true range: `n - 1` bars are added up, then each takes one `n`-th away.
#[derive(Clone, Debug)]
struct Movement {
    previous: Option<[f64; 3]>,
    period: usize,
    seen: usize,
    plus: f64,
    minus: f64,
    range: f64,
}

impl Movement {
    fn new(period: usize) -> Self {
        Movement { previous: None, period, seen: 0, plus: 0.0, minus: 0.0, range: 0.0 }
    }

    /// Counts the bar; how many changes there have been.
    #[inline(always)]
    fn push(&mut self, high: f64, low: f64, close: f64) -> Option<usize> {
        let [before_high, before_low, before_close] = self.previous.replace([high, low, close])?;
        let up = high - before_high;
        let down = before_low - low;
        let plus = if up > 0.0 && up > down { up } else { 0.0 };
        let minus = if down > 0.0 && down > up { down } else { 0.0 };
        let range = true_range(high, low, before_close);
        if self.seen + 1 < self.period {
            self.seen += 1;
            self.plus += plus;
            self.minus += minus;
            self.range += range;
            return Some(self.seen);
        }
        self.seen = self.seen.saturating_add(1);
        let share = 1.0 / self.period as f64;
        self.plus += (-share).mul_add(self.plus, plus);
        self.minus += (-share).mul_add(self.minus, minus);
        self.range += (-share).mul_add(self.range, range);
        Some(self.seen)
    }

    /// The two directional indicators.
    #[inline(always)]
    fn indicators(&self) -> (f64, f64) {
        (100.0 * ratio_or(self.plus, self.range, 0.0), 100.0 * ratio_or(self.minus, self.range, 0.0))
    }
}

/// Directional index: `100 |plus - minus| / (plus + minus)`, the one before where nothing moved.
#[derive(Clone, Debug)]
struct Index {
    movement: Movement,
    last: f64,
}

impl Index {
    fn new(period: usize) -> Self {
        Index { movement: Movement::new(period), last: 0.0 }
    }

    #[inline(always)]
    fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        if self.movement.push(high, low, close)? < self.movement.period {
            return None;
        }
        let (plus, minus) = (self.movement.plus, self.movement.minus);
        self.last = if self.movement.range == 0.0 {
            self.last
        } else {
            100.0 * ratio_or((plus - minus).abs(), plus + minus, self.last / 100.0)
        };
        Some(self.last)
    }
}

/// Average directional index.
#[derive(Clone, Debug)]
pub(super) struct AverageIndex {
    index: Index,
    period: usize,
    smoothing: Smoothing,
    seen: usize,
    value: f64,
}

impl AverageIndex {
    pub(super) fn new(period: usize) -> Self {
        let smoothing = Smoothing::new(1.0 / period as f64);
        AverageIndex { index: Index::new(period), period, smoothing, seen: 0, value: 0.0 }
    }

    /// The directional indicators of the bar pushed last, up and down.
    #[inline(always)]
    pub(super) fn indicators(&self) -> (f64, f64) {
        self.index.movement.indicators()
    }

    #[inline(always)]
    pub(super) fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let index = self.index.push(high, low, close)?;
        if self.seen < self.period {
            self.seen += 1;
            self.value += index;
            if self.seen < self.period {
                return None;
            }
            self.value /= self.period as f64;
        } else {
            self.value = self.smoothing.next(self.value, index);
        }
        Some(self.value)
    }
}

kernel!(PlusDm[2 => 1](p) { movement: Movement = Movement::new(count(p, 0)) }
|this, [high, low]| {
    let seen = this.movement.push(high, low, low)?;
    (seen + 1 >= this.movement.period).then_some([this.movement.plus])
});
kernel!(MinusDm[2 => 1](p) { movement: Movement = Movement::new(count(p, 0)) }
|this, [high, low]| {
    let seen = this.movement.push(high, low, low)?;
    (seen + 1 >= this.movement.period).then_some([this.movement.minus])
});
kernel!(PlusDi[3 => 1](p) { movement: Movement = Movement::new(count(p, 0)) }
|this, [high, low, close]| {
    let seen = this.movement.push(high, low, close)?;
    (seen >= this.movement.period).then(|| [this.movement.indicators().0])
});
kernel!(MinusDi[3 => 1](p) { movement: Movement = Movement::new(count(p, 0)) }
|this, [high, low, close]| {
    let seen = this.movement.push(high, low, close)?;
    (seen >= this.movement.period).then(|| [this.movement.indicators().1])
});
kernel!(Dx[3 => 1](p) { index: Index = Index::new(count(p, 0)) }
    |this, [high, low, close]| this.index.push(high, low, close).map(|value| [value]));
kernel!(Adx[3 => 1](p) { index: AverageIndex = AverageIndex::new(count(p, 0)) }
    |this, [high, low, close]| this.index.push(high, low, close).map(|value| [value]));
kernel!(Adxr[3 => 1](p) { index: AverageIndex = AverageIndex::new(count(p, 0)), lag: Lag = Lag::new(count(p, 0) - 1) }
|this, [high, low, close]| {
    let now = this.index.push(high, low, close)?;
    this.lag.push(now).map(|before| [middle(now, before)])
});
kernel!(Aroon[2 => 2](p) {
    highest: Highest = Highest::new(count(p, 0) + 1), lowest: Lowest = Lowest::new(count(p, 0) + 1), n: f64 = p[0] }
|this, [high, low]| {
    let highest = this.highest.push(high);
    let lowest = this.lowest.push(low);
    let of = |age: usize| 100.0 * (this.n - age as f64) / this.n;
    Some([of(lowest?.1), of(highest?.1)])
}; reach extremes_reach(this.highest.period()); |block| {
    let n = this.n;
    let of = |age: f64| 100.0 * (n - age) / n;
    block.fill_from_ages(this.highest.period(), |of_highest, of_lowest, _| [of(of_lowest), of(of_highest)])
});
kernel!(AroonOsc[2 => 1](p) {
    highest: Highest = Highest::new(count(p, 0) + 1), lowest: Lowest = Lowest::new(count(p, 0) + 1), n: f64 = p[0] }
|this, [high, low]| {
    let highest = this.highest.push(high);
    let lowest = this.lowest.push(low);
    Some([100.0 * (lowest?.1 as f64 - highest?.1 as f64) / this.n])
}; reach extremes_reach(this.highest.period()); |block| {
    let n = this.n;
    block.fill_from_ages(this.highest.period(), |of_highest, of_lowest, _| [100.0 * (of_lowest - of_highest) / n])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "PLUS_DM",
        Momentum,
        "Upward directional movement",
        ["high", "low"],
        [period("timeperiod", 14)],
        ["real"],
        |p| (count(p, 0) - 1).max(1),
        PlusDm::new,
        "Wilder sum of high - high[1] where that is the larger move",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "MINUS_DM",
        Momentum,
        "Downward directional movement",
        ["high", "low"],
        [period("timeperiod", 14)],
        ["real"],
        |p| (count(p, 0) - 1).max(1),
        MinusDm::new,
        "Wilder sum of low[1] - low where that is the larger move",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "PLUS_DI",
        Momentum,
        "Upward directional indicator",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        PlusDi::new,
        "100 plus_dm / Wilder sum of the true range",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "MINUS_DI",
        Momentum,
        "Downward directional indicator",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        MinusDi::new,
        "100 minus_dm / Wilder sum of the true range",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "DX",
        Momentum,
        "Directional index",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Dx::new,
        "100 |plus_di - minus_di| / (plus_di + minus_di); the value before where both are 0",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "ADX",
        Momentum,
        "Average directional index",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| 2 * count(p, 0) - 1,
        Adx::new,
        "Wilder average of DX, seeded with the mean of its first n values",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "ADXR",
        Momentum,
        "Average directional index rating",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| 3 * count(p, 0) - 2,
        Adxr::new,
        "(adx + adx[n-1]) / 2",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "AROON",
        Momentum,
        "Aroon",
        ["high", "low"],
        [period("timeperiod", 14)],
        ["aroondown", "aroonup"],
        |p| count(p, 0),
        Aroon::new,
        "100 (n - bars since the extreme of n + 1 bars) / n; the latest of equal extremes",
        "T. Chande, TASC 1995"
    ),
    spec!(
        "AROONOSC",
        Momentum,
        "Aroon oscillator",
        ["high", "low"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        AroonOsc::new,
        "aroon up - aroon down",
        "T. Chande, TASC 1995"
    ),
];

//! Volume-weighted prices and levels by session, and the volume profile.

use super::super::sum::Sum;
use super::kernel::{kernel, larger, smaller};
use super::levels::{pivot_kind, pivot_levels};
use super::ring::Ring;
use super::spec::{Param, Spec, count, period, period_from, real, spec};

const HOUR_MS: f64 = 3_600_000.0;

/// Volume-weighted mean of the typical price since a start, with its deviation.
#[derive(Clone, Debug, Default)]
struct Vwap {
    /// The first price: differences to it keep the variance from cancelling.
    origin: Option<f64>,
    volume: Sum,
    money: Sum,
    square: Sum,
}

impl Vwap {
    /// Mean and standard deviation, weighted with volume.
    #[inline(always)]
    fn push(&mut self, price: f64, volume: f64) -> (f64, f64) {
        let origin = *self.origin.get_or_insert(price);
        let off = price - origin;
        self.volume.add(volume);
        self.money.add(off * volume);
        self.square.add(off * off * volume);
        let value = |sum: Sum| sum.high + sum.low;
        let total = value(self.volume);
        if total <= 0.0 {
            return (price, 0.0);
        }
        let mean = value(self.money) / total;
        let variance = larger(value(self.square) / total - mean * mean, 0.0);
        (origin + mean, variance.sqrt())
    }
}

/// Number of the session that a time belongs to.
#[inline(always)]
fn session(time_ms: f64, hours: f64, offset_hours: f64) -> f64 {
    ((time_ms - offset_hours * HOUR_MS) / (hours * HOUR_MS)).floor()
}

kernel!(SessionVwap[5 => 3](p) { hours: f64 = p[0], offset: f64 = p[1], factor: f64 = p[2], session: Option<f64> = None, vwap: Vwap = Vwap::default() }
|this, [time, high, low, close, volume]| {
    let session = session(time, this.hours, this.offset);
    if this.session.replace(session) != Some(session) {
        this.vwap = Vwap::default();
    }
    let (mean, deviation) = this.vwap.push((high + low + close) / 3.0, volume);
    Some([mean + this.factor * deviation, mean, mean - this.factor * deviation])
});
kernel!(AnchoredVwap[5 => 1](p) { anchor: f64 = p[0], vwap: Vwap = Vwap::default() }
|this, [time, high, low, close, volume]| {
    if time < this.anchor { return None; }
    Some([this.vwap.push((high + low + close) / 3.0, volume).0])
});
kernel!(Pivots[4 => 7](p) {
    hours: f64 = p[0], offset: f64 = p[1], kind: usize = count(p, 2), session: Option<f64> = None,
    bars: [f64; 3] = [0.0; 3], levels: Option<[f64; 7]> = None }
|this, [time, high, low, close]| {
    let session = session(time, this.hours, this.offset);
    match this.session.replace(session) {
        Some(before) if before == session => {
            this.bars = [larger(high, this.bars[0]), smaller(low, this.bars[1]), close];
        }
        Some(_) => {
            let [high_before, low_before, close_before] = this.bars;
            this.levels = Some(pivot_levels(this.kind, high_before, low_before, close_before));
            this.bars = [high, low, close];
        }
        None => this.bars = [high, low, close],
    }
    this.levels
});
kernel!(Profile[3 => 3](p) {
    ring: Ring<(f64, f64, f64)> = Ring::new(count(p, 0)), bins: Box<[f64]> = vec![0.0; count(p, 1)].into(), share: f64 = p[2] / 100.0 }
|this, [high, low, volume]| {
    if !this.ring.push((high, low, volume)) { return None; }
    Some(profile(&this.ring, &mut this.bins, this.share))
});

/// Point of control and the ends of the value area. Each bar's volume is spread evenly over the bins that its range touches.
fn profile(ring: &Ring<(f64, f64, f64)>, bins: &mut [f64], share: f64) -> [f64; 3] {
    let mut bounds = (f64::NEG_INFINITY, f64::INFINITY);
    for (high, low, _) in ring.oldest_first() {
        bounds = (larger(high, bounds.0), smaller(low, bounds.1));
    }
    let (top, bottom) = bounds;
    let width = (top - bottom) / bins.len() as f64;
    // A window without range (or an upside-down one) has one price.
    if width.is_nan() || width <= 0.0 {
        return [bottom; 3];
    }
    bins.fill(0.0);
    let last = bins.len() - 1;
    let bin = |price: f64| (((price - bottom) / width) as usize).min(last);
    for (high, low, volume) in ring.oldest_first() {
        let (from, to) = (bin(low), bin(high).max(bin(low)));
        let part = volume / (to - from + 1) as f64;
        for amount in &mut bins[from..=to] {
            *amount += part;
        }
    }
    let mut control = 0;
    for place in 1..bins.len() {
        if bins[place] > bins[control] {
            control = place;
        }
    }
    let wanted = share * bins.iter().sum::<f64>();
    let (mut from, mut to, mut inside) = (control, control, bins[control]);
    while inside < wanted && (from > 0 || to < last) {
        let below = if from > 0 { bins[from - 1] } else { -1.0 };
        let above = if to < last { bins[to + 1] } else { -1.0 };
        if above >= below {
            to += 1;
            inside += bins[to];
        } else {
            from -= 1;
            inside += bins[from];
        }
    }
    let edge = |place: usize| width.mul_add(place as f64, bottom);
    [width.mul_add(0.5, edge(control)), edge(to + 1), edge(from)]
}

/// Hours of a session and by how many it is shifted from midnight UTC.
const fn session_hours() -> Param {
    Param { maximum: 744.0, ..period("sessionhours", 24) }
}

const fn offset_hours() -> Param {
    Param { minimum: 0.0, maximum: 743.0, ..period("offsethours", 0) }
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!("VWAPSESSION", Volume, "Volume-weighted average price of the session", ["time", "high", "low", "close", "volume"],
        [session_hours(), offset_hours(), real("nbdev", 1.0, 0.0, 1e6)], ["upperband", "vwap", "lowerband"],
        |_| 0, SessionVwap::new,
        "sum of typical price * volume over the sum of volume since the session began, and k standard deviations weighted alike; \
         the price while nothing was traded. Sessions are UTC days; other hours and offsets are counted from 1970 (168 and 96: \
         weeks from Monday)",
        "elementary"),
    spec!("VWAPANCHORED", Volume, "Volume-weighted average price since a moment", ["time", "high", "low", "close", "volume"],
        [Param { whole: true, ..real("anchortime", 0.0, 0.0, 8.64e15) }], ["vwap"], |_| 0, AnchoredVwap::new,
        "sum of typical price * volume over the sum of volume of the bars that open at or after anchortime (ms since 1970 UTC; 0: \
         from the first bar); NaN before",
        "elementary")
        .also(&["AVWAP"]),
    spec!("PIVOTS", Overlap, "Pivot points of the session", ["time", "high", "low", "close"],
        [session_hours(), offset_hours(), pivot_kind()], ["pivot", "r1", "s1", "r2", "s2", "r3", "s3"], |_| 1, Pivots::new,
        "levels from high h, low l and close c of the session before (NaN until there was one; the first may be a part): pivot p = \
         (h + l + c)/3; 0 standard: 2p - l, 2p - h, p + (h-l), p - (h-l), h + 2(p - l), l - 2(h - p); 1 Fibonacci: p and 0.382, 0.618, \
         1 times h - l; 2 Camarilla: c and 1.1/12, 1.1/6, 1.1/4 times h - l. Sessions as VWAPSESSION",
        "floor traders; N. Stott"),
    spec!("VPROFILE", Volume, "Volume profile", ["high", "low", "volume"],
        [period_from("timeperiod", 100, 1), Param { minimum: 2.0, maximum: 1000.0, ..period("bins", 24) }, real("valuearea", 70.0, 1.0, 100.0)],
        ["poc", "vah", "val"], |p| count(p, 0) - 1, Profile::new,
        "the window's range in equal bins, the volume of a bar spread evenly over those it touches: middle of the fullest (the \
         lowest of equals), and upper and lower end of the bins around it that hold so many percent, the fuller neighbour first; \
         n + bins operations a bar",
        "J. P. Steidlmayer"),
];

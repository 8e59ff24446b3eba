//! Where the close stands in the range of a window.

use super::super::ema::Ema;
use super::super::rsi::Rsi;
use super::block::{LONGEST, sums_reach};
use super::extremes::{extremes, extremes_reach};
use super::grid;
use super::kernel::{kernel, larger, middle, ratio_or, smaller};
use super::moving::Average;
use super::scratch::{Lane, Scratch};
use super::spec::{Spec, average_kind, count, period, spec};
use super::window::{Highest, Lowest};

/// `100 (x - lowest) / (highest - lowest)`, 0 for a window without range.
#[derive(Clone, Debug)]
struct Place {
    highest: Highest,
    lowest: Lowest,
}

impl Place {
    fn new(period: usize) -> Self {
        Place { highest: Highest::new(period), lowest: Lowest::new(period) }
    }

    #[inline(always)]
    fn period(&self) -> usize {
        self.highest.period()
    }

    /// As [`Place::push`], for the last bars of a block, one for each place of `out`.
    #[inline(always)]
    fn fill(&self, [high, low, close]: [&[f64]; 3], work: &mut [Lane; 4], out: &mut [f64]) {
        let [highest, lowest, a, b] = work;
        let rows = out.len();
        let (highest, lowest) = (&mut highest[..rows], &mut lowest[..rows]);
        let start = close.len() + 1 - rows - self.period();
        extremes(&high[start..], self.period(), [a, b], highest, larger);
        extremes(&low[start..], self.period(), [a, b], lowest, smaller);
        let close = &close[close.len() - rows..];
        for row in 0..rows {
            out[row] = 100.0 * ratio_or(close[row] - lowest[row], highest[row] - lowest[row], 0.0);
        }
    }

    #[inline(always)]
    fn push(&mut self, high: f64, low: f64, close: f64) -> Option<f64> {
        let highest = self.highest.push(high);
        let lowest = self.lowest.push(low);
        let (highest, lowest) = (highest?.0, lowest?.0);
        Some(100.0 * ratio_or(close - lowest, highest - lowest, 0.0))
    }
}

/// Bars before a block after which all windows are full and all averages have their seeds.
fn place_reach(place: &Place, averages: usize) -> Option<usize> {
    extremes_reach(place.period()).map(|reach| reach + averages + 1).filter(|&reach| reach <= 4 * LONGEST)
}

kernel!(Stoch[3 => 2](p) {
    place: Place = Place::new(count(p, 0)),
    slow_k: Average = Average::new(count(p, 2), count(p, 1)), slow_d: Average = Average::new(count(p, 4), count(p, 3)),
    warm_ups: [usize; 2] = [Average::warm_up(count(p, 2), count(p, 1)), Average::warm_up(count(p, 4), count(p, 3))] }
|this, [high, low, close]| {
    let fast = this.place.push(high, low, close)?;
    let k = this.slow_k.push(fast)?;
    this.slow_d.push(k).map(|d| [k, d])
}; reach place_reach(&this.place, this.slow_k.reach(this.warm_ups[0]) + this.slow_d.reach(this.warm_ups[1])); carry |block| {
    let [k, d] = block.results;
    let (Some(first), Some(second)) = (this.slow_k.simple_period(), this.slow_d.simple_period()) else {
        this.place.fill(block.bars, block.scratch.columns(), k);
        this.slow_k.run(k);
        d.copy_from_slice(k);
        this.slow_d.run(d);
        return true;
    };
    let Scratch { lanes, work, .. } = block.scratch;
    let [fast, slow, places @ ..] = &mut **lanes;
    let slow = &mut slow[..k.len() + sums_reach(second)];
    let fast = &mut fast[..slow.len() + sums_reach(first)];
    this.place.fill(block.bars, places.first_chunk_mut().expect("six are left"), fast);
    if !grid::sums_into(fast, first, true, work, slow) { return false; }
    k.copy_from_slice(&slow[sums_reach(second)..]);
    grid::sums_into(slow, second, true, work, d)
});
kernel!(StochF[3 => 2](p) {
    place: Place = Place::new(count(p, 0)), fast_d: Average = Average::new(count(p, 2), count(p, 1)),
    warm_up: usize = Average::warm_up(count(p, 2), count(p, 1)) }
|this, [high, low, close]| {
    let k = this.place.push(high, low, close)?;
    this.fast_d.push(k).map(|d| [k, d])
}; reach place_reach(&this.place, this.fast_d.reach(this.warm_up)); carry |block| {
    let [k, d] = block.results;
    let Some(period) = this.fast_d.simple_period() else {
        this.place.fill(block.bars, block.scratch.columns(), k);
        d.copy_from_slice(k);
        this.fast_d.run(d);
        return true;
    };
    let Scratch { lanes, work, .. } = block.scratch;
    let [fast, places @ ..] = &mut **lanes;
    let fast = &mut fast[..k.len() + sums_reach(period)];
    this.place.fill(block.bars, places.first_chunk_mut().expect("seven are left"), fast);
    k.copy_from_slice(&fast[sums_reach(period)..]);
    grid::sums_into(fast, period, true, work, d)
});
kernel!(StochRsi[1 => 2](p) {
    rsi: Rsi = Rsi::with_checked_period(count(p, 0)), place: Place = Place::new(count(p, 1)),
    fast_d: Average = Average::new(count(p, 3), count(p, 2)),
    averages: usize = count(p, 0) + Average::warm_up(count(p, 3), count(p, 2)),
    recent: Vec<f64> = Vec::new(), recent_places: Vec<f64> = Vec::new() }
|this, [x]| {
    let rsi = this.rsi.advance(x)?;
    let k = this.place.push(rsi, rsi, rsi)?;
    this.fast_d.push(k).map(|d| [k, d])
}; reach place_reach(&this.place, this.averages); carry |block| {
    let [k, d] = block.results;
    let rows = k.len();
    if this.recent.is_empty() {
        this.recent.extend(this.place.highest.oldest_first());
    }
    // The indices of the window before the block, then its own.
    let before = this.recent.len();
    let Scratch { lanes, work, .. } = block.scratch;
    let [indices, places, rest @ ..] = &mut **lanes;
    let indices = &mut indices[..before + rows];
    indices[..before].copy_from_slice(&this.recent);
    for (index, &x) in indices[before..].iter_mut().zip(&block.bars[0][block.reach..]) {
        *index = this.rsi.advance(x).unwrap_or(f64::NAN);
    }
    this.recent.copy_from_slice(&indices[rows..]);
    let indices = &*indices;
    this.place.fill([indices; 3], rest.first_chunk_mut().expect("six are left"), k);
    let Some(period) = this.fast_d.simple_period().filter(|&period| period <= LONGEST) else {
        d.copy_from_slice(k);
        this.fast_d.run(d);
        return true;
    };
    let reach = sums_reach(period);
    let known = this.recent_places.len();
    let places = &mut places[..known + rows];
    places[..known].copy_from_slice(&this.recent_places);
    places[known..].copy_from_slice(k);
    let done = if known == reach {
        grid::sums_into(places, period, true, work, d)
    } else {
        // The first block: the places before it are in the average alone.
        d.copy_from_slice(k);
        this.fast_d.run(d);
        true
    };
    if places.len() >= reach {
        this.recent_places.clear();
        this.recent_places.extend_from_slice(&places[places.len() - reach..]);
    }
    done
});
kernel!(Kdj[3 => 3](p) {
    place: Place = Place::new(count(p, 0)),
    slow_k: Average = Average::new(count(p, 2), count(p, 1)), slow_d: Average = Average::new(count(p, 4), count(p, 3)),
    averages: usize = Average::warm_up(count(p, 2), count(p, 1)) + Average::warm_up(count(p, 4), count(p, 3)) }
|this, [high, low, close]| {
    let fast = this.place.push(high, low, close)?;
    let k = this.slow_k.push(fast)?;
    this.slow_d.push(k).map(|d| [k, d, 3.0 * k - 2.0 * d])
}; reach place_reach(&this.place, this.averages); carry |block| {
    let [k, d, j] = block.results;
    this.place.fill(block.bars, block.scratch.columns(), k);
    if let (Average::Wilder(slow_k), Average::Wilder(slow_d)) = (&mut this.slow_k, &mut this.slow_d) {
        // Both wait for their last value at the same time.
        for (k, d) in k.iter_mut().zip(d.iter_mut()) {
            *k = slow_k.step(*k);
            *d = slow_d.step(*k);
        }
    } else {
        this.slow_k.run(k);
        d.copy_from_slice(k);
        this.slow_d.run(d);
    }
    for ((j, &k), &d) in j.iter_mut().zip(k.iter()).zip(d.iter()) {
        *j = 3.0 * k - 2.0 * d;
    }
    true
});
kernel!(Willr[3 => 1](p) { highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [high, low, close]| {
    let highest = this.highest.push(high);
    let lowest = this.lowest.push(low);
    let (highest, lowest) = (highest?.0, lowest?.0);
    Some([-100.0 * ratio_or(highest - close, highest - lowest, 0.0)])
}; reach extremes_reach(this.highest.period()); |block| block.fill_from_extremes(
    this.highest.period(),
    |highest, lowest, [_, _, close]| [-100.0 * ratio_or(highest - close, highest - lowest, 0.0)],
));
kernel!(Smi[3 => 2](p) {
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)),
    distance: [Ema; 2] = [Ema::with_checked_period(count(p, 2)), Ema::with_checked_period(count(p, 1))],
    range: [Ema; 2] = [Ema::with_checked_period(count(p, 2)), Ema::with_checked_period(count(p, 1))],
    signal: Ema = Ema::with_checked_period(count(p, 3)),
    averages: usize = count(p, 1) + count(p, 2) + count(p, 3) - 3 }
|this, [high, low, close]| {
    let highest = this.highest.push(high);
    let lowest = this.lowest.push(low);
    let (highest, lowest) = (highest?.0, lowest?.0);
    let distance = this.distance[0].advance(close - middle(highest, lowest));
    let range = this.range[0].advance(highest - lowest);
    let (distance, range) = (distance?, range?);
    let distance = this.distance[1].advance(distance);
    let range = this.range[1].advance(range);
    let smi = 200.0 * ratio_or(distance?, range?, 0.0);
    this.signal.advance(smi).map(|signal| [smi, signal])
}; reach extremes_reach(this.highest.period()).map(|reach| reach + this.averages + 1); carry |block| {
    let [smi, signal] = block.results;
    let rows = smi.len();
    let [high, low, close] = block.bars;
    let [highest, lowest, a, b] = block.scratch.columns();
    let (highest, lowest) = (&mut highest[..rows], &mut lowest[..rows]);
    let start = block.reach + 1 - this.highest.period();
    extremes(&high[start..], this.highest.period(), [a, b], highest, larger);
    extremes(&low[start..], this.highest.period(), [a, b], lowest, smaller);
    let close = &close[block.reach..block.reach + rows];
    let signal = &mut signal[..rows];
    // Copies of the averages stay in registers.
    let (mut distances, mut ranges, mut signals) = (this.distance.clone(), this.range.clone(), this.signal.clone());
    for row in 0..rows {
        let distance = distances[0].step(close[row] - middle(highest[row], lowest[row]));
        let range = ranges[0].step(highest[row] - lowest[row]);
        smi[row] = 200.0 * ratio_or(distances[1].step(distance), ranges[1].step(range), 0.0);
        signal[row] = signals.step(smi[row]);
    }
    (this.distance, this.range, this.signal) = (distances, ranges, signals);
    true
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "STOCH",
        Momentum,
        "Stochastic",
        ["high", "low", "close"],
        [
            period("fastk_period", 5),
            period("slowk_period", 3),
            average_kind("slowk_matype", 0),
            period("slowd_period", 3),
            average_kind("slowd_matype", 0)
        ],
        ["slowk", "slowd"],
        |p| count(p, 0) - 1
            + Average::warm_up(count(p, 2), count(p, 1))
            + Average::warm_up(count(p, 4), count(p, 3)),
        Stoch::new,
        "average of 100 (close - lowest) / (highest - lowest), and its average; 0 without range",
        "G. Lane"
    ),
    spec!(
        "STOCHF",
        Momentum,
        "Fast stochastic",
        ["high", "low", "close"],
        [period("fastk_period", 5), period("fastd_period", 3), average_kind("fastd_matype", 0)],
        ["fastk", "fastd"],
        |p| count(p, 0) - 1 + Average::warm_up(count(p, 2), count(p, 1)),
        StochF::new,
        "100 (close - lowest) / (highest - lowest), and its average; 0 without range",
        "G. Lane"
    ),
    spec!(
        "STOCHRSI",
        Momentum,
        "Stochastic of the relative strength index",
        ["close"],
        [
            period("timeperiod", 14),
            period("fastk_period", 5),
            period("fastd_period", 3),
            average_kind("fastd_matype", 0)
        ],
        ["fastk", "fastd"],
        |p| count(p, 0) + count(p, 1) - 1 + Average::warm_up(count(p, 3), count(p, 2)),
        StochRsi::new,
        "fast stochastic of rsi(close)",
        "T. Chande and S. Kroll, 1994"
    ),
    spec!(
        "KDJ",
        Momentum,
        "KDJ",
        ["high", "low", "close"],
        [
            period("fastk_period", 9),
            period("slowk_period", 3),
            average_kind("slowk_matype", 13),
            period("slowd_period", 3),
            average_kind("slowd_matype", 13)
        ],
        ["k", "d", "j"],
        |p| count(p, 0) - 1
            + Average::warm_up(count(p, 2), count(p, 1))
            + Average::warm_up(count(p, 4), count(p, 3)),
        Kdj::new,
        "stochastic with Wilder averages; j = 3 k - 2 d",
        "G. Lane; common in Asia"
    ),
    spec!(
        "WILLR",
        Momentum,
        "Williams %R",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0) - 1,
        Willr::new,
        "-100 (highest - close) / (highest - lowest); 0 without range",
        "L. Williams, 1973"
    ),
    spec!(
        "SMI",
        Momentum,
        "Stochastic momentum index",
        ["high", "low", "close"],
        [
            period("timeperiod", 13),
            period("fastperiod", 2),
            period("slowperiod", 25),
            period("signalperiod", 9)
        ],
        ["smi", "smisignal"],
        |p| count(p, 0) + count(p, 1) + count(p, 2) + count(p, 3) - 4,
        Smi::new,
        "200 s(close - middle of the range) / s(range), s = ema(ema(x, slow), fast); its ema",
        "W. Blau, TASC 1993"
    ),
];

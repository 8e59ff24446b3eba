// length: a definition of up to twenty lines for each of its indicators
//! Where the close stands in the range of a window, and indicators of the typical price.

use super::super::ema::Ema;
use super::super::rsi::Rsi;
use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::block::{LONGEST, derived_reach, fill_on, sums_reach};
use super::carried::Carried;
use super::each::{fill_rows, fill_rows_ahead, of_row};
use super::extremes::{extremes, extremes_reach};
use super::grid;
use super::kernel::{kernel, larger, middle, ratio_or, smaller, true_range};
use super::lanes::{LANES, Recurrence, SideBySide, Wide, all, both, run_lanes};
use super::moving::Average;
use super::scratch::{Lane, Scratch};
use super::spec::{Spec, average_kind, count, period, spec};
use super::window::{Highest, Lag, Lowest, Sums};

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
kernel!(Trange[3 => 1](p) { previous: Option<f64> = None }
|this, [high, low, close]| this.previous.replace(close).map(|before| [true_range(high, low, before)]);
reach Some(1);
|block| {
    let ([high, low, close], [out]) = (block.bars, block.results);
    let range = of_row!(3, |[high, low, before]| true_range(high, low, before));
    fill_rows_ahead([&high[1..], &low[1..], close], out, &range);
    true
});
kernel!(Atr[3 => 1](p) { previous: Option<f64> = None, range: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [high, low, close]| {
    let before = this.previous.replace(close)?;
    this.range.update(true_range(high, low, before)).map(|range| [range])
}; reach Some(this.range.period() + 1); carry |block| {
    this.range.running = block.fill_on(1, this.range.running, |range, [high, low, _], [_, _, before]| {
        let range = range.next(true_range(high, low, before));
        (range, [range.value])
    });
    true
});
kernel!(Natr[3 => 1](p) { previous: Option<f64> = None, range: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [high, low, close]| {
    let before = this.previous.replace(close)?;
    this.range.update(true_range(high, low, before)).map(|range| [100.0 * ratio_or(range, close, 0.0)])
}; reach Some(this.range.period() + 1); carry |block| {
    this.range.running = block.fill_on(1, this.range.running, |range, [high, low, close], [_, _, before]| {
        let range = range.next(true_range(high, low, before));
        (range, [100.0 * ratio_or(range.value, close, 0.0)])
    });
    true
});
kernel!(Adr[2 => 1](p) { sums: Sums<1> = Sums::new(count(p, 0)), count: Count = Count::new(count(p, 0)) }
    |this, [high, low]| this.sums.push([high - low]).then(|| [this.sums.mean(0, this.count)]);
    reach derived_reach(this.sums.period());
    |block| block.fill_with_means(this.sums.period(), &of_row!(2, |[high, low]| high - low)));
kernel!(Cvi[2 => 1](p) {
    average: Ema = Ema::with_checked_period(count(p, 0)), lag: Lag = Lag::new(count(p, 1)),
    carried: Carried = Carried::new(count(p, 1)) }
|this, [high, low]| {
    let now = this.average.advance(high - low)?;
    this.carried.push(now);
    this.lag.push(now).map(|before| [100.0 * ratio_or(now - before, before, 0.0)])
}; reach (this.lag.bars() <= LONGEST).then(|| this.average.period() - 1 + this.lag.bars()); carry |block| {
    let ([out], [averages]) = (block.results, block.scratch.columns());
    let rows = out.len();
    let places = this.carried.lay(averages, rows);
    this.average.running =
        fill_on(block.bars, block.reach, [places], 0, this.average.running, |average, [high, low], _| {
            let average = average.next(high - low);
            (average, [average.value])
        });
    let change = of_row!(2, |[now, before]| 100.0 * ratio_or(now - before, before, 0.0));
    fill_rows([&averages[this.carried.count()..], &averages[..]], out, &change);
    this.carried.take(averages, rows);
    true
});
kernel!(Chop[3 => 1](p) {
    previous: Option<f64> = None, ranges: Sums<1> = Sums::new(count(p, 0)), n: f64 = p[0],
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [high, low, close]| {
    let before = this.previous.replace(close)?;
    let highest = this.highest.push(larger(high, before));
    let lowest = this.lowest.push(smaller(low, before));
    if !this.ranges.push([true_range(high, low, before)]) { return None; }
    let range = highest?.0 - lowest?.0;
    Some([if range == 0.0 { 0.0 } else { 100.0 * (this.ranges.sum(0) / range).log10() / this.n.log10() }])
});

/// Wilder averages of the true range, and the last close.
struct Ranges {
    previous: f64,
    range: Recurrence,
}

impl SideBySide<3, 1> for Atr {
    type Lanes = Ranges;

    fn gather(kernels: &[Self; LANES]) -> Option<Ranges> {
        let range = Recurrence::of_wilder(kernels, |kernel| &kernel.range)?;
        Some(Ranges { previous: kernels[0].previous?, range })
    }

    #[inline(always)]
    fn step(lanes: &mut Ranges, [high, low, close]: [f64; 3]) -> [Wide; 1] {
        let before = std::mem::replace(&mut lanes.previous, close);
        [lanes.range.step(all(true_range(high, low, before)))]
    }
}

impl SideBySide<3, 1> for Natr {
    type Lanes = Ranges;

    fn gather(kernels: &[Self; LANES]) -> Option<Ranges> {
        let range = Recurrence::of_wilder(kernels, |kernel| &kernel.range)?;
        Some(Ranges { previous: kernels[0].previous?, range })
    }

    #[inline(always)]
    fn step(lanes: &mut Ranges, [high, low, close]: [f64; 3]) -> [Wide; 1] {
        let before = std::mem::replace(&mut lanes.previous, close);
        let range = lanes.range.step(all(true_range(high, low, before)));
        [both(range, all(close), |range, close| 100.0 * ratio_or(range, close, 0.0))]
    }
}

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
    spec!(
        "TRANGE",
        Volatility,
        "True range",
        ["high", "low", "close"],
        [],
        ["real"],
        |_| 1,
        Trange::new,
        "max(high, close[1]) - min(low, close[1])",
        "J. W. Wilder, 1978"
    ),
    spec!(
        "ATR",
        Volatility,
        "Average true range",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Atr::new,
        "Wilder average of the true range, the first bar left out",
        "J. W. Wilder, 1978"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(Atr::new, sets, inputs, outputs)),
    spec!(
        "NATR",
        Volatility,
        "Average true range, percent",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Natr::new,
        "100 atr / close",
        "J. Forman, TASC 2006"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(Natr::new, sets, inputs, outputs)),
    spec!(
        "ADR",
        Volatility,
        "Average range",
        ["high", "low"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0) - 1,
        Adr::new,
        "sma(high - low, n)",
        "elementary"
    ),
    spec!(
        "CVI",
        Volatility,
        "Chaikin's volatility",
        ["high", "low"],
        [period("timeperiod", 10), period("rocperiod", 10)],
        ["real"],
        |p| count(p, 0) - 1 + count(p, 1),
        Cvi::new,
        "rate of change of ema(high - low)",
        "M. Chaikin"
    ),
    spec!(
        "CHOP",
        Volatility,
        "Choppiness index",
        ["high", "low", "close"],
        [super::spec::period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0),
        Chop::new,
        "100 log10(sum of true ranges / true range of the whole window) / log10(n); 0 without range",
        "E. W. Dreiss"
    ),
];

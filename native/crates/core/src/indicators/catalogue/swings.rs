//! Indicators of highs and lows.

use super::super::ema::Ema;
use super::average::Simple;
use super::block::{LONGEST, derived_reach, fill_on, sums_reach, windows_reach};
use super::carried::Carried;
use super::each::{fill_rows, fill_rows_ahead, of_row};
use super::extremes::extremes;
use super::grid;
use super::kernel::{kernel, larger, middle, ratio_or, smaller, true_range};
use super::scratch::Scratch;
use super::spec::{Spec, count, period, spec};
use super::total::Total;
use super::window::{Highest, Lag, Sums};

/// A value above its neighbours: `left` before it and `right` after it.
#[derive(Clone, Debug)]
pub(super) struct Swing {
    before: Highest,
    candidate: Lag,
    candidate_before: Lag,
    after: Highest,
}

impl Swing {
    pub(super) fn new(left: usize, right: usize) -> Self {
        Swing {
            before: Highest::new(left),
            candidate: Lag::new(right),
            candidate_before: Lag::new(right + 1),
            after: Highest::new(right),
        }
    }

    /// Bars looked at before and after a candidate.
    fn periods(&self) -> [usize; 2] {
        [self.before.period(), self.after.period()]
    }

    /// Bars before a block that both windows want, if they are short enough.
    fn reach(&self) -> Option<usize> {
        let [before, after] = self.periods();
        (before + after <= LONGEST).then_some(before + after)
    }

    /// Whether the value `right` bars ago was a swing, told by the bar that confirms it.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<bool> {
        let after = self.after.push(value);
        let candidate = self.candidate.push(value);
        let before = match self.candidate_before.push(value) {
            Some(earlier) => self.before.push(earlier),
            None => None,
        };
        let candidate = candidate?;
        Some(candidate > before?.0 && candidate > after?.0)
    }
}

kernel!(Vortex[3 => 2](p) { previous: Option<[f64; 3]> = None, sums: Sums<3> = Sums::new(count(p, 0)) }
|this, [high, low, close]| {
    let [before_high, before_low, before_close] = this.previous.replace([high, low, close])?;
    let plus = (high - before_low).abs();
    let minus = (low - before_high).abs();
    if !this.sums.push([plus, minus, true_range(high, low, before_close)]) { return None; }
    let range = this.sums.sum(2);
    Some([ratio_or(this.sums.sum(0), range, 0.0), ratio_or(this.sums.sum(1), range, 0.0)])
}; reach derived_reach(this.sums.period()); |block| block.fill_from_sums(
    this.sums.period(),
    |[high, low, _], [before_high, before_low, before_close]| {
        [(high - before_low).abs(), (low - before_high).abs(), true_range(high, low, before_close)]
    },
    |[plus, minus, range], _| [ratio_or(plus, range, 0.0), ratio_or(minus, range, 0.0)],
));
kernel!(Awesome[2 => 1](p) { fast: Simple = Simple::new(count(p, 0)), slow: Simple = Simple::new(count(p, 1)) }
|this, [high, low]| {
    let price = middle(high, low);
    let fast = this.fast.push(price);
    let slow = this.slow.push(price);
    Some([fast? - slow?])
}; reach windows_reach(this.fast.period() + this.slow.period()); |block| {
    let ([result], rows) = (block.results, block.bars[0].len() - block.reach);
    let done = awesome(block.bars, rows, [&this.fast, &this.slow], block.scratch);
    result.copy_from_slice(&block.scratch.lanes[1][..rows]);
    done
});
kernel!(Accelerator[2 => 1](p) {
    fast: Simple = Simple::new(count(p, 0)), slow: Simple = Simple::new(count(p, 1)),
    signal: Simple = Simple::new(count(p, 2)) }
|this, [high, low]| {
    let price = middle(high, low);
    let fast = this.fast.push(price);
    let slow = this.slow.push(price);
    let awesome = fast? - slow?;
    this.signal.push(awesome).map(|signal| [awesome - signal])
}; reach windows_reach(this.fast.period() + this.slow.period() + this.signal.period()); |block| {
    let ([result], period) = (block.results, this.signal.period());
    let rows = result.len();
    let inner_rows = rows + sums_reach(period);
    if !awesome(block.bars, inner_rows, [&this.fast, &this.slow], block.scratch) { return false; }
    let Scratch { lanes, work, .. } = block.scratch;
    let awesome = &lanes[1];
    let done = grid::sums_into(&awesome[..inner_rows], period, true, work, result);
    let last = &awesome[inner_rows - rows..inner_rows];
    for row in 0..rows {
        result[row] = last[row] - result[row];
    }
    done
});

/// Fast less slow mean of the middle of the last bars, into the second column to work in.
#[inline(always)]
fn awesome([high, low]: [&[f64]; 2], rows: usize, [fast, slow]: [&Simple; 2], scratch: &mut Scratch) -> bool {
    let Scratch { lanes, work, .. } = scratch;
    let [middles, fasts, slows, ..] = &mut **lanes;
    let length = high.len();
    let middles = &mut middles[..length];
    fill_rows([high, low], middles, &of_row!(2, |[high, low]| middle(high, low)));
    let (fasts, slows) = (&mut fasts[..rows], &mut slows[..rows]);
    let periods = [fast.period(), slow.period()];
    let done = grid::sums_of_periods(middles, &[high, low], periods, true, work, [&mut *fasts, &mut *slows]);
    for row in 0..rows {
        fasts[row] -= slows[row];
    }
    done
}

kernel!(ElderRay[3 => 2](p) { average: Ema = Ema::with_checked_period(count(p, 0)) }
|this, [high, low, close]| this.average.advance(close).map(|average| [high - average, low - average]);
reach Some(this.average.period()); carry |block| {
    this.average.running = block.fill_on(0, this.average.running, |average, [high, low, close], _| {
        let average = average.next(close);
        (average, [high - average.value, low - average.value])
    });
    true
});
/// 100 where a value is beyond the extremes of the windows before and after it, else 0.
#[inline(always)]
fn mark(
    values: &[f64],
    before: &[f64],
    after: &[f64],
    out: &mut [f64],
    beyond: impl Fn(f64, f64) -> bool + Copy,
) {
    let rows = out.len();
    let (values, before, after) = (&values[..rows], &before[..rows], &after[..rows]);
    for row in 0..rows {
        let marked = beyond(values[row], before[row]) & beyond(values[row], after[row]);
        out[row] = if marked { 100.0 } else { 0.0 };
    }
}

kernel!(Fractal[2 => 2](p) {
    highs: Swing = Swing::new(count(p, 0), count(p, 1)), lows: Swing = Swing::new(count(p, 0), count(p, 1)) }
|this, [high, low]| {
    let top = this.highs.push(high);
    let bottom = this.lows.push(-low);
    let mark = |is: bool| if is { 100.0 } else { 0.0 };
    Some([mark(top?), mark(bottom?)])
}; reach this.highs.reach(); |block| {
    let [before, after] = this.highs.periods();
    let rows = block.results[0].len();
    // The windows before and after a candidate, and itself, as places in the bars: the first candidate follows one window.
    let start = block.reach - before - after;
    let [high, low] = [block.bars[0], block.bars[1]].map(|column| &column[start..]);
    let [highs, lows] = block.results;
    let [window_before, window_after, a, b] = block.scratch.columns();
    let (window_before, window_after) = (&mut window_before[..rows], &mut window_after[..rows]);
    extremes(&high[..rows + before - 1], before, [a, b], window_before, larger);
    extremes(&high[before + 1..], after, [a, b], window_after, larger);
    mark(&high[before..], window_before, window_after, highs, |value, other| value > other);
    extremes(&low[..rows + before - 1], before, [a, b], window_before, smaller);
    extremes(&low[before + 1..], after, [a, b], window_after, smaller);
    mark(&low[before..], window_before, window_after, lows, |value, other| value < other);
    true
});
kernel!(Mass[2 => 1](p) {
    first: Ema = Ema::with_checked_period(count(p, 0)), second: Ema = Ema::with_checked_period(count(p, 0)),
    sums: Sums<1> = Sums::new(count(p, 1)), carried: Carried = Carried::new(sums_reach(count(p, 1))) }
|this, [high, low]| {
    let first = this.first.advance(high - low)?;
    let second = this.second.advance(first)?;
    let ratio = ratio_or(first, second, 0.0);
    this.carried.push(ratio);
    this.sums.push([ratio]).then(|| [this.sums.sum(0)])
}; reach (this.sums.period() <= LONGEST).then(|| 2 * (this.first.period() - 1) + this.carried.count()); carry |block| {
    let Scratch { lanes, work, .. } = block.scratch;
    let [ratios, sums, ..] = &mut **lanes;
    let ([out], [high, low]) = (block.results, block.bars);
    let rows = out.len();
    let places = this.carried.lay(ratios, rows);
    let averages = (this.first.running, this.second.running);
    (this.first.running, this.second.running) =
        fill_on([high, low], block.reach, [places], 0, averages, |(first, second), [high, low], _| {
            let first = first.next(high - low);
            let second = second.next(first.value);
            ((first, second), [ratio_or(first.value, second.value, 0.0)])
        });
    let done = grid::sums(&ratios[..this.carried.count() + rows], this.sums.period(), false, work, sums);
    out.copy_from_slice(&sums[..rows]);
    this.carried.take(ratios, rows);
    done
});
kernel!(Wad[3 => 1](p) { previous: Option<f64> = None, total: Total = Total::default() }
|this, [high, low, close]| {
    let before = this.previous.replace(close).unwrap_or(close);
    Some([this.total.push(accumulated(high, low, close, before))])
}; reach Some(1); carry |block| {
    let ([high, low, close], [out]) = (block.bars, block.results);
    let move_of = of_row!(4, |[high, low, close, before]| accumulated(high, low, close, before));
    fill_rows_ahead([&high[1..], &low[1..], &close[1..], close], out, &move_of);
    this.total.run(out);
    true
});

/// What a bar adds: the distance of the close from the true low on a rise, from the true high on a fall.
#[inline(always)]
fn accumulated(high: f64, low: f64, close: f64, before: f64) -> f64 {
    let from = if close > before { smaller(low, before) } else { larger(high, before) };
    if close == before { 0.0 } else { close - from }
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "VORTEX",
        Momentum,
        "Vortex indicator",
        ["high", "low", "close"],
        [period("timeperiod", 14)],
        ["plusvi", "minusvi"],
        |p| count(p, 0),
        Vortex::new,
        "sums of |high - low[1]| and |low - high[1]| over the sum of the true range",
        "E. Botes and D. Siepman, TASC 2010"
    ),
    spec!(
        "AO",
        Momentum,
        "Awesome oscillator",
        ["high", "low"],
        [period("fastperiod", 5), period("slowperiod", 34)],
        ["real"],
        |p| count(p, 0).max(count(p, 1)) - 1,
        Awesome::new,
        "sma(median price, 5) - sma(median price, 34)",
        "B. Williams, 1995"
    ),
    spec!(
        "AC",
        Momentum,
        "Accelerator oscillator",
        ["high", "low"],
        [period("fastperiod", 5), period("slowperiod", 34), period("signalperiod", 5)],
        ["real"],
        |p| count(p, 0).max(count(p, 1)) + count(p, 2) - 2,
        Accelerator::new,
        "ao - sma(ao, 5)",
        "B. Williams, 1995"
    ),
    spec!(
        "ERI",
        Momentum,
        "Elder ray",
        ["high", "low", "close"],
        [period("timeperiod", 13)],
        ["bullpower", "bearpower"],
        |p| count(p, 0) - 1,
        ElderRay::new,
        "high - ema(close), low - ema(close)",
        "A. Elder, 1989"
    ),
    spec!(
        "FRACTAL",
        Momentum,
        "Fractals",
        ["high", "low"],
        [period("leftbars", 2), period("rightbars", 2)],
        ["swinghigh", "swinglow"],
        |p| count(p, 0) + count(p, 1),
        Fractal::new,
        "100 on the bar that confirms a high above its neighbours (or a low below them), else 0: the swing itself lies \
         rightbars back, nothing is repainted",
        "B. Williams, 1995"
    ),
    spec!(
        "MASSI",
        Volatility,
        "Mass index",
        ["high", "low"],
        [period("fastperiod", 9), period("slowperiod", 25)],
        ["real"],
        |p| 2 * (count(p, 0) - 1) + count(p, 1) - 1,
        Mass::new,
        "sum over 25 bars of ema(high - low, 9) / ema(ema(high - low, 9), 9)",
        "D. Dorsey, TASC 1992"
    ),
    spec!(
        "WAD",
        Momentum,
        "Williams accumulation / distribution",
        ["high", "low", "close"],
        [],
        ["real"],
        |_| 0,
        Wad::new,
        "running total of close - min(low, close[1]) on rises and close - max(high, close[1]) on falls",
        "L. Williams"
    ),
];

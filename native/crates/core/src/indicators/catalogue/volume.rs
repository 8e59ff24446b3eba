//! Indicators made of volume.

use super::super::ema::{Ema, Smoothing};
use super::super::sum::Count;
use super::block::{Block, fill_on, usable_from};
use super::each::{OfRow, fill_rows, fill_rows_ahead, of_row};
use super::halves::{Halves, Totals};
use super::joints::part_of;
use super::kernel::{kernel, ratio_or};
use super::scratch::Scratch;
use super::spec::{Spec, count, period, spec};
use super::total::{FEW, Total, fill_tested};
use super::window::{Lag, Sums};

/// Part of the volume that belongs to buyers less that of sellers, by where the bar closed.
#[inline(always)]
fn money_flow(high: f64, low: f64, close: f64, volume: f64) -> f64 {
    ratio_or((close - low) - (high - close), high - low, 0.0) * volume
}

/// The same as a function of a row.
fn money_flows() -> impl OfRow<4> {
    of_row!(4, |[high, low, close, volume]| money_flow(high, low, close, volume))
}

kernel!(Ad[4 => 1](p) { total: Total = Total::default() }
|this, [high, low, close, volume]| Some([this.total.push(money_flow(high, low, close, volume))]);
reach Some(0); tests |block| {
    let [out] = block.results;
    fill_tested(&mut this.total, (&block.bars, 0), block.bars, out, &money_flows())
});
kernel!(AdOsc[4 => 1](p) {
    total: Total = Total::default(), started: bool = false, fast: f64 = 0.0, slow: f64 = 0.0, left: usize = count(p, 0).max(count(p, 1)),
    smoothing: [Smoothing; 2] = [Smoothing::new(2.0 / (p[0] + 1.0)), Smoothing::new(2.0 / (p[1] + 1.0))],
    longest: usize = count(p, 0).max(count(p, 1)) }
|this, [high, low, close, volume]| {
    let line = this.total.push(money_flow(high, low, close, volume));
    if this.started {
        this.fast = this.smoothing[0].next(this.fast, line);
        this.slow = this.smoothing[1].next(this.slow, line);
    } else {
        this.started = true;
        (this.fast, this.slow) = (line, line);
    }
    this.left = this.left.saturating_sub(1);
    (this.left == 0).then_some([this.fast - this.slow])
}; reach Some(this.longest); tests |block| {
    let (smoothing, [out]) = (this.smoothing, block.results);
    let before = (this.total, this.fast, this.slow);
    let [line] = block.scratch.columns();
    let mut bars = part_of(block.bars, block.reach, out.len());
    // The averages wait for themselves; the processor begins with the flows of the next few bars meanwhile, if it sees so far ahead.
    for out in out.chunks_mut(FEW / 2) {
        let line = &mut line[..out.len()];
        fill_rows_ahead(bars, line, &money_flows());
        bars = part_of(bars, out.len(), bars[0].len() - out.len());
        this.total.run(line);
        (this.fast, this.slow) = fill_on([&*line], 0, [out], 0, (this.fast, this.slow), |(fast, slow), [line], _| {
            let (fast, slow) = (smoothing[0].next(fast, line), smoothing[1].next(slow, line));
            ((fast, slow), [fast - slow])
        });
    }
    let usable = usable_from(&block.bars, block.reach);
    if !usable {
        (this.total, this.fast, this.slow) = before;
    }
    usable
});
kernel!(Cmf[4 => 1](p) { window: Halves<Totals, 2, 2> = Halves::new(count(p, 0)) }
|this, [high, low, close, volume]| {
    let [flow, volume] = this.window.push([money_flow(high, low, close, volume), volume])?;
    Some([ratio_or(flow, volume, 0.0)])
}; reach this.window.reach(); |block| block.fill_from_share(
    &this.window,
    3,
    |[high, low, close, volume]| money_flow(high, low, close, volume),
    |[flow, volume], _| [ratio_or(flow, volume, 0.0)],
));
kernel!(Efi[2 => 1](p) { previous: Option<f64> = None, average: Ema = Ema::with_checked_period(count(p, 0)) }
|this, [close, volume]| {
    let before = this.previous.replace(close)?;
    this.average.advance((close - before) * volume).map(|force| [force])
}; reach Some(this.average.period() + 1); carry |block| {
    this.average.running = block.fill_on(1, this.average.running, |average, [close, volume], [before, _]| {
        let average = average.next((close - before) * volume);
        (average, [average.value])
    });
    true
});
/// The volume, counted up on rises and down on falls. Without a branch: nobody can foretell it.
#[inline(always)]
fn sided(close: f64, volume: f64, before: f64) -> f64 {
    let falling = if close < before { -volume } else { 0.0 };
    if close > before { volume } else { falling }
}

/// Fills a block that begins one bar earlier with the running total of a number made of close, volume and the close before.
#[inline(always)]
fn fill_total(total: &mut Total, block: Block<'_, 2, 1>, number: &impl OfRow<3>) -> bool {
    let ([close, volume], [out]) = (block.bars, block.results);
    fill_tested(total, (&block.bars, 1), [&close[1..], &volume[1..], close], out, number)
}

kernel!(Obv[2 => 1](p) { previous: Option<f64> = None, total: Total = Total::default() }
|this, [close, volume]| {
    let before = this.previous.replace(close).unwrap_or(f64::NEG_INFINITY);
    Some([this.total.push(sided(close, volume, before))])
}; reach Some(1); tests |block| fill_total(
    &mut this.total,
    block,
    &of_row!(3, |[close, volume, before]| sided(close, volume, before)),
));
kernel!(Pvt[2 => 1](p) { previous: Option<f64> = None, total: Total = Total::default() }
|this, [close, volume]| {
    let before = this.previous.replace(close).unwrap_or(close);
    Some([this.total.push(volume * ratio_or(close - before, before, 0.0))])
}; reach Some(1); tests |block| fill_total(
    &mut this.total,
    block,
    &of_row!(3, |[close, volume, before]| volume * ratio_or(close - before, before, 0.0)),
));

/// An index that moves with the price on some bars only.
#[derive(Debug)]
struct SelectiveIndex {
    previous: Option<(f64, f64)>,
    index: f64,
}

impl SelectiveIndex {
    fn new() -> Self {
        SelectiveIndex { previous: None, index: 1000.0 }
    }

    /// `counts` says of the volume before and now whether the bar moves the index.
    #[inline(always)]
    fn push(&mut self, close: f64, volume: f64, counts: impl Fn(f64, f64) -> bool) -> f64 {
        if let Some((before, volume_before)) = self.previous.replace((close, volume)) {
            let change = selected_change([close, volume], [before, volume_before], counts);
            self.index = self.index.mul_add(change, self.index);
        }
        self.index
    }

    /// The same for a block that begins one bar earlier: the changes side by side, then the index.
    #[inline(always)]
    fn carry(&mut self, block: Block<'_, 2, 1>, counts: impl Fn(f64, f64) -> bool + Copy) -> bool {
        let [out] = block.results;
        let rows = out.len();
        let [close, volume] = block.bars;
        let (close, volume) = (&close[..=rows], &volume[..=rows]);
        for row in 0..rows {
            out[row] = selected_change([close[row + 1], volume[row + 1]], [close[row], volume[row]], counts);
        }
        let mut index = self.index;
        for place in out {
            index = index.mul_add(*place, index);
            *place = index;
        }
        self.index = index;
        true
    }
}

/// The change of the close as a share of the close before, on bars that count; else 0.
#[inline(always)]
fn selected_change(
    [close, volume]: [f64; 2],
    [close_before, volume_before]: [f64; 2],
    counts: impl Fn(f64, f64) -> bool,
) -> f64 {
    let change = ratio_or(close - close_before, close_before, 0.0);
    if counts(volume_before, volume) { change } else { 0.0 }
}

kernel!(Nvi[2 => 1](p) { index: SelectiveIndex = SelectiveIndex::new() }
    |this, [close, volume]| Some([this.index.push(close, volume, |before, now| now < before)]);
    reach Some(1); carry |block| this.index.carry(block, |before, now| now < before));
kernel!(Pvi[2 => 1](p) { index: SelectiveIndex = SelectiveIndex::new() }
    |this, [close, volume]| Some([this.index.push(close, volume, |before, now| now > before)]);
    reach Some(1); carry |block| this.index.carry(block, |before, now| now > before));
kernel!(Rvol[1 => 1](p) { window: Halves<Totals, 1, 1> = Halves::new(count(p, 0)), before: Option<[f64; 1]> = None, n: f64 = p[0] }
|this, [volume]| {
    let before = std::mem::replace(&mut this.before, this.window.push([volume]));
    before.map(|[total]| [ratio_or(this.n * volume, total, 0.0)])
}; reach this.window.reach().map(|reach| reach + 1); |block| {
    let n = this.n;
    let ([values], [result]) = (block.bars, block.results);
    let Scratch { lanes, joints, .. } = block.scratch;
    let totals = &mut lanes[0][..result.len()];
    this.window.fill([&values[..values.len() - 1]], joints, [&mut *totals]);
    for (result, (&total, &volume)) in result.iter_mut().zip(totals.iter().zip(&values[block.reach..])) {
        *result = ratio_or(n * volume, total, 0.0);
    }
    true
});
/// Mean of high, low and close: divided by three exactly as a division would be, in less time (P. Markstein, 1990).
#[inline(always)]
fn typical(high: f64, low: f64, close: f64) -> f64 {
    const THIRD: f64 = 1.0 / 3.0;
    let prices = high + low + close;
    let quotient = prices * THIRD;
    (-3.0_f64).mul_add(quotient, prices).mul_add(THIRD, quotient)
}

kernel!(Vwap[4 => 1](p) { money: Total = Total::default(), volume: Total = Total::default() }
|this, [high, low, close, volume]| {
    let typical = typical(high, low, close);
    let (money, traded) = (this.money.push(typical * volume), this.volume.push(volume));
    Some([ratio_or(money, traded, typical)])
}; reach Some(0); tests |block| {
    let ([high, low, close, volume], [out]) = (block.bars, block.results);
    let [prices, money, traded] = block.scratch.columns().each_mut().map(|column| &mut column[..out.len()]);
    fill_rows_ahead([high, low, close], prices, &of_row!(3, |[high, low, close]| typical(high, low, close)));
    fill_rows([&*prices, volume], money, &of_row!(2, |[typical, volume]| typical * volume));
    traded.copy_from_slice(volume);
    if !usable_from(&block.bars, 0) { return false; }
    this.money.run(money);
    this.volume.run(traded);
    let mean = of_row!(3, |[money, traded, typical]| ratio_or(money, traded, typical));
    fill_rows([&*money, &*traded, &*prices], out, &mean);
    true
});
kernel!(Emv[3 => 1](p) {
    previous: Option<f64> = None, sums: Sums<1> = Sums::new(count(p, 0)), count: Count = Count::new(count(p, 0)), divisor: f64 = p[1] }
|this, [high, low, volume]| {
    let middle = f64::midpoint(high, low);
    let moved = middle - this.previous.replace(middle)?;
    let ease = ratio_or(moved * (high - low), volume / this.divisor, 0.0);
    this.sums.push([ease]).then(|| [this.sums.mean(0, this.count)])
});
kernel!(VolumeChange[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [volume]| this.lag.push(volume).map(|before| [100.0 * ratio_or(volume - before, before, 0.0)]));

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "AD",
        Volume,
        "Accumulation / distribution line",
        ["high", "low", "close", "volume"],
        [],
        ["real"],
        |_| 0,
        Ad::new,
        "running total of volume ((close - low) - (high - close)) / (high - low)",
        "M. Chaikin"
    ),
    spec!(
        "ADOSC",
        Volume,
        "Chaikin oscillator",
        ["high", "low", "close", "volume"],
        [period("fastperiod", 3), period("slowperiod", 10)],
        ["real"],
        |p| count(p, 0).max(count(p, 1)) - 1,
        AdOsc::new,
        "fast less slow ema of the line AD; both start from its first value",
        "M. Chaikin"
    ),
    spec!(
        "CMF",
        Volume,
        "Chaikin money flow",
        ["high", "low", "close", "volume"],
        [period("timeperiod", 20)],
        ["real"],
        |p| count(p, 0) - 1,
        Cmf::new,
        "sum of the money flow volume over the sum of the volume, put together from halves, 2 log2 n operations a bar",
        "M. Chaikin"
    ),
    spec!(
        "EFI",
        Volume,
        "Force index",
        ["close", "volume"],
        [period("timeperiod", 13)],
        ["real"],
        |p| count(p, 0),
        Efi::new,
        "ema((close - close[1]) volume, n)",
        "A. Elder, 1993"
    ),
    spec!(
        "OBV",
        Volume,
        "On-balance volume",
        ["close", "volume"],
        [],
        ["real"],
        |_| 0,
        Obv::new,
        "running total of the volume, counted up on rises and down on falls; the first bar counts up",
        "J. Granville, 1963"
    ),
    spec!(
        "PVT",
        Volume,
        "Price volume trend",
        ["close", "volume"],
        [],
        ["real"],
        |_| 0,
        Pvt::new,
        "running total of volume (close / close[1] - 1)",
        "D. Markstein, 1966"
    ),
    spec!(
        "NVI",
        Volume,
        "Negative volume index",
        ["close", "volume"],
        [],
        ["real"],
        |_| 0,
        Nvi::new,
        "1000, moved with the price on bars of falling volume",
        "P. Dysart, 1936"
    ),
    spec!(
        "PVI",
        Volume,
        "Positive volume index",
        ["close", "volume"],
        [],
        ["real"],
        |_| 0,
        Pvi::new,
        "1000, moved with the price on bars of rising volume",
        "P. Dysart, 1936"
    ),
    spec!(
        "RVOL",
        Volume,
        "Relative volume",
        ["volume"],
        [period("timeperiod", 20)],
        ["real"],
        |p| count(p, 0),
        Rvol::new,
        "volume over the mean of the n bars before, put together from halves, 2 log2 n operations a bar",
        "elementary"
    ),
    spec!(
        "VWAP",
        Volume,
        "Volume-weighted average price",
        ["high", "low", "close", "volume"],
        [],
        ["real"],
        |_| 0,
        Vwap::new,
        "sum of typical price * volume over the sum of volume, from the first bar on; the typical price where nothing was traded",
        "J. Elkins"
    ),
    spec!(
        "EMV",
        Volume,
        "Ease of movement",
        ["high", "low", "volume"],
        [period("timeperiod", 14), super::spec::real("divisor", 10000.0, 1e-9, 1e15)],
        ["real"],
        |p| count(p, 0),
        Emv::new,
        "sma of (change of the median price) (high - low) / (volume / divisor)",
        "R. Arms"
    ),
    spec!(
        "VROC",
        Volume,
        "Volume rate of change, percent",
        ["volume"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        VolumeChange::new,
        "100 (volume / volume[n] - 1)",
        "elementary"
    ),
];

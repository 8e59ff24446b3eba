//! How far prices range: within a bar and from one to the next.

use super::super::ema::Ema;
use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::block::{LONGEST, derived_reach, fill_on};
use super::carried::Carried;
use super::each::{fill_rows, fill_rows_ahead, of_row};
use super::kernel::{kernel, larger, ratio_or, smaller, true_range};
use super::lanes::{Recurrence, SideBySide, all, both, run_lanes};
use super::spec::{Spec, count, period, spec};
use super::tiles::{LANES, Wide};
use super::window::{Highest, Lag, Lowest, Sums};

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

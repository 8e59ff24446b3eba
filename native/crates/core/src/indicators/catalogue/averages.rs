//! Moving averages of one column.

use super::super::ema::Ema;
use super::super::wilder::WilderAverage;
use super::average::{EmaChain, Hull, Kaufman, Simple, Tillson, Triangular, Weighted, ZeroLag};
use super::block::{derived_reach, windows_reach};
use super::grid;
use super::halves::{Halves, Totals};
use super::kernel::kernel;
use super::lanes::{Recurrence, SideBySide, all, both, run_lanes};
use super::moving::Average;
use super::spec::{Spec, average_kind, count, period, period_from, real, spec};
use super::tiles::{LANES, Wide};

kernel!(Sma[1 => 1](p) { average: Simple = Simple::new(count(p, 0)) }
    |this, [x]| this.average.push(x).map(|value| [value]);
    reach derived_reach(this.average.period());
    |block| block.fill_from_column::<true>(this.average.period()));
kernel!(ExponentialAverage[1 => 1](p) { average: Ema = Ema::with_checked_period(count(p, 0)) }
|this, [x]| this.average.advance(x).map(|value| [value]);
reach Some(this.average.period()); carry |block| {
    this.average.running = block.fill_on(0, this.average.running, |average, [x], _| {
        let average = average.next(x);
        (average, [average.value])
    });
    true
});
kernel!(Wma[1 => 1](p) { average: Weighted = Weighted::new(count(p, 0)) }
|this, [x]| this.average.push(x).map(|value| [value]);
reach windows_reach(this.average.period()); |block| {
    let ([values], [result]) = (block.bars, block.results);
    grid::weighted_into(values, this.average.period(), true, &mut block.scratch.work, None, result)
});
kernel!(Dema[1 => 1](p) { chain: EmaChain<2> = EmaChain::new(count(p, 0)) }
|this, [x]| this.chain.push(x).map(|[first, second]| [2.0 * first - second]);
reach Some(this.chain.reach()); carry |block| {
    let chain = block.fill_on(0, this.chain.running(), |chain, [x], _| {
        let (chain, [first, second]) = chain.next(x);
        (chain, [2.0 * first - second])
    });
    this.chain.resume(chain);
    true
});
kernel!(Tema[1 => 1](p) { chain: EmaChain<3> = EmaChain::new(count(p, 0)) }
|this, [x]| this.chain.push(x).map(|[a, b, c]| [3.0 * a - 3.0 * b + c]);
reach Some(this.chain.reach()); carry |block| {
    let chain = block.fill_on(0, this.chain.running(), |chain, [x], _| {
        let (chain, [a, b, c]) = chain.next(x);
        (chain, [3.0 * a - 3.0 * b + c])
    });
    this.chain.resume(chain);
    true
});
kernel!(Trima[1 => 1](p) { average: Triangular = Triangular::new(count(p, 0)) }
    |this, [x]| this.average.push(x).map(|value| [value]);
    reach this.average.reach();
    |block| this.average.fill(block));
kernel!(Kama[1 => 1](p) { average: Kaufman = Kaufman::new(count(p, 0)) }
    |this, [x]| this.average.push(x).map(|value| [value]);
    reach derived_reach(this.average.period());
    carry |block| this.average.carry(block));
kernel!(T3[1 => 1](p) { average: Tillson = Tillson::new(count(p, 0), p[1]) }
    |this, [x]| this.average.push(x).map(|value| [value]);
    reach Some(this.average.reach());
    carry |block| this.average.carry(block));
kernel!(Hma[1 => 1](p) { average: Hull = Hull::new(count(p, 0)) }
    |this, [x]| this.average.push(x).map(|value| [value]);
    reach this.average.reach();
    |block| this.average.fill(block));
kernel!(Zlema[1 => 1](p) { average: ZeroLag = ZeroLag::new(count(p, 0)) }
|this, [x]| this.average.push(x).map(|value| [value]);
reach Some(this.average.reach()); carry |block| {
    let lag = this.average.lag();
    let average = this.average.ema();
    average.running = block.fill_on(lag, average.running, |average, [x], [before]| {
        let average = average.next(2.0 * x - before);
        (average, [average.value])
    });
    true
});
kernel!(Rma[1 => 1](p) { average: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [x]| this.average.update(x).map(|value| [value]);
reach Some(this.average.period()); carry |block| {
    this.average.running = block.fill_on(0, this.average.running, |average, [x], _| {
        let average = average.next(x);
        (average, [average.value])
    });
    true
});
kernel!(Ma[1 => 1](p) { average: Average = Average::new(count(p, 1), count(p, 0)) }
    |this, [x]| this.average.push(x).map(|value| [value]);
    reach this.average.simple_period().and_then(derived_reach);
    |block| block.fill_from_column::<true>(this.average.simple_period().unwrap_or(1)));
kernel!(Vwma[2 => 1](p) { window: Halves<Totals, 2, 2> = Halves::new(count(p, 0)) }
|this, [price, volume]| {
    let [money, traded] = this.window.push([price * volume, volume])?;
    Some([if traded == 0.0 { price } else { money / traded }])
}; reach this.window.reach(); |block| block.fill_from_share(
    &this.window,
    1,
    |[price, volume]| price * volume,
    |[money, traded], [price, _]| [if traded == 0.0 { price } else { money / traded }],
));

impl SideBySide<1, 1> for ExponentialAverage {
    type Lanes = Recurrence;

    fn gather(kernels: &[Self; LANES]) -> Option<Recurrence> {
        Recurrence::of_ema(kernels, |kernel| &kernel.average)
    }

    #[inline(always)]
    fn step(lanes: &mut Recurrence, [x]: [f64; 1]) -> [Wide; 1] {
        [lanes.step(all(x))]
    }
}

impl SideBySide<1, 1> for Rma {
    type Lanes = Recurrence;

    fn gather(kernels: &[Self; LANES]) -> Option<Recurrence> {
        Recurrence::of_wilder(kernels, |kernel| &kernel.average)
    }

    #[inline(always)]
    fn step(lanes: &mut Recurrence, [x]: [f64; 1]) -> [Wide; 1] {
        [lanes.step(all(x))]
    }
}

impl SideBySide<1, 1> for Dema {
    type Lanes = [Recurrence; 2];

    fn gather(kernels: &[Self; LANES]) -> Option<[Recurrence; 2]> {
        let link = |index| Recurrence::of_ema(kernels, move |kernel| kernel.chain.link(index));
        Some([link(0)?, link(1)?])
    }

    #[inline(always)]
    fn step([first, second]: &mut [Recurrence; 2], [x]: [f64; 1]) -> [Wide; 1] {
        let first = first.step(all(x));
        [both(first, second.step(first), |first, second| 2.0 * first - second)]
    }
}

impl SideBySide<1, 1> for Tema {
    type Lanes = [Recurrence; 3];

    fn gather(kernels: &[Self; LANES]) -> Option<[Recurrence; 3]> {
        let link = |index| Recurrence::of_ema(kernels, move |kernel| kernel.chain.link(index));
        Some([link(0)?, link(1)?, link(2)?])
    }

    #[inline(always)]
    fn step([first, second, third]: &mut [Recurrence; 3], [x]: [f64; 1]) -> [Wide; 1] {
        let a = first.step(all(x));
        let b = second.step(a);
        let c = third.step(b);
        let difference = both(a, b, |a, b| 3.0 * a - 3.0 * b);
        [both(difference, c, |difference, c| difference + c)]
    }
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "SMA",
        Overlap,
        "Simple moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Sma::new,
        "mean of the last n values; the exact mean of the window rounded once, without the drift of a running sum",
        "elementary"
    ),
    spec!(
        "EMA",
        Overlap,
        "Exponential moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        ExponentialAverage::new,
        "e += 2/(n+1) * (x - e), seeded with the mean of the first n values (Tulip and pandas start from the first)",
        "R. G. Brown, 1956"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(ExponentialAverage::new, sets, inputs, outputs)),
    spec!(
        "WMA",
        Overlap,
        "Weighted moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Wma::new,
        "mean with weight n for the newest value down to 1 for the oldest",
        "elementary"
    ),
    spec!(
        "DEMA",
        Overlap,
        "Double exponential moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| 2 * (count(p, 0) - 1),
        Dema::new,
        "2 e - ema(e), e = ema(x, n)",
        "P. G. Mulloy, TASC 1994"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(Dema::new, sets, inputs, outputs)),
    spec!(
        "TEMA",
        Overlap,
        "Triple exponential moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| 3 * (count(p, 0) - 1),
        Tema::new,
        "3 e1 - 3 e2 + e3, each the ema of the one before",
        "P. G. Mulloy, TASC 1994"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(Tema::new, sets, inputs, outputs)),
    spec!(
        "TRIMA",
        Overlap,
        "Triangular moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Trima::new,
        "sma(sma(x, ceil(n/2)), floor(n/2) + 1): weights rise to the middle and fall again",
        "elementary"
    ),
    spec!(
        "KAMA",
        Overlap,
        "Kaufman adaptive moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0),
        Kama::new,
        "k += s^2 (x - k), s = er (2/3 - 2/31) + 2/31, er = |x - x[n]| / sum of |changes|; starts from the value before the \
         first full window",
        "P. J. Kaufman, Smarter Trading, 1995"
    ),
    spec!(
        "T3",
        Overlap,
        "Tillson T3",
        ["close"],
        [period("timeperiod", 5), real("vfactor", 0.7, 0.0, 1.0)],
        ["real"],
        |p| 6 * (count(p, 0) - 1),
        T3::new,
        "three times the generalised dema with volume factor v, as a weighted sum of six chained emas",
        "T. Tillson, TASC 1998"
    ),
    spec!(
        "HMA",
        Overlap,
        "Hull moving average",
        ["close"],
        [period_from("timeperiod", 20, 2)],
        ["real"],
        |p| Average::warm_up(9, count(p, 0)),
        Hma::new,
        "wma(2 wma(x, floor(n/2)) - wma(x, n), floor(sqrt(n)))",
        "A. Hull, 2005"
    ),
    spec!(
        "ZLEMA",
        Overlap,
        "Zero-lag exponential moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| Average::warm_up(12, count(p, 0).max(2)),
        Zlema::new,
        "ema(2 x - x[(n-1)/2], n)",
        "J. Ehlers and R. Way, 2010"
    ),
    spec!(
        "RMA",
        Overlap,
        "Wilder's smoothed moving average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Rma::new,
        "r += (x - r) / n, seeded with the mean of the first n values",
        "J. W. Wilder, 1978"
    )
    .also(&["SMMA", "WILDERS"])
    .with_lanes(|sets, inputs, outputs| run_lanes(Rma::new, sets, inputs, outputs)),
    spec!(
        "MA",
        Overlap,
        "Moving average of a chosen kind",
        ["close"],
        [period("timeperiod", 30), average_kind("matype", 0)],
        ["real"],
        |p| Average::warm_up(count(p, 1), count(p, 0)),
        Ma::new,
        "0 SMA, 1 EMA, 2 WMA, 3 DEMA, 4 TEMA, 5 TRIMA, 6 KAMA, 7 MAMA, 8 T3, 9 HMA, 10 none, 11 SMA, 12 ZLEMA, 13 RMA",
        "TA-Lib"
    ),
    spec!(
        "VWMA",
        Overlap,
        "Volume-weighted moving average",
        ["close", "volume"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Vwma::new,
        "sum of price * volume / sum of volume, put together from halves, 2 log2 n operations a bar; the price where nothing was traded",
        "elementary"
    ),
];

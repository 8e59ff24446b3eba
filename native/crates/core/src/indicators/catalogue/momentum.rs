//! Momentum of one column: rates of change, strength of gains against losses, length of the path.

use super::super::ema::Ema;
use super::super::rsi::{Rsi as RelativeStrength, parts, strength};
use super::super::wilder::WilderAverage;
use super::average::{EmaChain, Simple, Weighted};
use super::block::{LONGEST, derived_reach};
use super::kernel::{kernel, ratio_or};
use super::lanes::{LANES, Recurrence, SideBySide, Wide, all, both, run_lanes};
use super::spec::{Spec, count, period, period_from, spec};
use super::window::{Highest, Lag, Lowest, Sums};

kernel!(Mom[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [x - before]);
    reach Some(this.lag.bars()).filter(|&bars| bars <= LONGEST);
    |block| block.fill_from_lag(|[x], [before]| [x - before]));
kernel!(Roc[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [100.0 * ratio_or(x - before, before, 0.0)]);
    reach Some(this.lag.bars()).filter(|&bars| bars <= LONGEST);
    |block| block.fill_from_lag(|[x], [before]| [100.0 * ratio_or(x - before, before, 0.0)]));
kernel!(Rocp[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [ratio_or(x - before, before, 0.0)]);
    reach Some(this.lag.bars()).filter(|&bars| bars <= LONGEST);
    |block| block.fill_from_lag(|[x], [before]| [ratio_or(x - before, before, 0.0)]));
kernel!(Rocr[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [ratio_or(x, before, 0.0)]);
    reach Some(this.lag.bars()).filter(|&bars| bars <= LONGEST);
    |block| block.fill_from_lag(|[x], [before]| [ratio_or(x, before, 0.0)]));
kernel!(Rocr100[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [100.0 * ratio_or(x, before, 0.0)]);
    reach Some(this.lag.bars()).filter(|&bars| bars <= LONGEST);
    |block| block.fill_from_lag(|[x], [before]| [100.0 * ratio_or(x, before, 0.0)]));
kernel!(Rsi[1 => 1](p) { strength: RelativeStrength = RelativeStrength::with_checked_period(count(p, 0)) }
    |this, [x]| this.strength.advance(x).map(|value| [value]));
kernel!(Cmo[1 => 1](p) {
    previous: Option<f64> = None,
    gain: WilderAverage = WilderAverage::new(count(p, 0)), loss: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [x]| {
    let change = x - this.previous.replace(x)?;
    let gain = this.gain.update(if change > 0.0 { change } else { 0.0 });
    let loss = this.loss.update(if change < 0.0 { -change } else { 0.0 });
    let (gain, loss) = (gain?, loss?);
    Some([100.0 * ratio_or(gain - loss, gain + loss, 0.0)])
});
kernel!(Cmou[1 => 1](p) { previous: Option<f64> = None, sums: Sums<2> = Sums::new(count(p, 0)) }
|this, [x]| {
    let change = x - this.previous.replace(x)?;
    if !this.sums.push([change, change.abs()]) { return None; }
    Some([100.0 * ratio_or(this.sums.sum(0), this.sums.sum(1), 0.0)])
}; reach derived_reach(this.sums.period()); |block| block.fill_from_sums(
    this.sums.period(),
    |[x], [before]| [x - before, (x - before).abs()],
    |[signed, sized], _| [100.0 * ratio_or(signed, sized, 0.0)],
));
kernel!(Imi[2 => 1](p) { sums: Sums<2> = Sums::new(count(p, 0)) }
|this, [open, close]| {
    let change = close - open;
    if !this.sums.push([if change > 0.0 { change } else { 0.0 }, change.abs()]) { return None; }
    Some([100.0 * ratio_or(this.sums.sum(0), this.sums.sum(1), 0.5)])
}; reach derived_reach(this.sums.period()); |block| block.fill_from_sums(
    this.sums.period(),
    |[open, close], _| {
        let change = close - open;
        [if change > 0.0 { change } else { 0.0 }, change.abs()]
    },
    |[up, sized], _| [100.0 * ratio_or(up, sized, 0.5)],
));
kernel!(Trix[1 => 1](p) { chain: EmaChain<3> = EmaChain::new(count(p, 0)), previous: Option<f64> = None }
|this, [x]| {
    let [_, _, third] = this.chain.push(x)?;
    let before = this.previous.replace(third)?;
    Some([100.0 * ratio_or(third - before, before, 0.0)])
});
kernel!(Tsi[1 => 1](p) {
    previous: Option<f64> = None,
    first: [Ema; 2] = [Ema::with_checked_period(count(p, 0)), Ema::with_checked_period(count(p, 0))],
    second: [Ema; 2] = [Ema::with_checked_period(count(p, 1)), Ema::with_checked_period(count(p, 1))] }
|this, [x]| {
    let change = x - this.previous.replace(x)?;
    let signed = this.first[0].advance(change);
    let sized = this.first[1].advance(change.abs());
    let (signed, sized) = (signed?, sized?);
    let signed = this.second[0].advance(signed);
    let sized = this.second[1].advance(sized);
    Some([100.0 * ratio_or(signed?, sized?, 0.0)])
});
kernel!(Coppock[1 => 1](p) {
    short: Lag = Lag::new(count(p, 1)), long: Lag = Lag::new(count(p, 2)), average: Weighted = Weighted::new(count(p, 0)) }
|this, [x]| {
    let short = this.short.push(x);
    let long = this.long.push(x);
    let (short, long) = (short?, long?);
    this.average
        .push(100.0 * (ratio_or(x - long, long, 0.0) + ratio_or(x - short, short, 0.0)))
        .map(|value| [value])
});
kernel!(Dpo[1 => 1](p) { lag: Lag = Lag::new(count(p, 0) / 2 + 1), average: Simple = Simple::new(count(p, 0)) }
|this, [x]| {
    let before = this.lag.push(x);
    let average = this.average.push(x)?;
    Some([before? - average])
});
kernel!(EfficiencyRatio[1 => 1](p) {
    previous: Option<f64> = None, lag: Lag = Lag::new(count(p, 0)), path: Sums<1> = Sums::new(count(p, 0)) }
|this, [x]| {
    let before = this.lag.push(x);
    let previous = this.previous.replace(x)?;
    if !this.path.push([(x - previous).abs()]) { return None; }
    Some([ratio_or((x - before?).abs(), this.path.sum(0), 0.0)])
});
kernel!(Vhf[1 => 1](p) {
    previous: Option<f64> = None, path: Sums<1> = Sums::new(count(p, 0)),
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [x]| {
    let highest = this.highest.push(x);
    let lowest = this.lowest.push(x);
    let previous = this.previous.replace(x)?;
    if !this.path.push([(x - previous).abs()]) { return None; }
    Some([ratio_or(highest?.0 - lowest?.0, this.path.sum(0), 0.0)])
});
kernel!(Qstick[2 => 1](p) { average: Simple = Simple::new(count(p, 0)) }
    |this, [open, close]| this.average.push(close - open).map(|value| [value]);
    reach derived_reach(this.average.period());
    |block| block.fill_from_means(this.average.period(), |[open, close], _| [close - open], |[mean], _| [mean]));

/// Wilder averages of gains and losses, and the last close.
struct Strengths {
    previous: f64,
    gain: Recurrence,
    loss: Recurrence,
}

impl SideBySide<1, 1> for Rsi {
    type Lanes = Strengths;

    fn gather(kernels: &[Self; LANES]) -> Option<Strengths> {
        Some(Strengths {
            previous: kernels[0].strength.parts().0?,
            gain: Recurrence::of_wilder(kernels, |kernel| kernel.strength.parts().1)?,
            loss: Recurrence::of_wilder(kernels, |kernel| kernel.strength.parts().2)?,
        })
    }

    #[inline(always)]
    fn step(lanes: &mut Strengths, [x]: [f64; 1]) -> [Wide; 1] {
        let (up, down) = parts(x - lanes.previous);
        lanes.previous = x;
        [both(lanes.gain.step(all(up)), lanes.loss.step(all(down)), strength)]
    }
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "MOM",
        Momentum,
        "Momentum",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        Mom::new,
        "x - x[n]",
        "elementary"
    ),
    spec!(
        "ROC",
        Momentum,
        "Rate of change, percent",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        Roc::new,
        "100 (x / x[n] - 1); 0 where x[n] is 0",
        "elementary"
    ),
    spec!(
        "ROCP",
        Momentum,
        "Rate of change",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        Rocp::new,
        "x / x[n] - 1; 0 where x[n] is 0",
        "elementary"
    ),
    spec!(
        "ROCR",
        Momentum,
        "Rate of change as a ratio",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        Rocr::new,
        "x / x[n]; 0 where x[n] is 0",
        "elementary"
    ),
    spec!(
        "ROCR100",
        Momentum,
        "Rate of change as a ratio, scaled",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        Rocr100::new,
        "100 x / x[n]; 0 where x[n] is 0",
        "elementary"
    ),
    spec!(
        "RSI",
        Momentum,
        "Relative strength index",
        ["close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Rsi::new,
        "100 gain / (gain + loss), Wilder averages of the changes; 50 while nothing has moved (TA-Lib 0)",
        "J. W. Wilder, 1978"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(Rsi::new, sets, inputs, outputs)),
    spec!(
        "CMO",
        Momentum,
        "Chande momentum oscillator, smoothed",
        ["close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Cmo::new,
        "100 (gain - loss) / (gain + loss), Wilder averages of the changes (as TA-Lib)",
        "T. Chande, 1994"
    ),
    spec!(
        "CMOU",
        Momentum,
        "Chande momentum oscillator",
        ["close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0),
        Cmou::new,
        "100 (gain - loss) / (gain + loss), sums over the window (as Chande)",
        "T. Chande, 1994"
    ),
    spec!(
        "IMI",
        Momentum,
        "Intraday momentum index",
        ["open", "close"],
        [period("timeperiod", 14)],
        ["real"],
        |p| count(p, 0) - 1,
        Imi::new,
        "100 up / (up + down), sums of close - open of rising and falling bars; 50 where all bars are flat",
        "T. Chande, 1994"
    ),
    spec!(
        "TRIX",
        Momentum,
        "Rate of change of a triple average",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| 3 * (count(p, 0) - 1) + 1,
        Trix::new,
        "100 (e3 / e3[1] - 1), e3 = ema(ema(ema(x)))",
        "J. Hutson, TASC 1983"
    ),
    spec!(
        "TSI",
        Momentum,
        "True strength index",
        ["close"],
        [period("firstperiod", 25), period("secondperiod", 13)],
        ["real"],
        |p| count(p, 0) + count(p, 1) - 1,
        Tsi::new,
        "100 ema(ema(change, r), s) / ema(ema(|change|, r), s)",
        "W. Blau, TASC 1991"
    ),
    spec!(
        "COPPOCK",
        Momentum,
        "Coppock curve",
        ["close"],
        [period("wmaperiod", 10), period("roc1period", 11), period("roc2period", 14)],
        ["real"],
        |p| count(p, 1).max(count(p, 2)) + count(p, 0) - 1,
        Coppock::new,
        "wma(roc(a) + roc(b), n)",
        "E. Coppock, 1962"
    ),
    spec!(
        "DPO",
        Momentum,
        "Detrended price oscillator",
        ["close"],
        [period_from("timeperiod", 20, 2)],
        ["real"],
        |p| (count(p, 0) - 1).max(count(p, 0) / 2 + 1),
        Dpo::new,
        "x[floor(n/2) + 1] - sma(x, n); looks only back",
        "elementary"
    ),
    spec!(
        "ER",
        Momentum,
        "Efficiency ratio",
        ["close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0),
        EfficiencyRatio::new,
        "|x - x[n]| / sum of |changes|; 0 where nothing moved",
        "P. J. Kaufman, 1995"
    ),
    spec!(
        "VHF",
        Momentum,
        "Vertical horizontal filter",
        ["close"],
        [period("timeperiod", 28)],
        ["real"],
        |p| count(p, 0),
        Vhf::new,
        "(max(x, n) - min(x, n)) / sum of the last n |changes|",
        "A. White, 1991"
    ),
    spec!(
        "QSTICK",
        Momentum,
        "Qstick",
        ["open", "close"],
        [period("timeperiod", 10)],
        ["real"],
        |p| count(p, 0) - 1,
        Qstick::new,
        "sma(close - open, n)",
        "T. Chande, 1994"
    ),
];

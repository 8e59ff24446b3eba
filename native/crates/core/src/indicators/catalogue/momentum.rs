//! Momentum of one column: rates of change, strength of gains against losses.

use super::super::ema::Ema;
use super::super::rsi::{Rsi as RelativeStrength, parts, strength};
use super::super::wilder::{WilderAverage, approached};
use super::average::EmaChain;
use super::block::{LONGEST, derived_reach};
use super::kernel::{kernel, ratio_or};
use super::lanes::{Recurrence, SideBySide, all, both, run_lanes};
use super::spec::{Spec, count, period, spec};
use super::tiles::{LANES, Wide};
use super::window::{Lag, Sums};

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
|this, [x]| this.strength.advance(x).map(|value| [value]);
reach Some(this.strength.warm_up_bars() + 1); carry |block| {
    let (gain, loss, share) = this.strength.running();
    let (gain, loss) = block.fill_on(1, (gain, loss), |(gain, loss), [x], [before]| {
        let (up, down) = parts(x - before);
        let (gain, loss) = (approached(gain, up, share), approached(loss, down, share));
        ((gain, loss), [strength(gain, loss)])
    });
    this.strength.resume(gain, loss);
    true
});
kernel!(Cmo[1 => 1](p) {
    previous: Option<f64> = None,
    gain: WilderAverage = WilderAverage::new(count(p, 0)), loss: WilderAverage = WilderAverage::new(count(p, 0)) }
|this, [x]| {
    let change = x - this.previous.replace(x)?;
    let gain = this.gain.update(if change > 0.0 { change } else { 0.0 });
    let loss = this.loss.update(if change < 0.0 { -change } else { 0.0 });
    let (gain, loss) = (gain?, loss?);
    Some([100.0 * ratio_or(gain - loss, gain + loss, 0.0)])
}; reach Some(this.gain.period() + 1); carry |block| {
    let averages = (this.gain.running, this.loss.running);
    (this.gain.running, this.loss.running) = block.fill_on(1, averages, |(gain, loss), [x], [before]| {
        let (up, down) = parts(x - before);
        let (gain, loss) = (gain.next(up), loss.next(down));
        ((gain, loss), [100.0 * ratio_or(gain.value - loss.value, gain.value + loss.value, 0.0)])
    });
    true
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
}; reach Some(this.chain.reach()); carry |block| {
    let state = (this.chain.running(), this.previous.unwrap_or(0.0));
    let (chain, previous) = block.fill_on(0, state, |(chain, before), [x], _| {
        let (chain, [_, _, third]) = chain.next(x);
        ((chain, third), [100.0 * ratio_or(third - before, before, 0.0)])
    });
    this.chain.resume(chain);
    this.previous = Some(previous);
    true
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
}; reach Some(this.first[0].period() + this.second[0].period()); carry |block| {
    // Of the changes and of their sizes.
    let averages = [0, 1].map(|place: usize| (this.first[place].running, this.second[place].running));
    let [signed, sized] = block.fill_on(1, averages, |[(a, b), (c, d)], [x], [before]| {
        let change = x - before;
        let (a, c) = (a.next(change), c.next(change.abs()));
        let (b, d) = (b.next(a.value), d.next(c.value));
        ([(a, b), (c, d)], [100.0 * ratio_or(b.value, d.value, 0.0)])
    });
    for (place, (first, second)) in [signed, sized].into_iter().enumerate() {
        (this.first[place].running, this.second[place].running) = (first, second);
    }
    true
});
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
        [both(lanes.gain.approach(all(up)), lanes.loss.approach(all(down)), strength)]
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
];

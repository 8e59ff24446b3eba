//! Momentum over windows: how far the price went against the way it took, and averages of its changes.

use super::average::{Simple, Weighted};
use super::block::{LONGEST, derived_reach, sums_reach, windows_reach};
use super::each::{fill_rows, of_row};
use super::grid;
use super::kernel::{kernel, ratio_or};
use super::scratch::Scratch;
use super::spec::{Spec, count, period, period_from, spec};
use super::window::{Highest, Lag, Lowest, Sums};

/// Both changes in percent. They are rounded to whole multiples of 2^-45, which no decimal that is shown can tell: their sums are
/// exact then, however small some of them are.
#[inline(always)]
fn changes(x: f64, short: f64, long: f64) -> f64 {
    const PLACE: f64 = 1.5 * (1_u64 << 7) as f64;
    let sum = 100.0 * (ratio_or(x - long, long, 0.0) + ratio_or(x - short, short, 0.0));
    (sum + PLACE) - PLACE
}

kernel!(Coppock[1 => 1](p) {
    short: Lag = Lag::new(count(p, 1)), long: Lag = Lag::new(count(p, 2)), average: Weighted = Weighted::new(count(p, 0)) }
|this, [x]| {
    let short = this.short.push(x);
    let long = this.long.push(x);
    let (short, long) = (short?, long?);
    this.average
        .push(changes(x, short, long))
        .map(|value| [value])
}; reach {
    let longest = this.short.bars().max(this.long.bars());
    windows_reach(this.average.period()).filter(|_| longest <= LONGEST).map(|reach| reach + longest)
}; |block| {
    let ([values], [result], period) = (block.bars, block.results, this.average.period());
    let Scratch { lanes, work, .. } = block.scratch;
    let [lane, averages, ..] = &mut **lanes;
    let rows = result.len();
    let inner_rows = rows + sums_reach(period);
    let start = values.len() - inner_rows;
    let now = &values[start..];
    let (short, long) = (&values[start - this.short.bars()..], &values[start - this.long.bars()..]);
    let change = of_row!(3, |[x, short, long]| changes(x, short, long));
    fill_rows([now, short, long], &mut lane[..inner_rows], &change);
    let done = grid::weighted(&lane[..inner_rows], period, true, work, None, averages);
    result.copy_from_slice(&averages[..rows]);
    done
});
kernel!(Dpo[1 => 1](p) { lag: Lag = Lag::new(count(p, 0) / 2 + 1), average: Simple = Simple::new(count(p, 0)) }
|this, [x]| {
    let before = this.lag.push(x);
    let average = this.average.push(x)?;
    Some([before? - average])
}; reach derived_reach(this.average.period()); |block| {
    let ([values], [result], period) = (block.bars, block.results, this.average.period());
    let work = &mut block.scratch.work;
    let rows = result.len();
    let before = &values[block.reach - this.lag.bars()..][..rows];
    let done = grid::sums_into(values, period, true, work, result);
    for row in 0..rows {
        result[row] = before[row] - result[row];
    }
    done
});
kernel!(EfficiencyRatio[1 => 1](p) {
    previous: Option<f64> = None, lag: Lag = Lag::new(count(p, 0)), path: Sums<1> = Sums::new(count(p, 0)) }
|this, [x]| {
    let before = this.lag.push(x);
    let previous = this.previous.replace(x)?;
    if !this.path.push([(x - previous).abs()]) { return None; }
    Some([ratio_or((x - before?).abs(), this.path.sum(0), 0.0)])
}; reach derived_reach(this.path.period()); |block| {
    let ([values], [result], period) = (block.bars, block.results, this.path.period());
    let Scratch { lanes, work, .. } = block.scratch;
    let [changes, paths, ..] = &mut **lanes;
    let rows = result.len();
    let size = of_row!(2, |[x, before]| (x - before).abs());
    fill_rows([&values[1..], values], &mut changes[..values.len() - 1], &size);
    let done = grid::sums(&changes[..values.len() - 1], period, false, work, paths);
    let (now, before) = (&values[block.reach..], &values[block.reach - period..]);
    let ratio = of_row!(3, |[x, before, path]| ratio_or((x - before).abs(), path, 0.0));
    fill_rows([now, before, &paths[..]], result, &ratio);
    done
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
    |block| block.fill_with_means(this.average.period(), &of_row!(2, |[open, close]| close - open)));

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "COPPOCK",
        Momentum,
        "Coppock curve",
        ["close"],
        [period("wmaperiod", 10), period("roc1period", 11), period("roc2period", 14)],
        ["real"],
        |p| count(p, 1).max(count(p, 2)) + count(p, 0) - 1,
        Coppock::new,
        "wma(roc(a) + roc(b), n), the sum of both in whole multiples of 2^-45 percent",
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

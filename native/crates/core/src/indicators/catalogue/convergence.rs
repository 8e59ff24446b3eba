//! Differences of averages.

use super::super::ema::Ema;
use super::block::{Block, sums_reach, windows_reach};
use super::each::{fill_rows, of_row};
use super::grid;
use super::kernel::{kernel, ratio_or};
use super::lanes::{Recurrence, SideBySide, all, both, run_lanes};
use super::moving::{Average, AveragePair};
use super::scratch::Scratch;
use super::spec::{Spec, average_kind, count, period, spec};
use super::tiles::{LANES, Wide};

/// Two averages, their difference, and its average.
#[derive(Debug)]
struct Convergence {
    pair: AveragePair,
    signal: Average,
}

impl Convergence {
    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<[f64; 3]> {
        let (fast, slow) = self.pair.push(value)?;
        let macd = fast - slow;
        let signal = self.signal.push(macd)?;
        Some([macd, signal, macd - signal])
    }
}

impl Convergence {
    /// The periods, if all averages are simple ones.
    fn simple_periods(&self) -> Option<([usize; 2], usize)> {
        Some((self.pair.simple_periods()?, self.signal.simple_period()?))
    }

    /// Bars before a block of simple averages.
    fn reach(&self) -> Option<usize> {
        let ([fast, slow], signal) = self.simple_periods()?;
        windows_reach(fast.max(slow) + signal)
    }
}

/// Exponential pair with given smoothing, the fast one waiting for the slow one's seed.
#[derive(Debug)]
struct ExponentialPair {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    fast_waits: usize,
}

impl ExponentialPair {
    fn new(fast: usize, slow: usize, signal: usize) -> Self {
        let (fast, slow) = if slow < fast { (slow, fast) } else { (fast, slow) };
        ExponentialPair {
            fast: Ema::with_checked_period(fast),
            slow: Ema::with_checked_period(slow),
            signal: Ema::with_checked_period(signal),
            fast_waits: slow - fast,
        }
    }

    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<[f64; 3]> {
        if self.fast_waits > 0 {
            self.fast_waits -= 1;
            self.slow.advance(value);
            return None;
        }
        let fast = self.fast.advance(value);
        let slow = self.slow.advance(value);
        let macd = fast? - slow?;
        let signal = self.signal.advance(macd)?;
        Some([macd, signal, macd - signal])
    }

    /// Bars after which all averages have their seeds.
    fn reach(&self) -> usize {
        self.slow.period() + self.signal.period() - 1
    }

    #[inline(always)]
    fn carry(&mut self, block: Block<'_, 1, 3>) -> bool {
        let averages = (self.fast.running, self.slow.running, self.signal.running);
        (self.fast.running, self.slow.running, self.signal.running) =
            block.fill_on(0, averages, |(fast, slow, signal), [x], _| {
                let (fast, slow) = (fast.next(x), slow.next(x));
                let macd = fast.value - slow.value;
                let signal = signal.next(macd);
                ((fast, slow, signal), [macd, signal.value, macd - signal.value])
            });
        true
    }
}

fn oscillator_warm_up(p: &[f64]) -> usize {
    Average::warm_up(count(p, 2), count(p, 0)).max(Average::warm_up(count(p, 2), count(p, 1)))
}

fn extended_warm_up(p: &[f64]) -> usize {
    Average::warm_up(count(p, 1), count(p, 0)).max(Average::warm_up(count(p, 3), count(p, 2)))
        + Average::warm_up(count(p, 5), count(p, 4))
}

kernel!(Apo[1 => 1](p) { pair: AveragePair = AveragePair::independent(count(p, 2), count(p, 0), count(p, 1)) }
    |this, [x]| this.pair.push(x).map(|(fast, slow)| [fast - slow]);
    reach this.pair.exponential_reach();
    carry |block| this.pair.fill_exponential(block, |fast, slow| [fast - slow]));
kernel!(Ppo[1 => 1](p) { pair: AveragePair = AveragePair::independent(count(p, 2), count(p, 0), count(p, 1)) }
    |this, [x]| this.pair.push(x).map(|(fast, slow)| [100.0 * ratio_or(fast - slow, slow, 0.0)]);
    reach this.pair.exponential_reach();
    carry |block| this.pair.fill_exponential(block, |fast, slow| [100.0 * ratio_or(fast - slow, slow, 0.0)]));
kernel!(Macd[1 => 3](p) { pair: ExponentialPair = ExponentialPair::new(count(p, 0), count(p, 1), count(p, 2)) }
    |this, [x]| this.pair.push(x);
    reach Some(this.pair.reach());
    carry |block| this.pair.carry(block));
kernel!(MacdFix[1 => 3](p) { pair: ExponentialPair = {
        let mut pair = ExponentialPair::new(12, 26, count(p, 0));
        pair.fast = Ema::with_smoothing(12, 0.15);
        pair.slow = Ema::with_smoothing(26, 0.075);
        pair
    } }
    |this, [x]| this.pair.push(x);
    reach Some(this.pair.reach());
    carry |block| this.pair.carry(block));
kernel!(MacdExt[1 => 3](p) { lines: Convergence = Convergence {
        pair: AveragePair::new((count(p, 1), count(p, 0)), (count(p, 3), count(p, 2))),
        signal: Average::new(count(p, 5), count(p, 4)),
    } }
|this, [x]| this.lines.push(x); reach this.lines.reach(); |block| {
    let Some(([fast, slow], signal)) = this.lines.simple_periods() else { return false };
    let ([values], [macd, signals, rest]) = (block.bars, block.results);
    let rows = macd.len();
    let Scratch { lanes, work, .. } = block.scratch;
    let [first, second, ..] = &mut **lanes;
    // The signal looks at differences before the block.
    let inner_rows = rows + sums_reach(signal);
    if !grid::sums_into(values, fast, true, work, &mut first[..inner_rows])
        || !grid::sums_into(values, slow, true, work, &mut second[..inner_rows])
    {
        return false;
    }
    for (fast, &slow) in first[..inner_rows].iter_mut().zip(&second[..inner_rows]) {
        *fast -= slow;
    }
    let done = grid::sums(&first[..inner_rows], signal, true, work, second);
    macd.copy_from_slice(&first[inner_rows - rows..inner_rows]);
    signals.copy_from_slice(&second[..rows]);
    fill_rows([&*macd, &*signals], rest, &of_row!(2, |[macd, signal]| macd - signal));
    done
});

impl SideBySide<1, 3> for Macd {
    type Lanes = [Recurrence; 3];

    fn gather(kernels: &[Self; LANES]) -> Option<[Recurrence; 3]> {
        Some([
            Recurrence::of_ema(kernels, |kernel| &kernel.pair.fast)?,
            Recurrence::of_ema(kernels, |kernel| &kernel.pair.slow)?,
            Recurrence::of_ema(kernels, |kernel| &kernel.pair.signal)?,
        ])
    }

    #[inline(always)]
    fn step([fast, slow, signal]: &mut [Recurrence; 3], [x]: [f64; 1]) -> [Wide; 3] {
        let macd = both(fast.step(all(x)), slow.step(all(x)), |fast, slow| fast - slow);
        let signal = signal.step(macd);
        [macd, signal, both(macd, signal, |macd, signal| macd - signal)]
    }
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "APO",
        Momentum,
        "Absolute price oscillator",
        ["close"],
        [period("fastperiod", 12), period("slowperiod", 26), average_kind("matype", 1)],
        ["real"],
        oscillator_warm_up,
        Apo::new,
        "fast less slow average, each seeded with its own first bars",
        "elementary"
    ),
    spec!(
        "PPO",
        Momentum,
        "Percentage price oscillator",
        ["close"],
        [period("fastperiod", 12), period("slowperiod", 26), average_kind("matype", 1)],
        ["real"],
        oscillator_warm_up,
        Ppo::new,
        "100 (fast - slow) / slow, each average seeded with its own first bars",
        "G. Appel"
    ),
    spec!(
        "PVO",
        Volume,
        "Percentage volume oscillator",
        ["volume"],
        [period("fastperiod", 12), period("slowperiod", 26), average_kind("matype", 1)],
        ["real"],
        oscillator_warm_up,
        Ppo::new,
        "PPO of the volume",
        "elementary"
    ),
    spec!(
        "MACD",
        Momentum,
        "Moving average convergence / divergence",
        ["close"],
        [period("fastperiod", 12), period("slowperiod", 26), period("signalperiod", 9)],
        ["macd", "macdsignal", "macdhist"],
        |p| count(p, 0).max(count(p, 1)) - 1 + count(p, 2) - 1,
        Macd::new,
        "fast less slow ema, its ema, their difference; the fast ema is seeded with the bars that end the slow one's seed \
         (TA-Lib; Stock Indicators and TradingView seed it with the first bars)",
        "G. Appel, 1979"
    )
    .with_lanes(|sets, inputs, outputs| run_lanes(Macd::new, sets, inputs, outputs)),
    spec!(
        "MACDFIX",
        Momentum,
        "MACD with fixed smoothing",
        ["close"],
        [period("signalperiod", 9)],
        ["macd", "macdsignal", "macdhist"],
        |p| 25 + count(p, 0) - 1,
        MacdFix::new,
        "MACD with smoothing 0.15 and 0.075 in place of 2/13 and 2/27",
        "G. Appel, 1979"
    ),
    spec!(
        "MACDEXT",
        Momentum,
        "MACD of chosen averages",
        ["close"],
        [
            period("fastperiod", 12),
            average_kind("fastmatype", 0),
            period("slowperiod", 26),
            average_kind("slowmatype", 0),
            period("signalperiod", 9),
            average_kind("signalmatype", 0)
        ],
        ["macd", "macdsignal", "macdhist"],
        extended_warm_up,
        MacdExt::new,
        "MACD with the averages of MA",
        "TA-Lib"
    ),
];

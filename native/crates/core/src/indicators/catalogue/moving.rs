//! An average whose kind is a parameter, and pairs of them that start together.

use super::super::ema::Ema;
use super::super::wilder::WilderAverage;
use super::average::{EmaChain, Hull, Kaufman, Simple, Tillson, Triangular, Weighted, ZeroLag};
use super::block::{Block, sums_reach};
use super::hilbert::Mesa;
use crate::cpu::multiversioned;

/// TA-Lib's numbers: 0 SMA, 1 EMA, 2 WMA, 3 DEMA, 4 TEMA, 5 TRIMA, 6 KAMA, 7 MAMA, 8 T3, 9 HMA, 10 none, 11 the
/// indicator's own default (here SMA), 12 ZLEMA, 13 RMA.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)]
pub(super) enum Average {
    Simple(Simple),
    Exponential(Ema),
    Weighted(Weighted),
    Double(EmaChain<2>),
    Triple(EmaChain<3>),
    Triangular(Triangular),
    Kaufman(Kaufman),
    Mesa(Box<Mesa>),
    Tillson(Tillson),
    Hull(Hull),
    Identity,
    ZeroLag(ZeroLag),
    Wilder(WilderAverage),
}

impl Average {
    pub(super) fn new(kind: usize, period: usize) -> Self {
        if period == 1 && kind != 7 {
            return Average::Identity;
        }
        match kind {
            1 => Average::Exponential(Ema::with_checked_period(period)),
            2 => Average::Weighted(Weighted::new(period)),
            3 => Average::Double(EmaChain::new(period)),
            4 => Average::Triple(EmaChain::new(period)),
            5 => Average::Triangular(Triangular::new(period)),
            6 => Average::Kaufman(Kaufman::new(period)),
            7 => Average::Mesa(Box::new(Mesa::new(0.5, 0.05))),
            8 => Average::Tillson(Tillson::new(period, 0.7)),
            9 => Average::Hull(Hull::new(period)),
            10 => Average::Identity,
            12 => Average::ZeroLag(ZeroLag::new(period)),
            13 => Average::Wilder(WilderAverage::new(period)),
            _ => Average::Simple(Simple::new(period)),
        }
    }

    /// Bars before the first value.
    pub(super) fn warm_up(kind: usize, period: usize) -> usize {
        if period == 1 && kind != 7 {
            return 0;
        }
        match kind {
            3 => 2 * (period - 1),
            4 => 3 * (period - 1),
            6 => period,
            7 => 32,
            8 => 6 * (period - 1),
            9 => period - 1 + ((period as f64).sqrt() as usize - 1),
            10 => 0,
            12 => period - 1 + (period - 1) / 2,
            _ => period - 1,
        }
    }

    /// The period of a simple average.
    pub(super) fn simple_period(&self) -> Option<usize> {
        if let Average::Simple(average) = self { Some(average.period()) } else { None }
    }

    /// Bars before a block that it wants to see, if it is a simple average; else those of its warm-up.
    pub(super) fn reach(&self, warm_up: usize) -> usize {
        self.simple_period().map_or(warm_up, sums_reach)
    }

    /// Takes the next value. The usual kinds are part of the caller; the others are called, or their code would be
    /// in every indicator that lets its average be chosen.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<f64> {
        match self {
            Average::Simple(average) => average.push(value),
            Average::Exponential(average) => average.advance(value),
            other => push_other(other, value),
        }
    }

    /// Takes a column and puts the averages in its place. The warm-up must be over.
    #[inline(always)]
    pub(super) fn run(&mut self, values: &mut [f64]) {
        match self {
            Average::Identity => {}
            Average::Exponential(average) => {
                for value in values {
                    *value = average.step(*value);
                }
            }
            Average::Wilder(average) => {
                for value in values {
                    *value = average.step(*value);
                }
            }
            Average::Simple(average) => {
                // A copy, so that its sums stay in registers.
                let mut copy = average.clone();
                for value in values {
                    *value = copy.push(*value).unwrap_or(f64::NAN);
                }
                *average = copy;
            }
            other => {
                for value in values {
                    *value = push_other(other, *value).unwrap_or(f64::NAN);
                }
            }
        }
    }

    #[inline(always)]
    fn push_rare(&mut self, value: f64) -> Option<f64> {
        match self {
            Average::Simple(_) | Average::Exponential(_) => None,
            Average::Weighted(average) => average.push(value),
            Average::Double(chain) => chain.push(value).map(|[first, second]| 2.0 * first - second),
            Average::Triple(chain) => chain.push(value).map(|[a, b, c]| 3.0 * a - 3.0 * b + c),
            Average::Triangular(average) => average.push(value),
            Average::Kaufman(average) => average.push(value),
            Average::Mesa(average) => average.push(value).map(|[mama, _]| mama),
            Average::Tillson(average) => average.push(value),
            Average::Hull(average) => average.push(value),
            Average::Identity => Some(value),
            Average::ZeroLag(average) => average.push(value),
            Average::Wilder(average) => average.update(value),
        }
    }
}

multiversioned! {
    fn push_other(average: &mut Average, value: f64) -> Option<f64> {
        average.push_rare(value)
    }
}

/// Two averages. One that warms up sooner can wait, so that both have their first value on the same bar: what an
/// exponential one is seeded with depends on that.
#[derive(Clone, Debug)]
pub(super) struct AveragePair {
    fast: Average,
    slow: Average,
    fast_waits: usize,
    slow_waits: usize,
}

impl AveragePair {
    /// The kinds and periods of the two, the sooner one waiting; the shorter period comes first out of `push`.
    pub(super) fn new(first: (usize, usize), second: (usize, usize)) -> Self {
        let (fast, slow) = if second.1 < first.1 { (second, first) } else { (first, second) };
        let fast_warm_up = Average::warm_up(fast.0, fast.1);
        let slow_warm_up = Average::warm_up(slow.0, slow.1);
        AveragePair {
            fast: Average::new(fast.0, fast.1),
            slow: Average::new(slow.0, slow.1),
            fast_waits: slow_warm_up.saturating_sub(fast_warm_up),
            slow_waits: fast_warm_up.saturating_sub(slow_warm_up),
        }
    }

    /// Two averages of one kind, of which none waits.
    pub(super) fn independent(kind: usize, first: usize, second: usize) -> Self {
        AveragePair { fast_waits: 0, slow_waits: 0, ..AveragePair::new((kind, first), (kind, second)) }
    }

    /// The periods of both averages, if both are simple ones.
    pub(super) fn simple_periods(&self) -> Option<[usize; 2]> {
        Some([self.fast.simple_period()?, self.slow.simple_period()?])
    }

    /// Bars after which both averages have their seeds, if both are exponential.
    pub(super) fn exponential_reach(&self) -> Option<usize> {
        match (&self.fast, &self.slow) {
            (Average::Exponential(fast), Average::Exponential(slow)) => {
                Some(fast.period().max(slow.period()))
            }
            _ => None,
        }
    }

    /// Fills a block from both averages, if both are exponential; none waits any more.
    #[inline(always)]
    pub(super) fn fill_exponential(
        &mut self,
        block: Block<'_, 1, 1>,
        result: impl Fn(f64, f64) -> [f64; 1],
    ) -> bool {
        let (Average::Exponential(fast), Average::Exponential(slow)) = (&mut self.fast, &mut self.slow)
        else {
            return false;
        };
        (fast.running, slow.running) =
            block.fill_on(0, (fast.running, slow.running), |(fast, slow), [x], _| {
                let (fast, slow) = (fast.next(x), slow.next(x));
                ((fast, slow), result(fast.value, slow.value))
            });
        true
    }

    /// Fast and slow average.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let fast = if self.fast_waits > 0 {
            self.fast_waits -= 1;
            None
        } else {
            self.fast.push(value)
        };
        let slow = if self.slow_waits > 0 {
            self.slow_waits -= 1;
            None
        } else {
            self.slow.push(value)
        };
        Some((fast?, slow?))
    }
}

//! J. Ehlers' Hilbert transform discriminator: phasor and dominant cycle of a price ("Rocket Science for Traders", 2001).

use super::super::sum::Sum;
use super::functions::arc_tangent_of_ratio;
use std::f64::consts::TAU;

/// `a x + b x[2] - b x[4] - a x[6]`, scaled by the cycle found last. Holds the six numbers before, newest first.
#[derive(Clone, Debug, Default)]
struct Transform([f64; 6]);

impl Transform {
    #[inline(always)]
    fn push(&mut self, value: f64, scale: f64) -> f64 {
        const A: f64 = 0.0962;
        const B: f64 = 0.5769;
        let [x1, x2, x3, x4, x5, x6] = self.0;
        self.0 = [value, x1, x2, x3, x4, x5];
        // What came before is added up first: all that follows waits for the newest number.
        A.mul_add(value, B * (x2 - x4) - A * x6) * scale
    }
}

/// A share of the new and the rest of the old: only one fused operation waits for the new.
#[inline(always)]
fn smooth(share: f64, new: f64, old: f64) -> f64 {
    share.mul_add(new, (1.0 - share) * old)
}

/// What the discriminator knows after a bar.
#[derive(Clone, Copy, Debug)]
pub(super) struct Phasor {
    /// Weighted average of the last four prices.
    pub(super) smoothed: f64,
    pub(super) in_phase: f64,
    pub(super) quadrature: f64,
    /// Bars of the dominant cycle, smoothed.
    pub(super) period: f64,
}

/// The discriminator. It begins some bars after the first, so that results agree with TA-Lib's.
#[derive(Clone, Debug)]
pub(super) struct Discriminator {
    seen: usize,
    begins: usize,
    prices: [f64; 4],
    smoothed: Transform,
    detrended: Transform,
    in_phase: Transform,
    quadrature: Transform,
    detrender: [f64; 4],
    previous_i2: f64,
    previous_q2: f64,
    real: f64,
    imaginary: f64,
    cycle: f64,
    smooth_cycle: f64,
}

impl Discriminator {
    pub(super) fn new(begins: usize) -> Self {
        Discriminator {
            seen: 0,
            begins,
            prices: [0.0; 4],
            smoothed: Transform::default(),
            detrended: Transform::default(),
            in_phase: Transform::default(),
            quadrature: Transform::default(),
            detrender: [0.0; 4],
            previous_i2: 0.0,
            previous_q2: 0.0,
            real: 0.0,
            imaginary: 0.0,
            cycle: 0.0,
            smooth_cycle: 0.0,
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, price: f64) -> Option<Phasor> {
        self.prices = [price, self.prices[0], self.prices[1], self.prices[2]];
        self.seen += 1;
        if self.seen <= self.begins {
            return None;
        }
        let [p0, p1, p2, p3] = self.prices;
        let smoothed = (4.0 * p0 + 3.0 * p1 + 2.0 * p2 + p3) * 0.1;
        let scale = 0.075f64.mul_add(self.cycle, 0.54);
        let detrender = self.smoothed.push(smoothed, scale);
        let quadrature = self.detrended.push(detrender, scale);
        self.detrender = [detrender, self.detrender[0], self.detrender[1], self.detrender[2]];
        let in_phase = self.detrender[3];
        let advanced_i = self.in_phase.push(in_phase, scale);
        let advanced_q = self.quadrature.push(quadrature, scale);
        let q2 = smooth(0.2, quadrature + advanced_i, self.previous_q2);
        let i2 = smooth(0.2, in_phase - advanced_q, self.previous_i2);
        let real = i2.mul_add(self.previous_i2, q2 * self.previous_q2);
        let imaginary = i2.mul_add(self.previous_q2, -(q2 * self.previous_i2));
        self.real = smooth(0.2, real, self.real);
        self.imaginary = smooth(0.2, imaginary, self.imaginary);
        self.previous_i2 = i2;
        self.previous_q2 = q2;
        let before = self.cycle;
        let mut cycle = before;
        if self.imaginary != 0.0 && self.real != 0.0 {
            // 360 degrees over the angle of one bar.
            cycle = TAU / arc_tangent_of_ratio(self.imaginary, self.real);
        }
        // Not `clamp`: the bounds are applied one after the other, and at first both are zero.
        if cycle > 1.5 * before {
            cycle = 1.5 * before;
        }
        if cycle < 0.67 * before {
            cycle = 0.67 * before;
        }
        self.cycle = smooth(0.2, cycle.clamp(6.0, 50.0), before);
        self.smooth_cycle = smooth(0.33, self.cycle, self.smooth_cycle);
        Some(Phasor { smoothed, in_phase, quadrature, period: self.smooth_cycle })
    }
}

/// Bars before the discriminator starts, and before its results count, for indicators that need the phasor only.
pub(super) const PHASOR: (usize, usize) = (12, 32);
/// The same for indicators that look over a whole cycle.
pub(super) const CYCLE: (usize, usize) = (37, 63);

/// MESA adaptive moving average and its follower.
#[derive(Clone, Debug)]
pub(super) struct Mesa {
    phasor: Discriminator,
    fast: f64,
    slow: f64,
    seen: usize,
    phase: f64,
    mama: f64,
    fama: f64,
}

impl Mesa {
    pub(super) fn new(fast: f64, slow: f64) -> Self {
        Mesa { phasor: Discriminator::new(PHASOR.0), fast, slow, seen: 0, phase: 0.0, mama: 0.0, fama: 0.0 }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, price: f64) -> Option<[f64; 2]> {
        self.seen += 1;
        let Phasor { in_phase, quadrature, .. } = self.phasor.push(price)?;
        let phase =
            if in_phase == 0.0 { 0.0 } else { arc_tangent_of_ratio(quadrature, in_phase).to_degrees() };
        let turned = self.phase - phase;
        self.phase = phase;
        let alpha = if turned > 1.0 { (self.fast / turned).max(self.slow) } else { self.fast };
        self.mama = alpha * price + (1.0 - alpha) * self.mama;
        self.fama = 0.5 * alpha * self.mama + (1.0 - 0.5 * alpha) * self.fama;
        (self.seen > PHASOR.1).then_some([self.mama, self.fama])
    }
}

/// Longest cycle in bars, and room for it in wide instructions.
const LONGEST: usize = 50;
const ROOM: usize = 52;

/// The last numbers, newest first and in one piece: each is written twice, half the room apart. On the heap, as all that is
/// looked up by a number: the rest of the state can then stay in registers.
#[derive(Clone, Debug)]
struct Recent {
    numbers: Box<[f64; 128]>,
    newest: usize,
}

impl Recent {
    fn new() -> Self {
        Recent { numbers: Box::new([0.0; 128]), newest: 0 }
    }

    #[inline(always)]
    fn push(&mut self, number: f64) {
        self.newest = (self.newest + 63) % 64;
        self.numbers[self.newest] = number;
        self.numbers[self.newest + 64] = number;
    }

    #[inline(always)]
    fn newest_first(&self) -> &[f64; ROOM] {
        self.numbers[self.newest % 64..].first_chunk().expect("64 are left")
    }
}

/// Sum of products, four by four.
#[inline(always)]
fn product(numbers: &[f64; ROOM], weights: &[f64; ROOM]) -> f64 {
    let mut sums = [0.0; 4];
    for step in 0..ROOM / 4 {
        for lane in 0..4 {
            let at = 4 * step + lane;
            sums[lane] = numbers[at].mul_add(weights[at], sums[lane]);
        }
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// The trend line: what is left when the dominant cycle is averaged away.
#[derive(Clone, Debug)]
struct Trend {
    /// Running totals of the prices after each of the last bars, in two doubles: differences of them do not drift.
    totals: Box<[Sum; 64]>,
    newest: usize,
    averages: [f64; 3],
}

impl Trend {
    fn new() -> Self {
        Trend { totals: Box::new([Sum::default(); 64]), newest: 0, averages: [0.0; 3] }
    }

    /// Takes a price before the discriminator is asked about it.
    #[inline(always)]
    fn enter(&mut self, price: f64) {
        let total = self.totals[self.newest % 64].with(price);
        self.newest = (self.newest + 1) % 64;
        self.totals[self.newest] = total;
    }

    /// The line, for a cycle of so many bars.
    #[inline(always)]
    fn line(&mut self, length: usize) -> f64 {
        let now = self.totals[self.newest % 64];
        let before = self.totals[(self.newest + 64 - length) % 64];
        let sum = (now.high - before.high) + (now.low - before.low);
        let average = sum / length.max(1) as f64;
        let [a1, a2, a3] = self.averages;
        self.averages = [average, a1, a2];
        (4.0 * average + 3.0 * a1 + 2.0 * a2 + a3) / 10.0
    }
}

/// Whole bars of a cycle.
#[inline(always)]
fn whole_bars(period: f64) -> usize {
    ((period + 0.5) as usize).min(LONGEST)
}

/// The trend line alone.
#[derive(Clone, Debug)]
pub(super) struct CycleTrend {
    phasor: Discriminator,
    trend: Trend,
}

impl CycleTrend {
    pub(super) fn new() -> Self {
        CycleTrend { phasor: Discriminator::new(CYCLE.0), trend: Trend::new() }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, price: f64) -> Option<f64> {
        self.trend.enter(price);
        let Phasor { period, .. } = self.phasor.push(price)?;
        Some(self.trend.line(whole_bars(period)))
    }
}

/// Phase of the dominant cycle, in degrees, and the trend line.
#[derive(Clone, Debug)]
pub(super) struct DominantCycle {
    phasor: Discriminator,
    smoothed: Recent,
    trend: Trend,
    /// Sine and cosine of each bar of each cycle length, 0 beyond it.
    waves: Box<[[[f64; ROOM]; 2]]>,
    phase: f64,
}

/// Results of [`DominantCycle`].
#[derive(Clone, Copy, Debug)]
pub(super) struct CycleState {
    pub(super) smoothed: f64,
    pub(super) period: f64,
    pub(super) phase: f64,
    pub(super) trend_line: f64,
}

impl DominantCycle {
    pub(super) fn new() -> Self {
        let waves = (0..=LONGEST).map(|length| {
            let wave = |of: fn(f64) -> f64| {
                std::array::from_fn(
                    |bar| {
                        if bar < length { of(bar as f64 * TAU / length as f64) } else { 0.0 }
                    },
                )
            };
            [wave(f64::sin), wave(f64::cos)]
        });
        DominantCycle {
            phasor: Discriminator::new(CYCLE.0),
            smoothed: Recent::new(),
            trend: Trend::new(),
            waves: waves.collect(),
            phase: 0.0,
        }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, price: f64) -> Option<CycleState> {
        self.trend.enter(price);
        let Phasor { smoothed, period, .. } = self.phasor.push(price)?;
        self.smoothed.push(smoothed);
        let length = whole_bars(period);
        let [sines, cosines] = &self.waves[length];
        let real = product(self.smoothed.newest_first(), sines);
        let imaginary = product(self.smoothed.newest_first(), cosines);
        if imaginary != 0.0 {
            self.phase = arc_tangent_of_ratio(real, imaginary).to_degrees();
        } else if real < 0.0 {
            self.phase -= 90.0;
        } else if real > 0.0 {
            self.phase += 90.0;
        }
        self.phase += 90.0 + 360.0 / period;
        if imaginary < 0.0 {
            self.phase += 180.0;
        }
        if self.phase > 315.0 {
            self.phase -= 360.0;
        }
        let trend_line = self.trend.line(length);
        Some(CycleState { smoothed, period, phase: self.phase, trend_line })
    }
}

//! J. Ehlers' Hilbert transform discriminator: phasor and dominant cycle of a price ("Rocket Science for Traders", 2001).

use std::collections::VecDeque;

/// `a x + b x[2] - b x[4] - a x[6]`, scaled by the cycle found last.
#[derive(Clone, Debug, Default)]
struct Transform([f64; 7]);

impl Transform {
    #[inline(always)]
    fn push(&mut self, value: f64, scale: f64) -> f64 {
        const A: f64 = 0.0962;
        const B: f64 = 0.5769;
        self.0.copy_within(0..6, 1);
        self.0[0] = value;
        let x = &self.0;
        (A * x[0] - A * x[6] - B * x[4] + B * x[2]) * scale
    }
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
        let q2 = 0.2 * (quadrature + advanced_i) + 0.8 * self.previous_q2;
        let i2 = 0.2 * (in_phase - advanced_q) + 0.8 * self.previous_i2;
        self.real = 0.2 * (i2 * self.previous_i2 + q2 * self.previous_q2) + 0.8 * self.real;
        self.imaginary = 0.2 * (i2 * self.previous_q2 - q2 * self.previous_i2) + 0.8 * self.imaginary;
        self.previous_i2 = i2;
        self.previous_q2 = q2;
        let before = self.cycle;
        let mut cycle = before;
        if self.imaginary != 0.0 && self.real != 0.0 {
            cycle = 360.0 / (self.imaginary / self.real).atan().to_degrees();
        }
        // Not `clamp`: the bounds are applied one after the other, and at first both are zero.
        if cycle > 1.5 * before {
            cycle = 1.5 * before;
        }
        if cycle < 0.67 * before {
            cycle = 0.67 * before;
        }
        self.cycle = 0.2 * cycle.clamp(6.0, 50.0) + 0.8 * before;
        self.smooth_cycle = 0.33 * self.cycle + 0.67 * self.smooth_cycle;
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
        let phase = if in_phase == 0.0 { 0.0 } else { (quadrature / in_phase).atan().to_degrees() };
        let turned = self.phase - phase;
        self.phase = phase;
        let alpha = if turned > 1.0 { (self.fast / turned).max(self.slow) } else { self.fast };
        self.mama = alpha * price + (1.0 - alpha) * self.mama;
        self.fama = 0.5 * alpha * self.mama + (1.0 - 0.5 * alpha) * self.fama;
        (self.seen > PHASOR.1).then_some([self.mama, self.fama])
    }
}

/// Longest cycle in bars.
const LONGEST: usize = 50;

/// Phase of the dominant cycle, in degrees, and the trend line: what is left when the cycle is averaged away.
#[derive(Clone, Debug)]
pub(super) struct DominantCycle {
    phasor: Discriminator,
    /// Newest first.
    smoothed: VecDeque<f64>,
    prices: VecDeque<f64>,
    /// Sine and cosine of each bar of each cycle length.
    waves: Box<[[(f64, f64); LONGEST]]>,
    phase: f64,
    averages: [f64; 3],
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
            std::array::from_fn(|bar| (bar as f64 * std::f64::consts::TAU / length.max(1) as f64).sin_cos())
        });
        DominantCycle {
            phasor: Discriminator::new(CYCLE.0),
            smoothed: std::iter::repeat_n(0.0, LONGEST).collect(),
            prices: std::iter::repeat_n(0.0, LONGEST).collect(),
            waves: waves.collect(),
            phase: 0.0,
            averages: [0.0; 3],
        }
    }

    pub(super) fn push(&mut self, price: f64) -> Option<CycleState> {
        self.prices.pop_back();
        self.prices.push_front(price);
        let Phasor { smoothed, period, .. } = self.phasor.push(price)?;
        self.smoothed.pop_back();
        self.smoothed.push_front(smoothed);
        let length = ((period + 0.5) as usize).min(LONGEST);
        let (mut real, mut imaginary) = (0.0, 0.0);
        for (value, (sine, cosine)) in self.smoothed.iter().take(length).zip(&self.waves[length]) {
            real += sine * value;
            imaginary += cosine * value;
        }
        if imaginary != 0.0 {
            self.phase = (real / imaginary).atan().to_degrees();
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
        let average = self.prices.iter().take(length).sum::<f64>() / length.max(1) as f64;
        let [a1, a2, a3] = self.averages;
        let trend_line = (4.0 * average + 3.0 * a1 + 2.0 * a2 + a3) / 10.0;
        self.averages = [average, a1, a2];
        Some(CycleState { smoothed, period, phase: self.phase, trend_line })
    }
}

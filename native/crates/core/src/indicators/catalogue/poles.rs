//! Recursive filters that others are built of (J. Ehlers).

use std::f64::consts::{PI, SQRT_2};

/// The last two values of a column; before the first they equal it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LastTwo {
    values: Option<[f64; 2]>,
}

impl LastTwo {
    /// Takes the next value; gives the one before it and the one before that.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> [f64; 2] {
        let before = self.values.unwrap_or([value; 2]);
        self.values = Some([value, before[0]]);
        before
    }
}

/// Two-pole Butterworth low pass over the mean of two bars: the super smoother.
#[derive(Clone, Debug)]
pub(super) struct SuperSmoother {
    gain: f64,
    feedback: [f64; 2],
    input: LastTwo,
    output: Option<[f64; 2]>,
}

impl SuperSmoother {
    /// A filter that lets pass cycles longer than `period` bars.
    pub(super) fn new(period: f64) -> Self {
        let decay = (-SQRT_2 * PI / period).exp();
        let feedback = [2.0 * decay * (SQRT_2 * PI / period).cos(), -decay * decay];
        SuperSmoother {
            gain: 1.0 - feedback[0] - feedback[1],
            feedback,
            input: LastTwo::default(),
            output: None,
        }
    }

    /// The filtered value; starts from the first value.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> f64 {
        let [before, _] = self.input.push(value);
        let [y1, y2] = self.output.unwrap_or([value; 2]);
        let result = self.gain * f64::midpoint(value, before) + self.feedback[0] * y1 + self.feedback[1] * y2;
        self.output = Some([result, y1]);
        result
    }
}

/// Smoothing of a high pass filter with its edge at an angle a bar.
fn high_pass_smoothing(angle: f64) -> f64 {
    1.0 + (angle.sin() - 1.0) / angle.cos()
}

/// One-pole high pass: what is left of a value without cycles longer than `period`.
#[derive(Clone, Debug)]
pub(super) struct HighPass {
    smoothing: f64,
    input: LastTwo,
    output: f64,
}

impl HighPass {
    pub(super) fn new(period: f64) -> Self {
        HighPass { smoothing: high_pass_smoothing(2.0 * PI / period), input: LastTwo::default(), output: 0.0 }
    }

    /// The filtered value; starts from 0.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> f64 {
        let [before, _] = self.input.push(value);
        let a = self.smoothing;
        self.output = (1.0 - a / 2.0) * (value - before) + (1.0 - a) * self.output;
        self.output
    }
}

/// Two-pole high pass.
#[derive(Clone, Debug)]
pub(super) struct HighPass2 {
    smoothing: f64,
    input: LastTwo,
    output: [f64; 2],
}

impl HighPass2 {
    pub(super) fn new(period: f64) -> Self {
        let smoothing = high_pass_smoothing(SQRT_2 * PI / period);
        HighPass2 { smoothing, input: LastTwo::default(), output: [0.0; 2] }
    }

    /// The filtered value; starts from 0.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> f64 {
        let [x1, x2] = self.input.push(value);
        let [y1, y2] = self.output;
        let a = self.smoothing;
        let result =
            (1.0 - a / 2.0).powi(2) * (value - 2.0 * x1 + x2) + 2.0 * (1.0 - a) * y1 - (1.0 - a).powi(2) * y2;
        self.output = [result, y1];
        result
    }
}

/// Two-pole band pass around a cycle.
#[derive(Clone, Debug)]
pub(super) struct Band {
    centre: f64,
    alpha: f64,
    input: LastTwo,
    output: [f64; 2],
}

impl Band {
    /// A filter around cycles of `period` bars, so wide a share of it; `width` less than a quarter of `period`.
    pub(super) fn new(period: f64, width: f64) -> Self {
        let gamma = 1.0 / (2.0 * PI * width / period).cos();
        let alpha = gamma - (gamma * gamma - 1.0).sqrt();
        Band { centre: (2.0 * PI / period).cos(), alpha, input: LastTwo::default(), output: [0.0; 2] }
    }

    /// The filtered value; starts from 0.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> f64 {
        let [_, x2] = self.input.push(value);
        let [y1, y2] = self.output;
        let a = self.alpha;
        let result = 0.5 * (1.0 - a) * (value - x2) + self.centre * (1.0 + a) * y1 - a * y2;
        self.output = [result, y1];
        result
    }
}

/// Laguerre's polynomials of the price with a damping.
#[derive(Clone, Debug)]
pub(super) struct Laguerre {
    damping: f64,
    levels: Option<[f64; 4]>,
}

impl Laguerre {
    pub(super) fn new(damping: f64) -> Self {
        Laguerre { damping, levels: None }
    }

    /// The four levels; all start from the first value.
    #[inline(always)]
    pub(super) fn push(&mut self, value: f64) -> [f64; 4] {
        let before = *self.levels.get_or_insert([value; 4]);
        let g = self.damping;
        let mut levels = [(1.0 - g) * value + g * before[0], 0.0, 0.0, 0.0];
        for place in 1..4 {
            levels[place] = -g * levels[place - 1] + before[place - 1] + g * before[place];
        }
        self.levels = Some(levels);
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Amplitude that a sine of so many bars has after the filter, by the root mean square of 400 bars: sampled peaks are
    /// missed. The cycle must divide 400.
    fn amplitude(cycle: f64, mut filter: impl FnMut(f64) -> f64) -> f64 {
        let values: Vec<f64> =
            (0..4000).map(|bar| filter((2.0 * PI * f64::from(bar) / cycle).sin())).collect();
        (values[3600..].iter().map(|value| value * value).sum::<f64>() / 200.0).sqrt()
    }

    /// Expected: the absolute value of each filter's transfer function, computed apart.
    #[test]
    fn a_sine_comes_out_as_the_transfer_function_says() {
        let smoother = |period: f64, cycle: f64| {
            let mut filter = SuperSmoother::new(period);
            amplitude(cycle, |value| filter.push(value))
        };
        let high = |period: f64, cycle: f64| {
            let mut filter = HighPass::new(period);
            amplitude(cycle, |value| filter.push(value))
        };
        let high2 = |period: f64, cycle: f64| {
            let mut filter = HighPass2::new(period);
            amplitude(cycle, |value| filter.push(value))
        };
        for (name, found, expected) in [
            ("low pass, long cycle", smoother(20.0, 400.0), 0.999_986_593_589),
            ("low pass, short cycle", smoother(20.0, 4.0), 0.034_866_265_437),
            ("low pass, at its edge", smoother(100.0, 100.0), 0.706_990_426_590),
            ("high pass, at its edge", high(100.0, 100.0), std::f64::consts::FRAC_1_SQRT_2),
            ("two poles, long cycle", high2(40.0, 400.0), 0.019_569_116_255),
            ("two poles, short cycle", high2(40.0, 8.0), 0.982_305_378_182),
        ] {
            assert!((found - expected).abs() < 1e-9, "{name}: {found} for {expected}");
        }
    }

    #[test]
    fn filters_of_a_constant_are_the_constant_or_nothing() {
        let (mut low, mut high, mut high2) =
            (SuperSmoother::new(10.0), HighPass::new(10.0), HighPass2::new(10.0));
        let mut laguerre = Laguerre::new(0.8);
        for _ in 0..50 {
            assert!((low.push(7.0) - 7.0).abs() < 1e-12);
            assert_eq!(high.push(7.0), 0.0);
            assert_eq!(high2.push(7.0), 0.0);
            assert!(laguerre.push(7.0).iter().all(|level| (level - 7.0).abs() < 1e-12));
        }
    }
}

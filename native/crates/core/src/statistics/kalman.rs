//! Hedge ratio that moves: y(t) = β(t) x(t) + α(t) + noise, where β and α are random walks, filtered bar by bar.

use super::StatisticsError;
use super::error::check_series;

/// Variances of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KalmanHedgeSettings {
    /// δ: the variance of a step of β and of α is δ / (1 - δ). 0 keeps them constant: recursive least squares.
    pub delta: f64,
    /// Variance of the noise of one observation.
    pub observation_variance: f64,
    /// Variance of β and α before the first bar, both 0 on average.
    pub initial_variance: f64,
}

impl Default for KalmanHedgeSettings {
    /// δ = 1e-4 and observation variance 1e-3, as in E. Chan, "Algorithmic Trading" (2013), chapter 3; hardly any
    /// knowledge before the first bar.
    fn default() -> Self {
        KalmanHedgeSettings { delta: 1e-4, observation_variance: 1e-3, initial_variance: 1e6 }
    }
}

/// One value a bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KalmanHedge {
    /// β after the bar.
    pub hedge_ratio: Vec<f64>,
    /// α after the bar.
    pub intercept: Vec<f64>,
    /// y less what was expected of it before the bar: the spread without lookahead.
    pub error: Vec<f64>,
    /// Standard deviation of that error as expected before the bar.
    pub deviation: Vec<f64>,
}

/// Filters `y` on `x`.
///
/// # Errors
/// Series of different length, values that are not finite, variances below zero, δ of 1 or more.
pub fn kalman_hedge(
    y: &[f64],
    x: &[f64],
    settings: KalmanHedgeSettings,
) -> Result<KalmanHedge, StatisticsError> {
    check_series(&[y, x], 1, "a Kalman filter")?;
    let KalmanHedgeSettings { delta, observation_variance, initial_variance } = settings;
    check("delta", (0.0..1.0).contains(&delta), "a number from 0 to below 1", delta)?;
    for (name, value) in
        [("observationVariance", observation_variance), ("initialVariance", initial_variance)]
    {
        check(name, value > 0.0 && value.is_finite(), "a finite number above 0", value)?;
    }
    let step = delta / (1.0 - delta);
    let (mut beta, mut alpha) = (0.0, 0.0);
    // Covariance of the two: variance of β, of both, of α.
    let (mut vb, mut vc, mut va) = (initial_variance, 0.0, initial_variance);
    let mut out = KalmanHedge::default();
    for (index, (&y, &x)) in y.iter().zip(x).enumerate() {
        if index > 0 {
            vb += step;
            va += step;
        }
        let error = y - beta * x - alpha;
        // Covariance of (β, α) with the observation.
        let (cb, ca) = (vb * x + vc, vc * x + va);
        let variance = cb * x + ca + observation_variance;
        let (gain_b, gain_a) = (cb / variance, ca / variance);
        beta += gain_b * error;
        alpha += gain_a * error;
        // Joseph's form (I - K H) V (I - K H)' + K R K': stays positive where V - K H V would not.
        let (m11, m12, m21, m22) = (1.0 - gain_b * x, -gain_b, -gain_a * x, 1.0 - gain_a);
        let (n11, n12) = (m11 * vb + m12 * vc, m11 * vc + m12 * va);
        let (n21, n22) = (m21 * vb + m22 * vc, m21 * vc + m22 * va);
        vb = n11 * m11 + n12 * m12 + gain_b * gain_b * observation_variance;
        vc = n11 * m21 + n12 * m22 + gain_b * gain_a * observation_variance;
        va = n21 * m21 + n22 * m22 + gain_a * gain_a * observation_variance;
        out.hedge_ratio.push(beta);
        out.intercept.push(alpha);
        out.error.push(error);
        out.deviation.push(variance.sqrt());
    }
    Ok(out)
}

fn check(name: &'static str, holds: bool, expected: &'static str, value: f64) -> Result<(), StatisticsError> {
    if holds { Ok(()) } else { Err(StatisticsError::Parameter { name, expected, value }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::ordinary_least_squares;

    #[test]
    fn without_steps_it_is_least_squares() {
        let x: Vec<f64> = (0..200).map(|row| (f64::from(row) * 0.37).sin() * 3.0 + 1.0).collect();
        let y: Vec<f64> =
            x.iter().enumerate().map(|(row, x)| 1.7 * x - 0.4 + (row as f64 * 1.3).cos() * 0.2).collect();
        let settings = KalmanHedgeSettings { delta: 0.0, observation_variance: 1.0, initial_variance: 1e9 };
        let filtered = kalman_hedge(&y, &x, settings).unwrap();
        let ones = vec![1.0; 200];
        let fit = ordinary_least_squares(&y, &[&x, &ones]).unwrap();
        assert!((filtered.hedge_ratio[199] - fit.coefficients[0]).abs() < 1e-7);
        assert!((filtered.intercept[199] - fit.coefficients[1]).abs() < 1e-7);
    }

    #[test]
    fn first_bar_by_hand() {
        // V = 1, R = 1, x = 2, y = 3: variance 4 + 1 + 1 = 6, gains 2/6 and 1/6.
        let settings = KalmanHedgeSettings { delta: 0.5, observation_variance: 1.0, initial_variance: 1.0 };
        let filtered = kalman_hedge(&[3.0], &[2.0], settings).unwrap();
        assert_eq!((filtered.hedge_ratio[0], filtered.intercept[0]), (1.0, 0.5));
        assert_eq!((filtered.error[0], filtered.deviation[0]), (3.0, 6f64.sqrt()));
        let bad = KalmanHedgeSettings { delta: 1.0, ..settings };
        assert!(matches!(
            kalman_hedge(&[3.0], &[2.0], bad),
            Err(StatisticsError::Parameter { name: "delta", .. })
        ));
    }
}

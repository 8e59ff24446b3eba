//! Is a Sharpe ratio more than luck? Bailey and López de Prado, "The Sharpe ratio efficient frontier" (2012) and "The
//! deflated Sharpe ratio" (2014).

use super::returns::Moments;
use crate::normal::{cumulative, quantile};

/// Euler and Mascheroni's constant.
const EULER: f64 = 0.577_215_664_901_532_9;

/// Probability that the true Sharpe ratio (a period, not a year) is above `threshold`, given length, skewness and
/// kurtosis of the returns.
pub fn probabilistic_sharpe(moments: &Moments, threshold: f64) -> f64 {
    let sharpe = moments.mean / moments.deviation;
    probability(sharpe, threshold, moments.count as f64, moments.skew, moments.kurtosis)
}

fn probability(sharpe: f64, threshold: f64, count: f64, skew: f64, kurtosis: f64) -> f64 {
    let spread = 1.0 - skew * sharpe + (kurtosis - 1.0) / 4.0 * sharpe * sharpe;
    if spread <= 0.0 || count < 3.0 {
        return f64::NAN;
    }
    cumulative((sharpe - threshold) * (count - 1.0).sqrt() / spread.sqrt())
}

/// The best Sharpe ratio (a period) to expect of so many trials without any skill, given the variance of their ratios.
pub fn expected_best(trials: f64, variance: f64) -> f64 {
    if trials <= 1.0 {
        return 0.0;
    }
    let luck = (1.0 - EULER) * quantile(1.0 - 1.0 / trials)
        + EULER * quantile(1.0 - 1.0 / (trials * std::f64::consts::E));
    variance.sqrt() * luck
}

/// Probability that the Sharpe ratio is above what the best of so many tries would reach by luck. Without the variance of
/// the trials' ratios it is taken to be `1 / (n − 1)`, that of a strategy without skill.
pub fn deflated_sharpe(moments: &Moments, trials: f64, trial_variance: Option<f64>) -> f64 {
    let variance = trial_variance.unwrap_or(1.0 / (moments.count as f64 - 1.0));
    probabilistic_sharpe(moments, expected_best(trials, variance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_paper() {
        // "The deflated Sharpe ratio", numerical example: 100 trials whose annual ratios have variance 1/2, best 2.5 a
        // year over 5 years of 250 days, skewness -3, kurtosis 10. Threshold 0.1132 a day, probability 0.9004.
        let threshold = expected_best(100.0, 0.5 / 250.0);
        assert!((threshold - 0.1132).abs() < 5e-5, "{threshold}");
        let deflated = probability(2.5 / 250.0_f64.sqrt(), threshold, 1250.0, -3.0, 10.0);
        assert!((deflated - 0.9004).abs() < 5e-5, "{deflated}");
    }

    #[test]
    fn one_trial_deflates_nothing() {
        assert_eq!(expected_best(1.0, 0.3), 0.0);
    }
}

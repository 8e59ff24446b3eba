//! Figures over a moving window of days.

/// Sharpe ratio and volatility, a year, over the `window` returns up to each one; NaN until the window is full, and the
/// ratio where nothing moved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rolling {
    /// Sharpe ratio.
    pub sharpe: Vec<f64>,
    /// Standard deviation times the root of the periods a year.
    pub volatility: Vec<f64>,
}

/// Moves a window over returns.
pub fn rolling(returns: &[f64], window: usize, periods_per_year: f64) -> Rolling {
    let mut result =
        Rolling { sharpe: vec![f64::NAN; returns.len()], volatility: vec![f64::NAN; returns.len()] };
    if window < 2 {
        return result;
    }
    let year = periods_per_year.sqrt();
    let n = window as f64;
    // Sums from the beginning: over days without returns they do not change, so that their difference is exactly 0.
    let mut sums = Vec::with_capacity(returns.len() + 1);
    let (mut sum, mut squares) = (0.0, 0.0);
    sums.push((sum, squares));
    for &value in returns {
        sum += value;
        squares += value * value;
        sums.push((sum, squares));
    }
    for end in window..sums.len() {
        let mean = (sums[end].0 - sums[end - window].0) / n;
        let variance = (sums[end].1 - sums[end - window].1 - n * mean * mean) / (n - 1.0);
        let deviation = if variance > 1e-20 { variance.sqrt() } else { 0.0 };
        result.volatility[end - 1] = deviation * year;
        if deviation > 0.0 {
            result.sharpe[end - 1] = mean / deviation * year;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::super::returns::{moments, sharpe};
    use super::*;

    #[test]
    fn each_window_is_what_it_would_be_alone() {
        let returns: Vec<f64> = (0..200).map(|day| 0.01 * f64::from(day * 37 % 23 - 11)).collect();
        let moved = rolling(&returns, 30, 365.0);
        assert!(moved.sharpe[..29].iter().all(|value| value.is_nan()));
        for end in 30..=200 {
            let alone = sharpe(&moments(&returns[end - 30..end]), 365.0);
            assert!((moved.sharpe[end - 1] - alone).abs() < 1e-9 * alone.abs().max(1.0));
        }
    }

    #[test]
    fn a_flat_window_has_no_ratio() {
        let moved = rolling(&[0.01, -0.02, 0.0, 0.0, 0.0], 3, 365.0);
        assert_eq!(moved.volatility[4], 0.0);
        assert!(moved.sharpe[4].is_nan());
    }
}

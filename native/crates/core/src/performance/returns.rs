//! What daily returns say. Standard deviations have n − 1 below (sample), as pandas and empyrical have it.

/// Sums of a return series that several figures need.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// Number of returns.
    pub count: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Standard deviation of a sample.
    pub deviation: f64,
    /// Root of the mean of squared losses.
    pub downside: f64,
    /// Skewness without correction for the sample's size.
    pub skew: f64,
    /// Kurtosis (3 for a normal distribution) without correction for the sample's size.
    pub kurtosis: f64,
    /// Sum of the returns above 0.
    pub gains: f64,
    /// Sum of the returns below 0: negative.
    pub losses: f64,
}

/// Sums up a return series.
pub fn moments(returns: &[f64]) -> Moments {
    let n = returns.len() as f64;
    // Measured from the first value, so that a constant series has a deviation of exactly 0.
    let base = returns.first().copied().unwrap_or(0.0);
    let shift = returns.iter().map(|value| value - base).sum::<f64>() / n;
    let (mut second, mut third, mut fourth) = (0.0, 0.0, 0.0);
    let (mut gains, mut losses, mut downside) = (0.0, 0.0, 0.0);
    for &value in returns {
        let distance = value - base - shift;
        let square = distance * distance;
        second += square;
        third += square * distance;
        fourth += square * square;
        let loss = value.min(0.0);
        losses += loss;
        downside += loss * loss;
        gains += value.max(0.0);
    }
    let variance = second / n;
    Moments {
        count: returns.len(),
        mean: base + shift,
        deviation: if returns.len() > 1 { (second / (n - 1.0)).sqrt() } else { f64::NAN },
        downside: (downside / n).sqrt(),
        skew: third / n / variance.powf(1.5),
        kurtosis: fourth / n / (variance * variance),
        gains,
        losses,
    }
}

/// Growth a year: `(1 + total) ^ (periods a year / periods) − 1`.
pub fn annual_return(total_return: f64, periods: usize, periods_per_year: f64) -> f64 {
    if periods == 0 { f64::NAN } else { (1.0 + total_return).powf(periods_per_year / periods as f64) - 1.0 }
}

/// Days below which a return says nothing of a year: one day's 10 % would be 128 million million percent.
const DAYS_FOR_A_YEAR: usize = 7;

/// Annual return of daily periods; NaN for less than a week.
pub fn growth_of_a_year(total_return: f64, days: usize, periods_per_year: f64) -> f64 {
    if days < DAYS_FOR_A_YEAR { f64::NAN } else { annual_return(total_return, days, periods_per_year) }
}

/// Compounded return of a series.
pub fn total_return(returns: &[f64]) -> f64 {
    returns.iter().fold(1.0, |growth, value| growth * (1.0 + value)) - 1.0
}

/// Sharpe ratio a year, over a risk-free rate of 0. Infinite for a constant gain, NaN for fewer than two returns.
pub fn sharpe(moments: &Moments, periods_per_year: f64) -> f64 {
    moments.mean / moments.deviation * periods_per_year.sqrt()
}

/// Sortino ratio a year: mean over the root mean square of the losses, both over all periods.
pub fn sortino(moments: &Moments, periods_per_year: f64) -> f64 {
    moments.mean / moments.downside * periods_per_year.sqrt()
}

/// Omega ratio around 0: all gains over all losses.
pub fn omega(moments: &Moments) -> f64 {
    moments.gains / -moments.losses
}

/// Penalty of the "smart" ratios for returns that follow from the day before: `sqrt(1 + 2 Σ (n − k)/n ρ^k)` over the lags
/// k, with ρ the absolute autocorrelation of lag one (as quantstats has it).
pub fn autocorrelation_penalty(returns: &[f64]) -> f64 {
    if returns.len() < 3 {
        return f64::NAN;
    }
    let rho = correlation(&returns[..returns.len() - 1], &returns[1..]).abs();
    let n = returns.len() as f64;
    let mut power = 1.0;
    let mut sum = 0.0;
    for lag in 1..returns.len() {
        power *= rho;
        // What is left cannot change the sum any more.
        if power < 1e-18 {
            break;
        }
        sum += (n - lag as f64) / n * power;
    }
    (1.0 + 2.0 * sum).sqrt()
}

/// Correlation of two columns of one length.
pub fn correlation(left: &[f64], right: &[f64]) -> f64 {
    let (covariance, variance_left, variance_right) = covariances(left, right);
    covariance / (variance_left * variance_right).sqrt()
}

/// Sums of products of the distances from the means: of both, of the left, of the right.
pub fn covariances(left: &[f64], right: &[f64]) -> (f64, f64, f64) {
    let n = left.len() as f64;
    let mean_left = left.iter().sum::<f64>() / n;
    let mean_right = right.iter().sum::<f64>() / n;
    left.iter().zip(right).fold((0.0, 0.0, 0.0), |(both, squares_left, squares_right), (x, y)| {
        let (x, y) = (x - mean_left, y - mean_right);
        (both + x * y, squares_left + x * x, squares_right + y * y)
    })
}

/// The value below which a share of the sorted values lies, between neighbours by a straight line (`NumPy`'s default).
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = share * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    let (low, high) = (sorted[below], sorted[above]);
    if low == high { low } else { low + (high - low) * (place - below as f64) }
}

/// Mean of the worst share of the sorted values: those up to position `(n − 1) × share` (empyrical's expected shortfall).
pub fn worst_mean(sorted: &[f64], share: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let worst = &sorted[..=(last as f64 * share) as usize];
    worst.iter().sum::<f64>() / worst.len() as f64
}

/// Skewness and excess kurtosis corrected for the sample's size (as pandas and spreadsheets have them).
pub fn sample_shape(moments: &Moments) -> (f64, f64) {
    let n = moments.count as f64;
    let skew = if n > 2.0 { moments.skew * (n * (n - 1.0)).sqrt() / (n - 2.0) } else { f64::NAN };
    let kurtosis = if n > 3.0 {
        (n - 1.0) / ((n - 2.0) * (n - 3.0)) * ((n + 1.0) * moments.kurtosis - 3.0 * (n - 1.0))
    } else {
        f64::NAN
    };
    (skew, kurtosis)
}

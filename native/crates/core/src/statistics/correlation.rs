//! Pearson correlations.

use super::StatisticsError;
use super::error::check_series;
use super::spread::{centred, is_noise};
use super::vectors::dot;

/// Correlation of every series with every other, row by row; ones on the diagonal.
///
/// # Errors
/// Series of different length, values that are not finite, fewer than two, a constant series.
pub fn correlation_matrix(series: &[&[f64]]) -> Result<Vec<f64>, StatisticsError> {
    check_series(series, 2, "a correlation")?;
    let units: Vec<Vec<f64>> = series.iter().map(|values| unit(values)).collect::<Result<_, _>>()?;
    let count = series.len();
    let mut matrix = vec![1.0; count * count];
    for row in 0..count {
        for column in row + 1..count {
            let correlation = dot(&units[row], &units[column]).clamp(-1.0, 1.0);
            matrix[row * count + column] = correlation;
            matrix[column * count + row] = correlation;
        }
    }
    Ok(matrix)
}

/// The values less their mean, scaled to length 1.
fn unit(values: &[f64]) -> Result<Vec<f64>, StatisticsError> {
    let mut unit = centred(values);
    let sum = dot(&unit, &unit);
    if is_noise(sum, values) {
        return Err(StatisticsError::Collinear { what: "a correlation" });
    }
    let length = sum.sqrt();
    for value in &mut unit {
        *value /= length;
    }
    Ok(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // Deviations (-1, 0, 1) and (-1, 1, 0): product 1, lengths √2.
        let found = correlation_matrix(&[&[1.0, 2.0, 3.0], &[4.0, 6.0, 5.0], &[9.0, 7.0, 5.0]]).unwrap();
        for (value, expected) in found.iter().zip([1.0, 0.5, -1.0, 0.5, 1.0, -0.5, -1.0, -0.5, 1.0]) {
            assert!((value - expected).abs() < 1e-15);
        }
        assert!(correlation_matrix(&[&[1.0, 2.0], &[3.0, 3.0]]).is_err());
    }
}

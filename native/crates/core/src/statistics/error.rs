//! What can be wrong with a call of a statistic.

use thiserror::Error;

/// Why a statistic cannot be given.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum StatisticsError {
    /// Series that must have one length do not.
    #[error("series {index} has {length} values, but the first has {expected}")]
    Length {
        /// Which series, from 0.
        index: usize,
        /// Values it has.
        length: usize,
        /// Values it must have.
        expected: usize,
    },
    /// A value that is not a finite number.
    #[error("series {index}, value {row}: {value} is not a finite number")]
    NotFinite {
        /// Which series, from 0.
        index: usize,
        /// Which value, from 0.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Too few values for the regression asked for.
    #[error("{length} values are too few: {what} needs at least {minimum}")]
    TooShort {
        /// Values there are.
        length: usize,
        /// Values needed.
        minimum: usize,
        /// What needs them.
        what: &'static str,
    },
    /// A regressor is a linear combination of the others, or a series is constant.
    #[error("{what} cannot be computed: a series is constant, or one is a multiple of the others")]
    Collinear {
        /// What was to be computed.
        what: &'static str,
    },
    /// A number outside its bounds.
    #[error("{name} must be {expected}, got {value}")]
    Parameter {
        /// Which one.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What was given.
        value: f64,
    },
    /// Stopped by its caller.
    #[error("cancelled")]
    Cancelled,
}

/// Refuses series of different length, with values that are not finite, or shorter than `minimum`.
pub(super) fn check_series(
    series: &[&[f64]],
    minimum: usize,
    what: &'static str,
) -> Result<(), StatisticsError> {
    let expected = series.first().map_or(0, |first| first.len());
    for (index, values) in series.iter().enumerate() {
        if values.len() != expected {
            return Err(StatisticsError::Length { index, length: values.len(), expected });
        }
        if let Some(row) = values.iter().position(|value| !value.is_finite()) {
            return Err(StatisticsError::NotFinite { index, row, value: values[row] });
        }
    }
    if expected < minimum {
        return Err(StatisticsError::TooShort { length: expected, minimum, what });
    }
    Ok(())
}

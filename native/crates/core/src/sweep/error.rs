//! What can be wrong with a sweep.

use crate::indicators::IndicatorError;
use crate::parallel::Stopped;
use thiserror::Error;

/// Why a sweep cannot run.
#[derive(Debug, Error)]
pub enum SweepError {
    /// The rule set is not one.
    #[error("the rules cannot be read: {problem}")]
    Rules {
        /// Place and problem.
        problem: String,
    },
    /// An indicator refuses its name or its parameters.
    #[error("{0}")]
    Indicator(#[from] IndicatorError),
    /// A parameter is used that the rule set does not have.
    #[error("the parameter \"${name}\" is used but has no value")]
    Parameter {
        /// Its name.
        name: String,
    },
    /// A number of the rules or options is outside what makes sense.
    #[error("{name} must be {expected}, got {value}")]
    Number {
        /// What it is the number of.
        name: String,
        /// What would be right.
        expected: &'static str,
        /// What was given.
        value: f64,
    },
    /// A column has another length than the others.
    #[error("the column {name} has {rows} rows, but there are {expected} candles")]
    Length {
        /// Name of the column.
        name: &'static str,
        /// Its rows.
        rows: usize,
        /// Rows of the others.
        expected: usize,
    },
    /// A price is not a positive number.
    #[error("the {name} of candle {row} is not a price: {value}")]
    Price {
        /// Name of the column.
        name: &'static str,
        /// Row, from 0.
        row: usize,
        /// What stands there.
        value: f64,
    },
    /// Somebody asked for the end.
    #[error("the sweep was cancelled")]
    Cancelled,
}

impl From<Stopped> for SweepError {
    fn from(_: Stopped) -> Self {
        SweepError::Cancelled
    }
}

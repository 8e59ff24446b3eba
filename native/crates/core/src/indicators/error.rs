//! What can be wrong with a call of an indicator. Bad values in a column are no error: they give NaN.

use thiserror::Error;

/// A parameter that an indicator cannot work with.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum IndicatorError {
    /// A name that is not in the catalogue.
    #[error("there is no indicator \"{id}\"")]
    Unknown {
        /// The name given, cut after 60 characters.
        id: String,
    },
    /// Another number of parameters than the indicator has.
    #[error("{id} has {expected} parameters, got {given}")]
    Params {
        /// Which indicator.
        id: &'static str,
        /// How many were given.
        given: usize,
        /// How many it has.
        expected: usize,
    },
    /// A parameter outside its bounds.
    #[error("{name} must be {kind} between {minimum} and {maximum}, got {value}")]
    Param {
        /// Which parameter.
        name: &'static str,
        /// The value given.
        value: f64,
        /// Which numbers it takes.
        kind: &'static str,
        /// Smallest accepted value.
        minimum: f64,
        /// Largest accepted value.
        maximum: f64,
    },
    /// Parameters that do not go together.
    #[error("{rule}")]
    Rule {
        /// The rule they break.
        rule: &'static str,
    },
    /// Another number of columns than the indicator has.
    #[error("the indicator has {expected} {kind} columns, got {given}")]
    Columns {
        /// Input or output.
        kind: &'static str,
        /// How many were given.
        given: usize,
        /// How many it has.
        expected: usize,
    },
    /// Parameter sets of several indicators where one was meant.
    #[error("parameter sets side by side must be of one indicator, got {first} and {other}")]
    Lanes {
        /// The indicator of the first set.
        first: &'static str,
        /// Another one.
        other: &'static str,
    },
    /// Columns that do not belong together.
    #[error("{name} has {length} rows, but the input has {expected}")]
    Length {
        /// Which column.
        name: &'static str,
        /// Rows it has.
        length: usize,
        /// Rows it must have.
        expected: usize,
    },
}

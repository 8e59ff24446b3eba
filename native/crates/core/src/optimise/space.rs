//! The space a sampler searches, and the inner coordinates in which it thinks: a decimal on a log scale is searched as
//! its logarithm, a stepped number as a continuous one half a step wider at each end, so that its ends are as likely
//! as its middle.

use crate::random::Random;
use thiserror::Error;

/// Largest number of dimensions.
const DIMENSIONS_MAXIMUM: usize = 128;

/// A space that cannot be searched.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SpaceError {
    /// No dimension, or too many.
    #[error("a space has 1 to {DIMENSIONS_MAXIMUM} dimensions, not {0}")]
    Dimensions(usize),
    /// Bounds, step or scale that cannot be.
    #[error("dimension {index}: {reason}")]
    Dimension {
        /// Position in the space.
        index: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// A grid over a dimension without steps.
    #[error("dimension {index} has no step: a grid needs one")]
    NoStep {
        /// Position in the space.
        index: usize,
    },
    /// A grid with more points than a number holds exactly.
    #[error("the grid has more than 2^53 points")]
    TooManyPoints,
    /// A number of objectives the method does not know.
    #[error("{method} takes 1 to {maximum} objectives, not {given}")]
    Objectives {
        /// Name of the method.
        method: &'static str,
        /// What was asked for.
        given: usize,
        /// What it can do.
        maximum: usize,
    },
}

/// One parameter to be searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dimension {
    /// Multiples of `step` from `from` to `to`, both included; whole numbers when all three are.
    Stepped {
        /// Smallest value.
        from: f64,
        /// Largest value; a value less than a step beyond the last multiple.
        to: f64,
        /// Distance of neighbours.
        step: f64,
    },
    /// Any number from `from` to `to`; with `log` searched evenly in ratios.
    Continuous {
        /// Smallest value.
        from: f64,
        /// Largest value.
        to: f64,
        /// Whether its logarithm is searched.
        log: bool,
    },
    /// One of `count` options without an order; its value is the index.
    Categorical {
        /// Number of options.
        count: u32,
    },
}

/// A bound that is a whole number of steps away may miss it by rounding.
const STEP_TOLERANCE: f64 = 1e-9;

impl Dimension {
    /// Number of values; `None` for a continuous one with room.
    pub fn count(&self) -> Option<u64> {
        match *self {
            Self::Stepped { from, to, step } => Some(((to - from) / step + STEP_TOLERANCE) as u64 + 1),
            Self::Continuous { from, to, .. } => (from == to).then_some(1),
            Self::Categorical { count } => Some(u64::from(count)),
        }
    }

    /// The value at a position of an ordered dimension, counted from 0.
    pub fn value_at(&self, index: u64) -> f64 {
        match *self {
            Self::Stepped { from, step, .. } => from + index as f64 * step,
            Self::Continuous { from, .. } => from,
            Self::Categorical { .. } => index as f64,
        }
    }

    /// Inner bounds of the search.
    pub(crate) fn inner_bounds(&self) -> (f64, f64) {
        match *self {
            Self::Stepped { from, step, .. } => {
                let last = self.value_at(self.count().unwrap_or(1) - 1);
                (from - 0.5 * step, last + 0.5 * step)
            }
            Self::Continuous { from, to, log: false } => (from, to),
            Self::Continuous { from, to, log: true } => (from.ln(), to.ln()),
            Self::Categorical { count } => (-0.5, f64::from(count) - 0.5),
        }
    }

    /// The inner coordinate of a value.
    pub(crate) fn inner_of(&self, value: f64) -> f64 {
        match self {
            Self::Continuous { log: true, .. } => value.ln(),
            _ => value,
        }
    }

    /// The allowed value nearest to an inner coordinate.
    pub(crate) fn value_of(&self, inner: f64) -> f64 {
        match *self {
            Self::Stepped { from, step, .. } => {
                let last = self.count().unwrap_or(1) - 1;
                self.value_at(((inner - from) / step).round().clamp(0.0, last as f64) as u64)
            }
            Self::Continuous { from, to, log: false } => inner.clamp(from, to),
            Self::Continuous { from, to, log: true } => inner.exp().clamp(from, to),
            Self::Categorical { count } => inner.round().clamp(0.0, f64::from(count) - 1.0),
        }
    }

    fn check(&self) -> Result<(), &'static str> {
        match *self {
            Self::Stepped { from, to, step } => {
                if !(from.is_finite() && to.is_finite() && step.is_finite()) {
                    return Err("bounds and step must be finite numbers");
                }
                if to < from {
                    return Err("the upper bound lies below the lower one");
                }
                if step <= 0.0 {
                    return Err("the step must be greater than zero");
                }
                if (to - from) / step > 1e15 {
                    return Err("the step is too small for its range");
                }
            }
            Self::Continuous { from, to, log } => {
                if !(from.is_finite() && to.is_finite()) {
                    return Err("bounds must be finite numbers");
                }
                if to < from {
                    return Err("the upper bound lies below the lower one");
                }
                if log && from <= 0.0 {
                    return Err("a log scale needs bounds greater than zero");
                }
            }
            Self::Categorical { count: 0 } => return Err("there must be at least one option"),
            Self::Categorical { .. } => {}
        }
        Ok(())
    }
}

/// Checked dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Space {
    dimensions: Vec<Dimension>,
}

impl Space {
    /// A space of these dimensions.
    ///
    /// # Errors
    /// [`SpaceError`] naming the dimension that cannot be.
    pub fn new(dimensions: Vec<Dimension>) -> Result<Self, SpaceError> {
        if dimensions.is_empty() || dimensions.len() > DIMENSIONS_MAXIMUM {
            return Err(SpaceError::Dimensions(dimensions.len()));
        }
        for (index, dimension) in dimensions.iter().enumerate() {
            dimension.check().map_err(|reason| SpaceError::Dimension { index, reason })?;
        }
        Ok(Self { dimensions })
    }

    /// Its dimensions in order.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// A point drawn evenly (in inner coordinates) from the whole space.
    pub(crate) fn uniform(&self, random: &mut Random) -> Vec<f64> {
        let draw = |dimension: &Dimension| {
            if let Some(count) = dimension.count() {
                dimension.value_at(random.below(count))
            } else {
                let (low, high) = dimension.inner_bounds();
                dimension.value_of(low + (high - low) * random.uniform())
            }
        };
        self.dimensions.iter().map(draw).collect()
    }
}

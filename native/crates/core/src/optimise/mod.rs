//! Searching parameters: what may be tried ([`Space`]) and what to try next ([`Sampler`]).
//!
//! Every sampler is deterministic: what it proposes for a trial depends on the seed, the trial's number and what it was
//! told before, never on who runs the trials or when. A study is resumed by telling a new sampler everything again.
//! Objectives are always to be minimised; the caller turns signs.
//!
//! A new sampler is a file with a type that implements [`Sampler`], a variant of [`Method`] and an arm in [`sampler`].

mod grid;
mod mixture;
mod random;
mod side;
mod space;
mod tpe;

pub use space::{Dimension, Space, SpaceError};

use std::fmt::Debug;

/// Largest number of objectives of a study.
pub const OBJECTIVES_MAXIMUM: usize = 8;

/// Proposes trials and learns from their outcomes.
pub trait Sampler: Send + Debug {
    /// Values of trial `number`, one a dimension, as [`Dimension`] writes them; `None` when the space is used up.
    /// Numbers are asked in rising order, several before their outcomes are told.
    fn ask(&mut self, number: u64) -> Option<Vec<f64>>;

    /// The outcome of a trial, in rising order of numbers: objectives to be minimised, or `None` for a trial without
    /// any (failed, pruned, not allowed). The values need not be ones this sampler proposed.
    fn tell(&mut self, number: u64, values: &[f64], objectives: Option<&[f64]>);
}

/// The ways to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Every trial on its own, evenly over the space.
    Random,
    /// Every combination once, in order.
    Grid,
    /// Tree-structured Parzen estimator over all dimensions together.
    Tpe,
}

impl Method {
    /// All methods.
    pub const ALL: &[Self] = &[Self::Random, Self::Grid, Self::Tpe];

    /// Its name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Grid => "grid",
            Self::Tpe => "tpe",
        }
    }

    /// The method of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|method| method.name() == name)
    }
}

/// The sampler of a method for a space and a number of objectives.
///
/// # Errors
/// [`SpaceError`] when the method cannot search this space or this number of objectives.
pub fn sampler(
    method: Method,
    space: Space,
    objectives: usize,
    seed: u64,
) -> Result<Box<dyn Sampler>, SpaceError> {
    if objectives == 0 || objectives > OBJECTIVES_MAXIMUM {
        return Err(SpaceError::Objectives {
            method: method.name(),
            given: objectives,
            maximum: OBJECTIVES_MAXIMUM,
        });
    }
    match method {
        Method::Random => Ok(Box::new(random::RandomSampler::new(space, seed))),
        Method::Grid => Ok(Box::new(grid::GridSampler::new(space)?)),
        Method::Tpe if objectives == 1 => Ok(Box::new(tpe::TpeSampler::new(space, seed))),
        Method::Tpe => Err(SpaceError::Objectives { method: method.name(), given: objectives, maximum: 1 }),
    }
}

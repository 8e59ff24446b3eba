//! Searching parameters: what may be tried ([`Space`]) and what to try next ([`Sampler`]).
//!
//! Every sampler is deterministic: what it proposes for a trial depends on the seed, the trial's number and what it was
//! told before, never on who runs the trials or when. A study is resumed by telling a new sampler everything again.
//! Objectives are always to be minimised; the caller turns signs.
//!
//! A new sampler is a file with a type that implements [`Sampler`], a variant of [`Method`] and an arm in [`sampler`].

mod breed;
mod cma_es;
mod descent;
mod evolution;
mod gaussian;
mod gp;
mod grid;
mod mixture;
mod pareto;
mod random;
mod reference;
mod side;
mod sobol;
mod sobol_directions;
mod space;
mod tpe;
mod unit;

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
    /// Sobol's sequence, scrambled: more even than random.
    Sobol,
    /// Tree-structured Parzen estimator over all dimensions together.
    Tpe,
    /// Gaussian process with expected improvement: few, expensive trials.
    Gp,
    /// Covariance matrix adaptation: many trials of numbers that act together.
    CmaEs,
    /// NSGA-II: several objectives.
    Nsga2,
    /// NSGA-III: three objectives and more.
    Nsga3,
}

impl Method {
    /// All methods.
    pub const ALL: &[Self] =
        &[Self::Random, Self::Grid, Self::Sobol, Self::Tpe, Self::Gp, Self::CmaEs, Self::Nsga2, Self::Nsga3];

    /// Its name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Grid => "grid",
            Self::Sobol => "sobol",
            Self::Tpe => "tpe",
            Self::Gp => "gp",
            Self::CmaEs => "cma-es",
            Self::Nsga2 => "nsga-ii",
            Self::Nsga3 => "nsga-iii",
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
    let takes_several = !matches!(method, Method::Tpe | Method::Gp | Method::CmaEs);
    if objectives > 1 && !takes_several {
        return Err(SpaceError::Objectives { method: method.name(), given: objectives, maximum: 1 });
    }
    Ok(match method {
        Method::Random => Box::new(random::RandomSampler::new(space, seed)),
        Method::Grid => Box::new(grid::GridSampler::new(space, seed)?),
        Method::Sobol => Box::new(sobol::SobolSampler::new(space, seed)),
        Method::Tpe => Box::new(tpe::TpeSampler::new(space, seed)),
        Method::Gp => Box::new(gp::GpSampler::new(space, seed)),
        Method::CmaEs => Box::new(cma_es::CmaEsSampler::new(space, seed)),
        Method::Nsga2 => Box::new(evolution::EvolutionSampler::nsga2(space, seed)),
        Method::Nsga3 => Box::new(evolution::EvolutionSampler::nsga3(space, objectives, seed)),
    })
}

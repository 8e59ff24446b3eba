//! Samplers of the optimiser: propose trials, take their outcomes.

use crate::arguments::{bad_argument, row_number};
use napi::Result;
use napi::bindgen_prelude::Float64Array;
use napi_derive::napi;
use sextant_core::optimise::{Dimension, Method, Sampler as CoreSampler, Space, sampler};

/// One dimension of a search space.
#[napi(object)]
#[derive(Debug)]
pub struct SampledDimension {
    /// `stepped`, `continuous`, `log` or `categorical`.
    pub kind: String,
    /// Smallest value; of categories 0.
    pub from: f64,
    /// Largest value; of categories their number less one.
    pub to: f64,
    /// Distance of neighbours, for `stepped`.
    pub step: Option<f64>,
}

fn dimension(given: &SampledDimension) -> Result<Dimension> {
    let SampledDimension { ref kind, from, to, step } = *given;
    match kind.as_str() {
        "stepped" => Ok(Dimension::Stepped { from, to, step: step.unwrap_or(1.0) }),
        "continuous" => Ok(Dimension::Continuous { from, to, log: false }),
        "log" => Ok(Dimension::Continuous { from, to, log: true }),
        "categorical" if from == 0.0 && to >= 0.0 && to < f64::from(u32::MAX) && to.fract() == 0.0 => {
            Ok(Dimension::Categorical { count: to as u32 + 1 })
        }
        "categorical" => Err(bad_argument("categories are numbered from 0")),
        _ => Err(bad_argument(format!("there is no dimension of kind \"{kind}\""))),
    }
}

/// Names of the methods a sampler can have.
#[napi]
pub fn list_samplers() -> Vec<String> {
    Method::ALL.iter().map(|method| method.name().to_owned()).collect()
}

/// A search that goes on: its state is what it was told.
#[napi]
#[derive(Debug)]
pub struct Sampler {
    inner: Box<dyn CoreSampler>,
    dimensions: usize,
    objectives: usize,
}

#[napi]
impl Sampler {
    /// A sampler of a method over a space, for a number of objectives to be minimised.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        method: String,
        dimensions: Vec<SampledDimension>,
        objectives: u32,
        seed: f64,
    ) -> Result<Self> {
        let method = Method::from_name(&method)
            .ok_or_else(|| bad_argument(format!("there is no sampler \"{method}\"")))?;
        let space =
            Space::new(dimensions.iter().map(dimension).collect::<Result<_>>()?).map_err(bad_argument)?;
        let count = space.dimensions().len();
        let inner =
            sampler(method, space, objectives as usize, row_number("seed", seed)?).map_err(bad_argument)?;
        Ok(Self { inner, dimensions: count, objectives: objectives as usize })
    }

    /// Writes the values of `count` trials from number `first` on to `out`, one trial after the other; gives how many
    /// there were: fewer when the space is used up.
    #[napi(catch_unwind)]
    pub fn ask(&mut self, first: f64, count: u32, mut out: Float64Array) -> Result<u32> {
        let first = row_number("the trial number", first)?;
        if out.len() != self.dimensions * count as usize {
            return Err(bad_argument(format!(
                "{count} trials of {} values do not fill an array of {}",
                self.dimensions,
                out.len()
            )));
        }
        // SAFETY: JavaScript waits for this call and nothing else holds the array.
        let rows = unsafe { out.as_mut() };
        for (index, row) in rows.chunks_exact_mut(self.dimensions).enumerate() {
            match self.inner.ask(first + index as u64) {
                Some(values) => row.copy_from_slice(&values),
                None => return Ok(index as u32),
            }
        }
        Ok(count)
    }

    /// The outcome of one trial; no objectives at all for a trial without an outcome.
    #[napi(catch_unwind)]
    pub fn tell(&mut self, number: f64, values: Float64Array, objectives: Float64Array) -> Result<()> {
        let number = row_number("the trial number", number)?;
        if values.len() != self.dimensions || values.iter().any(|value| !value.is_finite()) {
            return Err(bad_argument(format!("a trial has {} finite values", self.dimensions)));
        }
        if !objectives.is_empty() && objectives.len() != self.objectives {
            return Err(bad_argument(format!("a trial has {} objectives, or none", self.objectives)));
        }
        if objectives.iter().any(|value| value.is_nan()) {
            return Err(bad_argument("an objective must be a number"));
        }
        self.inner.tell(number, &values, (!objectives.is_empty()).then_some(&objectives));
        Ok(())
    }
}

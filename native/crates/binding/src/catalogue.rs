//! Every indicator of the catalogue by name: the list, a batch over columns, a stream of bars.

use crate::arguments::{bad_argument, check_disjoint, indicator_error, output};
use napi::Result;
use napi::bindgen_prelude::Float64ArraySlice;
use napi_derive::napi;
use sextant_core::indicators::catalogue::{Indicator, Spec, specs};

/// A parameter of an indicator.
#[napi(object)]
#[derive(Debug)]
pub struct IndicatorParam {
    /// Name, as in TA-Lib.
    pub name: String,
    /// Value when none is given.
    pub default_value: f64,
    /// Smallest accepted value.
    pub minimum: f64,
    /// Largest accepted value.
    pub maximum: f64,
    /// Whether only whole numbers are accepted.
    pub whole: bool,
}

/// What is known about an indicator.
#[napi(object)]
#[derive(Debug)]
pub struct IndicatorInfo {
    /// Name, as in TA-Lib where it has the function.
    pub id: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Family.
    pub group: String,
    /// What it is called in words.
    pub title: String,
    /// Input columns in order, named after the candle column they are by default.
    pub inputs: Vec<String>,
    /// Parameters in order.
    pub params: Vec<IndicatorParam>,
    /// Output columns in order.
    pub outputs: Vec<String>,
    /// Formula, seed and convention where tools differ.
    pub formula: String,
    /// Who defined it.
    pub source: String,
    /// Bars before all outputs are known, with the default parameters.
    pub warm_up_bars: u32,
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|&word| word.to_owned()).collect()
}

fn info(spec: &Spec) -> Result<IndicatorInfo> {
    let indicator = Indicator::new(spec.id, &spec.defaults()).map_err(indicator_error)?;
    let params = spec.params.iter().map(|param| IndicatorParam {
        name: param.name.to_owned(),
        default_value: param.default,
        minimum: param.minimum,
        maximum: param.maximum,
        whole: param.whole,
    });
    Ok(IndicatorInfo {
        id: spec.id.to_owned(),
        aliases: owned(spec.aliases),
        group: spec.group.name().to_owned(),
        title: spec.title.to_owned(),
        inputs: owned(spec.inputs),
        params: params.collect(),
        outputs: owned(spec.outputs),
        formula: spec.formula.to_owned(),
        source: spec.source.to_owned(),
        warm_up_bars: indicator.warm_up_bars() as u32,
    })
}

/// All indicators, by family.
#[napi(catch_unwind)]
pub fn list_indicators() -> Result<Vec<IndicatorInfo>> {
    specs().map(info).collect()
}

/// Runs an indicator over columns; gives its warm-up in bars.
#[napi(catch_unwind)]
pub fn run_indicator(
    id: String,
    params: Float64ArraySlice,
    inputs: Vec<Float64ArraySlice>,
    mut outputs: Vec<Float64ArraySlice>,
) -> Result<u32> {
    let indicator = Indicator::new(&id, &params).map_err(indicator_error)?;
    let read: Vec<&[f64]> = inputs.iter().map(|column| &**column).collect();
    {
        let written: Vec<&[f64]> = outputs.iter().map(|column| &**column).collect();
        check_disjoint(&read, &written)?;
    }
    // SAFETY: just checked.
    let mut written: Vec<&mut [f64]> = outputs.iter_mut().map(|column| unsafe { output(column) }).collect();
    indicator.batch(&read, &mut written).map_err(indicator_error)?;
    Ok(indicator.warm_up_bars() as u32)
}

/// Runs an indicator for several parameter sets over the same columns. `outputs` are the columns of the first set, then
/// those of the second, and so on; each gets what `run_indicator` gives for its set.
#[napi(catch_unwind)]
pub fn run_indicator_lanes(
    id: String,
    param_sets: Vec<Float64ArraySlice>,
    inputs: Vec<Float64ArraySlice>,
    mut outputs: Vec<Float64ArraySlice>,
) -> Result<()> {
    let sets: Vec<Indicator> = param_sets
        .iter()
        .map(|params| Indicator::new(&id, params).map_err(indicator_error))
        .collect::<Result<_>>()?;
    let read: Vec<&[f64]> = inputs.iter().map(|column| &**column).collect();
    {
        let written: Vec<&[f64]> = outputs.iter().map(|column| &**column).collect();
        check_disjoint(&read, &written)?;
    }
    // SAFETY: just checked.
    let mut written: Vec<&mut [f64]> = outputs.iter_mut().map(|column| unsafe { output(column) }).collect();
    Indicator::batch_lanes(&sets, &read, &mut written).map_err(indicator_error)
}

/// An indicator that takes one bar at a time.
#[napi]
#[derive(Debug)]
pub struct IndicatorStream(Indicator);

#[napi]
impl IndicatorStream {
    /// The stream of an indicator with these parameters.
    #[napi(constructor, catch_unwind)]
    pub fn new(id: String, params: Float64ArraySlice) -> Result<Self> {
        Indicator::new(&id, &params).map(Self).map_err(indicator_error)
    }

    /// Takes the inputs of the next bar and writes its outputs, NaN while warming up.
    #[napi(catch_unwind)]
    pub fn update(&mut self, bar: Float64ArraySlice, mut out: Float64ArraySlice) -> Result<()> {
        if check_disjoint(&[&bar], &[&out]).is_err() {
            return Err(bad_argument("the outputs must not share memory with the inputs"));
        }
        // SAFETY: just checked.
        self.0.update(&bar, unsafe { output(&mut out) }).map_err(indicator_error)
    }

    /// Starts again as if new.
    #[napi]
    pub fn reset(&mut self) {
        self.0.reset();
    }

    /// Bars before all outputs are known.
    #[napi(getter)]
    pub fn warm_up_bars(&self) -> u32 {
        self.0.warm_up_bars() as u32
    }
}

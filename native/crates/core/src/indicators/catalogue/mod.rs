//! The catalogue: every indicator by name, defined once.
//!
//! A [`Spec`] says what an indicator is called, takes and gives, and how its kernel is made; [`Indicator`] is one of them with
//! its parameters set, run over columns or bar by bar. Batch, stream, addon, listing and tests all come from [`specs`].
//!
//! - `machine`: a kernel becomes batch and stream; `spec`: definitions; `kernel`: how kernels are written
//! - `block`, `scratch`, `grid`, `whole`, `halves`, `joints`, `wide`: batches of windows, side by side; `lanes`: parameter sets, side by side
//! - `each`: rows side by side; `total`: running totals; `carried`: numbers kept from block to block
//! - `window`, `moments`, `average`, `moving`, `hilbert`: parts; the other modules: families, in no order
//!
//! # Policy
//! Names, defaults and outputs are TA-Lib 0.8's where it has the function; each `formula` names the convention where tools
//! differ. An output is NaN until it is known. A bar with an input that is NaN, infinite or absurdly large gives NaN and
//! restarts the warm-up. A step takes constant time on average, or what `formula` says.

mod adaptive;
mod arithmetic;
mod average;
mod averages;
mod bands;
mod block;
mod candle;
mod carried;
mod chart_patterns;
mod circular;
mod columns;
mod compared;
mod convergence;
mod cycles;
mod deviations;
mod directional;
mod each;
mod ehlers_cycles;
mod estimators;
mod extremes;
mod filters;
mod flows;
mod formations;
mod functions;
mod grid;
mod guards;
mod halves;
mod heikin_ashi;
mod hikkake;
mod hilbert;
mod joints;
mod kernel;
mod lanes;
mod levels;
mod long_formations;
mod machine;
mod moments;
mod momentum;
mod moving;
mod nonlinear;
mod oscillators;
mod paths;
mod patterns;
mod pivot_chain;
mod poles;
mod ranges;
mod ranks;
mod regression;
mod ring;
mod sar;
mod scratch;
mod sessions;
mod spec;
mod statistics;
mod stochastic;
mod stops;
mod swings;
mod tiles;
mod total;
mod trends;
mod typical;
mod variable;
mod volume;
mod weighted;
mod whole;
mod wide;
mod window;

use super::{IndicatorError, checked_length};
use machine::Run;
pub use spec::{Group, Param, Spec};
use tiles::LANES;

/// Every indicator, by family. One place in memory, not a constant: each crate that names a constant compiles all that it
/// points to once more, here every indicator (five minutes for each test and for the binding).
static FAMILIES: &[&[Spec]] = &[
    averages::SPECS,
    bands::SPECS,
    sar::SPECS,
    momentum::SPECS,
    paths::SPECS,
    convergence::SPECS,
    directional::SPECS,
    swings::SPECS,
    stochastic::SPECS,
    ranges::SPECS,
    typical::SPECS,
    volume::SPECS,
    statistics::SPECS,
    regression::SPECS,
    arithmetic::SPECS,
    cycles::SPECS,
    patterns::SPECS,
    formations::SPECS,
    long_formations::SPECS,
    hikkake::SPECS,
    weighted::SPECS,
    adaptive::SPECS,
    filters::SPECS,
    ehlers_cycles::SPECS,
    oscillators::SPECS,
    trends::SPECS,
    stops::SPECS,
    levels::SPECS,
    sessions::SPECS,
    estimators::SPECS,
    flows::SPECS,
    nonlinear::SPECS,
    guards::SPECS,
    compared::SPECS,
    chart_patterns::SPECS,
    columns::SPECS,
];

/// All definitions, by family.
pub fn specs() -> impl Iterator<Item = &'static Spec> {
    FAMILIES.iter().copied().flatten()
}

/// The definition with this name or alias, upper or lower case.
pub fn find(id: &str) -> Option<&'static Spec> {
    specs().find(|spec| {
        spec.id.eq_ignore_ascii_case(id) || spec.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(id))
    })
}

/// Checks that there is one column, or number, for each input or output.
fn checked_columns(kind: &'static str, given: usize, expected: usize) -> Result<(), IndicatorError> {
    if given == expected { Ok(()) } else { Err(IndicatorError::Columns { kind, given, expected }) }
}

/// An indicator with its parameters: a batch over columns, and a stream of bars.
pub struct Indicator {
    spec: &'static Spec,
    params: Vec<f64>,
    run: Box<dyn Run>,
}

impl std::fmt::Debug for Indicator {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Indicator")
            .field("id", &self.spec.id)
            .field("params", &self.params)
            .finish_non_exhaustive()
    }
}

impl Indicator {
    /// The indicator `id` with these parameters, in the order of its definition.
    ///
    /// # Errors
    /// [`IndicatorError::Unknown`], [`IndicatorError::Params`] when their number is wrong, [`IndicatorError::Param`] when one
    /// is outside its bounds, [`IndicatorError::Rule`] when they do not go together.
    pub fn new(id: &str, params: &[f64]) -> Result<Self, IndicatorError> {
        let spec = find(id).ok_or_else(|| IndicatorError::Unknown { id: id.chars().take(60).collect() })?;
        if params.len() != spec.params.len() {
            let (id, given, expected) = (spec.id, params.len(), spec.params.len());
            return Err(IndicatorError::Params { id, given, expected });
        }
        for (param, &value) in spec.params.iter().zip(params) {
            let within = (param.minimum..=param.maximum).contains(&value);
            if !within || (param.whole && value.fract() != 0.0) {
                return Err(IndicatorError::Param {
                    name: param.name,
                    value,
                    kind: if param.whole { "a whole number" } else { "a number" },
                    minimum: param.minimum,
                    maximum: param.maximum,
                });
            }
        }
        if let Some(rule) = (spec.rule)(params) {
            return Err(IndicatorError::Rule { rule });
        }
        Ok(Indicator { spec, params: params.to_vec(), run: (spec.build)(params) })
    }

    /// The definition.
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    /// Bars before all outputs are known.
    pub fn warm_up_bars(&self) -> usize {
        (self.spec.warm_up)(&self.params)
    }

    /// Fills `outputs` for a whole series. What the stream has seen plays no part and stays.
    ///
    /// # Errors
    /// [`IndicatorError::Columns`] unless there is one column for each input and output; [`IndicatorError::Length`] unless
    /// all have the same length.
    pub fn batch(&self, inputs: &[&[f64]], outputs: &mut [&mut [f64]]) -> Result<(), IndicatorError> {
        self.check_columns(inputs, outputs)?;
        self.run.batch(inputs, outputs);
        Ok(())
    }

    fn check_columns(&self, inputs: &[&[f64]], outputs: &[&mut [f64]]) -> Result<(), IndicatorError> {
        checked_columns("input", inputs.len(), self.spec.inputs.len())?;
        checked_columns("output", outputs.len(), self.spec.outputs.len())?;
        let rows = inputs[0].len();
        for (name, column) in self.spec.inputs.iter().zip(inputs) {
            checked_length(name, column.len(), rows)?;
        }
        for (name, column) in self.spec.outputs.iter().zip(outputs.iter()) {
            checked_length(name, column.len(), rows)?;
        }
        Ok(())
    }

    /// Runs one indicator for several parameter sets over the same columns: the outputs of the first set, then those of the
    /// second, and so on. Each has the bits that [`Indicator::batch`] of its set gives. Recurrences (averages, RSI, ATR, MACD…)
    /// go side by side, eight sets at once; what is left over, and other indicators, one set after another.
    ///
    /// # Errors
    /// [`IndicatorError::Lanes`] when the sets are not of one indicator; otherwise as [`Indicator::batch`].
    pub fn batch_lanes(
        sets: &[Indicator],
        inputs: &[&[f64]],
        outputs: &mut [&mut [f64]],
    ) -> Result<(), IndicatorError> {
        let Some(first) = sets.first() else {
            return checked_columns("output", outputs.len(), 0);
        };
        if let Some(other) = sets.iter().find(|set| set.spec.id != first.spec.id) {
            return Err(IndicatorError::Lanes { first: first.spec.id, other: other.spec.id });
        }
        let width = first.spec.outputs.len();
        checked_columns("output", outputs.len(), width * sets.len())?;
        let mut left = outputs;
        for group in sets.chunks(LANES) {
            let (columns, rest) = left.split_at_mut(width * group.len());
            left = rest;
            if let (Some(run), Some(eight)) = (first.spec.lanes, group.first_chunk::<LANES>()) {
                for columns in columns.chunks(width) {
                    first.check_columns(inputs, columns)?;
                }
                run(&eight.each_ref().map(|set| set.params.as_slice()), inputs, columns);
            } else {
                for (set, columns) in group.iter().zip(columns.chunks_mut(width)) {
                    set.batch(inputs, columns)?;
                }
            }
        }
        Ok(())
    }

    /// Takes the next bar and writes the outputs, NaN while warming up.
    ///
    /// # Errors
    /// [`IndicatorError::Columns`] unless there is one number for each input and output.
    pub fn update(&mut self, bar: &[f64], out: &mut [f64]) -> Result<(), IndicatorError> {
        checked_columns("input", bar.len(), self.spec.inputs.len())?;
        checked_columns("output", out.len(), self.spec.outputs.len())?;
        self.run.update(bar, out);
        Ok(())
    }

    /// Starts the stream again as if new.
    pub fn reset(&mut self) {
        self.run.reset();
    }
}

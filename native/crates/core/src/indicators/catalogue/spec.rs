//! What is known about an indicator besides its arithmetic.

use super::machine::{Kernel, Run, machine};
use super::tiles::LANES;

/// A family of indicators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Drawn over prices: averages, bands, stops.
    Overlap,
    /// Speed and direction.
    Momentum,
    /// Width of the moves.
    Volatility,
    /// Made of volume.
    Volume,
    /// Statistics of a window.
    Statistic,
    /// Cycles by Hilbert transform.
    Cycle,
    /// A price made of others.
    Price,
    /// Arithmetic of columns.
    Math,
    /// Candlestick patterns.
    Pattern,
}

impl Group {
    /// Name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Group::Overlap => "overlap",
            Group::Momentum => "momentum",
            Group::Volatility => "volatility",
            Group::Volume => "volume",
            Group::Statistic => "statistic",
            Group::Cycle => "cycle",
            Group::Price => "price",
            Group::Math => "math",
            Group::Pattern => "pattern",
        }
    }
}

/// A parameter: a number within bounds.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// Name, as in TA-Lib.
    pub name: &'static str,
    /// Value when none is given.
    pub default: f64,
    /// Smallest accepted value.
    pub minimum: f64,
    /// Largest accepted value.
    pub maximum: f64,
    /// Whether only whole numbers are accepted.
    pub whole: bool,
}

/// Makes a kernel ready to run for checked parameters.
type Build = fn(&[f64]) -> Box<dyn Run>;

/// Runs parameter sets side by side: sets, inputs, outputs of the first set, of the second…
pub(super) type RunLanes = fn(&[&[f64]; LANES], &[&[f64]], &mut [&mut [f64]]);

/// The definition of an indicator: everything else is derived from it.
#[derive(Clone, Copy)]
pub struct Spec {
    /// Name, as in TA-Lib where it has the function.
    pub id: &'static str,
    /// Other names in use.
    pub aliases: &'static [&'static str],
    /// Family.
    pub group: Group,
    /// What it is called in words.
    pub title: &'static str,
    /// Input columns in order, named after the candle column they are by default.
    pub inputs: &'static [&'static str],
    /// Parameters in order.
    pub params: &'static [Param],
    /// Output columns in order.
    pub outputs: &'static [&'static str],
    /// Formula, seed and convention where tools differ.
    pub formula: &'static str,
    /// Who defined it.
    pub source: &'static str,
    /// Bars before all outputs are known.
    pub(super) warm_up: fn(&[f64]) -> usize,
    /// A rule among the parameters, as the sentence that says what is wrong.
    pub(super) rule: fn(&[f64]) -> Option<&'static str>,
    pub(super) build: Build,
    /// How parameter sets go side by side, where they can.
    pub(super) lanes: Option<RunLanes>,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Spec").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Spec {
    /// Other names.
    pub(super) const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    /// Parameter sets can go side by side.
    pub(super) const fn with_lanes(mut self, lanes: RunLanes) -> Self {
        self.lanes = Some(lanes);
        self
    }

    /// A rule among the parameters.
    pub(super) const fn with_rule(mut self, rule: fn(&[f64]) -> Option<&'static str>) -> Self {
        self.rule = rule;
        self
    }

    /// The values used when none are given.
    pub fn defaults(&self) -> Vec<f64> {
        self.params.iter().map(|param| param.default).collect()
    }
}

/// A period in bars, within what every window accepts.
pub(super) const fn period(name: &'static str, default: usize) -> Param {
    period_from(name, default, 1)
}

/// A period with its own smallest value.
pub(super) const fn period_from(name: &'static str, default: usize, minimum: usize) -> Param {
    Param { name, default: default as f64, minimum: minimum as f64, maximum: 100_000.0, whole: true }
}

/// A number that need not be whole.
pub(super) const fn real(name: &'static str, default: f64, minimum: f64, maximum: f64) -> Param {
    Param { name, default, minimum, maximum, whole: false }
}

/// Which average: its number in TA-Lib.
pub(super) const fn average_kind(name: &'static str, default: u8) -> Param {
    Param { name, default: default as f64, minimum: 0.0, maximum: 13.0, whole: true }
}

/// A parameter as a count.
#[inline(always)]
pub(super) fn count(params: &[f64], index: usize) -> usize {
    params[index] as usize
}

pub(super) fn no_rule(_: &[f64]) -> Option<&'static str> {
    None
}

/// Hides the type of a kernel; the closure that builds it must capture nothing.
pub(super) fn ready<K: Kernel<I, O>, const I: usize, const O: usize>(
    build: fn(&[f64]) -> K,
    params: &[f64],
) -> Box<dyn Run> {
    machine(build, params)
}

/// A definition. `$build` maps the checked parameters to a kernel.
macro_rules! spec {
    (
        $id:literal, $group:ident, $title:literal,
        [$($input:literal),*], [$($param:expr),*], [$($output:literal),*],
        $warm_up:expr, $build:expr, $formula:literal, $source:literal $(,)?
    ) => {
        $crate::indicators::catalogue::spec::Spec {
            id: $id,
            aliases: &[],
            group: $crate::indicators::catalogue::spec::Group::$group,
            title: $title,
            inputs: &[$($input),*],
            params: &[$($param),*],
            outputs: &[$($output),*],
            formula: $formula,
            source: $source,
            warm_up: $warm_up,
            rule: $crate::indicators::catalogue::spec::no_rule,
            build: |params| $crate::indicators::catalogue::spec::ready($build, params),
            lanes: None,
        }
    };
}

pub(super) use spec;

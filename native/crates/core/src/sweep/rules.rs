//! The rule set as the host writes it: `src/shared/rules/rule-set.ts` describes every part. Parameters are still names here.

use serde::Deserialize;
use std::collections::BTreeMap;

/// A column of a candle.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
pub(super) enum PriceColumn {
    Open,
    High,
    Low,
    Close,
    Volume,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    #[serde(rename = "+")]
    Add,
    #[serde(rename = "-")]
    Subtract,
    #[serde(rename = "*")]
    Multiply,
    #[serde(rename = "/")]
    Divide,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
pub(super) enum Comparison {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessOrEqual,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    GreaterOrEqual,
    #[serde(rename = "==")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    Above,
    Below,
}

/// A number for every candle.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Value {
    Number { value: f64 },
    Parameter { name: String },
    Price { column: PriceColumn },
    Indicator { id: String, inputs: Vec<Value>, params: BTreeMap<String, Value>, output: String },
    Ago { of: Box<Value>, bars: Box<Value> },
    Negate { of: Box<Value> },
    Arithmetic { operator: Operator, left: Box<Value>, right: Box<Value> },
}

/// Yes or no for every candle.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Condition {
    Compare { operator: Comparison, left: Value, right: Value },
    Cross { direction: Direction, left: Value, right: Value },
    And { left: Box<Condition>, right: Box<Condition> },
    Or { left: Box<Condition>, right: Box<Condition> },
    Not { of: Box<Condition> },
}

/// A number, or a parameter times a scale.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Amount {
    Number(f64),
    Parameter { parameter: String, scale: f64 },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Size {
    Quote { amount: Amount },
    Fraction { fraction: Amount },
    NotionalQuote { amount: Amount },
    NotionalFraction { fraction: Amount },
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RoiStep {
    pub after_bars: u32,
    pub ratio: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Parameter {
    pub name: String,
    pub value: f64,
}

/// Everything a rule strategy is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleSet {
    pub(super) parameters: Vec<Parameter>,
    pub(super) long_entry: Option<Condition>,
    pub(super) long_exit: Option<Condition>,
    pub(super) short_entry: Option<Condition>,
    pub(super) short_exit: Option<Condition>,
    pub(super) stop: Amount,
    pub(super) target: Amount,
    pub(super) trailing: Amount,
    pub(super) activation: Amount,
    pub(super) roi: Vec<RoiStep>,
    pub(super) max_bars: Amount,
    pub(super) cooldown_bars: Amount,
    pub(super) size: Size,
    pub(super) reserve: Option<f64>,
}

impl RuleSet {
    /// Reads a rule set from its JSON.
    ///
    /// # Errors
    /// [`SweepError::Rules`](super::SweepError::Rules) with the place and what is wrong.
    pub fn from_json(json: &str) -> Result<Self, super::SweepError> {
        serde_json::from_str(json).map_err(|error| super::SweepError::Rules { problem: error.to_string() })
    }
}

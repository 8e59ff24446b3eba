//! The numbers of a rule set for one parameter set: ratios in billionths, counts in candles.

use super::SweepError;
use super::exact::billionths;
use super::rules::{Amount, RuleSet, Size};
use std::collections::HashMap;

/// How large an entry is.
#[derive(Clone, Copy, Debug)]
pub(super) enum SizeTerm {
    /// Value in quote currency.
    Quote(f64),
    /// Part of the equity.
    Fraction(f64),
    /// Value of the goods alone.
    NotionalQuote(f64),
    /// Value of the goods alone, as a part of the equity.
    NotionalFraction(f64),
}

/// Levels and limits of a trade. Zero: there is none.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub stop: i64,
    pub target: i64,
    pub trailing: i64,
    pub activation: i64,
    /// Candles after the entry and the profit that then suffices, by rising candles.
    pub roi: Vec<(usize, i64)>,
    pub max_bars: usize,
    pub cooldown_bars: usize,
    pub size: SizeTerm,
    pub reserve: f64,
}

/// Values by parameter name.
pub(super) type Values<'a> = HashMap<&'a str, f64>;

fn amount(name: &str, amount: &Amount, values: &Values) -> Result<f64, SweepError> {
    let value = match amount {
        Amount::Number(value) => *value,
        Amount::Parameter { parameter, scale } => {
            let value = values.get(parameter.as_str());
            value.ok_or_else(|| SweepError::Parameter { name: parameter.clone() })? * scale
        }
    };
    if (0.0..1e15).contains(&value) {
        return Ok(value);
    }
    Err(SweepError::Number { name: name.to_owned(), expected: "zero or greater", value })
}

fn ratio(name: &str, given: &Amount, below: f64, values: &Values) -> Result<i64, SweepError> {
    let value = amount(name, given, values)?;
    if value < below {
        return Ok(billionths(value));
    }
    Err(SweepError::Number { name: name.to_owned(), expected: "a smaller ratio (0.02 is 2 %)", value })
}

fn bars(name: &str, given: &Amount, values: &Values) -> Result<usize, SweepError> {
    let value = amount(name, given, values)?;
    if value.fract() == 0.0 && value <= 1e9 {
        return Ok(value as usize);
    }
    Err(SweepError::Number { name: name.to_owned(), expected: "a whole number of candles", value })
}

impl Terms {
    /// The numbers of these rules with these values. `reserve` holds where the rules name none.
    pub(super) fn new(rules: &RuleSet, values: &Values, reserve: f64) -> Result<Self, SweepError> {
        let mut roi: Vec<(usize, i64)> =
            rules.roi.iter().map(|step| (step.after_bars as usize, billionths(step.ratio))).collect();
        roi.sort_by_key(|&(after, _)| after);
        Ok(Terms {
            stop: ratio("stop", &rules.stop, 1.0, values)?,
            target: ratio("target", &rules.target, 1001.0, values)?,
            trailing: ratio("trailing", &rules.trailing, 1.0, values)?,
            activation: ratio("activation", &rules.activation, 1001.0, values)?,
            roi,
            max_bars: bars("maxBars", &rules.max_bars, values)?,
            cooldown_bars: bars("cooldownBars", &rules.cooldown_bars, values)?,
            size: match &rules.size {
                Size::Quote { amount: given } => SizeTerm::Quote(amount("size", given, values)?),
                Size::Fraction { fraction } => SizeTerm::Fraction(amount("size", fraction, values)?),
                Size::NotionalQuote { amount: given } => {
                    SizeTerm::NotionalQuote(amount("size", given, values)?)
                }
                Size::NotionalFraction { fraction } => {
                    SizeTerm::NotionalFraction(amount("size", fraction, values)?)
                }
            },
            reserve: rules.reserve.unwrap_or(reserve),
        })
    }

    /// Whether an open position watches any price.
    pub(super) fn has_levels(&self) -> bool {
        self.stop > 0 || self.target > 0 || self.trailing > 0 || !self.roi.is_empty()
    }
}

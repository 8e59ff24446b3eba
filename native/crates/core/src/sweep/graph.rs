//! All values the rules of all parameter sets need, each once: sets that share an indicator share its column.

use super::SweepError;
use super::rules::{Comparison, Condition, Direction, Operator, PriceColumn, Value};
use super::terms::Values;
use crate::indicators::catalogue::{Indicator, find};
use std::collections::HashMap;

/// Place of a value in the graph. What it is made of has smaller places.
pub(super) type Id = u32;

/// A value with its parameters filled in. Numbers are kept by their bits, so that they can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Number(u64),
    Price(PriceColumn),
    Indicator { id: &'static str, params: Vec<u64>, inputs: Vec<Id> },
    Output { of: Id, index: usize },
    Ago { of: Id, bars: usize },
    Negate(Id),
    Arithmetic { operator: Operator, left: Id, right: Id },
}

/// A condition over values of the graph.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Compare { operator: Comparison, left: Id, right: Id },
    Cross { direction: Direction, left: Id, right: Id },
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Not(Box<Test>),
}

impl Test {
    /// Calls `each` for every value that is compared.
    pub(super) fn for_each_value(&self, each: &mut impl FnMut(Id)) {
        match self {
            Test::Compare { left, right, .. } | Test::Cross { left, right, .. } => {
                each(*left);
                each(*right);
            }
            Test::And(left, right) | Test::Or(left, right) => {
                left.for_each_value(each);
                right.for_each_value(each);
            }
            Test::Not(of) => of.for_each_value(each),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    places: HashMap<Node, Id>,
}

impl Graph {
    fn place(&mut self, node: Node) -> Id {
        if let Some(&id) = self.places.get(&node) {
            return id;
        }
        let id = self.nodes.len() as Id;
        self.nodes.push(node.clone());
        self.places.insert(node, id);
        id
    }

    /// What a node is made of.
    pub(super) fn parts(&self, id: Id) -> Vec<Id> {
        match &self.nodes[id as usize] {
            Node::Number(_) | Node::Price(_) => Vec::new(),
            Node::Indicator { inputs, .. } => inputs.clone(),
            Node::Output { of, .. } | Node::Ago { of, .. } | Node::Negate(of) => vec![*of],
            Node::Arithmetic { left, right, .. } => vec![*left, *right],
        }
    }

    /// Puts a condition in; gives it over the graph's values.
    pub(super) fn add(&mut self, condition: &Condition, values: &Values) -> Result<Test, SweepError> {
        Ok(match condition {
            Condition::Compare { operator, left, right } => Test::Compare {
                operator: *operator,
                left: self.value(left, values)?,
                right: self.value(right, values)?,
            },
            Condition::Cross { direction, left, right } => Test::Cross {
                direction: *direction,
                left: self.value(left, values)?,
                right: self.value(right, values)?,
            },
            Condition::And { left, right } => {
                Test::And(Box::new(self.add(left, values)?), Box::new(self.add(right, values)?))
            }
            Condition::Or { left, right } => {
                Test::Or(Box::new(self.add(left, values)?), Box::new(self.add(right, values)?))
            }
            Condition::Not { of } => Test::Not(Box::new(self.add(of, values)?)),
        })
    }

    fn value(&mut self, value: &Value, values: &Values) -> Result<Id, SweepError> {
        let node = match value {
            Value::Number { .. } | Value::Parameter { .. } => Node::Number(number(value, values)?.to_bits()),
            Value::Price { column } => Node::Price(*column),
            Value::Indicator { id, inputs, params, output } => {
                return self.indicator(id, inputs, params, output, values);
            }
            Value::Ago { of, bars } => {
                let bars = whole_bars(number(bars, values)?)?;
                let of = self.value(of, values)?;
                if bars == 0 || matches!(self.nodes[of as usize], Node::Number(_)) {
                    return Ok(of);
                }
                Node::Ago { of, bars }
            }
            Value::Negate { of } => Node::Negate(self.value(of, values)?),
            Value::Arithmetic { operator, left, right } => Node::Arithmetic {
                operator: *operator,
                left: self.value(left, values)?,
                right: self.value(right, values)?,
            },
        };
        Ok(self.place(node))
    }

    fn indicator(
        &mut self,
        id: &str,
        inputs: &[Value],
        params: &std::collections::BTreeMap<String, Value>,
        output: &str,
        values: &Values,
    ) -> Result<Id, SweepError> {
        let unknown = |problem: String| SweepError::Rules { problem };
        let spec = find(id).ok_or_else(|| unknown(format!("there is no indicator \"{id}\"")))?;
        if let Some(name) = params.keys().find(|name| spec.params.iter().all(|param| param.name != **name)) {
            return Err(unknown(format!("{} has no parameter \"{name}\"", spec.id)));
        }
        if inputs.len() != spec.inputs.len() {
            return Err(unknown(format!(
                "{} reads {} series, not {}",
                spec.id,
                spec.inputs.len(),
                inputs.len()
            )));
        }
        let index = spec
            .outputs
            .iter()
            .position(|name| *name == output)
            .ok_or_else(|| unknown(format!("{} has no output \"{output}\"", spec.id)))?;
        let mut numbers = Vec::with_capacity(spec.params.len());
        for param in spec.params {
            numbers.push(match params.get(param.name) {
                Some(given) => number(given, values)?,
                None => param.default,
            });
        }
        // Refuses parameters outside their bounds before anything runs.
        Indicator::new(spec.id, &numbers)?;
        let mut sources = Vec::with_capacity(inputs.len());
        for input in inputs {
            sources.push(self.value(input, values)?);
        }
        let params = numbers.into_iter().map(f64::to_bits).collect();
        let of = self.place(Node::Indicator { id: spec.id, params, inputs: sources });
        Ok(self.place(Node::Output { of, index }))
    }
}

fn number(value: &Value, values: &Values) -> Result<f64, SweepError> {
    match value {
        Value::Number { value } => Ok(*value),
        Value::Parameter { name } => {
            values.get(name.as_str()).copied().ok_or_else(|| SweepError::Parameter { name: name.clone() })
        }
        _ => Err(SweepError::Rules { problem: "a number or a parameter is expected here".to_owned() }),
    }
}

fn whole_bars(value: f64) -> Result<usize, SweepError> {
    if value.fract() == 0.0 && (0.0..=500.0).contains(&value) {
        return Ok(value as usize);
    }
    let expected = "a whole number of candles from 0 to 500";
    Err(SweepError::Number { name: "candles ago".to_owned(), expected, value })
}

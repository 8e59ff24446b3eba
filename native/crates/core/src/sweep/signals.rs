//! Conditions become bitmaps: one bit a candle on which the condition is met.

use super::bits::{crossings, keep_rows, order, words};
use super::columns::{Columns, Known};
use super::graph::{Graph, Id, Test};
use super::rules::{Comparison, Direction};
use std::collections::HashMap;
use std::rc::Rc;

/// The four bitmaps of a parameter set. `None`: the rule is not there, so never met.
#[derive(Debug, Default)]
pub(super) struct Signals {
    pub long_entry: Option<Vec<u64>>,
    pub long_exit: Option<Vec<u64>>,
    pub short_entry: Option<Vec<u64>>,
    pub short_exit: Option<Vec<u64>>,
}

/// The conditions of a parameter set, over the graph.
#[derive(Debug, Default)]
pub(super) struct Tests {
    pub long_entry: Option<Test>,
    pub long_exit: Option<Test>,
    pub short_entry: Option<Test>,
    pub short_exit: Option<Test>,
}

impl Tests {
    /// Those that are there.
    pub(super) fn all(&self) -> impl Iterator<Item = &Test> {
        [&self.long_entry, &self.long_exit, &self.short_entry, &self.short_exit].into_iter().flatten()
    }
}

/// Two bitmaps: greater and less, or crossed above and below.
type Pair = Rc<[Vec<u64>; 2]>;

/// Evaluates the conditions of one parameter set; comparisons of the same two values are made once.
struct Evaluation<'a> {
    columns: &'a Columns<'a>,
    graph: &'a Graph,
    rows: usize,
    orders: HashMap<(Id, Id), Pair>,
    crosses: HashMap<(Id, Id), Pair>,
}

/// Gives the bitmaps of a parameter set. An entry on whose candle its own exit or the other side's entry is met as well is
/// none; no bit lies before `first_row`.
pub(super) fn signals(
    columns: &Columns,
    graph: &Graph,
    tests: &Tests,
    rows: usize,
    first_row: usize,
) -> Signals {
    let mut evaluation = Evaluation { columns, graph, rows, orders: HashMap::new(), crosses: HashMap::new() };
    let mut map = |test: &Option<Test>| test.as_ref().map(|test| evaluation.bits(test, first_row));
    let mut found = Signals {
        long_entry: map(&tests.long_entry),
        long_exit: map(&tests.long_exit),
        short_entry: map(&tests.short_entry),
        short_exit: map(&tests.short_exit),
    };
    let without = |entry: &mut Option<Vec<u64>>, other: Option<&Vec<u64>>| {
        if let (Some(entry), Some(other)) = (entry, other) {
            entry.iter_mut().zip(other).for_each(|(entry, other)| *entry &= !other);
        }
    };
    let long_entry = found.long_entry.clone();
    without(&mut found.long_entry, found.long_exit.as_ref());
    without(&mut found.long_entry, found.short_entry.as_ref());
    without(&mut found.short_entry, found.short_exit.as_ref());
    without(&mut found.short_entry, long_entry.as_ref());
    found
}

impl Evaluation<'_> {
    /// The candles on which a condition is met and everything in it known.
    fn bits(&mut self, test: &Test, first_row: usize) -> Vec<u64> {
        let mut known = Known::default();
        test.for_each_value(&mut |id| known.join(&self.columns.known(self.graph, id)));
        let mut bits = self.raw(test);
        if let Some(holes) = &known.bits {
            bits.iter_mut().zip(holes).for_each(|(bits, known)| *bits &= known);
        }
        keep_rows(&mut bits, known.from.max(first_row), self.rows);
        bits
    }

    /// The condition as if everything were known; meaningless where it is not.
    fn raw(&mut self, test: &Test) -> Vec<u64> {
        match test {
            Test::Compare { operator, left, right } => {
                let pair = self.ordered(*left, *right);
                let [greater, less] = &*pair;
                match operator {
                    Comparison::Less => less.clone(),
                    Comparison::Greater => greater.clone(),
                    Comparison::LessOrEqual => greater.iter().map(|word| !word).collect(),
                    Comparison::GreaterOrEqual => less.iter().map(|word| !word).collect(),
                    Comparison::Equal => {
                        greater.iter().zip(less).map(|(more, fewer)| !(more | fewer)).collect()
                    }
                    Comparison::NotEqual => {
                        greater.iter().zip(less).map(|(more, fewer)| more | fewer).collect()
                    }
                }
            }
            Test::Cross { direction, left, right } => {
                let pair = self.crossed(*left, *right);
                pair[usize::from(*direction == Direction::Below)].clone()
            }
            Test::And(left, right) => {
                let mut bits = self.raw(left);
                bits.iter_mut().zip(self.raw(right)).for_each(|(bits, other)| *bits &= other);
                bits
            }
            Test::Or(left, right) => {
                let mut bits = self.raw(left);
                bits.iter_mut().zip(self.raw(right)).for_each(|(bits, other)| *bits |= other);
                bits
            }
            Test::Not(of) => {
                let mut bits = self.raw(of);
                for word in &mut bits {
                    *word = !*word;
                }
                bits
            }
        }
    }

    fn ordered(&mut self, left: Id, right: Id) -> Pair {
        if let Some(pair) = self.orders.get(&(left, right)) {
            return Rc::clone(pair);
        }
        let mut pair = [vec![0; words(self.rows)], vec![0; words(self.rows)]];
        let [greater, less] = &mut pair;
        let operand = |id| self.columns.operand(self.graph, id);
        order(operand(left), operand(right), self.rows, greater, less);
        let pair = Rc::new(pair);
        self.orders.insert((left, right), Rc::clone(&pair));
        pair
    }

    fn crossed(&mut self, left: Id, right: Id) -> Pair {
        if let Some(pair) = self.crosses.get(&(left, right)) {
            return Rc::clone(pair);
        }
        let mut known = self.columns.known(self.graph, left);
        known.join(&self.columns.known(self.graph, right));
        let ordered = self.ordered(left, right);
        let mut pair = [vec![0; words(self.rows)], vec![0; words(self.rows)]];
        let [above, below] = &mut pair;
        crossings(&ordered[0], &ordered[1], |word| known.word(word, self.rows), above, below);
        let pair = Rc::new(pair);
        self.crosses.insert((left, right), Rc::clone(&pair));
        pair
    }
}

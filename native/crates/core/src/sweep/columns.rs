//! The columns behind the values of a graph, for one series.

use super::SweepError;
use super::bits::{Operand, words};
use super::graph::{Graph, Id, Node};
use super::market::Series;
use super::rules::{Operator, PriceColumn};
use crate::indicators::catalogue::Indicator;
use crate::pages::ask_for_large_pages;
use crate::parallel::run_tasks;
use std::sync::{Arc, OnceLock};

/// On which candles a value is a finite number: from a row on, and there everywhere or where the bits say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Known {
    pub from: usize,
    pub bits: Option<Vec<u64>>,
}

impl Known {
    fn of(values: &[f64]) -> Self {
        // Zero times a finite number is zero, and NaN otherwise.
        let finite = |value: &f64| value * 0.0 == 0.0;
        let from = values.iter().position(finite).unwrap_or(values.len());
        if values[from..].iter().fold(true, |all, value| all & finite(value)) {
            return Known { from, bits: None };
        }
        let mut bits = vec![0; words(values.len())];
        for (row, value) in values.iter().enumerate() {
            bits[row / 64] |= u64::from(finite(value)) << (row % 64);
        }
        Known { from, bits: Some(bits) }
    }

    /// What of both is known.
    pub(super) fn join(&mut self, other: &Known) {
        self.from = self.from.max(other.from);
        match (&mut self.bits, &other.bits) {
            (_, None) => {}
            (None, Some(bits)) => self.bits = Some(bits.clone()),
            (Some(own), Some(bits)) => own.iter_mut().zip(bits).for_each(|(own, bits)| *own &= bits),
        }
    }

    /// The known candles of a word.
    pub(super) fn word(&self, index: usize, rows: usize) -> u64 {
        let first = index * 64;
        let mut word = if self.from <= first {
            !0
        } else if self.from >= first + 64 {
            0
        } else {
            !0 << (self.from - first)
        };
        if rows < first + 64 {
            word &= !(!0 << (rows - first).min(63));
        }
        self.bits.as_ref().map_or(word, |bits| word & bits[index])
    }
}

/// What is computed for a node: the outputs of an indicator, or one column.
#[derive(Debug)]
pub(super) struct Computed {
    columns: Vec<(Vec<f64>, Known)>,
}

impl Computed {
    /// Memory the columns take.
    pub(super) fn bytes(&self) -> usize {
        self.columns.iter().map(|(column, _)| column.len() * 8).sum()
    }
}

/// Computed columns of a graph.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    series: Series<'a>,
    computed: Vec<OnceLock<Arc<Computed>>>,
}

impl<'a> Columns<'a> {
    pub(super) fn new(series: Series<'a>, graph: &Graph) -> Self {
        let computed = graph.nodes.iter().map(|_| OnceLock::new()).collect();
        Columns { series, computed }
    }

    fn price(&self, column: PriceColumn) -> &'a [f64] {
        match column {
            PriceColumn::Open => self.series.open,
            PriceColumn::High => self.series.high,
            PriceColumn::Low => self.series.low,
            PriceColumn::Close => self.series.close,
            PriceColumn::Volume => self.series.volume,
        }
    }

    /// The value of a node, which has been computed.
    pub(super) fn operand(&self, graph: &Graph, id: Id) -> Operand<'_> {
        match &graph.nodes[id as usize] {
            Node::Number(bits) => Operand::Constant(f64::from_bits(*bits)),
            Node::Price(column) => Operand::Column(self.price(*column)),
            Node::Output { of, index } => Operand::Column(self.column(*of, *index)),
            _ => Operand::Column(self.column(id, 0)),
        }
    }

    fn column(&self, id: Id, index: usize) -> &[f64] {
        self.computed[id as usize].get().map_or(&[], |computed| &computed.columns[index].0)
    }

    /// Where a node's value is known.
    pub(super) fn known(&self, graph: &Graph, id: Id) -> Known {
        let (id, index) = match &graph.nodes[id as usize] {
            Node::Number(bits) => {
                let from = if f64::from_bits(*bits).is_finite() { 0 } else { usize::MAX };
                return Known { from, bits: None };
            }
            // Prices have been checked; a volume may have holes.
            Node::Price(PriceColumn::Volume) => return Known::of(self.series.volume),
            Node::Price(_) => return Known::default(),
            Node::Output { of, index } => (*of, *index),
            _ => (id, 0),
        };
        self.computed[id as usize]
            .get()
            .map_or_else(Known::default, |computed| computed.columns[index].1.clone())
    }

    /// Whether a node needs columns of its own.
    pub(super) fn is_computed(graph: &Graph, id: Id) -> bool {
        !matches!(graph.nodes[id as usize], Node::Number(_) | Node::Price(_) | Node::Output { .. })
    }

    /// Columns a node takes.
    pub(super) fn width(graph: &Graph, id: Id) -> usize {
        match &graph.nodes[id as usize] {
            Node::Indicator { id, .. } => {
                crate::indicators::catalogue::find(id).map_or(1, |spec| spec.outputs.len())
            }
            _ => usize::from(Self::is_computed(graph, id)),
        }
    }

    /// What has been computed for a node.
    pub(super) fn computed(&self, id: Id) -> Option<&Arc<Computed>> {
        self.computed[id as usize].get()
    }

    /// Takes what was computed for a node before, over the same series.
    pub(super) fn take(&self, id: Id, computed: Arc<Computed>) {
        // One that is there already is the same.
        let _ = self.computed[id as usize].set(computed);
    }

    /// Lets go of every column that is not needed.
    pub(super) fn keep(&mut self, needed: &[bool]) {
        for (slot, &needed) in self.computed.iter_mut().zip(needed) {
            if !needed {
                slot.take();
            }
        }
    }

    /// Computes the needed columns that are not there, on several threads; what a column is made of comes first.
    pub(super) fn compute(&self, graph: &Graph, needed: &[bool], threads: usize) -> Result<(), SweepError> {
        let mut depth = vec![0_usize; graph.nodes.len()];
        let mut waves: Vec<Vec<Id>> = Vec::new();
        for id in 0..graph.nodes.len() {
            let below = graph.parts(id as Id).into_iter().map(|part| depth[part as usize]).max().unwrap_or(0);
            let own = Self::is_computed(graph, id as Id);
            depth[id] = below + usize::from(own);
            if own && needed[id] && self.computed[id].get().is_none() {
                if waves.len() < depth[id] {
                    waves.resize_with(depth[id], Vec::new);
                }
                waves[depth[id] - 1].push(id as Id);
            }
        }
        for wave in waves {
            let results = run_tasks(threads, wave.len(), |at| self.make(graph, wave[at]), |_, _| true)?;
            for (id, result) in wave.iter().zip(results) {
                // Nothing else fills the slot.
                let _ = self.computed[*id as usize].set(Arc::new(result?));
            }
        }
        Ok(())
    }

    fn make(&self, graph: &Graph, id: Id) -> Result<Computed, SweepError> {
        let rows = self.series.time_ms.len();
        let columns = match &graph.nodes[id as usize] {
            Node::Number(_) | Node::Price(_) | Node::Output { .. } => Vec::new(),
            Node::Indicator { id, params, inputs } => {
                let params: Vec<f64> = params.iter().map(|&bits| f64::from_bits(bits)).collect();
                let indicator = Indicator::new(id, &params)?;
                let read: Vec<&[f64]> = inputs
                    .iter()
                    .map(|&input| match self.operand(graph, input) {
                        Operand::Column(column) => column,
                        Operand::Constant(_) => &[],
                    })
                    .collect();
                let mut outputs: Vec<Vec<f64>> =
                    indicator.spec().outputs.iter().map(|_| vec![0.0; rows]).collect();
                for column in &mut outputs {
                    ask_for_large_pages(column);
                }
                let mut written: Vec<&mut [f64]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
                indicator.batch(&read, &mut written)?;
                outputs
            }
            Node::Ago { of, bars } => {
                let mut column = vec![f64::NAN; rows];
                let bars = (*bars).min(rows);
                if let Operand::Column(source) = self.operand(graph, *of) {
                    column[bars..].copy_from_slice(&source[..rows - bars]);
                }
                vec![column]
            }
            Node::Negate(of) => vec![each_row(self.operand(graph, *of), rows, |value| -value)],
            Node::Arithmetic { operator, left, right } => {
                let (left, right) = (self.operand(graph, *left), self.operand(graph, *right));
                vec![match operator {
                    Operator::Add => both(left, right, rows, |a, b| a + b),
                    Operator::Subtract => both(left, right, rows, |a, b| a - b),
                    Operator::Multiply => both(left, right, rows, |a, b| a * b),
                    Operator::Divide => both(left, right, rows, |a, b| a / b),
                }]
            }
        };
        let columns = columns
            .into_iter()
            .map(|column| {
                let known = Known::of(&column);
                (column, known)
            })
            .collect();
        Ok(Computed { columns })
    }
}

fn each_row(of: Operand, rows: usize, step: impl Fn(f64) -> f64) -> Vec<f64> {
    match of {
        Operand::Column(column) => column.iter().map(|&value| step(value)).collect(),
        Operand::Constant(value) => vec![step(value); rows],
    }
}

fn both(left: Operand, right: Operand, rows: usize, step: impl Fn(f64, f64) -> f64) -> Vec<f64> {
    match (left, right) {
        (Operand::Column(left), Operand::Column(right)) => {
            left.iter().zip(right).map(|(&a, &b)| step(a, b)).collect()
        }
        (Operand::Column(left), Operand::Constant(b)) => left.iter().map(|&a| step(a, b)).collect(),
        (Operand::Constant(a), Operand::Column(right)) => right.iter().map(|&b| step(a, b)).collect(),
        (Operand::Constant(a), Operand::Constant(b)) => vec![step(a, b); rows],
    }
}

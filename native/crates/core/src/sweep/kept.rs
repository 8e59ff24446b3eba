//! Columns of indicators that runs over one series share.

use super::columns::{Columns, Computed};
use super::graph::{Graph, Id, Node};
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

/// Memory the columns may take; beyond it, half of them go.
const KEPT_BYTES: usize = 32 << 20;

#[derive(Debug)]
struct Kept {
    computed: Arc<Computed>,
    /// When it was used last.
    used: u64,
}

/// Columns of indicators by what they are computed of.
#[derive(Debug, Default)]
pub(super) struct KeptColumns {
    columns: HashMap<String, Kept>,
    bytes: usize,
    clock: u64,
}

impl KeptColumns {
    /// Gives the graph the columns that are kept.
    pub(super) fn lend(&mut self, graph: &Graph, columns: &Columns) {
        self.clock += 1;
        for id in indicators(graph) {
            if let Some(kept) = self.columns.get_mut(&name(graph, id)) {
                kept.used = self.clock;
                columns.take(id, Arc::clone(&kept.computed));
            }
        }
    }

    /// Keeps what was computed.
    pub(super) fn keep(&mut self, graph: &Graph, columns: &Columns) {
        for id in indicators(graph) {
            let Some(computed) = columns.computed(id) else { continue };
            let kept = Kept { computed: Arc::clone(computed), used: self.clock };
            if self.columns.insert(name(graph, id), kept).is_none() {
                self.bytes += computed.bytes();
            }
        }
        if self.bytes > KEPT_BYTES {
            self.drop_older_half();
        }
    }

    /// Drops what was used longest ago.
    fn drop_older_half(&mut self) {
        let mut used: Vec<u64> = self.columns.values().map(|kept| kept.used).collect();
        used.sort_unstable();
        let middle = used[used.len() / 2];
        self.columns.retain(|_, kept| kept.used > middle);
        self.bytes = self.columns.values().map(|kept| kept.computed.bytes()).sum();
    }
}

fn indicators(graph: &Graph) -> impl Iterator<Item = Id> {
    (0..graph.nodes.len() as Id).filter(|&id| matches!(graph.nodes[id as usize], Node::Indicator { .. }))
}

/// What a node is computed of, as a text that no other one has.
fn name(graph: &Graph, id: Id) -> String {
    let mut text = String::new();
    describe(graph, id, &mut text);
    text
}

fn describe(graph: &Graph, id: Id, text: &mut String) {
    let node = &graph.nodes[id as usize];
    // Writing to a string does not fail.
    let _ = match node {
        Node::Number(bits) => write!(text, "{bits}"),
        Node::Price(column) => write!(text, "{column:?}"),
        Node::Indicator { id, params, .. } => write!(text, "{id}{params:?}"),
        Node::Output { index, .. } => write!(text, "output{index}"),
        Node::Ago { bars, .. } => write!(text, "ago{bars}"),
        Node::Negate(_) => write!(text, "negate"),
        Node::Arithmetic { operator, .. } => write!(text, "{operator:?}"),
    };
    text.push('(');
    for part in graph.parts(id) {
        describe(graph, part, text);
        text.push(',');
    }
    text.push(')');
}

#[cfg(test)]
mod tests {
    use super::super::market::{MarketRules, Series};
    use super::super::plan;
    use super::*;

    fn graph(period: u32) -> Graph {
        let text = format!(
            r#"{{"parameters":[],"longEntry":{{"kind":"compare","operator":">","left":{{"kind":"price","column":"close"}},
            "right":{{"kind":"indicator","id":"SMA","inputs":[{{"kind":"price","column":"close"}}],
            "params":{{"timeperiod":{{"kind":"number","value":{period}}}}},"output":"real"}}}},"longExit":null,"shortEntry":null,
            "shortExit":null,"stop":0,"target":0,"trailing":0,"activation":0,"roi":[],"maxBars":0,"cooldownBars":0,
            "size":{{"kind":"fraction","fraction":1}},"reserve":null}}"#
        );
        let rules = super::super::RuleSet::from_json(&text).expect("rules");
        plan(&rules, &[], &[], 0.0).expect("a plan").graph
    }

    #[test]
    fn columns_come_back_to_the_indicator_they_are_of_and_the_oldest_go_first() {
        let rows = 1 << 16;
        let column: Vec<f64> = (0..rows).map(|row| f64::from(row % 7) + 1.0).collect();
        let rules = MarketRules {
            tick_size: 1.0,
            lot_size: 1.0,
            minimum_lots: 0.0,
            maximum_lots: 1e9,
            minimum_notional: 0.0,
            taker_fee: 0.0,
            perpetual: false,
            leverage: 1.0,
            maintenance_rate: 0.0,
            timeframe_ms: 1.0,
        };
        let series = Series {
            time_ms: &column,
            open: &column,
            high: &column,
            low: &column,
            close: &column,
            volume: &column,
            funding_row: &[],
            funding_rate: &[],
            rules,
        };
        let mut kept = KeptColumns::default();
        let place = |graph: &Graph| indicators(graph).next().expect("an indicator");
        let is_kept = |kept: &mut KeptColumns, period: u32| {
            let graph = graph(period);
            let columns = Columns::new(series, &graph);
            kept.lend(&graph, &columns);
            columns.computed(place(&graph)).is_some()
        };
        // Half a megabyte a column: 64 of them fit.
        for period in 2..66 {
            assert!(!is_kept(&mut kept, period));
            let graph = graph(period);
            let columns = Columns::new(series, &graph);
            columns.compute(&graph, &vec![true; graph.nodes.len()], 1).expect("columns");
            kept.keep(&graph, &columns);
        }
        assert!(is_kept(&mut kept, 2));
        let graph = graph(66);
        let columns = Columns::new(series, &graph);
        columns.compute(&graph, &vec![true; graph.nodes.len()], 1).expect("columns");
        kept.keep(&graph, &columns);
        assert!(kept.bytes <= KEPT_BYTES / 2 + columns.computed(place(&graph)).expect("one").bytes());
        assert!([2, 65, 66].map(|period| is_kept(&mut kept, period)) == [true; 3]);
        assert!([3, 20].map(|period| is_kept(&mut kept, period)) == [false; 2]);
    }
}

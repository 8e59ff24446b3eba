//! Does an entry rule know anything? Its trades against trades of the same number, sides and durations that begin at
//! random bars. Costs are the same on both sides and left out.

use super::{RobustnessError, bad};
use crate::parallel::run_tasks;
use crate::performance::returns::percentile;
use crate::random::Random;

/// Trades by the rows of their candles.
#[derive(Clone, Copy, Debug)]
pub struct RuleTrades<'a> {
    /// Row of the entry.
    pub entry: &'a [i32],
    /// Row of the exit, not before the entry.
    pub exit: &'a [i32],
    /// 1 long, -1 short.
    pub side: &'a [i8],
}

/// What the comparison says.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSignificance {
    /// Mean logarithmic return of the rule's trades.
    pub observed: f64,
    /// The same of the random trades, over all simulations.
    pub random_mean: f64,
    /// The value below which 95 % of the simulations stay.
    pub random_p95: f64,
    /// Probability of a mean at least as high without any knowledge: `(1 + simulations at least as good) / (1 + all)`.
    pub p_value: f64,
}

/// Simulations a task does.
const PER_TASK: usize = 20;

/// Compares a rule's entries with random ones; these lie from row `first` on, where trading could have begun. Random trades
/// may overlap each other.
///
/// # Errors
/// For columns that do not fit together, rows outside the prices, prices that are not above 0, and when stopped.
pub fn rule_significance(
    close: &[f64],
    trades: &RuleTrades,
    first: usize,
    simulations: usize,
    seed: u64,
    threads: usize,
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<RuleSignificance, RobustnessError> {
    let logs = check(close, trades, first, simulations)?;
    let count = trades.entry.len() as f64;
    let lengths: Vec<(usize, f64)> = trades
        .entry
        .iter()
        .zip(trades.exit)
        .zip(trades.side)
        .map(|((entry, exit), side)| ((exit - entry) as usize, f64::from(*side)))
        .collect();
    let mean_of = |start_of: &mut dyn FnMut(usize, usize) -> usize| {
        let mut sum = 0.0;
        for (index, &(length, side)) in lengths.iter().enumerate() {
            let start = start_of(index, length);
            sum += side * (logs[start + length] - logs[start]);
        }
        sum / count
    };
    let observed = mean_of(&mut |index, _| trades.entry[index] as usize);
    let work = |task: usize| {
        let range = task * PER_TASK..simulations.min((task + 1) * PER_TASK);
        let simulate = |simulation: usize| {
            let mut random = Random::new(seed, simulation as u64);
            mean_of(&mut |_, length| first + random.below((logs.len() - length - first) as u64) as usize)
        };
        range.map(simulate).collect::<Vec<f64>>()
    };
    let mut means = run_tasks(threads, simulations.div_ceil(PER_TASK), work, advance)?.concat();
    let better = means.iter().filter(|&&mean| mean >= observed).count();
    let random_mean = means.iter().sum::<f64>() / simulations as f64;
    means.sort_unstable_by(f64::total_cmp);
    Ok(RuleSignificance {
        observed,
        random_mean,
        random_p95: percentile(&means, 0.95),
        p_value: (1 + better) as f64 / (1 + simulations) as f64,
    })
}

/// Gives the logarithms of the prices.
fn check(
    close: &[f64],
    trades: &RuleTrades,
    first: usize,
    simulations: usize,
) -> Result<Vec<f64>, RobustnessError> {
    let rows = trades.entry.len();
    if rows == 0 {
        return bad("trades: there is none to compare");
    }
    if trades.exit.len() != rows || trades.side.len() != rows {
        return bad("trades: entry, exit and side must have one length");
    }
    if simulations == 0 {
        return bad("simulations must be at least 1");
    }
    if let Some(row) = close.iter().position(|price| !(*price > 0.0 && price.is_finite())) {
        return bad(format!("close: not a price at row {row}"));
    }
    for row in 0..rows {
        let (entry, exit) = (i64::from(trades.entry[row]), i64::from(trades.exit[row]));
        if entry < 0 || exit < entry || exit >= close.len() as i64 {
            return bad(format!(
                "trades: row {row} goes from bar {entry} to {exit}, of {} bars",
                close.len()
            ));
        }
        if first as i64 + exit - entry >= close.len() as i64 {
            return bad(format!("trades: row {row} is longer than the bars after the first"));
        }
    }
    Ok(close.iter().map(|price| price.ln()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A price that rises by 1 % in every tenth bar and is still otherwise.
    fn prices() -> Vec<f64> {
        (0..1000).map(|row| 1.01_f64.powi(row / 10)).collect()
    }

    fn run(entry: &[i32], exit: &[i32], side: &[i8], threads: usize) -> RuleSignificance {
        let trades = RuleTrades { entry, exit, side };
        rule_significance(&prices(), &trades, 0, 2000, 3, threads, |_, _| true).expect("runs")
    }

    #[test]
    fn a_rule_that_knows_is_told_from_one_that_does_not() {
        // In right before each rise, out after it: random trades of one bar catch a tenth of the rises.
        let entry: Vec<i32> = (0..20).map(|trade| trade * 10 + 9).collect();
        let exit: Vec<i32> = entry.iter().map(|row| row + 1).collect();
        let found = run(&entry, &exit, &[1; 20], 1);
        assert!((found.observed - 1.01_f64.ln()).abs() < 1e-12);
        assert!((found.random_mean - 1.01_f64.ln() / 10.0).abs() < 1e-4);
        assert_eq!(found.p_value, 1.0 / 2001.0);
        // The same bars sold short are the worst there is.
        assert_eq!(run(&entry, &exit, &[-1; 20], 1).p_value, 1.0);
        // In at fixed distances that do not fit the rises: as good as chance.
        let blind: Vec<i32> = (0..40).map(|trade| trade * 23).collect();
        let later: Vec<i32> = blind.iter().map(|row| row + 1).collect();
        let found = run(&blind, &later, &[1; 40], 1);
        assert!(found.p_value > 0.3 && found.p_value < 0.9, "{}", found.p_value);
    }

    #[test]
    fn threads_do_not_matter() {
        let (entry, exit, side) = ([5, 50, 500], [9, 80, 777], [1, -1, 1]);
        assert_eq!(run(&entry, &exit, &side, 1), run(&entry, &exit, &side, 8));
    }

    #[test]
    fn bad_input_is_refused() {
        let wrong = |entry: i32, exit: i32| {
            let trades = RuleTrades { entry: &[entry], exit: &[exit], side: &[1] };
            rule_significance(&[1.0, 2.0], &trades, 0, 10, 1, 1, |_, _| true)
                .expect_err("refused")
                .to_string()
        };
        assert!(wrong(1, 2).contains("from bar 1 to 2, of 2 bars"));
        assert!(wrong(1, 0).contains("from bar 1 to 0"));
        let none = RuleTrades { entry: &[], exit: &[], side: &[] };
        assert!(rule_significance(&[1.0], &none, 0, 10, 1, 1, |_, _| true).is_err());
    }
}

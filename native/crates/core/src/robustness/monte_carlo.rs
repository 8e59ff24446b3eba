//! Many lives of one list of returns. Equity compounds from 1: a run's curve is the product of `1 + return`, worked out as
//! a sum of logarithms, eight runs side by side.

use super::{RobustnessError, bad};
use crate::cpu::multiversioned;
use crate::parallel::run_tasks;
use crate::performance::returns::percentile;
use crate::random::Random;

/// What chance does to the returns in each run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// The same returns in another order: the final value is the same, the way there is not.
    Shuffle,
    /// As many returns, drawn with replacement.
    Bootstrap,
    /// Blocks of this many neighbours, drawn with replacement (moving blocks): streaks stay together.
    Blocks(usize),
    /// Each return is missed with this probability, in the order they came.
    Missed(f64),
}

/// How many runs, and what is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// What chance does.
    pub method: Method,
    /// Number of runs.
    pub runs: usize,
    /// Seed of all chance.
    pub seed: u64,
    /// Threads; 0 is one a core.
    pub threads: usize,
    /// Points of the fan, evenly spread over the returns; 0 is no fan.
    pub fan_points: usize,
    /// Drawdown (positive fraction) that counts as ruin.
    pub ruin: f64,
}

/// Shares of the runs that are reported.
pub const PERCENTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];

/// Final value and deepest drawdown of one curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Value at the end; 1 is the value at the start.
    pub final_value: f64,
    /// Deepest fall from a peak, 0 or negative.
    pub max_drawdown: f64,
}

/// What the runs came to. Percentiles are those of [`PERCENTILES`]; low ones are bad.
#[derive(Clone, Debug, PartialEq)]
pub struct MonteCarlo {
    /// The returns as they were.
    pub original: Outcome,
    /// Share of runs that ended below the original, ties by half; NaN for a shuffle, where all end the same.
    pub final_rank: f64,
    /// Share of runs whose drawdown was deeper than the original's.
    pub drawdown_rank: f64,
    /// Final values.
    pub final_percentiles: [f64; 5],
    /// Mean final value.
    pub final_mean: f64,
    /// Deepest drawdowns.
    pub drawdown_percentiles: [f64; 5],
    /// Share of runs that ended with a loss.
    pub loss_share: f64,
    /// Share of runs that fell as far as ruin.
    pub ruin_share: f64,
    /// Returns passed at each point of the fan, from 0.
    pub fan_steps: Vec<usize>,
    /// Values at these points.
    pub fan: Vec<[f64; 5]>,
    /// Final value of each run.
    pub finals: Vec<f64>,
    /// Deepest drawdown of each run.
    pub drawdowns: Vec<f64>,
}

/// Runs side by side.
const LANES: usize = 8;

/// Returns drawn before they are added up.
const BLOCK: usize = 64;

/// Runs a task does before it takes the next.
const RUNS_PER_TASK: usize = 64;

/// Values that differ by less are equal: sums of the same numbers in another order.
const TIE: f64 = 1e-9;

type Row = [f64; LANES];

/// Places of 32 bits are scaled to a bound: the bias is below `bound / 2^32`.
#[inline(always)]
fn below(half: u64, bound: u64) -> usize {
    ((half * bound) >> 32) as usize
}

multiversioned! {
    fn draw(table: &[f64], random: &mut [Random; LANES], rows: &mut [Row]) {
        let bound = table.len() as u64;
        let (pairs, rest) = rows.as_chunks_mut::<2>();
        for [first, second] in pairs {
            for lane in 0..LANES {
                let bits = random[lane].next_bits();
                first[lane] = table[below(bits >> 32, bound)];
                second[lane] = table[below(bits & 0xFFFF_FFFF, bound)];
            }
        }
        for row in rest {
            for lane in 0..LANES {
                row[lane] = table[below(random[lane].next_bits() >> 32, bound)];
            }
        }
    }
}

/// One step of Fisher and Yates from the end of each lane's own copy: what is taken is never looked at again.
fn shuffle(lanes: &mut [Vec<f64>; LANES], left: usize, random: &mut [Random; LANES], rows: &mut [Row]) {
    let (pairs, rest) = rows.as_chunks_mut::<2>();
    let mut left = left;
    for [first, second] in pairs {
        for lane in 0..LANES {
            let bits = random[lane].next_bits();
            let values = &mut lanes[lane][..left];
            let place = below(bits >> 32, left as u64);
            first[lane] = values[place];
            values[place] = values[left - 1];
            let place = below(bits & 0xFFFF_FFFF, left as u64 - 1);
            second[lane] = values[place];
            values[place] = values[left - 2];
        }
        left -= 2;
    }
    for row in rest {
        for lane in 0..LANES {
            let values = &mut lanes[lane][..left];
            let place = below(random[lane].next_bits() >> 32, left as u64);
            row[lane] = values[place];
            values[place] = values[left - 1];
        }
    }
}

/// Sums, peaks and deepest falls of eight runs.
struct Curves {
    sum: Row,
    peak: Row,
    fall: Row,
}

multiversioned! {
    fn follow(curves: &mut Curves, rows: &[Row]) {
        let Curves { sum, peak, fall } = curves;
        for row in rows {
            for lane in 0..LANES {
                sum[lane] += row[lane];
                peak[lane] = if sum[lane] > peak[lane] { sum[lane] } else { peak[lane] };
                let depth = sum[lane] - peak[lane];
                fall[lane] = if depth < fall[lane] { depth } else { fall[lane] };
            }
        }
    }
}

/// Draws the rows of a block, whatever the method.
struct Source<'a> {
    method: Method,
    table: &'a [f64],
    random: [Random; LANES],
    shuffled: [Vec<f64>; LANES],
    /// Next place and how many are left of the current block, for each lane.
    blocks: [(usize, usize); LANES],
    taken: usize,
}

impl<'a> Source<'a> {
    fn new(method: Method, table: &'a [f64], seed: u64, first_run: usize) -> Self {
        let copy = || if method == Method::Shuffle { table.to_vec() } else { Vec::new() };
        Self {
            method,
            table,
            random: std::array::from_fn(|lane| Random::new(seed, (first_run + lane) as u64)),
            shuffled: std::array::from_fn(|_| copy()),
            blocks: [(0, 0); LANES],
            taken: 0,
        }
    }

    fn fill(&mut self, rows: &mut [Row]) {
        match self.method {
            Method::Bootstrap => draw(self.table, &mut self.random, rows),
            Method::Shuffle => {
                let left = self.table.len() - self.taken;
                shuffle(&mut self.shuffled, left, &mut self.random, rows);
            }
            Method::Blocks(length) => self.fill_blocks(length, rows),
            Method::Missed(probability) => self.fill_missed(probability, rows),
        }
        self.taken += rows.len();
    }

    fn fill_blocks(&mut self, length: usize, rows: &mut [Row]) {
        let starts = (self.table.len() - length + 1) as u64;
        for lane in 0..LANES {
            let (mut place, mut left) = self.blocks[lane];
            for row in &mut *rows {
                if left == 0 {
                    place = self.random[lane].below(starts) as usize;
                    left = length;
                }
                row[lane] = self.table[place];
                place += 1;
                left -= 1;
            }
            self.blocks[lane] = (place, left);
        }
    }

    fn fill_missed(&mut self, probability: f64, rows: &mut [Row]) {
        for (row, &value) in rows.iter_mut().zip(&self.table[self.taken..]) {
            for (random, lane) in self.random.iter_mut().zip(row) {
                *lane = if random.uniform() < probability { 0.0 } else { value };
            }
        }
    }
}

/// Outcomes of the runs of one task, and their values at the points of the fan, run by run.
struct TaskResult {
    outcomes: Vec<Outcome>,
    fan: Vec<f64>,
}

fn run_group(settings: &Settings, table: &[f64], steps: &[usize], first_run: usize, result: &mut TaskResult) {
    let mut source = Source::new(settings.method, table, settings.seed, first_run);
    let mut curves = Curves { sum: [0.0; LANES], peak: [0.0; LANES], fall: [0.0; LANES] };
    let mut rows = [[0.0; LANES]; BLOCK];
    let mut points: Vec<Row> = Vec::with_capacity(steps.len());
    let mut taken = 0;
    let mut next_point = 0;
    loop {
        while steps.get(next_point) == Some(&taken) {
            points.push(curves.sum);
            next_point += 1;
        }
        if taken == table.len() {
            break;
        }
        let until = steps.get(next_point).copied().unwrap_or(table.len());
        let count = BLOCK.min(until - taken);
        source.fill(&mut rows[..count]);
        follow(&mut curves, &rows[..count]);
        taken += count;
    }
    for lane in 0..LANES.min(settings.runs - first_run) {
        result
            .outcomes
            .push(Outcome { final_value: curves.sum[lane].exp(), max_drawdown: curves.fall[lane].exp_m1() });
        result.fan.extend(points.iter().map(|row| row[lane].exp()));
    }
}

/// The returns in the order they came.
pub fn original(returns: &[f64]) -> Outcome {
    let (mut sum, mut peak, mut fall) = (0.0_f64, 0.0_f64, 0.0_f64);
    for value in returns {
        sum += logarithm(*value);
        peak = peak.max(sum);
        fall = fall.min(sum - peak);
    }
    Outcome { final_value: sum.exp(), max_drawdown: fall.exp_m1() }
}

/// Of a growth factor; a loss of everything, or of more, ends the account.
fn logarithm(value: f64) -> f64 {
    value.max(-1.0).ln_1p()
}

fn check(returns: &[f64], settings: &Settings) -> Result<(), RobustnessError> {
    if returns.len() < 2 {
        return bad("returns: a Monte Carlo run needs at least 2");
    }
    if returns.len() > u32::MAX as usize {
        return bad("returns: more than four thousand million");
    }
    if let Some(row) = returns.iter().position(|value| !value.is_finite()) {
        return bad(format!("returns: not a number at row {row}"));
    }
    if settings.runs == 0 {
        return bad("runs must be at least 1");
    }
    if !(settings.ruin > 0.0 && settings.ruin <= 1.0) {
        return bad("ruin must be above 0 and at most 1");
    }
    match settings.method {
        Method::Blocks(length) if length == 0 || length > returns.len() => {
            bad(format!("blockLength must be from 1 to {}, the number of returns", returns.len()))
        }
        Method::Missed(probability) if !(0.0..=1.0).contains(&probability) => {
            bad("missProbability must be from 0 to 1")
        }
        _ => Ok(()),
    }
}

/// Runs all lives. `advance` is told how far it is and stops the work by saying no.
///
/// # Errors
/// For returns that are no numbers or fewer than two, for settings outside their bounds, and when stopped.
pub fn monte_carlo(
    returns: &[f64],
    settings: &Settings,
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<MonteCarlo, RobustnessError> {
    check(returns, settings)?;
    let table: Vec<f64> = returns.iter().map(|value| logarithm(*value)).collect();
    let points = settings.fan_points.min(returns.len());
    let fan_steps: Vec<usize> = if points == 0 {
        Vec::new()
    } else {
        (0..=points).map(|point| point * returns.len() / points).collect()
    };
    let tasks = settings.runs.div_ceil(RUNS_PER_TASK);
    let work = |task: usize| {
        let first = task * RUNS_PER_TASK;
        let last = settings.runs.min(first + RUNS_PER_TASK);
        let mut result = TaskResult { outcomes: Vec::with_capacity(last - first), fan: Vec::new() };
        for run in (first..last).step_by(LANES) {
            run_group(settings, &table, &fan_steps, run, &mut result);
        }
        result
    };
    let results = run_tasks(settings.threads, tasks, work, advance)?;
    let outcomes = || results.iter().flat_map(|result| &result.outcomes);
    let finals: Vec<f64> = outcomes().map(|outcome| outcome.final_value).collect();
    let drawdowns: Vec<f64> = outcomes().map(|outcome| outcome.max_drawdown).collect();
    let column = |point: usize| {
        let width = fan_steps.len();
        let values = results.iter().flat_map(|result| result.fan.iter().skip(point).step_by(width));
        percentiles(&values.copied().collect::<Vec<f64>>())
    };
    let fan = run_tasks(settings.threads, fan_steps.len(), column, |_, _| true)?;
    let original = original(returns);
    let runs = settings.runs as f64;
    let is_shuffle = settings.method == Method::Shuffle;
    Ok(MonteCarlo {
        final_rank: if is_shuffle { f64::NAN } else { rank(&finals, original.final_value) },
        drawdown_rank: rank(&drawdowns, original.max_drawdown),
        original,
        final_percentiles: percentiles(&finals),
        final_mean: finals.iter().sum::<f64>() / runs,
        drawdown_percentiles: percentiles(&drawdowns),
        loss_share: finals.iter().filter(|&&value| value < 1.0).count() as f64 / runs,
        ruin_share: drawdowns.iter().filter(|&&depth| depth <= -settings.ruin).count() as f64 / runs,
        fan_steps,
        fan,
        finals,
        drawdowns,
    })
}

fn percentiles(values: &[f64]) -> [f64; 5] {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    PERCENTILES.map(|share| percentile(&sorted, share))
}

/// Share of the values below one, equal ones by half.
fn rank(values: &[f64], of: f64) -> f64 {
    let margin = TIE * of.abs();
    let score = |value: &f64| match value - of {
        gap if gap < -margin => 2_u64,
        gap if gap <= margin => 1,
        _ => 0,
    };
    values.iter().map(score).sum::<u64>() as f64 / 2.0 / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(method: Method) -> Settings {
        Settings { method, runs: 500, seed: 7, threads: 1, fan_points: 10, ruin: 0.5 }
    }

    fn run(returns: &[f64], method: Method) -> MonteCarlo {
        monte_carlo(returns, &settings(method), |_, _| true).expect("runs")
    }

    /// 203 returns, so that blocks do not come out even.
    fn returns() -> Vec<f64> {
        (0..203).map(|row| f64::from((row * 37) % 41 - 19) * 0.002).collect()
    }

    #[test]
    fn two_coins_come_out_as_counted_by_hand() {
        // +100 % and -50 %, drawn twice: final 4, 1, 1 or 1/4; drawdown 0, 0.5, 0.5 (up first) or 0.75.
        let found = run(&[1.0, -0.5], Method::Bootstrap);
        let share = |test: fn(f64) -> bool, of: &[f64]| {
            of.iter().filter(|&&value| test(value)).count() as f64 / 500.0
        };
        assert!((share(|value| (value - 4.0).abs() < 1e-12, &found.finals) - 0.25).abs() < 0.06);
        assert!((share(|value| (value - 0.25).abs() < 1e-12, &found.finals) - 0.25).abs() < 0.06);
        assert!((share(|depth| (depth + 0.75).abs() < 1e-12, &found.drawdowns) - 0.25).abs() < 0.06);
        assert!((share(|depth| (depth + 0.5).abs() < 1e-12, &found.drawdowns) - 0.5).abs() < 0.07);
        assert!(
            (found.original.final_value - 1.0).abs() < 1e-15
                && (found.original.max_drawdown + 0.5).abs() < 1e-15
        );
    }

    #[test]
    fn a_shuffle_keeps_every_return() {
        let found = run(&returns(), Method::Shuffle);
        assert!(found.finals.iter().all(|value| (value / found.original.final_value - 1.0).abs() < 1e-12));
        assert!(found.final_rank.is_nan());
        let mut depths = found.drawdowns.clone();
        depths.dedup();
        assert!(depths.len() > 400, "orders differ: {}", depths.len());
        // Every order is equally likely: each of 4 returns is first in a quarter of the runs.
        let small = run(&[0.1, 0.2, 0.3, 0.4], Method::Shuffle);
        assert_eq!(small.fan_steps, [0, 1, 2, 3, 4]);
        let middle = small.fan[1];
        assert!((middle[0] - 1.1).abs() < 1e-12 && (middle[4] - 1.4).abs() < 1e-12);
    }

    #[test]
    fn nothing_missed_is_the_original_and_all_missed_is_nothing() {
        let none = run(&returns(), Method::Missed(0.0));
        assert!(none.finals.iter().all(|&value| value == none.original.final_value));
        assert!(none.drawdowns.iter().all(|&depth| depth == none.original.max_drawdown));
        assert_eq!(none.drawdown_rank, 0.5);
        let all = run(&returns(), Method::Missed(1.0));
        assert!(
            all.finals.iter().all(|&value| value == 1.0) && all.drawdowns.iter().all(|&depth| depth == 0.0)
        );
    }

    #[test]
    fn one_block_of_all_is_the_original() {
        let found = run(&returns(), Method::Blocks(203));
        assert!(found.finals.iter().all(|&value| value == found.original.final_value));
        // Blocks of 50 keep the order within: a rise of 50 stays one.
        let steady: Vec<f64> = (0..200).map(|row| if row < 100 { 0.01 } else { -0.01 }).collect();
        let blocks = run(&steady, Method::Blocks(50));
        let single = run(&steady, Method::Bootstrap);
        assert!(blocks.drawdown_percentiles[0] < single.drawdown_percentiles[0] * 1.3);
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bytes() {
        for method in [Method::Shuffle, Method::Bootstrap, Method::Blocks(7), Method::Missed(0.1)] {
            let one = run(&returns(), method);
            for threads in [2, 8] {
                let many = monte_carlo(&returns(), &Settings { threads, ..settings(method) }, |_, _| true)
                    .expect("runs");
                let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                assert_eq!(bits(&many.finals), bits(&one.finals));
                assert_eq!(bits(&many.drawdowns), bits(&one.drawdowns));
                assert_eq!(many.fan, one.fan);
            }
        }
    }

    #[test]
    fn runs_do_not_depend_on_how_many_there_are() {
        let few = monte_carlo(&returns(), &Settings { runs: 13, ..settings(Method::Bootstrap) }, |_, _| true)
            .expect("runs");
        assert_eq!(few.finals[..], run(&returns(), Method::Bootstrap).finals[..13]);
        let other =
            monte_carlo(&returns(), &Settings { seed: 8, ..settings(Method::Bootstrap) }, |_, _| true)
                .expect("runs");
        assert_ne!(other.finals, run(&returns(), Method::Bootstrap).finals);
    }

    #[test]
    fn the_fan_begins_at_one_and_ends_with_the_finals() {
        let found = run(&returns(), Method::Bootstrap);
        assert_eq!(found.fan[0], [1.0; 5]);
        assert_eq!(found.fan.len(), 11);
        assert_eq!(found.fan[10], found.final_percentiles);
        assert_eq!(found.fan_steps[10], 203);
    }

    #[test]
    fn a_lost_account_stays_lost() {
        let found = run(&[0.5, -1.5, 0.5, 0.5], Method::Shuffle);
        assert!(
            found.finals.iter().all(|&value| value == 0.0)
                && found.drawdowns.iter().all(|&depth| depth == -1.0)
        );
        assert_eq!((found.ruin_share, found.loss_share), (1.0, 1.0));
    }

    #[test]
    fn bad_input_and_a_stop() {
        let wrong = |returns: &[f64], settings: Settings| {
            monte_carlo(returns, &settings, |_, _| true).expect_err("refused").to_string()
        };
        assert!(wrong(&[0.1], settings(Method::Shuffle)).contains("at least 2"));
        assert!(wrong(&[0.1, f64::NAN], settings(Method::Shuffle)).contains("row 1"));
        assert!(wrong(&[0.1, 0.2], settings(Method::Blocks(3))).contains("1 to 2"));
        assert!(wrong(&[0.1, 0.2], settings(Method::Missed(1.5))).contains("0 to 1"));
        assert!(wrong(&[0.1, 0.2], Settings { runs: 0, ..settings(Method::Shuffle) }).contains("runs"));
        let stopped = monte_carlo(&returns(), &settings(Method::Shuffle), |done, _| done < 2);
        assert_eq!(stopped, Err(RobustnessError::Stopped));
    }
}

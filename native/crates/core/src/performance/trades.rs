//! What round trips say. A trade still open at the end counts as a trade and its costs are costs, but it has no outcome
//! yet: wins, averages and streaks are of the closed ones.

use super::PerformanceError;

/// Number of the exit reason "open": the trade had not ended.
pub const REASON_OPEN: u8 = 0;

/// Columns of round trips in the order of their entries; all have the same length. Money is in quote currency.
#[derive(Clone, Copy, Debug, Default)]
pub struct TradeColumns<'a> {
    /// 1 long, -1 short.
    pub side: &'a [i8],
    /// When it began, epoch milliseconds.
    pub entry_time_ms: &'a [f64],
    /// When it ended.
    pub exit_time_ms: &'a [f64],
    /// Base currency traded.
    pub quantity: &'a [f64],
    /// Average price in.
    pub entry_price: &'a [f64],
    /// Average price out.
    pub exit_price: &'a [f64],
    /// Fees paid, positive.
    pub fees: &'a [f64],
    /// Funding, negative when paid.
    pub funding: &'a [f64],
    /// Cost of slippage, positive.
    pub slippage: &'a [f64],
    /// Profit after fees and funding.
    pub profit: &'a [f64],
    /// Profit over entry value.
    pub profit_ratio: &'a [f64],
    /// Worst price against the entry, a ratio of 0 or less.
    pub mae: &'a [f64],
    /// Best price against the entry, a ratio of 0 or more.
    pub mfe: &'a [f64],
    /// Why it ended; [`REASON_OPEN`] when it did not.
    pub exit_reason: &'a [u8],
}

impl TradeColumns<'_> {
    /// Number of trades.
    pub fn len(&self) -> usize {
        self.side.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.side.is_empty()
    }

    /// Refuses columns of different lengths, sides other than 1 and -1, and values that are no numbers.
    ///
    /// # Errors
    /// With the column and the row.
    pub fn check(&self) -> Result<(), PerformanceError> {
        let rows = self.len();
        let numbers = [
            ("entryTimeMs", self.entry_time_ms),
            ("exitTimeMs", self.exit_time_ms),
            ("quantity", self.quantity),
            ("entryPrice", self.entry_price),
            ("exitPrice", self.exit_price),
            ("fees", self.fees),
            ("funding", self.funding),
            ("slippage", self.slippage),
            ("profit", self.profit),
            ("profitRatio", self.profit_ratio),
            ("mae", self.mae),
            ("mfe", self.mfe),
        ];
        for (name, column) in numbers {
            if column.len() != rows {
                return Err(PerformanceError(format!(
                    "trades: {name} has {} rows, side has {rows}",
                    column.len()
                )));
            }
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(PerformanceError(format!("trades: {name} is not a number at row {row}")));
            }
        }
        if self.exit_reason.len() != rows {
            let found = self.exit_reason.len();
            return Err(PerformanceError(format!("trades: exitReason has {found} rows, side has {rows}")));
        }
        match self.side.iter().position(|side| side.abs() != 1) {
            Some(row) => Err(PerformanceError(format!("trades: side is neither 1 nor -1 at row {row}"))),
            None => Ok(()),
        }
    }
}

/// Sums over trades.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TradeSums {
    /// Trades that have ended.
    pub closed: f64,
    /// Trades that have not.
    pub open: f64,
    /// Ended long trades, and those of them that gained.
    pub long: f64,
    /// Long ones that gained.
    pub long_wins: f64,
    /// Ended short trades.
    pub short: f64,
    /// Short ones that gained.
    pub short_wins: f64,
    /// Sum of gains.
    pub gain: f64,
    /// Sum of losses, negative.
    pub loss: f64,
    /// Number of losing trades; one that came out at exactly 0 is neither.
    pub losses: f64,
    /// Largest profit.
    pub best: f64,
    /// Smallest profit.
    pub worst: f64,
    /// Longest row of gains.
    pub win_streak: f64,
    /// Longest row of losses.
    pub loss_streak: f64,
    /// Time in trades, milliseconds.
    pub duration_ms: f64,
    /// The same, of those that gained.
    pub win_duration_ms: f64,
    /// The same, of those that lost.
    pub loss_duration_ms: f64,
    /// Longest time in one trade.
    pub longest_ms: f64,
    /// Mean of the profits.
    pub mean: f64,
    /// Standard deviation (sample) of the profits.
    pub deviation: f64,
    /// Sum of profits over entry value.
    pub ratio_sum: f64,
    /// Sums of the excursions.
    pub mae_sum: f64,
    /// Best excursions.
    pub mfe_sum: f64,
    /// Best excursions of the trades that gained.
    pub win_mfe_sum: f64,
    /// Profits over entry value of the trades that gained.
    pub win_ratio_sum: f64,
    /// Deepest excursion.
    pub mae_worst: f64,
    /// All fees, of open trades too; the same for the next two.
    pub fees: f64,
    /// All funding.
    pub funding: f64,
    /// All slippage.
    pub slippage: f64,
    /// Profit of all trades.
    pub profit: f64,
    /// Value bought and sold.
    pub turnover: f64,
}

/// Sums up the trades.
pub fn sum(trades: &TradeColumns) -> TradeSums {
    let mut sums = TradeSums { best: f64::NEG_INFINITY, worst: f64::INFINITY, ..TradeSums::default() };
    let (mut wins_in_row, mut losses_in_row) = (0.0_f64, 0.0_f64);
    for row in 0..trades.len() {
        sums.fees += trades.fees[row];
        sums.funding += trades.funding[row];
        sums.slippage += trades.slippage[row];
        let profit = trades.profit[row];
        sums.profit += profit;
        let entry_value = trades.quantity[row] * trades.entry_price[row];
        sums.turnover += entry_value;
        if trades.exit_reason[row] == REASON_OPEN {
            sums.open += 1.0;
            continue;
        }
        sums.turnover += trades.quantity[row] * trades.exit_price[row];
        sums.closed += 1.0;
        let duration = trades.exit_time_ms[row] - trades.entry_time_ms[row];
        sums.duration_ms += duration;
        sums.longest_ms = sums.longest_ms.max(duration);
        let is_win = profit > 0.0;
        if trades.side[row] > 0 {
            sums.long += 1.0;
            sums.long_wins += f64::from(u8::from(is_win));
        } else {
            sums.short += 1.0;
            sums.short_wins += f64::from(u8::from(is_win));
        }
        if is_win {
            sums.gain += profit;
            sums.win_duration_ms += duration;
            sums.win_mfe_sum += trades.mfe[row];
            sums.win_ratio_sum += trades.profit_ratio[row];
            wins_in_row += 1.0;
            losses_in_row = 0.0;
        } else if profit < 0.0 {
            sums.loss += profit;
            sums.losses += 1.0;
            sums.loss_duration_ms += duration;
            losses_in_row += 1.0;
            wins_in_row = 0.0;
        } else {
            (wins_in_row, losses_in_row) = (0.0, 0.0);
        }
        sums.win_streak = sums.win_streak.max(wins_in_row);
        sums.loss_streak = sums.loss_streak.max(losses_in_row);
        sums.best = sums.best.max(profit);
        sums.worst = sums.worst.min(profit);
        sums.ratio_sum += trades.profit_ratio[row];
        sums.mae_sum += trades.mae[row];
        sums.mfe_sum += trades.mfe[row];
        sums.mae_worst = sums.mae_worst.min(trades.mae[row]);
    }
    sums.mean = (sums.gain + sums.loss) / sums.closed;
    sums.deviation = deviation(trades, &sums);
    sums
}

fn deviation(trades: &TradeColumns, sums: &TradeSums) -> f64 {
    if sums.closed < 2.0 {
        return f64::NAN;
    }
    let closed = trades.profit.iter().zip(trades.exit_reason).filter(|&(_, &reason)| reason != REASON_OPEN);
    let squares: f64 = closed.map(|(profit, _)| (profit - sums.mean) * (profit - sums.mean)).sum();
    (squares / (sums.closed - 1.0)).sqrt()
}

impl TradeSums {
    /// Trades that gained.
    pub fn wins(&self) -> f64 {
        self.long_wins + self.short_wins
    }

    /// Mean gain of the winners.
    pub fn average_win(&self) -> f64 {
        self.gain / self.wins()
    }

    /// Mean loss of the losers: negative.
    pub fn average_loss(&self) -> f64 {
        self.loss / self.losses
    }

    /// Mean gain over mean loss.
    pub fn payoff(&self) -> f64 {
        self.average_win() / -self.average_loss()
    }

    /// Profit a unit of loss risked: `(1 + payoff) × win rate − 1` (as freqtrade has it).
    pub fn expectancy_ratio(&self) -> f64 {
        (1.0 + self.payoff()) * (self.wins() / self.closed) - 1.0
    }

    /// Van Tharp's system quality number: `√n × mean / deviation` of the profits.
    pub fn sqn(&self) -> f64 {
        self.closed.sqrt() * self.mean / self.deviation
    }

    /// Kelly's share of the money: `win rate − loss rate / payoff`.
    pub fn kelly(&self) -> f64 {
        self.wins() / self.closed - self.losses / self.closed / self.payoff()
    }

    /// Fees, slippage and paid funding over what the trades made before them; none where they made nothing.
    pub fn cost_share(&self) -> f64 {
        let costs = self.fees + self.slippage - self.funding;
        let before = self.profit + costs;
        if before > 0.0 { costs / before } else { f64::NAN }
    }
}

//! One parameter set over one series: entries and exits by bitmaps, everything between by levels.

use super::bits::{is_set, next_set};
use super::exact::SLACK;
use super::market::{Fill, Market, RunOptions};
use super::position::{Exit, Position};
use super::scan::Found;
use super::signals::Signals;
use super::terms::{SizeTerm, Terms};
use super::trade::{Counts, ExitReason, Moment, Recorder, Trade};

/// What is left when everything is over.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub counts: Counts,
    pub final_equity: f64,
}

struct Run<'a, R> {
    market: &'a Market<'a>,
    options: &'a RunOptions,
    terms: &'a Terms,
    signals: &'a Signals,
    recorder: &'a mut R,
    counts: Counts,
    cash: f64,
    /// Rows before this have been told to the recorder.
    told: usize,
    next_funding: usize,
}

/// Runs a parameter set.
pub(super) fn run<R: Recorder>(
    market: &Market,
    options: &RunOptions,
    terms: &Terms,
    signals: &Signals,
    recorder: &mut R,
) -> Outcome {
    let mut run = Run {
        market,
        options,
        terms,
        signals,
        recorder,
        counts: Counts::default(),
        cash: options.capital,
        told: options.first_row.min(market.rows),
        next_funding: 0,
    };
    let final_equity = run.all();
    Outcome { counts: run.counts, final_equity }
}

/// What ends the holding of a position.
enum End {
    Exit(Exit),
    /// Nothing did, up to the last candle.
    Open,
}

impl<R: Recorder> Run<'_, R> {
    fn all(&mut self) -> f64 {
        let rows = self.market.rows;
        let mut from = self.options.first_row;
        // An entry that was decided together with an exit, and the equity it is to be sized by.
        let mut flip: Option<(usize, bool, f64)> = None;
        loop {
            let turned = flip.take();
            let decision = turned.or_else(|| {
                let (row, long) = self.next_entry(from)?;
                Some((row, long, self.cash))
            });
            let Some((row, long, equity)) = decision else { break };
            from = from.max(row + 1);
            let Some(mut position) = self.enter(row, long, equity, turned.is_some()) else { continue };
            let exit = match self.hold(&mut position) {
                End::Exit(exit) => exit,
                End::Open => return self.still_open(&position),
            };
            self.close(&position, exit);
            // The close of a candle in which a level was touched may already enter again; that at which an exit filled has been.
            let rested = exit.row + usize::from(exit.moment == Moment::Close) + self.terms.cooldown_bars;
            from = from.max(exit.decided.map_or(rested, |(row, _)| rested.max(row + 1)));
            let other = if long { &self.signals.short_entry } else { &self.signals.long_entry };
            if let (Some((row, equity)), Some(other)) = (exit.decided, other)
                && self.terms.cooldown_bars == 0
                && is_set(other, row)
            {
                flip = Some((row, !long, equity));
            }
        }
        self.recorder.flat(self.told, rows, self.cash);
        self.cash
    }

    fn next_entry(&self, from: usize) -> Option<(usize, bool)> {
        let next = |bits: &Option<Vec<u64>>| bits.as_ref().and_then(|bits| next_set(bits, from));
        match (next(&self.signals.long_entry), next(&self.signals.short_entry)) {
            (Some(long), Some(short)) if short < long => Some((short, false)),
            (Some(long), _) => Some((long, true)),
            (None, Some(short)) => Some((short, false)),
            (None, None) => None,
        }
    }

    /// Lots of an entry decided at the close of `row`; `None` when the venue would not take so few.
    fn lots(&self, row: usize, long: bool, equity: f64) -> Option<f64> {
        let rules = &self.market.series.rules;
        let close = self.market.close_price(row);
        let leverage = if rules.perpetual { rules.leverage } else { 1.0 };
        // What the money pays for, its fee and the reserve kept back, and the price it is expected to pay.
        let afford = equity * (1.0 - self.terms.reserve) / (1.0 + rules.taker_fee);
        let expected =
            || self.market.price(self.market.taken(self.market.ticks(self.market.series.close[row]), long));
        let whole =
            close * (1.0 + self.options.slippage) * (1.0 + rules.taker_fee) * (1.0 + self.terms.reserve);
        let (value, cost, price) = match self.terms.size {
            SizeTerm::Quote(value) => (value, whole, close),
            SizeTerm::Fraction(part) => (part * equity * leverage, whole, close),
            SizeTerm::NotionalQuote(value) => (value.min(afford), expected(), expected()),
            SizeTerm::NotionalFraction(part) => ((part * equity).min(afford), expected(), expected()),
        };
        let quantity = value / cost;
        let lots = if rules.lot_size == 0.0 {
            quantity
        } else {
            // A quotient that is a whole number shall not lose a lot to rounding.
            (quantity / rules.lot_size * (1.0 + SLACK)).floor()
        };
        let lots = lots.min(rules.maximum_lots);
        let least = lots > 0.0 && lots >= rules.minimum_lots;
        let notional = self.market.quantity(lots) * price;
        (least && notional * (1.0 + SLACK) >= rules.minimum_notional).then_some(lots)
    }

    /// Whether the money pays for an entry of this quantity at a price; counts one it does not pay for.
    fn is_funded(&mut self, quantity: f64, price: f64) -> bool {
        let rules = &self.market.series.rules;
        let value = quantity * price;
        let bound = if rules.perpetual { value / rules.leverage } else { value };
        let funded = bound + (value * rules.taker_fee).max(0.0) <= self.cash * (1.0 + SLACK);
        self.counts.refused_entries += u32::from(!funded);
        funded
    }

    /// Enters after the decision at the close of `row`, if the order fills. One that turns a position around is sent when that
    /// has been closed, any other at the close; the risk check looks at the price of that moment.
    fn enter(&mut self, row: usize, long: bool, equity: f64, turns: bool) -> Option<Position> {
        let Some(lots) = self.lots(row, long, equity) else {
            self.counts.too_small += 1;
            return None;
        };
        let quantity = self.market.quantity(lots);
        if !turns && !self.is_funded(quantity, self.market.close_price(row)) {
            return None;
        }
        self.counts.orders += 1;
        let (entry_row, entry_moment, price) = match self.options.fill {
            Fill::Close => (row, Moment::Close, self.market.series.close[row]),
            // After the last candle nothing fills any more.
            Fill::NextOpen => (row + 1, Moment::Open, *self.market.series.open.get(row + 1)?),
        };
        let aimed_ticks = self.market.ticks(price);
        let entry_ticks = self.market.taken(aimed_ticks, long);
        let entry_price = self.market.price(entry_ticks);
        if turns {
            let sent = self.market.price(aimed_ticks);
            if quantity * sent * (1.0 + SLACK) < self.market.series.rules.minimum_notional {
                self.counts.too_small += 1;
                return None;
            }
            if !self.is_funded(quantity, sent) {
                return None;
            }
        }
        if !self.is_funded(quantity, entry_price) {
            return None;
        }
        let value = quantity * entry_price;
        let fee = value * self.market.series.rules.taker_fee;
        self.counts.fills += 1;
        self.recorder.flat(self.told, entry_row, self.cash);
        self.told = entry_row;
        self.cash += if long { -value - fee } else { value - fee };
        Some(Position {
            long,
            quantity,
            entry_ticks,
            aimed_ticks,
            entry_price,
            entry_row,
            entry_moment,
            first_row: row + 1,
            fees: fee,
            funding: 0.0,
            slippage: (entry_price - self.market.price(aimed_ticks)).abs() * quantity,
        })
    }

    /// Pays what is due up to `until`, a row or half a row more: whole rows are paid by a position that comes into their open,
    /// halves by one that is still there after it.
    fn pay_funding(&mut self, position: &mut Position, until: f64) {
        let series = &self.market.series;
        let held_from =
            position.entry_row as f64 + if position.entry_moment == Moment::Open { 0.5 } else { 1.0 };
        while let Some(&due) = series.funding_row.get(self.next_funding) {
            if due > until {
                return;
            }
            if due >= held_from {
                let row = due as usize;
                let price = self.market.price(self.market.ticks(series.open[row]));
                let paid = position.signed() * price * series.funding_rate[self.next_funding];
                self.recorder.held(self.told, row, self.cash, position.signed());
                self.told = row;
                self.cash -= paid;
                position.funding -= paid;
            }
            self.next_funding += 1;
        }
    }

    /// The next row after `row` in which funding is due.
    fn next_funding_row(&self, row: usize) -> usize {
        let due =
            self.market.series.funding_row.get(self.next_funding).map_or(usize::MAX, |&due| due as usize);
        if due > row { due } else { usize::MAX }
    }

    /// Holds a position until something ends it.
    fn hold(&mut self, position: &mut Position) -> End {
        let rows = self.market.rows;
        let exits = if position.long { &self.signals.long_exit } else { &self.signals.short_exit };
        let signal = exits.as_ref().and_then(|bits| next_set(bits, position.first_row)).unwrap_or(usize::MAX);
        let time = match self.terms.max_bars {
            0 => usize::MAX,
            bars => position.first_row + bars - 1,
        };
        let (decided, reason) =
            if signal <= time { (signal, ExitReason::Signal) } else { (time, ExitReason::Time) };
        let mut guard = position.guard(self.terms);
        if let Some(exit) = position.stopped_at_entry(&guard) {
            return End::Exit(exit);
        }
        let mut row = position.first_row;
        while row < rows {
            self.pay_funding(position, row as f64);
            guard.liquidation = position.liquidation(self.market, self.cash);
            let watch_ends = position.watch(self.terms, &mut guard, row);
            if !guard.is_left_at_open(self.market, position.long, row) {
                self.pay_funding(position, row as f64 + 0.5);
                guard.liquidation = position.liquidation(self.market, self.cash);
            }
            let end = decided.saturating_add(1).min(rows).min(watch_ends).min(self.next_funding_row(row));
            if self.terms.has_levels() || guard.liquidation > f64::NEG_INFINITY {
                let blocks = self.market.blocks();
                let found = if position.long {
                    guard.scan::<true>(self.market, blocks, row, end, self.options.intrabar)
                } else {
                    guard.scan::<false>(self.market, blocks, row, end, self.options.intrabar)
                };
                match found {
                    Some(Found::Touched { row, ticks, reason, at_open, other }) => {
                        let moment = if at_open { Moment::Open } else { Moment::Inside };
                        let ticks = ticks.abs();
                        return End::Exit(Exit { row, moment, ticks, reason, other, decided: None });
                    }
                    Some(Found::Passed { row }) if row != decided => {
                        return self.decided_exit(position, row, ExitReason::Trailing);
                    }
                    _ => {}
                }
            }
            row = end;
            if end == decided.saturating_add(1) {
                return self.decided_exit(position, decided, reason);
            }
        }
        End::Open
    }

    /// The exit that is decided at the close of `row`.
    fn decided_exit(&mut self, position: &mut Position, row: usize, reason: ExitReason) -> End {
        let series = &self.market.series;
        let (exit_row, moment, price) = match self.options.fill {
            Fill::Close => (row, Moment::Close, series.close[row]),
            Fill::NextOpen => {
                let Some(&open) = series.open.get(row + 1) else {
                    self.counts.orders += 1;
                    return End::Open;
                };
                (row + 1, Moment::Open, open)
            }
        };
        let equity = position.equity_if_closed(self.market, self.cash, row);
        self.pay_funding(position, exit_row as f64);
        let ticks = self.market.ticks(price);
        End::Exit(Exit { row: exit_row, moment, ticks, reason, other: None, decided: Some((row, equity)) })
    }

    fn close(&mut self, position: &Position, exit: Exit) {
        let mut ticks = self.market.taken(exit.ticks, !position.long);
        if exit.reason == ExitReason::Liquidation {
            let worst = position.bankruptcy_ticks(self.market, self.cash);
            ticks = if position.long { ticks.max(worst) } else { ticks.min(worst) };
            self.counts.liquidations += 1;
        }
        let price = self.market.price(ticks);
        let value = position.quantity * price;
        let fee = value * self.market.series.rules.taker_fee;
        self.counts.orders += 1;
        self.counts.fills += 1;
        self.recorder.held(self.told, exit.row, self.cash, position.signed());
        self.told = exit.row;
        self.cash += if position.long { value - fee } else { -value - fee };
        // Signed: a liquidation that the venue closes at a better price than the market's has gained it.
        let lost = if position.long { exit.ticks - ticks } else { ticks - exit.ticks };
        let slippage = self.market.price(lost) * position.quantity;
        self.tell(position, &exit, price, fee, slippage);
    }

    fn still_open(&mut self, position: &Position) -> f64 {
        let rows = self.market.rows;
        self.recorder.held(self.told, rows, self.cash, position.signed());
        self.told = rows;
        let last = rows - 1;
        let ticks = self.market.ticks(self.market.series.close[last]);
        let reason = ExitReason::Open;
        let exit = Exit { row: last, moment: Moment::Close, ticks, reason, other: None, decided: None };
        let price = self.market.price(ticks);
        self.tell(position, &exit, price, 0.0, 0.0);
        self.cash + position.signed() * price
    }

    fn tell(&mut self, position: &Position, exit: &Exit, price: f64, fee: f64, slippage: f64) {
        let gained = position.quantity * (price - position.entry_price);
        let fees = position.fees + fee;
        let (lowest, highest) =
            if R::EXTREMES { position.extremes(self.market, exit) } else { (f64::NAN, f64::NAN) };
        self.recorder.trade(&Trade {
            long: position.long,
            entry_row: position.entry_row,
            exit_row: exit.row,
            entry_moment: position.entry_moment,
            exit_moment: exit.moment,
            exit_ticks: exit.ticks,
            other: exit.other,
            quantity: position.quantity,
            entry_price: position.entry_price,
            exit_price: price,
            fees,
            funding: position.funding,
            slippage: position.slippage + slippage,
            profit: if position.long { gained } else { -gained } - fees + position.funding,
            lowest,
            highest,
            reason: exit.reason,
        });
    }
}

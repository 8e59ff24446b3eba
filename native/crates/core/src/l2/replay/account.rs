//! Position and money of one strategy, in whole ticks and lots: sums do not depend on the order of fills.

use super::Side;
use crate::l2::Step;

/// What the fills so far have come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// Lots held, below zero when short.
    pub(super) position_lots: i64,
    /// Received minus paid, in ticks times lots, fees left out.
    pub(super) cash: i128,
    pub(super) maker_value: i128,
    pub(super) taker_value: i128,
    pub(super) volume_lots: u64,
    pub(super) fills: u64,
}

/// What turns ticks and lots into money.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rates {
    pub(super) tick: Step,
    pub(super) lot: Step,
    /// Part of the value, below zero for a rebate.
    pub(super) maker_fee: f64,
    pub(super) taker_fee: f64,
}

impl Account {
    pub(super) fn fill(&mut self, side: Side, ticks: i32, lots: u64, maker: bool) {
        let value = i128::from(ticks) * i128::from(lots);
        self.position_lots += side.sign() * lots as i64;
        self.cash -= i128::from(side.sign()) * value;
        *(if maker { &mut self.maker_value } else { &mut self.taker_value }) += value;
        self.volume_lots += lots;
        self.fills += 1;
    }

    /// Units of the base asset held.
    pub(super) fn position(&self, rates: &Rates) -> f64 {
        rates.lot.times(self.position_lots)
    }

    /// Money received minus paid, fees left out.
    pub(super) fn balance(&self, rates: &Rates) -> f64 {
        rates.tick.product_times(rates.lot, self.cash)
    }

    pub(super) fn fee(&self, rates: &Rates) -> f64 {
        let value = |sum: i128| rates.tick.product_times(rates.lot, sum);
        value(self.maker_value) * rates.maker_fee + value(self.taker_value) * rates.taker_fee
    }

    /// Worth of everything, the position valued at half of `best_ticks_sum`, less fees.
    pub(super) fn equity(&self, rates: &Rates, best_ticks_sum: i64) -> f64 {
        let doubled = 2 * self.cash + i128::from(self.position_lots) * i128::from(best_ticks_sum);
        rates.tick.product_times(rates.lot, doubled) / 2.0 - self.fee(rates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_trip_by_hand() {
        let step = |text| Step::parse(text).unwrap();
        let rates = Rates { tick: step("0.5"), lot: step("0.01"), maker_fee: -0.0001, taker_fee: 0.0005 };
        let mut account = Account::default();
        // Buys 3.00 at 100.0, sells 1.00 at 101.0 and takes: value 300 and 101.
        account.fill(Side::Buy, 200, 300, true);
        account.fill(Side::Sell, 202, 100, false);
        assert_eq!(account.position(&rates), 2.0);
        assert_eq!(account.balance(&rates), -199.0);
        assert_eq!(account.fee(&rates), 300.0 * -0.0001 + 101.0 * 0.0005);
        // 2.00 at a mid of 100.25 (200 and 201 ticks) are worth 200.5.
        assert_eq!(account.equity(&rates, 401), 1.5 - account.fee(&rates));
    }
}

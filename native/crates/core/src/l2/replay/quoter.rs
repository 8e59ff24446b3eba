//! Built-in strategy: one bid and one ask after Avellaneda and Stoikov, "High-frequency trading in a limit order book"
//! (Quantitative Finance 8, 2008).

use super::Side;
use super::strategy::{Market, OrderView, Strategy, TimeInForce};
use crate::l2::Step;

/// Parameters of a market maker.
///
/// With the position `q` in orders and the variance `s2` of the mid price in ticks squared a second, the reservation
/// price is `mid - q x riskAversion x s2 x horizon`; bid and ask stand
/// `riskAversion x s2 x horizon / 2 + ln(1 + riskAversion / arrivalDecay) / riskAversion` ticks below and above it, never
/// across the other side. The variance is an exponential average of the squared changes from step to step; quotes
/// begin a half-life after the first mid price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuoterConfig {
    /// Aversion to risk, per tick, above zero.
    pub risk_aversion: f64,
    /// How fast orders arrive less often away from the mid, per tick, above zero.
    pub arrival_decay: f64,
    /// Time over which the position's risk counts, seconds.
    pub horizon_s: f64,
    /// Half-life of the variance, seconds.
    pub half_life_s: f64,
    /// A quote is moved when its price is off by at least this many ticks.
    pub requote_ticks: u32,
    /// Size of an order.
    pub lots: u64,
    /// Largest position to either side that still grows.
    pub max_position_lots: u64,
}

impl QuoterConfig {
    pub(super) fn problem(&self) -> Option<String> {
        let is_positive = |value: f64| value > 0.0 && value < 1e12;
        let refuse = |what: &str| Some(format!("quoter: {what}"));
        if !(is_positive(self.risk_aversion) && is_positive(self.arrival_decay)) {
            refuse("risk aversion and arrival decay must be above zero")
        } else if !(is_positive(self.horizon_s) && is_positive(self.half_life_s)) {
            refuse("horizon and half-life must be above zero")
        } else if self.requote_ticks == 0 || self.lots == 0 || self.max_position_lots == 0 {
            refuse("requote distance, size and largest position must be at least one")
        } else {
            None
        }
    }
}

#[derive(Debug)]
pub(super) struct Quoter {
    config: QuoterConfig,
    step_s: f64,
    /// Weight of the old variance after a step.
    keep: f64,
    order_size: f64,
    max_position: f64,
    variance: f64,
    last_mid: Option<f64>,
    warm_up_steps: u64,
    seen: Vec<OrderView>,
}

/// Price of the bid and of the ask in ticks, before they are rounded.
fn quotes(config: &QuoterConfig, mid: f64, orders_held: f64, variance: f64) -> (f64, f64) {
    let risk = config.risk_aversion * variance * config.horizon_s;
    let spread = (config.risk_aversion / config.arrival_decay).ln_1p() / config.risk_aversion;
    let reservation = mid - orders_held * risk;
    let half = risk / 2.0 + spread;
    (reservation - half, reservation + half)
}

impl Quoter {
    pub(super) fn new(config: QuoterConfig, step_ns: i64, lot: Step) -> Self {
        let step_s = step_ns as f64 / 1e9;
        Quoter {
            config,
            step_s,
            keep: (-std::f64::consts::LN_2 * step_s / config.half_life_s).exp(),
            order_size: lot.times(config.lots as i64),
            max_position: lot.times(config.max_position_lots as i64),
            variance: 0.0,
            last_mid: None,
            warm_up_steps: (config.half_life_s / step_s).ceil() as u64,
            seen: Vec::new(),
        }
    }

    /// Takes the mid price of a step; whether the variance is known.
    fn learn(&mut self, mid: f64) -> bool {
        if let Some(last) = self.last_mid.replace(mid) {
            let squared = (mid - last) * (mid - last) / self.step_s;
            self.variance = self.keep * self.variance + (1.0 - self.keep) * squared;
        }
        self.warm_up_steps = self.warm_up_steps.saturating_sub(1);
        self.warm_up_steps == 0
    }
}

impl Strategy for Quoter {
    fn step(&mut self, market: &mut Market<'_>) {
        let Some((best_bid, best_ask)) = market.best_ticks() else { return };
        let mid = f64::midpoint(f64::from(best_bid), f64::from(best_ask));
        if !self.learn(mid) {
            return;
        }
        let position = market.position();
        let held = position / self.order_size;
        let (bid, ask) = quotes(&self.config, mid, held, self.variance);
        let wanted = [(bid.floor() as i32).min(best_ask - 1), (ask.ceil() as i32).max(best_bid + 1)];
        let is_quoted = [position < self.max_position, position > -self.max_position];
        self.seen.clear();
        self.seen.extend(market.orders());
        let mut has_order = [false; 2];
        for order in &self.seen {
            let side = order.side as usize;
            has_order[side] = true;
            if !order.is_free {
                continue;
            }
            if !is_quoted[side] {
                market.cancel(order.ticket);
            } else if order.ticks.abs_diff(wanted[side]) >= self.config.requote_ticks {
                market.modify(order.ticket, wanted[side], self.config.lots);
            }
        }
        for side in [Side::Buy, Side::Sell] {
            let index = side as usize;
            if is_quoted[index] && !has_order[index] && wanted[index] > 0 {
                market.submit(side, wanted[index], self.config.lots, TimeInForce::PostOnly);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> QuoterConfig {
        QuoterConfig {
            risk_aversion: 0.1,
            arrival_decay: 0.1,
            horizon_s: 10.0,
            half_life_s: 1.0,
            requote_ticks: 1,
            lots: 1,
            max_position_lots: 5,
        }
    }

    #[test]
    fn quotes_by_hand() {
        // Risk 0.1 x 4 x 10 = 4 a unit held; half the spread 4 / 2 + ln(2) / 0.1 = 8.931...
        let (bid, ask) = quotes(&config(), 1000.0, 2.0, 4.0);
        assert!((bid - (992.0 - 8.931_471_805_599_453)).abs() < 1e-9);
        assert!((ask - (992.0 + 8.931_471_805_599_453)).abs() < 1e-9);
    }

    #[test]
    fn the_variance_is_per_second_and_half_of_it_is_forgotten_in_a_half_life() {
        let mut quoter = Quoter::new(config(), 500_000_000, Step { mantissa: 1, decimals: 0 });
        assert!(!quoter.learn(100.0));
        // Two steps make a half-life: each keeps 1 / sqrt(2).
        assert!(quoter.learn(103.0));
        let keep = 0.5_f64.sqrt();
        assert!((quoter.variance - (1.0 - keep) * 18.0).abs() < 1e-9);
        quoter.learn(103.0);
        assert!((quoter.variance - keep * (1.0 - keep) * 18.0).abs() < 1e-9);
    }

    #[test]
    fn parameters_that_cannot_be_are_refused() {
        assert!(config().problem().is_none());
        assert!(QuoterConfig { risk_aversion: 0.0, ..config() }.problem().is_some());
        assert!(QuoterConfig { horizon_s: f64::NAN, ..config() }.problem().is_some());
        assert!(QuoterConfig { lots: 0, ..config() }.problem().is_some());
    }
}

//! Built-in strategy: a grid of bids and asks around a price that leans against the position.

use super::Side;
use super::strategy::{Market, OrderView, Strategy, TimeInForce};

/// Most prices of a side.
const LEVELS_MAX: u32 = 64;

/// Parameters of a grid.
///
/// At each step the reservation price is `mid - position / maxPosition x interval x levels`. The first bid is the highest
/// multiple of the interval at or below both the best bid and the reservation price less half the spread, the first ask
/// its mirror; the others follow an interval apart. Orders off the grid are cancelled, missing ones sent. A side is
/// quoted while the position has not reached its limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridConfig {
    /// Orders of each side, 1 to 64.
    pub levels: u32,
    /// Distance of two orders in ticks. When `relative_interval` is given, it is found from that.
    pub interval_ticks: u32,
    /// Distance as a part of the first mid price, rounded to ticks; replaces `interval_ticks`.
    pub relative_interval: Option<f64>,
    /// Distance of the first order from the reservation price, in intervals.
    pub half_spread_intervals: f64,
    /// Size of an order.
    pub lots: u64,
    /// Largest position to either side that still grows.
    pub max_position_lots: u64,
    /// Whether orders that would take expire instead.
    pub post_only: bool,
}

impl GridConfig {
    pub(super) fn problem(&self) -> Option<String> {
        let is_part = |part: f64| part > 0.0 && part < 1.0;
        let refuse = |what: &str| Some(format!("grid: {what}"));
        if !(1..=LEVELS_MAX).contains(&self.levels) {
            refuse("levels must be 1 to 64")
        } else if self.interval_ticks == 0 && self.relative_interval.is_none() {
            refuse("the interval must be at least a tick")
        } else if self.relative_interval.is_some_and(|part| !is_part(part)) {
            refuse("a relative interval must lie between 0 and 1")
        } else if self.relative_interval.is_some_and(|part| part * f64::from(self.levels) > 1.0) {
            refuse("levels times the relative interval must not exceed 1")
        } else if !(0.0..=1e6).contains(&self.half_spread_intervals) {
            refuse("half the spread must be 0 to a million intervals")
        } else if self.lots == 0 || self.max_position_lots == 0 {
            refuse("size and largest position must be at least a lot")
        } else {
            None
        }
    }
}

/// Prices of one side: the first one, the step to the next, and how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Ladder {
    first_ticks: i32,
    step_ticks: i32,
    count: u32,
}

impl Ladder {
    /// Place of a price on the ladder.
    fn place(&self, ticks: i32) -> Option<u32> {
        let away = (ticks - self.first_ticks) * self.step_ticks.signum();
        let step = self.step_ticks.unsigned_abs();
        let away = u32::try_from(away).ok()?;
        (away.is_multiple_of(step.max(1)) && away / step.max(1) < self.count).then(|| away / step.max(1))
    }
}

#[derive(Debug)]
pub(super) struct Grid {
    config: GridConfig,
    interval_ticks: i32,
    max_position: f64,
    wanted: [Ladder; 2],
    answers: u64,
    seen: Vec<OrderView>,
}

impl Grid {
    pub(super) fn new(config: GridConfig, max_position: f64) -> Self {
        let interval_ticks =
            if config.relative_interval.is_some() { 0 } else { config.interval_ticks as i32 };
        Grid {
            config,
            interval_ticks,
            max_position,
            wanted: [Ladder::default(); 2],
            answers: u64::MAX,
            seen: Vec::new(),
        }
    }

    /// The prices that orders shall stand at.
    fn ladders(&self, market: &Market<'_>, bid_ticks: i32, ask_ticks: i32) -> [Ladder; 2] {
        let tick = market.tick();
        let position = market.position();
        let interval = f64::from(self.interval_ticks) * tick;
        let half_spread = self.config.half_spread_intervals * interval;
        let (best_bid, best_ask) = (f64::from(bid_ticks) * tick, f64::from(ask_ticks) * tick);
        let mid = f64::midpoint(best_bid, best_ask);
        let lean = position / self.max_position;
        let reservation = mid - lean * interval * f64::from(self.config.levels);
        let bid = ((reservation - half_spread).min(best_bid) / interval).floor() * interval;
        let ask = ((reservation + half_spread).max(best_ask) / interval).ceil() * interval;
        let ladder = |price: f64, step_ticks: i32, quoted: bool| Ladder {
            first_ticks: (price / tick).round() as i32,
            step_ticks,
            count: if quoted { self.config.levels } else { 0 },
        };
        [
            ladder(bid, -self.interval_ticks, position < self.max_position),
            ladder(ask, self.interval_ticks, position > -self.max_position),
        ]
    }
}

impl Strategy for Grid {
    fn step(&mut self, market: &mut Market<'_>) {
        let Some((bid_ticks, ask_ticks)) = market.best_ticks() else { return };
        if self.interval_ticks == 0 {
            let mid_ticks = f64::midpoint(f64::from(bid_ticks), f64::from(ask_ticks));
            let part = self.config.relative_interval.unwrap_or_default();
            self.interval_ticks = ((mid_ticks * part).round() as i32).max(1);
        }
        let wanted = self.ladders(market, bid_ticks, ask_ticks);
        // The same wish and nothing heard since: everything is on its way already.
        if wanted == self.wanted && market.answers() == self.answers {
            return;
        }
        self.wanted = wanted;
        self.answers = market.answers();
        self.seen.clear();
        self.seen.extend(market.orders());
        let mut present = [0_u64; 2];
        for order in &self.seen {
            let places = [wanted[0].place(order.ticks), wanted[1].place(order.ticks)];
            // A price is taken by an order of either side: the other one comes when it has gone.
            for (mask, place) in present.iter_mut().zip(places) {
                *mask |= place.map_or(0, |place| 1 << place);
            }
            if places[order.side as usize].is_none() && order.is_free {
                market.cancel(order.ticket);
            }
        }
        let time_in_force =
            if self.config.post_only { TimeInForce::PostOnly } else { TimeInForce::GoodTilCancelled };
        for (side, ladder, mask) in [(Side::Buy, wanted[0], present[0]), (Side::Sell, wanted[1], present[1])]
        {
            for place in (0..ladder.count).filter(|place| mask >> place & 1 == 0) {
                let ticks = ladder.first_ticks + ladder.step_ticks * place as i32;
                market.submit(side, ticks, self.config.lots, time_in_force);
            }
        }
    }
}

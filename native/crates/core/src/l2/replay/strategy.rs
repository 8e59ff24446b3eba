//! What a strategy sees and may do.

use super::Side;
use super::book::{Book, NO_LEVEL};
use super::tape::Tape;
use super::trader::{Desk, OrderState, Request, RequestKind, Trader, TraderOrder};

/// What happens with an order that does not fill at once, or would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeInForce {
    /// Expires if it would take.
    PostOnly,
    /// Takes what it can and rests.
    GoodTilCancelled,
    /// Takes what it can and expires.
    ImmediateOrCancel,
    /// Takes all of its size or expires.
    FillOrKill,
}

/// Decides at every step.
pub trait Strategy {
    /// Looks at the market and sends what it wants to.
    fn step(&mut self, market: &mut Market<'_>);
}

/// An own order as the strategy may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// Names the order to [`Market::cancel`] and [`Market::modify`].
    pub ticket: u32,
    /// Side of the order.
    pub side: Side,
    /// Its price, of a modification under way the new one.
    pub ticks: i32,
    /// What is left of it.
    pub lots: u64,
    /// Whether it can be cancelled or modified: it is open and nothing is under way.
    pub is_free: bool,
}

/// The market as it has arrived at the trader, his orders and his account.
#[derive(Debug)]
pub struct Market<'a> {
    pub(super) tape: &'a Tape,
    pub(super) book: &'a Book,
    pub(super) now_ns: i64,
    pub(super) newest_event: usize,
    pub(super) owner: u32,
    pub(super) trader: &'a mut Trader,
    pub(super) desk: &'a mut Desk,
    pub(super) requests: &'a mut Vec<Request>,
}

impl Market<'_> {
    /// Time of the step, epoch nanoseconds UTC.
    pub fn now_ns(&self) -> i64 {
        self.now_ns
    }

    /// Best bid and ask in ticks, when both sides have levels.
    pub fn best_ticks(&self) -> Option<(i32, i32)> {
        let at = |side: Side| {
            let position = self.book.best(side as usize);
            (position != NO_LEVEL).then(|| self.tape.ticks(side, position as usize))
        };
        Some((at(Side::Buy)?, at(Side::Sell)?))
    }

    /// Lots at a price as last received.
    pub fn lots_at(&self, side: Side, ticks: i32) -> u64 {
        self.tape.position(side, ticks).map_or(0, |position| self.book.lots(side as usize, position))
    }

    /// Distance of prices.
    pub fn tick(&self) -> f64 {
        self.tape.tick.value()
    }

    /// Units of the base asset held.
    pub fn position(&self) -> f64 {
        self.trader.position()
    }

    /// Distance of sizes.
    pub fn lot(&self) -> f64 {
        self.tape.lot.value()
    }

    /// Changes whenever an answer has arrived.
    pub fn answers(&self) -> u64 {
        self.trader.answers
    }

    /// Own orders that are not closed.
    pub fn orders(&self) -> impl Iterator<Item = OrderView> + '_ {
        self.trader.orders.iter().enumerate().filter_map(|(ticket, order)| {
            let order = order.as_ref().filter(|order| order.state != OrderState::Closed)?;
            Some(OrderView {
                ticket: ticket as u32,
                side: order.side,
                ticks: order.ticks,
                lots: order.lots,
                is_free: order.state == OrderState::Open && !order.is_changing,
            })
        })
    }

    /// Sends a limit order of at least one lot; gives its ticket.
    pub fn submit(&mut self, side: Side, ticks: i32, lots: u64, time_in_force: TimeInForce) -> u32 {
        debug_assert!(lots > 0);
        let order = TraderOrder {
            serial: 0,
            side,
            ticks,
            lots,
            time_in_force,
            state: OrderState::Sent,
            is_changing: false,
        };
        let (ticket, serial) = self.trader.open(order);
        self.send(ticket, serial, RequestKind::New { side, ticks, lots, time_in_force });
        ticket
    }

    /// Asks for the end of an order; false when it is not free.
    pub fn cancel(&mut self, ticket: u32) -> bool {
        let Some(order) = self.free_order(ticket) else { return false };
        let serial = order.serial;
        order.is_changing = true;
        self.send(ticket, serial, RequestKind::Cancel);
        true
    }

    /// Asks for another price or size (what is to be left); false when the order is not free. It keeps its place in the
    /// queue only where the price stays and the size does not grow.
    pub fn modify(&mut self, ticket: u32, ticks: i32, lots: u64) -> bool {
        debug_assert!(lots > 0);
        let Some(order) = self.free_order(ticket) else { return false };
        let (serial, time_in_force) = (order.serial, order.time_in_force);
        order.is_changing = true;
        order.ticks = ticks;
        self.send(ticket, serial, RequestKind::Modify { ticks, lots, time_in_force });
        true
    }

    fn free_order(&mut self, ticket: u32) -> Option<&mut TraderOrder> {
        let order = self.trader.orders.get_mut(ticket as usize)?.as_mut()?;
        (order.state == OrderState::Open && !order.is_changing).then_some(order)
    }

    fn send(&mut self, ticket: u32, serial: u64, kind: RequestKind) {
        self.trader.requests += 1;
        let arrival_ns = self.desk.send(self.tape, self.newest_event, self.now_ns);
        self.requests.push(Request { arrival_ns, owner: self.owner, ticket, serial, kind });
    }
}

//! What travels between trader and exchange, and what the trader knows of his orders.

use super::Side;
use super::account::Account;
use super::latency::LatencySource;
use super::result::Fill;
use super::run::PositionSum;
use super::strategy::TimeInForce;
use super::tape::Tape;
use crate::l2::Step;
use std::collections::VecDeque;

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestKind {
    New { side: Side, ticks: i32, lots: u64, time_in_force: TimeInForce },
    Cancel,
    Modify { ticks: i32, lots: u64, time_in_force: TimeInForce },
}

/// A request on its way to the exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) arrival_ns: i64,
    pub(super) owner: u32,
    /// Place of the order in the trader's list.
    pub(super) ticket: u32,
    /// Number of the order, never used twice by a trader.
    pub(super) serial: u64,
    pub(super) kind: RequestKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerKind {
    /// The order rests at this price with this size.
    Open {
        ticks: i32,
        lots: u64,
    },
    Filled {
        ticks: i32,
        lots: u64,
        left_lots: u64,
        maker: bool,
    },
    Cancelled,
    /// The order will not fill any more.
    Expired,
    /// The order a request spoke of rests no longer.
    Rejected,
}

/// An answer of the exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer {
    pub(super) ticket: u32,
    pub(super) serial: u64,
    pub(super) kind: AnswerKind,
}

/// The line between one trader and the exchange.
#[derive(Debug)]
pub(super) struct Desk {
    latency: LatencySource,
    /// Arrival of the last request, which the next does not overtake.
    last_arrival_ns: i64,
    pub(super) requests_under_way: usize,
    /// When each answer arrives, when it was given, and the answer.
    inbox: VecDeque<(i64, i64, Answer)>,
    /// Where the exchange keeps the order of each ticket.
    handles: Vec<u32>,
}

impl Desk {
    pub(super) fn new(latency: LatencySource) -> Self {
        let inbox = VecDeque::new();
        Desk { latency, last_arrival_ns: i64::MIN, requests_under_way: 0, inbox, handles: Vec::new() }
    }

    pub(super) fn handle(&self, ticket: u32) -> u32 {
        self.handles.get(ticket as usize).copied().unwrap_or(0)
    }

    pub(super) fn set_handle(&mut self, ticket: u32, handle: u32) {
        if self.handles.len() <= ticket as usize {
            self.handles.resize(ticket as usize + 1, 0);
        }
        self.handles[ticket as usize] = handle;
    }

    /// Sends a request; gives when it arrives.
    pub(super) fn send(&mut self, tape: &Tape, newest_event: usize, now_ns: i64) -> i64 {
        let arrival_ns = now_ns.saturating_add(self.latency.entry_ns(tape, newest_event));
        self.last_arrival_ns = self.last_arrival_ns.max(arrival_ns);
        self.requests_under_way += 1;
        self.last_arrival_ns
    }

    /// Puts an answer on its way.
    pub(super) fn answer(&mut self, tape: &Tape, newest_event: usize, time_ns: i64, answer: Answer) {
        let arrival_ns = time_ns.saturating_add(self.latency.response_ns(tape, newest_event));
        let arrival_ns = self.inbox.back().map_or(arrival_ns, |&(last_ns, ..)| last_ns.max(arrival_ns));
        self.inbox.push_back((arrival_ns, time_ns, answer));
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.requests_under_way == 0 && self.inbox.is_empty()
    }
}

/// How an order stands, as far as the trader knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OrderState {
    /// Sent, not answered.
    Sent,
    Open,
    /// Filled, cancelled or expired; the ticket is free from the next step on.
    Closed,
}

/// An order as the trader knows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct TraderOrder {
    pub(super) serial: u64,
    pub(super) side: Side,
    pub(super) ticks: i32,
    pub(super) lots: u64,
    pub(super) time_in_force: TimeInForce,
    pub(super) state: OrderState,
    /// Whether a cancel or a modification is under way.
    pub(super) is_changing: bool,
}

/// The trader's side of one run.
#[derive(Debug)]
pub(super) struct Trader {
    pub(super) account: Account,
    position_sum: PositionSum,
    lot: Step,
    /// The position as a sum of doubles.
    float_position: f64,
    /// Orders by ticket; closed ones stay until the next step.
    pub(super) orders: Vec<Option<TraderOrder>>,
    free: Vec<u32>,
    closed: Vec<u32>,
    next_serial: u64,
    /// Rises with every answer: nothing has changed while it stays.
    pub(super) answers: u64,
    pub(super) requests: u64,
    /// Kept when the run was asked for them.
    pub(super) fills: Option<Vec<Fill>>,
}

impl Trader {
    pub(super) fn new(position_sum: PositionSum, lot: Step, keeps_fills: bool) -> Self {
        Trader {
            account: Account::default(),
            position_sum,
            lot,
            float_position: 0.0,
            orders: Vec::new(),
            free: Vec::new(),
            closed: Vec::new(),
            next_serial: 0,
            answers: 0,
            requests: 0,
            fills: keeps_fills.then(Vec::new),
        }
    }

    /// Frees the tickets of orders that had closed before, then takes the answers that have arrived.
    pub(super) fn receive(&mut self, desk: &mut Desk, now_ns: i64) {
        for ticket in self.closed.drain(..) {
            self.orders[ticket as usize] = None;
            self.free.push(ticket);
        }
        while let Some(&(arrival_ns, time_ns, answer)) = desk.inbox.front()
            && arrival_ns <= now_ns
        {
            desk.inbox.pop_front();
            self.answers += 1;
            self.take(time_ns, arrival_ns, &answer);
        }
    }

    fn take(&mut self, time_ns: i64, arrival_ns: i64, answer: &Answer) {
        let Some(order) = self.orders[answer.ticket as usize].as_mut() else { return };
        if order.serial != answer.serial || order.state == OrderState::Closed {
            return;
        }
        match answer.kind {
            AnswerKind::Open { ticks, lots } => {
                order.ticks = ticks;
                order.lots = lots;
                order.state = OrderState::Open;
                order.is_changing = false;
            }
            AnswerKind::Filled { ticks, lots, left_lots, maker } => {
                let side = order.side;
                order.lots = left_lots;
                if left_lots == 0 {
                    order.state = OrderState::Closed;
                    self.closed.push(answer.ticket);
                }
                self.account.fill(side, ticks, lots, maker);
                self.float_position += self.lot.times(side.sign() * lots as i64);
                if let Some(fills) = &mut self.fills {
                    fills.push(Fill { time_ns, arrival_ns, side, ticks, lots, maker });
                }
            }
            AnswerKind::Cancelled | AnswerKind::Expired => {
                order.state = OrderState::Closed;
                self.closed.push(answer.ticket);
            }
            AnswerKind::Rejected => order.is_changing = false,
        }
    }

    /// Units of the base asset held, as the strategy sees them.
    pub(super) fn position(&self) -> f64 {
        match self.position_sum {
            PositionSum::Exact => self.lot.times(self.account.position_lots),
            PositionSum::Float => self.float_position,
        }
    }

    /// Makes an order; gives its ticket.
    pub(super) fn open(&mut self, order: TraderOrder) -> (u32, u64) {
        let serial = self.next_serial;
        self.next_serial += 1;
        let order = Some(TraderOrder { serial, ..order });
        let ticket = if let Some(ticket) = self.free.pop() {
            self.orders[ticket as usize] = order;
            ticket
        } else {
            self.orders.push(order);
            self.orders.len() as u32 - 1
        };
        (ticket, serial)
    }
}

//! The exchange of a replay: the recorded book and the own orders that rest in it.

use super::Side;
use super::book::{Book, NO_LEVEL, OWN_BIT, Rise};
use super::queue::{QueueModel, QueuePosition};
use super::strategy::TimeInForce;
use super::tape::{SPECIAL_BIT, Special, Tape, split_key};
use super::trader::{Answer, AnswerKind, Desk, Request, RequestKind};

/// How much of an order a match fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Matching {
    /// An order fills as a whole: resting, as soon as a trade reaches it or crosses its price; taking, at the best price
    /// whatever its size.
    Whole,
    /// A resting order fills with the lots that a trade reaches beyond the queue (whole when its price is crossed);
    /// taking, level by level, and what the levels within the limit do not cover fills at the limit, because it cannot
    /// stand in the recorded book.
    Partial,
}

const NONE: u32 = 0;

/// An order that rests. Orders of one price are a list in the order of their arrival; numbers are indices plus one.
#[derive(Clone, Copy, Debug)]
struct Resting {
    owner: u32,
    ticket: u32,
    serial: u64,
    side: Side,
    position: u32,
    lots: u64,
    queue: QueuePosition,
    next: u32,
}

#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) book: Book,
    /// Next event of the tape.
    cursor: usize,
    queue_model: QueueModel,
    matching: Matching,
    resting: Vec<Resting>,
    free: Vec<u32>,
    /// First order of each cell of the book.
    first: Vec<u32>,
    /// Resting orders of each side.
    live: [usize; 2],
    /// Lots of a trade that earlier orders of each owner at the price have used up.
    used_lots: Vec<u64>,
}

impl Exchange {
    pub(super) fn new(tape: &Tape, queue_model: QueueModel, matching: Matching, owners: usize) -> Self {
        Exchange {
            book: Book::new(tape.levels),
            cursor: 0,
            queue_model,
            matching,
            resting: Vec::new(),
            free: Vec::new(),
            first: vec![NONE; 2 * tape.levels],
            live: [0; 2],
            used_lots: vec![0; owners],
        }
    }

    /// Whether all events have been seen.
    pub(super) fn is_at_end(&self, tape: &Tape) -> bool {
        self.cursor == tape.exchange.len()
    }

    /// The newest event seen.
    pub(super) fn newest_event(&self) -> usize {
        self.cursor.saturating_sub(1)
    }

    /// Sees all events up to a time, that time included.
    pub(super) fn advance(&mut self, tape: &Tape, until_ns: i64, desks: &mut [Desk]) {
        let from = self.cursor;
        let end = tape.exchange.end_of(from, until_ns);
        if self.live == [0; 2] {
            self.book.follow(&tape.exchange, from, end);
        } else {
            self.watch(tape, from, end, desks);
        }
        self.cursor = end;
    }

    /// Applies events while own orders rest.
    fn watch(&mut self, tape: &Tape, from: usize, end: usize, desks: &mut [Desk]) {
        let keys = &tape.exchange.key[from..end];
        let sizes = &tape.exchange.lots[from..end];
        for (at, (&key, &lots)) in keys.iter().zip(sizes).enumerate() {
            if key & SPECIAL_BIT == 0 {
                let (side, position) = split_key(key);
                let (before, needs_look) = self.book.set(side, position, lots);
                if before & OWN_BIT != 0 {
                    self.change_queue(self.book.cell(side, position), before & !OWN_BIT, lots);
                }
                if needs_look && let Some(rise) = self.book.look(side, position) {
                    self.cursor = from + at + 1;
                    self.on_rise(tape, rise, desks);
                }
            } else {
                self.cursor = from + at + 1;
                match tape.exchange.special(from + at) {
                    Special::Trade { side, position, lots } => {
                        self.on_trade(tape, side, position, lots, desks);
                    }
                    Special::Clear { side, position } => self.book.remove_from(side, position),
                    Special::ClearAll => self.book.clear(),
                }
            }
        }
    }

    fn change_queue(&mut self, cell: usize, before: u64, now: u64) {
        let mut number = self.first[cell];
        while number != NONE {
            let order = &mut self.resting[number as usize - 1];
            order.queue.change(&self.queue_model, before, now);
            number = order.next;
        }
    }

    /// A better best of one side fills own orders of the other side that it reaches.
    fn on_rise(&mut self, tape: &Tape, rise: Rise, desks: &mut [Desk]) {
        let other = 1 - rise.side;
        let top = tape.levels - 1;
        let before = if rise.before == NO_LEVEL { 0 } else { rise.before as usize + 1 };
        self.fill_crossed(tape, other, top - rise.position, top + 1 - before, desks);
    }

    /// Fills own orders of a side at positions `from..end` as a whole, best first.
    fn fill_crossed(&mut self, tape: &Tape, side: usize, from: usize, end: usize, desks: &mut [Desk]) {
        if self.live[side] == 0 || end <= from {
            return;
        }
        if end - from <= 4 * self.live[side] {
            for position in (from..end).rev() {
                if self.book.is_own(side, position) {
                    self.fill_level(tape, side, position, desks);
                }
            }
            return;
        }
        // A long way with few orders on it: look at the orders.
        let is_crossed = |order: &Resting| {
            order.lots > 0 && order.side as usize == side && (from..end).contains(&(order.position as usize))
        };
        let orders = self.resting.iter().filter(|&order| is_crossed(order));
        let mut positions: Vec<u32> = orders.map(|order| order.position).collect();
        positions.sort_unstable_by(|a, b| b.cmp(a));
        positions.dedup();
        for position in positions {
            self.fill_level(tape, side, position as usize, desks);
        }
    }

    fn fill_level(&mut self, tape: &Tape, side: usize, position: usize, desks: &mut [Desk]) {
        let mut number = self.first[self.book.cell(side, position)];
        while number != NONE {
            let order = self.resting[number as usize - 1];
            self.execute(tape, number, order.lots, desks);
            number = order.next;
        }
    }

    /// A trade against a side: orders at better prices than the trade's fill as a whole, those at its price when their
    /// turn has come.
    fn on_trade(&mut self, tape: &Tape, side: usize, position: usize, lots: u64, desks: &mut [Desk]) {
        if self.live[side] == 0 {
            return;
        }
        let other_best = self.book.best(1 - side);
        let end = if other_best == NO_LEVEL { tape.levels } else { tape.levels - 1 - other_best as usize };
        self.fill_crossed(tape, side, position + 1, end, desks);
        if position >= end || !self.book.is_own(side, position) {
            return;
        }
        let first = self.first[self.book.cell(side, position)];
        let mut number = first;
        while number != NONE {
            self.used_lots[self.resting[number as usize - 1].owner as usize] = 0;
            number = self.resting[number as usize - 1].next;
        }
        number = first;
        while number != NONE {
            let order = &mut self.resting[number as usize - 1];
            let next = order.next;
            order.queue.trade(lots);
            let used = &mut self.used_lots[order.owner as usize];
            let reached = order.queue.take_reached();
            let free = reached.saturating_sub(*used);
            let executed = match self.matching {
                Matching::Partial => free.min(order.lots),
                Matching::Whole if free > 0 => order.lots,
                Matching::Whole => 0,
            };
            *used += free.min(executed);
            if executed > 0 {
                self.execute(tape, number, executed, desks);
            }
            number = next;
        }
    }

    /// Fills a resting order at its price, and takes it out when nothing is left of it.
    fn execute(&mut self, tape: &Tape, number: u32, lots: u64, desks: &mut [Desk]) {
        let order = &mut self.resting[number as usize - 1];
        order.lots -= lots;
        let order = *order;
        let ticks = tape.ticks(order.side, order.position as usize);
        let time_ns = tape.exchange.time_ns[self.newest_event()];
        let kind = AnswerKind::Filled { ticks, lots, left_lots: order.lots, maker: true };
        self.answer(tape, &order, time_ns, kind, desks);
        if order.lots == 0 {
            self.remove(number, desks);
        }
    }

    fn answer(&self, tape: &Tape, order: &Resting, time_ns: i64, kind: AnswerKind, desks: &mut [Desk]) {
        let answer = Answer { ticket: order.ticket, serial: order.serial, kind };
        desks[order.owner as usize].answer(tape, self.newest_event(), time_ns, answer);
    }

    fn remove(&mut self, number: u32, desks: &mut [Desk]) {
        let order = self.resting[number as usize - 1];
        let cell = self.book.cell(order.side as usize, order.position as usize);
        if self.first[cell] == number {
            self.first[cell] = order.next;
        } else {
            let mut before = self.first[cell];
            while self.resting[before as usize - 1].next != number {
                before = self.resting[before as usize - 1].next;
            }
            self.resting[before as usize - 1].next = order.next;
        }
        if self.first[cell] == NONE {
            self.book.set_own(cell, false);
        }
        self.live[order.side as usize] -= 1;
        self.resting[number as usize - 1].lots = 0;
        desks[order.owner as usize].set_handle(order.ticket, NONE);
        self.free.push(number);
    }

    fn rest(&mut self, order: Resting, desks: &mut [Desk]) {
        let cell = self.book.cell(order.side as usize, order.position as usize);
        let number = self.free.pop().unwrap_or_else(|| {
            self.resting.push(order);
            self.resting.len() as u32
        });
        self.resting[number as usize - 1] = order;
        if self.first[cell] == NONE {
            self.first[cell] = number;
            self.book.set_own(cell, true);
        } else {
            let mut last = self.first[cell];
            while self.resting[last as usize - 1].next != NONE {
                last = self.resting[last as usize - 1].next;
            }
            self.resting[last as usize - 1].next = number;
        }
        self.live[order.side as usize] += 1;
        desks[order.owner as usize].set_handle(order.ticket, number);
    }

    /// The resting order a request speaks of, if it still rests.
    fn find(&self, request: &Request, desks: &[Desk]) -> Option<u32> {
        let number = desks[request.owner as usize].handle(request.ticket);
        (number != NONE && self.resting[number as usize - 1].serial == request.serial).then_some(number)
    }

    /// Takes a request at its time of arrival and answers it.
    pub(super) fn receive(&mut self, tape: &Tape, request: &Request, desks: &mut [Desk]) {
        let answers = Answer { ticket: request.ticket, serial: request.serial, kind: AnswerKind::Rejected };
        let newest = self.newest_event();
        let reply = move |desks: &mut [Desk], kind: AnswerKind| {
            let desk = &mut desks[request.owner as usize];
            desk.answer(tape, newest, request.arrival_ns, Answer { kind, ..answers });
        };
        match request.kind {
            RequestKind::New { side, ticks, lots, time_in_force } => {
                let kind = self.place(tape, request, (side, ticks, lots, time_in_force), desks);
                reply(desks, kind);
            }
            RequestKind::Cancel => {
                let kind = match self.find(request, desks) {
                    Some(number) => {
                        self.remove(number, desks);
                        AnswerKind::Cancelled
                    }
                    None => AnswerKind::Rejected,
                };
                reply(desks, kind);
            }
            RequestKind::Modify { ticks, lots, time_in_force } => {
                let Some(number) = self.find(request, desks) else {
                    reply(desks, AnswerKind::Rejected);
                    return;
                };
                let order = self.resting[number as usize - 1];
                let same_price = tape.position(order.side, ticks) == Some(order.position as usize);
                if same_price && lots <= order.lots {
                    // A smaller size keeps its place in the queue.
                    self.resting[number as usize - 1].lots = lots;
                    reply(desks, AnswerKind::Open { ticks, lots });
                } else {
                    self.remove(number, desks);
                    let kind = self.place(tape, request, (order.side, ticks, lots, time_in_force), desks);
                    reply(desks, kind);
                }
            }
        }
    }

    /// Places an order: rests it, lets it take, or lets it expire. Gives the closing answer.
    fn place(
        &mut self,
        tape: &Tape,
        request: &Request,
        (side, ticks, lots, time_in_force): (Side, i32, u64, TimeInForce),
        desks: &mut [Desk],
    ) -> AnswerKind {
        let Some(position) = tape.position(side, ticks) else { return AnswerKind::Expired };
        let index = side as usize;
        if self.book.crosses(index, position) {
            return match time_in_force {
                TimeInForce::PostOnly => AnswerKind::Expired,
                TimeInForce::FillOrKill if self.lots_within(tape, side, position) < lots => {
                    AnswerKind::Expired
                }
                _ => self.take(tape, request, (side, position, lots, time_in_force), desks),
            };
        }
        if matches!(time_in_force, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill) {
            return AnswerKind::Expired;
        }
        let queue = QueuePosition::behind(self.book.lots(index, position));
        let Request { owner, ticket, serial, .. } = *request;
        let position = position as u32;
        self.rest(Resting { owner, ticket, serial, side, position, lots, queue, next: NONE }, desks);
        AnswerKind::Open { ticks, lots }
    }

    /// Lots of the other side that an order of a price reaches; everything where orders fill as a whole.
    fn lots_within(&self, tape: &Tape, side: Side, position: usize) -> u64 {
        if self.matching == Matching::Whole {
            return u64::MAX;
        }
        let other = 1 - side as usize;
        let best = self.book.best(other) as usize;
        (tape.levels - 1 - position..=best).map(|at| self.book.lots(other, at)).sum()
    }

    fn take(
        &mut self,
        tape: &Tape,
        request: &Request,
        (side, position, lots, time_in_force): (Side, usize, u64, TimeInForce),
        desks: &mut [Desk],
    ) -> AnswerKind {
        let other_side = if side == Side::Buy { Side::Sell } else { Side::Buy };
        let other = other_side as usize;
        let best = self.book.best(other) as usize;
        let limit = tape.levels - 1 - position;
        if self.matching == Matching::Whole {
            let ticks = tape.ticks(other_side, best);
            return AnswerKind::Filled { ticks, lots, left_lots: 0, maker: false };
        }
        let mut left_lots = lots;
        for at in (limit..=best).rev() {
            let executed = self.book.lots(other, at).min(left_lots);
            if executed == 0 {
                continue;
            }
            left_lots -= executed;
            let ticks = tape.ticks(other_side, at);
            let kind = AnswerKind::Filled { ticks, lots: executed, left_lots, maker: false };
            if left_lots == 0 {
                return kind;
            }
            let answer = Answer { ticket: request.ticket, serial: request.serial, kind };
            desks[request.owner as usize].answer(tape, self.newest_event(), request.arrival_ns, answer);
        }
        if time_in_force == TimeInForce::ImmediateOrCancel {
            return AnswerKind::Expired;
        }
        let ticks = tape.ticks(side, position);
        AnswerKind::Filled { ticks, lots: left_lots, left_lots: 0, maker: false }
    }
}

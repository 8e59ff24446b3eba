//! A recording as packed columns.

use super::decimal::{DECIMALS_MAX, Step, gcd, power_of_ten};

/// What an event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EventKind {
    /// The size at a bid price is now this (0: the level is gone).
    BidDepth = 0,
    /// The size at an ask price is now this.
    AskDepth = 1,
    /// Somebody bought at this price: the taker was the buyer.
    BuyTrade = 2,
    /// Somebody sold at this price.
    SellTrade = 3,
    /// Bids at this price and above are gone; a snapshot follows.
    BidClear = 4,
    /// Asks at this price and below are gone; a snapshot follows.
    AskClear = 5,
    /// Both sides are gone: a recording begins anew or has a hole.
    ClearAll = 6,
}

/// Number of kinds.
const KINDS: u64 = 7;
const ALL_KINDS: [EventKind; KINDS as usize] = [
    EventKind::BidDepth,
    EventKind::AskDepth,
    EventKind::BuyTrade,
    EventKind::SellTrade,
    EventKind::BidClear,
    EventKind::AskClear,
    EventKind::ClearAll,
];

const KIND_SHIFT: u32 = 56;

/// Largest size of an event, in lots.
pub(super) const LOTS_MAX: u64 = (1 << KIND_SHIFT) - 1;

/// One event, unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// When it happened at the exchange, epoch nanoseconds UTC.
    pub exchange_ns: i64,
    /// When the recorder received it, epoch nanoseconds UTC.
    pub local_ns: i64,
    /// What it says.
    pub kind: EventKind,
    /// Price in ticks.
    pub ticks: i32,
    /// Size in lots.
    pub lots: u64,
}

/// A recording in the order it was received: 28 bytes an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// Distance of prices.
    pub tick: Step,
    /// Distance of sizes.
    pub lot: Step,
    pub(super) exchange_ns: Vec<i64>,
    pub(super) local_ns: Vec<i64>,
    pub(super) ticks: Vec<i32>,
    /// Size in lots, with the kind in the highest byte.
    pub(super) packed: Vec<u64>,
}

/// Puts kind and size into one number.
pub(super) fn pack(kind: EventKind, lots: u64) -> u64 {
    ((kind as u64) << KIND_SHIFT) | lots
}

/// Takes kind and size apart; none when there is no such kind.
pub(super) fn unpack(packed: u64) -> Option<(EventKind, u64)> {
    let kind = packed >> KIND_SHIFT;
    (kind < KINDS).then(|| (ALL_KINDS[kind as usize], packed & LOTS_MAX))
}

impl Events {
    /// An empty recording.
    pub fn new(tick: Step, lot: Step) -> Self {
        Events {
            tick,
            lot,
            exchange_ns: Vec::new(),
            local_ns: Vec::new(),
            ticks: Vec::new(),
            packed: Vec::new(),
        }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    /// Adds an event behind the others. Sizes above 2^56 - 1 lots do not fit.
    pub fn push(&mut self, event: Event) {
        debug_assert!(event.lots <= LOTS_MAX);
        self.exchange_ns.push(event.exchange_ns);
        self.local_ns.push(event.local_ns);
        self.ticks.push(event.ticks);
        self.packed.push(pack(event.kind, event.lots));
    }

    /// The event at an index.
    ///
    /// # Panics
    /// When there is none.
    pub fn get(&self, index: usize) -> Event {
        let (kind, lots) = unpack(self.packed[index]).expect("kinds are checked where events enter");
        Event {
            exchange_ns: self.exchange_ns[index],
            local_ns: self.local_ns[index],
            kind,
            ticks: self.ticks[index],
            lots,
        }
    }

    /// All events in order.
    pub fn iter(&self) -> impl Iterator<Item = Event> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }
}

/// A column of decimals of one scale, which grows as more digits come.
#[derive(Debug, Default)]
struct Scaled {
    values: Vec<i64>,
    decimals: u32,
}

impl Scaled {
    fn push(&mut self, (mantissa, decimals): (i64, u32)) -> Result<(), String> {
        let too_long = || "more digits than 64 bits hold".to_owned();
        if decimals > self.decimals {
            let factor = power_of_ten(decimals - self.decimals);
            for value in &mut self.values {
                *value = value.checked_mul(factor).ok_or_else(too_long)?;
            }
            self.decimals = decimals;
        }
        let value = mantissa.checked_mul(power_of_ten(self.decimals - decimals)).ok_or_else(too_long)?;
        self.values.push(value);
        Ok(())
    }

    /// The coarsest step that all values are whole multiples of.
    fn inferred_step(&self) -> Step {
        let mut step = 0;
        for &value in &self.values {
            step = gcd(step, value);
            if step == 1 {
                break;
            }
        }
        let (mut mantissa, mut decimals) = (step.max(1), self.decimals);
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            decimals -= 1;
        }
        Step { mantissa, decimals }
    }

    /// The values as whole numbers of steps.
    fn in_steps(mut self, step: Step, name: &str) -> Result<Vec<i64>, String> {
        let scale = self.decimals.max(step.decimals).min(DECIMALS_MAX);
        let unit = step
            .mantissa
            .checked_mul(power_of_ten(scale - step.decimals))
            .ok_or_else(|| format!("a {name} of {step} is too large"))?;
        let factor = power_of_ten(scale - self.decimals);
        for value in &mut self.values {
            let scaled = value.checked_mul(factor).filter(|scaled| scaled % unit == 0);
            let Some(scaled) = scaled else {
                let found = Step { mantissa: *value, decimals: self.decimals };
                return Err(format!("{found} is not a whole number of steps of {step} ({name})"));
            };
            *value = scaled / unit;
        }
        Ok(self.values)
    }
}

/// Collects decimals while a file is read, and makes ticks and lots of them at its end.
#[derive(Debug, Default)]
pub(super) struct EventBuilder {
    exchange_ns: Vec<i64>,
    local_ns: Vec<i64>,
    kinds: Vec<EventKind>,
    price: Scaled,
    size: Scaled,
}

impl EventBuilder {
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Adds an event; price and size as `parse_decimal` gives them.
    pub(super) fn push(
        &mut self,
        kind: EventKind,
        exchange_ns: i64,
        local_ns: i64,
        price: (i64, u32),
        size: (i64, u32),
    ) -> Result<(), String> {
        self.price.push(price)?;
        self.size.push(size)?;
        self.exchange_ns.push(exchange_ns);
        self.local_ns.push(local_ns);
        self.kinds.push(kind);
        Ok(())
    }

    /// Smallest difference of received and exchange time.
    pub(super) fn shortest_delay_ns(&self) -> i64 {
        let delays = self.local_ns.iter().zip(&self.exchange_ns).map(|(local, exchange)| local - exchange);
        delays.min().unwrap_or(0)
    }

    /// The columns, local times moved by `shift_ns`. Steps that are not given are the coarsest that fit all values.
    pub(super) fn finish(
        mut self,
        tick: Option<Step>,
        lot: Option<Step>,
        shift_ns: i64,
    ) -> Result<Events, String> {
        let tick = tick.unwrap_or_else(|| self.price.inferred_step());
        let lot = lot.unwrap_or_else(|| self.size.inferred_step());
        for time in &mut self.local_ns {
            *time += shift_ns;
        }
        let too_large = |name: &str, step: Step| format!("a {name} is too large for steps of {step}");
        let ticks = self.price.in_steps(tick, "tick")?.into_iter().map(i32::try_from);
        let ticks = ticks.collect::<Result<_, _>>().map_err(|_| too_large("price", tick))?;
        let sizes = self.size.in_steps(lot, "lot")?;
        let mut packed = Vec::with_capacity(sizes.len());
        for (lots, kind) in sizes.into_iter().zip(self.kinds) {
            let lots = lots as u64;
            if lots > LOTS_MAX {
                return Err(too_large("size", lot));
            }
            packed.push(pack(kind, lots));
        }
        Ok(Events { tick, lot, exchange_ns: self.exchange_ns, local_ns: self.local_ns, ticks, packed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(prices: &[(i64, u32)], tick: Option<Step>) -> Result<Events, String> {
        let mut builder = EventBuilder::default();
        for &price in prices {
            builder.push(EventKind::BidDepth, 10, 4, price, (5, 1))?;
        }
        let shift = -builder.shortest_delay_ns();
        builder.finish(tick, None, shift)
    }

    #[test]
    fn steps_are_the_coarsest_that_fit() {
        // 100, 100.5 and 99: the tick is 0.5, whatever came first.
        let events = built(&[(100, 0), (1005, 1), (99, 0)], None).unwrap();
        assert_eq!(events.tick, Step { mantissa: 5, decimals: 1 });
        assert_eq!(events.lot, Step { mantissa: 5, decimals: 1 });
        assert_eq!(events.ticks, [200, 201, 198]);
        assert_eq!(events.get(1).lots, 1);
        assert_eq!(events.get(1).local_ns, 10);
    }

    #[test]
    fn a_price_between_two_ticks_is_refused() {
        let tick = Some(Step { mantissa: 1, decimals: 0 });
        assert_eq!(
            built(&[(1005, 1)], tick).unwrap_err(),
            "100.5 is not a whole number of steps of 1 (tick)"
        );
        let fine = built(&[(1005, 1)], Some(Step { mantissa: 1, decimals: 2 })).unwrap();
        assert_eq!(fine.ticks, [10_050]);
    }

    #[test]
    fn kind_and_size_share_a_number() {
        for kind in ALL_KINDS {
            assert_eq!(unpack(pack(kind, LOTS_MAX)), Some((kind, LOTS_MAX)));
        }
        assert_eq!(unpack(KINDS << KIND_SHIFT), None);
    }
}

//! A recording made ready for replay: prices as positions in the book, one stream a clock.

use super::Side;
use crate::l2::events::{Event, EventKind, Events};
use crate::l2::{L2Error, Step};

/// Bit of a key: the event lies on the ask side.
const ASK_BIT: u32 = 1 << 31;
/// Bit of a key: a trade or a clear, not a level.
pub(super) const SPECIAL_BIT: u32 = 1 << 30;
const POSITION_MASK: u32 = SPECIAL_BIT - 1;
/// Most prices a tape may span: the arrays of a book are only as large in memory as the part that is touched.
const LEVELS_MAX: i64 = 1 << 26;

/// How long before a copy of a recording the book is cleared.
const CLEAR_AHEAD_NS: i64 = 1_000_000;

/// What a special event does, in its size column.
const CLEAR_BIT: u64 = 1 << 63;
/// With `CLEAR_BIT`: both sides, entirely.
const CLEAR_ALL: u64 = CLEAR_BIT | 1;

/// Events in the order of one clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Stream {
    pub(super) time_ns: Vec<i64>,
    /// Position of the price on its side, with the bits above.
    pub(super) key: Vec<u32>,
    /// Size in lots.
    pub(super) lots: Vec<u64>,
    /// Time of the first event of each block: looking for a time touches these, which lie close together.
    block_ns: Vec<i64>,
}

/// Events in a block.
const BLOCK: usize = 16;
/// Blocks looked at before the search widens: about what happens within a step.
const NEAR_BLOCKS: usize = 8;

/// A trade or a clear, unpacked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Special {
    /// A trade against orders that rest on a side.
    Trade {
        side: usize,
        position: usize,
        lots: u64,
    },
    /// Levels of a side from this position up are gone.
    Clear {
        side: usize,
        position: usize,
    },
    ClearAll,
}

/// Takes a key apart: side and position on it.
#[inline(always)]
pub(super) fn split_key(key: u32) -> (usize, usize) {
    ((key >> 31) as usize, (key & POSITION_MASK) as usize)
}

impl Stream {
    pub(super) fn len(&self) -> usize {
        self.time_ns.len()
    }

    /// First index at or after `from` whose time lies behind `until_ns`.
    pub(super) fn end_of(&self, from: usize, until_ns: i64) -> usize {
        let next = (from / BLOCK + 1).min(self.block_ns.len());
        let blocks = &self.block_ns[next..];
        let mut reach = NEAR_BLOCKS;
        while reach < blocks.len() && blocks[reach] <= until_ns {
            reach *= 2;
        }
        let low = reach / 2 * usize::from(reach > NEAR_BLOCKS);
        let high = (reach + 1).min(blocks.len());
        // The end lies in the last block that begins in time, or in the one of `from`.
        let last = next + low + blocks[low..high].partition_point(|&time| time <= until_ns) - 1;
        let start = from.max(last * BLOCK);
        let end = ((last + 1) * BLOCK).min(self.len());
        start + self.time_ns[start..end].partition_point(|&time| time <= until_ns)
    }

    pub(super) fn special(&self, index: usize) -> Special {
        let (side, position) = split_key(self.key[index] & !SPECIAL_BIT);
        match self.lots[index] {
            CLEAR_ALL => Special::ClearAll,
            CLEAR_BIT => Special::Clear { side, position },
            lots => Special::Trade { side, position, lots },
        }
    }
}

/// A recording ready for replay.
#[derive(Clone, Debug)]
pub struct Tape {
    pub(super) tick: Step,
    pub(super) lot: Step,
    pub(super) lowest_ticks: i32,
    /// Number of prices a side spans.
    pub(super) levels: usize,
    pub(super) exchange: Stream,
    pub(super) local: Stream,
    /// How long each event of the exchange stream took to the recorder.
    pub(super) delay_ns: Vec<i64>,
}

impl Tape {
    /// Prepares a recording. Events whose price lies outside `roi_ticks` (lowest, highest) are left out; without it all
    /// are kept. With `repeats` above 1 the recording is played as often, each copy moved behind the last to the next
    /// multiple of `align_ns` of its length plus a second, after a clear of both sides a millisecond before: for load
    /// tests.
    ///
    /// # Errors
    /// [`L2Error::Config`] when nothing is left or the range is too wide.
    pub fn new(
        events: &Events,
        roi_ticks: Option<(i32, i32)>,
        repeats: u32,
        align_ns: i64,
    ) -> Result<Self, L2Error> {
        let (low, high) = roi_ticks.or_else(|| price_range(events)).unwrap_or((0, -1));
        let levels = i64::from(high) - i64::from(low) + 1;
        if !(1..=LEVELS_MAX).contains(&levels) {
            return Err(L2Error::Config(format!(
                "the range of prices from {} to {} spans {levels} ticks; give a range of at most {LEVELS_MAX}",
                events.tick.times(i64::from(low)),
                events.tick.times(i64::from(high)),
            )));
        }
        // A clear says how far a snapshot reaches: that may lie outside the range.
        let is_inside = |event: &Event| is_clear(event.kind) || (low..=high).contains(&event.ticks);
        let mut rows: Vec<u32> = (0..events.len() as u32).collect();
        rows.retain(|&row| is_inside(&events.get(row as usize)));
        if rows.iter().all(|&row| is_clear(events.get(row as usize).kind)) {
            return Err(L2Error::Config("no event lies within the range of prices".to_owned()));
        }
        let shape = Shape { low, levels: levels as usize, repeats: i64::from(repeats.max(1)), align_ns };
        // Stable sorts: events of one moment keep the order in which they were received.
        sort_by_time(&mut rows, &events.local_ns);
        let local = shape.stream(events, &rows, &events.local_ns);
        sort_by_time(&mut rows, &events.exchange_ns);
        let exchange = shape.stream(events, &rows, &events.exchange_ns);
        let delay_ns = shape.delays(events, &rows);
        Ok(Tape {
            tick: events.tick,
            lot: events.lot,
            lowest_ticks: low,
            levels: shape.levels,
            exchange,
            local,
            delay_ns,
        })
    }

    /// Number of events, each of which is seen by both sides.
    pub fn events(&self) -> usize {
        self.exchange.len()
    }

    /// Units of the base asset in a lot.
    pub fn lot(&self) -> f64 {
        self.lot.value()
    }

    /// A price in ticks as a number.
    pub fn price(&self, ticks: i32) -> f64 {
        self.tick.times(ticks.into())
    }

    /// A size in lots as units of the base asset.
    pub fn size(&self, lots: u64) -> f64 {
        self.lot.times(lots as i64)
    }

    /// Time of the first event on either clock, epoch nanoseconds UTC.
    pub fn start_ns(&self) -> i64 {
        self.exchange.time_ns[0].min(self.local.time_ns[0])
    }

    /// Time of the last event on either clock.
    pub fn end_ns(&self) -> i64 {
        let last = self.events() - 1;
        self.exchange.time_ns[last].max(self.local.time_ns[last])
    }

    /// Position of a price on a side; none outside of the range.
    #[inline(always)]
    pub(super) fn position(&self, side: Side, ticks: i32) -> Option<usize> {
        position(side, ticks, self.lowest_ticks, self.levels)
    }

    /// Price at a position.
    #[inline(always)]
    pub(super) fn ticks(&self, side: Side, position: usize) -> i32 {
        match side {
            Side::Buy => self.lowest_ticks + position as i32,
            Side::Sell => self.lowest_ticks + (self.levels - 1 - position) as i32,
        }
    }
}

fn position(side: Side, ticks: i32, low: i32, levels: usize) -> Option<usize> {
    let offset = usize::try_from(i64::from(ticks) - i64::from(low)).ok().filter(|&at| at < levels)?;
    Some(match side {
        Side::Buy => offset,
        Side::Sell => levels - 1 - offset,
    })
}

fn price_range(events: &Events) -> Option<(i32, i32)> {
    let levels = || events.iter().filter(|event| (event.kind as u8) <= EventKind::SellTrade as u8);
    Some((levels().map(|event| event.ticks).min()?, levels().map(|event| event.ticks).max()?))
}

fn is_clear(kind: EventKind) -> bool {
    kind as u8 >= EventKind::BidClear as u8
}

fn sort_by_time(rows: &mut [u32], times: &[i64]) {
    let time = |row: &u32| times[*row as usize];
    if !rows.is_sorted_by_key(time) {
        rows.sort_by_key(time);
    }
}

/// How a recording is laid out on a tape.
struct Shape {
    low: i32,
    levels: usize,
    repeats: i64,
    align_ns: i64,
}

impl Shape {
    /// How far a copy lies behind the one before it.
    fn span_ns(&self, events: &Events, rows: &[u32]) -> i64 {
        let times =
            || rows.iter().map(|&row| (events.exchange_ns[row as usize], events.local_ns[row as usize]));
        let first = times().map(|(exchange, local)| exchange.min(local)).min().unwrap_or(0);
        let last = times().map(|(exchange, local)| exchange.max(local)).max().unwrap_or(0);
        let steps = (last - first + 1_000_000_000 - 1).div_euclid(self.align_ns) + 1;
        steps * self.align_ns
    }

    /// The events of one clock, in its order.
    fn stream(&self, events: &Events, rows: &[u32], times: &[i64]) -> Stream {
        let count = rows.len() * self.repeats as usize + self.repeats as usize - 1;
        let mut stream = Stream {
            time_ns: Vec::with_capacity(count),
            key: Vec::with_capacity(count),
            lots: Vec::with_capacity(count),
            block_ns: Vec::new(),
        };
        for &row in rows {
            let (key, lots) = self.entry(&events.get(row as usize));
            stream.time_ns.push(times[row as usize]);
            stream.key.push(key);
            stream.lots.push(lots);
        }
        let span_ns = if self.repeats > 1 { self.span_ns(events, rows) } else { 0 };
        for copy in 1..self.repeats {
            let moved_ns = copy * span_ns;
            stream.time_ns.push(stream.time_ns[0] + moved_ns - CLEAR_AHEAD_NS);
            stream.key.push(SPECIAL_BIT);
            stream.lots.push(CLEAR_ALL);
            for row in 0..rows.len() {
                stream.time_ns.push(stream.time_ns[row] + moved_ns);
            }
            stream.key.extend_from_within(..rows.len());
            stream.lots.extend_from_within(..rows.len());
        }
        stream.block_ns = stream.time_ns.iter().copied().step_by(BLOCK).collect();
        stream
    }

    /// Delay of every event of the exchange stream; a clear between copies has that of the event behind it.
    fn delays(&self, events: &Events, rows: &[u32]) -> Vec<i64> {
        let delay = |&row: &u32| events.local_ns[row as usize] - events.exchange_ns[row as usize];
        let mut delays: Vec<i64> = rows.iter().map(delay).collect();
        for _ in 1..self.repeats {
            delays.push(delays[0]);
            delays.extend_from_within(..rows.len());
        }
        delays
    }

    /// Key and size column of an event.
    fn entry(&self, event: &Event) -> (u32, u64) {
        let at = |side| position(side, event.ticks, self.low, self.levels).unwrap_or_default() as u32;
        let bound = |offset: i64| offset.clamp(0, self.levels as i64) as u32 | SPECIAL_BIT;
        let offset = i64::from(event.ticks) - i64::from(self.low);
        match event.kind {
            EventKind::BidDepth => (at(Side::Buy), event.lots),
            EventKind::AskDepth => (at(Side::Sell) | ASK_BIT, event.lots),
            // A buyer takes from asks.
            EventKind::BuyTrade => (at(Side::Sell) | ASK_BIT | SPECIAL_BIT, event.lots),
            EventKind::SellTrade => (at(Side::Buy) | SPECIAL_BIT, event.lots),
            EventKind::BidClear => (bound(offset), CLEAR_BIT),
            EventKind::AskClear => (bound(self.levels as i64 - 1 - offset) | ASK_BIT, CLEAR_BIT),
            EventKind::ClearAll => (SPECIAL_BIT, CLEAR_ALL),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(exchange_ns: i64, local_ns: i64, kind: EventKind, ticks: i32) -> Event {
        Event { exchange_ns, local_ns, kind, ticks, lots: 1 }
    }

    fn events(list: &[Event]) -> Events {
        let step = Step { mantissa: 1, decimals: 0 };
        let mut events = Events::new(step, step);
        for &event in list {
            events.push(event);
        }
        events
    }

    #[test]
    fn asks_are_mirrored_and_each_clock_has_its_order() {
        let recording = events(&[
            event(30, 40, EventKind::BidDepth, 102),
            event(10, 50, EventKind::AskDepth, 104),
            event(20, 60, EventKind::BuyTrade, 104),
        ]);
        let tape = Tape::new(&recording, None, 1, 1).unwrap();
        assert_eq!((tape.levels, tape.lowest_ticks), (3, 102));
        assert_eq!(tape.exchange.time_ns, [10, 20, 30]);
        assert_eq!(tape.delay_ns, [40, 40, 10]);
        // The dearest ask has position 0.
        assert_eq!(tape.local.key.iter().map(|&key| split_key(key)).next(), Some((0, 0)));
        assert_eq!(split_key(tape.local.key[1]), (1, 0));
        assert!(matches!(tape.local.special(2), Special::Trade { side: 1, position: 0, lots: 1 }));
        assert_eq!(tape.ticks(Side::Sell, 0), 104);
        assert_eq!(tape.position(Side::Sell, 103), Some(1));
        assert_eq!(tape.position(Side::Buy, 105), None);
    }

    #[test]
    fn a_range_leaves_events_out_and_refuses_what_is_empty_or_too_wide() {
        let recording =
            events(&[event(1, 1, EventKind::BidDepth, 100), event(2, 2, EventKind::AskDepth, 2_000_000_000)]);
        assert_eq!(Tape::new(&recording, Some((90, 110)), 1, 1).unwrap().events(), 1);
        let empty = Tape::new(&recording, Some((1, 2)), 1, 1).unwrap_err().to_string();
        assert_eq!(empty, "no event lies within the range of prices");
        let wide = Tape::new(&recording, None, 1, 1).unwrap_err().to_string();
        assert!(wide.contains("spans 1999999901 ticks"), "{wide}");
    }

    #[test]
    fn copies_follow_each_other_after_a_clear() {
        let recording =
            events(&[event(0, 5, EventKind::BidDepth, 100), event(7, 20, EventKind::BidDepth, 101)]);
        let tape = Tape::new(&recording, None, 2, 1_000).unwrap();
        // Twenty nanoseconds and a second, up to the next thousand.
        assert_eq!(tape.exchange.time_ns, [0, 7, 999_001_000, 1_000_001_000, 1_000_001_007]);
        assert_eq!(tape.local.time_ns[2..4], [999_001_005, 1_000_001_005]);
        assert!(matches!(tape.exchange.special(2), Special::ClearAll));
    }

    #[test]
    fn the_end_of_a_stretch_of_time_is_found_near_and_far() {
        let time_ns: Vec<i64> = (0..1000).map(|at| at / 2).collect();
        let block_ns = time_ns.iter().copied().step_by(BLOCK).collect();
        let stream = Stream { time_ns, block_ns, ..Stream::default() };
        for from in [0, 1, 15, 16, 500, 998, 1000] {
            for until in [-1, 0, 1, 3, 30, 31, 32, 33, 100, 249, 250, 498, 499, 500] {
                let expected = (from..1000).find(|&at| stream.time_ns[at] > until).unwrap_or(1000);
                assert_eq!(stream.end_of(from, until), expected, "{from} {until}");
            }
        }
    }
}

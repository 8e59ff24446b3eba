//! Replay with figures worked out by hand, and what must hold for every recording.

use proptest::prelude::*;
use sextant_core::l2::replay::{
    Fill, GridConfig, Latency, Market, Matching, PositionSum, QueueModel, QuoterConfig, ReplayConfig,
    RunResult, Side, Strategy, StrategyConfig, Tape, TimeInForce, run, run_strategies,
};
use sextant_core::l2::{Event, EventKind, Events, L2Error, Step};

const ONE: Step = Step { mantissa: 1, decimals: 0 };

/// An event that arrives five nanoseconds after it happened.
fn event(exchange_ns: i64, kind: EventKind, ticks: i32, lots: u64) -> Event {
    Event { exchange_ns, local_ns: exchange_ns + 5, kind, ticks, lots }
}

/// A book of 5 lots at 100 and 7 at 99, asked 102 for 5 and 103 for 9; then the events given.
fn tape(more: &[Event]) -> Tape {
    let mut events = Events::new(ONE, ONE);
    let book = [
        event(0, EventKind::BidDepth, 100, 5),
        event(0, EventKind::BidDepth, 99, 7),
        event(0, EventKind::AskDepth, 102, 5),
        event(0, EventKind::AskDepth, 103, 9),
    ];
    book.iter().chain(more).for_each(|&event| events.push(event));
    Tape::new(&events, Some((90, 110)), 1, 1).unwrap()
}

/// Steps of 10 ns from 0 on; orders take 3 ns, answers 2.
fn config(matching: Matching) -> ReplayConfig {
    ReplayConfig {
        step_ns: 10,
        latency: Latency::Constant { entry_ns: 3, response_ns: 2 },
        queue_model: QueueModel::RiskAverse,
        matching,
        maker_fee: -0.001,
        taker_fee: 0.002,
        position_sum: PositionSum::Exact,
        samples_max: 0,
        keeps_fills: true,
    }
}

#[derive(Clone, Copy)]
enum Act {
    Buy(i32, u64, TimeInForce),
    Sell(i32, u64, TimeInForce),
    /// Of the order with this ticket.
    Cancel(u32),
    Modify(u32, i32, u64),
}

/// Does at each step (from 1) what is written for it.
struct Script {
    step: usize,
    acts: Vec<(usize, Act)>,
}

impl Strategy for Script {
    fn step(&mut self, market: &mut Market<'_>) {
        self.step += 1;
        for &(_, act) in self.acts.iter().filter(|(step, _)| *step == self.step) {
            match act {
                Act::Buy(ticks, lots, time) => drop(market.submit(Side::Buy, ticks, lots, time)),
                Act::Sell(ticks, lots, time) => drop(market.submit(Side::Sell, ticks, lots, time)),
                Act::Cancel(ticket) => drop(market.cancel(ticket)),
                Act::Modify(ticket, ticks, lots) => drop(market.modify(ticket, ticks, lots)),
            }
        }
    }
}

fn play(matching: Matching, more: &[Event], acts: &[(usize, Act)]) -> RunResult {
    let script = Box::new(Script { step: 0, acts: acts.to_vec() });
    run_strategies(&tape(more), &config(matching), vec![script], &|_, _| true).unwrap().remove(0)
}

fn fill(time_ns: i64, side: Side, ticks: i32, lots: u64, maker: bool) -> Fill {
    Fill { time_ns, arrival_ns: time_ns + 2, side, ticks, lots, maker }
}

use EventKind::{AskDepth, BidDepth, BuyTrade, ClearAll, SellTrade};
use TimeInForce::{FillOrKill, GoodTilCancelled, ImmediateOrCancel, PostOnly};

#[test]
fn an_order_waits_behind_the_queue_it_met() {
    // Sent at 10, there at 13 behind 5 lots. The trade of 5 at 20 uses them up; the one of 1 at 22 is ours.
    let trades = [event(20, SellTrade, 100, 5), event(22, SellTrade, 100, 1), event(60, BidDepth, 99, 1)];
    let acts = [(1, Act::Buy(100, 2, PostOnly))];
    let whole = play(Matching::Whole, &trades, &acts);
    assert_eq!(whole.fill_list, [fill(22, Side::Buy, 100, 2, true)]);
    assert_eq!((whole.position, whole.balance, whole.fee), (2.0, -200.0, -0.2));
    assert_eq!((whole.volume, whole.value, whole.requests, whole.fills), (2.0, 200.0, 1, 1));
    // 2 lots at a mid of 101 are worth 202: 2 more than paid, and the rebate.
    assert_eq!(whole.equity, 2.2);
    let partial = play(Matching::Partial, &trades, &acts);
    assert_eq!(partial.fill_list, [fill(22, Side::Buy, 100, 1, true)]);
}

#[test]
fn an_order_that_comes_a_nanosecond_late_stands_behind_more() {
    // The level grows to 9 at 13, in the same nanosecond as the order comes: the market is first.
    let events = [event(13, BidDepth, 100, 9), event(20, SellTrade, 100, 9), event(60, BidDepth, 99, 1)];
    assert_eq!(play(Matching::Whole, &events, &[(1, Act::Buy(100, 2, PostOnly))]).fills, 0);
    let events = [event(14, BidDepth, 100, 9), event(20, SellTrade, 100, 9), event(60, BidDepth, 99, 1)];
    assert_eq!(play(Matching::Whole, &events, &[(1, Act::Buy(100, 2, PostOnly))]).fills, 1);
}

#[test]
fn crossed_orders_fill_at_their_own_price() {
    let buy = [(1, Act::Buy(100, 2, PostOnly))];
    // An ask at our price; a trade below it.
    for cross in [event(30, AskDepth, 100, 1), event(30, SellTrade, 99, 1)] {
        let result = play(Matching::Partial, &[cross, event(60, BidDepth, 98, 1)], &buy);
        assert_eq!(result.fill_list, [fill(30, Side::Buy, 100, 2, true)]);
    }
    let sell = [(1, Act::Sell(103, 4, PostOnly)), (1, Act::Sell(104, 4, PostOnly))];
    for cross in [event(30, BidDepth, 105, 1), event(30, BuyTrade, 106, 1)] {
        let result = play(Matching::Whole, &[cross, event(60, BidDepth, 98, 1)], &sell);
        // Best price first.
        assert_eq!(
            result.fill_list,
            [fill(30, Side::Sell, 103, 4, true), fill(30, Side::Sell, 104, 4, true)]
        );
        assert_eq!((result.position, result.balance), (-8.0, 4.0 * 103.0 + 4.0 * 104.0));
    }
    // A trade on the other side's best does not touch us.
    assert_eq!(
        play(Matching::Whole, &[event(30, BuyTrade, 102, 50), event(60, BidDepth, 98, 1)], &buy).fills,
        0
    );
}

#[test]
fn takers_pay_and_post_only_expires() {
    let end = [event(60, BidDepth, 98, 1)];
    assert_eq!(play(Matching::Whole, &end, &[(1, Act::Buy(103, 8, PostOnly))]).fills, 0);
    // As a whole at the best price, whatever the size.
    let whole = play(Matching::Whole, &end, &[(1, Act::Buy(103, 8, GoodTilCancelled))]);
    assert_eq!(whole.fill_list, [fill(13, Side::Buy, 102, 8, false)]);
    assert_eq!(whole.fee, 8.0 * 102.0 * 0.002);
    // Level by level: 5 at 102, 3 of 9 at 103.
    let partial = play(Matching::Partial, &end, &[(1, Act::Buy(103, 8, GoodTilCancelled))]);
    assert_eq!(partial.fill_list, [fill(13, Side::Buy, 102, 5, false), fill(13, Side::Buy, 103, 3, false)]);
    // 12 lots are bid from 99 up: the 13th expires, or fills at the limit when it may wait.
    let bids = [fill(13, Side::Sell, 100, 5, false), fill(13, Side::Sell, 99, 7, false)];
    let ioc = play(Matching::Partial, &end, &[(1, Act::Sell(99, 13, ImmediateOrCancel))]);
    assert_eq!(ioc.fill_list, bids);
    let gtc = play(Matching::Partial, &end, &[(1, Act::Sell(99, 13, GoodTilCancelled))]);
    assert_eq!(gtc.fill_list, [bids[0], bids[1], fill(13, Side::Sell, 99, 1, false)]);
    assert_eq!(play(Matching::Partial, &end, &[(1, Act::Sell(99, 13, FillOrKill))]).fills, 0);
    assert_eq!(play(Matching::Partial, &end, &[(1, Act::Sell(99, 12, FillOrKill))]).fill_list, bids);
    // Nothing to take: only an order that may wait rests.
    assert_eq!(play(Matching::Partial, &end, &[(1, Act::Sell(101, 1, ImmediateOrCancel))]).fills, 0);
    // Outside of the range of prices nothing can rest.
    assert_eq!(play(Matching::Partial, &end, &[(1, Act::Buy(80, 1, PostOnly))]).fills, 0);
}

#[test]
fn a_cancel_counts_when_it_arrives() {
    let acts = [(1, Act::Buy(100, 2, PostOnly)), (2, Act::Cancel(0))];
    // Sent at 20, there at 23: too late for a trade through the price at 22, in time for one at 24.
    let late = play(Matching::Whole, &[event(22, SellTrade, 99, 1), event(60, BidDepth, 98, 1)], &acts);
    assert_eq!((late.fills, late.position, late.requests), (1, 2.0, 2));
    let timely = play(Matching::Whole, &[event(24, SellTrade, 99, 1), event(60, BidDepth, 98, 1)], &acts);
    assert_eq!((timely.fills, timely.position), (0, 0.0));
    // An order whose answer has not come cannot be cancelled: the request is not even sent.
    let slow = ReplayConfig {
        latency: Latency::Constant { entry_ns: 3, response_ns: 30 },
        ..config(Matching::Whole)
    };
    let script = Box::new(Script { step: 0, acts: acts.to_vec() });
    let result =
        run_strategies(&tape(&[event(60, BidDepth, 98, 1)]), &slow, vec![script], &|_, _| true).unwrap();
    assert_eq!(result[0].requests, 1);
}

#[test]
fn a_modification_keeps_its_place_only_when_it_asks_for_less() {
    let trades = [
        // 5 ahead at 13. Four trade, then six join behind: one is ahead of us, and seven stand there.
        event(15, SellTrade, 100, 4),
        event(16, BidDepth, 100, 7),
        event(40, SellTrade, 100, 2),
        event(90, BidDepth, 98, 1),
    ];
    let smaller = [(1, Act::Buy(100, 3, PostOnly)), (2, Act::Modify(0, 100, 2))];
    let result = play(Matching::Whole, &trades, &smaller);
    assert_eq!(result.fill_list, [fill(40, Side::Buy, 100, 2, true)]);
    let larger = [(1, Act::Buy(100, 3, PostOnly)), (2, Act::Modify(0, 100, 4))];
    assert_eq!(play(Matching::Whole, &trades, &larger).fills, 0);
    // To 101, inside the spread: alone there, the trade at 100 goes through it.
    let better = [(1, Act::Buy(100, 3, PostOnly)), (2, Act::Modify(0, 101, 3))];
    assert_eq!(play(Matching::Whole, &trades, &better).fill_list, [fill(40, Side::Buy, 101, 3, true)]);
    // To a price that would take: it expires, and the old order is gone too.
    let crossing = [(1, Act::Buy(100, 3, PostOnly)), (2, Act::Modify(0, 102, 3)), (4, Act::Cancel(0))];
    let result = play(Matching::Whole, &trades, &crossing);
    assert_eq!((result.fills, result.requests), (0, 2));
}

#[test]
fn two_own_orders_of_a_price_share_a_trade() {
    let acts = [(1, Act::Buy(100, 2, PostOnly)), (1, Act::Buy(100, 2, PostOnly))];
    // 8 traded, 5 stood ahead: 2 for the first, 1 for the second.
    let result = play(Matching::Partial, &[event(20, SellTrade, 100, 8), event(60, BidDepth, 98, 1)], &acts);
    assert_eq!(result.fill_list, [fill(20, Side::Buy, 100, 2, true), fill(20, Side::Buy, 100, 1, true)]);
}

#[test]
fn a_cleared_book_fills_nothing_and_shows_nothing() {
    let events = [event(20, ClearAll, 0, 0), event(60, BidDepth, 98, 1)];
    let result = play(Matching::Whole, &events, &[(1, Act::Buy(100, 2, PostOnly))]);
    assert_eq!((result.fills, result.best_bid_ticks, result.best_ask_ticks), (0, Some(98), None));
    // Steps at 10, 20 (cleared at 25 for the trader) with 202 each; the last events are heard at 65.
    assert_eq!((result.best_ticks_sum, result.steps), (404, 6));
}

#[test]
fn a_sum_of_doubles_stays_below_a_limit_that_an_exact_sum_reaches() {
    // Ten buys of 0.1: as doubles 0.9999999999999999.
    let tenth = Step { mantissa: 1, decimals: 1 };
    let mut events = Events::new(ONE, tenth);
    events.push(event(0, BidDepth, 100, 50));
    events.push(event(0, AskDepth, 102, 50));
    for index in 0..30 {
        events.push(event(100 * index + 95, SellTrade, 90, 500));
    }
    let tape = Tape::new(&events, Some((50, 150)), 1, 1).unwrap();
    let grid = GridConfig {
        levels: 1,
        interval_ticks: 1,
        relative_interval: None,
        half_spread_intervals: 1.0,
        lots: 1,
        max_position_lots: 10,
        post_only: true,
    };
    let bought = |position_sum| {
        let config = ReplayConfig { position_sum, ..config(Matching::Whole) };
        run(&tape, &config, &[StrategyConfig::Grid(grid)], 1, &|_, _| true).unwrap()[0].position
    };
    assert_eq!(bought(PositionSum::Exact), 1.0);
    assert_eq!(bought(PositionSum::Float), 1.1);
}

#[test]
fn numbers_that_cannot_be_are_refused_before_the_run() {
    let tape = tape(&[]);
    let grid = |levels, interval_ticks, lots| {
        StrategyConfig::Grid(GridConfig {
            levels,
            interval_ticks,
            relative_interval: None,
            half_spread_intervals: 1.0,
            lots,
            max_position_lots: 1,
            post_only: true,
        })
    };
    let refused =
        |config: ReplayConfig, set| run(&tape, &config, &[set], 1, &|_, _| true).unwrap_err().to_string();
    let sound = config(Matching::Whole);
    assert_eq!(refused(sound, grid(0, 1, 1)), "parameter set 1: grid: levels must be 1 to 64");
    assert_eq!(
        refused(sound, grid(1, 1, 0)),
        "parameter set 1: grid: size and largest position must be at least a lot"
    );
    assert!(refused(sound, grid(10, 50, 1)).contains("wider than the book, which spans 21 ticks"));
    assert!(refused(ReplayConfig { step_ns: 0, ..sound }, StrategyConfig::Watch).contains("step"));
    assert!(refused(ReplayConfig { maker_fee: f64::NAN, ..sound }, StrategyConfig::Watch).contains("fees"));
    let queue_model = QueueModel::Power { exponent: 0.0 };
    assert!(refused(ReplayConfig { queue_model, ..sound }, StrategyConfig::Watch).contains("exponent"));
    let stopped = run(&tape, &sound, &[StrategyConfig::Watch], 1, &|_, _| false);
    assert!(matches!(stopped, Err(L2Error::Cancelled)));
}

/// A lively market around 1,000 from a few random numbers.
fn lively(changes: &[(u8, u8, u8, u8)]) -> Tape {
    let mut events = Events::new(Step { mantissa: 1, decimals: 1 }, Step { mantissa: 1, decimals: 3 });
    let mut time = 0;
    for &(kind, place, lots, wait) in changes {
        time += i64::from(wait) * 7;
        let place = i32::from(place % 12);
        let lots = u64::from(lots % 50);
        let drift = (time / 900 % 7) as i32;
        let (kind, ticks) = match kind % 8 {
            0..=2 => (BidDepth, 1000 - place + drift),
            3..=5 => (AskDepth, 1001 + place + drift),
            6 => (BuyTrade, 1001 + place / 6 + drift),
            _ => (SellTrade, 1000 - place / 6 + drift),
        };
        let lots = if (kind as u8) < 2 { lots } else { lots + 1 };
        let delay = 20 + i64::from(wait % 5) * 9;
        events.push(Event { exchange_ns: time, local_ns: time + delay, kind, ticks, lots });
    }
    Tape::new(&events, Some((900, 1100)), 1, 1).unwrap()
}

fn parameter_sets() -> Vec<StrategyConfig> {
    let mut sets = vec![StrategyConfig::Watch];
    for at in 0..32_u32 {
        sets.push(StrategyConfig::Grid(GridConfig {
            levels: 1 + at % 7,
            interval_ticks: 1 + at % 3,
            relative_interval: (at % 5 == 4).then_some(0.001),
            half_spread_intervals: f64::from(at % 4) / 2.0,
            lots: 1 + u64::from(at % 9),
            max_position_lots: 20,
            post_only: at % 2 == 0,
        }));
        sets.push(StrategyConfig::Quoter(QuoterConfig {
            risk_aversion: 0.05 + f64::from(at % 4),
            arrival_decay: 0.5,
            horizon_s: 1e-7,
            half_life_s: 2e-7,
            requote_ticks: 1 + at % 3,
            lots: 2,
            max_position_lots: 10,
        }));
    }
    sets
}

fn changes() -> impl proptest::strategy::Strategy<Value = Vec<(u8, u8, u8, u8)>> {
    prop::collection::vec((0..8_u8, 0..255_u8, 0..255_u8, 0..20_u8), 50..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn results_do_not_depend_on_threads_or_on_who_shares_the_pass(changes in changes(), partial: bool) {
        let tape = lively(&changes);
        let sets = parameter_sets();
        let config = ReplayConfig {
            queue_model: QueueModel::Logarithm { lot: 0.001 },
            latency: Latency::LogNormal { minimum_ns: 5, median_ns: 20.0, sigma: 0.8, seed: 3 },
            samples_max: 10,
            ..config(if partial { Matching::Partial } else { Matching::Whole })
        };
        let on = |threads| run(&tape, &config, &sets, threads, &|_, _| true).unwrap();
        let one = on(1);
        // Debug prints every bit of a double.
        prop_assert_eq!(format!("{:?}", one), format!("{:?}", on(2)));
        prop_assert_eq!(format!("{:?}", one), format!("{:?}", on(8)));
        for (set, expected) in sets.iter().zip(&one).step_by(5) {
            let alone = run(&tape, &config, &[*set], 1, &|_, _| true).unwrap();
            prop_assert_eq!(&alone[0], expected);
        }
    }

    #[test]
    fn a_risk_averse_queue_never_fills_more_than_was_traded(changes in changes()) {
        // The best prices stay: levels never empty, trades only at the best. So only the queue decides.
        let mut events = Events::new(ONE, ONE);
        for ticks in 95..=100 {
            events.push(event(0, BidDepth, ticks, 10));
            events.push(event(0, AskDepth, 201 - ticks, 10));
        }
        let mut traded = [0; 2];
        let mut time = 0;
        for &(kind, place, lots, wait) in &changes {
            time += i64::from(wait);
            let place = i32::from(place % 6);
            let lots = 1 + u64::from(lots % 8);
            let (kind, ticks) = match kind {
                0..=2 => (BidDepth, 100 - place),
                3..=5 => (AskDepth, 101 + place),
                6 => (BuyTrade, 101),
                _ => (SellTrade, 100),
            };
            if kind == BuyTrade || kind == SellTrade {
                traded[usize::from(kind == BuyTrade)] += lots;
            }
            events.push(event(time, kind, ticks, lots));
        }
        let tape = Tape::new(&events, Some((50, 150)), 1, 1).unwrap();
        let grid = GridConfig {
            levels: 3,
            interval_ticks: 1,
            relative_interval: None,
            half_spread_intervals: 0.5,
            lots: 4,
            max_position_lots: 1_000,
            post_only: true,
        };
        let result = run(&tape, &config(Matching::Partial), &[StrategyConfig::Grid(grid)], 1, &|_, _| true).unwrap();
        let mut filled = [0; 2];
        for fill in &result[0].fill_list {
            prop_assert!(fill.maker);
            filled[fill.side as usize] += fill.lots;
        }
        prop_assert!(filled[0] <= traded[0] && filled[1] <= traded[1], "{:?} of {:?}", filled, traded);
        let held = filled[0] as f64 - filled[1] as f64;
        prop_assert_eq!(result[0].position, held);
    }
}

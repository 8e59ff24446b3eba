//! How long an order takes to the exchange and its answer back.

use super::tape::Tape;
use crate::random::Random;

/// Latency of messages between trader and exchange. Messages of one direction never overtake each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    /// The same for every message.
    Constant {
        /// From the trader to the exchange.
        entry_ns: i64,
        /// From the exchange to the trader.
        response_ns: i64,
    },
    /// Drawn anew for every message and direction: a minimum plus a log-normal part.
    LogNormal {
        /// Nothing is faster.
        minimum_ns: i64,
        /// Median of the part above the minimum.
        median_ns: f64,
        /// Standard deviation of its logarithm.
        sigma: f64,
        /// Start of the random numbers.
        seed: u64,
    },
    /// As slow as the feed was at that time: a factor on the recorded delay of the newest event.
    Recorded {
        /// Factor on the delay for messages to the exchange.
        entry_factor: f64,
        /// Factor on the delay for answers.
        response_factor: f64,
        /// Added to both.
        added_ns: i64,
    },
}

impl Latency {
    /// What is wrong with the numbers, if anything.
    pub(super) fn problem(&self) -> Option<&'static str> {
        let is_sound = match *self {
            Latency::Constant { entry_ns, response_ns } => entry_ns >= 0 && response_ns >= 0,
            Latency::LogNormal { minimum_ns, median_ns, sigma, .. } => {
                minimum_ns >= 0 && (0.0..1e15).contains(&median_ns) && (0.0..=10.0).contains(&sigma)
            }
            Latency::Recorded { entry_factor, response_factor, added_ns } => {
                (0.0..1e6).contains(&entry_factor) && (0.0..1e6).contains(&response_factor) && added_ns >= 0
            }
        };
        (!is_sound).then_some("latencies must be finite and not below zero (log-normal: sigma at most 10)")
    }
}

/// Draws latencies for one trader.
#[derive(Clone, Debug)]
pub(super) struct LatencySource {
    latency: Latency,
    random: Random,
}

impl LatencySource {
    pub(super) fn new(latency: Latency) -> Self {
        let seed = if let Latency::LogNormal { seed, .. } = latency { seed } else { 0 };
        LatencySource { latency, random: Random::new(seed, 0) }
    }

    /// Latency of a message to the exchange; `event` is the newest event there.
    pub(super) fn entry_ns(&mut self, tape: &Tape, event: usize) -> i64 {
        match self.latency {
            Latency::Constant { entry_ns, .. } => entry_ns,
            Latency::LogNormal { .. } => self.draw_ns(),
            Latency::Recorded { entry_factor, added_ns, .. } => {
                recorded_ns(tape, event, entry_factor, added_ns)
            }
        }
    }

    /// Latency of an answer; `event` is the newest event at the exchange.
    pub(super) fn response_ns(&mut self, tape: &Tape, event: usize) -> i64 {
        match self.latency {
            Latency::Constant { response_ns, .. } => response_ns,
            Latency::LogNormal { .. } => self.draw_ns(),
            Latency::Recorded { response_factor, added_ns, .. } => {
                recorded_ns(tape, event, response_factor, added_ns)
            }
        }
    }

    fn draw_ns(&mut self) -> i64 {
        let Latency::LogNormal { minimum_ns, median_ns, sigma, .. } = self.latency else { return 0 };
        let part_ns = median_ns * (sigma * self.random.normal()).exp();
        minimum_ns.saturating_add(part_ns as i64)
    }
}

fn recorded_ns(tape: &Tape, event: usize, factor: f64, added_ns: i64) -> i64 {
    (tape.delay_ns[event].max(0) as f64 * factor) as i64 + added_ns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::l2::{Event, EventKind, Events, Step};

    fn tape() -> Tape {
        let step = Step { mantissa: 1, decimals: 0 };
        let mut events = Events::new(step, step);
        for (exchange_ns, local_ns) in [(10, 40), (50, 60)] {
            events.push(Event { exchange_ns, local_ns, kind: EventKind::BidDepth, ticks: 1, lots: 1 });
        }
        Tape::new(&events, None, 1, 1).unwrap()
    }

    #[test]
    fn recorded_latency_is_a_factor_on_the_delay_of_the_feed() {
        let latency = Latency::Recorded { entry_factor: 2.0, response_factor: 0.5, added_ns: 7 };
        let mut source = LatencySource::new(latency);
        assert_eq!(source.entry_ns(&tape(), 0), 67);
        assert_eq!(source.response_ns(&tape(), 1), 12);
    }

    #[test]
    fn drawn_latency_has_its_median_and_repeats_with_its_seed() {
        let latency = Latency::LogNormal { minimum_ns: 100, median_ns: 1000.0, sigma: 0.5, seed: 7 };
        let draws = || {
            let mut source = LatencySource::new(latency);
            let mut drawn: Vec<i64> = (0..9999).map(|_| source.entry_ns(&tape(), 0)).collect();
            drawn.sort_unstable();
            drawn
        };
        let drawn = draws();
        assert_eq!(drawn, draws());
        assert!(drawn[0] >= 100);
        // The median of 10,000 draws is within 2 % of its own; about 84 % lie below one sigma.
        assert!((drawn[4999] - 1100).abs() < 22, "{}", drawn[4999]);
        let below = drawn.iter().filter(|&&ns| (ns as f64) < 100.0 + 1000.0 * 0.5_f64.exp()).count();
        assert!((below as f64 / 9999.0 - 0.8413).abs() < 0.015, "{below}");
    }

    #[test]
    fn negative_and_infinite_latencies_are_refused() {
        assert!(Latency::Constant { entry_ns: -1, response_ns: 0 }.problem().is_some());
        assert!(Latency::Constant { entry_ns: 0, response_ns: 0 }.problem().is_none());
        let odd = Latency::LogNormal { minimum_ns: 0, median_ns: f64::NAN, sigma: 1.0, seed: 0 };
        assert!(odd.problem().is_some());
    }
}

//! Where an own order stands in the queue of its price. Sizes are in lots; what stands ahead may be a fraction, because
//! nobody says whether a cancelled order stood ahead or behind.

/// How a queue position moves when the size at its price changes.
///
/// Trades at the price always take from the front. A decrease that trades do not explain is somebody's cancel: the model
/// says how much of it stood ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QueueModel {
    /// Cancels all stood behind: only trades bring the order forward.
    RiskAverse,
    /// A cancel stood behind with probability `f(back) / (f(back) + f(front))`, `f(x) = x^exponent`
    /// (E. Rigtorp, "Estimating order queue position", 2013).
    Power {
        /// The exponent, above zero.
        exponent: f64,
    },
    /// The same with `f(x) = ln(1 + x)`, `x` in units of the base asset.
    Logarithm {
        /// Units of the base asset in a lot.
        lot: f64,
    },
}

/// A position in a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct QueuePosition {
    /// Lots ahead; below zero when more was traded than stood there.
    pub(super) ahead: f64,
    /// Lots traded at this price since its size changed last: the change will contain them.
    traded: f64,
}

impl QueuePosition {
    /// At the end of a queue.
    pub(super) fn behind(lots: u64) -> Self {
        QueuePosition { ahead: lots as f64, traded: 0.0 }
    }

    /// Takes a trade at the price.
    #[inline]
    pub(super) fn trade(&mut self, lots: u64) {
        self.ahead -= lots as f64;
        self.traded += lots as f64;
    }

    /// Takes a change of the size at the price.
    #[inline]
    pub(super) fn change(&mut self, model: &QueueModel, before: u64, now: u64) {
        let now = now as f64;
        let cancelled = before as f64 - now - self.traded;
        self.traded = 0.0;
        let ahead = self.ahead;
        self.ahead = match *model {
            _ if cancelled < 0.0 => ahead.min(now),
            QueueModel::RiskAverse => ahead.min(now),
            QueueModel::Power { exponent } => {
                // The square is by far the most used, and a power costs more than all the rest.
                let f = |x: f64| if exponent == 2.0 { x * x } else { x.powf(exponent) };
                after_cancels(ahead, before as f64 - ahead, cancelled, now, f)
            }
            QueueModel::Logarithm { lot } => {
                after_cancels(ahead, before as f64 - ahead, cancelled, now, |x| (x * lot).ln_1p())
            }
        };
    }

    /// Whole lots traded beyond what stood ahead; the order is at the front afterwards.
    #[inline]
    pub(super) fn take_reached(&mut self) -> u64 {
        let reached = (-self.ahead).round();
        if reached > 0.0 {
            self.ahead = 0.0;
            reached as u64
        } else {
            0
        }
    }
}

#[inline(always)]
fn after_cancels(ahead: f64, behind: f64, cancelled: f64, now: f64, f: impl Fn(f64) -> f64) -> f64 {
    let weight = f(behind);
    let probability = weight / (weight + f(ahead));
    // Behind a queue of nothing the weights may be infinite over each other.
    let probability = if probability.is_infinite() { 1.0 } else { probability };
    // What does not fit behind must have stood ahead after all.
    let overflow = (behind - probability * cancelled).min(0.0);
    (ahead - (1.0 - probability) * cancelled + overflow).min(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(model: QueueModel, ahead: u64, traded: u64, before: u64, now: u64) -> f64 {
        let mut position = QueuePosition::behind(ahead);
        if traded > 0 {
            position.trade(traded);
        }
        position.change(&model, before, now);
        position.ahead
    }

    #[test]
    fn risk_averse_positions_move_by_trades_only() {
        assert_eq!(after(QueueModel::RiskAverse, 10, 0, 30, 20), 10.0);
        assert_eq!(after(QueueModel::RiskAverse, 10, 4, 30, 26), 6.0);
        // Fewer are left than stood ahead: all of them stand ahead.
        assert_eq!(after(QueueModel::RiskAverse, 10, 0, 30, 7), 7.0);
        assert_eq!(after(QueueModel::RiskAverse, 10, 0, 30, 50), 10.0);
    }

    #[test]
    fn a_power_splits_cancels_by_both_sizes() {
        let square = QueueModel::Power { exponent: 2.0 };
        // 10 ahead, 30 behind: 900 / (900 + 100) = 0.9 of the 20 cancelled stood behind, 2 ahead.
        assert!((after(square, 10, 0, 40, 20) - 8.0).abs() < 1e-12);
        // 5 of the 20 were trades: 5 ahead then, 35 behind of 40 as displayed, 15 cancelled;
        // 1225 / 1250 = 0.98 behind, 0.3 ahead.
        assert!((after(square, 10, 5, 40, 20) - 4.7).abs() < 1e-12);
        // exponent 1: 30 / 40 = 0.75 behind, 5 ahead.
        assert!((after(QueueModel::Power { exponent: 1.0 }, 10, 0, 40, 20) - 5.0).abs() < 1e-12);
        // An increase joins behind.
        assert_eq!(after(square, 10, 0, 40, 60), 10.0);
        // 30 ahead, 10 behind, all 38 but 2 gone: 0.1 x 38 fits behind; 30 - 34.2 is below the 2 that are left.
        assert!((after(square, 30, 0, 40, 2) - (30.0 - 0.9 * 38.0)).abs() < 1e-12);
        // Nothing ahead and nothing behind stays so.
        assert_eq!(after(square, 0, 0, 0, 0), 0.0);
    }

    #[test]
    fn a_logarithm_is_kinder_to_the_back() {
        // ln(1 + 3) / (ln(1 + 3) + ln(1 + 1)) = 2/3 with lots of 0.1: 20 cancelled, 6.67 of them ahead.
        let model = QueueModel::Logarithm { lot: 0.1 };
        assert!((after(model, 10, 0, 40, 20) - (10.0 - 20.0 / 3.0)).abs() < 1e-9);
    }

    #[test]
    fn what_was_traded_beyond_the_queue_is_ours() {
        let mut position = QueuePosition::behind(5);
        position.trade(3);
        assert_eq!(position.take_reached(), 0);
        position.trade(6);
        assert_eq!(position.take_reached(), 4);
        assert_eq!((position.ahead, position.take_reached()), (0.0, 0));
    }
}

//! Wilder's parabolic stop and reverse.

use super::kernel::{kernel, larger, smaller};
use super::spec::{Spec, real, spec};

/// How a side accelerates: first step, further steps, largest.
#[derive(Clone, Copy, Debug)]
struct Acceleration {
    first: f64,
    step: f64,
    largest: f64,
}

impl Acceleration {
    fn new(first: f64, step: f64, largest: f64) -> Self {
        Acceleration { first: first.min(largest), step: step.min(largest), largest }
    }
}

/// Stop, extreme point and side.
#[derive(Clone, Debug)]
struct Parabolic {
    long: Acceleration,
    short: Acceleration,
    start: f64,
    offset: f64,
    previous: Option<(f64, f64)>,
    started: bool,
    is_long: bool,
    extreme: f64,
    factor: f64,
    stop: f64,
}

impl Parabolic {
    fn new(long: Acceleration, short: Acceleration, start: f64, offset: f64) -> Self {
        Parabolic {
            long,
            short,
            start,
            offset,
            previous: None,
            started: false,
            is_long: true,
            extreme: 0.0,
            factor: 0.0,
            stop: 0.0,
        }
    }

    fn start(&mut self, (before_high, before_low): (f64, f64), high: f64, low: f64) {
        let fall = before_low - low;
        self.is_long =
            if self.start == 0.0 { !(fall > 0.0 && high - before_high < fall) } else { self.start > 0.0 };
        let stop = if self.is_long { before_low } else { before_high };
        self.stop = if self.start == 0.0 { stop } else { self.start.abs() };
        self.extreme = if self.is_long { high } else { low };
        self.factor = if self.is_long { self.long.first } else { self.short.first };
        self.started = true;
    }

    /// The stop of this bar and whether it is that of a long position.
    #[inline(always)]
    fn push(&mut self, high: f64, low: f64) -> Option<(f64, bool)> {
        let before = self.previous.replace((high, low))?;
        // On its first bar the stop is held by that bar alone.
        let before = if self.started {
            before
        } else {
            self.start(before, high, low);
            (high, low)
        };
        let ceiling = larger(before.0, high);
        let floor = smaller(before.1, low);
        let shown;
        if self.is_long {
            if low <= self.stop {
                self.is_long = false;
                self.stop = larger(self.extreme, ceiling) * (1.0 + self.offset);
                shown = self.stop;
                self.factor = self.short.first;
                self.extreme = low;
                self.stop = larger(self.factor.mul_add(low - self.stop, self.stop), ceiling);
            } else {
                shown = self.stop;
                // Choices, not branches: whether an extreme is new is as good as chance.
                let faster = smaller(self.factor + self.long.step, self.long.largest);
                self.factor = if high > self.extreme { faster } else { self.factor };
                self.extreme = larger(high, self.extreme);
                self.stop = smaller(self.factor.mul_add(self.extreme - self.stop, self.stop), floor);
            }
        } else if high >= self.stop {
            self.is_long = true;
            self.stop = smaller(self.extreme, floor) * (1.0 - self.offset);
            shown = self.stop;
            self.factor = self.long.first;
            self.extreme = high;
            self.stop = smaller(self.factor.mul_add(high - self.stop, self.stop), floor);
        } else {
            shown = self.stop;
            let faster = smaller(self.factor + self.short.step, self.short.largest);
            self.factor = if low < self.extreme { faster } else { self.factor };
            self.extreme = smaller(low, self.extreme);
            self.stop = larger(self.factor.mul_add(self.extreme - self.stop, self.stop), ceiling);
        }
        // After a reversal the stop shown is that of the new side.
        Some((shown, self.is_long))
    }
}

kernel!(Sar[2 => 1](p) {
        state: Parabolic = Parabolic::new(
            Acceleration::new(p[0], p[0], p[1]), Acceleration::new(p[0], p[0], p[1]), 0.0, 0.0) }
    |this, [high, low]| this.state.push(high, low).map(|(stop, _)| [stop]));
kernel!(ExtendedSar[2 => 1](p) {
        state: Parabolic = Parabolic::new(
            Acceleration::new(p[2], p[3], p[4]), Acceleration::new(p[5], p[6], p[7]), p[0], p[1]) }
    |this, [high, low]| this.state.push(high, low).map(|(stop, long)| [if long { stop } else { -stop }]));

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "SAR", Overlap, "Parabolic stop and reverse", ["high", "low"],
        [real("acceleration", 0.02, 0.0, 1e6), real("maximum", 0.2, 0.0, 1e6)], ["real"], |_| 1, Sar::new,
        "stop += f (extreme - stop), f rises with every new extreme; starts short when the first move was down",
        "J. W. Wilder, 1978"
    ).also(&["PSAR"]),
    spec!(
        "SAREXT", Overlap, "Parabolic stop and reverse, extended", ["high", "low"],
        [
            real("startvalue", 0.0, -1e15, 1e15),
            real("offsetonreverse", 0.0, 0.0, 1e6),
            real("accelerationinitlong", 0.02, 0.0, 1e6),
            real("accelerationlong", 0.02, 0.0, 1e6),
            real("accelerationmaxlong", 0.2, 0.0, 1e6),
            real("accelerationinitshort", 0.02, 0.0, 1e6),
            real("accelerationshort", 0.02, 0.0, 1e6),
            real("accelerationmaxshort", 0.2, 0.0, 1e6)
        ],
        ["real"], |_| 1, ExtendedSar::new,
        "as SAR with its own acceleration for each side and a start value (its sign is the side); negative while short",
        "TA-Lib"
    ),
];

//! Small building blocks of rules: shifted and crossing columns.

use super::kernel::kernel;
use super::spec::{Spec, count, period, spec};
use super::window::Lag;

kernel!(Shifted[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)) }
    |this, [x]| this.lag.push(x).map(|before| [before]));
kernel!(Cross[2 => 1](p) { side: f64 = 0.0 }
|this, [a, b]| {
    let side = f64::from(i8::from(a > b) - i8::from(a < b));
    let before = this.side;
    // A tie is no side: what was above stays above until it is below.
    if side != 0.0 {
        this.side = side;
    }
    Some([if before * side < 0.0 { 100.0 * side } else { 0.0 }])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "LAG",
        Math,
        "Value of some bars ago",
        ["close"],
        [period("timeperiod", 1)],
        ["real"],
        |p| count(p, 0),
        Shifted::new,
        "x[n]",
        "elementary"
    ),
    spec!(
        "CROSS",
        Math,
        "Crossing of two columns",
        ["high", "low"],
        [],
        ["integer"],
        |_| 0,
        Cross::new,
        "100 where the first column has come above the second from below, -100 the other way, else 0; bars on which both are \
         equal change nothing",
        "elementary"
    ),
];

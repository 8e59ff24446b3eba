//! Cycle indicators of J. Ehlers.

use super::hilbert::{CYCLE, CycleState, CycleTrend, Discriminator, DominantCycle, Mesa, PHASOR};
use super::kernel::kernel;
use super::spec::{Spec, real, spec};

/// Counts bars, and says whether the warm-up is over.
#[derive(Clone, Debug)]
struct Held {
    left: usize,
}

impl Held {
    fn new(warm_up: usize) -> Self {
        Held { left: warm_up + 1 }
    }

    #[inline(always)]
    fn over(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left == 0
    }
}

kernel!(CyclePeriod[1 => 1](p) { phasor: Discriminator = Discriminator::new(PHASOR.0), held: Held = Held::new(PHASOR.1) }
|this, [x]| {
    let over = this.held.over();
    let phasor = this.phasor.push(x)?;
    over.then_some([phasor.period])
});
kernel!(CyclePhasor[1 => 2](p) { phasor: Discriminator = Discriminator::new(PHASOR.0), held: Held = Held::new(PHASOR.1) }
|this, [x]| {
    let over = this.held.over();
    let phasor = this.phasor.push(x)?;
    over.then_some([phasor.in_phase, phasor.quadrature])
});
kernel!(CyclePhase[1 => 1](p) { cycle: DominantCycle = DominantCycle::new(), held: Held = Held::new(CYCLE.1) }
|this, [x]| {
    let over = this.held.over();
    let state = this.cycle.push(x)?;
    over.then_some([state.phase])
});
kernel!(SineWave[1 => 2](p) { cycle: DominantCycle = DominantCycle::new(), held: Held = Held::new(CYCLE.1) }
|this, [x]| {
    let over = this.held.over();
    let state = this.cycle.push(x)?;
    over.then(|| [state.phase.to_radians().sin(), (state.phase + 45.0).to_radians().sin()])
});
kernel!(TrendLine[1 => 1](p) { trend: CycleTrend = CycleTrend::new(), held: Held = Held::new(CYCLE.1) }
|this, [x]| {
    let over = this.held.over();
    let line = this.trend.push(x)?;
    over.then_some([line])
});
kernel!(TrendMode[1 => 1](p) {
    cycle: DominantCycle = DominantCycle::new(), held: Held = Held::new(CYCLE.1),
    sine: f64 = 0.0, lead: f64 = 0.0, phase: f64 = 0.0, days: f64 = 0.0 }
|this, [x]| {
    let over = this.held.over();
    let CycleState { smoothed, period, phase, trend_line } = this.cycle.push(x)?;
    let (sine, lead) = (phase.to_radians().sin(), (phase + 45.0).to_radians().sin());
    let mut trend = true;
    if (sine > lead && this.sine <= this.lead) || (sine < lead && this.sine >= this.lead) {
        this.days = 0.0;
        trend = false;
    }
    this.days += 1.0;
    if this.days < 0.5 * period { trend = false; }
    let turned = phase - this.phase;
    if period != 0.0 && turned > 0.67 * 360.0 / period && turned < 1.5 * 360.0 / period { trend = false; }
    if trend_line != 0.0 && ((smoothed - trend_line) / trend_line).abs() >= 0.015 { trend = true; }
    (this.sine, this.lead, this.phase) = (sine, lead, phase);
    over.then_some([f64::from(u8::from(trend))])
});
kernel!(Mama[1 => 2](p) { average: Mesa = Mesa::new(p[0], p[1]) } |this, [x]| this.average.push(x));

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!(
        "HT_DCPERIOD",
        Cycle,
        "Dominant cycle period",
        ["close"],
        [],
        ["real"],
        |_| PHASOR.1,
        CyclePeriod::new,
        "bars of the dominant cycle by homodyne discriminator, 6 to 50, smoothed",
        "J. Ehlers, 2001"
    ),
    spec!(
        "HT_DCPHASE",
        Cycle,
        "Dominant cycle phase",
        ["close"],
        [],
        ["real"],
        |_| CYCLE.1,
        CyclePhase::new,
        "degrees of the dominant cycle, -45 to 315",
        "J. Ehlers, 2001"
    ),
    spec!(
        "HT_PHASOR",
        Cycle,
        "Phasor components",
        ["close"],
        [],
        ["inphase", "quadrature"],
        |_| PHASOR.1,
        CyclePhasor::new,
        "in-phase and quadrature part of the detrended price",
        "J. Ehlers, 2001"
    ),
    spec!(
        "HT_SINE",
        Cycle,
        "Sine wave",
        ["close"],
        [],
        ["sine", "leadsine"],
        |_| CYCLE.1,
        SineWave::new,
        "sine of the cycle's phase, and of 45 degrees more",
        "J. Ehlers, 2001"
    ),
    spec!(
        "HT_TRENDMODE",
        Cycle,
        "Trend or cycle",
        ["close"],
        [],
        ["integer"],
        |_| CYCLE.1,
        TrendMode::new,
        "1 while the phase does not move as a cycle's would, else 0",
        "J. Ehlers, 2001"
    ),
    spec!(
        "HT_TRENDLINE",
        Overlap,
        "Instantaneous trend line",
        ["close"],
        [],
        ["real"],
        |_| CYCLE.1,
        TrendLine::new,
        "mean over the dominant cycle, smoothed with weights 4 3 2 1",
        "J. Ehlers, 2001"
    ),
    spec!(
        "MAMA",
        Overlap,
        "MESA adaptive moving average",
        ["close"],
        [real("fastlimit", 0.5, 0.01, 0.99), real("slowlimit", 0.05, 0.01, 0.99)],
        ["mama", "fama"],
        |_| PHASOR.1,
        Mama::new,
        "exponential average whose smoothing is fastlimit / change of phase, at least slowlimit; fama follows at half of it",
        "J. Ehlers, TASC 2001"
    ),
];

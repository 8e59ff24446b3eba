//! Indicators of the direction and the strength of a move.

use super::super::ema::Ema;
use super::super::sum::Count;
use super::super::wilder::WilderAverage;
use super::super::window::{MovingWindow, WindowMoments};
use super::average::Simple;
use super::kernel::{kernel, larger, ratio_or, smaller, true_range};
use super::regression::Line;
use super::spec::{Spec, count, period, period_from, real, spec};
use super::window::{Highest, Lag, Lowest, Sums};

kernel!(Ichimoku[2 => 4](p) {
    highs: [Highest; 3] = [0, 1, 2].map(|place| Highest::new(count(p, place))),
    lows: [Lowest; 3] = [0, 1, 2].map(|place| Lowest::new(count(p, place))),
    shift: [Lag; 2] = [Lag::new(count(p, 3)), Lag::new(count(p, 3))] }
|this, [high, low]| {
    let [conversion, base, span] = [0, 1, 2].map(|place: usize| {
        let (highest, lowest) = (this.highs[place].push(high), this.lows[place].push(low));
        Some(f64::midpoint(highest?.0, lowest?.0))
    });
    let lead_b = span.and_then(|span| this.shift[1].push(span));
    let (conversion, base) = (conversion?, base?);
    let lead_a = this.shift[0].push(f64::midpoint(conversion, base));
    Some([conversion, base, lead_a?, lead_b?])
});

/// Three smoothed averages of the median price, drawn some bars later.
#[derive(Clone, Debug)]
struct Alligator {
    lines: [(WilderAverage, Lag); 3],
}

impl Alligator {
    fn new(p: &[f64]) -> Self {
        let line = |place: usize| (WilderAverage::new(count(p, place)), Lag::new(count(p, place + 3)));
        Alligator { lines: [0, 1, 2].map(line) }
    }

    fn warm_up(p: &[f64]) -> usize {
        (0..3).map(|place| count(p, place) - 1 + count(p, place + 3)).max().unwrap_or(0)
    }

    #[inline(always)]
    fn push(&mut self, high: f64, low: f64) -> Option<[f64; 3]> {
        let price = f64::midpoint(high, low);
        let [jaw, teeth, lips] = [0, 1, 2].map(|place: usize| {
            let (average, lag) = &mut self.lines[place];
            average.update(price).and_then(|value| lag.push(value))
        });
        Some([jaw?, teeth?, lips?])
    }
}

kernel!(AlligatorLines[2 => 3](p) { lines: Alligator = Alligator::new(p) } |this, [high, low]| this.lines.push(high, low));
kernel!(Gator[2 => 2](p) { lines: Alligator = Alligator::new(p) }
    |this, [high, low]| this.lines.push(high, low).map(|[jaw, teeth, lips]| [(jaw - teeth).abs(), -(teeth - lips).abs()]));
kernel!(Squeeze[3 => 2](p) {
    window: MovingWindow<WindowMoments> = MovingWindow::new(count(p, 0)), n: Count = Count::new(count(p, 0)),
    highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)),
    range: Simple = Simple::new(count(p, 0)), line: Line = Line::new(count(p, 0)), previous: Option<f64> = None,
    deviations: f64 = p[1], ranges: f64 = p[2] }
|this, [high, low, close]| {
    let moments = this.window.update(close).map(|window| window.mean_and_deviation(this.n));
    let (highest, lowest) = (this.highest.push(high), this.lowest.push(low));
    let range = this.previous.replace(close).and_then(|before| this.range.push(true_range(high, low, before)));
    let (mean, deviation) = moments?;
    let middle = f64::midpoint(f64::midpoint(highest?.0, lowest?.0), mean);
    let line = this.line.push(close - middle);
    let squeezed = this.deviations * deviation < this.ranges * range?;
    line.map(|(slope, start)| [slope.mul_add(this.line.n - 1.0, start), f64::from(u8::from(squeezed))])
});
kernel!(PolarizedEfficiency[1 => 1](p) {
    lag: Lag = Lag::new(count(p, 0) - 1), previous: Option<f64> = None, path: Sums<1> = Sums::new(count(p, 0) - 1), n: f64 = p[0],
    smooth: Ema = Ema::with_checked_period(count(p, 1)) }
|this, [x]| {
    let start = this.lag.push(x);
    let before = this.previous.replace(x)?;
    this.path.push([(x - before).hypot(1.0)]);
    let change = x - start?;
    let efficiency = 100.0 * change.hypot(this.n) / this.path.sum(0);
    this.smooth.advance(if change > 0.0 { efficiency } else { -efficiency }).map(|value| [value])
});
kernel!(ChandeForecast[1 => 1](p) { line: Line = Line::new(count(p, 0)) }
|this, [x]| this.line.push(x).map(|(slope, start)| {
    [100.0 * ratio_or(x - slope.mul_add(this.line.n - 1.0, start), x, 0.0)]
}));

/// Correlation of a window with time.
#[derive(Debug)]
struct TimeCorrelation {
    line: Line,
    window: MovingWindow<WindowMoments>,
    count: Count,
    spread: f64,
}

impl TimeCorrelation {
    fn new(period: usize) -> Self {
        let n = period as f64;
        TimeCorrelation {
            line: Line::new(period),
            window: MovingWindow::new(period),
            count: Count::new(period),
            spread: ((n * n - 1.0) / 12.0).sqrt(),
        }
    }

    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<f64> {
        let line = self.line.push(value);
        let deviation = self.window.update(value).map(|window| window.mean_and_deviation(self.count).1);
        let (slope, _) = line?;
        Some(ratio_or(slope * self.spread, deviation?, 0.0).clamp(-1.0, 1.0))
    }
}

kernel!(Cti[1 => 1](p) { correlation: TimeCorrelation = TimeCorrelation::new(count(p, 0)) }
    |this, [x]| this.correlation.push(x).map(|value| [value]));
kernel!(RSquared[1 => 1](p) { correlation: TimeCorrelation = TimeCorrelation::new(count(p, 0)) }
    |this, [x]| this.correlation.push(x).map(|value| [value * value]));
kernel!(DeMarker[2 => 1](p) { previous: Option<(f64, f64)> = None, sums: Sums<2> = Sums::new(count(p, 0)) }
|this, [high, low]| {
    let (before_high, before_low) = this.previous.replace((high, low))?;
    let (up, down) = (larger(high - before_high, 0.0), larger(before_low - low, 0.0));
    if !this.sums.push([up, up + down]) { return None; }
    Some([ratio_or(this.sums.sum(0), this.sums.sum(1), 0.5)])
});
kernel!(PrettyGood[3 => 1](p) {
    average: Simple = Simple::new(count(p, 0)), range: Ema = Ema::with_checked_period(count(p, 0)), previous: Option<f64> = None }
|this, [high, low, close]| {
    let average = this.average.push(close);
    let before = this.previous.replace(close)?;
    let range = this.range.advance(true_range(high, low, before));
    Some([ratio_or(close - average?, range?, 0.0)])
});

/// Exponential averages one of another, of periods of their own.
#[derive(Clone, Debug)]
struct Thrice([Ema; 3]);

impl Thrice {
    fn new(p: &[f64]) -> Self {
        Thrice([0, 1, 2].map(|place| Ema::with_checked_period(count(p, place))))
    }

    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<f64> {
        self.0.iter_mut().try_fold(value, |value, ema| ema.advance(value))
    }
}

kernel!(Dti[2 => 1](p) { previous: Option<(f64, f64)> = None, moves: Thrice = Thrice::new(p), sizes: Thrice = Thrice::new(p) }
|this, [high, low]| {
    let (before_high, before_low) = this.previous.replace((high, low))?;
    let step = larger(high - before_high, 0.0) - larger(before_low - low, 0.0);
    let (moved, size) = (this.moves.push(step), this.sizes.push(step.abs()));
    Some([100.0 * ratio_or(moved?, size?, 0.0)])
});
kernel!(TtmTrend[3 => 1](p) { average: Simple = Simple::new(count(p, 0)) }
    |this, [high, low, close]| this.average.push(f64::midpoint(high, low)).map(|mean| [if close > mean { 1.0 } else { -1.0 }]));
kernel!(TdSetup[1 => 1](p) { lag: Lag = Lag::new(count(p, 0)), run: f64 = 0.0 }
|this, [x]| {
    let before = this.lag.push(x)?;
    let side = f64::from(i8::from(x > before) - i8::from(x < before));
    this.run = if side * this.run > 0.0 { this.run + side } else { side };
    Some([this.run])
});
kernel!(ChangeBands[1 => 4](p) {
    lag: Lag = Lag::new(count(p, 0)), average: Ema = Ema::with_checked_period(count(p, 1)),
    squares: Sums<1> = Sums::new(count(p, 2)), n: Count = Count::new(count(p, 2)) }
|this, [x]| {
    let before = this.lag.push(x)?;
    let change = 100.0 * ratio_or(x - before, before, 0.0);
    let average = this.average.advance(change);
    if !this.squares.push([change * change]) { return None; }
    let width = larger(this.squares.mean(0, this.n), 0.0).sqrt();
    average.map(|average| [change, average, width, -width])
});

/// Jurik's smooth strength: two smoothings in a chain of three, each run ahead by half of its lag.
#[derive(Clone, Debug)]
struct RunAhead {
    pace: f64,
    levels: [[f64; 2]; 3],
}

impl RunAhead {
    fn new(period: f64) -> Self {
        RunAhead { pace: 3.0 / (period + 2.0), levels: [[0.0; 2]; 3] }
    }

    #[inline(always)]
    fn push(&mut self, value: f64) -> f64 {
        let pace = self.pace;
        self.levels.iter_mut().fold(value, |value, [first, second]| {
            *first += pace * (value - *first);
            *second += pace * (*first - *second);
            1.5 * *first - 0.5 * *second
        })
    }
}

kernel!(Rsx[1 => 1](p) {
    previous: Option<f64> = None, moves: RunAhead = RunAhead::new(p[0]), sizes: RunAhead = RunAhead::new(p[0]), waits: usize = count(p, 0) }
|this, [x]| {
    let step = 100.0 * (x - this.previous.replace(x)?);
    let (moved, size) = (this.moves.push(step), this.sizes.push(step.abs()));
    this.waits = this.waits.saturating_sub(1);
    (this.waits == 0).then(|| [smaller(larger(50.0 * (ratio_or(moved, size, 0.0) + 1.0), 0.0), 100.0)])
});

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    spec!("ICHIMOKU", Overlap, "Ichimoku cloud", ["high", "low"],
        [period("conversionperiod", 9), period("baseperiod", 26), period("spanperiod", 52), period("displacement", 26)],
        ["tenkan", "kijun", "senkoua", "senkoub"],
        |p| (count(p, 0).max(count(p, 1)).max(count(p, 2))) - 1 + count(p, 3), Ichimoku::new,
        "middles of the range of 9 and 26 bars; the cloud of this bar, as it was computed so many bars ago from their mean and the \
         52-bar middle (TradingView draws it 25 bars on, Stock Indicators 26); the lagging line is the close itself, compared \
         with the price so many bars ago",
        "G. Hosoda, 1968"),
    spec!("ALLIGATOR", Overlap, "Alligator", ["high", "low"],
        [period("jawperiod", 13), period("teethperiod", 8), period("lipsperiod", 5),
         period("jawoffset", 8), period("teethoffset", 5), period("lipsoffset", 3)],
        ["jaw", "teeth", "lips"], Alligator::warm_up, AlligatorLines::new,
        "Wilder averages of the median price, each drawn its offset later", "B. Williams, 1995"),
    spec!("GATOR", Momentum, "Gator oscillator", ["high", "low"],
        [period("jawperiod", 13), period("teethperiod", 8), period("lipsperiod", 5),
         period("jawoffset", 8), period("teethoffset", 5), period("lipsoffset", 3)],
        ["upper", "lower"], Alligator::warm_up, Gator::new, "|jaw - teeth| and -|teeth - lips| of ALLIGATOR", "B. Williams, 1995"),
    spec!("SQUEEZE", Momentum, "Squeeze momentum", ["high", "low", "close"],
        [period_from("timeperiod", 20, 2), real("nbdev", 2.0, 0.0, 1e6), real("multiplier", 1.5, 0.0, 1e6)], ["momentum", "squeeze"],
        |p| 2 * (count(p, 0) - 1), Squeeze::new,
        "end of the least-squares line through close - (middle of the range + sma) / 2; 1 while k population standard deviations \
         are less than m mean true ranges (the Bollinger bands lie inside the Keltner channel), else 0",
        "J. Carter's TTM squeeze, in LazyBear's form, 2014").also(&["TTMSQUEEZE"]),
    spec!("PFE", Momentum, "Polarized fractal efficiency", ["close"], [period_from("timeperiod", 10, 2), period("smoothperiod", 5)], ["real"],
        |p| count(p, 0) + count(p, 1) - 2, PolarizedEfficiency::new,
        "ema of 100 sqrt((x - x[n-1])^2 + n^2) / sum of the last n - 1 sqrt((x - x[1])^2 + 1), negative unless x is above x[n-1]: n days \
         are n - 1 changes, as in MetaStock's form of the article",
        "H. Hannula, TASC 1994"),
    spec!("CFO", Momentum, "Chande forecast oscillator", ["close"], [period_from("timeperiod", 14, 2)], ["real"],
        |p| count(p, 0) - 1, ChandeForecast::new, "100 (x - linearreg(x, n)) / x", "T. Chande"),
    spec!("CTI", Statistic, "Correlation trend indicator", ["close"], [period_from("timeperiod", 12, 2)], ["real"],
        |p| count(p, 0) - 1, Cti::new, "correlation of the window with time, -1 to 1; 0 where it is flat", "J. Ehlers, TASC 2020"),
    spec!("RSQUARED", Statistic, "Coefficient of determination", ["close"], [period_from("timeperiod", 14, 2)], ["real"],
        |p| count(p, 0) - 1, RSquared::new, "square of the correlation of the window with time; 0 where it is flat", "elementary"),
    spec!("DEMARKER", Momentum, "DeMarker", ["high", "low"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0), DeMarker::new,
        "up / (up + down), sums of max(high - high[1], 0) and max(low[1] - low, 0), 0 to 1; 0.5 where both are 0", "T. DeMark, 1994"),
    spec!("PGO", Momentum, "Pretty good oscillator", ["high", "low", "close"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0), PrettyGood::new, "(close - sma(close, n)) / ema(true range, n)", "M. Johnson"),
    spec!("DTI", Momentum, "Directional trend index", ["high", "low"],
        [period("firstperiod", 14), period("secondperiod", 10), period("thirdperiod", 5)], ["real"],
        |p| count(p, 0) + count(p, 1) + count(p, 2) - 2, Dti::new,
        "100 e(m) / e(|m|), m = max(high - high[1], 0) - max(low[1] - low, 0), e = three emas one of another", "W. Blau, 1995"),
    spec!("TTMTREND", Momentum, "TTM trend", ["high", "low", "close"], [period("timeperiod", 5)], ["trend"],
        |p| count(p, 0) - 1, TtmTrend::new, "1 where the close is above sma(median price, n), else -1", "J. Carter"),
    spec!("TDSETUP", Momentum, "Sequential setup", ["close"], [period("lookback", 4)], ["count"],
        |p| count(p, 0), TdSetup::new,
        "bars in a row that closed above (counted up) or below (counted down) the close n bars before: a setup is complete at 9 \
         or -9; 0 on a tie",
        "T. DeMark, 1994"),
    spec!("ROCB", Momentum, "Rate of change with bands", ["close"],
        [period("timeperiod", 12), period("emaperiod", 3), period("bandperiod", 12)], ["roc", "rocema", "upperband", "lowerband"],
        |p| count(p, 0) + count(p, 1).max(count(p, 2)) - 1, ChangeBands::new,
        "100 (x / x[n] - 1), its ema, and the root mean square of it above and below 0", "R. Kaufmann; V. Apirine, TASC 2021"),
    spec!("RSX", Momentum, "Smooth relative strength index, the public approximation", ["close"], [period("timeperiod", 14)], ["real"],
        |p| count(p, 0), Rsx::new,
        "50 (s(change) / s(|change|) + 1), s = three times 1.5 a - 0.5 b with a = smoothing of x and b of a at 3 / (n + 2); 50 while \
         nothing has moved; not Jurik's own program, which is not public",
        "the formula commonly published for TradingView"),
];

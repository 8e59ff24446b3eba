//! Candlestick patterns of three to five candles that follow or end a trend.

use super::candle::{Candle, Pattern};
use super::patterns::given;
use super::spec::{Spec, real, spec};

macro_rules! long_pattern {
    ($id:literal, $title:literal, $warm_up:literal, |$candles:pat_param| $test:expr, $words:literal) => {
        spec!(
            $id,
            Pattern,
            $title,
            ["open", "high", "low", "close"],
            [],
            ["integer"],
            |_| $warm_up,
            |_| Pattern::new($warm_up, |$candles: &[Candle; 5]| $test),
            $words,
            "S. Nison, 1991, with TA-Lib's measures"
        )
    };
    ($id:literal, $title:literal, $warm_up:literal, $depth:literal, $test:expr, $words:literal) => {
        spec!(
            $id,
            Pattern,
            $title,
            ["open", "high", "low", "close"],
            [real("penetration", $depth, 0.0, 1e6)],
            ["integer"],
            |_| $warm_up,
            |p| {
                let depth = p[0];
                Pattern::new($warm_up, move |candles: &[Candle; 5]| $test(candles, depth))
            },
            $words,
            "S. Nison, 1991, with TA-Lib's measures"
        )
    };
}

/// The indicators of this file; candles are named from the newest, `a`, back to the fifth, `e`.
pub(super) const SPECS: &[Spec] = &[
    long_pattern!(
        "CDL3STARSINSOUTH",
        "Three stars in the south",
        12,
        |[a, b, c, ..]| given(
            [a, b, c].iter().all(|candle| !candle.white())
                && c.long()
                && c.lower() > c.body()
                && b.body() < c.body()
                && b.open > c.close
                && b.open <= c.high
                && b.low < c.close
                && b.low >= c.low
                && b.lower() > b.tiny
                && a.body() < a.usual_body
                && a.lower() < a.tiny
                && a.upper() < a.tiny
                && a.low > b.low
                && a.high < b.high,
            100.0
        ),
        "a long black body on a long lower shadow, a smaller one like it, a short one without shadows inside that"
    ),
    long_pattern!(
        "CDL3WHITESOLDIERS",
        "Three white soldiers",
        12,
        |[a, b, c, ..]| given(
            [a, b, c].iter().all(|candle| candle.white() && candle.upper() < candle.tiny)
                && opens_near(b, c)
                && opens_near(a, b)
                && a.close > b.close
                && b.close > c.close
                && b.body() > c.body() - c.far
                && a.body() > b.body() - b.far
                && a.body() > a.usual_body,
            100.0
        ),
        "three rising white bodies without upper shadows, each from inside or near the one before, none far shorter"
    ),
    long_pattern!(
        "CDLABANDONEDBABY",
        "Abandoned baby",
        12,
        0.3,
        |[a, b, c, ..]: &[Candle; 5], depth: f64| {
            let frame = c.long() && b.doji() && a.body() > a.usual_body;
            let top = c.white()
                && !a.white()
                && a.close < c.close - c.body() * depth
                && b.low > c.high
                && a.high < b.low;
            let bottom = !c.white()
                && a.white()
                && a.close > c.close + c.body() * depth
                && b.high < c.low
                && a.low > b.high;
            given(frame && (top || bottom), a.sign())
        },
        "a doji with gaps on both sides, shadows included, between two bodies of other colours, the second deep inside the \
         first"
    ),
    long_pattern!(
        "CDLADVANCEBLOCK",
        "Advance block",
        12,
        |[a, b, c, ..]| {
            let rising = [a, b, c].iter().all(|candle| candle.white())
                && a.close > b.close
                && b.close > c.close
                && opens_near(b, c)
                && opens_near(a, b)
                && c.long()
                && c.upper() < c.short_shadow;
            let shrinking = (b.body() < c.body() - c.far && a.body() < b.body() + b.near)
                || a.body() < b.body() - b.far
                || (a.body() < b.body()
                    && b.body() < c.body()
                    && (a.upper() > a.short_shadow || b.upper() > b.short_shadow))
                || (a.body() < b.body() && a.upper() > a.body());
            given(rising && shrinking, -100.0)
        },
        "three rising white bodies, each from inside or near the one before, that shrink or grow upper shadows"
    ),
    long_pattern!(
        "CDLBREAKAWAY",
        "Breakaway",
        14,
        |[a, b, c, d, e]| {
            let colours = e.white() == d.white() && d.white() == b.white() && b.white() != a.white();
            let falling = !e.white()
                && d.gaps_down(e)
                && [(c, d), (b, c)]
                    .iter()
                    .all(|(late, early)| late.high < early.high && late.low < early.low)
                && a.close > d.open
                && a.close < e.close;
            let rising = e.white()
                && d.gaps_up(e)
                && [(c, d), (b, c)]
                    .iter()
                    .all(|(late, early)| late.high > early.high && late.low > early.low)
                && a.close < d.open
                && a.close > e.close;
            given(e.long() && colours && (falling || rising), a.sign())
        },
        "a long body, a gap and two more candles on, then one of the other colour that closes inside the gap"
    ),
    long_pattern!(
        "CDLCONCEALBABYSWALL",
        "Concealing baby swallow",
        13,
        |[a, b, c, d, _]| given(
            [a, b, c, d].iter().all(|candle| !candle.white())
                && [c, d].iter().all(|candle| candle.lower() < candle.tiny && candle.upper() < candle.tiny)
                && b.gaps_down(c)
                && b.upper() > b.tiny
                && b.high > c.close
                && a.high > b.high
                && a.low < b.low,
            100.0
        ),
        "two black marubozu, a black candle beyond a gap whose shadow reaches back, and one that engulfs it wholly"
    ),
    long_pattern!(
        "CDLLADDERBOTTOM",
        "Ladder bottom",
        14,
        |[a, b, c, d, e]| given(
            [b, c, d, e].iter().all(|candle| !candle.white())
                && e.open > d.open
                && d.open > c.open
                && e.close > d.close
                && d.close > c.close
                && b.upper() > b.tiny
                && a.white()
                && a.open > b.open
                && a.close > b.high,
            100.0
        ),
        "three falling black bodies, a black one with an upper shadow, a white one from above its open to above its high"
    ),
    long_pattern!(
        "CDLMATHOLD",
        "Mat hold",
        14,
        0.5,
        |[a, b, c, d, e]: &[Candle; 5], depth: f64| {
            let floor = e.close - e.body() * depth;
            given(
                e.long()
                    && [b, c, d].iter().all(|candle| candle.body() < candle.usual_body)
                    && e.white()
                    && !d.white()
                    && a.white()
                    && d.gaps_up(e)
                    && [b, c].iter().all(|candle| candle.bottom() < e.close && candle.bottom() > floor)
                    && c.top() < d.open
                    && b.top() < c.top()
                    && a.open > b.close
                    && a.close > d.high.max(c.high).max(b.high),
                100.0,
            )
        },
        "a long white body, three short ones that fall back into it from a gap, a white one that closes above them all"
    ),
    long_pattern!(
        "CDLRISEFALL3METHODS",
        "Rising and falling three methods",
        14,
        |[a, b, c, d, e]| {
            let side = if e.white() { 1.0 } else { -1.0 };
            let bodies = e.long()
                && a.long()
                && [b, c, d].iter().all(|candle| candle.body() < candle.usual_body)
                && [b, c, d].iter().all(|candle| candle.white() != e.white())
                && a.white() == e.white();
            let held = [b, c, d].iter().all(|candle| candle.bottom() < e.high && candle.top() > e.low);
            given(
                bodies
                    && held
                    && side * c.close < side * d.close
                    && side * b.close < side * c.close
                    && side * a.open > side * b.close
                    && side * a.close > side * e.close,
                e.sign(),
            )
        },
        "a long body, three short ones of the other colour that run back within its range, a long one beyond it"
    ),
    long_pattern!(
        "CDLSTALLEDPATTERN",
        "Stalled pattern",
        12,
        |[a, b, c, ..]| given(
            [a, b, c].iter().all(|candle| candle.white())
                && a.close > b.close
                && b.close > c.close
                && c.long()
                && b.long()
                && b.upper() < b.tiny
                && opens_near(b, c)
                && a.body() < a.usual_body
                && a.open >= b.close - a.body() - b.near,
            -100.0
        ),
        "two long rising white bodies, then a short one near the close of the second"
    ),
];

/// Whether a candle opens above the open of the one before, and inside its white body or near it.
#[inline(always)]
fn opens_near(later: &Candle, earlier: &Candle) -> bool {
    later.open > earlier.open && later.open <= earlier.close + earlier.near
}

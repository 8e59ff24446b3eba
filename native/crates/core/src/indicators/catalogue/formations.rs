//! Candlestick patterns of three and more candles, and those with a depth to choose.

use super::candle::{Candle, Pattern};
use super::patterns::{given, pattern};
use super::spec::{Spec, real, spec};

macro_rules! deep_pattern {
    ($id:literal, $title:literal, $depth:literal, $warm_up:literal, $test:expr, $words:literal) => {
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
                Pattern::new($warm_up, move |candles: &[Candle; 4]| $test(candles, depth))
            },
            $words,
            "S. Nison, 1991, with TA-Lib's measures"
        )
    };
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    deep_pattern!(
        "CDLDARKCLOUDCOVER",
        "Dark cloud cover",
        0.5,
        11,
        |[a, b, ..]: &[Candle; 4], depth: f64| given(
            b.white()
                && b.long()
                && !a.white()
                && a.open > b.high
                && a.close > b.open
                && a.close < b.close - b.body() * depth,
            -100.0
        ),
        "a black body that opens above the high of a long white one and closes deep inside it"
    ),
    deep_pattern!(
        "CDLMORNINGSTAR",
        "Morning star",
        0.3,
        12,
        |[a, b, c, _]: &[Candle; 4], depth: f64| given(
            b.body() <= b.usual_body && rises(a, b, c, depth),
            100.0
        ),
        "a long black body, a short one below it, a white one that closes deep inside the first"
    ),
    deep_pattern!(
        "CDLMORNINGDOJISTAR",
        "Morning doji star",
        0.3,
        12,
        |[a, b, c, _]: &[Candle; 4], depth: f64| given(b.doji() && rises(a, b, c, depth), 100.0),
        "a morning star around a doji"
    ),
    deep_pattern!(
        "CDLEVENINGSTAR",
        "Evening star",
        0.3,
        12,
        |[a, b, c, _]: &[Candle; 4], depth: f64| given(
            b.body() <= b.usual_body && falls(a, b, c, depth),
            -100.0
        ),
        "a long white body, a short one above it, a black one that closes deep inside the first"
    ),
    deep_pattern!(
        "CDLEVENINGDOJISTAR",
        "Evening doji star",
        0.3,
        12,
        |[a, b, c, _]: &[Candle; 4], depth: f64| given(b.doji() && falls(a, b, c, depth), -100.0),
        "an evening star around a doji"
    ),
    pattern!(
        "CDL3OUTSIDE",
        "Three outside",
        3,
        |[a, b, c, _]| {
            let engulfs = b.white() != c.white() && b.top() > c.top() && b.bottom() < c.bottom();
            given(engulfs && (if b.white() { a.close > b.close } else { a.close < b.close }), b.sign())
        },
        "an engulfing body, then a close beyond it"
    ),
    pattern!(
        "CDL3INSIDE",
        "Three inside",
        12,
        |[a, b, c, _]| {
            let inside = c.long() && b.body() <= b.usual_body && b.top() < c.top() && b.bottom() > c.bottom();
            let turned =
                if c.white() { !a.white() && a.close < c.open } else { a.white() && a.close > c.open };
            given(inside && turned, -c.sign())
        },
        "a harami, then a close beyond the first body"
    ),
    pattern!(
        "CDLKICKING",
        "Kicking",
        11,
        |[a, b, ..]| given(kicks(a, b), a.sign()),
        "two marubozu of other colours with a gap between"
    ),
    pattern!(
        "CDLKICKINGBYLENGTH",
        "Kicking by length",
        11,
        |[a, b, ..]| given(kicks(a, b), if a.body() > b.body() { a.sign() } else { b.sign() }),
        "kicking, in the direction of the longer body"
    ),
    pattern!(
        "CDLTRISTAR",
        "Tristar",
        12,
        |[a, b, c, _]| {
            let dojis = [a, b, c].iter().all(|candle| candle.body() <= c.tiny);
            if dojis && b.gaps_up(c) && a.top() < b.top() {
                -100.0
            } else {
                given(dojis && b.gaps_down(c) && a.bottom() > b.bottom(), 100.0)
            }
        },
        "three dojis, the middle one beyond the others"
    ),
    pattern!(
        "CDL2CROWS",
        "Two crows",
        12,
        |[a, b, c, _]| given(
            c.white()
                && c.long()
                && !b.white()
                && b.gaps_up(c)
                && !a.white()
                && a.open < b.open
                && a.open > b.close
                && a.close > c.open
                && a.close < c.close,
            -100.0
        ),
        "a black body above a long white one, then a black one from inside it into the first"
    ),
    pattern!(
        "CDLUPSIDEGAP2CROWS",
        "Upside gap two crows",
        12,
        |[a, b, c, _]| given(
            c.white()
                && c.long()
                && !b.white()
                && b.body() <= b.usual_body
                && b.gaps_up(c)
                && !a.white()
                && a.open > b.open
                && a.close < b.close
                && a.close > c.close,
            -100.0
        ),
        "a short black body above a long white one, then a black one around it, the gap still open"
    ),
    pattern!(
        "CDL3BLACKCROWS",
        "Three black crows",
        13,
        |[a, b, c, d]| given(
            d.white()
                && [a, b, c].iter().all(|candle| !candle.white() && candle.lower() < candle.tiny)
                && b.open < c.open
                && b.open > c.close
                && a.open < b.open
                && a.open > b.close
                && d.high > c.close
                && c.close > b.close
                && b.close > a.close,
            -100.0
        ),
        "three falling black bodies without lower shadows, each from inside the one before"
    ),
    pattern!(
        "CDLIDENTICAL3CROWS",
        "Identical three crows",
        12,
        |[a, b, c, _]| given(
            [a, b, c].iter().all(|candle| !candle.white() && candle.lower() < candle.tiny)
                && c.close > b.close
                && b.close > a.close
                && c.same(b.open, c.close)
                && b.same(a.open, b.close),
            -100.0
        ),
        "three falling black bodies without lower shadows, each opening at the close before"
    ),
    pattern!(
        "CDLSTICKSANDWICH",
        "Stick sandwich",
        7,
        |[a, b, c, _]| given(
            !c.white() && b.white() && !a.white() && b.low > c.close && c.same(a.close, c.close),
            100.0
        ),
        "a white candle above the equal closes of two black ones"
    ),
    pattern!(
        "CDLUNIQUE3RIVER",
        "Unique three river",
        12,
        |[a, b, c, _]| given(
            c.long()
                && !c.white()
                && !b.white()
                && b.close > c.close
                && b.open <= c.open
                && b.low < c.low
                && a.body() < a.usual_body
                && a.white()
                && a.open > b.low,
            100.0
        ),
        "a long black body, a black one inside it with a lower low, a short white one above that low"
    ),
    pattern!(
        "CDLXSIDEGAP3METHODS",
        "Side gap three methods",
        2,
        |[a, b, c, _]| given(
            c.white() == b.white()
                && b.white() != a.white()
                && a.open < b.top()
                && a.open > b.bottom()
                && a.close < c.top()
                && a.close > c.bottom()
                && (if c.white() { b.gaps_up(c) } else { b.gaps_down(c) }),
            c.sign()
        ),
        "two candles of one colour with a gap, which a third of the other colour closes"
    ),
    pattern!(
        "CDLTASUKIGAP",
        "Tasuki gap",
        7,
        |[a, b, c, _]| {
            let alike = (b.body() - a.body()).abs() < b.near;
            let within = a.open < b.top() && a.open > b.bottom();
            let up = b.gaps_up(c) && b.white() && !a.white() && a.close < b.open && a.close > c.top();
            let down = b.gaps_down(c) && !b.white() && a.white() && a.close > b.open && a.close < c.bottom();
            given(alike && within && (up || down), b.sign())
        },
        "a candle beyond a gap, then one as large of the other colour that ends inside the gap"
    ),
    pattern!(
        "CDLGAPSIDESIDEWHITE",
        "Side-by-side white lines",
        7,
        |[a, b, c, _]| {
            let up = b.gaps_up(c) && a.gaps_up(c);
            let down = b.gaps_down(c) && a.gaps_down(c);
            let alike = a.white()
                && b.white()
                && a.body() >= b.body() - b.near
                && a.body() <= b.body() + b.near
                && b.same(a.open, b.open);
            given(alike && (up || down), if up { 100.0 } else { -100.0 })
        },
        "two like white bodies side by side beyond a gap"
    ),
    pattern!(
        "CDL3LINESTRIKE",
        "Three-line strike",
        8,
        |[a, b, c, d]| {
            let from = |later: &Candle, earlier: &Candle| {
                later.open >= earlier.bottom() - earlier.near && later.open <= earlier.top() + earlier.near
            };
            let row = d.white() == c.white()
                && c.white() == b.white()
                && a.white() != b.white()
                && from(c, d)
                && from(b, c);
            let struck = if b.white() {
                b.close > c.close && c.close > d.close && a.open > b.close && a.close < d.open
            } else {
                b.close < c.close && c.close < d.close && a.open < b.close && a.close > d.open
            };
            given(row && struck, b.sign())
        },
        "three candles in a row, then one of the other colour around them all"
    ),
];

/// The frame of a morning star around the candle `b`.
#[inline(always)]
fn rises(a: &Candle, b: &Candle, c: &Candle, depth: f64) -> bool {
    c.long() && !c.white() && b.gaps_down(c) && a.long() && a.white() && a.close > c.close + c.body() * depth
}

/// The frame of an evening star around the candle `b`.
#[inline(always)]
fn falls(a: &Candle, b: &Candle, c: &Candle, depth: f64) -> bool {
    c.long() && c.white() && b.gaps_up(c) && a.long() && !a.white() && a.close < c.close - c.body() * depth
}

/// Two marubozu of other colours with a gap between their shadows too.
#[inline(always)]
fn kicks(a: &Candle, b: &Candle) -> bool {
    let bare =
        |candle: &Candle| candle.long() && candle.upper() < candle.tiny && candle.lower() < candle.tiny;
    a.white() != b.white() && bare(a) && bare(b) && (if a.white() { a.low > b.high } else { a.high < b.low })
}

//! Candlestick patterns of one and two candles.

use super::candle::{Candle, Pattern};
use super::spec::{Spec, spec};

/// The value where the condition holds, else 0.
#[inline(always)]
pub(super) fn given(condition: bool, value: f64) -> f64 {
    if condition { value } else { 0.0 }
}

macro_rules! pattern {
    ($id:literal, $title:literal, $warm_up:literal, |$candles:pat_param| $test:expr, $words:literal) => {
        spec!(
            $id,
            Pattern,
            $title,
            ["open", "high", "low", "close"],
            [],
            ["integer"],
            |_| $warm_up,
            |_| Pattern::new($warm_up, |$candles: &[Candle; 4]| $test),
            $words,
            "S. Nison, 1991, with TA-Lib's measures"
        )
    };
}

pub(super) use pattern;

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    pattern!("CDLDOJI", "Doji", 10, |[a, ..]| given(a.doji(), 100.0), "no body to speak of"),
    pattern!(
        "CDLDRAGONFLYDOJI",
        "Dragonfly doji",
        10,
        |[a, ..]| given(a.doji() && a.upper() < a.tiny && a.lower() > a.tiny, 100.0),
        "a doji with a lower shadow only"
    ),
    pattern!(
        "CDLGRAVESTONEDOJI",
        "Gravestone doji",
        10,
        |[a, ..]| given(a.doji() && a.lower() < a.tiny && a.upper() > a.tiny, 100.0),
        "a doji with an upper shadow only"
    ),
    pattern!(
        "CDLLONGLEGGEDDOJI",
        "Long-legged doji",
        10,
        |[a, ..]| given(a.doji() && (a.lower() > a.body() || a.upper() > a.body()), 100.0),
        "a doji with a long shadow"
    ),
    pattern!(
        "CDLRICKSHAWMAN",
        "Rickshaw man",
        10,
        |[a, ..]| {
            let middle = a.low + (a.high - a.low) / 2.0;
            given(
                a.doji()
                    && a.lower() > a.body()
                    && a.upper() > a.body()
                    && a.bottom() <= middle + a.near
                    && a.top() >= middle - a.near,
                100.0,
            )
        },
        "a doji in the middle of two long shadows"
    ),
    pattern!(
        "CDLTAKURI",
        "Takuri",
        10,
        |[a, ..]| given(a.doji() && a.upper() < a.tiny && a.lower() > 2.0 * a.body(), 100.0),
        "a dragonfly doji with a very long shadow"
    ),
    pattern!(
        "CDLMARUBOZU",
        "Marubozu",
        10,
        |[a, ..]| given(a.long() && a.upper() < a.tiny && a.lower() < a.tiny, a.sign()),
        "a long body without shadows"
    ),
    pattern!(
        "CDLCLOSINGMARUBOZU",
        "Closing marubozu",
        10,
        |[a, ..]| given(a.long() && (if a.white() { a.upper() } else { a.lower() }) < a.tiny, a.sign()),
        "a long body without a shadow where it closed"
    ),
    pattern!(
        "CDLBELTHOLD",
        "Belt hold",
        10,
        |[a, ..]| given(a.long() && (if a.white() { a.lower() } else { a.upper() }) < a.tiny, a.sign()),
        "a long body without a shadow where it opened"
    ),
    pattern!(
        "CDLLONGLINE",
        "Long line",
        10,
        |[a, ..]| given(a.long() && a.upper() < a.short_shadow && a.lower() < a.short_shadow, a.sign()),
        "a long body with short shadows"
    ),
    pattern!(
        "CDLSHORTLINE",
        "Short line",
        10,
        |[a, ..]| given(
            a.body() < a.usual_body && a.upper() < a.short_shadow && a.lower() < a.short_shadow,
            a.sign()
        ),
        "a short body with short shadows"
    ),
    pattern!(
        "CDLSPINNINGTOP",
        "Spinning top",
        10,
        |[a, ..]| given(a.body() < a.usual_body && a.upper() > a.body() && a.lower() > a.body(), a.sign()),
        "a short body with longer shadows"
    ),
    pattern!(
        "CDLHIGHWAVE",
        "High wave",
        10,
        |[a, ..]| given(
            a.body() < a.usual_body && a.upper() > 2.0 * a.body() && a.lower() > 2.0 * a.body(),
            a.sign()
        ),
        "a short body with very long shadows"
    ),
    pattern!(
        "CDLENGULFING",
        "Engulfing",
        2,
        |[a, b, ..]| {
            let engulfs = a.white() != b.white()
                && ((a.top() >= b.top() && a.bottom() < b.bottom())
                    || (a.top() > b.top() && a.bottom() <= b.bottom()));
            given(engulfs, if a.open != b.close && a.close != b.open { a.sign() } else { 0.8 * a.sign() })
        },
        "a body that covers the one before, of the other colour; 80 where one end is shared"
    ),
    pattern!(
        "CDLHARAMI",
        "Harami",
        11,
        |[a, b, ..]| given(b.long() && a.body() <= a.usual_body, inside(a, b)),
        "a short body within the long one before; 80 where one end is shared"
    ),
    pattern!(
        "CDLHARAMICROSS",
        "Harami cross",
        11,
        |[a, b, ..]| given(b.long() && a.doji(), inside(a, b)),
        "a doji within the long body before; 80 where one end is shared"
    ),
    pattern!(
        "CDLDOJISTAR",
        "Doji star",
        11,
        |[a, b, ..]| given(
            b.long() && a.doji() && (if b.white() { a.gaps_up(b) } else { a.gaps_down(b) }),
            -b.sign()
        ),
        "a doji beyond the long body before"
    ),
    pattern!(
        "CDLHAMMER",
        "Hammer",
        11,
        |[a, b, ..]| given(hangs(a) && a.bottom() <= b.low + b.near, 100.0),
        "a short body on a long lower shadow, near or below the low before"
    ),
    pattern!(
        "CDLHANGINGMAN",
        "Hanging man",
        11,
        |[a, b, ..]| given(hangs(a) && a.bottom() >= b.high - b.near, -100.0),
        "a short body on a long lower shadow, near or above the high before"
    ),
    pattern!(
        "CDLINVERTEDHAMMER",
        "Inverted hammer",
        11,
        |[a, b, ..]| given(stands(a) && a.gaps_down(b), 100.0),
        "a short body under a long upper shadow, below the body before"
    ),
    pattern!(
        "CDLSHOOTINGSTAR",
        "Shooting star",
        11,
        |[a, b, ..]| given(stands(a) && a.gaps_up(b), -100.0),
        "a short body under a long upper shadow, above the body before"
    ),
    pattern!(
        "CDLPIERCING",
        "Piercing",
        11,
        |[a, b, ..]| given(
            !b.white()
                && b.long()
                && a.white()
                && a.long()
                && a.open < b.low
                && a.close < b.open
                && a.close > b.close + 0.5 * b.body(),
            100.0
        ),
        "a long white body that opens below the low of a long black one and closes above its middle"
    ),
    pattern!(
        "CDLMATCHINGLOW",
        "Matching low",
        6,
        |[a, b, ..]| given(!b.white() && !a.white() && b.same(a.close, b.close), 100.0),
        "two black candles with equal closes"
    ),
    pattern!(
        "CDLHOMINGPIGEON",
        "Homing pigeon",
        11,
        |[a, b, ..]| given(
            !b.white()
                && !a.white()
                && b.long()
                && a.body() <= a.usual_body
                && a.open < b.open
                && a.close > b.close,
            100.0
        ),
        "a short black body within the long black one before"
    ),
    pattern!(
        "CDLINNECK",
        "In-neck",
        11,
        |[a, b, ..]| given(
            !b.white()
                && b.long()
                && a.white()
                && a.open < b.low
                && a.close <= b.close + b.equal
                && a.close >= b.close,
            -100.0
        ),
        "a white candle that opens below a long black one and closes just at its close"
    ),
    pattern!(
        "CDLONNECK",
        "On-neck",
        11,
        |[a, b, ..]| given(
            !b.white() && b.long() && a.white() && a.open < b.low && b.same(a.close, b.low),
            -100.0
        ),
        "a white candle that opens below a long black one and closes at its low"
    ),
    pattern!(
        "CDLTHRUSTING",
        "Thrusting",
        11,
        |[a, b, ..]| given(
            !b.white()
                && b.long()
                && a.white()
                && a.open < b.low
                && a.close > b.close + b.equal
                && a.close <= b.close + 0.5 * b.body(),
            -100.0
        ),
        "a white candle that opens below a long black one and closes in its lower half"
    ),
    pattern!(
        "CDLCOUNTERATTACK",
        "Counterattack",
        11,
        |[a, b, ..]| given(
            a.white() != b.white() && b.long() && a.long() && b.same(a.close, b.close),
            a.sign()
        ),
        "two long bodies of other colours with equal closes"
    ),
    pattern!(
        "CDLSEPARATINGLINES",
        "Separating lines",
        11,
        |[a, b, ..]| given(
            a.white() != b.white()
                && b.same(a.open, b.open)
                && a.long()
                && (if a.white() { a.lower() } else { a.upper() }) < a.tiny,
            a.sign()
        ),
        "two candles of other colours with equal opens, the second a belt hold"
    ),
];

/// Value of a body within the body before.
#[inline(always)]
fn inside(a: &Candle, b: &Candle) -> f64 {
    if a.top() < b.top() && a.bottom() > b.bottom() {
        -b.sign()
    } else {
        given(a.top() <= b.top() && a.bottom() >= b.bottom(), -0.8 * b.sign())
    }
}

/// A short body on a long lower shadow.
#[inline(always)]
fn hangs(a: &Candle) -> bool {
    a.body() < a.usual_body && a.lower() > a.body() && a.upper() < a.tiny
}

/// A short body under a long upper shadow.
#[inline(always)]
fn stands(a: &Candle) -> bool {
    a.body() < a.usual_body && a.upper() > a.body() && a.lower() < a.tiny
}

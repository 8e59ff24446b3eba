//! Candles and their neighbourhood, as patterns see them.

use super::super::sum::Count;
use super::machine::Kernel;
use super::window::Sums;

/// A candle with what the bars before it make of its size. A pattern's words are relative: "long" is longer than the mean of
/// the ten bodies before, and so on (the settings of TA-Lib).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Candle {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
    /// Mean of ten bodies: a longer body is long, a shorter one short.
    pub(super) usual_body: f64,
    /// A tenth of the mean of ten ranges: no more than this is a doji's body, less than this a very short shadow.
    pub(super) tiny: f64,
    /// Half of the mean of both shadows of ten bars: less is a short shadow.
    pub(super) short_shadow: f64,
    /// Shares of the mean of five ranges: prices within it are near each other, or equal; beyond `far` they are far apart.
    pub(super) near: f64,
    pub(super) far: f64,
    pub(super) equal: f64,
}

impl Candle {
    #[inline(always)]
    pub(super) fn body(&self) -> f64 {
        (self.close - self.open).abs()
    }

    #[inline(always)]
    pub(super) fn top(&self) -> f64 {
        if self.close > self.open { self.close } else { self.open }
    }

    #[inline(always)]
    pub(super) fn bottom(&self) -> f64 {
        if self.close < self.open { self.close } else { self.open }
    }

    #[inline(always)]
    pub(super) fn upper(&self) -> f64 {
        self.high - self.top()
    }

    #[inline(always)]
    pub(super) fn lower(&self) -> f64 {
        self.bottom() - self.low
    }

    /// Rising, or unchanged.
    #[inline(always)]
    pub(super) fn white(&self) -> bool {
        self.close >= self.open
    }

    /// 100 for a white candle, -100 for a black one.
    #[inline(always)]
    pub(super) fn sign(&self) -> f64 {
        if self.white() { 100.0 } else { -100.0 }
    }

    #[inline(always)]
    pub(super) fn long(&self) -> bool {
        self.body() > self.usual_body
    }

    #[inline(always)]
    pub(super) fn doji(&self) -> bool {
        self.body() <= self.tiny
    }

    /// Whether the body lies wholly above another's.
    #[inline(always)]
    pub(super) fn gaps_up(&self, other: &Candle) -> bool {
        self.bottom() > other.top()
    }

    #[inline(always)]
    pub(super) fn gaps_down(&self, other: &Candle) -> bool {
        self.top() < other.bottom()
    }

    /// Whether a price equals one of this candle's, by its measure.
    #[inline(always)]
    pub(super) fn same(&self, price: f64, own: f64) -> bool {
        price <= own + self.equal && price >= own - self.equal
    }
}

/// A pattern that ends on the newest of the last `N` candles: 100, -100 or something between; 0 for none.
pub(super) struct Pattern<F, const N: usize> {
    test: F,
    /// Newest first.
    candles: [Candle; N],
    ten: Sums<3>,
    five: Sums<1>,
    tenth: Count,
    fifth: Count,
    warm_up: usize,
}

impl<F, const N: usize> Pattern<F, N> {
    /// `warm_up` bars must be known before the newest candle.
    pub(super) fn new(warm_up: usize, test: F) -> Self {
        Pattern {
            test,
            candles: [Candle::default(); N],
            ten: Sums::new(10),
            five: Sums::new(5),
            tenth: Count::new(10),
            fifth: Count::new(5),
            warm_up,
        }
    }
}

impl<F: Fn(&[Candle; N]) -> f64 + Send + 'static, const N: usize> Kernel<4, 1> for Pattern<F, N> {
    #[inline(always)]
    fn advance(&mut self, [open, high, low, close]: [f64; 4]) -> [f64; 1] {
        let range = self.ten.mean(1, self.tenth);
        let recent_range = self.five.mean(0, self.fifth);
        let candle = Candle {
            open,
            high,
            low,
            close,
            usual_body: self.ten.mean(0, self.tenth),
            tiny: 0.1 * range,
            short_shadow: 0.5 * self.ten.mean(2, self.tenth),
            near: 0.2 * recent_range,
            far: 0.6 * recent_range,
            equal: 0.05 * recent_range,
        };
        self.ten.push([candle.body(), high - low, candle.upper() + candle.lower()]);
        self.five.push([high - low]);
        for place in (1..N).rev() {
            self.candles[place] = self.candles[place - 1];
        }
        self.candles[0] = candle;
        if self.warm_up > 0 {
            self.warm_up -= 1;
            return [f64::NAN];
        }
        [(self.test)(&self.candles)]
    }
}

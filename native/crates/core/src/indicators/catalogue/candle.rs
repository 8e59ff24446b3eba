//! Candles and their neighbourhood, as patterns see them.

use super::block::Block;
use super::machine::Kernel;
#[cfg(target_arch = "x86_64")]
use crate::cpu::has_avx512;

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

/// Sum of ten numbers, newest first. In pairs: the batch has sums of two, four and eight at hand for a whole block.
#[inline(always)]
fn sum_of_ten(x: [f64; 10]) -> f64 {
    (((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]))) + (x[8] + x[9])
}

/// Sum of five numbers, newest first.
#[inline(always)]
fn sum_of_five(x: [f64; 5]) -> f64 {
    ((x[0] + x[1]) + (x[2] + x[3])) + x[4]
}

/// Bars of the longest mean.
const USUAL: usize = 10;

/// A pattern that ends on the newest of the last `N` candles: 100, -100 or something between; 0 for none.
///
/// The means are sums of the bars themselves, made anew for each bar: nothing drifts.
pub(super) struct Pattern<F, const N: usize> {
    test: F,
    /// Newest first.
    candles: [Candle; N],
    bodies: [f64; USUAL],
    ranges: [f64; USUAL],
    shadows: [f64; USUAL],
    /// Bars before the first result, and how many of them have been seen.
    warm_up: usize,
    seen: usize,
}

impl<F, const N: usize> Pattern<F, N> {
    /// `warm_up` bars must be known before the newest candle.
    pub(super) fn new(warm_up: usize, test: F) -> Self {
        Pattern {
            test,
            candles: [Candle::default(); N],
            bodies: [0.0; USUAL],
            ranges: [0.0; USUAL],
            shadows: [0.0; USUAL],
            warm_up,
            seen: 0,
        }
    }
}

#[inline(always)]
fn enter(newest_first: &mut [f64; USUAL], value: f64) {
    newest_first.copy_within(..USUAL - 1, 1);
    newest_first[0] = value;
}

/// Rows of a block that are tested at once, and rows before them that the tests look at: ten for the means of the oldest
/// candle, which is up to five bars back.
const ROWS: usize = 256;
pub(super) const BEFORE: usize = 16;
const WIDTH: usize = BEFORE + ROWS;
type Lane = [f64; WIDTH];

/// Sums of two neighbours before each place, and of the ten numbers before it.
#[inline(always)]
fn tens(values: &Lane, twos: &mut Lane, out: &mut Lane) {
    for at in 2..WIDTH {
        twos[at] = values[at - 1] + values[at - 2];
    }
    for at in 10..WIDTH {
        out[at] = ((twos[at] + twos[at - 2]) + (twos[at - 4] + twos[at - 6])) + twos[at - 8];
    }
}

impl<F: Fn(&[Candle; N]) -> f64 + Send + 'static, const N: usize> Kernel<4, 1> for Pattern<F, N> {
    #[inline(always)]
    fn advance(&mut self, [open, high, low, close]: [f64; 4]) -> [f64; 1] {
        let recent = sum_of_five([0, 1, 2, 3, 4].map(|at| self.ranges[at]));
        let candle = Candle {
            open,
            high,
            low,
            close,
            usual_body: sum_of_ten(self.bodies) * 0.1,
            tiny: sum_of_ten(self.ranges) * 0.01,
            short_shadow: sum_of_ten(self.shadows) * 0.05,
            near: recent * 0.04,
            far: recent * 0.12,
            equal: recent * 0.01,
        };
        enter(&mut self.bodies, candle.body());
        enter(&mut self.ranges, high - low);
        enter(&mut self.shadows, candle.upper() + candle.lower());
        for place in (1..N).rev() {
            self.candles[place] = self.candles[place - 1];
        }
        self.candles[0] = candle;
        if self.seen < self.warm_up {
            self.seen += 1;
            return [f64::NAN];
        }
        [(self.test)(&self.candles)]
    }

    fn reach(&self) -> Option<usize> {
        Some(BEFORE)
    }

    #[inline(always)]
    fn fill(&self, block: Block<'_, 4, 1>) -> bool {
        let [result] = block.results;
        self.find(block.bars, result);
        true
    }
}

impl<F: Fn(&[Candle; N]) -> f64 + Send + 'static, const N: usize> Pattern<F, N> {
    /// Fills a column with the patterns of bars that begin [`BEFORE`] rows before it.
    #[inline(always)]
    #[allow(unsafe_code)]
    pub(super) fn find(&self, bars: [&[f64]; 4], found: &mut [f64]) {
        #[cfg(target_arch = "x86_64")]
        if has_avx512() {
            // SAFETY: the processor has just been found to have the features.
            return unsafe { self.find_eight_at_once(bars, found) };
        }
        self.find_side_by_side(bars, found);
    }

    #[cfg(target_arch = "x86_64")]
    #[target_feature(enable = "avx2,fma,avx512f,avx512dq")]
    #[inline(never)]
    fn find_eight_at_once(&self, bars: [&[f64]; 4], found: &mut [f64]) {
        self.find_side_by_side(bars, found);
    }

    /// All candles side by side, so that the tests become a few wide instructions for four bars. What a pattern does not look
    /// at is not computed: the compiler sees that nobody reads it.
    #[inline(always)]
    fn find_side_by_side(&self, bars: [&[f64]; 4], found: &mut [f64]) {
        let zeros = || [0.0; WIDTH];
        let (mut body, mut body_twos, mut bodies) = (zeros(), zeros(), zeros());
        let (mut shadow, mut shadow_twos, mut shadows) = (zeros(), zeros(), zeros());
        let (mut range, mut range_twos, mut ranges, mut recent) = (zeros(), zeros(), zeros(), zeros());
        for (part, values) in found.chunks_mut(ROWS).enumerate() {
            let rows = values.len();
            let column = |index: usize| &bars[index][part * ROWS..part * ROWS + BEFORE + rows];
            // The last part is filled up, so that all have one width.
            let mut padded: [Lane; 4];
            let mut short: Option<[f64; ROWS]> = None;
            let ([open, high, low, close], found) = if rows == ROWS {
                let wide = |index: usize| column(index).first_chunk::<WIDTH>().expect("is as wide");
                ([wide(0), wide(1), wide(2), wide(3)], values.first_chunk_mut().expect("is as wide"))
            } else {
                padded = [zeros(); 4];
                for (index, lane) in padded.iter_mut().enumerate() {
                    lane[..BEFORE + rows].copy_from_slice(column(index));
                }
                ([&padded[0], &padded[1], &padded[2], &padded[3]], short.insert([0.0; ROWS]))
            };
            for at in 0..WIDTH {
                let candle = Candle {
                    open: open[at],
                    high: high[at],
                    low: low[at],
                    close: close[at],
                    ..Candle::default()
                };
                body[at] = candle.body();
                range[at] = high[at] - low[at];
                shadow[at] = candle.upper() + candle.lower();
            }
            tens(&body, &mut body_twos, &mut bodies);
            tens(&shadow, &mut shadow_twos, &mut shadows);
            tens(&range, &mut range_twos, &mut ranges);
            for at in 5..WIDTH {
                recent[at] = (range_twos[at] + range_twos[at - 2]) + range[at - 5];
            }
            for slot in 0..ROWS {
                let at = slot + BEFORE;
                let mut candles = [Candle::default(); N];
                for back in 0..N {
                    let at = at - back;
                    candles[back] = Candle {
                        open: open[at],
                        high: high[at],
                        low: low[at],
                        close: close[at],
                        usual_body: bodies[at] * 0.1,
                        tiny: ranges[at] * 0.01,
                        short_shadow: shadows[at] * 0.05,
                        near: recent[at] * 0.04,
                        far: recent[at] * 0.12,
                        equal: recent[at] * 0.01,
                    };
                }
                found[slot] = (self.test)(&candles);
            }
            if let Some(short) = &short {
                values.copy_from_slice(&short[..rows]);
            }
        }
    }
}

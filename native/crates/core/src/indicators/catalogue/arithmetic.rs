//! Arithmetic of columns and prices made of others.

use super::block::{Block, derived_reach};
use super::circular;
use super::deviations::Deviation;
use super::each::{OfRow, fill_rows, fill_rows_ahead, of_row};
use super::extremes::extremes_reach;
use super::functions;
use super::grid;
use super::heikin_ashi::HeikinAshi;
use super::kernel::{kernel, larger, middle, ratio_or, smaller};
use super::machine::Kernel;
use super::scratch::Scratch;
use super::spec::{Spec, count, period, period_from, spec};
use super::total::{Total, fill_tested};
use super::window::{Highest, Lowest, Sums};

/// A function of one bar alone.
struct Pure<F>(F);

impl<F: OfRow<I>, const I: usize> Kernel<I, 1> for Pure<F> {
    #[inline(always)]
    fn advance(&mut self, bar: [f64; I]) -> [f64; 1] {
        [self.0.of(bar)]
    }

    fn reach(&self) -> Option<usize> {
        Some(0)
    }

    #[inline(always)]
    fn fill(&self, block: Block<'_, I, 1>) -> bool {
        let [out] = block.results;
        if I > 2 {
            fill_rows_ahead(block.bars, out, &self.0);
        } else {
            // Few enough for the processor to foresee what will be wanted.
            fill_rows(block.bars, out, &self.0);
        }
        true
    }
}

kernel!(CumulativeSum[1 => 1](p) { total: Total = Total::default() }
|this, [x]| Some([this.total.push(x)]); reach Some(0); tests |block| {
    let [out] = block.results;
    fill_tested(&mut this.total, (&block.bars, 0), block.bars, out, &of_row!(1, |[x]| x))
});
kernel!(MovingSum[1 => 1](p) { sums: Sums<1> = Sums::new(count(p, 0)) }
    |this, [x]| this.sums.push([x]).then(|| [this.sums.sum(0)]);
    reach derived_reach(this.sums.period());
    |block| block.fill_from_column::<false>(this.sums.period()));
kernel!(Max[1 => 1](p) { highest: Highest = Highest::new(count(p, 0)) }
    |this, [x]| this.highest.push(x).map(|(value, _)| [value]);
    reach extremes_reach(this.highest.period());
    |block| block.fill_from_extreme(this.highest.period(), larger));
kernel!(Min[1 => 1](p) { lowest: Lowest = Lowest::new(count(p, 0)) }
    |this, [x]| this.lowest.push(x).map(|(value, _)| [value]);
    reach extremes_reach(this.lowest.period());
    |block| block.fill_from_extreme(this.lowest.period(), smaller));
kernel!(MinMax[1 => 2](p) { highest: Highest = Highest::new(count(p, 0)), lowest: Lowest = Lowest::new(count(p, 0)) }
|this, [x]| {
    let highest = this.highest.push(x);
    let lowest = this.lowest.push(x);
    Some([lowest?.0, highest?.0])
}; reach extremes_reach(this.highest.period());
   |block| block.fill_from_extremes(this.highest.period(), |highest, lowest, _| [lowest, highest]));

/// Rows of the extremes of a window.
#[derive(Debug)]
struct Rows {
    highest: Highest,
    lowest: Lowest,
    row: usize,
}

impl Rows {
    fn new(p: &[f64]) -> Self {
        Rows { highest: Highest::new(count(p, 0)), lowest: Lowest::new(count(p, 0)), row: 0 }
    }

    /// Row of the smallest and of the largest value.
    #[inline(always)]
    fn push(&mut self, value: f64) -> Option<(f64, f64)> {
        let row = self.row;
        self.row += 1;
        let highest = self.highest.push(value);
        let lowest = self.lowest.push(value);
        Some(((row - lowest?.1) as f64, (row - highest?.1) as f64))
    }
}

macro_rules! row_kernel {
    (
        $name:ident, $outputs:literal, |$minimum:pat_param, $maximum:pat_param| $result:expr,
        |$block:ident, $period:ident, $row:ident| $fill:expr
    ) => {
        struct $name(Rows);
        impl Kernel<1, $outputs> for $name {
            #[inline(always)]
            fn advance(&mut self, [value]: [f64; 1]) -> [f64; $outputs] {
                self.0.push(value).map_or([f64::NAN; $outputs], |($minimum, $maximum)| $result)
            }
            fn start_at(&mut self, row: usize) {
                self.0.row = row;
            }
            fn reach(&self) -> Option<usize> {
                extremes_reach(self.0.highest.period())
            }
            #[inline(always)]
            fn fill(&self, $block: Block<'_, 1, $outputs>) -> bool {
                let ($period, $row) = (self.0.highest.period(), $block.row as f64);
                $fill
            }
        }
    };
}

row_kernel!(MaxIndex, 1, |_, maximum| [maximum], |block, period, row| block.fill_from_age(
    period,
    |later, earlier| later >= earlier,
    |age, slot| [row + slot - age]
));
row_kernel!(MinIndex, 1, |minimum, _| [minimum], |block, period, row| block.fill_from_age(
    period,
    |later, earlier| later <= earlier,
    |age, slot| [row + slot - age]
));
row_kernel!(MinMaxIndex, 2, |minimum, maximum| [minimum, maximum], |block, period, row| block
    .fill_from_ages(period, |of_highest, of_lowest, slot| [row + slot - of_lowest, row + slot - of_highest]));

kernel!(AverageDeviation[1 => 1](p) { window: Deviation = Deviation::new(count(p, 0)) }
|this, [x]| this.window.push(x).map(|(_, deviation)| [deviation]);
reach derived_reach(this.window.period()); |block| {
    let ([values], [result]) = (block.bars, block.results);
    let Scratch { lanes, work, .. } = block.scratch;
    let means = &mut lanes[0][..result.len()];
    let done = grid::sums_into(values, this.window.period(), true, work, means);
    this.window.fill(values, means, result);
    done
});

macro_rules! transform {
    ($id:literal, $title:literal, $formula:literal, $function:expr) => {
        transform!($id, $title, $formula, kernel Pure(of_row!(1, |[x]| $function(x))))
    };
    ($id:literal, $title:literal, $formula:literal, kernel $kernel:expr) => {
        spec!($id, Math, $title, ["close"], [], ["real"], |_| 0, |_| $kernel, $formula, "elementary")
    };
}

macro_rules! operator {
    ($id:literal, $title:literal, $formula:literal, |$a:ident, $b:ident| $result:expr) => {
        spec!(
            $id,
            Math,
            $title,
            ["high", "low"],
            [],
            ["real"],
            |_| 0,
            |_| Pure(of_row!(2, |[$a, $b]| $result)),
            $formula,
            "elementary"
        )
    };
}

/// The indicators of this file.
pub(super) const SPECS: &[Spec] = &[
    operator!("ADD", "Sum of two columns", "a + b", |a, b| a + b),
    operator!("SUB", "Difference of two columns", "a - b", |a, b| a - b),
    operator!("MULT", "Product of two columns", "a * b", |a, b| a * b),
    operator!("DIV", "Quotient of two columns", "a / b; NaN where b is 0", |a, b| ratio_or(a, b, f64::NAN)),
    transform!("ABS", "Absolute value", "|x|", f64::abs),
    transform!("ACOS", "Arc cosine", "acos(x); NaN outside of -1 to 1", circular::arc_cosine),
    transform!("ASIN", "Arc sine", "asin(x); NaN outside of -1 to 1", circular::arc_sine),
    transform!("ATAN", "Arc tangent", "atan(x)", functions::arc_tangent),
    transform!("CEIL", "Rounded up", "smallest whole number not below x", f64::ceil),
    transform!("COS", "Cosine", "cos(x)", kernel circular::cosine()),
    transform!("COSH", "Hyperbolic cosine", "cosh(x)", functions::hyperbolic_cosine),
    transform!("EXP", "Exponential", "e^x", functions::exponential),
    transform!("FLOOR", "Rounded down", "largest whole number not above x", f64::floor),
    transform!("LN", "Natural logarithm", "ln(x); NaN below 0", functions::natural_logarithm),
    transform!("LOG10", "Decimal logarithm", "log10(x); NaN below 0", functions::decimal_logarithm),
    transform!("SIN", "Sine", "sin(x)", kernel circular::sine()),
    transform!("SINH", "Hyperbolic sine", "sinh(x)", functions::hyperbolic_sine),
    transform!("SQRT", "Square root", "sqrt(x); NaN below 0", f64::sqrt),
    transform!("TAN", "Tangent", "tan(x)", kernel circular::tangent()),
    transform!("TANH", "Hyperbolic tangent", "tanh(x)", functions::hyperbolic_tangent),
    spec!(
        "CUMSUM",
        Math,
        "Running total",
        ["close"],
        [],
        ["real"],
        |_| 0,
        CumulativeSum::new,
        "sum of all values so far, carried in two doubles: it does not drift",
        "elementary"
    ),
    spec!(
        "SUM",
        Math,
        "Sum of a window",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        MovingSum::new,
        "sum of the last n values, without the drift of a running sum",
        "elementary"
    ),
    spec!(
        "MAX",
        Math,
        "Largest of a window",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Max::new,
        "max(x, n)",
        "elementary"
    ),
    spec!(
        "MIN",
        Math,
        "Smallest of a window",
        ["close"],
        [period("timeperiod", 30)],
        ["real"],
        |p| count(p, 0) - 1,
        Min::new,
        "min(x, n)",
        "elementary"
    ),
    spec!(
        "MINMAX",
        Math,
        "Smallest and largest of a window",
        ["close"],
        [period("timeperiod", 30)],
        ["min", "max"],
        |p| count(p, 0) - 1,
        MinMax::new,
        "min(x, n), max(x, n)",
        "elementary"
    ),
    spec!(
        "MAXINDEX",
        Math,
        "Row of the largest",
        ["close"],
        [period("timeperiod", 30)],
        ["integer"],
        |p| count(p, 0) - 1,
        |p| MaxIndex(Rows::new(p)),
        "row, counted from the first bar, of the largest of the last n values; the latest of equals",
        "elementary"
    ),
    spec!(
        "MININDEX",
        Math,
        "Row of the smallest",
        ["close"],
        [period("timeperiod", 30)],
        ["integer"],
        |p| count(p, 0) - 1,
        |p| MinIndex(Rows::new(p)),
        "row, counted from the first bar, of the smallest of the last n values; the latest of equals",
        "elementary"
    ),
    spec!(
        "MINMAXINDEX",
        Math,
        "Rows of smallest and largest",
        ["close"],
        [period("timeperiod", 30)],
        ["minidx", "maxidx"],
        |p| count(p, 0) - 1,
        |p| MinMaxIndex(Rows::new(p)),
        "as MININDEX and MAXINDEX",
        "elementary"
    ),
    spec!(
        "AVGPRICE",
        Price,
        "Average price",
        ["open", "high", "low", "close"],
        [],
        ["real"],
        |_| 0,
        |_| Pure(of_row!(4, |[o, h, l, c]| (o + h + l + c) / 4.0)),
        "(open + high + low + close) / 4",
        "elementary"
    ),
    spec!(
        "MEDPRICE",
        Price,
        "Median price",
        ["high", "low"],
        [],
        ["real"],
        |_| 0,
        |_| Pure(of_row!(2, |[h, l]| middle(h, l))),
        "(high + low) / 2",
        "elementary"
    ),
    spec!(
        "TYPPRICE",
        Price,
        "Typical price",
        ["high", "low", "close"],
        [],
        ["real"],
        |_| 0,
        |_| Pure(of_row!(3, |[h, l, c]| (h + l + c) / 3.0)),
        "(high + low + close) / 3",
        "elementary"
    ),
    spec!(
        "WCLPRICE",
        Price,
        "Weighted close",
        ["high", "low", "close"],
        [],
        ["real"],
        |_| 0,
        |_| Pure(of_row!(3, |[h, l, c]| (h + l + 2.0 * c) / 4.0)),
        "(high + low + 2 close) / 4",
        "elementary"
    ),
    spec!(
        "HA",
        Price,
        "Heikin-Ashi candles",
        ["open", "high", "low", "close"],
        [],
        ["haopen", "hahigh", "halow", "haclose"],
        |_| 0,
        HeikinAshi::new,
        "close: mean of the four prices; open: middle of the candle before (of open and close on the first bar); high and low \
         reach over both",
        "M. Homma; D. Valcu, TASC 2004"
    ),
    spec!(
        "AVGDEV",
        Price,
        "Mean absolute deviation",
        ["close"],
        [period_from("timeperiod", 14, 2)],
        ["real"],
        |p| count(p, 0) - 1,
        AverageDeviation::new,
        "mean of |x - mean| over the window; n operations a bar",
        "elementary"
    ),
    spec!(
        "BOP",
        Momentum,
        "Balance of power",
        ["open", "high", "low", "close"],
        [],
        ["real"],
        |_| 0,
        |_| Pure(of_row!(4, |[o, h, l, c]| if h - l > 0.0 { (c - o) / (h - l) } else { 0.0 })),
        "(close - open) / (high - low); 0 for a bar without range",
        "I. Livshin, TASC 2001"
    ),
    spec!(
        "MARKETFI",
        Volume,
        "Market facilitation index",
        ["high", "low", "volume"],
        [],
        ["real"],
        |_| 0,
        |_| Pure(of_row!(3, |[h, l, v]| ratio_or(h - l, v, 0.0))),
        "(high - low) / volume; 0 without volume",
        "B. Williams, 1995"
    ),
];

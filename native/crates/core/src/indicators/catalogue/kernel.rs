//! A short way to write a kernel: its fields with their first values, and its step.

/// `kernel!(Name[inputs => outputs](p) { field: Type = first value, … } |this, [a, b]| step)`: the step gives
/// `Option<[f64; outputs]>`, `None` while warming up. `p` are the checked parameters. A kernel that can fill a block side by
/// side ends with `; reach bars; |block| filled`, or `; reach bars; carry |block| filled` where it carries a state on from
/// block to block, which must then be mended in it; `; reach bars; tests |block| filled` where it also tests the block.
macro_rules! kernel {
    (
        $visibility:vis $name:ident[$inputs:literal => $outputs:literal]($params:ident) { $($field:ident: $kind:ty = $first:expr),* $(,)? }
        |$this:ident, $bar:pat_param| $step:expr
        $(; reach $reach:expr; $($carry:ident)? |$block:pat_param| $fill:expr)?
    ) => {
        #[derive(Debug)]
        $visibility struct $name { $($field: $kind),* }

        impl $name {
            #[allow(unused_variables)]
            $visibility fn new($params: &[f64]) -> Self {
                $name { $($field: $first),* }
            }

            // Some kernels have no warm-up.
            #[allow(clippy::unnecessary_wraps)]
            #[inline(always)]
            fn try_advance(&mut self, bar: [f64; $inputs]) -> Option<[f64; $outputs]> {
                let $this = self;
                let $bar = bar;
                $step
            }
        }

        impl $crate::indicators::catalogue::machine::Kernel<$inputs, $outputs> for $name {
            #[inline(always)]
            fn advance(&mut self, bar: [f64; $inputs]) -> [f64; $outputs] {
                self.try_advance(bar).unwrap_or([f64::NAN; $outputs])
            }

            $(
                #[allow(unused_variables)]
                fn reach(&self) -> Option<usize> {
                    let $this = self;
                    $reach
                }

                $crate::indicators::catalogue::kernel::filling!($($carry)? $this, $block, $inputs, $outputs, $fill);
            )?
        }
    };
}

pub(super) use kernel;

/// The method of a kernel that fills a block.
macro_rules! filling {
    (tests $this:ident, $block:pat_param, $inputs:literal, $outputs:literal, $fill:expr) => {
        const TESTS: bool = true;

        $crate::indicators::catalogue::kernel::filling!(carry $this, $block, $inputs, $outputs, $fill);
    };
    (carry $this:ident, $block:pat_param, $inputs:literal, $outputs:literal, $fill:expr) => {
        const CARRIES: bool = true;

        #[inline(always)]
        fn carry(
            &mut self,
            block: $crate::indicators::catalogue::block::Block<'_, $inputs, $outputs>,
        ) -> bool {
            let $this = self;
            let $block = block;
            $fill
        }
    };
    ($this:ident, $block:pat_param, $inputs:literal, $outputs:literal, $fill:expr) => {
        #[allow(unused_variables)]
        #[inline(always)]
        fn fill(&self, block: $crate::indicators::catalogue::block::Block<'_, $inputs, $outputs>) -> bool {
            let $this = self;
            let $block = block;
            $fill
        }
    };
}

pub(super) use filling;

/// `numerator / denominator`, and `otherwise` where there is nothing to divide by.
#[inline(always)]
pub(super) fn ratio_or(numerator: f64, denominator: f64, otherwise: f64) -> f64 {
    if denominator == 0.0 { otherwise } else { numerator / denominator }
}

/// The larger of two usable numbers: a compare and a select, where `f64::max` also looks for NaN.
#[inline(always)]
pub(super) fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// The smaller of two usable numbers.
#[inline(always)]
pub(super) fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// The middle of two usable numbers, halved before they are added: nothing waits for more than one addition, and nothing need be
/// tested, as `f64::midpoint` must for numbers near the end of the range.
#[inline(always)]
pub(super) fn middle(a: f64, b: f64) -> f64 {
    a.mul_add(0.5, 0.5 * b)
}

/// Highest high less lowest low, the previous close counted among both.
#[inline(always)]
pub(super) fn true_range(high: f64, low: f64, previous_close: f64) -> f64 {
    larger(high, previous_close) - smaller(low, previous_close)
}

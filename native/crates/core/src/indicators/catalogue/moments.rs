//! Mean, squared deviations and products of deviations of a window, put together from halves.
//!
//! Two stretches of `a` and `b` bars whose means lie `d` apart have together the squared deviations of both and `d^2 a b / (a + b)`
//! (T. Chan, G. Golub and R. `LeVeque`, 1979). Equal values deviate by exactly nothing, and nothing cancels.

use super::halves::{Halves, Stretch};
use super::wide::Number;

/// Mean and squared deviations of a window.
pub(super) type Moments = Halves<OfOne, 1, 2>;

/// Moments of two columns.
pub(super) type JointMoments = Halves<OfTwo, 2, 5>;

/// Mean and squared deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfOne;

impl Stretch<1, 2> for OfOne {
    #[inline(always)]
    fn of_bar<W: Number<R>, const R: usize>([x]: [W; 1]) -> [W; 2] {
        [x, W::all(0.0)]
    }

    #[inline(always)]
    fn joined<W: Number<R>, const R: usize>(
        older: [W; 2],
        newer: [W; 2],
        weight: f64,
        product: f64,
    ) -> [W; 2] {
        let (weight, product) = (W::all(weight), W::all(product));
        let apart = newer[0] - older[0];
        [apart.mul_add(weight, older[0]), (apart * apart).mul_add(product, older[1] + newer[1])]
    }
}

/// Both means, squared deviations of both, and products of the deviations.
#[derive(Clone, Copy, Debug)]
pub(super) struct OfTwo;

impl Stretch<2, 5> for OfTwo {
    #[inline(always)]
    fn of_bar<W: Number<R>, const R: usize>([x, y]: [W; 2]) -> [W; 5] {
        let nothing = W::all(0.0);
        [x, y, nothing, nothing, nothing]
    }

    #[inline(always)]
    fn joined<W: Number<R>, const R: usize>(
        older: [W; 5],
        newer: [W; 5],
        weight: f64,
        product: f64,
    ) -> [W; 5] {
        let (weight, product) = (W::all(weight), W::all(product));
        let (x, y) = (newer[0] - older[0], newer[1] - older[1]);
        let (x_share, y_share) = (x * product, y * product);
        [
            x.mul_add(weight, older[0]),
            y.mul_add(weight, older[1]),
            x_share.mul_add(x, older[2] + newer[2]),
            y_share.mul_add(y, older[3] + newer[3]),
            x_share.mul_add(y, older[4] + newer[4]),
        ]
    }
}

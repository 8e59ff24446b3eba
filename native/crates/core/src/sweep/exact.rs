//! Prices times ratios on the tick grid, exactly: the event path computes the same in decimals, and one tick of difference
//! would be another trade. Ratios are counted in billionths.

/// One in billionths.
pub(super) const ONE: i64 = 1_000_000_000;

/// Room for the rounding of doubles where a quotient that is a whole number, or money that just suffices, must not be missed.
pub(super) const SLACK: f64 = 1e-12;

/// A ratio in billionths, to the nearest.
pub(super) fn billionths(ratio: f64) -> i64 {
    (ratio * ONE as f64).round() as i64
}

/// `ticks * parts / 10^9`, rounded down to a whole tick.
#[inline]
pub(super) fn scaled_down(ticks: f64, parts: i64) -> f64 {
    scaled(ticks, parts, false)
}

/// `ticks * parts / 10^9`, rounded up to a whole tick.
#[inline]
pub(super) fn scaled_up(ticks: f64, parts: i64) -> f64 {
    scaled(ticks, parts, true)
}

#[inline]
fn scaled(ticks: f64, parts: i64, up: bool) -> f64 {
    // A double decides unless it lies so near a whole tick that its rounding error could.
    let guess = ticks * (parts as f64 / ONE as f64);
    let nearest = guess.round();
    if (guess - nearest).abs() > guess.abs() * 1e-15 + 1e-9 {
        return if up { guess.ceil() } else { guess.floor() };
    }
    scaled_exact(ticks, parts, up)
}

#[cold]
fn scaled_exact(ticks: f64, parts: i64, up: bool) -> f64 {
    let product = i128::from(ticks as i64) * i128::from(parts);
    let one = i128::from(ONE);
    let down = product.div_euclid(one);
    let whole = if up && product.rem_euclid(one) != 0 { down + 1 } else { down };
    whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn worked_by_hand() {
        // 10,000 * 1.0005 = 10,005 exactly; 10,001 * 1.0005 = 10,006.0005.
        let buys = ONE + billionths(0.0005);
        assert_eq!(scaled_up(10_000.0, buys), 10_005.0);
        assert_eq!(scaled_up(10_001.0, buys), 10_007.0);
        assert_eq!(scaled_down(10_001.0, ONE - billionths(0.02)), 9_800.0);
        assert_eq!(scaled_down(100.0, ONE + billionths(0.07)), 107.0);
    }

    proptest! {
        #[test]
        fn the_quick_way_is_the_exact_way(ticks in 1_i64..(1 << 42), ratio in 0_i64..(2 * ONE)) {
            for up in [false, true] {
                prop_assert_eq!(scaled(ticks as f64, ratio, up), scaled_exact(ticks as f64, ratio, up));
            }
        }
    }
}

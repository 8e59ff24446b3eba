//! Bitmaps of candles: bit `i % 64` of word `i / 64` belongs to candle `i`. Bits past the last candle are zero.

/// Words for so many candles.
pub(super) fn words(rows: usize) -> usize {
    rows.div_ceil(64)
}

/// The first set bit at or after `from`.
#[inline]
pub(super) fn next_set(bits: &[u64], from: usize) -> Option<usize> {
    let first = from / 64;
    let mut word = bits.get(first)? & (!0 << (from % 64));
    let mut at = first;
    loop {
        if word != 0 {
            return Some(at * 64 + word.trailing_zeros() as usize);
        }
        at += 1;
        word = *bits.get(at)?;
    }
}

/// Whether a bit is set.
#[inline]
pub(super) fn is_set(bits: &[u64], row: usize) -> bool {
    bits.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
}

/// Clears all bits before `from` and those past `rows`.
pub(super) fn keep_rows(bits: &mut [u64], from: usize, rows: usize) {
    let first = (from / 64).min(bits.len());
    bits[..first].fill(0);
    if let Some(word) = bits.get_mut(first)
        && !from.is_multiple_of(64)
    {
        *word &= !0 << (from % 64);
    }
    if !rows.is_multiple_of(64)
        && let Some(word) = bits.get_mut(rows / 64)
    {
        *word &= !(!0 << (rows % 64));
    }
}

/// A side of a comparison: a column or one number for all candles.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operand<'a> {
    Column(&'a [f64]),
    Constant(f64),
}

/// Where left is greater and where it is less; neither where they are equal or one is NaN.
pub(super) fn order(left: Operand, right: Operand, rows: usize, greater: &mut [u64], less: &mut [u64]) {
    match (left, right) {
        (Operand::Column(left), Operand::Column(right)) => order_columns(left, right, greater, less),
        (Operand::Column(left), Operand::Constant(right)) => order_constant(left, right, greater, less),
        (Operand::Constant(left), Operand::Column(right)) => order_constant(right, left, less, greater),
        (Operand::Constant(left), Operand::Constant(right)) => {
            greater.fill(if left > right { !0 } else { 0 });
            less.fill(if left < right { !0 } else { 0 });
            keep_rows(greater, 0, rows);
            keep_rows(less, 0, rows);
        }
    }
}

/// Packs 64 yes-or-no bytes (1 or 0) into a word, the first into the lowest bit.
#[inline(always)]
fn pack(flags: &[u8; 64]) -> u64 {
    let mut word = 0;
    for (index, eight) in flags.as_chunks::<8>().0.iter().enumerate() {
        // Each byte's lowest bit is moved to its place in the highest byte of the product.
        let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word |= bits << (8 * index);
    }
    word
}

fn order_tail(left: &[f64], right: impl Fn(usize) -> f64) -> (u64, u64) {
    let (mut greater, mut less) = (0, 0);
    for (index, &value) in left.iter().enumerate() {
        let other = right(index);
        greater |= u64::from(value > other) << index;
        less |= u64::from(value < other) << index;
    }
    (greater, less)
}

fn order_columns(left: &[f64], right: &[f64], greater: &mut [u64], less: &mut [u64]) {
    let (left_blocks, left_rest) = left.as_chunks::<64>();
    let (right_blocks, right_rest) = right.as_chunks::<64>();
    #[cfg(target_arch = "x86_64")]
    let done = wide::order_columns(left_blocks, right_blocks, greater, less);
    #[cfg(not(target_arch = "x86_64"))]
    let done = false;
    if !done {
        for (word, (left, right)) in left_blocks.iter().zip(right_blocks).enumerate() {
            let (mut more, mut fewer) = ([0; 64], [0; 64]);
            for index in 0..64 {
                more[index] = u8::from(left[index] > right[index]);
                fewer[index] = u8::from(left[index] < right[index]);
            }
            greater[word] = pack(&more);
            less[word] = pack(&fewer);
        }
    }
    if !left_rest.is_empty() {
        let word = left_blocks.len();
        (greater[word], less[word]) = order_tail(left_rest, |index| right_rest[index]);
    }
}

fn order_constant(left: &[f64], right: f64, greater: &mut [u64], less: &mut [u64]) {
    let (blocks, rest) = left.as_chunks::<64>();
    for (word, block) in blocks.iter().enumerate() {
        let (mut more, mut fewer) = ([0; 64], [0; 64]);
        for index in 0..64 {
            more[index] = u8::from(block[index] > right);
            fewer[index] = u8::from(block[index] < right);
        }
        greater[word] = pack(&more);
        less[word] = pack(&fewer);
    }
    if !rest.is_empty() {
        let word = blocks.len();
        (greater[word], less[word]) = order_tail(rest, |_| right);
    }
}

/// Four comparisons an instruction, where the processor has AVX.
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod wide {
    use std::arch::x86_64::{_CMP_GT_OQ, _CMP_LT_OQ, _mm256_cmp_pd, _mm256_loadu_pd, _mm256_movemask_pd};

    /// Fills the words of whole blocks; false when this processor cannot.
    pub(super) fn order_columns(
        left: &[[f64; 64]],
        right: &[[f64; 64]],
        greater: &mut [u64],
        less: &mut [u64],
    ) -> bool {
        if !crate::cpu::has_avx2_fma() {
            return false;
        }
        // SAFETY: the processor has just been found to have AVX2.
        unsafe { order_blocks(left, right, greater, less) };
        true
    }

    #[target_feature(enable = "avx2")]
    fn order_blocks(left: &[[f64; 64]], right: &[[f64; 64]], greater: &mut [u64], less: &mut [u64]) {
        for (((left, right), greater), less) in left.iter().zip(right).zip(greater).zip(less) {
            let (mut more, mut fewer) = (0_u64, 0_u64);
            for four in 0..16 {
                // SAFETY: `4 * four + 3` is at most 63.
                let (a, b) = unsafe {
                    (
                        _mm256_loadu_pd(left.as_ptr().add(4 * four)),
                        _mm256_loadu_pd(right.as_ptr().add(4 * four)),
                    )
                };
                more |= (_mm256_movemask_pd(_mm256_cmp_pd::<_CMP_GT_OQ>(a, b)) as u64) << (4 * four);
                fewer |= (_mm256_movemask_pd(_mm256_cmp_pd::<_CMP_LT_OQ>(a, b)) as u64) << (4 * four);
            }
            *greater = more;
            *less = fewer;
        }
    }
}

/// Where left came to be above right, and below: it is on the other side than on the last candle on which the two
/// differed. `known` has the candles on which both are numbers; any other forgets the side.
pub(super) fn crossings(
    greater: &[u64],
    less: &[u64],
    known: impl Fn(usize) -> u64,
    above: &mut [u64],
    below: &mut [u64],
) {
    // 1: left was on top; -1: right was; 0: not known.
    let mut side = 0_i8;
    for (word, (&more, &fewer)) in greater.iter().zip(less).enumerate() {
        let known = known(word);
        if more | fewer == !0 && known == !0 {
            let was_above = more << 1 | u64::from(side == 1);
            let was_below = fewer << 1 | u64::from(side == -1);
            above[word] = more & was_below;
            below[word] = fewer & was_above;
            side = if more >> 63 == 1 { 1 } else { -1 };
            continue;
        }
        let (mut up, mut down) = (0, 0);
        for bit in 0..64 {
            if known >> bit & 1 == 0 {
                side = 0;
            } else if more >> bit & 1 == 1 {
                up |= u64::from(side == -1) << bit;
                side = 1;
            } else if fewer >> bit & 1 == 1 {
                down |= u64::from(side == 1) << bit;
                side = -1;
            }
        }
        above[word] = up;
        below[word] = down;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn finds_bits() {
        let bits = [0, 1 << 5 | 1 << 63, 0, 1];
        assert_eq!(next_set(&bits, 0), Some(69));
        assert_eq!(next_set(&bits, 70), Some(127));
        assert_eq!(next_set(&bits, 128), Some(192));
        assert_eq!(next_set(&bits, 193), None);
        assert!(is_set(&bits, 69) && !is_set(&bits, 68) && !is_set(&bits, 5000));
        let mut bits = [!0; 3];
        keep_rows(&mut bits, 66, 130);
        assert_eq!(bits, [0, !0b11, 0b11]);
    }

    proptest! {
        #[test]
        fn order_is_that_of_single_numbers(
            pairs in prop::collection::vec((0_u8..5, 0_u8..5), 1..300),
            constant in 0_u8..5,
        ) {
            let number = |code: u8| if code == 4 { f64::NAN } else { f64::from(code) };
            let left: Vec<f64> = pairs.iter().map(|pair| number(pair.0)).collect();
            let right: Vec<f64> = pairs.iter().map(|pair| number(pair.1)).collect();
            let mut found = [vec![0; words(left.len())], vec![0; words(left.len())]];
            let [greater, less] = &mut found;
            order(Operand::Column(&left), Operand::Column(&right), left.len(), greater, less);
            for row in 0..left.len() {
                prop_assert_eq!(is_set(greater, row), left[row] > right[row]);
                prop_assert_eq!(is_set(less, row), left[row] < right[row]);
            }
            let fixed = number(constant);
            order(Operand::Constant(fixed), Operand::Column(&right), left.len(), greater, less);
            for row in 0..left.len() {
                prop_assert_eq!(is_set(greater, row), fixed > right[row]);
                prop_assert_eq!(is_set(less, row), fixed < right[row]);
            }
        }

        #[test]
        fn crossings_are_those_of_a_walk(codes in prop::collection::vec(0_u8..9, 1..400)) {
            // 0: unknown, 1: equal, 2 to 5: above, else below.
            let rows = codes.len();
            let mut maps = [vec![0; words(rows)], vec![0; words(rows)], vec![0; words(rows)]];
            for (row, &code) in codes.iter().enumerate() {
                let bit = 1 << (row % 64);
                if code != 0 { maps[2][row / 64] |= bit; }
                if (2..=5).contains(&code) { maps[0][row / 64] |= bit; }
                if code > 5 { maps[1][row / 64] |= bit; }
            }
            let (mut above, mut below) = (vec![0; words(rows)], vec![0; words(rows)]);
            crossings(&maps[0], &maps[1], |word| maps[2][word], &mut above, &mut below);
            let mut side = 0;
            for (row, &code) in codes.iter().enumerate() {
                let now = match code { 0 => None, 1 => Some(0), 2..=5 => Some(1), _ => Some(-1) };
                prop_assert_eq!(is_set(&above, row), now == Some(1) && side == -1, "row {}", row);
                prop_assert_eq!(is_set(&below, row), now == Some(-1) && side == 1, "row {}", row);
                side = match now { None => 0, Some(0) => side, Some(other) => other };
            }
        }
    }
}

//! Tiles of results of several lanes: computed row by row, written lane by lane, a cache line of each lane's column at a time.
//!
//! So few rows that the processor writes a tile while it waits for the recurrences of the next. Each width of instructions has
//! its writer.

use super::block::ROWS_OF_LINE;

/// Parameter sets that are computed at once.
pub(super) const LANES: usize = 8;

/// Rows of a tile: a cache line of each column.
pub(super) const ROWS: usize = ROWS_OF_LINE;

/// A number of each lane.
pub(super) type Wide = [f64; LANES];

/// Writes tiles to columns.
pub(super) trait TileWriter {
    /// Writes a tile to the column of each lane, from a row on.
    fn write(values: &[Wide; ROWS], columns: &mut [&mut [f64]; LANES], row: usize);
}

/// For every processor.
pub(super) enum OneByOne {}

impl TileWriter for OneByOne {
    #[inline(always)]
    fn write(values: &[Wide; ROWS], columns: &mut [&mut [f64]; LANES], row: usize) {
        for (lane, column) in columns.iter_mut().enumerate() {
            for (place, value) in column[row..row + ROWS].iter_mut().zip(values) {
                *place = value[lane];
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use wide::{ByEights, ByFours};

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod wide {
    use super::{LANES, ROWS, TileWriter, Wide};
    use std::arch::x86_64::{
        __m256d, __m512d, _MM_HINT_ET0, _mm_loadu_pd, _mm_prefetch, _mm256_castpd128_pd256,
        _mm256_insertf128_pd, _mm256_storeu_pd, _mm256_unpackhi_pd, _mm256_unpacklo_pd, _mm512_loadu_pd,
        _mm512_shuffle_f64x2, _mm512_storeu_pd, _mm512_unpackhi_pd, _mm512_unpacklo_pd,
    };

    /// The rows of a column that a tile fills.
    #[inline(always)]
    fn place_of(column: &mut [f64], row: usize) -> &mut [f64; ROWS] {
        column[row..].first_chunk_mut().expect("a whole tile is left")
    }

    /// To be used only in functions that are compiled for AVX2 and called where [`crate::cpu::has_avx2_fma`] holds.
    pub(in super::super) enum ByFours {}

    impl TileWriter for ByFours {
        /// Four rows of two lanes at a time.
        #[inline(always)]
        fn write(values: &[Wide; ROWS], columns: &mut [&mut [f64]; LANES], row: usize) {
            let (pairs, _) = columns.as_chunks_mut::<2>();
            for (pair, [left, right]) in pairs.iter_mut().enumerate() {
                let (left, right) = (place_of(left, row), place_of(right, row));
                for at in [0, 4] {
                    // SAFETY: the caller has found the instructions; each row has two lanes from twice the pair on, and each
                    // place has room for four numbers from 0 and from 4 on.
                    unsafe {
                        let even = beside(values, pair, at, at + 2);
                        let odd = beside(values, pair, at + 1, at + 3);
                        let of_left = _mm256_unpacklo_pd(even, odd);
                        let of_right = _mm256_unpackhi_pd(even, odd);
                        let (left, right) = (left.as_mut_ptr().add(at), right.as_mut_ptr().add(at));
                        if at == 0 {
                            ask_for_line(left);
                            ask_for_line(right);
                        }
                        _mm256_storeu_pd(left, of_left);
                        _mm256_storeu_pd(right, of_right);
                    }
                }
            }
        }
    }

    /// Asks for the line of a column some tiles behind a place, to be written: the processor would ask for it only when it writes it.
    #[inline(always)]
    fn ask_for_line(place: *mut f64) {
        const AHEAD: usize = 8 * ROWS;
        // SAFETY: asking for an address does nothing else, wherever it points.
        unsafe { _mm_prefetch::<_MM_HINT_ET0>(place.wrapping_add(AHEAD).cast()) };
    }

    /// Two lanes of one row beside two of another.
    #[inline(always)]
    unsafe fn beside(values: &[Wide; ROWS], pair: usize, row: usize, other: usize) -> __m256d {
        // SAFETY: the caller has found the instructions, and each row has two lanes from twice the pair on.
        unsafe {
            let row = _mm_loadu_pd(values[row].as_ptr().add(2 * pair));
            let other = _mm_loadu_pd(values[other].as_ptr().add(2 * pair));
            _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(row), other)
        }
    }

    /// To be used only in functions that are compiled for AVX-512 and called where [`crate::cpu::has_avx512`] holds.
    pub(in super::super) enum ByEights {}

    impl TileWriter for ByEights {
        /// A whole line at a time.
        #[inline(always)]
        fn write(values: &[Wide; ROWS], columns: &mut [&mut [f64]; LANES], row: usize) {
            // SAFETY: the caller has found the instructions.
            let lanes = unsafe { turned(values) };
            // By index: an iterator would have the lanes in memory.
            for lane in 0..LANES {
                let place = place_of(columns[lane], row).as_mut_ptr();
                ask_for_line(place);
                // SAFETY: the caller has found the instructions, and there is room for eight numbers.
                unsafe { _mm512_storeu_pd(place, lanes[lane]) };
            }
        }
    }

    /// Rows of lanes turned into lanes of rows: pairs of numbers of two rows first, then quarters of registers.
    #[inline(always)]
    unsafe fn turned(values: &[Wide; ROWS]) -> [__m512d; LANES] {
        // SAFETY: the caller has found the instructions, and each row has eight numbers.
        unsafe {
            let mut even = [_mm512_loadu_pd(values[0].as_ptr()); 4];
            let mut odd = even;
            for pair in 0..4 {
                let first = _mm512_loadu_pd(values[2 * pair].as_ptr());
                let second = _mm512_loadu_pd(values[2 * pair + 1].as_ptr());
                even[pair] = _mm512_unpacklo_pd(first, second);
                odd[pair] = _mm512_unpackhi_pd(first, second);
            }
            let ([zero, two, four, six], [one, three, five, seven]) = (quarters(even), quarters(odd));
            [zero, one, two, three, four, five, six, seven]
        }
    }

    /// Gathers the first quarters of four registers, then the second ones, the third and the fourth.
    #[inline(always)]
    unsafe fn quarters([a, b, c, d]: [__m512d; 4]) -> [__m512d; 4] {
        // Quarters 0 and 2 of both registers, or 1 and 3.
        const EVEN: i32 = 0b10_00_10_00;
        const ODD: i32 = 0b11_01_11_01;
        // SAFETY: the caller has found the instructions.
        unsafe {
            let (even, odd) = (_mm512_shuffle_f64x2::<EVEN>(a, b), _mm512_shuffle_f64x2::<ODD>(a, b));
            let (even_after, odd_after) =
                (_mm512_shuffle_f64x2::<EVEN>(c, d), _mm512_shuffle_f64x2::<ODD>(c, d));
            [
                _mm512_shuffle_f64x2::<EVEN>(even, even_after),
                _mm512_shuffle_f64x2::<EVEN>(odd, odd_after),
                _mm512_shuffle_f64x2::<ODD>(even, even_after),
                _mm512_shuffle_f64x2::<ODD>(odd, odd_after),
            ]
        }
    }
}

//! The inner loops of regressions.

use crate::cpu::multiversioned;

const LANES: usize = 16;

multiversioned! {
    /// Sum of products, in lanes that are added at the end: always in the same order.
    pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
        let mut lanes = [0.0f64; LANES];
        let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
        let mut tail = 0.0f64;
        for (x, y) in a_chunks.remainder().iter().zip(b_chunks.remainder()) {
            tail = x.mul_add(*y, tail);
        }
        for (x, y) in a_chunks.zip(b_chunks) {
            for lane in 0..LANES {
                lanes[lane] = x[lane].mul_add(y[lane], lanes[lane]);
            }
        }
        for lane in lanes {
            tail += lane;
        }
        tail
    }
}

multiversioned! {
    /// Sum of the values, each less `offset`; in lanes as [`dot`].
    pub(super) fn sum_less(values: &[f64], offset: f64) -> f64 {
        let mut lanes = [0.0f64; LANES];
        let chunks = values.chunks_exact(LANES);
        let mut tail = 0.0f64;
        for value in chunks.remainder() {
            tail += value - offset;
        }
        for chunk in chunks {
            for lane in 0..LANES {
                lanes[lane] += chunk[lane] - offset;
            }
        }
        for lane in lanes {
            tail += lane;
        }
        tail
    }
}

multiversioned! {
    /// Sum of the squared distances of the values from `centre`; in lanes as [`dot`].
    pub(super) fn squares_around(values: &[f64], centre: f64) -> f64 {
        let mut lanes = [0.0f64; LANES];
        let chunks = values.chunks_exact(LANES);
        let mut tail = 0.0f64;
        for value in chunks.remainder() {
            tail = (value - centre).mul_add(value - centre, tail);
        }
        for chunk in chunks {
            for lane in 0..LANES {
                let distance = chunk[lane] - centre;
                lanes[lane] = distance.mul_add(distance, lanes[lane]);
            }
        }
        for lane in lanes {
            tail += lane;
        }
        tail
    }
}

/// Mean in two passes: the second takes out what rounding left in the first.
pub(super) fn mean(values: &[f64]) -> f64 {
    let rows = values.len() as f64;
    let first = sum_less(values, 0.0) / rows;
    first + sum_less(values, first) / rows
}

multiversioned! {
    /// `target -= factor · direction`.
    pub(super) fn subtract_scaled(target: &mut [f64], factor: f64, direction: &[f64]) {
        for (value, along) in target.iter_mut().zip(direction) {
            *value = along.mul_add(-factor, *value);
        }
    }
}

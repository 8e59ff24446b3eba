//! Which rows of a long column a picture needs.

/// Of each of so many equal stretches the rows of the lowest and the highest value in their order, and both ends: the
/// lowest and highest of all are among them. Rows that are no number are left out; a short column is kept whole.
pub fn extreme_rows(values: &[f64], stretches: usize) -> Vec<u32> {
    let rows = values.len();
    if rows <= stretches * 2 {
        return (0..rows).filter(|&row| values[row].is_finite()).map(|row| row as u32).collect();
    }
    let mut kept = Vec::with_capacity(stretches * 2 + 2);
    let keep = |row: usize, kept: &mut Vec<u32>| {
        if values[row].is_finite() && kept.last() != Some(&(row as u32)) {
            kept.push(row as u32);
        }
    };
    keep(0, &mut kept);
    for stretch in 0..stretches {
        let (from, to) = (stretch * rows / stretches, (stretch + 1) * rows / stretches);
        let (mut low, mut high) = (from, from);
        for row in from..to {
            let value = values[row];
            // A first value that is no number gives way to any that is one.
            if value < values[low] || values[low].is_nan() {
                low = row;
            }
            if value > values[high] || values[high].is_nan() {
                high = row;
            }
        }
        keep(low.min(high), &mut kept);
        keep(low.max(high), &mut kept);
    }
    keep(rows - 1, &mut kept);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_ends_and_extremes_in_order() {
        let values = [5.0, 1.0, 9.0, 4.0, 4.0, 4.0, 7.0, 2.0, 3.0, 6.0];
        // Stretches of five: rows 1 and 2, then 7 and 6; the last row.
        assert_eq!(extreme_rows(&values, 2), [0, 1, 2, 6, 7, 9]);
        assert_eq!(extreme_rows(&values, 5).len(), 10);
        assert_eq!(extreme_rows(&[], 5), [0_u32; 0]);
    }

    #[test]
    fn leaves_out_what_is_no_number() {
        let mut values = vec![f64::NAN; 10];
        values[7] = 3.0;
        values[8] = 4.0;
        assert_eq!(extreme_rows(&values, 2), [7, 8]);
        assert_eq!(extreme_rows(&values, 50), [7, 8]);
    }
}

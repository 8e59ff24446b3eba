//! Small symmetric matrices, row by row in one slice.

/// Lower triangle L with A = L L'; `None` where the matrix is not positive definite to working precision.
pub(crate) fn cholesky(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut lower = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let sum: f64 = (0..column).map(|k| lower[row * size + k] * lower[column * size + k]).sum();
            let rest = matrix[row * size + column] - sum;
            if row == column {
                if rest.is_nan() || rest <= 1e-14 * matrix[row * size + row] {
                    return None;
                }
                lower[row * size + row] = rest.sqrt();
            } else {
                lower[row * size + column] = rest / lower[column * size + column];
            }
        }
    }
    Some(lower)
}

/// Solves L x = b.
pub(crate) fn solve_lower(lower: &[f64], size: usize, b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for row in 0..size {
        let sum: f64 = (0..row).map(|k| lower[row * size + k] * x[k]).sum();
        x[row] = (x[row] - sum) / lower[row * size + row];
    }
    x
}

/// Solves L' x = b.
pub(crate) fn solve_upper(lower: &[f64], size: usize, b: &[f64]) -> Vec<f64> {
    let mut x = b.to_vec();
    for row in (0..size).rev() {
        let sum: f64 = (row + 1..size).map(|k| lower[k * size + row] * x[k]).sum();
        x[row] = (x[row] - sum) / lower[row * size + row];
    }
    x
}

/// Eigenvalues, largest first, and their vectors of length 1, by Jacobi rotations.
pub(crate) fn eigenvalues(mut matrix: Vec<f64>, size: usize) -> (Vec<f64>, Vec<Vec<f64>>) {
    let mut vectors = vec![0.0; size * size];
    for index in 0..size {
        vectors[index * size + index] = 1.0;
    }
    // Each sweep squares what is left beside the diagonal; a matrix this small is done after six or seven.
    for _ in 0..60 {
        let beside: f64 =
            (0..size * size).filter(|at| at / size != at % size).map(|at| matrix[at].abs()).sum();
        let along: f64 = (0..size).map(|index| matrix[index * size + index].abs()).sum();
        if beside <= 1e-18 * along {
            break;
        }
        for p in 0..size {
            for q in p + 1..size {
                rotate(&mut matrix, &mut vectors, size, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|a, b| matrix[b * size + b].total_cmp(&matrix[a * size + a]));
    let values = order.iter().map(|index| matrix[index * size + index]).collect();
    let of = |index: &usize| (0..size).map(|row| vectors[row * size + index]).collect();
    (values, order.iter().map(of).collect())
}

fn rotate(matrix: &mut [f64], vectors: &mut [f64], size: usize, p: usize, q: usize) {
    let off = matrix[p * size + q];
    if off == 0.0 {
        return;
    }
    let theta = (matrix[q * size + q] - matrix[p * size + p]) / (2.0 * off);
    let tangent = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    let sine = tangent * cosine;
    for k in 0..size {
        let (a, b) = (matrix[k * size + p], matrix[k * size + q]);
        matrix[k * size + p] = cosine * a - sine * b;
        matrix[k * size + q] = sine * a + cosine * b;
    }
    for k in 0..size {
        let (a, b) = (matrix[p * size + k], matrix[q * size + k]);
        matrix[p * size + k] = cosine * a - sine * b;
        matrix[q * size + k] = sine * a + cosine * b;
        let (a, b) = (vectors[k * size + p], vectors[k * size + q]);
        vectors[k * size + p] = cosine * a - sine * b;
        vectors[k * size + q] = sine * a + cosine * b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_by_hand() {
        // (2 1; 1 2): 3 along (1, 1), 1 along (1, -1).
        let (values, vectors) = eigenvalues(vec![2.0, 1.0, 1.0, 2.0], 2);
        assert!((values[0] - 3.0).abs() < 1e-15 && (values[1] - 1.0).abs() < 1e-15);
        assert!((vectors[0][0] - vectors[0][1]).abs() < 1e-15);
        // (4 2; 2 5) = (2 0; 1 2)(2 1; 0 2).
        let lower = cholesky(&[4.0, 2.0, 2.0, 5.0], 2).unwrap();
        assert_eq!(lower, [2.0, 0.0, 1.0, 2.0]);
        assert_eq!(solve_lower(&lower, 2, &[2.0, 5.0]), [1.0, 2.0]);
        assert_eq!(solve_upper(&lower, 2, &[4.0, 4.0]), [1.0, 2.0]);
        assert!(cholesky(&[1.0, 1.0, 1.0, 1.0], 2).is_none());
    }
}

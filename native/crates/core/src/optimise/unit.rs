//! The space as a cube from 0 to 1 in each dimension, for methods that measure distances.

use super::{Dimension, Space};

/// Whether a dimension has an order: distances mean something.
pub(super) fn is_ordered(dimension: &Dimension) -> bool {
    !matches!(dimension, Dimension::Categorical { .. })
}

/// Where a value lies between the inner bounds of its dimension.
pub(super) fn unit_of(dimension: &Dimension, value: f64) -> f64 {
    let (low, high) = dimension.inner_bounds();
    if low == high { 0.5 } else { ((dimension.inner_of(value) - low) / (high - low)).clamp(0.0, 1.0) }
}

/// The allowed value nearest to a place between the inner bounds.
pub(super) fn value_of_unit(dimension: &Dimension, unit: f64) -> f64 {
    let (low, high) = dimension.inner_bounds();
    dimension.value_of(low + (high - low) * unit)
}

impl Space {
    /// A point as places in the cube.
    pub(super) fn units(&self, values: &[f64]) -> Vec<f64> {
        self.dimensions().iter().zip(values).map(|(dimension, value)| unit_of(dimension, *value)).collect()
    }
}

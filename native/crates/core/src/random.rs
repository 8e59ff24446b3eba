//! Seeded randomness that does not depend on who asks first: the number drawn at a place (`seed`, `stream`, `index`)
//! is a pure function of the three, so that work split over any number of threads gives the same result.

/// Weyl increment of `SplitMix64` (Steele, Lea, Flood 2014): 2^64 / golden ratio, odd.
const INCREMENT: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output mix of `SplitMix64` (variant 13 of Stafford).
#[inline(always)]
pub(crate) fn mix(mut value: u64) -> u64 {
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// A stream of random numbers: `SplitMix64` started at a place that belongs to a seed and a stream number.
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// The stream `stream` of a seed. Streams of one seed are independent for all practical purposes.
    #[inline]
    pub fn new(seed: u64, stream: u64) -> Self {
        Self { state: mix(seed.wrapping_add(INCREMENT)) ^ mix(mix(stream.wrapping_add(INCREMENT))) }
    }

    /// 64 random bits.
    #[inline(always)]
    pub fn next_bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(INCREMENT);
        mix(self.state)
    }

    /// A number in [0, 1), one of 2^53 equally likely ones.
    #[inline(always)]
    pub fn uniform(&mut self) -> f64 {
        (self.next_bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A whole number in 0..`bound`, without a loop; the bias is below `bound` / 2^64 (Lemire 2019).
    #[inline(always)]
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_bits()) * u128::from(bound)) >> 64) as u64
    }

    /// A standard normal number (polar method of Marsaglia; the second of each pair is not kept).
    pub fn normal(&mut self) -> f64 {
        loop {
            let x = 2.0 * self.uniform() - 1.0;
            let y = 2.0 * self.uniform() - 1.0;
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_places_give_equal_numbers_and_others_do_not() {
        let mut one = Random::new(7, 3);
        let mut same = Random::new(7, 3);
        let mut other = Random::new(7, 4);
        let first: Vec<u64> = (0..8).map(|_| one.next_bits()).collect();
        assert_eq!(first, (0..8).map(|_| same.next_bits()).collect::<Vec<_>>());
        assert_ne!(first, (0..8).map(|_| other.next_bits()).collect::<Vec<_>>());
    }

    #[test]
    fn mix_is_splitmix64() {
        // First outputs of the reference implementation with state 1234567.
        let mut random = Random { state: 1_234_567 };
        let expected = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        for value in expected {
            assert_eq!(random.next_bits(), value);
        }
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let mut random = Random::new(1, 1);
        let count = 200_000;
        let uniform = (0..count).map(|_| random.uniform()).sum::<f64>() / f64::from(count);
        assert!((uniform - 0.5).abs() < 0.003, "{uniform}");
        let normals: Vec<f64> = (0..count).map(|_| random.normal()).collect();
        let mean = normals.iter().sum::<f64>() / f64::from(count);
        let variance = normals.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / f64::from(count);
        assert!(mean.abs() < 0.01, "{mean}");
        assert!((variance - 1.0).abs() < 0.02, "{variance}");
        assert!((0..1000).all(|_| random.below(7) < 7));
    }
}

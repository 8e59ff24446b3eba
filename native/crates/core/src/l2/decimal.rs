//! Exact decimals: prices and sizes as they are written, ticks and lots.

/// The distance between two prices (tick) or sizes (lot): `mantissa / 10^decimals`, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The digits, above zero.
    pub mantissa: i64,
    /// How many of them stand behind the point.
    pub decimals: u32,
}

/// Most digits behind the point that are read; more would not fit 64 bits with any digit in front.
pub(super) const DECIMALS_MAX: u32 = 18;

impl Step {
    /// Reads a step such as `0.001`.
    ///
    /// # Errors
    /// A sentence on what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (mantissa, decimals) = parse_decimal(text.as_bytes())?;
        if mantissa <= 0 {
            return Err(format!("a step must be above zero, got {text}"));
        }
        Ok(Step { mantissa, decimals })
    }

    /// The step as a number.
    pub fn value(self) -> f64 {
        self.mantissa as f64 / power_of_ten(self.decimals) as f64
    }

    /// `count` steps as a number: the double nearest to the exact value.
    pub fn times(self, count: i64) -> f64 {
        (i128::from(count) * i128::from(self.mantissa)) as f64 / power_of_ten(self.decimals) as f64
    }

    /// `count` products of a tick and a lot as a number.
    pub fn product_times(self, other: Step, count: i128) -> f64 {
        let scale = power_of_ten(self.decimals) as f64 * power_of_ten(other.decimals) as f64;
        (count * i128::from(self.mantissa) * i128::from(other.mantissa)) as f64 / scale
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = power_of_ten(self.decimals);
        write!(formatter, "{}", self.mantissa / unit)?;
        if self.decimals == 0 {
            return Ok(());
        }
        write!(formatter, ".{:0width$}", self.mantissa % unit, width = self.decimals as usize)
    }
}

/// Ten to the power of up to 18.
pub(super) fn power_of_ten(exponent: u32) -> i64 {
    10_i64.pow(exponent)
}

/// Greatest common divisor; of zero and a number the number.
pub(super) fn gcd(mut a: i64, mut b: i64) -> i64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs()
}

/// Reads a decimal number, exponent allowed, as digits and how many of them stand behind the point; zeros at the end
/// behind the point are dropped.
pub(super) fn parse_decimal(text: &[u8]) -> Result<(i64, u32), String> {
    let refused = || format!("\"{}\" is not a number", String::from_utf8_lossy(&text[..text.len().min(40)]));
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let (digits, exponent) = match digits.iter().position(|&byte| byte == b'e' || byte == b'E') {
        None => (digits, 0_i32),
        Some(at) => {
            let exponent = std::str::from_utf8(&digits[at + 1..]).map_err(|_| refused())?;
            (&digits[..at], exponent.parse().map_err(|_| refused())?)
        }
    };
    let mut mantissa = 0_i64;
    let mut decimals = 0_i32;
    let mut zeros = 0;
    let mut seen_digit = false;
    let mut seen_point = false;
    let shift = |mantissa: &mut i64, digit: i64, times: i32| -> Option<()> {
        for _ in 0..times {
            *mantissa = mantissa.checked_mul(10)?;
        }
        *mantissa = mantissa.checked_mul(10)?.checked_add(digit)?;
        Some(())
    };
    for &byte in digits {
        match byte {
            b'.' if !seen_point => seen_point = true,
            // Zeros behind the point count only when another digit follows.
            b'0' if seen_point => {
                seen_digit = true;
                zeros += 1;
            }
            b'0'..=b'9' => {
                seen_digit = true;
                shift(&mut mantissa, i64::from(byte - b'0'), zeros).ok_or_else(refused)?;
                if seen_point {
                    decimals += zeros + 1;
                    zeros = 0;
                }
            }
            _ => return Err(refused()),
        }
    }
    if !seen_digit || digits.last() == Some(&b'.') {
        return Err(refused());
    }
    decimals = decimals.saturating_sub(exponent);
    if mantissa == 0 {
        decimals = 0;
    }
    while decimals < 0 {
        mantissa = mantissa.checked_mul(10).ok_or_else(refused)?;
        decimals += 1;
    }
    while decimals > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        decimals -= 1;
    }
    if decimals > DECIMALS_MAX as i32 {
        return Err(refused());
    }
    Ok((if negative { -mantissa } else { mantissa }, decimals as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_every_digit() {
        for (text, expected) in [
            ("61493.90", (614_939, 1)),
            ("0.00141342", (141_342, 8)),
            ("0.00000000", (0, 0)),
            ("1000", (1000, 0)),
            ("1.5e-05", (15, 6)),
            ("2E3", (2000, 0)),
            ("10.010", (1001, 2)),
            ("-3.5", (-35, 1)),
        ] {
            assert_eq!(parse_decimal(text.as_bytes()), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", ".", "NaN", "inf", "1.2.3", "1,5", " 1", "1.", "--1", "1e", "99999999999999999999"] {
            assert!(parse_decimal(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn steps_multiply_exactly() {
        let tick = Step::parse("0.1").unwrap();
        let lot = Step::parse("0.001").unwrap();
        assert_eq!(tick.times(617_001), 61_700.1);
        assert_eq!(lot.times(121_880), 121.88);
        assert_eq!(tick.product_times(lot, -8_277_300), -827.73);
        assert_eq!(format!("{tick} {lot} {}", Step { mantissa: 25, decimals: 1 }), "0.1 0.001 2.5");
        assert!(Step::parse("0").is_err() && Step::parse("-1").is_err());
    }
}

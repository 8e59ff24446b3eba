//! Decimal numbers as CSV files write them, to the nearest double.

/// Whole numbers up to here, and these powers of ten, are exact doubles: one division of them is rounded once, so it is
/// the nearest double (W. D. Clinger, "How to read floating point numbers accurately", 1990).
const EXACT_WHOLE: u64 = 1 << 53;
const POWERS: [f64; 23] = [
    1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
/// Digits that fit a u64 whatever they are.
const DIGITS_MAX: usize = 19;

/// A plain decimal at the beginning of `bytes`, with the number of bytes it takes. None for everything that is not
/// digits with at most one point, and for numbers too long for the quick way.
#[inline(always)]
pub(super) fn plain_decimal(bytes: &[u8]) -> Option<(f64, usize)> {
    let mut mantissa: u64 = 0;
    let mut at = 0;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10) {
        mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    let whole_digits = at;
    let mut decimals = 0;
    if whole_digits > 0 && bytes.get(at) == Some(&b'.') {
        at += 1;
        while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10)
        {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            at += 1;
        }
        decimals = at - whole_digits - 1;
    }
    if whole_digits == 0 || whole_digits + decimals > DIGITS_MAX || mantissa > EXACT_WHOLE {
        return None;
    }
    Some((mantissa as f64 / POWERS[decimals], at))
}

/// A number in any form that files have: sign, point, exponent. None when it is none; infinite beyond the range of doubles.
#[cold]
pub(super) fn any_decimal(cell: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(cell).ok()?;
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    // The words that Rust reads as numbers (nan, inf) begin with a letter.
    let begins_well = unsigned.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || byte == b'.');
    if !begins_well || text.len() > 100 { None } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_and_general_agree_with_the_standard_library() {
        for text in [
            "0",
            "1",
            "16537.5",
            "844.251",
            "0.00001234",
            "9007199254740992",
            "123456789.123456",
            "0.1",
            "0.3",
            "99999.99999",
            "7.",
            "1704067200000",
            "3.14159265358979",
        ] {
            let (quick, bytes) = plain_decimal(text.as_bytes()).expect(text);
            assert_eq!(
                (quick.to_bits(), bytes),
                (text.parse::<f64>().expect(text).to_bits(), text.len()),
                "{text}"
            );
            assert_eq!(any_decimal(text.as_bytes()).map(f64::to_bits), Some(quick.to_bits()), "{text}");
        }
        assert_eq!(plain_decimal(b"9007199254740993"), None);
        assert_eq!(plain_decimal(b"0.12345678901234567890"), None);
        assert_eq!(any_decimal(b"-1.5e-3"), Some(-0.0015));
        assert_eq!(any_decimal(b".5"), Some(0.5));
        for not in ["", "NaN", "inf", "-Infinity", "1,5", "0x10", "abc", "1 000", "e5", "--1"] {
            assert_eq!(any_decimal(not.as_bytes()), None, "{not}");
        }
    }
}

//! Times of data files in any of their usual forms, to milliseconds since 1970.

/// How a file writes its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds since 1970, with or without a fraction.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
    /// Microseconds since 1970.
    Microseconds,
    /// Nanoseconds since 1970.
    Nanoseconds,
    /// `2024-01-31T00:00:00Z`, `2024-01-31 00:00`, `2024.01.31 00:00`; UTC when no zone is named.
    Iso,
}

impl TimeUnit {
    /// The unit by its short name: s, ms, us, ns, iso.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "s" => TimeUnit::Seconds,
            "ms" => TimeUnit::Milliseconds,
            "us" => TimeUnit::Microseconds,
            "ns" => TimeUnit::Nanoseconds,
            "iso" => TimeUnit::Iso,
            _ => return None,
        })
    }

    /// Tells the unit by the number of digits before the point.
    pub(super) fn detect(cell: &[u8]) -> Option<Self> {
        let digits = cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = &cell[digits..];
        let is_number = rest.is_empty() || (rest[0] == b'.' && rest[1..].iter().all(u8::is_ascii_digit));
        if is_number && digits > 4 {
            return match digits {
                9 | 10 => Some(TimeUnit::Seconds),
                12 | 13 => Some(TimeUnit::Milliseconds),
                15 | 16 => Some(TimeUnit::Microseconds),
                18 | 19 => Some(TimeUnit::Nanoseconds),
                _ => None,
            };
        }
        parse_iso(cell).map(|_| TimeUnit::Iso)
    }

    /// Milliseconds since 1970 of a time in this unit. Finer times are cut to whole milliseconds, seconds are rounded.
    pub(super) fn parse(self, cell: &[u8]) -> Option<f64> {
        let whole_digits = cell.iter().take_while(|byte| byte.is_ascii_digit()).count();
        match self {
            TimeUnit::Iso => return parse_iso(cell),
            TimeUnit::Seconds => {
                if whole_digits == 0 || whole_digits > 12 {
                    return None;
                }
                let seconds: f64 = super::number::any_decimal(cell).filter(|_| is_decimal(cell))?;
                return Some((seconds * 1000.0).round());
            }
            _ => {}
        }
        let fraction = &cell[whole_digits..];
        let is_whole =
            fraction.is_empty() || (fraction[0] == b'.' && fraction[1..].iter().all(|&byte| byte == b'0'));
        if !is_whole || whole_digits == 0 || whole_digits > 19 {
            return None;
        }
        let mut value: u64 = 0;
        for &digit in &cell[..whole_digits] {
            value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        }
        Some(self.to_ms(value) as f64)
    }

    /// Milliseconds of a whole number of units.
    #[inline]
    pub(super) fn to_ms(self, value: u64) -> u64 {
        match self {
            TimeUnit::Seconds => value.saturating_mul(1000),
            TimeUnit::Milliseconds | TimeUnit::Iso => value,
            TimeUnit::Microseconds => value / 1000,
            TimeUnit::Nanoseconds => value / 1_000_000,
        }
    }
}

fn is_decimal(cell: &[u8]) -> bool {
    cell.iter().all(|&byte| byte.is_ascii_digit() || byte == b'.')
}

/// ISO 8601 as files write it.
fn parse_iso(cell: &[u8]) -> Option<f64> {
    let (mut date, rest) = cell.split_at_checked(10)?;
    let dotted: Vec<u8>;
    if date[4] == b'.' && date[7] == b'.' {
        dotted = date.iter().map(|&byte| if byte == b'.' { b'-' } else { byte }).collect();
        date = &dotted;
    }
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..10])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    let mut ms = days_from_civil(year, month, day) * 86_400_000;
    if rest.is_empty() {
        return Some(ms as f64);
    }
    if rest[0] != b' ' && rest[0] != b'T' {
        return None;
    }
    let rest = &rest[1..];
    let zone_at =
        rest.iter().position(|&byte| byte == b'Z' || byte == b'+' || byte == b'-').unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone_at);
    let mut parts = clock.splitn(3, |&byte| byte == b':');
    let two = |part: Option<&[u8]>, below: i64| {
        part.filter(|part| part.len() == 2).and_then(number).filter(|&value| value < below)
    };
    ms += two(parts.next(), 24)? * 3_600_000 + two(parts.next(), 60)? * 60_000;
    if let Some(seconds) = parts.next() {
        let (whole, fraction) = seconds.split_at_checked(2)?;
        ms += two(Some(whole), 60)? * 1000;
        if !fraction.is_empty() {
            let digits = fraction.strip_prefix(b".").filter(|digits| (1..=9).contains(&digits.len()))?;
            let mut padded = [b'0'; 3];
            let kept = digits.len().min(3);
            padded[..kept].copy_from_slice(&digits[..kept]);
            number(digits)?;
            ms += number(&padded)?;
        }
    }
    Some((ms - zone_ms(zone)?) as f64)
}

/// How far a zone is ahead of UTC: `Z`, `+01:00`, `-0530`; none is UTC.
fn zone_ms(zone: &[u8]) -> Option<i64> {
    if zone.is_empty() || zone == b"Z" {
        return Some(0);
    }
    let digits: Vec<u8> = zone[1..].iter().copied().filter(|&byte| byte != b':').collect();
    if digits.len() != 4 {
        return None;
    }
    let ahead = number(&digits[..2])? * 3_600_000 + number(&digits[2..])? * 60_000;
    match zone[0] {
        b'+' => Some(ahead),
        b'-' => Some(-ahead),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits
        .iter()
        .try_fold(0_i64, |value, &byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar: years begin in March, so that a leap day is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let days_before_month = (153 * month + 2) / 5;
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    365 * year + leap_days + days_before_month + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_moment() {
        // 1704164645 is 2024-01-02T03:04:05Z (date -u -d @1704164645).
        let cases: [(&str, TimeUnit, f64); 12] = [
            ("1704164645", TimeUnit::Seconds, 1_704_164_645_000.0),
            ("1704164645.25", TimeUnit::Seconds, 1_704_164_645_250.0),
            ("1704164645000", TimeUnit::Milliseconds, 1_704_164_645_000.0),
            ("1704164645000.0", TimeUnit::Milliseconds, 1_704_164_645_000.0),
            ("1704164645000999", TimeUnit::Microseconds, 1_704_164_645_000.0),
            ("1704164645000999999", TimeUnit::Nanoseconds, 1_704_164_645_000.0),
            ("2024-01-02T03:04:05Z", TimeUnit::Iso, 1_704_164_645_000.0),
            ("2024-01-02 03:04:05.25", TimeUnit::Iso, 1_704_164_645_250.0),
            ("2024-01-02 04:04:05+01:00", TimeUnit::Iso, 1_704_164_645_000.0),
            ("2024-01-01T21:34:05-0530", TimeUnit::Iso, 1_704_164_645_000.0),
            ("2024.01.02 03:04", TimeUnit::Iso, 1_704_164_640_000.0),
            ("2024-02-29", TimeUnit::Iso, 1_709_164_800_000.0),
        ];
        for (text, unit, expected) in cases {
            assert_eq!(TimeUnit::detect(text.as_bytes()), Some(unit), "{text}");
            assert_eq!(unit.parse(text.as_bytes()), Some(expected), "{text}");
        }
        for not in
            ["", "yesterday", "2023-02-29", "2024-13-01", "2024-01-02T25:00", "123", "2024-01-02T03:04:05+1"]
        {
            assert_eq!(TimeUnit::detect(not.as_bytes()), None, "{not}");
        }
    }
}

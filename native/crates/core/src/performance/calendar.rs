//! Months and years (UTC) of a daily series.

use super::daily::Daily;

/// Return of one month or year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PeriodReturn {
    /// Year.
    pub year: i64,
    /// 1 to 12; 0 for a whole year.
    pub month: i64,
    /// Return over the days of the period that the series has.
    pub value: f64,
    /// How many days those are.
    pub days: usize,
}

/// Year and month of a day counted from 1970-01-01 (Gregorian calendar, by shifting the year's start to March).
pub fn year_month(day: i64) -> (i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month)
}

/// Compounds the daily returns over months, or over years when `yearly`.
pub fn by_period(daily: &Daily, yearly: bool) -> Vec<PeriodReturn> {
    let skipped = daily.equity.len() - daily.returns.len();
    let mut periods: Vec<PeriodReturn> = Vec::new();
    for (index, &value) in daily.returns.iter().enumerate() {
        let (year, month) = year_month(daily.first_day + (index + skipped) as i64);
        let month = if yearly { 0 } else { month };
        match periods.last_mut() {
            Some(last) if last.year == year && last.month == month => {
                last.value = (1.0 + last.value) * (1.0 + value) - 1.0;
                last.days += 1;
            }
            _ => periods.push(PeriodReturn { year, month, value, days: 1 }),
        }
    }
    periods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar() {
        assert_eq!(year_month(0), (1970, 1));
        assert_eq!(year_month(-1), (1969, 12));
        assert_eq!(year_month(11_016), (2000, 2)); // 2000-02-29
        assert_eq!(year_month(11_017), (2000, 3));
        assert_eq!(year_month(19_722), (2023, 12)); // 2023-12-31
        assert_eq!(year_month(19_723), (2024, 1));
    }

    #[test]
    fn months_compound() {
        let daily = Daily {
            first_day: 19_721, // 2023-12-30
            equity: vec![0.0; 4],
            returns: vec![0.5, 0.5, -0.5],
            ..Daily::default()
        };
        let month = |year, month, value, days| PeriodReturn { year, month, value, days };
        assert_eq!(by_period(&daily, false), [month(2023, 12, 0.5, 1), month(2024, 1, -0.25, 2)]);
        assert_eq!(by_period(&daily, true), [month(2023, 0, 0.5, 1), month(2024, 0, -0.25, 2)]);
    }
}

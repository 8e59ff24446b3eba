//! Joins candles into longer ones.
//!
//! * A bucket opens on the grid of the target timeframe, counted from 1970-01-01 00:00 UTC; whole weeks count from
//!   Monday 1970-01-05, as venues do.
//! * Its open is that of the first source candle in it, its close that of the last; high, low and volume cover all.
//! * No look-ahead: a bucket becomes final when its last source candle is there and final, or when a candle of a later
//!   bucket is. Until then it is provisional, and at the end of a series it is marked so.
//! * A hole in the source invents nothing: a bucket without source candles does not exist, and one with some missing
//!   is made of those that are there (`sources` says how many).

use super::columns::{check_timeframe, whole_ms};
use super::{Candle, CandleError, CandleSlices, CandleSlicesMut, check_rows};

const WEEK_MS: i64 = 7 * 86_400_000;

/// 1970-01-01 was a Thursday; the first Monday came four days later.
const FIRST_MONDAY_MS: i64 = 4 * 86_400_000;

/// Open time of the bucket of `timeframe_ms` that `time_ms` falls into.
pub fn bucket_open_ms(time_ms: i64, timeframe_ms: i64) -> i64 {
    time_ms - (time_ms - origin_ms(timeframe_ms)).rem_euclid(timeframe_ms)
}

/// Where the grid of a timeframe begins.
fn origin_ms(timeframe_ms: i64) -> i64 {
    if timeframe_ms % WEEK_MS == 0 { FIRST_MONDAY_MS } else { 0 }
}

/// A joined candle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampled {
    /// The candle.
    pub candle: Candle,
    /// Source candles in it.
    pub sources: u32,
    /// Whether nothing can change it any more.
    pub is_final: bool,
}

/// Incremental resampling: takes final source candles one by one.
#[derive(Clone, Debug)]
pub struct CandleResampler {
    from_ms: i64,
    to_ms: i64,
    bucket: Option<Resampled>,
}

impl CandleResampler {
    /// From candles of `from_ms` to candles of `to_ms`.
    ///
    /// # Errors
    /// [`CandleError::Timeframe`] for a timeframe out of bounds; [`CandleError::NotDivisible`] unless `to_ms` is a
    /// multiple of `from_ms`; [`CandleError::GridsDiffer`] when source candles would lie across the Mondays that weeks
    /// begin on, as three-day candles do.
    pub fn new(from_ms: i64, to_ms: i64) -> Result<Self, CandleError> {
        check_timeframe(from_ms)?;
        check_timeframe(to_ms)?;
        if to_ms % from_ms != 0 {
            return Err(CandleError::NotDivisible { from_ms, to_ms });
        }
        if (origin_ms(to_ms) - origin_ms(from_ms)) % from_ms != 0 {
            return Err(CandleError::GridsDiffer { from_ms, to_ms });
        }
        Ok(CandleResampler { from_ms, to_ms, bucket: None })
    }

    /// Takes the next source candle, which must be valid and later than the ones before; gives the bucket that it
    /// closes, if any. A candle that completes its own bucket leaves it behind as final: see
    /// [`CandleResampler::current`].
    pub fn push(&mut self, source: &Candle) -> Option<Resampled> {
        let time_ms = source.time_ms as i64;
        let open_ms = bucket_open_ms(time_ms, self.to_ms);
        let completes = time_ms - open_ms + self.from_ms == self.to_ms;
        match &mut self.bucket {
            Some(bucket) if bucket.candle.time_ms as i64 == open_ms => {
                let candle = &mut bucket.candle;
                candle.high = candle.high.max(source.high);
                candle.low = candle.low.min(source.low);
                candle.close = source.close;
                candle.volume += source.volume;
                bucket.sources += 1;
                bucket.is_final = completes;
                None
            }
            bucket => {
                let candle = Candle { time_ms: open_ms as f64, ..*source };
                let closed = bucket.replace(Resampled { candle, sources: 1, is_final: completes });
                closed.map(|closed| Resampled { is_final: true, ..closed })
            }
        }
    }

    /// The bucket being filled: final once its last source candle is in, provisional before.
    pub fn current(&self) -> Option<Resampled> {
        self.bucket
    }
}

/// What [`resample`] made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResampleSummary {
    /// Rows written.
    pub rows: usize,
    /// Whether the last row is still open: its last source candle is missing or itself provisional.
    pub last_is_provisional: bool,
    /// Whether the source begins inside the first bucket, so that the first row lacks its beginning. Drop it unless the
    /// market itself began there.
    pub first_is_partial: bool,
}

/// Resamples a whole series. `last_is_provisional` says whether the last source candle may still change. `sources` gets
/// the number of source candles of each row.
///
/// # Errors
/// As [`CandleResampler::new`] and [`check_rows`]; [`CandleError::OffGrid`] when a source candle does not open on the
/// grid of `from_ms`; [`CandleError::Capacity`] when the output columns hold fewer rows than come out (as many as
/// the source is always enough). Output columns are undefined after an error.
pub fn resample(
    source: &CandleSlices<'_>,
    from_ms: i64,
    to_ms: i64,
    last_is_provisional: bool,
    out: &mut CandleSlicesMut<'_>,
    sources: &mut [u32],
) -> Result<ResampleSummary, CandleError> {
    let mut resampler = CandleResampler::new(from_ms, to_ms)?;
    check_rows(source)?;
    out.check_lengths()?;
    let capacity = out.len().min(sources.len());
    let mut rows = 0;
    let mut write = |bucket: &Resampled| {
        if rows == capacity {
            return Err(CandleError::Capacity { capacity, needed: source.len() });
        }
        out.set(rows, &bucket.candle);
        sources[rows] = bucket.sources;
        rows += 1;
        Ok(())
    };
    for row in 0..source.len() {
        let candle = source.row(row);
        let time_ms = candle.time_ms as i64;
        if bucket_open_ms(time_ms, from_ms) != time_ms {
            return Err(CandleError::OffGrid { row, time_ms, timeframe_ms: from_ms });
        }
        if let Some(closed) = resampler.push(&candle) {
            write(&closed)?;
        }
    }
    let Some(last) = resampler.current() else {
        return Ok(ResampleSummary::default());
    };
    write(&last)?;
    let first_ms = whole_ms(source.time_ms[0]).unwrap_or_default();
    Ok(ResampleSummary {
        rows,
        last_is_provisional: !last.is_final || last_is_provisional,
        first_is_partial: bucket_open_ms(first_ms, to_ms) != first_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::super::CandleColumns;
    use super::*;
    use proptest::prelude::*;

    const MINUTE: i64 = 60_000;

    fn candle(minute: i64, open: f64, high: f64, low: f64, close: f64, volume: f64) -> Candle {
        Candle { time_ms: (minute * MINUTE) as f64, open, high, low, close, volume }
    }

    fn run(source: &[Candle], to_ms: i64, provisional: bool) -> (CandleColumns, Vec<u32>, ResampleSummary) {
        let source: CandleColumns = source.iter().copied().collect();
        let rows = source.time_ms.len();
        let mut out = CandleColumns::zeroed(rows);
        let mut counts = vec![0; rows];
        let summary =
            resample(&source.as_slices(), MINUTE, to_ms, provisional, &mut out.as_slices_mut(), &mut counts)
                .expect("valid");
        counts.truncate(summary.rows);
        let kept = (0..summary.rows).map(|row| out.as_slices().row(row)).collect();
        (kept, counts, summary)
    }

    #[test]
    fn worked_by_hand() {
        // Minutes 3 and 4 of one five-minute bucket, a whole empty bucket, then 10 to 14 without 12.
        let source = [
            candle(3, 10.0, 12.0, 9.0, 11.0, 1.0),
            candle(4, 11.0, 11.5, 8.0, 8.5, 2.0),
            candle(10, 9.0, 9.5, 9.0, 9.25, 4.0),
            candle(11, 9.25, 20.0, 9.0, 9.5, 8.0),
            candle(13, 9.0, 9.0, 1.0, 2.0, 16.0),
            candle(14, 2.0, 3.0, 2.0, 3.0, 32.0),
        ];
        let (rows, counts, summary) = run(&source, 5 * MINUTE, false);
        let expected: CandleColumns =
            [candle(0, 10.0, 12.0, 8.0, 8.5, 3.0), candle(10, 9.0, 20.0, 1.0, 3.0, 60.0)]
                .into_iter()
                .collect();
        assert_eq!(rows, expected);
        assert_eq!(counts, [2, 4]);
        assert_eq!(summary, ResampleSummary { rows: 2, last_is_provisional: false, first_is_partial: true });
    }

    #[test]
    fn the_last_bucket_is_final_only_when_complete() {
        let minutes: Vec<Candle> = (0..10).map(|minute| candle(minute, 1.0, 1.0, 1.0, 1.0, 1.0)).collect();
        let cases: [(&str, usize, bool, bool); 4] = [
            ("last minute there", 10, false, false),
            ("last minute there, still open", 10, true, true),
            ("last minute missing", 9, false, true),
            ("one minute of the bucket", 6, false, true),
        ];
        for (name, rows, provisional, expected) in cases {
            let (_, _, summary) = run(&minutes[..rows], 5 * MINUTE, provisional);
            assert_eq!(summary.last_is_provisional, expected, "{name}");
        }
    }

    #[test]
    fn buckets_sit_on_the_utc_grid_and_weeks_begin_on_monday() {
        // 2024-08-08 was a Thursday. Times from `date -u -d … +%s`.
        let thursday_12_34 = 1_723_120_440_000;
        let cases: [(&str, i64, i64); 4] = [
            ("hour, 12:00", 3_600_000, 1_723_118_400_000),
            ("day, 00:00", 86_400_000, 1_723_075_200_000),
            ("week, Monday 2024-08-05", WEEK_MS, 1_722_816_000_000),
            // Day 19943 of the epoch = 3 * 6647 + 2.
            ("three days, 2024-08-06", 3 * 86_400_000, 1_722_902_400_000),
        ];
        for (name, timeframe_ms, expected) in cases {
            assert_eq!(bucket_open_ms(thursday_12_34, timeframe_ms), expected, "{name}");
        }
    }

    #[test]
    fn wrong_calls_are_refused() {
        let source: CandleColumns =
            [Candle { time_ms: 61_000.0, ..candle(0, 1.0, 1.0, 1.0, 1.0, 0.0) }].into_iter().collect();
        let cases: [(&str, i64, i64, usize, &str); 6] = [
            ("not a multiple", MINUTE, 90_000, 1, "90000 ms is not a multiple of 60000 ms"),
            ("shorter", MINUTE, 30_000, 1, "30000 ms is not a multiple of 60000 ms"),
            ("across Mondays", 3 * 86_400_000, 3 * WEEK_MS, 1, "do not all end on a Monday"),
            ("zero", 0, MINUTE, 1, "timeframe must be between"),
            ("off the grid", MINUTE, 5 * MINUTE, 1, "time 61000 is not on the grid of 60000 ms"),
            ("no room", 1_000, 5 * MINUTE, 0, "output columns hold 0 rows"),
        ];
        for (name, from_ms, to_ms, rows, message) in cases {
            let mut out = CandleColumns::zeroed(rows);
            let mut counts = vec![0; rows];
            let error =
                resample(&source.as_slices(), from_ms, to_ms, false, &mut out.as_slices_mut(), &mut counts)
                    .expect_err(name)
                    .to_string();
            assert!(error.contains(message), "{name}: {error}");
        }
    }

    proptest! {
        #[test]
        fn a_row_never_depends_on_what_comes_after_its_bucket(
            steps in prop::collection::vec((1_i64..9, 1_i64..1000, 0_i64..50), 1..80),
            cut in 0_usize..80,
            factor in 1_i64..8,
        ) {
            let mut minute = 0;
            let source: Vec<Candle> = steps.iter().map(|&(gap, price, range)| {
                minute += gap;
                candle(minute, price as f64, (price + range) as f64, price as f64, price as f64, 1.0)
            }).collect();
            let cut = cut.min(source.len() - 1) + 1;
            let (all, all_counts, _) = run(&source, factor * MINUTE, false);
            let (part, part_counts, summary) = run(&source[..cut], factor * MINUTE, false);
            let settled = summary.rows - usize::from(summary.last_is_provisional);
            for row in 0..settled {
                prop_assert_eq!(part.as_slices().row(row), all.as_slices().row(row));
                prop_assert_eq!(part_counts[row], all_counts[row]);
            }
            prop_assert_eq!(all_counts.iter().map(|&count| count as usize).sum::<usize>(), source.len());
            prop_assert_eq!(all.volume.iter().sum::<f64>(), source.len() as f64);
        }
    }
}

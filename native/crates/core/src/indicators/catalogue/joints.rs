//! Joins the stretches of a block to windows, eight rows at once; see [`super::halves`].

use super::block::LONGEST;
use super::halves::{Stretch, weights};
#[cfg(target_arch = "x86_64")]
use super::wide::Eight;
use super::wide::Number;
#[cfg(target_arch = "x86_64")]
use crate::cpu::{has_avx2_fma, has_avx512};
use std::marker::PhantomData;

/// Most columns a stretch has.
const COLUMNS: usize = 5;

/// Rows that stretches of so many columns are joined for at once: few enough for the first cache.
const fn rows_at_once(columns: usize) -> usize {
    match columns {
        1 => 1024,
        2 => 512,
        _ => 128,
    }
}

/// Room to join in: three times the rows and what lies before them. Eight rows lie in one line of the cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub(super) struct Joints([f64; 3 * COLUMNS * (rows_at_once(COLUMNS) + LONGEST + 16)]);

impl Joints {
    // On the stack for a moment.
    #[allow(clippy::large_stack_arrays)]
    pub(super) fn new() -> Self {
        Joints([0.0; 3 * COLUMNS * (rows_at_once(COLUMNS) + LONGEST + 16)])
    }
}

/// Columns of stretches.
type Columns<'a, const N: usize> = [&'a mut [f64]; N];

/// Room for columns.
#[inline(always)]
fn no_columns<'a, const N: usize>() -> Columns<'a, N> {
    std::array::from_fn(|_| Default::default())
}

/// So many rows from one on. A loop, where `map` would be a call.
#[inline(always)]
fn cut<'a, const N: usize>(columns: &'a mut Columns<'_, N>, from: usize, rows: usize) -> Columns<'a, N> {
    let mut parts = no_columns();
    for (index, column) in columns.iter_mut().enumerate() {
        parts[index] = &mut column[from..from + rows];
    }
    parts
}

/// What is known of the end of the window.
enum Window<C> {
    Nothing,
    /// The last bar.
    Bar,
    /// The last two bars.
    Pair,
    /// The stretches of the length that was reached.
    Stretch,
    /// More than one stretch.
    Joined(C),
}

/// The windows of `period` bars that end at the last bars, one for each place of the columns of `out`.
pub(super) fn windows<S: Stretch<M, N>, const M: usize, const N: usize>(
    bars: [&[f64]; M],
    period: usize,
    joints: &mut Joints,
    mut out: [&mut [f64]; N],
) {
    let (length, rows) = (bars[0].len(), out[0].len());
    let mut done = 0;
    while done < rows {
        let taken = rows_at_once(N).min(rows - done);
        let first = length + done + 1 - rows - period;
        let part = Bars::<S, M>(bars, PhantomData).part(first, taken + period - 1);
        let out = cut(&mut out, done, taken);
        join_all(part, taken + period - 1, period, joints, out);
        done += taken;
    }
}

/// Joins `span` bars to windows. A stretch is where its first bar is, so that the first window comes first.
fn join_all<S: Stretch<M, N>, const M: usize, const N: usize>(
    bars: Bars<'_, S, M>,
    span: usize,
    period: usize,
    joints: &mut Joints,
    out: Columns<'_, N>,
) {
    if period == 1 {
        return copy::<S, M, N>(bars, out);
    }
    let mut columns = joints.0.chunks_exact_mut(span.next_multiple_of(8) + 8);
    let mut spare: [Option<Columns<'_, N>>; 3] = [const { None }; 3];
    for spare in &mut spare {
        let mut room = no_columns();
        for column in &mut room {
            *column = columns.next().unwrap_or_default();
        }
        *spare = Some(room);
    }
    let mut out = Some(out);
    // Stretches of one and of two bars are made when they are wanted.
    let pairs = Pairs([bars.part(0, span - 1), bars.part(1, span - 1)]);
    let mut stretches: Option<Columns<'_, N>> = None;
    let mut window = Window::Nothing;
    let mut length = 1;
    loop {
        // Bars of the window after a stretch of this length.
        let after = period & (length - 1);
        if period & length != 0 {
            let at = Joint { length, after, rows: span + 1 - length - after };
            let last = 2 * length > period;
            window = match (window, &stretches) {
                (Window::Nothing, None) if length == 1 => Window::Bar,
                (Window::Nothing, None) => Window::Pair,
                (Window::Nothing, Some(_)) => Window::Stretch,
                (before, None) => {
                    let mut joined = target(&mut spare, &mut out, last);
                    join::<S, _, _, M, N>(pairs, bars, at, &mut joined);
                    debug_assert!(matches!(before, Window::Bar));
                    Window::Joined(joined)
                }
                (before, Some(older)) => {
                    let older = Joined::of(older);
                    let mut joined = target(&mut spare, &mut out, last);
                    match before {
                        Window::Joined(newer) => {
                            join::<S, _, _, M, N>(older, Joined::of(&newer), at, &mut joined);
                            give_back(&mut spare, newer);
                        }
                        Window::Pair => join::<S, _, _, M, N>(older, pairs, at, &mut joined),
                        _ => join::<S, _, _, M, N>(older, bars, at, &mut joined),
                    }
                    Window::Joined(joined)
                }
            };
        }
        if 2 * length > period {
            return;
        }
        let last = 2 * length == period;
        let at = Joint { length, after: length, rows: span + 1 - 2 * length };
        if let Some(single) = stretches {
            let mut doubled = target(&mut spare, &mut out, last);
            join::<S, _, _, M, N>(Joined::of(&single), Joined::of(&single), at, &mut doubled);
            if let Window::Stretch = window {
                window = Window::Joined(single);
            } else {
                give_back(&mut spare, single);
            }
            stretches = Some(doubled);
        } else if length == 2 || last {
            let mut doubled = target(&mut spare, &mut out, last);
            if length == 2 {
                join::<S, _, _, M, N>(pairs, pairs, at, &mut doubled);
            } else {
                join::<S, _, _, M, N>(bars, bars, at, &mut doubled);
            }
            stretches = Some(doubled);
        }
        length *= 2;
    }
}

/// Which stretches are joined: older ones of `length` bars with newer ones of `after` bars, so many.
#[derive(Clone, Copy)]
struct Joint {
    length: usize,
    after: usize,
    rows: usize,
}

/// Columns to join into: the last joint goes where the windows are wanted.
fn target<'a, const N: usize>(
    spare: &mut [Option<Columns<'a, N>>; 3],
    out: &mut Option<Columns<'a, N>>,
    last: bool,
) -> Columns<'a, N> {
    let columns = if last { out.take() } else { spare.iter_mut().find_map(Option::take) };
    columns.expect("three are enough")
}

fn give_back<'a, const N: usize>(spare: &mut [Option<Columns<'a, N>>; 3], columns: Columns<'a, N>) {
    if let Some(place) = spare.iter_mut().find(|place| place.is_none()) {
        *place = Some(columns);
    }
}

/// Where stretches come from.
trait Source<const N: usize>: Copy {
    /// So many rows from one on.
    fn part(self, from: usize, rows: usize) -> Self;
    /// The stretches of `R` rows.
    fn get<W: Number<R>, const R: usize>(self, step: usize) -> [W; N];
}

/// Stretches of two bars, made when they are wanted: that costs less than to keep them.
#[derive(Clone, Copy)]
struct Pairs<'a, S, const M: usize>([Bars<'a, S, M>; 2]);

impl<S: Stretch<M, N>, const M: usize, const N: usize> Source<N> for Pairs<'_, S, M> {
    #[inline(always)]
    fn part(self, from: usize, rows: usize) -> Self {
        let [older, newer] = self.0;
        Pairs([older.part(from, rows), newer.part(from, rows)])
    }

    #[inline(always)]
    fn get<W: Number<R>, const R: usize>(self, step: usize) -> [W; N] {
        let [older, newer] = self.0;
        let (weight, product) = weights(1, 1);
        S::joined(older.get(step), newer.get(step), weight, product)
    }
}

/// Bars, which are stretches of one bar.
#[derive(Clone, Copy)]
struct Bars<'a, S, const M: usize>([&'a [f64]; M], PhantomData<S>);

/// Stretches that were joined.
#[derive(Clone, Copy)]
struct Joined<'a, const N: usize>([&'a [f64]; N]);

impl<'a, const N: usize> Joined<'a, N> {
    #[inline(always)]
    fn of(columns: &'a Columns<'_, N>) -> Self {
        let mut parts: [&[f64]; N] = [&[]; N];
        for (part, column) in parts.iter_mut().zip(columns) {
            *part = column;
        }
        Joined(parts)
    }
}

/// So many rows of columns from one on.
#[inline(always)]
pub(super) fn part_of<const K: usize>(mut columns: [&[f64]; K], from: usize, rows: usize) -> [&[f64]; K] {
    for column in &mut columns {
        *column = &column[from..from + rows];
    }
    columns
}

#[inline(always)]
fn rows_of<W: Number<R>, const R: usize, const K: usize>(columns: [&[f64]; K], step: usize) -> [W; K] {
    let mut rows = [W::all(0.0); K];
    for index in 0..K {
        rows[index] = W::load(&columns[index].as_chunks::<R>().0[step]);
    }
    rows
}

impl<S: Stretch<M, N>, const M: usize, const N: usize> Source<N> for Bars<'_, S, M> {
    #[inline(always)]
    fn part(self, from: usize, rows: usize) -> Self {
        Bars(part_of(self.0, from, rows), PhantomData)
    }

    #[inline(always)]
    fn get<W: Number<R>, const R: usize>(self, step: usize) -> [W; N] {
        S::of_bar(rows_of(self.0, step))
    }
}

impl<const N: usize> Source<N> for Joined<'_, N> {
    #[inline(always)]
    fn part(self, from: usize, rows: usize) -> Self {
        Joined(part_of(self.0, from, rows))
    }

    #[inline(always)]
    fn get<W: Number<R>, const R: usize>(self, step: usize) -> [W; N] {
        rows_of(self.0, step)
    }
}

/// Windows of one bar.
#[allow(clippy::needless_pass_by_value)]
fn copy<S: Stretch<M, N>, const M: usize, const N: usize>(bars: Bars<'_, S, M>, out: Columns<'_, N>) {
    for row in 0..out[0].len() {
        let values = bars.get::<f64, 1>(row);
        for index in 0..N {
            out[index][row] = values[index];
        }
    }
}

/// Joins each of the older stretches with the newer one that begins where it ends.
#[allow(unsafe_code)]
fn join<S: Stretch<M, N>, A: Source<N>, B: Source<N>, const M: usize, const N: usize>(
    older: A,
    newer: B,
    Joint { length, after, rows }: Joint,
    out: &mut Columns<'_, N>,
) {
    let (older, newer) = (older.part(0, rows), newer.part(length, rows));
    let weights = weights(length, after);
    let out = cut(out, 0, rows);
    #[cfg(target_arch = "x86_64")]
    {
        if has_avx512() && rows >= 8 {
            // SAFETY: the processor has just been found to have the features.
            return unsafe { join_eights::<S, A, B, M, N>(older, newer, weights, out) };
        }
        if has_avx2_fma() {
            // SAFETY: the processor has just been found to have both features.
            return unsafe { join_wide::<S, A, B, M, N>(older, newer, weights, out) };
        }
    }
    join_rows::<S, A, B, f64, M, N, 1>(older, newer, weights, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn join_wide<S: Stretch<M, N>, A: Source<N>, B: Source<N>, const M: usize, const N: usize>(
    older: A,
    newer: B,
    weights: (f64, f64),
    out: Columns<'_, N>,
) {
    join_rows::<S, A, B, f64, M, N, 1>(older, newer, weights, out);
}

/// At least eight rows. The last eight are joined with some of those before them, once more.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
fn join_eights<S: Stretch<M, N>, A: Source<N>, B: Source<N>, const M: usize, const N: usize>(
    older: A,
    newer: B,
    weights: (f64, f64),
    mut out: Columns<'_, N>,
) {
    let rows = out[0].len();
    join_rows::<S, A, B, Eight, M, N, 8>(older, newer, weights, cut(&mut out, 0, rows));
    let from = rows - 8;
    let last = cut(&mut out, from, 8);
    join_rows::<S, A, B, Eight, M, N, 8>(older.part(from, 8), newer.part(from, 8), weights, last);
}

#[inline(always)]
#[allow(clippy::needless_pass_by_value)]
fn join_rows<S, A, B, W, const M: usize, const N: usize, const R: usize>(
    older: A,
    newer: B,
    (weight, product): (f64, f64),
    out: Columns<'_, N>,
) where
    S: Stretch<M, N>,
    A: Source<N>,
    B: Source<N>,
    W: Number<R>,
{
    let rows = out[0].len();
    for column in &out {
        assert_eq!(column.len(), rows);
    }
    let (older, newer) = (older.part(0, rows), newer.part(0, rows));
    for step in 0..rows / R {
        let joined = S::joined::<W, R>(older.get(step), newer.get(step), weight, product);
        for index in 0..N {
            joined[index].store(&mut out[index].as_chunks_mut::<R>().0[step]);
        }
    }
}

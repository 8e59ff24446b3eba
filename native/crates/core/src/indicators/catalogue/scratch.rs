//! Columns that batches work in.

use super::block::SPAN;
use super::joints::Joints;
use super::whole::Totals;
use std::cell::Cell;

/// Columns to work in; what is in them is left from the last use. They are larger than most results: each thread keeps its own for
/// the next batch, since to make them would take as long as tens of thousands of rows.
pub(super) struct Scratch {
    pub(super) lanes: Box<[Lane; 8]>,
    pub(super) work: Work,
    pub(super) joints: Box<Joints>,
}

/// What sums of windows are made in.
pub(super) struct Work {
    pub(super) totals: Box<[Totals; 2]>,
    /// Upper and lower parts, the sums, and what is left of them when they are rounded.
    pub(super) parts: Box<[Lane; 4]>,
}

/// Columns on the heap from the beginning: together they are larger than what a stack should hold.
#[allow(clippy::unnecessary_box_returns)]
fn columns<T: Copy, const N: usize>(column: T) -> Box<[T; N]> {
    vec![column; N].into_boxed_slice().try_into().unwrap_or_else(|_| unreachable!("so many were made"))
}

/// A column to work in.
pub(super) type Lane = [f64; SPAN];

thread_local! {
    static SPARE: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// The columns of this thread, given back in the end.
pub(super) struct Borrowed(Option<Box<Scratch>>);

impl Borrowed {
    /// Nothing yet.
    pub(super) const fn later() -> Self {
        Borrowed(None)
    }

    #[inline(always)]
    pub(super) fn get(&mut self) -> &mut Scratch {
        self.0.get_or_insert_with(spare)
    }
}

/// Seldom: once a batch.
#[cold]
#[inline(never)]
#[allow(clippy::unnecessary_box_returns)]
fn spare() -> Box<Scratch> {
    SPARE.take().unwrap_or_else(|| Box::new(Scratch::new()))
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        if let Some(scratch) = self.0.take() {
            SPARE.set(Some(scratch));
        }
    }
}

impl Scratch {
    // One column at a time is on the stack, for a moment.
    #[allow(clippy::large_stack_arrays)]
    fn new() -> Self {
        Scratch {
            lanes: columns([0.0; SPAN]),
            work: Work { totals: columns([0; SPAN + 8]), parts: columns([0.0; SPAN]) },
            joints: Box::new(Joints::new()),
        }
    }
}

impl Scratch {
    /// The first columns to work in.
    #[inline(always)]
    pub(super) fn columns<const N: usize>(&mut self) -> &mut [Lane; N] {
        self.lanes.first_chunk_mut().expect("there are enough for all")
    }

    /// The first columns to work in, and four more.
    #[inline(always)]
    pub(super) fn columns_and_work<const N: usize>(&mut self) -> (&mut [Lane; N], &mut [Lane; 4]) {
        let (columns, rest) = self.lanes.split_first_chunk_mut().expect("there are enough for all");
        (columns, rest.first_chunk_mut().expect("there are enough for all"))
    }
}

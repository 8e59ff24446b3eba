//! Numbers of earlier bars that cannot be found again in the columns, because averages that never forget are in them.

use super::scratch::Lane;

/// The last numbers of a row of them, for windows at the beginning of the next block.
#[derive(Clone, Debug)]
pub(super) struct Carried {
    numbers: Box<[f64]>,
    /// Where the next one goes, which is where the oldest is.
    place: usize,
}

impl Carried {
    /// Carries so many numbers.
    pub(super) fn new(count: usize) -> Self {
        Carried { numbers: vec![0.0; count].into_boxed_slice(), place: 0 }
    }

    /// How many are carried.
    pub(super) fn count(&self) -> usize {
        self.numbers.len()
    }

    /// Takes the next number.
    #[inline(always)]
    pub(super) fn push(&mut self, number: f64) {
        self.numbers[self.place] = number;
        self.place += 1;
        if self.place == self.numbers.len() {
            self.place = 0;
        }
    }

    /// Puts the numbers, oldest first, at the beginning of a column; what follows is for new ones.
    #[inline(always)]
    pub(super) fn lay<'a>(&self, column: &'a mut Lane, rows: usize) -> &'a mut [f64] {
        let (newer, older) = self.numbers.split_at(self.place);
        column[..older.len()].copy_from_slice(older);
        column[older.len()..self.numbers.len()].copy_from_slice(newer);
        &mut column[self.numbers.len()..self.numbers.len() + rows]
    }

    /// Goes on from a column that began with the numbers and got so many more.
    #[inline(always)]
    pub(super) fn take(&mut self, column: &Lane, rows: usize) {
        self.numbers.copy_from_slice(&column[rows..rows + self.numbers.len()]);
        self.place = 0;
    }
}

//! Work over all cores, with results that do not depend on how many there are.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Stopped by its caller before the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// Does tasks 0 to `tasks` (not included) on `threads` threads (0: one a core) and gives their results in the order of
/// the tasks. Threads take the next task when they are done with one, so uneven tasks spread evenly. `advance` is told
/// how many are done, of how many; when it says no, no new task is begun.
///
/// A result may depend on its task's number only: then the whole is the same for any number of threads. A panic of a
/// task goes on in the caller.
///
/// # Errors
/// [`Stopped`] when `advance` said no.
pub fn run_tasks<T: Send>(
    threads: usize,
    tasks: usize,
    work: impl Fn(usize) -> T + Sync,
    advance: impl Fn(u64, u64) -> bool + Sync,
) -> Result<Vec<T>, Stopped> {
    let threads = match threads {
        0 => thread::available_parallelism().map_or(1, usize::from),
        given => given,
    }
    .min(tasks)
    .max(1);
    let total = tasks as u64;
    if !advance(0, total) {
        return Err(Stopped);
    }
    let next = AtomicUsize::new(0);
    let done = AtomicU64::new(0);
    let stopped = AtomicBool::new(false);
    let results: Mutex<Vec<Option<T>>> = Mutex::new((0..tasks).map(|_| None).collect());
    let run = || {
        while !stopped.load(Ordering::Relaxed) {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return;
            }
            let result = work(task);
            results.lock().unwrap_or_else(PoisonError::into_inner)[task] = Some(result);
            if !advance(done.fetch_add(1, Ordering::Relaxed) + 1, total) {
                stopped.store(true, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        // The caller's thread works too; a single thread starts none.
        for _ in 1..threads {
            scope.spawn(run);
        }
        run();
    });
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.into_iter().collect::<Option<Vec<T>>>().ok_or(Stopped)
}

/// Does two things, at the same time unless `threads` is 1 (0: one a core).
pub fn together<A: Send, B>(
    threads: usize,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B,
) -> (A, B) {
    if threads == 1 || thread::available_parallelism().is_ok_and(|cores| cores.get() == 1) {
        return (first(), second());
    }
    thread::scope(|scope| {
        let beside = scope.spawn(first);
        let second = second();
        (beside.join().unwrap_or_else(|panic| resume_unwind(panic)), second)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_on_any_number_of_threads() {
        for threads in [0, 1, 2, 8] {
            let found = run_tasks(threads, 100, |task| task * task, |_, _| true).unwrap();
            assert_eq!(found, (0..100).map(|task| task * task).collect::<Vec<_>>());
        }
        assert_eq!(run_tasks(4, 0, |task| task, |_, _| true), Ok(vec![]));
    }

    #[test]
    fn two_things_give_both_results() {
        for threads in [0, 1, 2] {
            let mut sum = 0;
            let found = together(threads, || 7, || (1..=3).for_each(|number| sum += number));
            assert_eq!((found, sum), ((7, ()), 6));
        }
    }

    #[test]
    fn stops_when_told_and_says_how_far_it_came() {
        let begun = AtomicUsize::new(0);
        let found = run_tasks(1, 50, |_| begun.fetch_add(1, Ordering::Relaxed), |done, _| done < 3);
        assert_eq!(found, Err(Stopped));
        assert_eq!(begun.into_inner(), 3);
        let last = AtomicU64::new(0);
        let note = |done, total| {
            assert_eq!(total, 7);
            last.fetch_max(done, Ordering::Relaxed);
            true
        };
        run_tasks(3, 7, |task| task, note).unwrap();
        assert_eq!(last.into_inner(), 7);
    }

    #[test]
    #[should_panic(expected = "task 5")]
    fn a_panic_reaches_the_caller() {
        let _ = run_tasks(1, 9, |task| assert!(task != 5, "task 5"), |_, _| true);
    }
}

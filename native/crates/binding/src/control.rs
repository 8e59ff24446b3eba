//! Progress and cancel of work on another thread. The host polls; nothing calls back into JavaScript.

use napi_derive::napi;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// What the two sides share.
#[derive(Debug, Default)]
pub(crate) struct ControlState {
    cancelled: AtomicBool,
    done: AtomicU64,
    total: AtomicU64,
}

impl ControlState {
    /// Notes how far the work is; false when it should stop.
    pub(crate) fn advance(&self, done: u64, total: u64) -> bool {
        self.done.store(done, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        !self.cancelled.load(Ordering::Relaxed)
    }
}

/// Watches and stops one running task.
#[napi]
#[derive(Debug, Default)]
pub struct TaskControl {
    pub(crate) state: Arc<ControlState>,
}

#[napi]
impl TaskControl {
    /// A control for one task.
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the task to stop at its next step; its promise is then rejected with CANCELLED.
    #[napi]
    pub fn cancel(&self) {
        self.state.cancelled.store(true, Ordering::Relaxed);
    }

    /// Part of the work that is done, from 0 to 1.
    #[napi(getter)]
    pub fn progress(&self) -> f64 {
        let total = self.state.total.load(Ordering::Relaxed);
        if total == 0 { 0.0 } else { self.state.done.load(Ordering::Relaxed) as f64 / total as f64 }
    }
}

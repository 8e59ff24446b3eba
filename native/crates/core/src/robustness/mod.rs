//! Would it have worked with a little less luck? Chance applied to what a backtest gave.
//!
//! - [`monte_carlo`]: the trades in another order, drawn again, in blocks, or some of them missed
//! - [`significance`]: an entry rule against entries at random
//! - [`candles`]: other candles that look like the real ones
//!
//! Every number drawn belongs to a seed, a run and a place in it: results are the same for any number of threads.

pub mod candles;
pub mod monte_carlo;
pub mod significance;

/// Input that cannot be worked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RobustnessError {
    /// The message names what is wrong.
    #[error("{0}")]
    Bad(String),
    /// Stopped by its caller.
    #[error("stopped before the end")]
    Stopped,
}

impl From<crate::parallel::Stopped> for RobustnessError {
    fn from(_: crate::parallel::Stopped) -> Self {
        Self::Stopped
    }
}

fn bad<T>(message: impl Into<String>) -> Result<T, RobustnessError> {
    Err(RobustnessError::Bad(message.into()))
}

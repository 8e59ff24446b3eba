//! Statistics of pairs and small baskets: regressions, unit roots, cointegration, mean reversion.
//!
//! - `least_squares`: regressions by Householder reflections
//! - `dickey_fuller`, `mackinnon`: unit roots, p-values and critical values
//! - `engle_granger`, `johansen`: cointegration
//! - `spread`, `hurst`, `kalman`, `correlation`: spread, half-life, z-score, crossings; memory; moving hedge
//! - `facts`: what is told of a pair; `scan`: all pairs of many series, through sums of products (`gram`, `moments`)
//!
//! Conventions are statsmodels' where it has the test; each file names them. Series are columns of finite numbers, oldest
//! first; prices are best given as logarithms. Nothing here depends on the number of threads.

mod correlation;
mod dickey_fuller;
mod engle_granger;
mod error;
mod facts;
mod gram;
mod hurst;
mod johansen;
mod johansen_tables;
mod kalman;
mod least_squares;
mod mackinnon;
mod mackinnon_tables;
mod moments;
mod scan;
mod spread;
mod vectors;

pub use correlation::correlation_matrix;
pub use dickey_fuller::{DickeyFuller, Lag, augmented_dickey_fuller, lag_maximum};
pub use engle_granger::{EngleGranger, engle_granger};
pub use error::StatisticsError;
pub use facts::{SpreadFacts, spread_facts};
pub use hurst::{HurstMethod, hurst_exponent};
pub use johansen::{JOHANSEN_SERIES_MAXIMUM, Johansen, JohansenOrder, johansen};
pub use kalman::{KalmanHedge, KalmanHedgeSettings, kalman_hedge};
pub use least_squares::{LeastSquares, ordinary_least_squares};
pub use mackinnon::{SERIES_MAXIMUM, Trend, mackinnon_critical, mackinnon_p};
pub use scan::{PairHit, PairStatistic, PairTest, Scan, ScanSettings, pair_statistics, scan_pairs};
pub use spread::{half_life, spread, z_scores, zero_crossings};

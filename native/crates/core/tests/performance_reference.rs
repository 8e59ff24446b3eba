//! Figures against values from elsewhere: `performance_expected.json` (`NumPy` and `SciPy` over daily closes of two
//! real markets; empyrical's own test values) and what quantstats 0.0.86 gives for the first of them.

mod common;

use common::{gunzip, shared};
use serde_json::Value;
use sextant_core::performance::returns::{annual_return, moments, omega, sharpe, sortino, total_return};
use sextant_core::performance::{EquityColumns, Performance, PerformanceSettings, TradeColumns};

/// Hours are given by their open; equity columns have close times.
const HOUR_MS: f64 = 3_600_000.0;

fn closes(path: &std::path::Path) -> (Vec<f64>, Vec<f64>) {
    let text = gunzip(path);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let close = header.iter().position(|name| *name == "close").expect("a close column");
    let rows = lines.map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].parse::<f64>().expect("a time") + HOUR_MS, cells[close].parse::<f64>().expect("a price"))
    });
    rows.unzip()
}

fn figures(time_ms: &[f64], equity: &[f64]) -> Performance {
    let columns = EquityColumns { time_ms, equity, exposure: &[] };
    Performance::of(&columns, &TradeColumns::default(), None, &PerformanceSettings::default())
        .expect("figures")
}

#[test]
fn daily_figures_of_real_markets() {
    let Some(path) = shared("reference/performance_expected.json") else { return };
    let expected: Value = serde_json::from_slice(&std::fs::read(path).expect("readable")).expect("JSON");
    let names = [
        ("cum_return", "totalReturn"),
        ("annual_return", "cagr"),
        ("annual_vol_ddof1", "annualVolatility"),
        ("sharpe_ddof1", "sharpe"),
        ("sortino", "sortino"),
        ("downside_risk", "downsideVolatility"),
        ("max_drawdown", "maxDrawdownDaily"),
        ("omega0", "omega"),
        ("var95_hist", "valueAtRisk"),
        ("cvar95", "conditionalValueAtRisk"),
    ];
    let mut worst = 0.0_f64;
    for series in expected["series"].as_array().expect("series") {
        let file = series["file"].as_str().expect("a file");
        let Some(path) = shared(file) else { return };
        let (time_ms, close) = closes(&path);
        let found = figures(&time_ms, &close);
        let wanted = &series["ppy365"];
        let mut compare = |name: &str, ours: f64, theirs: f64| {
            let error = (ours / theirs - 1.0).abs();
            assert!(error < 1e-10, "{file}: {name} is {ours}, expected {theirs}");
            worst = worst.max(error);
        };
        for (theirs, ours) in names {
            compare(ours, found.value(ours).expect("known"), wanted[theirs].as_f64().expect("a number"));
        }
        // Skewness and kurtosis there are SciPy's, without correction for the sample's size; calmar is on daily values.
        let shape = moments(&found.daily.returns);
        compare("skew", shape.skew, wanted["skew"].as_f64().expect("a number"));
        compare("kurtosis", shape.kurtosis - 3.0, wanted["kurt_excess"].as_f64().expect("a number"));
        let calmar = found.value("cagr").unwrap() / -found.value("maxDrawdownDaily").unwrap();
        compare("calmar", calmar, wanted["calmar"].as_f64().expect("a number"));
        assert_eq!(found.daily.returns.len() as f64, wanted["n"].as_f64().expect("a number"));
    }
    println!("performance_expected.json: worst relative error {worst:.1e}");
}

#[test]
fn what_quantstats_gives() {
    let Some(path) = shared("../peers/results/quantstats.json") else { return };
    let Some(candles) = shared("ohlcv/binance_spot_BTCUSDT_1h_2020-2024.csv.gz") else { return };
    let recorded: Value = serde_json::from_slice(&std::fs::read(path).expect("readable")).expect("JSON");
    let result = &recorded["rows"][0]["result"];
    let (time_ms, close) = closes(&candles);
    // On daily closes, as quantstats sees them, so that our drawdown on every bar is its drawdown.
    let hourly = figures(&time_ms, &close);
    let days: Vec<f64> =
        (0..hourly.daily.equity.len()).map(|day| (day as f64 + 1.0) * 24.0 * HOUR_MS).collect();
    let found = figures(&days, &hourly.daily.equity);
    let names = [
        ("sharpe", "sharpe"),
        ("sortino", "sortino"),
        ("max_drawdown", "maxDrawdown"),
        ("cagr", "cagr"),
        ("calmar", "calmar"),
        ("var", "parametricValueAtRisk"),
    ];
    let mut worst = 0.0_f64;
    for (theirs, ours) in names {
        let (theirs, value) = (result[theirs].as_f64().expect("a number"), found.value(ours).expect("known"));
        let error = (value / theirs - 1.0).abs();
        assert!(error < 1e-11, "{ours} is {value}, quantstats has {theirs}");
        worst = worst.max(error);
    }
    println!("quantstats: worst relative error {worst:.1e}");
}

/// Close to eight places after the point, as empyrical's own tests ask for.
fn same(ours: f64, theirs: f64) {
    if theirs.is_infinite() {
        assert_eq!(ours, theirs);
    } else {
        assert!((ours - theirs).abs() < 5e-9 * theirs.abs().max(1.0), "{ours}, expected {theirs}");
    }
}

#[test]
fn empyrical_test_values() {
    // Transcribed from empyrical/tests/test_stats.py at 40f61b4 (Apache-2.0).
    let benchmark = [0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.0, 0.01, 0.0];
    let positive = [0.01, 0.02, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01];
    let negative = [0.0, -0.06, -0.07, -0.01, -0.09, -0.02, -0.06, -0.08, -0.05];
    // Its "mixed" begins with a missing value, which its ratios leave out and its annual return counts as a period.
    let mixed = [0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];
    let weekly = [0.0, 0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1];
    let flat = [0.01; 9];
    let less = |returns: &[f64], by: f64| -> Vec<f64> { returns.iter().map(|value| value - by).collect() };

    same(annual_return(total_return(&mixed), 9, 252.0), 1.913_592_537_319_423_1);
    same(annual_return(total_return(&weekly), 9, 52.0), 0.246_908_305_139_982_08);
    same(annual_return(total_return(&weekly), 9, 12.0), 0.052_242_061_386_048_144);
    same(moments(&mixed).deviation * 252.0_f64.sqrt(), 0.913_646_539_970_463_7);
    same(moments(&weekly).deviation * 52.0_f64.sqrt(), 0.388_515_693_948_705_83);
    same(moments(&weekly).deviation * 12.0_f64.sqrt(), 0.186_636_902_388_925_58);
    same(sharpe(&moments(&mixed), 252.0), 1.723_861_396_170_686_6);
    same(sharpe(&moments(&positive), 252.0), 52.915_026_221_291_804);
    same(sharpe(&moments(&negative), 252.0), -24.406_808_633_910_085);
    same(sharpe(&moments(&flat), 252.0), f64::INFINITY);
    assert!(sharpe(&moments(&[0.01]), 252.0).is_nan());
    let over: Vec<f64> = mixed.iter().zip(&benchmark[1..]).map(|(left, right)| left - right).collect();
    same(sharpe(&moments(&over), 252.0), 0.341_114_114_410_605_74);
    same(sortino(&moments(&mixed), 252.0), 2.605_531_251_673_693);
    same(sortino(&moments(&less(&mixed, 0.01)), 252.0), -1.393_477_958_891_997_7);
    same(sortino(&moments(&positive), 252.0), f64::INFINITY);
    same(sortino(&moments(&negative), 252.0), -13.532_743_075_043_4);
    same(sortino(&moments(&weekly), 52.0), 1.115_890_105_686_644);
    same(sortino(&moments(&weekly), 12.0), 0.536_056_267_418_897_6);
    same(sortino(&moments(&benchmark), 252.0), f64::INFINITY);
    same(omega(&moments(&less(&mixed, 11_f64.powf(1.0 / 252.0) - 1.0))), 0.833_542_634_975_579_3);
    same(omega(&moments(&less(&mixed, 0.01))), 0.8125);
    same(omega(&moments(&less(&positive, 0.011))), 1.125);
    same(omega(&moments(&less(&positive, 0.02))), 0.0);
    same(annual_return(total_return(&mixed), 9, 252.0) / 0.1, 19.135_925_373_194_233);
}

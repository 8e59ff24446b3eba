//! Published series and worked examples outside the repository.

use super::{gunzip, shared};
use flate2::read::GzDecoder;
use std::collections::HashMap;
use std::fs::File;
use std::io::Read;

/// All files of the archive by name.
pub fn stock_indicators() -> Option<HashMap<String, String>> {
    let path = shared("reference/stock_indicators_standard.tar.gz")?;
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(path).expect("opens")));
    let mut files = HashMap::new();
    for entry in archive.entries().expect("is an archive") {
        let mut entry = entry.expect("is readable");
        let name = entry.path().expect("has a name").to_string_lossy().trim_start_matches("./").to_owned();
        let mut text = String::new();
        if entry.header().entry_type().is_file() {
            entry.read_to_string(&mut text).expect("is text");
            files.insert(name, text);
        }
    }
    Some(files)
}

/// A field of every row of an expected series; NaN where it is null.
pub fn expected(files: &HashMap<String, String>, name: &str, field: &str) -> Vec<f64> {
    let rows: serde_json::Value =
        serde_json::from_str(&files[&format!("results/{name}.standard.json")]).expect("is JSON");
    let value = |row: &serde_json::Value| row[field].as_f64().unwrap_or(f64::NAN);
    rows.as_array().expect("is an array").iter().map(value).collect()
}

/// A worked example: name and options, then columns.
pub struct Example {
    pub name: String,
    pub options: Vec<f64>,
    pub columns: Vec<Vec<f64>>,
}

pub fn examples(text: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(numbers) = line.strip_prefix('{') {
            let numbers = numbers.trim_end_matches('}').split(',').filter(|number| !number.trim().is_empty());
            let column = numbers.map(|number| number.trim().parse().expect("is a number")).collect();
            examples.last_mut().expect("a name came first").columns.push(column);
        } else {
            let mut words = line.split_whitespace();
            examples.push(Example {
                name: words.next().expect("has a name").to_owned(),
                options: words.map(|word| word.parse().expect("is a number")).collect(),
                columns: Vec::new(),
            });
        }
    }
    examples
}

/// The worked examples of a file of that folder.
pub fn examples_of(file: &str) -> Option<Vec<Example>> {
    shared(&format!("reference/{file}")).map(|path| examples(&gunzip(&path)))
}

/// A column of the quotes that the expected series belong to: 1 open, 2 high, 3 low, 4 close, 5 volume.
pub fn quote_column(files: &HashMap<String, String>, index: usize) -> Vec<f64> {
    files["quotes/default.csv"]
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(index).expect("has the column").trim().parse().expect("is a number"))
        .collect()
}

//! The figures as a table.

use std::fmt::Write as _;

/// One figure: what was to be reached, and what was.
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) measured: String,
    /// Whether it is reached; `None` for what only explains another figure.
    pub(crate) reached: Option<bool>,
}

impl Figure {
    /// A figure with a target.
    pub(crate) fn new(name: &str, target: &str, measured: String, reached: bool) -> Figure {
        Figure { name: name.to_owned(), target: target.to_owned(), measured, reached: Some(reached) }
    }

    /// A part of the figure before it.
    pub(crate) fn part(name: &str, measured: String) -> Figure {
        Figure { name: format!("  {name}"), target: String::new(), measured, reached: None }
    }
}

/// Prints the table.
pub(crate) fn print(figures: &[Figure]) {
    let width =
        |cell: fn(&Figure) -> &str| figures.iter().map(|figure| cell(figure).chars().count()).max().unwrap_or(0);
    let (names, targets) = (width(|figure| &figure.name), width(|figure| &figure.target));
    let mut table = String::new();
    for Figure { name, target, measured, reached } in figures {
        let verdict = match reached {
            Some(true) => "reached  ",
            Some(false) => "MISSED   ",
            None => "         ",
        };
        let _ = writeln!(table, "{verdict}{name:<names$}  {target:<targets$}  {measured}");
    }
    print!("\n{table}");
}

/// A rate in millions a second.
pub(crate) fn millions(records: usize, seconds: f64) -> f64 {
    records as f64 / seconds / 1e6
}

//! What `lapse stats` counts, before and after a partial deletion: it must be the same.

use serde_json::Value;

use super::table::{Align, Table};
use super::words::TRACKERS;

/// The statistics of some months.
pub(super) struct Statistics(Vec<Value>);

impl Statistics {
    /// Those of an answer whose month is one of these.
    pub(super) fn of(answer: &Value, months: &[&str]) -> Statistics {
        let rows = answer["statistics"].as_array().into_iter().flatten();
        let is_wanted = |row: &&Value| row["group"].as_str().is_some_and(|group| months.contains(&group));
        Statistics(rows.filter(is_wanted).cloned().collect())
    }

    /// Whether another has the same conversations, hits, sentiment and score.
    pub(super) fn agree(&self, other: &Statistics) -> bool {
        let same = |(left, right): (&Value, &Value)| {
            ["group", "conversations", "hits", "sentiment", "score"].iter().all(|field| left[field] == right[field])
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }

    /// A line a month: how it was, how it is.
    pub(super) fn print_beside(&self, after: &Statistics) {
        let table = Table::new(Align::Right, &[16, 13, 10, 10, 9, 5, 9, 5]);
        let trackers = TRACKERS.iter().map(|(name, _)| *name);
        let head = ["", "conversations", "anonymised"].into_iter().chain(trackers).chain(["sentiment", "score"]);
        table.row(head);
        for (before, after) in self.0.iter().zip(&after.0) {
            table.row(cells(before, "before"));
            table.row(cells(after, "after"));
        }
    }
}

fn cells(row: &Value, when: &str) -> Vec<String> {
    let mut cells = vec![
        format!("{} {when}", row["group"].as_str().unwrap_or_default()),
        row["conversations"].to_string(),
        row["partial"].to_string(),
    ];
    cells.extend(TRACKERS.iter().map(|(name, _)| row["hits"][name].as_u64().unwrap_or(0).to_string()));
    cells.push(format!("{:.3}", row["sentiment"].as_f64().unwrap_or_default()));
    cells.push(format!("{:.1}", row["score"].as_f64().unwrap_or_default()));
    cells
}

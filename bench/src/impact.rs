//! The impact of shorter periods on every stored record: read once, decided by both sides for four days.

use std::path::Path;

use lapse::host::{ModuleSource, ProposedSettings};
use serde_json::json;

use crate::Result;
use crate::fill::{Size, open};
use crate::report::Figure;
use crate::stopwatch::{median, timed};

const ROUNDS: usize = 5;
const SECONDS_MAX: f64 = 5.0;

pub(crate) fn measure(store: &Path) -> Result<Figure> {
    let (host, tenant) = open(store)?;
    let candidate = |settings| host.candidate(&tenant, &ModuleSource::Active, &settings);
    let shorter = candidate(ProposedSettings::Changed(vec![("audio-days".to_owned(), Some(json!(30)))]))?;
    let in_force = candidate(ProposedSettings::default())?;
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (seconds, report) = timed(|| Ok(host.impact(&tenant, &shorter, &in_force)?))?;
        assert_eq!(report.examined, Size::LARGE.records as u64);
        times.push(seconds);
    }
    let seconds = median(&mut times);
    Ok(Figure::new("impact on 1,000,000 records", "< 5 s", format!("{seconds:.2} s"), seconds < SECONDS_MAX))
}

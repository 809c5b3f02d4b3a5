//! Time, and the middle of several times.

use std::time::Instant;

use crate::Result;

/// How many seconds something took, and what came of it.
pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<(f64, T)> {
    let started = Instant::now();
    let value = work()?;
    Ok((started.elapsed().as_secs_f64(), value))
}

/// The middle one.
pub(crate) fn median(times: &mut [f64]) -> f64 {
    assert!(!times.is_empty(), "something was measured");
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Lets the disk come to rest: what was written before must not be paid for by what is measured next.
pub(crate) fn settle_disk() {
    // Where there is no `sync`, the measurement is a little noisier.
    let _ = std::process::Command::new("sync").status();
}

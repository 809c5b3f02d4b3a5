//! Peak memory of a full sweep, each in a process of its own.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use lapse::host::RunOptions;

use crate::Result;
use crate::fill::{NOTHING_DUE_ON, Size, open, stored};
use crate::report::Figure;

/// The first word of the child's command line.
pub(crate) const CHILD: &str = "sweep-and-say-memory";

const MEBIBYTES_MAX: u64 = 200;
/// Flat: the largest store takes at most so much more than the smallest.
const GROWTH_MAX: f64 = 1.5;

pub(crate) fn measure(folder: &Path, policy: &[u8], large: &Path) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let (mut peaks, mut sizes) = (Vec::new(), Vec::new());
    for records in [10_000, 100_000] {
        let store = stored(folder, policy, Size { records, due_days: 0, due_each: 0 })?;
        peaks.push(peak(&store)?);
        sizes.push(records);
        fs::remove_dir_all(store)?;
    }
    peaks.push(peak(large)?);
    let mebibytes = peaks.iter().map(|kibibytes| format!("{:.0}", *kibibytes as f64 / 1024.0)).collect::<Vec<_>>();
    let growth = peaks[2] as f64 / peaks[0] as f64;
    figures.push(Figure::new(
        "peak memory of a full sweep",
        "< 200 MiB, flat",
        format!("{} MiB for 10,000, 100,000 and 1,000,000 records", mebibytes.join(", ")),
        peaks.iter().all(|kibibytes| kibibytes >> 10 < MEBIBYTES_MAX) && growth <= GROWTH_MAX,
    ));
    Ok(figures)
}

/// Kibibytes at the most.
fn peak(store: &Path) -> Result<u64> {
    let output = Command::new(std::env::current_exe()?).arg(CHILD).arg(store).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// The child: sweeps, and prints its own peak, as Linux counts it.
pub(crate) fn child(store: &Path) -> Result<()> {
    let (host, tenant) = open(store)?;
    let options = RunOptions { date: Some(NOTHING_DUE_ON), full: true, ..RunOptions::default() };
    host.plan(&tenant, &options, &mut io::sink())?;
    let status = fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = peak.and_then(|peak| peak.trim().strip_suffix(" kB")).ok_or("this system does not say VmHWM")?;
    println!("{kibibytes}");
    Ok(())
}

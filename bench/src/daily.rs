//! A daily run over a million conversations and over ten thousand, three thousand due in both.

use std::io;
use std::path::Path;

use lapse::host::RunOptions;
use lapse::plan::Approval;
use lapse::record::Day;

use crate::Result;
use crate::fill::{FIRST_DUE_ON, Size, open, stored};
use crate::report::Figure;
use crate::stopwatch::{median, settle_disk, timed};

const SMALL: Size = Size { records: 10_000, due_days: 1, ..Size::LARGE };

/// Times of planning alone, and of the whole run.
#[derive(Default)]
struct Times {
    plan: Vec<f64>,
    run: Vec<f64>,
}

pub(crate) fn measure(folder: &Path, policy: &[u8], large: &Path) -> Result<Vec<Figure>> {
    let (mut of_large, mut of_small) = (Times::default(), Times::default());
    for day in 0..Size::LARGE.due_days {
        let small = stored(folder, policy, SMALL)?;
        run(&small, FIRST_DUE_ON, &mut of_small)?;
        run(large, Day(FIRST_DUE_ON.0 + day as i32), &mut of_large)?;
        std::fs::remove_dir_all(small)?;
    }
    let (large, small) = (median(&mut of_large.run), median(&mut of_small.run));
    let (large_plan, small_plan) = (median(&mut of_large.plan), median(&mut of_small.plan));
    Ok(vec![
        Figure::new(
            "daily run, 3,000 due of 1,000,000, against of 10,000",
            "≤ 1.5× its time",
            format!("{:.2}× ({:.0} ms and {:.0} ms)", large / small, 1e3 * large, 1e3 * small),
            large / small <= 1.5,
        ),
        Figure::part(
            "of which planning",
            format!("{:.2}× ({:.0} ms and {:.0} ms)", large_plan / small_plan, 1e3 * large_plan, 1e3 * small_plan),
        ),
    ])
}

fn run(store: &Path, date: Day, times: &mut Times) -> Result<()> {
    let (host, tenant) = open(store)?;
    let options = RunOptions { date: Some(date), full: false, approval: Approval::All };
    settle_disk();
    let (planning, _) = timed(|| Ok(host.plan(&tenant, &options, &mut io::sink())?))?;
    let (running, report) = timed(|| Ok(host.run(&tenant, &options)?))?;
    assert_eq!(report.done, Size::LARGE.due_each as u64, "what is due is done");
    times.plan.push(planning);
    times.run.push(running);
    Ok(())
}

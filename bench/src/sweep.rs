//! A full sweep: every record read, every verdict given and checked, nothing due.

use std::io;
use std::ops::ControlFlow;
use std::path::Path;

use lapse::host::RunOptions;
use lapse::record::Subject;
use lapse::storage::{Scan, Scope};

use crate::Result;
use crate::fill::{NOTHING_DUE_ON, Size, open};
use crate::report::{Figure, millions};
use crate::stopwatch::{median, timed};

const ROUNDS: usize = 7;

pub(crate) fn measure(store: &Path) -> Result<Figure> {
    let (host, tenant) = open(store)?;
    let options = RunOptions { date: Some(NOTHING_DUE_ON), full: true, ..RunOptions::default() };
    let records = Size::LARGE.records;
    let policy = host.policy_of(&tenant)?;
    let columns = policy.manifest().reads(Subject::Conversation);
    let scan = Scan { tenant: tenant.key, subject: Subject::Conversation, columns, scope: Scope::All };
    let (mut whole, mut reading) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (seconds, report) = timed(|| Ok(host.plan(&tenant, &options, &mut io::sink())?))?;
        assert_eq!((report.examined, report.items.len()), (records as u64, 0), "a sweep in which nothing is due");
        whole.push(seconds);
        let mut read = 0;
        let mut scanned = |batch: &mut lapse::columns::Batch| {
            read += batch.rows.len();
            ControlFlow::Continue(())
        };
        reading.push(timed(|| Ok(host.store().storage.scan(&scan, &mut scanned)?))?.0);
        assert_eq!(read, records);
    }
    let (rate, reading) = (millions(records, median(&mut whole)), millions(records, median(&mut reading)));
    let measured = format!("{rate:.2} M/s (reading alone {reading:.2} M/s)");
    Ok(Figure::new("full sweep of 1,000,000: read and decide", "≥ 1 M/s", measured, rate >= 1.0))
}

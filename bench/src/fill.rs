//! Stores to measure, filled through the library.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lapse::blobs;
use lapse::host::{Host, Silent, Surroundings};
use lapse::record::{Day, Subject};
use lapse::storage::Tenant;
use lapse::store::Access;
use serde_json::json;

use crate::Result;
use crate::calls::call;

/// The day before the first day on which anything is due.
pub(crate) const NOTHING_DUE_ON: Day = Day(20_453);
/// The first day on which records are due.
pub(crate) const FIRST_DUE_ON: Day = Day(20_454);

const AUDIO_DAYS: i32 = 90;
const STATISTICS_DAYS: i32 = 180;
/// Records that are not due were recorded on one of so many days, the last before anything is due.
const RECENT_DAYS: usize = 80;
/// How many records share a transaction.
const TOGETHER: usize = 10_000;
const WAV_BYTES: usize = 8_044;

/// What a store holds.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Conversations altogether.
    pub(crate) records: usize,
    /// On how many days, from [`FIRST_DUE_ON`] on, records are due.
    pub(crate) due_days: usize,
    /// How many on each of them. They have long transcripts and audio files.
    pub(crate) due_each: usize,
}

impl Size {
    /// A million, of which three thousand are due on each of five days.
    pub(crate) const LARGE: Size = Size { records: 1_000_000, due_days: 5, due_each: 3_000 };

    fn due(self) -> usize {
        self.due_days * self.due_each
    }
}

/// The clock stands on the last of the days that anything is measured for; the system's randomness.
pub(crate) fn surroundings() -> Result<Surroundings> {
    let now =
        chrono::DateTime::from_timestamp(i64::from(FIRST_DUE_ON.0 + 30) * 86_400, 0).expect("a time of this century");
    Ok(Surroundings { now: Box::new(move || now), ..Surroundings::of_this_process(Box::new(Silent))? })
}

/// Opens a store, and its one tenant.
pub(crate) fn open(store: &Path) -> Result<(Host, Tenant)> {
    let host = Host::open(store, Access::Write, surroundings()?)?;
    let tenant = host.tenant(None)?;
    Ok((host, tenant))
}

/// Makes a store with an active standard policy and nothing in it.
pub(crate) fn empty(store: &Path, policy: &[u8]) -> Result<Host> {
    let host = Host::create(store, surroundings()?)?;
    let (digest, _) = host.install_module(policy)?;
    let tenant = host.add_tenant("bench", "UTC")?;
    host.activate(&tenant, &digest)?;
    let settings = [("audio-days", AUDIO_DAYS), ("statistics-days", STATISTICS_DAYS)];
    host.set_settings(&host.tenant(None)?, &settings.map(|(key, days)| (key.to_owned(), Some(json!(days)))))?;
    Ok(host)
}

/// Makes and fills a store; its folder.
pub(crate) fn stored(folder: &Path, policy: &[u8], size: Size) -> Result<PathBuf> {
    let started = Instant::now();
    let store = tempfile::Builder::new().prefix("store-").tempdir_in(folder)?.keep();
    let host = empty(&store, policy)?;
    let tenant = host.tenant(None)?;
    let storage = &host.store().storage;
    for first in (0..size.records).step_by(TOGETHER) {
        let mut transaction = storage.begin()?;
        for number in first..size.records.min(first + TOGETHER) {
            let (recorded_on, is_due) = recorded_on(number, size);
            let audio = blobs::new_name(recorded_on, (number as u128).to_le_bytes(), Path::new("a.wav"));
            if is_due {
                write_audio(&store.join("blobs").join(&audio), number)?;
            }
            transaction.add_conversation(tenant.key, &call(number, recorded_on, Some(audio), is_due), &[])?;
            let (key, due_on) = (number as i64 + 1, Day(recorded_on.0 + AUDIO_DAYS + 1));
            transaction.put_review(Subject::Conversation, key, 1, due_on)?;
        }
        if first + TOGETHER >= size.records {
            transaction.sweep_done(tenant.key)?;
        }
        transaction.commit()?;
        storage.settle_if_large()?;
    }
    host.settle()?;
    eprintln!("filled a store with {} conversations in {:.0} s", size.records, started.elapsed().as_secs_f64());
    Ok(store)
}

/// The day of a record, in the order of recording, and whether it is one of those that will be due.
fn recorded_on(number: usize, size: Size) -> (Day, bool) {
    if number < size.due() {
        return (Day(FIRST_DUE_ON.0 + (number / size.due_each) as i32 - AUDIO_DAYS - 1), true);
    }
    let place = (number - size.due()) * RECENT_DAYS / (size.records - size.due());
    (Day(NOTHING_DUE_ON.0 - RECENT_DAYS as i32 + place as i32), false)
}

/// A file of the size of half a second, each different.
fn write_audio(path: &Path, number: usize) -> Result<()> {
    let mut bytes = vec![0; WAV_BYTES];
    bytes[..8].copy_from_slice(&number.to_le_bytes());
    fs::create_dir_all(path.parent().expect("a file is in a folder"))?;
    Ok(fs::write(path, bytes)?)
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

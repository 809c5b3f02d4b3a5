//! Twenty thousand partial deletions, against a script that does the same by hand; and where the rest of the time goes.

use std::cell::Cell;
use std::io::Cursor;
use std::path::Path;

use chrono::Utc;
use lapse::blobs::{BlobError, Blobs, Deleting};
use lapse::execute::{Executor, GROUP_RECORDS};
use lapse::host::RunOptions;
use lapse::ledger::{Appender, Event};
use lapse::plan::{self, Approval, SealedPlan, SealedWriter};
use lapse::record::{Actions, Artefacts, Subject};
use lapse::storage::Scope;
use lapse_anonymise::{Anonymiser, Known, Language, Turn};

use crate::Result;
use crate::calls::call;
use crate::fill::{self, FIRST_DUE_ON, Size};
use crate::report::Figure;
use crate::script;
use crate::stopwatch::{median, settle_disk, timed};

const RECORDS: usize = 20_000;
const ROUNDS: usize = 3;

pub(crate) fn measure(folder: &Path, policy: &[u8]) -> Result<Vec<Figure>> {
    let filled = fill::stored(folder, policy, Size { records: RECORDS, due_days: 1, due_each: RECORDS })?;
    let copy = |name: &str| {
        let to = folder.join(name);
        fill::copy(&filled, &to)?;
        settle_disk();
        Ok::<_, Box<dyn std::error::Error>>(to)
    };
    let transcript = serde_json::to_string(&call(1, FIRST_DUE_ON, None, true).transcript)?;
    let (mut by_lapse, mut by_script) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let store = copy("by-script")?;
        let (seconds, done) = timed(|| script::run(&store, &transcript))?;
        assert_eq!(done, RECORDS);
        by_script.push(seconds);
        std::fs::remove_dir_all(store)?;
        let store = copy("by-lapse")?;
        by_lapse.push(run(&store)?);
        std::fs::remove_dir_all(store)?;
    }
    let (by_lapse, by_script) = (median(&mut by_lapse), median(&mut by_script));
    let ratio = by_script / by_lapse;
    let mut figures = vec![Figure::new(
        "20,000 partial deletions, against a script",
        "≥ 0.5× its speed",
        format!("{ratio:.2}× ({by_lapse:.1} s, the script {by_script:.1} s)"),
        ratio >= 0.5,
    )];
    figures.extend(parts(&copy("parts")?, folder, policy)?);
    Ok(figures)
}

fn run(store: &Path) -> Result<f64> {
    let (host, tenant) = fill::open(store)?;
    let options = RunOptions { date: Some(FIRST_DUE_ON), full: false, approval: Approval::All };
    let (seconds, report) = timed(|| Ok(host.run(&tenant, &options)?))?;
    assert_eq!(report.done, RECORDS as u64, "what is due is done");
    Ok(seconds)
}

/// The same work once more, part by part.
fn parts(store: &Path, folder: &Path, policy: &[u8]) -> Result<Vec<Figure>> {
    let (host, tenant) = fill::open(store)?;
    let storage = &*host.store().storage;
    let policy_of_tenant = host.policy_of(&tenant)?;
    let (planning, sealed) = timed(|| {
        let header = plan::PlanHeader {
            format: plan::sealed::FORMAT.to_owned(),
            plan: "bench".to_owned(),
            tenant: tenant.id.clone(),
            date: FIRST_DUE_ON.to_string(),
            made_at: String::new(),
            origin: plan::Origin::Policy,
            module: None,
            settings: String::new(),
            engine_profile: String::new(),
            sweep: false,
        };
        let mut writer = SealedWriter::new(Vec::new(), &header)?;
        let scope = Scope::Due(FIRST_DUE_ON);
        let request = plan::Request { tenant: &tenant, policy: &policy_of_tenant, today: FIRST_DUE_ON, scope };
        plan::plan(storage, &request, &mut writer, &mut |_| Ok(()), &mut |_| {})?;
        Ok(writer.seal(&[0; 32])?.1)
    })?;
    let mut sealed = SealedPlan::open(Cursor::new(sealed), &[0; 32])?;
    let blobs = Timed { inner: &*host.store().blobs, waited: Cell::new(0.0) };
    let anonymiser = Anonymiser::new();
    let executor = Executor { storage, blobs: &blobs, anonymiser: &anonymiser, now: &Utc::now };
    let mut transaction = storage.begin()?;
    let number = transaction.open_run(tenant.key, FIRST_DUE_ON, "bench", Utc::now())?;
    transaction.commit()?;
    let (applying, outcome) =
        timed(|| Ok(executor.apply(number, &tenant, &mut |count| sealed.next_items(count), &mut |_| {})?))?;
    assert_eq!(outcome.done, RECORDS as u64);
    let (settling, ()) = timed(|| Ok(storage.settle()?))?;
    let anonymising = anonymise_all(&anonymiser)?;
    let ledger = append_all(&folder.join("ledger"), policy)?;
    let files = blobs.waited.get();
    let rows = applying - files - anonymising - ledger;
    let all = planning + applying + settling;
    let part =
        |name: &str, seconds: f64| Figure::part(name, format!("{:>3.0} %  {seconds:.2} s", 100.0 * seconds / all));
    Ok(vec![
        part("deciding and sealing the plan", planning),
        part("anonymising, on every core", anonymising),
        part("files that are not gone when the next group is changed", files),
        part("ledger: an intent and a receipt each, hashed and chained", ledger),
        part("rows: look again, change, note, read back, commit; and what these cost each other", rows),
        part("checkpoint, and overwriting what is deleted", settling),
    ])
}

/// Audio storage with a stopwatch for how long its deletions are waited for.
struct Timed<'a> {
    inner: &'a dyn Blobs,
    waited: Cell<f64>,
}

impl Blobs for Timed<'_> {
    fn put(&self, name: &str, source: &Path) -> std::result::Result<(), BlobError> {
        self.inner.put(name, source)
    }

    fn delete(&self, names: Vec<String>) -> Deleting<'_> {
        let deleting = self.inner.delete(names);
        Box::new(move || {
            let started = std::time::Instant::now();
            let deletions = deleting();
            self.waited.set(self.waited.get() + started.elapsed().as_secs_f64());
            deletions
        })
    }

    fn exists(&self, name: &str) -> std::result::Result<bool, BlobError> {
        self.inner.exists(name)
    }

    fn list(&self, visit: &mut dyn FnMut(&str)) -> std::result::Result<(), BlobError> {
        self.inner.list(visit)
    }
}

/// The same transcripts, spread over the cores as the executor does.
fn anonymise_all(anonymiser: &Anonymiser) -> Result<f64> {
    let calls: Vec<_> = (0..RECORDS).map(|number| call(number, FIRST_DUE_ON, None, true)).collect();
    let cores = std::thread::available_parallelism()?.get();
    let anonymise = |call: &lapse::conversation::NewConversation| {
        let turns: Vec<Turn<'_>> =
            call.transcript.iter().flatten().map(|turn| Turn { speaker: &turn.speaker, text: &turn.text }).collect();
        let known = Known {
            names: call.customer.name.iter().cloned().collect(),
            phones: call.customer.number.iter().cloned().collect(),
            references: call.customer.reference.iter().cloned().collect(),
            employees: call.details.employee.iter().cloned().collect(),
            others: Vec::new(),
        };
        let language =
            if call.details.language.as_deref() == Some("da") { Language::Danish } else { Language::English };
        anonymiser.anonymise(&turns, Some(language), &known).map(drop)
    };
    let (seconds, ()) = timed(|| {
        for group in calls.chunks(GROUP_RECORDS) {
            std::thread::scope(|scope| {
                let parts: Vec<_> = group
                    .chunks(group.len().div_ceil(cores))
                    .map(|calls| scope.spawn(move || calls.iter().try_for_each(anonymise)))
                    .collect();
                parts.into_iter().try_for_each(|part| part.join().expect("no anonymising panics"))
            })?;
        }
        Ok(())
    })?;
    Ok(seconds)
}

/// Two entries for each record, in groups as large as the executor's.
fn append_all(store: &Path, policy: &[u8]) -> Result<f64> {
    let host = fill::empty(store, policy)?;
    let storage = &host.store().storage;
    let tenant = "bench".to_owned();
    let mut seconds = 0.0;
    for first in (0..RECORDS).step_by(GROUP_RECORDS) {
        let mut transaction = storage.begin()?;
        let mut appender = Appender::new(&mut *transaction, Utc::now())?;
        let started = std::time::Instant::now();
        for number in first..RECORDS.min(first + GROUP_RECORDS) {
            let (id, subject, tenant) = (format!("call-{number:07}"), Subject::Conversation, tenant.clone());
            let actions = Actions::PURGE_AUDIO.with(Actions::PURGE_CUSTOMER).with(Actions::ANONYMISE_TRANSCRIPT);
            let intent = Event::Intent {
                tenant: tenant.clone(),
                subject,
                id: id.clone(),
                version: 1,
                actions,
                rule: "audio-days".to_owned(),
                had: Some(Artefacts::ALL),
            };
            let intent = appender.append(&mut *transaction, Some(1), intent)?;
            let receipt = Event::Receipt { tenant, subject, id, intent, audio: "deleted".to_owned() };
            appender.append(&mut *transaction, Some(1), receipt)?;
        }
        seconds += started.elapsed().as_secs_f64();
        transaction.commit()?;
    }
    Ok(seconds)
}

//! A past run's verdicts, given again and compared with the ledger: the same module, settings and day, about each record as it was
//! when it was decided on. Writes nothing.
//!
//! A run changes what it acts on, so a record is put back first as far as the ledger vouches for it: its intent says which artefacts
//! it had, and its version shows that nothing else has changed since. Where that cannot be vouched for, nothing is claimed.

mod asked;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use self::asked::{Asked, Past};
use super::Host;
use crate::columns::{BATCH_RECORDS_MAX, Batch, Column, ColumnName, Row};
use crate::error::Error;
use crate::ledger::{Entry, Event};
use crate::policy::{Context, Engine, ModuleDigest, Policy};
use crate::record::{Actions, Artefacts, Subject};
use crate::storage::{Scan, Scope, Storage, StorageError, Tenant, try_scan};
use crate::store::{Access, Store};

/// How many disagreements are listed; all are counted.
const LISTED_MAX: usize = 100;

/// How a run is replayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayOptions {
    /// Another store, restored from a backup of before the run, to read records from.
    pub records: Option<PathBuf>,
    /// Runs the module in wasmtime's interpreter, not as machine code.
    pub interpreted: bool,
}

/// What a replay has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReplayReport {
    /// The run.
    pub run: i64,
    /// The tenant.
    pub tenant: String,
    /// The day for which it decided.
    pub date: String,
    /// The policy that decided.
    pub policy: String,
    /// The settings with which it did.
    pub settings: serde_json::Value,
    /// What the verdicts were given by this time.
    pub runtime: String,
    /// The engine profile that the ledger names.
    pub profile_then: String,
    /// The engine profile now. By another, the same verdicts are still the same verdicts.
    pub profile_now: String,
    /// Verdicts that the ledger records.
    pub recorded: u64,
    /// Verdicts given again, and the same.
    pub agreed: u64,
    /// Verdicts given again, and others.
    pub disagreed: u64,
    /// The first of those.
    pub disagreements: Vec<Disagreement>,
    /// Verdicts that could not be given again, and why not.
    pub not_replayed: BTreeMap<NotReplayed, u64>,
    /// What is wrong with the ledger itself; empty where it holds.
    pub ledger_faults: Vec<String>,
}

impl ReplayReport {
    /// Whether nothing speaks against the record of the run.
    pub fn holds(&self) -> bool {
        self.disagreed == 0 && self.ledger_faults.is_empty()
    }
}

/// A verdict that is another now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Disagreement {
    /// Conversation or snippet.
    pub subject: Subject,
    /// The record.
    pub id: String,
    /// What the ledger says.
    pub recorded: Verdict,
    /// What the policy says now.
    pub replayed: Verdict,
}

/// What is to be done, and by which rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Verdict {
    /// What.
    pub actions: Actions,
    /// The rule's name.
    pub rule: String,
}

/// Why a verdict could not be given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NotReplayed {
    /// The run deleted the record completely.
    DeletedByTheRun,
    /// The record was deleted completely since.
    DeletedSince,
    /// The record has changed since, by a hold, an import or a later run.
    ChangedSince,
    /// The policy reads labels or metadata, which the run may have rewritten.
    Rewritten,
    /// The ledger does not say what the record had, or what was asked: it was written before Lapse recorded that.
    NotRecorded,
}

impl NotReplayed {
    /// In words.
    pub fn explanation(self) -> &'static str {
        match self {
            NotReplayed::DeletedByTheRun => {
                "the run deleted the record; a backup of before can be given with --records"
            }
            NotReplayed::DeletedSince => "the record was deleted since",
            NotReplayed::ChangedSince => "the record has changed since",
            NotReplayed::Rewritten => "the policy reads labels or metadata, which the run may have rewritten",
            NotReplayed::NotRecorded => "the ledger of that time does not say what the record had",
        }
    }
}

impl Host {
    /// Gives the verdicts of a past run again, and compares them with the ledger.
    pub fn replay(&self, run: i64, options: &ReplayOptions) -> Result<ReplayReport, Error> {
        let past = Past::read(&*self.store.storage, run)?;
        let tenant = self.tenant(Some(&past.tenant))?;
        let settings = self.settings_then(&tenant, &past.settings)?;
        let policy = self.policy_then(&tenant, &past.module, options.interpreted)?;
        let backup = options.records.as_deref().map(|path| Store::open(path, Access::Read)).transpose()?;
        let store = backup.as_ref().unwrap_or(&self.store);
        let there = tenant_in(&*store.storage, &tenant.id, options.records.as_deref())?;
        let mut replay = Replay {
            storage: &*store.storage,
            tenant: &there,
            policy: &policy,
            ctx: Context { today: past.date, settings: &settings },
            report: ReplayReport {
                run,
                tenant: tenant.id.clone(),
                date: past.date.to_string(),
                policy: policy.label(),
                settings: serde_json::from_str(&settings).expect("settings are JSON"),
                runtime: runtime(options.interpreted),
                profile_then: past.engine_profile,
                profile_now: policy.engine().profile().to_owned(),
                recorded: past.asked.len() as u64,
                agreed: 0,
                disagreed: 0,
                disagreements: Vec::new(),
                not_replayed: BTreeMap::new(),
                ledger_faults: self.verify_ledger()?.faults,
            },
        };
        self.progress().start("deciding again", Some(past.asked.len() as u64));
        for subject in [Subject::Snippet, Subject::Conversation] {
            let of_subject: Vec<&Asked> = past.asked.iter().filter(|asked| asked.subject == subject).collect();
            for asked in of_subject.chunks(BATCH_RECORDS_MAX) {
                replay.ask_again(subject, asked)?;
                self.progress().advance(asked.len() as u64);
            }
        }
        self.progress().finish();
        Ok(replay.report)
    }

    /// The text of settings whose digest a run names: those in force, none at all, or some that the ledger has kept.
    fn settings_then(&self, tenant: &Tenant, digest: &str) -> Result<String, Error> {
        let is_it = |text: &str| hex::encode(Sha256::digest(text.as_bytes())) == digest;
        let mut found = [tenant.settings.as_str(), "{}"].into_iter().find(|text| is_it(text)).map(str::to_owned);
        self.store.storage.ledger(0, None, &mut |row| {
            if let Ok(Entry { event: Event::SettingsChanged { tenant: of, settings }, .. }) =
                serde_json::from_slice(&row.body)
                && of == tenant.id
            {
                found = found.take().or_else(|| Some(settings.to_string()).filter(|text| is_it(text)));
            }
            found.is_none()
        })?;
        found.ok_or_else(|| {
            Error::NotFound(format!("the ledger has no settings of tenant {} with SHA-256 {digest}", tenant.id))
        })
    }

    /// The module that decided then. Whether the tenant trusts it now does not matter: it does not decide, it is asked again.
    fn policy_then(&self, tenant: &Tenant, digest: &str, interpreted: bool) -> Result<Policy, Error> {
        let digest: ModuleDigest = digest.parse().map_err(|_| StorageError::Unreadable { what: "a module digest" })?;
        if self.store.storage.module(&digest)?.is_none() {
            return Err(Error::NotFound(format!(
                "module {digest} decided then and is not installed; install it again"
            )));
        }
        if !interpreted {
            return self.load(tenant, &digest);
        }
        let failed = |source| Error::Policy { tenant: tenant.id.clone(), source };
        let engine = Engine::interpreting().map_err(|error| Error::Compiled(error.into()))?;
        let bytes = self.module_bytes(&digest)?;
        if ModuleDigest::of(&bytes) != digest {
            return Err(Error::Input(format!(
                "the stored file of module {digest} is another module; install it again"
            )));
        }
        let compiled = self.surroundings.compiler.for_admitted().for_interpreter().compile(&bytes);
        Policy::load(&engine, &compiled.map_err(|error| failed(error.into()))?).map_err(|error| failed(error.into()))
    }
}

fn runtime(interpreted: bool) -> String {
    format!(
        "{}, {}",
        Engine::runtime(),
        if interpreted { "interpreted by Pulley" } else { "machine code by Cranelift" }
    )
}

fn tenant_in(storage: &dyn Storage, id: &str, records: Option<&Path>) -> Result<Tenant, Error> {
    storage.tenant(id)?.ok_or_else(|| {
        let store = records.map_or_else(|| "this store".to_owned(), |path| path.display().to_string());
        Error::NotFound(format!("{store} has no tenant {id}"))
    })
}

/// A replay under way.
struct Replay<'a> {
    storage: &'a dyn Storage,
    tenant: &'a Tenant,
    policy: &'a Policy,
    ctx: Context<'a>,
    report: ReplayReport,
}

impl Replay<'_> {
    fn ask_again(&mut self, subject: Subject, asked: &[&Asked]) -> Result<(), Error> {
        let mut by_key = HashMap::new();
        for asked in asked {
            match self.storage.record_key(self.tenant.key, subject, &asked.id)? {
                Some(key) => drop(by_key.insert(key, *asked)),
                None => {
                    self.cannot(if asked.deletes() { NotReplayed::DeletedByTheRun } else { NotReplayed::DeletedSince })
                }
            }
        }
        let keys: Vec<i64> = by_key.keys().copied().collect();
        let columns = self.policy.manifest().reads(subject);
        let scan = Scan { tenant: self.tenant.key, subject, columns, scope: Scope::Keys(&keys) };
        let storage = self.storage;
        try_scan(storage, &scan, |batch| self.ask_batch(subject, batch, &by_key))
    }

    fn ask_batch(&mut self, subject: Subject, batch: &mut Batch, by_key: &HashMap<i64, &Asked>) -> Result<(), Error> {
        let reads = self.policy.manifest().reads(subject);
        let then: Vec<_> = batch.rows.iter().map(|row| as_it_was(by_key[&row.key], row, reads)).collect();
        for (name, column) in reads.iter().zip(&mut batch.columns) {
            put_back(name, column, &then);
        }
        let verdicts = self.policy.decide(subject, &self.ctx, batch.rows.len(), &batch.columns);
        let verdicts =
            verdicts.map_err(|source| Error::Policy { tenant: self.tenant.id.clone(), source: source.into() })?;
        for (index, (row, then)) in batch.rows.iter().zip(then).enumerate() {
            let asked = by_key[&row.key];
            match then {
                Err(reason) => self.cannot(reason),
                Ok(_) => {
                    let rule = &self.policy.manifest().rules[usize::from(verdicts.rules[index])].name;
                    self.compare(asked, Verdict { actions: verdicts.actions[index], rule: rule.clone() });
                }
            }
        }
        Ok(())
    }

    fn compare(&mut self, asked: &Asked, replayed: Verdict) {
        let recorded = asked.verdict.clone().expect("only what was recorded is compared");
        if recorded == replayed {
            self.report.agreed += 1;
            return;
        }
        self.report.disagreed += 1;
        if self.report.disagreements.len() < LISTED_MAX {
            let (subject, id) = (asked.subject, asked.id.clone());
            self.report.disagreements.push(Disagreement { subject, id, recorded, replayed });
        }
    }

    fn cannot(&mut self, reason: NotReplayed) {
        *self.report.not_replayed.entry(reason).or_default() += 1;
    }
}

/// Which artefacts a record had when it was decided on, if the ledger vouches for it. It was not held, or nothing would have been
/// done.
fn as_it_was(asked: &Asked, row: &Row, reads: &[ColumnName]) -> Result<Artefacts, NotReplayed> {
    let (Some(version), Some(verdict)) = (asked.version, &asked.verdict) else { return Err(NotReplayed::NotRecorded) };
    if row.version == version {
        return Ok(row.state);
    }
    if !asked.done || row.version != version + 1 {
        return Err(NotReplayed::ChangedSince);
    }
    let had = asked.had.ok_or(NotReplayed::NotRecorded)?;
    if after(had, verdict.actions) != row.state {
        return Err(NotReplayed::ChangedSince);
    }
    let rewrites = verdict.actions.intersects(Actions::PURGE_CUSTOMER.with(Actions::ANONYMISE_TRANSCRIPT));
    let reads_words = reads.iter().any(|name| matches!(name, ColumnName::Tag(_) | ColumnName::Metadata(_)));
    if rewrites && reads_words { Err(NotReplayed::Rewritten) } else { Ok(had) }
}

/// What is left of a record of which something is purged.
fn after(had: Artefacts, actions: Actions) -> Artefacts {
    let transcripts = Artefacts::TRANSCRIPT.with(Artefacts::ANONYMISED_TRANSCRIPT);
    let takes = [
        (Actions::PURGE_AUDIO, Artefacts::AUDIO),
        (Actions::PURGE_CUSTOMER, Artefacts::CUSTOMER),
        (Actions::ANONYMISE_TRANSCRIPT, Artefacts::TRANSCRIPT),
        (Actions::PURGE_TRANSCRIPT, transcripts),
    ];
    let taken = takes.iter().filter(|(action, _)| actions.contains(*action));
    let left = taken.fold(had, |left, (_, artefacts)| left.without(*artefacts));
    if actions.contains(Actions::ANONYMISE_TRANSCRIPT) { left.with(Artefacts::ANONYMISED_TRANSCRIPT) } else { left }
}

/// Puts the state into its column as it was; where it is not known, the answer is not looked at.
fn put_back(name: &ColumnName, column: &mut Column, then: &[Result<Artefacts, NotReplayed>]) {
    let Column::States(values) = column else { return };
    for (value, then) in values.iter_mut().zip(then) {
        match (name, then) {
            (ColumnName::State, Ok(state)) => *value = state.0,
            (ColumnName::Held, Ok(_)) => *value = 0,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Day;

    const HAD: Artefacts =
        Artefacts::AUDIO.with(Artefacts::CUSTOMER).with(Artefacts::TRANSCRIPT).with(Artefacts::STATISTICS);
    const ANONYMISED: Artefacts = Artefacts::ANONYMISED_TRANSCRIPT.with(Artefacts::STATISTICS);
    const PARTIAL: Actions = Actions::PURGE_AUDIO.with(Actions::PURGE_CUSTOMER).with(Actions::ANONYMISE_TRANSCRIPT);

    fn asked(actions: Actions, had: Option<Artefacts>, done: bool) -> Asked {
        let verdict = Some(Verdict { actions, rule: "a rule".to_owned() });
        Asked { subject: Subject::Conversation, id: "c".to_owned(), version: Some(4), verdict, had, done }
    }

    fn row(version: i64, state: Artefacts) -> Row {
        Row { key: 1, version, state, held: false, review_on: Day::ABSENT }
    }

    #[test]
    fn a_record_is_put_back_only_as_far_as_the_ledger_vouches_for_it() {
        let done = asked(PARTIAL, Some(HAD), true);
        assert_eq!(as_it_was(&done, &row(5, ANONYMISED), &[ColumnName::State]), Ok(HAD));
        assert_eq!(as_it_was(&done, &row(4, HAD), &[]), Ok(HAD), "as a backup has it");
        assert_eq!(as_it_was(&done, &row(6, ANONYMISED), &[]), Err(NotReplayed::ChangedSince));
        let statistics = row(5, Artefacts::STATISTICS);
        assert_eq!(as_it_was(&done, &statistics, &[]), Err(NotReplayed::ChangedSince), "not what the run left");
        let old = asked(PARTIAL, None, true);
        assert_eq!(as_it_was(&old, &row(5, ANONYMISED), &[]), Err(NotReplayed::NotRecorded));
        let kept = asked(PARTIAL, None, false);
        assert_eq!(as_it_was(&kept, &row(4, HAD), &[]), Ok(HAD));
        assert_eq!(as_it_was(&kept, &row(5, HAD), &[]), Err(NotReplayed::ChangedSince));
    }

    #[test]
    fn what_the_run_may_have_rewritten_is_not_vouched_for() {
        for words in [ColumnName::Tag("vip".to_owned()), ColumnName::Metadata("case".to_owned())] {
            let reads = [ColumnName::RecordedOn, words];
            let done = asked(PARTIAL, Some(HAD), true);
            assert_eq!(as_it_was(&done, &row(5, ANONYMISED), &reads), Err(NotReplayed::Rewritten));
            let audio = asked(Actions::PURGE_AUDIO, Some(HAD), true);
            assert_eq!(as_it_was(&audio, &row(5, HAD.without(Artefacts::AUDIO)), &reads), Ok(HAD));
        }
    }
}

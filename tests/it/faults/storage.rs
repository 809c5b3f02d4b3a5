//! A database that fails at one operation, around one that works.

use std::ops::ControlFlow;
use std::rc::Rc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use lapse::columns::Batch;
use lapse::conversation::{NewConversation, NewSnippet, Turn};
use lapse::policy::ModuleDigest;
use lapse::record::{Actions, Day, Subject};
use lapse::storage::administration::{Hold, InstalledModule, Role, Tracker, TrustedKey};
use lapse::storage::evidence::{LedgerRow, RunRow};
use lapse::storage::intake::IdStatus;
use lapse::storage::reading::{Census, Cut, GroupBy, Numbers, Shown, StatisticsRow};
use lapse::storage::unit::{Located, Pending, Personal, Rewritten};
use lapse::storage::{
    Administration, Evidence, Intake, Reading, Scan, Storage, StorageError, Tenant, Transaction, Unit,
};

use super::Fault;

/// One byte more than anybody anonymises.
const TEXT_BYTES: usize = (32 << 20) + 1;

type Result<T> = std::result::Result<T, StorageError>;

/// A database that fails at one operation.
pub(crate) struct FaultyStorage {
    inner: Box<dyn Storage>,
    fault: Rc<Fault>,
}

impl FaultyStorage {
    pub(crate) fn over(inner: Box<dyn Storage>, fault: Rc<Fault>) -> FaultyStorage {
        FaultyStorage { inner, fault }
    }
}

/// Its transactions.
struct FaultyTransaction<'a> {
    inner: Box<dyn Transaction + 'a>,
    fault: Rc<Fault>,
}

/// Methods that pass through the fault to what is inside.
macro_rules! reads {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+) => {
        $(fn $name(&self, $($argument: $type),*) -> Result<$answer> {
            self.fault.database(stringify!($name), || self.inner.$name($($argument),*))
        })+
    };
}

/// The same, for those that change something.
macro_rules! writes {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)+) => {
        $(fn $name(&mut self, $($argument: $type),*) -> Result<$answer> {
            self.fault.database(stringify!($name), || self.inner.$name($($argument),*))
        })+
    };
}

impl Storage for FaultyStorage {
    reads! {
        fn scan(scan: &Scan<'_>, visit: &mut dyn FnMut(&mut Batch) -> ControlFlow<()>) -> ();
        fn settle() -> ();
        fn settle_if_large() -> ();
    }

    fn begin(&self) -> Result<Box<dyn Transaction + '_>> {
        let inner = self.fault.database("begin", || self.inner.begin())?;
        Ok(Box::new(FaultyTransaction { inner, fault: self.fault.clone() }))
    }
}

impl Reading for FaultyStorage {
    reads! {
        fn tenants() -> Vec<Tenant>;
        fn tenant(id: &str) -> Option<Tenant>;
        fn modules() -> Vec<InstalledModule>;
        fn module(digest: &ModuleDigest) -> Option<InstalledModule>;
        fn signatures(module: &ModuleDigest) -> Vec<(String, String)>;
        fn trusted_keys(tenant: i64) -> Vec<TrustedKey>;
        fn users(tenant: i64) -> Vec<(String, Role)>;
        fn holds(tenant: i64) -> Vec<Hold>;
        fn trackers(tenant: i64) -> Vec<Tracker>;
        fn record_id(subject: Subject, key: i64) -> Option<String>;
        fn record_key(tenant: i64, subject: Subject, id: &str) -> Option<i64>;
        fn show(tenant: i64, subject: Subject, id: &str) -> Option<Shown>;
        fn by_number_ending(tenant: i64, ending: &str) -> Vec<(String, String)>;
        fn numbers(tenant: i64) -> Numbers;
        fn snippets_of(tenant: i64, conversation: &str) -> Vec<Cut>;
        fn census(tenant: i64, today: Day) -> Census;
        fn statistics(tenant: i64, by: Option<GroupBy>) -> Vec<StatisticsRow>;
        fn transcripts(tenant: i64, visit: &mut dyn FnMut(i64, Vec<Turn>) -> Result<()>) -> ();
        fn pending(after: i64, limit: usize) -> Vec<Pending>;
        fn blobs(visit: &mut dyn FnMut(&str)) -> ();
        fn audio_of(tenant: i64, subject: Subject, id: &str) -> Option<String>;
        fn open_runs() -> Vec<RunRow>;
        fn run_of_plan(plan: &str) -> Option<RunRow>;
        fn runs(tenant: i64, limit: usize) -> Vec<RunRow>;
        fn ledger(after: i64, run: Option<i64>, visit: &mut dyn FnMut(LedgerRow) -> bool) -> ();
    }
}

impl Transaction for FaultyTransaction<'_> {
    fn commit(self: Box<Self>) -> Result<()> {
        let FaultyTransaction { inner, fault } = *self;
        fault.database("commit", || inner.commit())
    }
}

impl Administration for FaultyTransaction<'_> {
    writes! {
        fn add_tenant(id: &str, time_zone: Tz) -> bool;
        fn put_settings(tenant: i64, settings: &str, shortened_on: Day) -> ();
        fn activate(tenant: i64, module: &ModuleDigest, shortened_on: Day) -> ();
        fn sweep_done(tenant: i64) -> ();
        fn has_deleted(tenant: i64) -> ();
        fn add_module(module: &InstalledModule) -> bool;
        fn put_signature(module: &ModuleDigest, key: &str, signature: &str) -> bool;
        fn trust_key(tenant: i64, key: &TrustedKey) -> bool;
        fn distrust_key(tenant: i64, key: &str) -> bool;
        fn require_signatures(tenant: i64, required: bool) -> ();
        fn put_anonymiser_rules(tenant: i64, rules: &str) -> ();
        fn put_user(tenant: i64, id: &str, role: Role) -> ();
        fn place_hold(tenant: i64, subject: Subject, id: &str, reason: &str, at: DateTime<Utc>) -> Option<i64>;
        fn release_hold(tenant: i64, hold: i64) -> Option<(Subject, String)>;
        fn put_tracker(tenant: i64, name: &str, phrases: &[String]) -> i64;
        fn put_hits(conversation: i64, hits: &[(i64, u32)]) -> ();
    }
}

impl Intake for FaultyTransaction<'_> {
    writes! {
        fn id_status(tenant: i64, subject: Subject, id: &str) -> IdStatus;
        fn expect_blob(blob: &str) -> ();
        fn snippets_of(tenant: i64, conversation: &str) -> Vec<Cut>;
        fn add_conversation(tenant: i64, new: &NewConversation, hits: &[(i64, u32)]) -> ();
        fn add_snippet(tenant: i64, new: &NewSnippet) -> ();
    }
}

impl Unit for FaultyTransaction<'_> {
    fn personal(&mut self, conversation: i64) -> Result<Personal> {
        let mut personal = self.fault.database("personal", || self.inner.personal(conversation))?;
        if let Some(turn) = personal.transcript.iter_mut().flatten().next().filter(|_| self.fault.overlong) {
            turn.text = " ".repeat(TEXT_BYTES);
        }
        Ok(personal)
    }

    writes! {
        fn locate(tenant: i64, subject: Subject, id: &str) -> Option<Located>;
        fn change(tenant: i64, subject: Subject, key: i64, actions: Actions, rewritten: &Rewritten) -> Option<String>;
        fn is_gone(tenant: i64, subject: Subject, id: &str, actions: Actions) -> bool;
        fn add_pending(pending: &Pending) -> i64;
        fn remove_pending(units: &[i64]) -> ();
        fn put_review(subject: Subject, key: i64, version: i64, review_on: Day) -> ();
    }
}

impl Evidence for FaultyTransaction<'_> {
    writes! {
        fn ledger_head() -> (i64, [u8; 32]);
        fn put_ledger_row(row: &LedgerRow) -> ();
        fn open_run(tenant: i64, date: Day, plan: &str, at: DateTime<Utc>) -> i64;
        fn close_run(run: i64, at: DateTime<Utc>) -> ();
    }
}

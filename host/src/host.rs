//! The host: an open store, the clock, the policy engine and the anonymiser, and what can be done with them.
//!
//! The command line, and whatever face comes next, is a thin layer over this. Each part of what it can do is a room of its own:
//! [`administration`](self), import, planning and running, and what is done by hand.

mod administration;
mod by_hand;
mod candidate;
mod impact;
mod import;
mod inspect;
mod policies;
mod run;
mod workbench;

use std::cell::OnceCell;
use std::path::Path;

use chrono::{DateTime, Utc};
use lapse_anonymise::Anonymiser;

pub use self::administration::TrackersRecomputed;
pub use self::by_hand::{Found, ManualDeletion};
pub use self::candidate::{Candidate, ModuleSource, ProposedSettings};
pub use self::impact::{Acts, Described, Difference, Horizon, ImpactReport};
pub use self::import::{BadLine, Imported, SCHEMA as IMPORT_SCHEMA};
pub use self::inspect::Status;
pub use self::run::{PlanReport, RunOptions, RunReport};
pub use self::workbench::Workbench;
use crate::error::Error;
use crate::ledger::{self, Appender};
use crate::policy::{Compiler, Engine};
use crate::record::Day;
use crate::storage::{StorageError, Tenant, Transaction};
use crate::store::{Access, Store};

/// What a process takes from its surroundings; a test gives its own.
pub struct Surroundings {
    /// The time.
    pub now: Box<dyn Fn() -> DateTime<Utc>>,
    /// Random bits, for names that say nothing.
    pub random: Box<dyn Fn() -> [u8; 16]>,
    /// What compiles modules, apart from this process.
    pub compiler: Compiler,
    /// Where long work says how far it is.
    pub progress: Box<dyn Progress>,
}

impl Surroundings {
    /// The system's clock and randomness, and this executable as the compiler.
    pub fn of_this_process(progress: Box<dyn Progress>) -> std::io::Result<Surroundings> {
        Ok(Surroundings {
            now: Box::new(Utc::now),
            random: Box::new(|| {
                let mut random = [0; 16];
                getrandom::fill(&mut random).expect("the operating system has randomness");
                random
            }),
            compiler: Compiler::this_executable()?,
            progress,
        })
    }
}

/// Where long work says how far it is.
pub trait Progress {
    /// Work begins; `total` where it is known.
    fn start(&self, what: &str, total: Option<u64>);
    /// So much more is done.
    fn advance(&self, count: u64);
    /// The work that began last is done.
    fn finish(&self);
    /// Something is odd, and was put right.
    fn warn(&self, what: &str);
}

/// Says nothing.
pub struct Silent;

impl Progress for Silent {
    fn start(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _count: u64) {}
    fn finish(&self) {}
    fn warn(&self, _what: &str) {}
}

/// An open store and what works on it.
pub struct Host {
    store: Store,
    surroundings: Surroundings,
    engine: OnceCell<Engine>,
    anonymiser: OnceCell<Anonymiser>,
}

impl Host {
    /// Makes a store in a folder, or opens the one that is there.
    pub fn create(path: &Path, surroundings: Surroundings) -> Result<Host, Error> {
        Ok(Host::over(Store::create(path)?, surroundings))
    }

    /// Opens a store.
    pub fn open(path: &Path, access: Access, surroundings: Surroundings) -> Result<Host, Error> {
        Ok(Host::over(Store::open(path, access)?, surroundings))
    }

    /// Over parts that a test has made.
    pub fn over(store: Store, surroundings: Surroundings) -> Host {
        Host { store, surroundings, engine: OnceCell::new(), anonymiser: OnceCell::new() }
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn now(&self) -> DateTime<Utc> {
        (self.surroundings.now)()
    }

    /// Today, where the tenant is.
    pub fn today(&self, tenant: &Tenant) -> Day {
        Day::of(self.now(), tenant.time_zone)
    }

    fn progress(&self) -> &dyn Progress {
        &*self.surroundings.progress
    }

    fn anonymiser(&self) -> &Anonymiser {
        self.anonymiser.get_or_init(Anonymiser::new)
    }

    /// Every tenant.
    pub fn tenants(&self) -> Result<Vec<Tenant>, Error> {
        Ok(self.store.storage.tenants()?)
    }

    /// A tenant by its id; the only one where no id is given.
    pub fn tenant(&self, id: Option<&str>) -> Result<Tenant, Error> {
        let tenants = self.tenants()?;
        let known = || tenants.iter().map(|tenant| tenant.id.as_str()).collect::<Vec<_>>().join(", ");
        match (id, tenants.as_slice()) {
            (Some(id), _) => tenants.iter().find(|tenant| tenant.id == id).cloned().ok_or_else(|| {
                let has = if tenants.is_empty() { "none".to_owned() } else { known() };
                Error::NotFound(format!(
                    "there is no tenant {id:?}; this store has {has}; add one with `lapse tenant add`"
                ))
            }),
            (None, [only]) => Ok(only.clone()),
            (None, []) => Err(Error::NotFound(
                "the store has no tenant; add one with `lapse tenant add ID --time-zone ZONE`".into(),
            )),
            (None, _) => Err(Error::Input(format!("say which tenant with --tenant; this store has {}", known()))),
        }
    }

    /// Changes something and writes its evidence, together or not at all.
    fn record<T>(
        &self,
        change: impl FnOnce(&mut dyn Transaction, &mut Appender) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut transaction = self.store.storage.begin()?;
        let mut appender = Appender::new(&mut *transaction, self.now())?;
        let value = change(&mut *transaction, &mut appender)?;
        let head = transaction.ledger_head()?;
        transaction.commit()?;
        ledger::mirror_head(&self.store.folder.heads(), head)?;
        Ok(value)
    }

    /// Before a command that has written ends: what it deleted is gone, and what it wrote is in one file.
    pub fn settle(&self) -> Result<(), Error> {
        Ok(self.store.storage.settle()?)
    }
}

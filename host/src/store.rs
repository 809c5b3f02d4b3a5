//! A store: the folder in which Lapse keeps everything, and the lock that makes its writer the only one.
//!
//! ```text
//! lapse.db            the database
//! blobs/              audio, by day of recording, under random names
//! modules/            policy modules as installed, by digest
//! compiled/           their machine code, authenticated by the host key
//! plans/              the plan of the run that is under way
//! host.key            32 random bytes: seals plans, authenticates compiled code
//! ledger.heads        the ledger's heads, only ever added to
//! lock                held by the one process that writes
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::blobs::{BlobError, Blobs, OpendalBlobs};
use crate::storage::sqlite::SqliteStorage;
use crate::storage::{Storage, StorageError};

/// The names in a store's folder.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("lapse.db")
    }

    /// Audio files.
    pub fn blobs(&self) -> PathBuf {
        self.0.join("blobs")
    }

    /// Where a module's bytes are.
    pub fn module(&self, digest: &crate::policy::ModuleDigest) -> PathBuf {
        self.0.join("modules").join(format!("{digest}.wasm"))
    }

    /// Compiled modules.
    pub fn compiled(&self) -> PathBuf {
        self.0.join("compiled")
    }

    /// The plan of a run that is under way.
    pub fn plan(&self, name: &str) -> PathBuf {
        self.0.join("plans").join(format!("{name}.plan"))
    }

    /// The ledger's heads.
    pub fn heads(&self) -> PathBuf {
        self.0.join("ledger.heads")
    }

    fn key(&self) -> PathBuf {
        self.0.join("host.key")
    }

    fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }
}

/// Whether a command changes the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It only looks.
    Read,
    /// It changes something: only one process at a time.
    Write,
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process writes.
    #[error("the store is in use by another lapse; wait for it to end and run again")]
    InUse,
    /// The folder fails.
    #[error("{what} failed in the store's folder; check that it exists, may be written and has space")]
    Folder {
        /// What was attempted.
        what: &'static str,
        /// Why it failed.
        #[source]
        source: io::Error,
    },
    /// The host key is not 32 bytes.
    #[error("host.key is damaged; restore it from a backup: without it no plan and no compiled module can be trusted")]
    Key,
    /// The database fails.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The audio storage fails.
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

fn folder(what: &'static str) -> impl Fn(io::Error) -> StoreError {
    move |source| StoreError::Folder { what, source }
}

/// An open store.
pub struct Store {
    /// Its names.
    pub folder: Folder,
    /// Its database.
    pub storage: Box<dyn Storage>,
    /// Its audio files.
    pub blobs: Box<dyn Blobs>,
    /// Its host key.
    pub key: [u8; 32],
    /// Held while the store is open; the operating system releases it, however the process ends.
    _lock: Option<File>,
}

impl Store {
    /// Makes a store in a folder, which is created if need be; an existing store is opened.
    pub fn create(path: &Path) -> Result<Store, StoreError> {
        for part in ["", "blobs", "modules", "compiled", "plans"] {
            fs::create_dir_all(path.join(part)).map_err(folder("creating a folder"))?;
        }
        let names = Folder(path.to_owned());
        let lock = lock(&names)?;
        if !names.key().exists() {
            create_key(&names.key())?;
        }
        let storage = SqliteStorage::create(&names.database())?;
        Store::assemble(names, storage, Some(lock))
    }

    /// Opens a store.
    pub fn open(path: &Path, access: Access) -> Result<Store, StoreError> {
        let names = Folder(path.to_owned());
        if !names.database().is_file() {
            return Err(StorageError::NoStore { folder: path.display().to_string() }.into());
        }
        let lock = match access {
            Access::Read => None,
            Access::Write => Some(lock(&names)?),
        };
        let storage = SqliteStorage::open(&names.database())?;
        Store::assemble(names, storage, lock)
    }

    fn assemble(names: Folder, storage: SqliteStorage, lock: Option<File>) -> Result<Store, StoreError> {
        let key = fs::read(names.key()).map_err(folder("reading host.key"))?;
        let key = key.try_into().map_err(|_| StoreError::Key)?;
        let blobs = OpendalBlobs::in_folder(&names.blobs())?;
        Ok(Store { storage: Box::new(storage), blobs: Box::new(blobs), key, folder: names, _lock: lock })
    }
}

fn lock(names: &Folder) -> Result<File, StoreError> {
    let open = OpenOptions::new().create(true).truncate(false).write(true).open(names.lock());
    let file = open.map_err(folder("opening the lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(source)) => Err(StoreError::Folder { what: "locking", source }),
    }
}

/// Draws a key and keeps it in a file that only its owner reads.
pub(crate) fn create_key(path: &Path) -> Result<(), StoreError> {
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| folder("drawing a key")(io::Error::other(error)))?;
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // Renamed when whole: a store never has half a key.
    let partial = path.with_extension("partial");
    let write = || {
        let _ = fs::remove_file(&partial);
        let mut file = options.open(&partial)?;
        file.write_all(&key)?;
        file.sync_all()?;
        fs::rename(&partial, path)
    };
    write().map_err(folder("writing host.key"))
}

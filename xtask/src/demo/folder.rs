//! Where the demo's store and its input are.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// A folder for the input, and one for the store. What was not asked for by name is deleted at the end, however it
/// ends.
pub(super) struct Folders {
    scratch: PathBuf,
    store: PathBuf,
    /// Whether the store was asked for, and so stays.
    pub(super) keeps_store: bool,
}

impl Folders {
    /// Reads `--store DIR`.
    pub(super) fn of(arguments: &[String]) -> Result<Folders> {
        let scratch = std::env::temp_dir().join(format!("lapse-demo-{}", std::process::id()));
        let (store, keeps_store) = match arguments {
            [] => (scratch.join("store"), false),
            [flag, folder] if flag == "--store" => (PathBuf::from(folder), true),
            _ => return Err(Failure::usage("demo takes --store DIR, and nothing else".to_owned())),
        };
        if keeps_store && fs::read_dir(&store).is_ok_and(|mut entries| entries.next().is_some()) {
            return Err(Failure::usage(format!("{} is not empty; the demo makes a store of its own", store.display())));
        }
        fs::create_dir_all(&scratch).map_err(|error| Failure::new(format!("{}: {error}", scratch.display())))?;
        Ok(Folders { scratch, store, keeps_store })
    }

    /// For what is imported.
    pub(super) fn input(&self) -> PathBuf {
        self.scratch.join("input")
    }

    pub(super) fn store(&self) -> &Path {
        &self.store
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        // What stays behind is invented, and the system's to tidy.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// How many files a folder holds, and how many bytes.
pub(super) fn size(folder: &Path) -> Result<(u64, u64)> {
    let failed = |error| Failure::new(format!("{}: {error}", folder.display()));
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let metadata = entry.metadata().map_err(failed)?;
        let (more_files, more_bytes) = if metadata.is_dir() { size(&entry.path())? } else { (1, metadata.len()) };
        files += more_files;
        bytes += more_bytes;
    }
    Ok((files, bytes))
}

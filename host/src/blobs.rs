//! Audio files: put in, deleted, and looked for again afterwards. Through `opendal`, so that a folder and an object store are
//! one code path.
//!
//! A name is random and says nothing: no id, no number, no person. Only the day of the recording is in it, since what lapses
//! together should lie together.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use opendal::{EntryMode, ErrorKind, Operator, services};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::record::Day;

/// How many files are deleted at the same time: a disk that discards what is freed answers each with a delay, as an object store does.
const PARALLEL: usize = 8;

/// How a file is read while it is copied in.
const COPY_BYTES: usize = 256 << 10;

/// What became of a file that was to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It was there, and on reading back is not.
    Deleted,
    /// It was not there: somebody else deleted it, or an earlier attempt did.
    AlreadyGone,
}

/// Files that are being deleted: waits for the end; one answer a name, in order.
pub type Deleting<'a> = Box<dyn FnOnce() -> Vec<Result<Deletion, BlobError>> + 'a>;

/// Where audio files are.
pub trait Blobs {
    /// Copies a file in, durably.
    fn put(&self, name: &str, source: &Path) -> Result<(), BlobError>;
    /// Begins to delete files and to look whether they are gone.
    fn delete(&self, names: Vec<String>) -> Deleting<'_>;
    /// Whether a file is there.
    fn exists(&self, name: &str) -> Result<bool, BlobError>;
    /// Every name there is.
    fn list(&self, visit: &mut dyn FnMut(&str)) -> Result<(), BlobError>;
}

/// What can go wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The place where audio is kept does not answer as it should.
    #[error("the audio storage failed; check its folder and rights, then run again")]
    Storage(#[source] opendal::Error),
    /// The file to copy in cannot be read.
    #[error("the audio file cannot be read")]
    Source(#[source] std::io::Error),
    /// What was written or deleted cannot be made durable.
    #[error("the audio folder cannot be synchronised")]
    Durability(#[source] std::io::Error),
    /// The file is still there after it was deleted.
    #[error("an audio file is still there after it was deleted; it will be tried again by the next run")]
    StillThere,
    /// For tests: a fault that was put in on purpose.
    #[error("an injected fault at operation {0}")]
    Injected(u64),
}

impl From<opendal::Error> for BlobError {
    fn from(error: opendal::Error) -> BlobError {
        BlobError::Storage(error)
    }
}

/// The longest ending of a file of audio: `flac`, `opus`, `webm`.
const ENDING_BYTES_MAX: usize = 4;

/// A new name for a file: the day of its recording, 128 random bits, and the ending of the file it came from; but not what is
/// none, like the digits of `call.5003`.
pub fn new_name(on: Day, random: [u8; 16], source: &Path) -> String {
    let ending = source.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    let begins_with_letter = ending.starts_with(|first: char| first.is_ascii_alphabetic());
    let is_short = ending.len() <= ENDING_BYTES_MAX && ending.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let ending = if begins_with_letter && is_short { ending.as_str() } else { "audio" };
    format!("{on}/{}.{ending}", hex::encode(random))
}

/// Audio files in whatever `opendal` reaches.
pub struct OpendalBlobs {
    operator: Operator,
    runtime: Runtime,
    /// Where the storage is a folder: after a change, its folders are synchronised.
    folder: Option<PathBuf>,
}

impl OpendalBlobs {
    /// Audio files in a folder.
    pub fn in_folder(folder: &Path) -> Result<OpendalBlobs, BlobError> {
        std::fs::create_dir_all(folder).map_err(BlobError::Durability)?;
        let operator = Operator::new(services::Fs::default().root(&folder.to_string_lossy()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build();
        Ok(OpendalBlobs { operator, runtime: runtime.map_err(BlobError::Durability)?, folder: Some(folder.to_owned()) })
    }

    /// A file's entry in its folder is a change of the folder: without this, a power cut could bring the file back. A folder in
    /// which nothing is left goes too, and that is a change of the one above it.
    fn synchronise<'a>(&self, names: impl Iterator<Item = &'a str>) -> Result<(), BlobError> {
        let Some(root) = &self.folder else { return Ok(()) };
        let folders: BTreeSet<PathBuf> =
            names.filter_map(|name| root.join(name).parent().map(Path::to_owned)).collect();
        for folder in folders {
            // Refused where the folder still holds something, which is as well.
            let folder = if std::fs::remove_dir(&folder).is_ok() { root } else { &folder };
            synchronise_folder(folder)?;
        }
        Ok(())
    }
}

/// Makes the entries of a folder durable; one that is gone has none.
fn synchronise_folder(folder: &Path) -> Result<(), BlobError> {
    match std::fs::File::open(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        opened => opened.and_then(|folder| folder.sync_all()).map_err(BlobError::Durability),
    }
}

impl Blobs for OpendalBlobs {
    fn put(&self, name: &str, source: &Path) -> Result<(), BlobError> {
        let mut source = std::fs::File::open(source).map_err(BlobError::Source)?;
        self.runtime.block_on(async {
            let mut writer = self.operator.writer(name).await?;
            loop {
                let mut chunk = vec![0; COPY_BYTES];
                let read = std::io::Read::read(&mut source, &mut chunk).map_err(BlobError::Source)?;
                if read == 0 {
                    break;
                }
                chunk.truncate(read);
                writer.write(chunk).await?;
            }
            writer.close().await?;
            Ok::<(), BlobError>(())
        })?;
        self.synchronise(std::iter::once(name))?;
        // The folder of a day, which may be new, is itself an entry of the one above it.
        self.folder.as_deref().map_or(Ok(()), synchronise_folder)
    }

    fn delete(&self, names: Vec<String>) -> Deleting<'_> {
        let share = names.len().div_ceil(PARALLEL).max(1);
        let mut tasks = JoinSet::new();
        for (index, names) in names.chunks(share).enumerate() {
            tasks.spawn_on(delete_in_turn(self.operator.clone(), index, names.to_vec()), self.runtime.handle());
        }
        Box::new(move || {
            let mut parts = self.runtime.block_on(tasks.join_all());
            parts.sort_by_key(|(index, _)| *index);
            let mut results: Vec<_> = parts.into_iter().flat_map(|(_, results)| results).collect();
            let done = names.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(name, _)| name.as_str());
            if self.synchronise(done).is_err() {
                // Deleted, but a power cut could undo it: then it is not deleted yet.
                for result in results.iter_mut().filter(|result| result.is_ok()) {
                    *result = Err(BlobError::StillThere);
                }
            }
            results
        })
    }

    fn exists(&self, name: &str) -> Result<bool, BlobError> {
        Ok(self.runtime.block_on(self.operator.exists(name))?)
    }

    fn list(&self, visit: &mut dyn FnMut(&str)) -> Result<(), BlobError> {
        let entries = self.runtime.block_on(
            self.operator.list_options("", opendal::options::ListOptions { recursive: true, ..Default::default() }),
        );
        let entries = match entries {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            listed => listed?,
        };
        for entry in entries.iter().filter(|entry| entry.metadata().mode() == EntryMode::FILE) {
            visit(entry.path());
        }
        Ok(())
    }
}

async fn delete_in_turn(
    operator: Operator,
    index: usize,
    names: Vec<String>,
) -> (usize, Vec<Result<Deletion, BlobError>>) {
    let mut results = Vec::with_capacity(names.len());
    for name in &names {
        results.push(delete_one(&operator, name).await);
    }
    (index, results)
}

async fn delete_one(operator: &Operator, name: &str) -> Result<Deletion, BlobError> {
    if !operator.exists(name).await? {
        return Ok(Deletion::AlreadyGone);
    }
    operator.delete(name).await?;
    if operator.exists(name).await? { Err(BlobError::StillThere) } else { Ok(Deletion::Deleted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_is_no_part_of_a_number() {
        for (source, ending) in [
            ("call.wav", ".wav"),
            ("call.FLAC", ".flac"),
            ("call.50035", ".audio"),
            ("call.5003", ".audio"),
            ("call.hassan", ".audio"),
            ("call", ".audio"),
            ("call.m4a", ".m4a"),
        ] {
            let name = new_name(Day(0), [7; 16], Path::new(source));
            assert!(name.ends_with(ending), "{source}: {name}");
        }
    }
}

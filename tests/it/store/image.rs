//! A store as it was at one moment: every file, byte for byte. Taken only while nothing has the store open.

use std::path::{Path, PathBuf};

use super::files;

/// Every file of a store, by its path inside.
#[derive(Clone)]
pub(crate) struct Image(Vec<(PathBuf, Vec<u8>)>);

impl Image {
    pub(crate) fn of(folder: &Path) -> Image {
        let read = |path: PathBuf| {
            let bytes = std::fs::read(&path).expect("a file of the store");
            (path.strip_prefix(folder).expect("inside").to_owned(), bytes)
        };
        Image(files(folder).into_iter().map(read).collect())
    }

    pub(crate) fn write(&self, folder: &Path) {
        for part in ["blobs", "modules", "compiled", "plans"] {
            std::fs::create_dir_all(folder.join(part)).expect("a folder");
        }
        for (path, bytes) in &self.0 {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, bytes).expect("written");
        }
    }
}

//! Folders of projects: brought up to date file by file, so that what has not changed keeps its time and its build.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// What builds leave in a project: not ours to remove.
const BUILT: &[&str] = &[".venv", "__pycache__", "build", "node_modules", "target"];

/// Makes an empty folder, whatever was there.
pub(super) fn empty(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(folder, &error)),
        _ => {}
    }
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))
}

/// Removes a file that may be there.
pub(super) fn remove(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(file, &error)),
        _ => Ok(()),
    }
}

/// Makes `folder` have the files of `fresh`, and no others but built ones; whether that changed anything.
pub(super) fn update(folder: &Path, fresh: &Path) -> Result<bool> {
    let wanted = files(fresh)?;
    let mut changed = false;
    for stale in files(folder)?.difference(&wanted).filter(|file| file.extension().is_none_or(|end| end != "wasm")) {
        remove(&folder.join(stale))?;
        changed = true;
    }
    for file in &wanted {
        let (from, to) = (fresh.join(file), folder.join(file));
        let text = fs::read(&from).map_err(|error| failed(&from, &error))?;
        if fs::read(&to).is_ok_and(|there| there == text) {
            continue;
        }
        let parent = to.parent().expect("a file is in a folder");
        // Copied rather than written: with the permissions.
        let copied = fs::create_dir_all(parent).and_then(|()| fs::copy(&from, &to));
        copied.map_err(|error| failed(&to, &error))?;
        changed = true;
    }
    Ok(changed)
}

/// The text of a folder's files, one after the other.
pub(super) fn text(folder: &Path) -> Result<String> {
    let mut text = String::new();
    for file in files(folder)?.iter().filter(|file| file.extension().is_none_or(|end| end != "wasm")) {
        let path = folder.join(file);
        text += &format!("{}\n", file.display());
        text += &fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
    }
    Ok(text)
}

/// The files of a folder, by their paths in it, without what builds leave. None where there is no such folder.
fn files(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(|error| failed(&next, &error))?,
        };
        for entry in entries {
            let entry = entry.map_err(|error| failed(&next, &error))?;
            let (path, name) = (entry.path(), entry.file_name());
            if BUILT.iter().any(|built| name == *built) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).expect("inside").to_owned());
            }
        }
    }
    Ok(found)
}

pub(super) fn failed(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{}: {error}", path.display()))
}

//! The compilers and linkers of this machine. Only looks; installs nothing.

use std::path::{Path, PathBuf};

use super::TARGET;
use crate::repository;
use crate::step::output;

/// A Rust compiler and the cargo that goes with it.
#[derive(Clone, Debug)]
pub(crate) struct Compiler {
    pub(crate) rustc: PathBuf,
    pub(crate) cargo: PathBuf,
    /// The one that cargo itself would use here.
    pub(crate) is_active: bool,
}

/// The active compiler, then those of the distribution, newest first.
pub(super) fn all() -> Vec<Compiler> {
    let rustc = std::env::var_os("RUSTC").map_or_else(|| "rustc".into(), PathBuf::from);
    let active = Compiler { rustc, cargo: repository::cargo().into(), is_active: true };
    let mut distribution: Vec<Compiler> = files_in(Path::new("/usr/bin"), "rustc")
        .into_iter()
        .filter_map(|(rustc, suffix)| {
            let cargo = rustc.with_file_name(format!("cargo{suffix}"));
            cargo.exists().then_some(Compiler { rustc, cargo, is_active: false })
        })
        .collect();
    distribution.sort_by_key(|compiler| std::cmp::Reverse(compiler.version()));
    std::iter::once(active).chain(distribution).filter(Compiler::is_recent).collect()
}

impl Compiler {
    /// As it calls itself.
    pub(super) fn name(&self) -> String {
        let version = output(&self.rustc, &["--version"]).unwrap_or_default();
        format!("{} ({})", version.split(" (").next().unwrap_or_default(), self.rustc.display())
    }

    /// Major and minor version.
    fn version(&self) -> Option<(u32, u32)> {
        version_of(output(&self.rustc, &["--version"])?.strip_prefix("rustc ")?)
    }

    /// Whether it compiles this edition of the language.
    fn is_recent(&self) -> bool {
        self.version() >= version_of(env!("CARGO_PKG_RUST_VERSION"))
    }

    /// Whether it has the library for [`TARGET`]. rustc names the folder whether or not it is there.
    pub(super) fn has_library(&self) -> bool {
        let folder = output(&self.rustc, &["--print", "target-libdir", "--target", TARGET]);
        folder.is_some_and(|folder| !files_in(Path::new(&folder), "libcore-").is_empty())
    }

    /// Whether it has the library's sources.
    pub(super) fn has_sources(&self) -> bool {
        self.sysroot().is_some_and(|sysroot| sysroot.join("lib/rustlib/src/rust/library/Cargo.lock").exists())
    }

    /// Whether its own linker is there; a distribution's may not be.
    pub(super) fn brings_linker(&self) -> bool {
        self.sysroot().is_some_and(|sysroot| linkers_of(&sysroot).next().is_some())
    }

    fn sysroot(&self) -> Option<PathBuf> {
        output(&self.rustc, &["--print", "sysroot"]).map(PathBuf::from)
    }
}

/// A linker for WebAssembly: one of any Rust toolchain, else one on the path.
pub(super) fn linker() -> Option<PathBuf> {
    let rustup = std::env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let rustup = rustup.or_else(|| std::env::home_dir().map(|home| home.join(".rustup")));
    let active = output("rustc", &["--print", "sysroot"]).map(PathBuf::from);
    let others = rustup.map(|rustup| files_in(&rustup.join("toolchains"), "")).unwrap_or_default();
    let mut sysroots = active.into_iter().chain(others.into_iter().map(|(toolchain, _)| toolchain));
    sysroots.find_map(|sysroot| linkers_of(&sysroot).next()).or_else(linker_on_path)
}

/// `rust-lld` in a toolchain's folder for its own host.
fn linkers_of(sysroot: &Path) -> impl Iterator<Item = PathBuf> {
    let program = format!("bin/rust-lld{}", std::env::consts::EXE_SUFFIX);
    let hosts = files_in(&sysroot.join("lib/rustlib"), "");
    hosts.into_iter().map(move |(host, _)| host.join(&program)).filter(|linker| linker.exists())
}

/// `rust-lld`, `wasm-ld` or the newest `wasm-ld-NN` on the path.
fn linker_on_path() -> Option<PathBuf> {
    let numbered = || {
        let named = folders_on_path().into_iter().flat_map(|folder| files_in(&folder, "wasm-ld-"));
        let versions = named.filter_map(|(linker, version)| Some((version.parse::<u32>().ok()?, linker)));
        versions.max().map(|(_, linker)| linker)
    };
    on_path("rust-lld").next().or_else(|| on_path("wasm-ld").next()).or_else(numbered)
}

/// The programs of this name, in the order of the path.
pub(super) fn on_path(program: &str) -> impl Iterator<Item = PathBuf> + use<> {
    let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
    folders_on_path().into_iter().map(move |folder| folder.join(&file)).filter(|path| path.is_file())
}

fn folders_on_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

/// The entries of a folder whose names begin so, with the rest of their names, in order. None where there is no such
/// folder.
fn files_in(folder: &Path, prefix: &str) -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut named: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            Some((entry.path(), name.strip_prefix(prefix)?.to_owned()))
        })
        .collect();
    named.sort();
    named
}

/// The first two numbers of a version.
pub(super) fn version_of(text: &str) -> Option<(u32, u32)> {
    let (major, rest) = text.split_once('.')?;
    let minor = rest.split(|character: char| !character.is_ascii_digit()).next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_compilers_and_packages_write_them() {
        assert_eq!(version_of("1.96.0 (ac68faa20 2026-05-25)"), Some((1, 96)));
        assert_eq!(version_of("1.96.0+dfsg1-1~deb12u2"), Some((1, 96)));
        assert_eq!(version_of("1.95"), Some((1, 95)));
        assert_eq!(version_of("nightly"), None);
        assert!(version_of("1.100.0") > version_of("1.95.0"));
    }
}

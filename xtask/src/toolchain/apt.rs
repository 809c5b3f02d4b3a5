//! Debian's and Ubuntu's packages: compilers, and what goes with them.

use std::process::Command;

use super::compiler::version_of;
use crate::failure::{Failure, Result};
use crate::step::{output, run};

/// Whether this is a system with apt, and we are root on it.
pub(super) fn may_install() -> bool {
    output("id", &["-u"]).as_deref() == Some("0") && output("apt-get", &["--version"]).is_some()
}

/// Installs packages; of alternatives, the first one that this system has.
pub(super) fn install(packages: &[&[&str]]) -> Result<()> {
    update()?;
    let named = packages.iter().map(|alternatives| {
        alternatives
            .iter()
            .find(|package| candidate(package).is_some())
            .map(|package| (*package).to_owned())
            .ok_or_else(|| Failure::new(format!("no package of this system is called {}", alternatives.join(" or "))))
    });
    install_named(&named.collect::<Result<Vec<_>>>()?)
}

/// Installs what builds a guest in Rust.
pub(super) fn install_rust() -> Result<()> {
    update()?;
    let version = newest().ok_or_else(|| {
        Failure::new(format!("no package of this system has Rust {} or later", env!("CARGO_PKG_RUST_VERSION")))
    })?;
    let linker = if candidate("lld-19").is_some() { "lld-19" } else { "lld" };
    let packages = [format!("rustc{version}"), format!("cargo{version}"), sources(&version), linker.to_owned()];
    install_named(&packages)
}

fn update() -> Result<()> {
    run("apt-get update", Command::new("apt-get").args(["update", "--quiet"]))
}

fn install_named(packages: &[String]) -> Result<()> {
    println!("toolchain: installing {}", packages.join(" "));
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(packages);
    install.env("DEBIAN_FRONTEND", "noninteractive");
    run("apt-get install", &mut install)
}

/// What follows `rustc` in the name of the newest package that is recent enough: nothing, `-web` or `-1.NN`.
fn newest() -> Option<String> {
    let names = output("apt-cache", &["pkgnames", "rustc"])?;
    let suffixes = names.lines().filter_map(|name| name.strip_prefix("rustc"));
    let compilers = suffixes.filter(|suffix| is_compiler(suffix));
    let versioned = compilers.filter_map(|suffix| Some((candidate(&format!("rustc{suffix}"))?, suffix.to_owned())));
    let newest = versioned.max()?;
    (Some(newest.0) >= version_of(env!("CARGO_PKG_RUST_VERSION"))).then_some(newest.1)
}

fn is_compiler(suffix: &str) -> bool {
    suffix.is_empty() || suffix == "-web" || suffix.starts_with("-1.")
}

/// `rust-src`, `rust-web-src`, `rust-1.NN-src`.
fn sources(version: &str) -> String {
    format!("rust{version}-src")
}

/// The version of a package that would be installed.
fn candidate(package: &str) -> Option<(u32, u32)> {
    let policy = output("apt-cache", &["policy", package])?;
    let line = policy.lines().find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    // An epoch comes before a colon.
    version_of(line.rsplit(':').next()?)
}

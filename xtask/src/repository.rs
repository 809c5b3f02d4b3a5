//! Where things are: the repository, cargo, and the folder that it builds into.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Result};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask/ is inside the repository")
}

/// The cargo that runs this.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A cargo command in the repository.
pub(crate) fn cargo_command(arguments: &[&str]) -> Command {
    let mut command = Command::new(cargo());
    command.current_dir(root()).args(arguments);
    command
}

/// The folder that cargo builds into, however it was configured: this program is `debug/xtask` in it.
pub(crate) fn target() -> Result<PathBuf> {
    let program =
        std::env::current_exe().map_err(|error| Failure::new(format!("this program has no path: {error}")))?;
    let target = program.ancestors().nth(2).ok_or_else(|| Failure::new("this program is not in a target folder"))?;
    Ok(target.to_owned())
}

/// The `lapse` that `cargo build` makes for tests.
pub(crate) fn lapse() -> Result<PathBuf> {
    Ok(target()?.join("debug").join(format!("lapse{}", std::env::consts::EXE_SUFFIX)))
}
